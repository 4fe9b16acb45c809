"""What comes out in Python: formulas, statements and answers that print themselves and turn into SymPy objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivations.language.ascii import ascii_text
from derivations.language.certificates import Certificate
from derivations.language.errors import Unusable
from derivations.language.statements import Hypothesis
from derivations.language.terms import Term, at_path

if TYPE_CHECKING:
    from derivations.rendering.style import Style


@dataclass(frozen=True, slots=True)
class Formula:
    """A term that prints itself; ``str`` gives it in Python's grammar."""

    term: Term
    style: Style
    symbols: Mapping[str, Any]

    def sympy(self) -> Any:
        """The formula as a SymPy object (see ``tactics.exchange``); the symbols are those that one's own input had."""
        from derivations.tactics.exchange import to_sympy

        return to_sympy(self.term, self.symbols)

    def latex(self) -> str:
        from derivations.rendering.latex import latex

        return latex(self.term, self.style)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    def __str__(self) -> str:
        return ascii_text(self.term)

    def __repr__(self) -> str:
        return f"Formula({self})"


def formula_of(term: Term, symbols: Mapping[str, Any]) -> Formula:
    from derivations.rendering.style import style_of_terms

    return Formula(term, style_of_terms([term]), symbols)


class Statement:
    """A theorem: definitions and hypotheses by their labels, and the conclusion."""

    def __init__(self, certificate: Certificate, symbols: Mapping[str, Any]) -> None:
        from derivations.rendering.style import style_of

        self._certificate, given = certificate, certificate.derivation.statement
        style = style_of(certificate.derivation)

        def rows(items: Sequence[Hypothesis]) -> dict[str, Formula]:
            return {item.label: Formula(item.claim, style, symbols) for item in items}

        self.definitions, self.hypotheses = rows(given.definitions), rows(given.hypotheses)
        self.conclusion = Formula(given.conclusion, style, symbols)
        self.variables = {item.name: item.meaning for item in given.variables}

    def latex(self) -> str:
        """The theorem to paste, for amsmath and amsthm."""
        from derivations.rendering.theorem import theorem

        return theorem(self._certificate)

    def _repr_latex_(self) -> str:
        return self.conclusion._repr_latex_()

    def __str__(self) -> str:
        given = [f"{label}: {claim}" for label, claim in {**self.definitions, **self.hypotheses}.items()]
        return "\n".join([*given, f"then: {self.conclusion}"])

    __repr__ = __str__


class Answer(Mapping[str, Any]):
    """The fields of an answer as ``derive --format json`` prints them; each is read off the conclusion."""

    def __init__(self, certificate: Certificate, symbols: Mapping[str, Any]) -> None:
        self._places, self._conclusion = certificate.derivation.answer, certificate.derivation.statement.conclusion
        self._fields, self._symbols = certificate.answer, symbols

    def __getitem__(self, key: str) -> Any:
        return self._fields[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def formula(self, key: str = "text") -> Formula:
        """A field that is one formula; the main one if none is named. Raises Unusable if the field is none."""
        place = self._places.get(key)
        if not isinstance(place, Mapping) or place.get("$") not in ("text", "rows", "texts"):
            formulas = [one for one, place in self._places.items() if isinstance(place, Mapping) and place.get("$") == "text"]
            raise Unusable(f"the answer has no formula {key!r}", key, (0, len(key)), f"it has {', '.join(formulas) or 'none'}")
        return formula_of(at_path(self._conclusion, tuple(place["at"])), self._symbols)

    def sympy(self, key: str | None = None) -> Any:
        """A field as SymPy objects: the field named, else the main formula, else a dict of all fields."""
        if key is not None:
            if key not in self._fields:
                raise Unusable(f"the answer has no {key!r}", key, (0, len(key)), f"it has {', '.join(self._fields)}")
            return self._converted(self._places[key], self._fields[key])
        if "text" in self._fields:
            return self.formula().sympy()
        return {name: self._converted(self._places[name], self._fields[name]) for name in self._fields if name != "kind"}

    def _converted(self, place: Any, value: Any) -> Any:
        """The terms at the selectors as SymPy objects; what is a number, a name or a truth value stays as it is."""
        if isinstance(place, Mapping) and "$" in place:
            return self._selected(place, value)
        if isinstance(place, Mapping):
            return {key: self._converted(item, value[key]) for key, item in place.items()}
        if isinstance(place, (list, tuple)):
            return [self._converted(item, one) for item, one in zip(place, value, strict=True)]
        return value

    def _selected(self, place: Mapping[str, Any], value: Any) -> Any:
        from derivations.tactics.exchange import to_sympy

        def convert(one: Term) -> Any:
            return to_sympy(one, self._symbols)

        term = at_path(self._conclusion, tuple(place["at"]))
        if place["$"] in ("text", "rows"):
            return convert(term)
        if place["$"] == "texts":
            return [convert(one) for one in term.args if isinstance(one, Term)]
        if place["$"] == "pairs":
            equations = term.args if term.head in ("And", "Tuple") else (term,)
            return {convert(one.args[0]): convert(one.args[1]) for one in equations}
        return value

    def latex(self, key: str = "text") -> str:
        return self.formula(key).latex()

    def _repr_latex_(self) -> str | None:
        return self.formula()._repr_latex_() if "text" in self._fields else None

    def __repr__(self) -> str:
        return f"Answer({', '.join(f'{key}={value!r}' for key, value in self._fields.items())})"
