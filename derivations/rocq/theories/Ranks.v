(** In how many directions the parameters of a model change its output as a function of the data,
  and the rank of the Hessian of
    its mean square error where it matches what it is compared with.

    The model's outputs are functions of n parameters theta and then of m inputs x. *)

Require Import QArith Qreals Reals Lra Lia Classical.
From Coquelicot Require Import Coquelicot.
Require Import List.
From Derivations Require Export Spans.
Open Scope R_scope.

(** The derivative of an output f by the parameter number j, and along u. *)
Definition slope (f : several) (theta x : list R) (j : nat) : R := partial j (fun q => of_list f (q ++ x)) theta.

Definition change (n : nat) (f : several) (theta x u : list R) : R := dot u (map (slope f theta x) (seq 0 n)).

(** To first order u changes no output, for no inputs. *)
Definition changes_nothing (n m : nat) (outputs : list several) (theta u : list R) : Prop :=
  forall f x, In f outputs -> length x = m -> change n f theta x u = 0.

(** There are k directions of which no combination but 0 changes nothing; of any k + 1 directions, some does. *)
Definition changes_at_least (k n m : nat) (outputs : list several) (theta : list R) : Prop :=
  exists U, length U = k /\ Forall (fun u => length u = n) U /\
  forall c, length c = k -> changes_nothing n m outputs theta (combination n c U) -> Forall (fun a => a = 0) c.

Definition changes_at_most (k n m : nat) (outputs : list several) (theta : list R) : Prop :=
  forall U, length U = S k -> Forall (fun u => length u = n) U ->
  exists c, length c = S k /\ not_all_zero c /\ changes_nothing n m outputs theta (combination n c U).

Definition changes_at_most_everywhere (k n m : nat) (outputs : list several) : Prop :=
  forall theta, length theta = n -> changes_at_most k n m outputs theta.

Definition changes_exactly (k n m : nat) (outputs : list several) (theta : list R) : Prop :=
  changes_at_least k n m outputs theta /\ changes_at_most k n m outputs theta.

(** ** Why there are not more: few functions of the data, or directions that change nothing anywhere *)

Definition few_coefficients (k n m : nat) (outputs : list several) : Prop :=
  exists B : list (nat -> list R -> R), length B = k /\
  forall theta u, length theta = n -> length u = n -> exists c, length c = k /\
  forall i x, (i < length outputs)%nat -> length x = m ->
  change n (nth i outputs (taken 0)) theta x u = dot c (map (fun b => b i x) B).

(** Fields along which nothing changes, independent at some point. *)
Definition redundant_directions (k n m : nat) (outputs : list several) (fields : list (list several)) : Prop :=
  length fields = k /\ Forall (fun field => length field = n) fields /\
  (forall theta, length theta = n -> Forall (fun field => changes_nothing n m outputs theta (map (fun g => of_list g theta)
    field)) fields) /\
  exists p, length p = n /\ independent_rows (map (map (fun g => of_list g p)) fields).

(** ** The Hessian of the mean square error *)

Section Law.

Context {Omega : Type} (E : (Omega -> R) -> R).

Definition inputs_of (data : list (Omega -> R)) (w : Omega) : list R := map (fun x => x w) data.

Definition half_squares (outputs : list several) (theta' theta x : list R) : R :=
  fold_right (fun f rest => (of_list f (theta' ++ x) - of_list f (theta ++ x)) ^ 2 / 2 + rest) 0 outputs.

(** In theta', at theta' = theta, the second derivatives of E |f(theta'; x) - f(theta; x)|^2 / 2. *)
Definition hessian_at (n : nat) (data : list (Omega -> R)) (outputs : list several) (theta : list R) : list (list R) :=
  let loss := fun theta' => E (fun w => half_squares outputs theta' theta (inputs_of data w)) in
  map (fun i => map (fun j => partial j (partial i loss) theta) (seq 0 n)) (seq 0 n).

Definition hessian_has_rank (k n l : nat) (data : list (Omega -> R)) (outputs : list several) (theta : list R) : Prop :=
  rank_of n k (hessian_at n data outputs theta) /\ nullity_of n l (hessian_at n data outputs theta).

(** No polynomial but 0 vanishes almost surely, which is to say in mean square. *)
Definition full_support (data : list (Omega -> R)) : Prop :=
  forall Q, polynomial (length data) Q -> E (fun w => Q (inputs_of data w) ^ 2) = 0 -> forall x,
    length x = length data -> Q x = 0.

(** The matrix of the second moments of these functions of the data is positive definite. *)
Definition definite_moments (functions : list several) (data : list (Omega -> R)) : Prop :=
  forall c, length c = length functions -> not_all_zero c ->
  0 < E (fun w => dot c (map (fun g => of_list g (inputs_of data w)) functions) ^ 2).

End Law.

(** * Outputs that are polynomials *)

Definition as_outputs (N : nat) (es : list expression) : list several := map (fun e => listed N (meaning e)) es.

Lemma slope_value N e theta x j : (length theta + length x = N)%nat -> (j < length theta)%nat ->
  slope (listed N (meaning e)) theta x j = sparse_at (sparse_partial j (normal e)) (theta ++ x).
Proof.
  intros L B. rewrite <- partial_sparse by (rewrite app_length; lia). unfold slope, partial. rewrite app_nth1 by exact B.
  apply Derive_ext. intros t. rewrite of_listed by (rewrite app_length, with_value_length; lia). rewrite <- normal_at.
  f_equal.
  clear - B. revert j B. induction theta as [|y theta IH]; intros [|j] B; simpl in *; try lia; try reflexivity.
  now rewrite IH by lia.
Qed.

Lemma change_value N n e theta x u : length theta = n -> (n + length x = N)%nat ->
  change n (listed N (meaning e)) theta x u =
  dot u (map (fun j => sparse_at (sparse_partial j (normal e)) (theta ++ x)) (seq 0 n)).
Proof.
  intros L B. unfold change. f_equal. apply map_ext_in. intros j J. apply in_seq in J. apply slope_value; lia.
Qed.

Lemma polynomial_of_monomial n m g : (forall i,
  polynomial n (fun p => nth i (g p) 0)) -> polynomial n (fun p => monomial_at m (g p)).
Proof. intros G. induction m as [|i m IH]; simpl; [constructor|]. now apply polynomial_product. Qed.

Lemma polynomial_of_sparse n s g : (forall i,
  polynomial n (fun p => nth i (g p) 0)) -> polynomial n (fun p => sparse_at s (g p)).
Proof.
  intros G. induction s as [|(m, c) s IH]; simpl; [constructor|]. apply polynomial_sum; [|exact IH].
  apply polynomial_product; [constructor | now apply polynomial_of_monomial].
Qed.

Lemma parameters_vary n x i : polynomial n (fun p => nth i (p ++ x) 0).
Proof.
  destruct (lt_dec i n) as [L|L].
  - apply (polynomial_same n (fun p => nth i p 0)); [|constructor]. intros p Lp. rewrite app_nth1; [reflexivity | lia].
  - apply (polynomial_same n (fun _ => nth (i - n) x 0)); [|constructor]. intros p Lp. rewrite app_nth2 by lia.
    now rewrite Lp.
Qed.

Lemma inputs_vary m theta i : polynomial m (fun x => nth i (theta ++ x) 0).
Proof.
  destruct (lt_dec i (length theta)) as [L|L].
  - apply (polynomial_same m (fun _ => nth i theta 0)); [|constructor]. intros x Lx. now rewrite app_nth1.
  - apply (polynomial_same m (fun x => nth (i - length theta) x 0)); [|constructor]. intros x Lx. now rewrite app_nth2 by lia.
Qed.

Lemma polynomial_dot {A : Type} n (l : list A) (g : A -> list R -> R) : forall u, (forall a, In a l -> polynomial n (g a)) ->
  polynomial n (fun p => dot u (map (fun a => g a p) l)).
Proof.
  induction l as [|a l IH]; intros [|x u] G; simpl; try constructor.
  - apply polynomial_product; [constructor | apply G; simpl; auto].
  - apply IH. intros b B. apply G. simpl. auto.
Qed.

(** ** At a point, computed: from the slopes for some inputs *)

Definition slope_row (n : nat) (es : list sparse) (theta : list Q) (samples : list (list Q)) (j : nat) : list Q :=
  flat_map (fun s => let d := sparse_partial j s in map (fun x => sparse_value d (theta ++ x)) samples) es.

Definition enough_slopes (k n m : nat) (es : list expression) (point : list Q) (samples : list (list Z)) (chosen : list nat)
  : bool :=
  (Nat.eqb (length point) n && Nat.eqb (length chosen) k && forallb (fun j => Nat.ltb j n) chosen &&
   forallb (fun x => Nat.eqb (length x) m) samples &&
   eliminated k (let normals := map normal es in map (slope_row n normals point (map whole_point samples)) chosen))%bool.

Lemma Forall_forallb {A : Type} (f : A -> bool) l : forallb f l = true -> Forall (fun a => f a = true) l.
Proof. intros H. apply Forall_forall. now apply forallb_forall. Qed.

Lemma change_unit n f theta x j : (j < n)%nat -> change n f theta x (unit_vector n j) = slope f theta x j.
Proof. intros L. unfold change. rewrite dot_unit by (try rewrite map_length, seq_length; auto). now rewrite nth_map_seq. Qed.

Lemma change_combination n f theta x c U : length c = length U -> Forall (fun u => length u = n) U ->
  change n f theta x (combination n c U) = dot c (map (change n f theta x) U).
Proof. intros L F. unfold change at 1. rewrite dot_combination by (try rewrite map_length, seq_length; auto). reflexivity.
Qed.

Lemma slope_row_length n es theta samples j : length (slope_row n es theta samples j) = (length es * length samples)%nat.
Proof. unfold slope_row. induction es as [|e es IH]; simpl; [reflexivity|]. now rewrite app_length, map_length, IH. Qed.

Lemma independent_from_slopes k n m es point samples chosen : enough_slopes k n m es point samples chosen = true ->
  forall c, length c = k ->
  changes_nothing n m (as_outputs (n + m) es) (map Q2R point) (combination n c (map (unit_vector n) chosen)) -> Forall (fun a
    => a = 0) c.
Proof.
  unfold enough_slopes. intros H c Lc Z. repeat (apply andb_prop in H; destruct H as [H ?]).
  apply Nat.eqb_eq in H, H3. apply Forall_forallb in H1, H2. rename H0 into X, H1 into FS, H2 into FC, H3 into LK.
  assert (FU : Forall (fun u => length u = n) (map (unit_vector n) chosen)).
  { apply Forall_map, Forall_forall. intros j _. apply unit_vector_length. }
  cbv zeta in X. revert c Lc Z. rewrite <- LK. intros c Lc Z.
  refine (eliminated_independent k _ _ _ X c _ _).
  - instantiate (1 := (length es * length samples)%nat). apply Forall_map, Forall_forall. intros j _.
    rewrite slope_row_length, !map_length. reflexivity.
  - now rewrite !map_length.
  - intros i. unfold combined. rewrite !map_map.
    assert (G : forall fs, (forall e, In e fs -> In e es) -> forall i,
      dot c (map (fun j => nth i (map Q2R (slope_row n (map normal fs) point (map whole_point samples) j)) 0) chosen) = 0).
    { induction fs as [|e fs IH]; intros S l.
      - apply dot_zero_r. apply Forall_map, Forall_forall. intros j _. destruct l; reflexivity.
      - assert (Rows : forall j, slope_row n (map normal (e :: fs)) point (map whole_point samples) j =
          map (fun x => sparse_value (sparse_partial j (normal e)) (point ++ whole_point x)) samples ++
          slope_row n (map normal fs) point (map whole_point samples) j).
        { intros j. unfold slope_row. simpl. now rewrite map_map. }
        destruct (lt_dec l (length samples)) as [B|B].
        + set (x := nth l samples []). assert (Lx : length x = m).
          { rewrite Forall_forall in FS. apply Nat.eqb_eq, FS, nth_In, B. }
          specialize (Z (listed (n + m) (meaning e)) (map IZR x)).
          rewrite change_combination in Z by (try rewrite map_length; auto).
          refine (eq_trans _ (Z _ _)); [|unfold as_outputs; apply (in_map (fun e => listed (n + m) (meaning e))), S; simpl;
            auto | now rewrite map_length].
          rewrite map_map. f_equal. apply map_ext_in. intros j J. rewrite Forall_forall in FC. assert (Bj := FC j J).
          apply Nat.ltb_lt in Bj. rewrite change_unit, slope_value by (rewrite ?map_length; lia).
          rewrite whole_point_at, <- map_app, <- sparse_value_at, Rows, map_app, app_nth1 by (rewrite !map_length; exact B).
          rewrite map_map. rewrite (nth_indep _ 0 (Q2R (sparse_value (sparse_partial j (normal e)) (point ++ whole_point
            [])))) by
            (now rewrite map_length). now rewrite (map_nth (fun x => Q2R (sparse_value (sparse_partial j (normal e)) (point
              ++ whole_point x)))).
        + refine (eq_trans _ (IH (fun e' I => S e' (or_intror I)) (l - length samples)%nat)). f_equal. apply map_ext.
          intros j.
          rewrite Rows, map_app, app_nth2 by (rewrite !map_length; lia). now rewrite !map_length. }
    apply G. auto.
Qed.

Theorem changes_at_least_there k n m es point samples chosen : enough_slopes k n m es point samples chosen = true ->
  changes_at_least k n m (as_outputs (n + m) es) (map Q2R point).
Proof.
  intros H. exists (map (unit_vector n) chosen). split.
  - unfold enough_slopes in H. repeat (apply andb_prop in H; destruct H as [H ?]). apply Nat.eqb_eq in H3.
    now rewrite map_length.
  - split; [|exact (independent_from_slopes k n m es point samples chosen H)].
    apply Forall_map, Forall_forall. intros j _. apply unit_vector_length.
Qed.

(** ** Almost everywhere, and everywhere *)

Lemma changes_along n m es theta U : length theta = n -> Forall (fun u => length u = n) U ->
  let place := fun i : several * list R => In (fst i) (as_outputs (n + m) es) /\ length (snd i) = m in
  (forall c, length c = length U -> changes_nothing n m (as_outputs (n + m) es) theta (combination n c U) -> Forall (fun a =>
    a = 0) c) <->
  independent_on place (values (map (fun u i q => change n (fst i) q (snd i) u) U) theta).
Proof.
  intros Lt FU place. unfold independent_on, values. rewrite !map_length.
  assert (D : forall c i, length c = length U ->
    dot c (map (fun f : several * list R -> R => f i) (map (fun f i => f i theta) (map (fun u i q => change n (fst i) q (snd
      i) u) U))) =
    change n (fst i) theta (snd i) (combination n c U)).
  { intros c i Lc. rewrite !map_map. symmetry. now apply change_combination. }
  split; intros H c Lc Z; apply H; try exact Lc.
  - intros f x F X. exact (eq_trans (eq_sym (D c (f, x) Lc)) (Z (f, x) (conj F X))).
  - intros [f x] [F X]. exact (eq_trans (D c (f, x) Lc) (Z f x F X)).
Qed.

Lemma change_varies n m es u i : In (fst i) (as_outputs (n + m) es) -> length (snd i) = m ->
  polynomial n (fun q => change n (fst i) q (snd i) u).
Proof.
  destruct i as [f x]. simpl. intros F X. unfold as_outputs in F. apply in_map_iff in F. destruct F as (e & <- & _).
  apply (polynomial_same n (fun q => dot u (map (fun j => sparse_at (sparse_partial j (normal e)) (q ++ x)) (seq 0 n)))).
  - intros q Lq. symmetry. apply change_value; lia.
  - apply (polynomial_dot n (seq 0 n) (fun j q => sparse_at (sparse_partial j (normal e)) (q ++ x))). intros j _.
    apply (polynomial_of_sparse n _ (fun q => q ++ x)). intros i. apply parameters_vary.
Qed.

(** As many independent directions as at one point there are almost everywhere. *)
Lemma independent_almost_everywhere n m es U p : length p = n -> Forall (fun u => length u = n) U ->
  (forall c, length c = length U -> changes_nothing n m (as_outputs (n + m) es) p (combination n c U) -> Forall (fun a => a =
    0) c) ->
  almost_every n (fun theta => forall c, length c = length U -> changes_nothing n m (as_outputs (n + m) es) theta
    (combination n c U) ->
    Forall (fun a => a = 0) c).
Proof.
  intros Lp FU H. apply changes_along in H; [|exact Lp | exact FU].
  assert (G := fun P => stays_independent _ n _ p Lp P H). destruct G as (Q & PQ & NQ & HQ).
  - intros f i F [A B]. apply in_map_iff in F. destruct F as (u & <- & _). now apply (change_varies n m es u i).
  - exists Q. split; [exact PQ|]. split; [now exists p|]. intros q Lq N. apply changes_along; auto.
Qed.

Theorem changes_at_least_almost_everywhere k n m es point samples chosen :
  enough_slopes k n m es (whole_point point) samples chosen = true ->
  almost_every n (changes_at_least k n m (as_outputs (n + m) es)).
Proof.
  intros H. assert (G := H). unfold enough_slopes in G. repeat (apply andb_prop in G; destruct G as [G ?]).
  apply Nat.eqb_eq in G, H3. assert (FU : Forall (fun u => length u = n) (map (unit_vector n) chosen)).
  { apply Forall_map, Forall_forall. intros j _. apply unit_vector_length. }
  assert (L : length (map (unit_vector n) chosen) = k) by (now rewrite map_length).
  apply (almost_every_implies n (fun theta => forall c, length c = length (map (unit_vector n) chosen) ->
    changes_nothing n m (as_outputs (n + m) es) theta (combination n c (map (unit_vector n) chosen)) -> Forall (fun a => a =
      0) c)).
  - intros theta Lt I. exists (map (unit_vector n) chosen). split; [exact L|]. split; [exact FU|]. intros c Lc. apply I.
    now rewrite L.
  - apply (independent_almost_everywhere n m es _ (map Q2R (whole_point point))); [now rewrite map_length | exact FU |].
    rewrite L. exact (independent_from_slopes k n m es _ samples chosen H).
Qed.

Lemma few_parameters n m outputs theta : changes_at_most n n m outputs theta.
Proof.
  intros U L F. destruct (many_are_dependent n U) as (c & Lc & Nc & Z); [lia | exact F |]. exists c. split; [lia|].
  split; [exact Nc|]. intros f x _ _. unfold change. apply dot_zero_l. unfold combination. apply Forall_map, Forall_forall.
  intros i _. apply Z.
Qed.

Lemma few_coefficients_bound k n m outputs : few_coefficients k n m outputs ->
  forall theta, length theta = n -> changes_at_most k n m outputs theta.
Proof.
  intros (B & LB & H) theta Lt U LU FU.
  assert (C : exists C, length C = length U /\ Forall (fun c => length c = k) C /\ forall i x,
    (i < length outputs)%nat -> length x = m ->
    map (change n (nth i outputs (taken 0)) theta x) U = map (fun c => dot c (map (fun b => b i x) B)) C).
  { clear LU. induction FU as [|u U Lu FU (C & LC & FC & HC)].
    - exists []. split; [reflexivity|]. split; [constructor|]. reflexivity.
    - destruct (H theta u Lt Lu) as (c & Lc & Hc). exists (c :: C). split; [simpl; lia|]. split; [now constructor|].
      intros i x F X. simpl. now rewrite (HC i x F X), (Hc i x F X). }
  destruct C as (C & LC & FC & HC). destruct (many_are_dependent k C) as (d & Ld & Nd & Z); [lia | exact FC |].
  exists d. split; [lia|]. split; [exact Nd|]. intros f x F X. apply In_nth with (d := taken 0) in F.
  destruct F as (i & Li & <-).
  rewrite change_combination, (HC i x Li X) by (auto; lia).
  rewrite <- (dot_combination k) by (auto; now rewrite map_length). apply dot_zero_l. unfold combination.
  apply Forall_map, Forall_forall. intros l _. apply Z.
Qed.

(** Where k independent directions change nothing, n - k remain. *)
Lemma changes_at_most_there k n m outputs theta A : (k + length A = n)%nat -> Forall (fun u => length u = n) A ->
  independent_rows A -> Forall (changes_nothing n m outputs theta) A -> changes_at_most k n m outputs theta.
Proof.
  intros L FA IA ZA U LU FU. destruct (many_are_dependent n (U ++ A)) as (c & Lc & Nc & Z).
  { rewrite app_length. lia. }
  { apply Forall_app. split; assumption. }
  rewrite app_length in Lc. set (d := firstn (length U) c). set (e := skipn (length U) c).
  assert (Ec : c = d ++ e) by (symmetry; apply firstn_skipn).
  assert (Ld : length d = length U) by (unfold d; rewrite firstn_length; lia).
  assert (Le : length e = length A) by (unfold e; rewrite skipn_length; lia).
  assert (C : forall i, combined d U i + combined e A i = 0) by (intros i; rewrite <- combined_app, <- Ec by exact Ld;
    apply Z).
  exists d. split; [lia|]. split.
  - destruct (not_all_zero_or d) as [N|F]; [exact N|]. exfalso. apply (all_zero_not c); [|exact Nc]. rewrite Ec.
    apply Forall_app.
    split; [exact F|]. apply IA; [exact Le|]. intros i. specialize (C i). unfold combined at 1 in C.
    rewrite (dot_zero_l d _ F) in C. lra.
  - intros f x F X. assert (S : change n f theta x (combination n d U) + change n f theta x (combination n e A) = 0).
    { unfold change. rewrite <- dot_plus by (unfold combination; now rewrite !map_length). apply dot_zero_l.
      unfold combination.
      rewrite Forall_forall. intros a I. apply in_map_iff in I. destruct I as ((y, z) & <- & I). simpl.
      clear - C I. induction (seq 0 n) as [|i l IH]; simpl in I; [contradiction|]. destruct I as [I|I]; [|auto].
      injection I as <- <-. apply C. }
    rewrite (change_combination n f theta x e A Le FA) in S.
    assert (ZE : Forall (fun a => a = 0) (map (change n f theta x) A)).
    { apply Forall_map. rewrite Forall_forall in *. intros u Hu. exact (ZA u Hu f x F X). }
    rewrite (dot_zero_r e _ ZE) in S. lra.
Qed.

(** Where more directions did, they would almost everywhere; but almost everywhere the redundant ones are independent. *)
Theorem redundant_directions_bound l k n m es fields : redundant_directions l n m (as_outputs (n + m) es) fields -> (k + l =
  n)%nat ->
  (forall field g, In field fields -> In g field -> polynomial n (of_list g)) ->
  forall theta, length theta = n -> changes_at_most k n m (as_outputs (n + m) es) theta.
Proof.
  intros (Lf & Ff & Z & p & Lp & I) L P theta Lt U LU FU. apply NNPP. intros N.
  assert (H : forall c, length c = length U -> changes_nothing n m (as_outputs (n + m) es) theta (combination n c U) ->
    Forall (fun a => a = 0) c).
  { intros c Lc Zc. destruct (not_all_zero_or c) as [Nc|F]; [|exact F]. exfalso. apply N. exists c. split; [lia | auto]. }
  apply independent_almost_everywhere in H; [|exact Lt | exact FU].
  set (rows := fun q => map (map (fun g => of_list g q)) fields) in *.
  assert (J : almost_every n (fun q => independent_rows (rows q))).
  { set (M := map (fun field i q => nth i (map (fun g => of_list g q) field) 0) fields).
    assert (V : forall q c i, dot c (map (fun f : nat -> R => f i) (values M q)) = combined c (rows q) i).
    { intros q c i. unfold values, M, rows, combined. now rewrite !map_map. }
    destruct (stays_independent (fun _ : nat => True) n M p Lp) as (Q & PQ & NQ & HQ).
    - intros f i F _. unfold M in F. apply in_map_iff in F. destruct F as (field & <- & F).
      destruct (lt_dec i (length field)) as [B|B].
      + apply (polynomial_same n (of_list (nth i field (taken 0)))); [|apply (P field); [exact F | now apply nth_In]].
        intros q _. symmetry. rewrite (nth_indep _ 0 (of_list (taken 0) q)) by (now rewrite map_length).
        now rewrite (map_nth (fun g => of_list g q)).
      + apply (polynomial_same n (fun _ => 0)); [|constructor]. intros q _.
        rewrite nth_overflow; [reflexivity | rewrite map_length; lia].
    - intros c Lc Zc. apply I; [unfold values, M in Lc; rewrite !map_length in *; exact Lc|]. intros i. fold (rows p).
      rewrite <- V. now apply Zc.
    - exists Q. split; [exact PQ|]. split; [now exists p|]. intros q Lq Nq c Lc Zc. apply (HQ q Lq Nq).
      + unfold values, M, rows in *. rewrite !map_length in *. exact Lc.
      + intros i _. rewrite V. apply Zc. }
  destruct (almost_every_some _ _ (almost_every_and _ _ _ H J)) as (q & Lq & Hq & Jq).
  destruct (changes_at_most_there k n m (as_outputs (n + m) es) q (rows q)) with (U := U) as (c & Lc & Nc & Zc).
  - unfold rows. rewrite map_length. lia.
  - unfold rows. apply Forall_map. eapply Forall_impl; [|exact Ff]. intros field Lfi. simpl in *. now rewrite map_length.
  - exact Jq.
  - unfold rows. apply Forall_map. apply Z, Lq.
  - exact LU.
  - exact FU.
  - apply (all_zero_not c); [|exact Nc]. apply Hq; [lia | exact Zc].
Qed.
