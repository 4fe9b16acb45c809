"""Keys of ranges: a right range made ready for many answers, with what proves them right and the points that prove them wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

from flint import fmpq

from derivations.homework.deciding import whole
from derivations.homework.deciding.axes import along
from derivations.homework.deciding.balls import Unknown
from derivations.homework.deciding.bounds import same_bounds
from derivations.homework.deciding.ends import Cell, described
from derivations.homework.deciding.half_powers import has_halves, rooted
from derivations.homework.deciding.looks import APPLIED, applied_in
from derivations.homework.deciding.marks import Mark, Spots, places
from derivations.homework.deciding.points import holds, numbers_of, points
from derivations.homework.deciding.range_lines import Answer, Line
from derivations.homework.deciding.relations import NoRange, Relations, bounded, families
from derivations.homework.deciding.roots import proved_equal
from derivations.homework.deciding.setting import Setting, related
from derivations.homework.deciding.values import Place, place_at
from derivations.homework.verdicts import Evidence, Finding
from derivations.kernel.checkers.sign_table import sign_table
from derivations.kernel.errors import Refused
from derivations.kernel.regions import Regions, opened
from derivations.kernel.situation import Situation
from derivations.language.ascii import ascii_text
from derivations.language.terms import TRUE, Term, conj, free_symbols, iff, implies, subterms, symbol

MOST_GENERAL, MOST_MORE = 4, 20
MOST_CELLS = 4
MOST_BOUNDS = 20
MOST_TRIED = 200
_POWERS = tuple(map(Fraction, ("4", "8", "16", "1/4", "1/8", "32", "1/16")))
_SQUARES = tuple(map(Fraction, ("16", "64", "1/16", "1/64", "256", "1/256")))
_STARTS = (Fraction(2), Fraction(1, 2))
_PLAIN = tuple(fmpq(p, q) for p, q in ((1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (5, 1), (-5, 1), (1, 10), (50, 1), (0, 1)))


def heads_of(said: Term, setting: Setting) -> frozenset[str]:
    """The heads in an answer. Raises NoRange if it is too long, too deep, or has names that nobody declared."""
    found: frozenset[str] = setting.recent("heads", said, lambda: bounded(said, setting.table.variables))
    return found


class Key:
    """A right range made ready for many answers: numbers for the other variables, and the kernel's signs under the hypotheses."""

    def __init__(self, key: Term, setting: Setting, variable: str, others: Iterable[tuple[str, Term]] = ()) -> None:
        self.setting, self.variable = setting, variable
        self.given = [one for one in setting.hypotheses if _is_plain(one)]
        self._between: dict[Term, Regions] = {}
        self.relations = Relations(variable, families(setting.hypotheses), self._lemma)
        self.formula = rooted(self.relations.of(key))
        self.has_roots = any(node.head == "Sqrt" for node in subterms(self.formula))
        self.opened = opened(self.formula)
        self.text = ascii_text(self.formula)
        self.applied, self.symbols = applied_in(self.formula), numbers_of(self.formula)
        self.names = (variable,) if variable else tuple(sorted(free_symbols(self.formula)))
        self.related = related(self.symbols | set(self.names), setting.hypotheses)
        self.is_whole = bool(variable) and whole.is_whole(setting.table.variables.get(variable, "real"))
        self.about = [one for one in self.given if set(self.names) & free_symbols(one)]
        self.told = ascii_text(conj(*self.given)) if self.given else ""
        self.others = [(str(name), self.relations.of(formula)) for name, formula in others] if variable else []
        try:
            self.regions: Regions | None = Regions(setting.table, self.given, self.formula)
        except (Refused, ArithmeticError):
            self.regions = None
        self.restricted = [(name, domain) for name, domain in setting.table.variables.items() if domain != "real"]
        self.wanted = sorted(frozenset().union(*map(free_symbols, self.given), free_symbols(self.formula)))
        self.lines = self._lines([*self._powers(), *self._general(MOST_GENERAL)])
        self._more: list[Line] | None = None

    # --- preparing ----------------------------------------------------------------------------------------------------

    def _lines(self, found: Iterable[dict[str, Fraction]]) -> list[Line]:
        table = self.setting.table.variables
        others = points((name for name in table if name not in self.wanted), table, (), 1)
        lines = []
        for seed, point in enumerate(found):
            place = self._place({**(others[0] if others else {}), **point}, seed)
            for name in self.names or (min(table, default="x"),):
                line = self._line(name, place)
                if line is not None:
                    lines.append(line)
        return lines

    def _place(self, point: dict[str, Fraction], seed: int) -> Place:
        """One and the same for all keys, so that they share what an answer is along a line through it."""
        at = f"{seed}: {sorted(point.items())}"
        found: Place = self.setting.ready(at, TRUE, lambda *_: place_at(point, seed))
        return found

    def _general(self, count: int) -> list[dict[str, Fraction]]:
        return points(self.wanted, self.setting.table.variables, self.given, count)

    def _powers(self) -> list[dict[str, Fraction]]:
        """Two points of different powers of two, at which products and quotients are exact binary numbers."""
        free = [name for name in self.wanted if name not in self.names] or self.wanted
        rest = [name for name in self.wanted if name not in free]
        told = [one for one in self.given if not set(rest) & free_symbols(one)]
        found: list[dict[str, Fraction]] = []
        powers = _SQUARES if self.has_roots else _POWERS
        for start in (one**2 if self.has_roots else one for one in _STARTS):
            for tried, numbers in enumerate(permutations((start, *powers), len(free))):
                if tried >= MOST_TRIED or len(free) > len(powers):
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
        line = Line(name, place, key, domain, others)
        found = places(line.marks)
        if found is None:
            return None
        known = tuple({str(mark.at): mark.at for mark in line.marks if mark.exact}.values())
        spots = Spots([at for at, _ in found])
        return replace(line, known=known, spots=spots, table=line.truths(found, spots))

    def read(self, said: Term) -> Answer:
        """What is said; the same for all keys to one variable. Raises NoRange or Refused."""
        answer: Answer = self.setting.recent(f"range {self.variable}", said, lambda: self._read(said))
        foreign = answer.applied - self.applied
        if foreign:
            raise NoRange(f"what is {ascii_text(min(foreign, key=ascii_text))} here? The range should do without it")
        return answer

    def _read(self, said: Term) -> Answer:
        heads = heads_of(said, self.setting)
        formula = self.relations.of(said, heads)
        if "Sqrt" in heads or ("Pow" in heads and has_halves(formula)):
            formula = rooted(formula)
        known = heads if formula is said else None
        applied = applied_in(formula) if known is None or not APPLIED.isdisjoint(known) else frozenset()
        return Answer(formula, opened(formula, known), applied)

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
        return any(line.differs(answer) for line in self.lines[: len(self.names)])

    def finding(self, answer: Answer) -> Finding:
        compared = [line.compared(answer) for line in self.lines[: len(self.names)]]
        if any(cell.differs for cells in compared for cell in cells):
            wrong = self.foreign(answer) or self._wrong(answer, compared)
            if wrong is not None:
                return wrong
        rules = self.proved(answer)
        if rules:
            claim = f"Equivalent({ascii_text(answer.formula)}, {self.text})"
            claim = f"Implies({self.told}, {claim})" if self.told else claim
            evidence = Evidence("proof", claim, rules=rules, status="proved")
            return Finding("correct", "", evidence, 1.0, remarks=self._remarks(compared))
        if self._more is None:
            self._more = self._lines(self._general(MOST_MORE)[MOST_GENERAL:])
        wrong = self.foreign(answer) or self._wrong(answer, compared, self._more)
        if wrong is not None:
            return wrong
        if not all(compared):
            tried = self._tried(answer)
            if tried is not None:
                return Finding("incorrect", tried.detail, tried)
        if not any(compared):
            return Finding("undecided", "for which values this holds could not be worked out")
        return Finding(
            "undecided",
            "it agrees with the right range wherever it was tried, but that it always does could not be proved",
        )

    def _tried(self, answer: Answer) -> Evidence | None:
        """The counterexample at one of a few rooted numbers, for an answer of which it is not known where it changes."""
        for line in self.lines[:MOST_GENERAL]:
            here = [at for at in line.spots.at if not isinstance(at, Mark)]
            for number in (*here, *_PLAIN):
                evidence = self.evidence(line, Cell(number, False, True, None, None), answer)
                if evidence is not None:
                    return evidence
        return None

    def proved(self, answer: Answer) -> tuple[str, ...]:
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
                pass
            else:
                return ("sign-table",)
        rooted = self.has_roots or any(node.head == "Sqrt" for node in subterms(answer.opened))
        if rooted and proved_equal(self.setting, tuple(self.given), answer.opened, self.opened):
            return ("rewrite", "signs")
        if self.variable and same_bounds(answer.opened, self.opened, self.variable, self.setting):
            return ("identity", "signs")
        return ()

    def foreign(self, answer: Answer) -> Finding | None:
        """The finding on a range that depends on something else than the right one does."""
        said = numbers_of(answer.formula)
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
                evidence = self.evidence(line, cell, answer)
                if evidence is not None:
                    return self._refuted(evidence, answer, compared)
        return None

    def evidence(self, line: Line, cell: Cell, answer: Answer) -> Evidence | None:
        place = Place({**line.place.numbers, line.variable: cell.number}, line.place.seed, dict(line.place.given))
        if not all(whole.belongs(place.numbers[name], domain) for name, domain in self.restricted if name in place.numbers):
            return None
        mine, right = holds(answer.formula, place), holds(self.formula, place)
        if mine is None or right is None or mine == right or not all(holds(one, place) for one in self.given):
            return None
        at = {name: str(place.numbers[name]) for name in sorted(numbers_of(answer.formula) | self.symbols)}
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
            described(cells, [name for name, _ in line.others], self.variable)
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


def _is_plain(formula: Term) -> bool:
    """Whether it is made of relations, and of numbers alone."""
    if formula.head in ("And", "Or", "Not"):
        return all(_is_plain(arg) for arg in formula.args)
    return formula.head in ("Lt", "Le", "Gt", "Ge", "Eq", "Ne") and not applied_in(formula)
