"""Moments at finite width: mean and variance of an eigenvalue |v|² + β, β one of the d eigenvalues of WᵀW, each as likely."""

from __future__ import annotations

from math import prod

from derivations.language.terms import ONE, TWO, Term, add, div, eq, expect, mul, number, power, sub, substitute, symbol
from derivations.tactics.limiting_spectrum import S_V, S_W, D, K, Setting, entry, every, over, top
from derivations.tactics.linear_layers import Chain

LENGTH = over("j", power(top("j"), 2))  # |v|²
TRACE = over("ij", power(entry("j", "i"), 2))  # tr WᵀW
SQUARES = over("il", power(over("j", mul(entry("j", "i"), entry("j", "l"))), 2))  # tr (WᵀW)²


def mean_eigenvalue(s: Setting) -> str:
    """E Σ(|v|² + β)/d = k(s_v² + s_w²)."""
    whole = add(LENGTH, div(TRACE, D))
    chain = Chain(s.proof, expect(whole))
    parts = add(over("j", expect(power(top("j"), 2))), div(over("ij", expect(power(entry("j", "i"), 2))), D))
    label = chain.step("expectation", parts, s.sizes[0], because="the mean is linear")
    moments = [_moment(s, "j", mul(top("j"), top("j")), power(S_V, 2), s.normal[1]),
               _moment(s, "ji", mul(entry("j", "i"), entry("j", "i")), power(S_W, 2), s.normal[0])]  # fmt: skip
    inserted = add(over("j", power(S_V, 2)), div(over("ij", power(S_W, 2)), D))
    label = chain.step("rewrite", inserted, label, *moments, because="the variances")
    return _counted(chain, _mean(), label, s.sizes[0])


def _mean() -> Term:
    return mul(K, add(power(S_V, 2), power(S_W, 2)))


def _moment(s: Setting, names: str, product: Term, value: Term, normal: str) -> str:
    label = s.proof.step("normal-moments", eq(expect(product), value), normal, because="normal weights")
    if product.head == "Mul" and len(set(product.args)) == 1:
        power_of = power(product.args[0], len(product.args))
        label = s.proof.step("expectation", eq(expect(power_of), value), label, because="a power is a product")
    return s.proof.step("generalise", every(names, s.proof.claims[label]), label, because="for all units")


def variance_of_eigenvalue(s: Setting) -> tuple[list[str], str]:
    """E |v|⁴, E |v|²·tr WᵀW, E tr (WᵀW)²; from these the variance, 2k·s_v⁴ + k(d + 1)·s_w⁴."""
    parts = [_length_squared(s), _mixed(s), _squares(s)]
    first, second, third = (s.proof.claims[part].args[1] for part in parts)
    square = add(first, div(mul(TWO, second), D), div(third, D))
    value = add(mul(TWO, power(S_V, 4), K), mul(power(S_W, 4), K, add(D, ONE)))
    gap = s.proof.step("identity", eq(sub(square, power(_mean(), 2)), value), s.sizes[0],
                       because="the mean of the square less the square of the mean")  # fmt: skip
    return parts, gap


def _length_squared(s: Setting) -> str:
    """E |v|⁴ = k(k + 2)·s_v⁴."""
    pair = mul(top("j"), top("j"), top("p"), top("p"))
    chain = Chain(s.proof, expect(power(LENGTH, 2)))
    label = chain.step("expectation", over("jp", expect(pair)), because="the mean is linear")
    value = mul(power(S_V, 4), add(ONE, mul(TWO, power(_delta("j", "p"), 2))))
    label = chain.step("rewrite", over("jp", value), label, _moment(s, "jp", pair, value, s.normal[1]), because="normal weights")
    return _counted(chain, mul(power(S_V, 4), K, add(K, TWO)), label)


def _mixed(s: Setting) -> str:
    """E |v|²·tr WᵀW = k²d·s_v²·s_w²."""
    chain = Chain(s.proof, expect(mul(LENGTH, TRACE)))
    inside = mul(power(top("j"), 2), power(entry("p", "i"), 2))
    label = chain.step("expectation", over("jpi", expect(inside)), because="the mean is linear")
    value = mul(power(S_V, 2), power(S_W, 2))
    label = chain.step("rewrite", over("jpi", value), label, s.independent, because="independent layers")
    return _counted(chain, mul(power(S_V, 2), power(S_W, 2), power(K, 2), D), label)


def _squares(s: Setting) -> str:
    """E tr (WᵀW)² = kd(k + d + 1)·s_w⁴."""
    body = mul(entry("j", "i"), entry("j", "l"), entry("p", "i"), entry("p", "l"))
    chain = Chain(s.proof, expect(SQUARES))
    label = chain.step("expectation", over("iljp", expect(body)), because="the mean is linear")
    inputs, units = _delta("i", "l"), _delta("j", "p")
    value = mul(power(S_W, 4), add(power(inputs, 2), power(units, 2), mul(power(inputs, 2), power(units, 2))))
    moment = _moment(s, "iljp", body, value, s.normal[0])
    label = chain.step("rewrite", over("iljp", value), label, moment, because="normal weights")
    return _counted(chain, mul(power(S_W, 4), K, add(K, D, ONE), D), label)


def _counted(chain: Chain, value: Term, label: str, *premises: str) -> str:
    """What stands on the right is this, by counting the summands."""
    right = chain.proof.claims[label].args[1]
    equal = chain.proof.step("finite-sum", eq(right, value), *premises, because="count the summands")
    return chain.step("rewrite", value, label, equal, because="so it is this")


def _delta(one: str, other: str) -> Term:
    return Term("Delta", (symbol(one), symbol(other)))


def at_these_sizes(s: Setting, label: str) -> str:
    """The same with the numbers of inputs and units inserted, if they are given."""
    if not s.values:
        return label
    left, right = s.proof.claims[label].args
    counts = {s.proof.claims[one].args[0].args[0]: s.proof.claims[one].args[1] for one in s.values[:2]}
    value = folded(substitute(right, counts))
    equal = s.proof.step("identity", eq(right, value), *s.values[:2], because="insert the sizes")
    return s.proof.step("rewrite", eq(left, value), label, equal, because="with these sizes")


def folded(term: Term) -> Term:
    """The same with sums and products of numbers worked out."""
    parts = [folded(part) if isinstance(part, Term) else part for part in term.args]
    numbers = [part.args[0] for part in parts if isinstance(part, Term) and part.head == "Number"]
    rest = [part for part in parts if not isinstance(part, Term) or part.head != "Number"]
    if term.head == "Mul" and len(numbers) > 1:
        return mul(number(prod(numbers)), *rest)
    if term.head == "Add" and len(numbers) > 1:
        return add(*rest, number(sum(numbers)))
    return Term(term.head, tuple(parts))
