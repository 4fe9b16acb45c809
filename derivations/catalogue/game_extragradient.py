"""The extragradient method on a bilinear game: a step that looks ahead turns the outward spiral into an inward one.

Setting     As in the bilinear game, the gradient being taken where a first step would lead.
Statement   A step multiplies x**2 + y**2 by 1 - eta**2 + eta**4 for L = x*y: it vanishes iff eta < 1 and grows iff eta > 1.
Idea        The same quadratic form, its factor found for this method.
Endpoints   eta = 1: the factor is 1, the players turn in a circle for ever.
References  [korpelevich1976], [gidel2019]
"""

from __future__ import annotations

from dataclasses import replace

from derivations.catalogue.game_bilinear import RESULT as BILINEAR
from derivations.catalogue.result import Result
from derivations.problems.optimizers import read_optimizer
from derivations.problems.questions import Problem


def _looking_ahead() -> Problem:
    return replace(BILINEAR.problem(), optimizer=read_optimizer("extragradient"))


RESULT = Result(
    id="game.extragradient",
    title="Looking one step ahead in a bilinear game",
    question="game",
    derive=BILINEAR.derive,
    summary="The extragradient method converges on a bilinear game for small learning rates.",
    references=("korpelevich1976", "gidel2019"),
    problem=_looking_ahead,
    order=73,
)
