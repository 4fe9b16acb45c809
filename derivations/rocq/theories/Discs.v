(** * Where all roots of a polynomial lie: the open and the closed unit disc

    A polynomial is the list of its coefficients, the highest first. Here is what its degree is at most two, and products of
    such polynomials and of powers of z; and that a linear iteration of one state or two converges from every start just when
    the roots of its characteristic polynomial lie in the open disc. *)
Require Import Reals List Psatz Lra.
From Coquelicot Require Import Coquelicot.
From Derivations Require Import SecondOrder.
Import ListNotations.
Open Scope R_scope.

(** The value at z, by Horner's scheme. *)
Definition horner (start : C) (l : list R) (z : C) : C := fold_left (fun v a => (v * z + RtoC a)%C) l start.
Definition value_at (l : list R) (z : C) : C := horner 0 l z.

(** All complex roots lie in the open (closed) unit disc. *)
Definition roots_in_disc (l : list R) : Prop := forall z : C, value_at l z = RtoC 0 -> Cmod z < 1.
Definition roots_in_closed_disc (l : list R) : Prop := forall z : C, value_at l z = RtoC 0 -> Cmod z <= 1.

(** ** Degree one and two *)

Lemma linear_value (p : R) (z : C) : value_at [1; p] z = (z + RtoC p)%C.
Proof. unfold value_at, horner; simpl. ring. Qed.

Lemma linear_root (p : R) (z : C) : value_at [1; p] z = RtoC 0 <-> z = RtoC (- p).
Proof.
  rewrite linear_value, RtoC_opp. split; intros H.
  - replace z with (z + RtoC p - RtoC p)%C by ring. rewrite H. ring.
  - rewrite H. ring.
Qed.

Lemma disc_linear (p : R) : roots_in_disc [1; p] <-> 0 < 1 + p /\ 0 < 1 - p.
Proof.
  split.
  - intros H. assert (K := H _ (proj2 (linear_root p _) eq_refl)). rewrite Cmod_R in K. apply Rabs_def2 in K. lra.
  - intros H z K. apply linear_root in K. rewrite K, Cmod_R. apply Rabs_def1; lra.
Qed.

Lemma closed_disc_linear (p : R) : roots_in_closed_disc [1; p] <-> 0 <= 1 + p /\ 0 <= 1 - p.
Proof.
  split.
  - intros H. assert (K := H _ (proj2 (linear_root p _) eq_refl)). rewrite Cmod_R in K. apply Rabs_le_between in K. lra.
  - intros H z K. apply linear_root in K. rewrite K, Cmod_R. apply Rabs_le. lra.
Qed.

Lemma quadratic_root (p q : R) (z : C) : value_at [1; p; q] z = RtoC 0 <-> root (- p) q z.
Proof.
  unfold root, value_at, horner; simpl. rewrite RtoC_opp.
  replace ((((0 * z + 1) * z + p) * z + q))%C with ((z * z - - RtoC p * z + RtoC q))%C by ring. reflexivity.
Qed.

Lemma disc_quadratic (p q : R) : roots_in_disc [1; p; q] <-> 0 < 1 + p + q /\ 0 < 1 - q /\ 0 < 1 - p + q.
Proof.
  assert (K : roots_in_disc [1; p; q] <-> roots_inside (- p) q).
  { split; intros H z; [rewrite <- quadratic_root | rewrite quadratic_root]; apply H. }
  rewrite K, schur_cohn_open. split; intros; repeat split; lra.
Qed.

Lemma closed_disc_quadratic (p q : R) :
  roots_in_closed_disc [1; p; q] <-> 0 <= 1 + p + q /\ 0 <= 1 - q /\ 0 <= 1 - p + q.
Proof.
  assert (K : roots_in_closed_disc [1; p; q] <-> roots_within 1 (- p) q).
  { split; intros H z; [rewrite <- quadratic_root | rewrite quadratic_root]; apply H. }
  rewrite K, (schur_cohn_closed 1) by lra. split; intros; repeat split; lra.
Qed.

(** ** Products *)

Lemma horner_app (start : C) (l m : list R) (z : C) : horner start (l ++ m) z = horner (horner start l z) m z.
Proof. apply fold_left_app. Qed.

(** Times z^n. *)
Definition times_power (n : nat) (l : list R) : list R := l ++ repeat 0 n.

Lemma horner_zeros (start : C) (n : nat) (z : C) : horner start (repeat 0 n) z = (start * cpow z n)%C.
Proof.
  revert start; induction n as [|n IH]; intros start; simpl; [ring|].
  change (horner (start * z + RtoC 0)%C (repeat 0 n) z = (start * (z * cpow z n))%C). rewrite IH. ring.
Qed.

Lemma value_times_power (n : nat) (l : list R) (z : C) : value_at (times_power n l) z = (value_at l z * cpow z n)%C.
Proof. unfold value_at, times_power. now rewrite horner_app, horner_zeros. Qed.

Lemma power_value (n : nat) (z : C) : value_at (1 :: repeat 0 n) z = cpow z n.
Proof.
  change (horner (RtoC 0 * z + RtoC 1)%C (repeat 0 n) z = cpow z n). rewrite horner_zeros. ring.
Qed.

Lemma power_root (n : nat) (z : C) : value_at (1 :: repeat 0 n) z = RtoC 0 -> z = RtoC 0.
Proof.
  rewrite power_value. intros H. apply Cmod_eq_0.
  assert (K : Cmod z ^ n = 0) by (now rewrite <- Cmod_cpow, H, Cmod_0).
  destruct (Req_dec (Cmod z) 0) as [E|E]; [exact E | exfalso; now apply (pow_nonzero _ n E)].
Qed.

Lemma disc_power (n : nat) : roots_in_disc (1 :: repeat 0 n) <-> True.
Proof. split; [easy|]. intros _ z H. rewrite (power_root n z H), Cmod_0. lra. Qed.

Lemma closed_disc_power (n : nat) : roots_in_closed_disc (1 :: repeat 0 n) <-> True.
Proof. split; [easy|]. intros _ z H. rewrite (power_root n z H), Cmod_0. lra. Qed.

(** Times z + b: each coefficient meets the one before it. *)
Fixpoint linear_after (b before : R) (l : list R) : list R :=
  match l with [] => [b * before] | a :: rest => (a + b * before) :: linear_after b a rest end.
Definition times_linear (b : R) (l : list R) : list R := linear_after b 0 l.

Lemma linear_after_value (b before : R) (l : list R) (z u : C) :
  horner (u * z + RtoC before + RtoC b * u)%C (linear_after b before l) z
  = (horner (u * z + RtoC before)%C l z * (z + RtoC b))%C.
Proof.
  revert before u; induction l as [|a l IH]; intros before u; unfold horner; simpl.
  - rewrite RtoC_mult. ring.
  - fold (horner ((u * z + RtoC before) * z + RtoC a)%C l z). rewrite <- IH. unfold horner. f_equal.
    rewrite RtoC_plus, RtoC_mult. ring.
Qed.

Lemma value_times_linear (b : R) (l : list R) (z : C) :
  value_at (times_linear b l) z = (value_at l z * value_at [1; b] z)%C.
Proof.
  rewrite linear_value. unfold value_at, times_linear.
  assert (H := linear_after_value b 0 l z 0).
  replace (0 * z + RtoC 0 + RtoC b * 0)%C with (RtoC 0) in H by ring.
  replace (0 * z + RtoC 0)%C with (RtoC 0) in H by ring. exact H.
Qed.

(** Times z^2 + b z + c: each coefficient meets the two before it. *)
Fixpoint quadratic_after (b c before early : R) (l : list R) : list R :=
  match l with
  | [] => [b * before + c * early; c * before]
  | a :: rest => (a + b * before + c * early) :: quadratic_after b c a before rest
  end.
Definition times_quadratic (b c : R) (l : list R) : list R := quadratic_after b c 0 0 l.

Lemma quadratic_after_value (b c before early : R) (l : list R) (z u : C) :
  horner ((u * z + RtoC early) * z + RtoC before + RtoC b * (u * z + RtoC early) + RtoC c * u)%C
    (quadratic_after b c before early l) z
  = (horner ((u * z + RtoC early) * z + RtoC before)%C l z * (z * z + RtoC b * z + RtoC c))%C.
Proof.
  revert before early u; induction l as [|a l IH]; intros before early u; unfold horner; simpl.
  - rewrite RtoC_plus, !RtoC_mult. ring.
  - fold (horner (((u * z + RtoC early) * z + RtoC before) * z + RtoC a)%C l z). rewrite <- IH. unfold horner. f_equal.
    rewrite !RtoC_plus, !RtoC_mult. ring.
Qed.

Lemma value_times_quadratic (b c : R) (l : list R) (z : C) :
  value_at (times_quadratic b c l) z = (value_at l z * value_at [1; b; c] z)%C.
Proof.
  assert (E : value_at [1; b; c] z = (z * z + RtoC b * z + RtoC c)%C) by (unfold value_at, horner; simpl; ring).
  rewrite E. unfold value_at, times_quadratic.
  assert (H := quadratic_after_value b c 0 0 l z 0).
  replace ((0 * z + RtoC 0) * z + RtoC 0 + RtoC b * (0 * z + RtoC 0) + RtoC c * 0)%C with (RtoC 0) in H by ring.
  replace ((0 * z + RtoC 0) * z + RtoC 0)%C with (RtoC 0) in H by ring. exact H.
Qed.

(** The roots of a product are those of its factors. *)
Lemma product_zero (u v : C) : (u * v = RtoC 0)%C <-> u = RtoC 0 \/ v = RtoC 0.
Proof.
  split; [|intros [-> | ->]; ring]. intros H.
  assert (K : Cmod u * Cmod v = 0) by (now rewrite <- Cmod_mult, H, Cmod_0).
  apply Rmult_integral in K. destruct K as [K|K]; apply Cmod_eq_0 in K; auto.
Qed.

Lemma roots_of_product (P : C -> Prop) (l m n : list R) : (forall z, value_at l z = (value_at m z * value_at n z)%C) ->
  ((forall z, value_at l z = RtoC 0 -> P z) <->
   (forall z, value_at m z = RtoC 0 -> P z) /\ (forall z, value_at n z = RtoC 0 -> P z)).
Proof.
  intros E. split.
  - intros H. split; intros z K; apply H; rewrite E; apply product_zero; auto.
  - intros [H K] z V. rewrite E in V. apply product_zero in V. destruct V; auto.
Qed.

Lemma disc_times_linear (b : R) (l : list R) :
  roots_in_disc (times_linear b l) <-> roots_in_disc l /\ roots_in_disc [1; b].
Proof. apply roots_of_product, value_times_linear. Qed.
Lemma closed_disc_times_linear (b : R) (l : list R) :
  roots_in_closed_disc (times_linear b l) <-> roots_in_closed_disc l /\ roots_in_closed_disc [1; b].
Proof. apply roots_of_product, value_times_linear. Qed.
Lemma disc_times_quadratic (b c : R) (l : list R) :
  roots_in_disc (times_quadratic b c l) <-> roots_in_disc l /\ roots_in_disc [1; b; c].
Proof. apply roots_of_product, value_times_quadratic. Qed.
Lemma closed_disc_times_quadratic (b c : R) (l : list R) :
  roots_in_closed_disc (times_quadratic b c l) <-> roots_in_closed_disc l /\ roots_in_closed_disc [1; b; c].
Proof. apply roots_of_product, value_times_quadratic. Qed.
Lemma disc_times_power (n : nat) (l : list R) :
  roots_in_disc (times_power n l) <-> roots_in_disc l /\ roots_in_disc (1 :: repeat 0 n).
Proof. apply roots_of_product. intros z. now rewrite value_times_power, power_value. Qed.
Lemma closed_disc_times_power (n : nat) (l : list R) :
  roots_in_closed_disc (times_power n l) <-> roots_in_closed_disc l /\ roots_in_closed_disc (1 :: repeat 0 n).
Proof. apply roots_of_product. intros z. now rewrite value_times_power, power_value. Qed.

(** Two lists whose entries are equal by the laws of a ring. *)
Ltac same_coefficients :=
  cbn [times_linear linear_after times_quadratic quadratic_after times_power app repeat];
  repeat (apply f_equal2; [ring |]); reflexivity.

(** Conditions that differ by a positive factor. *)
Lemma lt_ratio (r a l h : R) : 0 < r -> h - l = r * a -> (l < h <-> 0 < a).
Proof.
  intros Hr E. split; intros H; [apply (Rmult_lt_reg_l r); lra|].
  assert (K : 0 < r * a) by now apply Rmult_lt_0_compat. lra.
Qed.
Lemma le_ratio (r a l h : R) : 0 < r -> h - l = r * a -> (l <= h <-> 0 <= a).
Proof.
  intros Hr E. split; intros H; [apply (Rmult_le_reg_l r); lra|].
  assert (K : 0 <= r * a) by (apply Rmult_le_pos; lra). lra.
Qed.

(** ** Linear iterations *)

Theorem one_state (x : nat -> R -> R) (c m p : R) :
  (forall t a, x (S t) a - c = m * (x t a - c)) -> (forall a, x 0%nat a = a) -> p = - m ->
  ((forall a, is_lim_seq (fun t => x t a) (Finite c)) <-> roots_in_disc [1; p]).
Proof.
  intros step start ->. rewrite disc_linear.
  assert (E : forall a t, x t a - c = (a - c) * m ^ t).
  { intros a; induction t as [|t IH]; [rewrite start; simpl; ring|]. rewrite step, IH. simpl. ring. }
  split.
  - intros H. cut (-1 < m /\ m < 1); [lra|]. apply (geometric_vanishes_base m 1); [lra|].
    apply is_lim_seq_ext with (fun t => x t (c + 1) - c); [intros t; rewrite E; ring|].
    apply -> (lim_minus_const (fun t => x t (c + 1)) c); apply H.
  - intros H a. apply lim_minus_const. apply is_lim_seq_ext with (fun t => (a - c) * m ^ t); [intros t; now rewrite E|].
    replace (Finite 0) with (Rbar_mult (a - c) 0) by (simpl; f_equal; ring). apply is_lim_seq_scal_l.
    apply is_lim_seq_geom. apply Rabs_def1; lra.
Qed.

Theorem two_states (x y : nat -> R -> R -> R) (c d m11 m12 m21 m22 p q : R) :
  (forall t a b, x (S t) a b - c = m11 * (x t a b - c) + m12 * (y t a b - d)) ->
  (forall t a b, y (S t) a b - d = m21 * (x t a b - c) + m22 * (y t a b - d)) ->
  (forall a b, x 0%nat a b = a) -> (forall a b, y 0%nat a b = b) ->
  p = - (m11 + m22) -> q = m11 * m22 - m12 * m21 ->
  ((forall a b, is_lim_seq (fun t => x t a b) (Finite c) /\ is_lim_seq (fun t => y t a b) (Finite d)) <->
   roots_in_disc [1; p; q]).
Proof.
  intros Hx Hy Sx Sy -> ->. rewrite (schur_quadratic x y c d m11 m12 m21 m22 Hx Hy Sx Sy), disc_quadratic.
  split; intros; repeat split; lra.
Qed.
