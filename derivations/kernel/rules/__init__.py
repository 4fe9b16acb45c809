"""The rules of inference: each is one function that raises unless the claim follows; ``RULES`` names them all."""

from derivations.kernel.checkers import (
    balls,
    completeness,
    entries,
    growth,
    moments,
    random_matrices,
    ranks,
    real_roots,
    schur,
    second_order,
    sign_table,
    spectra,
)
from derivations.kernel.rules import algebra, analysis, logic, sequences
from derivations.kernel.situation import Rule
from derivations.language.statements import Step

RULES: dict[str, Rule] = {
    "conjunction": logic.conjunction,
    "part": logic.part,
    "signs": logic.signs,
    "instantiate": logic.instantiate,
    "generalise": logic.generalise,
    "suppose": logic.suppose,
    "cases": logic.cases,
    "exhibit": logic.exhibit,
    "obtain": logic.obtain,
    "rewrite": logic.rewrite,
    "induction": logic.induction,
    "identity": algebra.identity,
    "expectation": algebra.expectation,
    "finite-sum": algebra.finite_sum,
    "sum-split": algebra.sum_split,
    "sum-order": algebra.sum_order,
    "geometric-sum": algebra.geometric_sum,
    "polynomial-implication": algebra.polynomial_implication,
    "bounds": algebra.bounds,
    "derivative": analysis.derivative,
    "smooth": analysis.smooth,
    "taylor": analysis.taylor,
    "local-rate": analysis.local_rate,
    "conserved": analysis.conserved,
    "geometric": sequences.geometric,
    "limit": sequences.limit,
    "limit-exponential": sequences.limit_exponential,
    "squeeze": sequences.squeeze,
    **spectra.RULES,
    **second_order.RULES,
    **real_roots.RULES,
    **schur.RULES,
    **sign_table.RULES,
    **growth.RULES,
    **completeness.RULES,
    **entries.RULES,
    **ranks.RULES,
    **moments.RULES,
    **balls.RULES,
    **random_matrices.RULES,
}


def citation(step: Step) -> str | None:
    """The theorem that a step uses and that is not proved here, if any."""
    return schur.citation(step) or ranks.citation(step) or balls.citation(step) or random_matrices.citation(step)
