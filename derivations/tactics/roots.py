"""Regimes of a method with two states by the roots of z**2 - p*z + q: each an explicit region in p and q, proved both ways.

What a regime says is a statement about the roots: there are real numbers r, s with p = r + s, q = r*s, or u and w > 0 with
p = 2*u, q = u**2 + w**2 (the pair u + i*w, u - i*w), and these satisfy some inequalities. Nothing here knows a method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    conj,
    disj,
    div,
    eq,
    exists,
    free_symbols,
    iff,
    implies,
    le,
    lt,
    mul,
    neg,
    number,
    power,
    predicate,
    sub,
    substitute,
    symbol,
)
from derivations.tactics.conditions import Prover, Way
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof

NAMES = ("monotone", "one_step", "overshooting", "oscillating", "period_two", "constant", "marginal", "divergent")
MEANING = {
    "monotone": "two real roots that are not negative, not both zero, and smaller than 1",
    "one_step": "both roots are zero",
    "overshooting": "two real roots between -1 and 1, the smaller one negative",
    "oscillating": "two roots that are not real, of modulus below 1",
    "period_two": "one root is -1, the other one lies between -1 and 1",
    "constant": "one root is 1, the other one lies between -1 and 1",
    "marginal": "both roots lie on the unit circle: none is outside, and their product is 1 or -1",
    "divergent": "some root lies outside the unit circle",
}


@dataclass(frozen=True)
class Roots:
    """p and q of z**2 - p*z + q as symbols, labels of what they are, names for two real roots and for real and imaginary part."""

    p: Term
    q: Term
    meanings: tuple[str, str]
    values: tuple[Term, Term]
    pair: tuple[str, str]
    parts: tuple[str, str]

    def real(self, *conditions: Term) -> Term:
        """∃r, s  p = r + s ∧ q = r*s ∧ conditions."""
        r, s = map(symbol, self.pair)
        return self._there_are(self.pair, eq(self.p, add(r, s)), eq(self.q, mul(r, s)), *conditions)

    def complex(self, *conditions: Term) -> Term:
        """∃u, w  w > 0 ∧ p = 2*u ∧ q = u**2 + w**2 ∧ conditions."""
        u, w = map(symbol, self.parts)
        both = eq(self.q, add(power(u, 2), power(w, 2)))
        return self._there_are(self.parts, lt(ZERO, w), eq(self.p, mul(TWO, u)), both, *conditions)

    @staticmethod
    def _there_are(names: tuple[str, str], *body: Term) -> Term:
        return exists(names[0], exists(names[1], conj(*body)))

    @property
    def within(self) -> Term:
        return predicate("roots_within", ONE, self.p, self.q)


def declared(proof: Proof, values: tuple[Term, Term]) -> Roots:
    """Declares p, q and the names of the roots; p and q are defined as the given terms."""
    taken = {name for name, _ in proof.variables}
    p, q, r, s, u, w = (fresh(name, taken) for name in ("p", "q", "r", "s", "u", "w"))
    words = "sum of the roots", "product of the roots", "a root", "the other root", "real part of a root", "its imaginary part"
    for name, what in zip((p, q, r, s, u, w), words, strict=True):
        proof.declare(name, "real", f"{what} of the characteristic polynomial" if name in (p, q) else what)
    meanings = [proof.define(eq(symbol(name), value), f"the {what}")
                for name, value, what in zip((p, q), values, words[:2], strict=True)]  # fmt: skip
    return Roots(symbol(p), symbol(q), (meanings[0], meanings[1]), values, (r, s), (u, w))


def behaviours(roots: Roots) -> dict[str, Term]:
    """What each regime says of the roots."""
    (r, s), (u, w) = map(symbol, roots.pair), map(symbol, roots.parts)
    inside = lt(neg(ONE), s), lt(s, ONE)
    return {
        "monotone": roots.real(le(ZERO, s), le(s, r), lt(ZERO, r), lt(r, ONE)),
        "one_step": roots.real(eq(r, ZERO), eq(s, ZERO)),
        "overshooting": roots.real(lt(neg(ONE), s), lt(s, ZERO), le(s, r), lt(r, ONE)),
        "oscillating": roots.complex(lt(add(power(u, 2), power(w, 2)), ONE)),
        "period_two": roots.real(eq(r, neg(ONE)), *inside),
        "constant": roots.real(eq(r, ONE), *inside),
        "marginal": conj(roots.within, disj(eq(roots.q, ONE), eq(roots.q, neg(ONE)))),
        "divergent": Term("Not", (roots.within,)),
    }


def inner(p: Term, q: Term) -> tuple[Term, ...]:
    """Jury's conditions for the open disc."""
    return lt(neg(ONE), q), lt(q, ONE), lt(neg(add(ONE, q)), p), lt(p, add(ONE, q))


def outer(p: Term, q: Term) -> tuple[Term, ...]:
    """The conditions for the closed disc."""
    return le(neg(ONE), q), le(q, ONE), le(neg(add(ONE, q)), p), le(p, add(ONE, q))


def split(p: Term, q: Term) -> Term:
    """Both roots are real."""
    return le(mul(number(4), q), power(p, 2))


def paired(p: Term, q: Term) -> Term:
    """The roots are a pair that is not real."""
    return lt(power(p, 2), mul(number(4), q))


@dataclass(frozen=True)
class Condition:
    """A region in p and q: relations that are simplified together, and others that stay as they are."""

    together: Callable[[Term, Term], tuple[Term, ...]]
    apart: Callable[[Term, Term], tuple[Term, ...]] = lambda p, q: ()

    def formula(self, p: Term, q: Term) -> Term:
        return conj(conj(*self.together(p, q)), *self.apart(p, q))

    def parts(self, p: Term, q: Term) -> tuple[Term, ...]:
        return (*self.together(p, q), *self.apart(p, q))


def conditions() -> dict[str, Condition]:
    """For which p and q the roots are as each regime says; ``divergent`` is the complement of its condition."""
    return {
        "monotone": Condition(lambda p, q: (lt(ZERO, p), le(ZERO, q), lt(q, ONE), lt(p, add(ONE, q))), lambda p, q: (split(p, q),)),
        "one_step": Condition(lambda p, q: (), lambda p, q: (eq(p, ZERO), eq(q, ZERO))),
        "overshooting": Condition(inner, lambda p, q: (split(p, q), disj(lt(p, ZERO), lt(q, ZERO)))),
        "oscillating": Condition(lambda p, q: (lt(q, ONE),), lambda p, q: (paired(p, q),)),
        "period_two": Condition(lambda p, q: (lt(neg(ONE), q), lt(q, ONE)), lambda p, q: (eq(p, neg(add(ONE, q))),)),
        "constant": Condition(lambda p, q: (lt(neg(ONE), q), lt(q, ONE)), lambda p, q: (eq(p, add(ONE, q)),)),
        "marginal": Condition(outer, lambda p, q: (disj(eq(q, ONE), eq(q, neg(ONE))),)),
        "divergent": Condition(outer),
    }


# --- the lemmas: in p and q alone, the same for every method ----------------------------------------------------------


def real_roots(proof: Proof, roots: Roots) -> str:
    """4*q <= p**2  ⇒  there are real roots s <= r."""
    r, s = map(symbol, roots.pair)
    claim = split(roots.p, roots.q)
    item = proof.supposing(claim, "assumed")
    discriminant = Term("Sqrt", (sub(power(roots.p, 2), mul(number(4), roots.q)),))
    values = {roots.pair[0]: div(add(roots.p, discriminant), TWO), roots.pair[1]: div(sub(roots.p, discriminant), TWO)}
    wanted = roots.real(le(s, r))
    with proof.inside() as steps:
        _exhibited(proof, wanted, values, [item.label])
    branch = proof.branch("real roots", steps, item)
    return proof.step("suppose", implies(claim, wanted), branches=(branch,), because="the formula for the roots of a quadratic")


def _exhibited(proof: Proof, wanted: Term, values: Mapping[str, Term], known: list[str]) -> str:
    """∃x, y A(x, y) from the parts of A at these values."""
    first, body = wanted.args
    second, body = body.args
    there = substitute(body, dict(values))
    labels = []
    for part in there.args:
        rule = "identity" if part.head == "Eq" else "signs"
        same = next((label for label in known if proof.claims[label] == part), None)
        labels.append(same or proof.step(rule, part, *known, because="by inserting it"))
    whole = proof.step("conjunction", there, *labels, because="these numbers are such roots")
    one = proof.step("exhibit", exists(second, substitute(body, {first: values[first]})), whole, values={second: values[second]},
                     because="so there is such a number")  # fmt: skip
    return proof.step("exhibit", wanted, one, values={first: values[first]}, because="and so is there such another one")


def _obtained(proof: Proof, given: str, goal: Term, inside: Callable[[dict[Term, str]], str]) -> str:
    """From ∃x, y A(x, y): the goal, shown by ``inside`` from the parts of A."""
    middle = proof.claims[given].args[1]
    body = middle.args[1]
    one = proof.supposing(middle, "one of the two")
    with proof.inside() as steps:
        other = proof.supposing(body, "and the other one")
        with proof.inside() as deeper:
            have = {part: proof.step("signs", part, other.label, because="a part of it")
                    for part in body.args}  # fmt: skip
            inside(have)
        branch = proof.branch("these roots", deeper, other)
        proof.step("obtain", goal, one.label, branches=(branch,), because="whatever the other one is")
    branch = proof.branch("such a root", steps, one)
    return proof.step("obtain", goal, given, branches=(branch,), because="whatever it is")


def lemma(prover: Prover, roots: Roots, name: str, lemmas: Mapping[str, str]) -> str:
    """What the regime says of the roots  ⇔  its condition on p and q."""
    proof, meaning = prover.proof, behaviours(roots)[name]
    condition = conditions()[name].formula(roots.p, roots.q)
    if meaning.head != "Exists":
        disc = proof.step("roots-within", iff(roots.within, conj(*outer(roots.p, roots.q))),
                          because="when both roots lie in the closed unit disc")  # fmt: skip
        region = Term("Not", (condition,)) if name == "divergent" else condition
        return proof.step("rewrite", iff(meaning, region), disc, equation=True, because="insert these conditions")
    there, back = proof.supposing(meaning, "assumed"), proof.supposing(condition, "assumed")
    with proof.inside() as steps:
        _obtained(proof, there.label, condition, lambda have: _all(prover, roots, condition, have))
    first = proof.branch("from the roots", steps, there)
    with proof.inside() as steps:
        have = {part: proof.step("signs", part, back.label, because="a part of it")
                for part in conditions()[name].parts(roots.p, roots.q)}  # fmt: skip
        _found(prover, roots, meaning, have, lemmas)
    second = proof.branch("to the roots", steps, back)
    return proof.step("suppose", iff(meaning, condition), branches=(first, second), because="both ways")


def _all(prover: Prover, roots: Roots, condition: Term, have: dict[Term, str]) -> str:
    """Every part of the condition, from what is known of the roots."""
    if condition.head == "And":
        labels = [_all(prover, roots, part, have) for part in condition.args]
        return prover.proof.step("conjunction", condition, *labels, because="all together")
    if condition.head == "Or":
        return _one_of(prover, roots, condition, have)
    return _shown(prover, roots, condition, have)


def _shown(prover: Prover, roots: Roots, claim: Term, have: dict[Term, str]) -> str:
    """One relation, from what is known of the roots and of p and q."""
    proof = prover.proof
    if claim in have:
        return have[claim]
    if claim.head == "Eq":
        return proof.step("identity", claim, *have.values(), because="insert the roots")
    if claim.head == "True":
        return proof.step("signs", claim, because="nothing is asked")
    either = next((one for one in have if one.head == "Or"), None)
    if _by_certificate(prover, roots, claim, have, quickly=either is not None):
        return have[claim]
    if either is None:
        raise Undecided(f"no proof was found of the condition {ascii_text(claim)} on the roots")
    branches = []
    for case in either.args:
        item = proof.supposing(case, "this case")
        with proof.inside() as steps:
            here = {one: label for one, label in have.items() if one.head != "Or"} | {case: item.label}
            _apart(prover, roots, here)
            _shown(prover, roots, claim, here)
        branches.append(proof.branch(ascii_text(case), steps, item))
    have[claim] = proof.step("cases", claim, have[either], branches=tuple(branches), because="in both cases")
    return have[claim]


@lru_cache(maxsize=512)
def way_about(claim: Term, given: tuple[Term, ...], degree: int, multipliers: tuple[Term, ...] = ()) -> Way | None:
    """How the claim follows from what is given, whatever the method is: it is looked for once."""
    proof = Proof()
    proof.real(*sorted(frozenset().union(*map(free_symbols, (claim, *given)))))
    return Prover(proof).way(claim, given, degree, multipliers)


def _by_certificate(prover: Prover, roots: Roots, claim: Term, have: dict[Term, str], quickly: bool = False) -> bool:
    """Whether a step with the claim could be written; it is put among what is known. ``quickly``: not everything is tried."""
    r, s = map(symbol, roots.pair)
    factors = [sub(TWO, roots.p), add(TWO, roots.p), roots.p, neg(s), sub(r, s)]
    squares = [le(ZERO, power(x, 2)) for z in (r, s) for x in (z, sub(ONE, z), add(ONE, z))] + [le(ZERO, power(roots.p, 2))]
    about = {roots.p.args[0], roots.q.args[0]}
    few = [one for one in have if one.head == "Eq" or ZERO in one.args or not free_symbols(one) & about]
    options = (few, (), 2), ([*have, *squares], factors, 1), (few, factors, 2), (list(have), (), 2)
    ways = (way_about(claim, tuple(given), degree, tuple(by)) for given, by, degree in options[: 2 if quickly else 4])
    way = next((found for found in ways if found is not None), None)
    if way is None:
        return False
    for one in way.premises:
        if one not in have:
            have[one] = prover.proof.step("signs", one, because="a square")
    have[claim] = prover.step(claim, way, have, "multiply out: a sum of products of what is positive")
    return True


def _apart(prover: Prover, roots: Roots, have: dict[Term, str]) -> None:
    """Roots s <= r whose product is negative are different."""
    (r, s), negative = map(symbol, roots.pair), lt(roots.q, ZERO)
    if negative not in have or le(s, r) not in have:
        return
    proof, square, squared, strictly = prover.proof, le(ZERO, power(roots.p, 2)), lt(ZERO, power(sub(r, s), 2)), lt(s, r)
    given = [one for one in have if one.head == "Eq"] + [square, negative]
    have[square] = proof.step("signs", square, because="a square")
    way = way_about(squared, tuple(given), 1)
    if way is not None:
        have[squared] = prover.step(squared, way, have, "the square of the difference is p**2 - 4*q")
        have[strictly] = proof.step("signs", strictly, have[squared], have[le(s, r)], because="so they are different")


def _one_of(prover: Prover, roots: Roots, claim: Term, have: dict[Term, str]) -> str:
    """A ∨ B: where B is false, A is shown."""
    proof = prover.proof
    first, second = claim.args
    other = le(*second.args[::-1])
    either = proof.step("signs", disj(second, other), because="one of the two")
    branches = []
    for case in (second, other):
        item = proof.supposing(case, "this case")
        with proof.inside() as steps:
            label = item.label
            if case == other:
                label = _shown(prover, roots, first, {**have, case: item.label})
            proof.step("signs", claim, label, because="one of them holds")
        branches.append(proof.branch("this sign" if case == second else "the other sign", steps, item))
    return proof.step("cases", claim, either, branches=tuple(branches), because="in both cases")


def _found(prover: Prover, roots: Roots, meaning: Term, have: dict[Term, str], lemmas: Mapping[str, str]) -> str:
    """The roots from the condition on p and q."""
    proof, names = prover.proof, (meaning.args[0], meaning.args[1].args[0])
    body = meaning.args[1].args[1]
    if names == roots.parts:
        half = Term("Sqrt", (sub(mul(number(4), roots.q), power(roots.p, 2)),))
        return _exhibited(proof, meaning, {names[0]: div(roots.p, TWO), names[1]: div(half, TWO)}, list(have.values()))
    known = {part.args[0].args[0]: part.args[1] for part in body.args if part.head == "Eq" and part.args[0].args[0] in names}
    if known:  # the first root is a number; the other one is q divided by it, or zero
        sign = {ONE: roots.q, neg(ONE): neg(roots.q)}.get(known[names[0]], ZERO)
        return _exhibited(proof, meaning, {names[0]: known[names[0]], names[1]: sign}, list(have.values()))
    real = proof.step("instantiate", proof.claims[lemmas["real"]].args[1], lemmas["real"], have[split(roots.p, roots.q)],
                      values={}, because="the roots are real")  # fmt: skip

    def inside(parts: dict[Term, str]) -> str:
        everything = {**have, **parts}
        for helper in (lt(ZERO, sub(TWO, roots.p)), lt(ZERO, add(TWO, roots.p))):
            way = way_about(helper, tuple(have), 2)
            if way is not None:
                everything[helper] = prover.step(helper, way, have, "a sum of what is positive")
        labels = [_shown(prover, roots, part, everything) for part in body.args]
        whole = proof.step("conjunction", body, *labels, because="all of it")
        one = proof.step("exhibit", exists(names[1], body), whole, values={names[1]: symbol(names[1])}, because="so there is one")
        return proof.step("exhibit", meaning, one, values={names[0]: symbol(names[0])}, because="and another one")

    return _obtained(proof, real, meaning, inside)
