"""The page of a certificate: its parts in reading order, with links resolved, before any format is chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from derivations.language.answers import resolve, timeless
from derivations.language.ascii import ascii_text
from derivations.language.certificates import Certificate
from derivations.language.statements import Branch, Hypothesis, Prose, Step, Symbol
from derivations.language.terms import Term, apply, at_path, symbol
from derivations.rendering.display import claims, is_table
from derivations.rendering.shortening import (
    DOTS,
    MANY_NAMES,
    kind,
    notation_of,
    notation_rows,
    runs,
    shortened,
    with_dots,
)
from derivations.rendering.style import Style, style_of
from derivations.rendering.unicode import unicode

STATUS_MEANING = {
    "proved": "every step was replayed and checked by the kernel",
    "decided": "a step rests on a decision procedure alone, without a certificate",
    "cited": "a named theorem is used that is not proved here",
}
_PREMISES = 12  # so many premises of a step are listed on a shortened page
UNSAID = "What the sheet does not say"


class Reference(NamedTuple):
    """A label as the reader sees it, and the place it leads to ("" if it leads nowhere)."""

    text: str
    anchor: str = ""


class Given(NamedTuple):
    """A definition or hypothesis."""

    mark: Reference
    claim: Term
    reason: Prose
    unused: bool = False


class Entry(NamedTuple):
    """A step of the proof."""

    mark: Reference
    claim: Term
    rule: str
    because: Prose
    premises: tuple[Reference, ...]
    branches: tuple[SubProof, ...] = ()


class SubProof(NamedTuple):
    name: str
    given: tuple[Given, ...]
    entries: tuple[Entry, ...]


class Note(NamedTuple):
    """A remark, and the claims of the steps that carry it."""

    title: str
    text: Prose
    claims: tuple[tuple[Reference, Term], ...]


class Figure(NamedTuple):
    """A picture: its SVG for HTML, and the path under which LaTeX and Markdown find it."""

    caption: str
    svg: bytes = b""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    id: str
    title: str
    question: str
    summary: str
    style: Style
    notation: tuple[tuple[Term, str], ...]
    definitions: tuple[Given, ...]
    hypotheses: tuple[Given, ...]
    conclusion: tuple[Term, ...]
    entries: tuple[Entry, ...]
    notes: tuple[Note, ...]
    answer: tuple[tuple[str, Term | str], ...]
    status: str
    rules: tuple[tuple[str, int], ...]
    oracles: tuple[str, ...]
    citations: tuple[str, ...]
    unused: tuple[str, ...]
    references: tuple[str, ...]
    certified: tuple[tuple[str, str], ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def meaning(self) -> str:
        """What the status word says, in words."""
        accepted = any(value.startswith("certified") for _, value in self.certified)
        return STATUS_MEANING.get(self.status, "") + ("; certified by Rocq" if accepted else "")


def page_of(
    certificate: Certificate, notation: str = "lecture", figures: tuple[Figure, ...] = (), prefix: str = ""
) -> Page:
    """The certificate as a page in the notation asked for; ``prefix`` keeps apart the links of several on one sheet."""
    derivation, report = certificate.derivation, certificate.report
    statement = derivation.statement
    unused = frozenset(report.unused)
    labelled: tuple[Hypothesis | Step, ...] = (*statement.definitions, *statement.hypotheses, *derivation.steps)
    scope = _anchors(f"{prefix} {certificate.id}".strip(), labelled)
    claimed = {item.label: item.claim for item in labelled}
    style = style_of(derivation, notation)
    steps = derivation.steps
    large = len(statement.variables) > MANY_NAMES
    style = with_dots(style)
    hidden = frozenset(item.label for item in statement.definitions if _says_nothing(item.claim, style))
    page = Page(
        id=certificate.id,
        title=certificate.title,
        question=certificate.question,
        summary=certificate.summary,
        style=style,
        notation=tuple(notation_of(row, lambda item: notation_term(item, style)) for row in notation_rows(statement.variables)),
        definitions=tuple(_given(item, scope, unused) for item in statement.definitions if item.label not in hidden),
        hypotheses=tuple(_given(item, scope, unused) for item in statement.hypotheses),
        conclusion=claims(statement.conclusion),
        entries=tuple(_entry(_closing(step, statement.conclusion), scope, hidden) for step in steps),
        notes=tuple(
            Note(item.title, item.text, tuple((_link(a, scope), claimed[a]) for a in item.about if a in claimed))
            for item in derivation.remarks
        ),
        answer=_without_repetition(_answer_rows(derivation.answer, statement.conclusion)),
        status=certificate.status,
        rules=tuple((words(rule), count) for rule, count in sorted(report.rules.items())),
        oracles=report.oracles,
        citations=report.citations,
        unused=report.unused,
        references=certificate.references,
        certified=tuple((words(str(key)), str(value)) for key, value in certificate.certified.items()),
        figures=figures,
    )
    return _short(page) if large else page


def _short(page: Page) -> Page:
    """The page with dots in its formulas, and of many rows of one kind but the first two and the last."""
    moved: dict[str, str] = {}
    definitions = _fewer(page.definitions, _kind_of, moved)
    hypotheses = _fewer(page.hypotheses, _kind_of, moved)
    entries = _fewer(page.entries, _kind_of, moved)
    claimed: list[Term] = []
    for said, left_out, last in runs(page.conclusion, kind):
        claimed += [*said, *([LIKEWISE] if left_out else []), *last]
    rows: list[tuple[str, Term | str]] = []
    for kept, more, end in runs(page.answer, _kind_of_row):
        rows += [*kept, *([("", symbol(DOTS))] if more else []), *end]
    return replace(
        page,
        definitions=tuple(definitions),
        hypotheses=tuple(hypotheses),
        entries=tuple(_collected(one, moved) for one in entries),
        conclusion=tuple(map(shortened, claimed)),
        answer=tuple((name, shortened(value) if isinstance(value, Term) else value) for name, value in rows),
        notes=tuple(_note_shortened(note, moved, page.conclusion) for note in page.notes),
    )


def _note_shortened(note: Note, moved: Mapping[str, str], conclusion: Sequence[Term]) -> Note:
    """The remark with short claims; its links to steps that are left out lead to the row for these."""
    found: list[tuple[Reference, Term]] = []
    for first, left_out, last in runs(note.claims, lambda pair: kind(pair[1])):
        for mark, term in (*first, *([(left_out[0][0], LIKEWISE)] if left_out else []), *last):
            whole = term.head == "And" and claims(term) == tuple(conclusion)
            said = Term("Predicate", ("the_claim",)) if whole else _parts_shortened(term)
            found.append((Reference(mark.text, moved.get(mark.anchor, mark.anchor)), said))
    return note._replace(claims=tuple(found))


def _parts_shortened(term: Term) -> Term:
    """A claim with dots in its formulas, and of the parts of a conjunction that are alike the first two and the last."""
    if term.head != "And":
        return shortened(term)
    parts: list[Term] = []
    for first, left_out, last in runs(term.args, kind):
        parts += [*map(shortened, first), *([LIKEWISE] if left_out else []), *map(shortened, last)]
    return Term("And", tuple(parts))


def _kind_of_row(row: tuple[str, Term | str]) -> object:
    """What a row of the answer is about: its name, and whether it speaks of matrices."""
    name, value = row
    return name, kind(value) if isinstance(value, Term) else value


LIKEWISE = Term("Predicate", ("and_likewise_for_the_others",))
Item = TypeVar("Item", Given, Entry)


def _kind_of(item: Given | Entry) -> object:
    return (item.rule, item.because) if isinstance(item, Entry) else item.reason


def _fewer(items: Sequence[Item], kind: Callable[[Item], object], moved: dict[str, str]) -> list[Item]:
    """The items, those that are left out of a run replaced by one row, to which ``moved`` leads the links to them."""
    found: list[Item] = []
    for shown, left_out, last in runs(items, kind):
        found += [item._replace(claim=_parts_shortened(item.claim)) for item in shown]
        if left_out:
            first = left_out[0].mark.anchor
            moved.update((item.mark.anchor, first) for item in left_out)
            found.append(left_out[0]._replace(mark=Reference(DOTS, first), claim=LIKEWISE))
        found += [item._replace(claim=_parts_shortened(item.claim)) for item in last]
    return found


def _collected(entry: Entry, moved: Mapping[str, str]) -> Entry:
    """The step with premises in a row, H3, H4, H5, H6, put together: H3 to H6."""
    found: list[Reference] = []
    for _, group in groupby(enumerate(entry.premises), key=lambda pair: _number(pair[1].text, pair[0])):
        run = [Reference(mark.text, moved.get(mark.anchor, mark.anchor)) for _, mark in group]
        found += run if len(run) < 4 else [Reference(f"{run[0].text} to {run[-1].text}", run[0].anchor)]
    found = found if len(found) <= _PREMISES else [*found[:3], Reference(DOTS), found[-1]]
    return entry._replace(premises=tuple(found))


def _number(label: str, place: int) -> tuple[str, int]:
    """The kind of a label, and its number less its place: the same for labels in a row."""
    match = re.fullmatch(r"(\D*)(\d+)(\D*)", label)
    return (match[1], int(match[2]) - place) if match else (label, -1 - place)


def _says_nothing(definition: Term, style: Style) -> bool:
    """Whether both sides of a definition are written alike, as a starting value and the sequence at 0 are."""
    return definition.head == "Eq" and unicode(definition.args[0], style) == unicode(definition.args[1], style)


def _closing(step: Step, conclusion: Term) -> Step:
    """The last step that only puts together what the theorem says is not written out once more."""
    if step.claim == conclusion and step.rule == "conjunction":
        return replace(step, claim=Term("Predicate", ("the_claim",)))
    return step


def words(name: str) -> str:
    """A name of the program as words for the reader: ``geometric-sum`` as "geometric sum"."""
    return name.replace("_", " ").replace("-", " ")


def label_text(label: str) -> str:
    """A label as it is printed: numbers in parentheses, names such as H2 as they are."""
    return f"({label})" if label[:1].isdigit() else label


def _slug(*labels: str) -> str:
    return "-".join(re.sub(r"[^A-Za-z0-9]+", "-", label).strip("-") for label in labels)


def _anchors(prefix: str, items: Sequence[Hypothesis | Step]) -> dict[str, str]:
    return {item.label: _slug(prefix, item.label) for item in items}


def _link(label: str, scope: Mapping[str, str]) -> Reference:
    return Reference(label_text(label), scope.get(label, ""))


def _given(item: Hypothesis, scope: Mapping[str, str], unused: frozenset[str] = frozenset()) -> Given:
    return Given(_link(item.label, scope), item.claim, item.reason, item.label in unused)


def _entry(step: Step, scope: Mapping[str, str], hidden: frozenset[str]) -> Entry:
    premises = tuple(_link(label, scope) for label in dict.fromkeys(step.premises) if label not in hidden)
    branches = tuple(_sub_proof(branch, step, scope, hidden) for branch in step.branches)
    return Entry(_link(step.label, scope), step.claim, words(step.rule), step.because, premises, branches)


def _sub_proof(branch: Branch, step: Step, scope: Mapping[str, str], hidden: frozenset[str]) -> SubProof:
    inner = {**scope, **_anchors(_slug(scope[step.label], branch.name), (*branch.hypotheses, *branch.steps))}
    return SubProof(
        branch.name,
        tuple(_given(item, inner) for item in branch.hypotheses),
        tuple(_entry(one, inner, hidden) for one in branch.steps),
    )


def _answer_rows(answer: Any, conclusion: Term, name: str = "") -> list[tuple[str, Term | str]]:
    """The answer's fields with what they select, as terms where they are formulas."""
    if isinstance(answer, Mapping) and "$" in answer:
        value = _selected(answer, conclusion)
        if answer["$"] == "texts" and isinstance(value, Term):
            return [("" if i else name, arg) for i, arg in enumerate(value.args)]
        return [(name, value)]
    if isinstance(answer, Mapping):
        fields = {answer.get("kind", key) if key == "text" else key: answer[key] for key in answer if key != "kind"}
        if name and "name" in fields and len(fields) == 2:
            return _named_row(fields, conclusion)
        if name and set(fields) == {"at", "behaviour"}:
            return _endpoint_row(fields, conclusion)
        return [found for key, value in fields.items() for found in _answer_rows(value, conclusion, words(key))]
    if isinstance(answer, (list, tuple)):
        if answer and all(isinstance(item, Mapping) and item.get("$") == "number" for item in answer):
            return [(name, ", ".join(str(_selected(item, conclusion)) for item in answer))]
        return _counted([found for value in answer for found in _answer_rows(value, conclusion, name)])
    return []


def _counted(rows: list[tuple[str, Term | str]]) -> list[tuple[str, Term | str]]:
    """The rows, and how often in a row the same is said: an eigenvalue with its multiplicity."""
    groups = [(row, len(list(same))) for row, same in groupby(rows)]
    return [(f"{name} ({count} times)" if count > 1 and name else name, value) for (name, value), count in groups]


def _without_repetition(rows: list[tuple[str, Term | str]]) -> tuple[tuple[str, Term | str], ...]:
    """The rows, the first being left out if a later one says the same under a name of its own."""
    said = [ascii_text(value) if isinstance(value, Term) else value for _, value in rows]
    return tuple(rows[1:] if rows and said[0] in said[1:] else rows)


def _named_row(fields: Mapping[str, Any], conclusion: Term) -> list[tuple[str, Term | str]]:
    """A row of a table of names, such as a regime and its region: the name heads its row."""
    title = _selected(fields["name"], conclusion)
    other = next(value for key, value in fields.items() if key != "name")
    return _answer_rows(other, conclusion, title if isinstance(title, str) else "")


def _endpoint_row(fields: Mapping[str, Any], conclusion: Term) -> list[tuple[str, Term | str]]:
    """What happens at an endpoint, and where: "constant at" η = 0."""
    behaviour = _selected(fields["behaviour"], conclusion)
    if isinstance(behaviour, Term):
        return [("at", _selected(fields["at"], conclusion)), ("behaviour", behaviour)]
    return [(f"{behaviour} at", _selected(fields["at"], conclusion))]


def _selected(selector: Mapping[str, Any], conclusion: Term) -> Term | str:
    part = at_path(conclusion, tuple(selector["at"]))
    kind = selector["$"]
    if kind == "name":
        return words(str(part.args[0]))
    if kind == "holds":
        return "yes"
    if kind in ("same", "degree", "number", "approx", "decimal", "only-points"):
        found = resolve({"value": selector}, conclusion)["value"]
        return {True: "yes", False: "no"}[found] if isinstance(found, bool) else str(found)
    if kind == "quantity":
        return timeless(part)
    if kind == "texts":
        listed = tuple(arg for arg in part.args if isinstance(arg, Term))
        return Term("Set", listed) if listed else "none"
    return part


class Block(NamedTuple):
    """Claims that stand together, under a condition if there is one: several equivalences, aligned at their signs, or one claim."""

    condition: Term | None
    terms: tuple[Term, ...]


def claim_blocks(page: Page) -> list[Block]:
    """The claims in blocks; a condition with a list of consequences is a heading above them."""
    blocks: list[Block] = []
    for term in page.conclusion:
        if is_table(term):
            parts = list(claims(term.args[1]))
            blocks += _blocks(term.args[0], parts)
        else:
            blocks += _blocks(None, [term])
    merged: list[Block] = []
    for block in blocks:
        last = merged[-1] if merged else None
        if last and block.condition is last.condition is None and all(t.head == "Iff" for t in (*last.terms, *block.terms)):
            merged[-1] = Block(None, (*last.terms, *block.terms))
        else:
            merged.append(block)
    return merged


def _blocks(condition: Term | None, parts: list[Term]) -> list[Block]:
    """The condition goes with the first block only."""
    found: list[Block] = []
    for part in parts:
        if found and part.head == "Iff" and found[-1].terms[-1].head == "Iff":
            found[-1] = Block(found[-1].condition, (*found[-1].terms, part))
        else:
            found.append(Block(condition if not found else None, (part,)))
    return found


def notation_term(item: Symbol, style: Style) -> Term:
    """How a name is shown in the list of notation: a sequence with its index."""
    indexed = item.domain in ("sequence", "random") and "t" in style.glyphs
    return apply(item.name, symbol("t")) if indexed else symbol(item.name)
