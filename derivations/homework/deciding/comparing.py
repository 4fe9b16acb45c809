"""Two formulas compared: equal for all values by the kernel, different at a point by exact numbers, or neither.

A right answer is equal to the key wherever the key has a value. One that has no value at single points where the key has one, as
x**2/x for x, is right with a remark: the points that a denominator excludes are no mistake in the value. One that is
equal to the key but has no value on a whole region, as sqrt(x)**2 for x, is left to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from derivations.homework.deciding.points import differ, numbers_of, points, sign_between
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.values import (
    UNDEFINED,
    Place,
    Point,
    Unknown,
    as_ball,
    evaluate,
    place_at,
    precision,
)
from derivations.homework.verdicts import Evidence, Finding
from derivations.kernel.errors import Refused
from derivations.kernel.rules.algebra import Identities
from derivations.language.ascii import ascii_text
from derivations.language.terms import ONE, ZERO, Term, conj, div, eq, ne, number, power, rebuild, subterms

MAX_NODES = 500
MAX_DEPTH = 80
MAX_DIGITS = 400  # binary digits of a number
QUICK = 2  # points at which the values are compared before a proof is tried
MOST = 24
MOST_CONDITIONS = 50
LONG = 60  # letters of an exact value that is still shown


@dataclass(frozen=True, slots=True)
class Look:
    """What a term is made of: its heads, variables, and values of sequences and functions; or the trouble with it."""

    trouble: str = ""
    heads: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    applied: frozenset[Term] = frozenset()


def compare(said: Term, key: Term, setting: Setting) -> Finding:
    """Whether what is said is equal to the key under the hypotheses, wherever the key has a value."""
    look = look_at(said, setting)
    if look.trouble:
        return Finding("undecided", look.trouble)
    comparison: Comparison = setting.ready("comparison", key, Comparison)
    foreign = look.applied - comparison.applied
    if foreign:
        return Finding(
            "undecided", f"what is {ascii_text(min(foreign, key=ascii_text))} here? The formula should do without it"
        )
    return comparison.finding(said, look)


def differs_at_once(said: Term, key: Term, setting: Setting) -> bool:
    """Whether the two certainly have different values at a point: quicker than the whole finding."""
    look = look_at(said, setting)
    comparison: Comparison = setting.ready("comparison", key, Comparison)
    return not look.trouble and look.applied <= comparison.applied and comparison.differs_at_once(said)


def endless(said: Term, key: Term, setting: Setting) -> Finding | None:
    """The finding on an answer that says infinity: where the key has a value, it is finite. None for any other answer."""
    if said.head != "Infinity" and not (said.head == "Neg" and said.args[0].head == "Infinity"):
        return None
    comparison: Comparison = setting.ready("comparison", key, Comparison)
    for point, right in comparison.points:
        if type(right) is fmpq:
            at = {name: str(number) for name, number in point.items() if name in comparison.names}
            detail = f"{_where(at)} the right value is {right}, which is finite"
            values = {"answer": ascii_text(said), "key": str(right)}
            claim, mine = f"{ascii_text(said)} == {comparison.text}", ascii_text(said)
            evidence = Evidence("counterexample", claim, at, mine, comparison.text, values, detail=detail)
            return Finding("incorrect", detail, evidence)
    return None


def _where(at: Mapping[str, str]) -> str:
    return "at " + ", ".join(f"{name} = {value}" for name, value in at.items()) if at else "as a number"


def unfit(said: Term, setting: Setting) -> str:
    """Why a term is not looked at: too long, too deep, or with names of nothing known; empty if it is fine."""
    return look_at(said, setting).trouble


def look_at(said: Term, setting: Setting) -> Look:
    """All parts of a term, level by level; not further than the bounds allow."""
    look: Look = setting.recent("look", said, lambda: _look_at(said, setting.table.variables))
    return look


def _look_at(said: Term, variables: Mapping[str, str]) -> Look:
    heads: set[str] = set()
    names: set[str] = set()
    nodes, level, found = 0, [said], []
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > MAX_NODES:
            return Look("the formula is too long")
        below: list[Term] = []
        for node in level:
            head = node.head
            if head == "Symbol":
                if node.args[0] not in variables:
                    return Look(f"{node.args[0]} is not a name of this task")
                names.add(node.args[0])
            elif head == "Number":
                if _digits(node.args[0]) > MAX_DIGITS:
                    return Look("a number in it is too long")
            else:
                heads.add(head)
                if head in _APPLIED:
                    found.append(node)
                below += [arg for arg in node.args if type(arg) is Term]
        level = below
        if not level:
            strange = heads - _COMPARED
            if strange:
                return Look(
                    "± leaves open which sign is meant"
                    if "PlusMinus" in strange
                    else "this is not a formula for a number"
                )
            return Look("", frozenset(heads), frozenset(names), frozenset(found))
    return Look("the formula is nested too deeply")


_APPLIED = frozenset({"Apply", "Derivative", "Expect", "Variance"})


def without_halves(term: Term) -> Term:
    """x**(1/2) as sqrt(x), x**(-3/2) as 1/sqrt(x)**3."""
    term = rebuild(term, without_halves)
    exponent = _half(term.args[1]) if term.head == "Pow" else None
    if exponent is None:
        return term
    root = Term("Sqrt", (term.args[0],), term.span)
    count = abs(exponent.numerator)
    whole = power(root, count) if count > 1 else root
    return whole if exponent > 0 else div(ONE, whole)


def _half(exponent: Term) -> Fraction | None:
    """The number, if it is half of an odd one: 1/2, written as a quotient or not."""
    if exponent.head == "Neg":
        inner = _half(exponent.args[0])
        return None if inner is None else -inner
    if exponent.head == "Div" and exponent.args[0].head == exponent.args[1].head == "Number" and exponent.args[1].args[0]:
        exponent = number(exponent.args[0].args[0] / exponent.args[1].args[0])
    half = exponent.args[0] if exponent.head == "Number" else Fraction(0)
    return half if half.denominator == 2 and abs(half) < 20 else None


def _digits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


_PARTIAL = frozenset({"Div", "Pow"})
_OPENED = frozenset({"Expect", "Variance", "Sum"})
_COMPARED = frozenset(
    {"Number", "Symbol", "Add", "Mul", "Neg", "Div", "Pow", "Abs", "Sqrt", "Exp", "Log", "Sin", "Cos", "Tan", "Sinh", "Cosh",
     "Tanh", "Asinh", "Atan", "Max", "Min", "Factorial", "RootOf", "Apply", "Derivative", "Sum", "Delta", "Expect", "Variance"}
)  # fmt: skip


class Comparison:
    """A right value made ready for many answers: points with its values there, and the kernel's algebra under the hypotheses."""

    def __init__(self, key: Term, setting: Setting) -> None:
        self.key, self.setting = key, setting
        self.plain = without_halves(key)
        self.conditions = tuple(conditions(key))
        self.text, self.given = ascii_text(key), ascii_text(conj(*self.conditions))
        self.applied = frozenset(node for node in subterms(key) if node.head in _APPLIED)
        self.names = numbers_of(key)
        self.points: list[tuple[Point, Any]] = []
        self._places: list[tuple[str, Place]] = []  # the same with their names
        self._exhausted = False
        self._more(QUICK)
        self._identities: Identities | None = None
        self._refused = ""
        self._with: dict[tuple[Term, ...], Identities] = {}  # the same under further conditions

    def _more(self, count: int) -> None:
        """So many points at which the key has a value, and its values."""
        if len(self.points) >= count or self._exhausted:
            return
        known = self.names.union(*map(numbers_of, self.setting.hypotheses))
        domains = self.setting.table.variables
        found = points(known, domains, (*self.setting.hypotheses, *self.conditions), count)
        others = points((name for name in domains if name not in known), domains, (), 3)
        for k in range(len(self.points), len(found)):
            whole = {**(others[k % len(others)] if others else {}), **found[k]}
            self.points.append((whole, _value(self.key, place_at(whole, k))))
            self._places.append((f"{k}: {sorted(whole.items())}", place_at(whole, k)))
        self._exhausted = len(found) < count or count >= MOST

    def some_points(self) -> list[tuple[Point, Any]]:
        self._more(6)
        return self.points[:6]

    # --- deciding -----------------------------------------------------------------------------------------------------

    def differs_at_once(self, said: Term) -> bool:
        """Whether the two certainly have different values at one of the first points."""
        return any(self._at(said, k) == "different" for k in range(min(QUICK, len(self.points))))

    def finding(self, said: Term, look: Look) -> Finding:
        undefined = defined = False
        for k in range(min(QUICK, len(self.points))):
            outcome = self._at(said, k)
            if outcome == "different":
                return self.counterexample(said, k)
            undefined = undefined or outcome == "undefined"
            defined = defined or outcome == "equal"
        if not undefined and self._proved(said, (), look):
            return self._correct(said, ())
        hole = self._with_holes(said, look) if defined else None
        return hole or self._elsewhere(said, look)

    def _elsewhere(self, said: Term, look: Look) -> Finding:
        """The finding from the other points; a point where both have a value is preferred."""
        self._more(MOST)
        outcomes = []
        for k in range(len(self.points)):
            outcomes.append(self._at(said, k))
            if outcomes[-1] == "different":
                return self.counterexample(said, k)
        if "undefined" in outcomes:
            roots = any(one.head != "Ne" for one in conditions(said))  # with complex values they might be defined, and equal
            if "equal" not in outcomes and not roots:
                return self.counterexample(said, outcomes.index("undefined"))
            return self._with_holes(said, look) or self._where_defined(said)
        if "equal" not in outcomes and outcomes:
            return Finding("undecided", "its values could not be worked out")
        return Finding("undecided", "it has the right value wherever it was tried, but that it always has could not be proved")

    def _where_defined(self, said: Term) -> Finding:
        """The finding on what has the right value wherever it was tried and is defined, but is not defined at other points."""
        own = [one for one in conditions(said) if one not in self.conditions]
        where = " and ".join(ascii_text(one) for one in own[:3]) or "it has a value"
        return Finding("undecided", f"it seems to be right where {where}; elsewhere it is not defined, but the right value is")

    def _at(self, said: Term, k: int) -> str:
        """equal, different, undefined (where the key is not), or unknown."""
        point, right = self.points[k]
        found = None if right is None else self._said(said, k)
        if found is None or right is UNDEFINED:
            return "unknown"
        if found is UNDEFINED:
            return "undefined"
        sign = sign_between(found, right)
        if sign is None:
            return "different" if differ(said, self.key, place_at(point, k)) else "equal"
        return "different" if sign else "equal"

    def _said(self, said: Term, k: int) -> Any:
        """What an answer is at a point, for all keys with this point; None if it is not known."""
        at, place = self._places[k]
        return self.setting.recent(at, said, lambda: _value(said, Place(dict(place.numbers), k)))

    # --- proofs ---------------------------------------------------------------------------------------------------

    def _correct(self, said: Term, own: tuple[Term, ...], remarks: tuple[str, ...] = ()) -> Finding:
        return Finding("correct", "", self._evidence(said, (*self.conditions, *own)), 1.0, remarks=remarks)

    def _with_holes(self, said: Term, look: Look) -> Finding | None:
        """The finding, if the two are equal wherever the answer's denominators are not zero; they are not at some point."""
        if not look.heads & _PARTIAL:
            return None
        own = tuple(one for one in conditions(said) if one.head == "Ne" and one not in self.conditions)
        if not own or not self._proved(said, own, look):
            return None
        where = " and ".join(ascii_text(one) for one in own[:3])
        return self._correct(said, own, (f"it is the right value, but your formula has it only where {where}",))

    def _evidence(self, said: Term, conditions: tuple[Term, ...]) -> Evidence:
        claim = f"{ascii_text(said)} == {self.text}"
        if conditions:
            given = self.given if conditions == self.conditions else ascii_text(conj(*conditions))
            claim = f"Implies({given}, {claim})"
        return Evidence("proof", claim, rules=("identity",), status="proved")

    def _proved(self, said: Term, further: tuple[Term, ...], look: Look) -> bool:
        """Whether the kernel proves the equality wherever the key has a value, and further conditions hold."""
        said = without_halves(said) if "Pow" in look.heads else said
        if look.heads & _OPENED:
            claim, premises = eq(said, self.plain), (*self.conditions, *further)
            return any(self.setting.proves(claim, rule, premises) for rule in ("identity", "expectation", "finite-sum"))
        try:
            identities = self._under(further)
            if identities is None:
                return False
            identities.prove(said, self.plain)
        except (Refused, ArithmeticError, RecursionError):
            return False
        return True

    def _under(self, further: tuple[Term, ...]) -> Identities | None:
        if not further:
            return self._ready()
        found = self._with.get(further)
        if found is None:
            if len(self._with) >= MOST_CONDITIONS:
                self._with.clear()
            found = self._with[further] = self._prepared(further)
        return found

    def _ready(self) -> Identities | None:
        if self._identities is None and not self._refused:
            try:
                self._identities = self._prepared(())
            except (Refused, ArithmeticError) as error:
                self._refused = str(error) or "refused"
        return self._identities

    def _prepared(self, further: tuple[Term, ...]) -> Identities:
        return Identities(self.setting.table, (*self.setting.hypotheses, *self.conditions, *further), (self.key,))

    def never_zero(self, term: Term) -> bool:
        """Whether the kernel knows that the term is not zero under the hypotheses."""
        identities = self._ready()
        try:
            return identities is not None and 0 not in identities.sign(term)
        except (Refused, ArithmeticError):
            return False

    # --- counterexamples --------------------------------------------------------------------------------------------

    def counterexample(self, said: Term, k: int) -> Finding:
        """The finding that the values differ at a point."""
        point, right = self.points[k]
        found = self._said(said, k)
        exact = all(value is UNDEFINED or type(value) is fmpq for value in (found, right))
        if not exact or found == right or self.applied:
            return refuted(said, self.key, point, k)
        names = self.names | look_at(said, self.setting).names
        at = {name: str(number) for name, number in point.items() if name in names}
        return _refutation(ascii_text(said), self.text, at, (found, right))


def refuted(said: Term, key: Term, point: Point, seed: int) -> Finding:
    """The finding that two formulas have different values at a point; undecided if they have not."""
    place = place_at(point, seed)
    values = differ(said, key, place)
    if values is None:
        return Finding("undecided", "the values could not be told apart")
    names = numbers_of(said) | numbers_of(key)
    at = {name: str(number) for name, number in point.items() if name in names}
    at |= {text: str(value) for text, value in place.written.items()}
    return _refutation(ascii_text(said), ascii_text(key), at, values)


def _refutation(one: str, other: str, at: dict[str, str], values: tuple[Any, Any]) -> Finding:
    left, right = (value_text(value) for value in values)
    where = _where(at)
    shown = "it is not defined" if left == "undefined" else f"your answer is {left}"
    reason = f"{where} {shown}, but the right value is {right}"
    evidence = Evidence("counterexample", f"{one} == {other}", at, one, other, {"answer": left, "key": right}, detail=reason)
    return Finding("incorrect", reason, evidence)


def value_text(value: Any) -> str:
    """An exact value as text, or decimals that are certain."""
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, fmpq):
        text = str(value)
        if len(text) <= LONG:
            return text
    ball: arb = as_ball(value)
    return str(ball.str(12, radius=False))


def _value(term: Term, place: Place) -> Any:
    with precision(64):
        try:
            return evaluate(term, place)
        except Unknown:
            return None


def conditions(term: Term) -> list[Term]:
    """Where the term has a value: denominators are not zero, radicands not negative, arguments of logarithms positive."""
    found: list[Term] = []
    for node in subterms(term):
        one = _condition(node)
        if one is not None and one not in found:
            found.append(one)
    return found


def _condition(node: Term) -> Term | None:
    if node.head == "Div":
        bottom = node.args[1]
        return None if bottom.head == "Number" and bottom.args[0] else ne(bottom, ZERO)
    if node.head == "Sqrt":
        return _unless_number(Term("Le", (ZERO, node.args[0])), node.args[0])
    if node.head == "Log":
        return _unless_number(Term("Lt", (ZERO, node.args[0])), node.args[0])
    if node.head == "Pow" and node.args[1].head not in ("Symbol",):
        return _of_power(*node.args)
    return None


def _unless_number(condition: Term, argument: Term) -> Term | None:
    return None if argument.head == "Number" and argument.args[0] > 0 else condition


def _of_power(base: Term, exponent: Term) -> Term | None:
    if exponent.head == "Div" and exponent.args[0].head == exponent.args[1].head == "Number" and exponent.args[1].args[0]:
        exponent = number(exponent.args[0].args[0] / exponent.args[1].args[0])
    if exponent.head == "Number":
        value = exponent.args[0]
        if value.denominator == 1:
            return ne(base, ZERO) if value < 0 else None
        return Term("Le" if value > 0 else "Lt", (ZERO, base))
    negative = any(node.head == "Neg" for node in subterms(exponent)) or any(
        node.head == "Number" and node.args[0] < 0 for node in subterms(exponent)
    )
    return ne(base, ZERO) if negative and base.head not in ("Number", "Exp") else None
