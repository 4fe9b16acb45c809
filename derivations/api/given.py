"""What is given in Python (SymPy expressions, mappings, numbers) as the text that the command line would be given."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from numbers import Real
from typing import Any

from derivations.api.found import Formula, formula_of
from derivations.language.ascii import ascii_text
from derivations.language.errors import Unusable
from derivations.language.terms import TRUE, Term, free_symbols
from derivations.problems import losses
from derivations.problems import optimizers as methods


def _is_sympy(given: Any) -> bool:
    """Whether it is a SymPy object; SymPy is not imported to find out."""
    return "sympy" in sys.modules and isinstance(given, sys.modules["sympy"].Basic)


def text_of(given: Any) -> str:
    """A number, a term, a SymPy object or a text as the text that the reader reads; decimals are exact."""
    if isinstance(given, str):
        return given
    if isinstance(given, (Formula, Term)):
        return ascii_text(given if isinstance(given, Term) else given.term)
    if _is_sympy(given):
        from derivations.tactics.exchange import from_sympy

        return ascii_text(from_sympy(given))
    if isinstance(given, (Real, Decimal)) and not isinstance(given, bool) and isfinite(given):
        return str(Fraction(str(given)))
    shown = repr(given)[:60]
    raise Unusable("expected a text, a number or a SymPy expression", shown, (0, len(shown)))


def name_of(given: Any) -> str:
    return text_of(given) if _is_sympy(given) else str(given)


def pairs_of(given: Any, sign: str) -> str:
    """A mapping as ``x=1,y=0`` or ``x: y, y: -x``; a text as it is."""
    if isinstance(given, Mapping):
        return ", ".join(f"{name_of(name)}{sign}{text_of(value)}" for name, value in given.items())
    return text_of(given)


def many(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, (list, tuple, set, frozenset)) else (given,)


def _objects(given: Any) -> Iterator[Any]:
    """The SymPy objects in what is given, in mappings and sequences too."""
    if isinstance(given, Mapping):
        given = [*given, *given.values()]
    if isinstance(given, (list, tuple)):
        for item in given:
            yield from _objects(item)
    elif _is_sympy(given):
        yield given


def symbols_of(*given: Any) -> dict[str, Any]:
    """The symbols of the SymPy objects among these, by the names that they have here."""
    found = [item for one in given for item in _objects(one)]
    if not found:
        return {}
    from derivations.tactics.exchange import names_of

    return names_of(*found)


class Loss:
    """A function of some parameters and, if ``at`` says so, the point at which it is studied.

    ``expression`` is a text, a SymPy expression, or "quadratic" or "generic"; ``parameters`` names its variables, in order (all
    its symbols, if they are not given); ``at`` is a text such as "x=1" or a mapping. Raises Unusable, quoting and pointing.
    """

    def __init__(self, expression: Any, parameters: Any = None, at: Any = None) -> None:
        self.source: str = expression.source if isinstance(expression, Loss) else text_of(expression)
        given = None if parameters is None else many(parameters)
        self.parameters_source: str | None = None if given is None else ", ".join(map(name_of, given))
        self.at_source: str | None = None if at is None else pairs_of(at, "=")
        self.symbols: dict[str, Any] = symbols_of(expression, given, at)
        if isinstance(expression, Loss):
            self.symbols = {**expression.symbols, **self.symbols}
            self.parameters_source = self.parameters_source or expression.parameters_source
            self.at_source = self.at_source or expression.at_source
        self.read = losses.read_loss(self.source, self.parameters_source, self.at_source)
        if _is_sympy(expression):
            _refuse_misread(expression, self.read)

    @property
    def parameters(self) -> tuple[str, ...]:
        return self.read.parameters

    @property
    def constants(self) -> tuple[str, ...]:
        return self.read.constants

    @property
    def formula(self) -> Formula | None:
        """The loss itself; None for one of which only smoothness is known."""
        return None if self.read.body is None else formula_of(self.read.body, self.symbols)

    def sympy(self) -> Any:
        """The loss as a SymPy expression. Raises Unusable for one of which only smoothness is known."""
        if self.formula is None:
            raise Unusable("of this loss only smoothness is known", self.source, (0, len(self.source)))
        return self.formula.sympy()

    def __repr__(self) -> str:
        given = {"parameters": self.parameters_source, "at": self.at_source}
        return f"Loss({', '.join([repr(self.source), *(f'{key}={value!r}' for key, value in given.items() if value)])})"


def _refuse_misread(expression: Any, loss: losses.Loss) -> None:
    """Raises Unusable for a symbol whose name the reader takes for something else, as it takes e for Euler's number."""
    read = free_symbols(loss.body) if loss.body is not None else frozenset()
    for name in symbols_of(expression):
        if name not in read:
            raise Unusable(f"{name!r} does not stand for a variable here", name, (0, len(name)), "give the symbol another name")


class _Optimizers:
    """The named optimizers as attributes (``optimizers.heavy_ball``), and others from a specification.

    A specification is a mapping with the keys of an optimizer's TOML file, the path of such a file, or TOML text; its
    updates may be SymPy expressions, with ``Function("grad")`` for the gradient.
    """

    def __call__(self, specification: Any) -> methods.Optimizer:
        if isinstance(specification, Mapping):
            return methods.optimizer_from(_plain(specification), str(specification.get("name", "this optimizer")))
        text = str(specification)
        if "\n" in text:
            import tomllib

            try:
                return self(tomllib.loads(text))
            except tomllib.TOMLDecodeError as error:
                raise Unusable(f"this is not valid TOML: {error}") from error
        return methods.read_optimizer(text)

    def __getitem__(self, name: str) -> methods.Optimizer:
        return methods.read_optimizer(name)

    def __getattr__(self, name: str) -> methods.Optimizer:
        if name.replace("_", "-") in methods.NAMED:
            return methods.read_optimizer(name.replace("_", "-"))
        from difflib import get_close_matches

        near = get_close_matches(name, list(self.__dir__()), 1)
        raise AttributeError(f"there is no optimizer {name!r}" + (f"; did you mean {near[0]}?" if near else ""))

    def __iter__(self) -> Iterator[str]:
        return iter(methods.NAMED)

    def __dir__(self) -> Iterable[str]:
        return [name.replace("-", "_") for name in methods.NAMED]


optimizers = _Optimizers()


def _plain(specification: Mapping[str, Any]) -> dict[str, Any]:
    """The specification with texts where SymPy objects or names stood."""
    found = dict(specification)
    if "state" in found:
        found["state"] = [name_of(name) for name in many(found["state"])]
    hyper = found.get("hyperparameters", {})
    found["hyperparameters"] = hyper if isinstance(hyper, Mapping) else {name_of(name): "" for name in many(hyper)}
    for key in ("hyperparameters", "update"):
        if isinstance(found.get(key), Mapping):
            found[key] = {name_of(name): text_of(value) for name, value in found[key].items()}
    return found


def method_of(given: Any) -> Any:
    """The optimizer as ``read_problem`` takes it: by its name where it has one, else as a specification."""
    if isinstance(given, str):
        return given
    method = given if isinstance(given, methods.Optimizer) else optimizers(given)
    if method.name in methods.NAMED and methods.read_optimizer(method.name) == method:
        return method.name
    return {
        "name": method.name,
        "state": list(method.state),
        "hyperparameters": {name: "" if claim == TRUE else ascii_text(claim) for name, claim in method.hyperparameters.items()},
        "update": {name: ascii_text(rule) for name, rule in method.update.items()},
    }
