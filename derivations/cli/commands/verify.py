"""``derivations verify``."""

from __future__ import annotations

import click


@click.command(short_help="Replay certificates.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def command(files: tuple[str, ...]) -> int:
    """Replay certificates with the kernel alone, and say of each whether it is accepted.

    The exit code is 0 if all are, 1 if one is refused, 2 if one cannot be read at all.

    \b
    derivations derive hessian --format certificate -o hessian.json
    derivations verify hessian.json
    """
    from derivations.cli.output import emit
    from derivations.cli.verifying import verdict

    code = 0
    for file in files:
        found, words = verdict(file)
        code = max(code, found)
        emit(f"{file}: {words}\n")
    return code
