(** * White noise at every step, and descent with it

    The hypotheses of the results on noise can hold: here are outcomes, random variables, an expectation of them, and noises
    without end that have mean zero, variance sigma^2, and are uncorrelated. *)

From Derivations Require Import Prelude Spec.
From Coq Require Import Cantor.

(** An outcome is a number n and a sign; its probability is half of 2^-(n + 1). *)
Definition outcome : Type := nat * bool.

(** Random variables are constant on the outcomes with a large n. *)
Definition settles (X : outcome -> R) (N : nat) (c : R) : Prop := forall n s, (N <= n)%nat -> X (n, s) = c.
Definition settled (X : outcome -> R) : Prop := exists N c, settles X N c.

(** The sum over all outcomes, if X has its last value from N on. *)
Definition both (X : outcome -> R) (n : nat) : R := (X (n, true) + X (n, false)) / 2.
Definition sum_up_to (X : outcome -> R) (N : nat) : R := fsum 0 N (fun n => / 2 ^ S n * both X n) + / 2 ^ N * X (N, true).
Definition average (X : outcome -> R) : R := real (Lim_seq (sum_up_to X)).

(** ** The average is an expectation *)

Lemma sum_up_to_more X N c : settles X N c -> forall k, sum_up_to X (N + k) = sum_up_to X N.
Proof.
  intros last k; induction k as [|k IH]; [now rewrite Nat.add_0_r |].
  rewrite <- IH, Nat.add_succ_r. unfold sum_up_to, both; cbn [fsum]; rewrite !last by lia; cbn [Nat.add pow].
  assert (2 ^ (N + k) <> 0) by (apply pow_nonzero; lra). now field.
Qed.

Lemma average_is X N c : settles X N c -> forall M, (N <= M)%nat -> average X = sum_up_to X M.
Proof.
  intros last M more. unfold average.
  rewrite (is_lim_seq_unique (sum_up_to X) (sum_up_to X M)); [reflexivity |].
  apply is_lim_seq_ext_loc with (fun _ => sum_up_to X M); [| apply is_lim_seq_const].
  exists M; intros n b. replace M with (N + (M - N))%nat by lia. replace n with (N + (n - N))%nat by lia.
  now rewrite !(sum_up_to_more X N c last).
Qed.

Lemma settles_plus X Y N M c d : settles X N c -> settles Y M d -> settles (fun w => X w + Y w) (N + M) (c + d).
Proof. intros x y n s b; now rewrite (x n s), (y n s) by lia. Qed.

Lemma settles_mult X Y N M c d : settles X N c -> settles Y M d -> settles (fun w => X w * Y w) (N + M) (c * d).
Proof. intros x y n s b; now rewrite (x n s), (y n s) by lia. Qed.

Lemma settled_are_random_variables : random_variables settled.
Proof.
  repeat split.
  - intros c; now exists 0%nat, c.
  - intros X Y (N & c & x) (M & d & y); exists (N + M)%nat, (c + d); now apply settles_plus.
  - intros X Y (N & c & x) (M & d & y); exists (N + M)%nat, (c * d); now apply settles_mult.
  - intros X Y same (N & c & x); exists N, c; intros n s b; rewrite <- same; now apply x.
Qed.

Lemma average_plus X Y : settled X -> settled Y -> average (fun w => X w + Y w) = average X + average Y.
Proof.
  intros (N & c & x) (M & d & y).
  rewrite (average_is _ _ _ (settles_plus X Y N M c d x y) (N + M)) by lia.
  rewrite (average_is X N c x (N + M)), (average_is Y M d y (N + M)) by lia.
  unfold sum_up_to; rewrite (fsum_ext 0 (N + M) _ (fun n => / 2 ^ S n * both X n + / 2 ^ S n * both Y n)).
  - rewrite fsum_plus; ring.
  - intros n _; unfold both, Rdiv; ring.
Qed.

Lemma average_scal c X : settled X -> average (fun w => c * X w) = c * average X.
Proof.
  intros (N & d & x). assert (cx : settles (fun w => c * X w) N (c * d)) by (intros n s b; now rewrite x by lia).
  rewrite (average_is _ _ _ cx N), (average_is X N d x N) by lia.
  unfold sum_up_to; rewrite (fsum_ext 0 N _ (fun n => c * (/ 2 ^ S n * both X n))).
  - rewrite fsum_scal_l; ring.
  - intros n _; unfold both, Rdiv; ring.
Qed.

Lemma average_ext X Y : (forall w, X w = Y w) -> average X = average Y.
Proof.
  intros same; unfold average; f_equal; apply Lim_seq_ext; intros N; unfold sum_up_to, both; rewrite same; f_equal.
  apply fsum_ext; intros n _; now rewrite !same.
Qed.

Lemma average_one : average (fun _ => 1) = 1.
Proof. rewrite (average_is _ 0 1) with (M := 0%nat) by easy. unfold sum_up_to; simpl; lra. Qed.

Lemma half_pow_positive n : 0 < / 2 ^ n.
Proof. apply Rinv_0_lt_compat, pow_lt; lra. Qed.

Lemma average_square X : settled X -> 0 <= average (fun w => X w ^ 2).
Proof.
  intros (N & c & x). assert (xx : settles (fun w => X w ^ 2) N (c ^ 2)) by (intros n s b; now rewrite x by lia).
  rewrite (average_is _ _ _ xx N) by lia. unfold sum_up_to, both.
  assert (square : forall w, 0 <= X w ^ 2) by (intros w; apply pow2_ge_0).
  apply Rplus_le_le_0_compat; [apply fsum_nonneg; intros n _ |]; apply Rmult_le_pos; try (left; apply half_pow_positive).
  - pose proof (square (n, true)); pose proof (square (n, false)); lra.
  - apply square.
Qed.

Theorem average_is_expectation : expectation settled average.
Proof.
  exact (conj settled_are_random_variables (conj average_plus (conj average_scal (conj average_ext
    (conj average_one average_square))))).
Qed.

(** ** White noise

    At step k it is not zero for the two outcomes with the number k only. *)

Definition noise (sigma : R) (k : nat) (w : outcome) : R :=
  delta (fst w) k * (if snd w then sigma else - sigma) * sqrt (2 ^ S k).

Lemma noise_settles sigma k : settles (noise sigma k) (S k) 0.
Proof. intros n s b; unfold noise; cbn [fst]; rewrite delta_neq by lia; ring. Qed.

Lemma noise_is_random sigma k : settled (noise sigma k).
Proof. exists (S k), 0; apply noise_settles. Qed.

Lemma noise_centred sigma k : average (noise sigma k) = 0.
Proof.
  rewrite (average_is _ _ _ (noise_settles sigma k) (S k)) by lia.
  unfold sum_up_to; rewrite (noise_settles sigma k (S k) true) by lia.
  rewrite (fsum_ext 0 (S k) _ (fun _ => 0)), fsum_0; [ring |].
  intros n _; unfold both, noise, Rdiv; cbn [fst snd]; ring.
Qed.

Lemma noise_white sigma s t : average (fun w => noise sigma s w * noise sigma t w) = delta s t * sigma ^ 2.
Proof.
  assert (last : settles (fun w => noise sigma s w * noise sigma t w) (S s) 0).
  { intros n b more; rewrite noise_settles by lia; ring. }
  rewrite (average_is _ _ _ last (S s)) by lia.
  unfold sum_up_to; rewrite (last (S s) true) by lia.
  rewrite (fsum_ext 0 (S s) _ (fun n => delta n s * (/ 2 ^ S s * both (fun w => noise sigma s w * noise sigma t w) s))).
  - rewrite fsum_delta by lia. unfold both, noise; cbn [fst snd]. rewrite delta_refl.
    destruct (Nat.eq_dec s t) as [<-|differ]; [| rewrite delta_neq by exact differ; unfold Rdiv; ring].
    assert (root : sqrt (2 ^ S s) * sqrt (2 ^ S s) = 2 ^ S s) by (apply sqrt_sqrt, pow_le; lra).
    assert (2 ^ S s <> 0) by (apply pow_nonzero; lra). rewrite delta_refl.
    transitivity (/ 2 ^ S s * (sqrt (2 ^ S s) * sqrt (2 ^ S s)) * sigma ^ 2); [field; assumption |].
    rewrite root; field; assumption.
  - intros n _. destruct (Nat.eq_dec n s) as [->|differ]; [rewrite delta_refl; ring |].
    unfold both, noise; cbn [fst snd]; rewrite (delta_neq n s) by exact differ; unfold Rdiv; ring.
Qed.

(** ** Descent on a quadratic loss with whatever noise, from a start that is the same for all outcomes *)

Section Descent.

Variables (start eta lam theta_star : R) (eps : nat -> outcome -> R).

Fixpoint theta (t : nat) (w : outcome) : R :=
  match t with
  | O => start
  | S t => theta t w - eta * (lam * (theta t w - theta_star) + eps t w)
  end.

Lemma theta_is_random : (forall t, settled (eps t)) -> forall t, settled (theta t).
Proof.
  intros random t; induction t as [|t IH]; cbn [theta]; [apply (random_const average_is_expectation) |].
  random_variable average_is_expectation.
Qed.

Lemma theta_descends : noisy_descent (quadratic_loss lam theta_star) eta eps theta.
Proof.
  intros w t; cbn [theta]. do 3 f_equal. symmetry; apply is_derive_unique; unfold quadratic_loss.
  auto_derive; [exact I | field].
Qed.

Lemma start_is_uncorrelated (X : outcome -> R) :
  settled X -> average X = 0 -> average (fun w => (theta 0 w - theta_star) * X w) = 0.
Proof. intros random centred; cbn [theta]; rewrite (expectation_scal average_is_expectation), centred by exact random; ring. Qed.

End Descent.

(** ** Batches: several sources of noise at every step, and their mean *)

Definition noises (sigma : R) (t i : nat) : outcome -> R := noise sigma (Cantor.to_nat (t, i)).

Lemma delta_pair s t i j : delta (Cantor.to_nat (s, i)) (Cantor.to_nat (t, j)) = delta s t * delta i j.
Proof.
  destruct (Nat.eq_dec s t) as [<-|differ]; [destruct (Nat.eq_dec i j) as [<-|differ] |].
  - rewrite !delta_refl; ring.
  - rewrite (delta_neq i j), delta_neq; [ring | | exact differ]. intros same; apply Cantor.to_nat_inj in same; congruence.
  - rewrite (delta_neq s t), delta_neq; [ring | | exact differ]. intros same; apply Cantor.to_nat_inj in same; congruence.
Qed.

Definition mean_of (N : nat) (xi : nat -> nat -> outcome -> R) (t : nat) (w : outcome) : R :=
  fsum 1 N (fun i => xi t i w) / INR N.

Lemma mean_is_random N sigma t : settled (mean_of N (noises sigma) t).
Proof.
  unfold mean_of; apply (random_div average_is_expectation), (random_fsum average_is_expectation).
  intros i _; apply noise_is_random.
Qed.

Lemma noises_centred N sigma : all_centred average N (noises sigma).
Proof. intros t i _; apply noise_centred. Qed.

Lemma noises_white N sigma : all_white average N sigma (noises sigma).
Proof. intros s t i _ j _; unfold noises; rewrite noise_white, delta_pair; ring. Qed.

(** ** Descent knows earlier noise only *)

Lemma state_is_uncorrelated start eta lam theta_star eps (X : outcome -> R) t :
  (forall s, settled (eps s)) -> settled X -> average X = 0 ->
  (forall s, (s < t)%nat -> average (fun w => eps s w * X w) = 0) ->
  average (fun w => (theta start eta lam theta_star eps t w - theta_star) * X w) = 0.
Proof.
  intros noisy random centred; induction t as [|t IH]; intros apart; [now apply start_is_uncorrelated |].
  pose proof (theta_is_random start eta lam theta_star eps noisy t) as now_random.
  cbn [theta]; set (th := theta start eta lam theta_star eps t) in *.
  rewrite (average_ext _ (fun w => (1 - eta * lam) * ((th w - theta_star) * X w) + - eta * (eps t w * X w))) by (intros w; ring).
  assert (settled (fun w => (th w - theta_star) * X w)) by random_variable average_is_expectation.
  assert (settled (fun w => eps t w * X w)) by (apply (random_mult average_is_expectation); auto).
  rewrite average_plus, !average_scal, (apart t) by (try random_variable average_is_expectation; assumption || lia).
  rewrite IH by (intros s before; apply apart; lia); ring.
Qed.

(** ** A moving average of it *)

Fixpoint moving (alpha : R) (e : nat -> outcome -> R) (t : nat) (w : outcome) : R :=
  match t with
  | O => 0
  | S t => alpha * moving alpha e t w + (1 - alpha) * e t w
  end.

Lemma moving_is_random alpha e : (forall t, settled (e t)) -> forall t, settled (moving alpha e t).
Proof.
  intros random t; induction t as [|t IH]; cbn [moving]; [apply (random_const average_is_expectation) |].
  random_variable average_is_expectation.
Qed.

(** ** Momentum *)

Section Momentum.

Variables (beta eta lam theta_star : R) (eps : nat -> outcome -> R).

(** The parameter and its memory, from 7 and 0. *)
Fixpoint motion (t : nat) (w : outcome) : R * R :=
  match t with
  | O => (7, 0)
  | S t => let g := lam * (fst (motion t w) - theta_star) + eps t w in
      (fst (motion t w) + beta * snd (motion t w) - eta * g, beta * snd (motion t w) - eta * g)
  end.

Definition position (t : nat) (w : outcome) : R := fst (motion t w).
Definition memory (t : nat) (w : outcome) : R := snd (motion t w).

Lemma motion_is_random : (forall t, settled (eps t)) -> forall t, settled (position t) /\ settled (memory t).
Proof.
  intros random t; unfold position, memory; induction t as [|t [IHp IHm]]; cbn [motion fst snd].
  - split; apply (random_const average_is_expectation).
  - split; random_variable average_is_expectation.
Qed.

(** Without noise. *)
Definition noiseless (t : nat) (a b : R) : R * R :=
  Nat.iter t (fun z => ((1 - eta * lam) * fst z + beta * snd z, - (eta * lam * fst z) + beta * snd z)) (a, b).

End Momentum.

(** ** Regression on a constant: the gradient's error is the mean of the errors of new pairs, with the other sign *)

Lemma average_with_one X Y Z : (forall w, Y w = 1) -> (forall w, Z w = X w * Y w) -> average Z = average X * average Y.
Proof.
  intros one product. rewrite (average_ext Y (fun _ => 1)), average_one, Rmult_1_r by exact one.
  apply average_ext; intros w; rewrite product, one; ring.
Qed.

Definition pairs_error (N : nat) (sigma : R) (t : nat) (w : outcome) : R := - mean_of N (noises sigma) t w.

Lemma pairs_error_is_random N sigma t : settled (pairs_error N sigma t).
Proof. apply (random_opp average_is_expectation), mean_is_random. Qed.

Lemma pairs_error_is_new N sigma s t i : (s < t)%nat -> average (fun w => pairs_error N sigma s w * noises sigma t i w) = 0.
Proof.
  intros before. rewrite (average_ext _ (fun w => fsum 1 N (fun j => - / INR N * (noises sigma s j w * noises sigma t i w)))).
  - rewrite (expectation_fsum average_is_expectation 1 N (fun j w => - / INR N * (noises sigma s j w * noises sigma t i w))).
    + rewrite (fsum_ext 1 N _ (fun _ => 0)), fsum_0; [reflexivity |]. intros j _.
      rewrite average_scal by (apply (random_mult average_is_expectation); apply noise_is_random).
      unfold noises; rewrite noise_white, delta_pair, (delta_neq s t) by lia; ring.
    + intros j _. apply (random_mult average_is_expectation (fun _ => _) _ (random_const average_is_expectation _)).
      apply (random_mult average_is_expectation); apply noise_is_random.
  - intros w; unfold pairs_error, mean_of; rewrite fsum_scal_l, fsum_scal_r; unfold Rdiv; ring.
Qed.

Lemma regression_knows_earlier_errors_only t i :
  average (fun w => (theta 7 (1/2) 1 5 (pairs_error 2 2) t w - 5) * noises 2 t i w) = 0.
Proof.
  apply state_is_uncorrelated; [intros s; apply pairs_error_is_random | apply noise_is_random | apply noise_centred |].
  intros s before; now apply pairs_error_is_new.
Qed.

(** ** Two examples, each once in an epoch: the second one's error makes up for the first one's *)

Definition two_of (k : nat) (w : outcome) : R := (if Nat.even k then 1 else - 1) * noise 2 (Nat.div2 k) w.

Lemma two_of_is s i w : (i < 2)%nat -> two_of (i + s * 2) w = (1 - 2 * INR i) * noise 2 s w.
Proof.
  intros small; unfold two_of. replace (i + s * 2)%nat with (2 * s + i)%nat by lia.
  rewrite Nat.even_add, Nat.even_mul. assert (i = 0 \/ i = 1)%nat as [-> | ->] by lia; cbn [Nat.even orb Bool.eqb INR].
  - rewrite Nat.add_0_r, Nat.div2_double; ring.
  - rewrite Nat.add_1_r, Nat.div2_succ_double; ring.
Qed.

Lemma two_are_random k : settled (two_of k).
Proof. apply (random_mult average_is_expectation (fun _ => _) _ (random_const average_is_expectation _)), noise_is_random. Qed.

Lemma two_are_centred k : average (two_of k) = 0.
Proof. unfold two_of; rewrite average_scal, noise_centred by apply noise_is_random; ring. Qed.

Lemma two_are_exchangeable s t i j : (i < 2)%nat -> (j < 2)%nat ->
  average (fun w => two_of (i + s * 2) w * two_of (j + t * 2) w) = delta s t * (delta i j * 2 ^ 2 + (1 - delta i j) * - 4).
Proof.
  intros I J. rewrite (average_ext _ (fun w => (1 - 2 * INR i) * (1 - 2 * INR j) * (noise 2 s w * noise 2 t w))).
  - rewrite average_scal, noise_white by (apply (random_mult average_is_expectation); apply noise_is_random).
    assert (i = 0 \/ i = 1)%nat as [-> | ->] by lia; assert (j = 0 \/ j = 1)%nat as [-> | ->] by lia;
      rewrite ?delta_refl, ?(delta_neq 0 1), ?(delta_neq 1 0) by lia; simpl; ring.
  - intros w; rewrite !two_of_is by assumption; ring.
Qed.
