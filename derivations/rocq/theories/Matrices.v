(** Matrices as lists of rows: determinants, eigenvalues, signatures, definiteness, ranks; first integrals of a flow. *)

Require Import Reals Lia Lra.
From Coquelicot Require Import Coquelicot.
Require Import List.
From Derivations Require Export Numbers.
Export ListNotations.
Open Scope R_scope.

(** * Determinants *)

Fixpoint without {A : Type} (k : nat) (l : list A) : list A :=
  match l, k with
  | [], _ => []
  | _ :: rest, O => rest
  | a :: rest, S j => a :: without j rest
  end.

(** [row_0 * cofactor 0 - row_1 * cofactor 1 + row_2 * cofactor 2 - ...] *)
Fixpoint alternating (row : list R) (cofactor : nat -> R) : R :=
  match row with
  | [] => 0
  | a :: rest => a * cofactor O - alternating rest (fun k => cofactor (S k))
  end.

(** Expansion along the first row. *)
Fixpoint det_of_size (n : nat) (M : list (list R)) : R :=
  match n, M with
  | S m, row :: rest => alternating row (fun k => det_of_size m (map (without k) rest))
  | _, _ => 1
  end.

Definition det (M : list (list R)) : R := det_of_size (length M) M.

Definition entry (M : list (list R)) (i j : nat) : R := nth j (nth i M []) 0.

(** The square matrix of the size of M whose entry (i, j) is M_ji. *)
Definition transposed (M : list (list R)) : list (list R) :=
  map (fun j => map (fun row => nth j row 0) M) (seq 0 (length M)).

(** M is square and M_ij = M_ji: a matrix that is no square differs from [transposed M] in its shape. *)
Definition symmetric (M : list (list R)) : Prop := transposed M = M.

Lemma entries_equal {A : Type} (a b : A) (l m : list A) : a = b -> l = m -> a :: l = b :: m.
Proof. intros -> ->. reflexivity. Qed.

(** * Eigenvalues and signature *)

(** [shifted_from k z M]: the matrix z I - M, where the first row of M is the row k of the whole. *)
Fixpoint shifted_row (k : nat) (z : R) (row : list R) : list R :=
  match row, k with
  | [], _ => []
  | a :: rest, O => (z - a) :: map (fun b => 0 - b) rest
  | a :: rest, S j => (0 - a) :: shifted_row j z rest
  end.

Fixpoint shifted_from (k : nat) (z : R) (M : list (list R)) : list (list R) :=
  match M with
  | [] => []
  | row :: rest => shifted_row k z row :: shifted_from (S k) z rest
  end.

Definition shifted (z : R) (M : list (list R)) : list (list R) := shifted_from 0 z M.

(** The product of the (z - l_i). *)
Fixpoint from_roots (l : list R) (z : R) : R :=
  match l with
  | [] => 1
  | r :: rest => (z - r) * from_roots rest z
  end.

(** The symmetric matrix M has the eigenvalues l, each as often as its multiplicity: det (z I - M) = prod (z - l_i). *)
Definition eigenvalues (M : list (list R)) (l : list R) : Prop :=
  symmetric M /\ forall z : R, det (shifted z M) = from_roots l z.

(** So many numbers of the list are positive, negative, zero. *)
Inductive signs_counted : list R -> nat -> nat -> nat -> Prop :=
  | counted_none : signs_counted [] 0 0 0
  | counted_positive x l p n z : 0 < x -> signs_counted l p n z -> signs_counted (x :: l) (S p) n z
  | counted_negative x l p n z : x < 0 -> signs_counted l p n z -> signs_counted (x :: l) p (S n) z
  | counted_zero x l p n z : x = 0 -> signs_counted l p n z -> signs_counted (x :: l) p n (S z).

Definition signature (M : list (list R)) (p n z : nat) : Prop :=
  exists l : list R, eigenvalues M l /\ signs_counted l p n z.

(** * Definiteness *)

Fixpoint dot (u v : list R) : R :=
  match u, v with
  | a :: u', b :: v' => a * b + dot u' v'
  | _, _ => 0
  end.

(** u^T M u *)
Definition form (M : list (list R)) (u : list R) : R := dot u (map (fun row => dot row u) M).

Definition not_all_zero (u : list R) : Prop := Exists (fun x => x <> 0) u.

Definition positive_definite (M : list (list R)) : Prop :=
  symmetric M /\ forall u : list R, length u = length M -> not_all_zero u -> 0 < form M u.

(** The product L D L^T of its factors, given column by column: D's entry d, and what stands below the 1 in that column
    of L. Its first row is d (1, c^T), and what remains is d c c^T plus the product of the later columns. *)
Fixpoint plus_rows (c : list R) (d : R) (all : list R) (M : list (list R)) : list (list R) :=
  match c, M with
  | a :: c', row :: M' =>
      ((d * a) :: map (fun e => d * (a * fst e) + snd e) (combine all row)) :: plus_rows c' d all M'
  | _, _ => []
  end.

Fixpoint factored (columns : list (R * list R)) : list (list R) :=
  match columns with
  | [] => []
  | (d, c) :: rest => (d :: map (fun a => d * a) c) :: plus_rows c d c (factored rest)
  end.

(** The k-th column of L from the end has k entries below its 1, and its d is positive. *)
Fixpoint positive_pivots (columns : list (R * list R)) : Prop :=
  match columns with
  | [] => True
  | (d, c) :: rest => 0 < d /\ length c = length rest /\ positive_pivots rest
  end.

Definition square_of (n : nat) (M : list (list R)) : Prop := length M = n /\ Forall (fun row => length row = n) M.

Lemma dot_nil_r u : dot u [] = 0.
Proof. destruct u; reflexivity. Qed.

Lemma dot_comm u v : dot u v = dot v u.
Proof.
  revert v. induction u as [|a u IH]; intros [|b v]; simpl; try reflexivity. rewrite IH. ring.
Qed.

Lemma dot_scaled d c v : dot (map (fun a => d * a) c) v = d * dot c v.
Proof.
  revert v. induction c as [|a c IH]; intros [|b v]; simpl; try ring. rewrite IH. ring.
Qed.

Lemma dot_combined d a c row v : length c = length row ->
  dot (map (fun e => d * (a * fst e) + snd e) (combine c row)) v = d * a * dot c v + dot row v.
Proof.
  revert row v. induction c as [|b c IH]; intros [|e row] v H; simpl in *; try discriminate; [ring|].
  destruct v as [|w v]; simpl; [ring|]. rewrite IH by lia. ring.
Qed.

Lemma plus_rows_square c d all M : length c = length M -> Forall (fun row => length row = length all) M ->
  length (plus_rows c d all M) = length M /\ Forall (fun row => length row = S (length all)) (plus_rows c d all M).
Proof.
  revert M. induction c as [|a c IH]; intros [|row M] H F; simpl in *; try discriminate; [split; auto|].
  inversion F as [|x l Hx Hl]; subst. destruct (IH M) as [I J]; [lia|exact Hl|]. split; [lia|].
  constructor; [|exact J]. simpl. rewrite map_length, combine_length. lia.
Qed.

Lemma factored_square columns : positive_pivots columns -> square_of (length columns) (factored columns).
Proof.
  induction columns as [|(d, c) rest IH]; simpl; [split; auto|]. intros (_ & H & P).
  destruct (IH P) as [I J]. rewrite <- H in J, I. destruct (plus_rows_square c d c (factored rest)) as [K F]; auto.
  split; simpl; [lia|]. rewrite <- H. constructor; [simpl; rewrite map_length; reflexivity|exact F].
Qed.

Lemma form_rows c d all M x v y : length c = length M -> Forall (fun row => length row = length all) M ->
  dot y (map (fun row => dot row (x :: v)) (plus_rows c d all M))
  = d * (x + dot all v) * dot c y + dot y (map (fun row => dot row v) M).
Proof.
  revert M y. induction c as [|a c IH]; intros [|row M] y H F; simpl in *; try discriminate.
  - rewrite !dot_nil_r. ring.
  - inversion F as [|? ? Hx Hl]; subst. destruct y as [|b y]; simpl; [ring|].
    rewrite IH, dot_combined by (auto; lia). ring.
Qed.

Lemma form_factored d c rest x v : length c = length rest -> positive_pivots rest ->
  form (factored ((d, c) :: rest)) (x :: v) = d * (x + dot c v) ^ 2 + form (factored rest) v.
Proof.
  intros H P. destruct (factored_square rest P) as [I J]. unfold form. simpl. rewrite dot_scaled, form_rows.
  - ring.
  - lia.
  - rewrite H. exact J.
Qed.

Lemma factored_positive columns : positive_pivots columns -> forall u, length u = length columns ->
  0 <= form (factored columns) u /\ (not_all_zero u -> 0 < form (factored columns) u).
Proof.
  induction columns as [|(d, c) rest IH]; intros P u H.
  - destruct u; simpl in H; [|discriminate]. split; [apply Rle_refl|]. intros Z; inversion Z.
  - destruct u as [|x v]; simpl in H; [discriminate|]. destruct P as (D & L & P).
    rewrite (form_factored d c rest x v L P). destruct (IH P v) as [A B]; [lia|].
    assert (G : 0 <= d * (x + dot c v) ^ 2) by (apply Rmult_le_pos; [lra|apply pow2_ge_0]).
    split; [lra|]. intros Z. destruct (Exists_dec (fun a => a <> 0) v) as [N|N].
    + intros a. destruct (Req_EM_T a 0); [right|left]; auto.
    + specialize (B N). lra.
    + assert (K : forall w, dot w v = 0).
      { clear - N. induction v as [|a v IH]; intros w; [apply dot_nil_r|]. destruct w as [|b w]; [reflexivity|]. simpl.
        destruct (Req_EM_T a 0) as [->|E]; [|exfalso; apply N; left; exact E].
        rewrite IH; [ring|]. intros F. apply N. right. exact F. }
      rewrite (K c). assert (X : x <> 0) by (inversion Z; subst; [assumption|exfalso; apply N; assumption]).
      assert (S : 0 < d * (x + 0) ^ 2).
      { apply Rmult_lt_0_compat; [exact D|]. rewrite Rplus_0_r. apply pow2_gt_0. exact X. }
      lra.
Qed.

(** M = L D L^T with a unit lower triangular L and positive D. *)
Theorem positive_definite_by_factors M columns :
  symmetric M -> M = factored columns -> positive_pivots columns -> positive_definite M.
Proof.
  intros S E P. split; [exact S|]. intros u H. rewrite E in *. destruct (factored_square columns P) as [I _].
  apply factored_positive; [exact P|]. rewrite H. exact I.
Qed.

(** * Ranks *)

(** The rows and columns of J with these numbers, counted from 0. *)
Definition minor (rows columns : list nat) (J : list (list R)) : list (list R) :=
  map (fun i => map (fun j => entry J i j) columns) rows.

(** Some k x k minor of J is not zero: at least k of its rows are linearly independent. *)
Definition rank_at_least (k : nat) (J : list (list R)) : Prop :=
  exists rows columns : list nat, length rows = k /\ length columns = k /\ det (minor rows columns J) <> 0.

Lemma rank_of_equal k J J' : J = J' -> rank_at_least k J' -> rank_at_least k J.
Proof. intros ->. exact (fun H => H). Qed.

(** f is a vector of k + 1 components that is not zero, and any k + 1 vectors at right angles to it are linearly dependent.
    For a flow dx/dt = f(x) with this f at some point: a quantity Q is conserved only if grad Q is at right angles to f, so
    the Jacobian of any k + 1 conserved quantities is singular there, and, f being continuous, near that point. Hence at
    most k of them are functionally independent. *)
Definition at_most_independent (k : nat) (f : list R) : Prop :=
  length f = S k /\ not_all_zero f /\
  forall J : list (list R), square_of (S k) J -> Forall (fun row => dot row f = 0) J -> det J = 0.

(** * Polynomials in one variable, constant first *)

Fixpoint poly (l : list R) (x : R) : R :=
  match l with
  | [] => 0
  | a :: rest => a + x * poly rest x
  end.

Fixpoint bound (l : list R) : R :=
  match l with
  | [] => 0
  | a :: rest => Rabs a + bound rest
  end.

Lemma poly_bound l x : 0 <= x <= 1 -> Rabs (poly l x) <= bound l.
Proof.
  intros H. induction l as [|a l IH]; simpl; [rewrite Rabs_R0; lra|].
  eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat_l. rewrite Rabs_mult, (Rabs_pos_eq x) by lra.
  assert (G := Rabs_pos (poly l x)). assert (K : 0 <= (1 - x) * Rabs (poly l x)) by (apply Rmult_le_pos; lra). lra.
Qed.

Lemma small_is_zero a b : (forall x, 0 < x <= 1 -> Rabs a <= x * b) -> a = 0.
Proof.
  intros H. destruct (Req_EM_T a 0) as [E|N]; [exact E|exfalso].
  assert (A := Rabs_pos_lt a N). assert (B : Rabs a <= 1 * b) by (apply H; lra).
  assert (C : 0 < Rabs a / (2 * b)) by (apply Rdiv_lt_0_compat; lra).
  assert (D : Rabs a / (2 * b) <= 1).
  { apply (Rmult_le_reg_r (2 * b)); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  specialize (H (Rabs a / (2 * b)) (conj C D)). replace (Rabs a / (2 * b) * b) with (Rabs a / 2) in H by (field; lra). lra.
Qed.

(** A polynomial that vanishes between 0 and 1 has the coefficients 0. *)
Lemma poly_zero_near l : (forall x, 0 < x <= 1 -> poly l x = 0) -> Forall (fun a => a = 0) l.
Proof.
  induction l as [|a l IH]; intros H; [constructor|].
  assert (A : a = 0).
  { apply (small_is_zero a (bound l)). intros x X. specialize (H x X). simpl in H.
    replace a with (- (x * poly l x)) by lra. rewrite Rabs_Ropp, Rabs_mult, (Rabs_pos_eq x) by lra.
    apply Rmult_le_compat_l; [lra|]. apply poly_bound. lra. }
  constructor; [exact A|]. apply IH. intros x X. specialize (H x X). simpl in H. rewrite A, Rplus_0_l in H.
  apply Rmult_integral in H. destruct H as [H|H]; [lra|exact H].
Qed.

Lemma poly_zero l : (forall x, poly l x = 0) -> Forall (fun a => a = 0) l.
Proof. intros H. apply poly_zero_near. intros x _. apply H. Qed.

Lemma poly_coefficient l i : (forall x, poly l x = 0) -> nth i l 0 = 0.
Proof.
  intros H. destruct (lt_dec i (length l)) as [L|L]; [|apply nth_overflow; lia].
  assert (F := poly_zero l H). rewrite Forall_forall in F. apply F. apply nth_In. exact L.
Qed.

(** A polynomial of degree n with n different zeros is its leading coefficient times the product of the (z - r_i):
    [divided l r] are the coefficients of (p(z) - p(r)) / (z - r). *)
Fixpoint divided (l : list R) (r : R) : list R :=
  match l with
  | [] => []
  | _ :: rest => match rest with [] => [] | _ => poly rest r :: divided rest r end
  end.

Lemma divided_poly l r z : poly l z = (z - r) * poly (divided l r) z + poly l r.
Proof.
  induction l as [|a l IH]; [simpl; ring|]. destruct l as [|b l]; [simpl; ring|].
  change (poly (a :: b :: l) z) with (a + z * poly (b :: l) z).
  change (poly (a :: b :: l) r) with (a + r * poly (b :: l) r).
  change (divided (a :: b :: l) r) with (poly (b :: l) r :: divided (b :: l) r).
  change (poly (poly (b :: l) r :: divided (b :: l) r) z) with (poly (b :: l) r + z * poly (divided (b :: l) r) z).
  rewrite IH. ring.
Qed.

Lemma divided_length a l r : length (divided (a :: l) r) = length l.
Proof.
  revert a. induction l as [|b l IH]; intros a; [reflexivity|].
  change (divided (a :: b :: l) r) with (poly (b :: l) r :: divided (b :: l) r). simpl length. f_equal. apply (IH b).
Qed.

Lemma divided_last a b l r : last (divided (a :: b :: l) r) 0 = last (a :: b :: l) 0.
Proof.
  revert a b. induction l as [|c l IH]; intros a b; [simpl; ring|].
  change (divided (a :: b :: c :: l) r) with (poly (b :: c :: l) r :: divided (b :: c :: l) r).
  change (last (a :: b :: c :: l) 0) with (last (b :: c :: l) 0). rewrite <- (IH b c).
  assert (L := divided_length b (c :: l) r). destruct (divided (b :: c :: l) r); [discriminate|reflexivity].
Qed.

Theorem poly_from_roots roots l z : length l = S (length roots) -> NoDup roots ->
  Forall (fun r => poly l r = 0) roots -> poly l z = last l 0 * from_roots roots z.
Proof.
  revert l. induction roots as [|r roots IH]; intros [|a [|b l]] L D Z; simpl in L; try discriminate; [simpl; ring|].
  inversion Z as [|? ? Zr Zs]; subst. inversion D as [|? ? Dr Ds]; subst.
  rewrite (divided_poly (a :: b :: l) r z), Zr, <- (divided_last a b l r). simpl from_roots.
  rewrite (IH (divided (a :: b :: l) r)); [ring|rewrite divided_length; simpl; lia|exact Ds|].
  rewrite Forall_forall in *. intros s S. assert (E := Zs s S). rewrite (divided_poly _ r s), Zr, Rplus_0_r in E.
  apply Rmult_integral in E. destruct E as [E|E]; [|exact E]. exfalso. apply Dr. replace r with s by lra. exact S.
Qed.

(** * At most k independent first integrals: k + 1 vectors at right angles to f are dependent *)

Lemma solved x f r : f <> 0 -> x * f + r = 0 -> x = - r / f.
Proof. intros N H. apply (Rmult_eq_reg_r f); [|exact N]. field_simplify; [lra|exact N]. Qed.

(** Solve every equation for the component that is multiplied by f, and replace it. *)
Ltac eliminate f :=
  repeat match goal with
  | H : ?equation = 0 |- _ =>
      match equation with
      | context [?x * f] =>
          is_var x;
          let whole := eval pattern x in equation in
          match whole with
          | ?rest x =>
              let E := fresh in
              assert (E : x = - (rest 0) / f) by (apply solved; [assumption | transitivity equation; [ring | exact H]]);
              cbv beta in E; clear H; subst x
          end
      end
  end.

Ltac open_rows :=
  repeat match goal with
  | H : square_of _ _ |- _ => destruct H
  | H : Forall _ (_ :: _) |- _ => inversion_clear H
  | H : Forall _ [] |- _ => clear H
  | H : length ?l = S _ |- _ => destruct l; simpl in H; [discriminate | apply eq_add_S in H]
  | H : length ?l = O |- _ => destruct l; simpl in H; [clear H | discriminate]
  end.

Ltac dependent_rows N :=
  split; [reflexivity | split; [exact N |]];
  intros J S H; open_rows; unfold not_all_zero in N; simpl in *; unfold det; simpl;
  repeat match goal with
  | X : Exists _ (?f :: _) |- _ => inversion_clear X; [eliminate f; field; assumption |]
  | X : Exists _ [] |- _ => inversion X
  end.

Lemma at_most_none f1 : not_all_zero [f1] -> at_most_independent 0 [f1].
Proof. intros N. dependent_rows N. Qed.

Lemma at_most_one f1 f2 : not_all_zero [f1; f2] -> at_most_independent 1 [f1; f2].
Proof. intros N. dependent_rows N. Qed.

Lemma at_most_two f1 f2 f3 : not_all_zero [f1; f2; f3] -> at_most_independent 2 [f1; f2; f3].
Proof. intros N. dependent_rows N. Qed.

Lemma at_most_three f1 f2 f3 f4 : not_all_zero [f1; f2; f3; f4] -> at_most_independent 3 [f1; f2; f3; f4].
Proof. intros N. dependent_rows N. Qed.

(** * Computing *)

Ltac compute_matrices :=
  cbv beta iota zeta delta
    [det det_of_size alternating without length map minor entry nth transposed seq shifted shifted_from shifted_row
     from_roots factored plus_rows combine fst snd dot form].

(** [NoDup] of numbers that lie in intervals of the context which do not meet. *)
Ltac different_numbers :=
  repeat match goal with H : _ /\ _ |- _ => destruct H end;
  repeat (apply NoDup_cons;
    [ let D := fresh in
      cbn [In]; intros D; repeat match goal with E : _ \/ _ |- _ => destruct E end; first [contradiction | lra]
    |]);
  apply NoDup_nil.
