(** What is the same but for how its natural numbers are written: [t * D + j] and [j + t * D]. *)

From Coq Require Import Reals Lra Lia PeanoNat FunctionalExtensionality.
Open Scope R_scope.

(** Two terms that differ in natural-number arguments only, also under binders, and in numbers of the form [INR (S k)]. *)
Ltac same_but_naturals :=
  first
    [ reflexivity
    | match goal with
      | |- @eq nat _ _ => nia
      | |- @eq R _ _ => solve [rewrite ?S_INR, ?plus_INR, ?mult_INR; cbn [INR]; ring]
      | |- @eq (_ -> _) _ _ => let x := fresh in apply functional_extensionality; intros x; cbv beta; same_but_naturals
      end
    | progress f_equal; same_but_naturals ].

(** The goal from a fact that differs from it only so; variables and antecedents are gone through one by one. *)
Ltac by_naturals H :=
  first
    [ exact H
    | match goal with
      | |- ?A -> ?B =>
          let P := fresh in let Q := fresh in
          intros P;
          match type of H with ?A' -> _ => assert (Q : A') by (by_naturals P); specialize (H Q) end;
          by_naturals H
      | |- forall x, _ => let x := fresh in intros x; specialize (H x); cbv beta in H; by_naturals H
      | |- ?G =>
          let T := type of H in
          let Q := fresh in
          assert (Q : T = G) by same_but_naturals; rewrite <- Q; exact H
      end ].
