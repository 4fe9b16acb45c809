(** The Hessian of a polynomial model's mean square error at rational weights, from the moments of the data. *)

Require Import QArith Qreals Reals Lra Lia.
Require Import List.
From Derivations Require Import Sums.
From Derivations Require Export RankChecks.
Open Scope R_scope.

(** ** What may be known of the data *)

Section Law.

Context {Omega : Type} (E : (Omega -> R) -> R).

(** E x_i x_j *)
Definition second_moments (data : list (Omega -> R)) (C : list (list R)) : Prop :=
  forall i j, (i < length data)%nat -> (j < length data)%nat ->
  E (fun w => nth i (inputs_of data w) 0 * nth j (inputs_of data w) 0) = nth j (nth i C []) 0.

(** The sum over all ways to make pairs of the products of their covariances. *)
Fixpoint over_pairs (fuel : nat) (C : list (list R)) (l : monomial) : R :=
  match fuel, l with
  | _, [] => 1
  | O, _ => 0
  | S k, i :: rest =>
      fold_right Rplus 0 (map (fun p => nth (nth p rest O) (nth i C []) 0 * over_pairs k C (without p rest)) (seq 0 (length
        rest)))
  end.

(** Normal with mean 0 and the covariances C: the mean of each product of data is that sum. *)
Definition normal_inputs (data : list (Omega -> R)) (C : list (list R)) : Prop :=
  forall l, Forall (fun i => (i < length data)%nat) l ->
  E (fun w => monomial_at l (inputs_of data w)) = over_pairs (length l) C l.

(** These functions of the data have these means. *)
Definition moments (data : list (Omega -> R)) (products : list several) (means : list R) : Prop :=
  map (fun g => E (fun w => of_list g (inputs_of data w))) products = means.

End Law.

(** ** Computed over Q *)

Fixpoint over_pairs_value (fuel : nat) (C : list (list Q)) (l : monomial) : Q :=
  match fuel, l with
  | _, [] => 1
  | O, _ => 0
  | S k, i :: rest =>
      fold_right (fun a b => reduced (a + b)) 0%Q
        (map (fun p => let c := nth (nth p rest O) (nth i C []) 0%Q in
          if Qeq_bool c 0 then 0%Q else (c * over_pairs_value k C (without p rest))%Q) (seq 0 (length rest)))
  end.

Lemma nth_matrix (C : list (list Q)) i j : nth j (nth i (map (map Q2R) C) []) 0 = Q2R (nth j (nth i C []) 0%Q).
Proof. change (@nil R) with (map Q2R []). rewrite (map_nth (map Q2R)). apply nth_Q2R. Qed.

Lemma over_pairs_at C fuel : forall l, over_pairs fuel (map (map Q2R) C) l = Q2R (over_pairs_value fuel C l).
Proof.
  induction fuel as [|k IH]; intros [|i l]; cbn [over_pairs over_pairs_value]; try (now rewrite ?Q2R_one, ?Q2R_zero).
  induction (seq 0 (length l)) as [|p ps IHp]; cbn [map fold_right]; [now rewrite Q2R_zero|].
  rewrite IHp, reduced_value, Q2R_plus, nth_matrix, IH. f_equal. cbv zeta. destruct (Qeq_bool _ 0) eqn:Z.
  - apply Qeq_bool_zero in Z. rewrite Z, Q2R_zero. ring.
  - now rewrite Q2R_mult.
Qed.

(** What is known of the mean of a product of data. *)
Inductive law : Set :=
  | law_normal (C : list (list Q))
  | law_second (C : list (list Q))
  | law_listed (means : list (monomial * Q)).

Fixpoint listed_mean (means : list (monomial * Q)) (l : monomial) : option Q :=
  match means with
  | [] => None
  | (m, q) :: rest => match graded m l with Eq => Some q | _ => listed_mean rest l end
  end.

Definition mean_value (m : nat) (known : law) (l : monomial) : option Q :=
  match known with
  | law_normal C => if forallb (fun i => Nat.ltb i m) l then Some (over_pairs_value (length l) C l) else None
  | law_second C =>
      match l with
      | [] => Some 1%Q
      | [i; j] => if (Nat.ltb i m && Nat.ltb j m)%bool then Some (nth j (nth i C []) 0%Q) else None
      | _ => None
      end
  | law_listed means => match l with [] => Some 1%Q | _ => listed_mean means l end
  end.

Fixpoint mean_of_sparse (m : nat) (known : law) (s : sparse) : option Q :=
  match s with
  | [] => Some 0%Q
  | (l, c) :: rest => match mean_value m known l, mean_of_sparse m known rest with
                      | Some a, Some b => Some (reduced (c * a + b))
                      | _, _ => None
                      end
  end.

Section Mean.

Context {Omega : Type} {V : (Omega -> R) -> Prop} {E : (Omega -> R) -> R} (HE : expectation V E).
Context (data : list (Omega -> R)) (m : nat) (Lm : length data = m) (RX : Forall V data) (known : law).

Definition law_holds : Prop := forall l q,
  mean_value m known l = Some q -> E (fun w => monomial_at l (inputs_of data w)) = Q2R q.

Lemma mean_of_sparse_at s : law_holds -> forall q,
  mean_of_sparse m known s = Some q -> E (fun w => sparse_at s (inputs_of data w)) = Q2R q.
Proof.
  intros H. induction s as [|(l, c) s IH]; intros q Q.
  - cbn [mean_of_sparse] in Q. injection Q as <-. rewrite Q2R_zero. exact (expectation_const HE 0).
  - cbn [mean_of_sparse] in Q. destruct (mean_value m known l) as [a|] eqn:A; [|discriminate].
    destruct (mean_of_sparse m known s) as [b|]; [|discriminate]. injection Q as <-. cbn [sparse_at].
    assert (RY := inputs_random HE data RX).
    assert (Vl : V (fun w => monomial_at l (inputs_of data w))) by now apply (random_monomial HE).
    assert (Vc : V (fun w => Q2R c * monomial_at l (inputs_of data w))).
    { apply (random_mult HE (fun _ => Q2R c)); [apply (random_const HE) | exact Vl]. }
    rewrite (expectation_plus HE (fun w => Q2R c * monomial_at l (inputs_of data w)) (fun w => sparse_at s (inputs_of data
      w)))
      by (try exact Vc; now apply (random_sparse HE)).
    rewrite (expectation_scal HE (Q2R c) _ Vl), (H l a A), (IH b eq_refl), reduced_value, Q2R_plus, Q2R_mult. reflexivity.
Qed.

End Mean.

Lemma normal_law {Omega} {V : (Omega -> R) -> Prop} {E} (HE : expectation V E) data m C : length data = m ->
  normal_inputs E data (map (map Q2R) C) -> law_holds (E := E) data m (law_normal C).
Proof.
  intros Lm N l q Q. cbn [mean_value] in Q. destruct (forallb (fun i => Nat.ltb i m) l) eqn:F; [|discriminate Q].
  injection Q as <-. rewrite <- over_pairs_at. apply N. apply Forall_forallb in F. eapply Forall_impl; [|exact F].
  intros k K. apply Nat.ltb_lt in K. lia.
Qed.

Lemma second_law {Omega} {V : (Omega -> R) -> Prop} {E} (HE : expectation V E) data m C : length data = m ->
  second_moments E data (map (map Q2R) C) -> law_holds (E := E) data m (law_second C).
Proof.
  intros Lm N l q Q. destruct l as [|i [|j [|? ?]]]; cbn [mean_value] in Q; try discriminate.
  - injection Q as <-. rewrite Q2R_one. exact (expectation_const HE 1).
  - destruct (Nat.ltb i m && Nat.ltb j m)%bool eqn:F; [|discriminate Q]. injection Q as <-. apply andb_prop in F.
    destruct F as [A B].
    apply Nat.ltb_lt in A, B. rewrite <- nth_matrix, <- N by lia. apply (expectation_ext HE). intros w. cbn [monomial_at].
    ring.
Qed.

(** * The Hessian *)

Definition slopes_there (n : nat) (es : list expression) (point : list Q) (i : nat) : list sparse :=
  map (fun e => specialised n point (sparse_partial i (normal e))) es.

Fixpoint dot_sparse (a b : list sparse) : sparse :=
  match a, b with
  | x :: a', y :: b' => sparse_add (sparse_mul x y) (dot_sparse a' b')
  | _, _ => []
  end.

Definition hessian_value (n m : nat) (es : list expression) (point : list Q) (known : law) : list (list (option Q)) :=
  let rows := map (slopes_there n es point) (seq 0 n) in map (fun a => map (fun b => mean_of_sparse m known (dot_sparse a b))
    rows) rows.

Lemma dot_sparse_at (f g : expression -> sparse) es x :
  sparse_at (dot_sparse (map f es) (map g es)) x = sum_of (fun e => sparse_at (f e) x * sparse_at (g e) x) es.
Proof. induction es as [|e es IH]; cbn [map dot_sparse sum_of]; [reflexivity|]. now rewrite sparse_add_at, sparse_mul_at, IH.
Qed.

Lemma known_entries (F : nat -> nat -> option Q) (G : nat -> nat -> R) l l' H :
  (forall i j q, In i l' -> In j l -> F i j = Some q -> G i j = Q2R q) ->
  map (fun i => map (F i) l) l' = map (map Some) H -> map (fun i => map (G i) l) l' = map (map Q2R) H.
Proof.
  revert H. induction l' as [|i l' IH]; intros [|row H] K E; simpl in E; try discriminate; [reflexivity|].
  injection E as E1 E2. cbn [map]. f_equal; [|apply IH; [intros a b q A; apply K; now right | exact E2]].
  assert (Ki := fun j q => K i j q (or_introl eq_refl)). clear - Ki E1. revert row E1.
  induction l as [|j l IH]; intros [|a row] E; simpl in E; try discriminate; [reflexivity|]. injection E as E1 E2. cbn [map].
  f_equal; [apply Ki; simpl; auto|]. apply IH; [intros b q B; apply Ki; now right | exact E2].
Qed.

Theorem hessian_from_moments {Omega} {V : (Omega -> R) -> Prop} {E} (HE : expectation V E) n m es data point known H :
  length data = m -> Forall V data -> length point = n -> law_holds (E := E) data m known ->
  hessian_value n m es point known = map (map Some) H ->
  hessian_at E n data (as_outputs (n + m) es) (map Q2R point) = map (map Q2R) H.
Proof.
  intros Lm RX Lp L Z. assert (Lt : length (map Q2R point) = n) by (now rewrite map_length).
  rewrite (hessian_is HE n m es data Lm RX _ Lt). unfold hessian_row.
  apply (known_entries (fun i j => mean_of_sparse m known (dot_sparse (slopes_there n es point i) (slopes_there n es point
    j)))).
  - intros i j q I J K. apply in_seq in I, J. rewrite <- (mean_of_sparse_at HE data m RX known _ L q K).
    apply (expectation_ext HE). intros w. unfold slopes_there. rewrite dot_sparse_at. apply sum_of_ext. intros e _.
    assert (Lx : length (inputs_of data w) = m) by (unfold inputs_of; now rewrite map_length).
    rewrite !slope_value, !specialised_at by (rewrite ?map_length; lia). reflexivity.
  - rewrite <- Z. unfold hessian_value. cbv zeta. rewrite map_map. apply map_ext. intros i. now rewrite map_map.
Qed.

Lemma listed_law {Omega} {V : (Omega -> R) -> Prop} {E} (HE : expectation V E) data m products means known : length data = m
  ->
  moments E data (map (fun e => listed m (meaning e)) products) (map Q2R means) ->
  monomials products = Some (map fst known) -> map snd known = means -> law_holds (E := E) data m (law_listed known).
Proof.
  intros Lm M K Q l q H. subst means. assert (G : forall i,
    (i < length known)%nat -> E (fun w => monomial_at (fst (nth i known ([], 0%Q))) (inputs_of data w)) =
    Q2R (snd (nth i known ([], 0%Q)))).
  { unfold moments in M. rewrite map_map in M. clear H. revert known K M.
    induction products as [|e products IH]; intros known K M i Li; cbn [monomials] in K.
    - destruct known; [simpl in Li; lia | discriminate].
    - destruct (is_monomial e) as [k|] eqn:Ke; [|discriminate].
      destruct (monomials products) as [ks|] eqn:Ks; [|discriminate].
      destruct known as [|(a, b) known]; [discriminate|]. cbn [map fst] in K. injection K as <- Kr. cbn [map snd] in M.
      injection M as M1 M2.
      destruct i as [|i].
      + cbn [nth fst snd]. rewrite <- M1. apply (expectation_ext HE). intros w.
        assert (A := monomials_are [e] [k] ltac:(cbn [monomials];
          now rewrite Ke) m (inputs_of data w) ltac:(unfold inputs_of; now rewrite map_length)).
        cbn [map] in A. injection A as A. now symmetry.
      + cbn [nth]. apply (IH known); [now rewrite Kr | exact M2 | simpl in Li; lia]. }
  destruct l as [|i l].
  - cbn [mean_value] in H. injection H as <-. rewrite Q2R_one. exact (expectation_const HE 1).
  - assert (S : listed_mean known (i :: l) = Some q) by (destruct l; exact H). clear H K M.
    revert G S. generalize (i :: l). clear. induction known as [|(a, b) known IH]; intros l G S; simpl in S; [discriminate|].
    destruct (graded a l) eqn:T.
    + apply graded_equal in T. injection S as <-. subst a. exact (G O ltac:(simpl; lia)).
    + apply IH; [intros j Lj; apply (G (Datatypes.S j)); simpl; lia | exact S].
    + apply IH; [intros j Lj; apply (G (Datatypes.S j)); simpl; lia | exact S].
Qed.

(** ** Matrices of rational numbers *)

Definition rows_of_rationals (rows : list (list Q)) : list (list R) := map (map Q2R) rows.

Ltac same_rows :=
  unfold rows_of_rationals, rational, Q2R; cbn [map Qnum Qden];
  repeat (apply f_equal2; [repeat (apply f_equal2; [field |]); reflexivity |]); reflexivity.
