"""Terms as SymPy objects and SymPy objects as terms, for those who come with SymPy and want to leave with it.

What SymPy is given it evaluates at once: ``x/x`` becomes 1 and the condition that went with it is gone. So these objects are
for the reader's own calculations; a proof, and what it is checked against, stays with the terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp
from sympy.assumptions import AppliedPredicate

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import FUNCTIONS, Term, apply, subterms, symbol
from derivations.tactics.algebra import Bridge

_SPELT = {"lambda": "lam"}  # SymPy's names that Python's grammar does not take
_RELATIONS = {"Eq": sp.Eq, "Ne": sp.Ne, "Lt": sp.Lt, "Le": sp.Le, "Gt": sp.Gt, "Ge": sp.Ge}
_SIGNS = (("positive", ">"), ("negative", "<"), ("nonnegative", ">="), ("nonpositive", "<="), ("nonzero", "!="))


# --- from terms ---------------------------------------------------------------------------------------------------


def to_sympy(term: Term, symbols: Mapping[str, Any] | None = None) -> Any:
    """The term as a SymPy object; ``symbols`` gives the symbol for a name, where it is not to be ``Symbol(name)``.

    theta(t) becomes an undefined function, a property or a quantifier a predicate of SymPy's (over a Lambda, so that the
    variable stays bound), E[x] a function E. Raises Unusable for what SymPy has no word for, such as a plus-minus sign.
    """
    return _Writer(symbols or {}, _matrices(term)).write(term)


def _matrices(term: Term) -> frozenset[str]:
    """The functions that are transposed somewhere: their products do not commute."""
    inner = (node.args[0] for node in subterms(term) if node.head == "Transpose")
    return frozenset(node.args[0] for node in inner if node.head == "Apply")


class _Writer:
    def __init__(self, symbols: Mapping[str, Any], matrices: frozenset[str] = frozenset()) -> None:
        self.symbols, self.matrices = symbols, matrices

    def write(self, term: Term) -> Any:
        head, args = term.head, term.args
        if head in _PLAIN:
            return _PLAIN[head](*(self.write(arg) for arg in args))
        handler = _SPECIAL.get(head)
        if handler is None:
            text = ascii_text(term)
            raise Unusable("SymPy has no counterpart of this", text, (0, len(text)))
        return handler(self, *args)

    def name(self, name: str) -> Any:
        return self.symbols[name] if name in self.symbols else sp.Symbol(name)

    def number(self, value: Fraction) -> Any:
        return sp.Rational(value.numerator, value.denominator)

    def apply(self, name: str, *args: Term) -> Any:
        function = sp.Function(name, commutative=False) if name in self.matrices else sp.Function(name)
        return function(*(self.write(arg) for arg in args))

    def transpose(self, matrix: Term) -> Any:
        inner = self.write(matrix)
        return inner.T if isinstance(inner, sp.MatrixBase) else sp.Function("transpose", commutative=False)(inner)

    def property(self, name: str, *args: Term) -> Any:
        """A property of nothing is a proposition, which SymPy writes as a symbol."""
        return _predicate(name, *(self.write(arg) for arg in args)) if args else self.name(name)

    def quantified(self, kind: str) -> Callable[..., Any]:
        return lambda name, body: _predicate(kind, sp.Lambda(self.name(name), self.write(body)))

    def derivative(self, name: str, orders: tuple[int, ...], *args: Term) -> Any:
        places = [sp.Dummy(f"x{i}") for i in range(len(args))]
        found = sp.Derivative(sp.Function(name)(*places), *((x, k) for x, k in zip(places, orders, strict=True) if k))
        values = [self.write(arg) for arg in args]
        if all(value.is_Symbol for value in values) and len(set(values)) == len(values):
            return found.xreplace(dict(zip(places, values, strict=True)))
        return sp.Subs(found, tuple(places), tuple(values))

    def total(self, name: str, first: Term, last: Term, body: Term) -> Any:
        return sp.Sum(self.write(body), (self.name(name), self.write(first), self.write(last)))

    def root(self, body: Term, name: str, low: Term, high: Term, below: Fraction) -> Any:
        variable = sp.Dummy(name)
        polynomial = _Writer({**self.symbols, name: variable}).write(body)
        ends = self.write(low), self.write(high)
        found = [one for one in sp.real_roots(sp.Poly(polynomial, variable)) if ends[0] <= one <= ends[1]]
        if len(set(found)) != 1:
            raise Unusable("SymPy finds another number of roots there", text := ascii_text(body), (0, len(text)))
        return found[0]

    def interval(self, low: Term, high: Term, left: str, right: str) -> Any:
        return sp.Interval(self.write(low), self.write(high), left == "open", right == "open")

    def tends(self, body: Term, name: str, to: Term, limit: Term) -> Any:
        return sp.Eq(sp.Limit(self.write(body), self.name(name), self.write(to)), self.write(limit), evaluate=False)

    def smooth(self, name: str, order: Fraction) -> Any:
        return _predicate("Smooth", sp.Symbol(name), self.number(order))

    def matrix(self, *rows: Term) -> Any:
        return sp.ImmutableMatrix([list(self.write(row)) for row in rows])


def _predicate(name: str, *args: Any) -> Any:
    return AppliedPredicate(sp.Predicate(name), *args)


_ELEMENTARY = {"Abs": sp.Abs, "Sqrt": sp.sqrt, "Asinh": sp.asinh, "Atan": sp.atan}
_PLAIN: dict[str, Callable[..., Any]] = {
    **_RELATIONS,
    **{head: _ELEMENTARY[head] if head in _ELEMENTARY else getattr(sp, head.lower()) for head in FUNCTIONS},
    "Infinity": lambda: sp.oo, "ImaginaryUnit": lambda: sp.I, "True": lambda: sp.true, "False": lambda: sp.false,
    "Add": sp.Add, "Mul": sp.Mul, "Neg": lambda x: -x, "Div": lambda x, y: x / y, "Pow": sp.Pow,
    "Max": sp.Max, "Min": sp.Min, "Factorial": sp.factorial, "Delta": sp.KroneckerDelta,
    "Expect": sp.Function("E"), "Variance": sp.Function("Var"), "BigO": sp.Function("O"),
    "Tuple": sp.Tuple, "Set": sp.FiniteSet, "Det": lambda m: m.det(),
    "And": sp.And, "Or": sp.Or, "Not": sp.Not, "Implies": sp.Implies, "Iff": sp.Equivalent,
    "In": sp.Contains, "Union": sp.Union, "Intersection": sp.Intersection,
}  # fmt: skip
_SPECIAL: dict[str, Callable[..., Any]] = {
    "Number": _Writer.number, "Symbol": _Writer.name, "Apply": _Writer.apply, "Predicate": _Writer.property,
    "ForAll": lambda writer, *args: writer.quantified("ForAll")(*args),
    "Exists": lambda writer, *args: writer.quantified("Exists")(*args),
    "Derivative": _Writer.derivative, "Sum": _Writer.total, "RootOf": _Writer.root, "Interval": _Writer.interval,
    "Diff": lambda writer, body, name: sp.Derivative(writer.write(body), writer.name(name)),
    "Transpose": _Writer.transpose, "Tends": _Writer.tends, "Smooth": _Writer.smooth, "Matrix": _Writer.matrix,
}  # fmt: skip


# --- to terms -----------------------------------------------------------------------------------------------------


def is_sympy(given: Any) -> bool:
    return isinstance(given, sp.Basic)


def from_sympy(expression: Any) -> Term:
    """The SymPy expression or relation as a term, part by part; decimals are taken as the exact numbers that they show.

    Raises Unusable, pointing into the expression as SymPy prints it, for a part that has no counterpart here.
    """
    text = str(expression)
    if expression.func in _WRITTEN:
        return Term(_WRITTEN[expression.func], tuple(from_sympy(part) for part in expression.args))
    bridge = Bridge()
    bridge.atoms.update({one: symbol(name) for name, one in names_of(expression).items()})
    exact = expression.xreplace({one: sp.Rational(str(one)) for one in expression.atoms(sp.Float)})
    for call in sorted(exact.atoms(sp.core.function.AppliedUndef), key=lambda one: int(one.count_ops())):
        bridge.atoms[call] = apply(call.func.__name__, *(bridge.to_term(arg) for arg in call.args))
    try:
        return bridge.to_term(exact)
    except Undecided:
        raise Unusable("this part has no counterpart here", text, _place(expression, bridge, text)) from None
    except AttributeError:
        raise Unusable("an expression is asked for", text, (0, len(text))) from None


_WRITTEN: dict[Any, str] = {
    sp.Eq: "Eq", sp.Ne: "Ne", sp.StrictLessThan: "Lt", sp.LessThan: "Le", sp.StrictGreaterThan: "Gt",
    sp.GreaterThan: "Ge", sp.And: "And", sp.Or: "Or", sp.Not: "Not",
}  # fmt: skip


def names_of(*expressions: Any) -> dict[str, Any]:
    """The symbols in these expressions, by the names that they have here. Raises Unusable where a name will not do."""
    found: dict[str, Any] = {}
    for one in sorted(set().union(*(item.free_symbols for item in expressions)), key=str):
        name = _SPELT.get(one.name, one.name)
        if not name.isidentifier() or not name.isascii():
            hint = "a name is made of letters, digits and _, such as theta_1"
            raise Unusable(f"the symbol {one.name!r} has a name that cannot be used here", one.name, (0, len(one.name)), hint)
        if name in found:
            raise Unusable(f"two different symbols are called {name!r}", hint="let them have the same assumptions")
        found[name] = one
    return found


def _place(expression: Any, bridge: Bridge, text: str) -> tuple[int, int]:
    """Where the smallest part stands that cannot be translated."""
    for part in sp.postorder_traversal(expression):
        if not part.is_Float:
            try:
                bridge.to_term(part)
            except (Undecided, AttributeError):
                start = max(text.find(str(part)), 0)
                return start, start + max(len(str(part)), 1) if str(part) in text else len(text)
    return 0, len(text)


def signs_assumed(symbols: Iterable[Any]) -> list[str]:
    """What SymPy assumes about the signs of these symbols, as text: ``eta > 0`` for a positive one."""
    found = []
    for one in symbols:
        sign = next((relation for fact, relation in _SIGNS if getattr(one, f"is_{fact}")), None)
        if sign is not None:
            found.append(f"{_SPELT.get(one.name, one.name)} {sign} 0")
    return found
