(** * What the catalogue proves, written by hand

    For every certified result there is one statement here. Its proof is in a file of the same name, which a program
    wrote; but whether that file proves this statement is asked of coqc ([Check (gd_regimes.gd_regimes : Spec.gd_regimes)]),
    which only unfolds definitions. So to know what has been proved, read this file; the program need not be trusted.

    Before the statements stand the notions that they are made of. From elsewhere come only
    - of Coquelicot: [is_lim_seq], [is_lim], [is_derive], and [Derive], [Derive_n], which mean the derivative where
      there is one (and some number where there is none);
    - of the files beside this one: finite sums [fsum], Kronecker's [delta], [expectation] (Sums.v), [smooth]
      (Calculus.v), [det], [eigenvalues], [signature], [rank_at_least], [at_most_independent] (Matrices.v), [roots_within]
      (SecondOrder.v). The line at which each is defined says what it means.

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

End Noise.

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
