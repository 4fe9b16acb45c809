(** * What the catalogue proves, written by hand

    For every certified result there is one statement here. Its proof is in a file of the same name, which a program
    wrote; but whether that file proves this statement is asked of coqc ([Check (gd_regimes.gd_regimes : Spec.gd_regimes)]),
    which only unfolds definitions. So to know what has been proved, read this file; the program need not be trusted.

    Before the statements stand the notions that they are made of. From elsewhere come only
    - of Coquelicot: [is_lim_seq], [is_lim], [is_derive], and [Derive], [Derive_n], which mean the derivative where
      there is one (and some number where there is none);
    - of the files beside this one: finite sums [fsum], Kronecker's [delta], [expectation] (Sums.v), [smooth]
      (Calculus.v), [det], [eigenvalues], [signature], [rank_at_least], [at_most_independent] (Matrices.v), [roots_within]
      (SecondOrder.v), [at_most_in_common] (Fields.v), [almost_every] (Spans.v), [full_support], [hessian_has_rank],
      [redundant_directions] (Ranks.v). The line at which each is defined says what it means.

    [0 < x < 1] is short for [0 < x /\ x < 1]. A hypothesis stands on one line, after a comment that names it, before an
    arrow. [theta t] is a parameter after [t] steps, [eta] the learning rate. *)

From Derivations Require Import Prelude.

(** ** Limits *)

(** x_t tends to l as t grows. *)
Definition tends_to (x : nat -> R) (l : R) : Prop := is_lim_seq x l.

(** x_t tends to plus infinity. *)
Definition grows_beyond_all_bounds (x : nat -> R) : Prop := is_lim_seq x p_infty.

(** |x_t| does. *)
Definition diverges (x : nat -> R) : Prop := grows_beyond_all_bounds (fun t => Rabs (x t)).

(** f x tends to l as x tends to a without being a. *)
Definition tends_near (a : R) (f : R -> R) (l : R) : Prop := is_lim f a l.

(** The same in epsilons: the words above mean what they should. *)
Lemma tends_to_means x l :
  tends_to x l <-> forall eps, 0 < eps -> exists N, forall t, (N <= t)%nat -> Rabs (x t - l) < eps.
Proof.
  unfold tends_to. rewrite <- is_lim_seq_spec. simpl. split.
  - intros H eps P. exact (H (mkposreal eps P)).
  - intros H eps. exact (H eps (cond_pos eps)).
Qed.

Lemma grows_means x : grows_beyond_all_bounds x <-> forall M, exists N, forall t, (N <= t)%nat -> M < x t.
Proof. unfold grows_beyond_all_bounds. rewrite <- is_lim_seq_spec. reflexivity. Qed.

(** ** What a sequence of distances from a minimum may do *)

(** It stays on one side. *)
Definition keeps_its_side (e : nat -> R) : Prop := forall t, 0 < e t * e (S t).

(** Every step leads to the other side: it overshoots. *)
Definition changes_sides (e : nat -> R) : Prop := forall t, e t * e (S t) < 0.

(** One step leads to the minimum. *)
Definition arrives_in_one_step (e : nat -> R) : Prop := forall t, e (S t) = 0.

(** It goes to and fro between two values: it has period two. *)
Definition goes_to_and_fro (e : nat -> R) : Prop := forall t, e (S t) = - e t.

Definition stands_still (e : nat -> R) : Prop := forall t, e (S t) = e t.

(** The powers of m: what becomes of 1 that is multiplied by m at each step. *)
Definition powers (m : R) : nat -> R := fun t => m ^ t.

(** ** Gradient descent with one parameter *)

(** From x_t, a step of length eta against g_t. *)
Definition steps_against (g : nat -> R) (eta : R) (x : nat -> R) : Prop := forall t, x (S t) = x t - eta * g t.

(** Gradient descent on the loss L with learning rate eta. *)
Definition gradient_descent (L : R -> R) (eta : R) (theta : nat -> R) : Prop :=
  steps_against (fun t => Derive L (theta t)) eta theta.

(** What one step makes of x. *)
Definition descent_map (L : R -> R) (eta x : R) : R := x - eta * Derive L x.

(** What a step of Newton's method makes of x. *)
Definition newton_map (L : R -> R) (x : R) : R := x - Derive L x / Derive_n L 2 x.

Definition critical (L : R -> R) (x : R) : Prop := Derive L x = 0.

(** The loss with its minimum (for lam > 0) at theta_star and the curvature lam there and everywhere. *)
Definition quadratic_loss (lam theta_star theta : R) : R := 1 / 2 * lam * (theta - theta_star) ^ 2.

(** A loss of degree four whose second, third and fourth derivatives at 0 are lam, a, b. *)
Definition quartic_loss (lam a b x : R) : R := lam * x ^ 2 / 2 + a * x ^ 3 / 6 + b * x ^ 4 / 24.

(** ** Losses of two parameters *)

Definition partial_1 (L : R -> R -> R) (x y : R) : R := Derive (fun u => L u y) x.
Definition partial_2 (L : R -> R -> R) (x y : R) : R := Derive (fun v => L x v) y.
Definition partial_11 (L : R -> R -> R) (x y : R) : R := Derive_n (fun u => L u y) 2 x.
Definition partial_12 (L : R -> R -> R) (x y : R) : R := Derive (fun v => Derive (fun u => L u v) x) y.
Definition partial_22 (L : R -> R -> R) (x y : R) : R := Derive_n (fun v => L x v) 2 y.

Definition gradient (L : R -> R -> R) (x y : R) : list R := [partial_1 L x y; partial_2 L x y].

(** Numbers one below the other. *)
Definition column (u : list R) : list (list R) := map (fun a => [a]) u.

Definition hessian (L : R -> R -> R) (x y : R) : list (list R) :=
  [[partial_11 L x y; partial_12 L x y]; [partial_12 L x y; partial_22 L x y]].

(** (u, v)^T H (u, v), where H is the Hessian of L at (x, y). *)
Definition curvature_along (L : R -> R -> R) (x y u v : R) : R :=
  partial_11 L x y * u ^ 2 + 2 * partial_12 L x y * u * v + partial_22 L x y * v ^ 2.

(** A critical point from which the loss falls to second order in some directions, and rises in others. *)
Definition saddle_point (L : R -> R -> R) (x y : R) : Prop :=
  partial_1 L x y = 0 /\ partial_2 L x y = 0 /\
  (exists u v, curvature_along L x y u v < 0) /\ (exists u v, 0 < curvature_along L x y u v).

(** x is differentiable, and its derivative at every time tau is v tau. *)
Definition moves_with_velocity (v : R -> R) (x : R -> R) : Prop := forall tau, is_derive x tau (v tau).

(** ** Functions of eight numbers *)

Definition gradient_of_eight (Q : R -> R -> R -> R -> R -> R -> R -> R -> R) (a b c d e f g h : R) : list R :=
  [Derive (fun x => Q x b c d e f g h) a; Derive (fun x => Q a x c d e f g h) b;
   Derive (fun x => Q a b x d e f g h) c; Derive (fun x => Q a b c x e f g h) d;
   Derive (fun x => Q a b c d x f g h) e; Derive (fun x => Q a b c d e x g h) f;
   Derive (fun x => Q a b c d e f x h) g; Derive (fun x => Q a b c d e f g x) h].

(** ** Losses of n parameters, which are numbered from 1 to n *)

Definition among (n i : nat) : Prop := (1 <= i <= n)%nat.

(** The sum of the u_k v_k. *)
Definition inner (n : nat) (u v : nat -> R) : R := fsum 1 n (fun k => u k * v k).

Definition of_unit_length (n : nat) (u : nat -> R) : Prop := fsum 1 n (fun k => u k ^ 2) = 1.

Definition symmetric_matrix (n : nat) (H : nat -> nat -> R) : Prop :=
  forall i, among n i -> forall j, among n j -> H i j = H j i.

(** H u = lam u (u may be zero). *)
Definition eigenvector (n : nat) (H : nat -> nat -> R) (lam : R) (u : nat -> R) : Prop :=
  forall j, among n j -> inner n (H j) u = lam * u j.

(** u^T H u *)
Definition quadratic_form (n : nat) (H : nat -> nat -> R) (u : nat -> R) : R := inner n u (fun j => inner n (H j) u).

(** Gradient descent on the quadratic loss with the Hessian H, whose gradient is H (theta - theta_star). *)
Definition vector_descent (n : nat) (H : nat -> nat -> R) (theta_star : nat -> R) (eta : R) (theta : nat -> nat -> R) :
    Prop :=
  forall t k, among n k -> theta (S t) k = theta t k - eta * inner n (H k) (fun j => theta t j - theta_star j).

(** ** Gradient descent with noise

    Omega are the outcomes. Some functions of the outcome are random variables; constants, sums and products of them are.
    E is an expectation: of random variables it is linear, 1 for the constant 1, and not negative for a square. The gradient
    of L is known up to an error eps_t only. *)

Definition noisy_descent {Omega : Type} (L : R -> R) (eta : R) (eps theta : nat -> Omega -> R) : Prop :=
  forall w t, theta (S t) w = theta t w - eta * (Derive L (theta t w) + eps t w).

Section Noise.

Context {Omega : Type} (E : (Omega -> R) -> R).

Definition mean (X : nat -> Omega -> R) (t : nat) : R := E (X t).

Definition mean_square (X : nat -> Omega -> R) (t : nat) : R := E (fun w => X t w ^ 2).

(** E X_t Y_t *)
Definition mean_product (X Y : nat -> Omega -> R) (t : nat) : R := E (fun w => X t w * Y t w).

(** The noise has mean zero at every step. *)
Definition centred (eps : nat -> Omega -> R) : Prop := forall t, E (eps t) = 0.

(** Its variance is sigma^2, and what it is at one step is uncorrelated with what it is at another. *)
Definition white (sigma : R) (eps : nat -> Omega -> R) : Prop :=
  forall s t, E (fun w => eps s w * eps t w) = delta s t * sigma ^ 2.

(** No noise is correlated with X. *)
Definition uncorrelated (X : Omega -> R) (eps : nat -> Omega -> R) : Prop :=
  forall t, E (fun w => X w * eps t w) = 0.

(** The same of several sources of noise, xi t i for i from 1 to n; different ones are uncorrelated, too. *)
Definition all_centred (n : nat) (xi : nat -> nat -> Omega -> R) : Prop :=
  forall t i, among n i -> E (xi t i) = 0.

Definition all_white (n : nat) (sigma : R) (xi : nat -> nat -> Omega -> R) : Prop :=
  forall s t i, among n i -> forall j, among n j -> E (fun w => xi s i w * xi t j w) = delta s t * delta i j * sigma ^ 2.

Definition all_uncorrelated (n : nat) (X : Omega -> R) (xi : nat -> nat -> Omega -> R) : Prop :=
  forall t i, among n i -> E (fun w => X w * xi t i w) = 0.

(** All have the same variance sigma^2, and any two at the same step the same covariance c. *)
Definition exchangeable (n : nat) (sigma c : R) (xi : nat -> nat -> Omega -> R) : Prop :=
  forall s t i, among n i -> forall j, among n j ->
    E (fun w => xi s i w * xi t j w) = delta s t * (delta i j * sigma ^ 2 + (1 - delta i j) * c).

End Noise.

(** For momentum with noise of variance V in a direction of curvature lam: there is a matrix [[a, b], [b, c]], not negative,
    that is the covariance matrix of (e, v) after a step if it was before. *)
Definition preserved_covariance (eta beta lam V : R) : Prop :=
  exists a b c,
    (forall x y, 0 <= x ^ 2 * a + 2 * x * y * b + y ^ 2 * c) /\
    eta ^ 2 * V = a - ((eta * lam - 1) ^ 2 * a + beta * (2 - 2 * eta * lam) * b + beta ^ 2 * c) /\
    eta ^ 2 * V = b - (- (eta * lam * (1 - eta * lam) * a) + (beta - 2 * eta * beta * lam) * b + beta ^ 2 * c) /\
    eta ^ 2 * V = c - (eta ^ 2 * lam ^ 2 * a - 2 * eta * beta * lam * b + beta ^ 2 * c).

(** ** The statements, in the order of the catalogue *)

(** Gradient descent near a critical point: the linearised recurrence and its solution, and that the iteration itself,
    theta t s after t steps from s, approaches the point at least as fast as any rate above |1 - eta lam|, from every start
    within a distance d that serves them all. *)
Definition gd_linearised_recurrence : Prop :=
  forall (theta : nat -> R -> R) (eta theta_star : R) (L : R -> R) (theta_0 : R) (e : nat -> R),
  let lam := Derive_n L 2 theta_star in
  let F := descent_map L eta in
  (* theta is made by descent *)        (forall t s, theta (S t) s = F (theta t s)) ->
  (* e is, with F linearised *)         (forall t, e (S t) = Derive F theta_star * e t) ->
  (* L'' exists and is continuous *)    smooth 2 L ->
  (* theta_star is critical *)          critical L theta_star ->
  (* theta begins at s *)               (forall s, theta 0%nat s = s) ->
  (* e begins at theta_0 *)             e 0%nat = theta_0 - theta_star ->
  (forall x, F x = x - eta * Derive L x) /\
  Derive F theta_star = 1 - eta * lam /\
  (forall t, theta_star + e t = theta_star + (1 - eta * lam) ^ t * (theta_0 - theta_star)) /\
  tends_near theta_star (fun x => (F x - (theta_star + (1 - eta * lam) * (x - theta_star))) / (x - theta_star)) 0 /\
  (forall rho, Rabs (1 - eta * lam) < rho < 1 ->
    exists d, 0 < d /\
      forall s, Rabs (s - theta_star) < d ->
        forall t, Rabs (theta t s - theta_star) <= rho ^ t * Rabs (s - theta_star)).

(** Gradient descent on a quadratic loss: each kind of behaviour for exactly these learning rates. *)
Definition gd_regimes : Prop :=
  forall (theta : nat -> R) (eta lam theta_star : R),
  let error t := theta t - theta_star in
  let monotone := tends_to error 0 /\ keeps_its_side error in
  let one_step := arrives_in_one_step error in
  let overshooting := tends_to error 0 /\ changes_sides error in
  let period_two := goes_to_and_fro error in
  let divergent := diverges error in
  let constant := stands_still error in
  let convergent := tends_to error 0 in
  (* theta is made by descent *)        gradient_descent (quadratic_loss lam theta_star) eta theta ->
  (* not started at the minimum *)      error 0%nat <> 0 ->
  ((monotone <-> 0 < eta * lam < 1) /\
   (one_step <-> eta * lam = 1) /\
   (overshooting <-> 1 < eta * lam < 2) /\
   (period_two <-> eta * lam = 2) /\
   (divergent <-> eta * lam < 0 \/ 2 < eta * lam) /\
   (constant <-> eta * lam = 0) /\
   (convergent <-> 0 < eta * lam < 2) /\
   (~ convergent <-> eta * lam <= 0 \/ 2 <= eta * lam)) /\
  (0 < lam ->
   (monotone <-> 0 < eta < 1 / lam) /\
   (one_step <-> eta = 1 / lam) /\
   (overshooting <-> 1 / lam < eta < 2 / lam) /\
   (period_two <-> eta = 2 / lam) /\
   (divergent <-> eta < 0 \/ 2 / lam < eta) /\
   (constant <-> eta = 0) /\
   (convergent <-> 0 < eta < 2 / lam) /\
   (~ convergent <-> eta <= 0 \/ 2 / lam <= eta)) /\
  (lam < 0 ->
   (monotone <-> 1 / lam < eta < 0) /\
   (one_step <-> eta = 1 / lam) /\
   (overshooting <-> 2 / lam < eta < 1 / lam) /\
   (period_two <-> eta = 2 / lam) /\
   (divergent <-> eta < 2 / lam \/ 0 < eta) /\
   (constant <-> eta = 0) /\
   (convergent <-> 2 / lam < eta < 0) /\
   (~ convergent <-> eta <= 2 / lam \/ 0 <= eta)).

(** On a quadratic loss one learning rate reaches the minimum in one step, and a step of Newton's method always does. *)
Definition gd_newton_step : Prop :=
  forall (theta : nat -> R) (eta lam theta_star : R),
  let L := quadratic_loss lam theta_star in
  (* theta is made by descent *)        gradient_descent L eta theta ->
  (* there is curvature *)              lam <> 0 ->
  (* not started at the minimum *)      theta 0%nat - theta_star <> 0 ->
  (theta 1%nat - theta_star = 0 <-> eta = 1 / lam) /\
  (forall x, newton_map L x = theta_star).

(** At the end of the stable range, eta = 2 / lam, two steps lead back up to third order in the distance x, and this is
    the coefficient; and a distance psi that each step multiplies by 1 - eta lam up to second order. *)
Definition gd_border : Prop :=
  forall eta a b lam : R,
  let L := quartic_loss lam a b in
  let F := descent_map L eta in
  let G := descent_map L (2 / lam) in
  let psi x := x + - (a / (2 * lam * (1 - eta * lam))) * x ^ 2 in
  (* there is curvature *)              lam <> 0 ->
  (* F is not flat at 0 *)              eta * lam - 1 <> 0 ->
  tends_near 0 (fun x => (G (G x) - x) / x ^ 3) (- (2 * (3 * a ^ 2 - lam * b) / (3 * lam ^ 2))) /\
  tends_near 0 (fun x => (psi (F x) - (1 - eta * lam) * psi x) / x ^ 2) 0.

(** Several parameters: c t i is the component of the distance after t steps along the eigenvector v i of the Hessian H.
    The largest eigenvalue, L_max = lam m, decides. *)
Definition gd_spectral_ranges : Prop :=
  forall (n : nat) (theta : nat -> nat -> R) (theta_star : nat -> R) (H v : nat -> nat -> R) (lam : nat -> R)
    (eta L_max mu : R) (m : nat),
  let c t i := inner n (v i) (fun k => theta t k - theta_star k) in
  let along i t := c t i in
  let monotone := forall i, among n i -> tends_to (along i) 0 /\ keeps_its_side (along i) in
  let convergent := forall i, among n i -> tends_to (along i) 0 in
  (* m is one of the directions *)      among n m ->
  (* theta is made by descent *)        vector_descent n H theta_star eta theta ->
  (* the Hessian is symmetric *)        symmetric_matrix n H ->
  (* v i is an eigenvector *)           (forall i, among n i -> eigenvector n H (lam i) (v i)) ->
  (* the start has all components *)    (forall i, among n i -> c 0%nat i <> 0) ->
  (* mu is positive *)                  0 < mu ->
  (* no curvature exceeds L_max *)      (forall i, among n i -> lam i <= L_max) ->
  (* none is less than mu *)            (forall i, among n i -> mu <= lam i) ->
  (* m is the steepest direction *)     lam m = L_max ->
  (monotone <-> 0 < eta < 1 / L_max) /\
  (arrives_in_one_step (along m) <-> eta = 1 / L_max) /\
  (convergent /\ changes_sides (along m) <-> 1 / L_max < eta < 2 / L_max) /\
  (goes_to_and_fro (along m) <-> eta = 2 / L_max) /\
  (diverges (along m) <-> eta < 0 \/ 2 / L_max < eta) /\
  (stands_still (along m) <-> eta = 0) /\
  (convergent <-> 0 < eta < 2 / L_max) /\
  (forall i, among n i -> forall t, c t i = (1 - eta * lam i) ^ t * c 0%nat i) /\
  (0 < eta < 1 / L_max -> 1 - mu / L_max < 1 - eta * mu) /\
  (1 / L_max < eta /\ eta < 2 / L_max /\ eta < 1 / mu -> 1 - eta * L_max < 0 /\ 0 < 1 - eta * mu).

(** The iteration near the minimum of x^2 + 10 y^2, linearised; c_1 and c_2 are its components along the eigenvectors
    of the Hessian, for the eigenvalues 20 and 2. *)
Definition gd_regimes_several : Prop :=
  forall (eta : R) (e_1 e_2 : nat -> R),
  let L x y := x ^ 2 + 10 * y ^ 2 in
  let gradient_1 t := partial_11 L 0 0 * e_1 t + partial_12 L 0 0 * e_2 t in
  let gradient_2 t := partial_12 L 0 0 * e_1 t + partial_22 L 0 0 * e_2 t in
  let c_1 := e_2 in
  let c_2 := e_1 in
  let monotone := tends_to c_1 0 /\ tends_to c_2 0 /\ keeps_its_side c_1 /\ keeps_its_side c_2 in
  let one_step := arrives_in_one_step c_1 /\ arrives_in_one_step c_2 in
  let overshooting := tends_to c_1 0 /\ tends_to c_2 0 /\ (changes_sides c_1 \/ changes_sides c_2) in
  let period_two :=
    (goes_to_and_fro c_1 \/ goes_to_and_fro c_2) /\
    (tends_to c_1 0 \/ goes_to_and_fro c_1) /\ (tends_to c_2 0 \/ goes_to_and_fro c_2) in
  let divergent := diverges c_1 \/ diverges c_2 in
  let constant := stands_still c_1 /\ stands_still c_2 in
  let convergent := tends_to c_1 0 /\ tends_to c_2 0 in
  (* e_1 is made by descent *)          steps_against gradient_1 eta e_1 ->
  (* e_2 is made by descent *)          steps_against gradient_2 eta e_2 ->
  (* the start is off in c_1 *)         c_1 0%nat <> 0 ->
  (* the start is off in c_2 *)         c_2 0%nat <> 0 ->
  (monotone <-> 0 < eta < 1 / 20) /\
  (one_step <-> False) /\
  (overshooting <-> 1 / 20 < eta < 1 / 10) /\
  (period_two <-> eta = 1 / 10) /\
  (divergent <-> eta < 0 \/ 1 / 10 < eta) /\
  (constant <-> eta = 0) /\
  (convergent <-> 0 < eta < 1 / 10) /\
  (~ convergent <-> eta <= 0 \/ 1 / 10 <= eta) /\
  eigenvalues [[2; 0]; [0; 20]] [20; 2] /\
  (forall t, c_1 t = (1 - 20 * eta) ^ t * c_1 0%nat) /\
  (forall t, c_2 t = (1 - 2 * eta) ^ t * c_2 0%nat).

(** What the Hessian must be for descent with a positive learning rate to converge: all its eigenvalues are positive. A
    direction without curvature stands still, one of negative curvature diverges. *)
Definition hessian_conditions : Prop :=
  forall (n : nat) (theta : nat -> nat -> R) (theta_star : nat -> R) (H v : nat -> nat -> R) (lam : nat -> R) (eta : R),
  let c t i := inner n (v i) (fun k => theta t k - theta_star k) in
  let along i t := c t i in
  (* theta is made by descent *)        vector_descent n H theta_star eta theta ->
  (* the Hessian is symmetric *)        symmetric_matrix n H ->
  (* v i is an eigenvector *)           (forall i, among n i -> eigenvector n H (lam i) (v i)) ->
  (* the start has all components *)    (forall i, among n i -> c 0%nat i <> 0) ->
  (* v i has length 1 *)                (forall i, among n i -> of_unit_length n (v i)) ->
  symmetric_matrix n H /\
  (0 < eta /\ (forall i, among n i -> tends_to (along i) 0) -> forall i, among n i -> 0 < lam i) /\
  (forall i, among n i -> lam i = 0 -> stands_still (along i)) /\
  (forall i, among n i -> 0 < eta /\ lam i < 0 -> diverges (along i)) /\
  (forall i, among n i -> 0 < eta /\ 0 < lam i /\ eta * lam i < 2 -> tends_to (along i) 0) /\
  (forall i, among n i -> quadratic_form n H (v i) = lam i).

(** The loss x y has a saddle at the origin. *)
Definition hessian_nature : Prop :=
  let L x y := x * y in
  hessian L 0 0 = [[0; 1]; [1; 0]] /\
  eigenvalues [[0; 1]; [1; 0]] [1; - 1] /\
  signature [[0; 1]; [1; 0]] 1 1 0 /\
  saddle_point L 0 0.

(** Every Hessian of two parameters has two real eigenvalues, these. *)
Definition hessian_two_parameters : Prop :=
  forall a b c : R,
  let L x y := (a * x ^ 2 + 2 * b * x * y + c * y ^ 2) / 2 in
  hessian L 0 0 = [[a; b]; [b; c]] /\
  eigenvalues [[a; b]; [b; c]]
    [(a + c + sqrt ((a - c) ^ 2 + 4 * b ^ 2)) / 2; (a + c - sqrt ((a - c) ^ 2 + 4 * b ^ 2)) / 2].

(** Gradient flow on the loss x y conserves x^2 - y^2; this is one quantity (its gradient does not vanish everywhere), and
    there are no two that are independent (the velocity (-y, -x) does not vanish everywhere). *)
Definition flow_conserved : Prop :=
  forall theta_1 theta_2 : R -> R,
  let L x y := x * y in
  let Q x y := x ^ 2 - y ^ 2 in
  let velocity_1 tau := - partial_1 L (theta_1 tau) (theta_2 tau) in
  let velocity_2 tau := - partial_2 L (theta_1 tau) (theta_2 tau) in
  (* theta_1 flows *)                   moves_with_velocity velocity_1 theta_1 ->
  (* theta_2 flows *)                   moves_with_velocity velocity_2 theta_2 ->
  (forall tau, Q (theta_1 tau) (theta_2 tau) = Q (theta_1 0) (theta_2 0)) /\
  (exists x y, rank_at_least 1 [gradient Q x y]) /\
  (exists x y, at_most_independent 1 [- y; - x]).

(** Gradient descent with momentum on a quadratic loss. It converges from every start for exactly these hyperparameters;
    z^2 - (1 + beta - eta lam) z + beta is its characteristic polynomial. On the border of that region no root lies outside
    the unit disc, but some start does not converge. *)
Definition heavy_ball_stability : Prop :=
  forall (theta v : nat -> R -> R -> R) (beta eta lam theta_star : R),
  let L := quadratic_loss lam theta_star in
  let gradient t a b := Derive L (theta t a b) in
  let error t a b := theta t a b - theta_star in
  let stable := forall a b, tends_to (fun t => theta t a b) theta_star /\ tends_to (fun t => v t a b) 0 in
  let marginal := roots_within 1 (1 + beta - eta * lam) beta /\ ~ stable in
  (* theta moves by the new v *)
    (forall t a b, theta (S t) a b = theta t a b + beta * v t a b - eta * gradient t a b) ->
  (* v remembers itself *)              (forall t a b, v (S t) a b = beta * v t a b - eta * gradient t a b) ->
  (* theta starts at a *)               (forall a b, theta 0%nat a b = a) ->
  (* v starts at b *)                   (forall a b, v 0%nat a b = b) ->
  (forall t a b, error (S t) a b = (1 - eta * lam) * error t a b + beta * v t a b) /\
  (forall t a b, v (S t) a b = - (eta * lam * error t a b) + beta * v t a b) /\
  (forall z, det [[z - (1 - eta * lam); - beta]; [eta * lam; z - beta]] = z ^ 2 - (1 + beta - eta * lam) * z + beta) /\
  (stable <-> - 1 < beta /\ beta < 1 /\ 0 < eta * lam /\ eta * lam < 2 * (1 + beta)) /\
  (marginal <->
    - 1 <= beta /\ beta <= 1 /\ 0 <= eta * lam /\ eta * lam <= 2 * (1 + beta) /\
    (beta = - 1 \/ beta = 1 \/ eta * lam = 0 \/ eta * lam = 2 * (1 + beta))).

(** The fastest heavy ball for all curvatures from mu to L_max: no choice of eta and beta brings the roots for both ends into
    a disc smaller than this one; and there is one choice that brings the roots for every lam in between into it, and
    converges. *)
Definition heavy_ball_optimal_rate : Prop :=
  forall (theta v : nat -> R -> R -> R) (beta eta lam theta_star mu L_max rho : R),
  let L := quadratic_loss lam theta_star in
  let gradient t a b := Derive L (theta t a b) in
  let error t a b := theta t a b - theta_star in
  let roots_for lam rho := roots_within rho (1 + beta - eta * lam) beta in
  let optimum := (sqrt L_max - sqrt mu) / (sqrt L_max + sqrt mu) in
  (* theta moves by the new v *)
    (forall t a b, theta (S t) a b = theta t a b + beta * v t a b - eta * gradient t a b) ->
  (* v remembers itself *)              (forall t a b, v (S t) a b = beta * v t a b - eta * gradient t a b) ->
  (* theta starts at a *)               (forall a b, theta 0%nat a b = a) ->
  (* v starts at b *)                   (forall a b, v 0%nat a b = b) ->
  (* mu is positive *)                  0 < mu ->
  (* the curvatures differ *)           mu < L_max ->
  (forall t a b, error (S t) a b = (1 - eta * lam) * error t a b + beta * v t a b) /\
  (forall t a b, v (S t) a b = - (eta * lam * error t a b) + beta * v t a b) /\
  (forall z, det [[z - (1 - eta * lam); - beta]; [eta * lam; z - beta]] = z ^ 2 - (1 + beta - eta * lam) * z + beta) /\
  (0 < rho /\ roots_for mu rho /\ roots_for L_max rho -> optimum <= rho) /\
  (eta = 4 / (sqrt L_max + sqrt mu) ^ 2 /\ beta = (sqrt L_max - sqrt mu) ^ 2 / (sqrt L_max + sqrt mu) ^ 2 ->
   mu <= lam <= L_max ->
   roots_for lam optimum /\
   (forall a b, tends_to (fun t => theta t a b) theta_star /\ tends_to (fun t => v t a b) 0)).

(** A step of gradient descent multiplies what the flow conserves by 1 - eta^2. After t steps that is a factor between
    1 - t eta^2 and 1; over a fixed time tau = n eta it tends to 1 as the steps become smaller. *)
Definition gd_conserved_drift : Prop :=
  forall (eta : R) (theta_1 theta_2 : nat -> R) (tau : R),
  let L x y := x * y in
  let Q t := theta_1 t ^ 2 - theta_2 t ^ 2 in
  let gradient_1 t := partial_1 L (theta_1 t) (theta_2 t) in
  let gradient_2 t := partial_2 L (theta_1 t) (theta_2 t) in
  (* theta_1 is made by descent *)      steps_against gradient_1 eta theta_1 ->
  (* theta_2 is made by descent *)      steps_against gradient_2 eta theta_2 ->
  (forall t, Q (S t) = (1 - eta ^ 2) * Q t) /\
  (forall t, Q t = (1 - eta ^ 2) ^ t * Q 0%nat) /\
  (forall t, eta ^ 2 <= 1 -> 1 - INR t * eta ^ 2 <= (1 - eta ^ 2) ^ t /\ (1 - eta ^ 2) ^ t <= 1) /\
  tends_to (fun n => (1 - tau ^ 2 / INR n ^ 2) ^ n) 1.

(** A linear network of two layers, with the weights [[a; b]; [c; d]] below and [[e; f]; [g; h]] above, and the products
    a e + c f, b e + d f, a g + c h, b g + d h as its outputs' coefficients. Whatever the data and the loss are, its gradient
    flow moves the weights by a combination of the gradients of these; c_1, ..., c_4 are any functions. Three quantities are kept
    and are independent. Of the functions that are kept in all such flows, no more than three are independent. *)
Definition model_conserved : Prop :=
  forall a b c d e f g h c_1 c_2 c_3 c_4 : R -> R,
  let Q_1 (a b c d e f g h : R) := e ^ 2 + g ^ 2 - a ^ 2 - b ^ 2 in
  let Q_2 (a b c d e f g h : R) := e * f + g * h - a * c - b * d in
  let Q_3 (a b c d e f g h : R) := f ^ 2 + h ^ 2 - c ^ 2 - d ^ 2 in
  (* the entries of the matrix of the second layer, transposed, times itself less that of the first times itself, transposed *)
  let M_11 (a b c d e f g h : R) := e * e + g * g - (a * a + b * b) in
  let M_12 (a b c d e f g h : R) := e * f + g * h - (a * c + b * d) in
  let M_21 (a b c d e f g h : R) := f * e + h * g - (c * a + d * b) in
  let M_22 (a b c d e f g h : R) := f * f + h * h - (c * c + d * d) in
  let now Q tau : R := Q (a tau) (b tau) (c tau) (d tau) (e tau) (f tau) (g tau) (h tau) in
  let kept Q := forall tau, now Q tau = now Q 0 in
  (* a moves so *)                      moves_with_velocity (fun tau => - (c_1 tau * e tau + c_3 tau * g tau)) a ->
  (* b moves so *)                      moves_with_velocity (fun tau => - (c_2 tau * e tau + c_4 tau * g tau)) b ->
  (* c moves so *)                      moves_with_velocity (fun tau => - (c_1 tau * f tau + c_3 tau * h tau)) c ->
  (* d moves so *)                      moves_with_velocity (fun tau => - (c_2 tau * f tau + c_4 tau * h tau)) d ->
  (* e moves so *)                      moves_with_velocity (fun tau => - (c_1 tau * a tau + c_2 tau * b tau)) e ->
  (* f moves so *)                      moves_with_velocity (fun tau => - (c_1 tau * c tau + c_2 tau * d tau)) f ->
  (* g moves so *)                      moves_with_velocity (fun tau => - (c_3 tau * a tau + c_4 tau * b tau)) g ->
  (* h moves so *)                      moves_with_velocity (fun tau => - (c_3 tau * c tau + c_4 tau * d tau)) h ->
  (kept M_11 /\ kept M_12 /\ kept M_21 /\ kept M_22) /\ kept Q_1 /\ kept Q_2 /\ kept Q_3 /\
  (exists a b c d e f g h,
   rank_at_least 3 [gradient_of_eight Q_1 a b c d e f g h; gradient_of_eight Q_2 a b c d e f g h; gradient_of_eight Q_3 a b c d e f g h]) /\
  at_most_in_common 3 8
    [fun_of a b c d e f g h => a * e + c * f; fun_of a b c d e f g h => b * e + d * f;
     fun_of a b c d e f g h => a * g + c * h; fun_of a b c d e f g h => b * g + d * h].

(** The error is an exact power of 1 - eta lam. Over a fixed time tau = n eta it tends to an exponential as the steps
    become smaller, and for steps that are not small it is this far from it. *)
Definition gd_exponential_law : Prop :=
  forall (theta : nat -> R) (eta lam theta_star tau : R),
  (* theta is made by descent *)        gradient_descent (quadratic_loss lam theta_star) eta theta ->
  (forall t, theta t = theta_star + (1 - eta * lam) ^ t * (theta 0%nat - theta_star)) /\
  tends_to (fun n => (1 - lam * tau / INR n) ^ n) (exp (- (lam * tau))) /\
  (forall t, 0 <= eta * lam <= 1 ->
    0 <= exp (- (eta * lam * INR t)) - (1 - eta * lam) ^ t <= eta ^ 2 * lam ^ 2 * INR t / 2).

(** Noise in the gradient keeps the parameter fluctuating about the minimum: for 0 < eta lam < 2 its mean square distance
    tends to a limit, the stationary variance, else it grows beyond all bounds. For small eta it is about
    eta sigma^2 / (2 lam), and this is how far it is from that. *)
Definition sgd_stationary_variance : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (theta eps : nat -> Omega -> R) (eta lam theta_star sigma : R),
  let e t w := theta t w - theta_star in
  let variance eta := eta * sigma ^ 2 / (lam * (2 - eta * lam)) in
  (* theta t is a random variable *)    (forall t, random_variable (theta t)) ->
  (* so is the noise *)                 (forall t, random_variable (eps t)) ->
  (* theta is made by noisy descent *)  noisy_descent (quadratic_loss lam theta_star) eta eps theta ->
  (* the noise has mean zero *)         centred E eps ->
  (* and variance sigma^2, is white *)  white E sigma eps ->
  (* it knows nothing of the start *)   uncorrelated E (e 0%nat) eps ->
  (* the steps have a length *)         eta <> 0 ->
  (* there is noise *)                  sigma <> 0 ->
  (* there is curvature *)              lam <> 0 ->
  (0 < eta * lam < 2 ->
   tends_to (mean_square E e) (variance eta) /\
   tends_to (mean E e) 0 /\
   (forall t, mean_square E e t = (1 - eta * lam) ^ (2 * t) * mean_square E e 0
                                  + variance eta * (1 - (1 - eta * lam) ^ (2 * t)))) /\
  (eta * lam <= 0 \/ 2 <= eta * lam -> grows_beyond_all_bounds (mean_square E e)) /\
  tends_near 0 (fun eta => 1 / eta * variance eta) (sigma ^ 2 / (2 * lam)) /\
  (0 < eta * lam < 2 -> variance eta - eta * sigma ^ 2 / (2 * lam) = eta * lam / 2 * variance eta).

(** The same where the gradient's error is the mean of those of a batch of N examples. *)
Definition sgd_minibatch_variance : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (theta : nat -> Omega -> R) (eta lam theta_star sigma : R) (N : nat) (xi : nat -> nat -> Omega -> R),
  let eps t w := fsum 1 N (fun i => xi t i w) / INR N in
  let e t w := theta t w - theta_star in
  let variance eta := eta * sigma ^ 2 / (INR N * lam * (2 - eta * lam)) in
  (* theta t is a random variable *)    (forall t, random_variable (theta t)) ->
  (* so are the noises *)               (forall t i, random_variable (xi t i)) ->
  (* theta is made by noisy descent *)  noisy_descent (quadratic_loss lam theta_star) eta eps theta ->
  (* the batch is not empty *)          0 < INR N ->
  (* the noises have mean zero *)       all_centred E N xi ->
  (* and variance sigma^2, are white *) all_white E N sigma xi ->
  (* they know nothing of the start *)  all_uncorrelated E N (e 0%nat) xi ->
  (* the steps have a length *)         eta <> 0 ->
  (* there is noise *)                  sigma <> 0 ->
  (* there is curvature *)              lam <> 0 ->
  (0 < eta * lam < 2 ->
   tends_to (mean_square E e) (variance eta) /\
   tends_to (mean E e) 0 /\
   (forall t, mean_square E e t = (1 - eta * lam) ^ (2 * t) * mean_square E e 0
                                  + variance eta * (1 - (1 - eta * lam) ^ (2 * t)))) /\
  (eta * lam <= 0 \/ 2 <= eta * lam -> grows_beyond_all_bounds (mean_square E e)) /\
  tends_near 0 (fun eta => 1 / eta * variance eta) (sigma ^ 2 / (2 * INR N * lam)) /\
  (0 < eta * lam < 2 -> variance eta - eta * sigma ^ 2 / (2 * INR N * lam) = eta * lam / 2 * variance eta).

(** The loss x^4 - 3 x y + y^2 has three critical points and no others: two minima, and between them a saddle. *)
Definition critical_points_all : Prop :=
  let L x y := x ^ 4 - 3 * x * y + y ^ 2 in
  let minimum x y :=
    partial_1 L x y = 0 /\ partial_2 L x y = 0 /\ (forall u v, u <> 0 \/ v <> 0 -> 0 < curvature_along L x y u v) in
  let a := 3 * sqrt 2 / 4 in
  let b := 9 * sqrt 2 / 8 in
  (forall x y, partial_1 L x y = 0 /\ partial_2 L x y = 0 <-> x = - a /\ y = - b \/ x = 0 /\ y = 0 \/ x = a /\ y = b) /\
  (minimum (- a) (- b) /\ L (- a) (- b) = - (81 / 64) /\
   eigenvalues [[27 / 2; - 3]; [- 3; 2]] [(31 + sqrt 673) / 4; (31 - sqrt 673) / 4]) /\
  (saddle_point L 0 0 /\ L 0 0 = 0 /\
   eigenvalues [[0; - 3]; [- 3; 2]] [1 + sqrt 10; 1 - sqrt 10]) /\
  (minimum a b /\ L a b = - (81 / 64) /\
   eigenvalues [[27 / 2; - 3]; [- 3; 2]] [(31 + sqrt 673) / 4; (31 - sqrt 673) / 4]).

(** Along a direction of curvature -g the distance from a saddle grows geometrically: it has reached R after so many steps,
    and not before. *)
Definition saddle_escape : Prop :=
  forall (theta : nat -> R) (eta g theta_star distance : R),
  let L x := - (g * (x - theta_star) ^ 2 / 2) in
  let m := 1 + eta * g in
  let away := theta 0%nat - theta_star in
  (* theta is made by descent *)        gradient_descent L eta theta ->
  (* the steps go forward *)            0 < eta ->
  (* the loss curves downwards *)       0 < g ->
  (* there is a distance to reach *)    0 < distance ->
  (* it does not start at the saddle *) away <> 0 ->
  (forall t, theta t - theta_star = m ^ t * away) /\
  (forall t, distance ^ 2 <= (theta t - theta_star) ^ 2 <-> ln (distance ^ 2 / away ^ 2) / ln (m ^ 2) <= INR t).

(** The flow of L + c eta L'^2 for the time eta is a step of gradient descent, up to these terms of second and third order
    in eta; for c = 1/4 the second order vanishes. *)
Definition gd_backward_error : Prop :=
  forall (eta : R) (L : R -> R) (c : R) (theta : R -> R) (bound : R),
  let modified x := L x + c * eta * Derive L x ^ 2 in
  let a := theta 0 in
  let step := descent_map L eta a in
  let L1 := Derive L a in
  let L2 := Derive_n L 2 a in
  let L3 := Derive_n L 3 a in
  (* the loss is smooth *)              smooth 3 L ->
  (* the path is smooth *)              smooth 3 theta ->
  (* it follows the modified flow *)    (forall tau, Derive theta tau = - Derive modified (theta tau)) ->
  (* the step goes forward *)           0 <= eta ->
  (* its third derivative is bounded *) (forall tau, 0 <= tau <= eta -> Rabs (Derive_n theta 3 tau) <= bound) ->
  Rabs (theta eta - (step - eta ^ 2 * (4 * c - 1) * L1 * L2 / 2 + eta ^ 3 * c * (2 * L2 ^ 2 + L1 * L3) * L1
                     + 2 * eta ^ 4 * c ^ 2 * L1 * (L1 * L3 + L2 ^ 2) * L2)) <= eta ^ 3 * bound / 6 /\
  (c = 1 / 4 ->
    (forall x, modified x = L x + eta / 4 * Derive L x ^ 2) /\
    Rabs (theta eta - (step + eta ^ 3 * (2 * L2 ^ 2 + L1 * L3) * L1 / 4
                       + eta ^ 4 * L1 * (L1 * L3 + L2 ^ 2) * L2 / 8)) <= eta ^ 3 * bound / 6).

(** Two players on x y: the flow turns in circles. Looking one step ahead, both come nearer to the equilibrium for eta < 1. *)
Definition game_extragradient : Prop :=
  forall (eta : R) (x y : R -> R) (u v : nat -> R),
  let L x y := x * y in
  let first_ahead t := u t - eta * partial_1 L (u t) (v t) in
  let second_ahead t := v t + eta * partial_2 L (u t) (v t) in
  let Q t := u t ^ 2 + v t ^ 2 in
  (* the first player descends *)       (forall t, u (S t) = u t - eta * partial_1 L (first_ahead t) (second_ahead t)) ->
  (* the second one ascends *)          (forall t, v (S t) = v t + eta * partial_2 L (first_ahead t) (second_ahead t)) ->
  (* the steps go forward *)            eta > 0 ->
  (* x moves so in the flow *)          moves_with_velocity (fun tau => - partial_1 L (x tau) (y tau)) x ->
  (* and y so *)                        moves_with_velocity (fun tau => partial_2 L (x tau) (y tau)) y ->
  (* they start elsewhere *)            Q 0%nat <> 0 ->
  (forall tau, x tau ^ 2 + y tau ^ 2 = x 0 ^ 2 + y 0 ^ 2) /\
  (forall t, Q t = (1 + eta ^ 4 - eta ^ 2) ^ t * Q 0%nat) /\
  (tends_to Q 0 <-> eta < 1) /\
  (diverges Q <-> 1 < eta).

(** The slopes and the curvatures of x^2 + 10 y^2 at every point; the curvatures are the same everywhere; at (1, 1) it is
    steeper along the second axis. *)
Definition loss_derivatives : Prop :=
  forall x y p q : R,
  let L x y := x ^ 2 + 10 * y ^ 2 in
  (forall x y, column (gradient L x y) = column [2 * x; 20 * y]) /\
  (forall x y, hessian L x y = [[2; 0]; [0; 20]]) /\
  hessian L x y = hessian L p q /\
  column (gradient L 1 1) = column [2; 20] /\
  Rabs (partial_1 L 1 1) < Rabs (partial_2 L 1 1).

(** The curvature of lam x^2 / 2 is lam at every x, and grows with lam at the rate 1. *)
Definition loss_curvature_growth : Prop :=
  let L x lam := lam * x ^ 2 / 2 in
  (forall x lam, partial_1 L x lam = lam * x) /\
  (forall x lam, partial_11 L x lam = lam) /\
  (forall x lam, Derive (fun lam => partial_11 L x lam) lam = 1).

(** x^2 + 10 y^2 is its own second-order expansion about every point, for steps (u_1, u_2) of any length. A step along an
    axis adds half its curvature times the square of the step to what the slope says; two steps along both do not interact. *)
Definition loss_quadratic_model : Prop :=
  forall x y u_1 u_2 : R,
  let L x y := x ^ 2 + 10 * y ^ 2 in
  L (x + u_1) (y + u_2) =
    L x y + partial_1 L x y * u_1 + partial_2 L x y * u_2 + 1 / 2 * 2 * u_1 ^ 2 + 1 / 2 * 20 * u_2 ^ 2 /\
  L (x + u_1) y - L x y - partial_1 L x y * u_1 = 1 / 2 * 2 * u_1 ^ 2 /\
  L x (y + u_2) - L x y - partial_2 L x y * u_2 = 1 / 2 * 20 * u_2 ^ 2 /\
  L (x + u_1) (y + u_2) - L (x + u_1) y - (L x (y + u_2) - L x y) = 0 /\
  (forall x y, hessian L x y = [[2; 0]; [0; 20]]).

(** The first three steps of descent on x^2 + 5 y^2 with the learning rate 3/20 from (5, 1). The first coordinate is
    multiplied by a number whose powers tend to zero on one side, the second one by a number whose powers oscillate. *)
Definition method_iterates : Prop :=
  forall x y : nat -> R,
  let L x y := x ^ 2 + 5 * y ^ 2 in
  let gradient_1 t := partial_1 L (x t) (y t) in
  let gradient_2 t := partial_2 L (x t) (y t) in
  (* x is made by descent *)            steps_against gradient_1 (3 / 20) x ->
  (* y is made by descent *)            steps_against gradient_2 (3 / 20) y ->
  (* x begins at 5 *)                   x 0%nat = 5 ->
  (* y begins at 1 *)                   y 0%nat = 1 ->
  (forall t, x (S t) = 7 * x t / 10) /\
  (forall t, y (S t) = - (y t / 2)) /\
  (x 1%nat = 7 / 2 /\ y 1%nat = - (1 / 2)) /\
  (x 2%nat = 49 / 20 /\ y 2%nat = 1 / 4) /\
  (x 3%nat = 343 / 200 /\ y 3%nat = - (1 / 8)) /\
  keeps_its_side (powers (7 / 10)) /\
  tends_to (powers (7 / 10)) 0 /\
  changes_sides (powers (- (1 / 2))) /\
  tends_to (powers (- (1 / 2))) 0.

(** Descent on x^2 + 5 y^2 with the learning rate 1/4: the first coordinate is multiplied by 1/2 at each step and converges,
    the second one by -3/2; it oscillates and diverges. *)
Definition gd_multipliers : Prop :=
  forall x y : nat -> R,
  let L x y := x ^ 2 + 5 * y ^ 2 in
  let gradient_1 t := partial_1 L (x t) (y t) in
  let gradient_2 t := partial_2 L (x t) (y t) in
  (* x is made by descent *)            steps_against gradient_1 (1 / 4) x ->
  (* y is made by descent *)            steps_against gradient_2 (1 / 4) y ->
  (forall t, x (S t) = x t / 2) /\
  keeps_its_side (powers (1 / 2)) /\
  tends_to (powers (1 / 2)) 0 /\
  (forall t, y (S t) = - (3 * y t / 2)) /\
  changes_sides (powers (- (3 / 2))) /\
  diverges (powers (- (3 / 2))).

(** The curvatures of x^2 + 5 y^2 at its minimum, between mu and L_max; and for which learning rates the error (e_1, e_2)
    vanishes in both directions, from every start: those for which the powers of both multipliers do. *)
Definition gd_conditioning : Prop :=
  forall (eta : R) (e_1 e_2 : nat -> R),
  let L x y := x ^ 2 + 5 * y ^ 2 in
  let gradient_1 t := partial_11 L 0 0 * e_1 t + partial_12 L 0 0 * e_2 t in
  let gradient_2 t := partial_12 L 0 0 * e_1 t + partial_22 L 0 0 * e_2 t in
  let steep := e_2 in
  let flat := e_1 in
  let L_max := 10 in
  let mu := 2 in
  let safe := tends_to (powers (1 - 10 * eta)) 0 /\ tends_to (powers (1 - 2 * eta)) 0 in
  (* e_1 is made by descent *)          steps_against gradient_1 eta e_1 ->
  (* e_2 is made by descent *)          steps_against gradient_2 eta e_2 ->
  eigenvalues [[2; 0]; [0; 10]] [10; 2] /\
  (0 < mu /\ mu <= 2 /\ 2 <= L_max /\ mu <= 10 /\ 10 <= L_max) /\
  L_max / mu = 5 /\
  (safe <-> 0 < eta < 1 / 5) /\
  (forall t, steep (S t) = (1 - 10 * eta) * steep t) /\
  (forall t, flat (S t) = (1 - 2 * eta) * flat t).

(** Which of both directions converges more slowly, for exactly these learning rates among those for which both converge; and
    3/16 is one at which the steep direction does. *)
Definition gd_slower_direction : Prop :=
  forall (eta : R) (e_1 e_2 : nat -> R),
  let L x y := x ^ 2 + 5 * y ^ 2 in
  let gradient_1 t := partial_11 L 0 0 * e_1 t + partial_12 L 0 0 * e_2 t in
  let gradient_2 t := partial_12 L 0 0 * e_1 t + partial_22 L 0 0 * e_2 t in
  let steep := e_2 in
  let flat := e_1 in
  let m_steep eta := 1 - 10 * eta in
  let m_flat eta := 1 - 2 * eta in
  let safe := tends_to (powers (m_steep eta)) 0 /\ tends_to (powers (m_flat eta)) 0 in
  (* e_1 is made by descent *)          steps_against gradient_1 eta e_1 ->
  (* e_2 is made by descent *)          steps_against gradient_2 eta e_2 ->
  (safe /\ m_steep eta ^ 2 < m_flat eta ^ 2 <-> 0 < eta < 1 / 6) /\
  (safe /\ m_steep eta ^ 2 = m_flat eta ^ 2 <-> eta = 1 / 6) /\
  (safe /\ m_flat eta ^ 2 < m_steep eta ^ 2 <-> 1 / 6 < eta < 1 / 5) /\
  (1 / 6 < 3 / 16 /\ 3 / 16 < 1 / 5 /\ m_flat (3 / 16) ^ 2 < m_steep (3 / 16) ^ 2) /\
  (forall t, steep (S t) = m_steep eta * steep t) /\
  (forall t, flat (S t) = m_flat eta * flat t).

(** The Hessian H of x^2 + 5 y^2 stretches (0, 1) by 10 and (1, 0) by 2. It keeps the direction of the vectors on these two
    lines, and of no others, such as (1, 1). *)
Definition hessian_eigenvectors : Prop :=
  forall u v : R,
  let L x y := x ^ 2 + 5 * y ^ 2 in
  let H_1 u v := partial_11 L 0 0 * u + partial_12 L 0 0 * v in
  let H_2 u v := partial_12 L 0 0 * u + partial_22 L 0 0 * v in
  let kept u v := exists z, H_1 u v = z * u /\ H_2 u v = z * v in
  column [H_1 0 1; H_2 0 1] = column [10 * 0; 10 * 1] /\
  column [H_1 1 0; H_2 1 0] = column [2 * 1; 2 * 0] /\
  (kept u v <-> u = 0 \/ v = 0) /\
  column [H_1 1 1; H_2 1 1] = column [2; 10] /\
  ~ kept 1 1.

(** Descent with momentum on 5 x^2, with the learning rate 1/10 of Newton's step. The roots of its characteristic polynomial
    z^2 - beta z + beta are a complex pair, and both have the modulus sqrt beta: they lie in the disc of radius rho for
    exactly the rho with beta <= rho^2. It converges from every start (a, b). *)
Definition heavy_ball_roots : Prop :=
  forall (x v : nat -> R -> R -> R) (beta a b : R),
  let L x := 5 * x ^ 2 in
  let gradient t a b := Derive L (x t a b) in
  (* x moves by the new v *)
    (forall t a b, x (S t) a b = x t a b + beta * v t a b - 1 / 10 * gradient t a b) ->
  (* v remembers itself *)              (forall t a b, v (S t) a b = beta * v t a b - 1 / 10 * gradient t a b) ->
  (* there is a memory *)               0 < beta ->
  (* that fades *)                      beta < 1 ->
  (* x starts at a *)                   (forall a b, x 0%nat a b = a) ->
  (* v starts at b *)                   (forall a b, v 0%nat a b = b) ->
  (forall t a b, x (S t) a b = beta * v t a b) /\
  (forall t a b, v (S t) a b = - x t a b + beta * v t a b) /\
  (forall z, det [[z; - beta]; [1; z - beta]] = z ^ 2 - beta * z + beta) /\
  beta ^ 2 < 4 * beta /\
  (forall rho, 0 < rho -> roots_within rho beta beta <-> beta <= rho ^ 2) /\
  (tends_to (fun t => x t a b) 0 /\ tends_to (fun t => v t a b) 0).

(** Descent on (x^2 + kappa y^2) / 2 that goes down each gradient as far as the loss falls, by eta t at step t. From
    (kappa, 1) both coordinates shrink by the same factor, and one of them changes its sign at every step; as long as it
    moves, the step size is the same. *)
Definition line_search_zigzag : Prop :=
  forall (kappa : R) (eta x y : nat -> R),
  let L x y := (x ^ 2 + kappa * y ^ 2) / 2 in
  let gradient_1 t := partial_1 L (x t) (y t) in
  let gradient_2 t := partial_2 L (x t) (y t) in
  let q := - ((1 - kappa) / (1 + kappa)) in
  let r := - q in
  (* x goes down the gradient *)        (forall t, x (S t) = x t - eta t * gradient_1 t) ->
  (* y goes down the gradient *)        (forall t, y (S t) = y t - eta t * gradient_2 t) ->
  (* the loss is a bowl *)              kappa > 0 ->
  (* no other step size z goes lower *)
    (forall t z, L (x (S t)) (y (S t)) <= L (x t - z * gradient_1 t) (y t - z * gradient_2 t)) ->
  (* x begins at kappa *)               x 0%nat = kappa ->
  (* y begins at 1 *)                   y 0%nat = 1 ->
  (forall t, x (S t) = - ((1 - kappa) / (1 + kappa)) * x t) /\
  (forall t, y (S t) = (1 - kappa) / (1 + kappa) * y t) /\
  (forall t, x t = kappa * q ^ t) /\
  (forall t, y t = r ^ t) /\
  (forall t, x t <> 0 -> eta t = 2 / (1 + kappa)).

(** Descent on a quadratic loss of two parameters with the Hessian A = [[a; b]; [b; c]]: the distance (e_1, e_2) from the
    point (- x_0, y_0) is multiplied by 1 - eta A at each step, and that point is critical. *)
Definition gd_error_recurrence : Prop :=
  forall (a b c p q eta : R) (x y : nat -> R),
  let L x y := (a * x ^ 2 + 2 * b * x * y + c * y ^ 2) / 2 - p * x - q * y in
  let gradient_1 t := partial_1 L (x t) (y t) in
  let gradient_2 t := partial_2 L (x t) (y t) in
  let x_0 := (b * q - c * p) / (a * c - b ^ 2) in
  let y_0 := (a * q - b * p) / (a * c - b ^ 2) in
  let e_1 t := x t + x_0 in
  let e_2 t := y t - y_0 in
  (* x is made by descent *)            steps_against gradient_1 eta x ->
  (* y is made by descent *)            steps_against gradient_2 eta y ->
  (* A has an inverse *)                a * c - b ^ 2 <> 0 ->
  (forall t, e_1 (S t) = (1 - eta * a) * e_1 t - eta * b * e_2 t) /\
  (forall t, e_2 (S t) = - (eta * b * e_1 t) + (1 - eta * c) * e_2 t) /\
  partial_1 L (- x_0) y_0 = 0 /\
  partial_2 L (- x_0) y_0 = 0.

(** Two players on x y. The flow (x, y) turns in circles; with steps at the same time, (u, v), they leave every circle; in
    turns, (p, q), where the second player sees the first one's move, a quadratic form is conserved, which keeps both of
    them bounded for eta < 2. *)
Definition game_bilinear : Prop :=
  forall (eta : R) (x y : R -> R) (u v p q : nat -> R),
  let L x y := x * y in
  let p_moved t := p t - eta * partial_1 L (p t) (q t) in
  let circle t := u t ^ 2 + v t ^ 2 in
  let ellipse t := p t ^ 2 + q t ^ 2 - eta * p t * q t in
  (* the first player descends *)       (forall t, u (S t) = u t - eta * partial_1 L (u t) (v t)) ->
  (* the second one ascends *)          (forall t, v (S t) = v t + eta * partial_2 L (u t) (v t)) ->
  (* in turns, the first descends *)    (forall t, p (S t) = p_moved t) ->
  (* and then the second ascends *)     (forall t, q (S t) = q t + eta * partial_2 L (p_moved t) (q t)) ->
  (* the steps go forward *)            0 < eta ->
  (* x moves so in the flow *)          moves_with_velocity (fun tau => - partial_1 L (x tau) (y tau)) x ->
  (* and y so *)                        moves_with_velocity (fun tau => partial_2 L (x tau) (y tau)) y ->
  (* they start elsewhere *)            circle 0%nat <> 0 ->
  (forall tau, x tau ^ 2 + y tau ^ 2 = x 0 ^ 2 + y 0 ^ 2) /\
  (forall t, circle t = (1 + eta ^ 2) ^ t * circle 0%nat) /\
  diverges circle /\
  (forall t, ellipse t = ellipse 0%nat) /\
  (forall t, (1 - eta ^ 2 / 4) * p t ^ 2 <= ellipse 0%nat) /\
  (forall t, (1 - eta ^ 2 / 4) * q t ^ 2 <= ellipse 0%nat).

(** Noise leaves a saddle even from the point itself: the mean square distance grows geometrically, up to a constant K; it has
    reached radius^2 after so many steps, and not before. *)
Definition saddle_noisy_escape : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (theta eps : nat -> Omega -> R) (eta g theta_star sigma radius : R),
  let L x := - (g * (x - theta_star) ^ 2 / 2) in
  let e t w := theta t w - theta_star in
  let m := 1 + eta * g in
  let K := eta * sigma ^ 2 / (g * (2 + eta * g)) in
  (* theta t is a random variable *)    (forall t, random_variable (theta t)) ->
  (* so is the noise *)                 (forall t, random_variable (eps t)) ->
  (* theta is made by noisy descent *)  noisy_descent L eta eps theta ->
  (* the steps go forward *)            0 < eta ->
  (* the loss curves downwards *)       0 < g ->
  (* the noise has mean zero *)         centred E eps ->
  (* and variance sigma^2, is white *)  white E sigma eps ->
  (* it knows nothing of the start *)   uncorrelated E (e 0%nat) eps ->
  (* there is noise *)                  sigma <> 0 ->
  (forall t, mean_square E e t = m ^ (2 * t) * (mean_square E e 0 + K) - K) /\
  (forall t, radius ^ 2 <= mean_square E e t <->
    ln ((radius ^ 2 + K) / (mean_square E e 0 + K)) / ln (m ^ 2) <= INR t) /\
  (forall t, mean E e t = m ^ t * mean E e 0).

(** Steps against the gradient at the new point (implicit Euler): each kind of behaviour for exactly these h = eta lam. *)
Definition implicit_regimes : Prop :=
  forall (theta : nat -> R) (eta lam theta_star : R),
  let L := quadratic_loss lam theta_star in
  let h := eta * lam in
  let error t := theta t - theta_star in
  let convergent := tends_to error 0 in
  (* theta is made by implicit steps *) (forall t, theta (S t) = theta t - eta * Derive L (theta (S t))) ->
  (* a step has one solution *)         1 + h <> 0 ->
  (* not started at the minimum *)      error 0%nat <> 0 ->
  (forall t, error t = (1 / (1 + h)) ^ t * error 0%nat) /\
  (convergent /\ keeps_its_side error <-> 0 < h) /\
  ~ arrives_in_one_step error /\
  (convergent /\ changes_sides error <-> h < - 2) /\
  (goes_to_and_fro error <-> h = - 2) /\
  (diverges error <-> - 2 < h < - 1 \/ - 1 < h < 0) /\
  (stands_still error <-> h = 0) /\
  (convergent <-> h < - 2 \/ 0 < h) /\
  (~ convergent <-> - 2 <= h < - 1 \/ - 1 < h <= 0).

(** Descent F on (x^2 - 1)^2 / 4. Its slope at the minimum 1 lies between -1 and 1 for eta < 1; at eta = 1, the step G, two
    steps bring what is near 1 nearer. Whatever two steps bring back is a fixed point or a zero of one of two polynomials;
    at the zeros of the first one, two steps have a slope above 1; those of the second one exist for 1 <= eta only, and
    there the slope of two steps lies between -1 and 1 for exactly the eta from 1 to sqrt 5 - 1. *)
Definition gd_edge_of_stability : Prop :=
  forall eta : R,
  let L x := (x ^ 2 - 1) ^ 2 / 4 in
  let F := descent_map L eta in
  let G := descent_map L 1 in
  let two_steps_slope x := Derive F x * Derive F (F x) in
  let P x := eta * x ^ 2 - 2 - eta in
  let Q x := 1 + eta ^ 2 * x ^ 4 - eta * x ^ 2 - eta ^ 2 * x ^ 2 in
  let attracts slope := - 1 < slope < 1 in
  (* the steps go forward *)            0 < eta ->
  (attracts (Derive F 1) <-> 0 < eta < 1) /\
  tends_near 1 (fun x => (G (G x) - x) / (x - 1) ^ 3) (- 16) /\
  (forall x, F (F x) = x <-> F x = x \/ P x * Q x = 0) /\
  (forall x, P x = 0 -> two_steps_slope x = (5 + 2 * eta) ^ 2) /\
  ~ attracts ((5 + 2 * eta) ^ 2) /\
  (forall x, Q x = 0 -> two_steps_slope x = 7 - 4 * eta - 2 * eta ^ 2) /\
  (forall x, Q x = 0 -> 1 <= eta) /\
  (attracts (7 - 4 * eta - 2 * eta ^ 2) <-> 1 < eta < sqrt 5 - 1).

(** (v w - q)^2 / 2 has a curve of critical points, v = c sqrt q and w = sqrt q / c, with the curvatures 0 along it and
    k = q (c^4 + 1) / c^2 across it. The error of descent, linearised there, vanishes across the curve for exactly the eta
    with eta k < 2, and diverges for exactly those with 2 < eta k. *)
Definition gd_sharpness_of_minima : Prop :=
  forall (eta c q : R) (e_1 e_2 : nat -> R),
  let L v w := (v * w - q) ^ 2 / 2 in
  let v := c * sqrt q in
  let w := sqrt q / c in
  let gradient_1 t := partial_11 L v w * e_1 t + partial_12 L v w * e_2 t in
  let gradient_2 t := partial_12 L v w * e_1 t + partial_22 L v w * e_2 t in
  let across t := q / c ^ 2 * e_1 t + q * e_2 t in
  (* e_1 is made by descent *)          steps_against gradient_1 eta e_1 ->
  (* e_2 is made by descent *)          steps_against gradient_2 eta e_2 ->
  (* q has a square root *)             0 < q ->
  (* there is such a point *)           c <> 0 ->
  (* the steps go forward *)            0 < eta ->
  (* not started on the curve *)        across 0%nat <> 0 ->
  partial_1 L v w = 0 /\
  partial_2 L v w = 0 /\
  hessian L v w = [[q / c ^ 2; q]; [q; c ^ 2 * q]] /\
  eigenvalues [[q / c ^ 2; q]; [q; c ^ 2 * q]] [0; q * (c ^ 4 + 1) / c ^ 2] /\
  (tends_to across 0 <-> eta * q * (c ^ 4 + 1) / c ^ 2 < 2) /\
  (diverges across <-> 2 < eta * q * (c ^ 4 + 1) / c ^ 2).

(** The fastest descent for all curvatures from mu to L_max: no learning rate brings the multipliers for both ends to a size
    below this one; and one learning rate brings those for every lam in between to it. *)
Definition gd_optimal_rate : Prop :=
  forall (t : nat) (theta : nat -> R) (eta lam theta_star mu L_max rho : R),
  let error t := theta t - theta_star in
  let m eta lam := 1 - eta * lam in
  let optimum := (L_max - mu) / (L_max + mu) in
  let kappa := L_max / mu in
  (* theta is made by descent *)        gradient_descent (quadratic_loss lam theta_star) eta theta ->
  (* mu is positive *)                  0 < mu ->
  (* the curvatures differ *)           mu < L_max ->
  error (S t) = (1 - eta * lam) * error t /\
  (forall t, error (S t) ^ 2 = Rabs (1 - eta * lam) ^ 2 * error t ^ 2) /\
  (- rho <= m eta mu /\ m eta mu <= rho /\ - rho <= m eta L_max /\ m eta L_max <= rho -> optimum <= rho) /\
  (eta = 2 / (L_max + mu) ->
    m eta mu = optimum /\ m eta L_max = - optimum /\ optimum < 1 /\
    (mu <= lam <= L_max -> - optimum <= m eta lam <= optimum)) /\
  optimum = (kappa - 1) / (1 + kappa).

(** Nesterov's method on a quadratic loss, which takes the gradient where its memory leads. The fastest for all curvatures from
    mu to L_max: no choice of eta and beta brings the roots for both ends into a disc smaller than this one; and there is one
    choice that brings the roots for every lam in between into it, and converges. *)
Definition nesterov_optimal_rate : Prop :=
  forall (theta v : nat -> R -> R -> R) (beta eta lam theta_star mu L_max rho : R),
  let L := quadratic_loss lam theta_star in
  let gradient t a b := Derive L (theta t a b + beta * v t a b) in
  let error t a b := theta t a b - theta_star in
  let p eta beta lam := (1 + beta) * (1 - eta * lam) in
  let q eta beta lam := beta - eta * beta * lam in
  let roots_for lam rho := roots_within rho (p eta beta lam) (q eta beta lam) in
  let s := sqrt (3 * L_max + mu) in
  let optimum := (s - 2 * sqrt mu) / s in
  (* theta moves by the new v *)
    (forall t a b, theta (S t) a b = theta t a b + beta * v t a b - eta * gradient t a b) ->
  (* v remembers itself *)              (forall t a b, v (S t) a b = beta * v t a b - eta * gradient t a b) ->
  (* theta starts at a *)               (forall a b, theta 0%nat a b = a) ->
  (* v starts at b *)                   (forall a b, v 0%nat a b = b) ->
  (* mu is positive *)                  0 < mu ->
  (* the curvatures differ *)           mu < L_max ->
  (* the memory fades *)                0 <= beta < 1 ->
  (forall t a b, error (S t) a b = (1 - eta * lam) * error t a b + (beta - eta * beta * lam) * v t a b) /\
  (forall t a b, v (S t) a b = - (eta * lam * error t a b) + (beta - eta * beta * lam) * v t a b) /\
  (forall z,
    det [[z - (1 - eta * lam); - (beta * (1 - eta * lam))]; [eta * lam; z - (beta - eta * beta * lam)]] =
      z ^ 2 - p eta beta lam * z + q eta beta lam) /\
  (0 < rho /\ roots_for mu rho /\ roots_for L_max rho -> optimum <= rho) /\
  (eta = 4 / (3 * L_max + mu) /\ beta = (s - 2 * sqrt mu) / (2 * sqrt mu + s) ->
   mu <= lam <= L_max ->
   roots_for lam optimum /\
   (forall a b, tends_to (fun t => theta t a b) theta_star /\ tends_to (fun t => v t a b) 0)).

(** Gradient descent with momentum on a quadratic loss: what the two roots of its characteristic polynomial z^2 - p z + q are,
    for exactly these hyperparameters. Every choice belongs to one of the eight kinds, and to no other. *)
Definition heavy_ball_regimes : Prop :=
  forall (theta v : nat -> R -> R -> R) (beta eta lam theta_star : R),
  let L := quadratic_loss lam theta_star in
  let gradient t a b := Derive L (theta t a b) in
  let error t a b := theta t a b - theta_star in
  let p := 1 + beta - eta * lam in
  let q := beta in
  let monotone := exists r s, p = r + s /\ q = r * s /\ 0 <= s /\ s <= r /\ 0 < r /\ r < 1 in
  let one_step := exists r s, p = r + s /\ q = r * s /\ r = 0 /\ s = 0 in
  let overshooting := exists r s, p = r + s /\ q = r * s /\ - 1 < s /\ s < 0 /\ s <= r /\ r < 1 in
  let oscillating := exists u w, 0 < w /\ p = 2 * u /\ q = u ^ 2 + w ^ 2 /\ u ^ 2 + w ^ 2 < 1 in
  let period_two := exists r s, p = r + s /\ q = r * s /\ r = - 1 /\ - 1 < s /\ s < 1 in
  let constant := exists r s, p = r + s /\ q = r * s /\ r = 1 /\ - 1 < s /\ s < 1 in
  let marginal := roots_within 1 p q /\ (q = 1 \/ q = - 1) in
  let divergent := ~ roots_within 1 p q in
  let convergent := forall a b, tends_to (fun t => theta t a b) theta_star /\ tends_to (fun t => v t a b) 0 in
  (* theta moves by the new v *)
    (forall t a b, theta (S t) a b = theta t a b + beta * v t a b - eta * gradient t a b) ->
  (* v remembers itself *)              (forall t a b, v (S t) a b = beta * v t a b - eta * gradient t a b) ->
  (* theta starts at a *)               (forall a b, theta 0%nat a b = a) ->
  (* v starts at b *)                   (forall a b, v 0%nat a b = b) ->
  (forall t a b, error (S t) a b = (1 - eta * lam) * error t a b + beta * v t a b) /\
  (forall t a b, v (S t) a b = - (eta * lam * error t a b) + beta * v t a b) /\
  (forall z, det [[z - (1 - eta * lam); - beta]; [eta * lam; z - beta]] = z ^ 2 - (1 + beta - eta * lam) * z + beta) /\
  (convergent <-> - 1 < beta /\ beta < 1 /\ 0 < eta * lam /\ eta * lam < 2 * (1 + beta)) /\
  (monotone <->
    0 <= beta /\ beta < 1 /\ 0 < eta * lam /\ eta * lam < 1 + beta /\ 4 * beta <= (1 + beta - eta * lam) ^ 2) /\
  (one_step <-> eta * lam = 1 + beta /\ beta = 0) /\
  (overshooting <->
    - 1 < beta /\ beta < 1 /\ 0 < eta * lam /\ eta * lam < 2 * (1 + beta) /\ 4 * beta <= (1 + beta - eta * lam) ^ 2 /\
    (1 + beta < eta * lam \/ beta < 0)) /\
  (oscillating <-> beta < 1 /\ (1 + beta - eta * lam) ^ 2 < 4 * beta) /\
  (period_two <-> - 1 < beta /\ beta < 1 /\ eta * lam = 2 * (1 + beta)) /\
  (constant <-> - 1 < beta /\ beta < 1 /\ eta * lam = 0) /\
  (marginal <->
    - 1 <= beta /\ beta <= 1 /\ 0 <= eta * lam /\ eta * lam <= 2 * (1 + beta) /\ (beta = 1 \/ beta = - 1)) /\
  (divergent <-> beta < - 1 \/ 1 < beta \/ eta * lam < 0 \/ 2 * (1 + beta) < eta * lam) /\
  ((monotone \/ one_step \/ overshooting \/ oscillating \/ period_two \/ constant \/ marginal \/ divergent) /\
   (monotone -> ~ (one_step \/ overshooting \/ oscillating \/ period_two \/ constant \/ marginal \/ divergent)) /\
   (one_step -> ~ (overshooting \/ oscillating \/ period_two \/ constant \/ marginal \/ divergent)) /\
   (overshooting -> ~ (oscillating \/ period_two \/ constant \/ marginal \/ divergent)) /\
   (oscillating -> ~ (period_two \/ constant \/ marginal \/ divergent)) /\
   (period_two -> ~ (constant \/ marginal \/ divergent)) /\
   (constant -> ~ (marginal \/ divergent)) /\
   (marginal -> ~ divergent)).

(** The same where the batch is drawn without replacement: of the errors of D examples, which add up to zero, N are chosen.
    They are exchangeable, so any two of them have the same covariance c; there is less noise than with replacement. *)
Definition sgd_without_replacement : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (theta : nat -> Omega -> R) (eta lam theta_star sigma : R) (N D : nat) (xi : nat -> nat -> Omega -> R)
    (chosen : nat -> R) (c : R),
  let eps t w := fsum 1 D (fun i => chosen i * xi t i w) / INR N in
  let e t w := theta t w - theta_star in
  let variance eta := eta * sigma ^ 2 * (INR D - INR N) / (INR N * lam * (2 - eta * lam) * (INR D - 1)) in
  (* theta t is a random variable *)    (forall t, random_variable (theta t)) ->
  (* so are the errors *)               (forall t i, random_variable (xi t i)) ->
  (* theta is made by noisy descent *)  noisy_descent (quadratic_loss lam theta_star) eta eps theta ->
  (* the batch is not empty *)          0 < INR N ->
  (* nor is it everything *)            INR N < INR D ->
  (* there are several examples *)      1 < INR D ->
  (* each is chosen or not, 1 or 0 *)   (forall i, among D i -> chosen i ^ 2 = chosen i) ->
  (* N of them are chosen *)            fsum 1 D chosen = INR N ->
  (* all errors add up to zero *)       (forall w t, fsum 1 D (fun i => xi t i w) = 0) ->
  (* they are exchangeable *)           exchangeable E D sigma c xi ->
  (* they have mean zero *)             all_centred E D xi ->
  (* they know nothing of the start *)  all_uncorrelated E D (e 0%nat) xi ->
  (* the steps have a length *)         eta <> 0 ->
  (* there is noise *)                  sigma <> 0 ->
  (* there is curvature *)              lam <> 0 ->
  (0 < eta * lam < 2 ->
   tends_to (mean_square E e) (variance eta) /\
   tends_to (mean E e) 0 /\
   (forall t, mean_square E e t = (1 - eta * lam) ^ (2 * t) * mean_square E e 0
                                  + variance eta * (1 - (1 - eta * lam) ^ (2 * t)))) /\
  (eta * lam <= 0 \/ 2 <= eta * lam -> grows_beyond_all_bounds (mean_square E e)) /\
  (forall t, mean_square E eps t = sigma ^ 2 * (INR D - INR N) / (INR N * (INR D - 1))) /\
  c = - (sigma ^ 2 / (INR D - 1)) /\
  tends_near 0 (fun eta => 1 / eta * variance eta) (sigma ^ 2 * (INR D - INR N) / (2 * INR N * lam * (INR D - 1))) /\
  (0 < eta * lam < 2 ->
   variance eta - eta * sigma ^ 2 * (INR D - INR N) / (2 * INR N * lam * (INR D - 1)) = eta * lam / 2 * variance eta).

(** The mean a_t of the iterates up to step t: in the end its mean square distance from the minimum, times their number, is
    sigma^2 / lam^2, whatever the learning rate and the start; and what it is at every step in the stationary state. *)
Definition sgd_averaging : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (theta eps : nat -> Omega -> R) (eta lam theta_star sigma : R),
  let e t w := theta t w - theta_star in
  let a t w := fsum 0 (S t) (fun s => e s w) / (INR t + 1) in
  let variance := eta * sigma ^ 2 / (lam * (2 - eta * lam)) in
  let K := eta * lam ^ 3 * (2 - eta * lam) in
  (* theta t is a random variable *)    (forall t, random_variable (theta t)) ->
  (* so is the noise *)                 (forall t, random_variable (eps t)) ->
  (* theta is made by noisy descent *)  noisy_descent (quadratic_loss lam theta_star) eta eps theta ->
  (* the noise has mean zero *)         centred E eps ->
  (* and variance sigma^2, is white *)  white E sigma eps ->
  (* it knows nothing of the start *)   uncorrelated E (e 0%nat) eps ->
  0 < eta * lam < 2 ->
  tends_to (fun t => (INR t + 1) * mean_square E a t) (sigma ^ 2 / lam ^ 2) /\
  (mean_square E e 0 = variance ->
   forall t, mean_square E a t = (- (2 * sigma ^ 2 * (1 - eta * lam) / K)
                                  + 2 * sigma ^ 2 * (1 - eta * lam) ^ 2 / K * (1 - eta * lam) ^ t
                                  + sigma ^ 2 / lam ^ 2 * (INR t + 1)) / (INR t + 1) ^ 2) /\
  tends_to (mean E e) 0.

(** Regression with one parameter: y = theta_star x + zeta, and every step takes the mean gradient of N new pairs. The noise
    grows with the distance e. E x^2 = lam, E x^4 = k lam^2 (k = 3 for normal x); a distance and the x that are drawn at this
    step are uncorrelated up to the moments that occur. The mean square distance has a limit for exactly these eta. *)
Definition sgd_multiplicative : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (N : nat) (theta : nat -> Omega -> R) (x zeta : nat -> nat -> Omega -> R) (sigma k eta lam theta_star : R),
  let n := INR N in
  let y t i w := theta_star * x t i w + zeta t i w in
  let gradient t w := fsum 1 N (fun i => (theta t w * x t i w - y t i w) * x t i w) / n in
  let e t w := theta t w - theta_star in
  let xx t i w := x t i w ^ 2 in
  let both t i j w := xx t i w * xx t j w in
  let of_each P := forall t i : nat, among N i -> P t i : Prop in
  let of_pairs P := forall t i : nat, among N i -> forall j, among N j -> P t i j : Prop in
  let m := 1 - 2 * eta * lam + eta ^ 2 * lam ^ 2 * (1 + (k - 1) / n) in
  let variance eta := eta * sigma ^ 2 / (2 * n - eta * lam * (n + k - 1)) in
  let border := 2 * n / (lam * (n + k - 1)) in
  let border_of_normal := 2 * n / (lam * (2 + n)) in
  (* theta t is a random variable *)    (forall t, random_variable (theta t)) ->
  (* so are the x *)                    (forall t i, random_variable (x t i)) ->
  (* so are the errors of y *)          (forall t i, random_variable (zeta t i)) ->
  (* theta is made by descent *)        (forall w t, theta (S t) w = theta t w - eta * gradient t w) ->
  (* the batch is not empty *)          0 < n ->
  (* there is curvature *)              0 < lam ->
  (* no kurtosis is less than 1 *)      1 <= k ->
  (* e is not correlated with x^2 *)
    of_each (fun t i => E (fun w => e t w * xx t i w) = mean E e t * E (xx t i)) ->
  (* lam is the second moment of x *)   of_each (fun t i => E (xx t i) = lam) ->
  (* nor is x with its error *)         of_each (fun t i => E (fun w => x t i w * zeta t i w) = 0) ->
  (* nor is e^2 with x^2 *)
    of_each (fun t i => E (fun w => e t w ^ 2 * xx t i w) = mean_square E e t * E (xx t i)) ->
  (* nor is e x with the error *)       of_each (fun t i => E (fun w => e t w * x t i w * zeta t i w) = 0) ->
  (* nor is e^2 with two x^2 *)
    of_pairs (fun t i j => E (fun w => e t w ^ 2 * both t i j w) = mean_square E e t * E (both t i j)) ->
  (* nor is e x^2 with another pair *)
    of_pairs (fun t i j => E (fun w => e t w * xx t i w * x t j w * zeta t j w) = 0) ->
  (* the errors have variance sigma^2 *)
    of_pairs (fun t i j => E (fun w => x t i w * zeta t i w * x t j w * zeta t j w) = delta i j * lam * sigma ^ 2) ->
  (* two x^2 are uncorrelated *)        of_pairs (fun t i j => E (both t i j) = (1 + (k - 1) * delta i j) * lam ^ 2) ->
  (* the steps have a length *)         eta <> 0 ->
  (* there is noise *)                  sigma <> 0 ->
  (0 < eta < border ->
   tends_to (mean_square E e) (variance eta) /\
   tends_to (mean E e) 0 /\
   (forall t, mean_square E e t = variance eta + m ^ t * (mean_square E e 0 - variance eta))) /\
  (eta <= 0 \/ border <= eta -> grows_beyond_all_bounds (mean_square E e)) /\
  (k = 3 ->
   (0 < eta < border_of_normal -> tends_to (mean_square E e) (eta * sigma ^ 2 / (2 * n - eta * lam * (2 + n)))) /\
   (eta <= 0 \/ border_of_normal <= eta -> grows_beyond_all_bounds (mean_square E e))) /\
  (forall t, mean_square E e (S t) = m * mean_square E e t + eta ^ 2 * lam * sigma ^ 2 / n) /\
  tends_near 0 (fun eta => 1 / eta * variance eta) (sigma ^ 2 / (2 * n)) /\
  (0 < eta < border ->
   variance eta - eta * sigma ^ 2 / (2 * n) = - (eta * lam * (1 - n - k) / (2 * n)) * variance eta).

(** Several parameters: c t i is the component of the distance along the eigenvector v i of the Hessian H, and C i j the
    covariance of those of the noise, whose own covariance matrix is M. The mean products of the components have these limits;
    and a mean square of one component that a step preserves exists for exactly these learning rates. *)
Definition sgd_covariance : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (n : nat) (theta eps : nat -> nat -> Omega -> R) (theta_star : nat -> R) (H v : nat -> nat -> R) (lam : nat -> R)
    (M : nat -> nat -> R) (eta : R),
  let gradient t k w := inner n (H k) (fun j => theta t j w - theta_star j) in
  let c t i w := inner n (v i) (fun k => theta t k w - theta_star k) in
  let along i t := c t i in
  let C i j := fsum 1 n (fun k => fsum 1 n (fun l => v i k * v j l * M k l)) in
  let limit i j eta := eta * C i j / (lam i + lam j - eta * lam i * lam j) in
  let stable i := 0 < eta * lam i < 2 in
  (* theta t k is a random variable *)  (forall t k, random_variable (theta t k)) ->
  (* so is the noise *)                 (forall t k, random_variable (eps t k)) ->
  (* theta is made by noisy descent *)
    (forall w t k, among n k -> theta (S t) k w = theta t k w - eta * (gradient t k w + eps t k w)) ->
  (* the Hessian is symmetric *)        symmetric_matrix n H ->
  (* v i is an eigenvector *)           (forall i, among n i -> eigenvector n H (lam i) (v i)) ->
  (* the noise has mean zero *)         all_centred E n eps ->
  (* its covariance is M, it is white *)
    (forall s t k, among n k -> forall l, among n l -> E (fun w => eps s k w * eps t l w) = delta s t * M k l) ->
  (* it knows nothing of the start *)
    (forall t k, among n k -> forall l, among n l -> E (fun w => theta 0%nat k w * eps t l w) = 0) ->
  (forall i, among n i -> forall j, among n j ->
    0 < eta * lam i /\ eta * lam i < 2 /\ stable j ->
    tends_to (mean_product E (along i) (along j)) (limit i j eta) /\
    (forall t, mean_product E (along i) (along j) t =
       limit i j eta
       + (1 - eta * lam i) ^ t * (1 - eta * lam j) ^ t * (mean_product E (along i) (along j) 0 - limit i j eta))) /\
  (forall i, among n i -> eta <> 0 /\ 0 < C i i ->
    ((exists s, 0 <= s /\ (1 - (1 - eta * lam i) ^ 2) * s = eta ^ 2 * C i i) <-> stable i)) /\
  (forall i, among n i -> stable i -> tends_to (mean E (along i)) 0) /\
  (forall i, among n i -> forall j, among n j ->
    lam i + lam j <> 0 -> tends_near 0 (fun eta => 1 / eta * limit i j eta) (C i j / (lam i + lam j))) /\
  (forall i, among n i -> forall j, among n j ->
    (lam i + lam j) * (eta * lam i * lam j - lam i - lam j) <> 0 ->
    limit i j eta - eta * C i j / (lam i + lam j) = eta * lam i * lam j / (lam i + lam j) * limit i j eta).

(** Momentum with noise: the mean square distance, and its companions, have these limits where the noiseless iteration, p and
    q from a and b, converges from everywhere, which is for exactly these hyperparameters; for exactly them there is a
    covariance matrix that a step preserves. *)
Definition sgd_momentum_variance : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (theta v eps : nat -> Omega -> R) (beta eta lam theta_star : R) (p q : nat -> R -> R -> R) (sigma : R),
  let L := quadratic_loss lam theta_star in
  let gradient t w := Derive L (theta t w) + eps t w in
  let e t w := theta t w - theta_star in
  let stable := - 1 < beta /\ beta < 1 /\ 0 < eta * lam /\ eta * lam < 2 * (1 + beta) in
  let variance eta := eta * sigma ^ 2 * (1 + beta) / (lam * (1 - beta) * (2 + 2 * beta - eta * lam)) in
  let K := (1 - beta) * (2 + 2 * beta - eta * lam) in
  (* theta t is a random variable *)    (forall t, random_variable (theta t)) ->
  (* so is v t *)                       (forall t, random_variable (v t)) ->
  (* so is the noise *)                 (forall t, random_variable (eps t)) ->
  (* theta moves by the new v *)        (forall w t, theta (S t) w = theta t w + beta * v t w - eta * gradient t w) ->
  (* v remembers itself *)              (forall w t, v (S t) w = beta * v t w - eta * gradient t w) ->
  (* p is the distance without noise *)
    (forall t a b, p (S t) a b = (1 - eta * lam) * p t a b + beta * q t a b) ->
  (* q is v without noise *)            (forall t a b, q (S t) a b = - (eta * lam * p t a b) + beta * q t a b) ->
  (* the noise has mean zero *)         centred E eps ->
  (* and variance sigma^2, is white *)  white E sigma eps ->
  (* it knows nothing of the start *)   uncorrelated E (e 0%nat) eps ->
  (* nor of the first v *)              uncorrelated E (v 0%nat) eps ->
  (* p starts at a *)                   (forall a b, p 0%nat a b = a) ->
  (* q starts at b *)                   (forall a b, q 0%nat a b = b) ->
  (* the steps go forward *)            eta > 0 ->
  (stable ->
   tends_to (mean_square E e) (variance eta) /\
   tends_to (mean_product E e v) (eta ^ 2 * sigma ^ 2 / K) /\
   tends_to (mean_square E v) (2 * eta ^ 2 * sigma ^ 2 / K) /\
   tends_to (mean E e) 0 /\
   tends_to (mean E v) 0) /\
  ((forall a b, tends_to (fun t => p t a b) 0 /\ tends_to (fun t => q t a b) 0) <-> stable) /\
  (0 < sigma ^ 2 -> (preserved_covariance eta beta lam (sigma ^ 2) <-> stable)) /\
  ((beta - 1) * lam * (1 + beta) <> 0 ->
   tends_near 0 (fun eta => 1 / eta * variance eta) (sigma ^ 2 / (2 * lam * (1 - beta)))) /\
  (stable ->
   variance eta - eta * sigma ^ 2 / (2 * lam * (1 - beta)) = eta * lam / (2 * (1 + beta)) * variance eta).

(** The moving average b of the iterates, with the weight alpha for what it was: its mean square distance from the minimum is
    that of the iterates times this factor, in the end; in the stationary state it is so at every step. *)
Definition sgd_moving_average : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (theta eps : nat -> Omega -> R) (eta lam theta_star sigma : R) (b : nat -> Omega -> R) (alpha : R),
  let e t w := theta t w - theta_star in
  let variance := eta * sigma ^ 2 / (lam * (2 - eta * lam)) in
  let factor := (1 + alpha - eta * alpha * lam) * (1 - alpha) / ((1 + alpha) * (1 + eta * alpha * lam - alpha)) in
  (* theta t is a random variable *)    (forall t, random_variable (theta t)) ->
  (* so is the noise *)                 (forall t, random_variable (eps t)) ->
  (* so is the average *)               (forall t, random_variable (b t)) ->
  (* theta is made by noisy descent *)  noisy_descent (quadratic_loss lam theta_star) eta eps theta ->
  (* b averages the distances *)        (forall w t, b (S t) w = alpha * b t w + (1 - alpha) * e t w) ->
  (* the noise has mean zero *)         centred E eps ->
  (* and variance sigma^2, is white *)  white E sigma eps ->
  (* it knows nothing of the start *)   uncorrelated E (e 0%nat) eps ->
  (* the past counts *)                 0 < alpha ->
  (* so does the present *)             alpha < 1 ->
  (* nor does it know the first b *)    uncorrelated E (b 0%nat) eps ->
  (0 < eta * lam < 2 /\ alpha <> 1 - eta * lam ->
   tends_to (mean_square E e) variance /\
   tends_to (mean_square E b) (factor * variance) /\
   tends_to (mean E e) 0) /\
  (0 < eta * lam < 2 ->
   mean_square E e 0 = variance /\
   mean_product E b e 0 =
     eta * sigma ^ 2 * (1 - alpha) * (1 - eta * lam) / (lam * (1 + eta * alpha * lam - alpha) * (2 - eta * lam)) /\
   mean_square E b 0 = factor * variance ->
   forall t, mean_square E b t = factor * variance).

(** Momentum with noise along two directions of curvatures lam_1 and lam_2, whose noises have the covariance C: the mean
    products of the distances e_1 and e_2 and of the memories v_1 and v_2 have these limits; and in a direction of curvature
    lam with noise of variance V a step preserves some covariance matrix for exactly these hyperparameters. (Of p and q, the
    iterations without noise, only the proof speaks.) *)
Definition sgd_momentum_covariance : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (beta eta lam_1 lam_2 c_1 c_2 : R) (theta_1 v_1 xi_1 : nat -> Omega -> R) (p_1 q_1 : nat -> R -> R -> R)
    (theta_2 v_2 xi_2 : nat -> Omega -> R) (p_2 q_2 : nat -> R -> R -> R) (C : R),
  let gradient_1 t w := lam_1 * (theta_1 t w - c_1) + xi_1 t w in
  let gradient_2 t w := lam_2 * (theta_2 t w - c_2) + xi_2 t w in
  let e_1 t w := theta_1 t w - c_1 in
  let e_2 t w := theta_2 t w - c_2 in
  let stable lam := - 1 < beta /\ beta < 1 /\ 0 < eta * lam /\ eta * lam < 2 * (1 + beta) in
  let K eta := (1 - beta) ^ 2 * (1 + beta) * (lam_1 + lam_2) - eta * (lam_1 - beta * lam_2) * (lam_2 - beta * lam_1) in
  let limit eta := eta * C * (1 + beta) * (1 - beta) / K eta in
  (* theta_1 t is a random variable *)  (forall t, random_variable (theta_1 t)) ->
  (* so is v_1 t *)                     (forall t, random_variable (v_1 t)) ->
  (* so is the noise along 1 *)         (forall t, random_variable (xi_1 t)) ->
  (* so is theta_2 t *)                 (forall t, random_variable (theta_2 t)) ->
  (* so is v_2 t *)                     (forall t, random_variable (v_2 t)) ->
  (* so is the noise along 2 *)         (forall t, random_variable (xi_2 t)) ->
  (* theta_1 moves by the new v_1 *)
    (forall w t, theta_1 (S t) w = theta_1 t w + beta * v_1 t w - eta * gradient_1 t w) ->
  (* v_1 remembers itself *)            (forall w t, v_1 (S t) w = beta * v_1 t w - eta * gradient_1 t w) ->
  (* theta_2 moves by the new v_2 *)
    (forall w t, theta_2 (S t) w = theta_2 t w + beta * v_2 t w - eta * gradient_2 t w) ->
  (* v_2 remembers itself *)            (forall w t, v_2 (S t) w = beta * v_2 t w - eta * gradient_2 t w) ->
  (* p_1 is e_1 without noise *)
    (forall t a b, p_1 (S t) a b = (1 - eta * lam_1) * p_1 t a b + beta * q_1 t a b) ->
  (* q_1 is v_1 without noise *)
    (forall t a b, q_1 (S t) a b = - (eta * lam_1 * p_1 t a b) + beta * q_1 t a b) ->
  (* p_2 is e_2 without noise *)
    (forall t a b, p_2 (S t) a b = (1 - eta * lam_2) * p_2 t a b + beta * q_2 t a b) ->
  (* q_2 is v_2 without noise *)
    (forall t a b, q_2 (S t) a b = - (eta * lam_2 * p_2 t a b) + beta * q_2 t a b) ->
  (* the noise along 1 has mean zero *) centred E xi_1 ->
  (* the noise along 2 has mean zero *) centred E xi_2 ->
  (* their covariance is C, white *)    (forall s t, E (fun w => xi_1 s w * xi_2 t w) = delta s t * C) ->
  (* the one along 2 is not in e_1 *)   uncorrelated E (e_1 0%nat) xi_2 ->
  (* nor in v_1 *)                      uncorrelated E (v_1 0%nat) xi_2 ->
  (* the one along 1 is not in e_2 *)   uncorrelated E (e_2 0%nat) xi_1 ->
  (* nor in v_2 *)                      uncorrelated E (v_2 0%nat) xi_1 ->
  (* the steps go forward *)            eta > 0 ->
  (* p_1 starts at a *)                 (forall a b, p_1 0%nat a b = a) ->
  (* q_1 starts at b *)                 (forall a b, q_1 0%nat a b = b) ->
  (* p_2 starts at a *)                 (forall a b, p_2 0%nat a b = a) ->
  (* q_2 starts at b *)                 (forall a b, q_2 0%nat a b = b) ->
  (stable lam_1 /\ stable lam_2 ->
   tends_to (mean_product E e_1 e_2) (limit eta) /\
   tends_to (mean_product E e_1 v_2) (eta ^ 2 * C * (lam_1 - beta * lam_2) / K eta) /\
   tends_to (mean_product E v_1 e_2) (eta ^ 2 * C * (lam_2 - beta * lam_1) / K eta) /\
   tends_to (mean_product E v_1 v_2) (eta ^ 2 * C * (1 - beta) * (lam_1 + lam_2) / K eta)) /\
  (stable lam_1 -> tends_to (mean E e_1) 0 /\ tends_to (mean E v_1) 0) /\
  (stable lam_2 -> tends_to (mean E e_2) 0 /\ tends_to (mean E v_2) 0) /\
  (forall lam V, 0 < V -> (preserved_covariance eta beta lam V <-> stable lam)) /\
  ((beta - 1) * (lam_1 + lam_2) * (1 + beta) <> 0 ->
   tends_near 0 (fun eta => 1 / eta * limit eta) (C / ((1 - beta) * (lam_1 + lam_2)))) /\
  ((beta - 1) * (lam_1 + lam_2)
     * (lam_1 + lam_2 + beta ^ 3 * lam_1 + beta ^ 3 * lam_2 + eta * beta * lam_1 ^ 2 + eta * beta * lam_2 ^ 2 - beta * lam_1
        - beta * lam_2 - beta ^ 2 * lam_1 - beta ^ 2 * lam_2 - eta * lam_1 * lam_2 - eta * beta ^ 2 * lam_1 * lam_2)
     * (1 + beta) <> 0 ->
   limit eta - eta * C / ((1 - beta) * (lam_1 + lam_2)) =
     eta * (lam_1 - beta * lam_2) * (lam_2 - beta * lam_1) / ((1 - beta) ^ 2 * (1 + beta) * (lam_1 + lam_2)) * limit eta).

(** Every epoch uses each of D examples once, in a random order: their errors, which add up to zero over each epoch, are
    exchangeable and independent of those of other epochs. After whole epochs the mean square distance is of third order in
    eta. (Of r, sums of powers of 1 - x lam, only the proof speaks.) *)
Definition sgd_reshuffling : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (theta eps : nat -> Omega -> R) (eta lam theta_star sigma : R) (D : nat) (c : R) (r : nat -> R -> R),
  let d := INR D in
  let e t w := theta t w - theta_star in
  let of_epoch s i := eps (i + s * D)%nat in
  let covariance i j := delta i j * sigma ^ 2 + (1 - delta i j) * c in
  let after_epochs t w := e (t * D)%nat w in
  let fade eta := (1 - eta * lam) ^ D in
  let variance eta :=
    sigma ^ 2 / (lam ^ 2 * (d - 1)) * (d * eta * lam / (2 - eta * lam) - (1 - fade eta) / (1 + fade eta)) in
  (* theta t is a random variable *)    (forall t, random_variable (theta t)) ->
  (* so is the noise *)                 (forall t, random_variable (eps t)) ->
  (* theta is made by noisy descent *)  noisy_descent (quadratic_loss lam theta_star) eta eps theta ->
  (* r is a sequence of the proof *)
    (forall j x, r (S j) x = (1 - x * lam) * r j x + x * lam * (INR j * (INR j - 1) * (INR j - 2) / 6)) ->
  (* the errors have mean zero *)       centred E eps ->
  (* there are several examples *)      1 < d ->
  (* an epoch's errors add up to zero *)
    (forall w t, fsum 0 D (fun i => eps (t * D + i)%nat w) = 0) ->
  (* they are exchangeable *)
    (forall s t i j, INR i < d /\ INR j < d -> E (fun w => of_epoch s i w * of_epoch t j w) = delta s t * covariance i j) ->
  (* they know nothing of the start *)  uncorrelated E (e 0%nat) eps ->
  (* the steps have a length *)         eta <> 0 ->
  (* there is noise *)                  sigma <> 0 ->
  (* there is curvature *)              lam <> 0 ->
  (* r begins at 0 *)                   (forall x, r 0%nat x = 0) ->
  (0 < eta * lam < 2 ->
   tends_to (mean_square E after_epochs) (variance eta) /\
   tends_to (mean E e) 0 /\
   (forall t, mean_square E after_epochs t =
      variance eta + fade eta ^ (2 * t) * (mean_square E e 0 - variance eta))) /\
  ((eta * lam <= 0 \/ 2 <= eta * lam) /\ 1 - eta * lam <> 1 -> grows_beyond_all_bounds (mean_square E after_epochs)) /\
  (1 - eta * lam = 1 -> forall t, mean_square E after_epochs t = mean_square E e 0) /\
  c = - (sigma ^ 2 / (d - 1)) /\
  tends_near 0 (fun eta => variance eta / (eta ^ 3 * lam * sigma ^ 2 * d * (d + 1) / 24)) 1.

(** Gradient descent on the same linear network of two layers, and any loss of its outputs: c_1, ..., c_4 are any sequences.
    Each of the quantities that the flow keeps changes in a step by eta^2 times its value at the gradient: this is so for
    the four entries of the matrix, and for the three quantities that are independent. *)
Definition model_conserved_drift : Prop :=
  forall (eta : R) (a b c d e f g h c_1 c_2 c_3 c_4 : nat -> R),
  let gradient_a t := c_1 t * e t + c_3 t * g t in
  let gradient_b t := c_2 t * e t + c_4 t * g t in
  let gradient_c t := c_1 t * f t + c_3 t * h t in
  let gradient_d t := c_2 t * f t + c_4 t * h t in
  let gradient_e t := c_1 t * a t + c_2 t * b t in
  let gradient_f t := c_1 t * c t + c_2 t * d t in
  let gradient_g t := c_3 t * a t + c_4 t * b t in
  let gradient_h t := c_3 t * c t + c_4 t * d t in
  let at_weights (Q : R -> R -> R -> R -> R -> R -> R -> R -> R) t :=
    Q (a t) (b t) (c t) (d t) (e t) (f t) (g t) (h t) in
  let at_gradient (Q : R -> R -> R -> R -> R -> R -> R -> R -> R) t :=
    Q (gradient_a t) (gradient_b t) (gradient_c t) (gradient_d t) (gradient_e t) (gradient_f t) (gradient_g t) (gradient_h t) in
  let drifts Q := forall t, at_weights Q (S t) - at_weights Q t = eta ^ 2 * at_gradient Q t in
  (* a is made by descent *)            steps_against gradient_a eta a ->
  (* b is made by descent *)            steps_against gradient_b eta b ->
  (* c is made by descent *)            steps_against gradient_c eta c ->
  (* d is made by descent *)            steps_against gradient_d eta d ->
  (* e is made by descent *)            steps_against gradient_e eta e ->
  (* f is made by descent *)            steps_against gradient_f eta f ->
  (* g is made by descent *)            steps_against gradient_g eta g ->
  (* h is made by descent *)            steps_against gradient_h eta h ->
  (drifts (fun a b c d e f g h => e * e + g * g - (a * a + b * b)) /\
   drifts (fun a b c d e f g h => e * f + g * h - (a * c + b * d)) /\
   drifts (fun a b c d e f g h => f * e + h * g - (c * a + d * b)) /\
   drifts (fun a b c d e f g h => f * f + h * h - (c * c + d * d))) /\
  drifts (fun a b c d e f g h => e ^ 2 + g ^ 2 - a ^ 2 - b ^ 2) /\
  drifts (fun a b c d e f g h => e * f + g * h - a * c - b * d) /\
  drifts (fun a b c d e f g h => f ^ 2 + h ^ 2 - c ^ 2 - d ^ 2).

(** A linear network of one unit between two inputs, with the weights a and b, and two outputs, with the weights c and d:
    its gradient flow with weight decay gamma, for any loss and any data. What it would keep without decay fades. *)
Definition model_weight_decay : Prop :=
  forall (gamma : R) (a b c d c_1 c_2 c_3 c_4 : R -> R),
  let Q tau := a tau ^ 2 + b tau ^ 2 - c tau ^ 2 - d tau ^ 2 in
  (* a moves so *)
    moves_with_velocity (fun tau => - (c_1 tau * c tau + c_3 tau * d tau) - gamma * a tau) a ->
  (* b moves so *)
    moves_with_velocity (fun tau => - (c_2 tau * c tau + c_4 tau * d tau) - gamma * b tau) b ->
  (* c moves so *)
    moves_with_velocity (fun tau => - (c_1 tau * a tau + c_2 tau * b tau) - gamma * c tau) c ->
  (* d moves so *)
    moves_with_velocity (fun tau => - (c_3 tau * a tau + c_4 tau * b tau) - gamma * d tau) d ->
  forall tau, Q tau = exp (- (2 * gamma * tau)) * Q 0.

(** A linear network of one input, two units with the weights a and b, and one output with the weights c and d, whose
    coefficient is a c + b d. It moves with momentum and friction g, for any loss and any data. Of the rotations that
    leave the coefficient alone, the momenta fade at the rate of the friction; the rates of what gradient flow would keep
    fade so, too, but are fed by the velocities p, q, r, s: k_1, k_2, k_3 are integrals of quadratic forms of these. *)
Definition model_momentum : Prop :=
  forall (friction : R) (a b c d p q r s c_1 k_1 k_2 k_3 : R -> R),
  let fades J := forall tau, J tau = exp (- (friction * tau)) * J 0 in
  let is_fed_by (k rate : R -> R) := forall tau, rate tau = exp (- (friction * tau)) * (rate 0 + 2 * k tau) in
  (* a has the velocity p *)            moves_with_velocity p a ->
  (* b has the velocity q *)            moves_with_velocity q b ->
  (* c has the velocity r *)            moves_with_velocity r c ->
  (* d has the velocity s *)            moves_with_velocity s d ->
  (* p changes so *)                    moves_with_velocity (fun tau => - (friction * p tau) - c_1 tau * c tau) p ->
  (* q changes so *)                    moves_with_velocity (fun tau => - (friction * q tau) - c_1 tau * d tau) q ->
  (* r changes so *)                    moves_with_velocity (fun tau => - (friction * r tau) - c_1 tau * a tau) r ->
  (* s changes so *)                    moves_with_velocity (fun tau => - (friction * s tau) - c_1 tau * b tau) s ->
  (* k_1 grows so *)
    moves_with_velocity (fun tau => exp (friction * tau) * (p tau ^ 2 - r tau ^ 2)) k_1 ->
  (* k_1 begins at 0 *)                 k_1 0 = 0 ->
  (* k_2 grows so *)
    moves_with_velocity (fun tau => exp (friction * tau) * (p tau * q tau - r tau * s tau)) k_2 ->
  (* k_2 begins at 0 *)                 k_2 0 = 0 ->
  (* k_3 grows so *)
    moves_with_velocity (fun tau => exp (friction * tau) * (p tau * s tau - q tau * r tau)) k_3 ->
  (* k_3 begins at 0 *)                 k_3 0 = 0 ->
  fades (fun tau => a tau * q tau + c tau * s tau - b tau * p tau - d tau * r tau) /\
  fades (fun tau => a tau * s tau + c tau * q tau - b tau * r tau - d tau * p tau) /\
  is_fed_by k_1 (fun tau => 2 * a tau * p tau - 2 * c tau * r tau) /\
  is_fed_by k_2 (fun tau => a tau * q tau + b tau * p tau - c tau * s tau - d tau * r tau) /\
  is_fed_by k_3 (fun tau => a tau * s tau + d tau * p tau - b tau * r tau - c tau * q tau).

(** A step of gradient descent with momentum multiplies a quadratic form of the error and the memory by beta. *)
Definition method_form : Prop :=
  forall (theta v : nat -> R -> R -> R) (beta eta lam theta_star : R),
  let L := quadratic_loss lam theta_star in
  let gradient t a b := Derive L (theta t a b) in
  let error t a b := theta t a b - theta_star in
  let Q e v := eta * lam * e ^ 2 + (1 - beta - eta * lam) * e * v + beta * v ^ 2 in
  (* theta moves by the new v *)
    (forall t a b, theta (S t) a b = theta t a b + beta * v t a b - eta * gradient t a b) ->
  (* v remembers itself *)              (forall t a b, v (S t) a b = beta * v t a b - eta * gradient t a b) ->
  (* theta starts at a *)               (forall a b, theta 0%nat a b = a) ->
  (* v starts at b *)                   (forall a b, v 0%nat a b = b) ->
  (forall a b t, Q (error (S t) a b) (v (S t) a b) = beta * Q (error t a b) (v t a b)) /\
  (forall a b t, Q (error t a b) (v t a b) = beta ^ t * Q (a - theta_star) b).

(** Gradient flow of a coefficient u^2 - v^2 from u = v = alpha, where c is the slope of the loss in the coefficient and s
    its sum over time: the path, and the function of the coefficient that moves against the summed slope. *)
Definition bias_mirror : Prop :=
  forall (alpha : R) (u v c s : R -> R),
  let coefficient tau := u tau ^ 2 - v tau ^ 2 in
  (* s sums the slopes *)               moves_with_velocity c s ->
  (* from 0 on *)                       s 0 = 0 ->
  (* u descends *)                      moves_with_velocity (fun tau => - (2 * c tau * u tau)) u ->
  (* u begins at alpha *)               u 0 = alpha ->
  (* v ascends *)                       moves_with_velocity (fun tau => 2 * c tau * v tau) v ->
  (* v begins at alpha *)               v 0 = alpha ->
  (* alpha is a start *)                alpha <> 0 ->
  (forall tau, u tau = alpha * exp (- (2 * s tau))) /\
  (forall tau, v tau = alpha * exp (2 * s tau)) /\
  (forall tau, coefficient tau = - (2 * alpha ^ 2 * sinh (4 * s tau))) /\
  (forall tau, asinh (coefficient tau / (2 * alpha ^ 2)) = - (4 * s tau)).

(** The potential whose derivative inverts 2 sinh. It is even and strictly convex; near 0 it is z^2 / 4 to second order, far
    from there z ln z - z but for at most 2. *)
Definition bias_potential : Prop :=
  let q z := z * asinh (z / 2) + 2 - sqrt (z ^ 2 + 4) in
  (forall z, q z = z * asinh (z / 2) + 2 - sqrt (z ^ 2 + 4)) /\
  (forall y, Derive q (2 * sinh y) = y) /\
  (forall z, Derive q z = asinh (z / 2)) /\
  (forall z, 0 < Derive_n q 2 z) /\
  (forall z, q (- z) = q z) /\
  tends_near 0 (fun z => (q z - 1 / 4 * z ^ 2) / z ^ 2) 0 /\
  (forall z, 0 < z -> z * ln z - z <= q z /\ q z <= z * ln z - z + 2).

(** Two units that raise linear forms a x + b y and c x + d y of two inputs to the fourth power, with the weights v and w. For
    almost all values of the six parameters, the Hessian of the mean square error has rank four and nullity two where the model
    matches what it is compared with. For the scale of each unit can be moved to its weight. *)
Definition rank_polynomial : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall x y : Omega -> R,
  let f := fun_of a b c d v w x y => v * (a * x + b * y) ^ 4 + w * (c * x + d * y) ^ 4 in
  let direction_1 := [fun_of a b c d v w => a; fun_of a b c d v w => b; fun_of a b c d v w => 0; fun_of a b c d v w => 0;
                      fun_of a b c d v w => - (4 * v); fun_of a b c d v w => 0] in
  let direction_2 := [fun_of a b c d v w => 0; fun_of a b c d v w => 0; fun_of a b c d v w => c; fun_of a b c d v w => d;
                      fun_of a b c d v w => 0; fun_of a b c d v w => - (4 * w)] in
  (* x and y are random variables *)    List.Forall random_variable [x; y] ->
  (* they tell polynomials apart *)     full_support E [x; y] ->
  almost_every 6 (hessian_has_rank E 4 6 2 [x; y] [f]) /\ redundant_directions 2 6 2 [f] [direction_1; direction_2].

(** Linear networks with k hidden units between d inputs and one output, f(x) = sum of V j (W x) j, at weights that match what
    they are compared with. A direction (A, B) of the weights changes the map from inputs to the output by C to first order; with
    the inputs' second moments Sigma the Hessian makes (HW, HV) of it. *)

(** Loss that is made by moving along (A, B) by a and along (P, Q) by b: its mixed derivative is the product of (P, Q) and what the
    Hessian makes of (A, B). An eigenvector u of (|V|^2 + W^T W) Sigma makes one of the Hessian, with the same eigenvalue; what an
    eigenvector of the Hessian changes the map by, times Sigma, is sent to lam times that change, and where the eigenvalue is not 0
    there is such a change. With a root of Sigma the same numbers are eigenvalues of a symmetric matrix. *)
Definition spectrum_linear : Prop :=
  forall (Omega : Type) (random_variable : (Omega -> R) -> Prop) (E : (Omega -> R) -> R),
  (* E is an expectation *)             expectation random_variable E ->
  forall (d k : nat) (V : nat -> R) (W Sigma A : nat -> nat -> R) (B : nat -> R) (P : nat -> nat -> R) (Q : nat -> R)
    (x : nat -> Omega -> R) (lam : R) (u : nat -> R) (beta : R) (root : nat -> nat -> R) (g : nat -> R),
  let map a b i := fsum 1 k (fun j => (V j + a * B j + b * Q j) * (W j i + a * A j i + b * P j i)) in
  let loss a b := 1 / 2 * E (fun w => fsum 1 d (fun i => (map a b i - map 0 0 i) * x i w) ^ 2) in
  let C i := fsum 1 k (fun j => V j * A j i + B j * W j i) in
  let N i := inner d (Sigma i) C in
  let HW j i := V j * N i in
  let HV j := inner d (W j) N in
  let z i := inner d (Sigma i) u in
  let h i := inner d (root i) g in
  let small v i := fsum 1 k (fun j => V j ^ 2) * v i + fsum 1 k (fun j => W j i * inner d (W j) v) in
  let stretched :=
    (forall j, among k j -> forall i, among d i -> HW j i = lam * A j i) /\ (forall j, among k j -> HV j = lam * B j) in
  let eigen := forall i, among d i -> small z i = lam * u i in
  let symmetric_eigen := forall c, among d c -> fsum 1 d (fun l => root l c * small h l) = lam * g c in
  let is_root := forall i, among d i -> forall r, among d r -> Sigma i r = inner d (root i) (root r) in
  (* inputs are random variables *)     (forall i, random_variable (x i)) ->
  (* these are their second moments *)
    (forall i, among d i -> forall r, among d r -> E (fun w => x i w * x r w) = Sigma i r) ->
  partial_12 loss 0 0 = fsum 1 k (fun j => fsum 1 d (fun i => P j i * HW j i)) + inner k Q HV /\
  (eigen /\ (forall j, among k j -> forall i, among d i -> A j i = V j * z i) /\ (forall j, among k j -> B j = inner d (W j) z) ->
    stretched /\ (forall i, among d i -> C i = lam * u i)) /\
  (stretched -> forall i, among d i -> small N i = lam * C i) /\
  (eigen -> lam * inner d z u =
     fsum 1 k (fun j => V j ^ 2) * fsum 1 d (fun i => z i ^ 2) + fsum 1 k (fun j => inner d (W j) z ^ 2)) /\
  ((forall i, among d i -> forall r, among d r -> Sigma i r = delta i r) /\
     (forall i, among d i -> fsum 1 k (fun j => W j i * inner d (W j) u) = beta * u i) ->
    forall i, among d i -> small z i = (fsum 1 k (fun j => V j ^ 2) + beta) * u i) /\
  ((forall j, among k j -> forall i, among d i -> HW j i = lam * A j i) /\ (forall j, among k j -> HV j = lam * B j) /\
     lam <> 0 /\ (forall i, among d i -> C i = 0) ->
    (forall j, among k j -> forall i, among d i -> A j i = 0) /\ (forall j, among k j -> B j = 0)) /\
  (is_root /\ symmetric_eigen /\ (forall i, among d i -> u i = small h i) -> eigen) /\
  (is_root /\ eigen /\ (forall c, among d c -> g c = fsum 1 d (fun i => root i c * u i)) -> symmetric_eigen).

(** With uncorrelated inputs of variance one and m outputs: e a and u c are orthonormal bases of eigenvectors of V V^T and W^T W.
    What e a and u c make is an eigenvector of the Hessian for alpha a + beta c; no other number but 0 is an eigenvalue; and
    gradient descent shrinks all of these directions just for learning rates below two over the largest one. *)
Definition spectrum_uncorrelated : Prop :=
  forall (d k m : nat) (V W A B : nat -> nat -> R) (c : nat) (u : nat -> nat -> R) (beta : nat -> R) (a : nat)
    (e : nat -> nat -> R) (alpha : nat -> R) (lam eta omega sigma : R),
  let C n i := fsum 1 k (fun j => V n j * A j i + B n j * W j i) in
  let HW j i := fsum 1 m (fun n => V n j * C n i) in
  let HV n j := inner d (W j) (C n) in
  let WW i r := fsum 1 k (fun j => W j i * W j r) in
  let VV n q := inner k (V n) (V q) in
  (* c is one of the numbers *)         among d c ->
  (* a, too *)                          among m a ->
  (* u c is an eigenvector *)           (forall c, among d c -> forall i, among d i -> inner d (WW i) (u c) = beta c * u c i) ->
  (* they form a basis *)
    (forall i, among d i -> forall r, among d r -> fsum 1 d (fun c => u c i * u c r) = delta i r) ->
  (* e a is an eigenvector *)           (forall a, among m a -> forall n, among m n -> inner m (VV n) (e a) = alpha a * e a n) ->
  (* these form another basis *)
    (forall n, among m n -> forall q, among m q -> fsum 1 m (fun a => e a n * e a q) = delta n q) ->
  ((forall j, among k j -> forall i, among d i -> A j i = fsum 1 m (fun n => V n j * e a n) * u c i) /\
     (forall n, among m n -> forall j, among k j -> B n j = e a n * inner d (W j) (u c)) ->
    ((forall j, among k j -> forall i, among d i -> HW j i = (alpha a + beta c) * A j i) /\
     (forall n, among m n -> forall j, among k j -> HV n j = (alpha a + beta c) * B n j)) /\
    (forall n, among m n -> forall i, among d i -> C n i = (alpha a + beta c) * e a n * u c i)) /\
  ((forall j, among k j -> forall i, among d i -> HW j i = lam * A j i) /\
     (forall n, among m n -> forall j, among k j -> HV n j = lam * B n j) /\
     lam <> 0 /\ (forall a, among m a -> forall c, among d c -> lam <> alpha a + beta c) ->
    (forall j, among k j -> forall i, among d i -> A j i = 0) /\ (forall n, among m n -> forall j, among k j -> B n j = 0)) /\
  ((forall b, among m b -> forall l, among d l -> 0 < alpha b + beta l) /\
     (forall l, among d l -> beta l <= omega) /\ beta c = omega /\ (forall b, among m b -> alpha b <= sigma) /\ alpha a = sigma ->
    (forall b, among m b -> forall l, among d l -> - 1 < 1 - eta * (alpha b + beta l) < 1) <-> 0 < eta < 2 / (sigma + omega)).

(** With one output, uncorrelated inputs of variance one, and independent rows of W: no eigenvalue of |V|^2 + W^T W is below |V|^2;
    just the vectors that Q leaves alone belong to this number, and Q is a projection with the trace d - k. *)
Definition spectrum_smallest : Prop :=
  forall (d k : nat) (V : nat -> R) (W F : nat -> nat -> R) (lam : R) (u : nat -> R),
  let square := fsum 1 k (fun h => V h ^ 2) in
  let small i := square * u i + fsum 1 k (fun j => W j i * inner d (W j) u) in
  let Q i r := delta i r - fsum 1 k (fun t => fsum 1 k (fun h => W t i * F t h * W h r)) in
  (* F inverts the rows' products *)
    (forall j, among k j -> forall h, among k h -> fsum 1 k (fun t => inner d (W j) (W t) * F t h) = delta j h) ->
  ((forall i, among d i -> small i = lam * u i) /\ 0 < fsum 1 d (fun i => u i ^ 2) -> square <= lam) /\
  ((forall i, among d i -> small i = square * u i) <-> (forall i, among d i -> inner d (Q i) u = u i)) /\
  (forall i, among d i -> forall r, among d r -> inner d (Q i) (fun c => Q c r) = Q i r) /\
  fsum 1 d (fun i => Q i i) = INR d - INR k.

(** With one output, V different from zero and invertible second moments: the Hessian annihilates just the directions that do not
    change the map to first order. X, Y and ones for the second layer are the entries of a projection onto these, whose trace is
    k (d + 1) - d. *)
Definition rank_linear : Prop :=
  forall (d k : nat) (V : nat -> R) (W Sigma A : nat -> nat -> R) (B : nat -> R) (T : nat -> nat -> R) (g : R),
  let C i := fsum 1 k (fun j => V j * A j i + B j * W j i) in
  let N i := inner d (Sigma i) C in
  let HW j i := V j * N i in
  let HV j := inner d (W j) N in
  let left_over j i := A j i - V j * g * C i in
  let X j i h r := delta i r * (delta j h - V j * g * V h) in
  let Y j i h := - (V j * g * W h i) in
  let unchanged := forall i, among d i -> C i = 0 in
  (* T inverts the second moments *)
    (forall i, among d i -> forall r, among d r -> inner d (T i) (fun c => Sigma c r) = delta i r) ->
  (* V is not zero *)                   fsum 1 k (fun h => V h ^ 2) * g = 1 ->
  ((forall j, among k j -> forall i, among d i -> HW j i = 0) /\ (forall j, among k j -> HV j = 0) <-> unchanged) /\
  (forall i, among d i -> fsum 1 k (fun j => V j * left_over j i + B j * W j i) = 0) /\
  (unchanged -> forall j, among k j -> forall i, among d i -> left_over j i = A j i) /\
  (forall j, among k j -> forall i, among d i ->
    left_over j i = fsum 1 k (fun h => inner d (X j i h) (A h)) + inner k (Y j i) B) /\
  fsum 1 k (fun j => fsum 1 d (fun i => X j i j i)) + fsum 1 k (fun _ => 1) = INR k * (INR d + 1) - INR d.

(** The same for independent columns of W, whatever V is: now the projection changes the second layer. *)
Definition rank_linear_wide : Prop :=
  forall (d k : nat) (V : nat -> R) (W Sigma A : nat -> nat -> R) (B : nat -> R) (T F : nat -> nat -> R),
  let C i := fsum 1 k (fun j => V j * A j i + B j * W j i) in
  let N i := inner d (Sigma i) C in
  let HW j i := V j * N i in
  let HV j := inner d (W j) N in
  let left_over j := B j - fsum 1 d (fun i => fsum 1 d (fun r => C i * F r i * W j r)) in
  let X j h := delta j h - fsum 1 d (fun i => fsum 1 d (fun r => W h i * F r i * W j r)) in
  let Y j h i := - (V h * fsum 1 d (fun r => F r i * W j r)) in
  let unchanged := forall i, among d i -> C i = 0 in
  (* T inverts the second moments *)
    (forall i, among d i -> forall r, among d r -> inner d (T i) (fun c => Sigma c r) = delta i r) ->
  (* F inverts the columns' products *)
    (forall i, among d i -> forall c, among d c -> fsum 1 d (fun r => fsum 1 k (fun j => W j i * W j r) * F r c) = delta i c) ->
  ((forall j, among k j -> forall i, among d i -> HW j i = 0) /\ (forall j, among k j -> HV j = 0) <-> unchanged) /\
  (forall c, among d c -> fsum 1 k (fun j => V j * A j c + left_over j * W j c) = 0) /\
  (unchanged -> forall j, among k j -> left_over j = B j) /\
  (forall j, among k j ->
    left_over j = inner k (X j) B + fsum 1 k (fun h => fsum 1 d (fun i => Y j h i * A h i))) /\
  fsum 1 k (fun j => X j j) + fsum 1 k (fun _ => fsum 1 d (fun _ => 1)) = INR k * (INR d + 1) - INR d.
