(* Two inputs such that no polynomial of them vanishes almost surely: every point (1/(i+1), 1/(j+1)) is an outcome of positive
   probability. An outcome is a natural number, of probability 2^-(k+1); random variables are the bounded sequences. *)

From Coq Require Cantor FinFun.

Definition grid_variable (X : nat -> R) : Prop := exists M, forall k, Rabs (X k) <= M.

Definition grid_mean (X : nat -> R) : R := Series (fun k => X k * (1 / 2) ^ S k).

Definition grid_x (k : nat) : R := / INR (S (fst (Cantor.of_nat k))).
Definition grid_y (k : nat) : R := / INR (S (snd (Cantor.of_nat k))).

Lemma weights_sum : is_series (fun k => (1 / 2) ^ S k) 1.
Proof.
  assert (G : is_series (fun k => (1 / 2) ^ k) (/ (1 - 1 / 2))) by (apply is_series_geom; rewrite Rabs_pos_eq; lra).
  assert (T := is_series_scal (1 / 2) _ _ G). assert (V : 1 / 2 * / (1 - 1 / 2) = 1) by field.
  exact (eq_ind _ (fun v => is_series (fun k => (1 / 2) ^ S k) v) T _ V).
Qed.

Lemma grid_converges X : grid_variable X -> ex_series (fun k => X k * (1 / 2) ^ S k).
Proof.
  intros (M & B). apply (@ex_series_le R_AbsRing R_CompleteNormedModule _ (fun k => M * (1 / 2) ^ S k)).
  - intros k. change (Rabs (X k * (1 / 2) ^ S k) <= M * (1 / 2) ^ S k). rewrite Rabs_mult.
    assert (P : 0 < (1 / 2) ^ S k) by (apply pow_lt; lra). rewrite (Rabs_pos_eq ((1 / 2) ^ S k)) by lra.
    apply Rmult_le_compat_r; [lra | apply B].
  - exists (M * 1). exact (is_series_scal M _ _ weights_sum).
Qed.

Lemma grid_is_expectation : expectation grid_variable grid_mean.
Proof.
  unfold expectation, random_variables. repeat apply conj.
  - intros c. exists (Rabs c). intros k. apply Rle_refl.
  - intros X Y (M & A) (N & B). exists (M + N). intros k. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; auto.
  - intros X Y (M & A) (N & B). exists (M * N). intros k. rewrite Rabs_mult. apply Rmult_le_compat; auto; apply Rabs_pos.
  - intros X Y S (M & A). exists M. intros k. rewrite <- S. apply A.
  - intros X Y A B. unfold grid_mean. rewrite <- Series_plus by now apply grid_converges. apply Series_ext. intros k. ring.
  - intros c X A. unfold grid_mean. rewrite <- Series_scal_l. apply Series_ext. intros k. ring.
  - intros X Y S. apply Series_ext. intros k. now rewrite S.
  - unfold grid_mean. apply is_series_unique. apply (is_series_ext (fun k => (1 / 2) ^ S k)); [|exact weights_sum].
    intros k. symmetry. apply Rmult_1_l.
  - intros X A. unfold grid_mean. rewrite <- (Rmult_0_l (Series (fun k => (1 / 2) ^ S k))), <- Series_scal_l. apply Series_le.
    + intros k. assert (P : 0 < (1 / 2) ^ S k) by (apply pow_lt; lra). assert (Q := pow2_ge_0 (X k)).
      rewrite Rmult_0_l. split; [apply Rle_refl | now apply Rmult_le_pos; [| left]].
    + apply grid_converges. destruct A as (M & A). exists (M ^ 2). intros k. rewrite <- RPow_abs. apply pow_incr. split; [apply Rabs_pos | apply A].
Qed.

Lemma inverses_bounded n : Rabs (/ INR (S n)) <= 1.
Proof.
  assert (P : 1 <= INR (S n)) by (rewrite S_INR; pose proof (pos_INR n); lra).
  rewrite Rabs_pos_eq by (left; apply Rinv_0_lt_compat; lra). rewrite <- Rinv_1. apply Rinv_le_contravar; lra.
Qed.

Lemma grid_inputs : List.Forall grid_variable [grid_x; grid_y].
Proof. repeat constructor; exists 1; intros k; apply inverses_bounded. Qed.

(* What is zero in the mean square is zero for every outcome. *)
Lemma grid_zero X : grid_variable X -> grid_mean (fun k => X k ^ 2) = 0 -> forall k, X k = 0.
Proof.
  intros A Z k. destruct (Req_dec (X k) 0) as [|N]; [assumption|]. exfalso.
  assert (V : grid_variable (fun k => X k ^ 2)).
  { destruct A as (M & A). exists (M ^ 2). intros j. rewrite <- RPow_abs. apply pow_incr. split; [apply Rabs_pos | apply A]. }
  assert (T : forall j, 0 <= X j ^ 2 * (1 / 2) ^ S j) by (intros j; apply Rmult_le_pos; [apply pow2_ge_0 | left; apply pow_lt; lra]).
  assert (P : 0 < X k ^ 2 * (1 / 2) ^ S k) by (apply Rmult_lt_0_compat; [now apply pow2_gt_0 | apply pow_lt; lra]).
  unfold grid_mean in Z. rewrite (Series_incr_n _ (S k)) in Z; [|lia | now apply grid_converges]. simpl pred in Z.
  assert (Rest : 0 <= Series (fun j => X (S k + j)%nat ^ 2 * (1 / 2) ^ S (S k + j))).
  { rewrite <- (Rmult_0_l (Series (fun j => X (S k + j)%nat ^ 2 * (1 / 2) ^ S (S k + j)))), <- Series_scal_l. apply Series_le.
    - intros j. rewrite Rmult_0_l. split; [apply Rle_refl | apply T].
    - apply (ex_series_incr_n (fun j => X j ^ 2 * (1 / 2) ^ S j)). now apply grid_converges. }
  assert (Sum : X k ^ 2 * (1 / 2) ^ S k <= sum_f_R0 (fun j => X j ^ 2 * (1 / 2) ^ S j) k).
  { clear - T. destruct k as [|k]; [apply Rle_refl|]. rewrite tech5. assert (Q := cond_pos_sum _ k T). lra. }
  lra.
Qed.

(* A polynomial in one variable that vanishes at all 1/(i+1) is zero. *)
Lemma inverses_suffice a : (forall i, horner a (/ INR (S i)) = 0) -> forall t, horner a t = 0.
Proof.
  intros Z t. destruct (Req_dec (horner a t) 0) as [|N]; [assumption|]. exfalso.
  destruct (zeros_are_few (length a) a (le_n _)) as (zeros & H); [now exists t|].
  assert (I : List.incl (List.map (fun i => / INR (S i)) (List.seq 0 (S (length zeros)))) zeros).
  { intros x X. apply List.in_map_iff in X. destruct X as (i & <- & _). apply H, Z. }
  apply List.NoDup_incl_length in I; [rewrite List.map_length, List.seq_length in I; lia|].
  apply FinFun.Injective_map_NoDup; [|apply List.seq_NoDup]. intros i j E.
  assert (K : INR (S j) * (INR (S i) * / INR (S i)) = INR (S i) * (INR (S j) * / INR (S j))) by (rewrite E; ring).
  rewrite !Rinv_r, !Rmult_1_r in K by (apply not_0_INR; lia). apply INR_eq in K. lia.
Qed.

Lemma grid_suffices : full_support grid_mean [grid_x; grid_y].
Proof.
  intros Q P Z. assert (G : forall i j, Q [/ INR (S i); / INR (S j)] = 0).
  { intros i j. assert (V : grid_variable (fun k => Q (inputs_of [grid_x; grid_y] k))).
    { apply (random_polynomial grid_is_expectation 2 Q); [exact P | reflexivity |]. intros [|[|l]].
      - exists 1. intros k. apply inverses_bounded.
      - exists 1. intros k. apply inverses_bounded.
      - exists 0. intros k. destruct l; simpl; rewrite Rabs_R0; apply Rle_refl. }
    assert (K := grid_zero _ V Z (Cantor.to_nat (i, j))). unfold inputs_of in K. cbn [List.map] in K. unfold grid_x, grid_y in K.
    rewrite Cantor.cancel_of_to in K. exact K. }
  assert (Line : forall j u, Q [u; / INR (S j)] = 0).
  { intros j u. destruct (polynomial_on_line 2 Q [0; / INR (S j)] [1; / INR (S j)] P eq_refl eq_refl) as (a & A).
    assert (B : forall t, Q [t; / INR (S j)] = horner a t).
    { intros t. rewrite <- A. unfold on_line. simpl. f_equal. f_equal; [ring | f_equal; ring]. }
    rewrite B. apply inverses_suffice. intros i. rewrite <- B. apply G. }
  intros x Lx. destruct x as [|u [|v [|? ?]]]; try discriminate.
  destruct (polynomial_on_line 2 Q [u; 0] [u; 1] P eq_refl eq_refl) as (a & A).
  assert (B : forall t, Q [u; t] = horner a t).
  { intros t. rewrite <- A. unfold on_line. simpl. f_equal. f_equal; [ring | f_equal; ring]. }
  rewrite B. apply inverses_suffice. intros j. rewrite <- B. apply Line.
Qed.
