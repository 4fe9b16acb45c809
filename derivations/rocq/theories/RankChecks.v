(** Upper bounds of ranks, computed over Q: few coefficients, directions that change nothing, moments that are known. *)

Require Import QArith Qreals Reals Lra Lia.
Require Import List.
From Derivations Require Import Sums.
From Derivations Require Export Hessians.
Open Scope R_scope.

(** * Few coefficients *)

Definition is_known (known : list monomial) (m : monomial) : bool :=
  existsb (fun k => match graded k m with Eq => true | _ => false end) known.

(** The parts in the data of all slopes are known. *)
Definition slopes_use (n : nat) (known : list monomial) (e : expression) : bool :=
  let s := normal e in
  forallb (fun j => forallb (fun mc => is_known known (other n (fst mc))) (sparse_partial j s)) (seq 0 n).

Lemma is_known_in known m : is_known known m = true -> In m known.
Proof.
  intros H. apply existsb_exists in H. destruct H as (k & I & G). destruct (graded k m) eqn:Q; try discriminate.
  apply graded_equal in Q. now subst.
Qed.

Lemma dot_at_place (known : list monomial) m a : In m known -> exists c, length c = length known /\
  forall x, a * monomial_at m x = dot c (map (fun k => monomial_at k x) known).
Proof.
  induction known as [|k known IH]; intros I; [contradiction|]. destruct I as [->|I].
  - exists (a :: map (fun _ => 0) known). split; [simpl; now rewrite map_length|]. intros x. simpl.
    rewrite dot_zero_l; [ring|].
    apply Forall_map, Forall_forall. reflexivity.
  - destruct (IH I) as (c & Lc & H). exists (0 :: c). split; [simpl; auto|]. intros x. simpl. rewrite <- H. ring.
Qed.

Definition plus (c d : list R) : list R := map (fun ab => fst ab + snd ab) (combine c d).

Lemma plus_length c d : length c = length d -> length (plus c d) = length c.
Proof. intros L. unfold plus. rewrite map_length, combine_length. lia. Qed.

Lemma coefficients_of n known theta s : length theta = n -> forallb (fun mc => is_known known (other n (fst mc))) s = true ->
  exists c, length c = length known /\ forall x, sparse_at s (theta ++ x) = dot c (map (fun k => monomial_at k x) known).
Proof.
  intros L. induction s as [|(m, q) s IH]; intros H.
  - exists (map (fun _ => 0) known). split; [now rewrite map_length|]. intros x. rewrite dot_zero_l; [reflexivity|].
    apply Forall_map, Forall_forall. reflexivity.
  - cbn [forallb fst] in H. apply andb_prop in H. destruct H as [A B]. destruct (IH B) as (c & Lc & Hc).
    destruct (dot_at_place known (other n m) (Q2R q * monomial_at (own n m) theta) (is_known_in _ _ A)) as (d & Ld & Hd).
    exists (plus d c). split; [rewrite plus_length; lia|]. intros x. cbn [sparse_at]. unfold plus. rewrite dot_plus by lia.
    rewrite <- Hc, <- Hd, (own_and_other n) by exact L. ring.
Qed.

Lemma change_coefficients n m known e theta u : length theta = n -> slopes_use n known e = true -> exists c,
  length c = length known /\
  forall x, length x = m -> change n (listed (n + m) (meaning e)) theta x u = dot c (map (fun k => monomial_at k x) known).
Proof.
  intros L H. unfold slopes_use in H. assert (G : forall js v,
    Forall (fun j => forallb (fun mc => is_known known (other n (fst mc)))
    (sparse_partial j (normal e)) = true) js -> exists c, length c = length known /\
    forall x, dot v (map (fun j => sparse_at (sparse_partial j (normal e)) (theta ++ x)) js) = dot c (map (fun k =>
      monomial_at k x) known)).
  { intros js v F. revert v. induction F as [|j js B F IH]; intros [|a v];
      try (exists (map (fun _ => 0) known); split; [now rewrite map_length | intros x; symmetry; apply dot_zero_l,
        Forall_map, Forall_forall; reflexivity]).
    destruct (coefficients_of n known theta _ L B) as (c & Lc & Hc). destruct (IH v) as (d & Ld & Hd).
    exists (plus (map (fun y => a * y) c) d). split; [rewrite plus_length; rewrite map_length; lia|]. intros x. unfold plus.
    rewrite dot_plus by (rewrite map_length; lia). rewrite dot_scaled, <- Hc, <- Hd. reflexivity. }
  destruct (G (seq 0 n) u (Forall_forallb _ _ H)) as (c & Lc & Hc). exists c. split; [exact Lc|]. intros x Lx.
  rewrite <- Hc. apply change_value; lia.
Qed.

Fixpoint uses_few (k n : nat) (es : list expression) (known : list (list monomial)) : bool :=
  match es, known with
  | [], [] => Nat.eqb k 0
  | e :: es', l :: known' => (Nat.leb (length l) k && slopes_use n l e && uses_few (k - length l) n es' known')%bool
  | _, _ => false
  end.

Theorem few_coefficients_known m es : forall k n known,
  uses_few k n es known = true -> few_coefficients k n m (as_outputs (n + m) es).
Proof.
  induction es as [|e es IH]; intros k n [|l known] H; simpl in H; try discriminate.
  - apply Nat.eqb_eq in H. exists []. split; [auto|]. intros theta u _ _. exists []. split; [auto|]. intros i x Li.
    simpl in Li. lia.
  - apply andb_prop in H. destruct H as [H U]. apply andb_prop in H. destruct H as [L S]. apply Nat.leb_le in L.
    destruct (IH _ _ _ U) as (B & LB & HB).
    exists (map (fun mono i x => match i with O => monomial_at mono x | _ => 0 end) l ++ map (fun b i x => match i with O =>
      0 | S i' => b i' x end) B).
    split; [rewrite app_length, !map_length; lia|]. intros theta u Lt Lu.
    destruct (change_coefficients n m l e theta u Lt S) as (c & Lc & Hc).
    destruct (HB theta u Lt Lu) as (d & Ld & Hd). exists (c ++ d). split; [rewrite app_length; lia|].
    intros i x Li Lx. rewrite map_app, !map_map, dot_app by (now rewrite map_length). destruct i as [|i].
    + rewrite (dot_zero_r d) by (apply Forall_map, Forall_forall; reflexivity). rewrite Rplus_0_r. apply Hc, Lx.
    + rewrite (dot_zero_r c) by (apply Forall_map, Forall_forall; reflexivity). rewrite Rplus_0_l.
      apply Hd; [simpl in Li; lia | exact Lx].
Qed.

(** * Directions that change nothing *)

Lemma meaning_beside n e theta x : length theta = n -> among_first n e = true -> meaning e (theta ++ x) = meaning e theta.
Proof.
  intros L. induction e; simpl; intros H; try (apply andb_prop in H; destruct H); auto; try (rewrite IHe by exact H;
    reflexivity);
    try (rewrite IHe1, IHe2 by assumption; reflexivity).
  apply Nat.ltb_lt in H. apply app_nth1. lia.
Qed.

(** The change of e along a field of polynomials. *)
Fixpoint along_field (j : nat) (field : list expression) (s : sparse) : sparse :=
  match field with
  | [] => []
  | g :: rest => match normal g with
                 | [] => along_field (S j) rest s
                 | p => sparse_add (sparse_mul p (sparse_partial j s)) (along_field (S j) rest s)
                 end
  end.

Lemma along_field_at p s field : forall j, sparse_at (along_field j field s) p =
  dot (map (fun g => meaning g p) field) (map (fun i => sparse_at (sparse_partial i s) p) (seq j (length field))).
Proof.
  induction field as [|g field IH]; intros j; cbn [along_field map dot length seq]; [reflexivity|].
  assert (N := normal_at p g). destruct (normal g) as [|a l].
  - rewrite IH, <- N. simpl. ring.
  - rewrite sparse_add_at, sparse_mul_at, IH, N. reflexivity.
Qed.

Definition is_redundant (n : nat) (es : list expression) (field : list expression) : bool :=
  (Nat.eqb (length field) n && forallb (among_first n) field &&
   forallb (fun e => match along_field 0 field (normal e) with [] => true | _ => false end) es)%bool.

Definition fields_at (fields : list (list expression)) (point : list Q) : list (list Q) :=
  map (map (fun g => sparse_value (normal g) point)) fields.

Definition are_redundant (k n : nat) (es : list expression) (fields : list (list expression)) (point : list Z) : bool :=
  (Nat.eqb (length fields) k && Nat.eqb (length point) n && forallb (is_redundant n es) fields &&
   eliminated k (fields_at fields (whole_point point)))%bool.

Definition as_fields (n : nat) (fields : list (list expression)) : list (list several) := map (map (fun g => listed n
  (meaning g))) fields.

Lemma field_values n p field : length p = n -> map (fun g => of_list g p) (map (fun g => listed n (meaning g)) field) = map
  (fun g => meaning g p) field.
Proof. intros L. rewrite map_map. apply map_ext. intros g. now apply of_listed. Qed.

Lemma is_redundant_changes_nothing n m es field theta : is_redundant n es field = true -> length theta = n ->
  changes_nothing n m (as_outputs (n + m) es) theta (map (fun g => meaning g theta) field).
Proof.
  unfold is_redundant. intros H L f x F Lx. apply andb_prop in H. destruct H as [H Z]. apply andb_prop in H.
  destruct H as [Lf A].
  apply Nat.eqb_eq in Lf. unfold as_outputs in F. apply in_map_iff in F. destruct F as (e & <- & I).
  rewrite forallb_forall in Z. specialize (Z e I). rewrite change_value by lia.
  assert (D := along_field_at (theta ++ x) (normal e) field 0). rewrite Lf in D.
  assert (Zero : sparse_at (along_field 0 field (normal e)) (theta ++ x) = 0) by (destruct (along_field 0 field (normal e));
    [reflexivity | discriminate]).
  rewrite <- Zero, D. f_equal. apply map_ext_in. intros g G. rewrite forallb_forall in A. symmetry.
  apply (meaning_beside n); auto.
Qed.

Theorem redundant_directions_known k n m es fields point : are_redundant k n es fields point = true ->
  redundant_directions k n m (as_outputs (n + m) es) (as_fields n fields).
Proof.
  unfold are_redundant. intros H. repeat (apply andb_prop in H; destruct H as [H ?]). apply Nat.eqb_eq in H, H2.
  rename H0 into X, H1 into F, H2 into Lp. rewrite forallb_forall in F. unfold as_fields. split; [now rewrite map_length|].
  split; [|split].
  - apply Forall_map, Forall_forall. intros field I. rewrite map_length. specialize (F field I). unfold is_redundant in F.
    apply andb_prop in F. destruct F as [F _]. apply andb_prop in F. now apply Nat.eqb_eq.
  - intros theta L. apply Forall_map, Forall_forall. intros field I. rewrite field_values by exact L.
    now apply is_redundant_changes_nothing, L; auto.
  - exists (map IZR point). split; [now rewrite map_length|].
    assert (W : map (map (fun g => of_list g (map IZR point))) (map (map (fun g => listed n (meaning g))) fields) =
      map (map Q2R) (fields_at fields (whole_point point))).
    { unfold fields_at. rewrite !map_map. apply map_ext. intros field. rewrite field_values by (now rewrite map_length).
      rewrite map_map.
      apply map_ext. intros g. now rewrite sparse_value_at, normal_at, whole_point_at. }
    rewrite W. apply (eliminated_independent k n); [|exact X]. unfold fields_at. apply Forall_map, Forall_forall.
    intros field I.
    rewrite map_length. specialize (F field I). unfold is_redundant in F. apply andb_prop in F. destruct F as [F _].
    apply andb_prop in F. now apply Nat.eqb_eq.
Qed.

Lemma polynomial_of_expression n e : polynomial n (meaning e).
Proof.
  induction e as [z|i|a A|a A b B|a A b B|a A b B|a A k|a A d]; simpl; try (now constructor).
  - apply (polynomial_same n (fun p => -1 * meaning a p)); [intros; ring | apply polynomial_product; [constructor | exact A]].
  - apply (polynomial_same n (fun p => meaning a p + -1 * meaning b p)); [intros; ring|].
    apply polynomial_sum; [exact A | apply polynomial_product; [constructor | exact B]].
  - induction k as [|k IH]; simpl; [constructor | now apply polynomial_product].
  - apply polynomial_product; [exact A | constructor].
Qed.

Theorem at_most_by_redundance l k n m es fields point : are_redundant l n es fields point = true -> Nat.eqb (k + l) n = true
  ->
  forall theta, length theta = n -> changes_at_most k n m (as_outputs (n + m) es) theta.
Proof.
  intros H L. apply Nat.eqb_eq in L. apply (redundant_directions_bound l k n m es (as_fields n fields)); [|exact L|].
  - exact (redundant_directions_known l n m es fields point H).
  - intros field g I G. unfold as_fields in I. apply in_map_iff in I. destruct I as (es' & <- & _). apply in_map_iff in G.
    destruct G as (e & <- & _). apply (polynomial_same n (meaning e)); [|apply polynomial_of_expression]. intros p Lp.
    symmetry. now apply of_listed.
Qed.

Theorem at_most_by_coefficients k n m es known : uses_few k n es known = true ->
  forall theta, length theta = n -> changes_at_most k n m (as_outputs (n + m) es) theta.
Proof. intros H. apply few_coefficients_bound. exact (few_coefficients_known m es k n known H). Qed.

(** * At one point *)

Definition rational (z : Z) (d : positive) : Q := Qmake z d.
Definition reals_of (point : list Q) : list R := map Q2R point.

(** That a list of numbers is that of some rational ones. *)
Ltac same_reals :=
  unfold reals_of, rational, Q2R; cbn [map Qnum Qden]; repeat (apply f_equal2; [field |]); reflexivity.

(** The polynomial in the data that is left for these values of the parameters. *)
Fixpoint specialised (n : nat) (point : list Q) (s : sparse) : sparse :=
  match s with
  | [] => []
  | (m, c) :: rest =>
      let d := reduced (c * monomial_value (own n m) point) in
      if Qeq_bool d 0 then specialised n point rest else sparse_add [(other n m, d)] (specialised n point rest)
  end.

Lemma specialised_at n point s x : length point = n -> sparse_at (specialised n point s) x = sparse_at s (map Q2R point ++ x).
Proof.
  intros L. induction s as [|(m, c) s IH]; cbn [specialised sparse_at]; [reflexivity|].
  rewrite (own_and_other n) by (now rewrite map_length). rewrite <- monomial_value_at, <- IH.
  assert (D : Q2R (reduced (c * monomial_value (own n m) point)) = Q2R c * Q2R (monomial_value (own n m) point)).
  { rewrite reduced_value. apply Q2R_mult. }
  cbv zeta. destruct (Qeq_bool _ 0) eqn:Z.
  - apply Qeq_bool_zero in Z. rewrite D in Z. rewrite <- Rmult_assoc, Z. ring.
  - rewrite sparse_add_at. cbn [sparse_at]. rewrite D. ring.
Qed.

Fixpoint along_vector (n : nat) (point : list Q) (j : nat) (u : list Q) (s : sparse) : sparse :=
  match u with
  | [] => []
  | a :: rest =>
      if Qeq_bool a 0 then along_vector n point (S j) rest s
      else sparse_add (sparse_scaled [] a (specialised n point (sparse_partial j s))) (along_vector n point (S j) rest s)
  end.

Lemma along_vector_at n point s x u : length point = n -> forall j, sparse_at (along_vector n point j u s) x =
  dot (map Q2R u) (map (fun i => sparse_at (sparse_partial i s) (map Q2R point ++ x)) (seq j (length u))).
Proof.
  intros L. induction u as [|a u IH]; intros j; cbn [along_vector map dot length seq]; [reflexivity|].
  destruct (Qeq_bool a 0) eqn:Z.
  - apply Qeq_bool_zero in Z. rewrite IH, Z. ring.
  - rewrite sparse_add_at, sparse_scaled_at, specialised_at, IH by exact L. cbn [monomial_at]. ring.
Qed.

Definition changes_none (k n : nat) (es : list expression) (point : list Q) (vectors : list (list Q)) : bool :=
  (Nat.eqb (length point) n && Nat.eqb (k + length vectors) n && forallb (fun u => Nat.eqb (length u) n) vectors &&
   forallb (fun e => let s := normal e in
     forallb (fun u => match along_vector n point 0 u s with [] => true | _ => false end) vectors) es &&
   eliminated n vectors)%bool.

Theorem changes_at_most_here k n m es point vectors : changes_none k n es point vectors = true ->
  changes_at_most k n m (as_outputs (n + m) es) (map Q2R point).
Proof.
  unfold changes_none. intros H. repeat (apply andb_prop in H; destruct H as [H ?]). apply Nat.eqb_eq in H, H3.
  rename H0 into X, H1 into Z, H2 into F, H3 into L. apply Forall_forallb in F. rewrite forallb_forall in Z.
  assert (FV : Forall (fun u => length u = n) vectors) by (eapply Forall_impl; [|exact F]; intros u; apply Nat.eqb_eq).
  apply (changes_at_most_there k n m _ _ (map (map Q2R) vectors)).
  - now rewrite map_length.
  - apply Forall_map. eapply Forall_impl; [|exact FV]. intros u Lu. simpl in Lu. now rewrite map_length.
  - exact (eliminated_independent n n vectors FV X).
  - apply Forall_map, Forall_forall. intros u I f x If Lx. unfold as_outputs in If. apply in_map_iff in If.
    destruct If as (e & <- & Ie).
    specialize (Z e Ie). rewrite forallb_forall in Z. specialize (Z u I). rewrite Forall_forall in FV. specialize (FV u I).
    rewrite change_value by (try rewrite map_length; lia). 
    assert (W := along_vector_at n point (normal e) x u H 0). rewrite FV in W. rewrite <- W.
    destruct (along_vector n point 0 u (normal e)); [reflexivity | discriminate].
Qed.

(** * Data of which some moments are known *)

Definition is_monomial (e : expression) : option monomial :=
  match normal e with
  | [(m, c)] => if Qeq_bool c 1 then Some m else None
  | _ => None
  end.

Fixpoint monomials (es : list expression) : option (list monomial) :=
  match es with
  | [] => Some []
  | e :: rest => match is_monomial e, monomials rest with Some m, Some l => Some (m :: l) | _, _ => None end
  end.

Lemma monomials_are es : forall l, monomials es = Some l -> forall m x, length x = m ->
  map (fun g => of_list g x) (map (fun e => listed m (meaning e)) es) = map (fun k => monomial_at k x) l.
Proof.
  induction es as [|e es IH]; intros l H m x Lx; simpl in H; [injection H as <-; reflexivity|].
  destruct (is_monomial e) as [k|] eqn:K; [|discriminate]. destruct (monomials es) as [l'|]; [|discriminate].
  injection H as <-.
  cbn [map]. rewrite (IH l' eq_refl m x Lx). f_equal. rewrite of_listed by exact Lx. rewrite <- normal_at.
  unfold is_monomial in K.
  destruct (normal e) as [|(k', c) [|? ?]]; try discriminate. destruct (Qeq_bool c 1) eqn:C; [|discriminate].
  injection K as ->.
  apply Qeq_bool_eq, Qeq_eqR in C. cbn [sparse_at]. rewrite C, Q2R_one. ring.
Qed.

Definition known_moments (n : nat) (es functions : list expression) : bool :=
  match monomials functions with
  | Some l => forallb (slopes_use n l) es
  | None => false
  end.

Theorem definite_moments_tell_apart {Omega : Type} {V : (Omega -> R) -> Prop} {E : (Omega -> R) -> R} (HE : expectation V E)
  n m es (data : list (Omega -> R)) functions theta : length data = m -> length theta = n -> known_moments n es functions =
    true ->
  definite_moments E (map (fun e => listed m (meaning e)) functions) data -> tells_apart (E := E) n m es data theta.
Proof.
  intros Lm Lt K D u Lu Z f x F Lx. unfold as_outputs in F. apply in_map_iff in F. destruct F as (e & <- & I).
  unfold known_moments in K. destruct (monomials functions) as [l|] eqn:M; [|discriminate]. rewrite forallb_forall in K.
  destruct (change_coefficients n m l e theta u Lt (K e I)) as (c & Lc & Hc). rewrite Hc by exact Lx.
  destruct (not_all_zero_or c) as [N|Z0]; [|now apply dot_zero_l]. exfalso.
  assert (A := monomials_are functions l M). assert (Ll : length l = length functions).
  { rewrite <- (map_length (fun k => monomial_at k x) l), <- (A m x Lx). now rewrite !map_length. }
  assert (P := D c ltac:(rewrite map_length; lia) N). specialize (Z e I).
  assert (S : E (fun w => dot c (map (fun g => of_list g (inputs_of data w)) (map (fun e => listed m (meaning e)) functions))
    ^ 2) =
    E (fun w => change n (listed (n + m) (meaning e)) theta (inputs_of data w) u ^ 2)).
  { apply (expectation_ext HE). intros w. rewrite (A m), Hc; unfold inputs_of; try (now rewrite map_length). reflexivity. }
  lra.
Qed.

(** * The rank of the Hessian *)

(** For almost every theta. *)
Theorem hessian_rank_almost_everywhere {Omega : Type} {V : (Omega -> R) -> Prop} {E : (Omega -> R) -> R} (HE : expectation V
  E)
  k l n m es (data : list (Omega -> R)) : length data = m -> Forall V data -> (k + l = n)%nat ->
  (forall theta, length theta = n -> tells_apart (E := E) n m es data theta) ->
  almost_every n (changes_at_least k n m (as_outputs (n + m) es)) ->
  (forall theta, length theta = n -> changes_at_most k n m (as_outputs (n + m) es) theta) ->
  almost_every n (hessian_has_rank E k n l data (as_outputs (n + m) es)).
Proof.
  intros Lm RX S T A B. apply (almost_every_implies n (changes_at_least k n m (as_outputs (n + m) es))); [|exact A].
  intros theta Lt H. apply (hessian_has_this_rank HE n m es data Lm RX); auto.
Qed.
