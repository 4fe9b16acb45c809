"""A page as HTML: one file, no script, nothing fetched; mathematics as MathML."""

from __future__ import annotations

import base64
from functools import cache
from html import escape
from importlib.resources import files

from derivations.language.statements import Prose
from derivations.language.terms import Term
from derivations.rendering.mathml import mathml, mathml_lines
from derivations.rendering.page import (
    UNSAID,
    Entry,
    Figure,
    Given,
    Page,
    Reference,
    SubProof,
    claim_blocks,
)
from derivations.rendering.prose import with_names
from derivations.rendering.style import Style
from derivations.rendering.text import branch_title, rests_on

_FULL_WIDTH = 82.0  # digits that fit where no reason stands beside the formula
_SIDE_WIDTH = 43.0  # digits that fit into the side panel


def html_document(page: Page) -> str:
    """The page as a complete, self-contained file."""
    return wrap_html(page.title, html_body(page))


def html_fragment(page: Page) -> str:
    """The page for a notebook: a ``div`` with its own style and no font inlined."""
    return f'<div class="derivation"><style>{_asset("page.css")}</style>{html_body(page)}</div>'


def wrap_html(title: str, body: str) -> str:
    """A complete file around a body that was made here."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>\n{font_face()}:root {{ color-scheme: light dark; }}\nbody {{ margin: 0; }}\n"
        "html { background: #fff; }\n@media (prefers-color-scheme: dark) { html { background: #14181d; } }\n"
        f'{_asset("page.css")}</style>\n</head>\n<body class="derivation">\n{body}\n</body>\n</html>\n'
    )


@cache
def _asset(name: str) -> str:
    return files("derivations.rendering").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def font_face() -> str:
    """The style rule that carries the mathematical font inside the file."""
    data = files("derivations.rendering").joinpath("assets", "stix-two-math-subset.woff2").read_bytes()
    encoded = base64.b64encode(data).decode("ascii")
    return (
        '@font-face { font-family: "Derivations Math"; font-display: swap; '
        f'src: url("data:font/woff2;base64,{encoded}") format("woff2"); }}\n'
    )


def html_body(page: Page) -> str:
    """What stands inside the page, title included."""
    weaker = "" if page.status == "proved" else " weaker"
    lead = f'<p class="lead">{escape(page.summary or page.question)}</p>'
    badge = f'<span class="badge{weaker}">{escape(page.status)}</span>'
    status = f'<p>{badge}<span class="meaning">{escape(page.meaning)}</span></p>'
    parts = [html_definitions(page), html_claims(page), html_proof(page), html_notes(page)]
    main = "\n".join([*parts, *map(html_figure, page.figures)])
    header = f"<header>\n<h1>{escape(page.title)}</h1>\n{lead}\n{status}\n{_answer(page)}</header>"
    return (
        f'<div class="sheet">\n{header}\n'
        f'<div class="columns">\n<aside>\n<div class="known">{html_given(page)}</div>\n'
        f'<div class="basis-panel">{_rests_on(page)}</div>\n</aside>\n'
        f'<div class="main">\n{main}\n</div>\n</div>\n</div>'
    )


def prose_html(prose: Prose, style: Style) -> str:
    return "".join(escape(part) if isinstance(part, str) else mathml(part, style) for part in prose)


def formula_html(term: Term, style: Style, limit: float = 0.0) -> str:
    """A display formula in lines, which scroll in their own box where they are still too wide."""
    lines = mathml_lines(term, style, limit) if limit else mathml_lines(term, style)
    body = "".join(f'<div class="line in{min(indent, 4)}">{line}</div>' for indent, line in lines)
    return f'<div class="formula">{body}</div>'


def _section(title: str, body: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{body}\n</section>" if body else ""


def _fields(rows: list[tuple[str, str]]) -> str:
    return (
        "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in rows) + "</dl>" if rows else ""
    )


def _answer(page: Page) -> str:
    rows = [
        (name, escape(value) if isinstance(value, str) else formula_html(value, page.style, _FULL_WIDTH))
        for name, value in page.answer
    ]
    return _section("Answer", f'<div class="answer">{_fields(rows)}</div>') if rows else ""


def html_claims(page: Page) -> str:
    """The conclusion; several equivalences are aligned at their signs."""
    pieces: list[str] = []
    for condition, block in claim_blocks(page):
        if condition is not None:
            pieces.append(f"<p>{'and if' if pieces else 'if'} {mathml(condition, page.style)}, then</p>")
        if len(block) > 1:
            pieces.append(f'<div class="pairs">{"".join(_pair(item, page.style) for item in block)}</div>')
        else:
            pieces.append(formula_html(block[0], page.style, _FULL_WIDTH))
    return _section("Claim", f'<div class="claims">{"".join(pieces)}</div>')


def _pair(pair: Term, style: Style) -> str:
    sign = '<math><mspace width="0.7em"></mspace><mo lspace="0" rspace="0">⟺</mo><mspace width="0.7em"></mspace></math>'
    left = f'<div class="left line">{mathml(pair.args[0], style, True)}{sign}</div>'
    return left + formula_html(pair.args[1], style)


def html_given(page: Page, limit: float = _SIDE_WIDTH) -> str:
    """Hypotheses and notation."""
    rows = "".join(_given(item, page.style, limit) for item in page.hypotheses)
    symbols = "".join(
        f"<dt>{mathml(names, page.style)}</dt><dd>{with_names(meaning, escape, lambda term: mathml(term, page.style))}</dd>"
        for names, meaning in page.notation
    )
    notation = f'<dl class="symbols">{symbols}</dl>' if symbols else ""
    return _section("Hypotheses", rows) + _section("Notation", notation)


def html_definitions(page: Page) -> str:
    """What the statement defines."""
    return _section("Definitions", "".join(_given(item, page.style) for item in page.definitions))


def _given(item: Given, style: Style, limit: float = _FULL_WIDTH) -> str:
    reason = prose_html(item.reason, style)
    unused = '<span class="basis">no step needs it</span>' if item.unused else ""
    note = f'<div class="reason">{reason} {unused}</div>' if reason or unused else ""
    return f'<div class="given"{_id(item.mark)}>{_mark(item.mark)}{formula_html(item.claim, style, limit)}{note}</div>'


def _id(mark: Reference) -> str:
    return f' id="{escape(mark.anchor)}"' if mark.anchor else ""


def _mark(mark: Reference) -> str:
    return f'<span class="mark">{escape(mark.text)}</span>'


def _link(mark: Reference) -> str:
    return f'<a href="#{escape(mark.anchor)}">{escape(mark.text)}</a>' if mark.anchor else escape(mark.text)


def html_proof(page: Page) -> str:
    """The steps: number, formula, reason and rule."""
    return _section("Proof", _entries(page.entries, page.style))


def _entries(entries: tuple[Entry, ...], style: Style) -> str:
    return "\n".join(_entry(entry, style) for entry in entries)


def _entry(entry: Entry, style: Style) -> str:
    by = ", ".join(_link(premise) for premise in entry.premises)
    basis = escape(entry.rule) + (f", by {by}" if by else "")
    reason = f'{prose_html(entry.because, style)} <div class="basis">{basis}</div>'
    step = (
        f'<div class="step"{_id(entry.mark)}>{_mark(entry.mark)}{formula_html(entry.claim, style)}'
        f'<div class="reason">{reason}</div></div>'
    )
    return step + "".join(_branch(branch, style) for branch in entry.branches)


def _branch(branch: SubProof, style: Style) -> str:
    given = "".join(_given(item, style) for item in branch.given)
    title = escape(branch_title(branch.name))
    return f'<div class="branch"><h3>{title}</h3>{given}{_entries(branch.entries, style)}</div>'


def html_notes(page: Page) -> str:
    """The remarks, each with the checked claims that carry it."""
    pieces = []
    for note in page.notes:
        claims = "".join(
            f'<div class="given"><span class="mark">{_link(mark)}</span>{formula_html(claim, page.style)}</div>'
            for mark, claim in note.claims
        )
        pieces.append(f"<h3>{escape(note.title)}</h3><p>{prose_html(note.text, page.style)}</p>{claims}")
    return _section(UNSAID, "".join(pieces))


def _rests_on(page: Page) -> str:
    rows = [(name, escape(value)) for name, value in rests_on(page)]
    return _section("What this rests on", f'<div class="rests">{_fields(rows)}</div>') if rows else ""


def html_figure(figure: Figure) -> str:
    """A figure with its picture inlined; an image cannot run scripts."""
    if not figure.svg:
        return ""
    data = base64.b64encode(figure.svg).decode("ascii")
    caption = escape(figure.caption)
    image = f'<img src="data:image/svg+xml;base64,{data}" alt="{caption}">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"
