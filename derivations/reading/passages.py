"""Passages: the mathematics in a text, marked as such or not, with the words between.

A text that is one formula is one passage. Otherwise what stands between dollar signs, in display environments and in backticks
is mathematics, and outside of them every run of signs, numbers and declared names that no English word interrupts. What looks
like mathematics and cannot be read is a passage with its error; nothing is dropped, repaired or guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.reading.answers import read_prepared
from derivations.reading.functions import CALLS
from derivations.reading.markup import blanked, without_comments
from derivations.reading.tokens import canonical
from derivations.reading.vocabulary import Vocabulary

MOST_CHARACTERS = 20_000
MOST_PASSAGES = 60
_MOST_TRIES = 14  # ways in which one run of signs is tried
_MARKED = re.compile(
    r"\$\$(?P<a>[^$]+)\$\$|(?<!\\)\$(?P<b>[^$]+)\$|\\\[(?P<c>.+?)\\\]|\\\((?P<d>.+?)\\\)"
    r"|\\begin\{(?P<env>equation|align|aligned|gather|gathered|eqnarray|multline|displaymath|math|split|flalign)(?P<star>\*?)\}"
    r"(?P<e>.+?)\\end\{(?P=env)(?P=star)\}|```(?:[a-z]+\n)?(?P<f>.+?)```|`(?P<g>[^`\n]+)`",
    re.DOTALL,
)
_BULLET = re.compile(r"^[ \t]*(?:[-*+•–]\s+|>\s*|#+\s+|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+(?=\S)|\\item\s*)+")
_BULLETS = re.compile(_BULLET.pattern, re.MULTILINE)
_EMPHASIS = re.compile(r"\*\*|__(?=\w)|(?<=\w)__|(?<![\w*)\]}^])\*(?=[A-Za-z])(?=[^*\n]*[A-Za-z.]\*(?![\w(\\]))")
_WORD = re.compile(r"[^\W\d_]+")
_STRONG = re.compile(r"[=<>≤≥≠≈∈∪^_\\|±∝∞√⟨⟩‖²³]")
_MATH = re.compile(r"[\d=<>≤≥≠≈∈∪^_\\|±∝∞√⟨⟩+*/·×∙²³½¼¾⁻¹\[\]{}−]")
_GREEK = re.compile(r"[α-ωΑ-Ωϑϵϕℒ]")
_RELATION_FIRST = re.compile(r"\s*(?:&\s*)?(?:[=<>≤≥≈∝]|\\(?:leq?|geq?|approx|propto|lt|gt|simeq|sim|equiv)\b)")
_ARTICLES = frozenset(["a", "A", "I", "i"])
_JOINS = frozenset(["and", "or", "in", "∀"])
_TEXT = re.compile(r"(?<![_^{])\\(?:text|textrm|textit|textbf|mbox|mathrm)\s*\{([^{}$\\]{2,})\}")
_OPERATORS = "=<>≤≥≈∈+*/^"  # after these something is missing
_TRIM = ".,;:!?"
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of mathematics: its term, or what is wrong with it; ``before`` and ``after`` are the words around it."""

    term: Term | None
    error: Unusable | None
    span: tuple[int, int]
    before: str = ""
    after: str = ""
    marked: bool = False


def read_passages(text: str, vocabulary: Vocabulary) -> tuple[Passage, ...]:
    """The passages of a text in its order. Nothing in a text raises."""
    finder = _Finder(text, vocabulary)
    whole = finder.whole()
    found = [whole] if whole is not None else sorted(finder.parts(), key=lambda one: one.span)
    if len(text) > MOST_CHARACTERS:
        error = Unusable("the answer is too long to be read as a whole", text, (MOST_CHARACTERS, MOST_CHARACTERS + 1))
        found.append(Passage(None, error, (MOST_CHARACTERS, len(text))))
    return _with_words(text, found[:MOST_PASSAGES])


def _with_words(text: str, found: list[Passage]) -> tuple[Passage, ...]:
    edges = [0, *(one.span[1] for one in found)]
    starts = [*(one.span[0] for one in found), len(text)]
    return tuple(
        replace(one, before=text[edges[i] : one.span[0]], after=text[one.span[1] : starts[i + 1]]) for i, one in enumerate(found)
    )


class _Finder:
    """One text; ``plain`` is the same with comments, tags and emphasis blanked, no sign moved."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text, self.vocabulary = text[:MOST_CHARACTERS], vocabulary
        self.plain = without_comments(self.text)
        self.tries = 400

    def whole(self) -> Passage | None:
        """The text as one formula, if it is one."""
        if len(self.plain) > 600 or not self.plain.strip() or ("\n" in self.plain and _BULLETS.search(self.plain)):
            return None
        start, end = 0, len(self.plain)
        match = _MARKED.fullmatch(self.plain.strip())
        marked = match is not None and match.group("env") is None
        if match is not None:
            if not marked:
                return None
            inner = next(name for name in "abcdfg" if match.group(name) is not None)
            offset = len(self.plain) - len(self.plain.lstrip())
            start, end = (offset + at for at in match.span(inner))
        elif "$" in self.plain or "`" in self.plain:
            return None
        term, _ = self.read(start, end)
        return None if term is None else Passage(term, None, (start, end), marked=marked)

    def read(self, start: int, end: int) -> tuple[Term | None, Unusable | None]:
        """The formula that stands there, or why there is none; the places in both are those of the text."""
        if self.tries <= 0:
            return None, None
        self.tries -= 1
        piece = blanked(self.plain[start:end])
        try:
            return _moved(read_prepared(piece, self.vocabulary), start), None
        except Unusable as error:
            place = error.span or (0, end - start)
            return None, Unusable(error.message, self.text, (start + place[0], start + place[1]), error.hint)

    def parts(self) -> Iterator[Passage]:
        """The marked passages, and those that stand unmarked between them."""
        at = 0
        for match in _MARKED.finditer(self.plain):
            yield from self.unmarked(at, match.start())
            name = next(name for name in "abcdefg" if match.group(name) is not None)
            start, end = match.span(name)
            if name in "fg":
                yield from self.code(start, end)
            else:
                for one in self.rows(start, end):
                    yield from self.marked(*one)
            at = match.end()
        yield from self.unmarked(at, len(self.plain))

    def code(self, start: int, end: int) -> Iterator[Passage]:
        term, _ = self.read(start, end)
        if term is not None:
            yield Passage(term, None, (start, end), marked=True)
        else:
            yield from self.unmarked(start, end)

    def marked(self, start: int, end: int) -> Iterator[Passage]:
        """A formula; or, where words stand in it, the formulas between the words; or what is wrong with it."""
        if not self.plain[start:end].strip(" \t\n\\,;.&"):
            return
        term, error = self.read(start, end)
        if term is not None:
            yield Passage(term, None, (start, end), marked=True)
            return
        inner = [one for one in self.unmarked(start, end, True) if one.term is not None]
        if inner and (r"\text" in self.plain[start:end] or any(char in self.plain[start:end] for char in ",;\n")):
            yield from (replace(one, marked=True) for one in inner)
        elif error is not None:
            yield Passage(None, error, (start, end), marked=True)

    def rows(self, start: int, end: int) -> list[tuple[int, int]]:
        """The rows of a display; one that begins with a relation goes on with the one before."""
        content = self.plain[start:end]
        if r"\\" not in content and "&" not in content:
            return [(start, end)]
        pieces, depth, at, chars = [0], 0, 0, list(content)
        while at < len(content):
            if content.startswith(r"\begin{", at):
                depth += 1
            elif content.startswith(r"\end{", at):
                depth -= 1
            elif depth == 0 and content.startswith(r"\\", at):
                rest = at + 2
                chars[at : at + 2] = [" ", " "]
                if not _RELATION_FIRST.match(content, rest):
                    pieces.append(rest)
                at = rest
                continue
            elif depth == 0 and content[at] == "&" and not content.startswith("\\&", at - 1):
                chars[at] = " "
            at += 2 if content[at] == "\\" and at + 1 < len(content) and content[at + 1] in "\\{}&" else 1
        self.plain = self.plain[:start] + "".join(chars) + self.plain[end:]
        return [(start + one, start + other) for one, other in zip(pieces, [*pieces[1:], len(content)], strict=True)]

    # --- mathematics in prose ---------------------------------------------------------------------------------------

    def unmarked(self, start: int, end: int, inside: bool = False) -> Iterator[Passage]:
        """The runs of signs and names in each line between start and end."""
        segment = self.plain[start:end]
        if not inside:
            segment = _EMPHASIS.sub(lambda found: " " * len(found.group()), segment)
        segment = blanked(_TEXT.sub(_words_only, segment))
        for first, last in _lines(segment):
            bullet = _BULLET.match(segment[first:last])
            if bullet is not None and bullet.end() < last - first:
                first += bullet.end()
            for one, other in self.runs(segment, first, last):
                yield from self.run(segment, one, other, start)

    def runs(self, segment: str, first: int, last: int) -> Iterator[tuple[int, int]]:
        """(first, last) of each maximal run of words of which every one is mathematics."""
        words = [match.span() for match in re.compile(r"\S+").finditer(segment, first, last)]
        kinds = [self.kind(segment[a:b]) for a, b in words]
        open_at, i = None, 0
        while i <= len(words):
            inside = i < len(words) and (
                kinds[i] == "math"
                or (open_at is not None and kinds[i] == "prose" and segment[words[i - 1][1] - 1] in _OPERATORS)
                or (kinds[i] == "sign" and (open_at is not None or i + 1 < len(words)))
                or (kinds[i] == "join" and open_at is not None and i + 1 < len(words) and kinds[i + 1] in ("math", "sign"))
            )
            if inside and open_at is None:
                open_at = i
            elif not inside and open_at is not None:
                if any(kind == "math" for kind in kinds[open_at:i]):
                    yield words[open_at][0], words[i - 1][1]
                open_at = None
            elif inside and i and segment[words[i - 1][1] - 1] in ".!?:" and kinds[i] == "math" and open_at != i:
                yield words[open_at][0], words[i - 1][1]  # type: ignore[index]
                open_at = i
            i += 1

    def kind(self, word: str) -> str:
        """Whether a word between spaces is "math", a mere "sign", a word that "join"s formulas, or "prose"."""
        bare = word.strip(_TRIM)
        if bare in _JOINS:
            return "join"
        if not bare.strip("()"):
            return "prose"
        if not any(char.isalnum() for char in bare) and not _GREEK.search(bare) and "\\" not in bare:
            return "sign" if _MATH.search(bare) or bare in ("-", "–", "−", "→", "|") else "prose"
        letters = _WORD.findall(re.sub(r"\\[A-Za-z]+", " ", bare))
        known = all(self.is_name(one) for one in letters)
        if known and (_MATH.search(bare) or _GREEK.search(bare) or (letters and bare not in _ARTICLES)):
            return "math"
        if not known and _STRONG.search(bare) and not re.fullmatch(r"[A-Za-z'’,.()-]+", bare):
            return "math"
        return "prose"

    def is_name(self, letters: str) -> bool:
        """Whether letters that stand together can be names or functions; an English word is none."""
        names, applied = self.vocabulary.names, self.vocabulary.applied
        key = canonical(letters)
        if key in names or key in applied or letters in CALLS or key in CALLS or letters in ("e", "oo", "inf"):
            return True
        if any(name.startswith(f"{key}_") for name in (*names, *applied)) and len(letters) <= 6:
            return True
        return bool(_GREEK.search(letters)) or letters in ("exp", "sqrt", "log", "ln", "max", "min", "diag", "T", "Var", "E", "O", "U")

    def run(self, segment: str, first: int, last: int, offset: int) -> Iterator[Passage]:
        """The passage in a run: the whole of it, or its longest parts that can be read."""
        first, last = _trimmed(segment, first, last)
        if first >= last:
            return
        term, error = self.read(offset + first, offset + last)
        if term is not None:
            yield Passage(term, None, (offset + first, offset + last))
            return
        pieces = list(_split(segment, first, last))
        found = []
        for one, other in pieces if len(pieces) > 1 else ():
            one, other = _trimmed(segment, one, other)
            if one < other:
                inner, _ = self.read(offset + one, offset + other)
                if inner is not None:
                    found.append(Passage(inner, None, (offset + one, offset + other)))
                elif _STRONG.search(segment[one:other]):
                    found = []
                    break
        if found:
            yield from found
        elif error is not None and _STRONG.search(segment[first:last]):
            yield Passage(None, error, (offset + first, offset + last))


def _words_only(found: re.Match[str]) -> str:
    """What stands in \\text{…}, without the command; a word that stands there as a name stays what it is."""
    inside = found.group(1)
    if inside.strip() in CALLS or inside.strip() in ("Var", "max", "min", "diag", "E"):
        return found.group()
    return " " * (found.start(1) - found.start()) + inside + " "


def _moved(term: Term, by: int) -> Term:
    """The term with its places moved."""
    if not by:
        return term
    args = tuple(_moved(arg, by) if isinstance(arg, Term) else arg for arg in term.args)
    return Term(term.head, args, term.span and (term.span[0] + by, term.span[1] + by))


def _lines(segment: str) -> Iterator[tuple[int, int]]:
    """(first, last) of each line; one in which a bracket stays open, or before one that begins with a relation, goes on."""
    start = at = depth = 0
    for match in re.finditer(r"[\n()\[\]]", segment):
        char = match.group()
        if char != "\n":
            depth = max(0, depth + (1 if char in "([" else -1))
        elif depth and segment.count("\n", start, match.start()) < 8:
            continue
        elif not _RELATION_FIRST.match(segment, match.end()):
            yield start, match.start()
            start, depth = match.end(), 0
        at = match.end()
    yield start, max(at, len(segment))


def _trimmed(segment: str, first: int, last: int) -> tuple[int, int]:
    """Without punctuation and unmatched brackets at the ends."""
    while True:
        piece = segment[first:last]
        stripped = piece.strip(" \t\n" + _TRIM)
        if not stripped:
            return first, first
        first += len(piece) - len(piece.lstrip(" \t\n" + _TRIM))
        last = first + len(stripped)
        piece = segment[first:last]
        for close, opening in _PAIRS.items():
            if piece.count(close) > piece.count(opening) and piece.endswith(close) and close != "]":
                last -= 1
                break
            if piece.count(opening) > piece.count(close) and piece.startswith(opening) and opening != "[":
                first += 1
                break
        else:
            return first, last


def _split(segment: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The parts between commas, semicolons, colons, arrows, "and" and "or" outside brackets."""
    depth, start = 0, first
    for match in re.compile(r"[()\[\]{}]|[,;:](?=\s)|=>|[⇒→⟹]|\\(?:Rightarrow|implies|to|quad)\b|\s(?:and|or)\s").finditer(segment, first, last):
        sign = match.group()
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth = max(0, depth - 1)
        elif depth == 0:
            yield start, match.start()
            start = match.end()
    yield start, last
