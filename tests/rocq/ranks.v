(* What the words of theories/Spans.v and Ranks.v mean: a matrix has one rank, that of [1, 2] is 1, and the Hessian of (u x)^2 / 2
   is the second moment of x. *)

Theorem one_rank :
  forall n k l M, rank_of n k M -> rank_of n l M -> k = l.
Proof. intros n k l M. apply dimension_unique. Qed.

Theorem rank_of_a_row :
  rank_of 2 1 [[1; 2]].
Proof.
  split.
  - exists [[1; 2]]. split; [reflexivity|]. split; [repeat constructor|]. split.
    + repeat constructor. exists [1]. split; [reflexivity|]. unfold Fields.combination, combined. simpl. repeat f_equal; ring.
    + intros c L Z. destruct c as [|a [|? ?]]; try discriminate. specialize (Z O). unfold combined in Z. simpl in Z.
      repeat constructor. lra.
  - intros B L F P. destruct B as [|u [|v [|? ?]]]; try discriminate. inversion P as [|? ? (c & Lc & Hu) P']; subst.
    inversion P' as [|? ? (d & Ld & Hv) _]; subst. destruct c as [|a [|? ?]]; try discriminate.
    destruct d as [|b [|? ?]]; try discriminate.
    unfold dependent. destruct (Req_dec b 0) as [->|N].
    + exists [0; 1]. split; [reflexivity|]. split; [right; left; lra|]. intros i. unfold combined, Fields.combination. simpl.
      destruct i as [|[|[|i]]]; unfold combined; simpl; ring.
    + exists [b; - a]. split; [reflexivity|]. split; [left; exact N|]. intros i. unfold combined, Fields.combination. simpl.
      destruct i as [|[|[|i]]]; unfold combined; simpl; ring.
Qed.

(* f = u x: the Hessian is the second moment of x, whatever u is. *)
Theorem hessian_of_a_product :
  forall (Omega : Type) (V : (Omega -> R) -> Prop) (E : (Omega -> R) -> R) (x : Omega -> R) (a : R), expectation V E -> V x ->
  hessian_at E 1 [x] [fun_of u x => u * x] [a] = [[E (fun w => x w ^ 2)]].
Proof.
  intros Omega V E x a HE Vx.
  change [fun_of u x => u * x] with (as_outputs (1 + 1) [e_mul (e_var 0) (e_var 1)]).
  rewrite (hessian_is HE 1 1 [e_mul (e_var 0) (e_var 1)] [x] eq_refl (List.Forall_cons _ Vx (List.Forall_nil _)) [a] eq_refl).
  unfold hessian_row, mean_slopes. cbn [List.map List.seq]. do 2 f_equal. apply (expectation_ext HE). intros w.
  cbn [sum_of]. rewrite !(slope_value (1 + 1)) by (simpl; lia). simpl. unfold Q2R. simpl. field.
Qed.
