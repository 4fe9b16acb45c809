"""``derivations derive``."""

from __future__ import annotations

from typing import Any

import click

from derivations.cli import options


@click.command(short_help="Derive an answer to a question, with its proof.")
@click.argument("question")
@options.problem
@options.timeout
@options.form
@options.notation
def command(question: str, form: str, notation: str, output: str | None, timeout: float, **given: Any) -> int:
    """Derive the answer to a question about a problem of your own, with a proof that the kernel has checked.

    QUESTION is one of those that `derivations list` shows (or the id of a result).

    \b
    derivations derive recurrence --optimizer weight-decay
    derivations derive hessian --loss "x**4/4 - x**2/2" --at x=1
    derivations derive variance --loss "3*(x-1)**2" --noise additive --format json
    """
    from derivations.cli.deriving import derived
    from derivations.cli.output import emit, width
    from derivations.cli.sampling import with_samples
    from derivations.cli.showing import check_choices, rendered
    from derivations.language.errors import Undecided

    check_choices(form, notation)
    try:
        certificate, problem = derived(question, given, timeout)
    except Undecided as reason:
        if form == "json":
            from json import dumps

            emit(dumps({"question": question, "status": "undecided", "reason": str(reason)}, indent=2) + "\n", output)
        raise
    text = rendered(certificate, form, notation, 80 if output else width())
    emit(with_samples(text, certificate, problem, form), output)
    return 0
