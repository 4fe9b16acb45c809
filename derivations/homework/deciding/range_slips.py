"""Slips on ranges: an end too many or too few, a bound that is wrong in a usual way, another regime's range instead."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from derivations.homework.deciding.slips import MAX_SLIPS, Slipped, everywhere, expression_slips
from derivations.kernel.table import Table
from derivations.language.terms import ONE, ZERO, Term, conj, disj, div, free_symbols, neg, power, substitute, symbol

_CLOSED = {"Lt": "Le", "Gt": "Ge"}
_OPEN = {"Le": "Lt", "Ge": "Gt"}
_TURNED = {"Lt": "Gt", "Le": "Ge", "Gt": "Lt", "Ge": "Le"}
_ORDER = frozenset(_TURNED)
MAX_OTHERS = 8


def range_slips(key: Term, variable: str, others: tuple[tuple[str, Term], ...], table: Table) -> list[Slipped]:
    """All slips on a range of the variable ("" for a region of several), each wrong answer once, the more telling names first."""
    bounds = list(_bounds(key, variable, table))
    twice = [slip for slip in bounds if slip.name in ("factor-two", "missing-half")]
    found = [*_crossed(key), *_ends(key), *_on_the_variable(key, variable), *twice, *_regimes(key, others)]
    found += [*_missing_sides(key, variable), *bounds, *_on_symbols(key, variable, table), *_turned(key)]
    seen = {key}
    kept = []
    for slip in found:
        if slip.term not in seen:
            seen.add(slip.term)
            kept.append(slip)
    return kept[:MAX_SLIPS]


def _ends(key: Term) -> Iterator[Slipped]:
    """a < b -> a <= b and back, at one end or at all."""
    for name, table, say in (
        ("end-included", _CLOSED, "does not belong to it"),
        ("end-missing", _OPEN, "belongs to it, too"),
    ):
        for term in everywhere(key, lambda part, table=table: _with_head(part, table)):  # type: ignore[misc]
            yield Slipped(name, term, f"only one end is wrong: it {say}")
        yield Slipped(name, _all_heads(key, table), f"only the ends are wrong: an end {say}")
    both = {**_CLOSED, **_OPEN}
    yield Slipped(
        "end-included", _all_heads(key, both), "only the ends are wrong: which of them belong to it is reversed"
    )


def _with_head(part: Term, table: dict[str, str]) -> list[Term]:
    return [Term(table[part.head], part.args)] if part.head in table else []


def _all_heads(term: Term, table: dict[str, str]) -> Term:
    if term.head in _ORDER:
        return Term(table.get(term.head, term.head), term.args)
    return Term(term.head, tuple(_all_heads(arg, table) if isinstance(arg, Term) else arg for arg in term.args))


def _crossed(key: Term) -> Iterator[Slipped]:
    """a < x and x < b -> b < x and x < a, where there is nothing"""
    if key.head == "And" and len(key.args) == 2 and all(part.head in _ORDER for part in key.args):
        one, other = key.args
        if one.args[1] == other.args[0]:
            crossed = (Term(one.head, (other.args[1], one.args[1])), Term(other.head, (other.args[0], one.args[0])))
            yield Slipped("swapped", conj(*crossed), "the two ends are exchanged")


def _on_symbols(key: Term, variable: str, table: Table) -> Iterator[Slipped]:
    """A symbol left out, inverted or squared in all bounds at once."""
    for name in sorted((free_symbols(key) & set(table.variables)) - {variable}):
        alone = symbol(name)
        for kind, new, say in (
            ("missing-factor", ONE, f"{name} is missing"),
            ("reciprocal", div(ONE, alone), f"{name} and 1/{name} are mixed up"),
            ("squared", power(alone, 2), f"the power of {name} is wrong"),
        ):
            yield Slipped(kind, substitute(key, {name: new}), say)


def _missing_sides(key: Term, variable: str) -> Iterator[Slipped]:
    """a < x and x < b -> x < b"""

    def change(part: Term) -> Iterator[Term]:
        if part.head == "And":
            for i in range(len(part.args)):
                yield conj(*part.args[:i], *part.args[i + 1 :])

    if key.head == "And":
        for i, one in enumerate(key.args):
            rest = conj(*key.args[:i], *key.args[i + 1 :])
            below = _is_below(one, variable)
            if below is None:
                yield Slipped("missing-side", rest, "one of the conditions is missing")
            elif below:
                yield Slipped("no-lower-end", rest, "the lower end is missing")
            else:
                yield Slipped("missing-side", rest, "the upper end is missing")
    else:
        for term in everywhere(key, change):
            yield Slipped("missing-side", term, "one of the conditions is missing")


def _is_below(relation: Term, variable: str) -> bool | None:
    """Whether the relation bounds the variable from below (True) or from above (False); None where it does not stand alone."""
    if relation.head not in _ORDER:
        return None
    left, right = relation.args
    if right == symbol(variable):
        return relation.head in ("Lt", "Le")
    if left == symbol(variable):
        return relation.head in ("Gt", "Ge")
    return None


def _regimes(key: Term, others: tuple[tuple[str, Term], ...]) -> Iterator[Slipped]:
    """Another regime's range, that of the key and others together, or all but the key's."""
    others = others[:MAX_OTHERS]
    for name, region in others:
        yield Slipped("other-regime", region, f"this is the range of another regime ({_words(name)})")
    for count in (1, 2):
        for chosen in combinations(others, count):
            say = "it contains another regime, too (" + " and ".join(_words(name) for name, _ in chosen) + ")"
            yield Slipped("contains-other-regime", disj(key, *(region for _, region in chosen)), say)
    for chosen in combinations(others, 2):
        say = "this is the range of other regimes (" + " and ".join(_words(name) for name, _ in chosen) + ")"
        yield Slipped("other-regime", disj(*(region for _, region in chosen)), say)
    yield Slipped("complement", Term("Not", (key,)), "this is exactly where it does not hold")


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def _bounds(key: Term, variable: str, table: Table) -> Iterator[Slipped]:
    """The slips on an expression, on one bound or, if it stands there more than once, on all."""
    for bound in dict.fromkeys(_sides(key, variable)):
        for slip in expression_slips(bound, table):
            if not slip.later:
                yield Slipped(slip.name, _exchanged(key, bound, slip.term), f"in a bound {slip.say}")


def _sides(term: Term, variable: str) -> Iterator[Term]:
    """The sides of relations that are not the variable alone and not zero."""
    if term.head in _ORDER or term.head in ("Eq", "Ne"):
        yield from (arg for arg in term.args if arg not in (symbol(variable), ZERO))
    else:
        for arg in term.args:
            if isinstance(arg, Term):
                yield from _sides(arg, variable)


def _exchanged(term: Term, old: Term, new: Term) -> Term:
    """The term with a side of its relations put in another's place."""
    if term.head in _ORDER or term.head in ("Eq", "Ne"):
        return Term(term.head, tuple(new if arg == old else arg for arg in term.args))
    return Term(term.head, tuple(_exchanged(arg, old, new) if isinstance(arg, Term) else arg for arg in term.args))


def _turned(key: Term) -> Iterator[Slipped]:
    """a < b -> a > b"""
    for term in everywhere(key, lambda part: _with_head(part, _TURNED)):
        yield Slipped("reversed", term, "an inequality points the wrong way")
    yield Slipped("reversed", _all_heads(key, _TURNED), "the inequalities point the wrong way")
    yield Slipped(
        "reversed", _all_heads(_all_heads(key, _TURNED), {**_CLOSED, **_OPEN}), "the inequalities point the wrong way"
    )


def _on_the_variable(key: Term, variable: str) -> Iterator[Slipped]:
    """x -> -x"""
    if variable in free_symbols(key):
        yield Slipped("sign", substitute(key, {variable: neg(symbol(variable))}), f"the sign of {variable} is reversed")
    for relation in key.args if key.head == "And" else ():
        for bound in _sides(relation, variable):
            yield Slipped("sign", _exchanged(relation, bound, neg(bound)), "the sign of a bound is reversed")
