"""The Hessian of the mean square at matching weights: H = E JᵀJ, for every model with finitely many features, and for one model.

Feature i of the data is x_i, and the model's output p is Σ_i φ_pi(θ)·x_i: every polynomial model is of this form, its features
being the monomials of its inputs. The weights are moved by a and b along any two curves through θ; φ then is a function of a and b.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    apply,
    div,
    eq,
    expect,
    for_all,
    mul,
    power,
    sub,
    symbol,
    total,
)
from derivations.tactics.proof import Proof

HALF = div(ONE, TWO)
A, B = symbol("a"), symbol("b")
LOSS = apply("L", A, B)


def slope(name: str, first: int, second: int, *rest: Term) -> Term:
    """The derivative by a and b, so many times each, at a = b = 0."""
    return Term("Derivative", (name, (first, second, *(0 for _ in rest)), ZERO, ZERO, *rest))


def _over(names: str, *factors: Term) -> Term:
    body = mul(*factors) if len(factors) > 1 else factors[0]
    for name in reversed(names):
        body = total(name, ONE, symbol("m" if name == "p" else "n"), body)
    return body


def _weight(first: Term, second: Term, i: str) -> Term:
    return apply("phi", first, second, symbol("p"), symbol(i))


def _output(first: Term, second: Term) -> Term:
    return _over("i", _weight(first, second, "i"), _feature("i"))


def _everywhere(claim: Term, *names: str) -> Term:
    for name in reversed(names):
        claim = for_all(name, claim)
    return claim


def _feature(i: str) -> Term:
    return apply("x", symbol(i))


def _declare(proof: Proof) -> None:
    proof.declare("n", "natural", "number of features of the data")
    proof.declare("m", "natural", "number of outputs")
    for name in "ij":
        proof.declare(name, "index:n", "feature")
    proof.declare("p", "index:m", "output")
    proof.real("a", "b")
    proof.declare("x", "random", "feature of the data, such as a monomial of its inputs")
    proof.declare("phi", "function", "coefficient of feature i in output p, at the weights moved by a and b")
    proof.declare("L", "function", "mean square at the moved weights")
    proof.declare("M", "family", "second moments of the features")


def every_model(proof: Proof) -> list[str]:
    """∂²L/∂a∂b = Σ_p E f_a·f_b at a = b = 0: the steps that say so, with moments first, then as means of products."""
    _declare(proof)
    smooth = proof.assume(Term("Smooth", ("phi", Fraction(2))), "twice continuously differentiable in a and b, such as polynomials")
    gap = sub(_output(A, B), _output(ZERO, ZERO))
    loss = proof.define(_everywhere(eq(LOSS, mul(HALF, _over("p", expect(power(gap, 2))))), "a", "b"),
                        "mean square of what the moved weights compute less what the weights themselves compute")  # fmt: skip
    pair = expect(mul(_feature("i"), _feature("j")))
    moments = proof.define(_everywhere(eq(apply("M", symbol("i"), symbol("j")), pair), "i", "j"), "of any law of the data")
    square = _square(proof, loss)
    flat = [proof.step("derivative", eq(slope("L", *orders), ZERO), square, smooth, because="there both outputs are equal")
            for orders in ((1, 0), (0, 1))]  # fmt: skip
    return [*flat, *_second_order(proof, square, smooth, moments)]


def _square(proof: Proof, loss: str) -> str:
    """L(a, b) = ½·Σ_p Σ_ij (change of φ_pi)·(change of φ_pj)·E x_i·x_j, for all a and b."""
    changes = [sub(_weight(A, B, i), _weight(ZERO, ZERO, i)) for i in "ij"]
    claim = eq(LOSS, mul(HALF, _over("pij", *changes, expect(mul(_feature("i"), _feature("j"))))))
    label = proof.step("expectation", claim, loss, because="the mean is linear: only second moments of the features matter")
    return proof.step("generalise", _everywhere(claim, "a", "b"), label, because="for all a and b")


def _along(a: int, b: int, i: str) -> Term:
    return slope("phi", a, b, symbol("p"), symbol(i))


def _second_order(proof: Proof, square: str, smooth: str, moments: str) -> list[str]:
    """∂²L/∂a∂b and ∂²L/∂a² at 0, by the moments, and as means of products of the outputs' derivatives."""
    pair = expect(mul(_feature("i"), _feature("j")))
    words = "differentiate twice at 0: what would be multiplied by a difference of outputs vanishes with it"
    found = []
    for other, orders in (((0, 1), (1, 1)), ((1, 0), (2, 0))):
        left, product = slope("L", *orders), (_along(1, 0, "i"), _along(*other, "j"))
        label = proof.step("derivative", eq(left, _over("pij", *product, pair)), square, smooth, because=words)
        claim = eq(left, _over("pij", apply("M", symbol("i"), symbol("j")), *product))
        by_moments = proof.step("rewrite", claim, label, moments, because="by definition of the moments")
        changes = [_over("i", _along(*which, "i"), _feature("i")) for which in ((1, 0), other)]
        mean = power(changes[0], 2) if other == (1, 0) else mul(*changes)
        as_mean = proof.step("expectation", eq(left, _over("p", expect(mean))), label,
                             because="collect: these are the derivatives of the outputs")  # fmt: skip
        found += [by_moments, as_mean]
    return found
