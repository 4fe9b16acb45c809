"""Links of a derivation: each is proved, given, refuted by a point, right under a condition, or left to a person.

A link a = b has to hold wherever the hypotheses and the given lines do; "undefined" is a value of its own, so that x/x = 1 holds
only where x is not zero, and says so (Valmari & Rantala, "MathCheck", 2019). => has to be an implication, <=> one in both
directions. After a wrong line, a later one that follows from it is right, following from that line. A point that refutes a link
satisfies all that was given before; where a step brings in a name that the other side lacks, no point is taken for a refutation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derivations.homework.deciding import samples
from derivations.homework.deciding.lines import (
    APPROXIMATE,
    Line,
    Link,
    LinkFinding,
    chained,
    is_exact,
    links_of,
    rows_of,
)
from derivations.homework.deciding.samples import NoValue
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.sizes import is_manageable
from derivations.homework.deciding.steps import OPAQUE, Failure, Workplace
from derivations.homework.deciding.values import place_at
from derivations.homework.verdicts import Evidence
from derivations.language.ascii import ascii_text
from derivations.language.errors import DerivationsError
from derivations.language.terms import RELATIONS, Term, free_symbols, function_names, subterms

MAX_LINKS = 40
_GRAVITY = ("refuted", "open", "conditional", "given", "proved")
_JOINTS = {"implies": "Implies", "iff": "Iff"}


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """What came of each link, in the order in which they are written."""

    lines: tuple[Line, ...]
    links: tuple[LinkFinding, ...]

    @property
    def first_wrong(self) -> LinkFinding | None:
        return next((one for one in self.links if one.status == "refuted"), None)

    @property
    def first_conditional(self) -> LinkFinding | None:
        return next((one for one in self.links if one.status == "conditional"), None)

    @property
    def first_open(self) -> LinkFinding | None:
        return next((one for one in self.links if one.status == "open"), None)

    @property
    def share(self) -> float:
        """The share of the steps that are right, also those that are right following from a wrong line."""
        judged = [one for one in self.links if one.status != "given"]
        return sum(one.status == "proved" for one in judged) / len(judged) if judged else 0.0

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(sorted({rule for one in self.links for rule in one.evidence.rules}))


def check_chain(lines: Sequence[Line], setting: Setting) -> ChainFinding:
    """Every link of the lines: proved, given, refuted with a point, right under a condition, or open."""
    lines = tuple(lines)
    try:
        checker = Linker(setting, lines)
    except DerivationsError:
        return ChainFinding(lines, ())
    for line, number, links in links_of(lines):
        checker.line(line, number, links)
        if len(checker.found) >= MAX_LINKS:
            break
    return ChainFinding(lines, tuple(checker.found))


class Linker:
    """The work so far: what is given, what was shown, and from which line on it rests on a wrong one."""

    def __init__(self, setting: Setting, lines: tuple[Line, ...]) -> None:
        self.place = Workplace(setting, [line.term for line in lines if samples.is_small(line.term)])
        self.found: list[LinkFinding] = []
        self.given: list[Term] = []  # what the work starts from, as plain terms
        self.said: list[tuple[int, Term]] = []  # every statement so far with its line, as plain terms
        self.wrong: int | None = None  # the first wrong line

    def line(self, line: Line, number: int, links: tuple[Link, ...]) -> None:
        if not is_exact(line.term) or not samples.is_small(line.term):
            self.found += [
                LinkFinding(one, "open", "an approximation is not checked")
                for one in links
                if one.relation in RELATIONS
            ]
            return
        if len(links) > 1:
            for link in links:
                self.within(link)
        elif not self.said:
            self._opening(line, number, links)
        else:
            self._follows(line, number, links)
        if links or (chained(line.term) is None and line.term.head in ("And", "Or", "Not")):
            self.said.append((number, self.place.plain(line.term)))

    # --- one relation of a chain ----------------------------------------------------------------------------------

    def within(self, link: Link) -> None:
        """Judges one relation of a chain."""
        if link.relation in APPROXIMATE:
            return
        findings = [self._relation(one, link) for one in _entries(link)]
        worst = min(findings, key=lambda one: _GRAVITY.index(one.status))
        self.found.append(replace(worst, link=link))

    def _relation(self, link: Link, whole: Link) -> LinkFinding:
        """The finding on a link, or on one entry of the matrices that the whole link joins."""
        claim, premises = self.place.plain(link.claim), self._premises()
        rule = self.place.proof(claim) or self._mean(link)
        if not rule and premises and not self.place.contradictory(premises):
            rule = self.place.proof(claim, premises)
        if rule:
            return self._proved(link, rule)
        if link.first and _is_name(link.left) and self._is_new(link):
            self.given.append(claim)
            return LinkFinding(link, "given")
        may_refute = _speaks_of_the_same(link.left, link.right)
        if whole is not link and free_symbols(whole.left) != free_symbols(whole.right):
            may_refute = False  # a symbol beside a vector may stand for a matrix
        return self._failing(link, claim, tuple(self.given), may_refute=may_refute)

    def _mean(self, link: Link) -> str:
        """Linearity of the expectation, which the plain terms cannot see."""
        if (
            link.relation == "Eq"
            and is_manageable(link.claim)
            and any(node.head == "Expect" for node in subterms(link.claim))
        ):
            return "expectation" if self.place.setting.proves(link.claim, "expectation") else ""
        return ""

    def _is_new(self, link: Link) -> bool:
        """Whether nothing was said of the name on the left before, so that the line may define it."""
        name = self.place.plain(link.left)
        return not any(name in set(subterms(one)) for one in (*self.given, *(said for _, said in self.said)))

    # --- lines ----------------------------------------------------------------------------------------------------

    def _opening(self, line: Line, number: int, links: tuple[Link, ...]) -> None:
        """The first line is what the work starts from, unless it is true anyway."""
        claim = self.place.plain(line.term)
        for link in links:
            if rows_of(link.left) is not None and rows_of(link.right) is not None:
                self.within(link)
                return
            rule = self.place.proof(self.place.plain(link.claim)) or self._mean(link)
            if rule:
                self.found.append(self._proved(link, rule))
                return
        if line.term.head in RELATIONS or line.term.head in ("And", "Or"):
            self.given.append(claim)
            left, right = (
                (line.term.args[0], line.term.args[-1]) if line.term.head in RELATIONS else (line.term, line.term)
            )
            self.found.append(LinkFinding(Link(left, line.term.head, right, number, line.span), "given"))

    def _follows(self, line: Line, number: int, links: tuple[Link, ...]) -> None:
        """A line after others: it follows from them, or is true anyway, or brings something new."""
        before_number, before = self.said[-1]
        claim = self.place.plain(line.term)
        relation = _JOINTS.get(line.joint, "Implies")
        link = Link(before, relation, line.term, number, line.span)
        step = Term(relation, (before, claim))
        matrix = links and rows_of(links[0].left) is not None and rows_of(links[0].right) is not None
        if matrix:
            self.within(links[0])
            return
        rule = self._step(step, claim, relation)
        if rule:
            self.found.append(self._proved(link, rule))
            return
        alone = len(links) == 1 and links[0].relation in RELATIONS
        if alone and not line.joint:
            rule = self.place.proof(claim) or self._mean(links[0])
            if rule:
                self.found.append(self._proved(links[0], rule))
                return
        known = frozenset().union(*(free_symbols(one) for _, one in self.said))
        if not line.joint and not free_symbols(claim) <= known:
            self.given.append(claim)
            self.found.append(LinkFinding(link, "given"))
            return
        context = () if self.wrong is not None or relation == "Iff" else tuple(self.given)
        self.found.append(
            self._failing(link, step, context, may_refute=free_symbols(claim) <= known, from_line=before_number)
        )

    def _step(self, step: Term, claim: Term, relation: str) -> str:
        """Whether the line follows: from the one before, or, for =>, from all that the work has said since the first wrong line."""
        rule = self.place.proof(step)
        if rule and self.place.contradictory((step.args[0],)):
            return ""
        if rule or relation == "Iff":
            return rule
        earlier = self._premises()
        rule = self.place.proof(claim, earlier)
        return "" if rule and self.place.contradictory(earlier) else rule

    def _premises(self) -> tuple[Term, ...]:
        since = self.wrong or 0
        told = [said for number, said in self.said if number >= since]
        return tuple(dict.fromkeys((*(self.given if self.wrong is None else ()), *told)))[-8:]

    # --- findings -------------------------------------------------------------------------------------------------

    def _proved(self, link: Link, rule: str) -> LinkFinding:
        claim = ascii_text(link.claim) if link.relation not in ("Implies", "Iff") else ascii_text(link.right)
        evidence = Evidence("proof", claim, rules=(rule,), status="proved")
        follows = self.wrong if link.relation in ("Implies", "Iff") else None
        reason = f"right, following from line {follows}" if follows is not None else ""
        return LinkFinding(link, "proved", reason, evidence, follows=follows)

    def _failing(
        self, link: Link, claim: Term, context: tuple[Term, ...], may_refute: bool, from_line: int = 0
    ) -> LinkFinding:
        failure = self.place.failure(claim, context) if may_refute else None
        condition = self.place.condition(claim, context, failure)
        needs = "" if condition is None else self._text(condition)
        if failure is None:
            if condition is not None:
                return LinkFinding(link, "conditional", _conditional(link, needs), condition=needs)
            return LinkFinding(link, "open", f"line {link.line} could not be checked")
        evidence = self._counterexample(link, claim, failure, needs)
        if failure.undefined:
            return LinkFinding(link, "conditional", _undefined(link, evidence, needs), evidence, needs)
        if self.wrong is None:
            self.wrong = link.line
        return LinkFinding(link, "refuted", _refuted(link, evidence, condition, needs, from_line), evidence, needs)

    def _text(self, term: Term) -> str:
        """The text of a plain term, with what its variables stand for."""
        back = {name: node for node, name in self.place.names.items()}

        def original(part: Term) -> Term:
            if part.head == "Symbol":
                return back.get(part.args[0], part)
            return Term(part.head, tuple(original(arg) if isinstance(arg, Term) else arg for arg in part.args))

        return ascii_text(original(term))

    def _counterexample(self, link: Link, claim: Term, failure: Failure, needs: str) -> Evidence:
        """The point, and the two values: of the two sides, or the truth of what the step starts from and of what it comes to."""
        at = {self.place.shown.get(name, name): str(value) for name, value in sorted(failure.point.items())}
        one, other = claim.args
        while other.head == "Implies":
            one, other = other.args
        if link.relation == "Eq" or claim.head in ("Implies", "Iff"):
            sides = (one, other)
        else:
            sides = (Term("True"), claim)
        key, answer = self._text(sides[0]), self._text(sides[1])
        values = {"key": _value(sides[0], failure), "answer": _value(sides[1], failure)}
        return Evidence(
            "counterexample", self._text(claim), at, answer, key, values, detail=f"it needs {needs}" if needs else ""
        )


def _value(term: Term, failure: Failure) -> str:
    try:
        if term.head in RELATIONS or term.head in ("And", "Or", "Not", "True", "False", "Implies", "Iff"):
            return str(samples.truth(term, place_at(failure.point)))
        return samples.shown(samples.value(term, place_at(failure.point)))
    except NoValue:
        return "undefined"


def _entries(link: Link) -> list[Link]:
    """The links between the entries of two matrices; any other link as it is."""
    left, right = rows_of(link.left), rows_of(link.right)
    if left is None or right is None or link.relation != "Eq":
        return [link]
    if [len(row) for row in left] != [len(row) for row in right]:
        return [link]
    pairs = [pair for rows in zip(left, right, strict=True) for pair in zip(*rows, strict=True)]
    return [replace(link, left=a, right=b, first=False) for a, b in pairs]


def _is_name(term: Term) -> bool:
    """Whether the term is a single name or value, which a line may define: x, theta(t), E(theta**2), L''(theta)."""
    return term.head == "Symbol" or term.head in OPAQUE


def _speaks_of_the_same(left: Term, right: Term) -> bool:
    """Whether a point may refute left = right: the right side brings in no name, and no part whose value the names do not give."""
    parts = [{node for node in subterms(side) if node.head in OPAQUE} for side in (left, right)]
    if parts[0] != parts[1] or len(parts[0]) > 1:
        return False
    return free_symbols(right) <= free_symbols(left) and function_names(right) <= function_names(left)


# --- sentences ------------------------------------------------------------------------------------------------------


def _where(evidence: Evidence) -> str:
    return ", ".join(f"{name} = {value}" for name, value in evidence.at.items())


def _refuted(link: Link, evidence: Evidence, condition: Term | None, needs: str, from_line: int) -> str:
    where = f"at {_where(evidence)} " if evidence.at else ""
    if link.relation in ("Implies", "Iff"):
        if evidence.values["key"] == "True":
            said, true, false = "this does not follow from line " + str(from_line), from_line, link.line
        else:
            said, true, false = f"line {from_line} does not follow from it", link.line, from_line
        text = f"line {link.line}: {said}: {where}line {true} is true and line {false} is not"
        return f"{text}. {_advice(condition, needs)}".strip() if condition is not None else text
    if link.relation == "Eq":
        return f"line {link.line}: the two sides differ: {where}they are {evidence.values['key']} and {evidence.values['answer']}"
    return f"line {link.line}: {ascii_text(link.claim)} is false{' ' + where.rstrip() if where else ''}"


def _advice(condition: Term | None, needs: str) -> str:
    """What the step needs, in the words of what usually went wrong."""
    head = condition.head if condition is not None else ""
    if head == "Ne":
        return f"The case {needs.replace('!=', '=')} is left out, as when something is divided by that may be zero."
    if head in ("Gt", "Lt"):
        return f"The step multiplies by something whose sign is not known; it needs {needs}."
    return f"A square does not tell the sign of what was squared; the step needs {needs}." if head else ""


def _conditional(link: Link, needs: str) -> str:
    return f"line {link.line}: this holds only if {needs}, which should be said"


def _undefined(link: Link, evidence: Evidence, needs: str) -> str:
    side = "the right side" if evidence.values["answer"] == "undefined" else "the left side"
    if link.relation in ("Implies", "Iff"):
        side = f"line {link.line}" if evidence.values["answer"] == "undefined" else "the line before"
    only = f" Say that {needs}." if needs else ""
    return f"line {link.line}: this holds only where both sides exist: at {_where(evidence)} {side} is undefined.{only}"
