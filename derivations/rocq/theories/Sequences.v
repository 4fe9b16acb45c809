(** Limits of sequences and functions, geometric sequences, the exponential limit, and elementary bounds. *)

Require Import Reals Lia Lra.
From Coquelicot Require Import Coquelicot.
From Derivations Require Import Sums.
Open Scope R_scope.

(** * Limits along a filter

    [is_lim_seq f l] is convergence along [eventually], [is_lim f a l] along [Rbar_locally' a]. One set of laws serves both. *)

Definition tends {T : Type} (F : (T -> Prop) -> Prop) (f : T -> R) (l : R) : Prop := filterlim f F (locally l).
Definition grows {T : Type} (F : (T -> Prop) -> Prop) (f : T -> R) : Prop := filterlim f F (Rbar_locally p_infty).

Section Laws.
Context {T : Type} {F : (T -> Prop) -> Prop} {FF : Filter F}.

Lemma tends_const (c : R) : tends F (fun _ => c) c.
Proof. apply filterlim_const. Qed.

Lemma tends_plus (f g : T -> R) (a b : R) : tends F f a -> tends F g b -> tends F (fun n => f n + g n) (a + b).
Proof. intros A B. exact (filterlim_comp_2 f g Rplus A B (filterlim_plus (V := R_NormedModule) a b)). Qed.

Lemma tends_opp (f : T -> R) (a : R) : tends F f a -> tends F (fun n => - f n) (- a).
Proof. intros A. exact (filterlim_comp _ _ _ f Ropp _ _ _ A (filterlim_opp (V := R_NormedModule) a)). Qed.

Lemma tends_minus (f g : T -> R) (a b : R) : tends F f a -> tends F g b -> tends F (fun n => f n - g n) (a - b).
Proof. intros A B. exact (tends_plus _ _ _ _ A (tends_opp _ _ B)). Qed.

Lemma tends_mult (f g : T -> R) (a b : R) : tends F f a -> tends F g b -> tends F (fun n => f n * g n) (a * b).
Proof. intros A B. exact (filterlim_comp_2 f g Rmult A B (filterlim_mult (K := R_AbsRing) a b)). Qed.

Lemma tends_pow (f : T -> R) (a : R) (k : nat) : tends F f a -> tends F (fun n => f n ^ k) (a ^ k).
Proof.
  intros A. induction k as [|k IH]; simpl.
  - apply tends_const.
  - now apply tends_mult.
Qed.

Lemma tends_inv (f : T -> R) (a : R) : tends F f a -> a <> 0 -> tends F (fun n => / f n) (/ a).
Proof.
  intros A N. apply (filterlim_comp _ _ _ f Rinv _ _ _ A).
  apply (filterlim_Rbar_inv (Finite a)). intros E. apply N. now injection E.
Qed.

Lemma tends_div (f g : T -> R) (a b : R) :
  tends F f a -> tends F g b -> b <> 0 -> tends F (fun n => f n / g n) (a / b).
Proof. intros A B N. apply tends_mult; [exact A | now apply tends_inv]. Qed.

(** A function with a non-zero limit is eventually non-zero; with a positive limit, eventually above half of it. *)
Lemma tends_nonzero (f : T -> R) (a : R) : tends F f a -> a <> 0 -> F (fun n => f n <> 0).
Proof.
  intros A N. apply (A (fun y => y <> 0)). exists (mkposreal _ (Rabs_pos_lt a N)).
  intros y H Z. subst y. unfold ball in H; simpl in H; unfold AbsRing_ball, abs, minus, plus, opp in H; simpl in H.
  rewrite Rplus_0_l, Rabs_Ropp in H. exact (Rlt_irrefl _ H).
Qed.

Lemma tends_above (f : T -> R) (a : R) : tends F f a -> 0 < a -> F (fun n => a / 2 < f n).
Proof.
  intros A P. assert (P2 : 0 < a / 2) by lra. apply (A (fun y => a / 2 < y)). exists (mkposreal _ P2).
  intros y H. unfold ball in H; simpl in H; unfold AbsRing_ball, abs, minus, plus, opp in H; simpl in H.
  apply Rabs_def2 in H. lra.
Qed.

Lemma tends_as (f g : T -> R) (a b : R) : F (fun n => f n = g n) -> tends F g b -> b = a -> tends F f a.
Proof. intros E B <-. apply (filterlim_ext_loc g); [|exact B]. revert E. apply filter_imp. intros n; easy. Qed.

(** ** What grows beyond all bounds *)

Lemma grows_above (f : T -> R) (M : R) : grows F f -> F (fun n => M < f n).
Proof. intros G. apply (G (fun y => M < y)). now exists M. Qed.

Lemma grows_by (f : T -> R) : (forall M, F (fun n => M < f n)) -> grows F f.
Proof. intros H P [M HM]. generalize (H M). unfold filtermap. apply filter_imp. intros n; apply HM. Qed.

Lemma grows_nonzero (f : T -> R) : grows F f -> F (fun n => f n <> 0).
Proof. intros G. generalize (grows_above f 0 G). apply filter_imp. intros n; lra. Qed.

Lemma grows_inv (f : T -> R) : grows F f -> tends F (fun n => / f n) 0.
Proof. intros G. exact (filterlim_comp _ _ _ f Rinv _ _ _ G (filterlim_Rbar_inv p_infty ltac:(discriminate))). Qed.

Lemma grows_one_over (f : T -> R) : grows F f -> tends F (fun n => 1 / f n) 0.
Proof.
  intros G. replace 0 with (1 * 0) by ring. apply tends_mult; [apply tends_const | now apply grows_inv].
Qed.

Lemma grows_mult (f g : T -> R) (b : R) : grows F f -> tends F g b -> 0 < b -> grows F (fun n => f n * g n).
Proof.
  intros A B P. apply grows_by. intros M. set (K := Rmax 0 (2 * M / b)).
  generalize (filter_and _ _ (grows_above f K A) (tends_above g b B P)). apply filter_imp. intros n [Hf Hg].
  assert (K0 : 0 <= K) by apply Rmax_l. assert (KM : 2 * M / b <= K) by apply Rmax_r.
  assert (H1 : M <= K * (b / 2)).
  { replace M with (2 * M / b * (b / 2)) by (field; lra). apply Rmult_le_compat_r; lra. }
  assert (H2 : K * (b / 2) <= f n * (b / 2)) by (apply Rmult_le_compat_r; lra).
  assert (H3 : f n * (b / 2) < f n * g n) by (apply Rmult_lt_compat_l; lra).
  lra.
Qed.

Lemma grows_pow (f : T -> R) (k : nat) : grows F f -> grows F (fun n => f n ^ S k).
Proof.
  intros G. apply grows_by. intros M.
  generalize (grows_above f (Rmax 1 M) G). apply filter_imp. intros n H.
  assert (H1 := Rmax_l 1 M). assert (H2 := Rmax_r 1 M). assert (H3 : 1 <= f n ^ k) by (apply pow_R1_Rle; lra).
  simpl. assert (H4 : f n * 1 <= f n * f n ^ k) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Lemma grows_as (f g : T -> R) : F (fun n => f n = g n) -> grows F g -> grows F f.
Proof. intros E G. apply (filterlim_ext_loc g); [|exact G]. revert E. apply filter_imp. intros n; easy. Qed.

End Laws.

(** ** From and to the limits as they are written *)

Lemma tends_of_seq (f : nat -> R) (l : R) : is_lim_seq f (Finite l) -> tends eventually f l.
Proof. easy. Qed.
Lemma seq_of_tends (f : nat -> R) (l : R) : tends eventually f l -> is_lim_seq f (Finite l).
Proof. easy. Qed.
Lemma grows_of_seq (f : nat -> R) : is_lim_seq f p_infty -> grows eventually f.
Proof. easy. Qed.
Lemma seq_of_grows (f : nat -> R) : grows eventually f -> is_lim_seq f p_infty.
Proof. easy. Qed.
Lemma tends_of_lim (f : R -> R) (a : Rbar) (l : R) : is_lim f a (Finite l) -> tends (Rbar_locally' a) f l.
Proof. easy. Qed.
Lemma lim_of_tends (f : R -> R) (a : Rbar) (l : R) : tends (Rbar_locally' a) f l -> is_lim f a (Finite l).
Proof. easy. Qed.
Lemma grows_of_lim (f : R -> R) (a : Rbar) : is_lim f a p_infty -> grows (Rbar_locally' a) f.
Proof. easy. Qed.
Lemma lim_of_grows (f : R -> R) (a : Rbar) : grows (Rbar_locally' a) f -> is_lim f a p_infty.
Proof. easy. Qed.

Lemma grows_INR : grows eventually INR.
Proof. exact is_lim_seq_INR. Qed.
Lemma grows_identity : grows (Rbar_locally' p_infty) (fun x => x).
Proof. exact (is_lim_id p_infty). Qed.
Lemma tends_identity (a : R) : tends (Rbar_locally' (Finite a)) (fun x => x) a.
Proof. exact (is_lim_id (Finite a)). Qed.

(** Near a point, but not at it. *)
Lemma off_the_point (a : R) : Rbar_locally' (Finite a) (fun x => x - a <> 0).
Proof. exists (mkposreal 1 Rlt_0_1). intros x _ H. lra. Qed.

Lemma off_zero : Rbar_locally' (Finite 0) (fun x => x <> 0).
Proof. exists (mkposreal 1 Rlt_0_1). now intros x _ H. Qed.

(** The limit of what is put together by +, -, *, / and powers from parts whose limits are in the context. What remains
    to be shown is that limits which stand in a denominator are not zero. *)
Ltac limit_of_parts :=
  match goal with
  | H : tends ?F ?f ?l |- tends ?F ?f ?l => exact H
  | |- tends _ (fun n => n) _ => apply tends_identity
  | |- tends _ (fun _ => ?c) ?c => apply tends_const
  | |- tends _ (fun n => @?f n + @?g n) (?a + ?b) => apply (tends_plus f g a b); limit_of_parts
  | |- tends _ (fun n => @?f n - @?g n) (?a - ?b) => apply (tends_minus f g a b); limit_of_parts
  | |- tends _ (fun n => @?f n * @?g n) (?a * ?b) => apply (tends_mult f g a b); limit_of_parts
  | |- tends _ (fun n => @?f n / @?g n) (?a / ?b) => apply (tends_div f g a b); [limit_of_parts | limit_of_parts | ]
  | |- tends _ (fun n => - @?f n) (- ?a) => apply (tends_opp f a); limit_of_parts
  | |- tends _ (fun n => @?f n ^ ?k) (?a ^ ?k) => apply (tends_pow f a k); limit_of_parts
  end.

(** * Geometric sequences *)

Section Geometric.
Variables (e : nat -> R) (m c : R).
Hypothesis form : forall t, e t = m ^ t * c.

Lemma geometric_step (t : nat) : e (S t) = m * e t.
Proof. rewrite !form. simpl. ring. Qed.

Lemma geometric_start : e O = c.
Proof. rewrite form. simpl. ring. Qed.

Lemma geometric_abs (t : nat) : Rabs (e t) = Rabs m ^ t * Rabs c.
Proof. now rewrite form, Rabs_mult, RPow_abs. Qed.

Lemma geometric_zero_if : -1 < m /\ m < 1 -> is_lim_seq (fun t => e t) (Finite 0).
Proof.
  intros [A B]. apply is_lim_seq_ext with (fun t => m ^ t * c); [intros t; now rewrite form|].
  replace (Finite 0) with (Rbar_mult 0 c) by (simpl; f_equal; ring).
  apply is_lim_seq_scal_r. apply is_lim_seq_geom. now apply Rabs_def1.
Qed.

Lemma geometric_vanishing_if : m = 0 -> forall t, e (S t) = 0.
Proof. intros Z t. rewrite geometric_step, Z. ring. Qed.

Lemma geometric_flipping_if : m = -1 -> forall t, e (S t) = - e t.
Proof. intros Z t. rewrite geometric_step, Z. ring. Qed.

Lemma geometric_constant_if : m = 1 -> forall t, e (S t) = e t.
Proof. intros Z t. rewrite geometric_step, Z. ring. Qed.

Lemma geometric_grows : 0 < c -> 1 < m -> is_lim_seq (fun t => e t) p_infty.
Proof.
  intros C M. apply is_lim_seq_ext with (fun t => m ^ t * c); [intros t; now rewrite form|].
  apply (grows_mult (fun t => m ^ t) (fun _ => c) c); [|apply tends_const|exact C].
  exact (is_lim_seq_geom_p m M).
Qed.

Hypothesis started : c <> 0.

Lemma geometric_abs_start : 0 < Rabs c.
Proof. now apply Rabs_pos_lt. Qed.

Lemma geometric_zero : is_lim_seq (fun t => e t) (Finite 0) <-> -1 < m /\ m < 1.
Proof.
  split; [|apply geometric_zero_if]. intros H. cut (Rabs m < 1); [intros h; apply Rabs_def2 in h; lra|].
  destruct (Rlt_le_dec (Rabs m) 1) as [h|h]; [exact h|exfalso].
  apply is_lim_seq_abs in H. simpl in H. rewrite Rabs_R0 in H. assert (P := geometric_abs_start).
  assert (K : Rbar_le (Rabs c) 0).
  { apply (is_lim_seq_le (fun _ => Rabs c) (fun t => Rabs (e t))); [|apply is_lim_seq_const|exact H].
    intros t. rewrite geometric_abs. assert (A : 1 <= Rabs m ^ t) by now apply pow_R1_Rle.
    apply Rle_trans with (1 * Rabs c); [lra|]. apply Rmult_le_compat_r; lra. }
  simpl in K. lra.
Qed.

Lemma geometric_away : is_lim_seq (fun t => Rabs (e t)) p_infty <-> m < -1 \/ 1 < m.
Proof.
  assert (P := geometric_abs_start). split.
  - intros H. destruct (Rlt_le_dec m (-1)) as [h|h]; [now left|]. destruct (Rlt_le_dec 1 m) as [k|k]; [now right|exfalso].
    assert (A : Rabs m <= 1) by (apply Rabs_le; lra).
    destruct (grows_above _ (Rabs c) H) as [N HN]. specialize (HN N (Nat.le_refl N)).
    rewrite geometric_abs in HN. assert (B : Rabs m ^ N <= 1 ^ N) by (apply pow_incr; split; [apply Rabs_pos|exact A]).
    rewrite pow1 in B. assert (C : Rabs m ^ N * Rabs c <= 1 * Rabs c) by (apply Rmult_le_compat_r; lra). lra.
  - intros H. apply is_lim_seq_ext with (fun t => Rabs m ^ t * Rabs c); [intros t; now rewrite geometric_abs|].
    apply (grows_mult (fun t => Rabs m ^ t) (fun _ => Rabs c) (Rabs c)); [|apply tends_const|exact P].
    apply (is_lim_seq_geom_p (Rabs m)). destruct H as [H|H].
    + rewrite Rabs_left; lra.
    + rewrite Rabs_right; lra.
Qed.

Lemma geometric_next (t : nat) : e t * e (S t) = m * (m ^ t * c) ^ 2.
Proof. rewrite geometric_step, form. ring. Qed.

Lemma geometric_square (t : nat) : m <> 0 -> 0 < (m ^ t * c) ^ 2.
Proof.
  intros M. rewrite <- Rsqr_pow2. apply Rsqr_pos_lt. apply Rmult_integral_contrapositive_currified; [|exact started].
  now apply pow_nonzero.
Qed.

Lemma geometric_first : e O * e 1%nat = m * c ^ 2 /\ 0 < c ^ 2.
Proof.
  split; [rewrite geometric_next; simpl; ring|]. rewrite <- Rsqr_pow2. now apply Rsqr_pos_lt.
Qed.

Lemma geometric_same_sign : (forall t, 0 < e t * e (S t)) <-> 0 < m.
Proof.
  split.
  - intros H. specialize (H O). destruct geometric_first as [E P]. rewrite E in H.
    apply (Rmult_lt_reg_r (c ^ 2)); [exact P|]. now rewrite Rmult_0_l.
  - intros M t. rewrite geometric_next. apply Rmult_lt_0_compat; [exact M|]. apply geometric_square. lra.
Qed.

Lemma geometric_alternating : (forall t, e t * e (S t) < 0) <-> m < 0.
Proof.
  split.
  - intros H. specialize (H O). destruct geometric_first as [E P]. rewrite E in H.
    apply (Rmult_lt_reg_r (c ^ 2)); [exact P|]. now rewrite Rmult_0_l.
  - intros M t. rewrite geometric_next. assert (Q : 0 < - m * (m ^ t * c) ^ 2).
    { apply Rmult_lt_0_compat; [lra|]. apply geometric_square. lra. }
    lra.
Qed.

Lemma geometric_ratio (r : R) : e 1%nat = r * e O -> m = r.
Proof.
  rewrite geometric_step, geometric_start. intros H. now apply (Rmult_eq_reg_r c).
Qed.

Lemma geometric_vanishing : (forall t, e (S t) = 0) <-> m = 0.
Proof. split; [|apply geometric_vanishing_if]. intros H. apply geometric_ratio. rewrite (H O). ring. Qed.

Lemma geometric_flipping : (forall t, e (S t) = - e t) <-> m = -1.
Proof. split; [|apply geometric_flipping_if]. intros H. apply geometric_ratio. rewrite (H O). ring. Qed.

Lemma geometric_constant : (forall t, e (S t) = e t) <-> m = 1.
Proof. split; [|apply geometric_constant_if]. intros H. apply geometric_ratio. rewrite (H O). ring. Qed.

Lemma geometric_away_if : m < -1 \/ 1 < m -> is_lim_seq (fun t => Rabs (e t)) p_infty.
Proof. apply geometric_away. Qed.

Lemma geometric_same_sign_if : 0 < m -> forall t, 0 < e t * e (S t).
Proof. apply geometric_same_sign. Qed.

Lemma geometric_alternating_if : m < 0 -> forall t, e t * e (S t) < 0.
Proof. apply geometric_alternating. Qed.

End Geometric.

(** * Bounds *)

Lemma exp_below (x : R) : 1 + x <= exp x.
Proof. destruct (Req_dec x 0) as [->|N]; [rewrite exp_0; lra|]. left. now apply exp_ineq1. Qed.

(** exp(-h) <= 1 - h + h^2/2: the difference vanishes at 0 and its derivative, exp(-h) - 1 + h, is not negative. *)
Lemma exp_above (h : R) : 0 <= h -> exp (- h) <= 1 - h + h ^ 2 / 2.
Proof.
  intros H. set (f := fun x => 1 - x + x ^ 2 / 2 - exp (- x)).
  assert (D : forall x, is_derive f x (exp (- x) - 1 + x)) by (intros x; unfold f; auto_derive; [easy|field]).
  assert (Z : f 0 = 0) by (unfold f; rewrite Ropp_0, exp_0; field).
  destruct (MVT_gen f 0 h (fun x => exp (- x) - 1 + x)) as [z [Hz E]].
  - intros x _. apply D.
  - intros x _. apply continuity_pt_filterlim. apply (ex_derive_continuous f x). eexists; apply D.
  - rewrite Z in E. assert (B := exp_below (- z)).
    assert (P : 0 <= (exp (- z) - 1 + z) * (h - 0)) by (apply Rmult_le_pos; lra).
    unfold f in E. lra.
Qed.

(** (1 - h)^t >= 1 - t h for h <= 1: for h < 0 both sides are at least 1 and every step adds at least -h. *)
Lemma bernoulli (h : R) (t : nat) : h <= 1 -> 1 - INR t * h <= (1 - h) ^ t.
Proof.
  intros H. induction t as [|t IH]; [simpl; lra|].
  rewrite S_INR. change ((1 - h) ^ S t) with ((1 - h) * (1 - h) ^ t).
  assert (A : (1 - h) * (1 - INR t * h) <= (1 - h) * (1 - h) ^ t) by (apply Rmult_le_compat_l; lra).
  assert (B : 0 <= INR t * h ^ 2) by (apply Rmult_le_pos; [apply pos_INR | rewrite <- Rsqr_pow2; apply Rle_0_sqr]).
  replace ((1 - h) * (1 - INR t * h)) with (1 - (INR t + 1) * h + INR t * h ^ 2) in A by ring. lra.
Qed.

Lemma power_monotone (a b : R) (t : nat) : 0 <= a -> a <= b -> a ^ t <= b ^ t.
Proof. intros A B. apply pow_incr. now split. Qed.

Lemma power_gap (a b : R) (t : nat) : 0 <= b -> b <= a -> a <= 1 -> a ^ t - b ^ t <= INR t * (a - b).
Proof.
  intros B A O. induction t as [|t IH]; [simpl; lra|].
  rewrite S_INR. simpl pow.
  assert (P : a * (a ^ t - b ^ t) <= 1 * (a ^ t - b ^ t)).
  { apply Rmult_le_compat_r; [|exact O]. assert (M := power_monotone b a t B A). lra. }
  assert (Q : b ^ t * (a - b) <= 1 * (a - b)).
  { apply Rmult_le_compat_r; [lra|]. rewrite <- (pow1 t). apply power_monotone; lra. }
  replace (a * a ^ t - b * b ^ t) with (a * (a ^ t - b ^ t) + b ^ t * (a - b)) by ring. lra.
Qed.

(** * (m_n)^n -> exp c, if m_n -> 1 and n (m_n - 1) -> c

    Because x/(1 + x) <= ln (1 + x) <= x. *)

Lemma ln_between (y : R) : 0 < y -> (y - 1) / y <= ln y <= y - 1.
Proof.
  intros P. assert (E := exp_ln y P). split.
  - assert (B := exp_below (- ln y)). rewrite exp_Ropp, E in B.
    replace ((y - 1) / y) with (1 - / y) by (field; lra). lra.
  - assert (B := exp_below (ln y)). lra.
Qed.

Lemma limit_exponential (m : nat -> R) (c : R) :
  is_lim_seq (fun n => m n) (Finite 1) -> is_lim_seq (fun n => INR n * (m n - 1)) (Finite c) ->
  is_lim_seq (fun n => m n ^ n) (Finite (exp c)).
Proof.
  intros A B.
  assert (P : eventually (fun n => 0 < m n)).
  { generalize (tends_above (fun n => m n) 1 A Rlt_0_1). apply filter_imp. intros n; lra. }
  assert (L : is_lim_seq (fun n => INR n * ln (m n)) (Finite c)).
  { apply (is_lim_seq_le_le_loc (fun n => INR n * (m n - 1) / m n) _ (fun n => INR n * (m n - 1))); [| |exact B].
    - generalize P. apply filter_imp. intros n Hn. destruct (ln_between (m n) Hn) as [U V].
      assert (W := pos_INR n). split; [|now apply Rmult_le_compat_l].
      unfold Rdiv. rewrite Rmult_assoc. now apply Rmult_le_compat_l.
    - replace c with (c / 1) by field. apply (tends_div (fun n => INR n * (m n - 1)) (fun n => m n)); [exact B|exact A|lra]. }
  apply (is_lim_seq_ext_loc (fun n => exp (INR n * ln (m n)))).
  - generalize P. apply filter_imp. intros n Hn. rewrite <- Rpower_pow by exact Hn. reflexivity.
  - exact (is_lim_seq_continuous exp _ c (derivable_continuous_pt _ _ (derivable_pt_exp c)) L).
Qed.

(** * What lies between two sequences of one limit *)

Lemma squeeze (l x u : nat -> R) (a : Rbar) :
  (forall n, l n <= x n /\ x n <= u n) -> is_lim_seq l a -> is_lim_seq u a -> is_lim_seq x a.
Proof. intros H A B. exact (is_lim_seq_le_le l x u a H A B). Qed.

Lemma squeeze_at (l x u : R -> R) (p a : Rbar) :
  (forall y, l y <= x y /\ x y <= u y) -> is_lim l p a -> is_lim u p a -> is_lim x p a.
Proof. intros H A B. apply (is_lim_le_le_loc l u x p a); [now apply filter_forall | exact A | exact B]. Qed.

(** * Natural numbers as real ones: INR (S t) is INR t + 1, and so on *)

Ltac natural_as_real := rewrite ?S_INR, ?plus_INR, ?mult_INR; simpl INR; try ring.
Ltac same_at_number := first [reflexivity | cbv beta; rewrite ?S_INR, ?plus_INR, ?mult_INR; simpl INR; first [reflexivity | ring]].

(** * Finite sums *)

Lemma sum_split_last (f : nat -> R) (a count n last : nat) (x : R) :
  count = S n -> last = (a + n)%nat -> f last = x -> fsum a count f = fsum a n f + x.
Proof. now intros -> -> <-. Qed.

Lemma sum_split_first (f g : nat -> R) (a count n : nat) (x : R) :
  count = S n -> (forall k, f (S k) = g k) -> f a = x -> fsum a count f = x + fsum a n g.
Proof.
  intros -> H <-. induction n as [|n IH].
  - simpl. rewrite Nat.add_0_r. ring.
  - change (fsum a (S (S n)) f) with (fsum a (S n) f + f (a + S n)%nat). rewrite IH.
    change (fsum a (S n) g) with (fsum a n g + g (a + n)%nat). rewrite <- H, Nat.add_succ_r. ring.
Qed.

Lemma geometric_sum (f : nat -> R) (r : R) (n : nat) :
  (forall k, f k = r ^ k) -> 1 - r <> 0 -> fsum 0 n f = (1 - r ^ n) / (1 - r).
Proof.
  intros H N. induction n as [|n IH]; simpl.
  - field. exact N.
  - rewrite IH, H. field. exact N.
Qed.

(** * Inequalities by certificate: m*f = s, with m > 0 *)

Lemma nonzero_by (d p q : R) (k : nat) : d = p ^ k * q -> p <> 0 -> q <> 0 -> d <> 0.
Proof. intros -> P Q. apply Rmult_integral_contrapositive_currified; [now apply pow_nonzero | exact Q]. Qed.

Lemma positive_by (m f s : R) : m * f = s -> 0 < m -> 0 < s -> 0 < f.
Proof. intros <- M S. apply (Rmult_lt_reg_l m); [exact M|]. now rewrite Rmult_0_r. Qed.

Lemma nonnegative_by (m f s : R) : m * f = s -> 0 < m -> 0 <= s -> 0 <= f.
Proof. intros <- M S. apply (Rmult_le_reg_l m); [exact M|]. now rewrite Rmult_0_r. Qed.

Lemma less_by_gap (low high gap : R) : high - low = gap -> 0 < gap -> low < high.
Proof. intros E G. lra. Qed.

Lemma at_most_by_gap (low high gap : R) : high - low = gap -> 0 <= gap -> low <= high.
Proof. intros E G. lra. Qed.

Lemma gap_positive (low high : R) : low < high -> 0 < high - low.
Proof. intros H. lra. Qed.

Lemma gap_nonnegative (low high : R) : low <= high -> 0 <= high - low.
Proof. intros H. lra. Qed.

Lemma gap_zero (low high : R) : low = high -> high - low = 0.
Proof. intros H. lra. Qed.

Lemma at_most_as (low high low' high' : R) : high' - low' = high - low -> low <= high -> low' <= high'.
Proof. intros E G. lra. Qed.

Lemma square_nonnegative (q : R) : 0 <= q ^ 2.
Proof. rewrite <- Rsqr_pow2. apply Rle_0_sqr. Qed.
