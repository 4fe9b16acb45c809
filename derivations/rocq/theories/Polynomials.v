(** Polynomials in many variables as data: what they mean, their normal form, their partial derivatives; computed over Q.

    Laws of flows with many parameters are checked by computing with these, once their meaning is known to be that of the text. *)

Require Import QArith Qreals Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
Require Import List.
From Derivations Require Export Calculus Matrices.
Open Scope R_scope.

(** * Expressions *)

Inductive expression : Set :=
  | e_num (z : Z)
  | e_var (i : nat)
  | e_neg (a : expression)
  | e_add (a b : expression)
  | e_sub (a b : expression)
  | e_mul (a b : expression)
  | e_pow (a : expression) (n : nat)
  | e_div (a : expression) (d : positive).

(** The value where the variables have the values p. *)
Fixpoint meaning (e : expression) (p : list R) : R :=
  match e with
  | e_num z => IZR z
  | e_var i => nth i p 0
  | e_neg a => - meaning a p
  | e_add a b => meaning a p + meaning b p
  | e_sub a b => meaning a p - meaning b p
  | e_mul a b => meaning a p * meaning b p
  | e_pow a n => meaning a p ^ n
  | e_div a d => meaning a p / IZR (Zpos d)
  end.

(** * Normal forms: sums of monomials in graded lexicographic order; x_0^2 x_3 is [0; 0; 3] *)

Definition monomial : Set := list nat.
Definition sparse : Set := list (monomial * Q).

Fixpoint monomial_at (m : monomial) (p : list R) : R :=
  match m with
  | [] => 1
  | i :: rest => nth i p 0 * monomial_at rest p
  end.

Fixpoint sparse_at (s : sparse) (p : list R) : R :=
  match s with
  | [] => 0
  | (m, c) :: rest => Q2R c * monomial_at m p + sparse_at rest p
  end.

Fixpoint lexicographic (a b : monomial) : comparison :=
  match a, b with
  | [], [] => Eq
  | [], _ => Lt
  | _, [] => Gt
  | i :: a', j :: b' => match Nat.compare i j with Eq => lexicographic a' b' | c => c end
  end.

Definition graded (a b : monomial) : comparison :=
  match Nat.compare (length a) (length b) with Eq => lexicographic a b | c => c end.

Lemma lexicographic_equal a : forall b, lexicographic a b = Eq -> a = b.
Proof.
  induction a as [|i a IH]; intros [|j b] H; simpl in H; try discriminate; [reflexivity|].
  destruct (Nat.compare i j) eqn:E; try discriminate. apply Nat.compare_eq in E. subst. f_equal. now apply IH.
Qed.

Lemma graded_equal a b : graded a b = Eq -> a = b.
Proof. unfold graded. destruct (Nat.compare _ _); try discriminate. apply lexicographic_equal. Qed.

Definition reduced (q : Q) : Q := if Pos.eqb (Qden q) 1 then q else Qred q.

Lemma reduced_value q : Q2R (reduced q) = Q2R q.
Proof. unfold reduced. destruct (Pos.eqb _ _); [reflexivity|]. apply Qeq_eqR, Qred_correct. Qed.

Fixpoint joined (a : monomial) : monomial -> monomial :=
  fix inner (b : monomial) : monomial :=
    match a with
    | [] => b
    | i :: a' =>
        match b with
        | [] => a
        | j :: b' => if Nat.leb i j then i :: joined a' b else j :: inner b'
        end
    end.

Lemma joined_at p a : forall b, monomial_at (joined a b) p = monomial_at a p * monomial_at b p.
Proof.
  induction a as [|i a IH]; intros b.
  - destruct b; simpl; ring.
  - induction b as [|j b IHb]; simpl; [ring|]. destruct (Nat.leb i j); cbn [monomial_at].
    + rewrite IH. cbn [monomial_at]. ring.
    + simpl in IHb. rewrite IHb. ring.
Qed.

Fixpoint sparse_add (s : sparse) : sparse -> sparse :=
  fix inner (t : sparse) : sparse :=
    match s with
    | [] => t
    | (m, c) :: s' =>
        match t with
        | [] => s
        | (n, d) :: t' =>
            match graded m n with
            | Eq => let e := reduced (c + d) in if Qeq_bool e 0 then sparse_add s' t' else (m, e) :: sparse_add s' t'
            | Lt => (m, c) :: sparse_add s' t
            | Gt => (n, d) :: inner t'
            end
        end
    end.

Lemma Q2R_zero : Q2R 0 = 0.
Proof. unfold Q2R. simpl. ring. Qed.

Lemma Q2R_one : Q2R 1 = 1.
Proof. unfold Q2R. simpl. field. Qed.

Lemma Q2R_whole z : Q2R (inject_Z z) = IZR z.
Proof. unfold Q2R. simpl. field. Qed.

Lemma Qeq_bool_zero q : Qeq_bool q 0 = true -> Q2R q = 0.
Proof. intros H. apply Qeq_bool_eq, Qeq_eqR in H. rewrite H. apply Q2R_zero. Qed.

Lemma Qeq_bool_nonzero q : Qeq_bool q 0 = false -> Q2R q <> 0.
Proof. intros H E. apply Qeq_bool_neq in H. apply H. apply eqR_Qeq. rewrite E. symmetry. apply Q2R_zero. Qed.

Lemma sparse_add_at p s : forall t, sparse_at (sparse_add s t) p = sparse_at s p + sparse_at t p.
Proof.
  induction s as [|(m, c) s IH]; intros t.
  - destruct t; simpl; ring.
  - induction t as [|(n, d) t IHt]; simpl; [ring|]. destruct (graded m n) eqn:E.
    + apply graded_equal in E. subst n. destruct (Qeq_bool _ _) eqn:Z; cbn [sparse_at].
      * apply Qeq_bool_zero in Z. rewrite reduced_value, Q2R_plus in Z. rewrite IH.
        replace (Q2R c) with (- Q2R d) by lra. ring.
      * rewrite IH, reduced_value, Q2R_plus. ring.
    + cbn [sparse_at]. rewrite IH. cbn [sparse_at]. ring.
    + cbn [sparse_at]. simpl in IHt. rewrite IHt. ring.
Qed.

Definition sparse_scaled (m : monomial) (c : Q) (s : sparse) : sparse :=
  map (fun one => (joined m (fst one), reduced (c * snd one))) s.

Lemma sparse_scaled_at p m c s : sparse_at (sparse_scaled m c s) p = Q2R c * monomial_at m p * sparse_at s p.
Proof.
  induction s as [|(n, d) s IH]; simpl; [ring|]. rewrite IH, joined_at, reduced_value, Q2R_mult. ring.
Qed.

Fixpoint sparse_mul (s t : sparse) : sparse :=
  match s with
  | [] => []
  | (m, c) :: rest => sparse_add (sparse_scaled m c t) (sparse_mul rest t)
  end.

Lemma sparse_mul_at p s t : sparse_at (sparse_mul s t) p = sparse_at s p * sparse_at t p.
Proof. induction s as [|(m, c) s IH]; simpl; [ring|]. rewrite sparse_add_at, sparse_scaled_at, IH. ring. Qed.

Fixpoint sparse_pow (s : sparse) (n : nat) : sparse :=
  match n with
  | O => [([], 1%Q)]
  | S k => sparse_mul s (sparse_pow s k)
  end.

Lemma sparse_pow_at p s n : sparse_at (sparse_pow s n) p = sparse_at s p ^ n.
Proof. induction n as [|n IH]; simpl; [rewrite Q2R_one; ring|]. rewrite sparse_mul_at, IH. reflexivity. Qed.

Definition sparse_num (z : Z) : sparse := if Z.eqb z 0 then [] else [([], inject_Z z)].

Lemma sparse_num_at p z : sparse_at (sparse_num z) p = IZR z.
Proof.
  unfold sparse_num. destruct (Z.eqb z 0) eqn:E; simpl; [apply Z.eqb_eq in E; subst; reflexivity|].
  rewrite Q2R_whole. ring.
Qed.

Fixpoint normal (e : expression) : sparse :=
  match e with
  | e_num z => sparse_num z
  | e_var i => [([i], 1%Q)]
  | e_neg a => sparse_scaled [] (-1) (normal a)
  | e_add a b => sparse_add (normal a) (normal b)
  | e_sub a b => sparse_add (normal a) (sparse_scaled [] (-1) (normal b))
  | e_mul a b => sparse_mul (normal a) (normal b)
  | e_pow a n => sparse_pow (normal a) n
  | e_div a d => sparse_scaled [] (1 # d) (normal a)
  end.

Lemma Q2R_minus_one : Q2R (-1) = -1.
Proof. unfold Q2R. simpl. field. Qed.

Lemma normal_at p e : sparse_at (normal e) p = meaning e p.
Proof.
  induction e as [z|i|a A|a A b B|a A b B|a A b B|a A n|a A d]; simpl.
  - apply sparse_num_at.
  - rewrite Q2R_one. ring.
  - rewrite sparse_scaled_at, A, Q2R_minus_one. simpl. ring.
  - rewrite sparse_add_at, A, B. reflexivity.
  - rewrite sparse_add_at, sparse_scaled_at, A, B, Q2R_minus_one. simpl. ring.
  - rewrite sparse_mul_at, A, B. reflexivity.
  - rewrite sparse_pow_at, A. reflexivity.
  - rewrite sparse_scaled_at, A. unfold Q2R. simpl. unfold Rdiv. ring.
Qed.

(** * Along a flow *)

(** The values of functions at a time. *)
Definition values_at (curves : list (R -> R)) (tau : R) : list R := map (fun f => f tau) curves.

(** The first functions have these derivatives, polynomials in all of the functions. *)
Fixpoint all_move (curves : list (R -> R)) (moving : list (R -> R)) (rates : list expression) : Prop :=
  match moving, rates with
  | f :: moving', e :: rates' =>
      (forall tau, is_derive f tau (meaning e (values_at curves tau))) /\ all_move curves moving' rates'
  | _, [] => True
  | [], _ => False
  end.

Lemma all_move_nth curves moving : forall rates i, all_move curves moving rates -> (i < length rates)%nat ->
  forall tau, is_derive (nth i moving (fun _ => 0)) tau (meaning (nth i rates (e_num 0)) (values_at curves tau)).
Proof.
  induction moving as [|f moving IH]; intros [|e rates] i H L tau; simpl in *; try lia; try contradiction.
  destruct H as [H M]. destruct i as [|i]; [apply H|]. apply IH; [exact M | lia].
Qed.

(** Only variables that move occur. *)
Fixpoint among_first (n : nat) (e : expression) : bool :=
  match e with
  | e_num _ => true
  | e_var i => Nat.ltb i n
  | e_neg a | e_pow a _ | e_div a _ => among_first n a
  | e_add a b | e_sub a b | e_mul a b => among_first n a && among_first n b
  end.

(** The derivative in time, by the rules. *)
Fixpoint along (rates : list sparse) (e : expression) : sparse :=
  match e with
  | e_num _ => []
  | e_var i => nth i rates []
  | e_neg a => sparse_scaled [] (-1) (along rates a)
  | e_add a b => sparse_add (along rates a) (along rates b)
  | e_sub a b => sparse_add (along rates a) (sparse_scaled [] (-1) (along rates b))
  | e_mul a b => sparse_add (sparse_mul (along rates a) (normal b)) (sparse_mul (normal a) (along rates b))
  | e_pow _ O => []
  | e_pow a (S n) => sparse_scaled [] (inject_Z (Z.of_nat (S n))) (sparse_mul (normal (e_pow a n)) (along rates a))
  | e_div a d => sparse_scaled [] (1 # d) (along rates a)
  end.

Lemma nth_values curves i tau : nth i (values_at curves tau) 0 = nth i curves (fun _ => 0) tau.
Proof. unfold values_at. apply (map_nth (fun f : R -> R => f tau) curves (fun _ => 0)). Qed.

Lemma along_derives curves rates e : all_move curves curves rates -> among_first (length rates) e = true ->
  forall tau, is_derive (fun t => meaning e (values_at curves t)) tau (sparse_at (along (map normal rates) e) (values_at curves tau)).
Proof.
  intros M. induction e as [z|i|a A|a A b B|a A b B|a A b B|a A n|a A d]; intros L tau; cbn [meaning along among_first] in *.
  - apply d_const.
  - apply Nat.ltb_lt in L. apply (is_derive_ext (nth i curves (fun _ => 0))).
    + intros t. symmetry. apply nth_values.
    + change (@nil (monomial * Q)) with (normal (e_num 0)). rewrite map_nth, normal_at. apply all_move_nth; assumption.
  - rewrite sparse_scaled_at, Q2R_minus_one. eapply derive_value; [apply d_neg, A, L|]. simpl. ring.
  - apply andb_prop in L. destruct L as [LA LB]. rewrite sparse_add_at. apply d_add; auto.
  - apply andb_prop in L. destruct L as [LA LB]. rewrite sparse_add_at, sparse_scaled_at, Q2R_minus_one.
    eapply derive_value; [apply d_sub; [apply A, LA|apply B, LB]|]. simpl. ring.
  - apply andb_prop in L. destruct L as [LA LB]. rewrite sparse_add_at, !sparse_mul_at, !normal_at. apply d_mul; auto.
  - destruct n as [|n]; [exact (d_const 1 tau)|]. rewrite sparse_scaled_at, sparse_mul_at, normal_at, Q2R_whole.
    eapply derive_value; [apply d_pow, A, L|]. cbn [meaning monomial_at]. ring.
  - rewrite sparse_scaled_at. eapply derive_value; [apply d_div_r, A, L|]. unfold Q2R. simpl. unfold Rdiv. ring.
Qed.

Definition is_kept (rates : list expression) (e : expression) : bool :=
  among_first (length rates) e && match along (map normal rates) e with [] => true | _ => false end.

(** A polynomial whose derivative along the flow is the zero polynomial keeps its value. *)
Theorem conserved_polynomial curves rates e : all_move curves curves rates -> is_kept rates e = true ->
  forall tau, meaning e (values_at curves tau) = meaning e (values_at curves 0).
Proof.
  intros M K. apply andb_prop in K. destruct K as [L Z].
  apply (conserved_along (fun tau => meaning e (values_at curves tau))). intros tau.
  assert (D := along_derives curves rates e M L tau). destruct (along _ e); [exact D | discriminate].
Qed.

(** * Partial derivatives *)

(** p with t in the place i. *)
Fixpoint with_value (i : nat) (t : R) (p : list R) : list R :=
  match p, i with
  | [], _ => []
  | _ :: rest, O => t :: rest
  | x :: rest, S j => x :: with_value j t rest
  end.

(** The derivative by the variable number i. *)
Definition partial (i : nat) (f : list R -> R) (p : list R) : R := Derive (fun t => f (with_value i t p)) (nth i p 0).

Lemma with_value_length i t p : length (with_value i t p) = length p.
Proof. revert i. induction p as [|x p IH]; intros [|i]; simpl; auto. Qed.

Lemma with_value_nth i t j p : (i < length p)%nat -> nth j (with_value i t p) 0 = if Nat.eqb i j then t else nth j p 0.
Proof. revert i j. induction p as [|x p IH]; intros [|i] [|j] L; simpl in *; try lia; try reflexivity. apply IH. lia. Qed.

Lemma with_value_same i p : with_value i (nth i p 0) p = p.
Proof. revert i. induction p as [|x p IH]; intros [|i]; simpl; try reflexivity. now rewrite IH. Qed.

Lemma with_value_beyond i t p : (length p <= i)%nat -> with_value i t p = p.
Proof. revert i. induction p as [|x p IH]; intros [|i] L; simpl in *; try lia; try reflexivity. rewrite IH by lia. reflexivity. Qed.

Fixpoint times_in (i : nat) (m : monomial) : nat :=
  match m with
  | [] => O
  | j :: rest => if Nat.eqb i j then S (times_in i rest) else times_in i rest
  end.

Fixpoint once_less (i : nat) (m : monomial) : monomial :=
  match m with
  | [] => []
  | j :: rest => if Nat.eqb i j then rest else j :: once_less i rest
  end.

Fixpoint sparse_partial (i : nat) (s : sparse) : sparse :=
  match s with
  | [] => []
  | (m, c) :: rest =>
      match times_in i m with
      | O => sparse_partial i rest
      | k => (once_less i m, reduced (inject_Z (Z.of_nat k) * c)) :: sparse_partial i rest
      end
  end.

Lemma once_less_at i m p : times_in i m <> O -> nth i p 0 * monomial_at (once_less i m) p = monomial_at m p.
Proof.
  induction m as [|j m IH]; simpl; [lia|]. destruct (Nat.eqb i j) eqn:E.
  - apply Nat.eqb_eq in E. subst. reflexivity.
  - intros N. cbn [monomial_at]. rewrite <- (IH N). ring.
Qed.

Lemma monomial_derives i m p : (i < length p)%nat ->
  is_derive (fun t => monomial_at m (with_value i t p)) (nth i p 0) (INR (times_in i m) * monomial_at (once_less i m) p).
Proof.
  intros L. induction m as [|j m IH]; cbn [monomial_at times_in once_less].
  - eapply derive_value; [apply d_const|]. simpl. ring.
  - destruct (Nat.eqb i j) eqn:E.
    + eapply derive_value.
      * apply (d_mul (fun t => nth j (with_value i t p) 0)); [|exact IH].
        apply (is_derive_ext (fun t => t)); [|apply d_id]. intros t. now rewrite with_value_nth, E.
      * cbv beta. rewrite with_value_same. apply Nat.eqb_eq in E. subst j. rewrite S_INR.
        destruct (times_in i m) eqn:T; [simpl; ring|]. rewrite <- (once_less_at i m p) at 1 by lia.
        rewrite <- (once_less_at i m p) by lia. ring.
    + eapply derive_value.
      * apply (d_mul (fun t => nth j (with_value i t p) 0)); [|exact IH].
        apply (is_derive_ext (fun t => nth j p 0)); [|apply d_const]. intros t. now rewrite with_value_nth, E.
      * cbv beta. rewrite with_value_same. cbn [monomial_at]. ring.
Qed.

Lemma sparse_derives i s p : (i < length p)%nat ->
  is_derive (fun t => sparse_at s (with_value i t p)) (nth i p 0) (sparse_at (sparse_partial i s) p).
Proof.
  intros L. induction s as [|(m, c) s IH]; cbn [sparse_at sparse_partial]; [apply d_const|].
  assert (D := d_mul_l (Q2R c) _ _ _ (monomial_derives i m p L)). assert (T := d_add _ _ _ _ _ D IH).
  refine (derive_value _ _ _ _ T _). destruct (times_in i m) eqn:E; [simpl; ring|].
  cbn [sparse_at]. rewrite reduced_value, Q2R_mult, Q2R_whole, <- INR_IZR_INZ. ring.
Qed.

Lemma partial_sparse i s p : (i < length p)%nat -> partial i (sparse_at s) p = sparse_at (sparse_partial i s) p.
Proof. intros L. apply is_derive_unique, sparse_derives, L. Qed.

Lemma partial_ext i f g p : (forall q, length q = length p -> f q = g q) -> partial i f p = partial i g p.
Proof. intros H. apply Derive_ext. intros t. apply H, with_value_length. Qed.

(** * Values at rational points *)

Fixpoint monomial_value (m : monomial) (p : list Q) : Q :=
  match m with
  | [] => 1
  | i :: rest => reduced (nth i p 0%Q * monomial_value rest p)
  end.

Fixpoint sparse_value (s : sparse) (p : list Q) : Q :=
  match s with
  | [] => 0
  | (m, c) :: rest => reduced (c * monomial_value m p + sparse_value rest p)
  end.

Lemma nth_Q2R i l : nth i (map Q2R l) 0 = Q2R (nth i l 0%Q).
Proof. rewrite <- Q2R_zero. apply map_nth. Qed.

Lemma monomial_value_at m p : Q2R (monomial_value m p) = monomial_at m (map Q2R p).
Proof.
  induction m as [|i m IH]; cbn [monomial_value monomial_at]; [apply Q2R_one|].
  now rewrite reduced_value, Q2R_mult, IH, nth_Q2R.
Qed.

Lemma sparse_value_at s p : Q2R (sparse_value s p) = sparse_at s (map Q2R p).
Proof.
  induction s as [|(m, c) s IH]; cbn [sparse_value sparse_at]; [apply Q2R_zero|].
  now rewrite reduced_value, Q2R_plus, Q2R_mult, monomial_value_at, IH.
Qed.

(** * Ranks of Jacobians *)

(** One row for each expression. *)
Definition jacobian (n : nat) (quantities : list expression) (p : list R) : list (list R) :=
  map (fun e => map (fun i => partial i (meaning e) p) (seq 0 n)) quantities.

Definition jacobian_value (n : nat) (quantities : list expression) (p : list Q) : list (list Q) :=
  map (fun e => let s := normal e in map (fun i => sparse_value (sparse_partial i s) p) (seq 0 n)) quantities.

Lemma jacobian_value_at n quantities p : length p = n ->
  jacobian n quantities (map Q2R p) = map (map Q2R) (jacobian_value n quantities p).
Proof.
  intros L. unfold jacobian, jacobian_value. rewrite map_map. apply map_ext. intros e. rewrite map_map.
  apply map_ext_in. intros i I. apply in_seq in I. rewrite sparse_value_at.
  rewrite <- partial_sparse by (rewrite map_length; lia). apply partial_ext. intros q _. symmetry. apply normal_at.
Qed.

(** The determinant over Q, where products with zero are left out. *)
Fixpoint alternating_value (row : list Q) (cofactor : nat -> Q) : Q :=
  match row with
  | [] => 0
  | a :: rest =>
      let others := alternating_value rest (fun k => cofactor (S k)) in
      if Qeq_bool a 0 then - others else reduced (a * cofactor O - others)
  end.

Fixpoint det_value_of_size (n : nat) (M : list (list Q)) : Q :=
  match n, M with
  | S m, row :: rest => alternating_value row (fun k => det_value_of_size m (map (without k) rest))
  | _, _ => 1
  end.

Lemma alternating_value_at row : forall cofactor cofactor_value, (forall k, cofactor k = Q2R (cofactor_value k)) ->
  alternating (map Q2R row) cofactor = Q2R (alternating_value row cofactor_value).
Proof.
  induction row as [|a row IH]; intros f g H; cbn [alternating alternating_value map]; [symmetry; apply Q2R_zero|].
  rewrite (IH (fun k => f (S k)) (fun k => g (S k))) by (intros k; apply H).
  destruct (Qeq_bool a 0) eqn:E.
  - apply Qeq_bool_zero in E. rewrite E, Q2R_opp. ring.
  - rewrite reduced_value, Q2R_minus, Q2R_mult, <- H. reflexivity.
Qed.

Lemma without_map {A B : Type} (f : A -> B) k l : without k (map f l) = map f (without k l).
Proof. revert k. induction l as [|a l IH]; intros [|k]; simpl; try reflexivity. now rewrite IH. Qed.

Lemma det_value_at n : forall M, det_of_size n (map (map Q2R) M) = Q2R (det_value_of_size n M).
Proof.
  induction n as [|n IH]; intros M; [symmetry; apply Q2R_one|]. destruct M as [|row M]; [symmetry; apply Q2R_one|].
  cbn [det_of_size det_value_of_size map]. apply alternating_value_at. intros k. rewrite <- IH, !map_map.
  f_equal. apply map_ext. intros l. apply without_map.
Qed.

Definition minor_value (rows columns : list nat) (J : list (list Q)) : list (list Q) :=
  map (fun i => let row := nth i J [] in map (fun j => nth j row 0%Q) columns) rows.

Lemma minor_value_at rows columns J : minor rows columns (map (map Q2R) J) = map (map Q2R) (minor_value rows columns J).
Proof.
  unfold minor, minor_value. rewrite map_map. apply map_ext. intros i. rewrite map_map. apply map_ext. intros j.
  unfold entry. change (@nil R) with (map Q2R []). rewrite map_nth. apply nth_Q2R.
Qed.

Definition whole_point (point : list Z) : list Q := map inject_Z point.

Lemma whole_point_at point : map IZR point = map Q2R (whole_point point).
Proof. unfold whole_point. rewrite map_map. apply map_ext. intros z. symmetry. apply Q2R_whole. Qed.

Definition has_minor (k n : nat) (quantities : list expression) (point : list Z) (rows columns : list nat) : bool :=
  (Nat.eqb (length point) n && Nat.eqb (length rows) k && Nat.eqb (length columns) k &&
   negb (Qeq_bool (det_value_of_size k (minor_value rows columns (jacobian_value n quantities (whole_point point)))) 0))%bool.

Theorem rank_by_minor k n quantities point rows columns : has_minor k n quantities point rows columns = true ->
  rank_at_least k (jacobian n quantities (map IZR point)).
Proof.
  unfold has_minor. intros H. repeat (apply andb_prop in H; destruct H as [H ?]).
  apply Nat.eqb_eq in H, H1, H2. exists rows, columns. split; [assumption|]. split; [assumption|].
  rewrite whole_point_at, jacobian_value_at by (unfold whole_point; now rewrite map_length).
  rewrite minor_value_at. unfold det. rewrite map_length. unfold minor_value at 1. rewrite map_length, H2, det_value_at.
  apply Qeq_bool_nonzero. now apply negb_true_iff.
Qed.
