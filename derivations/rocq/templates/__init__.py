"""One template for each rule of the kernel: a function from a goal to the tactic script that proves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from derivations.rocq.goal import Template

# rule -> module and function
_WHERE = {
    "conjunction": "logic.conjunction", "part": "logic.part", "generalise": "logic.generalise", "instantiate": "logic.instantiate",
    "suppose": "logic.suppose", "cases": "logic.cases", "exhibit": "logic.exhibit", "obtain": "logic.obtain",
    "rewrite": "logic.rewrite", "induction": "logic.induction", "signs": "signs.signs",
    "identity": "algebra.identity", "expectation": "algebra.identity", "finite-sum": "algebra.identity",
    "sum-split": "bounds.sum_split", "sum-order": "bounds.sum_order",
    "geometric-sum": "bounds.geometric_sum", "bounds": "bounds.bounds",
    "polynomial-implication": "bounds.polynomial_implication",
    "derivative": "calculus.derivative", "smooth": "calculus.smooth", "taylor": "calculus.taylor",
    "local-rate": "calculus.local_rate", "conserved": "calculus.conserved",
    "geometric": "sequences.geometric", "limit": "sequences.limit", "limit-exponential": "sequences.limit_exponential",
    "squeeze": "sequences.squeeze",
    "eigenvalues": "matrices.eigenvalues", "signature": "matrices.signature",
    "positive-definite": "matrices.positive_definite", "quadratic-form": "matrices.quadratic_form",
    "combination": "real_roots.combination", "real-roots": "real_roots.real_roots", "same-root": "real_roots.same_root",
    "number-sign": "matrices.number_sign", "independent": "matrices.independent",
    "at-most-independent": "matrices.at_most_independent", "no-polynomial": "matrices.no_polynomial",
    "schur-quadratic": "second_order.schur_quadratic", "roots-within": "second_order.roots_within",
    "linear-iteration": "schur.linear_iteration", "schur-cohn": "schur.schur_cohn", "schur-cohn-closed": "schur.schur_cohn",
    "sign-table": "sign_table.sign_table",
    "entrywise": "laws.entrywise", "conserved-polynomial": "laws.conserved_polynomial",
    "at-most-in-common": "laws.at_most_in_common",
    "rank-at-least": "ranks.rank_at_least", "rank-at-most": "ranks.rank_at_most", "rank-there": "ranks.rank_there",
    "hessian-rank": "ranks.hessian_rank", "hessian-there": "moments.hessian_there",
    "taylor-bound": "growth.taylor_bound", "reaches": "growth.reaches",
}  # fmt: skip


class _Templates(Mapping[str, Template]):
    """Looks a template up by the name of its rule; its module is imported only then."""

    @staticmethod
    @cache
    def _load(where: str) -> Template:
        module, name = where.split(".")
        template: Template = getattr(import_module(f"derivations.rocq.templates.{module}"), name)
        return template

    def __getitem__(self, rule: str) -> Template:
        return self._load(_WHERE[rule])

    def __iter__(self) -> Iterator[str]:
        return iter(_WHERE)

    def __len__(self) -> int:
        return len(_WHERE)


TEMPLATES = _Templates()
