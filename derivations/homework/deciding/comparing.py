"""Two formulas compared: equal for all values by the kernel, different at a point by exact numbers, or neither.

A right answer is equal to the key wherever the key has a value. One that has no value at single points where the key has one, as
x**2/x for x, is right with a remark: the points that a denominator excludes are no mistake in the value. One that is
equal to the key but has no value on a whole region, as sqrt(x)**2 for x, is left to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import arb, fmpq

from derivations.homework.deciding.balls import UNDEFINED, Unknown, as_ball, precision
from derivations.homework.deciding.existence import conditions
from derivations.homework.deciding.half_powers import without_halves
from derivations.homework.deciding.looks import Look, applied_in, look_at
from derivations.homework.deciding.points import differ, numbers_of, points, sign_between
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.values import Place, Point, evaluate, place_at
from derivations.homework.verdicts import Evidence, Finding
from derivations.kernel.errors import Refused
from derivations.kernel.rules.algebra import Identities
from derivations.language.ascii import ascii_text
from derivations.language.terms import Term, conj, eq

QUICK = 2  # points at which the values are compared before a proof is tried
MOST = 24
MOST_CONDITIONS = 50
LONG = 60  # letters of an exact value that is still shown


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


_PARTIAL = frozenset({"Div", "Pow"})
_OPENED = frozenset({"Expect", "Variance", "Sum"})


class Comparison:
    """A right value made ready for many answers: points with its values there, and the kernel's algebra under the hypotheses."""

    def __init__(self, key: Term, setting: Setting) -> None:
        self.key, self.setting = key, setting
        self.plain = without_halves(key)
        self.conditions = tuple(conditions(key))
        self.text, self.given = ascii_text(key), ascii_text(conj(*self.conditions))
        self.applied = applied_in(key)
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
        for k in range(min(QUICK, len(self.points))):  # noqa: SIM110
            if self._at(said, k) == "different":
                return True
        return False

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
        if type(found) is type(right) is fmpq:
            return "equal" if found == right else "different"
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


