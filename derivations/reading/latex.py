"""What only LaTeX has: fractions, roots, sums, matrices, averages, limits and quantifiers."""

from __future__ import annotations

from fractions import Fraction

from derivations.language.terms import ONE, Term
from derivations.reading.arithmetic import read_argument, start_of
from derivations.reading.brackets import equal_rows
from derivations.reading.functions import bare_argument, read_sum_body, variable
from derivations.reading.leibniz import read_quotient
from derivations.reading.reader import RELATION, Reader
from derivations.reading.scope import bound_variable
from derivations.reading.shorthand import label
from derivations.reading.tokens import Token

_DERIVATIVE_SIGNS = ("d", "\\partial")


def read_fraction(reader: Reader, token: Token, level: int) -> Term:
    """\\frac{a}{b}, and \\frac{\\partial}{\\partial x}(a), the derivative of an expression."""
    if reader.loose:
        found = read_quotient(reader, token[2])
        if found is not None:
            return found
    if _is_derivative(reader):
        reader.at += len("{d}{d")
        name = variable(reader)
        reader.expect("}", "a closing brace")
        body = bare_argument(reader, "the derivative")
        return Term("Diff", (body, name), (token[2], reader.end()))
    top = read_argument(reader, token[1])
    bottom = read_argument(reader, token[1])
    return Term("Div", (top, bottom), (token[2], reader.end()))


def _is_derivative(reader: Reader) -> bool:
    """Whether ``{\\partial}{\\partial`` or ``{d}{d`` follows, and d is no name of its own."""
    found = reader.tokens[reader.at : reader.at + 5]
    sign = found[1][1] if len(found) == 5 else ""
    if sign not in _DERIVATIVE_SIGNS:
        return False
    shape = [kind for kind, *_ in found] == ["{", "name", "}", "{", "name"]
    return shape and found[4][1] == sign and (reader.loose or sign not in reader.names)


def read_sqrt(reader: Reader, token: Token, level: int) -> Term:
    """\\sqrt{x}, and \\sqrt[n]{x} as the power 1/n."""
    bracket = reader.tokens[reader.at]
    if bracket[0] != "[":
        return Term("Sqrt", (read_argument(reader, token[1]),), (token[2], reader.end()))
    reader.at += 1
    degree = reader.parts(bracket, "]")
    if len(degree) != 1:
        raise reader.error("a root has one degree", bracket)
    base = read_argument(reader, token[1])
    return Term("Pow", (base, Term("Div", (ONE, degree[0]), degree[0].span)), (token[2], reader.end()))


def read_sum_sign(reader: Reader, token: Token, level: int) -> Term:
    """\\sum_{s=0}^{t-1} body: the body is the product that follows."""
    lower = upper = None
    names = reader.names
    name = ""
    for _ in range(2):
        if reader.tokens[reader.at][0] == "_" and lower is None:
            reader.at += 1
            brace = reader.expect("{", "the range of the sum in braces", "write \\sum_{s=0}^{t-1}")
            name, reader.names = bound_variable(reader)
            equals = reader.tokens[reader.at]
            if equals[:2] != ("relation", "Eq"):
                raise reader.error("a sum needs its first and its last index", equals, "write \\sum_{s=0}^{t-1}")
            reader.at += 1
            lower = reader.parse(RELATION)
            reader.close(brace, "}")
            reader.names = names
        elif reader.tokens[reader.at][0] == "^" and upper is None:
            reader.at += 1
            if reader.loose and reader.tokens[reader.at][:2] == ("constant", "Infinity"):
                reader.at += 1
                upper = Term("Infinity", (), (token[2], reader.end()))
            else:
                upper = read_argument(reader, "sum^")
    if lower is None or upper is None:
        raise reader.error("a sum needs its first and its last index", token, "write \\sum_{s=0}^{t-1}")
    return read_sum_body(reader, name, lower, upper, token[2])


def read_average(reader: Reader, token: Token, level: int) -> Term:
    """\\langle x \\rangle"""
    inner = reader.parts(token, "rangle")
    if len(inner) > 1 and reader.loose:  # ⟨a, b⟩, a vector
        return Term("Tuple", tuple(inner), (token[2], reader.end()))
    if len(inner) != 1:
        raise reader.fail("an average is taken of one thing", token[2], reader.end(), "inner products are not read")
    if reader.loose:
        label(reader)
    return Term("Expect", tuple(inner), (token[2], reader.end()))


def read_angles(reader: Reader, token: Token, level: int) -> Term:
    """<x>, where no relation could stand."""
    if token[1] != "Lt":
        raise reader.missing_operand(token)
    inner = [reader.parse(RELATION)]
    while reader.accept(","):
        inner.append(reader.parse(RELATION))
    closing = reader.tokens[reader.at]
    if closing[:2] != ("relation", "Gt"):
        raise reader.missing_operand(token)
    reader.at += 1
    if len(inner) > 1:
        return Term("Tuple", tuple(inner), (token[2], reader.end()))
    label(reader)
    return Term("Expect", tuple(inner), (token[2], reader.end()))


def read_environment(reader: Reader, token: Token, level: int) -> Term:
    """\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}; vmatrix is the determinant."""
    reader.depth += 1
    rows: list[Term] = []
    while reader.tokens[reader.at][0] not in ("end environment", "end"):
        start = reader.tokens[reader.at][2]
        cells = [_cell(reader)]
        while reader.tokens[reader.at][:2] == ("and", "&"):
            reader.at += 1
            cells.append(_cell(reader))
        rows.append(Term("Tuple", tuple(cells), (start, reader.end())))
        if not reader.accept("row"):
            break
    reader.close(token, "end environment")
    reader.depth -= 1
    span = (token[2], reader.end())
    if not rows:
        raise reader.fail("the matrix is empty", *span, "write a & b \\\\ c & d")
    matrix = Term("Matrix", equal_rows(reader, rows), span)
    return Term("Det", (matrix,), span) if token[1] == "vmatrix" else matrix


def _cell(reader: Reader) -> Term:
    """An entry of a matrix; in an answer nothing is zero."""
    token = reader.tokens[reader.at]
    if reader.loose and (token[:2] == ("and", "&") or token[0] in ("row", "end environment")):
        return Term("Number", (Fraction(0),), (token[2], token[2]))
    return reader.parse(RELATION)


def read_limit(reader: Reader, token: Token, level: int) -> Term:
    """\\lim_{t \\to \\infty} body = limit"""
    reader.expect("_", "what tends to what", "write \\lim_{t \\to \\infty} x_t = 0")
    brace = reader.expect("{", "what tends to what in braces", "write \\lim_{t \\to \\infty} x_t = 0")
    names = reader.names
    name, outside = bound_variable(reader)
    reader.expect("to", "\\to")
    reader.names = outside
    goal = reader.parse(RELATION)
    while reader.loose and reader.accept(","):  # what is held fixed meanwhile
        reader.names = names
        reader.parse(RELATION - 1)
    reader.close(brace, "}")
    reader.names = {**outside, name: name}
    body = reader.parse(RELATION)
    reader.names = names
    equals = reader.tokens[reader.at]
    if equals[:2] != ("relation", "Eq") or level >= RELATION:
        raise reader.error("the value of the limit is missing", token, "write \\lim_{t \\to \\infty} x_t = 0")
    reader.at += 1
    value = reader.parse(RELATION)
    while reader.loose and reader.tokens[reader.at][:2] in (("relation", "Eq"), ("relation", "Approx")):
        reader.at += 1
        value = reader.parse(RELATION)
    reader.truths = True
    return Term("Tends", (body, name, goal, value), (token[2], reader.end()))


def read_quantifier(reader: Reader, token: Token, level: int) -> Term:
    """\\forall x, y: claim"""
    names = reader.names
    bound: list[str] = []
    while not bound or reader.accept(","):
        name, outside = bound_variable(reader)
        bound.append(names.get(name, name))  # another notation's letter for it means the same variable, as in "for all k" behind
        reader.names = {**outside, name: bound[-1]}
    if not reader.accept(":"):
        raise reader.error("expected a colon after the variable", reader.tokens[reader.at], "write \\forall x: x < 1")
    body = reader.parse(level)
    reader.names = names
    return _quantified(reader, token[1], bound, body, token[2])


def read_for_all(reader: Reader, left: Term, token: Token) -> Term:
    """claim \\text{ for all } x"""
    if token[1] != "ForAll":
        raise reader.unexpected(token)
    reader.at += 1
    bound: list[str] = []
    while not bound or reader.accept(","):
        key, _ = bound_variable(reader)
        bound.append(reader.names.get(key, key))
    return _quantified(reader, "ForAll", bound, left, start_of(left))


def _quantified(reader: Reader, head: str, bound: list[str], body: Term, start: int) -> Term:
    reader.truths = True
    for name in reversed(bound):
        body = Term(head, (name, body), (start, reader.end()))
    return body


def read_arrow(reader: Reader, left: Term, token: Token) -> Term:
    """body \\xrightarrow[t\\to\\infty]{} limit"""
    reader.at += 1
    bracket = reader.expect("[", "what tends to what", "write \\xrightarrow[t \\to \\infty]{}")
    name = variable(reader)
    reader.expect("to", "\\to")
    goal = reader.parse(RELATION)
    reader.close(bracket, "]")
    reader.close(reader.expect("{", "empty braces"), "}")
    reader.truths = True
    limit = reader.parse(RELATION)
    return Term("Tends", (left, name, goal, limit), (start_of(left), reader.end()))
