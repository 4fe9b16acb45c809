"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from derivations.cli.showing import FORMATS, NOTATIONS

if TYPE_CHECKING:
    from derivations.problems.questions import Problem

Command = Callable[..., Any]


def notation(command: Command) -> Command:
    """``--notation``: the lecture's letters, or the notes'."""
    return click.option("--notation", default="lecture", show_default=True, metavar="|".join(NOTATIONS),
                        help="Whose letters to use.")(command)  # fmt: skip


def timeout(command: Command) -> Command:
    """``--timeout``: how long the search may take."""
    return click.option("--timeout", type=click.FloatRange(0, 1e6, min_open=True), default=60.0, show_default=True,
                        metavar="SECONDS", help="How long the search for an answer may take.")(command)  # fmt: skip


def form(command: Command) -> Command:
    """``--format`` and ``-o``."""
    command = click.option("-o", "--output", metavar="FILE", help="Write to this file instead of standard output.")(
        command
    )
    return click.option("--format", "form", default="text", show_default=True, metavar="|".join(FORMATS))(command)


def problem(command: Command) -> Command:
    """The options that say what is given."""
    for option in reversed(_PROBLEM):
        command = option(command)
    return command


_PROBLEM = (
    click.option("--loss", metavar="EXPR", help="The loss: an expression, or quadratic, or generic."),
    click.option("--at", metavar="POINT", help="The point, for example x=3/2,y=0."),
    click.option(
        "--parameters", metavar="NAMES", help="Which names in the loss are parameters; the rest are constants."
    ),
    click.option("--optimizer", metavar="NAME|FILE.toml", help="The method; gradient-descent if none is named."),
    click.option("--field", metavar="MAP", help="A vector field where the gradient stands (a game), for example x: y, y: -x."),
    click.option("--model", metavar="SPEC",
                 help="A model whatever the data and the loss: linear[2,3,2], relu[2,3,1], monomial[2;3;2] … or a .toml file."),
    click.option("--covariance", metavar="MATRIX",
                 help="With --model and --at: the covariance of its inputs, such as [[2,1],[1,3]]; standard normal if not said."),
    click.option("--moments", metavar="VALUES",
                 help="With --model and --at: means of products of its inputs, of any law, such as x**2=1,x**4=9/5."),
    click.option("--noise", metavar="NAME",
                 help="The noise: additive, minibatch, without-replacement, reshuffling or multiplicative."),
    click.option("--assume", metavar="EXPR", multiple=True, help="A further hypothesis, for example beta > 0."),
    click.option(
        "--set", "settings", metavar="NAME=VALUE", multiple=True, help="A value for a constant, such as beta=9/10."
    ),
    click.option("--start", metavar="POINT", help="Where an iteration begins, for example x=5,y=1."),
    click.option("--steps", metavar="NUMBER", help="How many steps of an iteration are asked for; three if not said."),
)


def read_options(given: dict[str, Any]) -> Problem | None:
    """The problem that the options describe; None if none of them was used."""
    if all(value is None or value == () for value in given.values()):
        return None
    from derivations.problems.questions import read_problem

    return read_problem(
        given["loss"],
        given["at"],
        given["optimizer"],
        given["noise"],
        given["parameters"],
        tuple(given["assume"]),
        tuple(given["settings"]),
        given["start"],
        given["steps"],
        given["field"],
        given["model"],
        given["covariance"],
        given["moments"],
    )
