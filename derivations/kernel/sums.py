"""Finite sums and expectations in normal form: both are linear, sums may be exchanged, Kronecker's delta contracts.

A product of sums becomes one sum over all their variables; the variables are then renamed canonically, so that
``sum_i sum_j a(i)*b(j)`` and ``(sum_j b(j))*(sum_i a(i))`` have one key. A range that depends on another bound variable
is left as it stands.
"""

from __future__ import annotations

from itertools import count, permutations
from typing import TYPE_CHECKING

from derivations.kernel.errors import Refused
from derivations.language.terms import (
    Term,
    bound_name,
    expect,
    free_symbols,
    mul,
    number,
    power,
    substitute,
    subterms,
    symbol,
    total,
)

if TYPE_CHECKING:
    from derivations.kernel.algebra import Algebra, Value

Range = tuple[str, Term, Term]
MAX_VARIABLES = 4


def sum_value(algebra: Algebra, term: Term) -> Value:
    """A sum, split over the terms of its body; what does not depend on the variable is taken out in front."""
    name, first, last, body = term.args
    _check_range(algebra, name, first, last)
    if algebra.is_zero(algebra.value(Term("Add", (last, Term("Neg", (first,)), number(1))))):
        return algebra.constant(0)
    top, bottom = algebra.value(body)
    if any(name in free_symbols(algebra.atoms[i]) for _, factors in algebra.monomials(bottom) for i, _ in factors):
        raise Refused("shape", "a summand's denominator depends on the variable of the sum")
    result = algebra.constant(0)
    for coefficient, factors in algebra.monomials(algebra.reduce(top)):
        outside = [(i, e) for i, e in factors if name not in free_symbols(algebra.atoms[i])]
        inside = [algebra.atoms[i] for i, e in factors if name in free_symbols(algebra.atoms[i]) for _ in range(e)]
        part = _one_sum(algebra, (name, first, last), inside)
        result = algebra.plus(result, algebra.times(_monomial(algebra, coefficient, outside), part))
    return algebra.times(result, (algebra.one, bottom))


def _check_range(algebra: Algebra, name: str, first: Term, last: Term) -> None:
    """The range must have a length that is a natural number; the range of an index is the index's own."""
    domain = algebra.table.domain(name)
    if not algebra.is_natural(Term("Add", (last, Term("Neg", (first,)), number(1)))) or not algebra.is_natural(first):
        raise Refused("domain", "a sum must run from a natural number upwards, or be empty")
    if domain.startswith("index:"):
        bound = domain.removeprefix("index:")
        end = number(int(bound)) if bound.isdecimal() else symbol(bound)
        if first != number(1) or last != end:
            raise Refused("domain", f"the index {name} runs from 1 to {bound}")
    elif domain != "natural":
        raise Refused("domain", f"the variable {name} of a sum must be a whole number")


def _monomial(algebra: Algebra, coefficient: object, factors: list[tuple[int, int]]) -> Value:
    poly = algebra.one * coefficient
    for i, e in factors:
        poly *= algebra.generators[i] ** e
    return poly, algebra.one


def _one_sum(algebra: Algebra, outer: Range, inside: list[Term]) -> Value:
    """The sum of a product of atoms that all depend on the variable."""
    ranges, factors = [outer], []
    taken = _names(inside) | {outer[0]}
    for atom in inside:
        if atom.head == "Sum":
            inner, parts = _flatten(algebra, atom, taken)
            ranges += inner
            factors += parts
        else:
            factors.append(atom)
    names = {name for name, _, _ in ranges}
    if len(ranges) > MAX_VARIABLES:
        raise Refused("too-large", f"more than {MAX_VARIABLES} nested sums")
    if any(names & (free_symbols(first) | free_symbols(last)) for _, first, last in ranges):
        raise Refused("shape", "the range of a sum depends on another sum's variable")
    return _contracted(algebra, ranges, factors)


def _names(terms: list[Term]) -> set[str]:
    """Every variable that occurs in the terms, free or bound."""
    nodes = [node for term in terms for node in subterms(term)]
    return {node.args[0] for node in nodes if node.head == "Symbol"} | {name for node in nodes if (name := bound_name(node))}


def _flatten(algebra: Algebra, term: Term, taken: set[str]) -> tuple[list[Range], list[Term]]:
    """The ranges and factors of a sum that is an atom, its variables renamed apart from those ``taken``, which grow by them."""
    ranges: list[Range] = []
    while term.head == "Sum":
        name, first, last, body = term.args
        fresh = next(new for i in count() if (new := f"_r{i}|{algebra.table.domain(name)}") not in taken)
        taken.add(fresh)
        term = substitute(body, {name: symbol(fresh)})
        ranges.append((fresh, first, last))
    return ranges, _factors(term)


def _factors(term: Term) -> list[Term]:
    if term.head == "Mul":
        return [factor for arg in term.args for factor in _factors(arg)]
    if term.head == "Pow" and term.args[1].head == "Number" and term.args[1].args[0] > 0:
        return [term.args[0]] * int(term.args[1].args[0])
    return [term]


def _contracted(algebra: Algebra, ranges: list[Range], factors: list[Term]) -> Value:
    """Use up each delta that ties a variable to an index of the same range; sum what no factor depends on; name the rest."""
    for position, factor in enumerate(factors):
        if factor.head != "Delta":
            continue
        for one, other in (factor.args, factor.args[::-1]):
            span = next((r for r in ranges if one == symbol(r[0])), None)
            if span is not None and _runs_over(algebra, other, span):
                rest = [substitute(f, {span[0]: other}) for i, f in enumerate(factors) if i != position]
                remaining = [r for r in ranges if r is not span]
                body = mul(*rest) if rest else number(1)
                for name, first, last in reversed(remaining):
                    body = total(name, first, last, body)
                return algebra.value(body)
    used = frozenset().union(*(free_symbols(factor) for factor in factors)) if factors else frozenset()
    result = algebra.constant(1)
    for _, first, last in [r for r in ranges if r[0] not in used]:
        count = Term("Add", (last, Term("Neg", (first,)), number(1)))
        result = algebra.times(result, algebra.value(count))
    kept = [r for r in ranges if r[0] in used]
    return algebra.times(result, _named(algebra, kept, factors)) if kept else algebra.times(result, algebra.value(mul(*factors)))


def _runs_over(algebra: Algebra, other: Term, span: Range) -> bool:
    """Whether the other argument of a delta is an index with the very range of the sum."""
    if other.head != "Symbol" or other.args[0] == span[0]:
        return False
    domain = algebra.table.domain(span[0])
    return domain.startswith("index:") and algebra.table.domain(other.args[0]) == domain


def _named(algebra: Algebra, ranges: list[Range], factors: list[Term]) -> Value:
    """The atom of a sum, its variables numbered so that the key is smallest."""
    best: tuple[str, Term] | None = None
    others = _names(factors) - {name for name, _, _ in ranges}
    numbers = [i for i in range(len(ranges) + len(others)) if not any(name.startswith(f"_s{i}|") for name in others)]
    for order in permutations(ranges):
        names = {r[0]: symbol(f"_s{i}|{algebra.table.domain(r[0])}") for i, r in zip(numbers, order, strict=False)}
        aside = {name: symbol("_" + new.args[0]) for name, new in names.items()}  # two steps, so that nothing is captured
        back = {new.args[0]: symbol(new.args[0][1:]) for new in aside.values()}
        parts = [substitute(substitute(factor, aside), back) for factor in factors]
        keyed = sorted((algebra.key(algebra.value(part)), i) for i, part in enumerate(parts))
        ends = [(algebra.key(algebra.value(f)), algebra.key(algebra.value(t)), algebra.table.domain(n)) for n, f, t in order]
        bounds = ";".join(f"{first}..{last}:{domain}" for first, last, domain in ends)
        key = f"sum[{bounds}][{'*'.join(text for text, _ in keyed)}]"
        if best is None or key < best[0]:
            body = mul(*(parts[i] for _, i in keyed))
            for (_, first, last), name in zip(reversed(order), reversed(list(names.values())), strict=True):
                body = total(name.args[0], first, last, body)
            best = key, body
    assert best is not None
    return algebra.atom(*best)


def expectation(algebra: Algebra, term: Term) -> Value:
    """E is linear: what is not random is taken out, sums are exchanged with it, E[1] = 1."""
    (top, bottom), divisors, radicands = algebra.afresh(lambda: algebra.value(term.args[0]))
    random = algebra.table.is_random
    within = [((poly, algebra.one), 0) for poly in divisors] + [(value, -1) for value in radicands]
    algebra.in_mean += [
        (value, sign)
        for value, sign in within
        if any(random(algebra.atoms[i]) for poly in value for _, factors in algebra.monomials(poly) for i, _ in factors)
    ]
    if any(random(algebra.atoms[i]) for _, factors in algebra.monomials(bottom) for i, _ in factors):
        raise Refused("shape", "a random quantity stands in a denominator")
    result = algebra.constant(0)
    for coefficient, factors in algebra.monomials(algebra.reduce(top)):
        fixed = [(i, e) for i, e in factors if not random(algebra.atoms[i])]
        chance = [(i, e) for i, e in factors if random(algebra.atoms[i])]
        part = _moment(algebra, chance) if chance else algebra.constant(1)
        result = algebra.plus(result, algebra.times(_monomial(algebra, coefficient, fixed), part))
    return algebra.times(result, (algebra.one, bottom))


def _moment(algebra: Algebra, factors: list[tuple[int, int]]) -> Value:
    """The expectation of a product of random atoms; sums among them are taken out first."""
    if all(algebra.atoms[i].head != "Sum" for i, _ in factors):
        parts = sorted((algebra.names[i], algebra.atoms[i], e) for i, e in factors)
        body = mul(*(atom if e == 1 else power(atom, e) for _, atom, e in parts))
        key = "E[" + "*".join(f"{name}^{e}" for name, _, e in parts) + "]"
        value = algebra.atom(key, expect(body))
        if key in algebra.index and all(e % 2 == 0 for _, _, e in parts):
            algebra.nonnegative.add(algebra.index[key])  # the expectation of a square
        return value
    ranges: list[Range] = []
    inner: list[Term] = []
    taken = _names([algebra.atoms[i] for i, _ in factors])
    for i, e in factors:
        for _ in range(e):
            atom = algebra.atoms[i]
            if atom.head == "Sum":
                more, parts_of_sum = _flatten(algebra, atom, taken)
                ranges += more
                inner += parts_of_sum
            else:
                inner.append(atom)
    fixed = [part for part in inner if not algebra.table.is_random(part)]
    body = mul(*fixed, expect(mul(*(part for part in inner if algebra.table.is_random(part)))))
    for name, first, last in reversed(ranges):
        body = total(name, first, last, body)
    return algebra.value(body)
