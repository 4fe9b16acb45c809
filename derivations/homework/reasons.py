"""Sentences about answers with their formulas as people write them: "at eta = 3/4" as "at η = 3/4", and as MathML on a page.

Deciders write formulas into their sentences in the ASCII of the evidence; here they are found and printed in the sheet's letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

from derivations.homework.keys import TaskKey
from derivations.homework.names import vocabulary
from derivations.language.errors import DerivationsError
from derivations.language.terms import Term
from derivations.reading import Vocabulary, read_formula
from derivations.rendering.style import Style, style_of_terms
from derivations.rendering.unicode import print_unicode, unicode

_FUNCTIONS = ("Abs", "sqrt", "exp", "log", "sin", "cos", "Matrix", "RootOf", "True", "False", "D", "E", "Var")
_TOKEN = r"\d+(?:\.\d+)?|\*\*|<=|>=|==|!=|[-+*/^<>=≤≥≠·−&|()\[\],]"
_LONGEST = 400  # characters of a formula in a sentence
_KNOWN = 500  # formulas that are kept


class Sentences:
    """Prints the formulas in sentences about one task."""

    def __init__(self, key: TaskKey, words: Vocabulary | None = None, style: Style | None = None) -> None:
        self._vocabulary = words or vocabulary(key.symbols, key.open)
        self.style = style or style_of_terms((), key.notation, key.symbols)
        self._glyphs = {one.name: print_unicode(self.style.in_terminal().name(one.name)) for one in key.symbols}
        self._names = frozenset({*self._glyphs, *self._glyphs.values()})
        named = "|".join(map(re.escape, sorted({*self._names, *_FUNCTIONS}, key=lambda word: (-len(word), word))))
        self._tokens = re.compile(rf"(?<![\w\\'$])(?:{named})(?!\w)|{_TOKEN}")
        self._any = re.compile(rf"(?<![\w\\'$])(?:{named})(?!\w)|\$")
        self._known: dict[tuple[str, bool], str] = {}
        self._last = ("", "")

    def plain(self, text: str) -> str:
        """The sentence in Unicode."""
        if self._last[0] != text:  # the reason of an answer is that of its only part
            known = bool(self._any.search(text))
            pieces = self._pieces(text) if known else [(text, False)]
            self._last = text, "".join([self._shown(piece) if formula else piece for piece, formula in pieces])
        return self._last[1]

    def html(self, text: str, outside: Callable[[str], str] = escape) -> str:
        """The sentence as markup made here; ``outside`` escapes what is no formula."""
        pieces = []
        for piece, formula in self._pieces(text):
            alone = formula and len(piece) == 1 and piece.isascii()  # "a", which is also a word
            pieces.append(self._mathml(piece, outside) if formula and not alone else outside(piece))
        return "".join(pieces)

    def formula(self, latex: str) -> str:
        """What was understood, in Unicode; what cannot be read back stays LaTeX."""
        terms = [(piece, self._read(piece)) for piece in latex.split(r" \quad ")]
        return "   ".join(piece if term is None else unicode(term, self.style) for piece, term in terms)

    # --- finding ----------------------------------------------------------------------------------------------------

    def _pieces(self, text: str) -> Iterator[tuple[str, bool]]:
        """The sentence in pieces, with whether each is a formula."""
        for number, part in enumerate(re.split(r"(\$[^$]+\$)", text)):
            at = 0
            for start, end in [(0, len(part))] if number % 2 else self._runs(part):
                if start > at:
                    yield part[at:start], False
                yield part[start:end], True
                at = end
            if at < len(part):
                yield part[at:], False

    def _runs(self, text: str) -> Iterator[tuple[int, int]]:
        """Where tokens follow each other, and a name is among them."""
        run: list[re.Match[str]] = []
        for token in self._tokens.finditer(text):
            if run and not self._follows(text[run[-1].end() : token.start()], run[-1][0], token[0]):
                yield from self._trimmed(run)
                run = []
            run.append(token)
        yield from self._trimmed(run)

    def _follows(self, between: str, before: str, token: str) -> bool:
        if between not in ("", " "):
            return False
        begins = _is_operand(token[0]) and token not in _SIGNS
        ended = before in ")]" or (_is_operand(before[-1]) and before not in _SIGNS)
        return not (begins and ended) and not (token in "([" and between and before not in _OPENING)

    def _trimmed(self, run: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
        """Without what belongs to the sentence: commas, signs at the ends, brackets that are not closed."""
        while run and run[-1][0] in _OPENING:
            run = run[:-1]
        while run and run[0][0] in _LEADING:
            run = run[1:]
        depth, start = 0, 0
        for place, token in enumerate(run):
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token[0], 0)
            if depth < 0 or (token[0] == "," and depth == 0):
                yield from self._trimmed(run[start:place])
                yield from self._trimmed(run[place + 1 :])
                return
        if depth > 0:
            last = max(place for place, token in enumerate(run) if token[0] in ("(", "["))
            yield from self._trimmed(run[:last])
            yield from self._trimmed(run[last + 1 :])
        elif len(run) > 2 and run[0][0] == "(" and _closes_last(run):
            yield from self._trimmed(run[1:-1])
        elif any(token[0] in self._names for token in run):
            yield run[0].start(), run[-1].end()

    # --- printing ---------------------------------------------------------------------------------------------------

    def _shown(self, text: str) -> str:
        return self._kept(text, False, lambda: self._unicode(text))

    def _unicode(self, text: str) -> str:
        if re.fullmatch(r"[\w*]+(?: = -?[\d/.]+)?", text) and text.partition(" ")[0] in self._glyphs:
            name, space, rest = text.partition(" ")
            return f"{self._glyphs[name]}{space}{rest}"
        term = self._read(text)
        if term is not None:
            return unicode(term, self.style)
        return self._tokens.sub(lambda token: self._glyphs.get(token[0], token[0]), text)

    def _mathml(self, text: str, outside: Callable[[str], str]) -> str:
        return self._kept(text, True, lambda: self._markup(text, outside))

    def _markup(self, text: str, outside: Callable[[str], str]) -> str:
        from derivations.rendering.mathml import mathml

        term = self._read(text)
        return outside(text) if term is None else mathml(term, self.style)

    def _read(self, text: str) -> Term | None:
        """The term, unless the text is none: a sentence has to be shown in any case."""
        if len(text) > _LONGEST:
            return None
        try:
            return read_formula(text.strip("$"), self._vocabulary)
        except (DerivationsError, RecursionError):
            return None

    def _kept(self, text: str, markup: bool, make: Callable[[], str]) -> str:
        found = self._known.get((text, markup))
        if found is None:
            found = make()
            if len(self._known) < _KNOWN:
                self._known[text, markup] = found
        return found


_SIGNS = frozenset(["*", "**"])
_BETWEEN = frozenset(["*", "/", "**", "^", "<", "<=", ">", ">=", "=", "==", "!=", "&", "|", ",", "≤", "≥", "≠", "·"])
_OPENING = _BETWEEN | {"(", "[", "+", "-", "−"}
_LEADING = _BETWEEN | {")", "]"}


def _is_operand(char: str) -> bool:
    return char.isalnum() or char in "_*⋆"


def _closes_last(run: list[re.Match[str]]) -> bool:
    """Whether the bracket that begins the run is closed by its last token, and not before."""
    depth = 0
    for place, token in enumerate(run):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return place == len(run) - 1
    return False


def sentence(text: str) -> str:
    """The text with a capital at its beginning, unless a formula begins it, and a stop at its end."""
    text = text.strip()
    if not text:
        return ""
    word = re.match(r"[a-z]+(?=[ ,;:']|-[a-z])|[a-z]+\.?$", text)
    formula = re.match(r"\w+(?:\(\w+\))? (?:[=<>≤≥+*/-]|belongs|is (?:no )?such|does not (?:belong|count))", text)
    first = text[0].upper() if word and not formula else text[0]
    return first + text[1:] + ("" if text[-1] in ".!?)" else ".")
