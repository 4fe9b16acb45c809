"""``derivations doctor``."""

from __future__ import annotations

import click


@click.command(short_help="Say which optional programs are there.")
def command() -> int:
    """Say which packages and optional programs are there, in which version, and how to get the rest.

    \b
    derivations doctor
    """
    from derivations.cli.health import report
    from derivations.cli.output import emit

    emit("\n".join([*report(), ""]))
    return 0
