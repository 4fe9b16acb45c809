(** Dimensions of spaces of vectors and of functions; what holds for almost every point because some polynomial is not zero.
*)

Require Import Reals Lra Lia Classical.
Require Import List.
From Derivations Require Export Fields.
Open Scope R_scope.

(** * Polynomials in n variables with real coefficients, as functions *)

Inductive polynomial (n : nat) : (list R -> R) -> Prop :=
  | polynomial_constant c : polynomial n (fun _ => c)
  | polynomial_coordinate i : polynomial n (fun p => nth i p 0)
  | polynomial_sum f g : polynomial n f -> polynomial n g -> polynomial n (fun p => f p + g p)
  | polynomial_product f g : polynomial n f -> polynomial n g -> polynomial n (fun p => f p * g p)
  | polynomial_same f g : (forall p, length p = n -> f p = g p) -> polynomial n f -> polynomial n g.

(** For almost every point of n coordinates: wherever some polynomial does not vanish, which is not zero everywhere. *)
Definition almost_every (n : nat) (P : list R -> Prop) : Prop :=
  exists Q, polynomial n Q /\ (exists p, length p = n /\ Q p <> 0) /\ forall p, length p = n -> Q p <> 0 -> P p.

(** ** On a line, a polynomial is one in a single variable; it has finitely many zeros, or it is zero *)

Fixpoint horner (a : list R) (t : R) : R :=
  match a with
  | [] => 0
  | c :: rest => c + t * horner rest t
  end.

Fixpoint horner_add (a b : list R) : list R :=
  match a, b with
  | [], _ => b
  | _, [] => a
  | c :: a', d :: b' => (c + d) :: horner_add a' b'
  end.

Lemma horner_add_at a : forall b t, horner (horner_add a b) t = horner a t + horner b t.
Proof. induction a as [|c a IH]; intros [|d b] t; simpl; try ring. rewrite IH. ring. Qed.

Lemma horner_scaled_at c a t : horner (map (Rmult c) a) t = c * horner a t.
Proof. induction a as [|d a IH]; simpl; [ring|]. rewrite IH. ring. Qed.

Fixpoint horner_mul (a b : list R) : list R :=
  match a with
  | [] => []
  | c :: a' => horner_add (map (Rmult c) b) (0 :: horner_mul a' b)
  end.

Lemma horner_mul_at a b t : horner (horner_mul a b) t = horner a t * horner b t.
Proof. induction a as [|c a IH]; simpl; [ring|]. rewrite horner_add_at, horner_scaled_at. simpl. rewrite IH. ring. Qed.

(** The polynomial divided by t - r; the remainder is its value at r. *)
Fixpoint divided (r : R) (a : list R) : list R :=
  match a with
  | [] => []
  | _ :: rest => match rest with [] => [] | _ => horner rest r :: divided r rest end
  end.

Lemma divided_at r t a : horner a t = horner a r + (t - r) * horner (divided r a) t.
Proof.
  induction a as [|c a IH]; simpl; [ring|]. destruct a as [|d a]; [simpl; ring|].
  change (horner (horner (d :: a) r :: divided r (d :: a)) t) with (horner (d :: a) r + t * horner (divided r (d :: a)) t).
  rewrite IH. simpl. ring.
Qed.

Lemma divided_length r a : length (divided r a) = pred (length a).
Proof. induction a as [|c a IH]; simpl; [reflexivity|]. destruct a; [reflexivity|]. simpl in *. now rewrite IH. Qed.

Lemma zeros_are_few k : forall a, (length a <= k)%nat -> (exists t, horner a t <> 0) ->
  exists zeros : list R, forall t, horner a t = 0 -> In t zeros.
Proof.
  induction k as [|k IH]; intros a L (s & N).
  - destruct a; simpl in *; [now contradiction N | lia].
  - destruct (classic (exists r, horner a r = 0)) as [(r & Z)|None].
    + destruct (IH (divided r a)) as (zeros & H).
      * rewrite divided_length. lia.
      * exists s. intros E. apply N. rewrite (divided_at r), Z, E. ring.
      * exists (r :: zeros). intros t T. rewrite (divided_at r), Z in T. rewrite Rplus_0_l in T.
        apply Rmult_integral in T. destruct T as [T|T]; [left; lra | right; now apply H].
    + exists []. intros t T. apply None. now exists t.
Qed.

Lemma some_number_beyond (zeros : list R) : exists t : R, ~ In t zeros.
Proof.
  assert (B : exists b, Forall (fun z => z < b) zeros).
  { induction zeros as [|z zeros (b & IH)]; [exists 0; constructor|]. exists (Rmax b (z + 1)). constructor.
    - pose proof (Rmax_r b (z + 1)). lra.
    - eapply Forall_impl; [|exact IH]. intros x X. pose proof (Rmax_l b (z + 1)). simpl in X. lra. }
  destruct B as (b & B). exists b. intros I. rewrite Forall_forall in B. specialize (B b I). lra.
Qed.

Definition on_line (p q : list R) (t : R) : list R := map (fun ab => fst ab + t * (snd ab - fst ab)) (combine p q).

Lemma on_line_nth p : forall q t i, length p = length q -> nth i (on_line p q t) 0 = nth i p 0 + t * (nth i q 0 - nth i p 0).
Proof.
  induction p as [|a p IH]; intros [|b q] t i L; simpl in L; try discriminate.
  - destruct i; simpl; ring.
  - destruct i; simpl; [ring|]. apply IH. lia.
Qed.

Lemma on_line_length p q t : length p = length q -> length (on_line p q t) = length p.
Proof. intros L. unfold on_line. rewrite map_length, combine_length. lia. Qed.

Lemma on_line_ends p q : length p = length q -> on_line p q 0 = p /\ on_line p q 1 = q.
Proof.
  revert q. induction p as [|a p IH]; intros [|b q] L; simpl in L; try discriminate; [split; reflexivity|].
  destruct (IH q) as [A B]; [lia|]. unfold on_line in *. simpl. rewrite A, B. split; f_equal; ring.
Qed.

Lemma polynomial_on_line n f p q : polynomial n f -> length p = n -> length q = n ->
  exists a, forall t, f (on_line p q t) = horner a t.
Proof.
  intros F Lp Lq. induction F as [c|i|f g F (a & A) G (b & B)|f g F (a & A) G (b & B)|f g E F (a & A)].
  - exists [c]. intros t. simpl. ring.
  - exists [nth i p 0; nth i q 0 - nth i p 0]. intros t. rewrite on_line_nth by lia. simpl. ring.
  - exists (horner_add a b). intros t. now rewrite horner_add_at, A, B.
  - exists (horner_mul a b). intros t. now rewrite horner_mul_at, A, B.
  - exists a. intros t. rewrite <- A. symmetry. apply E. rewrite on_line_length; lia.
Qed.

(** Two polynomials that are not zero do not vanish at some common point. *)
Lemma both_nonzero n f g p q : polynomial n f -> polynomial n g -> length p = n -> length q = n -> f p <> 0 -> g q <> 0 ->
  exists r, length r = n /\ f r * g r <> 0.
Proof.
  intros F G Lp Lq Nf Ng. destruct (polynomial_on_line n f p q F Lp Lq) as (a & A).
  destruct (polynomial_on_line n g p q G Lp Lq) as (b & B). destruct (on_line_ends p q) as [E0 E1]; [lia|].
  destruct (zeros_are_few (length a) a) as (zf & Zf); [lia | exists 0; now rewrite <- A, E0 |].
  destruct (zeros_are_few (length b) b) as (zg & Zg); [lia | exists 1; now rewrite <- B, E1 |].
  destruct (some_number_beyond (zf ++ zg)) as (t & T). exists (on_line p q t). rewrite on_line_length by lia. split; [lia|].
  intros Z. apply T. apply in_app_iff. apply Rmult_integral in Z. rewrite A, B in Z.
  destruct Z; [left; now apply Zf | right; now apply Zg].
Qed.

Lemma almost_every_and n P P' : almost_every n P -> almost_every n P' -> almost_every n (fun p => P p /\ P' p).
Proof.
  intros (Q & PQ & (p & Lp & Np) & H) (Q' & PQ' & (p' & Lp' & Np') & H').
  exists (fun p => Q p * Q' p). split; [now apply polynomial_product|]. split; [now apply (both_nonzero n Q Q' p p')|].
  intros q Lq N. split; [apply H | apply H']; try assumption; intros Z; apply N; rewrite Z; ring.
Qed.

Lemma almost_every_implies n (P P' : list R -> Prop) : (forall p,
  length p = n -> P p -> P' p) -> almost_every n P -> almost_every n P'.
Proof. intros I (Q & PQ & E & H). exists Q. split; [exact PQ|]. split; [exact E|]. auto. Qed.

Lemma almost_every_some n P : almost_every n P -> exists p, length p = n /\ P p.
Proof. intros (Q & _ & (p & L & N) & H). exists p. auto. Qed.

(** * Independence of functions with parameters holds near a point, and almost everywhere *)

Section Functions.

Context {I : Type} (D : I -> Prop).

(** At the places in D. *)
Definition independent_on (F : list (I -> R)) : Prop :=
  forall c : list R, length c = length F -> (forall i, D i -> dot c (map (fun f => f i) F) = 0) -> Forall (fun a => a = 0) c.

Lemma pivot_of f F : independent_on (f :: F) -> exists i, D i /\ f i <> 0.
Proof.
  intros H. apply NNPP. intros N. assert (Z : Forall (fun a => a = 0) (1 :: map (fun _ => 0) F)).
  { apply H; [simpl; now rewrite map_length|]. intros i Di. simpl. rewrite dot_zero_l.
    - destruct (Req_dec (f i) 0) as [E|E]; [rewrite E; ring|]. exfalso. apply N. now exists i.
    - apply Forall_map, Forall_forall. reflexivity. }
  inversion Z. lra.
Qed.

Definition values (M : list (I -> list R -> R)) (p : list R) : list (I -> R) := map (fun f i => f i p) M.

Lemma stays_independent n M : forall p, length p = n -> (forall f i, In f M -> D i -> polynomial n (f i)) ->
  independent_on (values M p) ->
  exists Q, polynomial n Q /\ Q p <> 0 /\ forall q, length q = n -> Q q <> 0 -> independent_on (values M q).
Proof.
  remember (length M) as k eqn:Lk. revert M Lk.
  induction k as [|k IH]; intros [|f M] Lk p Lp P H; simpl in Lk; try discriminate.
  - exists (fun _ => 1). split; [constructor|]. split; [lra|]. intros q _ _ c Lc _. destruct c; [constructor | discriminate].
  - destruct (pivot_of _ _ H) as (j & Dj & Nj).
    set (M' := map (fun g i q => f j q * g i q - g j q * f i q) M).
    assert (C : forall q c i, dot c (map (fun g : I -> R => g i) (values M' q)) =
      f j q * dot c (map (fun g => g i) (values M q)) - f i q * dot c (map (fun g => g j) (values M q))).
    { intros q c i. unfold values, M'. rewrite !map_map. clear. revert c.
      induction M as [|g M IH]; intros [|d c]; simpl; try ring.
      rewrite IH. ring. }
    destruct (IH M') with (p := p) as (Q & PQ & NQ & HQ); [unfold M'; rewrite map_length; lia | exact Lp | | |].
    + intros g i G Di. unfold M' in G. apply in_map_iff in G. destruct G as (g0 & <- & G0).
      apply (polynomial_same n (fun q => f j q * g0 i q + (-1) * (g0 j q * f i q))); [intros; ring|].
      apply polynomial_sum; [|apply polynomial_product; [constructor|]]; apply polynomial_product; apply P; simpl; auto.
    + intros c Lc Z. unfold values, M' in Lc. rewrite !map_length in Lc. assert (Z' : forall i, D i ->
        dot (- dot c (map (fun g => g j) (values M p)) :: map (fun a => f j p * a) c) (map (fun g => g i) (values (f :: M)
          p)) = 0).
      { intros i Di. specialize (Z i Di). rewrite C in Z. simpl. rewrite dot_scaled. lra. }
      apply H in Z'; [|simpl; unfold values; rewrite !map_length; lia]. inversion Z' as [|? ? _ Z0]; subst.
      rewrite Forall_map in Z0. eapply Forall_impl; [|exact Z0]. intros a A. simpl in A. apply Rmult_integral in A. tauto.
    + exists (fun q => f j q * Q q). split; [apply polynomial_product; [apply P; simpl; auto | exact PQ]|].
      split; [intros Z; apply Rmult_integral in Z; tauto|]. intros q Lq N c Lc Z.
      assert (Nf : f j q <> 0) by (intros E; apply N; rewrite E; ring).
      assert (NQq : Q q <> 0) by (intros E; apply N; rewrite E; ring). destruct c as [|a c]; [constructor|]. simpl in Lc.
      assert (Zj := Z j Dj). simpl in Zj.
      assert (F : Forall (fun a => a = 0) c).
      { apply (HQ q Lq NQq); [unfold values, M' in *; rewrite !map_length in *; lia|]. intros i Di. rewrite C.
        specialize (Z i Di). simpl in Z.
        replace (dot c (map (fun g => g i) (values M q))) with (- (a * f i q)) by lra.
        replace (dot c (map (fun g => g j) (values M q))) with (- (a * f j q)) by lra. ring. }
      constructor; [|exact F]. rewrite (dot_zero_l c _ F), Rplus_0_r in Zj. apply Rmult_integral in Zj. tauto.
Qed.

End Functions.

(** * Dimensions of spaces of vectors with n components *)

(** Some k vectors of the space are independent, and any k + 1 dependent. *)
Definition dimension (n k : nat) (P : list R -> Prop) : Prop :=
  (exists B, length B = k /\ Forall (fun u => length u = n) B /\ Forall P B /\ independent_rows B) /\
  (forall B, length B = S k -> Forall (fun u => length u = n) B -> Forall P B -> dependent B).

(** Of a matrix with rows of n entries: the dimension of the space that its rows span, and of the space that it annihilates.
*)
Definition rank_of (n k : nat) (M : list (list R)) : Prop :=
  dimension n k (fun v => exists c, length c = length M /\ v = combination n c M).

Definition nullity_of (n k : nat) (M : list (list R)) : Prop := dimension n k (fun u => Forall (fun row => dot row u = 0) M).

Lemma dot_plus c d v : length c = length d -> dot (map (fun ab => fst ab + snd ab) (combine c d)) v = dot c v + dot d v.
Proof. revert d v. induction c as [|a c IH]; intros [|b d] [|x v] L; simpl in *; try discriminate; try ring.
rewrite IH by lia. ring. Qed.

Definition unit_vector (n j : nat) : list R := map (fun i => if Nat.eqb i j then 1 else 0) (seq 0 n).

Lemma unit_vector_length n j : length (unit_vector n j) = n.
Proof. unfold unit_vector. now rewrite map_length, seq_length. Qed.

Lemma dot_seq_zero s n j (v : list R) : (j < s)%nat -> dot (map (fun i => if Nat.eqb i j then 1 else 0) (seq s n)) v = 0.
Proof.
  intros L. apply dot_zero_l. apply Forall_map, Forall_forall. intros i I. apply in_seq in I.
  replace (Nat.eqb i j) with false by (symmetry; apply Nat.eqb_neq; lia). reflexivity.
Qed.

Lemma dot_unit n j v : (j < n)%nat -> length v = n -> dot (unit_vector n j) v = nth j v 0.
Proof.
  intros L Lv. unfold unit_vector.
  assert (G : forall m s w, length w = m -> (s <= j < s + m)%nat ->
    dot (map (fun i => if Nat.eqb i j then 1 else 0) (seq s m)) w = nth (j - s) w 0).
  { induction m as [|m IH]; intros s [|x w] E B; simpl in E; try lia. cbn [seq map dot]. destruct (Nat.eq_dec s j) as [->|Ne].
    - rewrite Nat.eqb_refl, dot_seq_zero, Nat.sub_diag by lia. simpl. ring.
    - replace (Nat.eqb s j) with false by (symmetry; now apply Nat.eqb_neq). rewrite IH by lia.
      replace (j - s)%nat with (S (j - S s)) by lia. simpl. ring. }
  rewrite G by lia. f_equal. lia.
Qed.

Lemma unit_vectors_independent n : independent_rows (map (unit_vector n) (seq 0 n)).
Proof.
  intros c L Z. rewrite map_length, seq_length in L. apply Forall_nth. intros i d Li. rewrite (nth_indep c d 0 Li).
  rewrite <- (dot_unit n i c) by lia. rewrite <- (Z i). unfold combined. rewrite map_map, dot_comm. f_equal. apply map_ext_in.
  intros j J. apply in_seq in J. unfold unit_vector. rewrite (nth_map_seq _ 0) by lia. rewrite (Nat.eqb_sym i j). reflexivity.
Qed.

(** r equations in n unknowns have n - r independent solutions. *)
Lemma enough_solutions n A : Forall (fun row => length row = n) A -> exists B, (n <= length B + length A)%nat /\
  Forall (fun u => length u = n) B /\ independent_rows B /\ Forall (fun u => Forall (fun row => dot row u = 0) A) B.
Proof.
  induction 1 as [|a A La FA (B & LB & FB & IB & ZB)].
  - exists (map (unit_vector n) (seq 0 n)). rewrite map_length, seq_length. split; [simpl; lia|]. split.
    + apply Forall_map, Forall_forall. intros j _. apply unit_vector_length.
    + split; [apply unit_vectors_independent|]. apply Forall_forall. intros u _. constructor.
  - destruct (classic (Forall (fun u => dot a u = 0) B)) as [Z|N].
    + exists B. split; [simpl; lia|]. split; [exact FB|]. split; [exact IB|].
      rewrite Forall_forall in *. intros u U. constructor; auto.
    + assert (X : Exists (fun u => dot a u <> 0) B).
      { apply NNPP. intros X. apply N. apply Forall_forall. intros u U. apply NNPP. intros Nu. apply X, Exists_exists. eauto.
        }
      apply Exists_exists in X. destruct X as (b & Ib & Nb). apply in_split in Ib. destruct Ib as (l & l' & ->).
      apply Forall_app in FB. destruct FB as [Fl Fr]. assert (Lb := Forall_inv Fr). assert (Fl' := Forall_inv_tail Fr).
      simpl in Lb. clear La FA. subst n.
      apply Forall_app in ZB. destruct ZB as [Zl Zr]. assert (Zb := Forall_inv Zr). assert (Zl' := Forall_inv_tail Zr).
      assert (FU : Forall (fun u => length u = length b) (l ++ l')) by (apply Forall_app; split; assumption).
      assert (ZU : Forall (fun u => Forall (fun row => dot row u = 0) A) (l ++ l')) by (apply Forall_app; split; assumption).
      rewrite app_length in LB. simpl in LB.
      set (f := fun u => map (fun xy => fst xy + snd xy) (combine u (map (fun y => - (dot a u / dot a b) * y) b))).
      assert (Dot : forall u v, length u = length b -> dot v (f u) = dot v u - dot a u / dot a b * dot v b).
      { intros u v Lu. unfold f. rewrite dot_comm, dot_plus by (now rewrite map_length).
        rewrite dot_scaled, (dot_comm u), (dot_comm b). ring. }
      assert (Nth : forall u i, length u = length b -> nth i (f u) 0 = nth i u 0 - dot a u / dot a b * nth i b 0).
      { intros u i Lu. unfold f. generalize (dot a u / dot a b). intros k. clear - Lu. revert b i Lu.
        induction u as [|x u IH]; intros [|y b] i Lu; simpl in Lu; try discriminate; destruct i; simpl; try ring. apply IH.
        lia. }
      exists (map f (l ++ l')). rewrite map_length, app_length. split; [simpl; lia|]. split; [|split].
      * apply Forall_map. eapply Forall_impl; [|exact FU]. intros u Lu. simpl in Lu. unfold f.
        rewrite map_length, combine_length, map_length. lia.
      * intros c Lc Z. rewrite map_length in Lc.
        assert (C : forall i, combined c (map f (l ++ l')) i =
          combined c (l ++ l') i - dot c (map (fun u => dot a u / dot a b) (l ++ l')) * nth i b 0).
        { intros i. clear - FU Nth. unfold combined. rewrite map_map. revert c.
          induction FU as [|u U Lu FU IH]; intros [|x c]; simpl; try ring.
          rewrite IH, Nth by exact Lu. ring. }
        set (s := dot c (map (fun u => dot a u / dot a b) (l ++ l'))) in *.
        set (d := firstn (length l) c). set (e := skipn (length l) c).
        assert (Ec : c = d ++ e) by (symmetry; apply firstn_skipn). rewrite app_length in Lc.
        assert (Ld : length d = length l) by (unfold d; rewrite firstn_length; lia).
        assert (Le : length e = length l') by (unfold e; rewrite skipn_length; lia).
        assert (W : Forall (fun a => a = 0) (d ++ - s :: e)).
        { apply IB; [rewrite !app_length; simpl; lia|]. intros i. specialize (Z i).
          rewrite C, Ec, combined_app in Z by exact Ld.
          rewrite combined_app by exact Ld. unfold combined at 2. simpl. fold (combined e l' i). lra. }
        rewrite Ec. apply Forall_app in W. destruct W as [W1 W2]. inversion W2. apply Forall_app. split; assumption.
      * apply Forall_map. rewrite Forall_forall in *. intros u U. specialize (FU u U). constructor.
        -- rewrite Dot by exact FU. field. exact Nb.
        -- apply Forall_forall. intros row R. rewrite Dot by exact FU.
           assert (Zu := ZU u U). rewrite Forall_forall in Zu. rewrite (Zu row R), (Zb row R). ring.
Qed.

Lemma independent_firstn k rows : independent_rows rows -> independent_rows (firstn k rows).
Proof.
  intros I c L Z. assert (G : Forall (fun a => a = 0) (c ++ map (fun _ => 0) (skipn k rows))).
  { apply I.
    - rewrite app_length, map_length, L, <- app_length. now rewrite firstn_skipn.
    - intros i. rewrite <- (firstn_skipn k rows) at 2. rewrite combined_app by exact L. rewrite Z. unfold combined.
      rewrite dot_zero_l; [ring|]. apply Forall_map, Forall_forall. reflexivity. }
  apply Forall_app in G. tauto.
Qed.

Lemma Forall_firstn {A : Type} (P : A -> Prop) k l : Forall P l -> Forall P (firstn k l).
Proof. intros F. rewrite <- (firstn_skipn k l) in F. apply Forall_app in F. tauto. Qed.

(** A space has one dimension. *)
Lemma dimension_unique n k l P : dimension n k P -> dimension n l P -> k = l.
Proof.
  assert (H : forall k l, dimension n k P -> dimension n l P -> (l <= k)%nat).
  { intros k' l' [_ D] [(B & LB & FB & PB & IB) _]. apply Nat.nlt_ge. intros L. apply (not_dependent (firstn (S k') B)).
    - now apply independent_firstn.
    - apply D; [rewrite firstn_length; lia | now apply Forall_firstn | now apply Forall_firstn]. }
  intros A B. apply Nat.le_antisymm; eauto.
Qed.

(** What is at right angles to r independent vectors of a space of dimension r is so to all of it. *)
Lemma right_angles_to_all n r P B u : dimension n r P -> length B = r -> Forall (fun v => length v = n) B -> Forall P B ->
  independent_rows B -> length u = n -> Forall (fun v => dot v u = 0) B -> forall v, length v = n -> P v -> dot v u = 0.
Proof.
  intros [_ D] LB FB PB IB Lu Z v Lv Pv. destruct (D (v :: B)) as (c & Lc & Nc & Zc); [simpl; lia | constructor;
    assumption | constructor; assumption |].
  destruct c as [|a c]; [discriminate|]. simpl in Lc.
  assert (K : a * dot v u + dot c (map (fun row => dot row u) B) = 0).
  { change (dot (a :: c) (map (fun row => dot row u) (v :: B)) = 0).
    rewrite <- (dot_combination n); [|simpl; lia | constructor; assumption | exact Lu].
    apply dot_zero_l. unfold combination. apply Forall_map, Forall_forall. intros i _. apply Zc. }
  rewrite (dot_zero_r c) in K by (apply Forall_map; exact Z). rewrite Rplus_0_r in K. apply Rmult_integral in K.
  destruct K as [->|K]; [|exact K].
  exfalso. apply (all_zero_not (0 :: c)); [|exact Nc]. constructor; [reflexivity|]. apply IB; [lia|]. intros i.
  specialize (Zc i).
  unfold combined in Zc |- *. simpl in Zc. lra.
Qed.

(** A matrix of n columns and rank r annihilates a space of dimension n - r. *)
Theorem rank_and_nullity n r k M : Forall (fun row => length row = n) M -> rank_of n r M -> (r + k = n)%nat -> nullity_of n k
  M.
Proof.
  intros FM R E. assert (R' := R). destruct R' as [(B & LB & FB & PB & IB) D].
  assert (Rows : forall row, In row M -> exists c, length c = length M /\ row = combination n c M).
  { intros row H. apply In_nth with (d := []) in H. destruct H as (j & Lj & <-). exists (unit_vector (length M) j).
    split; [apply unit_vector_length|].
    assert (Lr : length (nth j M []) = n) by (rewrite Forall_forall in FM; apply FM, nth_In, Lj).
    apply (nth_ext _ _ 0 0); [unfold combination; rewrite map_length, seq_length; exact Lr|]. intros i Li. unfold combination.
    rewrite nth_map_seq by lia. unfold combined. rewrite dot_unit by (try rewrite map_length; lia). symmetry.
    rewrite (nth_indep _ 0 (nth i [] 0)) by (now rewrite map_length). now rewrite (map_nth (fun row => nth i row 0)). }
  split.
  - destruct (enough_solutions n B FB) as (S & LS & FS & IS & ZS). exists (firstn k S). split; [rewrite firstn_length; lia|].
    split; [now apply Forall_firstn|]. split; [|now apply independent_firstn]. apply Forall_firstn.
    rewrite Forall_forall in *. intros u U. apply Forall_forall. intros row H.
    apply (right_angles_to_all n r _ B u R); auto; try (apply Forall_forall; auto).
  - intros J LJ FJ ZJ. apply (orthogonal_are_dependent n B J); try assumption; [lia|].
    apply Forall_forall. intros b Hb. rewrite Forall_forall in PB. destruct (PB b Hb) as (c & Lc & ->). apply Forall_forall.
    intros u U.
    rewrite Forall_forall in FJ, ZJ. rewrite dot_comm, dot_combination; [|exact Lc | exact FM | now apply FJ].
    apply dot_zero_r, Forall_map. exact (ZJ u U).
Qed.
