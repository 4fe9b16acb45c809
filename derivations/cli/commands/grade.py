"""``derivations grade``."""

from __future__ import annotations

import click


@click.command(short_help="Check and grade many submissions.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--sheet", required=True, metavar="SHEET", help="A sheet of the package (lecture3, stage3) or a .toml file."
)
@click.option(
    "-o", "--output", required=True, metavar="DIR", help="The folder to write to; nothing is written elsewhere."
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 1024),
    default=1,
    show_default=True,
    metavar="N",
    help="How many processes check answers.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Let a Dask cluster check them, for example tcp://10.0.0.1:8786.")
@click.option("--deadline", type=click.FloatRange(0, 3600, min_open=True), default=5.0, show_default=True, metavar="SECONDS",
              help="How long one answer may take; after that a person looks at it.")  # fmt: skip
@click.option(
    "--memory",
    type=click.FloatRange(0.2, 1024),
    default=2.0,
    show_default=True,
    metavar="GB",
    help="How much memory a process may take.",
)
@click.option("--seed", metavar="TEXT", help="The text that drew the variant of the sheet that was handed out.")
@click.option("--each", is_flag=True, help="With --seed: each student had the variant that TEXT/STUDENT draws.")
@click.option(
    "--seeds", metavar="FILE.csv", help="A table student,seed: who had which variant; 'sheet --roster' writes one."
)
@click.option("--fresh", is_flag=True, help="Check everything anew instead of going on where a run was killed.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as one JSON object.")
def command(
    paths: tuple[str, ...],
    sheet: str,
    output: str,
    jobs: int,
    scheduler: str | None,
    deadline: float,
    memory: float,
    seed: str | None,
    each: bool,
    seeds: str | None,
    fresh: bool,
    as_json: bool,
) -> int:
    """Check every answer of every student, and write verdicts, grades and feedback to a folder.

    PATH is a table with the columns student, task, answer (.csv), a student's notebook or text (.ipynb, .tex, .md), or a folder
    with one folder, or one file, for each student.

    DIR gets grades.csv, verdicts.jsonl, feedback/STUDENT.html, gradescope/STUDENT/results.json, index.html and for-review.html,
    which lists what a person has to look at. A person decides in DIR/overrides.csv (student,task,points,comment), which later runs
    respect.

    \b
    derivations grade answers.csv --sheet lecture3 -o build/grades
    derivations grade submissions/ --sheet lecture3 -o build/grades --jobs 4
    derivations grade submissions/ --sheet stage3 --seed "summer term" --each -o build/grades
    derivations grade submissions/ --sheet stage3 --seeds build/handout/variants.csv -o build/grades
    derivations grade ada.ipynb emmy.tex --sheet own.toml -o build/grades --json
    """
    from derivations.cli.grading import Options, grading

    options = Options(jobs, scheduler, deadline, int(memory * 1e9), fresh, as_json, seed, each, seeds)
    return grading(paths, sheet, output, options)
