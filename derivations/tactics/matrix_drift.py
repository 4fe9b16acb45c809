"""The drift of conserved matrices: where Σ c_k·A_k·A_kᵀ is conserved by the flow, a step changes it by η²·Σ c_k·G_k·G_kᵀ.

G_k is the gradient of the loss in the matrix A_k; likewise for AᵀA, for diagonal entries and for traces, as squares of norms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derivations.language.terms import ONE, Term, add, eq, for_all, mul, power, sub, substitute
from derivations.problems.models import Block
from derivations.tactics.matrix_laws import Arranged, Combination, Gram, Matrices, weighted
from derivations.tactics.model_flow import ModelFlow
from derivations.tactics.model_steps import Steps, T
from derivations.tactics.proof import Proof


def drift_of_matrices(proof: Proof, flow: ModelFlow, steps: Steps, laws: Arranged, drifts: Sequence[str]) -> list[str]:
    """The steps that say it of matrices and norms; ``drifts`` are the labels of the laws' drifts."""
    functions = (*flow.functions, *steps.gradients)
    weights = Matrices(proof, replace(flow, functions=functions, time="t"))
    model = replace(flow.model, parameters=steps.gradients, blocks=tuple(_slopes(flow, steps, one) for one in flow.model.blocks))
    slopes = Matrices(proof, replace(flow, model=model, functions=(*flow.functions, *flow.names), time="t"))
    renamed = dict(zip(flow.model.blocks, model.blocks, strict=True))
    found = []
    for one, numbers in zip(laws.combinations, laws.entries, strict=True):
        there = Combination(one.kind, tuple((c, replace(gram, block=renamed[gram.block])) for c, gram in one.parts))
        for i, needed in enumerate([numbers] if one.kind != "diagonal" else [(n,) for n in numbers]):
            claim = for_all("t", _after(steps, _whole(weights, one, i), _whole(slopes, there, i)))
            given = [drifts[n] for n in dict.fromkeys(needed) if n >= 0]
            defined = dict.fromkeys((*weights.used, *slopes.used))
            weights.used.clear()
            slopes.used.clear()
            found.append(proof.step("entrywise", claim, *defined, *given, because="entry by entry"))
    names = {name for name, _ in slopes.known.values()}
    for key, row in proof.variables.items():
        if row.name in names:
            proof.variables[key] = replace(row, meaning=row.meaning.replace("of parameters", "of the loss's slopes"))
    return found


def _slopes(flow: ModelFlow, steps: Steps, block: Block) -> Block:
    """The gradient in a block, as a block: G_1 for W_1."""
    place = {name: j for j, name in enumerate(flow.names)}
    index = block.name.partition("_")[2]
    letters = {one.name.partition("_")[0] for one in flow.model.blocks}
    name = f"G_{index}" if index and len(letters) == 1 else f"G_{block.name}"
    return replace(block, name=name, names=tuple(steps.gradients[place[one]] for one in block.names))


def _whole(matrices: Matrices, one: Combination, i: int) -> Term:
    def part(gram: Gram) -> Term:
        if one.kind == "all":
            return matrices.product(gram)
        return matrices.square(gram, i) if one.kind == "diagonal" else matrices.size(gram)

    return weighted([(c, part(gram)) for c, gram in one.parts])


def _after(steps: Steps, quantity: Term, fed: Term) -> Term:
    after, change = substitute(quantity, {"t": add(T, ONE)}), mul(power(steps.rate, 2), fed)
    if steps.keep == ONE:
        return eq(sub(after, quantity), change)
    return eq(after, add(mul(power(steps.keep, 2), quantity), change))
