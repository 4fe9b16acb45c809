(** Congruence for formulas, and small tactics: what every emitted proof uses to put its parts together. *)
From Coq Require Export Reals Psatz Lra Lia List.
From Coquelicot Require Export Coquelicot.
Export ListNotations.
Global Open Scope R_scope.

(** * Equivalent parts give equivalent formulas *)

Lemma eq_iff (A B : Prop) : A = B -> (A <-> B).
Proof. intros ->; reflexivity. Qed.
Arguments eq_iff {A B}.
Lemma and_congr (A A' B B' : Prop) : (A <-> A') -> (B <-> B') -> (A /\ B <-> A' /\ B').
Proof. tauto. Qed.
Lemma or_congr (A A' B B' : Prop) : (A <-> A') -> (B <-> B') -> (A \/ B <-> A' \/ B').
Proof. tauto. Qed.
Lemma imp_congr (A A' B B' : Prop) : (A <-> A') -> (B <-> B') -> ((A -> B) <-> (A' -> B')).
Proof. tauto. Qed.
Lemma iff_congr (A A' B B' : Prop) : (A <-> A') -> (B <-> B') -> ((A <-> B) <-> (A' <-> B')).
Proof. tauto. Qed.
Lemma not_congr (A A' : Prop) : (A <-> A') -> (~ A <-> ~ A').
Proof. tauto. Qed.
Lemma all_congr (T : Type) (A B : T -> Prop) :
  (forall x, A x <-> B x) -> ((forall x, A x) <-> (forall x, B x)).
Proof. intros H; split; intros K x; apply H, K. Qed.
Lemma ex_congr (T : Type) (A B : T -> Prop) :
  (forall x, A x <-> B x) -> ((exists x, A x) <-> (exists x, B x)).
Proof. intros H; split; intros [x K]; exists x; apply H, K. Qed.
Lemma all_congr_bounded (P : nat -> Prop) (A B : nat -> Prop) :
  (forall i, P i -> (A i <-> B i)) -> ((forall i, P i -> A i) <-> (forall i, P i -> B i)).
Proof. intros H; split; intros K i b; apply (H i b), (K i b). Qed.
Lemma ex_congr_bounded (P : nat -> Prop) (A B : nat -> Prop) :
  (forall i, P i -> (A i <-> B i)) -> ((exists i, P i /\ A i) <-> (exists i, P i /\ B i)).
Proof. intros H; split; intros [i [b K]]; exists i; (split; [exact b | apply (H i b), K]). Qed.

(** * Relations that only move terms from one side to the other *)

Lemma lt_same (a b c d : R) : b + - a = d + - c -> (a < b <-> c < d).
Proof. intros; split; intros; lra. Qed.
Lemma le_same (a b c d : R) : b + - a = d + - c -> (a <= b <-> c <= d).
Proof. intros; split; intros; lra. Qed.
Lemma eq_same (a b c d : R) : b + - a = d + - c -> (a = b <-> c = d).
Proof. intros; split; intros; lra. Qed.
Lemma ne_same (a b c d : R) : b + - a = d + - c -> (a <> b <-> c <> d).
Proof. intros; split; intros K E; apply K; lra. Qed.
Lemma ge_is_le (a b : R) : a >= b <-> b <= a.
Proof. split; [apply Rge_le | apply Rle_ge]. Qed.
Lemma eq_same_back (a b c d : R) : b + - a = c + - d -> (a = b <-> c = d).
Proof. intros; split; intros; lra. Qed.
Lemma ne_same_back (a b c d : R) : b + - a = c + - d -> (a <> b <-> c <> d).
Proof. intros; split; intros K E; apply K; lra. Qed.

(** * Limits and derivatives of functions that are equal everywhere *)

Lemma lim_seq_congr (f g : nat -> R) (l : Rbar) :
  (forall n, f n = g n) -> (is_lim_seq f l <-> is_lim_seq g l).
Proof. intros H; split; apply is_lim_seq_ext; intros n; now rewrite H. Qed.
Lemma lim_seq_congr_finite (f g : nat -> R) (l m : R) :
  (forall n, f n = g n) -> l = m -> (is_lim_seq f (Finite l) <-> is_lim_seq g (Finite m)).
Proof. intros H ->; now apply lim_seq_congr. Qed.
Lemma lim_fun_congr (f g : R -> R) (a l : Rbar) :
  (forall x, f x = g x) -> (is_lim f a l <-> is_lim g a l).
Proof. intros H; split; apply is_lim_ext; intros x; now rewrite H. Qed.
Lemma lim_fun_congr_finite (f g : R -> R) (a : Rbar) (l m : R) :
  (forall x, f x = g x) -> l = m -> (is_lim f a (Finite l) <-> is_lim g a (Finite m)).
Proof. intros H ->; now apply lim_fun_congr. Qed.
Lemma is_derive_congr (f g : R -> R) (x l m : R) :
  (forall y, f y = g y) -> l = m -> (is_derive f x l <-> is_derive g x m).
Proof. intros H ->; split; apply is_derive_ext; intros y; now rewrite H. Qed.

(** * Powers, exponentials, roots *)

Lemma exp_power (x r : R) (n : nat) : INR n = r -> exp x ^ n = exp (r * x).
Proof.
  intros <-; induction n as [| n IH]; simpl pow.
  - now rewrite Rmult_0_l, exp_0.
  - rewrite IH, <- exp_plus, S_INR; f_equal; ring.
Qed.
Lemma exp_times (n : nat) (x : R) : exp (INR n * x) = exp x ^ n.
Proof. symmetry; now apply exp_power. Qed.
Lemma exp_not_zero (x : R) : exp x <> 0.
Proof. apply Rgt_not_eq, exp_pos. Qed.
Lemma pow2_sqrt_of (x : R) : 0 <= x -> sqrt x ^ 2 = x.
Proof. exact (pow2_sqrt x). Qed.
Lemma pow2_abs' (x : R) : Rabs x ^ 2 = x ^ 2.
Proof. apply pow2_abs. Qed.
Lemma sqrt_is (x y : R) : 0 <= y -> y ^ 2 = x -> sqrt x = y.
Proof. intros P <-. now apply sqrt_pow2. Qed.
Lemma square_product (a b x y : R) : a ^ 2 = x -> b ^ 2 = y -> (a * b) ^ 2 = x * y.
Proof. intros <- <-. apply Rpow_mult_distr. Qed.
Arguments square_product {a b x y}.
Lemma square_quotient (a b x y : R) : a ^ 2 = x -> b ^ 2 = y -> (a / b) ^ 2 = x / y.
Proof. intros <- <-. unfold Rdiv. now rewrite Rpow_mult_distr, pow_inv. Qed.
Arguments square_quotient {a b x y}.
Lemma log_is (x y : R) : exp y = x -> ln x = y.
Proof. intros <-. apply ln_exp. Qed.
Lemma exp_product (a b x y : R) : exp a = x -> exp b = y -> exp (a + b) = x * y.
Proof. intros <- <-. apply exp_plus. Qed.
Arguments exp_product {a b x y}.
Lemma exp_multiple (n : nat) (a x k : R) : exp a = x -> k = INR n * a -> exp k = x ^ n.
Proof. intros <- ->. apply exp_times. Qed.
Lemma exp_multiple_below (n : nat) (a x k : R) : exp a = x -> k = - (INR n * a) -> exp k = / x ^ n.
Proof. intros <- ->. now rewrite exp_Ropp, exp_times. Qed.
Lemma exp_half_log (x : R) : 0 < x -> exp (ln x / 2) = sqrt x.
Proof.
  intros P. symmetry. apply sqrt_is; [apply Rlt_le, exp_pos|].
  rewrite <- exp_times. replace (INR 2 * (ln x / 2)) with (ln x) by (simpl INR; field). now apply exp_ln.
Qed.
Lemma tanh_exp (x : R) : tanh x = (exp x - exp (- x)) / (exp x + exp (- x)).
Proof. unfold tanh, sinh, cosh. assert (0 < exp x) by apply exp_pos. assert (0 < exp (- x)) by apply exp_pos. field. lra. Qed.

(** A power whose exponent may be negative. *)
Lemma power_difference (x : R) (m n : nat) : x ^ n <> 0 -> powerRZ x (Z.of_nat m - Z.of_nat n) = x ^ m / x ^ n.
Proof.
  intros H. destruct (Req_dec x 0) as [-> | P].
  - destruct n as [| n]; [| exfalso; apply H, pow_i; lia].
    simpl Z.of_nat. rewrite Z.sub_0_r, <- pow_powerRZ. simpl. field.
  - unfold Z.sub. rewrite powerRZ_add by exact P. now rewrite powerRZ_neg', <- !pow_powerRZ.
Qed.
Lemma power_opposite (x : R) (n : nat) : powerRZ x (- Z.of_nat n) = 1 / x ^ n.
Proof. rewrite powerRZ_neg', <- pow_powerRZ. symmetry. apply Rmult_1_l. Qed.
Lemma exp_power_difference (x r : R) (m n : nat) : INR m - INR n = r -> powerRZ (exp x) (Z.of_nat m - Z.of_nat n) = exp (r * x).
Proof.
  intros <-. rewrite power_difference by apply pow_nonzero, exp_not_zero. replace ((INR m - INR n) * x) with (INR m * x + - (INR n * x)) by ring.
  now rewrite exp_plus, exp_Ropp, !exp_times.
Qed.
Lemma exp_power_opposite (x r : R) (n : nat) : - INR n = r -> powerRZ (exp x) (- Z.of_nat n) = exp (r * x).
Proof.
  intros <-. rewrite power_opposite. replace (- INR n * x) with (- (INR n * x)) by ring. rewrite exp_Ropp, exp_times. apply Rmult_1_l.
Qed.

(** A natural number that is written as a real one in two ways: ``INR (S t) = INR t + 1``. *)
Ltac natural_real := rewrite ?S_INR, ?plus_INR, ?mult_INR; simpl INR.

(** ``t + S k`` becomes ``S (t + k)``, ``t + 0`` becomes ``t``: the normal form of natural numbers, after one was put in for a variable. *)
Ltac natural_forms H := rewrite ?Nat.add_0_r, ?Nat.add_succ_r in H.

(** Equal products of powers of one number whose exponents are natural-number expressions. *)
Ltac powers :=
  rewrite ?pow_1, ?Rpow_mult_distr, ?pow_1_even, ?pow_1_odd, <- ?pow_mult, <- ?Rmult_assoc, <- ?pow_add, ?Rmult_1_l, ?Rmult_1_r;
  rewrite <- ?pow_mult, <- ?pow_add, ?Rmult_1_l, ?Rmult_1_r;
  first [ reflexivity | f_equal; lia | ring | f_equal; f_equal; lia | f_equal; [f_equal; lia | f_equal; lia] ].

(** ``0 ^ (2 * t) = 0 ^ t``: 1 for t = 0, else 0. *)
Ltac zero_power := match goal with |- _ = 0 ^ ?n => destruct n; [ reflexivity | simpl; ring ] end.

(** ``exp (INR 2 * x + - (INR 1 * y)) = exp x ^ 2 / exp y`` *)
Ltac exponentials :=
  rewrite ?exp_plus, ?exp_Ropp, ?exp_times, ?exp_0; simpl pow; rewrite ?Rmult_1_r;
  first [ reflexivity | ring | field; repeat split; try apply pow_nonzero; apply exp_not_zero ].

(** Side conditions of ``field``: products and powers of what is known not to vanish. *)
Ltac nonzero_one :=
  first
    [ assumption
    | apply exp_not_zero
    | apply not_0_INR; lia
    | apply pow_nonzero; nonzero_one
    | apply Rmult_integral_contrapositive_currified; nonzero_one
    | lra
    | let Z := fresh in intros Z;
      match goal with K : _ <> 0 |- _ => apply K; first [ lra | rewrite <- Z; ring | field_simplify_eq; [ lra | repeat split; assumption ] ] end ].
Ltac nonzero := repeat match goal with |- _ /\ _ => split end; nonzero_one.
