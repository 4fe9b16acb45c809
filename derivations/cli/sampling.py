"""Numeric spectra of sampled networks: beside a limiting spectrum that was derived, or of any model by themselves."""

from __future__ import annotations

from json import dumps, loads
from typing import TYPE_CHECKING, Any

from derivations.cli.progress import working
from derivations.language.errors import Unusable

if TYPE_CHECKING:
    from derivations.language.certificates import Certificate
    from derivations.problems.models import Model
    from derivations.problems.questions import Problem

DRAWS = 3
MOST_SAMPLES = 100_000


def beside(certificate: Certificate, problem: Problem) -> dict[str, Any] | None:
    """Sampled networks of the model's sizes beside the limiting spectrum; None where there is none, or sizes are letters."""
    widths = problem.model.widths if problem.model is not None else ()
    sizes = [one for one in widths[:2] if isinstance(one, int)]
    if not {"distribution", "edges"} <= set(certificate.answer) or len(sizes) != 2:
        return None
    with working("sampling networks"):
        from derivations.witness.laws import compared, law_at

        law = law_at(certificate.derivation, sizes[0], sizes[1])
        found = [compared(law, sizes[0], sizes[1], seed) for seed in range(1, DRAWS + 1)]
    return {
        "inputs": sizes[0],
        "units": sizes[1],
        "edges": [law.low, law.high],
        "draws": [{"seed": seed, "smallest": float(one.eigenvalues[0]), "largest": float(one.eigenvalues[-1]),
                   "kolmogorov": one.distance, "whole": one.net.is_moderate}
                  for seed, one in enumerate(found, start=1)],
    }  # fmt: skip


def with_samples(text: str, certificate: Certificate, problem: Problem, form: str) -> str:
    """What is printed of a derivation, with sampled networks beside it where it is a page of text or JSON."""
    found = beside(certificate, problem) if form in ("text", "json") else None
    if found is None:
        return text
    if form == "text":
        return f"{text}\n{as_text(found)}"
    return dumps({**loads(text), "sampled": found}, indent=2, ensure_ascii=False) + "\n"


def as_text(found: dict[str, Any]) -> str:
    """The comparison as lines below a page."""
    low, high = found["edges"]
    lines = ["Sampled networks", "----------------",
             f"  {found['inputs']} inputs, {found['units']} hidden units, weights of variance 1/{found['units']}, so that w = 1;",
             f"  limiting spectrum of x, an eigenvalue of the Hessian less |v|**2: from {low:.4f} to {high:.4f}"]  # fmt: skip
    for one in found["draws"]:
        about = "" if one["whole"] else ", by Lanczos's method"
        lines.append(f"  seed {one['seed']}: x from {one['smallest']:.4f} to {one['largest']:.4f}, "
                     f"Kolmogorov distance {one['kolmogorov']:.4f}{about}")  # fmt: skip
    return "\n".join(lines) + "\n"


def of_model(model: Model, samples: int, seed: int) -> dict[str, Any]:
    """The spectrum of the Hessian at matching normal weights, for normal inputs: what ``sample`` prints.

    Raises Unusable for sizes that are letters, or a network that is too large.
    """
    if not 1 <= samples <= MOST_SAMPLES:
        text = str(samples)
        raise Unusable(f"the number of samples is from 1 to {MOST_SAMPLES:,}", text, (0, len(text)))
    with working("sampling"):
        from derivations.witness.spectra import summary

        found = summary(model, samples, seed)
    return {
        "model": model.source,
        "parameters": found.parameters,
        "samples": samples if model.parameters else None,
        "rank": found.rank,
        "smallest": found.smallest,
        "quartiles": list(found.quartiles),
        "largest": found.largest,
        "stable_below": 2 / found.largest if found.largest else None,
    }


def model_as_text(found: dict[str, Any]) -> str:
    low, middle, high = found["quartiles"]
    stable = "all" if found["stable_below"] is None else f"below {found['stable_below']:.6g}"
    inputs = "standard normal inputs" if found["samples"] is None else f"{found['samples']:,} sampled inputs"
    return "\n".join([
        f"Hessian of {found['model']} at matching weights, for {inputs} (sampled, not proved)",
        f"  parameters                 {found['parameters']:,}",
        f"  eigenvalues that are not 0 {found['rank']:,}",
        f"  smallest of these          {found['smallest']:.6g}",
        f"  quartiles                  {low:.6g}, {middle:.6g}, {high:.6g}",
        f"  largest                    {found['largest']:.6g}",
        f"  stable learning rates      {stable}",
    ]) + "\n"  # fmt: skip
