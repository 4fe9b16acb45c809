"""``derivations check``."""

from __future__ import annotations

import click


@click.command(short_help="Check an answer to a task, with a proof or a counterexample.")
@click.argument("task", metavar="SHEET:TASK")
@click.argument("answer")
@click.option("--json", "as_json", is_flag=True, help="One JSON value: the verdict with its evidence.")
@click.option("--seed", metavar="TEXT", help="The variant of the sheet that this text draws.")
@click.option("--student", metavar="ID", help="With --seed: the student's own variant, which TEXT/ID draws.")
def command(task: str, answer: str, as_json: bool, seed: str | None, student: str | None) -> int:
    """Check an answer to a task; exit code 0 if it is correct, 1 if it is not, 3 if a person has to look.

    ANSWER is a formula or words, in LaTeX, plain text or both; - reads it from standard input.

    \b
    derivations check lecture3:1.b.1 "0 < eta < 1/lambda"
    derivations check lecture3:4.b "$\\eta \\sigma^2 / (2 N \\lambda)$" --json
    derivations check mysheet.toml:own-1 - < answer.txt
    """
    from derivations.cli.checking import check
    from derivations.homework.rosters import own_seed

    return check(task, answer, as_json, own_seed(seed, student))
