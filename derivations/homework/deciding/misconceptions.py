"""Misconceptions: a refuted answer is compared with what usual slips make of the key; one that is proved equal names the mistake.

The slips on a task's key are prepared once, with their values at a few points. An answer whose values agree with those of a slip is
handed to the decider of its kind with the slip in the key's place: only a proof names a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from flint import fmpq

from derivations.homework.deciding import samples
from derivations.homework.deciding.collection_slips import collection_slips
from derivations.homework.deciding.kinds import MODULES, decide
from derivations.homework.deciding.range_slips import range_slips
from derivations.homework.deciding.ranges import differs_at_once
from derivations.homework.deciding.samples import Number, alike
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.slip_values import (
    FORMULAS,
    Prepared,
    agree,
    likely_slips,
    line_through,
    one_later,
    truths_at,
    values_at,
)
from derivations.homework.deciding.slips import (
    RANK,
    Slipped,
    equation_slips,
    expression_slips,
    other_of_power_and_exponential,
)
from derivations.homework.deciding.values import Place, place_at
from derivations.homework.keys import Part, TaskKey
from derivations.homework.verdicts import Finding
from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.language.terms import RELATIONS, Term, add, free_symbols, substitute

Decide = Callable[[Part, Term, Setting], Finding]

MAX_PROOFS = 3  # that are tried for one answer
POINTS = 2
_EXPRESSIONS = frozenset({"expression", "number", "leading-term", "asymptotic"})
_WEAK = frozenset({"no-lower-end", "missing-side", "reversed", "complement"})
_TELLING = frozenset({"end-included", "end-missing", "factor-two", "missing-half", "other-regime", "contains-other-regime"})
_COLLECTIONS = frozenset({"matrix", "list", "set"})
_RANGES = frozenset({"range", "member"})

ADVICE: Mapping[str, str] = {
    "factor-two": "Look for a factor of two in your calculation.",
    "missing-half": "Look for a factor 1/2 that got lost.",
    "sign": "Check the signs.",
    "off-by-one-step": "Check how the steps are counted: the start is step 0.",
    "asymptotic-as-exact": "Say which one you give, and when the two agree.",
    "other-regime": "Check which behaviour is asked for.",
    "contains-other-regime": "Check for which part of this range the behaviour is another one.",
    "complement": "Check which way the question asks.",
    "end-included": "Put the value at the end in, and see what happens there.",
    "end-missing": "Put the value at the end in, and see what happens there.",
    "squared": "Check the powers.",
    "missing-root": "Check the powers and roots.",
    "reciprocal": "Check what stands below the fraction bar; the units help.",
    "missing-batch-size": "Ask what happens for larger batches.",
    "missing-factor": "Check the units, or a limiting case.",
    "missing-term": "Check each term of the sum.",
    "smallest-for-largest": "Ask which direction is the first to go wrong.",
    "no-lower-end": "Say where the range begins, too.",
    "missing-side": "Say both where the range begins and where it ends.",
    "reversed": "Try a value that satisfies your inequality.",
    "swapped": "Check which is which.",
    "transposed": "Rows come first.",
}
OTHERS: Mapping[str, str] = {
    "superset": "the range is too large, in none of the ways above",
    "subset": "the range is too small, in none of the ways above",
    "disjoint": "the range has nothing in common with the right one",
    "empty": "nothing satisfies what is given as the range",
    "everything": "everything satisfies what is given as the range",
    "multiplicity": "an element of a set is given too often, or not often enough",
}
NAMES = frozenset(ADVICE) | frozenset(OTHERS)  # of the mistakes that a rubric may speak of


_EXACT = frozenset([
    "factor-two", "end-included", "end-missing", "no-lower-end", "other-regime", "contains-other-regime", "reciprocal", "reversed",
])  # fmt: skip


class Misconceptions:
    """The mistakes that are known for a task, prepared once for all answers to it."""

    def __init__(self, task: TaskKey, setting: Setting, decide: Decide = decide) -> None:
        self.task, self.setting, self._decide = task, setting, decide
        self._prepared: dict[int, Prepared] = {}

    def find(self, part: Part, said: Term, finding: Finding) -> Finding:
        """The finding on a refuted answer with the mistake's name, a sentence about it, and what the rubric gives for it."""
        if finding.verdict not in ("incorrect", "partial"):
            return finding
        named = finding.misconception in _EXACT  # the range's decider has found it already
        slip = self._slip(part, said) if not named and part.kind in MODULES and samples.is_small(said) else None
        if slip is not None and slip.name != finding.misconception:
            finding = replace(finding, misconception=slip.name, reason=sentence(slip))
        return self._credited(part, said, finding)

    # --- what the rubric says -------------------------------------------------------------------------------------

    def _credited(self, part: Part, said: Term, finding: Finding) -> Finding:
        """An entry holds for the mistake that it names (``when``), or for an answer that is equal to its ``form``."""
        for entry in self.task.rubric:
            if not self._holds(entry, part, said, finding):
                continue
            credit = max(finding.credit, min(1.0, float(entry.get("points", 0)) / self._points(part)))
            verdict = "partial" if credit > 0 else finding.verdict
            reason = str(entry.get("say") or finding.reason)
            return replace(finding, verdict=verdict, credit=credit, reason=reason)
        return finding

    def _holds(self, entry: Mapping[str, Any], part: Part, said: Term, finding: Finding) -> bool:
        if entry.get("part", part.name) != part.name or not (entry.get("when") or entry.get("form")):
            return False
        name = str(entry.get("when", ""))
        if name and name != finding.misconception and not self._is_also(name, part, said, finding):
            return False
        form = entry.get("form")
        return not isinstance(form, Term) or self._equal(part, said, Slipped("", form, ""))

    def _is_also(self, name: str, part: Part, said: Term, finding: Finding) -> bool:
        """Whether a range is a mistake of this name, too: twice the right bound may take in just another regime."""
        if part.kind not in _RANGES or not samples.is_small(said) or finding.misconception in ("end-included", "end-missing"):
            return False
        slips = [slip for slip, _ in self._likely_range(part, self._ready(part), said) if slip.name == name]
        return any(self._equal(part, said, slip) for slip in slips[:MAX_PROOFS])

    def _points(self, part: Part) -> float:
        """The points that the part is worth."""
        whole = sum(one.weight for one in self.task.parts) or 1.0
        return self.task.points * part.weight / whole or 1.0

    # --- which slip it is -----------------------------------------------------------------------------------------

    def _slip(self, part: Part, said: Term) -> Slipped | None:
        prepared = self._ready(part)
        if part.kind in _RANGES:
            likely: Iterable[tuple[Slipped, Term]] = self._likely_range(part, prepared, said)
        else:
            likely = likely_slips(part.kind, prepared, said)
        for slip, side in islice(likely, MAX_PROOFS):
            if part.kind in _EXPRESSIONS and self._same(side, slip.term):
                return slip
            if self._equal(part, said, slip):
                return slip
        return self._solved(part, prepared, said) if part.kind in _EXPRESSIONS else None

    def _ready(self, part: Part) -> Prepared:
        prepared = self._prepared.get(id(part))
        if prepared is None:
            prepared = self._prepared[id(part)] = self._prepare(part)
        return prepared

    def _same(self, one: Term, other: Term) -> bool:
        """Whether two expressions are the same rational function of their parts, equal wherever both are defined."""
        try:
            algebra = Algebra(self.setting.table, (one, other))
            return algebra.is_zero(algebra.difference(one, other))
        except Refused:
            return False

    def _equal(self, part: Part, said: Term, slip: Slipped) -> bool:
        """Whether the decider proves that the answer is what the slip leads to."""
        kind = "expression" if part.kind in _EXPRESSIONS else "up-to-scale" if part.kind in FORMULAS else part.kind
        said = one_later(said, slip.later)
        settings = {name: value for name, value in part.settings.items() if name not in ("others", "tolerance")}
        wrong = Part(kind, slip.term, part.name, part.weight, (), part.subjects, settings)
        if kind == "range" and differs_at_once(wrong, said, self.setting):
            return False
        return self._decide(wrong, said, self.setting).verdict == "correct"

    def _prepare(self, part: Part) -> Prepared:
        if not isinstance(part.key, Term) or not samples.is_small(part.key):
            return Prepared([])
        table = self.setting.table
        if part.kind in _RANGES:
            return self._prepare_range(part, part.key)
        if part.kind in _COLLECTIONS:
            slips = collection_slips(part.key, table)
        elif part.kind == "equation" and part.key.head == "Eq":
            slips = equation_slips(part.key, table)
        elif part.kind in _EXPRESSIONS | FORMULAS:
            slips = [slip for base in self._bases(part, part.key) for slip in expression_slips(base, table)]
            slips.sort(key=lambda slip: RANK[slip.name])
        else:
            return Prepared([])
        places = [place_at(point) for point in samples.generic_points(table, self.setting.hypotheses, POINTS)]
        right = [values_at(base, places) for base in self._bases(part, part.key)]
        prepared = Prepared([], places)
        for slip in slips if places else ():
            values = values_at(slip.term, places)
            if values is not None and (slip.later or not any(agree(one, values, part.kind) for one in right)):
                prepared.slips.append(slip)
                prepared.values.append(values)
        return prepared

    def _bases(self, part: Part, key: Term) -> list[Term]:
        """The right answers that a slip may have happened to: the key, its leading term, other right forms."""
        bases = [key]
        if part.kind == "leading-term":
            lead = leading_term(key, str(part.settings.get("variable", "")), self.setting)
            bases += [] if lead is None else [lead]
        bases += part.accept
        if part.kind == "asymptotic":
            bases += [other for base in bases for other in other_of_power_and_exponential(base, self.setting.table)]
        return list(dict.fromkeys(bases))

    # --- ranges ---------------------------------------------------------------------------------------------------

    def _prepare_range(self, part: Part, key: Term) -> Prepared:
        variable = str(part.settings.get("variable", ""))
        others = tuple((str(name), region) for name, region in part.settings.get("others", ()))
        slips = range_slips(key, variable, others, self.setting.table)
        prepared = Prepared(slips)
        along = variable or min(free_symbols(key), default="")
        for point in samples.generic_points(self.setting.table, self.setting.hypotheses, 1 if variable else 2):
            prepared.points += line_through(point, along, [key, *(slip.term for slip in slips)], self.setting.hypotheses)
        told = [one for one in self.setting.hypotheses if one.head in RELATIONS]
        prepared.inside = [all(samples.holds(one, place) for one in told) for place in prepared.points]
        right = prepared.within(truths_at(key, prepared.points, variable))
        for slip in slips:
            truths = truths_at(slip.term, prepared.points, variable)
            within = prepared.within(truths)
            if truths is None or within is None or within == right:
                continue
            prepared.truths.setdefault(truths, []).append(slip)
            if any(within):
                prepared.truths_within.setdefault(within, []).append(slip)
        return prepared

    def _likely_range(self, part: Part, prepared: Prepared, said: Term) -> list[tuple[Slipped, Term]]:
        """The slips that lead to the same set, on the whole line or else where the hypotheses hold."""
        truths = truths_at(said, prepared.points, str(part.settings.get("variable", "")))
        if truths is None or said.head in ("True", "False"):
            return []
        exactly = prepared.truths.get(truths, [])
        within = prepared.truths_within.get(prepared.within(truths) or (), [])
        found = [slip for slip in exactly if slip.name not in _WEAK]
        found += [slip for slip in within if slip.name in _TELLING]
        return [(slip, said) for slip in {id(slip): slip for slip in (*found, *exactly, *within)}.values()]

    # --- equations for the unknown ----------------------------------------------------------------------------------

    def _solved(self, part: Part, prepared: Prepared, said: Term) -> Slipped | None:
        """The slip whose value solves an equation such as eta*lam = 2 for what is asked for."""
        unknown = next((one.args[0] for one in part.subjects if one.head == "Symbol"), "")
        if said.head != "Eq" or unknown not in free_symbols(said):
            return None
        for slip, values in zip(prepared.slips, prepared.values, strict=True):
            if slip.later or unknown in free_symbols(slip.term):
                continue
            places = [_with(place, unknown, value) for place, value in zip(prepared.points, values, strict=True)]
            gaps = values_at(said, places)
            if gaps is None or not all(alike(gap, fmpq(0)) for gap in gaps):
                continue
            left, right = (substitute(side, {unknown: slip.term}) for side in said.args)
            if self._same(left, right):
                return slip
        return None


def _with(place: Place, name: str, number: Number) -> Place:
    return Place({**place.numbers, name: number}, place.seed)


def find(part: Part, said: Term, setting: Setting, finding: Finding) -> Finding:
    """The same for one answer, where nothing was prepared and no rubric is given."""
    task = TaskKey("", "", 1.0, (part,), ())
    return Misconceptions(task, setting).find(part, said, finding)


def sentence(slip: Slipped) -> str:
    """What is said to a student about a slip."""
    return f"Not quite: {slip.say}. {ADVICE.get(slip.name, '')}".strip()


def leading_term(term: Term, variable: str, setting: Setting) -> Term | None:
    """The term of lowest order of a rational function as the variable tends to 0; None if it is none."""
    try:
        algebra = Algebra(setting.table, [term])
        top, bottom = algebra.value(term)
        if variable not in algebra.index or top.is_zero():
            return None
        slot = algebra.index[variable]
        lowest = []
        for poly in (top, bottom):
            parts = algebra.monomials(poly)
            order = min(dict(factors).get(slot, 0) for _, factors in parts)
            kept = [algebra.term_of(c, factors) for c, factors in parts if dict(factors).get(slot, 0) == order]
            lowest.append(add(*kept))
        value = algebra.value(Term("Div", (lowest[0], lowest[1])))
        common = value[0].gcd(value[1])
        above, below = (algebra.term_of_poly(part / common) for part in value)
        return Term("Div", (above, below))
    except Refused:
        return None


# --- the quick test -----------------------------------------------------------------------------------------------


