(** The Hessian of the mean square error of a polynomial model that matches what it is compared with: the mean of the
  products of
    the slopes. What it annihilates changes nothing, if the data tell the directions apart. *)

Require Import QArith Qreals Reals Lra Lia Classical.
From Coquelicot Require Import Coquelicot.
Require Import List.
From Derivations Require Import Sums.
From Derivations Require Export Ranks.
Open Scope R_scope.

(** * The part of a monomial in the first n variables, and that in the others *)

Definition own (n : nat) (m : monomial) : monomial := filter (fun i => Nat.ltb i n) m.
Definition other (n : nat) (m : monomial) : monomial := map (fun i => (i - n)%nat) (filter (fun i => Nat.leb n i) m).

Lemma own_and_other n m theta x : length theta = n -> monomial_at m (theta ++ x) = monomial_at (own n m) theta * monomial_at
  (other n m) x.
Proof.
  intros L. unfold own, other. induction m as [|i m IH]; simpl; [ring|]. rewrite IH. destruct (Nat.ltb_spec i n) as [B|B].
  - replace (Nat.leb n i) with false by (symmetry; apply Nat.leb_gt; lia). simpl. rewrite app_nth1 by lia. ring.
  - replace (Nat.leb n i) with true by (symmetry; apply Nat.leb_le; lia). simpl. rewrite app_nth2, L by lia. ring.
Qed.

Lemma own_once_less n i m : (i < n)%nat -> own n (once_less i m) = once_less i (own n m) /\ other n (once_less i m) = other n
  m /\
  times_in i m = times_in i (own n m).
Proof.
  intros B. unfold own, other. induction m as [|j m (A1 & A2 & A3)]; simpl; [auto|]. destruct (Nat.eqb_spec i j) as [<-|Ne].
  - replace (Nat.ltb i n) with true by (symmetry; apply Nat.ltb_lt; lia).
    replace (Nat.leb n i) with false by (symmetry; apply Nat.leb_gt; lia). simpl. rewrite Nat.eqb_refl. auto.
  - simpl. destruct (Nat.ltb_spec j n) as [C|C].
    + replace (Nat.leb n j) with false by (symmetry; apply Nat.leb_gt; lia). simpl.
      replace (Nat.eqb i j) with false by (symmetry; now apply Nat.eqb_neq). rewrite A1. auto.
    + replace (Nat.leb n j) with true by (symmetry; apply Nat.leb_le; lia). simpl. rewrite A2. auto.
Qed.

(** * Means of polynomials *)

Section Means.

Context {Omega : Type} {V : (Omega -> R) -> Prop} {E : (Omega -> R) -> R} (HE : expectation V E).

Lemma random_polynomial m Q (Y : Omega -> list R) : polynomial m Q -> (forall w, length (Y w) = m) ->
  (forall i, V (fun w => nth i (Y w) 0)) -> V (fun w => Q (Y w)).
Proof.
  intros P LY RY. induction P as [c|i|f g F A G B|f g F A G B|f g S F A].
  - apply (random_const HE).
  - apply RY.
  - now apply (random_plus HE (fun w => f (Y w)) (fun w => g (Y w))).
  - now apply (random_mult HE (fun w => f (Y w)) (fun w => g (Y w))).
  - apply (random_ext HE (fun w => f (Y w))); [|exact A]. intros w. apply S, LY.
Qed.

Lemma random_monomial m (Y : Omega -> list R) : (forall i, V (fun w => nth i (Y w) 0)) -> V (fun w => monomial_at m (Y w)).
Proof.
  intros RY. induction m as [|i m IH]; simpl; [apply (random_const HE)|].
  now apply (random_mult HE (fun w => nth i (Y w) 0) (fun w => monomial_at m (Y w))).
Qed.

Lemma random_sparse s (Y : Omega -> list R) : (forall i, V (fun w => nth i (Y w) 0)) -> V (fun w => sparse_at s (Y w)).
Proof.
  intros RY. induction s as [|(m, c) s IH]; simpl; [apply (random_const HE)|].
  apply (random_plus HE (fun w => Q2R c * monomial_at m (Y w)) (fun w => sparse_at s (Y w))); [|exact IH].
  apply (random_mult HE (fun _ => Q2R c)); [apply (random_const HE) | now apply random_monomial].
Qed.

Lemma random_beside theta (Y : Omega -> list R) i : (forall i,
  V (fun w => nth i (Y w) 0)) -> V (fun w => nth i (theta ++ Y w) 0).
Proof.
  intros RY. destruct (lt_dec i (length theta)) as [B|B].
  - apply (random_ext HE (fun _ => nth i theta 0)); [|apply (random_const HE)]. intros w. now rewrite app_nth1.
  - apply (random_ext HE (fun w => nth (i - length theta) (Y w) 0)); [|apply RY]. intros w. now rewrite app_nth2 by lia.
Qed.

(** The mean is differentiated under E: it is a polynomial whose coefficients are moments. *)
Lemma mean_derives s (Y : Omega -> list R) i theta : (forall i, V (fun w => nth i (Y w) 0)) -> (i < length theta)%nat ->
  is_derive (fun t => E (fun w => sparse_at s (with_value i t theta ++ Y w))) (nth i theta 0)
    (E (fun w => sparse_at (sparse_partial i s) (theta ++ Y w))).
Proof.
  intros RY B. induction s as [|(m, c) s IH].
  - apply (is_derive_ext (fun _ => 0)); [intros t; symmetry; exact (expectation_const HE 0)|].
    eapply derive_value; [apply d_const|]. symmetry. exact (expectation_const HE 0).
  - destruct (own_once_less (length theta) i m B) as (O1 & O2 & O3). set (n := length theta) in *.
    assert (Mean : forall a q (l : monomial), length q = n -> E (fun w => a * monomial_at l (q ++ Y w)) =
      a * monomial_at (own n l) q * E (fun w => monomial_at (other n l) (Y w))).
    { intros a q l Lq. rewrite <- (expectation_scal HE) by (now apply random_monomial). apply (expectation_ext HE). intros w.
      rewrite (own_and_other n) by exact Lq. ring. }
    assert (Rest : forall q (s : sparse), V (fun w => sparse_at s (q ++ Y w))).
    { intros q t. apply random_sparse. intros k. now apply random_beside. }
    assert (One : forall a q (l : monomial), V (fun w => a * monomial_at l (q ++ Y w))).
    { intros a q l. apply (random_mult HE (fun _ => a)); [apply (random_const HE)|]. apply random_monomial. intros k.
      now apply random_beside. }
    apply (is_derive_ext (fun t => Q2R c * monomial_at (own n m) (with_value i t theta) * E (fun w => monomial_at (other n m)
      (Y w)) +
      E (fun w => sparse_at s (with_value i t theta ++ Y w)))).
    { intros t. rewrite <- Mean by apply with_value_length. symmetry.
      exact (expectation_plus HE (fun w => Q2R c * monomial_at m (with_value i t theta ++ Y w))
        (fun w => sparse_at s (with_value i t theta ++ Y w)) (One _ _ _) (Rest _ _)). }
    eapply derive_value.
    + apply d_add; [|exact IH]. apply d_mul_r, d_mul_l. now apply monomial_derives.
    + cbn [sparse_partial]. rewrite O3. destruct (times_in i (own n m)) as [|k] eqn:T; [simpl; ring|].
      transitivity (E (fun w => Q2R (reduced (inject_Z (Z.of_nat (S k)) * c)) * monomial_at (once_less i m) (theta ++ Y w)) +
        E (fun w => sparse_at (sparse_partial i s) (theta ++ Y w))).
      * rewrite Mean by reflexivity. rewrite O1, O2, reduced_value, Q2R_mult, Q2R_whole, <- INR_IZR_INZ. ring.
      * symmetry. exact (expectation_plus HE (fun w => Q2R (reduced (inject_Z (Z.of_nat (S k)) * c)) * monomial_at (once_less
          i m) (theta ++ Y w))
          (fun w => sparse_at (sparse_partial i s) (theta ++ Y w)) (One _ _ _) (Rest _ _)).
Qed.

End Means.

(** * The loss as one polynomial of theta', theta and x *)

Fixpoint renamed (g : nat -> nat) (e : expression) : expression :=
  match e with
  | e_num z => e_num z
  | e_var i => e_var (g i)
  | e_neg a => e_neg (renamed g a)
  | e_add a b => e_add (renamed g a) (renamed g b)
  | e_sub a b => e_sub (renamed g a) (renamed g b)
  | e_mul a b => e_mul (renamed g a) (renamed g b)
  | e_pow a n => e_pow (renamed g a) n
  | e_div a d => e_div (renamed g a) d
  end.

Lemma renamed_at g e p q : (forall i, nth (g i) p 0 = nth i q 0) -> meaning (renamed g e) p = meaning e q.
Proof. intros H. induction e; simpl; auto; congruence. Qed.

(** f(theta'; x) - f(theta; x) *)
Definition error_of (n : nat) (e : expression) : expression :=
  e_sub (renamed (fun i => if Nat.ltb i n then i else (i + n)%nat) e) (renamed (fun i => (i + n)%nat) e).

Lemma error_at n e theta' theta x : length theta' = n -> length theta = n ->
  meaning (error_of n e) (theta' ++ theta ++ x) = meaning e (theta' ++ x) - meaning e (theta ++ x).
Proof.
  intros L' L. simpl. f_equal; apply renamed_at; intros i.
  - destruct (Nat.ltb_spec i n) as [B|B]; [now rewrite !app_nth1 by lia|].
    rewrite !app_nth2 by lia. f_equal. lia.
  - rewrite app_nth2 by lia. f_equal. lia.
Qed.

Definition loss_of (n : nat) (es : list expression) : expression :=
  fold_right (fun e rest => e_add (e_div (e_pow (error_of n e) 2) 2) rest) (e_num 0) es.

Lemma loss_at n m es theta' theta x : length theta' = n -> length theta = n -> length x = m ->
  meaning (loss_of n es) (theta' ++ theta ++ x) = half_squares (as_outputs (n + m) es) theta' theta x.
Proof.
  intros L' L Lx. induction es as [|e es IH]; [reflexivity|]. unfold half_squares, as_outputs in *.
  cbn [map fold_right loss_of meaning] in *.
  unfold loss_of in IH |- *. cbn [fold_right meaning]. rewrite IH. rewrite !of_listed by (rewrite app_length; lia).
  rewrite <- (error_at n e theta' theta x L' L). reflexivity.
Qed.

Fixpoint sum_of {A : Type} (f : A -> R) (l : list A) : R := match l with [] => 0 | a :: rest => f a + sum_of f rest end.

Lemma loss_derives n es i P : (i < length P)%nat ->
  is_derive (fun t => meaning (loss_of n es) (with_value i t P)) (nth i P 0)
    (sum_of (fun e => meaning (error_of n e) P * sparse_at (sparse_partial i (normal (error_of n e))) P) es).
Proof.
  intros B. induction es as [|e es IH]; [exact (d_const 0 (nth i P 0))|]. unfold loss_of in *.
  cbn [fold_right sum_of meaning] in *.
  apply d_add; [|exact IH]. set (g := normal (error_of n e)).
  assert (D : is_derive (fun t => meaning (error_of n e) (with_value i t P)) (nth i P 0) (sparse_at (sparse_partial i g) P)).
  { apply (is_derive_ext (fun t => sparse_at g (with_value i t P))); [intros t; apply normal_at|]. now apply sparse_derives. }
  eapply derive_value; [apply d_div_r, (d_pow 1), D|]. cbv beta. rewrite with_value_same. simpl. field.
Qed.

(** Where the errors vanish, the second derivatives are the products of the first derivatives of the errors. *)
Lemma loss_second n es i j P : (i < length P)%nat -> (j < length P)%nat -> Forall (fun e => meaning (error_of n e) P = 0) es
  ->
  sparse_at (sparse_partial j (sparse_partial i (normal (loss_of n es)))) P =
  sum_of (fun e => sparse_at (sparse_partial i (normal (error_of n e))) P * sparse_at (sparse_partial j (normal (error_of n
    e))) P) es.
Proof.
  intros Bi Bj Z. set (d := fun k e => sparse_partial k (normal (error_of n e))).
  assert (First : forall q, length q = length P -> sparse_at (sparse_partial i (normal (loss_of n es))) q =
    sum_of (fun e => sparse_at (normal (error_of n e)) q * sparse_at (d i e) q) es).
  { intros q Lq. assert (B : (i < length q)%nat) by lia. rewrite <- partial_sparse by exact B. apply is_derive_unique.
    apply (is_derive_ext (fun t => meaning (loss_of n es) (with_value i t q))); [intros t; symmetry; apply normal_at|].
    eapply derive_value; [now apply loss_derives|]. unfold d. clear. induction es as [|e es IH]; [reflexivity|].
    cbn [sum_of]. rewrite IH, normal_at. reflexivity. }
  rewrite <- partial_sparse by exact Bj. apply is_derive_unique.
  apply (is_derive_ext (fun t => sum_of (fun e => sparse_at (normal (error_of n e)) (with_value j t P) * sparse_at (d i e)
    (with_value j t P)) es)).
  { intros t. symmetry. apply First, with_value_length. }
  clear First. induction Z as [|e es Ze Z IH]; cbn [sum_of]; [exact (d_const 0 (nth j P 0))|]. apply d_add; [|exact IH].
  eapply derive_value; [apply (d_mul (fun t => sparse_at (normal (error_of n e)) (with_value j t P)) (fun t => sparse_at (d i
    e) (with_value j t P)));
    now apply sparse_derives|]. cbv beta. rewrite with_value_same, normal_at, Ze. unfold d. ring.
Qed.

Lemma error_slope n m e theta x i : length theta = n -> length x = m -> (i < n)%nat ->
  sparse_at (sparse_partial i (normal (error_of n e))) (theta ++ theta ++ x) = slope (listed (n + m) (meaning e)) theta x i.
Proof.
  intros L Lx B. rewrite <- partial_sparse by (rewrite app_length; lia). unfold partial, slope, partial.
  rewrite app_nth1 by lia.
  assert (W : forall t, with_value i t (theta ++ theta ++ x) = with_value i t theta ++ theta ++ x).
  { intros t. clear - L B. subst n. generalize (theta ++ x). revert i B.
    induction theta as [|y theta IH]; intros [|i] B l; simpl in *; try lia; try reflexivity.
    now rewrite IH by lia. }
  assert (S := slope_value (n + m) e theta x i ltac:(lia) ltac:(lia)). unfold slope, partial in S. rewrite S.
  apply is_derive_unique. apply (is_derive_ext (fun t => meaning e (with_value i t theta ++ x) - meaning e (theta ++ x))).
  { intros t. rewrite W, normal_at. symmetry. apply error_at; [rewrite with_value_length|]; exact L. }
  apply (derive_value _ _ (sparse_at (sparse_partial i (normal e)) (theta ++ x) - 0)); [|ring]. apply d_sub; [|apply d_const].
  apply (is_derive_ext (fun t => sparse_at (normal e) (with_value i t (theta ++ x)))).
  { intros t. rewrite normal_at. f_equal. clear - L B. subst n. revert i B.
    induction theta as [|y theta IH]; intros [|i] B; simpl in *; try lia; try reflexivity. now rewrite IH by lia. }
  replace (nth i theta 0) with (nth i (theta ++ x) 0) by (apply app_nth1; lia). apply sparse_derives. rewrite app_length. lia.
Qed.

(** * The rank of the Hessian *)

Lemma sum_of_ext {A : Type} (f g : A -> R) l : (forall a, In a l -> f a = g a) -> sum_of f l = sum_of g l.
Proof. induction l as [|a l IH]; intros H; simpl; [reflexivity|]. rewrite (H a (or_introl eq_refl)), IH; [reflexivity|].
intros b B. apply H. now right. Qed.

Section Hessian.

Context {Omega : Type} {V : (Omega -> R) -> Prop} {E : (Omega -> R) -> R} (HE : expectation V E).
Context (n m : nat) (es : list expression) (data : list (Omega -> R)) (Lm : length data = m) (RX : Forall V data).

Notation outputs := (as_outputs (n + m) es).
Notation X := (inputs_of data).
Notation output e := (listed (n + m) (meaning e)).

Lemma inputs_length w : length (X w) = m.
Proof. unfold inputs_of. now rewrite map_length. Qed.

Lemma inputs_random i : V (fun w => nth i (X w) 0).
Proof.
  unfold inputs_of. clear Lm. revert i. induction RX as [|x l Vx F IH]; intros [|i]; simpl; auto; apply (random_const HE).
Qed.

Lemma change_random e theta u : length theta = n -> V (fun w => change n (output e) theta (X w) u).
Proof.
  intros Lt. apply (random_polynomial HE m (fun x => change n (output e) theta x u));
    [|apply inputs_length | apply inputs_random].
  apply (polynomial_same m (fun x => dot u (map (fun j => sparse_at (sparse_partial j (normal e)) (theta ++ x)) (seq 0 n)))).
  - intros x Lx. symmetry. apply change_value; lia.
  - apply (polynomial_dot m (seq 0 n) (fun j x => sparse_at (sparse_partial j (normal e)) (theta ++ x))). intros j _.
    apply (polynomial_of_sparse m _ (fun x => theta ++ x)). intros i. apply inputs_vary.
Qed.

Lemma slope_random e theta j : length theta = n -> (j < n)%nat -> V (fun w => slope (output e) theta (X w) j).
Proof.
  intros Lt B. apply (random_ext HE (fun w => change n (output e) theta (X w) (unit_vector n j))); [|now apply change_random].
  intros w. now apply change_unit.
Qed.

Lemma sum_random (F : expression -> Omega -> R) l : (forall e, V (F e)) -> V (fun w => sum_of (fun e => F e w) l).
Proof.
  intros H. induction l as [|e l IH]; simpl; [apply (random_const HE)|].
  now apply (random_plus HE (F e) (fun w => sum_of (fun e => F e w) l)).
Qed.

Lemma mean_of_dot (F : nat -> Omega -> R) l : forall u, (forall j, In j l -> V (F j)) ->
  E (fun w => dot u (map (fun j => F j w) l)) = dot u (map (fun j => E (F j)) l) /\ V (fun w => dot u (map (fun j => F j w)
    l)).
Proof.
  induction l as [|j l IH]; intros [|a u] H; simpl; try (split; [exact (expectation_const HE 0) | apply (random_const HE)]).
  destruct (IH u) as [A B]; [intros k K; apply H; simpl; auto|]. assert (Vj := H j (or_introl eq_refl)).
  assert (Va : V (fun w => a * F j w)) by (apply (random_mult HE (fun _ => a)); [apply (random_const HE) | exact Vj]). split.
  - rewrite <- A, <- (expectation_scal HE a (F j) Vj).
    exact (expectation_plus HE (fun w => a * F j w) (fun w => dot u (map (fun j => F j w) l)) Va B).
  - exact (random_plus HE _ _ Va B).
Qed.

Definition mean_slopes (theta : list R) (i j : nat) : R :=
  E (fun w => sum_of (fun e => slope (output e) theta (X w) i * slope (output e) theta (X w) j) es).

Lemma hessian_entry theta i j : length theta = n -> (i < n)%nat -> (j < n)%nat ->
  partial j (partial i (fun theta' => E (fun w => half_squares outputs theta' theta (X w)))) theta = mean_slopes theta i j.
Proof.
  intros Lt Bi Bj. set (Y := fun w => theta ++ X w). assert (RY : forall k, V (fun w => nth k (Y w) 0)).
  { intros k. apply (random_beside HE theta X). apply inputs_random. }
  set (S := normal (loss_of n es)).
  assert (First : forall q, length q = n -> partial i (fun theta' => E (fun w => half_squares outputs theta' theta (X w))) q =
    E (fun w => sparse_at (sparse_partial i S) (q ++ Y w))).
  { intros q Lq. apply is_derive_unique. apply (is_derive_ext (fun t => E (fun w => sparse_at S (with_value i t q ++ Y w)))).
    - intros t. apply (expectation_ext HE). intros w. unfold S, Y. rewrite normal_at.
      apply loss_at; [rewrite with_value_length; exact Lq | exact Lt | apply inputs_length].
    - apply (mean_derives HE); [exact RY | lia]. }
  apply is_derive_unique. apply (is_derive_ext (fun t => E (fun w => sparse_at (sparse_partial i S) (with_value j t theta ++
    Y w)))).
  { intros t. symmetry. apply First. now rewrite with_value_length. }
  eapply derive_value; [apply (mean_derives HE); [exact RY | lia]|]. apply (expectation_ext HE). intros w. unfold S, Y.
  rewrite loss_second.
  - apply sum_of_ext. intros e _. rewrite !(error_slope n m) by (auto using inputs_length). reflexivity.
  - rewrite app_length. lia.
  - rewrite app_length. lia.
  - apply Forall_forall. intros e _. rewrite (error_at n e theta theta (X w) Lt Lt). ring.
Qed.

Definition hessian_row (theta : list R) (i : nat) : list R := map (mean_slopes theta i) (seq 0 n).

Lemma hessian_is theta : length theta = n -> hessian_at E n data outputs theta = map (hessian_row theta) (seq 0 n).
Proof.
  intros Lt. unfold hessian_at, hessian_row. apply map_ext_in. intros i I. apply map_ext_in. intros j J. apply in_seq in I, J.
  apply hessian_entry; lia.
Qed.

Lemma hessian_symmetric theta i j : mean_slopes theta i j = mean_slopes theta j i.
Proof. apply (expectation_ext HE). intros w. apply sum_of_ext. intros e _. ring. Qed.

Lemma dot_sum (F : expression -> nat -> R) (G : expression -> R) l : forall u js,
  dot u (map (fun j => sum_of (fun e => G e * F e j) l) js) = sum_of (fun e => G e * dot u (map (F e) js)) l.
Proof.
  assert (Zero : sum_of (fun e => G e * 0) l = 0) by (clear; induction l as [|e l IH]; simpl; [reflexivity | rewrite IH;
    ring]).
  intros u js. revert u. induction js as [|j js IH]; intros u.
  - replace (dot u []) with 0 by (symmetry; apply dot_nil_r). destruct u; symmetry; exact Zero.
  - destruct u as [|a u]; [symmetry; exact Zero|]. cbn [map dot]. rewrite IH. clear.
    induction l as [|e l IH]; cbn [sum_of]; [ring|].
    lra.
Qed.

(** A row times u: the mean of the slope times the change along u. *)
Lemma hessian_row_dot theta i u : length theta = n -> (i < n)%nat ->
  dot (hessian_row theta i) u = E (fun w => sum_of (fun e => slope (output e) theta (X w) i * change n (output e) theta (X w)
    u) es).
Proof.
  intros Lt B. rewrite dot_comm. unfold hessian_row, mean_slopes.
  destruct (mean_of_dot (fun j w => sum_of (fun e => slope (output e) theta (X w) i * slope (output e) theta (X w) j) es)
    (seq 0 n) u) as [A _].
  - intros j J. apply in_seq in J. apply sum_random. intros e. apply (random_mult HE (fun w => slope (output e) theta (X w) i)
      (fun w => slope (output e) theta (X w) j)); apply slope_random; lia.
  - rewrite <- A. apply (expectation_ext HE). intros w. apply (dot_sum (fun e => slope (output e) theta (X w))).
Qed.

Lemma hessian_form theta u : length theta = n -> (forall i, (i < n)%nat -> dot (hessian_row theta i) u = 0) ->
  forall e, In e es -> E (fun w => change n (output e) theta (X w) u ^ 2) = 0.
Proof.
  intros Lt Z. assert (T : E (fun w => sum_of (fun e => change n (output e) theta (X w) u ^ 2) es) = 0).
  { destruct (mean_of_dot (fun i w => sum_of (fun e => change n (output e) theta (X w) u * slope (output e) theta (X w) i)
      es) (seq 0 n) u) as [A _].
    - intros j J. apply in_seq in J. apply sum_random. intros e.
      apply (random_mult HE (fun w => change n (output e) theta (X w) u)
        (fun w => slope (output e) theta (X w) j)); [apply change_random | apply slope_random]; lia.
    - transitivity (E (fun w => dot u (map (fun i => sum_of (fun e => change n (output e) theta (X w) u * slope (output e)
        theta (X w) i) es) (seq 0 n)))).
      + apply (expectation_ext HE). intros w. rewrite (dot_sum (fun e => slope (output e) theta (X w))). apply sum_of_ext.
        intros e _.
        unfold change. ring.
      + rewrite A. apply dot_zero_r. apply Forall_map, Forall_forall. intros i I. apply in_seq in I. rewrite <- (Z i) by lia.
        rewrite hessian_row_dot by lia. apply (expectation_ext HE). intros w. apply sum_of_ext. intros e _. ring. }
  revert T. clear Z. generalize es. clear - HE Lm RX Lt.
  intros l. induction l as [|e l IH]; intros T e' I; [contradiction|]. cbn [sum_of] in T.
  assert (Sq : forall e, V (fun w => change n (output e) theta (X w) u ^ 2)) by (intros e0; apply (random_pow HE);
    now apply change_random).
  assert (Rest : V (fun w => sum_of (fun e => change n (output e) theta (X w) u ^ 2) l)) by (apply sum_random; exact Sq).
  rewrite (expectation_plus HE (fun w => change n (output e) theta (X w) u ^ 2) _ (Sq e) Rest) in T.
  assert (P := expectation_square_nonneg HE _ (change_random e theta u Lt)).
  assert (N : 0 <= E (fun w => sum_of (fun e => change n (output e) theta (X w) u ^ 2) l)).
  { clear - HE Lm RX Lt Sq. induction l as [|a l IH]; cbn [sum_of]; [rewrite (expectation_const HE); lra|].
    rewrite (expectation_plus HE (fun w => change n (output a) theta (X w) u ^ 2) _ (Sq a)) by (apply sum_random; exact Sq).
    assert (P := expectation_square_nonneg HE _ (change_random a theta u Lt)). lra. }
  destruct I as [<-|I]; [lra|]. apply IH; [lra | exact I].
Qed.

(** Whether the data tell the directions apart at theta. *)
Definition tells_apart (theta : list R) : Prop := forall u, length u = n ->
  (forall e, In e es -> E (fun w => change n (output e) theta (X w) u ^ 2) = 0) -> changes_nothing n m outputs theta u.

Lemma chosen_coefficients (M B : list (list R)) : Forall (fun v => exists c,
  length c = length M /\ v = combination n c M) B ->
  exists W, length W = length B /\ Forall (fun c => length c = length M) W /\ B = map (fun c => combination n c M) W.
Proof.
  induction 1 as [|v B (c & Lc & ->) F (W & LW & FW & ->)]; [exists []; auto|].
  exists (c :: W). split; [simpl; auto|]. split; [now constructor | reflexivity].
Qed.

Lemma combined_images theta c W i : length theta = n -> length c = length W -> Forall (fun u => length u = n) W -> (i <
  n)%nat ->
  combined c (map (fun u => combination n u (map (hessian_row theta) (seq 0 n))) W) i = dot (hessian_row theta i)
    (combination n c W).
Proof.
  intros Lt Lc FW B. rewrite dot_comm, dot_combination by (auto; unfold hessian_row; now rewrite map_length, seq_length).
  unfold combined at 1. rewrite map_map. f_equal. apply map_ext_in. intros u U. unfold combination.
  rewrite nth_map_seq by exact B.
  unfold combined. rewrite map_map. f_equal. unfold hessian_row at 2. apply map_ext_in. intros j J. apply in_seq in J.
  unfold hessian_row. rewrite nth_map_seq by exact B. apply hessian_symmetric.
Qed.

Theorem hessian_has_this_rank k l theta : length theta = n -> tells_apart theta -> changes_at_least k n m outputs theta ->
  changes_at_most k n m outputs theta -> (k + l = n)%nat -> hessian_has_rank E k n l data outputs theta.
Proof.
  intros Lt T (U & LU & FU & IU) Most S. assert (Rank : rank_of n k (hessian_at E n data outputs theta)).
  { rewrite hessian_is by exact Lt. split.
    - exists (map (fun u => combination n u (map (hessian_row theta) (seq 0 n))) U). split; [now rewrite map_length|]. split.
      + apply Forall_map, Forall_forall. intros u _. unfold combination. now rewrite map_length, seq_length.
      + split.
        * apply Forall_map. eapply Forall_impl; [|exact FU]. intros u Lu. exists u. rewrite map_length, seq_length. auto.
        * intros c Lc Z. rewrite map_length in Lc. apply IU; [lia|].
          apply T; [unfold combination; now rewrite map_length, seq_length|].
          apply hessian_form; [exact Lt|]. intros i B. rewrite <- combined_images by auto. apply Z.
    - intros B LB FB PB. destruct (chosen_coefficients _ _ PB) as (W & LW & FW & ->). rewrite map_length, seq_length in FW.
      destruct (Most W) as (c & Lc & Nc & Z); [lia | exact FW |]. exists c. rewrite map_length. split; [lia|].
      split; [exact Nc|].
      intros i. destruct (lt_dec i n) as [L|L].
      + rewrite combined_images by (auto; lia). rewrite hessian_row_dot by auto. rewrite <- (expectation_const HE 0).
        apply (expectation_ext HE). intros w. transitivity (sum_of (fun _ : expression => 0) es).
        * apply sum_of_ext. intros e Ie. rewrite (Z (output e) (X w)); [ring | apply (in_map (fun e => output e)),
            Ie | apply inputs_length].
        * clear. induction es; simpl; lra.
      + apply dot_zero_r. apply Forall_map, Forall_forall. intros v I. rewrite Forall_forall in FB.
        rewrite nth_overflow; [reflexivity|].
        rewrite FB by exact I. lia. }
  split; [exact Rank|]. apply (rank_and_nullity n k l); [|exact Rank | exact S]. rewrite hessian_is by exact Lt.
  apply Forall_map, Forall_forall. intros i _. unfold hessian_row. now rewrite map_length, seq_length.
Qed.

Lemma full_support_tells_apart theta : length theta = n -> full_support E data -> tells_apart theta.
Proof.
  intros Lt FS u Lu Z f x F Lx. unfold as_outputs in F. apply in_map_iff in F. destruct F as (e & <- & I).
  apply (FS (fun x => change n (output e) theta x u)); [|now apply Z | lia].
  rewrite Lm. apply (polynomial_same m (fun x => dot u (map (fun j => sparse_at (sparse_partial j (normal e)) (theta ++ x))
    (seq 0 n)))).
  - intros y Ly. symmetry. apply change_value; lia.
  - apply (polynomial_dot m (seq 0 n) (fun j x => sparse_at (sparse_partial j (normal e)) (theta ++ x))). intros j _.
    apply (polynomial_of_sparse m _ (fun x => theta ++ x)). intros i. apply inputs_vary.
Qed.

End Hessian.
