"""``derivations sheet``."""

from __future__ import annotations

import click

from derivations.cli import options


@click.command(short_help="Write a problem sheet and its solutions.")
@click.argument("sheet")
@click.option("-o", "--output", metavar="DIR", help="The folder to write to; nothing is written elsewhere.")
@click.option("--problems", is_flag=True, help="Only the problems.")
@click.option("--solutions", is_flag=True, help="Only the solutions.")
@click.option("--into", metavar="NOTEBOOK.ipynb", help="Also fill the places for solutions in a copy of this notebook.")
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    metavar="TEXT",
    help="Write the variant that this text draws, for instance a student's id; may be given several times.",
)
@click.option(
    "--student", "students", multiple=True, metavar="ID",
    help="With --seed: write the student's own variant, which TEXT/ID draws; may be given several times.",
)
@click.option(
    "--roster", metavar="FILE.csv", help="A variant for each student of this table (student, and seed if you like)."
)
@click.option("--lint", "only_lint", is_flag=True, help="Write nothing; say what the sheet leaves open.")
@click.option("--json", "as_json", is_flag=True, help="With --lint: one JSON value.")
@options.timeout
@click.option("--notation", metavar="lecture|notes", help="Whose letters to use; the sheet's own if none are named.")
def command(
    sheet: str,
    output: str | None,
    problems: bool,
    solutions: bool,
    into: str | None,
    seeds: tuple[str, ...],
    students: tuple[str, ...],
    roster: str | None,
    only_lint: bool,
    as_json: bool,
    notation: str | None,
    timeout: float,
) -> int:
    """Write a sheet, its solutions with all proofs, and their certificates and figures to a folder.

    SHEET is the name of one of the package's sheets, or a .toml file of your own.

    \b
    derivations sheet lecture3 -o build/lecture3
    derivations sheet lecture3 -o build/notes --solutions --notation notes
    derivations sheet stage3 -o build/variants --seed anna --seed ben
    derivations sheet stage3 -o build/handout --problems --seed "summer term" --roster students.csv
    derivations sheet mysheet.toml --lint
    """
    from derivations.cli.sheets import hands_out, lint, write

    if only_lint:
        return lint(sheet, as_json, timeout)
    if output is None:
        raise click.UsageError("Missing option '-o': the folder to write to.")
    if as_json:
        raise click.UsageError("--json goes with --lint.")
    kinds = [name for name, wanted in (("problems", problems), ("solutions", solutions)) if wanted]
    if (students or roster) and len(seeds) > 1:
        raise click.UsageError("--student and --roster go with one --seed.")
    if students and not seeds:
        raise click.UsageError("--student goes with --seed TEXT.")
    hands = hands_out(seeds, students, roster)
    return write(sheet, output, tuple(kinds) or ("problems", "solutions"), into, notation, timeout, hands)
