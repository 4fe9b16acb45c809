"""Derivations line by line: each link of a = b <= c, and of lines joined by => or <=>, is proved, refuted, or left to a person.

A link a = b has to hold wherever the hypotheses and the given lines do; "undefined" is a value of its own, so that x/x = 1 holds only
where x is not zero, and says so (Valmari & Rantala, "MathCheck", 2019). => has to be an implication, <=> one in both directions.
After a wrong line, a later one that follows from it is right, following from that line. A point that refutes a link satisfies all
that was given before it; where a step brings in a name that the other side lacks, no point is taken for a refutation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from derivations.homework.deciding import samples
from derivations.homework.deciding.kinds import decide as decide_kind
from derivations.homework.deciding.lines import (
    APPROXIMATE,
    Line,
    Link,
    LinkFinding,
    Span,
    chained,
    is_exact,
    lines_of,
    links_of,
    rows_of,
)
from derivations.homework.deciding.samples import Undefined
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.steps import OPAQUE, Failure, Workplace
from derivations.homework.keys import Part
from derivations.homework.verdicts import NONE, Evidence, Finding
from derivations.kernel.errors import Refused
from derivations.language.ascii import ascii_text
from derivations.language.errors import DerivationsError
from derivations.language.terms import RELATIONS, Term, conj, free_symbols, function_names, subterms

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
        checker = _Checker(setting, lines)
    except DerivationsError:
        return ChainFinding(lines, ())
    for line, number, links in links_of(lines):
        checker.line(line, number, links)
        if len(checker.found) >= MAX_LINKS:
            break
    return ChainFinding(lines, tuple(checker.found))


class _Checker:
    """The work so far: what is given, what was shown, and from which line on it rests on a wrong one."""

    def __init__(self, setting: Setting, lines: tuple[Line, ...]) -> None:
        self.place = Workplace(setting, [line.term for line in lines if samples.is_small(line.term)])
        self.found: list[LinkFinding] = []
        self.given: list[Term] = []  # what the work starts from, as plain terms
        self.said: list[tuple[int, Term]] = []  # every statement so far with its line, as plain terms
        self.wrong: int | None = None  # the first wrong line

    def line(self, line: Line, number: int, links: tuple[Link, ...]) -> None:
        if not is_exact(line.term) or not samples.is_small(line.term):
            self.found += [LinkFinding(one, "open", "an approximation is not checked") for one in links if one.relation in RELATIONS]
            return
        if len(links) > 1:
            for link in links:
                self._within(link)
        elif not self.said:
            self._opening(line, number, links)
        else:
            self._follows(line, number, links)
        if links or chained(line.term) is None and line.term.head in ("And", "Or", "Not"):
            self.said.append((number, self.place.plain(line.term)))

    # --- one relation of a chain ----------------------------------------------------------------------------------

    def _within(self, link: Link) -> None:
        if link.relation in APPROXIMATE:
            return
        findings = [self._relation(one) for one in _entries(link)]
        worst = min(findings, key=lambda one: _GRAVITY.index(one.status))
        self.found.append(replace(worst, link=link))

    def _relation(self, link: Link) -> LinkFinding:
        claim, premises = self.place.plain(link.claim), self._premises()
        rule = self.place.proof(claim, premises) or self._mean(link)
        if rule:
            return self._proved(link, rule)
        if link.first and _is_name(link.left) and self._is_new(link):
            self.given.append(claim)
            return LinkFinding(link, "given")
        return self._failing(link, claim, tuple(self.given), may_refute=_speaks_of_the_same(link.left, link.right))

    def _mean(self, link: Link) -> str:
        """Linearity of the expectation, which the plain terms cannot see."""
        if link.relation == "Eq" and any(node.head == "Expect" for node in subterms(link.claim)):
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
                self._within(link)
                return
            rule = self.place.proof(self.place.plain(link.claim)) or self._mean(link)
            if rule:
                self.found.append(self._proved(link, rule))
                return
        if line.term.head in RELATIONS or line.term.head in ("And", "Or"):
            self.given.append(claim)
            left, right = (line.term.args[0], line.term.args[-1]) if line.term.head in RELATIONS else (line.term, line.term)
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
            self._within(links[0])
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
        self.found.append(self._failing(link, step, context, may_refute=free_symbols(claim) <= known, from_line=before_number))

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
        condition = self.place.condition(claim, context)
        needs = "" if condition is None else self._text(condition)
        failure = self.place.failure(claim, context) if may_refute else None
        if failure is None:
            if condition is not None:
                return LinkFinding(link, "conditional", _conditional(link, condition, needs), condition=needs)
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
        return Evidence("counterexample", self._text(claim), at, answer, key, values, detail=f"it needs {needs}" if needs else "")


def _value(term: Term, failure: Failure) -> str:
    try:
        if term.head in RELATIONS or term.head in ("And", "Or", "Not", "True", "False", "Implies", "Iff"):
            return str(samples.truth(term, failure.point))
        return samples.shown(samples.value(term, failure.point))
    except Undefined:
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
    where = f"at {_where(evidence)}" if evidence.at else "here"
    if link.relation in ("Implies", "Iff"):
        values = evidence.values
        if values["key"] == "True":
            text = f"line {link.line}: this does not follow from line {from_line}: {where} line {from_line} is true and line {link.line} is not"
        else:
            text = f"line {link.line}: line {from_line} does not follow from it: {where} line {link.line} is true and line {from_line} is not"
        return f"{text}. {_advice(condition, needs)}".strip() if condition is not None else text
    if link.relation == "Eq":
        return f"line {link.line}: the two sides differ: {where} they are {evidence.values['key']} and {evidence.values['answer']}"
    return f"line {link.line}: {ascii_text(link.claim)} is false {where}"


def _advice(condition: Term | None, needs: str) -> str:
    """What the step needs, in the words of what usually went wrong."""
    head = condition.head if condition is not None else ""
    if head == "Ne":
        return f"The case {needs.replace('!=', '=')} is left out, as when something is divided by that may be zero."
    if head in ("Gt", "Lt"):
        return f"The step multiplies by something whose sign is not known; it needs {needs}."
    return f"A square does not tell the sign of what was squared; the step needs {needs}." if head else ""


def _conditional(link: Link, condition: Term, needs: str) -> str:
    return f"line {link.line}: this holds only if {needs}, which should be said"


def _undefined(link: Link, evidence: Evidence, needs: str) -> str:
    side = "the right side" if evidence.values["answer"] == "undefined" else "the left side"
    if link.relation in ("Implies", "Iff"):
        side = f"line {link.line}" if evidence.values["answer"] == "undefined" else "the line before"
    only = f" Say that {needs}." if needs else ""
    return f"line {link.line}: this holds only where both sides exist: at {_where(evidence)} {side} is undefined.{only}"


# --- the decider ------------------------------------------------------------------------------------------------------


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """Work whose last line is the key: all links right and the last line right is correct; a wrong line before it is named."""
    return decide_lines(part, lines_of(said), setting)


def decide_lines(part: Part, lines: Sequence[Line], setting: Setting) -> Finding:
    chain = check_chain(lines, setting)
    if not chain.links:
        return Finding("undecided", "No line of the work could be checked, so a person will look at it.")
    last = _last(part, chain, setting)
    wrong, condition = chain.first_wrong, chain.first_conditional
    remarks = tuple(one.reason for one in chain.links if one.reason and one.status != "open")
    if wrong is not None:
        if last is None or last.verdict == "correct":
            reason = f"The result is right, but one step is not: {wrong.reason}." if last else f"One step is not right: {wrong.reason}."
            return Finding("partial", _ended(reason), wrong.evidence, chain.share, remarks=remarks)
        verdict = "partial" if chain.share > 0 else "incorrect"
        return Finding(verdict, _ended(f"The first wrong step is in {wrong.reason}."), wrong.evidence, chain.share, remarks=remarks)
    if last is not None and last.verdict != "correct":
        return replace(last, remarks=(*last.remarks, *remarks), credit=max(last.credit, 0.0))
    if condition is not None:
        share = chain.share
        return Finding("partial", _ended(f"A condition is missing: {condition.reason}"), condition.evidence, share, remarks=remarks)
    if chain.first_open is not None:
        return Finding("undecided", _ended(f"A person will look at this: {chain.first_open.reason}"), remarks=remarks)
    rules = tuple(sorted({*chain.rules, *(last.evidence.rules if last is not None else ())}))
    if not rules:
        return Finding("undecided", "There is a result but no step to check, so a person will look at it.")
    claim = last.evidence.claim if last is not None else ascii_text(lines[-1].term)
    return Finding("correct", "Every line is right.", Evidence("proof", claim, rules=rules, status="proved"), 1.0)


def _ended(text: str) -> str:
    return text.rstrip(".") + "."


def _last(part: Part, chain: ChainFinding, setting: Setting) -> Finding | None:
    """Whether the work ends with what is right; None where the key asks for nothing but the work."""
    key = part.key
    if not isinstance(key, Term) or key.head in ("True", "Tuple") and not key.args:
        return None
    if key.head == "Tuple" or rows_of(key) is not None:
        return _all_said(key.args if key.head == "Tuple" else (key,), chain, setting)
    final = chain.lines[-1].term
    links = chained(final)
    if key.head in RELATIONS or key.head in ("And", "Or"):
        kind = "equation" if key.head == "Eq" else "range"
    else:
        kind = "expression"
        final = links[-1].args[1] if links else final
    return decide_kind(Part(kind, key, part.name, 1.0, part.accept, part.subjects, part.settings), final, setting)


def _all_said(wanted: tuple[Term, ...], chain: ChainFinding, setting: Setting) -> Finding:
    """Each value that is asked for has to be a member of the lines, somewhere."""
    sides = [side for line in chain.lines for node in _relations(line.term) for side in node.args]
    for value in wanted:
        if not any(_equal(value, side, setting) for side in sides):
            return Finding("undecided", f"A person will look at this: {ascii_text(value)} was not found in the work.")
    return Finding("correct", "", Evidence("proof", ascii_text(conj(*wanted)), rules=("identity",), status="proved"), 1.0)


def _relations(term: Term) -> list[Term]:
    return [node for node in subterms(term) if node.head in RELATIONS]


def _equal(one: Term, other: Term, setting: Setting) -> bool:
    left, right = rows_of(one), rows_of(other)
    if left is None or right is None:
        return left is right and _proves(Term("Eq", (one, other)), setting)
    if [len(row) for row in left] != [len(row) for row in right]:
        return False
    pairs = (pair for rows in zip(left, right, strict=True) for pair in zip(*rows, strict=True))
    return all(_proves(Term("Eq", pair), setting) for pair in pairs)


def _proves(claim: Term, setting: Setting) -> bool:
    try:
        return bool(Workplace(setting, [claim]).proof(claim))
    except Refused:
        return False


# --- work shown with other answers ---------------------------------------------------------------------------------


def review(work: Iterable[tuple[Term, Span | None]], setting: Setting) -> tuple[LinkFinding, ...]:
    """The first link that is refuted in the work that an answer displays, if there is one: a remark, not a verdict.

    Only links inside chains (a = b = c) are looked at, and lines joined by => or <=>; everything else that is said counts as given.
    """
    lines: list[Line] = []
    for term, span in work:
        if samples.is_small(term):
            lines += lines_of(term, span)
    told = [line for line in lines if chained(line.term) is None and not line.joint]
    try:
        checker = _Checker(setting, tuple(lines[:MAX_LINKS]))
    except DerivationsError:
        return ()
    plain = checker.place.plain
    checker.given = [plain(line.term) for line in told if line.term.head in RELATIONS or line.term.head in ("And", "Or")][:6]
    for line, number, links in links_of(lines[:MAX_LINKS]):
        if not is_exact(line.term) or (len(links) < 2 and not line.joint):
            checker.said.append((number, plain(line.term))) if line.term.head in RELATIONS else None
            continue
        checker.line(line, number, links)
        wrong = next((one for one in checker.found if one.status == "refuted"), None)
        if wrong is not None:
            return (wrong,)
    return ()
