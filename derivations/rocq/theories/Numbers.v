(** Constants: algebraic numbers as the first zero of a polynomial in an interval, and rational enclosures. *)

Require Import Reals Lia Lra.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Lemma below_or_above x : x < 0 \/ 0 < x -> x <> 0.
Proof. lra. Qed.

Lemma equal_not_zero x v : x = v -> v <> 0 -> x <> 0.
Proof. intros ->. exact (fun H => H). Qed.

(** * Algebraic numbers *)

(** The first zero of p between low and high (the greatest lower bound of all zeros there). *)
Definition root_in (p : R -> R) (low high : R) : R := real (Glb_Rbar (fun x => low < x < high /\ p x = 0)).

Lemma no_zero_near p r : continuity_pt p r -> p r <> 0 -> exists d, 0 < d /\ forall x, r <= x < r + d -> p x <> 0.
Proof.
  intros C N. destruct (C (Rabs (p r)) (Rabs_pos_lt _ N)) as (d & D & H). exists d. split; [exact D|]. intros x X Z.
  destruct (Req_dec x r) as [->|E]; [contradiction|].
  assert (K : Rabs (p x - p r) < Rabs (p r)).
  { apply H. split; [split; [exact I|congruence]|]. simpl. unfold R_dist. rewrite Rabs_pos_eq by lra. lra. }
  rewrite Z in K. replace (0 - p r) with (- p r) in K by ring. rewrite Rabs_Ropp in K. lra.
Qed.

(** Where p is continuous and changes its sign, it has such a zero. *)
Lemma root_in_zero p low high : low < high -> continuity p -> p low * p high < 0 ->
  low < root_in p low high < high /\ p (root_in p low high) = 0.
Proof.
  intros L C S. set (zero := fun x => low < x < high /\ p x = 0).
  assert (Low : p low <> 0) by (intros Z; rewrite Z in S; lra).
  assert (High : p high <> 0) by (intros Z; rewrite Z in S; lra).
  destruct (IVT_cor p low high C (Rlt_le _ _ L) (Rlt_le _ _ S)) as (x & X & Z).
  assert (Zx : zero x).
  { split; [|exact Z]. destruct X as [[A|A] [B|B]]; subst; try contradiction; lra. }
  unfold root_in. fold zero. destruct (Glb_Rbar_correct zero) as [Below Greatest].
  assert (A : Rbar_le low (Glb_Rbar zero)) by (apply Greatest; intros y [[Y _] _]; simpl; lra).
  assert (B := Below x Zx). destruct (Glb_Rbar zero) as [r| |]; simpl in *; try contradiction.
  assert (R0 : p r = 0).
  { destruct (Req_dec (p r) 0) as [E|N]; [exact E|exfalso].
    destruct (no_zero_near p r (C r) N) as (d & D & H). assert (K : Rbar_le (r + d) r); [|simpl in K; lra].
    apply Greatest. intros y Y. simpl. destruct (Rlt_le_dec y (r + d)) as [G|G]; [|lra].
    exfalso. apply (H y); [|exact (proj2 Y)]. assert (T := Below y Y). simpl in T. lra. }
  split; [|exact R0]. destruct Zx as [Zx _]. split; [|lra]. destruct A as [A|A]; [exact A|]. subst. contradiction.
Qed.

(** If p changes its sign before b already, its first zero lies below b. *)
Lemma root_in_below p low high b : low < b -> b <= high -> continuity p -> p low * p b < 0 -> root_in p low high < b.
Proof.
  intros L H C S. destruct (root_in_zero p low b L C S) as [[A B] Z]. apply Rle_lt_trans with (2 := B).
  unfold root_in at 1. destruct (Glb_Rbar_correct (fun x => low < x < high /\ p x = 0)) as [Below Greatest].
  set (r := root_in p low b) in *. assert (K := Below r (conj (conj A (Rlt_le_trans _ _ _ B H)) Z)).
  assert (G : Rbar_le low (Glb_Rbar (fun x => low < x < high /\ p x = 0))) by (apply Greatest; intros y [[Y _] _]; simpl; lra).
  destruct (Glb_Rbar (fun x => low < x < high /\ p x = 0)); simpl in *; [exact K|contradiction|contradiction].
Qed.

(** If p has no zero up to a, its first zero lies above a. *)
Lemma root_in_above p low high a : low < high -> continuity p -> p low * p high < 0 ->
  (forall x, low <= x <= a -> p x <> 0) -> a < root_in p low high.
Proof.
  intros L C S N. destruct (root_in_zero p low high L C S) as [[A B] Z].
  destruct (Rlt_le_dec a (root_in p low high)) as [G|G]; [exact G|exfalso].
  apply (N (root_in p low high)); [lra|exact Z].
Qed.

(** Bernstein's polynomials of degree n on [a, b] are not negative there. *)
Lemma bernstein a b x j k : a <= x <= b -> 0 <= (x - a) ^ j * (b - x) ^ k.
Proof. intros X. apply Rmult_le_pos; apply pow_le; lra. Qed.

(** [continuity p] for a polynomial that is named by [pose]. *)
Ltac continuous_polynomial p :=
  let x := fresh in
  intros x; apply continuity_pt_filterlim; apply (ex_derive_continuous p); unfold p; auto_derive; repeat split; exact I.

(** * Enclosures *)

Definition within (low high x : R) : Prop := low <= x <= high.

Lemma within_lt a b c d x y : within a b x -> within c d y -> b < c -> x < y.
Proof. unfold within. lra. Qed.

Lemma within_plus a b c d low high x y :
  within a b x -> within c d y -> low <= a + c -> b + d <= high -> within low high (x + y).
Proof. unfold within. lra. Qed.

Lemma within_opposite a b low high x : within a b x -> low <= - b -> - a <= high -> within low high (- x).
Proof. unfold within. lra. Qed.

Lemma within_times_half a b y high x :
  within a b x -> a * y <= high -> b * y <= high -> x * y <= high.
Proof.
  intros [A B] H K. destruct (Rle_dec 0 y) as [P|N].
  - assert (G : 0 <= (b - x) * y) by (apply Rmult_le_pos; lra). lra.
  - assert (G : 0 <= (x - a) * - y) by (apply Rmult_le_pos; lra). lra.
Qed.

Lemma within_times a b c d low high x y : within a b x -> within c d y ->
  low <= a * c -> low <= a * d -> low <= b * c -> low <= b * d ->
  a * c <= high -> a * d <= high -> b * c <= high -> b * d <= high -> within low high (x * y).
Proof.
  intros X Y. intros. split.
  - apply Ropp_le_cancel. replace (- (x * y)) with (x * - y) by ring.
    apply (within_times_half a b); [exact X| |]; rewrite Rmult_comm.
    + replace (- y * a) with (y * - a) by ring. apply (within_times_half c d); [exact Y| |]; lra.
    + replace (- y * b) with (y * - b) by ring. apply (within_times_half c d); [exact Y| |]; lra.
  - apply (within_times_half a b); [exact X| |]; rewrite Rmult_comm; apply (within_times_half c d); try exact Y; lra.
Qed.

Lemma within_inverse a b low high x : within a b x -> 0 < a -> low * b <= 1 -> 1 <= high * a -> 0 <= high ->
  within low high (/ x).
Proof.
  intros [A B] P L H N. assert (X : 0 < / x) by (apply Rinv_0_lt_compat; lra).
  assert (E : / x * x = 1) by (apply Rinv_l; lra). split.
  - destruct (Rle_dec low 0) as [G|G]; [lra|].
    assert (K : 0 <= low * (b - x)) by (apply Rmult_le_pos; lra).
    apply (Rmult_le_reg_r x); lra.
  - assert (K : 0 <= high * (x - a)) by (apply Rmult_le_pos; lra).
    apply (Rmult_le_reg_r x); lra.
Qed.

Lemma within_negative_inverse a b low high x : within a b x -> b < 0 -> low * b >= 1 -> high * a <= 1 -> low <= 0 ->
  within low high (/ x).
Proof.
  intros [A B] N L H P.
  assert (G : within (- high) (- low) (/ - x)).
  { apply (within_inverse (- b) (- a)); [split|..]; lra. }
  rewrite Rinv_opp in G. unfold within in *. lra.
Qed.

Lemma within_sqrt a b low high x : within a b x -> 0 <= low -> 0 <= high -> low * low <= a -> b <= high * high ->
  within low high (sqrt x).
Proof.
  intros [A B] L H M N. split.
  - rewrite <- (sqrt_square low L). apply sqrt_le_1_alt. lra.
  - rewrite <- (sqrt_square high H). apply sqrt_le_1_alt. lra.
Qed.

Lemma within_abs_positive a b low high x : within a b x -> 0 <= a -> low <= a -> b <= high -> within low high (Rabs x).
Proof. intros [A B] P L H. rewrite Rabs_pos_eq by lra. split; lra. Qed.

Lemma within_abs_negative a b low high x : within a b x -> b <= 0 -> low <= - b -> - a <= high -> within low high (Rabs x).
Proof. intros [A B] P L H. rewrite Rabs_left1 by lra. split; lra. Qed.

(** ** The exponential function *)

(** Taylor's sum 1 + y/1 (1 + y/2 (1 + ...)), m summands more, of which the next is divided by k. *)
Fixpoint exp_sum (y : R) (k m : nat) : R :=
  match m with
  | O => 1
  | S j => 1 + y / INR k * exp_sum y (S k) j
  end.

(** The summand after those, y^m / m! for k = 1. *)
Fixpoint exp_next (y : R) (k m : nat) : R :=
  match m with
  | O => 1
  | S j => y / INR k * exp_next y (S k) j
  end.

(** Its remainder is the next summand times exp z, and exp z < exp y. *)
Lemma exp_taylor n y : 0 < y ->
  exists z, 0 < z < y /\ exp y = sum_f_R0 (fun m => y ^ m / INR (fact m)) n + y ^ S n / INR (fact (S n)) * exp z.
Proof.
  intros P. assert (D : forall m x, Derive_n exp m x = exp x).
  { induction m as [|m IH]; intros x; [reflexivity|]. simpl. rewrite (Derive_ext _ _ x IH).
    apply is_derive_unique. apply is_derive_exp. }
  assert (Ex : forall m x, ex_derive_n exp m x).
  { intros [|m] x; simpl; [exact I|]. apply (ex_derive_ext exp); [intros; symmetry; apply D|].
    exists (exp x). apply is_derive_exp. }
  destruct (Taylor_Lagrange exp n 0 y P) as (z & Z & E); [intros; apply Ex|]. exists z. split; [exact Z|].
  rewrite E, D, Rminus_0_r. f_equal.
  apply sum_eq. intros i _. rewrite D, exp_0. field. apply INR_fact_neq_0.
Qed.

Lemma exp_sum_is y m : sum_f_R0 (fun k => y ^ k / INR (fact k)) m = exp_sum y 1 m.
Proof.
  assert (G : forall m k, sum_f_R0 (fun i => y ^ i * INR (fact k) / INR (fact (i + k))) m = exp_sum y (S k) m).
  { clear m. intros m. induction m as [|m IH]; intros k.
    - simpl. field. apply INR_fact_neq_0.
    - rewrite decomp_sum by lia. simpl pred. simpl exp_sum. rewrite <- IH, scal_sum. f_equal.
      + simpl. field. apply INR_fact_neq_0.
      + apply sum_eq. intros i _. replace (S i + k)%nat with (i + S k)%nat by lia.
        rewrite (fact_simpl k), mult_INR. simpl pow. change (match k with O => 1 | S _ => INR k + 1 end) with (INR (S k)).
        field. split; [apply not_0_INR; discriminate|apply INR_fact_neq_0]. }
  rewrite <- G. apply sum_eq. intros i _. rewrite Nat.add_0_r. simpl (INR (fact 0)). field. apply INR_fact_neq_0.
Qed.

Lemma exp_at_least y m low : 0 <= y -> low <= exp_sum y 1 m -> low <= exp y.
Proof.
  intros [P| <-] L.
  - destruct (exp_taylor m y P) as (z & Z & E). rewrite E, exp_sum_is.
    assert (G : 0 <= y ^ S m / INR (fact (S m)) * exp z).
    { apply Rmult_le_pos; [|left; apply exp_pos]. apply Rdiv_le_0_compat; [apply pow_le; lra|apply INR_fact_lt_0]. }
    lra.
  - rewrite exp_0. apply (Rle_trans _ _ _ L). destruct m; simpl; unfold Rdiv; lra.
Qed.

Lemma exp_next_is y m : y ^ m / INR (fact m) = exp_next y 1 m.
Proof.
  assert (G : forall m k, y ^ m * INR (fact k) / INR (fact (m + k)) = exp_next y (S k) m).
  { clear m. intros m. induction m as [|m IH]; intros k; [simpl; field; apply INR_fact_neq_0|].
    cbn [exp_next]. rewrite <- IH. replace (S m + k)%nat with (m + S k)%nat by lia.
    rewrite (fact_simpl k), mult_INR. simpl pow. field. split; [apply INR_fact_neq_0|apply not_0_INR; discriminate]. }
  rewrite <- G, Nat.add_0_r. simpl (INR (fact 0)). field. apply INR_fact_neq_0.
Qed.

Lemma exp_at_most y m high : 0 <= y -> exp_next y 1 (S m) < 1 ->
  exp_sum y 1 m <= high * (1 - exp_next y 1 (S m)) -> exp y <= high.
Proof.
  intros [P| <-] N H.
  - destruct (exp_taylor m y P) as (z & Z & E). rewrite exp_sum_is, exp_next_is in E.
    assert (Q : 0 <= exp_next y 1 (S m)).
    { rewrite <- exp_next_is. apply Rdiv_le_0_compat; [apply pow_le; lra|apply INR_fact_lt_0]. }
    assert (M : exp z < exp y) by (apply exp_increasing; lra).
    assert (K : 0 <= exp_next y 1 (S m) * (exp y - exp z)) by (apply Rmult_le_pos; lra).
    apply (Rmult_le_reg_r (1 - exp_next y 1 (S m))); [lra|]. lra.
  - rewrite exp_0. assert (G : exp_sum 0 1 m = 1) by (destruct m; simpl; unfold Rdiv; lra).
    assert (G' : exp_next 0 1 (S m) = 0) by (cbn [exp_next]; unfold Rdiv; lra). rewrite G, G' in H. lra.
Qed.

(** The enclosure of exp at both ends gives one between them. *)
Lemma within_exp a b low high x : within a b x -> low <= exp a -> exp b <= high -> within low high (exp x).
Proof.
  assert (M : forall u v, u <= v -> exp u <= exp v).
  { intros u v [H| ->]; [left; apply exp_increasing; exact H|right; reflexivity]. }
  intros [A B] L H. assert (G := M _ _ A). assert (K := M _ _ B). split; lra.
Qed.

Lemma exp_negative_at_least y low high : exp y <= high -> low * high <= 1 -> low <= exp (- y).
Proof.
  intros H L. assert (P := exp_pos y). rewrite exp_Ropp. apply (Rmult_le_reg_r (exp y)); [exact P|].
  rewrite Rinv_l by lra. destruct (Rle_dec low 0) as [G|G].
  - assert (K : 0 <= - low * exp y) by (apply Rmult_le_pos; lra). lra.
  - assert (K : 0 <= low * (high - exp y)) by (apply Rmult_le_pos; lra). lra.
Qed.

Lemma exp_negative_at_most y low high : low <= exp y -> 0 <= high -> 1 <= high * low -> exp (- y) <= high.
Proof.
  intros H N L. assert (P := exp_pos y). rewrite exp_Ropp. apply (Rmult_le_reg_r (exp y)); [exact P|].
  rewrite Rinv_l by lra. assert (K : 0 <= high * (exp y - low)) by (apply Rmult_le_pos; lra). lra.
Qed.

Lemma within_ln a b low high x : within a b x -> 0 < a -> exp low <= a -> b <= exp high -> within low high (ln x).
Proof.
  intros [A B] P L H. assert (M : forall u v, 0 < u -> u <= v -> ln u <= ln v).
  { intros u v U [V| ->]; [left; apply ln_increasing; assumption|right; reflexivity]. }
  split.
  - rewrite <- (ln_exp low). apply M; [apply exp_pos|lra].
  - rewrite <- (ln_exp high). apply M; lra.
Qed.

(** What [auto_derive] asks for: denominators that do not vanish, positive radicands and arguments of ln. *)
Ltac differentiable :=
  repeat match goal with |- _ /\ _ => split end;
  first
    [ exact I
    | assumption
    | lra
    | apply below_or_above; lra
    | let E := fresh in intros E; match goal with K : _ <> 0 |- _ => apply K; rewrite <- E; ring end
    | match goal with K : 0 < ?a |- 0 < ?b => replace b with a by ring; exact K end ].

(** A quadratic polynomial between its roots. *)
Lemma between_roots_up (f a x r s : R) : 0 < a -> r < s -> f = a * ((x - r) * (x - s)) ->
  (f = 0 <-> x = r \/ x = s) /\ (f < 0 <-> r < x /\ x < s).
Proof.
  intros A O ->. split; split.
  - intros H. apply Rmult_integral in H. destruct H as [H|H]; [lra|].
    apply Rmult_integral in H. destruct H as [H|H]; [left | right]; lra.
  - intros [-> | ->]; ring.
  - intros H. assert (K : (x - r) * (x - s) < 0) by (apply (Rmult_lt_reg_l a); lra).
    destruct (Rlt_le_dec r x) as [P|P]; destruct (Rlt_le_dec x s) as [Q|Q]; try lra; exfalso; apply (Rlt_not_le _ _ K).
    + apply Rmult_le_pos; lra.
    + replace ((x - r) * (x - s)) with ((r - x) * (s - x)) by ring. apply Rmult_le_pos; lra.
  - intros [P Q]. assert (K : 0 < a * ((x - r) * (s - x))) by (repeat apply Rmult_lt_0_compat; lra).
    replace (a * ((x - r) * (x - s))) with (- (a * ((x - r) * (s - x)))) by ring. lra.
Qed.
Lemma between_roots_down (f a x r s : R) : a < 0 -> r < s -> f = a * ((x - r) * (x - s)) ->
  (f = 0 <-> x = r \/ x = s) /\ (0 < f <-> r < x /\ x < s).
Proof.
  intros A O E. destruct (between_roots_up (- f) (- a) x r s) as [Z B]; [lra | exact O | rewrite E; ring |].
  split; [rewrite <- Z | rewrite <- B]; split; lra.
Qed.

(** A power is zero only if its base is. *)
Lemma power_zero (x : R) (n : nat) : x ^ n = 0 -> x = 0.
Proof. intros H. destruct (Req_dec x 0) as [E|E]; [exact E | exfalso; exact (pow_nonzero x n E H)]. Qed.

(** A cubic polynomial with one real root: what is left without it has no zero. *)
Lemma cubic_one_root (a b c d x r : R) : a <> 0 -> a * r ^ 3 + b * r ^ 2 + c * r + d = 0 ->
  (a * r + b) ^ 2 < 4 * a * (a * r ^ 2 + b * r + c) -> (a * x ^ 3 + b * x ^ 2 + c * x + d = 0 <-> x = r).
Proof.
  intros A Z D. split; [|intros ->; exact Z]. intros H.
  assert (K : (x - r) * (a * x ^ 2 + (a * r + b) * x + (a * r ^ 2 + b * r + c)) = 0).
  { transitivity (a * x ^ 3 + b * x ^ 2 + c * x + d - (a * r ^ 3 + b * r ^ 2 + c * r + d)); [ring | lra]. }
  apply Rmult_integral in K. destruct K as [K|K]; [lra | exfalso].
  assert (S : 0 <= (2 * a * x + (a * r + b)) ^ 2) by apply pow2_ge_0.
  assert (E : (2 * a * x + (a * r + b)) ^ 2
    = 4 * a * (a * x ^ 2 + (a * r + b) * x + (a * r ^ 2 + b * r + c))
      + ((a * r + b) ^ 2 - 4 * a * (a * r ^ 2 + b * r + c))) by ring.
  rewrite K, Rmult_0_r in E. lra.
Qed.
