"""A page as plain text for the terminal."""

from __future__ import annotations

import textwrap

from derivations.language.statements import Prose
from derivations.language.terms import Term
from derivations.rendering.page import UNSAID, Entry, Given, Page, SubProof
from derivations.rendering.prose import with_names
from derivations.rendering.style import Style
from derivations.rendering.unicode import unicode, unicode_lines

_MARK = 6  # room for a label


def text(page: Page, width: int = 80) -> str:
    """The whole page in lines of at most ``width`` characters (single formulas may be longer)."""
    width = max(width, 40)
    lines = [page.title, "=" * min(len(page.title), width)]
    lines += _wrapped(page.summary or page.question, 0, width)
    lines += ["", *_wrapped(f"Status: {page.status} ({page.meaning})", 0, width)]
    if page.answer:
        lines += _section("Answer", [line for name, value in page.answer for line in _field(name, value, page, width)])
    symbols = [f"  {unicode(names, page.style):<6} {with_names(meaning, str, lambda term: unicode(term, page.style))}"
               for names, meaning in page.notation]  # fmt: skip
    lines += _section("Notation", symbols)
    lines += _section("Definitions", [line for item in page.definitions for line in _given(item, page.style, 2, width)])
    lines += _section("Hypotheses", [line for item in page.hypotheses for line in _given(item, page.style, 2, width)])
    lines += _section("Claim", [line for item in page.conclusion for line in _formula(item, page.style, 2, width)])
    lines += _section("Proof", _entries(page.entries, page.style, 2, width))
    lines += _section(UNSAID, _notes(page, width))
    lines += _section("What this rests on", _rests_on(page, width))
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def prose_text(prose: Prose, style: Style) -> str:
    """Words with their formulas, as one line of text."""
    return "".join(part if isinstance(part, str) else unicode(part, style) for part in prose)


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, "-" * len(title), *lines] if lines else []


def _wrapped(words: str, indent: int, width: int) -> list[str]:
    return textwrap.wrap(words, width, initial_indent=" " * indent, subsequent_indent=" " * indent)


def _prose(prose: Prose, style: Style, indent: int, width: int) -> list[str]:
    """Wrapped words; short formulas do not break."""
    shown = (part if isinstance(part, str) else unicode(part, style) for part in prose)
    whole = (isinstance(part, Term) for part in prose)
    joined = "".join(
        piece.replace(" ", "\u00a0") if formula and 2 * len(piece) < width else piece
        for piece, formula in zip(shown, whole, strict=True)
    )
    return [line.replace("\u00a0", " ") for line in _wrapped(joined, indent, width)]


def _formula(term: Term, style: Style, indent: int, width: int) -> list[str]:
    lines = unicode_lines(term, style, width - indent)
    return [" " * indent + line for line in lines]


def _marked(mark: str, term: Term, style: Style, indent: int, width: int) -> list[str]:
    body = _formula(term, style, indent + _MARK, width)
    return [" " * indent + f"{mark:<{_MARK - 1}} " + body[0].strip(), *body[1:]]


def _field(name: str, value: Term | str, page: Page, width: int) -> list[str]:
    label = f"  {name}: " if name else "    "
    if isinstance(value, str):
        return [label + value]
    lines = unicode_lines(value, page.style, width - len(label))
    return [label + lines[0], *(" " * len(label) + line for line in lines[1:])]


def _given(item: Given, style: Style, indent: int, width: int) -> list[str]:
    reason = prose_text(item.reason, style)
    note = (f"{reason} (no step needs it)" if reason else "(no step needs it)") if item.unused else reason
    return _marked(item.mark.text, item.claim, style, indent, width) + _wrapped(note, indent + _MARK, width)


def _entries(entries: tuple[Entry, ...], style: Style, indent: int, width: int) -> list[str]:
    lines: list[str] = []
    for entry in entries:
        lines += _marked(entry.mark.text, entry.claim, style, indent, width)
        lines += _prose(entry.because, style, indent + _MARK, width)
        lines += _wrapped(by_line(entry), indent + _MARK, width)
        for branch in entry.branches:
            lines += _branch(branch, style, indent + _MARK, width)
    return lines


def by_line(entry: Entry) -> str:
    """What a step uses: "[geometric sum, by (3), H2]"."""
    by = ", ".join(premise.text for premise in entry.premises)
    return f"[{entry.rule}, by {by}]" if by else f"[{entry.rule}]"


def _branch(branch: SubProof, style: Style, indent: int, width: int) -> list[str]:
    lines = [" " * indent + f"{branch_title(branch.name)}:"]
    for item in branch.given:
        lines += _given(item, style, indent + 2, width)
    return lines + _entries(branch.entries, style, indent + 2, width)


def branch_title(name: str) -> str:
    """The name of a sub-proof as a heading."""
    spaced = name.replace("_", " ").replace("-", " ").strip()
    return spaced[:1].upper() + spaced[1:] if spaced[:2].isalpha() else spaced or "Case"


def _notes(page: Page, width: int) -> list[str]:
    lines: list[str] = []
    for note in page.notes:
        lines += _wrapped(note.title, 2, width) + _prose(note.text, page.style, 4, width)
        for mark, claim in note.claims:
            lines += _marked(mark.text, claim, page.style, 4, width)
    return lines


def _rests_on(page: Page, width: int) -> list[str]:
    return [line for name, value in rests_on(page) for line in _wrapped(f"{name}: {value}", 2, width)]


def rests_on(page: Page) -> list[tuple[str, str]]:
    """What the proof rests on, as names and sentences; only what there is."""
    rows = [
        ("rules", ", ".join(f"{name} ({count}×)" if count > 1 else name for name, count in page.rules)),
        ("oracles", ", ".join(page.oracles)),
        ("cited", ", ".join(page.citations)),
        ("not needed", ", ".join(page.unused)),
        *page.certified,
        ("references", ", ".join(f"[{key}]" for key in page.references)),
    ]
    return [(name, value) for name, value in rows if value]
