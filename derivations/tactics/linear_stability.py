"""f = V·W·x with uncorrelated inputs of variance 1: gradient descent is stable just for 0 < eta < 2/(|V|² + |W|²).

The Hessian's eigenvalues are alpha_b + beta_l; every multiplier 1 − eta·(alpha_b + beta_l) must lie between −1 and 1.
"""

from __future__ import annotations

from derivations.language.statements import Branch
from derivations.language.terms import ONE, TWO, ZERO, Term, add, conj, eq, iff, implies, le, lt, mul, neg, sub, symbol
from derivations.tactics.linear_layers import Layers
from derivations.tactics.linear_sums import alpha, eigenvalue
from derivations.tactics.proof import Proof

ETA = symbol("eta")
SIGMA, OMEGA = symbol("sigma"), symbol("omega")  # the largest eigenvalues


def stable_learning_rates(proof: Proof, n: Layers) -> str:
    """Every multiplier 1 − eta·(alpha + beta) lies between −1 and 1  ⟺  0 < eta < 2/(the largest alpha + the largest beta)."""
    proof.declare("eta", "real", "learning rate")
    proof.declare(
        "omega", "real", "largest eigenvalue of the Gram matrix of the columns of W, the square of the norm of W"
    )
    proof.declare("l", "index:d", "number of an eigenvector")
    if n.outputs:
        proof.declare(
            "sigma", "real", "largest eigenvalue of the Gram matrix of the rows of V, the square of the norm of V"
        )
        proof.declare("b", "index:m", "number of an eigenvector")
    top = SIGMA if n.outputs else alpha(n)
    given = (n.every("bl", lt(ZERO, eigenvalue(n, "b", "l"))),
             n.every("l", le(n.at("beta", "l"), OMEGA)), eq(n.at("beta", "c"), OMEGA),
             *((n.every("b", le(n.at("alpha", "b"), SIGMA)), eq(n.at("alpha", "a"), SIGMA)) if n.outputs else ()))  # fmt: skip
    case = proof.supposing(conj(*given), "no sum is 0 or negative, and the largest eigenvalues of the layers")
    within = n.every("bl", _within(eigenvalue(n, "b", "l")))
    region = conj(lt(ZERO, ETA), lt(ETA, Term("Div", (TWO, add(top, OMEGA)))))
    with proof.inside() as steps:
        parts = [proof.step("part", part, case.label, because="given") for part in given]
        largest = _largest(proof, n, parts, top)
        claim = iff(within, region)
        proof.step("suppose", claim, branches=(_only_below(proof, n, within, region, parts, largest),
                                               _all_below(proof, n, within, region, parts, largest)),
                   because="the largest eigenvalue decides")  # fmt: skip
    return proof.step("suppose", implies(conj(*given), claim), branches=(proof.branch("the learning rate", steps, case),),
                      because="the largest eigenvalue is the sum of the largest ones")  # fmt: skip


def _within(stretched_by: Term) -> Term:
    """−1 < 1 − eta·lam < 1."""
    multiplier = sub(ONE, mul(ETA, stretched_by))
    return conj(lt(neg(ONE), multiplier), lt(multiplier, ONE))


def _values(n: Layers, first: str, second: str) -> dict[str, Term]:
    return {"l": symbol(second)} | ({"b": symbol(first)} if n.outputs else {})


def _largest(proof: Proof, n: Layers, parts: list[str], top: Term) -> str:
    """The sum of the largest eigenvalues is positive."""
    label = proof.step(
        "instantiate", lt(ZERO, eigenvalue(n)), parts[0], values=_values(n, "a", "c"), because="so is the largest"
    )
    return proof.step("rewrite", lt(ZERO, add(top, OMEGA)), label, *parts[2:3], *parts[4:], because="in these names")


def _only_below(proof: Proof, n: Layers, within: Term, region: Term, parts: list[str], largest: str) -> Branch:
    case = proof.supposing(within, "every multiplier lies between")
    largest_sum = region.args[1].args[1].args[1]
    with proof.inside() as steps:
        label = proof.step("instantiate", _within(eigenvalue(n)), case.label, values=_values(n, "a", "c"),
                           because="also for the largest eigenvalue")  # fmt: skip
        label = proof.step("rewrite", _within(largest_sum), label, *parts[2:3], *parts[4:], because="in these names")
        proof.step("signs", region, label, largest, because="solve for eta")
    return proof.branch("stable only there", steps, case)


def _all_below(proof: Proof, n: Layers, within: Term, region: Term, parts: list[str], largest: str) -> Branch:
    case = proof.supposing(region, "a learning rate in this range")
    multiplier = sub(ONE, mul(ETA, eigenvalue(n, "b", "l")))
    top = region.args[1].args[1].args[1]
    with proof.inside() as steps:
        positive, below = (proof.step("part", part, case.label, because="given") for part in region.args)
        each = proof.step(
            "instantiate",
            lt(ZERO, eigenvalue(n, "b", "l")),
            parts[0],
            values=_values(n, "b", "l"),
            because="one of the sums",
        )
        low = proof.step(
            "instantiate",
            le(n.at("beta", "l"), OMEGA),
            parts[1],
            values={"l": symbol("l")},
            because="at most the largest",
        )
        high = [proof.step("instantiate", le(n.at("alpha", "b"), SIGMA), parts[3], values={"b": symbol("b")},
                           because="at most the largest")] if n.outputs else []  # fmt: skip
        limit = proof.step("signs", lt(mul(ETA, top), TWO), below, largest, because="multiply")
        terms = ({"premises": (0,)}, *({"premises": (1, i)} for i in range(2, 3 + len(high))))
        upper = proof.step("polynomial-implication", lt(neg(ONE), multiplier), limit, positive, low, *high, terms=terms,
                           because="no eigenvalue is above the largest one")  # fmt: skip
        lower = proof.step("signs", lt(multiplier, ONE), positive, each, because="both factors are positive")
        both = proof.step("conjunction", _within(eigenvalue(n, "b", "l")), upper, lower, because="together")
        proof.step("generalise", within, both, because="for all eigenvalues")
    return proof.branch("stable there", steps, case)
