"""Terms as Rocq text: numbers, natural numbers, formulas. Everything is written as it stands; nothing is simplified.

Only natural-number expressions are put into a normal form (t + 1 + 1 is ``S (S t)``), so that equal ones are the same text.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.language.terms import Term, add, mul, neg, number, symbol
from derivations.rocq.errors import Unsupported
from derivations.rocq.names import NATURAL, Names
from derivations.rocq.ranks import OF_MODELS, property_text

_ARROW, _IFF, _OR, _AND, _NOT, _RELATION = 1, 2, 3, 4, 5, 6
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = 10, 20, 25, 30, 40
_CALL = {
    "Sqrt": "sqrt", "Exp": "exp", "Log": "ln", "Sin": "sin", "Cos": "cos", "Tan": "tan", "Sinh": "sinh", "Cosh": "cosh",
    "Tanh": "tanh", "Asinh": "asinh", "Atan": "atan", "Abs": "Rabs",
}  # fmt: skip
_REL = {"Eq": "=", "Ne": "<>", "Lt": "<", "Le": "<=", "Gt": ">", "Ge": ">="}
_EXTREME = {"Max": "Rmax", "Min": "Rmin"}
_ONCE = {"And": (" /\\ ", _AND), "Or": (" \\/ ", _OR)}
Text = tuple[str, int]


class Writer:
    """Rocq text of terms, in the names of one derivation."""

    def __init__(self, names: Names, first: frozenset[str] = frozenset()) -> None:
        """``first`` are the variables that are written first in a sum: induction over t turns ``t + k`` into ``S t + k``."""
        self.names, self.first = names, first
        self.table = names.table

    # --- natural numbers ------------------------------------------------------------------------------------------

    def natural(self, term: Term) -> str:
        """A natural number in normal form, in parentheses unless it is a single word."""
        try:
            form = Algebra(self.table, [term], field=False).linear_form(term)
        except Refused as refusal:
            raise Unsupported(f"not a natural number: {refusal.message}") from refusal
        if form is None or form[1] < 0 or any(count < 0 for count in form[0].values()):
            raise Unsupported("a natural number that may be negative")
        parts = []
        for key, count in sorted(form[0].items(), key=lambda item: (item[0].split("^")[0] not in self.first, item[0])):
            factors = []
            for piece in key.split("*"):
                name, times = piece.rsplit("^", 1)
                factors += [self.names.variable(name)] * int(times)
            parts.append(" * ".join(([str(count)] if count > 1 else []) + factors))
        if not parts:
            return f"{form[1]}%nat"
        text = " + ".join(parts)
        atomic = len(parts) == 1 and " " not in text
        for _ in range(form[1] if form[1] <= 3 else 0):
            text, atomic = f"S {text}" if atomic else f"S ({text})", False
        if form[1] > 3:
            text, atomic = f"{text} + {form[1]}", False
        return text if atomic else f"({text})%nat"

    def count(self, first: Term, last: Term) -> str:
        """The number of summands from first to last."""
        return self.natural(Term("Add", (last, neg(first), number(1))))

    # --- real numbers ---------------------------------------------------------------------------------------------

    def real(self, term: Term) -> str:
        return self._real(term)[0]

    def _wrap(self, term: Term, level: int) -> str:
        text, own = self._real(term)
        return text if own >= level else f"({text})"

    def _real(self, term: Term) -> Text:
        if term.head in _CALL:
            return f"{_CALL[term.head]} {self._wrap(term.args[0], _ATOM)}", _POWER + 5
        handler = _REALS.get(term.head)
        if handler is None:
            raise Unsupported(f"{term.head} is not written in Rocq as a number")
        return handler(self, term)

    def _number(self, term: Term) -> Text:
        value: Fraction = term.args[0]
        top = str(value.numerator) if value >= 0 else f"(-{-value.numerator})"
        return (top, _ATOM) if value.denominator == 1 else (f"{top} / {value.denominator}", _PRODUCT)

    def _symbol(self, term: Term) -> Text:
        name = term.args[0]
        text = self.names.variable(name)
        return (text, _ATOM) if self.names.variable_type(name) != NATURAL else (f"INR {text}", _POWER + 5)

    def _add(self, term: Term) -> Text:
        text = self._wrap(term.args[0], _SUM) if term.args else "0"
        for arg in term.args[1:]:
            text += f" - {self._wrap(arg.args[0], _PRODUCT)}" if arg.head == "Neg" else f" + {self._wrap(arg, _PRODUCT)}"
        return (text, _SUM) if len(term.args) > 1 else self._real(term.args[0]) if term.args else (text, _ATOM)

    def _mul(self, term: Term) -> Text:
        if len(term.args) < 2:
            return self._real(term.args[0]) if term.args else ("1", _ATOM)
        first, *rest = term.args
        parts = [self._wrap(first, _PRODUCT), *(self._wrap(arg, _SIGN + 1) for arg in rest)]
        return " * ".join(parts), _PRODUCT

    def _neg(self, term: Term) -> Text:
        return f"- {self._wrap(term.args[0], _SIGN + 1)}", _SIGN

    def _div(self, term: Term) -> Text:
        return f"{self._wrap(term.args[0], _PRODUCT)} / {self._wrap(term.args[1], _SIGN + 1)}", _PRODUCT

    def _pow(self, term: Term) -> Text:
        base, exponent = term.args
        value = exponent_value(exponent)
        text = self._wrap(base, _ATOM)
        if value is None:
            return self._symbolic_power(text, exponent)
        if value == Fraction(1, 2):
            return f"sqrt {text}", _POWER + 5
        if value.denominator == 2:
            text, value = f"(sqrt {text})", 2 * value
        if value.denominator != 1:
            raise Unsupported(f"the exponent {value}")
        return (f"{text} ^ {value}", _POWER) if value >= 0 else (f"/ {text} ^ {-value}", _SIGN)

    def _symbolic_power(self, base: str, exponent: Term) -> Text:
        """A power whose exponent is a natural number, or a difference of such."""
        up, down = self.difference(exponent)
        if down is None:
            return f"{base} ^ {self.natural(exponent)}", _POWER
        minus = f"- Z.of_nat {self.natural(down)}"
        whole = minus if up is None else f"Z.of_nat {self.natural(up)} {minus}"
        return f"powerRZ {base} ({whole})", _POWER + 5

    def difference(self, exponent: Term) -> tuple[Term | None, Term | None]:
        """A whole number as a difference of two natural ones, either left out where it is zero."""
        try:
            form = Algebra(self.table, [exponent], field=False).linear_form(exponent)
        except Refused as refusal:
            raise Unsupported(f"not a whole number: {refusal.message}") from refusal
        if form is None:
            raise Unsupported("an exponent that is no whole number")
        pieces = [(count, mul(number(abs(count)), *variables_of(name))) for name, count in sorted(form[0].items())]
        pieces += [(form[1], number(abs(form[1])))] if form[1] else []
        up, down = ([piece for count, piece in pieces if count * sign > 0] for sign in (1, -1))
        return add(*up) if up else None, add(*down) if down else None

    def _extreme(self, term: Term) -> Text:
        *first, last = (self._wrap(arg, _ATOM) for arg in term.args)
        text = last
        for one in reversed(first):
            text = f"{_EXTREME[term.head]} {one} {text if text is last else f'({text})'}"
        return text, _POWER + 5 if first else _ATOM

    def _apply(self, term: Term) -> Text:
        name, *args = term.args
        text = " ".join((self.names.functions[name], *(self.argument(name, i, arg) for i, arg in enumerate(args))))
        return (f"{text} w" if self.table.functions[name] == "random" else text), _POWER + 5

    def argument(self, name: str, position: int, arg: Term) -> str:
        """An argument of a function, as the natural or real number that it takes there."""
        return self.natural(arg) if self.names.result_kind(name, position) == NATURAL else self._wrap(arg, _ATOM)

    def _derivative(self, term: Term) -> Text:
        """Partial derivatives nested, the last argument outermost."""
        name, orders, *args = term.args
        function = self.names.functions[name]
        if len(args) == 1:
            at = self._wrap(args[0], _ATOM)
            return (f"Derive {function} {at}" if orders[0] == 1 else f"Derive_n {function} {orders[0]} {at}"), _POWER + 5
        places = [self._wrap(arg, _ATOM) for arg in args]
        moving = [f"arg{i + 1}" if order else place for i, (order, place) in enumerate(zip(orders, places, strict=True))]
        text = f"{function} {' '.join(moving)}"
        for i, order in enumerate(orders):
            if order == 1:
                text = f"Derive (fun arg{i + 1} : R => {text}) {places[i]}"
            elif order:
                text = f"Derive_n (fun arg{i + 1} : R => {text}) {order} {places[i]}"
        return text, _POWER + 5

    def _sum(self, term: Term) -> Text:
        name, first, last, body = term.args
        variable = self.names.variable(name)
        return f"fsum {self.natural(first)} {self.count(first, last)} (fun {variable} : nat => {self.real(body)})", _POWER + 5

    def _delta(self, term: Term) -> Text:
        return f"delta {self.natural(term.args[0])} {self.natural(term.args[1])}", _POWER + 5

    def _expect(self, term: Term) -> Text:
        return f"E (fun w : Omega => {self.real(term.args[0])})", _POWER + 5

    def _variance(self, term: Term) -> Text:
        body = self.real(term.args[0])
        return f"E (fun w : Omega => ({body}) ^ 2) - E (fun w : Omega => {body}) ^ 2", _SUM

    def _det(self, term: Term) -> Text:
        return f"det {self.matrix(term.args[0])}", _POWER + 5

    def matrix(self, term: Term) -> str:
        return f"[{'; '.join(self.row(row) for row in term.args)}]"

    def row(self, term: Term) -> str:
        return f"[{'; '.join(self.real(entry) for entry in term.args)}]"

    # --- formulas -------------------------------------------------------------------------------------------------

    def formula(self, term: Term) -> str:
        return self._formula(term)[0]

    def _inside(self, term: Term, level: int) -> str:
        text, own = self._formula(term)
        return text if own > level else f"({text})"

    def _formula(self, term: Term) -> Text:
        head, args = term.head, term.args
        if head in _REL:
            return self._relation(term), _RELATION
        if head in _ONCE:
            joint, level = _ONCE[head]
            if not args:
                return ("True" if head == "And" else "False"), _ATOM
            parts = [self._inside(arg, level) for arg in args]
            return joint.join(parts), level if len(parts) > 1 else self._formula(args[0])[1]
        handler = _FORMULAS.get(head)
        if handler is None:
            raise Unsupported(f"{head} is not written in Rocq as a formula")
        return handler(self, term)

    def _relation(self, term: Term) -> str:
        left, right = term.args
        if left.head == "Matrix":
            return f"{self.matrix(left)} {_REL[term.head]} {self.matrix(right)}"
        for one, other in ((left, right), (right, left)):
            if term.head == "Eq" and one.head == "Diff":
                variable = self.names.variable(one.args[1])
                at = self._wrap(other, _ATOM)
                return f"is_derive (fun {variable} : R => {self.real(one.args[0])}) {variable} {at}"
        return f"{self.real(left)} {_REL[term.head]} {self.real(right)}"

    def _quantified(self, term: Term) -> Text:
        name, body = term.args
        variable, kind, bound = self.names.variable(name), self.names.variable_type(name), self.names.bound(name)
        if term.head == "ForAll":
            return f"forall {variable} : {kind}, {bound + ' -> ' if bound else ''}{self.formula(body)}", 0
        inner = self._inside(body, _AND) if bound else self.formula(body)
        return f"exists {variable} : {kind}, {bound} /\\ {inner}" if bound else f"exists {variable} : {kind}, {inner}", 0

    def _tends(self, term: Term) -> Text:
        body, name, to, limit = term.args
        variable, kind = self.names.variable(name), self.names.variable_type(name)
        function = f"(fun {variable} : {kind} => {self.real(body)})"
        if kind == NATURAL:
            if to.head != "Infinity":
                raise Unsupported("a limit of a sequence at a finite place")
            return f"is_lim_seq {function} {self.extended(limit)}", _RELATION
        return f"is_lim {function} {self.extended(to)} {self.extended(limit)}", _RELATION

    def extended(self, term: Term) -> str:
        """A real number or an infinity."""
        if term.head == "Infinity":
            return "p_infty"
        if term.head == "Neg" and term.args[0].head == "Infinity":
            return "m_infty"
        return f"(Finite {self._wrap(term, _ATOM)})"

    def _smooth(self, term: Term) -> Text:
        name, order = term.args
        if self.names.arguments.get(name, ("R",)) != ("R",):
            raise Unsupported("smoothness of a function of several arguments is not written in Rocq")
        return f"smooth {order} {self.names.functions[name]}", _RELATION

    def _predicate(self, term: Term) -> Text:
        name, *args = term.args
        if name in self.names.functions:
            text = " ".join((self.names.functions[name], *(self.argument(name, i, arg) for i, arg in enumerate(args))))
            return text, _RELATION
        if name in OF_MODELS:
            return property_text(self, name, args), _AND
        if name not in _BUILT_IN:
            raise Unsupported(f"the property {name} is not written in Rocq")
        return _BUILT_IN[name](self, args), _RELATION

    def vector(self, terms: tuple[Term, ...] | list[Term]) -> str:
        return f"[{'; '.join(self.real(one) for one in terms)}]"

    def _independent(self, args: list[Term]) -> str:
        count, quantities, variables = args
        names = [self.names.variable(x.args[0]) for x in variables.args]
        rows = [
            f"[{'; '.join(f'Derive (fun {x} : R => {self.real(q)}) {x}' for x in names)}]" for q in quantities.args
        ]
        return f"(exists {' '.join(names)} : R, rank_at_least {count.args[0]} [{'; '.join(rows)}])"

    def _root_of(self, term: Term) -> Text:
        """The first zero of a polynomial between two numbers; see theories/Numbers.v."""
        body, name, low, high, _ = term.args
        function = f"(fun {self.names.variable(name)} : R => {self.real(body)})"
        return f"root_in {function} {self._wrap(low, _ATOM)} {self._wrap(high, _ATOM)}", _POWER + 5

    def _no_polynomial(self, args: list[Term]) -> str:
        """If grad Q . f is zero everywhere for a polynomial Q of that degree, its coefficients (but the constant) are zero."""
        from derivations.rocq.templates.integrals import Conserved

        return Conserved(self, args).text()

    def _at_most(self, args: list[Term]) -> str:
        count, field, variables = args
        names = [self.names.variable(x.args[0]) for x in variables.args]
        return f"(exists {' '.join(names)} : R, at_most_independent {count.args[0]} {self.vector(field.args)})"

    def _in_common(self, args: list[Term]) -> str:
        count, potentials, variables = args
        return f"at_most_in_common {count.args[0]} {len(variables.args)} {self.functions(potentials, variables)}"

    def functions(self, terms: Term, variables: Term) -> str:
        """The terms as functions of the variables, one after the other."""
        names = " ".join(self.names.variable(x.args[0]) for x in variables.args)
        return f"[{'; '.join(f'fun_of {names} => {self.real(one)}' for one in terms.args)}]"


def exponent_value(exponent: Term) -> Fraction | None:
    """The value of an exponent that is written as a number, -2 or 3/2; None for any other."""
    if exponent.head == "Neg" and exponent.args[0].head == "Number":
        exponent = number(-exponent.args[0].args[0])
    elif exponent.head == "Div" and exponent.args[0].head == exponent.args[1].head == "Number" and exponent.args[1].args[0]:
        exponent = number(exponent.args[0].args[0] / exponent.args[1].args[0])
    return exponent.args[0] if exponent.head == "Number" else None


def variables_of(product: str) -> list[Term]:
    """``s^1*t^2``, the kernel's name of a product of variables, as its factors."""
    return [symbol(name) for piece in product.split("*") for name, times in [piece.rsplit("^", 1)] for _ in range(int(times))]


_REALS: dict[str, Callable[[Writer, Term], Text]] = {
    "Number": Writer._number, "Symbol": Writer._symbol, "Add": Writer._add, "Mul": Writer._mul, "Neg": Writer._neg,
    "Div": Writer._div, "Pow": Writer._pow, "Apply": Writer._apply, "Derivative": Writer._derivative, "Sum": Writer._sum,
    "Delta": Writer._delta, "Expect": Writer._expect, "Variance": Writer._variance, "Det": Writer._det,
    "RootOf": Writer._root_of, "Max": Writer._extreme, "Min": Writer._extreme,
}  # fmt: skip

_FORMULAS: dict[str, Callable[[Writer, Term], Text]] = {
    "True": lambda self, term: ("True", _ATOM),
    "False": lambda self, term: ("False", _ATOM),
    "Not": lambda self, term: (f"~ {self._inside(term.args[0], _RELATION)}", _NOT),
    "Implies": lambda self, term: (f"{self._inside(term.args[0], _ARROW)} -> {self._inside(term.args[1], 0)}", _ARROW),
    "Iff": lambda self, term: (f"{self._inside(term.args[0], _IFF)} <-> {self._inside(term.args[1], _IFF)}", _IFF),
    "ForAll": Writer._quantified,
    "Exists": Writer._quantified,
    "Tends": Writer._tends,
    "Smooth": Writer._smooth,
    "Predicate": Writer._predicate,
}

_BUILT_IN: dict[str, Callable[[Writer, list[Term]], str]] = {
    "eigenvalues": lambda self, args: f"eigenvalues {self.matrix(args[0])} {self.vector(args[1:])}",
    "signature": lambda self, args: f"signature {self.matrix(args[0])} {' '.join(str(k.args[0]) for k in args[1:])}",
    "positive_definite": lambda self, args: f"positive_definite {self.matrix(args[0])}",
    "independent": Writer._independent,
    "at_most_independent": Writer._at_most,
    "at_most_in_common": Writer._in_common,
    "no_polynomial": Writer._no_polynomial,
    "roots_within": lambda self, args: f"roots_within {' '.join(self._wrap(arg, _ATOM) for arg in args)}",
    "roots_in_disc": lambda self, args: f"roots_in_disc {self.vector(args[0].args)}",
    "roots_in_closed_disc": lambda self, args: f"roots_in_closed_disc {self.vector(args[0].args)}",
}
