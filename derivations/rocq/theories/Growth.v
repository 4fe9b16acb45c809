(** Growth: how far a curve leaves its Taylor polynomial (the remainder of Lagrange), and when a growing power reaches a level. *)

Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Derivations Require Import Calculus.
Open Scope R_scope.

(** * The remainder of Lagrange *)

Lemma taylor_polynomial_sum (k : nat) (f : R -> R) (a x : R) :
  sum_f_R0 (fun m => (x - a) ^ m / INR (fact m) * Derive_n f m a) k = taylor_polynomial k f a x.
Proof.
  induction k as [|k IH].
  - change ((x - a) ^ 0 / INR (fact 0) * f a = f a). simpl. field.
  - change (sum_f_R0 (fun m => (x - a) ^ m / INR (fact m) * Derive_n f m a) k
      + (x - a) ^ S k / INR (fact (S k)) * Derive_n f (S k) a
      = taylor_polynomial k f a x + Derive_n f (S k) a * (x - a) ^ S k / IZR (Z.of_nat (fact (S k)))).
    rewrite IH, INR_IZR_INZ. unfold Rdiv. ring.
Qed.

Theorem taylor_bound (k : nat) (f : R -> R) (a b M : R) :
  smooth (S k) f -> a <= b -> (forall x, a <= x /\ x <= b -> Rabs (Derive_n f (S k) x) <= M) ->
  Rabs (f b - taylor_polynomial k f a b) <= M * (b - a) ^ S k / IZR (Z.of_nat (fact (S k))).
Proof.
  intros H L B. assert (P := fact_positive (S k)).
  destruct (Req_dec a b) as [<-|N].
  { rewrite taylor_polynomial_at, (Rminus_diag_eq a a eq_refl), (Rminus_diag_eq (f a) (f a) eq_refl), Rabs_R0, pow_i by lia.
    unfold Rdiv. rewrite Rmult_0_r, Rmult_0_l. lra. }
  apply smooth_means in H. destruct H as [D _].
  destruct (Taylor_Lagrange f k a b ltac:(lra)) as (z & [Z1 Z2] & E).
  { intros t _ [|j] J; [exact I |]. apply D. lia. }
  rewrite taylor_polynomial_sum in E. rewrite E.
  replace (taylor_polynomial k f a b + (b - a) ^ S k / INR (fact (S k)) * Derive_n f (S k) z - taylor_polynomial k f a b)
    with ((b - a) ^ S k / IZR (Z.of_nat (fact (S k))) * Derive_n f (S k) z) by (rewrite INR_IZR_INZ; ring).
  assert (Q : 0 <= (b - a) ^ S k / IZR (Z.of_nat (fact (S k)))).
  { apply Rmult_le_pos; [apply pow_le; lra | apply Rlt_le, Rinv_0_lt_compat, P]. }
  rewrite Rabs_mult, (Rabs_pos_eq _ Q).
  replace (M * (b - a) ^ S k / IZR (Z.of_nat (fact (S k)))) with ((b - a) ^ S k / IZR (Z.of_nat (fact (S k))) * M)
    by (unfold Rdiv; ring).
  apply Rmult_le_compat_l; [exact Q | apply B; lra].
Qed.

Lemma bounded_as (u v r w : R) : u = v -> r = w -> Rabs v <= w -> Rabs u <= r.
Proof. now intros -> ->. Qed.

(** * When a growing power reaches a level *)

Lemma ln_pow_nat (t : nat) (m : R) : 0 < m -> ln (m ^ t) = INR t * ln m.
Proof.
  intros P. induction t as [|t IH].
  - simpl. rewrite ln_1. ring.
  - change (ln (m * m ^ t) = INR (S t) * ln m). rewrite ln_mult, IH, S_INR by (try apply pow_lt; exact P). ring.
Qed.

Theorem power_reaches (m a r : R) (t : nat) : 1 < m -> 0 < a -> 0 < r -> r <= m ^ t * a <-> ln (r / a) / ln m <= INR t.
Proof.
  intros M A P. assert (G : 0 < ln m) by (rewrite <- ln_1; apply ln_increasing; lra).
  assert (W : 0 < m ^ t) by (apply pow_lt; lra).
  assert (Q : 0 < r / a) by (apply Rdiv_lt_0_compat; assumption).
  assert (E : r <= m ^ t * a <-> r / a <= m ^ t).
  { split; intros H.
    - apply Rmult_le_reg_r with a; [exact A |]. replace (r / a * a) with r by (field; lra). exact H.
    - apply (Rmult_le_compat_r a) in H; [| lra]. replace (r / a * a) with r in H by (field; lra). exact H. }
  rewrite E. split; intros H.
  - apply Rmult_le_reg_r with (ln m); [exact G |].
    replace (ln (r / a) / ln m * ln m) with (ln (r / a)) by (field; lra).
    rewrite <- ln_pow_nat by lra. destruct H as [H|H]; [left; apply ln_increasing; assumption | right; now rewrite H].
  - apply (Rmult_le_compat_r (ln m)) in H; [| lra].
    replace (ln (r / a) / ln m * ln m) with (ln (r / a)) in H by (field; lra).
    rewrite <- ln_pow_nat in H by lra. apply Rnot_lt_le. intros C.
    apply ln_increasing in C; [lra | exact W].
Qed.

(** The same from 1 on. *)
Theorem power_reaches_from_one (m r : R) (t : nat) : 1 < m -> 0 < r -> r <= m ^ t <-> ln r / ln m <= INR t.
Proof.
  intros M P. assert (H := power_reaches m 1 r t M Rlt_0_1 P).
  now replace (m ^ t * 1) with (m ^ t) in H by ring; replace (r / 1) with r in H by field.
Qed.
