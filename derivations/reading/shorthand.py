"""Names that only answers use: max_i λ_i, λ_max(H), H(θ*), diag(2, 20), np.array([…]), E_x[…], ℝ, and θ^t for a sequence θ."""

from __future__ import annotations

from fractions import Fraction

from derivations.language.terms import INFINITY, ZERO, Term
from derivations.reading.applications import applied
from derivations.reading.arithmetic import read_argument
from derivations.reading.functions import read_call
from derivations.reading.keys import script_key
from derivations.reading.leibniz import parameter, point_behind, read_partial
from derivations.reading.reader import ANY, POWER, PRODUCT, Reader
from derivations.reading.tokens import Token
from derivations.reading.typst import read_layout

_MOMENTS = {"E": "E", "Var": "Var", "V": "Var", "var": "Var", "Variance": "Var", "mean": "E"}
_CURVATURES = frozenset(["H", "lam", "L_max", "mu"])  # what is said to be taken of a Hessian, or at a point
_BINOMIALS = frozenset(["\\binom", "\\tbinom", "\\dbinom"])
LEAST, GREATEST = "MinOver", "MaxOver"  # no heads of the language: they never leave the reader
_BRACKETS = {"(": ")", "[": "]", "{": "}", "set{": "set}", "lvert": "rvert"}


def shorthand(reader: Reader, token: Token, key: str) -> Term | None:
    """What an undeclared name stands for in an answer; None if for nothing."""
    opening, start = reader.tokens[reader.at], token[2]
    base, _, index = key.partition("_")
    moment = _moment(reader, base, start)
    if moment and opening[0] in ("(", "["):
        return read_call(reader, moment, start)
    if moment and opening[0] in ("differential", "nabla", "name"):
        argument = reader.parse(PRODUCT if opening[0] == "name" else POWER)  # E θ^2 is the mean of the square
        return Term("Variance" if moment == "Var" else "Expect", (argument,), (start, reader.end()))
    if key in _BINOMIALS and opening[0] in ("{", "number", "name"):
        return _column(reader, start)
    if key in ("diag", "\\diag") and opening[0] in ("(", "["):
        return _diagonal(reader, opening, start)
    layout = read_layout(reader, key, start) if opening[0] == "(" else None
    if layout is not None:
        return layout
    if base in ("max", "min") and (index or opening[0] in (*_BRACKETS, "name")):
        return extreme(reader, base, start, index)
    if key in ("grad", "\\grad") and opening[0] == "name":
        return read_partial(reader, ("nabla", key, *token[2:]), ANY)
    if key == "R":
        return reals(reader, token, ANY)
    return None


def _moment(reader: Reader, base: str, start: int) -> str:
    """E or Var where the word means one; V does only as \\mathbb{V}."""
    if base == "V" and reader.text[start].isascii() and reader.text[start] != "\\":
        return ""
    return _MOMENTS.get(base, "")


def moment_index(reader: Reader, token: Token, key: str) -> bool:
    """Steps over the index in E_x[…], which names what is drawn."""
    if not _moment(reader, key, token[2]) or key in reader.names:
        return False
    script = script_key(reader.tokens, reader.at + 1)
    if script is None or reader.tokens[script[1]][0] not in ("(", "[", "differential", "nabla"):
        return False
    reader.at = script[1]
    return True


def label(reader: Reader) -> None:
    """Steps over an index behind an average that says over what, or when, it is taken."""
    infinity = reader.tokens[reader.at]
    if infinity[:2] == ("constant", "Infinity") and infinity[2] == reader.end():
        reader.at += 1
        return
    if reader.tokens[reader.at][0] == "_":
        script = script_key(reader.tokens, reader.at + 1)
        if script is None:
            raise reader.error("this index of an average is not read", reader.tokens[reader.at], "leave it out")
        reader.at = script[1]


def _diagonal(reader: Reader, opening: Token, start: int) -> Term:
    """diag(a, b)"""
    reader.at += 1
    entries = reader.parts(opening, _BRACKETS[opening[0]])
    if len(entries) == 1 and entries[0].head in ("Tuple", "Set"):
        entries = list(entries[0].args)
    rows = tuple(
        Term("Tuple", tuple(entry if i == j else ZERO for j in range(len(entries))), entry.span)
        for i, entry in enumerate(entries)
    )
    if not rows:
        raise reader.fail("the matrix is empty", start, reader.end(), "write diag(a, b)")
    return Term("Matrix", rows, (start, reader.end()))


def _column(reader: Reader, start: int) -> Term:
    """\\binom{a}{b}: two numbers on top of each other."""
    rows = []
    reader.depth += 8  # there are as many calls between this column and one inside it
    for _ in range(2):
        entry = read_argument(reader, "binom")
        rows.append(Term("Tuple", (entry,), entry.span))
    reader.depth -= 8
    return Term("Matrix", tuple(rows), (start, reader.end()))


# --- the largest and the smallest -----------------------------------------------------------------------------------


def extreme(reader: Reader, word: str, start: int, index: str = "") -> Term | None:
    """max_i λ_i, max(λ_i), max λ: the name λ_max, if there is one. None, and nothing read, if it is something else."""
    here = reader.at
    if reader.tokens[reader.at][0] == "_":
        _skip_index(reader)
    closing = []
    while reader.tokens[reader.at][0] in _BRACKETS and reader.tokens[reader.at][0] != "lvert":
        closing.append(_BRACKETS[reader.tokens[reader.at][0]])
        reader.at += 1
    kind, value, *_ = reader.tokens[reader.at]
    base = value.partition("_")[0]
    if value in _SPECTRA:
        found = _of_spectrum(reader, word, start, closing)
        reader.at = reader.at if found is not None else here
        return found
    name = reader.names.get(f"{base}_{word}")
    if kind == "name" and name is not None:
        reader.at += 1
        indexed = base != value
        if reader.tokens[reader.at][0] == "_":
            script = script_key(reader.tokens, reader.at + 1)
            indexed = script is not None and not script[0].isdecimal()
            reader.at = script[1] if script else reader.at
        powered = not closing and reader.tokens[reader.at][0] == "^"  # min_i λ_i^{-1} is the smallest of the powers
        if indexed and not powered and all(reader.accept(one) for one in reversed(closing)):
            return Term("Symbol", (name,), (start, reader.end()))
    reader.at = here
    return _over(reader, word, start, index)


_SPECTRA = frozenset(["eig", "eigs", "eigvals", "eigvalsh", "eigenvalues", "spec", "spectrum"])


def _of_spectrum(reader: Reader, word: str, start: int, closing: list[str]) -> Term | None:
    """max(eigvals(H)): the name λ_max, if there is one."""
    name = reader.names.get(f"lam_{word}")
    reader.at += 1
    opening = reader.tokens[reader.at]
    if name is None or opening[0] != "(":
        return None
    reader.at += 1
    inner = reader.parts(opening, ")")
    closed = all(reader.accept(one) for one in reversed(closing))
    return Term("Symbol", (name,), (start, reader.end())) if closed and len(inner) == 1 and _is_hessian(inner[0]) else None


def _over(reader: Reader, word: str, start: int, key: str) -> Term | None:
    """min_i f(λ_i): only a bound knows how to say it (x < min_i y_i means x < y_i for all i)."""
    tokens, at = reader.tokens, reader.at
    braced = tokens[at + 1][0] == "{" if tokens[at][0] == "_" else False
    index = tokens[at + 1 + braced] if tokens[at][0] == "_" else tokens[at]
    if not key:
        if tokens[at][0] != "_" or index[0] != "name" or (braced and tokens[at + 3][0] != "}"):
            return None
        key = index[1]
        reader.at += 4 if braced else 2
    if len(key) > 1:
        return None
    names = reader.names
    name = names.get(key, key)
    reader.names = {**names, key: name}
    reader.depth += 4
    body = reader.parse(PRODUCT - 1)
    reader.depth -= 4
    reader.names = names
    reader.provisional = True
    return Term(LEAST if word == "min" else GREATEST, (name, body), (start, reader.end()))


def _skip_index(reader: Reader) -> None:
    """Steps over the index of a maximum."""
    reader.at += 1
    if reader.tokens[reader.at][0] != "{":
        reader.at += reader.tokens[reader.at][0] != "end"
        return
    depth = 0
    while reader.tokens[reader.at][0] != "end":
        depth += (reader.tokens[reader.at][0] == "{") - (reader.tokens[reader.at][0] == "}")
        reader.at += 1
        if not depth:
            break


_INDICES = frozenset(["t", "i", "j", "k", "s", "n", "N"])
_SHORT = 14


def _tokens_inside(reader: Reader, most: int) -> list[Token] | None:
    """What stands in the parentheses here, if they close after no more tokens than that."""
    depth = 0
    for at in range(reader.at, min(reader.at + most, len(reader.tokens))):
        kind = reader.tokens[at][0]
        depth += (kind == "(") - (kind == ")")
        if not depth:
            return reader.tokens[reader.at + 1 : at]
    return None


def is_index(reader: Reader) -> bool:
    """Whether λ(…) names a member or a step and is no product: there are only numbers and indices in it."""
    inside = _tokens_inside(reader, _SHORT)
    return inside is not None and all(
        kind in ("number", "+", "-", "constant", ",") or (kind == "name" and reader.names.get(value, value) in _INDICES)
        for kind, value, *_ in inside
    )


def taken_of(reader: Reader, name: str) -> None:
    """Steps over (H) in λ_max(H) and over (θ*) in H(θ*): what it is taken of, or where."""
    opening = reader.tokens[reader.at]
    if name not in _CURVATURES or opening[2] != reader.end() or not _tokens_inside(reader, _SHORT):
        return
    here, length = reader.at, len(reader.tokens)
    reader.at += 1
    inner = reader.parts(opening, ")")
    said = len(inner) == 1 and (_is_hessian(inner[0]) or _is_star(inner[0]))
    matrix = reader.text[opening[2] - 1] == "A"  # A(1, 0) is a matrix times a vector, H(1, 0) a Hessian at a point
    point = name == "H" and not matrix and all(one.head in ("Number", "Symbol") for one in inner)
    if not (said or point):
        reader.at = here + len(reader.tokens) - length


def _is_hessian(term: Term) -> bool:
    return term == Term("Symbol", ("H",)) or (term.head == "Derivative" and sum(term.args[1]) == 2)


def _is_star(term: Term) -> bool:
    return term.head == "Symbol" and str(term.args[0]).endswith("_star")


def bare_derivative(reader: Reader, function: str, order: int, start: int) -> Term | None:
    """L'' with no argument: at the point behind it, else at the fixed point."""
    point = point_behind(reader)
    if not point:
        name = parameter(reader, order)
        if name is None:
            return None
        point = [Term("Symbol", (name,), (start, reader.end()))]
    return Term("Derivative", (function, (order,), *point), (start, reader.end()))


def step_above(reader: Reader, function: str) -> Term | None:
    """θ^t, θ^{t+1}, θ^0 for a sequence θ: the step, because nobody raises a parameter to it. None if it is a power."""
    sequence = function in reader.vocabulary.sequences
    only_steps = not sequence and reader.vocabulary.functions.get(function) == 1 and function not in _CURVATURES
    if not (sequence or only_steps) or reader.tokens[reader.at][1] == "**":
        return None
    here = reader.at
    brackets = []
    reader.at += 1
    while reader.tokens[reader.at][0] in ("{", "("):
        brackets.append(_BRACKETS[reader.tokens[reader.at][0]])
        reader.at += 1
    numbered = reader.tokens[reader.at][0] == "number"
    step = None if numbered and only_steps else _step(reader, bool(brackets))
    if step is not None and all(reader.accept(one) for one in reversed(brackets)):
        return step
    reader.at = here
    return None


def _step(reader: Reader, bracketed: bool) -> Term | None:
    """t, t + 1, t - 1 or 0."""
    token = reader.tokens[reader.at]
    if token[0] == "number" and (token[1] == "0" or reader.tokens[reader.at + 1][0] == ")"):
        reader.at += 1
        return Term("Number", (ZERO.args[0] if token[1] == "0" else _whole(token[1]),), (token[2], token[3]))
    if token[0] != "name" or reader.names.get(token[1]) != "t":
        return None
    reader.at += 1
    step = Term("Symbol", ("t",), (token[2], token[3]))
    sign, count = reader.tokens[reader.at], reader.tokens[min(reader.at + 1, len(reader.tokens) - 1)]
    if bracketed and sign[0] in ("+", "-") and count[0] == "number" and count[1].isdecimal():
        reader.at += 2
        one = Term("Number", (_whole(count[1]),), (count[2], count[3]))
        one = one if sign[0] == "+" else Term("Neg", (one,), (sign[2], count[3]))
        return Term("Add", (step, one), (token[2], count[3]))
    return step


def _whole(digits: str) -> Fraction:
    return Fraction(digits)


def power_before_argument(reader: Reader, name: str, start: int) -> Term | None:
    """θ²(t), the square of θ(t); None, and nothing read, if it is something else."""
    tokens, here = reader.tokens, reader.at
    braced = tokens[here + 1][0] == "{"
    count = tokens[here + 1 + braced]
    after = here + (4 if braced else 2)
    if count[0] != "number" or (braced and tokens[here + 3][0] != "}") or tokens[min(after, len(tokens) - 1)][0] != "(":
        return None
    reader.at = after
    if not is_index(reader):
        reader.at = here
        return None
    reader.at += 1
    value = applied(reader, name, reader.parts(tokens[after], ")"), start)
    exponent = Term("Number", (Fraction(count[1]),), (count[2], count[3]))
    return Term("Pow", (value, exponent), (start, reader.end()))


def is_said_of(reader: Reader, start: int) -> bool:
    """Whether this begins an equation such as V(θ) = …, V[θ] = … or V(∞) = …, which says what the letter is said of."""
    tokens, at = reader.tokens, reader.at
    if at != 1 or tokens[0][3] - start != 1 or tokens[at][2] != tokens[0][3] or at + 3 >= len(tokens):
        return False
    inside, closing, following = tokens[at + 1 : at + 4]
    sequence = reader.vocabulary.functions.get(reader.vocabulary.applied.get(inside[1], "")) == 1
    known = inside[:2] == ("constant", "Infinity") or (inside[0] == "name" and sequence)
    return known and closing[0] in (")", "]", "closing [") and following[0] in ("relation", "to")


# --- sets of numbers ------------------------------------------------------------------------------------------------


def reals(reader: Reader, token: Token, level: int) -> Term:
    """ℝ, ℝ^+, ℝ_{>0}, ℝ_{\\ge 0}"""
    low, end = Term("Neg", (INFINITY,)), "open"
    sign = reader.tokens[reader.at]
    if sign[0] in ("^", "_"):
        reader.at += 1
        braced = reader.accept("{")
        kind, value, *_ = reader.tokens[reader.at]
        if kind == "+":
            reader.at += 1
        elif kind == "relation" and value in ("Gt", "Ge") and reader.tokens[reader.at + 1][1] == "0":
            end = "open" if value == "Gt" else "closed"
            reader.at += 2
        else:
            raise reader.error("this set is not read", token, "write an interval")
        if braced:
            reader.expect("}", "a closing brace")
        low = ZERO
    return Term("Interval", (low, INFINITY, end, "open"), (token[2], reader.end()))


def read_empty(reader: Reader, token: Token, level: int) -> Term:
    """∅"""
    return Term("Set", (), (token[2], token[3]))
