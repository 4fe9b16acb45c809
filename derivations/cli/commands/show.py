"""``derivations show``."""

from __future__ import annotations

import click

from derivations.cli import options


@click.command(short_help="Print a result with its proof.")
@click.argument("result")
@options.form
@options.notation
def command(result: str, form: str, notation: str, output: str | None) -> int:
    """Print a result of the catalogue with its proof, as it was committed.

    \b
    derivations show sgd.stationary-variance
    derivations show gd.regimes --notation notes --format html -o regimes.html
    derivations show hessian.nature --format json
    """
    from derivations.cli.showing import show

    return show(result, form, notation, output)
