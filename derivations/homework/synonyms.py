"""Synonyms: a pattern and what it is read as; the name ``any`` in a pattern stands for whatever stands there.

Patterns are replaced all at once, so that what one puts in is not replaced by another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from derivations.language.terms import Term, free_symbols, substitute, subterms
from derivations.reading.searching import Passage

Pairs = tuple[tuple[Term, Term], ...]


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Pairs of a pattern and its meaning, made ready for many terms."""

    pairs: Pairs
    _by_kind: Mapping[str, Pairs] = field(init=False, repr=False, compare=False)
    _formulas: Mapping[Term, Term] = field(init=False, repr=False, compare=False)  # of the names that stand for one
    _steps: AbstractSet[tuple[str, str]] = field(init=False, repr=False, compare=False)  # sequences with the letter of their step

    def __post_init__(self) -> None:
        kinds = dict.fromkeys(_kind(pattern) for pattern, _ in self.pairs)
        rows = {kind: tuple(pair for pair in self.pairs if _kind(pair[0]) == kind) for kind in kinds}
        named = {one: other for one, other in self.pairs if one.head == "Symbol" and other.head in ("Mul", "Div", "Add")}
        steps = {(one.args[0], one.args[1].args[0]) for one, _ in self.pairs if _is_at_step(one)}
        object.__setattr__(self, "_by_kind", rows)
        object.__setattr__(self, "_steps", steps)
        object.__setattr__(self, "_formulas", named)

    def folded(self, term: Term) -> Term:
        """The term with every part that is written in a synonym replaced, outermost first."""
        return _folded(term, self._by_kind) if self._by_kind else term

    def as_defined(self, passages: Iterable[Passage]) -> Synonyms:
        """With the answer's own meaning of a name that stands for a formula: τ = 1/(ηλ) where τ is read as ηt."""
        passages = tuple(passages)
        return self._in_own_step(passages)._with_own_formulas(passages)

    def _in_own_step(self, passages: tuple[Passage, ...]) -> Synonyms:
        """With the answer's own letter for the step: u_n = θ_n - θ* where e_t = θ_t - θ* is known."""
        if not self._steps:
            return self
        known = {step for _, step in self._steps}
        nodes = [node for one in passages if one.term is not None for node in subterms(one.term)]
        applied = [node for node in nodes if node.head == "Apply"]
        letters = {step for node in applied for name, _ in self._steps if (step := _step_of(node, name))} - known
        if len(letters) != 1 or any(node.head == "Symbol" and node.args[0] in known for node in nodes):
            return self
        own = dict.fromkeys(known, Term("Symbol", (letters.pop(),)))
        further = [(one, other) for one, other in self.pairs if free_symbols(one) & known]
        return Synonyms((*self.pairs, *((substitute(one, own), substitute(other, own)) for one, other in further)))

    def _with_own_formulas(self, passages: tuple[Passage, ...]) -> Synonyms:
        if not self._formulas:
            return self
        said: dict[Term, Term] = {}
        for one in passages:
            for node in subterms(one.term) if one.term is not None else ():
                if node.head == "Eq" and node.args[0] in self._formulas and node.args[0] not in tuple(subterms(node.args[1])):
                    said.setdefault(node.args[0], node.args[1])
        return Synonyms(tuple((pattern, said.get(pattern, meaning)) for pattern, meaning in self.pairs)) if said else self


def _is_at_step(term: Term) -> bool:
    return term.head == "Apply" and len(term.args) == 2 and term.args[1].head == "Symbol" and term.args[1].args[0] != "any"


def _step_of(term: Term, name: str) -> str:
    """The letter n of u(n) and u(n + 1) for the sequence u; "" for anything else."""
    if term.head != "Apply" or len(term.args) != 2 or term.args[0] != name:
        return ""
    at = term.args[1].args[0] if term.args[1].head == "Add" else term.args[1]
    return str(at.args[0]) if at.head == "Symbol" else ""


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
