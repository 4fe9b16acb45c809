"""Displays: mathematics that a text marks as such ($…$, \\[…\\], environments, code), and the rows in it."""

from __future__ import annotations

import re
from itertools import pairwise

Mark = tuple[int, int, bool]  # start, end, whether it is marked

_ENVIRONMENTS = (
    r"(?:equation|align|aligned|gather|gathered|multline|split|flalign|eqnarray|displaymath|math|cases|alignat)"
)
_OPENING = re.compile(r"\\\$|\$\$|\$|\\\\|\\\(|\\\[|\\begin\{" + _ENVIRONMENTS + r"\*?\}|```[A-Za-z]*|`")
_INNER = re.compile(r"\\(?:begin|end)\{" + _ENVIRONMENTS + r"\*?\}(?:\{\d\})?")
_BEGIN_OR_END = re.compile(r"\\(begin|end)\{[A-Za-z]+\*?\}|\\\\|&|[{}]|\\[{}]")
_RELATED = re.compile(
    r"\s*+(?:\[[^\]]{0,8}\])?\s*+(?:[=<>≤≥≠≈∝⇒⇔]|\\(?:leq?|geq?|lt|gt|neq?|approx|sim|propto|iff|implies|[RL]\w*arrow|equiv|le|ge|Rightarrow)\b)"
)
_CLOSING = {"$$": "$$", "$": "$", "\\(": "\\)", "\\[": "\\]", "`": "`"}
_BULLET = re.compile(
    r"^[ \t]*(?:>[ \t]?)*(?:(?:[-*+•][ \t]+|\(?(?:\d{1,2}|[a-h])[.)][ \t]+|#{1,6}[ \t]*))?", re.MULTILINE
)
_BOLD = re.compile(r"(?<![\w)\]*}{^])(\*\*|__)(?=[^\s*])([^*\n]{1,2000}?)(?<=[^\s*])\1(?![\w(*])")
_ITALIC = re.compile(r"(?<![\w)\]*}{^])\*(?=[^\s*])([^*\n]{1,2000}?)(?<=[^\s*^])\*(?![\w(*])")
_RULE = re.compile(r"^(?=[ \t:|-]*+$)[ \t|:-]*?---[ \t|:-]*+", re.MULTILINE)


def marked(plain: str) -> tuple[str, list[Mark]]:
    """The text without what marks mathematics, and the rows of mathematics that were marked."""
    parts: list[Mark] = []
    gone: list[tuple[int, int]] = []
    missing: set[str] = set()
    at = 0
    while True:
        found = _OPENING.search(plain, at)
        if found is None:
            break
        sign, at = found.group(), found.end()
        if sign in ("\\$", "\\\\"):
            continue
        closing = _closing(sign)
        close = -1 if closing in missing else plain.find(closing, at)
        if close < 0:
            missing.add(closing)
            if not sign.startswith("\\begin"):
                gone.append(found.span())
            continue
        gone += [found.span(), (close, close + len(closing))]
        if plain[at:close].strip():
            parts.append((at, close, True))
        at = close + len(closing)
    result = _blank(plain, gone)
    rows: list[Mark] = []
    for start, end, _ in parts:
        result, found_rows = _rows(result, start, end)
        rows += found_rows
    return result, rows


def _closing(sign: str) -> str:
    if sign.startswith("\\begin"):
        return sign.replace("begin", "end")
    return "```" if sign.startswith("```") else _CLOSING[sign]


def _blank(text: str, places: list[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in places:
        pieces += [text[at:start], " " * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


def _rows(text: str, start: int, end: int) -> tuple[str, list[Mark]]:
    """The rows of a display without their alignment; a row that begins with a relation goes on with the one before."""
    inside = text[start:end]
    if "\\\\" not in inside and "&" not in inside and "\n" not in inside.strip():
        return text, [(start, end, True)]
    inside = _INNER.sub(lambda found: " " * len(found.group()), inside)
    breaks, gone, depth = [], [], 0
    for found in _BEGIN_OR_END.finditer(inside):
        sign = found.group()
        if sign in ("{", "}") or found.group(1):
            depth += 1 if sign == "{" or found.group(1) == "begin" else -1
        elif depth <= 0 and sign in ("&", "\\\\"):
            gone.append(found.span())
            if sign == "\\\\" and not _RELATED.match(inside.replace("&", " "), found.end()):
                breaks.append(found.end())
    if "\\\\" not in inside:
        breaks += [
            found.end()
            for found in re.finditer(r"\n", inside)
            if not _RELATED.match(inside, found.end()) and not _unfinished(inside[: found.start()])
        ]
    inside = _blank(inside, gone)
    text = text[:start] + inside + text[end:]
    edges = [0, *sorted(breaks), len(inside)]
    pairs = pairwise(edges)
    return text, [(start + one, start + two, True) for one, two in pairs if inside[one:two].strip()]


def _unfinished(before: str) -> bool:
    """Whether a bracket is open, or an operator waits for what follows."""
    opened = sum(before.count(one) for one in "([{") - sum(before.count(one) for one in ")]}")
    return opened > 0 or before.count("\\begin") > before.count("\\end") or before.rstrip()[-1:] in tuple("=<>+-*/≤≥,")


def plain_lines(text: str, marks: list[Mark]) -> str:
    """The text without Markdown's marks for lists, headings, quotes, tables and emphasis."""
    if "*" in text or "__" in text:
        text = _BOLD.sub(lambda found: found.group() if _within(found, marks) else "  " + found.group(2) + "  ", text)
        text = _ITALIC.sub(lambda found: found.group() if _within(found, marks) else " " + found.group(1) + " ", text)
    if "\n" in text or text.lstrip()[:1] in ("#", ">"):
        if "---" in text:
            if _RULE.search(text) and "|" in text:
                text = _RULE.sub(lambda found: " " * len(found.group()), text).replace("|", "\n")
            text = _RULE.sub(lambda found: " " * len(found.group()), text)
        protected = {start for start, _, _ in marks}
        text = _BULLET.sub(lambda found: found.group() if found.end() in protected else " " * len(found.group()), text)
    return text


def _within(found: re.Match[str], marks: list[Mark]) -> bool:
    """Whether an edge of what was found stands in marked mathematics."""
    return any(start <= at < end for start, end, _ in marks for at in (found.start(), found.end() - 1))
