(** Calculus: the rules of differentiation one by one, functions with k continuous derivatives, Taylor's formula with the
    remainder of Peano, the local rate of an iteration, and quantities that a flow keeps.

    [is_derive f x l] (Coquelicot) says that f has at x the derivative l; [Derive f x] is that derivative, if there is one. *)

Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Derivations Require Import Sums.
Open Scope R_scope.

(** The inverse of sinh: asinh x = ln (x + sqrt (x^2 + 1)). *)
Definition asinh (x : R) : R := ln (x + sqrt (x ^ 2 + 1)).

Lemma asinh_0 : asinh 0 = 0.
Proof. unfold asinh. replace (0 ^ 2 + 1) with 1 by ring. rewrite sqrt_1, Rplus_0_l. apply ln_1. Qed.

Lemma tanh_0 : tanh 0 = 0.
Proof. unfold tanh. rewrite sinh_0. unfold Rdiv. ring. Qed.

(** * The rules of differentiation *)

(** A goal about another value or another function than the one that was differentiated. *)
Lemma derive_value (f : R -> R) (x a b : R) : is_derive f x a -> a = b -> is_derive f x b.
Proof. intros H <-. exact H. Qed.

(** F' (x) = l where F = G everywhere and G has at x the derivative l. *)
Lemma derive_from (F G : R -> R) (x l : R) : (forall y, F y = G y) -> is_derive G x l -> Derive F x = l.
Proof. intros E H. rewrite (Derive_ext F G x E). now apply is_derive_unique. Qed.

(** The same where F = G near x. *)
Lemma derive_from_near (F G : R -> R) (x l : R) : locally x (fun y => F y = G y) -> is_derive G x l -> Derive F x = l.
Proof. intros E H. rewrite (Derive_ext_loc F G x E). now apply is_derive_unique. Qed.

Lemma derive_continuous (f : R -> R) (x l : R) : is_derive f x l -> continuous f x.
Proof. intros H. apply (ex_derive_continuous f). exists l. exact H. Qed.

(** What holds at x of a quantity that has a derivative there, holds near x. *)
Lemma near_nonzero (c : R -> R) (x l : R) : is_derive c x l -> c x <> 0 -> locally x (fun y => c y <> 0).
Proof.
  intros H N.
  assert (C : continuous c x) by exact (derive_continuous c x l H).
  refine (C (fun y : R => y <> 0) _). exact (open_neq 0 (c x) N).
Qed.

Lemma near_positive (c : R -> R) (x l : R) : is_derive c x l -> 0 < c x -> locally x (fun y => 0 < c y).
Proof.
  intros H N.
  assert (C : continuous c x) by exact (derive_continuous c x l H).
  refine (C (fun y : R => 0 < y) _). exact (open_gt 0 (c x) N).
Qed.

Lemma near_and (x : R) (P Q : R -> Prop) : locally x P -> locally x Q -> locally x (fun y => P y /\ Q y).
Proof. intros HP HQ. exact (filter_and _ _ HP HQ). Qed.

Lemma near_all (x : R) (P Q : R -> Prop) : locally x P -> (forall y, P y -> Q y) -> locally x Q.
Proof. intros HP H. exact (filter_imp P Q H HP). Qed.

Lemma d_const (c x : R) : is_derive (fun _ : R => c) x 0.
Proof. exact (is_derive_const c x). Qed.

Lemma d_id (x : R) : is_derive (fun y : R => y) x 1.
Proof. exact (is_derive_id x). Qed.

Lemma d_add (f g : R -> R) (x a b : R) : is_derive f x a -> is_derive g x b -> is_derive (fun y => f y + g y) x (a + b).
Proof. intros F G. exact (is_derive_plus f g x a b F G). Qed.

Lemma d_sub (f g : R -> R) (x a b : R) : is_derive f x a -> is_derive g x b -> is_derive (fun y => f y - g y) x (a - b).
Proof. intros F G. exact (is_derive_minus f g x a b F G). Qed.

Lemma d_neg (f : R -> R) (x a : R) : is_derive f x a -> is_derive (fun y => - f y) x (- a).
Proof. intros F. exact (is_derive_opp f x a F). Qed.

Lemma d_mul (f g : R -> R) (x a b : R) :
  is_derive f x a -> is_derive g x b -> is_derive (fun y => f y * g y) x (a * g x + f x * b).
Proof. intros F G. exact (is_derive_mult f g x a b F G Rmult_comm). Qed.

Lemma d_fsum (a n : nat) (f : nat -> R -> R) (g : nat -> R) (x : R) :
  (forall k, is_derive (f k) x (g k)) -> is_derive (fun y => fsum a n (fun k => f k y)) x (fsum a n g).
Proof.
  intros F. induction n as [|n IH]; [exact (d_const 0 x)|].
  exact (d_add (fun y => fsum a n (fun k => f k y)) (f (a + n)%nat) x _ _ IH (F (a + n)%nat)).
Qed.

(** Where one of two parts is constant, its derivative 0 is not written. *)
Lemma d_add_l (c : R) (g : R -> R) (x b : R) : is_derive g x b -> is_derive (fun y => c + g y) x b.
Proof. intros G. apply derive_value with (0 + b); [| ring]. apply (d_add (fun _ => c) g); [apply d_const | exact G]. Qed.

Lemma d_add_r (f : R -> R) (c x a : R) : is_derive f x a -> is_derive (fun y => f y + c) x a.
Proof. intros F. apply derive_value with (a + 0); [| ring]. apply (d_add f (fun _ => c)); [exact F | apply d_const]. Qed.

Lemma d_sub_l (c : R) (g : R -> R) (x b : R) : is_derive g x b -> is_derive (fun y => c - g y) x (- b).
Proof. intros G. apply derive_value with (0 - b); [| ring]. apply (d_sub (fun _ => c) g); [apply d_const | exact G]. Qed.

Lemma d_sub_r (f : R -> R) (c x a : R) : is_derive f x a -> is_derive (fun y => f y - c) x a.
Proof. intros F. apply derive_value with (a - 0); [| ring]. apply (d_sub f (fun _ => c)); [exact F | apply d_const]. Qed.

Lemma d_mul_l (c : R) (g : R -> R) (x b : R) : is_derive g x b -> is_derive (fun y => c * g y) x (c * b).
Proof.
  intros G. apply derive_value with (0 * g x + c * b); [| ring].
  apply (d_mul (fun _ => c) g); [apply d_const | exact G].
Qed.

Lemma d_mul_r (f : R -> R) (c x a : R) : is_derive f x a -> is_derive (fun y => f y * c) x (a * c).
Proof.
  intros F. apply derive_value with (a * c + f x * 0); [| ring].
  apply (d_mul f (fun _ => c)); [exact F | apply d_const].
Qed.

Lemma d_div_r (f : R -> R) (c x a : R) : is_derive f x a -> is_derive (fun y => f y / c) x (a / c).
Proof. exact (d_mul_r f (/ c) x a). Qed.

(** The chain rule: outer has at g(x) the derivative b. *)
Lemma d_chain (h g : R -> R) (x a b : R) :
  is_derive h (g x) b -> is_derive g x a -> is_derive (fun y => h (g y)) x (b * a).
Proof.
  intros H G. apply derive_value with (scal a b).
  - exact (is_derive_comp h g x b a H G).
  - unfold scal; simpl; unfold mult; simpl. ring.
Qed.

Lemma d_div (f g : R -> R) (x a b : R) :
  g x <> 0 -> is_derive f x a -> is_derive g x b -> is_derive (fun y => f y / g y) x ((a * g x - f x * b) / g x ^ 2).
Proof. intros N F G. exact (is_derive_div f g x a b F G N). Qed.

Lemma d_inv (g : R -> R) (x b : R) : g x <> 0 -> is_derive g x b -> is_derive (fun y => / g y) x (- b / g x ^ 2).
Proof. intros N G. exact (is_derive_inv g x b G N). Qed.

(** The power rule; the factor is written so that it computes to the numeral. *)
Lemma d_pow (n : nat) (f : R -> R) (x a : R) :
  is_derive f x a -> is_derive (fun y => f y ^ S n) x (IZR (Z.of_nat (S n)) * f x ^ n * a).
Proof.
  intros F. apply derive_value with (INR (S n) * a * f x ^ n).
  - exact (is_derive_pow f (S n) x a F).
  - rewrite INR_IZR_INZ. ring.
Qed.

(** The power of the variable itself. *)
Lemma d_pow_id (n : nat) (x : R) : is_derive (fun y => y ^ S n) x (IZR (Z.of_nat (S n)) * x ^ n).
Proof.
  apply derive_value with (IZR (Z.of_nat (S n)) * x ^ n * 1); [| ring]. apply (d_pow n (fun y => y)). apply d_id.
Qed.

(** A negative power, as the inverse of a power. *)
Lemma d_inv_pow (n : nat) (f : R -> R) (x a : R) :
  f x ^ S n <> 0 -> is_derive f x a ->
  is_derive (fun y => / f y ^ S n) x (- (IZR (Z.of_nat (S n)) * f x ^ n * a) / (f x ^ S n) ^ 2).
Proof. intros N F. apply (d_inv (fun y => f y ^ S n)); [exact N | now apply d_pow]. Qed.

Lemma d_sqrt (f : R -> R) (x a : R) :
  0 < f x -> is_derive f x a -> is_derive (fun y => sqrt (f y)) x (a / (2 * sqrt (f x))).
Proof. intros P F. exact (is_derive_sqrt f x a F P). Qed.

Lemma d_ln (f : R -> R) (x a : R) : 0 < f x -> is_derive f x a -> is_derive (fun y => ln (f y)) x (a / f x).
Proof.
  intros P F. apply derive_value with (/ f x * a).
  - apply (d_chain ln f); [| exact F]. now apply is_derive_ln.
  - unfold Rdiv. ring.
Qed.

Lemma d_exp (f : R -> R) (x a : R) : is_derive f x a -> is_derive (fun y => exp (f y)) x (exp (f x) * a).
Proof. intros F. apply (d_chain exp f); [apply is_derive_exp | exact F]. Qed.

Lemma d_sin (f : R -> R) (x a : R) : is_derive f x a -> is_derive (fun y => sin (f y)) x (cos (f x) * a).
Proof. intros F. apply (d_chain sin f); [apply is_derive_sin | exact F]. Qed.

Lemma d_cos (f : R -> R) (x a : R) : is_derive f x a -> is_derive (fun y => cos (f y)) x (- sin (f x) * a).
Proof. intros F. apply (d_chain cos f); [apply is_derive_cos | exact F]. Qed.

Lemma d_tan (f : R -> R) (x a : R) :
  cos (f x) <> 0 -> is_derive f x a -> is_derive (fun y => tan (f y)) x (a / cos (f x) ^ 2).
Proof.
  intros N F. apply derive_value with ((cos (f x) * a * cos (f x) - sin (f x) * (- sin (f x) * a)) / cos (f x) ^ 2).
  - apply (d_div (fun y => sin (f y)) (fun y => cos (f y))); [exact N | now apply d_sin | now apply d_cos].
  - assert (T := sin2_cos2 (f x)). unfold Rsqr in T. unfold Rdiv. f_equal.
    replace (cos (f x) * a * cos (f x) - sin (f x) * (- sin (f x) * a))
      with ((sin (f x) * sin (f x) + cos (f x) * cos (f x)) * a) by ring.
    rewrite T. ring.
Qed.

Lemma d_sinh (f : R -> R) (x a : R) : is_derive f x a -> is_derive (fun y => sinh (f y)) x (cosh (f x) * a).
Proof. intros F. apply (d_chain sinh f); [apply is_derive_Reals, derivable_pt_lim_sinh | exact F]. Qed.

Lemma d_cosh (f : R -> R) (x a : R) : is_derive f x a -> is_derive (fun y => cosh (f y)) x (sinh (f x) * a).
Proof. intros F. apply (d_chain cosh f); [apply is_derive_Reals, derivable_pt_lim_cosh | exact F]. Qed.

Lemma cosh_positive (x : R) : 0 < cosh x.
Proof. unfold cosh. assert (A := exp_pos x). assert (B := exp_pos (- x)). lra. Qed.

Lemma cosh_sinh (x : R) : cosh x * cosh x - sinh x * sinh x = 1.
Proof.
  unfold cosh, sinh. replace ((exp x + exp (- x)) / 2 * ((exp x + exp (- x)) / 2) -
    (exp x - exp (- x)) / 2 * ((exp x - exp (- x)) / 2)) with (exp x * exp (- x)) by field.
  rewrite <- exp_plus, Rplus_opp_r. apply exp_0.
Qed.

Lemma d_tanh (f : R -> R) (x a : R) : is_derive f x a -> is_derive (fun y => tanh (f y)) x ((1 - tanh (f x) ^ 2) * a).
Proof.
  intros F. assert (P := cosh_positive (f x)).
  apply derive_value with ((cosh (f x) * a * cosh (f x) - sinh (f x) * (sinh (f x) * a)) / cosh (f x) ^ 2).
  - apply (d_div (fun y => sinh (f y)) (fun y => cosh (f y))); [lra | now apply d_sinh | now apply d_cosh].
  - unfold tanh. field. lra.
Qed.

Lemma square_plus_one (x : R) : 0 < 1 + x ^ 2.
Proof. assert (S := pow2_ge_0 x). lra. Qed.

Lemma d_atan (f : R -> R) (x a : R) : is_derive f x a -> is_derive (fun y => atan (f y)) x (1 / (1 + f x ^ 2) * a).
Proof.
  intros F. apply (d_chain atan f); [| exact F]. apply derive_value with (/ (1 + f x ^ 2)).
  - apply is_derive_Reals, derivable_pt_lim_atan.
  - unfold Rdiv. ring.
Qed.

Lemma d_asinh (f : R -> R) (x a : R) :
  is_derive f x a -> is_derive (fun y => asinh (f y)) x (1 / sqrt (1 + f x ^ 2) * a).
Proof.
  intros F. apply (d_chain asinh f); [| exact F]. apply derive_value with (/ sqrt (f x ^ 2 + 1)).
  - apply is_derive_Reals. exact (derivable_pt_lim_arcsinh (f x)).
  - rewrite (Rplus_comm 1). unfold Rdiv. ring.
Qed.

(** * Functions with k continuous derivatives *)

(** [smooth k f]: f has k derivatives everywhere, and the k-th is continuous. See [smooth_means] below. *)
Fixpoint smooth (k : nat) (f : R -> R) : Prop :=
  match k with
  | O => forall x, continuous f x
  | S j => (forall x, ex_derive f x) /\ smooth j (Derive f)
  end.

Lemma smooth_ext (k : nat) : forall f g : R -> R, (forall x, f x = g x) -> smooth k f -> smooth k g.
Proof.
  induction k as [|k IH]; intros f g E; simpl.
  - intros C x. apply continuous_ext with f; [exact E | apply C].
  - intros [D C]. split.
    + intros x. apply ex_derive_ext with f; [exact E | apply D].
    + apply IH with (Derive f); [| exact C]. intros x. now apply Derive_ext.
Qed.

(** From the derivative: f' = g, and g has k continuous derivatives. *)
Lemma smooth_from (k : nat) (f g : R -> R) : (forall x, is_derive f x (g x)) -> smooth k g -> smooth (S k) f.
Proof.
  intros D C. split.
  - intros x. exists (g x). apply D.
  - apply smooth_ext with g; [| exact C]. intros x. symmetry. apply is_derive_unique, D.
Qed.

Lemma smooth_continuous (k : nat) (f : R -> R) : smooth k f -> forall x, continuous f x.
Proof. destruct k; [easy | intros [D _] x]. apply derive_continuous with (Derive f x). apply Derive_correct, D. Qed.

Lemma smooth_pred (k : nat) : forall f : R -> R, smooth (S k) f -> smooth k f.
Proof.
  induction k as [|k IH]; intros f H.
  - exact (smooth_continuous 1 f H).
  - destruct H as [D C]. split; [exact D | now apply IH].
Qed.

Lemma smooth_le (j k : nat) (f : R -> R) : (j <= k)%nat -> smooth k f -> smooth j f.
Proof. intros L. induction L as [|k L IH]; [easy |]. intros H. apply IH. now apply smooth_pred. Qed.

Lemma derive_n_shift (n : nat) (f : R -> R) (x : R) : Derive_n (Derive f) n x = Derive_n f (S n) x.
Proof.
  revert x. induction n as [|n IH]; intros x; [reflexivity |].
  change (Derive (Derive_n (Derive f) n) x = Derive (Derive_n f (S n)) x). now apply Derive_ext.
Qed.

(** The n-th derivative of a function with n + k continuous derivatives has k of them. *)
Lemma smooth_derive_n (n k : nat) : forall f : R -> R, smooth (n + k) f -> smooth k (Derive_n f n).
Proof.
  induction n as [|n IH]; intros f H; [exact H |].
  destruct H as [_ H]. apply smooth_ext with (Derive_n (Derive f) n); [apply derive_n_shift | now apply IH].
Qed.

(** What the recursive definition says: f, f', ..., f^(k-1) have derivatives everywhere and f^(k) is continuous. *)
Theorem smooth_means (k : nat) : forall f : R -> R,
  smooth k f <-> (forall n x, (n < k)%nat -> ex_derive (Derive_n f n) x) /\ (forall x, continuous (Derive_n f k) x).
Proof.
  induction k as [|k IH]; intros f; simpl.
  - split; [intros C; split; [lia | exact C] | now intros [_ C]].
  - rewrite IH. split.
    + intros [D [Ds C]]. split.
      * intros [|n] x L; [apply D |]. apply ex_derive_ext with (Derive_n (Derive f) n); [apply derive_n_shift |].
        apply Ds. lia.
      * intros x. apply continuous_ext with (Derive_n (Derive f) k); [apply derive_n_shift | apply C].
    + intros [Ds C]. split; [| split].
      * intros x. apply (Ds O). lia.
      * intros n x L. apply ex_derive_ext with (Derive_n f (S n)); [intros y; symmetry; apply derive_n_shift |].
        apply Ds. lia.
      * intros x. apply continuous_ext with (Derive_n f (S k)); [intros y; symmetry; apply derive_n_shift | apply C].
Qed.

(** The chain rule for a function of which only its smoothness is known, and for its derivatives. *)
Lemma d_smooth (k : nat) (h : R -> R) (H : smooth (S k) h) (f : R -> R) (x a : R) :
  is_derive f x a -> is_derive (fun y => h (f y)) x (Derive h (f x) * a).
Proof. intros F. apply (d_chain h f); [| exact F]. apply Derive_correct. destruct H as [D _]. apply D. Qed.

Lemma d_smooth_n (n k : nat) (h : R -> R) (H : smooth k h) (L : (n < k)%nat) (f : R -> R) (x a : R) :
  is_derive f x a -> is_derive (fun y => Derive_n h n (f y)) x (Derive_n h (S n) (f x) * a).
Proof.
  intros F. apply (d_chain (Derive_n h n) f); [| exact F]. apply (Derive_correct (Derive_n h n)).
  apply smooth_means in H. destruct H as [D _]. now apply D.
Qed.

Lemma d_smooth_1 (k : nat) (h : R -> R) (H : smooth (S (S k)) h) (f : R -> R) (x a : R) :
  is_derive f x a -> is_derive (fun y => Derive h (f y)) x (Derive_n h 2 (f x) * a).
Proof. destruct H as [_ H]. exact (d_smooth k (Derive h) H f x a). Qed.

(** ** What is built from smooth functions is smooth *)

Lemma smooth_const (k : nat) : forall c : R, smooth k (fun _ => c).
Proof.
  induction k as [|k IH]; intros c; [intros x; apply continuous_const |].
  apply smooth_from with (fun _ => 0); [intros x; apply d_const | apply IH].
Qed.

Lemma smooth_id (k : nat) : smooth k (fun x => x).
Proof.
  destruct k; [intros x; apply continuous_id |].
  apply smooth_from with (fun _ => 1); [intros x; apply d_id | apply smooth_const].
Qed.

Lemma smooth_add (k : nat) : forall f g : R -> R, smooth k f -> smooth k g -> smooth k (fun x => f x + g x).
Proof.
  induction k as [|k IH]; intros f g F G.
  - intros x. apply (continuous_plus f g); [apply F | apply G].
  - destruct F as [DF F], G as [DG G]. apply smooth_from with (fun x => Derive f x + Derive g x); [| now apply IH].
    intros x. apply d_add; now apply Derive_correct.
Qed.

Lemma smooth_mul (k : nat) : forall f g : R -> R, smooth k f -> smooth k g -> smooth k (fun x => f x * g x).
Proof.
  induction k as [|k IH]; intros f g F G.
  - intros x. apply (continuous_mult f g); [apply F | apply G].
  - assert (F' := smooth_pred k f F). assert (G' := smooth_pred k g G). destruct F as [DF F], G as [DG G].
    apply smooth_from with (fun x => Derive f x * g x + f x * Derive g x).
    + intros x. apply d_mul; now apply Derive_correct.
    + apply smooth_add; now apply IH.
Qed.

Lemma smooth_neg (k : nat) (f : R -> R) : smooth k f -> smooth k (fun x => - f x).
Proof.
  intros F. apply smooth_ext with (fun x => (-1) * f x); [intros x; ring |].
  apply (smooth_mul k (fun _ => -1) f); [apply smooth_const | exact F].
Qed.

Lemma smooth_sub (k : nat) (f g : R -> R) : smooth k f -> smooth k g -> smooth k (fun x => f x - g x).
Proof. intros F G. exact (smooth_add k f (fun x => - g x) F (smooth_neg k g G)). Qed.

Lemma smooth_pow (n k : nat) (f : R -> R) : smooth k f -> smooth k (fun x => f x ^ n).
Proof. intros F. induction n as [|n IH]; [exact (smooth_const k 1) | exact (smooth_mul k f _ F IH)]. Qed.

Lemma smooth_comp (k : nat) : forall h f : R -> R, smooth k h -> smooth k f -> smooth k (fun x => h (f x)).
Proof.
  induction k as [|k IH]; intros h f H F.
  - intros x. apply (continuous_comp f h); [apply F | apply H].
  - assert (F' := smooth_pred k f F). destruct H as [DH H], F as [DF F].
    apply smooth_from with (fun x => Derive h (f x) * Derive f x).
    + intros x. apply (d_chain h f); now apply Derive_correct.
    + apply (smooth_mul k (fun x => Derive h (f x))); [now apply IH | exact F].
Qed.

Lemma smooth_inv (k : nat) : forall g : R -> R, (forall x, g x <> 0) -> smooth k g -> smooth k (fun x => / g x).
Proof.
  induction k as [|k IH]; intros g N G.
  - intros x. apply (continuous_comp g Rinv); [apply G |]. now apply continuous_Rinv.
  - assert (G' := smooth_pred k g G). destruct G as [DG G].
    apply smooth_from with (fun x => (- Derive g x) * (/ g x) ^ 2).
    + intros x. apply derive_value with (- Derive g x / g x ^ 2).
      * apply d_inv; [apply N | now apply Derive_correct].
      * field. apply N.
    + apply (smooth_mul k (fun x => - Derive g x)); [now apply smooth_neg |].
      apply (smooth_pow 2 k (fun x => / g x)). now apply IH.
Qed.

Lemma smooth_div (k : nat) (f g : R -> R) :
  (forall x, g x <> 0) -> smooth k f -> smooth k g -> smooth k (fun x => f x / g x).
Proof. intros N F G. exact (smooth_mul k f (fun x => / g x) F (smooth_inv k g N G)). Qed.

Lemma smooth_div_r (k : nat) (f : R -> R) (c : R) : smooth k f -> smooth k (fun x => f x / c).
Proof. intros F. exact (smooth_mul k f (fun _ => / c) F (smooth_const k (/ c))). Qed.

Lemma smooth_sqrt (k : nat) : forall f : R -> R, (forall x, 0 < f x) -> smooth k f -> smooth k (fun x => sqrt (f x)).
Proof.
  induction k as [|k IH]; intros f P F.
  - intros x. apply (continuous_comp f sqrt); [apply F | apply continuous_sqrt].
  - assert (F' := smooth_pred k f F). destruct F as [DF F].
    apply smooth_from with (fun x => Derive f x / (2 * sqrt (f x))).
    + intros x. apply d_sqrt; [apply P | now apply Derive_correct].
    + apply (smooth_div k (Derive f) (fun x => 2 * sqrt (f x))); [| exact F |].
      * intros x. assert (S := sqrt_lt_R0 (f x) (P x)). lra.
      * apply (smooth_mul k (fun _ => 2)); [apply smooth_const | now apply IH].
Qed.

Lemma smooth_ln (k : nat) (f : R -> R) : (forall x, 0 < f x) -> smooth k f -> smooth k (fun x => ln (f x)).
Proof.
  intros P F. destruct k as [|k].
  - intros x. apply (continuous_comp f ln); [apply F |]. apply derive_continuous with (/ f x). apply is_derive_ln, P.
  - assert (F' := smooth_pred k f F). destruct F as [DF F]. apply smooth_from with (fun x => Derive f x / f x).
    + intros x. apply d_ln; [apply P | now apply Derive_correct].
    + apply smooth_div; [| exact F | exact F']. intros x. assert (Q := P x). lra.
Qed.

Lemma smooth_exp (k : nat) (f : R -> R) : smooth k f -> smooth k (fun x => exp (f x)).
Proof.
  intros F. apply (smooth_comp k exp f); [| exact F]. clear F. induction k as [|k IH].
  - intros x. apply derive_continuous with (exp x). apply is_derive_exp.
  - apply smooth_from with exp; [intros x; apply is_derive_exp | exact IH].
Qed.

Lemma smooth_sin_cos (k : nat) : smooth k sin /\ smooth k cos.
Proof.
  induction k as [|k [S C]]; split.
  - intros x. apply continuous_sin.
  - intros x. apply continuous_cos.
  - apply smooth_from with cos; [intros x; apply is_derive_sin | exact C].
  - apply smooth_from with (fun x => - sin x); [intros x; apply is_derive_cos | now apply smooth_neg].
Qed.

Lemma smooth_sin (k : nat) (f : R -> R) : smooth k f -> smooth k (fun x => sin (f x)).
Proof. intros F. apply (smooth_comp k sin f); [apply smooth_sin_cos | exact F]. Qed.

Lemma smooth_cos (k : nat) (f : R -> R) : smooth k f -> smooth k (fun x => cos (f x)).
Proof. intros F. apply (smooth_comp k cos f); [apply smooth_sin_cos | exact F]. Qed.

Lemma smooth_sinh_cosh (k : nat) : smooth k sinh /\ smooth k cosh.
Proof.
  induction k as [|k [S C]]; split.
  - intros x. apply derive_continuous with (cosh x). apply is_derive_Reals, derivable_pt_lim_sinh.
  - intros x. apply derive_continuous with (sinh x). apply is_derive_Reals, derivable_pt_lim_cosh.
  - apply smooth_from with cosh; [intros x; apply is_derive_Reals, derivable_pt_lim_sinh | exact C].
  - apply smooth_from with sinh; [intros x; apply is_derive_Reals, derivable_pt_lim_cosh | exact S].
Qed.

Lemma smooth_sinh (k : nat) (f : R -> R) : smooth k f -> smooth k (fun x => sinh (f x)).
Proof. intros F. apply (smooth_comp k sinh f); [apply smooth_sinh_cosh | exact F]. Qed.

Lemma smooth_cosh (k : nat) (f : R -> R) : smooth k f -> smooth k (fun x => cosh (f x)).
Proof. intros F. apply (smooth_comp k cosh f); [apply smooth_sinh_cosh | exact F]. Qed.

Lemma smooth_tanh (k : nat) (f : R -> R) : smooth k f -> smooth k (fun x => tanh (f x)).
Proof.
  intros F. apply (smooth_div k (fun x => sinh (f x)) (fun x => cosh (f x))).
  - intros x. assert (P := cosh_positive (f x)). lra.
  - now apply smooth_sinh.
  - now apply smooth_cosh.
Qed.

Lemma smooth_asinh (k : nat) (f : R -> R) : smooth k f -> smooth k (fun x => asinh (f x)).
Proof.
  intros F. apply (smooth_comp k asinh f); [| exact F]. clear F. unfold asinh.
  assert (Q : smooth k (fun x => x ^ 2 + 1)) by
    (apply (smooth_add k (fun x => x ^ 2)); [apply (smooth_pow 2), smooth_id | apply smooth_const]).
  apply (smooth_ln k (fun x => x + sqrt (x ^ 2 + 1))).
  - intros x. assert (P := pow2_ge_0 x). assert (B : sqrt (x ^ 2) < sqrt (x ^ 2 + 1)) by (apply sqrt_lt_1; lra).
    replace (x ^ 2) with (Rsqr x) in B at 1 by (unfold Rsqr; ring). rewrite sqrt_Rsqr_abs in B.
    assert (A := Rle_abs (- x)). rewrite Rabs_Ropp in A. lra.
  - apply (smooth_add k (fun x => x)); [apply smooth_id |]. apply (smooth_sqrt k (fun x => x ^ 2 + 1)); [| exact Q].
    intros x. assert (P := pow2_ge_0 x). lra.
Qed.

Lemma smooth_atan (k : nat) (f : R -> R) : smooth k f -> smooth k (fun x => atan (f x)).
Proof.
  intros F. apply (smooth_comp k atan f); [| exact F]. clear F. destruct k as [|k].
  - intros x. apply derive_continuous with (/ (1 + x ^ 2)). apply is_derive_Reals, derivable_pt_lim_atan.
  - apply smooth_from with (fun x => / (1 + x ^ 2)); [intros x; apply is_derive_Reals, derivable_pt_lim_atan |].
    apply (smooth_inv k (fun x => 1 + x ^ 2)).
    + intros x. assert (P := square_plus_one x). lra.
    + apply (smooth_add k (fun _ => 1)); [apply smooth_const | apply (smooth_pow 2), smooth_id].
Qed.

(** A derivative of a smooth function, of a smooth function: h^(n)(f x). *)
Lemma smooth_inner (m k : nat) (h f : R -> R) : (k <= m)%nat -> smooth m h -> smooth k f -> smooth k (fun x => h (f x)).
Proof. intros L H F. apply (smooth_comp k h f); [now apply smooth_le with m | exact F]. Qed.

Lemma smooth_inner_n (n m k : nat) (h f : R -> R) :
  (n + k <= m)%nat -> smooth m h -> smooth k f -> smooth k (fun x => Derive_n h n (f x)).
Proof.
  intros L H F. apply (smooth_comp k (Derive_n h n) f); [| exact F].
  apply smooth_derive_n. now apply smooth_le with m.
Qed.

Lemma smooth_inner_1 (m k : nat) (h f : R -> R) :
  (S k <= m)%nat -> smooth m h -> smooth k f -> smooth k (fun x => Derive h (f x)).
Proof. exact (smooth_inner_n 1 m k h f). Qed.

(** * Taylor's formula *)

(** The Taylor polynomial of degree k at a; the factorials compute to numerals. *)
Fixpoint taylor_polynomial (k : nat) (f : R -> R) (a x : R) : R :=
  match k with
  | O => f a
  | S j => taylor_polynomial j f a x + Derive_n f (S j) a * (x - a) ^ S j / IZR (Z.of_nat (fact (S j)))
  end.

Lemma fact_positive (n : nat) : 0 < IZR (Z.of_nat (fact n)).
Proof. rewrite <- INR_IZR_INZ. apply INR_fact_lt_0. Qed.

Lemma fact_step (n : nat) : IZR (Z.of_nat (fact (S n))) = IZR (Z.of_nat (S n)) * IZR (Z.of_nat (fact n)).
Proof. rewrite <- mult_IZR, <- Nat2Z.inj_mul. reflexivity. Qed.

Lemma taylor_polynomial_at (k : nat) (f : R -> R) (a : R) : taylor_polynomial k f a a = f a.
Proof.
  induction k as [|k IH]; [reflexivity |].
  change (taylor_polynomial k f a a + Derive_n f (S k) a * (a - a) ^ S k / IZR (Z.of_nat (fact (S k))) = f a).
  rewrite IH. rewrite Rminus_diag_eq by reflexivity. rewrite pow_i by lia. unfold Rdiv. ring.
Qed.

(** Its derivative is the Taylor polynomial of the derivative. *)
Lemma taylor_polynomial_derivative (k : nat) (f : R -> R) (a x : R) :
  is_derive (taylor_polynomial (S k) f a) x (taylor_polynomial k (Derive f) a x).
Proof.
  assert (T : forall j, is_derive (fun y => Derive_n f (S j) a * (y - a) ^ S j / IZR (Z.of_nat (fact (S j)))) x
    (Derive_n f (S j) a * (x - a) ^ j / IZR (Z.of_nat (fact j)))).
  { intros j. assert (N := fact_positive (S j)). assert (N' := fact_positive j).
    assert (K : 0 < IZR (Z.of_nat (S j))) by (rewrite <- INR_IZR_INZ; apply lt_0_INR; lia).
    apply derive_value with ((Derive_n f (S j) a * (IZR (Z.of_nat (S j)) * (x - a) ^ j * (1 - 0)))
      * / IZR (Z.of_nat (fact (S j)))).
    - apply derive_value with ((0 * (x - a) ^ S j + Derive_n f (S j) a * (IZR (Z.of_nat (S j)) * (x - a) ^ j * (1 - 0)))
        * / IZR (Z.of_nat (fact (S j))) + (Derive_n f (S j) a * (x - a) ^ S j) * 0); [| ring].
      apply (d_mul (fun y => Derive_n f (S j) a * (y - a) ^ S j) (fun _ => / IZR (Z.of_nat (fact (S j))))); [| apply d_const].
      apply (d_mul (fun _ => Derive_n f (S j) a) (fun y => (y - a) ^ S j)); [apply d_const |].
      apply (d_pow j (fun y => y - a)). apply (d_sub (fun y => y) (fun _ => a)); [apply d_id | apply d_const].
    - rewrite fact_step. field. split; lra. }
  induction k as [|k IH].
  - apply derive_value with (0 + Derive_n f 1 a * (x - a) ^ 0 / IZR (Z.of_nat (fact 0))).
    + apply (d_add (fun _ => f a)); [apply d_const | apply (T O)].
    + change (IZR (Z.of_nat (fact 0))) with 1. change (0 + Derive f a * 1 / 1 = Derive f a). field.
  - change (is_derive (fun y => taylor_polynomial (S k) f a y
      + Derive_n f (S (S k)) a * (y - a) ^ S (S k) / IZR (Z.of_nat (fact (S (S k))))) x
      (taylor_polynomial k (Derive f) a x + Derive_n (Derive f) (S k) a * (x - a) ^ S k / IZR (Z.of_nat (fact (S k))))).
    rewrite derive_n_shift. apply d_add; [exact IH | apply T].
Qed.

(** |f(x) - p(x)| <= e |x - a|^k near a, by the mean value theorem applied to f - p, again and again. *)
Lemma taylor_remainder (k : nat) : forall (f : R -> R) (a : R), smooth k f -> forall e, 0 < e ->
  exists d, 0 < d /\ forall x, Rabs (x - a) < d -> Rabs (f x - taylor_polynomial k f a x) <= e * Rabs (x - a) ^ k.
Proof.
  induction k as [|k IH]; intros f a F e P.
  - assert (C : continuity_pt f a) by (apply continuity_pt_filterlim, F).
    destruct (proj1 (continuity_pt_locally f a) C (mkposreal e P)) as [[d Pd] D]. exists d. split; [exact Pd |].
    intros x L. apply Rlt_le. simpl. rewrite Rmult_1_r. apply D. exact L.
  - destruct F as [DF F]. destruct (IH (Derive f) a F e P) as [d [Pd D]]. exists d. split; [exact Pd |]. intros x L.
    pose (r := fun y => f y - taylor_polynomial (S k) f a y).
    pose (r' := fun y => Derive f y - taylor_polynomial k (Derive f) a y).
    assert (R' : forall y, is_derive r y (r' y))
      by (intros y; apply (d_sub f); [now apply Derive_correct | apply taylor_polynomial_derivative]).
    destruct (MVT_gen r a x r') as [c [B M]].
    + intros y _. apply R'.
    + intros y _. apply continuity_pt_filterlim, derive_continuous with (r' y). apply R'.
    + assert (Z : r a = 0) by (unfold r; rewrite taylor_polynomial_at; ring).
      assert (Lc : Rabs (c - a) <= Rabs (x - a)).
      { unfold Rmin, Rmax in B. destruct (Rle_dec a x) as [H|H].
        - rewrite !Rabs_pos_eq by lra. lra.
        - rewrite !Rabs_left1 by lra. lra. }
      change (Rabs (r x) <= e * (Rabs (x - a) * Rabs (x - a) ^ k)).
      replace (r x) with (r' c * (x - a)) by lra. rewrite Rabs_mult.
      assert (Dc : Rabs (r' c) <= e * Rabs (c - a) ^ k) by (apply D; lra).
      assert (Pk : Rabs (c - a) ^ k <= Rabs (x - a) ^ k) by (apply pow_incr; split; [apply Rabs_pos | exact Lc]).
      assert (Q : Rabs (r' c) <= e * Rabs (x - a) ^ k).
      { apply Rle_trans with (1 := Dc). apply Rmult_le_compat_l; [lra | exact Pk]. }
      replace (e * (Rabs (x - a) * Rabs (x - a) ^ k)) with (e * Rabs (x - a) ^ k * Rabs (x - a)) by ring.
      apply Rmult_le_compat_r; [apply Rabs_pos | exact Q].
Qed.

(** Taylor's formula with the remainder of Peano: (f(x) - p(x))/(x - a)^k -> 0 as x -> a. *)
Theorem taylor_peano (k : nat) (f : R -> R) (a : R) (top bottom : R -> R) : smooth k f ->
  (forall x, top x = f x - taylor_polynomial k f a x) -> (forall x, bottom x = (x - a) ^ k) ->
  is_lim (fun x => top x / bottom x) a 0.
Proof.
  intros F T B. apply is_lim_spec. intros [e P].
  assert (P2 : 0 < e / 2) by lra. destruct (taylor_remainder k f a F (e / 2) P2) as [d [Pd D]].
  exists (mkposreal d Pd). intros x L N. simpl. rewrite T, B, Rminus_0_r.
  assert (N' : 0 < Rabs (x - a)) by (apply Rabs_pos_lt; lra).
  assert (Q : 0 < Rabs (x - a) ^ k) by now apply pow_lt.
  unfold Rdiv. rewrite Rabs_mult, Rabs_inv, <- RPow_abs.
  apply Rmult_lt_reg_r with (Rabs (x - a) ^ k); [exact Q |].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  apply Rle_lt_trans with (e / 2 * Rabs (x - a) ^ k); [apply D; exact L |].
  apply Rmult_lt_compat_r; lra.
Qed.

(** * The local rate of an iteration *)

(** x(t + 1, s) = F(x(t, s)), x(0, s) = s, F(a) = a, F'(a) = m: whoever begins closer to a than d, which depends on rho > |m|
    only, comes closer by the factor rho at each step. *)
Theorem local_rate (x : nat -> R -> R) (F : R -> R) (a m : R) :
  (forall (t : nat) (s : R), x (S t) s = F (x t s)) -> (forall s : R, x 0%nat s = s) ->
  F a = a -> Derive F a = m -> smooth 1 F ->
  forall rho : R, Rabs m < rho /\ rho < 1 ->
  exists d : R, 0 < d /\ forall s : R, Rabs (s - a) < d -> forall t : nat, Rabs (x t s - a) <= rho ^ t * Rabs (s - a).
Proof.
  intros X B A M SF rho [L U]. assert (P : 0 < rho - Rabs m) by lra. assert (Pm := Rabs_pos m).
  destruct (taylor_remainder 1 F a SF (rho - Rabs m) P) as [d [Pd D]]. exists d. split; [exact Pd |]. intros s N.
  assert (C : forall y, Rabs (y - a) < d -> Rabs (F y - a) <= rho * Rabs (y - a)).
  { intros y Ly. assert (Dy := D y Ly). rewrite pow_1 in Dy.
    change (taylor_polynomial 1 F a y) with (F a + Derive F a * (y - a) ^ 1 / 1) in Dy. rewrite A, M in Dy.
    replace (F y - a) with ((F y - (a + m * (y - a) ^ 1 / 1)) + m * (y - a)) by field.
    apply Rle_trans with (1 := Rabs_triang _ _). rewrite (Rabs_mult m). lra. }
  induction t as [|t IH]; [rewrite B; simpl; lra |].
  assert (Q : 0 <= Rabs (s - a)) by apply Rabs_pos.
  assert (W : 0 <= rho ^ t <= 1).
  { split; [apply pow_le; lra |]. rewrite <- (pow1 t). apply pow_incr. lra. }
  assert (V : rho ^ t * Rabs (s - a) <= 1 * Rabs (s - a)) by (apply Rmult_le_compat_r; lra).
  rewrite X. apply Rle_trans with (1 := C (x t s) ltac:(lra)). simpl. rewrite Rmult_assoc.
  apply Rmult_le_compat_l; lra.
Qed.

(** * What a flow keeps *)

(** A function whose derivative vanishes everywhere has the value that it has at 0. *)
Theorem conserved_along (f : R -> R) : (forall t, is_derive f t 0) -> forall t, f t = f 0.
Proof.
  intros H t. destruct (MVT_gen f 0 t (fun _ => 0)) as [c [_ M]].
  - intros y _. apply H.
  - intros y _. apply continuity_pt_filterlim, derive_continuous with 0. apply H.
  - lra.
Qed.
