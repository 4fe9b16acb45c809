"""Functions that the language itself has: sqrt(x), \\sin x, E[x], Max(a, b), Sum(body, (s, 0, t)).

The words are those that ``language.ascii`` prints and those that people type. A declared name spelt alike wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derivations.language.terms import Term
from derivations.reading.arithmetic import JUXTAPOSED, read_exponent
from derivations.reading.brackets import equal_rows, read_rows
from derivations.reading.reader import ANY, PRODUCT, SUM, Reader
from derivations.reading.scope import bound_variable, forget, skip_argument
from derivations.reading.tokens import Token

Signature = tuple[str, int | None]  # the head, and how many arguments it takes (None: any number)

_ONE_ARGUMENT = {
    "sqrt": "Sqrt", "exp": "Exp", "log": "Log", "ln": "Log", "sin": "Sin", "cos": "Cos", "tan": "Tan", "sinh": "Sinh",
    "cosh": "Cosh", "tanh": "Tanh", "asinh": "Asinh", "arcsinh": "Asinh", "arsinh": "Asinh", "atan": "Atan",
    "arctan": "Atan", "abs": "Abs", "Abs": "Abs", "factorial": "Factorial", "E": "Expect", "Var": "Variance",
    "det": "Det", "transpose": "Transpose", "O": "BigO", "PlusMinus": "PlusMinus", "Not": "Not",
}  # fmt: skip

CALLS: Mapping[str, Signature] = {
    **{word: (head, 1) for word, head in _ONE_ARGUMENT.items()},
    **dict.fromkeys(("max", "Max"), ("Max", None)), **dict.fromkeys(("min", "Min"), ("Min", None)),
    "KroneckerDelta": ("Delta", 2), "FiniteSet": ("Set", None), "Implies": ("Implies", 2), "Equivalent": ("Iff", 2),
    "Union": ("Union", None), "Intersection": ("Intersection", None), "Contains": ("In", 2),
    "Approx": ("Approx", 2), "Proportional": ("Proportional", 2), "Matrix": ("Matrix", None),
    "Interval": ("Interval", None), "Sum": ("Sum", None), "D": ("Derivative", None), "Diff": ("Diff", 2),
    "ForAll": ("ForAll", 2), "Exists": ("Exists", 2), "Tends": ("Tends", 4), "Smooth": ("Smooth", 2),
}  # fmt: skip

_TRUTHS = frozenset(["Approx", "Proportional", "Not", "Implies", "Iff", "In", "ForAll", "Exists", "Tends", "Smooth"])


def read_call(reader: Reader, word: str, start: int) -> Term:
    """A function of the language and its arguments in brackets; the word has been read."""
    head, count = CALLS[word]
    opening = reader.tokens[reader.at]
    reader.at += 1
    reader.truths = reader.truths or head in _TRUTHS
    special = _SPECIAL.get(head)
    if special is not None:
        reader.depth += 2
        arguments = special(reader, opening)
        reader.close(opening, ")")
        reader.depth -= 2
    else:
        arguments = tuple(reader.parts(opening, "]" if opening[0] == "[" else ")"))
        check_count(reader, word, count, arguments, start)
    if head == "Derivative":
        return _derivative(reader, arguments, start)
    return Term(head, arguments, (start, reader.end()))


def check_count(reader: Reader, word: str, count: int | None, arguments: tuple[object, ...], start: int) -> None:
    if count is not None and len(arguments) != count:
        plural = "argument" if count == 1 else "arguments"
        raise reader.fail(f"{word} takes {count} {plural}, found {len(arguments)}", start, reader.end())


# --- functions with arguments of their own kind; each reads up to the closing parenthesis ----------------------------


def _comma(reader: Reader) -> None:
    reader.expect(",", "a comma")


def _matrix(reader: Reader, opening: Token) -> tuple[Term, ...]:
    bracket = reader.expect("[", "the list of rows", "a matrix is written Matrix([[a, b], [c, d]])")
    if reader.accept("]"):
        return ()
    return equal_rows(reader, list(read_rows(reader, bracket)))


def _interval(reader: Reader, opening: Token) -> tuple[object, ...]:
    """Interval(a, b, True, False): True where an end is open."""
    ends: list[object] = [reader.parse(ANY)]
    _comma(reader)
    ends.append(reader.parse(ANY))
    for _ in range(2):
        token = ("constant", "False", 0, 0)
        if reader.accept(","):
            token = reader.expect("constant", "True or False", "True: that end is open")
        ends.append("open" if token[1] == "True" else "closed")
    return tuple(ends)


def _sum(reader: Reader, opening: Token) -> tuple[object, ...]:
    """Sum(body, (s, first, last)): the range is read before the body, whose variable it names."""
    body_at = reader.at
    skip_argument(reader, opening)
    bracket = reader.expect("(", "the range of the sum", "a sum is written Sum(body, (s, 0, t - 1))")
    name, outside = bound_variable(reader)
    outside_names, reader.names = reader.names, outside
    _comma(reader)
    first = reader.parse(ANY)
    _comma(reader)
    last = reader.parse(ANY)
    reader.close(bracket, ")")
    reader.names = outside_names
    return (name, first, last, _body_before(reader, body_at, name))


def _body_before(reader: Reader, body_at: int, name: str) -> Term:
    """The argument at ``body_at``, read again with the variable that it binds; then back to the place reached."""
    reached, names = reader.at, reader.names
    reader.at, reader.names = body_at, {**forget(names, name), name: name}
    length = len(reader.tokens)
    body = reader.parse(ANY)
    _comma(reader)
    reader.at, reader.names = reached + len(reader.tokens) - length, names
    return body


def _diff(reader: Reader, opening: Token) -> tuple[object, ...]:
    body = reader.parse(ANY)
    _comma(reader)
    return (body, variable(reader))


def variable(reader: Reader) -> str:
    """The name of a declared variable."""
    token = reader.tokens[reader.at]
    term = reader.parse(PRODUCT)
    if term.head != "Symbol":
        raise reader.error("expected the name of a variable here", token)
    return str(term.args[0])


def _quantified(reader: Reader, opening: Token) -> tuple[object, ...]:
    names = reader.names
    name, outside = bound_variable(reader)
    _comma(reader)
    reader.names = {**outside, name: name}
    body = reader.parse(ANY)
    reader.names = names
    return (name, body)


def _after_body(reader: Reader, opening: Token) -> tuple[object, ...]:
    """Tends(body, x, to, limit)."""
    body_at = reader.at
    skip_argument(reader, opening)
    name, outside = bound_variable(reader)
    outside_names, reader.names = reader.names, outside
    _comma(reader)
    first = reader.parse(ANY)
    _comma(reader)
    second = reader.parse(ANY)
    reader.names = outside_names
    return (_body_before(reader, body_at, name), name, first, second)


def _function_name(reader: Reader) -> str:
    token = reader.expect("name", "the name of a function")
    if token[1] not in reader.vocabulary.applied:
        raise reader.error(f"unknown function '{token[1]}'", token, "only a declared function can be named here")
    return reader.vocabulary.applied[token[1]]


def _orders(reader: Reader, opening: Token) -> tuple[object, ...]:
    name, orders = _function_name(reader), []
    while reader.accept(","):
        token = reader.expect("number", "the order of the derivative")
        if not token[1].isdecimal() or len(token[1]) > 3:
            raise reader.error("the order of a derivative is a small whole number", token)
        orders.append(int(token[1]))
    return (name, tuple(orders))


def _derivative(reader: Reader, arguments: tuple[object, ...], start: int) -> Term:
    opening = reader.expect("(", "the point of the derivative", "write D(L, 2)(x)")
    points = reader.parts(opening, ")")
    return Term("Derivative", (*arguments, *points), (start, reader.end()))


def _smooth(reader: Reader, opening: Token) -> tuple[object, ...]:
    name = _function_name(reader)
    _comma(reader)
    order = reader.parse(PRODUCT)
    if order.head != "Number":
        raise reader.error("expected a number of derivatives", reader.tokens[reader.at - 1])
    return (name, order.args[0])


_SPECIAL: Mapping[str, Callable[[Reader, Token], tuple[object, ...]]] = {
    "Matrix": _matrix, "Interval": _interval, "Sum": _sum, "Derivative": _orders, "Diff": _diff, "ForAll": _quantified,
    "Exists": _quantified, "Tends": _after_body, "Smooth": _smooth,
}  # fmt: skip


# --- LaTeX's functions, which may go without brackets -----------------------------------------------------------------

BARE = frozenset(["exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan"])
_BRACKETS = {"(": ")", "[": "]", "set{": "set}", "{": "}"}


def read_function(reader: Reader, token: Token, level: int) -> Term:
    """\\sin x, \\sin(x), \\sin^2 x, \\max\\{a, b\\}."""
    word, start = token[1], token[2]
    head, count = CALLS[word]
    caret = reader.tokens[reader.at]
    if reader.loose and head in ("Max", "Min"):
        from derivations.reading.shorthand import extreme

        found = extreme(reader, word, start)
        if found is not None:
            return found
    exponent = None
    if caret[0] == "^":
        reader.at += 1
        exponent = read_exponent(reader, caret)
        if exponent.head in ("Neg", "Add"):
            raise reader.error(f"\\{word}^{{-1}} could be an inverse or a reciprocal", caret, f"write 1/\\{word}(x)")
    if caret[0] == "_":
        raise reader.error(f"\\{word} with an index is not read", caret, "write it with the functions that have none")
    opening = reader.tokens[reader.at]
    if opening[0] in _BRACKETS:
        reader.at += 1
        arguments = tuple(reader.parts(opening, _BRACKETS[opening[0]]))
        check_count(reader, "\\" + word, count, arguments, start)
    else:
        arguments = (bare_argument(reader, "\\" + word),)
    term = Term(head, arguments, (start, reader.end()))
    return term if exponent is None else Term("Pow", (term, exponent), (start, reader.end()))


def bare_argument(reader: Reader, word: str) -> Term:
    """One factor without brackets; refused where the eye would take more than the grammar."""
    opening = reader.tokens[reader.at]
    if opening[0] in ("-", "+", "±"):
        raise reader.error(f"the argument of {word} begins with a sign", opening, "put it in parentheses")
    argument = reader.parse(PRODUCT)
    if argument.head == "Number" and opening[0] == "number" and reader.tokens[reader.at][0] == "name" and word != "√":
        argument = Term("Mul", (argument, reader.parse(PRODUCT)), (opening[2], reader.end()))  # cos 2x
    following = reader.tokens[reader.at]
    if reader.loose and following[0] == "/" and argument.head == "Number" and argument.args[0] > 1:
        return argument  # √2/2, ln 2/ln 3
    if following[0] in (JUXTAPOSED - {"function"}) or following[0] == "/":
        hint = "put it in parentheses"
        raise reader.fail(f"it is not clear where the argument of {word} ends", opening[2], following[3], hint)
    return argument


def read_root(reader: Reader, token: Token, level: int) -> Term:
    """√x, √(x + 1): of one thing, without a power unless it stands in parentheses."""
    opening = reader.tokens[reader.at]
    if opening[0] == "(":
        reader.at += 1
        inner = reader.parts(opening, ")")
        check_count(reader, "√", 1, tuple(inner), token[2])
        return Term("Sqrt", tuple(inner), (token[2], reader.end()))
    argument = bare_argument(reader, "√")
    if argument.head == "Pow":
        raise reader.fail("it is not clear how far the root goes", token[2], reader.end(), "put it in parentheses")
    return Term("Sqrt", (argument,), (token[2], reader.end()))


def read_sum_body(reader: Reader, name: str, first: Term, last: Term, start: int) -> Term:
    """The product after a sum sign, in which the variable of the sum may occur."""
    names = reader.names
    reader.names = {**forget(names, name), name: name}
    body = reader.parse(SUM)
    reader.names = names
    return Term("Sum", (name, first, last, body), (start, reader.end()))
