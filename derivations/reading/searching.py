"""The search of a text for its formulas: what is marked as mathematics, then what can be read in the sentences around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from derivations.language.errors import Malformed, Unusable
from derivations.language.terms import Term, free_symbols, substitute, subterms
from derivations.reading.answers import read_prepared
from derivations.reading.displays import Mark, marked, plain_lines
from derivations.reading.formulas import TRUTHS as _TRUTHS
from derivations.reading.keys import key_of
from derivations.reading.prose import Atom, atoms, counted, is_count, runs
from derivations.reading.splitting import EQUATING, SPLITS, looks_mathematical, speaks, trimmed
from derivations.reading.vocabulary import Vocabulary

_MOST_PASSAGES, _MOST_TRIES, _MOST_LINES = 100, 200, 40
_ORDER = frozenset(["Lt", "Le", "Gt", "Ge", "Ne", "In"])
_WORDS = re.compile(r"[A-Za-z]{2,}")
_GLUE = re.compile(r"[\s,]*(and|or)\s*", re.IGNORECASE)
_RELATION = re.compile(
    r"\s*(?:[=<>≤≥≠≈∝⩽⩾∈⇒⇔→]|:=|\\(?:leq?|geq?|lt|gt|neq?|approx|sim|in|propto|to|iff|implies|[Rr]ightarrow|Leftrightarrow|equiv)\b)"
)
_OPEN_END = re.compile(r"(?:[=<>≤≥≠≈∝∈+\-*/^⇒⇔→·]|\\(?:leq?|geq?|lt|gt|neq?|approx|sim|in|propto|cdot|to)|\bin)\s*$")
_NAMED = re.compile(
    r"\s*+(?:\\?(?:det|tr)\b\s*+|\\(?:bar|hat|tilde|vec|overline|mathbf|mathrm|mathbb|mathcal|operatorname|text)\s*+\{?\s*+)?+(?:\||\\lvert|\\left\|)?\s*+"
    r"\\?[^\W\d_]\w*\}?['′’]{0,3}(?:[₀-₉]|_\{[^{}]*\})?\s*+(?:\||\\rvert|\\right\|)?(?:\s*\([^()]*+\))?+"
    r"\s*+(?::=|=|≈|\\approx\b|\\equiv\b)(?![=>])"
)
_NAMED_BY_INDEX = re.compile(  # names that only an index or a star tells from those that are known: η^*, v_\\infty, σ_θ^2
    r"\s*\\?[^\W\d_]+(?:(?:_\{(?:[^{}]|\{[^{}]{0,20}\}){1,20}\}|_\\?[^\W_]{1,12})(?:\^\{?2\}?|²)?(?:\^\{?(?:\*|\\ast|\\star)\}?)?|\^\{?(?:\*|\\ast|\\star)\}?|\*)"
    r"\s*(?::=|=|≈|\\approx\b|\\equiv\b)(?![=>])"
)
_CONSTANT = re.compile(
    r"(?<!\s)\s*+(?:=|\\equiv|≡)\s*+(?:\\(?:text|mathrm)\s*+\{\s*+)?+(?:const(?:ant)?\.?|[cCkK](?:_0)?)\s*+\}?[\s.,;]*+$"
)
_PAIR = re.compile(r"\d+,\d+")


@dataclass(frozen=True, slots=True)
class Passage:
    """One formula of a text, or what is wrong with it; ``span`` is its place, ``before`` and ``after`` the words around it.

    ``marked``: the text marks it as mathematics. ``defines`` is the name that it is given, if other formulas use it.
    """

    term: Term | None
    error: Unusable | None
    span: tuple[int, int]
    before: str = ""
    after: str = ""
    marked: bool = False
    defines: str = ""


class Search:
    """One text that is searched; counts its tries, so that no text takes long."""

    def __init__(self, text: str, plain: str, vocabulary: Vocabulary) -> None:
        self.text, self.vocabulary = text, vocabulary
        self.plain, self.marks = marked(plain)
        self.plain = plain_lines(self.plain, self.marks)
        if "rate" in plain or "size" in plain:
            self.plain = _in_one_word(self.plain, vocabulary)
        self.tries = 0
        self.ambiguous: Unusable | None = None  # why what was read last could mean two things
        self.defined: dict[str, Term] = {}  # names that the answer gives to formulas
        self.naming: dict[tuple[int, int], str] = {}  # where it gives them
        self.used: set[str] = set()  # those that its other formulas speak of

    def passages(self) -> list[Passage]:
        found: list[Passage] = []
        for start, end, is_marked in self._pieces():
            found += self._marked(start, end) if is_marked else self._unmarked(start, end, False)
            if len(found) > _MOST_PASSAGES or self.tries > _MOST_TRIES:
                error = Unusable("there are too many formulas in this answer", self.text, (end - 1, end), "shorten it")
                return [*found[:_MOST_PASSAGES], Passage(None, error, (end - 1, end))]
        used = {
            span: name for span, name in self.naming.items() if name in self.used and free_symbols(self.defined[name])
        }
        return self._joined([replace(one, defines=used[one.span]) if one.span in used else one for one in found])

    def _pieces(self) -> Iterator[Mark]:
        """Marked parts and the text between them; a relation between two of them joins them."""
        at = 0
        pieces: list[Mark] = []
        for start, end, _ in self.marks:
            if self.plain[at:start].strip():
                pieces.append((at, start, False))
            pieces.append((start, end, True))
            at = end
        if self.plain[at:].strip():
            pieces.append((at, len(self.plain), False))
        merged: list[Mark] = []
        for piece in pieces:
            if merged and self._continues(merged[-1], piece):
                merged[-1] = (merged[-1][0], piece[1], True)
            else:
                merged.append(piece)
        yield from merged

    def _continues(self, before: Mark, piece: Mark) -> bool:
        """Whether only a relation, without words, stands between: $H$ = $…$."""
        first, second = self.plain[before[0] : before[1]], self.plain[piece[0] : piece[1]]
        if not (before[2] or piece[2]):
            return False
        wordless = "\n" not in second.strip(" ") and not _WORDS.search(second.replace("in", ""))
        short = not piece[2] and wordless and bool(_OPEN_END.search(second[-20:]))
        opened = before[2] and bool(_OPEN_END.search(first[-20:])) and (piece[2] or "\n" not in second.strip())
        relating = bool(_RELATION.match(second)) and piece[2] and before[2]
        return (before[2] and short) or (opened and piece[2]) or relating

    # --- reading ----------------------------------------------------------------------------------------------------

    def _read(self, start: int, end: int) -> Term | Unusable:
        self.tries += 1 + (end - start) // 250
        while start < end and self.plain[start].isspace():
            start += 1
        try:
            return read_prepared(self.plain, self.vocabulary, start, end)
        except Unusable as error:
            place = error.span or (start, start + 1)
            return Unusable(error.message, self.text, (place[0], min(place[1], len(self.text))), error.hint)

    def _marked(self, start: int, end: int) -> list[Passage]:
        found = self._attempt(start, end, True)
        if found is not None:
            return [found]
        rest = self._unmarked(start, end, True)
        if rest:
            return rest
        error = self._read(start, end)
        return [Passage(None, error, (start, end), marked=True)] if isinstance(error, Unusable) else []

    def _attempt(self, start: int, end: int, is_marked: bool) -> Passage | None:
        """The passage if this can be read, perhaps without the name that it gives the formula, or the constant it equals."""
        found = self._read(start, end)
        if isinstance(found, Unusable):
            again = self._defined_again(start, end, is_marked) if self.defined else None
            if again is not None:
                return again
            found = self._with_definitions(found, start, end)
        self.ambiguous = None
        if isinstance(found, Term) and ";" in self.plain and _PAIR.fullmatch(self.plain, start, end):
            pair = self.text[start:end]
            self.ambiguous = Unusable(f"'{pair}' could be a decimal or two numbers", self.text, (start, end))
            return None
        if isinstance(found, Term):
            return Passage(found, None, found.span or (start, end), marked=is_marked)
        if "could be a decimal" in found.message:
            self.ambiguous = found
            return None
        if (
            not found.message.startswith(("unknown", "'", "a Kronecker", "L is"))
            and "is a function" not in found.message
        ):
            return None
        named = _NAMED.match(self.plain, start, end)
        if named and found.span and found.span[0] < named.end():
            rest = self._read(named.end(), end)
            rest = self._with_definitions(rest, named.end(), end) if isinstance(rest, Unusable) else rest
            if isinstance(rest, Term):
                one = Passage(rest, None, rest.span or (named.end(), end), marked=is_marked)
                self._define(named.group(), rest, one.span)
                return one
        named = _NAMED_BY_INDEX.match(self.plain, start, end)
        if named and found.span and found.span[0] < named.end():
            rest = self._read(named.end(), end)
            if isinstance(rest, Term):
                return Passage(rest, None, rest.span or (named.end(), end), marked=is_marked)
        constant = _CONSTANT.search(self.plain, start, end)
        if constant:
            rest = self._read(start, constant.start())
            if isinstance(rest, Term) and rest.head not in ("Symbol", "Number", "Eq", "And"):
                return Passage(rest, None, (start, constant.start()), marked=is_marked)
        return None

    def _define(self, written: str, value: Term, span: tuple[int, int]) -> None:
        """Remembers what the answer calls by a name of its own: r = 1 - ηλ."""
        name = _key(written)
        if name.isidentifier() and value.head not in _TRUTHS and len(self.defined) < _MOST_LINES:
            self.defined[name] = value
            self.naming[span] = name

    def _defined_again(self, start: int, end: int, is_marked: bool) -> Passage | None:
        """The passage if this gives a value to a name that has one."""
        named = _NAMED.match(self.plain, start, end)
        if named is None or _key(named.group()) not in self.defined:
            return None
        rest = self._read(named.end(), end)
        if not isinstance(rest, Term):
            return None
        one = Passage(rest, None, rest.span or (named.end(), end), marked=is_marked)
        self._define(named.group(), rest, one.span)
        return one

    def _with_definitions(self, error: Unusable, start: int, end: int) -> Term | Unusable:
        """The formula if the names that it may not use were defined before, with what they stand for."""
        if not self.defined or not error.message.startswith(("unknown symbol", "unknown function")):
            return error
        own = self.vocabulary
        fresh = {name: name for name in self.defined if name not in own.names and name not in own.applied}
        self.vocabulary = replace(own, spellings={**own.spellings, **fresh})
        found = self._read(start, end)
        self.vocabulary = own
        if isinstance(found, Term):
            self.used |= {str(one.args[0]) for one in subterms(found) if one.head == "Symbol" and one.args[0] in fresh}
        try:
            if isinstance(found, Unusable):
                return error
            return without_trivial(substitute(found, {name: self.defined[name] for name in fresh}))
        except Malformed:
            return error

    def _unmarked(self, start: int, end: int, is_marked: bool) -> list[Passage]:
        found: list[Passage] = []
        at = start
        while at < end:
            stop = self._line_end(at, end)
            line = list(atoms(self.plain, at, stop, self.vocabulary))
            for first, last in runs(line):
                if not is_count(line, first, last) or is_marked:
                    labels = (
                        last < len(line)
                        and line[last].text == ":"
                        and last - first > 2
                        and line[last - 2].text in (",", ";")
                    )
                    counts = counted(line, first, last) if not is_marked else False
                    found += self._run(line[first : last - 2 if labels or counts else last], is_marked)
                if self.tries > _MOST_TRIES:
                    return found
            at = stop + 1
        return found

    def _line_end(self, at: int, end: int) -> int:
        """Where the line here ends, with the lines that go on with it."""
        stop = at
        for _ in range(_MOST_LINES):
            stop = self.plain.find("\n", stop, end)
            if stop < 0:
                return end
            line, rest = self.plain[at:stop], self.plain[stop + 1 : min(end, stop + 40)]
            opened = sum(line.count(one) for one in "([{") > sum(line.count(one) for one in ")]}")
            if not (_RELATION.match(rest) and line.strip()) and not _OPEN_END.search(line[-12:]) and not opened:
                return stop
            stop += 1
        return stop - 1

    # --- runs -------------------------------------------------------------------------------------------------------

    def _run(self, run: list[Atom], is_marked: bool) -> list[Passage]:
        """The passages of a stretch of mathematics: the whole of it, or as few parts as can be read."""
        run = trimmed(run)
        if self.tries > _MOST_TRIES or not run or not speaks(run, is_marked):
            return []
        start, end = run[0].start, run[-1].end
        if run[0].text in EQUATING:
            return self._run(run[1:], is_marked)
        found = self._attempt(start, end, is_marked)
        if found is not None:
            return [found]
        if self.ambiguous is not None:
            return [Passage(None, self.ambiguous, (start, end), marked=is_marked)]
        for split in SPLITS:
            parts = split(run)
            if len(parts) > 1 or (parts and len(parts[0]) < len(run)):
                if self.tries > _MOST_TRIES:
                    return []
                return [one for part in parts for one in self._run(part, is_marked)]
        if not looks_mathematical(run):
            return []
        error = self._read(start, end)
        return [Passage(None, error, (start, end), marked=is_marked)] if isinstance(error, Unusable) else []

    def _joined(self, found: list[Passage]) -> list[Passage]:
        """Ranges with only "and" or "or" between them as one."""
        result: list[Passage] = []
        for one in found:
            before = result[-1] if result else None
            if before is not None and before.term is not None and one.term is not None:
                glue = _GLUE.fullmatch(self.plain, before.span[1], one.span[0])
                if glue and _is_range(before.term) and _is_range(one.term):
                    head = "And" if glue.group(1).lower() == "and" else "Or"
                    span = (before.span[0], one.span[1])
                    result[-1] = replace(before, term=Term(head, (before.term, one.term), span), span=span)
                    continue
            result.append(one)
        return result


def without_trivial(term: Term) -> Term:
    """Of several statements or values those that are no equation a = a: these only gave a name."""
    if term.head not in ("And", "Tuple"):
        return term
    kept = tuple(
        one for one in term.args if not (isinstance(one, Term) and one.head == "Eq" and one.args[0] == one.args[1])
    )
    if len(kept) == len(term.args) or not kept:
        return term
    return kept[0] if len(kept) == 1 else Term(term.head, kept, term.span)


def _key(written: str) -> str:
    """The name that is given a value in "ρ =", by its key; empty if it is none."""
    try:
        return key_of(written.rstrip("=≈: ").removesuffix("\\approx").removesuffix("\\equiv").strip())
    except (Malformed, Unusable, IndexError):
        return ""


def _in_one_word(plain: str, vocabulary: Vocabulary) -> str:
    """The names of two words that are declared in one: learning rate."""
    for name in ("learning_rate", "step_size", "batch_size"):
        if name in vocabulary.names:
            pattern = name.replace("_", "[ -]")
            plain = re.sub(rf"\b{pattern}\b", name, plain, flags=re.IGNORECASE)
    return plain


def _is_range(term: Term) -> bool:
    return term.head in _ORDER or (term.head in ("And", "Or") and all(arg.head in _ORDER for arg in term.args))
