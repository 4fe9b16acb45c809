(** * Linear iterations of two states, and the roots of z^2 - p z + q

    Schur and Cohn's criterion in degree two, for the open disc (Jury's conditions) and for the closed disc of a
    given radius; and that a linear iteration of two states converges from every start just when its
    characteristic polynomial satisfies Jury's conditions. *)
Require Import Reals Psatz Lra.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

(** ** Roots of a real quadratic *)

Definition root (p q : R) (z : C) : Prop := (z * z - RtoC p * z + RtoC q = 0)%C.

(** All roots lie in the open unit disc. *)
Definition roots_inside (p q : R) : Prop := forall z, root p q z -> Cmod z < 1.

(** All roots lie in the closed disc of radius rho. *)
Definition roots_within (rho p q : R) : Prop := forall z, root p q z -> Cmod z <= rho.

Lemma root_re_im p q x y : root p q (x, y) <-> x*x - y*y - p*x + q = 0 /\ 2*x*y - p*y = 0.
Proof.
  unfold root, RtoC, Cminus, Cplus, Cmult, Copp; simpl. split.
  - intros H. injection H as H1 H2. split; nra.
  - intros [H1 H2]. f_equal; simpl; nra.
Qed.

Lemma Cmod_lt1 x y : Cmod (x, y) < 1 <-> x*x + y*y < 1.
Proof.
  unfold Cmod; simpl. rewrite 2!Rmult_1_r. split; intros H.
  - apply sqrt_lt_0_alt. rewrite sqrt_1. exact H.
  - rewrite <- sqrt_1. apply sqrt_lt_1_alt. nra.
Qed.

Lemma Cmod_le rho x y : 0 <= rho -> (Cmod (x, y) <= rho <-> x*x + y*y <= rho*rho).
Proof.
  intros Hr. unfold Cmod; simpl. rewrite 2!Rmult_1_r. split; intros H.
  - apply sqrt_le_0; try nra. rewrite sqrt_square; auto.
  - rewrite <- (sqrt_square rho) by auto. apply sqrt_le_1_alt. exact H.
Qed.

(** The two roots, real or conjugate: their sum is p, their product q. *)
Lemma two_roots p q :
  exists r1 r2 : C, (r1 + r2 = RtoC p)%C /\ (r1 * r2 = RtoC q)%C /\ root p q r1 /\ root p q r2.
Proof.
  destruct (Rle_lt_dec 0 (p*p - 4*q)) as [D|D].
  - set (s := sqrt (p*p - 4*q)). assert (Hs : s*s = p*p-4*q) by (apply sqrt_sqrt; lra).
    exists ((p+s)/2, 0), ((p-s)/2, 0). rewrite !root_re_im. repeat split; try nra.
    + unfold Cplus, RtoC; simpl. f_equal; field.
    + unfold Cmult, RtoC; simpl. f_equal; nra.
  - set (s := sqrt (4*q - p*p)). assert (Hs : s*s = 4*q-p*p) by (apply sqrt_sqrt; lra).
    exists (p/2, s/2), (p/2, -(s/2)). rewrite !root_re_im. repeat split; try nra.
    + unfold Cplus, RtoC; simpl. f_equal; field.
    + unfold Cmult, RtoC; simpl. f_equal; nra.
Qed.

(** ** Schur and Cohn's criterion *)

(** Open disc: |z| < 1 for both roots iff |q| < 1 and |p| < 1 + q. *)
Theorem schur_cohn_open (p q : R) : roots_inside p q <-> -1 < q /\ q < 1 /\ -(1 + q) < p /\ p < 1 + q.
Proof.
  split.
  - intros S. destruct (Rle_lt_dec 0 (p*p - 4*q)) as [D|D].
    + set (s := sqrt (p*p - 4*q)). assert (Hs : s*s = p*p-4*q) by (apply sqrt_sqrt; lra).
      assert (A := S ((p+s)/2, 0)). assert (B := S ((p-s)/2, 0)).
      rewrite root_re_im, Cmod_lt1 in A, B.
      assert (A' : (p + s)/2*((p + s)/2) + 0*0 < 1) by (apply A; split; nra).
      assert (B' : (p - s)/2*((p - s)/2) + 0*0 < 1) by (apply B; split; nra).
      assert (-1 < (p+s)/2 < 1) by (split; nra). assert (-1 < (p-s)/2 < 1) by (split; nra).
      repeat split; nra.
    + set (s := sqrt (4*q - p*p)). assert (Hs : s*s = 4*q-p*p) by (apply sqrt_sqrt; lra).
      assert (A := S (p/2, s/2)). rewrite root_re_im, Cmod_lt1 in A.
      assert (A' : p/2*(p/2) + s/2*(s/2) < 1) by (apply A; split; nra).
      repeat split; nra.
  - intros (Q1 & Q2 & P1 & P2) [x y] Hr.
    rewrite root_re_im in Hr. destruct Hr as [H1 H2]. rewrite Cmod_lt1.
    destruct (Req_dec y 0) as [->|Hy].
    + assert (x < 1) by (destruct (Rlt_le_dec x 1); [easy|nra]).
      assert (-1 < x) by (destruct (Rlt_le_dec (-1) x); [easy|nra]). nra.
    + assert (2*x = p) by (apply (Rmult_eq_reg_r y); [lra|exact Hy]). nra.
Qed.

(** Closed disc of radius rho > 0: |z| <= rho for both roots iff |q| <= rho^2 and |p| rho <= rho^2 + q. *)
Theorem schur_cohn_closed (rho p q : R) : 0 < rho ->
  (roots_within rho p q <-> - rho ^ 2 <= q /\ q <= rho ^ 2 /\ -(rho ^ 2 + q) <= p * rho /\ p * rho <= rho ^ 2 + q).
Proof.
  intros Hr. replace (rho ^ 2) with (rho * rho) by ring. split.
  - intros S. destruct (Rle_lt_dec 0 (p*p - 4*q)) as [D|D].
    + set (s := sqrt (p*p - 4*q)). assert (Hs : s*s = p*p-4*q) by (apply sqrt_sqrt; lra).
      assert (Hs0 : 0 <= s) by apply sqrt_pos.
      assert (A := S ((p+s)/2, 0)). assert (B := S ((p-s)/2, 0)).
      rewrite root_re_im, Cmod_le in A, B by lra.
      assert (A' : (p + s)/2*((p + s)/2) + 0*0 <= rho*rho) by (apply A; split; nra).
      assert (B' : (p - s)/2*((p - s)/2) + 0*0 <= rho*rho) by (apply B; split; nra).
      assert (-rho <= (p+s)/2 <= rho) by (split; nra). assert (-rho <= (p-s)/2 <= rho) by (split; nra).
      repeat split; nra.
    + set (s := sqrt (4*q - p*p)). assert (Hs : s*s = 4*q-p*p) by (apply sqrt_sqrt; lra).
      assert (A := S (p/2, s/2)). rewrite root_re_im, Cmod_le in A by lra.
      assert (A' : p/2*(p/2) + s/2*(s/2) <= rho*rho) by (apply A; split; nra).
      repeat split; nra.
  - intros (Q1 & Q2 & P1 & P2) [x y] Hz. rewrite root_re_im in Hz. destruct Hz as [H1 H2]. rewrite Cmod_le by lra.
    destruct (Req_dec y 0) as [->|Hy].
    + assert (x <= rho). { destruct (Rle_lt_dec x rho); [easy|]. exfalso.
        assert ((x - rho) * (x + rho - p) <= 0) by nra.
        assert (x + rho - p <= 0) by nra. assert (rho * p >= 2*rho*rho) by nra. nra. }
      assert (-rho <= x). { destruct (Rle_lt_dec (-rho) x); [easy|]. exfalso.
        assert ((-x - rho) * (-x + rho + p) <= 0) by nra.
        assert (-x + rho + p <= 0) by nra. nra. }
      nra.
    + assert (2*x = p) by (apply (Rmult_eq_reg_r y); [lra|exact Hy]). nra.
Qed.

(** ** Solutions of z_{k+2} = p z_{k+1} - q z_k *)

Definition solution (p q : R) (z : nat -> R) : Prop := forall k, z (S (S k)) = p * z (S k) - q * z k.

(** u_{k+1} <= r u_k + c r^k with 0 <= r < 1 forces u to zero. *)
Lemma decay (u : nat -> R) (r c : R) : 0 <= r < 1 -> 0 <= c -> (forall k, 0 <= u k) ->
  (forall k, u (S k) <= r * u k + c * r ^ k) -> is_lim_seq u 0.
Proof.
  intros Hr HC Hu Hs. set (s := (1 + r) / 2). set (M := u O + c / (s - r)).
  assert (Hsr : 0 < s - r) by (unfold s; lra).
  assert (HM : c <= (s - r) * M).
  { unfold M. rewrite Rmult_plus_distr_l. replace ((s - r) * (c / (s - r))) with c by (field; lra).
    assert (K := Hu O). nra. }
  assert (M0 : 0 <= M).
  { unfold M. assert (K := Hu O). assert (0 <= c / (s - r)) by (apply Rdiv_le_0_compat; lra). lra. }
  assert (B : forall k, u k <= M * s ^ k).
  { induction k as [|k IH]; simpl.
    - unfold M. assert (0 <= c / (s - r)) by (apply Rdiv_le_0_compat; lra). lra.
    - eapply Rle_trans; [apply Hs|].
      assert (r ^ k <= s ^ k) by (apply pow_incr; unfold s; lra).
      assert (0 <= s ^ k) by (apply pow_le; unfold s; lra).
      assert (0 <= r^k) by (apply pow_le; lra).
      assert (r * u k <= r * (M * s^k)) by (apply Rmult_le_compat_l; lra).
      assert (c * r^k <= c * s^k) by (apply Rmult_le_compat_l; lra).
      assert (c * s^k <= (s-r)*M * s^k) by (apply Rmult_le_compat_r; lra). lra. }
  apply is_lim_seq_le_le with (u := fun _ => 0) (w := fun k => M * s ^ k).
  - intros k; split; auto.
  - apply is_lim_seq_const.
  - replace (Finite 0) with (Rbar_mult M 0) by (simpl; f_equal; ring). apply is_lim_seq_scal_l.
    apply is_lim_seq_geom. rewrite Rabs_pos_eq; unfold s; lra.
Qed.

Fixpoint cpow (z : C) (k : nat) : C := match k with O => RtoC 1 | S k => (z * cpow z k)%C end.

Lemma cpow_S (z : C) k : cpow z (S k) = (z * cpow z k)%C.
Proof. reflexivity. Qed.

Lemma Cmod_cpow z k : Cmod (cpow z k) = Cmod z ^ k.
Proof. induction k; [apply Cmod_1|]. rewrite cpow_S, Cmod_mult, IHk. reflexivity. Qed.

(** With both roots inside the disc every solution vanishes: w_k = z_{k+1} - r1 z_k is r2^k w_0. *)
Theorem inside_vanishes p q z : roots_inside p q -> solution p q z -> is_lim_seq z 0.
Proof.
  intros St Tr. destruct (two_roots p q) as (r1 & r2 & Es & Ep & R1 & R2).
  assert (S1 := St _ R1). assert (S2 := St _ R2).
  set (r := Rmax (Cmod r1) (Cmod r2)).
  assert (P1 := Cmod_ge_0 r1). assert (P2 := Cmod_ge_0 r2).
  assert (L1 : Cmod r1 <= r) by apply Rmax_l. assert (L2 : Cmod r2 <= r) by apply Rmax_r.
  assert (Hr : 0 <= r < 1) by (split; [lra|unfold r; now apply Rmax_lub_lt]).
  set (w := fun k => (RtoC (z (S k)) - r1 * RtoC (z k))%C).
  assert (W : forall k, w k = (cpow r2 k * w O)%C).
  { induction k as [|k IH].
    - change (cpow r2 0) with (RtoC 1). ring.
    - rewrite cpow_S, <- Cmult_assoc, <- IH. unfold w. rewrite Tr, RtoC_minus, !RtoC_mult, <- Es, <- Ep. ring. }
  apply is_lim_seq_abs_0. apply (decay _ r (Cmod (w O)) Hr (Cmod_ge_0 _)).
  - intros; apply Rabs_pos.
  - intros k. rewrite <- !Cmod_R.
    replace (RtoC (z (S k))) with (r1 * RtoC (z k) + w k)%C by (unfold w; ring).
    eapply Rle_trans; [apply Cmod_triangle|]. rewrite W, !Cmod_mult, Cmod_cpow.
    assert (0 <= Cmod (RtoC (z k))) by apply Cmod_ge_0. assert (0 <= Cmod (w O)) by apply Cmod_ge_0.
    assert (Cmod r2 ^ k <= r ^ k) by (apply pow_incr; lra).
    apply Rplus_le_compat; [apply Rmult_le_compat_r; lra|].
    rewrite (Rmult_comm (Cmod (w O))). apply Rmult_le_compat_r; lra.
Qed.

(** Conversely: the real and the imaginary part of r^k are solutions, and they do not both vanish for |r| >= 1. *)
Theorem vanishing_inside p q : (forall z, solution p q z -> is_lim_seq z 0) -> roots_inside p q.
Proof.
  intros Conv r Hr. destruct (Rlt_le_dec (Cmod r) 1) as [h|h]; [exact h|exfalso].
  assert (Rt : forall k, (cpow r (S (S k)) = RtoC p * cpow r (S k) - RtoC q * cpow r k)%C).
  { intros k. rewrite !cpow_S. unfold root in Hr.
    replace (r * (r * cpow r k))%C with ((r*r) * cpow r k)%C by ring.
    replace (r * r)%C with (RtoC p * r - RtoC q)%C. ring.
    replace (RtoC p * r - RtoC q)%C with (RtoC p * r - RtoC q + 0)%C by ring. rewrite <- Hr. ring. }
  assert (A : is_lim_seq (fun k => fst (cpow r k)) 0).
  { apply Conv. intros k. rewrite Rt. unfold Cminus, Cplus, Copp, Cmult, RtoC; simpl. ring. }
  assert (B : is_lim_seq (fun k => snd (cpow r k)) 0).
  { apply Conv. intros k. rewrite Rt. unfold Cminus, Cplus, Copp, Cmult, RtoC; simpl. ring. }
  assert (Cc : is_lim_seq (fun k => fst (cpow r k) * fst (cpow r k) + snd (cpow r k) * snd (cpow r k)) 0).
  { replace 0 with (0*0 + 0*0) by ring. apply is_lim_seq_plus'; now apply is_lim_seq_mult'. }
  assert (K : Rbar_le 1 0).
  { apply (is_lim_seq_le (fun _ => 1) _ 1 0) with (2 := is_lim_seq_const 1) (3 := Cc). intros k.
    assert (M := Cmod_cpow r k). assert (G : 1 <= Cmod r ^ k) by (now apply pow_R1_Rle). rewrite <- M in G.
    destruct (Rlt_le_dec (fst (cpow r k) * fst (cpow r k) + snd (cpow r k) * snd (cpow r k)) 1) as [u|u]; [|exact u].
    exfalso. assert (V := proj2 (Cmod_lt1 (fst (cpow r k)) (snd (cpow r k))) u).
    rewrite <- surjective_pairing in V. lra. }
  simpl in K. lra.
Qed.

(** ** Two states *)

Lemma geometric_vanishes_base (m d : R) : d <> 0 -> is_lim_seq (fun t => m ^ t * d) 0 -> -1 < m /\ m < 1.
Proof.
  intros Hd H. cut (Rabs m < 1); [intros A; apply Rabs_def2 in A; lra|].
  destruct (Rlt_le_dec (Rabs m) 1) as [h|h]; [exact h|exfalso].
  assert (Hb : forall t, Rabs d <= Rabs (m ^ t * d)).
  { intros t. rewrite Rabs_mult, <- RPow_abs.
    assert (1 <= Rabs m ^ t) by (apply pow_R1_Rle; exact h).
    assert (0 <= Rabs d) by apply Rabs_pos. nra. }
  apply is_lim_seq_abs in H. simpl in H. rewrite Rabs_R0 in H.
  assert (K : Rbar_le (Rabs d) 0).
  { apply (is_lim_seq_le (fun _ => Rabs d) (fun t => Rabs (m ^ t * d))); auto. apply is_lim_seq_const. }
  simpl in K. assert (0 < Rabs d) by (apply Rabs_pos_lt; auto). lra.
Qed.

Lemma lim_minus_const (u : nat -> R) (c : R) : is_lim_seq u (Finite c) <-> is_lim_seq (fun t => u t - c) 0.
Proof.
  split; intros H.
  - replace (Finite 0) with (Finite (c - c)) by (f_equal; ring). apply is_lim_seq_minus'; [exact H|apply is_lim_seq_const].
  - apply is_lim_seq_ext with (fun t => (u t - c) + c); [intros; ring|].
    replace (Finite c) with (Finite (0 + c)) by (f_equal; ring). apply is_lim_seq_plus'; [exact H|apply is_lim_seq_const].
Qed.

Section TwoStates.
Variables (x y : nat -> R -> R -> R) (c d m11 m12 m21 m22 : R).
Hypothesis step_x : forall t a b, x (S t) a b - c = m11 * (x t a b - c) + m12 * (y t a b - d).
Hypothesis step_y : forall t a b, y (S t) a b - d = m21 * (x t a b - c) + m22 * (y t a b - d).
Hypothesis start_x : forall a b, x 0%nat a b = a.
Hypothesis start_y : forall a b, y 0%nat a b = b.
Let p := m11 + m22.
Let q := m11 * m22 - m12 * m21.

(** Each component of the error solves z'' = p z' - q z. *)
Lemma first_solves a b : solution p q (fun t => x t a b - c).
Proof.
  intros k. unfold p, q. assert (A := step_x k a b). assert (B := step_x (S k) a b). assert (D := step_y k a b).
  rewrite B, D. replace (m12 * (m21 * (x k a b - c) + m22 * (y k a b - d)))
    with (m12 * m21 * (x k a b - c) + m22 * (m12 * (y k a b - d))) by ring.
  replace (m12 * (y k a b - d)) with (x (S k) a b - c - m11 * (x k a b - c)) by lra. ring.
Qed.

Lemma second_solves a b : solution p q (fun t => y t a b - d).
Proof.
  intros k. unfold p, q. assert (A := step_y k a b). assert (B := step_y (S k) a b). assert (D := step_x k a b).
  rewrite B, D. replace (m21 * (m11 * (x k a b - c) + m12 * (y k a b - d)))
    with (m12 * m21 * (y k a b - d) + m11 * (m21 * (x k a b - c))) by ring.
  replace (m21 * (x k a b - c)) with (y (S k) a b - d - m22 * (y k a b - d)) by lra. ring.
Qed.

(** Two solutions that agree twice agree for ever. *)
Lemma solution_unique z u : solution p q z -> solution p q u -> z 0%nat = u 0%nat -> z 1%nat = u 1%nat ->
  forall t, z t = u t.
Proof.
  intros Z U E0 E1 t. cut (z t = u t /\ z (S t) = u (S t)); [tauto|].
  induction t as [|t [A B]]; [auto|]. split; [exact B|]. rewrite Z, U, A, B. reflexivity.
Qed.

(** If m12 or m21 is not zero, the errors of that component are all solutions. *)
Lemma vanishing_solutions : m12 <> 0 \/ m21 <> 0 ->
  (forall a b, is_lim_seq (fun t => x t a b) (Finite c) /\ is_lim_seq (fun t => y t a b) (Finite d)) ->
  forall z, solution p q z -> is_lim_seq z 0.
Proof.
  intros [M|M] H z Z.
  - set (b := d + (z 1%nat - m11 * z 0%nat) / m12). destruct (H (c + z 0%nat) b) as [A _].
    apply lim_minus_const in A. apply is_lim_seq_ext with (2 := A).
    apply (solution_unique _ z (first_solves _ _) Z).
    + rewrite start_x. ring.
    + rewrite step_x, start_x, start_y. unfold b. field. exact M.
  - set (a := c + (z 1%nat - m22 * z 0%nat) / m21). destruct (H a (d + z 0%nat)) as [_ A].
    apply lim_minus_const in A. apply is_lim_seq_ext with (2 := A).
    apply (solution_unique _ z (second_solves _ _) Z).
    + rewrite start_y. ring.
    + rewrite step_y, start_x, start_y. unfold a. field. exact M.
Qed.

(** Without coupling both components are geometric sequences. *)
Lemma uncoupled : m12 = 0 -> m21 = 0 ->
  (forall a b, is_lim_seq (fun t => x t a b) (Finite c) /\ is_lim_seq (fun t => y t a b) (Finite d)) ->
  -1 < q /\ q < 1 /\ -(1 + q) < p /\ p < 1 + q.
Proof.
  intros Z1 Z2 H. destruct (H (c + 1) (d + 1)) as [A B]. apply lim_minus_const in A. apply lim_minus_const in B.
  assert (M1 : -1 < m11 /\ m11 < 1).
  { apply (geometric_vanishes_base m11 1); [lra|]. apply is_lim_seq_ext with (2 := A).
    induction n as [|n IH]; [rewrite start_x; simpl; ring|]. rewrite step_x, IH, Z1. simpl. ring. }
  assert (M2 : -1 < m22 /\ m22 < 1).
  { apply (geometric_vanishes_base m22 1); [lra|]. apply is_lim_seq_ext with (2 := B).
    induction n as [|n IH]; [rewrite start_y; simpl; ring|]. rewrite step_y, IH, Z2. simpl. ring. }
  unfold p, q. rewrite Z1, Z2.
  assert (0 < (1 - m11) * (1 - m22)) by (apply Rmult_lt_0_compat; lra).
  assert (0 < (1 + m11) * (1 + m22)) by (apply Rmult_lt_0_compat; lra).
  assert (0 < (1 - m11) * (1 + m22)) by (apply Rmult_lt_0_compat; lra).
  assert (0 < (1 + m11) * (1 - m22)) by (apply Rmult_lt_0_compat; lra).
  repeat split; lra.
Qed.

Lemma converges_iff :
  (forall a b, is_lim_seq (fun t => x t a b) (Finite c) /\ is_lim_seq (fun t => y t a b) (Finite d)) <->
  -1 < q /\ q < 1 /\ -(1 + q) < p /\ p < 1 + q.
Proof.
  split; intros H.
  - destruct (Req_dec m12 0) as [M1|M1]; [destruct (Req_dec m21 0) as [M2|M2]|].
    + now apply uncoupled.
    + apply schur_cohn_open, vanishing_inside, vanishing_solutions; auto.
    + apply schur_cohn_open, vanishing_inside, vanishing_solutions; auto.
  - apply schur_cohn_open in H. intros a b.
    split; apply lim_minus_const; apply (inside_vanishes p q); auto using first_solves, second_solves.
Qed.
End TwoStates.

(** The iteration converges from every start iff Jury's conditions hold. *)
Theorem schur_quadratic (x y : nat -> R -> R -> R) (c d m11 m12 m21 m22 : R) :
  (forall t a b, x (S t) a b - c = m11 * (x t a b - c) + m12 * (y t a b - d)) ->
  (forall t a b, y (S t) a b - d = m21 * (x t a b - c) + m22 * (y t a b - d)) ->
  (forall a b, x 0%nat a b = a) -> (forall a b, y 0%nat a b = b) ->
  ((forall a b, is_lim_seq (fun t => x t a b) (Finite c) /\ is_lim_seq (fun t => y t a b) (Finite d)) <->
   -1 < m11 * m22 - m12 * m21 /\ m11 * m22 - m12 * m21 < 1 /\
   -(1 + (m11 * m22 - m12 * m21)) < m11 + m22 /\ m11 + m22 < 1 + (m11 * m22 - m12 * m21)).
Proof. exact (converges_iff x y c d m11 m12 m21 m22). Qed.
