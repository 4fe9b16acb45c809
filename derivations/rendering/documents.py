"""A page as LaTeX: a fragment for one's own document, or a document that pdflatex accepts as it is."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from derivations.language.statements import Prose
from derivations.language.terms import Term
from derivations.rendering.boxes import width
from derivations.rendering.escaping import bare, escape
from derivations.rendering.latex import LINE_WIDTH, latex, latex_lines
from derivations.rendering.layout import layout
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

_LONG = 45.0  # digits from which a formula in a sentence gets lines of its own
_SIDE = 24.0  # digits that fit into the column of reasons


def latex_document(page: Page) -> str:
    """The page as a complete document."""
    return wrap_document(page.title, latex_fragment(page))


def wrap_document(title: str, body: str) -> str:
    """A complete document around a body that was made here."""
    return (
        "\\documentclass[11pt]{article}\n"
        f"{preamble()}"
        f"\\hypersetup{{pdftitle={{{bare(title)}}}}}\n"
        "\\begin{document}\n"
        f"{{\\Large\\bfseries {escape(title)}\\par}}\n\n{body}\n\\end{{document}}\n"
    )


@cache
def preamble() -> str:
    """The packages and the macros that fragments need."""
    return files("derivations.rendering").joinpath("assets/preamble.tex").read_text(encoding="utf-8")


def latex_fragment(page: Page) -> str:
    """The page without its title; it needs the macros of ``preamble``."""
    pieces = [escape(page.summary or page.question)]
    pieces.append(rf"\textbf{{Status: {escape(page.status)}}} --- {escape(page.meaning)}.")
    pieces += [_answer(page), latex_statement(page), latex_proof(page), latex_notes(page)]
    pieces += [latex_figure(figure) for figure in page.figures]
    return "\n\n".join(piece for piece in [*pieces, _rests_on(page)] if piece)


def prose_latex(prose: Prose, style: Style) -> str:
    return "".join(escape(part) if isinstance(part, str) else _inline(part, style) for part in prose)


def _inline(term: Term, style: Style) -> str:
    """A formula within a sentence; on lines of its own if it is long."""
    if width(layout(term, style)) < _LONG:
        return f"${latex(term, style)}$"
    return rf"\par\fitted{{{latex_lines(term, style, LINE_WIDTH - 8)}}}\par "


def _heading(title: str, depth: int = 1) -> str:
    return rf"\{'sub' * (depth - 1)}section*{{{escape(title)}}}"


def _target(mark: Reference) -> str:
    return rf"\hypertarget{{{mark.anchor}}}{{{escape(mark.text)}}}" if mark.anchor else escape(mark.text)


def _link(mark: Reference) -> str:
    return rf"\hyperlink{{{mark.anchor}}}{{{escape(mark.text)}}}" if mark.anchor else escape(mark.text)


def _line(mark: str, formula: str, reason: str, below: bool = False) -> str:
    return f"\\{'longproofline' if below else 'proofline'}{{{mark}}}{{{formula}}}{{{reason}}}"


def _answer(page: Page) -> str:
    lines = []
    for name, value in page.answer:
        shown = (
            escape(value)
            if isinstance(value, str)
            else rf"\fitted{{{latex_lines(value, page.style, LINE_WIDTH - 14)}}}"
        )
        lines.append(rf"\makebox[7em][l]{{\textit{{{escape(name)}}}}}{shown}\par")
    return "\n".join(lines)


def latex_statement(page: Page) -> str:
    """The theorem: notation, definitions, hypotheses, claim."""
    symbols = ", ".join(
        f"${latex(names, page.style)}$ ({with_names(meaning, escape, lambda term: f'${latex(term, page.style)}$')})"
        for names, meaning in page.notation
    )
    pieces = [r"\begin{theorem}\normalfont"]
    pieces += [f"Notation: {symbols}."] if symbols else []
    for title, rows in (("Let", page.definitions), ("Suppose", page.hypotheses)):
        if rows:
            pieces += [title, *(_given(item, page.style) for item in rows)]
    return "\n\n".join([*pieces, "Then", *_claims(page), r"\end{theorem}"])


def _claims(page: Page) -> list[str]:
    """The items of the conclusion; several equivalences are aligned at their signs."""
    lines: list[str] = []
    for condition, block in claim_blocks(page):
        if condition is not None:
            lines.append(f"{'and if' if lines else 'if'} ${latex(condition, page.style)}$, then")
        if len(block) > 1 and all(width(layout(item, page.style)) < LINE_WIDTH for item in block):
            sides = ([latex(side, page.style) for side in item.args] for item in block)
            body = " \\\\\n".join(f"{left} &\\iff {right}" for left, right in sides)
            lines.append(_line("", f"\\begin{{aligned}}[t]\n{body}\n\\end{{aligned}}", ""))
        else:
            lines += [_line("", latex_lines(item, page.style), "") for item in block]
    return lines


def _given(item: Given, style: Style) -> str:
    reason = prose_latex(item.reason, style)
    note = "no step needs it" if item.unused else ""
    return _line(
        _target(item.mark),
        latex_lines(item.claim, style),
        "; ".join(filter(None, (reason, note))),
        _is_wide(item.reason, style),
    )


def latex_proof(page: Page, depth: int = 1) -> str:
    """The steps, with their reasons beside or below them."""
    return "\n\n".join([_heading("Proof", depth), *_entries(page.entries, page.style), r"\hfill$\qedsymbol$"])


def _entries(entries: tuple[Entry, ...], style: Style) -> list[str]:
    pieces: list[str] = []
    for entry in entries:
        pieces.append(
            _line(
                _target(entry.mark),
                latex_lines(entry.claim, style),
                _reason(entry, style),
                _is_wide(entry.because, style),
            )
        )
        pieces += [_branch(branch, style) for branch in entry.branches]
    return pieces


def _is_wide(prose: Prose, style: Style) -> bool:
    """Whether words contain a formula too wide for the column of reasons."""
    return any(isinstance(part, Term) and width(layout(part, style)) > _SIDE for part in prose)


def _reason(entry: Entry, style: Style) -> str:
    by = ", ".join(_link(premise) for premise in entry.premises)
    basis = rf"\textit{{{escape(entry.rule)}}}" + (f", by {by}" if by else "")
    words = prose_latex(entry.because, style)
    return f"{words} [{basis}]".strip()


def _branch(branch: SubProof, style: Style) -> str:
    rows = [_given(item, style) for item in branch.given]
    title = rf"\textit{{{escape(branch_title(branch.name))}.}}"
    return "\n\n".join([r"\begin{subproof}" + title, *rows, *_entries(branch.entries, style), r"\end{subproof}"])


def latex_notes(page: Page, depth: int = 1) -> str:
    """The remarks, each with the checked claims that carry it."""
    if not page.notes:
        return ""
    pieces = [_heading(UNSAID, depth)]
    for note in page.notes:
        pieces.append(rf"\textbf{{{escape(note.title)}.}} {prose_latex(note.text, page.style)}")
        pieces += [_line(_link(mark), latex_lines(claim, page.style), "") for mark, claim in note.claims]
    return "\n\n".join(pieces)


def _rests_on(page: Page) -> str:
    rows = "\n".join(
        rf"{escape(name)} & \raggedright {escape(value)} \tabularnewline" for name, value in rests_on(page)
    )
    table = f"\\begin{{tabular}}{{@{{}}lp{{0.8\\linewidth}}@{{}}}}\n\\toprule\n{rows}\n\\bottomrule\n\\end{{tabular}}"
    return f"{_heading('What this rests on')}\n\n{table}" if rows else ""


def latex_figure(figure: Figure) -> str:
    """A figure by its path (PDF or PNG: pdflatex reads no SVG)."""
    if not figure.path:
        return ""
    image = rf"\includegraphics[width=0.8\linewidth]{{\detokenize{{{figure.path}}}}}"
    return f"\\begin{{center}}\n{image}\n\n\\small {escape(figure.caption)}\n\\end{{center}}"
