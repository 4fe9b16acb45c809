"""The statement of a certificate as a theorem to paste into a LaTeX document of one's own: amsmath and amsthm are enough."""

from __future__ import annotations

from derivations.language.certificates import Certificate
from derivations.language.terms import Term
from derivations.rendering.boxes import width
from derivations.rendering.documents import prose_latex
from derivations.rendering.escaping import escape
from derivations.rendering.latex import latex, latex_lines
from derivations.rendering.layout import layout
from derivations.rendering.page import Given, Page, claim_blocks, page_of
from derivations.rendering.style import Style


def theorem(certificate: Certificate, notation: str = "lecture") -> str:
    """Definitions, hypotheses and conclusion in a ``theorem`` environment, with what is needed in comments above it."""
    page = page_of(certificate, notation)
    pieces = [_head(page)]
    pieces += [_list("Let", page.definitions, page.style)] if page.definitions else []
    pieces += [_list("Suppose that", page.hypotheses, page.style)] if page.hypotheses else []
    pieces += [_claims(page), r"\end{theorem}"]
    return "\n".join(pieces) + "\n"


def _head(page: Page) -> str:
    names = ", ".join(f"${latex(names, page.style)}$ ({escape(meaning)})" for names, meaning in page.notation)
    return "\n".join([
        r"% \usepackage{amsmath,amssymb,amsthm} \newtheorem{theorem}{Theorem}",
        f"% {page.id}: {page.status}, {page.meaning}",
        rf"\begin{{theorem}}[{{{escape(page.title)}}}]\label{{thm:{page.id}}}",
        *([f"Notation: {names}."] if names else []),
    ])  # fmt: skip


def _list(title: str, rows: tuple[Given, ...], style: Style) -> str:
    lines = [_line(item.claim, style, prose_latex(item.reason, style)) for item in rows]
    return "\n".join([title, r"\begin{gather*}", " \\\\\n".join(lines), r"\end{gather*}"])


def _claims(page: Page) -> str:
    """The conclusion; a condition that several claims share is a sentence before them."""
    pieces: list[str] = []
    for condition, terms in claim_blocks(page):
        word = "Then" if not pieces else "and"
        pieces.append(f"{word}, if ${latex(condition, page.style)}$," if condition is not None else word)
        pieces.append(_display(terms, page.style))
    return "\n".join(pieces)


def _display(terms: tuple[Term, ...], style: Style) -> str:
    """The claims below one another; several equivalences aligned at their signs, if each has room on its line."""
    rows = [_line(term, style) for term in terms]
    if len(terms) > 1 and all(term.head == "Iff" for term in terms) and not any("\n" in row for row in rows):
        pairs = ([latex(side, style) for side in term.args] for term in terms)
        rows = [f"{left} &\\iff {right}" for left, right in pairs]
        return "\n".join([r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"])
    return "\n".join([r"\begin{gather*}", " \\\\\n".join(rows), r"\end{gather*}"])


def _line(term: Term, style: Style, reason: str = "") -> str:
    """One row of a display, with the reason beside it if both have room."""
    formula = latex_lines(term, style, 52.0).replace("\\begin{aligned}[t]", "\\begin{aligned}")
    room = 52.0 - width(layout(term, style))
    if not reason or "$" in reason or "\n" in formula or len(reason) > room:
        return formula
    return rf"{formula} \qquad\text{{({reason})}}"
