"""Rational values that satisfy hypotheses: small ones, large and tiny ones, and those on and beside the boundaries."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derivations.language.errors import DerivationsError
from derivations.language.statements import Statement
from derivations.language.terms import RELATIONS, Term, free_symbols, subterms
from derivations.witness.evaluate import evaluable, holds
from derivations.witness.regions import equality

_TINY = Fraction(1, 10**6)
_LARGEST = 10**6


class Vacuous(DerivationsError):
    """Hypotheses that too few of the values tried satisfy: a statement under them may say nothing."""


def sample(
    hypotheses: Sequence[Term],
    domains: Mapping[str, str],
    count: int,
    seed: int | random.Random = 0,
    *,
    near: Iterable[Term] = (),
    least: int | None = None,
    tries: int | None = None,
) -> list[dict[str, Fraction]]:
    """``count`` assignments, different from each other, under which every hypothesis holds, by rejection.

    ``domains`` gives each name "real", "natural" or "integer" ("index:n" counts as a natural number from 1). Real
    values are a mixture of small rationals, large and tiny ones. In most draws one or two values are then moved so that
    a relation of the hypotheses, or of the terms in ``near``, becomes an equality, or just misses being one on either
    side: so the endpoints of regions are drawn, and both sides of them. The same seed gives the same values.

    Raises Vacuous if fewer than ``least`` (all of them, unless said otherwise) are found in ``tries`` draws (200 for
    each); NotNumeric for a hypothesis that no numbers decide (see ``numeric_part``).
    """
    generator = seed if isinstance(seed, random.Random) else random.Random(seed)
    relations = [node for term in (*hypotheses, *near) for node in subterms(term) if node.head in RELATIONS]
    relations = [node for node in relations if evaluable(node, domains) and free_symbols(node)]
    found: dict[tuple[Fraction, ...], dict[str, Fraction]] = {}
    tried, limit = 0, tries or 200 * count
    while len(found) < count and tried < limit:
        tried += 1
        values = {name: _draw(generator, domain) for name, domain in domains.items()}
        for _ in range(generator.choice((0, 0, 1, 1, 2)) if relations else 0):
            values = _at_boundary(generator, generator.choice(relations), values, domains)
        if all(holds(hypothesis, values) for hypothesis in hypotheses):
            found.setdefault(tuple(values.values()), values)
    needed = count if least is None else least
    if len(found) < needed:
        raise Vacuous(f"only {len(found)} of {tried} draws satisfy the hypotheses, where {needed} are needed")
    return list(found.values())


def _draw(generator: random.Random, domain: str) -> Fraction:
    if domain == "real":
        return _real(generator)
    low = 1 if domain.startswith("index") else 0
    size = generator.choice((3, 3, 10, 100))
    number = generator.randint(low, max(low, size))
    return Fraction(-number if domain == "integer" and generator.random() < 0.5 else number)


def _real(generator: random.Random) -> Fraction:
    kind = generator.random()
    sign = generator.choice((1, 1, -1))
    if kind < 0.08:
        return Fraction(generator.choice((-1, 0, 0, 1, 2)))
    if kind < 0.75:
        return sign * Fraction(generator.randint(1, 24), generator.randint(1, 12))
    if kind < 0.9:
        return sign * Fraction(generator.randint(1, 999), 1000)
    size = 10 ** generator.randint(1, 5)
    return sign * generator.choice((Fraction(generator.randint(1, 9), size), Fraction(generator.randint(1, 9) * size)))


def _at_boundary(
    generator: random.Random, relation: Term, values: dict[str, Fraction], domains: Mapping[str, str]
) -> dict[str, Fraction]:
    """The values with one real number moved onto the relation's boundary, or close to it."""
    names = sorted(name for name in free_symbols(relation) if domains[name] == "real")
    if not names:
        return values
    name = generator.choice(names)
    root: Any = equality(relation, name, values)
    if not isinstance(root, Fraction) or abs(root) > _LARGEST or root.denominator > _LARGEST**2:
        return values
    scale = abs(root) or Fraction(1)
    shift = generator.choice((0, 0, 1, -1)) * scale * generator.choice((_TINY, Fraction(1, 1000), Fraction(1, 10)))
    return {**values, name: root + shift}


def domains_of(statement: Statement, extra: Iterable[str] = ()) -> dict[str, str]:
    """The domain of each variable that is free in a hypothesis or in the conclusion (or named in ``extra``)."""
    terms = [*(item.claim for item in statement.hypotheses), statement.conclusion]
    free = frozenset(extra).union(*(free_symbols(term) for term in terms))
    return {
        item.name: item.domain
        for item in statement.variables
        if item.name in free and (item.domain in ("real", "natural", "integer") or item.domain.startswith("index"))
    }


def numeric_part(statement: Statement, names: Iterable[str]) -> tuple[Term, ...]:
    """The hypotheses that numbers for these names decide; the rest speaks of functions, sequences or noise."""
    known = frozenset(names)
    return tuple(item.claim for item in statement.hypotheses if evaluable(item.claim, known))
