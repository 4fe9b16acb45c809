"""Terms as plain ASCII text in Python's grammar, the language of ``answer`` fields.

``+ - * / **``, ``< <= > >= == !=``, ``&`` and ``|`` with every comparison in parentheses, ``Matrix([[...]])``.
"""

from __future__ import annotations

from collections.abc import Callable

from derivations.language.terms import Term

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = 10, 20, 25, 30, 40
_RELATION = {"Eq": "==", "Ne": "!=", "Lt": "<", "Le": "<=", "Gt": ">", "Ge": ">="}
_CALL = {
    "Abs": "Abs", "Sqrt": "sqrt", "Exp": "exp", "Log": "log", "Sin": "sin", "Cos": "cos", "Tan": "tan",
    "Sinh": "sinh", "Cosh": "cosh", "Tanh": "tanh", "Asinh": "asinh", "Atan": "atan", "Max": "Max", "Min": "Min",
    "Factorial": "factorial", "Expect": "E", "Variance": "Var", "Delta": "KroneckerDelta", "Set": "FiniteSet",
    "Det": "det", "Transpose": "transpose", "BigO": "O", "PlusMinus": "PlusMinus", "Not": "Not",
    "Implies": "Implies", "Iff": "Equivalent", "Union": "Union", "Approx": "Approx",
    "Proportional": "Proportional", "Intersection": "Intersection", "In": "Contains",
}  # fmt: skip


# What a variable, and what a function or property, must not be called, as its text would be that of something else.
CONSTANTS = frozenset({"oo", "I", "True", "False"})
CALLS = frozenset({*_CALL.values(), "D", "Diff", "Sum", "Matrix", "ForAll", "Exists", "Tends", "Smooth", "Interval", "RootOf"})


def ascii_text(term: Term) -> str:
    """The term as ASCII text that Python's grammar accepts."""
    return _text(term)[0]


def _text(term: Term) -> tuple[str, int]:
    head, args = term.head, term.args
    if head == "Symbol":
        return args[0], _ATOM
    arithmetic = _ARITHMETIC.get(head)
    if arithmetic is not None:
        return arithmetic(term)
    if head in _RELATION:
        return f"{_text(args[0])[0]} {_RELATION[head]} {_text(args[1])[0]}", 0
    if head in ("And", "Or"):
        joiner = " & " if head == "And" else " | "
        return joiner.join(f"({_text(arg)[0]})" for arg in args), 1
    if head in _CALL:
        return f"{_CALL[head]}({', '.join(ascii_text(arg) for arg in args)})", _ATOM
    return _OTHER.get(head, _generic)(term), _ATOM


def _wrap(term: Term, level: int) -> str:
    text, own = _text(term)
    return text if own >= level else f"({text})"


def _number(term: Term) -> tuple[str, int]:
    value = term.args[0]
    level = _SUM if value.numerator < 0 else _PRODUCT if value.denominator != 1 else _ATOM
    return str(value), level


def _sum(term: Term) -> tuple[str, int]:
    text = _wrap(term.args[0], _SUM)
    for arg in term.args[1:]:
        if arg.head == "Neg":
            text += f" - {_wrap(arg.args[0], _PRODUCT)}"
        elif arg.head == "Number" and arg.args[0].numerator < 0:
            text += f" - {-arg.args[0]}"
        else:
            text += f" + {_wrap(arg, _PRODUCT)}"
    return text, _SUM


def _product(term: Term) -> tuple[str, int]:
    factors = [_wrap(arg, _PRODUCT + 1) for arg in term.args[1:]]
    return "*".join([_wrap(arg, _PRODUCT) for arg in term.args[:1]] + factors), _PRODUCT


def _negative(term: Term) -> tuple[str, int]:
    return f"-{_wrap(term.args[0], _PRODUCT)}", _SUM


def _quotient(term: Term) -> tuple[str, int]:
    return f"{_wrap(term.args[0], _PRODUCT)}/{_wrap(term.args[1], _SIGN)}", _PRODUCT


def _power(term: Term) -> tuple[str, int]:
    return f"{_wrap(term.args[0], _ATOM)}**{_wrap(term.args[1], _POWER)}", _POWER


_ARITHMETIC = {"Number": _number, "Add": _sum, "Mul": _product, "Neg": _negative, "Div": _quotient, "Pow": _power}


def _generic(term: Term) -> str:
    parts = [ascii_text(arg) if isinstance(arg, Term) else repr(arg) for arg in term.args]
    return f"{term.head}({', '.join(parts)})"


def _derivative(term: Term) -> str:
    name, orders, *args = term.args
    inner = ", ".join(ascii_text(arg) for arg in args)
    return f"D({name}, {', '.join(map(str, orders))})({inner})"


_OTHER: dict[str, Callable[[Term], str]] = {
    "Infinity": lambda term: "oo",
    "ImaginaryUnit": lambda term: "I",
    "True": lambda term: "True",
    "False": lambda term: "False",
    **dict.fromkeys(("Apply", "Predicate"), lambda term: (
        f"{term.args[0]}({', '.join(ascii_text(arg) for arg in term.args[1:])})" if term.args[1:] else term.args[0]
    )),
    "Derivative": _derivative,
    "Diff": lambda term: f"Diff({ascii_text(term.args[0])}, {term.args[1]})",
    "Sum": lambda term: (
        f"Sum({ascii_text(term.args[3])}, ({term.args[0]}, {ascii_text(term.args[1])}, {ascii_text(term.args[2])}))"
    ),
    "Tuple": lambda term: f"[{', '.join(ascii_text(arg) for arg in term.args)}]",
    "Matrix": lambda term: f"Matrix([{', '.join(ascii_text(arg) for arg in term.args)}])",
    "ForAll": lambda term: f"ForAll({term.args[0]}, {ascii_text(term.args[1])})",
    "Exists": lambda term: f"Exists({term.args[0]}, {ascii_text(term.args[1])})",
    "Tends": lambda term: (
        f"Tends({ascii_text(term.args[0])}, {term.args[1]}, {ascii_text(term.args[2])}, {ascii_text(term.args[3])})"
    ),
    "Smooth": lambda term: f"Smooth({term.args[0]}, {term.args[1]})",
    "Interval": lambda term: (
        f"Interval({ascii_text(term.args[0])}, {ascii_text(term.args[1])}, "
        f"{term.args[2] == 'open'}, {term.args[3] == 'open'})"
    ),
    "RootOf": lambda term: f"RootOf({ascii_text(term.args[0])}, {term.args[4]})",
}
