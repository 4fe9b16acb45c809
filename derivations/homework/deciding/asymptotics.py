"""Leading orders and limits: the key or its expansion cut off somewhere, and formulas with the same limit.

The kernel proves the equality with the key, or with a part of its expansion; a limit with a product eta*t held fixed it proves
with eta = s/t as t grows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from derivations.homework.deciding import ratios
from derivations.homework.deciding.comparing import Comparison, compare, differs_at_once, endless, refuted
from derivations.homework.deciding.expansions import expansion, truncations
from derivations.homework.deciding.expressions import said_value
from derivations.homework.deciding.looks import unfit
from derivations.homework.deciding.setting import Setting
from derivations.homework.keys import Part
from derivations.homework.verdicts import Finding
from derivations.kernel.errors import Refused
from derivations.kernel.rules.algebra import Identities
from derivations.kernel.table import Table
from derivations.language.ascii import ascii_text
from derivations.language.statements import Symbol
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    div,
    free_symbols,
    is_number,
    mul,
    number,
    power,
    sub,
    substitute,
    subterms,
    symbol,
    tends,
)

TERMS = 5  # of an expansion that an answer may have


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on an expansion's beginning, or on a formula with the key's limit."""
    assert isinstance(part.key, Term)
    said, remainder = _without_remainder(said)
    value = said_value(part, said, setting)
    if isinstance(value, Finding):
        return value
    never = endless(value, part.key, setting) if part.kind != "asymptotic" else None
    if never is not None:
        return never
    trouble = unfit(value, setting)
    if trouble:
        return Finding("undecided", trouble)
    if remainder is None:
        if part.kind != "asymptotic" and differs_at_once(value, part.key, setting):
            return _leading(part, part.key, value, setting, None)
        exact = compare(value, part.key, setting)
        if exact.verdict == "correct":
            return exact
        if part.kind == "asymptotic":
            return _same_limit(part, value, setting, exact)
        return _leading(part, part.key, value, setting, exact)
    return _with_remainder(part, part.key, value, remainder, setting)


def refuted_at_once(part: Part, said: Term, setting: Setting) -> bool:
    """Whether a formula certainly is not right, neither as the key nor as its beginning: quicker than finding out why."""
    if part.kind not in ("expression", "leading-term") or part.accept or not isinstance(part.key, Term):
        return False
    if not free_symbols(part.key) or not differs_at_once(said, part.key, setting):
        return False
    beginnings = _beginnings(part, part.key, setting) if part.kind == "leading-term" else []
    return all(differs_at_once(said, one, setting) for _, one in beginnings)


# --- leading terms ------------------------------------------------------------------------------------------------


def _without_remainder(said: Term) -> tuple[Term, Term | None]:
    """a + O(u) is a, and u."""
    if said.head in ("Eq", "Approx"):
        right, remainder = _without_remainder(said.args[1])
        return Term("Eq", (said.args[0], right), said.span), remainder
    if said.head != "Add":
        return said, None
    left_over = [arg for arg in said.args if arg.head == "BigO"]
    if len(left_over) != 1:
        return said, None
    return add(*(arg for arg in said.args if arg.head != "BigO")), left_over[0].args[0]


@dataclass(frozen=True, slots=True)
class _Cut:
    """The beginnings of a key's expansion."""

    name: str
    at: Term

    def __call__(self, key: Term, setting: Setting) -> list[tuple[int, Term]]:
        return truncations(key, self.name, self.at, setting.table, TERMS)


def _beginnings(part: Part, key: Term, setting: Setting) -> list[tuple[int, Term]]:
    found: list[tuple[int, Term]] = setting.ready("beginnings", key, _Cut(str(part.settings["variable"]), _at(part)))
    return found


def _at(part: Part) -> Term:
    at = part.settings.get("at", ZERO)
    return at if isinstance(at, Term) else ZERO


def _leading(part: Part, key: Term, value: Term, setting: Setting, exact: Finding | None) -> Finding:
    """The finding on a beginning of the key's expansion; ``exact`` is the one on the key itself, if it is known."""
    beginnings, doubtful = _beginnings(part, key, setting), False
    for k, (_, beginning) in enumerate(beginnings):
        if differs_at_once(value, beginning, setting):
            continue
        finding = compare(value, beginning, setting)
        if finding.verdict == "correct":
            what = "leading order" if k == 0 else f"first {k + 1} terms"
            return replace(finding, remarks=(*finding.remarks, f"it is the {what} of the exact value"))
        doubtful = doubtful or finding.verdict == "undecided"
    exact = exact or compare(value, key, setting)
    if doubtful or exact.verdict == "undecided":
        return Finding(
            "undecided", "it is neither the exact value nor clearly different from the beginning of its expansion"
        )
    if not beginnings and exact.verdict == "incorrect":
        return Finding("undecided", "the key could not be expanded")
    if exact.verdict == "incorrect" and _goes_on(part, key, value, setting):
        return Finding("undecided", "it begins rightly; whether it also goes on rightly, the key does not tell")
    return exact


def _goes_on(part: Part, key: Term, value: Term, setting: Setting) -> bool:
    """Whether the key is only the beginning of something, and the value may begin with it."""
    name, at = str(part.settings["variable"]), _at(part)
    order, last = _beginnings(part, key, setting)[-1]
    if not setting.ready("its own beginning", key, lambda *_: compare(last, key, setting).verdict == "correct"):
        return False
    own = expansion(value, name, at, setting.table, TERMS)
    return own is None or compare(_cut(own, order + 1, name, at), key, setting).verdict == "correct"


def _with_remainder(part: Part, key: Term, value: Term, remainder: Term, setting: Setting) -> Finding:
    """value + O(u**p): the expansions agree below p, and p is beyond the leading order."""
    name, at = str(part.settings["variable"]), _at(part)
    order = expansion(remainder, name, at, setting.table, 1)
    own, right = (expansion(one, name, at, setting.table, TERMS) for one in (value, key))
    if order is None or own is None or right is None:
        return Finding("undecided", "the remainder could not be understood")
    power_of = order[0]
    if power_of <= right[0]:
        return Finding("undecided", "the remainder is as large as the leading term")
    beginnings = [_cut(one, power_of, name, at) for one in (own, right)]
    return compare(beginnings[0], setting.ready(f"below {power_of}", key, _Fixed(beginnings[1])), setting)


@dataclass(frozen=True, slots=True)
class _Fixed:
    term: Term

    def __call__(self, key: Term, setting: Setting) -> Term:
        return self.term


def _cut(series: tuple[int, list[Term]], below: int, name: str, at: Term) -> Term:
    order, coefficients = series
    sign = -1 if at == INFINITY else 1
    kept = [
        mul(c, power(symbol(name), sign * (order + j))) if order + j else c
        for j, c in enumerate(coefficients)
        if order + j < below
    ]
    return add(*kept)


# --- the same limit -------------------------------------------------------------------------------------------------


def _same_limit(part: Part, value: Term, setting: Setting, exact: Finding) -> Finding:
    key = part.key
    assert isinstance(key, Term)
    if "fixed" not in part.settings:
        return ratios.decide(value, key, str(part.settings.get("variable", "")), _at(part), setting)
    scaling: _Scaling | None = setting.ready("scaling", key, _Scales(part))
    if scaling is None or scaling.right is None:
        return (
            exact if exact.verdict != "incorrect" else Finding("undecided", "the limit of the key could not be found")
        )
    mine = scaling.limit_at({}, value, setting)
    if mine is None:
        return _elsewhere(key, value, scaling, setting)
    finding = compare(scaling.back(mine), scaling.right, setting)
    if finding.verdict == "incorrect":
        return replace(finding, reason=f"it has another limit: {finding.reason}")
    if finding.verdict != "correct":
        return finding
    if not (scaling.proves(value, mine) and scaling.right_proved):
        return Finding("undecided", "it seems to have the right limit, but that could not be proved")
    claim = ascii_text(tends(scaling.scaled(value), scaling.counter, INFINITY, mine))
    evidence = replace(finding.evidence, claim=claim, rules=("limit-exponential", "limit", "identity"))
    return replace(
        finding,
        evidence=evidence,
        remarks=(*finding.remarks, f"it has the right limit, but {ascii_text(key)} is exact"),
    )


def _elsewhere(key: Term, value: Term, scaling: _Scaling, setting: Setting) -> Finding:
    """Numbers for the other names may give a formula a limit, and another one than the key's."""
    assert scaling.right is not None
    comparison: Comparison = setting.ready("comparison", key, Comparison)
    others = free_symbols(value) - {scaling.variable, scaling.counter}
    for k, (point, _) in enumerate(comparison.some_points() if others else ()):
        there = scaling.limit_at({name: number(Fraction(point[name])) for name in sorted(others & set(point))}, value, setting)
        if there is None:
            continue
        finding = refuted(scaling.back(there), scaling.right, point, k)
        if finding.verdict == "incorrect":
            return replace(finding, reason=f"it has another limit: {finding.reason}")
    return Finding("undecided", "the limit of this formula could not be found")


@dataclass(frozen=True, slots=True)
class _Scales:
    """The limit that a part's settings speak of; None where it is of another kind."""

    part: Part

    def __call__(self, key: Term, setting: Setting) -> _Scaling | None:
        name, fixed = str(self.part.settings.get("variable", "")), self.part.settings.get("fixed")
        if not isinstance(fixed, Term) or fixed.head != "Mul" or len(fixed.args) != 2 or _at(self.part) != ZERO:
            return None
        others = [arg.args[0] for arg in fixed.args if arg.head == "Symbol" and arg.args[0] != name]
        if len(others) != 1 or setting.table.variables.get(others[0]) != "natural" or symbol(name) not in fixed.args:
            return None
        return _Scaling(key, name, others[0], fixed, setting)


class _Scaling:
    """variable = s/counter as the counter grows, with s = variable*counter held fixed."""

    def __init__(self, key: Term, variable: str, counter: str, fixed: Term, setting: Setting) -> None:
        self.variable, self.counter, self.fixed = variable, counter, fixed
        taken = {*setting.table.variables, *setting.table.functions}
        self.held = next(name for name in ("s", "s_fixed", "s_held_fixed") if name not in taken)
        symbols = [
            Symbol(name, domain)
            for group in (setting.table.variables, setting.table.functions)
            for name, domain in group.items()
        ]
        self.setting = Setting(
            Table([*symbols, Symbol(self.held, "real")]), tuple(self._moved(one) for one in setting.hypotheses)
        )
        limit = self.limit(key)
        self.right = None if limit is None else self.back(limit)
        self.right_proved = limit is not None and self.proves(key, limit)

    def _moved(self, hypothesis: Term) -> Term:
        """A hypothesis on the variable is one on s; the counter is positive."""
        return substitute(hypothesis, {self.variable: symbol(self.held)})

    def scaled(self, term: Term) -> Term:
        return substitute(term, {self.variable: div(symbol(self.held), symbol(self.counter))})

    def back(self, limit: Term) -> Term:
        return substitute(limit, {self.held: self.fixed})

    def limit(self, term: Term) -> Term | None:
        """The limit, as calculated; ``proves`` is the proof."""
        if self.counter in free_symbols(term) and any(
            node.head in ("Apply", "Sum", "Expect") for node in subterms(term)
        ):
            return None
        inner = self._limited(self.scaled(term))
        return inner if inner is None or self.counter not in free_symbols(inner) else self._rational(inner)

    def limit_at(self, at: dict[str, Term], term: Term, setting: Setting) -> Term | None:
        """The same with numbers for some names; calculated once for all keys with this scaling."""
        found: Term | None = setting.recent(
            ("limit", self.fixed, tuple(at.items())), term, lambda: self.limit(substitute(term, at))
        )
        return found

    def _limited(self, term: Term) -> Term | None:
        """The term with every power and exponential that moves replaced by its limit."""
        if self.counter not in free_symbols(term):
            return term
        if term.head == "Pow" and self.counter in free_symbols(term.args[1]):
            if self._shrinks(*term.args):
                return ZERO
            still = self._rational(term.args[1]) if self.counter not in free_symbols(term.args[0]) else None
            if still is not None:
                return power(term.args[0], still)
            rate, times = self._rate(term.args[0]), self._rational(div(term.args[1], symbol(self.counter)))
            if rate is None or times is None:
                return None
            return power(Term("Exp", (rate,)), times) if is_number(times) else Term("Exp", (mul(times, rate),))
        if term.head == "Exp":
            return self._exponential(term.args[0])
        parts = [self._limited(arg) if isinstance(arg, Term) else arg for arg in term.args]
        return None if None in parts else Term(term.head, tuple(parts), term.span)

    def _shrinks(self, base: Term, exponent: Term) -> bool:
        """Whether it is a power of a number between -1 and 1 with an exponent that grows."""
        if free_symbols(base):
            return False
        size = self._signs(sub(Term("Abs", (base,)), ONE))
        return size == {-1} and self._signs_of_growth(exponent) == {1}

    def _signs_of_growth(self, exponent: Term) -> frozenset[int]:
        found = expansion(exponent, self.counter, INFINITY, self.setting.table, 1)
        return self._signs(found[1][0]) if found is not None and found[0] < 0 else frozenset()

    def _rate(self, base: Term) -> Term | None:
        """c with base = 1 + c/counter + …"""
        found = expansion(sub(base, ONE), self.counter, INFINITY, self.setting.table, 1)
        if found is None or found[0] < 0 or (found[0] == 0 and found[1][0] != ZERO):
            return None
        return found[1][0] if found[0] == 1 else ZERO

    def _exponential(self, argument: Term) -> Term | None:
        found = expansion(argument, self.counter, INFINITY, self.setting.table, 1)
        if found is None:
            return None
        if found[0] < 0:
            return ZERO if self._signs(found[1][0]) == {-1} else None
        return Term("Exp", (found[1][0] if found[0] == 0 else ZERO,))

    def _signs(self, term: Term) -> frozenset[int]:
        try:
            return Identities(self.setting.table, self.setting.hypotheses, ()).sign(term)
        except (Refused, ArithmeticError):
            return frozenset({-1, 0, 1})

    def _rational(self, term: Term) -> Term | None:
        found = expansion(term, self.counter, INFINITY, self.setting.table, 1)
        if found is None or found[0] < 0:
            return None
        return found[1][0] if found[0] == 0 else ZERO

    def proves(self, term: Term, limit: Term) -> bool:
        """Whether the kernel proves the limit, from those of the powers in it."""
        body, known = self.scaled(term), []
        for base in {
            node.args[0] for node in subterms(body) if node.head == "Pow" and self.counter in free_symbols(node.args[1])
        }:
            rate = self._rate(base)
            if rate is None:
                return False
            claim = tends(power(base, symbol(self.counter)), self.counter, INFINITY, Term("Exp", (rate,)))
            if not self.setting.proves(claim, "limit-exponential"):
                return False
            known.append(claim)
        return self.setting.proves(tends(body, self.counter, INFINITY, limit), "limit", tuple(known))
