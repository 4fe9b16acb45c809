"""``derivations hint``."""

from __future__ import annotations

import click


@click.command(short_help="Give a hint for a task, taken from its proof.")
@click.argument("task", metavar="SHEET:TASK")
@click.option(
    "--level",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="1 is the idea, 2 the first step, more are further steps; the last one is the whole solution.",
)
@click.option("--seed", metavar="TEXT", help="The variant of the sheet that this text draws.")
@click.option("--student", metavar="ID", help="With --seed: the student's own variant, which TEXT/ID draws.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value.")
@click.option("--format", "form", default="text", show_default=True, metavar="text|latex|html|md")
@click.option("--notation", metavar="lecture|notes", help="Whose letters to use; the sheet's own if none are named.")
@click.option("-o", "--output", metavar="FILE", help="Write to this file instead of standard output.")
def command(
    task: str, level: int, seed: str | None, student: str | None, as_json: bool, form: str, notation: str | None, output: str | None
) -> int:
    """Give a hint for a task: the idea first, and more with each level.

    \b
    derivations hint lecture3:1.b.1
    derivations hint lecture3:1.b.1 --level 2
    derivations hint stage3:8.2 --level 3 --format md
    """
    from derivations.cli.hinting import hint
    from derivations.homework.rosters import own_seed

    return hint(task, level, own_seed(seed, student), "json" if as_json else form, notation, output)
