"""Derivatives as people write them: \\frac{d^2 L}{d\\theta^2}, d²L/dθ², ∂_θ L, ∇²L(θ*), L''|_{θ*}, and L'' alone."""

from __future__ import annotations

from derivations.language.terms import Term
from derivations.reading.keys import star_end
from derivations.reading.reader import POWER, RELATION, Reader
from derivations.reading.tokens import Token

_HIGHEST = 9
_PARAMETERS = ("theta", "x")  # what a loss depends on, where nobody says


def read_quotient(reader: Reader, start: int) -> Term | None:
    """d^2L/dθ^2 from the sign on, and with braces \\frac{d^2 L}{d\\theta^2}; None, and nothing read, if it is none."""
    here, braced = reader.at, reader.tokens[reader.at][0] == "{"
    reader.at += braced
    top = _top(reader)
    if top is not None and _between(reader, braced):
        bottom = _bottom(reader)
        if bottom is not None and bottom[1] == top[0] and (not braced or reader.accept("}")):
            order, function, points = top
            if not function and order == 1 and reader.tokens[reader.at][0] == "(":
                return Term("Diff", (reader.parse(POWER - 1), bottom[0]), (start, reader.end()))
            name = function or _function(reader, "")
            if name is not None:
                reader.at += not function
                return _at(reader, name, order, points, bottom[0], start)
    reader.at = here
    return None


def _between(reader: Reader, braced: bool) -> bool:
    if not braced:
        return reader.accept("/")
    return reader.accept("}") and reader.accept("{")


def _sign(reader: Reader) -> str | None:
    """Steps over the sign d or ∂; what is left of the word: dtheta leaves theta. None if there is no sign."""
    kind, value, *_ = reader.tokens[reader.at]
    if kind == "differential":
        reader.at += 1
        return ""
    if kind == "name" and value.startswith("d"):
        rest = value[1:]
        if not rest or rest in reader.names or rest in reader.vocabulary.applied:
            reader.at += 1
            return rest
    return None


def _order(reader: Reader) -> int:
    """The order above the sign; 1 if none is written, 0 if it is no order."""
    if reader.tokens[reader.at][0] != "^":
        return 1
    braced = reader.tokens[reader.at + 1][0] == "{"
    token = reader.tokens[reader.at + 1 + braced]
    if token[0] != "number" or not token[1].isdecimal() or len(token[1]) > 1 or int(token[1]) > _HIGHEST:
        return 0
    if braced and reader.tokens[reader.at + 3][0] != "}":
        return 0
    reader.at += 4 if braced else 2
    return int(token[1])


def _function(reader: Reader, word: str) -> str | None:
    """The function that the word, or the token here, names."""
    token = reader.tokens[reader.at]
    key = word or (token[1] if token[0] == "name" else "")
    return reader.vocabulary.applied.get(key)


def _top(reader: Reader) -> tuple[int, str, list[Term]] | None:
    """d^2 L, d^2 L(θ) or d^2."""
    rest = _sign(reader)
    if rest is None:
        return None
    order = 1 if rest else _order(reader)
    if not order:
        return None
    function = _function(reader, rest)
    if function is None:
        return None if rest else (order, "", [])
    reader.at += not rest
    opening = reader.tokens[reader.at]
    points: list[Term] = []
    if opening[0] == "(":
        reader.at += 1
        points = reader.parts(opening, ")")
    return order, function, points


def _bottom(reader: Reader) -> tuple[str, int] | None:
    """dθ^2: the variable and the order."""
    rest = _sign(reader)
    if rest is None:
        return None
    if not rest:
        token = reader.tokens[reader.at]
        if token[0] != "name":
            return None
        rest = token[1]
        reader.at += 1
    if rest not in reader.names:
        return None
    order = _order(reader)
    return (reader.names[rest], order) if order else None


def read_partial(reader: Reader, token: Token, level: int) -> Term:
    """∂_θ L, ∂_θ^2 L(θ*), ∇²L, and ∂²L/∂θ²."""
    if token[0] == "differential" and reader.tokens[reader.at][0] != "_":
        reader.at -= 1
        found = read_quotient(reader, token[2])
        if found is not None:
            return found
        reader.at += 1
    order, variable = 0, None
    for _ in range(2):
        kind = reader.tokens[reader.at][0]
        if kind == "^" and not order:
            order = _order(reader)
        elif kind == "_" and variable is None:
            variable = _variable(reader)
    name = _function(reader, "")
    if name is None or (token[0] == "differential" and variable is None):
        raise reader.error(
            f"{reader.quote(token)} is not read here", token, "write L'(x) or L''(x), with the function's name"
        )
    reader.at += 1
    return _at(reader, name, order or 1, [], variable, token[2])


def _variable(reader: Reader) -> str | None:
    reader.at += 1
    brace = reader.accept("{")
    token = reader.tokens[reader.at]
    name = reader.names.get(token[1]) if token[0] == "name" else None
    if name is None:
        raise reader.error("expected the name of a variable here", token)
    reader.at += 1
    if brace:
        reader.expect("}", "a closing brace")
    return name


def _at(reader: Reader, name: str, order: int, points: list[Term], variable: str | None, start: int) -> Term:
    """The derivative at the point that is written behind it, or at the variable."""
    point = points or point_behind(reader)
    if not point:
        chosen = variable or parameter(reader, order)
        if chosen is None:
            raise reader.fail(
                f"it is not said where {name} is differentiated", start, reader.end(), f"write {name}''(x)"
            )
        point = [Term("Symbol", (chosen,), (start, reader.end()))]
    return Term("Derivative", (name, (order,), *point), (start, reader.end()))


def parameter(reader: Reader, order: int) -> str | None:
    """Where a derivative is taken if nobody says: a curvature at the fixed point, a slope at the parameter."""
    known = set(reader.names.values())
    if order > 1 and "theta_star" in known:
        return "theta_star"
    found = [name for name in _PARAMETERS if name in known]
    return found[0] if len(found) == 1 else None


def point_behind(reader: Reader) -> list[Term]:
    """(θ*), |_{θ*}, |_{θ = θ*} or an index θ* behind a derivative, as a list; empty if there is none."""
    opening = reader.tokens[reader.at]
    if opening[0] == "(":
        reader.at += 1
        return reader.parts(opening, ")")
    following = reader.tokens[reader.at + 1] if opening[0] != "end" else opening
    if opening[0] in ("evaluated", "rvert") and following[0] == "_":
        if opening[0] == "rvert" and _is_opened(reader):
            return []
        reader.at += 1
        opening = reader.tokens[reader.at]
    if opening[0] != "_":
        return []
    return _index(reader)


def _is_opened(reader: Reader) -> bool:
    kinds = [kind for kind, *_ in reader.tokens[: reader.at]]
    return kinds.count("lvert") > kinds.count("rvert")


def _index(reader: Reader) -> list[Term]:
    """The point in an index: θ*, θ = θ*, or * alone."""
    reader.at += 1
    token = reader.tokens[reader.at]
    stars = star_end([("^", "^", 0, 0), *reader.tokens[reader.at : reader.at + 3], ("end", "", 0, 0)], 0)
    starred = "theta_star" in set(reader.names.values())
    if stars is not None and starred:
        reader.at += stars - 1
        return [Term("Symbol", ("theta_star",), (token[2], reader.end()))]
    if token[0] != "{":
        return [reader.parse(POWER - 1)]
    reader.at += 1
    found = reader.parse(RELATION)
    if reader.tokens[reader.at][:2] == ("relation", "Eq"):
        reader.at += 1
        found = reader.parse(RELATION)
    reader.close(token, "}")
    return [found]
