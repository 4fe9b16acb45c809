"""``derivations show``."""

from __future__ import annotations

import click

from derivations.cli import options


@click.command(short_help="Print a result with its proof.")
@click.argument("result", required=False)
@click.option("--trust", is_flag=True, help="What it rests on, down to rules, lemmas and axioms; without RESULT, all of them.")
@options.form
@options.notation
def command(result: str | None, trust: bool, form: str, notation: str, output: str | None) -> int:
    """Print a result of the catalogue with its proof, as it was committed.

    \b
    derivations show sgd.stationary-variance
    derivations show gd.regimes --notation notes --format html -o regimes.html
    derivations show hessian.nature --format json
    derivations show gd.regimes --format rocq
    derivations show --trust
    """
    if trust:
        from derivations.cli.output import emit
        from derivations.cli.trusting import trust as page

        emit(page(result), output)
        return 0
    if result is None:
        raise click.UsageError("Missing argument 'RESULT': `derivations list` shows what there is.")
    from derivations.cli.showing import show

    return show(result, form, notation, output)
