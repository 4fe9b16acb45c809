"""Term → box: the one place where parentheses, juxtaposition and indices are decided. Nothing is moved or changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as Rational
from types import MappingProxyType

from derivations.language.terms import Term
from derivations.rendering import logic
from derivations.rendering.boxes import (
    Atom,
    Box,
    Fenced,
    Fraction,
    Limits,
    Operator,
    Primes,
    Radical,
    Row,
    Scripts,
    Table,
    row,
)
from derivations.rendering.levels import ATOM, LARGE, LIST, POWER, PRODUCT, QUOTIENT, RELATION, SUM, Laid, at_least
from derivations.rendering.style import Style, indices

PLUS, MINUS = Operator("+", "+", "binary"), Operator("−", "-", "binary")
SIGN, BOTH = Operator("−", "-", "prefix"), Operator("±", r"\pm", "prefix")
COMMA, SLASH, EQUALS = Operator(",", ",", "comma"), Operator("/", "/", "slash"), Operator("=", "=", "relation")
TIMES, THIN, DOT = Operator("", "", "times"), Operator("", r"\,", "times"), Operator("·", r"\cdot", "times")
_CALLS = {
    "Log": "log", "Sin": "sin", "Cos": "cos", "Tan": "tan", "Sinh": "sinh", "Cosh": "cosh", "Tanh": "tanh",
    "Asinh": "arsinh", "Atan": "arctan", "Max": "max", "Min": "min", "Det": "det", "Variance": "Var",
}  # fmt: skip
_WIDE = frozenset(["Derivative", "Sum", "Diff", "Expect", "Variance", *_CALLS])
_TEX_KNOWS = frozenset({"log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "max", "min", "det"})


def layout(term: Term, style: Style) -> Box:
    """The box of the term, with the parentheses it needs and no others."""
    return lay(term, style).box


def lay(term: Term, style: Style) -> Laid:
    return _HANDLERS[term.head](term, style)


def _boxed(term: Term, style: Style, level: int) -> Box:
    return at_least(lay(term, style), level)


def commas(terms: tuple[Term, ...], style: Style) -> Box:
    """The terms as a list of arguments."""
    items: list[Box] = []
    for term in terms:
        box = _boxed(term, style, LIST + 1)
        items += [COMMA, box] if items else [box]
    return row(*items) if items else Row(())


def operator_name(word: str) -> Atom:
    """The name of an operator in upright type."""
    return Atom(word, f"\\{word}" if word in _TEX_KNOWS else rf"\operatorname{{{word}}}", "upright")


# --- numbers and arithmetic ---------------------------------------------------------------------------------------


def rational(value: Rational, style: Style, small: bool = False) -> Laid:
    """An exact rational number."""
    sign: tuple[Box, ...] = (SIGN,) if value.numerator < 0 else ()
    above, below = str(abs(value.numerator)), str(value.denominator)
    top = Atom(above, above, "number")
    if below == "1":
        return Laid(Row((*sign, top)), SUM) if sign else Laid(top, ATOM)
    bottom = Atom(below, below, "number")
    if style.script:
        return Laid(Row((*sign, top, SLASH, bottom)), SUM if sign else PRODUCT)
    return Laid(row(*sign, Fraction(top, bottom, small)), SUM if sign else QUOTIENT)


def _number(term: Term, style: Style) -> Laid:
    return rational(term.args[0], style)


def _symbol(term: Term, style: Style) -> Laid:
    return Laid(style.name(term.args[0]), ATOM)


def signed(term: Term) -> tuple[bool, Term]:
    """Whether the term is printed with a leading minus, and what stands after that minus."""
    if term.head == "Neg":
        return True, term.args[0]
    if term.head == "Number" and term.args[0].numerator < 0:
        return True, Term("Number", (-term.args[0],))
    if term.head == "Mul" and len(term.args) > 1 and term.args[0].head == "Number" and term.args[0].args[0].numerator < 0:
        return True, Term("Mul", (Term("Number", (-term.args[0].args[0],)), *term.args[1:]))
    return False, term


def _sum(term: Term, style: Style) -> Laid:
    if not term.args:
        return Laid(Atom("0", "0", "number"), ATOM)
    if len(term.args) == 1:
        return lay(term.args[0], style)
    items: list[Box] = [_boxed(term.args[0], style, SUM)]
    for arg in term.args[1:]:
        negative, rest = signed(arg)
        items += [MINUS if negative else PLUS, _boxed(rest, style, LARGE)]
    return Laid(Row(tuple(items)), SUM)


def _negative(term: Term, style: Style) -> Laid:
    return Laid(Row((SIGN, _boxed(term.args[0], style, LARGE))), SUM)


def _both_signs(term: Term, style: Style) -> Laid:
    return Laid(Row((BOTH, _boxed(term.args[0], style, LARGE))), SUM)


_PI = Term("Mul", (Term("Number", (Rational(4),)), Term("Atan", (Term("Number", (Rational(1),)),))))  # as it is read


def _product(term: Term, style: Style) -> Laid:
    if not term.args:
        return Laid(Atom("1", "1", "number"), ATOM)
    if len(term.args) == 1:
        return lay(term.args[0], style)
    if term.args[-1].head == "Atan" and term == _PI:
        return Laid(Atom("π", r"\pi", "sign"), ATOM)
    negative, first = signed(term)
    if negative:
        return Laid(Row((SIGN, _product(first, style).box)), SUM)
    last = len(term.args) - 1
    items = [_factor(arg, style, LARGE if i == last else PRODUCT + 1) for i, arg in enumerate(term.args)]
    joined = [items[0]]
    for i in range(1, len(items)):
        joined += [_joint(term.args[i - 1], items[i - 1], term.args[i], items[i], style), items[i]]
    return Laid(Row(tuple(joined)), PRODUCT)


def _factor(term: Term, style: Style, level: int) -> Box:
    if term.head == "Number":
        return at_least(rational(term.args[0], style, small=True), level)
    laid = lay(term, style)
    if isinstance(laid.box, Fraction) and term.head == "Div" and all(arg.head == "Number" for arg in term.args):
        laid = Laid(laid.box._replace(small=True), laid.level)
    return at_least(laid, PRODUCT + 1 if laid.level == PRODUCT else level)


def _joint(left: Term, left_box: Box, right: Term, right_box: Box, style: Style) -> Operator:
    """What stands between two factors: nothing, a thin space, or a dot where nothing would be misread."""
    if _begins_with_number(right_box):
        return DOT
    if isinstance(right_box, Fraction) and left.head in ("Number", "Div"):
        plain = right.head == "Number" or all(isinstance(arg, Term) and arg.head == "Number" for arg in right.args)
        return DOT if left.head == "Number" and plain else THIN  # never like a mixed number
    if left.head == "Number" and left.args[0] == 1:
        return DOT
    if isinstance(right_box, Fenced):
        function = left.head == "Symbol" and style.applied.get(left.args[0]) == "function"
        return DOT if function else TIMES
    if isinstance(left_box, Fenced | Fraction) or left.head == "Number":
        return TIMES if not _is_word(right_box) else THIN
    return THIN if right.head in _WIDE or _is_word(left_box) or _is_word(right_box) or _is_call(right, style) else TIMES


def _begins_with_number(box: Box) -> bool:
    match box:
        case Atom(kind="number"):
            return True
        case Row((first, *_)) | Scripts(first):
            return _begins_with_number(first)
    return False


def _is_word(box: Box) -> bool:
    """Whether a factor is a name of several letters, which must not touch its neighbour."""
    while isinstance(box, Scripts):
        box = box.base
    return isinstance(box, Atom) and box.kind != "number" and len(box.text) > 1


def _is_call(term: Term, style: Style) -> bool:
    return term.head == "Apply" and style.domain(term.args[0]) == "function"


def _quotient(term: Term, style: Style) -> Laid:
    if style.script:
        top, bottom = _boxed(term.args[0], style, PRODUCT), _boxed(term.args[1], style, PRODUCT + 1)
        return Laid(Row((top, SLASH, bottom)), PRODUCT)
    top, bottom = layout(term.args[0], style), layout(term.args[1], style)
    return Laid(Fraction(top, bottom), QUOTIENT)


def _power(term: Term, style: Style) -> Laid:
    base, exponent = term.args
    raised = layout(exponent, style.small())
    if base.head in _CALLS and exponent.head == "Number" and exponent.args[0] > 1 and base.head not in ("Max", "Min"):
        call = _call(base, style).box
        assert isinstance(call, Row)
        return Laid(Row((Scripts(call.items[0], sup=raised), *call.items[1:])), ATOM)
    box = _boxed(base, style, ATOM)
    if isinstance(box, Scripts) and box.sup is None:
        return Laid(Scripts(box.base, box.sub, raised), POWER)
    if isinstance(box, Scripts | Primes):
        box = Fenced(box)
    return Laid(Scripts(box, sup=raised), POWER)


def _exponential(term: Term, style: Style) -> Laid:
    return Laid(Scripts(Atom("e", "e"), sup=layout(term.args[0], style.small())), POWER)


def _call(term: Term, style: Style) -> Laid:
    if term.head == "Det" and term.args[0].head == "Matrix":  # which has brackets of its own
        return Laid(Row((operator_name(_CALLS[term.head]), layout(term.args[0], style))), ATOM)
    return Laid(Row((operator_name(_CALLS[term.head]), Fenced(commas(term.args, style)))), ATOM)


def _factorial(term: Term, style: Style) -> Laid:
    return Laid(Row((_boxed(term.args[0], style, ATOM), Atom("!", "!", "sign"))), POWER)


def _root_of(term: Term, style: Style) -> Laid:
    """The root by its number among the real roots, counted from the smallest: root_0(z^3 - 2)."""
    number = layout(Term("Number", (term.args[4],)), style.small())
    return Laid(Row((Scripts(operator_name("root"), sub=number), Fenced(layout(term.args[0], style)))), ATOM)


# --- sequences, functions and derivatives -------------------------------------------------------------------------


def _apply(term: Term, style: Style) -> Laid:
    name, *args = term.args
    domain = style.domain(name)
    if not args:
        return Laid(style.name(name), ATOM)
    if domain in ("sequence", "random"):
        return _sequence(name, args, style)
    if domain == "family":
        return Laid(_indexed(style.name(name), indices((_index(arg, style) for arg in args), True)), ATOM)
    return Laid(Row((style.name(name), Fenced(commas(tuple(args), style)))), ATOM)


def _index(term: Term, style: Style) -> Box:
    return layout(term, style.small())


def _sequence(name: str, args: list[Term], style: Style) -> Laid:
    """The member of a sequence: θ⁽ᵗ⁾ in the lecture's notation, x_k in the notes' and in a terminal."""
    time, others = _index(args[0], style), [_index(arg, style) for arg in args[1:]]
    base = style.name(name)
    if style.notation == "lecture" and not style.plain:
        named = _indexed(base, indices(others, True)) if others else base
        if isinstance(named, Scripts) and named.sup is None:
            return Laid(Scripts(named.base, named.sub, Fenced(time)), ATOM)
        return Laid(
            Scripts(named if named == base and isinstance(base, Atom) else Fenced(named), sup=Fenced(time)), ATOM
        )
    return Laid(_indexed(base, indices([*others, time], False)), ATOM)


def _indexed(base: Box, index: Box) -> Box:
    if not isinstance(base, Scripts):
        return Scripts(base, sub=index)
    sub = index if base.sub is None else row(base.sub, COMMA, index)
    return Scripts(base.base, sub, base.sup)


def _derivative(term: Term, style: Style) -> Laid:
    name, orders, *args = term.args
    function = style.name(name)
    call = Fenced(commas(tuple(args), style))
    if len(orders) != 1:
        return _partial(name, orders, tuple(args), style)
    if orders[0] in (1, 2, 3) and not (isinstance(function, Scripts) and function.sup is not None):
        return Laid(Row((Primes(function, orders[0]), call)), ATOM)
    base = Fenced(function) if isinstance(function, Scripts) and function.sup is not None else function
    order = Atom(str(orders[0]), str(orders[0]), "number")
    raised = (
        Scripts(base.base, base.sub, Fenced(order)) if isinstance(base, Scripts) else Scripts(base, sup=Fenced(order))
    )
    return Laid(Row((raised, call)), ATOM)


def _partial(name: str, orders: tuple[int, ...], args: tuple[Term, ...], style: Style) -> Laid:
    """A partial derivative: as a fraction where the arguments are the function's own names, else with numbered ∂."""
    function, total = style.name(name), sum(orders)
    names = tuple(arg.args[0] if arg.head == "Symbol" else "" for arg in args)
    own = "" not in names and style.coordinates.get(name, names) == names
    if total == 0 or len(orders) != len(args) or not own:
        signs = [
            _raised(Scripts(_curly(), sub=Atom(str(i), str(i), "number")), order)
            for i, order in enumerate(orders, start=1)
            if order
        ]
        return Laid(Row((*signs, function, Fenced(commas(args, style)))), ATOM if not signs else PRODUCT + 1)
    below: list[Box] = []
    for arg, order in zip(args, orders, strict=True):
        if order:
            below += [_curly(), _raised(layout(arg, style), order)]
    return Laid(Fraction(row(_raised(_curly(), total), function), row(*below)), QUOTIENT)


def _curly() -> Box:
    return Atom("∂", r"\partial", "sign")


def _raised(box: Box, order: int) -> Box:
    if order == 1:
        return box
    digits = Atom(str(order), str(order), "number")
    if isinstance(box, Scripts) and box.sup is None:
        return Scripts(box.base, box.sub, digits)
    return Scripts(Fenced(box) if isinstance(box, Scripts) else box, sup=digits)


def _open_derivative(term: Term, style: Style) -> Laid:
    body, name = term.args
    d: Box = Atom("d", r"\mathrm{d}", "upright") if logic.single_variable(body, name) else _curly()
    return Laid(Row((Fraction(d, row(d, style.name(name))), _boxed(body, style, QUOTIENT))), LARGE)


# --- large operators and collections ------------------------------------------------------------------------------


def _large_sum(term: Term, style: Style) -> Laid:
    name, first, last, body = term.args
    below = row(style.small().name(name), EQUALS, _boxed(first, style.small(), RELATION + 1))
    sign = Limits(Operator("∑", r"\sum", "large"), below, _boxed(last, style.small(), RELATION + 1))
    return Laid(Row((sign, _boxed(body, style, LARGE))), LARGE)


def _expectation(term: Term, style: Style) -> Laid:
    body = layout(term.args[0], style)
    if style.notation == "lecture":
        return Laid(Fenced(body, "⟨", "⟩"), ATOM)
    return Laid(Row((Atom("𝔼", r"\mathbb{E}", "upright"), Fenced(body, "[", "]"))), ATOM)


def _delta(term: Term, style: Style) -> Laid:
    return Laid(Scripts(Atom("δ", r"\delta"), sub=indices((_index(arg, style) for arg in term.args), True)), ATOM)


def _matrix(term: Term, style: Style) -> Laid:
    entries = replace(style, script=False)
    rows = tuple(
        tuple(layout(entry, entries) for entry in (line.args if line.head == "Tuple" else (line,)))
        for line in term.args
    )
    return Laid(Table(rows), ATOM)


def _transpose(term: Term, style: Style) -> Laid:
    box = _boxed(term.args[0], style, ATOM)
    sign = Atom("T", r"\mathsf{T}", "upright")
    if isinstance(box, Scripts) and box.sup is None:
        return Laid(Scripts(box.base, box.sub, sign), ATOM)
    return Laid(Scripts(Fenced(box) if isinstance(box, Scripts) else box, sup=sign), ATOM)


def _order(term: Term, style: Style) -> Laid:
    return Laid(Row((Atom("O", "O"), Fenced(layout(term.args[0], style)))), ATOM)


def _fenced(left: str, right: str) -> Callable[[Term, Style], Laid]:
    return lambda term, style: Laid(Fenced(commas(term.args, style), left, right), ATOM)


def _said(head: str) -> Callable[[Term, Style], Laid]:
    handler = logic.HANDLERS[head]
    return lambda term, style: handler(term, style, lay)


_HANDLERS: MappingProxyType[str, Callable[[Term, Style], Laid]] = MappingProxyType({
    "Number": _number, "Symbol": _symbol, "Add": _sum, "Mul": _product, "Neg": _negative, "Div": _quotient,
    "Pow": _power, "PlusMinus": _both_signs, "Abs": _fenced("|", "|"), "Exp": _exponential, "Factorial": _factorial,
    "Infinity": lambda term, style: Laid(Atom("∞", r"\infty", "sign"), ATOM),
    "ImaginaryUnit": lambda term, style: Laid(Atom("i", r"\mathrm{i}", "upright"), ATOM),
    "Sqrt": lambda term, style: Laid(Radical(layout(term.args[0], style)), POWER),
    "RootOf": _root_of, "Apply": _apply, "Derivative": _derivative, "Diff": _open_derivative, "Sum": _large_sum,
    "Delta": _delta, "Expect": _expectation, "Matrix": _matrix, "Tuple": _fenced("(", ")"), "Set": _fenced("{", "}"),
    "Transpose": _transpose, "BigO": _order, **dict.fromkeys(_CALLS, _call), **{head: _said(head) for head in logic.HANDLERS},
})  # fmt: skip
