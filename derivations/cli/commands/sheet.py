"""``derivations sheet``."""

from __future__ import annotations

import click

from derivations.cli import options


@click.command(short_help="Write a problem sheet and its solutions.")
@click.argument("sheet")
@click.option(
    "-o", "--output", required=True, metavar="DIR", help="The folder to write to; nothing is written elsewhere."
)
@click.option("--problems", is_flag=True, help="Only the problems.")
@click.option("--solutions", is_flag=True, help="Only the solutions.")
@click.option("--into", metavar="NOTEBOOK.ipynb", help="Also fill the places for solutions in a copy of this notebook.")
@options.timeout
@click.option("--notation", metavar="lecture|notes", help="Whose letters to use; the sheet's own if none are named.")
def command(
    sheet: str, output: str, problems: bool, solutions: bool, into: str | None, notation: str | None, timeout: float
) -> int:
    """Write a sheet, its solutions with all proofs, and their certificates and figures to a folder.

    SHEET is the name of one of the package's sheets, or a .toml file of your own.

    \b
    derivations sheet lecture3 -o build/lecture3
    derivations sheet lecture3 -o build/notes --solutions --notation notes
    """
    from derivations.cli.sheets import write

    kinds = [name for name, wanted in (("problems", problems), ("solutions", solutions)) if wanted]
    return write(sheet, output, tuple(kinds) or ("problems", "solutions"), into, notation, timeout)
