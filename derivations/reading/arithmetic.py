"""Numbers, sums, products and powers."""

from __future__ import annotations

from fractions import Fraction

from derivations.language.terms import Term
from derivations.reading.reader import POWER, PRODUCT, SUM, Reader
from derivations.reading.tokens import Token

# What may follow an operand without a sign and multiplies it.
JUXTAPOSED = frozenset(
    ["name", "(", "[", "{", "number", "function", "fraction", "sqrt", "root", "sum", "langle", "lvert", "begin", "nabla",
     "dot", "average"]
)
_SMALL = tuple(Fraction(value) for value in range(100))  # a table, because making a Fraction takes as long as a term
_DIVISIONS_LIMIT = 100
UNCLEAR_DIVISION = "it is not clear what is divided here: a product directly follows the division sign"


def read_number(reader: Reader, token: Token, level: int) -> Term:
    """Digits, a decimal (0.05 is exactly 1/20), or one of the fraction characters."""
    _, digits, start, end = token
    if digits.isdecimal():
        value = int(digits)
        return Term("Number", (_SMALL[value] if value < 100 else Fraction(value),), (start, end))
    if "e" in digits.lower() and "e" in reader.names:
        raise reader.error(
            f"'{digits}' could be a decimal or a product with e", token, "write 2*e - 3, or write the decimal out"
        )
    return Term("Number", (Fraction(digits),), (start, end))


# --- sums ---------------------------------------------------------------------------------------------------------


def read_sign(reader: Reader, token: Token, level: int) -> Term:
    """-x, +x, ±x in front: of the whole product that follows, but in 2*-x and 2^-x only of the next factor."""
    operand = reader.parse(SUM if level <= SUM else PRODUCT)
    if token[0] == "+":
        return operand
    return Term("Neg" if token[0] == "-" else "PlusMinus", (operand,), (token[2], reader.end()))


def read_sum(reader: Reader, left: Term, token: Token) -> Term:
    """a + b - c: one sum of all its terms, a subtracted one negated."""
    terms = [left]
    kind, _, start, _ = token
    while kind in ("+", "-", "±"):
        reader.at += 1
        term = reader.parse(SUM)
        if kind != "+":
            term = Term("Neg" if kind == "-" else "PlusMinus", (term,), (start, reader.end()))
        terms.append(term)
        kind, _, start, _ = reader.tokens[reader.at]
    return Term("Add", tuple(terms), (start_of(left), reader.end()))


def start_of(term: Term) -> int:
    return term.span[0] if term.span else 0


# --- products -----------------------------------------------------------------------------------------------------


def read_product(reader: Reader, left: Term, token: Token) -> Term:
    """a*b, a b and a/b from left to right; factors between two divisions form one product."""
    start = start_of(left)
    factors = [left]
    divisions = 0
    kind = token[0]
    while True:
        if kind == "/":
            divisions += 1
            if divisions > _DIVISIONS_LIMIT:
                raise reader.error("there are too many divisions in a row", token, "use brackets")
            top = _product(factors, start, reader.end())
            reader.at += 1
            bottom = reader.parse(PRODUCT)
            following = reader.tokens[reader.at]
            if following[0] in JUXTAPOSED and reader.vocabulary.divides == "all":
                bottom = _all_of(reader, bottom)
            elif following[0] in JUXTAPOSED and not reader.vocabulary.divides and not _ends_here(reader, following):
                raise reader.fail(
                    UNCLEAR_DIVISION,
                    *(token[2], following[3]),
                    "write 1/(2x) or (1/2)x",
                )
            factors = [Term("Div", (top, bottom), (start, reader.end()))]
        elif kind == "*":
            reader.at += 1
            factors.append(reader.parse(PRODUCT))
        elif kind in JUXTAPOSED:
            factors.append(_juxtaposed(reader, token))
        else:
            return _product(factors, start, reader.end())
        token = reader.tokens[reader.at]
        kind = token[0]


def _ends_here(reader: Reader, following: Token) -> bool:
    """Whether a bracket and a space end what is divided by: a/(2b) c, in an answer."""
    before = reader.tokens[reader.at - 1]
    return reader.loose and before[0] == ")" and following[2] > before[3]


def _all_of(reader: Reader, first: Term) -> Term:
    """The whole product behind a division sign."""
    factors = [first]
    while reader.tokens[reader.at][0] in JUXTAPOSED:
        factors.append(_juxtaposed(reader, reader.tokens[reader.at]))
    return _product(factors, start_of(first), reader.end())


def _product(factors: list[Term], start: int, end: int) -> Term:
    return factors[0] if len(factors) == 1 else Term("Mul", tuple(factors), (start, end))


def _juxtaposed(reader: Reader, token: Token) -> Term:
    before = reader.tokens[reader.at - 1]
    if token[0] == "number":
        raise reader.error(
            f"a number cannot follow {reader.quote(before)} directly", token, "put the number first, or write * between"
        )
    if token[0] == "[" and before[0] == "name" and not reader.latex and not (reader.loose and before[1] in ("H", "A")):
        raise reader.error("square brackets after a name are not read", token, "an index is written x_1 or theta(t)")
    if token[0] == "{" and not reader.latex:
        raise reader.error("a set cannot follow an operand", token, "use parentheses for grouping")
    return reader.parse(PRODUCT)


# --- powers -------------------------------------------------------------------------------------------------------


def read_power(reader: Reader, base: Term, token: Token) -> Term:
    """x^2, x**2, x^{a+b}: to the right first, 2^3^2 is 2^(3^2)."""
    reader.at += 1
    if _is_transpose(reader):
        return Term("Transpose", (base,), (start_of(base), reader.end()))
    exponent = read_exponent(reader, token)
    return Term("Pow", (base, exponent), (start_of(base), reader.end()))


def read_exponent(reader: Reader, caret: Token, euler: bool = False) -> Term:
    """What stands above: a group in braces, or one operand."""
    reader.depth += 1
    first = reader.tokens[reader.at]
    if first[0] == "{" and caret[1] != "**":
        reader.at += 1
        exponent = read_braces(reader, first)
        if reader.tokens[reader.at][0] == "^":
            raise reader.error("there are two exponents", reader.tokens[reader.at], "write (x^{a})^{b} or x^{a^{b}}")
    else:
        if reader.latex and caret[1] != "**":
            _refuse_long(reader)
        exponent = reader.parse(POWER - 1)
        _refuse_unclear_exponent(reader, first, euler)
    if reader.tokens[reader.at][0] == "_":
        raise reader.error("the index follows the exponent", reader.tokens[reader.at], "write the index first: x_1^2")
    reader.depth -= 1
    return exponent


def _refuse_long(reader: Reader) -> None:
    """In TeX x^12 is x^{1}2; nobody means it, and nobody can tell."""
    at = reader.at + (reader.tokens[reader.at][0] in ("-", "+"))
    kind, value, start, end = reader.tokens[at]
    if kind == "name" and reader.loose and end - start > 1 and _is_two(reader, value):  # (1 - ηλ)^tx_0
        reader.tokens[at : at + 1] = [(kind, value[0], start, start + 1), (kind, value[1:], start + 1, end)]
        return
    if end - start > 1 and (kind == "number" or (kind == "name" and reader.text[start] != "\\")):
        raise reader.error(
            f"without braces, LaTeX takes only the first character of '{value}'",
            reader.tokens[at],
            f"write {{{value}}} in braces",
        )


def _is_two(reader: Reader, word: str) -> bool:
    """Whether the first character is the step, and the rest is a name."""
    names, applied = reader.names, reader.vocabulary.applied
    rest = word[1:]
    return names.get(word[0]) == "t" and word not in names and (rest in names or rest.partition("_")[0] in applied)


def _refuse_unclear_exponent(reader: Reader, first: Token, euler: bool) -> None:
    """e^-eta t and e^2t: the eye takes the product, the grammar only its first factor."""
    following = reader.tokens[reader.at]
    before = reader.tokens[reader.at - 1]
    if following[0] not in JUXTAPOSED or reader.latex or before[0] in (")", "}", "]"):
        return
    if first[0] in ("-", "+") or (euler and before[3] == following[2]):
        raise reader.fail(
            "it is not clear where the exponent ends",
            first[2],
            following[3],
            "put the exponent in parentheses: e^(-2t)",
        )


def _is_transpose(reader: Reader) -> bool:
    """^T, ^\\top, ^{\\top}, where T is not itself a name that was declared; ^TW, where W is one."""
    at = reader.at
    braced = reader.tokens[at][0] == "{"
    kind, value, start, end = reader.tokens[at + braced]
    free = kind == "name" and value[0] == "T" and "T" not in reader.names and not reader.vocabulary.open
    if free and len(value) > 1 and not braced and _begins_name(value[1:], reader) and not _begins_name(value, reader):
        reader.tokens[at : at + 1] = [("transpose", "T", start, start + 1), ("name", value[1:], start + 1, end)]
        reader.at += 1
        return True
    if not (kind == "transpose" or (free and value == "T")) or (braced and reader.tokens[at + 2][0] != "}"):
        return False
    reader.at += 3 if braced else 1
    return True


def transposes(reader: Reader, at: int) -> bool:
    """Whether a T or \\top stands here, alone in its braces if it has any."""
    at += reader.tokens[at][0] == "{"
    kind, value, *_ = reader.tokens[at]
    return kind == "transpose" or (kind == "name" and value == "T" and "T" not in reader.names)


def _begins_name(word: str, reader: Reader) -> bool:
    return word in reader.names or any(name.startswith(f"{word}_") for name in reader.names)


def read_factorial(reader: Reader, left: Term, token: Token) -> Term:
    reader.at += 1
    if reader.tokens[reader.at][0] == "!":
        raise reader.error("double factorials are not read", reader.tokens[reader.at], "use parentheses")
    return Term("Factorial", (left,), (start_of(left), reader.end()))


def read_percent(reader: Reader, left: Term, token: Token) -> Term:
    """5% is 5/100."""
    reader.at += 1
    if left.head != "Number":
        raise reader.error("a percentage is a number", token, "write it as a fraction")
    return Term("Number", (left.args[0] / 100,), (start_of(left), reader.end()))


def read_braces(reader: Reader, opening: Token) -> Term:
    """One formula in braces that only group."""
    found = reader.parts(opening, "}")
    if len(found) != 1:
        raise reader.fail(
            "one formula is expected in these braces", opening[2], reader.end(), "a set is written \\{a, b\\}"
        )
    return found[0]


def read_argument(reader: Reader, command: str) -> Term:
    """What a command takes: a group in braces, or one character as TeX does (\\frac12 is 1/2)."""
    token = reader.tokens[reader.at]
    if token[0] == "{":
        reader.at += 1
        return read_braces(reader, token)
    kind, value, start, end = token
    if kind == "number" and len(value) > 1 and value.isdecimal():
        reader.tokens[reader.at : reader.at + 1] = [
            (kind, value[0], start, start + 1),
            (kind, value[1:], start + 1, end),
        ]
    elif kind == "name" and end - start > 1 and reader.text[start] != "\\":
        hint = f"write \\{command}{{{value}}}"
        raise reader.error(f"without braces, LaTeX takes only the first character of '{value}'", token, hint)
    elif kind not in ("number", "name"):
        raise reader.error(f"\\{command} needs an argument in braces", token, f"write \\{command}{{…}}")
    reader.at += 1
    if kind == "number":
        return _reread(reader)
    name = reader.names.get(value)
    if name is None:
        return _reread(reader)
    return Term("Symbol", (name,), (start, end))


def _reread(reader: Reader) -> Term:
    reader.at -= 1
    return reader.parse(POWER)
