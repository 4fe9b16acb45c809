"""How the names of a text are written: each name's glyph, and whether it is a sequence, a family or a function."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from derivations.language.notation import GREEK, Glyph, glyphs, plain_glyph
from derivations.language.statements import FUNCTION_DOMAINS, Branch, Derivation, Hypothesis, Prose, Statement, Step
from derivations.language.statements import Symbol as Variable
from derivations.language.terms import Term, bound_name, subterms
from derivations.rendering.boxes import Atom, Box, Fenced, Operator, Row, Scripts, row

_NAMED = frozenset({"Symbol", "Apply", "Derivative", "Smooth"})
_MOST = 500  # names that a style keeps; an answer may bring ever new ones


@dataclass(frozen=True, slots=True)
class Style:
    """What a layout needs to know of a text: ``applied`` maps what is applied to arguments to its domain, ``coordinates``
    a function to the names of its arguments in its definition.

    ``plain`` is for one line of a terminal; ``script`` holds inside exponents and indices.
    """

    glyphs: Mapping[str, Glyph]
    applied: Mapping[str, str]
    notation: str = "lecture"
    plain: bool = False
    script: bool = False
    coordinates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _names: dict[str, Box] = field(default_factory=dict, init=False, repr=False, compare=False)  # each made once
    _inside: dict[str, Style] = field(default_factory=dict, init=False, repr=False, compare=False)  # script, plain

    def glyph(self, name: str) -> Glyph:
        return self.glyphs.get(name) or plain_glyph(name)

    def domain(self, name: str) -> str:
        return self.applied.get(name, "function")

    def small(self) -> Style:
        """The same style inside an exponent or an index."""
        if self.script:
            return self
        if "script" not in self._inside:
            self._inside["script"] = replace(self, script=True)
        return self._inside["script"]

    def in_terminal(self) -> Style:
        if self.plain:
            return self
        if "plain" not in self._inside:
            self._inside["plain"] = replace(self, plain=True)
        return self._inside["plain"]

    def name(self, name: str) -> Box:
        """The box of a bare name, with the indices that belong to it."""
        found = self._names.get(name)
        if found is None:
            found = self._made(name)
            if len(self._names) < _MOST:
                self._names[name] = found
        return found

    def _made(self, name: str) -> Box:
        glyph = self.glyph(name)
        sub, sup = script_box(glyph.sub, self.plain), script_box(glyph.sup, self.plain)
        if self.plain and isinstance(sup, Fenced) and sub is None:
            sub, sup = sup.body, None
        base = Atom(glyph.unicode, glyph.latex)
        return base if sub is None and sup is None else Scripts(base, sub, sup)


def script_box(latex: str, plain: bool = False) -> Box | None:
    r"""The box of an index in the notation table, such as ``(0)``, ``*``, ``\max``, ``\mathrm{wd}`` or ``1,2``."""
    if not latex:
        return None
    if latex.startswith("(") and latex.endswith(")"):
        inside = script_box(latex[1:-1], plain)
        return Fenced(inside) if inside is not None else None
    boxes: list[Box] = []
    for token in re.findall(r"\\mathrm\{[^}]*\}|\\[A-Za-z]+|\d+|.", latex):
        boxes.append(_script_token(token, plain))
    return row(*boxes)


def _script_token(token: str, plain: bool) -> Box:
    if token.startswith(r"\mathrm{"):
        return Atom(token[8:-1].replace("\\", ""), token, "upright")
    if token.startswith("\\"):
        word = token[1:]
        if word == "star":
            return Atom("*" if plain else "⋆", token, "sign")
        return Atom(GREEK[word], token) if word in GREEK else Atom(word, token, "upright")
    if token == "*":
        return Atom("*" if plain else "∗", token, "sign")
    if token == ",":
        return Operator(",", ",", "comma")
    return Atom(token, token, "number" if token.isdigit() else "variable" if token.isalpha() else "sign")


def names_in(term: Term) -> frozenset[str]:
    """Every name that is printed as a letter: variables, functions, and what binders bind."""
    found = set()
    for node in subterms(term):
        if node.head in _NAMED:
            found.add(node.args[0])
        elif node.head == "Diff":
            found.add(node.args[1])
        bound = bound_name(node)
        if bound is not None:
            found.add(bound)
    return frozenset(found)


def style_of_terms(terms: Iterable[Term], notation: str = "lecture", variables: Iterable[Variable] = ()) -> Style:
    """The style for these terms alone, as when an answer is shown back; ``variables`` says what is a sequence."""
    rows = tuple(variables)
    names = {name for term in terms for name in names_in(term)} | {
        item.name for item in rows if item.domain != "property"
    }
    applied = {item.name: item.domain for item in rows if item.domain in FUNCTION_DOMAINS}
    return Style(MappingProxyType(glyphs(names, notation)), MappingProxyType(applied), notation)


def style_of(text: Statement | Derivation, notation: str = "lecture") -> Style:
    """The style of a whole statement or derivation, so that one name is one glyph on the whole page."""
    if isinstance(text, Statement):
        style = style_of_terms(_statement_terms(text), notation, text.variables)
        return replace(style, coordinates=MappingProxyType(_coordinates(text)))
    terms = list(_statement_terms(text.statement))
    terms += [term for step in text.steps for term in _step_terms(step)]
    terms += [term for remark in text.remarks for term in _prose_terms(remark.text)]
    style = style_of_terms(terms, notation, text.statement.variables)
    return replace(style, coordinates=MappingProxyType(_coordinates(text.statement)))


def _coordinates(statement: Statement) -> dict[str, tuple[str, ...]]:
    """The names x, y of ∀x ∀y f(x, y) = …, for each function so defined."""
    found = {}
    for item in statement.definitions:
        claim = item.claim
        while claim.head == "ForAll":
            claim = claim.args[1]
        if claim.head == "Eq" and claim.args[0].head == "Apply" and claim != item.claim:
            name, *args = claim.args[0].args
            if all(arg.head == "Symbol" for arg in args):
                found[name] = tuple(arg.args[0] for arg in args)
    return found


def _prose_terms(prose: Prose) -> list[Term]:
    return [part for part in prose if isinstance(part, Term)]


def _row_terms(rows: Iterable[Hypothesis]) -> list[Term]:
    return [term for item in rows for term in (item.claim, *_prose_terms(item.reason))]


def _statement_terms(statement: Statement) -> list[Term]:
    return [*_row_terms(statement.definitions), *_row_terms(statement.hypotheses), statement.conclusion]


def _step_terms(step: Step) -> list[Term]:
    return [step.claim, *_prose_terms(step.because), *(t for branch in step.branches for t in _branch_terms(branch))]


def _branch_terms(branch: Branch) -> list[Term]:
    return [*_row_terms(branch.hypotheses), *(term for step in branch.steps for term in _step_terms(step))]


def indices(boxes: Iterable[Box], run_together: bool) -> Box:
    """Several indices in one script, with commas unless each is a single letter or digit."""
    items = list(boxes)
    if run_together and all(isinstance(box, Atom) and len(box.text) == 1 for box in items):
        return row(*items)
    joined: list[Box] = []
    for box in items:
        joined += [Operator(",", ",", "comma"), box] if joined else [box]
    return Row(tuple(joined)) if len(joined) > 1 else joined[0]
