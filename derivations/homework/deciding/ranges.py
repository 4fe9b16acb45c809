"""Ranges and regions: an answer is right if the kernel proves that it holds exactly where the key does, under the hypotheses.

It is wrong if there is a point at which just one of the two holds. A relation with an undefined side does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import permutations
from typing import Any

from derivations.homework.deciding.axes import Axis, along
from derivations.homework.deciding.ends import Cell, described
from derivations.homework.deciding.marks import Mark, places
from derivations.homework.deciding.points import holds, points
from derivations.homework.deciding.relations import NoRange, Relations, bounded, families, is_pair, with_ends
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.values import Place, Unknown, place_at
from derivations.homework.keys import Part
from derivations.homework.verdicts import Evidence, Finding
from derivations.kernel.checkers.sign_table import sign_table
from derivations.kernel.errors import Refused
from derivations.kernel.regions import Regions, opened
from derivations.kernel.situation import Situation
from derivations.language.ascii import ascii_text
from derivations.language.errors import Malformed
from derivations.language.terms import TRUE, Term, conj, free_symbols, iff, implies, subterms, symbol

MOST_GENERAL, MOST_MORE = 4, 20
MOST_CELLS = 4
MOST_BOUNDS = 20
MOST_TRIED = 200
_POWERS = tuple(map(Fraction, ("4", "8", "16", "1/4", "1/8", "32", "1/16")))
_STARTS = (Fraction(2), Fraction(1, 2))
_APPLIED = frozenset({"Apply", "Derivative", "Expect", "Variance"})


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on a range."""
    if not isinstance(part.key, Term):
        raise Malformed("a key of this kind is a formula")
    key = _ready(part, part.key, setting)
    try:
        heads = bounded(said, setting.table.variables)
        if "Tuple" in heads and any(is_pair(node) for node in subterms(said)):
            return _either(part, said, setting)
        answer = key.read(said, heads)
    except NoRange as trouble:
        return Finding("undecided", trouble.message)
    except Refused:
        return Finding("undecided", "this could not be read as a range")
    finding = key.finding(answer)
    if finding.verdict == "correct":
        return finding
    if key.variable and finding.misconception == "empty" and answer.formula.head == "And":
        listed = _as_cases(key, answer)
        if listed is not None:
            return listed
    for form in part.accept:
        other = _ready(part, form, setting)
        if not other.differs_at_once(answer):
            found = other.finding(answer)
            if found.verdict == "correct":
                remark = f"the expected answer is {key.text}; yours is accepted as well"
                return replace(found, remarks=(*found.remarks, remark))
    return finding


def _as_cases(key: Key, answer: Answer) -> Finding | None:
    """The finding on "x = a and x > a" as a list of cases, if that is right: together the two say nothing."""
    if not any(arg.head == "Eq" for arg in answer.formula.args):
        return None
    cases = Term("Or", answer.formula.args)
    found = key.finding(Answer(cases, opened(cases)))
    if found.verdict != "correct":
        return None
    return replace(found, remarks=(*found.remarks, "your conditions were read as cases, with an or between them"))


def _ready(part: Part, form: Term, setting: Setting) -> Key:
    variable, others = str(part.settings.get("variable", "")), part.settings.get("others", ())
    found: Key = setting.ready(f"range {variable}", form, lambda term, whole: Key(term, whole, variable, others))
    return found


def _either(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on a pair of ends, if it does not matter whether they belong to the range."""
    findings = [decide(part, with_ends(said, ends), setting) for ends in ("open", "closed")]
    if findings[0].verdict == findings[1].verdict:
        return findings[0]
    return Finding("undecided", "do the ends belong to this range? It is not clear from how it is written")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, as relations; and the same without absolute values and negations."""

    formula: Term
    opened: Term


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers for all variables but one, and along it the key, the hypotheses about it, and the other regimes."""

    variable: str
    place: Place
    key: Axis
    domain: Axis
    others: tuple[tuple[str, Axis], ...]
    known: frozenset[Any]  # the exact marks
    cells: tuple[tuple[Any, bool, bool | None, bool | None], ...]  # places, whether marks, truth of hypotheses and key

    def compared(self, answer: Answer) -> list[Cell]:
        """The parts of the line on which nothing changes; none where that cannot be told."""
        try:
            axis = along(answer.opened, self.variable, self.place)
        except (Unknown, ArithmeticError):
            return []
        truth = axis.truth
        if all(mark.exact and mark.at in self.known for mark in axis.marks):
            return [Cell(at, is_mark, inside, right, truth(at)) for at, is_mark, inside, right in self.cells]
        spots = places((*self.marks, *axis.marks))
        if spots is None:
            return []
        return [Cell(at, is_mark, self.domain.truth(at), self.key.truth(at), truth(at)) for at, is_mark in spots]

    @property
    def marks(self) -> tuple[Mark, ...]:
        return (*self.key.marks, *self.domain.marks, *(mark for _, other in self.others for mark in other.marks))


class Key:
    """A right range made ready for many answers: numbers for the other variables, and the kernel's signs under the hypotheses."""

    def __init__(self, key: Term, setting: Setting, variable: str, others: Iterable[tuple[str, Term]] = ()) -> None:
        self.setting, self.variable = setting, variable
        self.given = [one for one in setting.hypotheses if _is_plain(one)]
        self._between: dict[Term, Regions] = {}
        self.relations = Relations(variable, families(setting.hypotheses), self._lemma)
        self.formula = self.relations.of(key)
        self.opened = opened(self.formula)
        self.text = ascii_text(self.formula)
        self.applied, self.symbols = _applied(self.formula), _symbols(self.formula)
        self.names = (variable,) if variable else tuple(sorted(free_symbols(self.formula)))
        self.related = _related(self.symbols | set(self.names), setting.hypotheses)
        self.about = [one for one in self.given if set(self.names) & free_symbols(one)]
        self.told = ascii_text(conj(*self.given)) if self.given else ""
        self.others = [(str(name), self.relations.of(formula)) for name, formula in others] if variable else []
        try:
            self.regions: Regions | None = Regions(setting.table, self.given, self.formula)
        except (Refused, ArithmeticError):
            self.regions = None
        self.wanted = sorted(frozenset().union(*map(free_symbols, self.given), free_symbols(self.formula)))
        self.lines = self._lines([*self._powers(), *self._general(MOST_GENERAL)])
        self._more: list[Line] | None = None

    # --- preparing ----------------------------------------------------------------------------------------------------

    def _lines(self, found: Iterable[dict[str, Fraction]]) -> list[Line]:
        table = self.setting.table.variables
        others = points((name for name in table if name not in self.wanted), table, (), 1)
        lines = []
        for seed, point in enumerate(found):
            place = place_at({**(others[0] if others else {}), **point}, seed)
            for name in self.names or (min(table, default="x"),):
                line = self._line(name, place)
                if line is not None:
                    lines.append(line)
        return lines

    def _general(self, count: int) -> list[dict[str, Fraction]]:
        return points(self.wanted, self.setting.table.variables, self.given, count)

    def _powers(self) -> list[dict[str, Fraction]]:
        """Two points of different powers of two, at which products and quotients are exact binary numbers."""
        free = [name for name in self.wanted if name not in self.names] or self.wanted
        rest = [name for name in self.wanted if name not in free]
        told = [one for one in self.given if not set(rest) & free_symbols(one)]
        found: list[dict[str, Fraction]] = []
        for start in _STARTS:
            for tried, numbers in enumerate(permutations((start, *_POWERS), len(free))):
                if tried >= MOST_TRIED or len(free) > len(_POWERS):
                    break
                point = dict(zip(free, numbers, strict=True)) | dict.fromkeys(rest, Fraction(1))
                if all(holds(one, place_at(point)) for one in told):
                    found.append(point)
                    break
        return found

    def _line(self, name: str, place: Place) -> Line | None:
        about = [one for one in self.given if name in free_symbols(one)]
        try:
            key, domain = along(self.opened, name, place), along(opened(conj(*about)), name, place)
            others = tuple((title, along(opened(formula), name, place)) for title, formula in self.others)
        except (Unknown, Refused):
            return None
        line = Line(name, place, key, domain, others, frozenset(), ())
        spots = places(line.marks)
        if spots is None:
            return None
        known = frozenset(mark.at for mark in line.marks if mark.exact)
        return replace(
            line, known=known, cells=tuple((at, mark, domain.truth(at), key.truth(at)) for at, mark in spots)
        )

    def read(self, said: Term, heads: set[str]) -> Answer:
        """What is said. Raises NoRange or Refused."""
        formula = self.relations.of(said, heads)
        known = heads if formula is said else None
        if known is None or not _APPLIED.isdisjoint(known):
            foreign = _applied(formula) - self.applied
            if foreign:
                raise NoRange(
                    f"what is {ascii_text(min(foreign, key=ascii_text))} here? The range should do without it"
                )
        return Answer(formula, opened(formula, known))

    def _lemma(self, shown: Term, ends: Term, bounds: Term) -> bool:
        """Whether what holds at the ends holds for all between them."""
        try:
            regions = self._between.get(bounds)
            if regions is None:
                if len(self._between) >= MOST_BOUNDS:
                    return False
                regions = self._between[bounds] = Regions(self.setting.table, (*self.given, bounds), TRUE)
            regions.require_equal(opened(implies(ends, shown)))
        except (Refused, ArithmeticError):
            return False
        return True

    # --- deciding -----------------------------------------------------------------------------------------------------

    def differs_at_once(self, answer: Answer) -> bool:
        """Whether the two differ along the first lines."""
        return any(cell.differs for line in self.lines[: len(self.names)] for cell in line.compared(answer))

    def finding(self, answer: Answer) -> Finding:
        compared = [line.compared(answer) for line in self.lines[: len(self.names)]]
        if any(cell.differs for cells in compared for cell in cells):
            wrong = self._foreign(answer) or self._wrong(answer, compared)
            if wrong is not None:
                return wrong
        rules = self._proved(answer)
        if rules:
            claim = f"Equivalent({ascii_text(answer.formula)}, {self.text})"
            claim = f"Implies({self.told}, {claim})" if self.told else claim
            evidence = Evidence("proof", claim, rules=rules, status="proved")
            return Finding("correct", "", evidence, 1.0, remarks=self._remarks(compared))
        if self._more is None:
            self._more = self._lines(self._general(MOST_MORE)[MOST_GENERAL:])
        wrong = self._foreign(answer) or self._wrong(answer, compared, self._more)
        if wrong is not None:
            return wrong
        if not any(compared):
            return Finding("undecided", "for which values this holds could not be worked out")
        return Finding(
            "undecided",
            "it agrees with the right range wherever it was tried, but that it always does could not be proved",
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

    def _foreign(self, answer: Answer) -> Finding | None:
        """The finding on a range that depends on something else than the right one does."""
        said = _symbols(answer.formula)
        if self.variable and said and self.variable not in said:
            return Finding("undecided", f"this says nothing about {self.variable}")
        strange = said - self.related
        if strange:
            return Finding("undecided", f"what is {min(strange)} here? The right range does not depend on it")
        return None

    # --- wrong answers ------------------------------------------------------------------------------------------------

    def _wrong(self, answer: Answer, compared: list[list[Cell]], more: Iterable[Line] = ()) -> Finding | None:
        """The finding with the plainest point at which just one of the two holds; None if there is none."""
        for k, line in enumerate((*self.lines, *more)):
            if k >= len(compared):
                compared.append(line.compared(answer))
            differing = [cell for cell in compared[k] if cell.differs and cell.exact]
            for cell in sorted(differing, key=lambda cell: cell.size)[:MOST_CELLS]:
                evidence = self._evidence(line, cell, answer)
                if evidence is not None:
                    return self._refuted(evidence, answer, compared)
        return None

    def _evidence(self, line: Line, cell: Cell, answer: Answer) -> Evidence | None:
        place = Place({**line.place.numbers, line.variable: cell.number}, line.place.seed, dict(line.place.given))
        mine, right = holds(answer.formula, place), holds(self.formula, place)
        if mine is None or right is None or mine == right or not all(holds(one, place) for one in self.given):
            return None
        at = {name: str(place.numbers[name]) for name in sorted(_symbols(answer.formula) | self.symbols)}
        at |= {text: str(value) for text, value in place.written.items()}
        said = ascii_text(answer.formula)
        where = ", ".join(f"{name} = {value}" for name, value in at.items())
        detail = f"{where} belongs to the right range, but not to yours"
        if mine:
            detail = f"at {where} your range holds, but the right one does not"
        claim = f"Equivalent({said}, {self.text})"
        values = {"answer": str(mine), "key": str(right)}
        return Evidence("counterexample", claim, at, said, self.text, values, detail=detail)

    def _refuted(self, evidence: Evidence, answer: Answer, compared: list[list[Cell]]) -> Finding:
        """The finding with the name of the mistake, if all lines that are looked at agree on it."""
        count = 2 * len(self.names)
        compared += [line.compared(answer) for line in self.lines[len(compared) : count]]
        found = [
            described(cells, line.others, self.variable)
            for line, cells in zip(self.lines[:count], compared, strict=False)
            if cells and any(cell.inside for cell in cells)
        ]
        names = {one.say if one.name == "factor-two" else one.name for one in found}
        if len(self.names) > 1:
            names.discard("")
            found = [one for one in found if one.name in ("superset", "subset", "empty", "everything")]
        if len(names) == 1 and found:
            return Finding("incorrect", f"{found[0].say}; {evidence.detail}", evidence, misconception=found[0].name)
        return Finding("incorrect", evidence.detail, evidence)

    # --- right answers ------------------------------------------------------------------------------------------------

    def _remarks(self, compared: list[list[Cell]]) -> tuple[str, ...]:
        """What an answer leaves unsaid, or takes in, of the hypotheses about the variable."""
        if not self.about or not self.variable or not compared:
            return ()
        beyond = [cell for cell in compared[0] if cell.inside is False and cell.mine and not cell.right]
        if not beyond:
            return ()
        told = " and ".join(ascii_text(one) for one in self.about)
        if all(cell.is_mark and cell.exact for cell in beyond):
            return (f"{self.variable} = {beyond[0].number} does not count: the task has {told}",)
        return (f"it goes without saying here that {told}; better say it",)


def _symbols(formula: Term) -> set[str]:
    """The variables of a formula that binds none."""
    return {node.args[0] for node in subterms(formula) if node.head == "Symbol"}


def _related(names: set[str], hypotheses: Iterable[Term]) -> set[str]:
    """The names, and those that hypotheses connect with them."""
    found, groups = set(names), [free_symbols(one) for one in hypotheses]
    for _ in groups:
        found = found.union(*(group for group in groups if group & found))
    return found


def _applied(formula: Term) -> frozenset[Term]:
    return frozenset(node for node in subterms(formula) if node.head in _APPLIED)


def _is_plain(formula: Term) -> bool:
    """Whether it is made of relations, and of numbers alone."""
    if formula.head in ("And", "Or", "Not"):
        return all(_is_plain(arg) for arg in formula.args)
    return formula.head in ("Lt", "Le", "Gt", "Ge", "Eq", "Ne") and not _applied(formula)


__all__ = ["decide"]
