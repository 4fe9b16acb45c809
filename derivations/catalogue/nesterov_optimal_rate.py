"""The best rate of Nesterov's method on all quadratic losses with curvature between mu and L.

Setting     v' = beta*v - eta*grad(theta + beta*v), theta' = theta + v', with eta > 0 and 0 <= beta < 1, on a quadratic loss.
Statement   No eta and beta keep the roots at lam = mu and at lam = L within a smaller disc than 1 - 2/w, w = sqrt(3*L/mu + 1);
            eta = 4/(3*L + mu), beta = (w - 2)/(w + 2) keep that rate for all mu <= lam <= L.
Idea        As for the heavy ball: three conditions for the disc hold with equality, a double root at mu, minus the rate at L.
Endpoints   mu = L: w = 2, the rate would be 0, without momentum. The usual eta = 1/L has the larger rate 1 - 1/sqrt(L/mu).
References  [nesterov1983], [lessard2016]
"""

from __future__ import annotations

from derivations.catalogue.heavy_ball_optimal_rate import derive
from derivations.catalogue.result import Result
from derivations.problems.losses import quadratic
from derivations.problems.optimizers import read_optimizer
from derivations.problems.questions import Problem


def _problem() -> Problem:
    return Problem(quadratic(), read_optimizer("nesterov"))


RESULT = Result(
    id="nesterov.optimal-rate",
    title="The best rate of Nesterov's method over a range of curvatures",
    question="rate",
    derive=derive,
    summary="Nesterov: over all curvatures in a range no choice beats this rate, and one choice attains it.",
    references=("nesterov1983", "lessard2016"),
    problem=_problem,
    order=63,
)
