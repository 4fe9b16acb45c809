"""``derivations certify``."""

from __future__ import annotations

import click


@click.command(short_help="Have Rocq (coqc) check results.")
@click.argument("results", nargs=-1, metavar="[RESULT|CERTIFICATE.json]...")
@click.option("-o", "--output", metavar="DIR", help="Keep the .v files, and what coqc makes of them, in this folder.")
def command(results: tuple[str, ...], output: str | None) -> int:
    """Write results as Rocq files, one theorem each, and have coqc check them; all results when none is named.

    A file is accepted if it compiles, postulates nothing, and rests on no axioms but those of Coq's own real numbers. The exit
    code is 0 if all are accepted, 1 if coqc refuses one, 3 if a result has no Rocq file or coqc is not installed.

    \b
    derivations certify gd.regimes
    derivations certify -o build/rocq
    derivations derive hessian --loss "x*y" --at x=0,y=0 --format certificate -o saddle.json
    derivations certify saddle.json
    """
    from derivations.rocq.runner import coqc

    coqc()
    from derivations.cli.certifying import certify

    return certify(results, output)
