(** Finite sums, Kronecker's delta, and expectations.

    [fsum a n f] is f(a) + ... + f(a + n - 1): the sum of [n] summands, beginning at [a]. *)

From Coq Require Import Reals Lra Lia PeanoNat List.
Import ListNotations.
Open Scope R_scope.

(** * Finite sums *)

Fixpoint fsum (a n : nat) (f : nat -> R) : R :=
  match n with
  | O => 0
  | S m => fsum a m f + f (a + m)%nat
  end.

Lemma fsum_ext a n f g : (forall k, (a <= k < a + n)%nat -> f k = g k) -> fsum a n f = fsum a n g.
Proof.
  induction n as [|n IH]; intros same; simpl; [reflexivity|].
  rewrite IH by (intros k Bk; apply same; lia).
  now rewrite (same (a + n)%nat) by lia.
Qed.

(** The range of an index i of {1, ..., n}. *)
Lemma fsum_index_ext n f g : (forall k, (1 <= k <= n)%nat -> f k = g k) -> fsum 1 n f = fsum 1 n g.
Proof. intros same; apply fsum_ext; intros k Bk; apply same; lia. Qed.

Lemma fsum_plus a n f g : fsum a n (fun k => f k + g k) = fsum a n f + fsum a n g.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma fsum_opp a n f : fsum a n (fun k => - f k) = - fsum a n f.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma fsum_minus a n f g : fsum a n (fun k => f k - g k) = fsum a n f - fsum a n g.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma fsum_scal_l a n c f : fsum a n (fun k => c * f k) = c * fsum a n f.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma fsum_scal_r a n c f : fsum a n (fun k => f k * c) = fsum a n f * c.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma fsum_div a n c f : fsum a n (fun k => f k / c) = fsum a n f / c.
Proof. unfold Rdiv; apply fsum_scal_r. Qed.

Lemma fsum_0 a n : fsum a n (fun _ => 0) = 0.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma fsum_const a n c : fsum a n (fun _ => c) = INR n * c.
Proof. induction n as [|n IH]; [simpl; ring|]. rewrite S_INR; simpl; rewrite IH; ring. Qed.

Lemma fsum_swap a n b m (f : nat -> nat -> R) :
  fsum a n (fun i => fsum b m (fun j => f i j)) = fsum b m (fun j => fsum a n (fun i => f i j)).
Proof.
  induction n as [|n IH]; simpl.
  - symmetry; apply fsum_0.
  - rewrite IH; symmetry; apply fsum_plus.
Qed.

(** A product of sums is one sum over both variables. *)
Lemma fsum_mult a n b m f g :
  fsum a n f * fsum b m g = fsum a n (fun i => fsum b m (fun j => f i * g j)).
Proof.
  rewrite <- fsum_scal_r; apply fsum_ext; intros i _; symmetry; apply fsum_scal_l.
Qed.

Lemma fsum_split_last a n f : fsum a (S n) f = fsum a n f + f (a + n)%nat.
Proof. reflexivity. Qed.

Lemma fsum_split_first a n f : fsum a (S n) f = f a + fsum a n (fun k => f (S k)).
Proof.
  induction n as [|n IH].
  - simpl; rewrite Nat.add_0_r; ring.
  - rewrite fsum_split_last, IH, fsum_split_last.
    replace (a + S n)%nat with (S (a + n)) by lia; ring.
Qed.

Lemma fsum_shift a n f : fsum (S a) n f = fsum a n (fun k => f (S k)).
Proof. induction n as [|n IH]; simpl; [reflexivity|]. now rewrite IH. Qed.

Lemma fsum_nonneg a n f : (forall k, (a <= k < a + n)%nat -> 0 <= f k) -> 0 <= fsum a n f.
Proof.
  induction n as [|n IH]; intros sign; simpl; [lra|].
  assert (0 <= fsum a n f) by (apply IH; intros k Bk; apply sign; lia).
  assert (0 <= f (a + n)%nat) by (apply sign; lia).
  lra.
Qed.

Lemma fsum_le a n f g : (forall k, (a <= k < a + n)%nat -> f k <= g k) -> fsum a n f <= fsum a n g.
Proof.
  induction n as [|n IH]; intros less; simpl; [lra|].
  assert (fsum a n f <= fsum a n g) by (apply IH; intros k Bk; apply less; lia).
  assert (f (a + n)%nat <= g (a + n)%nat) by (apply less; lia).
  lra.
Qed.

(** Entering a sum, or the argument of an expectation: a variable of the same name that stands in the context steps aside. *)

Lemma range_index n k : (1 <= k < 1 + n)%nat -> (1 <= k <= n)%nat.
Proof. lia. Qed.

Tactic Notation "enter_range" ident(k) ident(b) :=
  let old := fresh "outer" in try rename k into old;
  let bound := fresh "outer_bound" in try rename b into bound;
  intros k b; cbv beta.

Tactic Notation "enter_index" ident(k) ident(b) := enter_range k b; apply range_index in b.

(** The number of summands as a real number: INR (S (k + t)) = INR k + INR t + 1. *)
Ltac count_real := rewrite ?S_INR, ?plus_INR, ?mult_INR; cbn [INR]; ring.

(** * Kronecker's delta *)

Definition delta (i j : nat) : R := if Nat.eq_dec i j then 1 else 0.

Lemma delta_refl i : delta i i = 1.
Proof. unfold delta; destruct (Nat.eq_dec i i); [reflexivity|congruence]. Qed.

Lemma delta_neq i j : i <> j -> delta i j = 0.
Proof. intros differ; unfold delta; destruct (Nat.eq_dec i j); [congruence|reflexivity]. Qed.

Lemma delta_comm i j : delta i j = delta j i.
Proof. unfold delta; destruct (Nat.eq_dec i j), (Nat.eq_dec j i); congruence. Qed.

Lemma delta_idem i j : delta i j * delta i j = delta i j.
Proof. unfold delta; destruct (Nat.eq_dec i j); ring. Qed.

Lemma delta_pow i j n : delta i j ^ S n = delta i j.
Proof.
  unfold delta; destruct (Nat.eq_dec i j).
  - apply pow1.
  - simpl; ring.
Qed.

(** Where delta is not zero, its first argument may be put for its second. *)
Lemma delta_subst i j (f : nat -> R) : delta i j * f j = delta i j * f i.
Proof. unfold delta; destruct (Nat.eq_dec i j) as [same|]; [now rewrite same|ring]. Qed.

Lemma fsum_delta_outside a n j f : ~ (a <= j < a + n)%nat -> fsum a n (fun k => delta k j * f k) = 0.
Proof.
  intros out; rewrite <- (fsum_0 a n); apply fsum_ext; intros k Bk.
  rewrite delta_neq by lia; ring.
Qed.

(** Contraction: a sum against delta leaves one summand. *)
Lemma fsum_delta a n j f : (a <= j < a + n)%nat -> fsum a n (fun k => delta k j * f k) = f j.
Proof.
  induction n as [|n IH]; intros Bj; [lia|]; simpl.
  destruct (Nat.eq_dec j (a + n)) as [->|differ].
  - rewrite fsum_delta_outside by lia; rewrite delta_refl; ring.
  - rewrite IH by lia; rewrite delta_neq by lia; ring.
Qed.

Lemma fsum_delta_r a n j f : (a <= j < a + n)%nat -> fsum a n (fun k => delta j k * f k) = f j.
Proof.
  intros Bj; rewrite <- (fsum_delta a n j f Bj); apply fsum_ext; intros k _; now rewrite delta_comm.
Qed.

(** * Expectation

    V is a set of random variables over the outcomes Omega: it contains the constants, sums and products. An expectation is a
    functional that on V is linear, 1 for the constant 1, and not negative for a square; it depends only on the values of its
    argument. It must not be asked of all functions on Omega: a functional of that kind has no infinite sequence of
    uncorrelated variables of variance 1. *)

Definition random_variables {Omega : Type} (V : (Omega -> R) -> Prop) : Prop :=
  (forall c : R, V (fun _ => c)) /\
  (forall X Y : Omega -> R, V X -> V Y -> V (fun w => X w + Y w)) /\
  (forall X Y : Omega -> R, V X -> V Y -> V (fun w => X w * Y w)) /\
  (forall X Y : Omega -> R, (forall w, X w = Y w) -> V X -> V Y).

Definition expectation {Omega : Type} (V : (Omega -> R) -> Prop) (E : (Omega -> R) -> R) : Prop :=
  random_variables V /\
  (forall X Y : Omega -> R, V X -> V Y -> E (fun w => X w + Y w) = E X + E Y) /\
  (forall (c : R) (X : Omega -> R), V X -> E (fun w => c * X w) = c * E X) /\
  (forall X Y : Omega -> R, (forall w, X w = Y w) -> E X = E Y) /\
  E (fun _ => 1) = 1 /\
  (forall X : Omega -> R, V X -> 0 <= E (fun w => X w ^ 2)).

Section Expectation.

Context {Omega : Type} {V : (Omega -> R) -> Prop} {E : (Omega -> R) -> R} (HE : expectation V E).

(** ** What is a random variable *)

Lemma random_const c : V (fun _ => c).
Proof. apply HE. Qed.

Lemma random_plus X Y : V X -> V Y -> V (fun w => X w + Y w).
Proof. apply HE. Qed.

Lemma random_mult X Y : V X -> V Y -> V (fun w => X w * Y w).
Proof. apply HE. Qed.

Lemma random_ext X Y : (forall w, X w = Y w) -> V X -> V Y.
Proof. apply HE. Qed.

Lemma random_opp X : V X -> V (fun w => - X w).
Proof.
  intros x; apply (random_ext (fun w => (-1) * X w)); [intros w; ring |].
  exact (random_mult (fun _ => -1) X (random_const (-1)) x).
Qed.

Lemma random_minus X Y : V X -> V Y -> V (fun w => X w - Y w).
Proof. intros x y; exact (random_plus X (fun w => - Y w) x (random_opp Y y)). Qed.

Lemma random_div X c : V X -> V (fun w => X w / c).
Proof. intros x; exact (random_mult X (fun _ => / c) x (random_const (/ c))). Qed.

Lemma random_pow X n : V X -> V (fun w => X w ^ n).
Proof. intros x; induction n as [|n IH]; [exact (random_const 1) | exact (random_mult X (fun w => X w ^ n) x IH)]. Qed.

Lemma random_fsum a n (X : nat -> Omega -> R) :
  (forall k, (a <= k < a + n)%nat -> V (X k)) -> V (fun w => fsum a n (fun k => X k w)).
Proof.
  induction n as [|n IH]; intros x; [exact (random_const 0) |].
  apply (random_plus (fun w => fsum a n (fun k => X k w)) (X (a + n)%nat)); [apply IH; intros k b |]; apply x; lia.
Qed.

(** ** What an expectation does *)

Lemma expectation_plus X Y : V X -> V Y -> E (fun w => X w + Y w) = E X + E Y.
Proof. apply HE. Qed.

Lemma expectation_scal c X : V X -> E (fun w => c * X w) = c * E X.
Proof. apply HE. Qed.

Lemma expectation_ext X Y : (forall w, X w = Y w) -> E X = E Y.
Proof. apply HE. Qed.

Lemma expectation_one : E (fun _ => 1) = 1.
Proof. apply HE. Qed.

Lemma expectation_square_nonneg X : V X -> 0 <= E (fun w => X w ^ 2).
Proof. apply HE. Qed.

Lemma expectation_const c : E (fun _ => c) = c.
Proof.
  rewrite (expectation_ext _ (fun _ => c * 1)) by (intros w; ring).
  rewrite (expectation_scal c (fun _ => 1) (random_const 1)), expectation_one; ring.
Qed.

Lemma expectation_fsum a n (X : nat -> Omega -> R) :
  (forall k, (a <= k < a + n)%nat -> V (X k)) ->
  E (fun w => fsum a n (fun k => X k w)) = fsum a n (fun k => E (fun w => X k w)).
Proof.
  induction n as [|n IH]; intros x; simpl.
  - apply expectation_const.
  - rewrite (expectation_plus (fun w => fsum a n (fun k => X k w)) (X (a + n)%nat)).
    + rewrite IH; [reflexivity | intros k b; apply x; lia].
    + apply random_fsum; intros k b; apply x; lia.
    + apply x; lia.
Qed.

(** A linear combination, as a list of coefficients and random variables, is opened at once: for explicit lists both sides
    of [expectation_linear] compute. *)
Fixpoint combination (l : list (R * (Omega -> R))) (w : Omega) : R :=
  match l with
  | nil => 0
  | cons (c, X) rest => c * X w + combination rest w
  end.

Fixpoint combination_of_expectations (l : list (R * (Omega -> R))) : R :=
  match l with
  | nil => 0
  | cons (c, X) rest => c * E X + combination_of_expectations rest
  end.

Fixpoint all_random (l : list (R * (Omega -> R))) : Prop :=
  match l with
  | nil => True
  | cons (_, X) rest => V X /\ all_random rest
  end.

Lemma random_combination l : all_random l -> V (combination l).
Proof.
  induction l as [|[c X] l IH]; simpl; [intros _; exact (random_const 0) | intros [x rest]].
  exact (random_plus (fun w => c * X w) _ (random_mult (fun _ => c) X (random_const c) x) (IH rest)).
Qed.

Lemma expectation_combination l : all_random l -> E (combination l) = combination_of_expectations l.
Proof.
  induction l as [|[c X] l IH]; simpl; [intros _; apply expectation_const | intros [x rest]].
  rewrite <- (IH rest), <- (expectation_scal c X x).
  apply (expectation_plus (fun w => c * X w) (combination l)).
  - exact (random_mult (fun _ => c) X (random_const c) x).
  - exact (random_combination l rest).
Qed.

Lemma expectation_linear l Y :
  all_random l -> (forall w, Y w = combination l w) -> E Y = combination_of_expectations l.
Proof. intros all same; rewrite (expectation_ext _ _ same); now apply expectation_combination. Qed.

End Expectation.

(** That something is a random variable, by its form; what it is made of is in the context. *)
Ltac random_variable HE :=
  cbv beta;
  first
    [ assumption
    | apply (random_const HE)
    | apply (random_plus HE); random_variable HE
    | apply (random_minus HE); random_variable HE
    | apply (random_mult HE); random_variable HE
    | apply (random_opp HE); random_variable HE
    | apply (random_div HE); random_variable HE
    | apply (random_pow HE); random_variable HE
    | apply (random_fsum HE); intros; random_variable HE
    | match goal with M : _ |- _ => apply M end ].

(** Likewise for each variable of a list. *)
Ltac all_random_variables HE := cbn [all_random]; repeat split; random_variable HE.

Tactic Notation "enter_outcome" ident(w) :=
  let old := fresh "outer_outcome" in try rename w into old;
  intros w; cbv beta.

(** * Linear combinations of sums *)

(** Likewise a sum whose summand is a linear combination with coefficients that do not depend on the variable. *)
Fixpoint summand (l : list (R * (nat -> R))) (k : nat) : R :=
  match l with
  | nil => 0
  | cons (c, f) rest => c * f k + summand rest k
  end.

Fixpoint combination_of_sums (a n : nat) (l : list (R * (nat -> R))) : R :=
  match l with
  | nil => 0
  | cons (c, f) rest => c * fsum a n f + combination_of_sums a n rest
  end.

Lemma fsum_combination a n l : fsum a n (summand l) = combination_of_sums a n l.
Proof.
  induction l as [|[c f] l IH]; simpl.
  - apply fsum_0.
  - rewrite <- IH, <- (fsum_scal_l a n c f).
    exact (fsum_plus a n (fun k => c * f k) (summand l)).
Qed.

Lemma fsum_linear a n l g :
  (forall k, (a <= k < a + n)%nat -> g k = summand l k) -> fsum a n g = combination_of_sums a n l.
Proof. intros same; rewrite (fsum_ext _ _ _ _ same); apply fsum_combination. Qed.
