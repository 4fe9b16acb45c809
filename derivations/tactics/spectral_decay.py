"""What a limiting spectrum with eigenvalues |v|² + x says of learning: which rates are stable, and how the loss decays."""

from __future__ import annotations

from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    conj,
    div,
    for_all,
    implies,
    le,
    lt,
    mul,
    neg,
    number,
    power,
    predicate,
    sub,
    symbol,
    tends,
)
from derivations.problems.models import PI
from derivations.tactics.limiting_spectrum import (
    FOUR,
    HIGH,
    LOW,
    W_SCALE,
    C,
    Law,
    Setting,
    X,
    Y,
    density,
    half,
    implied,
    root,
)

LENGTH, RATE, TIME = symbol("r"), symbol("eta"), symbol("t")


def declare(s: Setting) -> tuple[str, str]:
    """Labels of 0 < |v|² and 0 < eta."""
    s.proof.declare("r", "real", "squared length of the second layer's weights")
    s.proof.declare("eta", "real")
    s.proof.declare("y", "real", "a place between the ends")
    s.proof.declare("t", "real", "time, in steps of small size")
    return (s.proof.assume(lt(ZERO, LENGTH), "not all weights of the second layer vanish"),
            s.proof.assume(lt(ZERO, RATE), "steps against the gradient"))  # fmt: skip


def stable(s: Setting, length: str, rate: str) -> str:
    """eta*(r + x_max) < 2  =>  |1 - eta*(r + x)| < 1 for 0 <= x <= x_max."""
    proof = s.proof
    small = lt(mul(RATE, add(LENGTH, HIGH)), TWO)
    inside = conj(le(ZERO, Y), le(Y, HIGH))
    case = proof.supposing(conj(small, inside), "a small learning rate, and an eigenvalue of the spectrum")
    factor = sub(ONE, mul(RATE, add(LENGTH, Y)))
    with proof.inside() as steps:
        given = [proof.step("part", part, case.label, because="given") for part in (small, *inside.args)]
        below = implied(proof, lt(neg(ONE), factor), given[0], given[2], rate, because="no eigenvalue is above the largest")
        above = implied(proof, lt(factor, ONE), length, given[1], rate, because="every eigenvalue is positive")
        claim = conj(proof.claims[below], proof.claims[above])
        proof.step("conjunction", claim, below, above, because="together")
    whole = implies(conj(small, inside), claim)
    label = proof.step("suppose", whole, branches=(proof.branch("an eigenvalue", steps, case),), because="so each error shrinks")
    return proof.step("generalise", for_all("y", whole), label, because="for all of them")


def decay(s: Setting, law: Law, length: str, rate: str) -> str:
    """The mean of (r + x)*exp(-2*eta*t*(r + x))/2 over the continuous part of the spectrum, after a long time."""
    proof = s.proof
    amplitude, pace = half(add(LENGTH, X)), mul(TWO, RATE)
    order = -1 if s.touching else 1
    square = mul(power(amplitude, 2), div(mul(sub(HIGH, X), sub(X, LOW)), power(mul(TWO, PI, C, W_SCALE, X), 2)))
    step = sub(X, LOW)
    size = _size(order)
    edge = tends(mul(square, step) if order < 0 else div(square, step), "x", LOW, size)
    positive = _positive(s, law, length, size)
    low = law.low or law.ends[0]
    limit = proof.step("limit", edge, *s.positive, low, law.apart, s.pi, because="how the density begins at the lower end")
    elapsed = mul(TWO, RATE, TIME)
    tail = Term("Exp", (neg(mul(*elapsed.args, add(LENGTH, LOW))),))
    if s.touching:
        asymptote = div(mul(LENGTH, root(mul(PI, HIGH)), tail), mul(FOUR, PI, C, W_SCALE, root(elapsed)))
    else:
        bottom = mul(number(16), PI, C, W_SCALE, LOW, RATE, TIME, root(elapsed))
        asymptote = div(mul(add(LENGTH, LOW), root(mul(PI, sub(HIGH, LOW))), tail), bottom)
    body = mul(amplitude, density(X), Term("Exp", (neg(mul(*elapsed.args, add(LENGTH, X))),)))
    claim = predicate("long_time_integral", body, Term("Tuple", (X, TIME)), LOW, HIGH, asymptote)
    return proof.step("watson", claim, law.spectrum, limit, *s.positive, law.apart, law.high, low, length, rate, *positive,
                      because="only the lower end of the spectrum is left",
                      factor=amplitude, rate=pace, shift=LENGTH, order=order)  # fmt: skip


def _size(order: int) -> Term:
    """Where the squared integrand, over (x - x_min)**order, tends at the lower end."""
    if order < 0:
        return div(mul(power(LENGTH, 2), HIGH), power(mul(FOUR, PI, C, W_SCALE), 2))
    return div(mul(power(add(LENGTH, LOW), 2), sub(HIGH, LOW)), power(mul(FOUR, PI, C, W_SCALE, LOW), 2))


def _positive(s: Setting, law: Law, length: str, size: Term) -> list[str]:
    """0 < r + x_min, 0 < x_max - x_min."""
    proof = s.proof
    total = implied(proof, lt(ZERO, add(LENGTH, LOW)), length, law.low or law.ends[0], because="a sum of positive numbers")
    return [total, proof.step("signs", lt(ZERO, sub(HIGH, LOW)), law.apart, because="the ends differ")]
