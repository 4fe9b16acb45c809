"""``derivations plot``."""

from __future__ import annotations

from typing import Any

import click

from derivations.cli import options


@click.command(short_help="Draw a result.")
@click.argument("name", metavar="RESULT|QUESTION")
@options.problem
@options.timeout
@options.notation
@click.option("-o", "--output", required=True, metavar="FILE.svg|.pdf|.png", help="The file; its ending says as what.")
def command(name: str, notation: str, output: str, timeout: float, **given: Any) -> int:
    """Draw a result of the catalogue, or the answer to a question about a problem of your own.

    \b
    derivations plot gd.regimes -o regimes.svg
    derivations plot variance --loss "3*(x-1)**2" --noise additive -o variance.pdf
    """
    from derivations.cli.plotting import plot

    return plot(name, given, timeout, notation, output)
