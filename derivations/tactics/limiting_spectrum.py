"""The limiting spectrum of WᵀW for normal weights, W of size k x d: its density, its ends, its distribution function."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    conj,
    div,
    eq,
    expect,
    for_all,
    implies,
    lt,
    mul,
    ne,
    neg,
    number,
    power,
    predicate,
    sub,
    substitute,
    symbol,
    total,
)
from derivations.problems.models import PI
from derivations.tactics.certificates import find
from derivations.tactics.proof import Proof

C, W_SCALE, X, Y, LOW, HIGH, SHARE, MEAN = map(symbol, ("c", "w", "x", "y", "x_min", "x_max", "p_0", "m"))
D, K, S_W, S_V = map(symbol, ("d", "k", "s_w", "s_v"))
LENGTH, ETA, TIME = map(symbol, ("r", "eta", "t"))
FOUR = number(4)


def root(term: Term) -> Term:
    return Term("Sqrt", (term,))


def atan(term: Term) -> Term:
    return Term("Atan", (term,))


def half(term: Term) -> Term:
    return div(term, TWO)


@dataclass(frozen=True)
class Setting:
    """Labels of what is known of the sizes and the weights. ``touching``: as many inputs as hidden units, so that x_min = 0."""

    proof: Proof
    ratio: str  # c = d/k
    sizes: tuple[str, str]  # 0 < d, 0 < k
    scale: str  # w = k*s_w**2
    normal: tuple[str, str]  # the entries of W, of V
    independent: str
    positive: tuple[str, str]  # 0 < c, 0 < w
    pi: str  # 0 < pi
    values: tuple[str, ...]  # what d, k and c are, if given
    touching: bool


def setting(proof: Proof, sizes: tuple[int, int] | None) -> Setting:
    """Declares sizes and weights; ``sizes`` are d and k, if they are given."""
    if sizes is not None and min(sizes) < 1:
        raise Undecided("there must be at least one input and one hidden unit")
    for name, words in (("d", "number of inputs"), ("k", "number of hidden units")):
        proof.declare(name, "natural", words)
    for name in "il":
        proof.declare(name, "index:d", "input")
    for name in "jp":
        proof.declare(name, "index:k", "hidden unit")
    for name, words in (("c", "number of inputs over that of hidden units"), ("w", "k times the variance of a weight"),
                        ("s_w", "standard deviation of a weight of the first layer"),
                        ("s_v", "standard deviation of a weight of the second layer")):  # fmt: skip
        proof.declare(name, "real", words)
    proof.declare("W", "random", "weights of the first layer, of the hidden unit j for the input i")
    proof.declare("V", "random", "weights of the second layer, of the hidden unit j")
    given = () if sizes is None else tuple(proof.define(eq(one, number(n)), "given") for one, n in zip((D, K), sizes, strict=True))
    ratio = proof.define(eq(C, div(D, K)), "aspect ratio")
    scale = proof.define(eq(W_SCALE, mul(power(S_W, 2), K)), "scale of the eigenvalues")
    counts = _counts(proof, given)
    normal = (_normal(proof, entry("j", "i"), "ij", S_W), _normal(proof, top("j"), "j", S_V))
    product = eq(expect(mul(power(top("j"), 2), power(entry("p", "i"), 2))), mul(power(S_V, 2), power(S_W, 2)))
    independent = proof.assume(every("jpi", product), "the layers are independent of one another")
    wide = proof.assume(lt(ZERO, S_W), "not all weights of the first layer vanish")
    above = proof.step("signs", lt(ZERO, div(D, K)), *counts, because="both numbers are positive")
    above = proof.step("rewrite", lt(ZERO, C), above, ratio, because="the ratio is positive")
    scaled = proof.step("signs", lt(ZERO, mul(power(S_W, 2), K)), counts[1], wide, because="so is the scale")
    scaled = proof.step("rewrite", lt(ZERO, W_SCALE), scaled, scale, because="by definition")
    pi = proof.step("number-sign", lt(ZERO, PI), because="pi is positive")
    values = _ratio(proof, sizes, ratio, given)
    touching = sizes is not None and sizes[0] == sizes[1]
    return Setting(proof, ratio, counts, scale, normal, independent, (above, scaled), pi, values, touching)


def _counts(proof: Proof, given: tuple[str, ...]) -> tuple[str, str]:
    if not given:
        first, second = (proof.assume(lt(ZERO, one), "there is one at least") for one in (D, K))
    else:
        pairs = zip((D, K), given, strict=True)
        first, second = (proof.step("signs", lt(ZERO, one), label, because="as given") for one, label in pairs)
    return first, second


def _ratio(proof: Proof, sizes: tuple[int, int] | None, ratio: str, given: tuple[str, ...]) -> tuple[str, ...]:
    if sizes is None:
        return ()
    return (*given, proof.step("identity", eq(C, number(Fraction(*sizes))), ratio, *given, because="insert the sizes"))


def entry(j: str, i: str) -> Term:
    """A weight of the first layer."""
    return apply("W", symbol(i), symbol(j))


def top(j: str) -> Term:
    """A weight of the second layer."""
    return apply("V", symbol(j))


def every(names: str, body: Term) -> Term:
    for name in reversed(names):
        body = for_all(name, body)
    return body


def over(names: str, body: Term) -> Term:
    for name in reversed(names):
        body = total(name, ONE, D if name in "il" else K, body)
    return body


def _normal(proof: Proof, entry: Term, names: str, deviation: Term) -> str:
    claim = every(names, predicate("independent_normal", entry, power(deviation, 2)))
    return proof.assume(claim, "independent normal weights with mean 0")


# --- the law ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Law:
    """Labels of the limiting spectrum, its ends and the share at 0 as they are defined, 0 < x_max, x_min < x_max, 0 < x_min.

    The last ones are None where x_min = 0.
    """

    spectrum: str
    ends: tuple[str, str]
    share: str
    high: str
    apart: str
    low: str | None
    product: str | None  # x_min*x_max = w**2*(1 - c)**2


def density(x: Term) -> Term:
    return div(_root(x), mul(TWO, PI, C, W_SCALE, x))


def _root(x: Term) -> Term:
    return root(mul(sub(HIGH, x), sub(x, LOW)))


def law(s: Setting) -> Law:
    """Marchenko and Pastur's law, and the order of its ends."""
    proof = s.proof
    for name, words in (("x", "eigenvalue of the Gram matrix of W"), ("x_min", "lower end of the spectrum"),
                        ("x_max", "upper end of the spectrum"), ("p_0", "share of the eigenvalues that are 0")):  # fmt: skip
        proof.declare(name, "real", words)
    side = root(C)
    low = ZERO if s.touching else mul(W_SCALE, power(sub(ONE, side), 2))
    ends = (proof.define(eq(LOW, low), "lower end"), proof.define(eq(HIGH, mul(W_SCALE, power(add(ONE, side), 2))), "upper end"))
    over = sub(C, ONE)
    share = proof.define(eq(SHARE, div(add(over, Term("Abs", (over,))), mul(TWO, C))), "share at 0")
    spectrum = predicate("limiting_spectrum", C, W_SCALE, Term("Tuple", (X,)), density(X), LOW, HIGH, SHARE)
    found = proof.step("marchenko-pastur", spectrum, *ends, share, *s.positive, *s.values[-1:],
                       because="the theorem of Marchenko and Pastur")  # fmt: skip
    square = mul(W_SCALE, power(add(ONE, side), 2))
    rooted = proof.step("signs", lt(ZERO, side), s.positive[0], because="it has a root")
    high = implied(proof, lt(ZERO, square), s.positive[1], rooted, s.positive[0], because="a sum of positive numbers")
    high = proof.step("rewrite", lt(ZERO, HIGH), high, ends[1], because="the upper end is positive")
    gap = mul(FOUR, W_SCALE, side)
    width = proof.step("identity", eq(sub(HIGH, LOW), gap), *ends, *s.positive, *s.values[-1:], because="multiply out")
    apart = proof.step("signs", lt(ZERO, gap), *s.positive, because="positive factors")
    apart = proof.step("rewrite", lt(ZERO, sub(HIGH, LOW)), apart, width, because="so the ends differ")
    apart = proof.step("signs", lt(LOW, HIGH), apart, because="the lower end is the lower one")
    return Law(found, ends, share, high, apart, *((None, None) if s.touching else _gap(s, ends, high)))


def _gap(s: Setting, ends: tuple[str, str], high: str) -> tuple[str, str]:
    """0 < x_min, unless c = 1: x_min*x_max = w**2*(1 - c)**2."""
    proof = s.proof
    unlike = ne(C, ONE)
    if s.values:
        differ = proof.step("signs", unlike, s.values[-1], because="another number of inputs than of hidden units")
    else:
        differ = proof.assume(unlike, "another number of inputs than of hidden units")
    product = mul(power(W_SCALE, 2), power(sub(ONE, C), 2))
    equal = proof.step("identity", eq(mul(LOW, HIGH), product), *ends, s.positive[0], because="multiply out")
    label = proof.step("signs", lt(ZERO, product), s.positive[1], differ, because="a product of squares")
    label = proof.step("rewrite", lt(ZERO, mul(LOW, HIGH)), label, equal, because="so the product of the ends is positive")
    return proof.step("signs", lt(ZERO, LOW), label, high, because="and the lower end, too"), equal


def end_values(s: Setting, law: Law) -> list[str]:
    """Labels of x_min = …, x_max = …, p_0 = …, at the given sizes if there are any."""
    defined = [*law.ends, law.share]
    if not s.values:
        return defined
    ratio = s.proof.claims[s.values[-1]].args[1]
    share = number(max(Fraction(0), 1 - 1 / ratio.args[0]))
    found = []
    for label in defined:
        left, right = s.proof.claims[label].args
        value = share if left == SHARE else _at_ratio(right, ratio.args[0])
        found.append(s.proof.step("identity", eq(left, value), label, s.values[-1], because="at these sizes"))
    return found


def _at_ratio(end: Term, ratio: Fraction) -> Term:
    """An end of the spectrum with c inserted; its root is taken where that is a rational number."""
    side = Fraction(isqrt(ratio.numerator), isqrt(ratio.denominator))
    if side**2 != ratio or end == ZERO:
        return substitute(end, {"c": number(ratio)})
    above = end.args[1].args[0].args[1] == root(C)
    return mul(number((1 + side if above else 1 - side) ** 2), W_SCALE)


# --- its distribution -------------------------------------------------------------------------------------------------


def _share_below(x: Term, touching: bool) -> Term:
    """The distribution function between the ends."""
    both, here = add(LOW, HIGH), _root(x)
    parts = [here, neg(mul(both, atan(div(sub(both, mul(TWO, x)), _first(x)))))]
    if not touching:
        parts.append(mul(TWO, MEAN, atan(div(sub(mul(TWO, LOW, HIGH), mul(both, x)), _second(x)))))
    return add(half(add(ONE, SHARE)), div(add(*parts), mul(TWO, PI, C, W_SCALE)))


def _first(x: Term) -> Term:
    return add(sub(HIGH, LOW), mul(TWO, _root(x)))


def _second(x: Term) -> Term:
    return add(mul(sub(HIGH, LOW), x), mul(TWO, MEAN, _root(x)))


def distribution(s: Setting, law: Law) -> list[str]:
    """Labels of: what F is, and that F' is the density, between the ends; F is p_0 at the lower one, 1 at the upper one."""
    proof = s.proof
    proof.declare("F", "function", "share of the eigenvalues up to a value")
    proof.declare("y", "real", "a place between the ends")
    mean = () if s.touching else _mean(s, law)
    definition = proof.define(for_all("x", eq(apply("F", X), _share_below(X, s.touching))), "between the ends")
    return [_slope(s, law, definition, mean), *(_value(s, law, definition, mean, at) for at in (LOW, HIGH))]


def _mean(s: Setting, law: Law) -> tuple[str, str, str]:
    """m = sqrt(x_min*x_max) > 0, and m = w*|c - 1|."""
    proof, inside = s.proof, root(mul(LOW, HIGH))
    assert law.low is not None and law.product is not None
    proof.declare("m", "real", "geometric mean of the ends")
    mean = proof.define(eq(MEAN, inside), "geometric mean of the ends")
    label = proof.step("signs", lt(ZERO, inside), law.low, law.high, because="a root of a positive number")
    positive = proof.step("rewrite", lt(ZERO, MEAN), label, mean, because="by definition")
    square = root(mul(power(W_SCALE, 2), power(sub(ONE, C), 2)))
    label = proof.step("rewrite", eq(MEAN, square), mean, law.product, because="insert the product of the ends")
    plain = mul(W_SCALE, Term("Abs", (sub(C, ONE),)))
    opened = proof.step("identity", eq(square, plain), s.positive[1], because="the root of a square")
    return mean, positive, proof.step("rewrite", eq(MEAN, plain), label, opened, because="so it is this")


def _slope(s: Setting, law: Law, definition: str, mean: tuple[str, ...]) -> str:
    """x_min < y < x_max => F'(y) = density(y)."""
    proof, side = s.proof, _root(Y)
    between = conj(lt(LOW, Y), lt(Y, HIGH))
    case = proof.supposing(between, "between the ends")
    with proof.inside() as steps:
        above, below = (proof.step("part", part, case.label, because="given") for part in between.args)
        positive = implied(proof, lt(ZERO, Y), above, law.low or law.ends[0], because="so it is positive")
        inside = implied(proof, lt(ZERO, side.args[0]), above, below, because="a product of positive numbers")
        rooted = proof.step("signs", lt(ZERO, side), inside, because="it has a root")
        double = {"coefficient": Fraction(2)}
        sums = [proof.step("polynomial-implication", lt(ZERO, _first(Y)), law.apart, rooted, inside,
                           because="a sum of positive numbers",
                           terms=({"premises": (0,)}, {**double, "premises": (1,)}))]  # fmt: skip
        if mean:
            terms = ({"premises": (0, 2)}, {**double, "premises": (3, 1)})
            sums.append(proof.step("polynomial-implication", lt(ZERO, _second(Y)), law.apart, rooted, positive, mean[1], inside,
                                   because="a sum of positive numbers", terms=terms))  # fmt: skip
        sums += [proof.step("polynomial-implication", lt(ZERO, power(proof.claims[label].args[1], 2)), label, inside,
                            because="its square", terms=({"premises": (0, 0)},)) for label in sums]  # fmt: skip
        ends = [law.ends[0]] if law.low is None else [law.low, law.high]
        slope = eq(Term("Derivative", ("F", (1,), Y)), density(Y))
        value = eq(apply("F", Y), substitute(_share_below(X, s.touching), {"x": Y}))
        here = proof.step("instantiate", value, definition, values={"x": Y}, because="by definition")
        slant = proof.step("derivative", slope, definition, *mean[:2], *ends, *s.positive, law.apart, positive, inside,
                           rooted, *sums, s.pi,
                           because="differentiate")  # fmt: skip
        claim = conj(value, slope)
        proof.step("conjunction", claim, here, slant, because="together")
    label = proof.step("suppose", implies(between, claim), branches=(proof.branch("between the ends", steps, case),),
                       because="the density is the slope of the distribution")  # fmt: skip
    return proof.step("generalise", for_all("y", implies(between, claim)), label, because="everywhere between the ends")


def implied(proof: Proof, claim: Term, *premises: str, because: str) -> str:
    """An inequality that follows from others by multiplying and adding them."""
    witness = find(claim, [proof.claims[label] for label in premises])
    if witness is None:
        raise Undecided("an inequality of this proof was not found to follow")
    return proof.step("polynomial-implication", claim, *premises, because=because, **witness)


def _value(s: Setting, law: Law, definition: str, mean: tuple[str, ...], at: Term) -> str:
    """F(x_min) = p_0, F(x_max) = 1: arctangents of 1 and of -1."""
    proof, here = s.proof, apply("F", at)
    label = proof.step("instantiate", eq(here, substitute(_share_below(X, s.touching), {"x": at})), definition, values={"x": at},
                       because="at the end")  # fmt: skip
    size = div(mul(add(LOW, HIGH), PI), FOUR)
    if mean:
        size = sub(size, div(mul(TWO, MEAN, PI), FOUR))
    size = div(size, mul(TWO, PI, C, W_SCALE))
    value = add(half(add(ONE, SHARE)), neg(size) if at == LOW else size)
    known = [*s.positive, law.apart, law.high, s.pi, *([law.low] if law.low else []), *mean[1:2]]
    label = proof.step("identity", eq(here, value), label, *known, because="the root vanishes; arctan 1 is pi/4")
    defined = [*law.ends, law.share, *s.values[-1:]]
    if mean:
        defined.append(mean[2])
    goal = SHARE if at == LOW else ONE
    equal = proof.step("identity", eq(value, goal), *defined, *s.positive, s.pi, because="insert the ends and the share at 0")
    return proof.step("rewrite", eq(here, goal), label, equal, because="so that is its value at the end")
