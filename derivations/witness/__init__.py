"""What happens: the problem's own update rule, iterated, and what the numbers do, judged from the numbers alone.

It knows how to evaluate terms, differentiate, iterate, simulate and sample. It must never import the kernel, a tactic
or SymPy: its worth is that it agrees with the proofs without having seen them.
"""

from derivations.problems.questions import Problem
from derivations.witness.arithmetic import Undefined
from derivations.witness.claims import assumptions, claimed, claimed_field, claimed_regimes, meaning_of_error
from derivations.witness.classify import CONVERGENT, REGIMES, classify
from derivations.witness.evaluate import NotNumeric, derivative, evaluable, evaluate, gradient, hessian, holds
from derivations.witness.examples import concrete, freed, usual_values, valley
from derivations.witness.iterate import LAWS, Noise, exact_path, flow, flow_within, linear_path, noise_of, path
from derivations.witness.moments import Estimate, second_moment
from derivations.witness.plane import Window, arriving, centre, grid, radii, window
from derivations.witness.regimes import contraction, errors, is_affine, regime, regimes_by_direction
from derivations.witness.regions import Piece, boundaries, inside, pieces
from derivations.witness.sample import Vacuous, domains_of, numeric_part, sample
from derivations.witness.update import curvatures, fixed_point

__all__ = [
    "CONVERGENT",
    "Estimate",
    "LAWS",
    "Noise",
    "NotNumeric",
    "Piece",
    "Problem",
    "REGIMES",
    "Undefined",
    "Vacuous",
    "Window",
    "arriving",
    "assumptions",
    "boundaries",
    "centre",
    "claimed",
    "claimed_field",
    "claimed_regimes",
    "classify",
    "concrete",
    "contraction",
    "curvatures",
    "derivative",
    "domains_of",
    "errors",
    "evaluable",
    "evaluate",
    "exact_path",
    "fixed_point",
    "flow",
    "flow_within",
    "freed",
    "gradient",
    "grid",
    "hessian",
    "holds",
    "inside",
    "is_affine",
    "linear_path",
    "meaning_of_error",
    "noise_of",
    "numeric_part",
    "path",
    "pieces",
    "radii",
    "regime",
    "regimes_by_direction",
    "sample",
    "second_moment",
    "usual_values",
    "valley",
    "window",
]
