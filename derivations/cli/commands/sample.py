"""``derivations sample``."""

from __future__ import annotations

import click


@click.command(short_help="The spectrum of a sampled network, in numbers.")
@click.option("--model", required=True, metavar="SPEC",
              help="A model: linear[200,400,1], erf[20;50], relu[20,50,1] … or a .toml file.")  # fmt: skip
@click.option("--samples", type=int, default=2000, show_default=True, metavar="N", help="How many inputs to sample.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, metavar="N")
@click.option("--json", "as_json", is_flag=True, help="As one JSON value.")
def command(model: str, samples: int, seed: int, as_json: bool) -> int:
    """The spectrum of the Hessian at matching weights: normal weights and inputs, drawn by a seed. Nothing here is proved.

    \b
    derivations sample --model "erf[20;50]"
    derivations sample --model "linear[1000,2000,1]" --seed 3 --json
    """
    from json import dumps

    from derivations.cli.output import emit
    from derivations.cli.sampling import model_as_text, of_model
    from derivations.problems.models import read_model

    found = of_model(read_model(model), samples, seed)
    emit(dumps(found, indent=2) + "\n" if as_json else model_as_text(found))
    return 0
