(** What follows from what by comparing signs of factors alone.

    A formula is built from relations [l < r], [l = r], ... between real numbers and from propositions that are not looked
    into. Every relation is tied to a constant times a quotient of products of given factors: its truth is decided by the
    signs of those factors, except where a denominator vanishes; there it is unknown. [search] goes through the signs of the
    factors and the truth values of the other propositions and asks, in Kleene's three-valued logic, whether some premise is
    false or the claim is true. If that is so everywhere, the premises imply the claim: [signs_sound]. *)

Require Import Reals Psatz List Bool Arith Classical_Prop.
Import ListNotations.
Open Scope R_scope.

Module BySigns.

(** * Signs *)

Inductive sign : Set := Minus | Zero | Plus.

Definition has_sign (s : sign) (x : R) : Prop :=
  match s with Minus => x < 0 | Zero => x = 0 | Plus => 0 < x end.

Lemma sign_exists (x : R) : exists s, has_sign s x.
Proof. destruct (total_order_T x 0) as [[h|h]|h]; [exists Minus|exists Zero|exists Plus]; exact h. Qed.

(** The sign of a product, where the signs of its factors may be unknown: zero times anything is zero. *)
Definition times (a b : option sign) : option sign :=
  match a, b with
  | Some Zero, _ | _, Some Zero => Some Zero
  | Some Plus, s | s, Some Plus => s
  | Some Minus, Some Minus => Some Plus
  | _, _ => None
  end.

Definition may_have (s : option sign) (x : R) : Prop := match s with Some s => has_sign s x | None => True end.

Lemma times_sound a b x y : may_have a x -> may_have b y -> may_have (times a b) (x * y).
Proof. destruct a as [[]|], b as [[]|]; simpl; intros; subst; try exact I; try ring; nra. Qed.

Definition power_sign (e : nat) (s : option sign) : option sign :=
  match e with
  | O => Some Plus
  | _ => if Nat.even e then times s s else s
  end.

Lemma square_sound s x : may_have s x -> may_have (times s s) (x * x).
Proof. intros H; exact (times_sound s s x x H H). Qed.

Lemma power_sound e s x : may_have s x -> may_have (power_sign e s) (x ^ e).
Proof.
  intros H. destruct e as [|e]; [simpl; lra|]. unfold power_sign.
  destruct (Nat.even (S e)) eqn:Even.
  - apply Nat.even_spec in Even. destruct Even as [k Ek]. rewrite Ek, pow_mult.
    assert (k <> O) by lia. destruct s as [[]|]; cbn [may_have has_sign times] in *; try exact I.
    + apply pow_lt. nra.
    + subst x. replace (0 ^ 2) with 0 by ring. apply (pow_i k). lia.
    + apply pow_lt. nra.
  - assert (Odd : Nat.Odd (S e)) by (apply Nat.odd_spec; unfold Nat.odd; rewrite Even; reflexivity).
    destruct Odd as [k Ek]. rewrite Ek. rewrite Nat.add_1_r, <- tech_pow_Rmult, pow_mult.
    destruct s as [[]|]; cbn [may_have has_sign] in *; try exact I.
    + assert (0 < (x ^ 2) ^ k) by (apply pow_lt; nra). nra.
    + subst x. ring.
    + assert (0 < (x ^ 2) ^ k) by (apply pow_lt; nra). nra.
Qed.

Lemma inverse_sound s x : x <> 0 -> may_have s x -> may_have s (/ x).
Proof.
  intros Hx. destruct s as [[]|]; simpl; intros H; try exact I.
  - apply Rinv_lt_0_compat. exact H.
  - contradiction.
  - apply Rinv_0_lt_compat. exact H.
Qed.

(** * Relations *)

Inductive relation : Set := Lt | Le | Gt | Ge | Eq | Ne.

Definition relates (k : relation) (l r : R) : Prop :=
  match k with Lt => l < r | Le => l <= r | Gt => l > r | Ge => l >= r | Eq => l = r | Ne => l <> r end.

(** Whether the relation holds when [r - l] has that sign. *)
Definition holds (k : relation) (s : sign) : bool :=
  match k, s with
  | Lt, Plus | Le, Plus | Le, Zero | Gt, Minus | Ge, Minus | Ge, Zero | Eq, Zero | Ne, Plus | Ne, Minus => true
  | _, _ => false
  end.

Definition means (b : option bool) (P : Prop) : Prop :=
  match b with Some true => P | Some false => ~ P | None => True end.

Lemma holds_sound k s l r : has_sign s (r - l) -> means (Some (holds k s)) (relates k l r).
Proof. destruct k, s; simpl; intros; lra. Qed.

(** A leaf: the relation, the sign of the constant, the factors (by number, with exponents) of numerator and denominator,
    and the factors that must not vanish besides, because they stand in a denominator of a denominator. *)
Record leaf : Set := Leaf {
  kind : relation;
  constant : sign;
  top : list (nat * nat);
  bottom : list (nat * nat);
  inner : list nat
}.

Section Factors.
Variable factors : list R.

Definition factor (i : nat) : R := nth i factors 0.

Fixpoint product (parts : list (nat * nat)) : R :=
  match parts with
  | [] => 1
  | [(i, e)] => factor i ^ e
  | (i, e) :: rest => factor i ^ e * product rest
  end.

Definition quotient (l : leaf) : R :=
  match bottom l with [] => product (top l) | below => product (top l) / product below end.

(** [P], under the condition that none of these factors vanishes. *)
Fixpoint unless_zero (places : list nat) (P : Prop) : Prop :=
  match places with [] => P | i :: rest => factor i <> 0 -> unless_zero rest P end.

(** The leaf describes the difference of two numbers. *)
Definition describes (l : leaf) (sides : R * R) : Prop :=
  unless_zero (map fst (bottom l) ++ inner l)
    (exists c, has_sign (constant l) c /\ snd sides - fst sides = c * quotient l).

(** * Formulas *)

Variable leaves : list leaf.
Variable sides : list (R * R).
Variable others : list Prop.

Inductive formula : Set :=
| Sign (k : relation) (i : nat) (* the relation between 0 and a factor *)
| Rel (k : nat) (* a leaf *)
| Other (i : nat) (* a proposition that is not looked into *)
| Yes | No
| And (a b : formula) | Or (a b : formula) | Not (a : formula) | Implies (a b : formula) | Iff (a b : formula).

Definition no_leaf : leaf := Leaf Eq Zero [] [] [].

Fixpoint denote (f : formula) : Prop :=
  match f with
  | Sign k i => relates k 0 (factor i)
  | Rel k => relates (kind (nth k leaves no_leaf)) (fst (nth k sides (0, 0))) (snd (nth k sides (0, 0)))
  | Other i => nth i others True
  | Yes => True
  | No => False
  | And a b => denote a /\ denote b
  | Or a b => denote a \/ denote b
  | Not a => ~ denote a
  | Implies a b => denote a -> denote b
  | Iff a b => denote a <-> denote b
  end.

(** * Truth under some signs and truth values, as far as they are known *)

Definition not3 (a : option bool) : option bool := option_map negb a.
Definition and3 (a b : option bool) : option bool :=
  match a, b with
  | Some false, _ | _, Some false => Some false
  | Some true, Some true => Some true
  | _, _ => None
  end.
Definition or3 (a b : option bool) : option bool := not3 (and3 (not3 a) (not3 b)).
Definition iff3 (a b : option bool) : option bool :=
  match a, b with Some a, Some b => Some (Bool.eqb a b) | _, _ => None end.

Fixpoint product_sign (row : list sign) (parts : list (nat * nat)) : option sign :=
  match parts with
  | [] => Some Plus
  | (i, e) :: rest => times (power_sign e (nth_error row i)) (product_sign row rest)
  end.

Definition known_nonzero (row : list sign) (i : nat) : bool :=
  match nth_error row i with Some Plus | Some Minus => true | _ => false end.

Definition leaf_truth (row : list sign) (l : leaf) : option bool :=
  if forallb (known_nonzero row) (map fst (bottom l) ++ inner l)
  then option_map (holds (kind l))
         (times (Some (constant l)) (times (product_sign row (top l)) (product_sign row (bottom l))))
  else None.

Fixpoint truth (row : list sign) (values : list bool) (f : formula) : option bool :=
  match f with
  | Sign k i => option_map (holds k) (nth_error row i)
  | Rel k => match nth_error leaves k with Some l => leaf_truth row l | None => None end
  | Other i => nth_error values i
  | Yes => Some true
  | No => Some false
  | And a b => and3 (truth row values a) (truth row values b)
  | Or a b => or3 (truth row values a) (truth row values b)
  | Not a => not3 (truth row values a)
  | Implies a b => or3 (not3 (truth row values a)) (truth row values b)
  | Iff a b => iff3 (truth row values a) (truth row values b)
  end.

Definition is_false (b : option bool) : bool := match b with Some false => true | _ => false end.
Definition is_true (b : option bool) : bool := match b with Some true => true | _ => false end.

(** Nothing is left to show: a premise is false, or the claim is true. *)
Definition settled (row : list sign) (values : list bool) (premises : list formula) (claim : formula) : bool :=
  is_true (truth row values claim) || existsb (fun p => is_false (truth row values p)) premises.

(** All ways to go on with [m] truth values. *)
Fixpoint search_values (m : nat) row values premises claim : bool :=
  settled row values premises claim ||
  match m with
  | O => false
  | S m => search_values m row (values ++ [true]) premises claim && search_values m row (values ++ [false]) premises claim
  end.

(** All ways to go on with the signs of [n] factors and [m] truth values. *)
Fixpoint search (n m : nat) row premises claim : bool :=
  match n with
  | O => search_values m row [] premises claim
  | S n =>
      settled row [] premises claim ||
      (search n m (row ++ [Plus]) premises claim && search n m (row ++ [Zero]) premises claim
       && search n m (row ++ [Minus]) premises claim)
  end.

(** * Soundness *)

Definition fits_signs (row : list sign) : Prop := forall i s, nth_error row i = Some s -> has_sign s (factor i).
Definition fits_values (values : list bool) : Prop := forall i b, nth_error values i = Some b -> means (Some b) (nth i others True).

Lemma nth_error_last {A} (l : list A) (a b : A) i :
  nth_error (l ++ [a]) i = Some b -> nth_error l i = Some b \/ (i = length l /\ a = b).
Proof.
  intros H. destruct (lt_dec i (length l)) as [h|h].
  - left. rewrite nth_error_app1 in H; assumption.
  - right. rewrite nth_error_app2 in H by lia.
    destruct (i - length l)%nat as [|[|n]] eqn:Place; simpl in H; try discriminate.
    split; [lia|congruence].
Qed.

Lemma fits_more row s : fits_signs row -> has_sign s (factor (length row)) -> fits_signs (row ++ [s]).
Proof. intros H Hs i u Hu. destruct (nth_error_last _ _ _ _ Hu) as [h|[-> ->]]; auto. Qed.

Lemma fits_more_values values b :
  fits_values values -> means (Some b) (nth (length values) others True) -> fits_values (values ++ [b]).
Proof. intros H Hb i u Hu. destruct (nth_error_last _ _ _ _ Hu) as [h|[-> ->]]; auto. Qed.

Lemma fits_place row i : fits_signs row -> may_have (nth_error row i) (factor i).
Proof. intros H. specialize (H i). destruct (nth_error row i); simpl; auto. Qed.

Lemma product_step i e rest : product ((i, e) :: rest) = factor i ^ e * product rest.
Proof. destruct rest as [|[j d] rest]; simpl; ring. Qed.

Lemma product_sound row parts : fits_signs row -> may_have (product_sign row parts) (product parts).
Proof.
  intros H. induction parts as [|[i e] rest IH]; [simpl; lra|]. rewrite product_step. simpl product_sign.
  apply times_sound; [apply power_sound, fits_place; exact H|exact IH].
Qed.

Lemma known_nonzero_sound row i : fits_signs row -> known_nonzero row i = true -> factor i <> 0.
Proof.
  intros H. unfold known_nonzero. specialize (H i). destruct (nth_error row i) as [[]|]; try discriminate;
  intros _; specialize (H _ eq_refl); simpl in H; lra.
Qed.

Lemma unless_zero_elim places P :
  (forall i, In i places -> factor i <> 0) -> unless_zero places P -> P.
Proof.
  induction places as [|i rest IH]; simpl; [auto|]. intros H Q. apply IH; [intros; apply H; auto|]. apply Q, H; auto.
Qed.

Lemma product_nonzero parts : (forall i, In i (map fst parts) -> factor i <> 0) -> product parts <> 0.
Proof.
  induction parts as [|[i e] rest IH]; [intros; simpl; lra|]. intros H. rewrite product_step.
  apply Rmult_integral_contrapositive_currified.
  - apply pow_nonzero, H. left. reflexivity.
  - apply IH. intros j Hj. apply H. right. exact Hj.
Qed.

Lemma leaf_sound row l s : fits_signs row -> describes l s -> means (leaf_truth row l) (relates (kind l) (fst s) (snd s)).
Proof.
  intros H D. unfold leaf_truth. destruct (forallb _ _) eqn:Known; [|exact I].
  rewrite forallb_forall in Known.
  assert (Nonzero : forall i, In i (map fst (bottom l) ++ inner l) -> factor i <> 0).
  { intros i Hi. exact (known_nonzero_sound row i H (Known i Hi)). }
  destruct (unless_zero_elim _ _ Nonzero D) as [c [Hc Equation]].
  assert (Sound : may_have (times (Some (constant l)) (times (product_sign row (top l)) (product_sign row (bottom l))))
    (c * quotient l)).
  { apply times_sound; [exact Hc|].
    replace (quotient l) with (product (top l) * / product (bottom l)).
    - apply times_sound; [apply product_sound, H|].
      apply inverse_sound; [|apply product_sound, H].
      apply product_nonzero. intros i Hi. apply Nonzero, in_or_app. left. exact Hi.
    - unfold quotient. destruct (bottom l) as [|p rest]; [|reflexivity]. simpl. lra. }
  rewrite <- Equation in Sound.
  destruct (times (Some (constant l)) _) as [u|]; [|exact I]. simpl option_map. apply holds_sound. exact Sound.
Qed.

Lemma not3_sound a P : means a P -> means (not3 a) (~ P).
Proof. destruct a as [[]|]; simpl; tauto. Qed.

Lemma and3_sound a b P Q : means a P -> means b Q -> means (and3 a b) (P /\ Q).
Proof. destruct a as [[]|], b as [[]|]; simpl; tauto. Qed.

Lemma or3_sound a b P Q : means a P -> means b Q -> means (or3 a b) (P \/ Q).
Proof. destruct a as [[]|], b as [[]|]; simpl; tauto. Qed.

Lemma iff3_sound a b P Q : means a P -> means b Q -> means (iff3 a b) (P <-> Q).
Proof. destruct a as [[]|], b as [[]|]; simpl; tauto. Qed.

Lemma implies3_sound a b P Q : means a P -> means b Q -> means (or3 (not3 a) b) (P -> Q).
Proof. destruct a as [[]|], b as [[]|]; simpl; tauto. Qed.

(** All leaves describe their relations. *)
Fixpoint all_described (ls : list leaf) (ss : list (R * R)) : Prop :=
  match ls, ss with
  | [], [] => True
  | [l], [s] => describes l s
  | l :: ls, s :: ss => describes l s /\ all_described ls ss
  | _, _ => False
  end.

Lemma all_described_nth ls : forall ss k l,
  all_described ls ss -> nth_error ls k = Some l -> describes l (nth k ss (0, 0)) /\ nth k ls no_leaf = l.
Proof.
  induction ls as [|a ls IH]; intros ss k l H Place; [destruct k; discriminate|].
  destruct ss as [|s ss]; [destruct ls; contradiction|].
  assert (Parts : describes a s /\ (ls = [] \/ all_described ls ss)).
  { destruct ls as [|b ls]; [destruct ss; simpl in H; tauto|]. split; [apply H|right; apply H]. }
  destruct Parts as [Head Tail]. destruct k as [|k]; simpl in *.
  - injection Place as <-. auto.
  - destruct Tail as [->|Tail]; [destruct k; discriminate|]. apply IH; assumption.
Qed.

Hypothesis described : all_described leaves sides.

Lemma truth_sound row values f : fits_signs row -> fits_values values -> means (truth row values f) (denote f).
Proof.
  intros H V. induction f; simpl denote; simpl truth;
    auto using and3_sound, or3_sound, iff3_sound, not3_sound, implies3_sound.
  - specialize (H i). destruct (nth_error row i) as [s|]; [|exact I]. simpl option_map. apply holds_sound.
    replace (factor i - 0) with (factor i) by ring. auto.
  - destruct (nth_error leaves k) as [l|] eqn:Place; [|exact I].
    destruct (all_described_nth _ _ _ _ described Place) as [D ->]. apply leaf_sound; assumption.
  - specialize (V i). destruct (nth_error values i) as [b|]; [|exact I]. auto.
  - exact I.
  - simpl. tauto.
Qed.

Fixpoint all_true (premises : list formula) : Prop :=
  match premises with [] => True | p :: rest => denote p /\ all_true rest end.

Lemma settled_sound row values premises claim :
  fits_signs row -> fits_values values -> settled row values premises claim = true -> all_true premises -> denote claim.
Proof.
  intros H V S All. unfold settled in S. apply orb_prop in S. destruct S as [S|S].
  - assert (T := truth_sound row values claim H V). destruct (truth row values claim) as [[]|]; try discriminate. exact T.
  - exfalso. apply existsb_exists in S. destruct S as [p [In_ False_]].
    assert (T := truth_sound row values p H V). destruct (truth row values p) as [[]|]; try discriminate.
    apply T. clear - In_ All. induction premises as [|q rest IH]; [contradiction|].
    destruct All as [Q All]. destruct In_ as [->|In_]; auto.
Qed.

Lemma search_values_sound m : forall row values premises claim,
  fits_signs row -> fits_values values -> search_values m row values premises claim = true ->
  all_true premises -> denote claim.
Proof.
  induction m as [|m IH]; intros row values premises claim H V S All; simpl in S; apply orb_prop in S;
    (destruct S as [S|S]; [exact (settled_sound _ _ _ _ H V S All)|]).
  - discriminate.
  - apply andb_prop in S. destruct S as [S1 S2].
    destruct (classic (nth (length values) others True)) as [h|h].
    + apply (IH row (values ++ [true]) premises claim); auto. apply fits_more_values; auto.
    + apply (IH row (values ++ [false]) premises claim); auto. apply fits_more_values; auto.
Qed.

Lemma search_sound n m : forall row premises claim,
  fits_signs row -> search n m row premises claim = true -> all_true premises -> denote claim.
Proof.
  assert (None_ : fits_values []) by (intros [|i] b Hb; discriminate).
  induction n as [|n IH]; intros row premises claim H S All; simpl in S.
  - exact (search_values_sound m row [] premises claim H None_ S All).
  - apply orb_prop in S. destruct S as [S|S]; [exact (settled_sound _ _ _ _ H None_ S All)|].
    apply andb_prop in S. destruct S as [S S3]. apply andb_prop in S. destruct S as [S1 S2].
    destruct (sign_exists (factor (length row))) as [s Hs].
    apply (IH (row ++ [s]) premises claim); auto using fits_more. destruct s; assumption.
Qed.

(** The premises one after the other, and then the claim. *)
Fixpoint chain (premises : list formula) (claim : Prop) : Prop :=
  match premises with [] => claim | p :: rest => denote p -> chain rest claim end.

Lemma chain_intro premises (P : Prop) : (all_true premises -> P) -> chain premises P.
Proof. induction premises as [|p rest IH]; simpl; [auto|]. intros H Hp. apply IH. auto. Qed.

Theorem signs_sound (n m : nat) (premises : list formula) (claim : formula) :
  search n m [] premises claim = true -> chain premises (denote claim).
Proof.
  intros S. apply chain_intro. apply (search_sound n m [] premises claim); [|exact S].
  intros [|i] s Hs; discriminate.
Qed.

End Factors.

End BySigns.

(** * Signs by kind *)

Lemma even_power_nonneg (e : nat) (x : R) : Nat.even e = true -> 0 <= x ^ e.
Proof.
  intros Even. apply Nat.even_spec in Even. destruct Even as [k ->]. rewrite pow_mult. apply pow_le. simpl. nra.
Qed.

Lemma even_power_pos (e : nat) (x : R) : Nat.even e = true -> x <> 0 -> 0 < x ^ e.
Proof.
  intros Even Hx. destruct (even_power_nonneg e x Even) as [h|h]; [exact h|].
  exfalso. exact (pow_nonzero x e Hx (eq_sym h)).
Qed.

Lemma sqrt_above (q x : R) : 0 <= q -> q * q <= x -> q <= sqrt x.
Proof. intros Hq H. rewrite <- (sqrt_square q Hq). apply sqrt_le_1_alt. exact H. Qed.

Lemma sqrt_below (q x : R) : 0 <= q -> x <= q * q -> sqrt x <= q.
Proof. intros Hq H. rewrite <- (sqrt_square q Hq). apply sqrt_le_1_alt. exact H. Qed.

Lemma product_bounds (a b c d x y : R) :
  0 <= a -> 0 <= c -> a <= x <= b -> c <= y <= d -> a * c <= x * y <= b * d.
Proof. intros Ha Hc [H1 H2] [H3 H4]. split; apply Rmult_le_compat; lra. Qed.

(** A natural number that is at least 1. *)
Lemma INR_positive (i n : nat) : (1 <= i <= n)%nat -> 0 < INR i.
Proof. intros H. apply lt_0_INR. lia. Qed.
