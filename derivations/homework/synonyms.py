"""Synonyms: a pattern and what it is read as; the name ``any`` in a pattern stands for whatever stands there.

Patterns are replaced all at once, so that what one puts in is not replaced by another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from derivations.language.terms import Term, subterms
from derivations.reading.passages import Passage

Pairs = tuple[tuple[Term, Term], ...]


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Pairs of a pattern and its meaning, made ready for many terms."""

    pairs: Pairs
    _by_kind: Mapping[str, Pairs] = field(init=False, repr=False, compare=False)
    _formulas: Mapping[Term, Term] = field(init=False, repr=False, compare=False)  # of the names that stand for one

    def __post_init__(self) -> None:
        kinds = dict.fromkeys(_kind(pattern) for pattern, _ in self.pairs)
        rows = {kind: tuple(pair for pair in self.pairs if _kind(pair[0]) == kind) for kind in kinds}
        named = {one: other for one, other in self.pairs if one.head == "Symbol" and other.head in ("Mul", "Div", "Add")}
        object.__setattr__(self, "_by_kind", rows)
        object.__setattr__(self, "_formulas", named)

    def folded(self, term: Term) -> Term:
        """The term with every part that is written in a synonym replaced, outermost first."""
        return _folded(term, self._by_kind) if self._by_kind else term

    def as_defined(self, passages: Iterable[Passage]) -> Synonyms:
        """With the answer's own meaning of a name that stands for a formula: τ = 1/(ηλ) where τ is read as ηt."""
        if not self._formulas:
            return self
        said: dict[Term, Term] = {}
        for one in passages:
            for node in subterms(one.term) if one.term is not None else ():
                if node.head == "Eq" and node.args[0] in self._formulas and node.args[0] not in tuple(subterms(node.args[1])):
                    said.setdefault(node.args[0], node.args[1])
        return Synonyms(tuple((pattern, said.get(pattern, meaning)) for pattern, meaning in self.pairs)) if said else self


def _kind(term: Term) -> str:
    """What a pattern has in common with what it may stand for: the name of a symbol, else the head."""
    return str(term.args[0]) if term.head == "Symbol" else term.head


def _folded(term: Term, by_kind: Mapping[str, Pairs]) -> Term:
    head, args = term.head, term.args
    for pattern, meaning in by_kind.get(args[0] if head == "Symbol" else head, ()):
        if matches(pattern, term):
            return Term(meaning.head, meaning.args, term.span)
    if head in ("Symbol", "Number"):
        return term
    found: list[object] | None = None
    for at, arg in enumerate(args):
        if type(arg) is Term:
            other = _folded(arg, by_kind)
            if other is not arg:
                found = found or list(args)
                found[at] = other
    return term if found is None else Term(head, tuple(found), term.span)


def matches(pattern: Term, term: Term) -> bool:
    """Whether the term is the pattern, ``any`` standing for whatever there is."""
    if pattern.head == "Symbol" and pattern.args[0] == "any":
        return True
    if pattern.head != term.head or len(pattern.args) != len(term.args):
        return False
    for one, other in zip(pattern.args, term.args, strict=True):
        if not (matches(one, other) if isinstance(one, Term) and isinstance(other, Term) else one == other):
            return False
    return True
