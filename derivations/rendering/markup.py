"""The author's task text, Markdown with LaTeX in it, as LaTeX or HTML: paragraphs, lists, emphasis, code, formulas."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import NamedTuple

from derivations.language.terms import Term
from derivations.rendering import escaping as tex

Formula = Callable[[str], Term | None]
TermHtml = Callable[[Term, bool], str]

_INLINE = re.compile(
    r"(?P<display>\$\$(?P<d>.+?)\$\$)|(?P<math>(?<!\\)\$(?P<m>[^$\n]+(?:\n[^$\n]+)*?)(?<!\\)\$)|(?P<code>`(?P<c>[^`]+)`)"
    r"|(?P<bold>\*\*(?P<b>.+?)\*\*)|(?P<emphasis>\*(?P<e>[^*\s](?:[^*]*[^*\s])?)\*)|(?P<escaped>\\(?P<x>[$*_`\\]))",
    re.DOTALL,
)
_ITEM = re.compile(r"\s*(?:[-*+]|(?P<number>\d+)[.)])\s+(?P<text>.*)", re.DOTALL)
# Commands with which LaTeX could read or write files or redefine itself have no place in a formula.
_FORBIDDEN = re.compile(
    r"\\(?:input|include|write|openin|openout|read|immediate|special|catcode|def|edef|gdef|xdef|let|newcommand|renewcommand"
    r"|csname|usepackage|verbatiminput|lstinputlisting|directlua|end\s*\{document\})(?![A-Za-z])|\^\^|(?<!\\)%"
)


class Block(NamedTuple):
    """A paragraph ("p") or a list ("ul", "ol") with its items."""

    kind: str
    texts: tuple[str, ...]


def blocks(source: str) -> list[Block]:
    """Paragraphs and lists, in their order."""
    found: list[Block] = []
    for chunk in re.split(r"\n\s*\n", source.strip()):
        for block in _chunk(chunk.split("\n")):
            joined = found and found[-1].kind == block.kind != "p"
            if joined:
                found[-1] = Block(block.kind, found[-1].texts + block.texts)
            else:
                found.append(block)
    return found


def _chunk(lines: list[str]) -> list[Block]:
    found: list[Block] = []
    for line in lines:
        match = _ITEM.fullmatch(line)
        if match:
            found.append(Block("ol" if match["number"] else "ul", (match["text"],)))
        elif found:
            last = found[-1]
            found[-1] = Block(last.kind, (*last.texts[:-1], f"{last.texts[-1]}\n{line.strip()}"))
        else:
            found.append(Block("p", (line,)))
    return found


def to_latex(source: str) -> str:
    """The text as LaTeX; its formulas stay as the author wrote them."""
    return "\n\n".join(_latex_block(block) for block in blocks(source))


def _latex_block(block: Block) -> str:
    if block.kind == "p":
        return _inline(block.texts[0], tex.escape, _latex_span)
    name = "itemize" if block.kind == "ul" else "enumerate"
    items = "\n".join(rf"\item {_inline(text, tex.escape, _latex_span)}" for text in block.texts)
    return f"\\begin{{{name}}}\n{items}\n\\end{{{name}}}"


def _latex_span(kind: str, text: str) -> str:
    if kind in ("display", "math"):
        if _FORBIDDEN.search(text) or not _balanced(text):
            return rf"\texttt{{{tex.escape(text)}}}"
        return f"\\[{text.strip()}\\]" if kind == "display" else f"${text}$"
    if kind == "code":
        return rf"\texttt{{{tex.escape(text)}}}"
    command = {"bold": "textbf", "emphasis": "emph"}[kind]
    return rf"\{command}{{{_inline(text, tex.escape, _latex_span)}}}"


def _balanced(text: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)(?:\\\\)*([{}])", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def to_html(source: str, formula: Formula, show: TermHtml) -> str:
    """The text as HTML; ``formula`` reads LaTeX into a term, which ``show`` typesets; else the source is shown."""

    def span(kind: str, text: str) -> str:
        if kind in ("display", "math"):
            term = formula(text.strip())
            if term is None:
                return f"<code>{html.escape(text)}</code>"
            shown = show(term, kind == "display")
            return f'<span class="display">{shown}</span>' if kind == "display" else shown
        if kind == "code":
            return f"<code>{html.escape(text)}</code>"
        tag = {"bold": "strong", "emphasis": "em"}[kind]
        return f"<{tag}>{_inline(text, html.escape, span)}</{tag}>"

    def block_html(block: Block) -> str:
        parts = [_inline(text, html.escape, span) for text in block.texts]
        if block.kind == "p":
            return f"<p>{parts[0]}</p>"
        return f"<{block.kind}>{''.join(f'<li>{part}</li>' for part in parts)}</{block.kind}>"

    return "\n".join(map(block_html, blocks(source)))


def formulas(source: str) -> list[str]:
    """The LaTeX formulas in a text, in their order."""
    found = []
    for match in _INLINE.finditer(source):
        if match.lastgroup is not None and (match["display"] or match["math"]):
            found.append((match["d"] or match["m"]).strip())
    return found


def _inline(text: str, escape: Callable[[str], str], span: Callable[[str, str], str]) -> str:
    """The text with its spans replaced; what is between them is escaped."""
    pieces, end = [], 0
    for match in _INLINE.finditer(text):
        pieces.append(escape(text[end : match.start()]))
        end = match.end()
        if match["escaped"]:
            pieces.append(escape(match["x"]))
            continue
        kind, inner = next(
            (kind, match[group])
            for kind, group in (("display", "d"), ("math", "m"), ("code", "c"), ("bold", "b"), ("emphasis", "e"))
            if match[kind]
        )
        pieces.append(span(kind, inner))
    return "".join([*pieces, escape(text[end:])])
