(** What emitted files stand on. *)
From Derivations Require Export Basics Sums Signs Sequences Calculus Numbers Matrices SecondOrder Discs Growth Naturals
  Polynomials Fields Spans Ranks Hessians RankChecks Moments.
