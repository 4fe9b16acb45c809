"""Ranges and regions: an answer is right if the kernel proves that it holds exactly where the key does, under the hypotheses.

It is wrong if there is a point at which just one of the two holds. A relation with an undefined side does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from derivations.homework.deciding.axes import Axis, along, places
from derivations.homework.deciding.ends import Cell, Difference, described
from derivations.homework.deciding.points import holds, points
from derivations.homework.deciding.relations import NoRange, Relations, bounded, concluded, families
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.values import Place, Unknown, place_at
from derivations.homework.keys import Part
from derivations.homework.verdicts import Evidence, Finding
from derivations.kernel.checkers.sign_table import sign_table
from derivations.kernel.errors import Refused
from derivations.kernel.regions import CASES, Regions, opened
from derivations.kernel.situation import Situation
from derivations.language.ascii import ascii_text
from derivations.language.errors import Malformed
from derivations.language.terms import Term, conj, free_symbols, iff, subterms, symbol

MOST_NICE, MOST_GENERAL = 3, 4
MOST_TRIED = 200
_NICE = (1, 2, 4)
_APPLIED = frozenset({"Apply", "Derivative", "Expect", "Variance"})


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on a range."""
    if not isinstance(part.key, Term):
        raise Malformed("a key of this kind is a formula")
    variable = str(part.settings.get("variable", ""))
    key: Key = setting.ready(f"range {variable}", part.key, lambda term, whole: Key(term, whole, variable))
    try:
        bounded(said, setting.table.variables)
        answer = key.read(said)
    except NoRange as trouble:
        return Finding("undecided", trouble.message)
    except Refused:
        return Finding("undecided", "this could not be read as a range")
    finding = key.finding(answer, part)
    if finding.verdict == "correct":
        return finding
    for form in part.accept:
        other: Key = setting.ready(f"range {variable}", form, lambda term, whole: Key(term, whole, variable))
        if not other.differs_at_once(answer):
            found = other.finding(answer, part)
            if found.verdict == "correct":
                remark = f"the expected answer is {key.text}; yours is accepted as well"
                return replace(found, remarks=(*found.remarks, remark))
    return finding


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, as relations, and the same without absolute values and negations; ``text`` is the former in ASCII."""

    formula: Term
    opened: Term


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers for all variables but one, and along it the key and the hypotheses about it."""

    variable: str
    point: dict[str, Fraction]
    place: Place
    key: Axis
    domain: Axis


class Key:
    """A right range made ready for many answers."""

    def __init__(self, key: Term, setting: Setting, variable: str) -> None:
        self.setting, self.variable = setting, variable
        self.relations = Relations(variable, families(setting.hypotheses), self._lemma)
        self.formula = self.relations.of(key)
        self.opened = opened(self.formula)
        self.text = ascii_text(self.formula)
        self.applied = _applied(self.formula)
        self.names = (variable,) if variable else tuple(sorted(free_symbols(self.formula)))
        self.about = [one for one in setting.hypotheses if set(self.names) & free_symbols(one) and _is_plain(one)]
        self.given = [one for one in setting.hypotheses if _is_plain(one)]
        try:
            self.regions: Regions | None = Regions(setting.table, self.given, self.formula)
        except (Refused, ArithmeticError):
            self.regions = None
        self.lines = self._lines()
        self.general = [line for line, nice in self.lines if not nice]
        self.ordered = [line for line, nice in self.lines if nice] + self.general

    # --- preparing ----------------------------------------------------------------------------------------------------

    def _lines(self) -> list[tuple[Line, bool]]:
        """Lines through general points, and through points of small numbers (told by True)."""
        table = self.setting.table.variables
        wanted = frozenset().union(*map(free_symbols, self.given), free_symbols(self.formula))
        general = points(wanted, table, self.given, MOST_GENERAL)
        nice = self._nice(sorted(wanted))
        others = points((name for name in table if name not in wanted), table, (), 1)
        found = []
        for k, (point, is_nice) in enumerate([(one, False) for one in general] + [(one, True) for one in nice]):
            whole = {**(others[0] if others else {}), **point}
            for name in self.names or (min(table, default="x"),):
                line = self._line(name, whole, k)
                if line is not None:
                    found.append((line, is_nice))
        return found

    def _nice(self, names: list[str]) -> list[dict[str, Fraction]]:
        """Points of powers of two."""
        found: list[dict[str, Fraction]] = []
        for tried, numbers in enumerate(product(_NICE, repeat=min(len(names), 5))):
            point = dict(zip(names, map(Fraction, numbers), strict=False))
            point |= {name: Fraction(1) for name in names[5:]}
            if tried >= MOST_TRIED or len(found) >= MOST_NICE:
                break
            if all(holds(one, place_at(point)) for one in self.given if not set(self.names) & free_symbols(one)):
                found.append(point)
        return found

    def _line(self, name: str, point: dict[str, Fraction], seed: int) -> Line | None:
        place = place_at(point, seed)
        about = [one for one in self.given if name in free_symbols(one)]
        try:
            return Line(name, point, place, along(self.opened, name, place), along(opened(conj(*about)), name, place))
        except (Unknown, Refused):
            return None

    def read(self, said: Term) -> Answer:
        """What is said. Raises NoRange or Refused."""
        formula = self.relations.of(said)
        foreign = _applied(formula) - self.applied
        if foreign:
            raise NoRange(f"what is {ascii_text(min(foreign, key=ascii_text))} here? The range should do without it")
        return Answer(formula, opened(formula))

    def _lemma(self, shown: Term, ends: Term, bounds: Term) -> bool:
        if self.regions is None:
            return False
        try:
            self.regions.require(shown, (ends, bounds))
        except (Refused, ArithmeticError):
            return False
        return True

    # --- deciding -----------------------------------------------------------------------------------------------------

    def differs_at_once(self, answer: Answer) -> bool:
        """Whether the two differ along the first line."""
        return any(self._cells_that_differ(line, answer) for line in self.general[: len(self.names)])

    def finding(self, answer: Answer, part: Part) -> Finding:
        first = self.general[: len(self.names)] or self.ordered[:1]
        if any(self._cells_that_differ(line, answer) for line in first):
            wrong = self._wrong(answer, part)
            if wrong is not None:
                return wrong
        rules = self._proved(answer)
        if rules:
            claim = f"Equivalent({ascii_text(answer.formula)}, {self.text})"
            if self.given:
                claim = f"Implies({ascii_text(conj(*self.given))}, {claim})"
            evidence = Evidence("proof", claim, rules=rules, status="proved")
            return Finding("correct", "", evidence, 1.0, remarks=self._remarks(answer, first))
        return self._wrong(answer, part) or Finding(
            "undecided", "it agrees with the right range wherever it was tried, but that it always does could not be proved"
        )

    def _proved(self, answer: Answer) -> tuple[str, ...]:
        """The rules that show the two to be equivalent; none if nothing does."""
        if self.regions is not None:
            try:
                self.regions.require_equal(answer.opened)
            except (Refused, ArithmeticError):
                pass
            else:
                return ("signs",)
        if self.variable:
            witness = {"variable": symbol(self.variable)}
            claim = iff(answer.opened, self.opened)
            try:
                sign_table(Situation(self.setting.table, claim, tuple(self.given), witness, (), frozenset()))
            except (Refused, ArithmeticError, LookupError):
                return ()
            return ("sign-table",)
        return ()

    def _cells(self, line: Line, answer: Answer, others: Iterable[tuple[str, Axis]] = ()) -> list[Cell]:
        """The parts of a line on which nothing changes; none where that cannot be told."""
        try:
            axis = along(answer.opened, line.variable, line.place)
        except (Unknown, ArithmeticError):
            return []
        marks = [mark for _, other in others for mark in other.marks]
        spots = places((*line.key.marks, *line.domain.marks, *axis.marks, *marks))
        if spots is None:
            return []
        return [
            Cell(at, is_mark, line.domain.truth(at), line.key.truth(at), axis.truth(at)) for at, is_mark in spots
        ]

    def _cells_that_differ(self, line: Line, answer: Answer) -> list[Cell]:
        return [cell for cell in self._cells(line, answer) if cell.differs]

    # --- wrong answers ------------------------------------------------------------------------------------------------

    def _wrong(self, answer: Answer, part: Part) -> Finding | None:
        """The finding with the plainest point at which just one of the two holds; None if there is none."""
        for line in self.ordered:
            cells = sorted(self._cells_that_differ(line, answer), key=lambda cell: cell.size)
            for cell in cells:
                evidence = self._evidence(line, cell, answer)
                if evidence is not None:
                    return self._refuted(evidence, answer, part)
        return None

    def _evidence(self, line: Line, cell: Cell, answer: Answer) -> Evidence | None:
        if not cell.exact:
            return None
        place = Place({**line.place.numbers, line.variable: cell.number}, line.place.seed, dict(line.place.given))
        mine, right = holds(answer.formula, place), holds(self.formula, place)
        if mine is None or right is None or mine == right or not all(holds(one, place) for one in self.given):
            return None
        names = free_symbols(answer.formula) | free_symbols(self.formula)
        at = {name: str(number) for name, number in sorted(place.numbers.items()) if name in names}
        at |= {text: str(value) for text, value in place.written.items()}
        said = ascii_text(answer.formula)
        where = ", ".join(f"{name} = {value}" for name, value in at.items())
        detail = (
            f"at {where} your range holds, but the right one does not"
            if mine
            else f"{where} belongs to the right range, but not to yours"
        )
        claim = f"Equivalent({said}, {self.text})"
        values = {"answer": str(mine), "key": str(right)}
        return Evidence("counterexample", claim, at, said, self.text, values, detail=detail)

    def _refuted(self, evidence: Evidence, answer: Answer, part: Part) -> Finding:
        found: list[Difference] = []
        for line in self.general[: 2 * len(self.names)]:
            others = self._others(line, part) if self.variable else []
            cells = self._cells(line, answer, others)
            if cells:
                found.append(described(cells, others, self.variable))
        names = {one.name for one in found}
        if len(self.names) == 1 and found and len(names) == 1:
            return Finding("incorrect", f"{found[0].say}: {evidence.detail}", evidence, misconception=found[0].name)
        sides = {one.name for one in found if one.name in ("superset", "subset", "empty", "everything")}
        if len(sides) == 1 and len(names - {""}) == 1:
            one = next(one for one in found if one.name in sides)
            return Finding("incorrect", f"{one.say}: {evidence.detail}", evidence, misconception=one.name)
        return Finding("incorrect", evidence.detail, evidence)

    def _others(self, line: Line, part: Part) -> list[tuple[str, Axis]]:
        """The other regimes along the line."""
        found = []
        for name, formula in part.settings.get("others", ()):
            try:
                found.append((str(name), along(opened(self.relations.of(formula)), line.variable, line.place)))
            except (Unknown, Refused, NoRange):
                continue
        return found

    # --- right answers ------------------------------------------------------------------------------------------------

    def _remarks(self, answer: Answer, lines: list[Line]) -> tuple[str, ...]:
        """What an answer leaves unsaid, or takes in, of the hypotheses about the variable."""
        if not self.about or not self.variable or not lines:
            return ()
        beyond = [cell for cell in self._cells(lines[0], answer) if cell.inside is False and cell.mine and not cell.right]
        if not beyond:
            return ()
        told = " and ".join(ascii_text(one) for one in self.about)
        if all(cell.is_mark and cell.exact for cell in beyond):
            return (f"{self.variable} = {beyond[0].number} does not count: the task has {told}",)
        return (f"it goes without saying here that {told}; better say it",)


def _applied(formula: Term) -> frozenset[Term]:
    return frozenset(node for node in subterms(formula) if node.head in _APPLIED)


def _is_plain(formula: Term) -> bool:
    """Whether it is made of relations, and of numbers alone."""
    if formula.head in ("And", "Or", "Not"):
        return all(_is_plain(arg) for arg in formula.args)
    return formula.head in ("Lt", "Le", "Gt", "Ge", "Eq", "Ne") and not _applied(formula)


__all__ = ["CASES", "Answer", "Key", "concluded", "decide"]
