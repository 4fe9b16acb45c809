"""Vector fields: what stands where the gradient stands in a game, one component for each parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derivations.language.errors import Unusable
from derivations.language.terms import Term, free_symbols, substitute, subterms
from derivations.problems.losses import read_point_of, refuse_unsupported
from derivations.reading import read_map, read_names, vocabulary_for

HINT = 'write it as --field "x: y, y: -x", one component for each parameter'


@dataclass(frozen=True, slots=True)
class VectorField:
    """The field with these components, in the order of the parameters; ``at`` is the point near which it is studied, if any."""

    components: Mapping[str, Term]
    at: Mapping[str, Term]
    source: str = ""
    at_source: str = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(self.components)

    @property
    def constants(self) -> tuple[str, ...]:
        names = frozenset[str]().union(*map(free_symbols, (*self.components.values(), *self.at.values())))
        return tuple(sorted(names - set(self.components)))

    def with_values(self, values: dict[str, Term]) -> VectorField:
        """The same with values for some of its constants."""
        put = {name: substitute(one, values) for name, one in self.components.items()}
        at = {name: substitute(one, values) for name, one in self.at.items()}
        return VectorField(put, at, self.source, self.at_source)


def read_field(text: str, at: str | None = None, parameters: str | None = None) -> VectorField:
    """``x: y, y: -x``; a name without a component of its own is a constant. Raises Unusable, quoting and pointing."""
    if not text.strip():
        raise Unusable("the field has no component", text, (0, len(text)), HINT)
    found = read_map(text, vocabulary_for((), open=True))
    for component in found.values():
        refuse_unsupported(component, text, "a field")
    if parameters is not None:
        _check_parameters(parameters, found, text)
    point = read_point_of(at, list(found), "the field") if at else {}
    return VectorField(found, point, text, at or "")


def _check_parameters(parameters: str, found: Mapping[str, Term], text: str) -> None:
    """Each parameter that is named has a component, and each component's parameter is named."""
    chosen = read_names(parameters)
    for name in chosen:
        if name not in found:
            spots = [node.span for one in found.values() for node in subterms(one) if node.args == (name,) and node.span]
            raise Unusable(f"the field has no component for {name!r}", text, spots[0] if spots else (len(text), len(text)),
                           f'add a component, such as "{text.rstrip()}, {name}: 0"')  # fmt: skip
    for name in found:
        if name not in chosen:
            raise Unusable(f"the field has a component for {name!r}, which is no parameter", parameters, (0, len(parameters)),
                           f"the parameters would be {', '.join(found)}")  # fmt: skip
