"""``derivations list``."""

from __future__ import annotations

import click


@click.command(short_help="Show what the catalogue holds.")
@click.option("--json", is_flag=True, help="Print one JSON value.")
def command(json: bool) -> int:
    """Show every result: its id, the question that it answers, its status, its title and the tasks that it solves.

    \b
    derivations list
    derivations list --json
    """
    from derivations.cli.listing import listing

    return listing(json)
