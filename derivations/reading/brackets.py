"""What stands in brackets: groups, tuples, lists, matrices, intervals, sets and absolute values."""

from __future__ import annotations

from derivations.language.terms import Term
from derivations.reading.arithmetic import JUXTAPOSED, read_braces
from derivations.reading.formulas import TRUTHS, read_list
from derivations.reading.keys import script_key
from derivations.reading.reader import ANY, OR, Reader
from derivations.reading.tokens import Token

_SIGNS = frozenset(["+", "-", "±", "*", "/", "^"])


def read_parenthesis(reader: Reader, token: Token, level: int) -> Term:
    """(a), a tuple (a, b), or an interval (a, b]."""
    return _bracket(reader, token, "(")


def read_square(reader: Reader, token: Token, level: int) -> Term:
    """[a], a list [a, b], a matrix [[a, b], [c, d]], or an interval [a, b)."""
    if reader.tokens[reader.at][0] == "[":
        rows = read_rows(reader, token)
        return Term("Matrix", rows, (token[2], reader.end()))
    return _bracket(reader, token, "[")


def read_reversed(reader: Reader, token: Token, level: int) -> Term:
    """]a, b] and ]a, b[: intervals that are open on the left."""
    if reader.tokens[reader.at][0] not in JUXTAPOSED | {"-", "constant"}:
        raise reader.missing_operand(token)
    return _bracket(reader, token, "]")


def _bracket(reader: Reader, opening: Token, kind: str) -> Term:
    reader.depth += 1
    found = [] if reader.tokens[reader.at][0] in (")", "]") and kind != "]" else [reader.parse(ANY)]
    if kind == "(" and found and found[0].head in TRUTHS and reader.tokens[reader.at][0] == ",":
        found = [read_list(reader, found[0])]
    while found and (reader.accept(",") or (reader.loose and reader.accept(";"))):
        found.append(reader.parse(ANY))
    closing = reader.tokens[reader.at]
    own = {"(": ")", "[": "]"}.get(kind)
    if closing[0] != own and not (len(found) == 2 and closing[0] in (")", "]", "closing [")):
        raise reader.unclosed(opening, closing)
    reader.at += 1
    reader.depth -= 1
    span = (opening[2], closing[3])
    if closing[0] != own:
        ends = ("closed" if kind == "[" else "open", "closed" if closing[0] == "]" else "open")
        return Term("Interval", (*found, *ends), span)
    if not found and kind == "(":
        raise reader.fail("there is nothing between the parentheses", *span, "put something between the brackets")
    return found[0] if len(found) == 1 else Term("Tuple", tuple(found), span)


def read_rows(reader: Reader, opening: Token) -> tuple[Term, ...]:
    """The rows of [[a, b], [c, d]] after the first bracket."""
    rows: list[Term] = []
    while not rows or reader.accept(","):
        bracket = reader.expect("[", "a row in square brackets", "a matrix is written [[a, b], [c, d]]")
        rows.append(Term("Tuple", tuple(reader.parts(bracket, "]")), (bracket[2], reader.end())))
    reader.close(opening, "]")
    return equal_rows(reader, rows)


def equal_rows(reader: Reader, rows: list[Term]) -> tuple[Term, ...]:
    for row in rows:
        if len(row.args) != len(rows[0].args):
            raise reader.fail(
                f"this row has {len(row.args)} entries, the first has {len(rows[0].args)}",
                *(row.span or (0, 1)),
                "give every row the same number of entries",
            )
    return tuple(rows)


def read_brace(reader: Reader, token: Token, level: int) -> Term:
    """{a, b} is a set in plain text; in LaTeX bare braces only group."""
    if reader.latex and not (reader.loose and _is_set(reader)):
        return read_braces(reader, token)
    if reader.loose:
        return _members(reader, token, "}")
    before = reader.tokens[reader.at - 2][0] if reader.at >= 2 else ""
    found = Term("Set", tuple(reader.parts(token, "}")), (token[2], reader.end()))
    if before in _SIGNS or reader.tokens[reader.at][0] in _SIGNS | JUXTAPOSED:
        raise reader.fail("braces mean a set in plain text", token[2], reader.end(), "use parentheses for grouping")
    return found


def _is_set(reader: Reader) -> bool:
    """Whether the braces here, which only group in LaTeX, hold a list."""
    depth = 0
    for at in range(reader.at, min(reader.at + _FAR, len(reader.tokens))):
        kind = reader.tokens[at][0]
        if depth == 0 and kind in (",", ";", ":", "}", "end"):
            before = reader.tokens[reader.at - 2][0] if reader.at >= 2 else ""
            return kind not in ("}", "end") and before not in _SIGNS
        depth += (kind in _NESTING) - (kind in _NESTING.values())
    return False


_FAR = 400  # tokens that are looked at

_NESTING = {"(": ")", "[": "]", "{": "}", "set{": "set}", "lvert": "rvert", "langle": "rangle"}


def _members(reader: Reader, opening: Token, kind: str) -> Term:
    """{a, b}; {{a, b}, {c, d}}, which is a matrix; and {x | condition}, which is the condition."""
    reader.depth += 1
    found: list[Term] = [] if reader.tokens[reader.at][0] == kind else [reader.parse(ANY)]
    if found and reader.accept(":"):
        found.append(reader.parse(ANY))
        while reader.accept(","):
            found.append(reader.parse(ANY))
        reader.close(opening, kind)
        reader.depth -= 1
        reader.truths = True
        named = (found[0],) if found[0].head != "Tuple" else found[0].args
        rest = found[1:] if all(one.head == "Symbol" for one in named) else found
        return rest[0] if len(rest) == 1 else Term("And", tuple(rest), (opening[2], reader.end()))
    while found and (reader.accept(",") or reader.accept(";")):
        found.append(reader.parse(ANY))
    reader.close(opening, kind)
    reader.depth -= 1
    span = (opening[2], reader.end())
    nested = bool(found) and all(one.head == "Set" and one.args for one in found)
    if nested and reader.tokens[reader.at - 2][0] == "}":
        return Term("Matrix", equal_rows(reader, [Term("Tuple", one.args, one.span) for one in found]), span)
    return Term("Set", tuple(found), span)


def read_set(reader: Reader, token: Token, level: int) -> Term:
    if reader.loose:
        return _members(reader, token, "set}")
    return Term("Set", tuple(reader.parts(token, "set}")), (token[2], reader.end()))


def read_bars(reader: Reader, token: Token, level: int) -> Term:
    """|x|"""
    inner = reader.parse(OR)  # the level at which a second bar ends it
    if not reader.accept("|"):
        raise reader.unclosed(token, reader.tokens[reader.at])
    return Term("Abs", (inner,), (token[2], reader.end()))


def read_directed_bars(reader: Reader, token: Token, level: int) -> Term:
    """\\lvert x \\rvert and \\left| x \\right|"""
    inner = reader.parts(token, "rvert")
    if len(inner) != 1:
        raise reader.fail("an absolute value is taken of one thing", token[2], reader.end())
    if token[1] == "norm" and reader.tokens[reader.at][0] == "_":
        _euclidean(reader)
    if reader.loose and inner[0].head == "Abs" and (inner[0].span or (0, 0))[0] == token[3]:  # ||x||
        return inner[0]
    return Term("Abs", tuple(inner), (token[2], reader.end()))


def _euclidean(reader: Reader) -> None:
    """Steps over the 2 of a Euclidean norm, the F of a matrix's."""
    sign = reader.tokens[reader.at]
    script = script_key(reader.tokens, reader.at + 1)
    if script is None or script[0] not in ("2", "op", "F"):
        raise reader.error("this norm is not read", sign, "write what the norm stands for")
    reader.at = script[1]
