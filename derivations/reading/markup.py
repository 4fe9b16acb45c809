"""Markup: what stands around and between mathematics in LaTeX, Markdown and HTML, blanked without moving anything.

Whatever is taken away leaves as many spaces behind, so that a place in the result is the same place in the text.
"""

from __future__ import annotations

import re

_ENTITIES = {
    "&lt;": "<", "&gt;": ">", "&le;": "≤", "&ge;": "≥", "&leq;": "≤", "&geq;": "≥", "&ne;": "≠", "&amp;": " ",
    "&eta;": "η", "&lambda;": "λ", "&theta;": "θ", "&alpha;": "α", "&sigma;": "σ", "&nbsp;": " ", "&minus;": "-",
    "&infin;": "∞", "&isin;": "∈", "&radic;": "√", "&middot;": "·", "&times;": "×", "&sup2;": "²", "&frac12;": "½",
    "&thinsp;": " ", "&plusmn;": "±", "&epsilon;": "ε", "&beta;": "β", "&asymp;": "≈", "&prop;": "∝", "&part;": "∂",
    "&#39;": "'", "&quot;": " ", "&prime;": "'", "&rarr;": "→", "&rArr;": "⇒", "&hArr;": "⇔", "&#60;": "<", "&#62;": ">",
}  # fmt: skip
_TAGS = re.compile(r"</?(?:p|b|i|em|strong|br|div|span|code|sup|sub|u|h[1-6]|ul|ol|li|hr)(?:\s[^<>]{0,80})?/?>")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_TEXT = re.compile(
    r"\\(?:text|textrm|textit|textbf|textnormal|mbox|emph|mathrm|textsf|underline|boxed|fbox|operatorname)\s*\{"
)
_ALWAYS = frozenset(["underline", "boxed", "fbox", "emph"])
_HIDDEN = re.compile(
    r"\\(?:left|right|bigl|bigr|Bigl|Bigr|biggl|biggr|big|Big|bigg|Bigg)\s*\."
    r"|\\(?:tag|label|ref|eqref|cite|vspace|hspace|color|textcolor)\*?\s*\{[^{}\n]{0,80}\}"
    r"|\\(?:hfill|newline|par|smallskip|medskip|bigskip|item|centering|displaylimits|boldmath|notag|phantom|because|therefore)\b"
)
_MODULES = re.compile(r"(?<![\w\\])(?:np|numpy|sympy|sp|sym|math|jnp|torch|scipy|linalg)\.(?=[A-Za-z])")
_FOR_ALL = re.compile(
    r"\b(?:(?:for|over)\s+(?:all|every|each|any)|für\s+alle|pour\s+tout)\s+(?=\$?\\?[A-Za-zηλ](?![A-Za-z]))|\bfor\s+(?=[ijk]\s*=\s*1\s*,)",
    re.IGNORECASE,
)
_MEMBERS = re.compile(  # X_1, …, X_n: all the X_i
    r"(\\?[^\W\d_]{1,20}?)(?:_\{?1\}?|1|₁)\s*,\s*(?:\1(?:_\{?2\}?|2|₂)\s*,\s*)?(?:…|\.\.\.|\\[lc]?dots)\s*,?\s*\1(?:_\{?[nNdpP]\}?|ₙ)"
)
_RANGE = re.compile(
    r"(?<=[\w}])\s*(?:=|\\in|∈)\s*(?:\\?\{)?\s*1\s*,?\s*(?:2\s*,\s*)?(?:\\l?c?dots|…|\.\.\.?)\s*,?\s*[nNdpPmM]\s*(?:\\?\})?"
)


_DIFFERENCE = re.compile(r"\\(?:(?<!\\\\)(?=\s+\\?\{)|(?<=[ℝR)]\\)(?=\{[^{}\\]*\}))")


_BOTH_SIGNS = re.compile(r"(?<![\w.])(?:plus[./ -]?minus|plus or minus)(?=\s*[\d(.√]|\s+(?:sqrt|i)\b)", re.IGNORECASE)
_MINUS = re.compile(r"(?<![\w.])minus\s+(?=\d)", re.IGNORECASE)
_SO_ON = re.compile(r"(=|≥|≤|<|>|\\geq?|\\leq?|\+)\s*(?:\\[lc]?dots\b|…|\.\.\.)\s*(?=\1)")
_CARRIAGE = re.compile(r"\\cr(?![A-Za-z])")


def blanked(text: str) -> str:
    """The text with spaces in place of markup. Its length is the same."""
    if "dots" in text or "…" in text or "..." in text:
        text = _MEMBERS.sub(lambda found: f"{found.group(1)}_i".ljust(len(found.group())), text)
        text = _SO_ON.sub(_unless_sum, text)
    if "\\cr" in text:
        text = _CARRIAGE.sub(lambda _: "\\\\ ", text)
    if "&" in text and ";" in text:
        for entity, sign in _ENTITIES.items():
            if entity in text:
                text = text.replace(entity, sign.ljust(len(entity)))
    if "\\" in text:
        text = _without_commands(_DIFFERENCE.sub("∖", text))
    if "inus" in text:
        text = _MINUS.sub(lambda found: "-".rjust(len(found.group())), _BOTH_SIGNS.sub(_plus_minus, text))
    if "." in text and "(" in text:
        text = _MODULES.sub(_spaces, text)
    if "for" in text or "For" in text or "für" in text or "pour" in text or "∀" in text or "\\forall" in text:
        text = _FOR_ALL.sub(lambda found: "∀".ljust(len(found.group())), text)
    if "∀" in text or "\\forall" in text:
        text = _RANGE.sub(_spaces, text)
    return text


def _plus_minus(found: re.Match[str]) -> str:
    return "±".rjust(len(found.group()))


def _unless_sum(found: re.Match[str]) -> str:
    """a = … = b is a = b; a + … + b is no sum that could be read."""
    return found.group() if found.group(1) == "+" else _spaces(found)


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _without_commands(text: str) -> str:
    text = _HIDDEN.sub(_spaces, text)
    at = 0
    while True:
        found = _TEXT.search(text, at)
        if found is None:
            return text
        close = _closing(text, found.end())
        inside = text[found.end() : close]
        command = found.group().strip("\\{ ")
        at = found.end()
        if close < 0 or close >= len(text):
            return text
        if command in _ALWAYS or " " in inside.strip() or inside.strip() in _WORDS or "$" in inside:
            text = text[: found.start()] + " " * len(found.group()) + inside + " " + text[close + 1 :]
            at = found.start()


_WORDS = frozenset(
    ["and", "or", "in", "for", "if", "where", "with", "when", "as", "so", "then", "hence", "if", "iff", ",", ".", ";"]
)


def _closing(text: str, at: int) -> int:
    """Where the brace closes that was opened before this place; -1 if it never does."""
    depth = 1
    stop = min(len(text), at + 2000)
    while at < stop:
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if not depth:
                return at
        at += 1
    return -1


def without_comments(text: str) -> str:
    """LaTeX's comments and HTML's tags blanked."""
    if "%" in text and "\\" in text:
        text = _COMMENT.sub(_comment, text)
    if "<" in text and ">" in text:
        text = _TAGS.sub(_spaces, text)
    return text


def _comment(found: re.Match[str]) -> str:
    """A comment; but 5% is a number."""
    before = found.string[: found.start()]
    return found.group() if before[-1:].isdigit() else _spaces(found)


_PAIR = re.compile(r"(?<![\d,.])(\d+),(\d+)(?![\d,.])")
_LAID_OUT = re.compile(r"\b(?:mat|vec|array|tensor)\s*\(")
_BRACKETED = re.compile(r"[(\[{]\s*-?\d+,-?\d+\s*[)\]}]")


def with_decimals(text: str) -> str:
    """Decimal commas as points, in a text that has several and in which one of them can be nothing else: 0,76 and -0,2."""
    if "," not in text:
        return text
    pairs = _PAIR.findall(text)
    if len(pairs) < 2 or _BRACKETED.search(text) or _LAID_OUT.search(text) or not any(first == "0" for first, _ in pairs):
        return text
    return _PAIR.sub(r"\1.\2", text)
