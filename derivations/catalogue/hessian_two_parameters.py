"""Two parameters: every symmetric 2x2 Hessian has two real eigenvalues; the spectral theorem, proved in this case.

Setting     The quadratic loss (a*x**2 + 2*b*x*y + c*y**2)/2 with any constants a, b, c.
Statement   Its Hessian has the eigenvalues (a + c ± sqrt((a - c)**2 + 4*b**2))/2, which are real.
Idea        The discriminant of the characteristic polynomial is a sum of two squares.
Endpoints   They coincide iff a = c and b = 0.
References  [nocedal2006]
"""

from __future__ import annotations

from derivations.catalogue.hessian_nature import derive
from derivations.catalogue.result import Result
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem


def _general() -> Problem:
    return default_problem().with_loss(read_loss("(a*x**2 + 2*b*x*y + c*y**2)/2", "x,y", "x=0,y=0"))


RESULT = Result(
    id="hessian.two-parameters",
    title="Eigenvalues of any Hessian of two parameters",
    question="hessian",
    derive=derive,
    summary="A symmetric matrix with two rows has two real eigenvalues: the discriminant is a sum of squares.",
    references=("nocedal2006",),
    problem=_general,
    order=55,
)
