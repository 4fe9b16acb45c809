(** Linear dependence of vectors, and how many functions can have zero derivative along polynomial vector fields. *)

Require Import QArith Qreals Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
Require Import List.
From Derivations Require Export Polynomials.
Open Scope R_scope.

(** * Linear dependence *)

(** The component i of the sum of the c_k row_k. *)
Definition combined (c : list R) (rows : list (list R)) (i : nat) : R := dot c (map (fun row => nth i row 0) rows).

(** Some combination of the rows vanishes whose coefficients do not. *)
Definition dependent (rows : list (list R)) : Prop :=
  exists c : list R, length c = length rows /\ not_all_zero c /\ forall i, combined c rows i = 0.

Definition independent_rows (rows : list (list R)) : Prop :=
  forall c : list R, length c = length rows -> (forall i, combined c rows i = 0) -> Forall (fun a => a = 0) c.

Lemma not_all_zero_or (c : list R) : not_all_zero c \/ Forall (fun a => a = 0) c.
Proof.
  induction c as [|a c [H|H]]; [right; constructor | left; now right |]. destruct (Req_EM_T a 0).
  - right. now constructor.
  - left. now left.
Qed.

Lemma all_zero_not (c : list R) : Forall (fun a => a = 0) c -> not_all_zero c -> False.
Proof. intros F N. induction N as [a c N|a c N IH]; inversion F; subst; auto. Qed.

Lemma not_dependent rows : independent_rows rows -> ~ dependent rows.
Proof. intros I (c & L & N & Z). exact (all_zero_not c (I c L Z) N). Qed.

Lemma dot_app a b c d : length a = length c -> dot (a ++ b) (c ++ d) = dot a c + dot b d.
Proof. revert c. induction a as [|x a IH]; intros [|y c] L; simpl in *; try discriminate; [ring|]. rewrite IH by lia. ring. Qed.

Lemma combined_app c d l m i : length c = length l -> combined (c ++ d) (l ++ m) i = combined c l i + combined d m i.
Proof. intros L. unfold combined. rewrite map_app, dot_app; [reflexivity|]. now rewrite map_length. Qed.

Lemma dot_zero_l c v : Forall (fun a => a = 0) c -> dot c v = 0.
Proof. intros F. revert v. induction F as [|a c -> F IH]; intros [|b v]; simpl; try reflexivity. rewrite IH. ring. Qed.

Lemma dot_zero_r c v : Forall (fun a => a = 0) v -> dot c v = 0.
Proof. intros F. rewrite dot_comm. now apply dot_zero_l. Qed.

(** The row without its component i, by a multiple of the pivot row. *)
Definition cleared (i : nat) (pivot row : list R) : list R :=
  map (fun j => nth j row 0 - nth i row 0 / nth i pivot 0 * nth j pivot 0) (seq 0 (length pivot)).

Lemma cleared_nth i pivot row j : length row = length pivot ->
  nth j (cleared i pivot row) 0 = nth j row 0 - nth i row 0 / nth i pivot 0 * nth j pivot 0.
Proof.
  intros L. unfold cleared. destruct (lt_dec j (length pivot)) as [H|H].
  - rewrite (nth_indep _ 0 (nth O row 0 - nth i row 0 / nth i pivot 0 * nth O pivot 0)) by (rewrite map_length, seq_length; exact H).
    rewrite (map_nth (fun j => nth j row 0 - nth i row 0 / nth i pivot 0 * nth j pivot 0)), seq_nth by exact H. reflexivity.
  - rewrite (nth_overflow _ _ (n := j)) by (rewrite map_length, seq_length; lia).
    rewrite (nth_overflow row 0 (n := j)), (nth_overflow pivot 0 (n := j)) by lia. ring.
Qed.

Lemma combined_cleared i pivot rows c j : Forall (fun row => length row = length pivot) rows -> length c = length rows ->
  combined c (map (cleared i pivot) rows) j = combined c rows j - combined c rows i / nth i pivot 0 * nth j pivot 0.
Proof.
  intros F. revert c. unfold combined. induction F as [|row rows L F IH]; intros [|a c] E; try discriminate.
  - simpl. unfold Rdiv. ring.
  - cbn [map dot]. rewrite IH, cleared_nth by (auto; simpl in E; lia). unfold Rdiv. ring.
Qed.

(** More vectors than components are dependent. *)
Lemma some_combination m : forall rows : list (list R), (m < length rows)%nat ->
  (exists n, Forall (fun row => length row = n) rows) ->
  exists c : list R, length c = length rows /\ not_all_zero c /\ forall i, (i < m)%nat -> combined c rows i = 0.
Proof.
  induction m as [|m IH]; intros rows L (n & F).
  - destruct rows as [|r rows]; simpl in L; [lia|]. exists (1 :: map (fun _ => 0) rows). split; [|split].
    + simpl. now rewrite map_length.
    + left. lra.
    + intros i H. lia.
  - destruct (Exists_dec (fun row => nth m row 0 <> 0) rows) as [E|E].
    { intros row. destruct (Req_EM_T (nth m row 0) 0); [right|left]; auto. }
    + apply Exists_exists in E. destruct E as (r & I & N). apply in_split in I. destruct I as (l & l' & ->).
      assert (K := F). apply Forall_app in K. destruct K as [Fl Fr]. inversion Fr as [|? ? Lr Fl']; subst.
      destruct (IH (map (cleared m r) (l ++ l'))) as (c & Lc & Nc & Z).
      { rewrite map_length. rewrite app_length in *. simpl in L. lia. }
      { exists (length r). apply Forall_forall. intros x X. apply in_map_iff in X. destruct X as (y & <- & _).
        unfold cleared. now rewrite map_length, seq_length. }
      rewrite map_length in Lc. set (d := firstn (length l) c). set (e := skipn (length l) c).
      assert (Ec : c = d ++ e) by (symmetry; apply firstn_skipn). rewrite app_length in Lc.
      assert (Ld : length d = length l) by (unfold d; rewrite firstn_length; lia).
      assert (Le : length e = length l') by (unfold e; rewrite skipn_length; lia).
      assert (C : forall i, (i < m)%nat \/ i = m ->
        combined c (l ++ l') i - combined c (l ++ l') m / nth m r 0 * nth i r 0 = 0).
      { intros i [H| ->].
        - rewrite <- combined_cleared; [now apply Z| |rewrite app_length; lia]. apply Forall_app. split; assumption.
        - field. exact N. }
      exists (d ++ (- (combined c (l ++ l') m / nth m r 0)) :: e). split; [|split].
      * rewrite !app_length. simpl. lia.
      * unfold not_all_zero in *. rewrite Ec in Nc. apply Exists_app in Nc. apply Exists_app.
        destruct Nc; [left; assumption | right; right; assumption].
      * intros i H. rewrite combined_app by exact Ld. unfold combined at 2. simpl. fold (combined e l' i).
        assert (K : combined d l i + combined e l' i = combined c (l ++ l') i) by (rewrite Ec, combined_app; auto).
        specialize (C i). assert (i < m \/ i = m)%nat by lia. specialize (C H0). lra.
    + destruct (IH rows) as (c & Lc & Nc & Z); [lia | now exists n |]. exists c. split; [exact Lc|]. split; [exact Nc|].
      intros i H. destruct (Nat.eq_dec i m) as [->|D]; [|apply Z; lia]. apply dot_zero_r. apply Forall_forall.
      intros x X. apply in_map_iff in X. destruct X as (row & <- & I). destruct (Req_dec (nth m row 0) 0) as [|D]; [assumption|].
      exfalso. apply E. apply Exists_exists. exists row. auto.
Qed.

Lemma many_are_dependent n rows : (n < length rows)%nat -> Forall (fun row => length row = n) rows -> dependent rows.
Proof.
  intros L F. destruct (some_combination n rows L) as (c & Lc & Nc & Z); [now exists n|].
  exists c. split; [exact Lc|]. split; [exact Nc|]. intros i. destruct (lt_dec i n) as [H|H]; [now apply Z|].
  apply dot_zero_r. apply Forall_forall. intros x X. apply in_map_iff in X. destruct X as (row & <- & I).
  rewrite Forall_forall in F. rewrite nth_overflow; [reflexivity|]. rewrite F by exact I. lia.
Qed.

Lemma dot_self_zero v : dot v v = 0 -> Forall (fun a => a = 0) v.
Proof.
  assert (P : forall w, 0 <= dot w w) by (induction w as [|b w IH]; simpl; [lra | assert (S := Rle_0_sqr b); unfold Rsqr in S; lra]).
  induction v as [|a v IH]; intros H; [constructor|]. simpl in H. assert (S := Rle_0_sqr a). assert (Pv := P v). unfold Rsqr in S.
  constructor; [|apply IH; lra]. assert (Z : a * a = 0) by lra. apply Rmult_integral in Z. tauto.
Qed.

(** The sum of the c_k row_k, as a list. *)
Definition combination (n : nat) (c : list R) (rows : list (list R)) : list R := map (combined c rows) (seq 0 n).

Lemma dot_combination n c rows v : length c = length rows -> Forall (fun row => length row = n) rows -> length v = n ->
  dot (combination n c rows) v = dot c (map (fun row => dot row v) rows).
Proof.
  intros L F Lv. unfold combination. revert c L. induction F as [|row rows Lr F IH]; intros [|a c] L; simpl in L; try discriminate.
  - apply dot_zero_l, Forall_map, Forall_forall. reflexivity.
  - cbn [map dot]. rewrite <- (IH c) by lia. clear IH F L.
    assert (G : forall m s w, length w = m ->
      dot (map (combined (a :: c) (row :: rows)) (seq s m)) w =
      a * dot (map (fun i => nth i row 0) (seq s m)) w + dot (map (combined c rows) (seq s m)) w).
    { induction m as [|m IHm]; intros s [|b w] E; simpl in E; try discriminate; cbn [seq map dot]; [ring|].
      rewrite IHm by lia. unfold combined at 1. cbn [map dot]. fold (combined c rows s). ring. }
    rewrite G by exact Lv. f_equal. f_equal. f_equal. rewrite <- Lr.
    clear. induction row as [|x row IH] using rev_ind; [reflexivity|].
    rewrite app_length. simpl length. rewrite Nat.add_1_r, seq_S, map_app. simpl. rewrite app_nth2, Nat.sub_diag by lia.
    f_equal. transitivity (map (fun i => nth i row 0) (seq 0 (length row))); [|exact IH]. apply map_ext_in. intros i I. apply in_seq in I. apply app_nth1. lia.
Qed.

(** Vectors at right angles to r independent ones: any n - r + 1 of them are dependent. *)
Theorem orthogonal_are_dependent n (A J : list (list R)) : independent_rows A ->
  Forall (fun row => length row = n) A -> Forall (fun row => length row = n) J -> (n < length J + length A)%nat ->
  Forall (fun a => Forall (fun row => dot row a = 0) J) A -> dependent J.
Proof.
  intros I FA FJ L O. destruct (many_are_dependent n (J ++ A)) as (c & Lc & Nc & Z).
  { rewrite app_length. exact L. }
  { apply Forall_app. split; assumption. }
  rewrite app_length in Lc. set (d := firstn (length J) c). set (e := skipn (length J) c).
  assert (Ec : c = d ++ e) by (symmetry; apply firstn_skipn).
  assert (Ld : length d = length J) by (unfold d; rewrite firstn_length; lia).
  assert (Le : length e = length A) by (unfold e; rewrite skipn_length; lia).
  assert (C : forall i, combined d J i + combined e A i = 0) by (intros i; rewrite <- combined_app, <- Ec by exact Ld; apply Z).
  set (v := combination n d J). assert (Lv : length v = n) by (unfold v, combination; now rewrite map_length, seq_length).
  assert (W : v = map (fun x => - 1 * x) (combination n e A)).
  { unfold v, combination. rewrite map_map. apply map_ext. intros i. specialize (C i). lra. }
  assert (V : dot v v = 0).
  { rewrite W at 2. rewrite dot_comm, dot_scaled, dot_combination by assumption.
    rewrite dot_zero_r; [ring|]. apply Forall_forall. intros x X. apply in_map_iff in X. destruct X as (a & <- & Ia).
    rewrite dot_comm. unfold v. rewrite dot_combination; [|exact Ld|exact FJ|].
    - apply dot_zero_r. rewrite Forall_forall in O. apply Forall_map. exact (O a Ia).
    - rewrite Forall_forall in FA. now apply FA. }
  apply dot_self_zero in V. assert (ZJ : forall i, combined d J i = 0).
  { intros i. destruct (lt_dec i n) as [H|H].
    - rewrite Forall_forall in V. apply V. unfold v, combination. apply in_map. apply in_seq. lia.
    - apply dot_zero_r. apply Forall_map, Forall_forall. intros row Ir. rewrite Forall_forall in FJ.
      rewrite nth_overflow; [reflexivity|]. rewrite FJ by exact Ir. lia. }
  exists d. split; [exact Ld|]. split; [|exact ZJ]. destruct (not_all_zero_or d) as [N|N]; [exact N|]. exfalso.
  assert (ZA : forall i, combined e A i = 0) by (intros i; specialize (C i); rewrite ZJ in C; lra).
  assert (Ze := I e Le ZA). apply (all_zero_not c); [|exact Nc]. rewrite Ec. apply Forall_app. split; assumption.
Qed.

(** * Independence over Q, by elimination row by row *)

Fixpoint first_nonzero (row : list Q) : option nat :=
  match row with
  | [] => None
  | a :: rest => if Qeq_bool a 0 then option_map S (first_nonzero rest) else Some O
  end.

Fixpoint minus_multiple (f : Q) (pivot row : list Q) : list Q :=
  match row, pivot with
  | a :: row', b :: pivot' => (if Qeq_bool b 0 then a else reduced (a - f * b)) :: minus_multiple f pivot' row'
  | _, _ => row
  end.

Definition cleared_value (i : nat) (pivot row : list Q) : list Q :=
  let a := nth i row 0%Q in if Qeq_bool a 0 then row else minus_multiple (reduced (a / nth i pivot 0%Q)) pivot row.

Fixpoint eliminated (fuel : nat) (rows : list (list Q)) : bool :=
  match fuel, rows with
  | _, [] => true
  | O, _ => false
  | S k, pivot :: rest =>
      match first_nonzero pivot with
      | None => false
      | Some i => eliminated k (map (cleared_value i pivot) rest)
      end
  end.

Lemma first_nonzero_is row : forall i, first_nonzero row = Some i -> Q2R (nth i row 0%Q) <> 0.
Proof.
  induction row as [|a row IH]; intros i H; simpl in H; [discriminate|]. destruct (Qeq_bool a 0) eqn:E.
  - destruct (first_nonzero row) as [j|]; simpl in H; [|discriminate]. inversion H. now apply IH.
  - inversion H. subst i. simpl. now apply Qeq_bool_nonzero.
Qed.

Lemma minus_multiple_length f pivot : forall row, length (minus_multiple f pivot row) = length row.
Proof. induction pivot as [|b pivot IH]; intros [|a row]; simpl; auto. Qed.

Lemma minus_multiple_nth f pivot : forall row j, length row = length pivot ->
  Q2R (nth j (minus_multiple f pivot row) 0%Q) = Q2R (nth j row 0%Q) - Q2R f * Q2R (nth j pivot 0%Q).
Proof.
  induction pivot as [|b pivot IH]; intros [|a row] j L; simpl in L; try discriminate.
  - destruct j; simpl; rewrite Q2R_zero; ring.
  - destruct j as [|j]; simpl.
    + destruct (Qeq_bool b 0) eqn:E; [apply Qeq_bool_zero in E; rewrite E; ring|].
      rewrite reduced_value, Q2R_minus, Q2R_mult. reflexivity.
    + apply IH. lia.
Qed.

Lemma cleared_value_length i pivot row : length (cleared_value i pivot row) = length row.
Proof. unfold cleared_value. destruct (Qeq_bool _ _); [reflexivity|]. apply minus_multiple_length. Qed.

Lemma cleared_value_at i pivot row j : length row = length pivot -> Q2R (nth i pivot 0%Q) <> 0 ->
  Q2R (nth j (cleared_value i pivot row) 0%Q) =
  Q2R (nth j row 0%Q) - Q2R (nth i row 0%Q) / Q2R (nth i pivot 0%Q) * Q2R (nth j pivot 0%Q).
Proof.
  intros L N. unfold cleared_value. destruct (Qeq_bool _ _) eqn:E.
  - apply Qeq_bool_zero in E. rewrite E. unfold Rdiv. ring.
  - rewrite minus_multiple_nth, reduced_value, Q2R_div by (auto; intros H; apply N; now apply Qeq_eqR in H; rewrite H, Q2R_zero).
    reflexivity.
Qed.

Lemma combined_value c rows i :
  combined c (map (map Q2R) rows) i = dot c (map (fun row => Q2R (nth i row 0%Q)) rows).
Proof. unfold combined. rewrite map_map. f_equal. apply map_ext. intros row. apply nth_Q2R. Qed.

Theorem eliminated_independent fuel : forall n rows, Forall (fun row => length row = n) rows -> eliminated fuel rows = true ->
  independent_rows (map (map Q2R) rows).
Proof.
  induction fuel as [|fuel IH]; intros n [|pivot rest] F H c L Z; simpl in H; try discriminate;
    try (destruct c; [constructor | discriminate]).
  destruct (first_nonzero pivot) as [i|] eqn:E; [|discriminate]. apply first_nonzero_is in E.
  inversion F as [|? ? Lp Fr]; subst. destruct c as [|a c]; [discriminate|]. simpl in L.
  assert (M : forall j, a * Q2R (nth j pivot 0%Q) + dot c (map (fun row => Q2R (nth j row 0%Q)) rest) = 0).
  { intros j. specialize (Z j). rewrite combined_value in Z. exact Z. }
  assert (C : Forall (fun x => x = 0) c).
  { apply (IH (length pivot) (map (cleared_value i pivot) rest)); [| exact H | rewrite !map_length in *; lia |].
    - apply Forall_map. eapply Forall_impl; [|exact Fr]. intros row Lr. now rewrite cleared_value_length.
    - intros j. rewrite combined_value, map_map.
      transitivity (dot c (map (fun row => Q2R (nth j row 0%Q)) rest) -
        dot c (map (fun row => Q2R (nth i row 0%Q)) rest) / Q2R (nth i pivot 0%Q) * Q2R (nth j pivot 0%Q)).
      + clear - Fr E. revert c. induction Fr as [|row rest Lr Fr IH]; intros [|b c]; simpl; try (unfold Rdiv; ring).
        rewrite IH, cleared_value_at by assumption. unfold Rdiv. ring.
      + assert (Mi := M i). assert (Mj := M j).
        replace (dot c (map (fun row => Q2R (nth i row 0%Q)) rest)) with (- (a * Q2R (nth i pivot 0%Q))) by lra.
        replace (dot c (map (fun row => Q2R (nth j row 0%Q)) rest)) with (- (a * Q2R (nth j pivot 0%Q))) by lra.
        field. exact E. }
  constructor; [|exact C]. assert (Mi := M i). rewrite (dot_zero_l c _ C), Rplus_0_r in Mi.
  apply Rmult_integral in Mi. tauto.
Qed.

(** * Vector fields and their brackets *)

(** The components of a field as functions of the point. *)
Definition vector_field : Type := nat -> list R -> R.

Definition gradient_of (f : list R -> R) : vector_field := fun i => partial i f.

(** [V, W] = DW V - DV W, in n variables. *)
Definition lie_bracket (n : nat) (V W : vector_field) : vector_field :=
  fun i p => fold_right Rplus 0 (map (fun j => partial j (W i) p * V j p - partial j (V i) p * W j p) (seq 0 n)).

(** The fields and all that arises from them by brackets. *)
Inductive generated (n : nat) (fields : list vector_field) : vector_field -> Prop :=
  | generated_given V : In V fields -> generated n fields V
  | generated_bracket V W : generated n fields V -> generated n fields W -> generated n fields (lie_bracket n V W).

Definition vector_at (n : nat) (V : vector_field) (p : list R) : list R := map (fun i => V i p) (seq 0 n).

(** A function of several numbers, which it takes one after the other: [fun_of x y => x * y]. *)
Inductive several : Type :=
  | taken (value : R)
  | taking (f : R -> several).

Notation "'fun_of' x .. y => e" := (taking (fun x => .. (taking (fun y => taken e)) ..))
  (at level 200, x binder, y binder, right associativity).

(** Its value at a point; what is missing there is 0. *)
Fixpoint of_list (f : several) (p : list R) : R :=
  match f with
  | taken value => value
  | taking g => match p with [] => of_list (g 0) [] | x :: rest => of_list (g x) rest end
  end.

(** A function that has zero derivative along all grad phi_i has zero derivative along what their brackets generate: its
    gradient is at right angles to all of that. At some point, any k + 1 vectors at right angles to it are dependent; so they
    are near that point, and of such functions at most k are independent there. *)
Definition at_most_in_common (k n : nat) (potentials : list several) : Prop :=
  exists p : list R, length p = n /\
  forall J : list (list R), length J = S k -> Forall (fun row => length row = n) J ->
  (forall V, generated n (map (fun f => gradient_of (of_list f)) potentials) V ->
    Forall (fun row => dot row (vector_at n V p) = 0) J) ->
  dependent J.

(** ** Computed *)

Fixpoint listed (n : nat) (g : list R -> R) : several :=
  match n with
  | O => taken (g [])
  | S m => taking (fun x => listed m (fun l => g (x :: l)))
  end.

Lemma of_listed n : forall g p, length p = n -> of_list (listed n g) p = g p.
Proof. induction n as [|n IH]; intros g [|x p] L; simpl in *; try discriminate; [reflexivity|]. apply (IH (fun l => g (x :: l))). lia. Qed.

(** The components that are zero may be left out at the end. *)
Definition sparse_field : Type := list sparse.

Definition sparse_gradient (n : nat) (s : sparse) : sparse_field := map (fun i => sparse_partial i s) (seq 0 n).

Definition bracket_component (n : nat) (V W : sparse_field) (v w : sparse) : sparse :=
  fold_right sparse_add [] (map (fun j =>
    sparse_add
      (match nth j V [] with [] => [] | s => sparse_mul (sparse_partial j w) s end)
      (match nth j W [] with [] => [] | s => sparse_scaled [] (-1) (sparse_mul (sparse_partial j v) s) end)) (seq 0 n)).

Definition sparse_bracket (n : nat) (V W : sparse_field) : sparse_field :=
  map (fun i => bracket_component n V W (nth i V []) (nth i W [])) (seq 0 n).

Definition represents (n : nat) (V : vector_field) (S : sparse_field) : Prop :=
  forall i p, (i < n)%nat -> length p = n -> V i p = sparse_at (nth i S []) p.

Lemma nth_map_seq {A : Type} (f : nat -> A) d n i : (i < n)%nat -> nth i (map f (seq 0 n)) d = f i.
Proof.
  intros H. rewrite (nth_indep _ d (f O)) by (rewrite map_length, seq_length; exact H).
  now rewrite map_nth, seq_nth.
Qed.

Lemma represents_gradient n f e : (forall p, length p = n -> f p = meaning e p) ->
  represents n (gradient_of f) (sparse_gradient n (normal e)).
Proof.
  intros E i p H L. unfold sparse_gradient, gradient_of. rewrite nth_map_seq by exact H.
  rewrite <- partial_sparse by lia. apply partial_ext. intros q Lq. rewrite normal_at. apply E. lia.
Qed.

Lemma represents_bracket n V W S T : represents n V S -> represents n W T ->
  represents n (lie_bracket n V W) (sparse_bracket n S T).
Proof.
  intros HV HW i p H L. unfold sparse_bracket, lie_bracket, bracket_component. rewrite nth_map_seq by exact H.
  assert (G : forall l, Forall (fun j => (j < n)%nat) l ->
    fold_right Rplus 0 (map (fun j => partial j (W i) p * V j p - partial j (V i) p * W j p) l) =
    sparse_at (fold_right sparse_add [] (map (fun j =>
      sparse_add
        (match nth j S [] with [] => [] | s => sparse_mul (sparse_partial j (nth i T [])) s end)
        (match nth j T [] with [] => [] | s => sparse_scaled [] (-1) (sparse_mul (sparse_partial j (nth i S [])) s) end)) l)) p).
  { induction 1 as [|j l Hj F IH]; [reflexivity|]. cbn [map fold_right]. rewrite !sparse_add_at, <- IH.
    assert (PW : partial j (W i) p = sparse_at (sparse_partial j (nth i T [])) p).
    { rewrite <- partial_sparse by lia. apply partial_ext. intros q Lq. apply HW; lia. }
    assert (PV : partial j (V i) p = sparse_at (sparse_partial j (nth i S [])) p).
    { rewrite <- partial_sparse by lia. apply partial_ext. intros q Lq. apply HV; lia. }
    rewrite PW, PV, (HV j p Hj L), (HW j p Hj L).
    destruct (nth j S []) as [|s S']; destruct (nth j T []) as [|t T'];
      rewrite ?sparse_scaled_at, ?sparse_mul_at, ?Q2R_minus_one; cbn [sparse_at monomial_at]; ring. }
  apply G. apply Forall_forall. intros j Hj. apply in_seq in Hj. lia.
Qed.

Fixpoint with_brackets (n : nat) (fields : list sparse_field) (pairs : list (nat * nat)) : list sparse_field :=
  match pairs with
  | [] => fields
  | (a, b) :: rest => with_brackets n (fields ++ [sparse_bracket n (nth a fields []) (nth b fields [])]) rest
  end.

Fixpoint in_order (size : nat) (pairs : list (nat * nat)) : bool :=
  match pairs with
  | [] => true
  | (a, b) :: rest => (Nat.ltb a size && Nat.ltb b size && in_order (S size) rest)%bool
  end.

Definition all_generated (n : nat) (given : list vector_field) (fields : list sparse_field) : Prop :=
  Forall (fun s => exists V, generated n given V /\ represents n V s) fields.

Lemma with_brackets_generated n given pairs : forall fields, all_generated n given fields -> in_order (length fields) pairs = true ->
  all_generated n given (with_brackets n fields pairs).
Proof.
  induction pairs as [|(a, b) pairs IH]; intros fields G O; simpl in *; [exact G|].
  apply andb_prop in O. destruct O as [O P]. apply andb_prop in O. destruct O as [A B].
  apply Nat.ltb_lt in A, B. apply IH.
  - apply Forall_app. split; [exact G|]. constructor; [|constructor]. unfold all_generated in G. rewrite Forall_forall in G.
    destruct (G (nth a fields [])) as (V & GV & RV); [now apply nth_In|].
    destruct (G (nth b fields [])) as (W & GW & RW); [now apply nth_In|].
    exists (lie_bracket n V W). split; [now apply generated_bracket | now apply represents_bracket].
  - rewrite app_length, Nat.add_1_r. exact P.
Qed.

Definition field_value (n : nat) (point : list Q) (s : sparse_field) : list Q :=
  map (fun i => sparse_value (nth i s []) point) (seq 0 n).

Definition spans (k n : nat) (potentials : list expression) (pairs : list (nat * nat)) (chosen : list nat) (point : list Z) : bool :=
  let fields := map (fun e => sparse_gradient n (normal e)) potentials in
  let entries := with_brackets n fields pairs in
  (Nat.eqb (length point) n && Nat.eqb (k + length chosen) n && in_order (length fields) pairs &&
   forallb (fun i => Nat.ltb i (length entries)) chosen &&
   eliminated n (map (fun i => field_value n (whole_point point) (nth i entries [])) chosen))%bool.

Theorem at_most_by_span k n (potentials : list expression) pairs chosen point : spans k n potentials pairs chosen point = true ->
  at_most_in_common k n (map (fun e => listed n (meaning e)) potentials).
Proof.
  unfold spans. intros H. repeat (apply andb_prop in H; destruct H as [H ?]).
  apply Nat.eqb_eq in H, H3. rename H0 into E, H1 into B, H2 into O.
  exists (map IZR point). split; [now rewrite map_length|]. intros J LJ FJ A.
  set (given := map (fun f => gradient_of (of_list f)) (map (fun e => listed n (meaning e)) potentials)) in *.
  set (fields := map (fun e => sparse_gradient n (normal e)) potentials) in *.
  assert (G : all_generated n given (with_brackets n fields pairs)).
  { apply with_brackets_generated; [|exact O]. unfold all_generated, fields. apply Forall_map, Forall_forall. intros e I.
    exists (gradient_of (of_list (listed n (meaning e)))). split.
    - apply generated_given. unfold given. rewrite map_map. apply (in_map (fun e => gradient_of (of_list (listed n (meaning e))))), I.
    - apply represents_gradient. intros p L. now apply of_listed. }
  set (entries := with_brackets n fields pairs) in *.
  set (M := map (fun i => field_value n (whole_point point) (nth i entries [])) chosen) in *.
  apply (orthogonal_are_dependent n (map (map Q2R) M)).
  - apply (eliminated_independent n n); [|exact E]. unfold M, field_value. apply Forall_map, Forall_forall. intros i _.
    now rewrite map_length, seq_length.
  - unfold M, field_value. rewrite map_map. apply Forall_map, Forall_forall. intros i _. now rewrite !map_length, seq_length.
  - exact FJ.
  - unfold M. rewrite !map_length. lia.
  - unfold M. rewrite map_map. apply Forall_map, Forall_forall. intros i I.
    rewrite forallb_forall in B. specialize (B i I). apply Nat.ltb_lt in B.
    unfold all_generated in G. rewrite Forall_forall in G. destruct (G (nth i entries [])) as (V & GV & RV); [now apply nth_In|].
    replace (map Q2R (field_value n (whole_point point) (nth i entries []))) with (vector_at n V (map IZR point)); [now apply A|].
    unfold vector_at, field_value. rewrite map_map. apply map_ext_in. intros j Hj. apply in_seq in Hj.
    rewrite sparse_value_at, <- whole_point_at. apply RV; [lia | now rewrite map_length].
Qed.
