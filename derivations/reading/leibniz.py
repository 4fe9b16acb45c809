"""Derivatives as people write them: \\frac{d^2 L}{d\\theta^2}, d²L/dθ², ∂_θ L, ∇²L(θ*), L''|_{θ*}, and L'' alone."""

from __future__ import annotations

from derivations.language.terms import Term
from derivations.reading.keys import prime_end, script_key, star_end
from derivations.reading.reader import POWER, RELATION, Reader
from derivations.reading.tokens import Token

_HIGHEST = 9
_PARAMETERS = ("theta", "x")  # what a loss depends on, where nobody says
_LETTERS = ("x", "y", "z")  # the first, second and third parameter, where they have no numbers
Orders = dict[str, int]  # how often by each variable


def read_quotient(reader: Reader, start: int) -> Term | None:
    """d^2L/dθ^2 from the sign on, and with braces \\frac{d^2 L}{d\\theta^2}; None, and nothing read, if it is none."""
    here, braced, length = reader.at, reader.tokens[reader.at][0] == "{", len(reader.tokens)
    reader.at += braced
    top = _top(reader)
    if top is not None and _between(reader, braced):
        bottom = _bottom(reader)
        if bottom is not None and sum(bottom.values()) == top[0] and (not braced or reader.accept("}")):
            found = _quotient(reader, top, bottom, start)
            if found is not None:
                return found
    reader.at = here + len(reader.tokens) - length
    return None


def _quotient(reader: Reader, top: tuple[int, str, list[Term]], bottom: Orders, start: int) -> Term | None:
    order, function, points = top
    if points and not function and points[0].head == "Derivative":
        (inner, (primes,), own) = points[0].args
        return partial(reader, inner, {own.args[0]: primes, **bottom}, start)
    if points and not function:
        return Term("Diff", (points[0], *bottom), (start, reader.end()))
    if not function and order == 1 and reader.tokens[reader.at][0] in ("(", "["):
        return Term("Diff", (reader.parse(POWER - 1), *bottom), (start, reader.end()))
    if function in reader.names.values() and function not in reader.vocabulary.functions:
        return Term("Derivative", (function, (order,), *_symbols(reader, bottom, start)), (start, reader.end()))
    name = function or _function(reader, "")
    if name is None:
        return None
    reader.at += not function
    primes, after = prime_end(reader.tokens, reader.at) if not function else (0, reader.at)
    own = parameter(reader, 1) if primes else None
    if own is not None and own not in bottom:  # d/dλ f''
        reader.at = after
        return partial(reader, name, {own: primes, **bottom}, start)
    return _at(reader, name, order, points, bottom, start)


def _symbols(reader: Reader, names: Orders, start: int) -> tuple[Term, ...]:
    return tuple(Term("Symbol", (name,), (start, reader.end())) for name in names)


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
    """d^2 L, d^2 L(θ), d^2, or dx of a variable."""
    rest = _sign(reader)
    if rest is None:
        return None
    order = 1 if rest else _order(reader)
    if not order:
        return None
    if not rest and order == 1 and reader.tokens[reader.at][0] == "(":
        return order, "", [reader.parse(POWER)]
    function = _function(reader, rest)
    if function in reader.names.values() and reader.tokens[reader.at + (not rest)][0] == "_":
        function = None
    if function is None:
        variable = _variable(reader, rest) if order == 1 else None
        return (order, variable or "", []) if variable or not rest else None
    reader.at += not rest
    primes, after = prime_end(reader.tokens, reader.at)
    own = parameter(reader, 1)
    if primes and own is not None:  # ∂f''/∂λ
        body = Term("Derivative", (function, (primes,), Term("Symbol", (own,))), (reader.tokens[reader.at][2], reader.end()))
        reader.at = after
        return order, "", [body]
    opening = reader.tokens[reader.at]
    points: list[Term] = []
    if opening[0] == "(":
        reader.at += 1
        points = reader.parts(opening, ")")
    return order, function, points


def _bottom(reader: Reader) -> Orders | None:
    """dθ^2, ∂x∂y, (∂x∂y): the variables, and how often by each."""
    bracket = reader.accept("(")
    found: Orders = {}
    while not found or reader.tokens[reader.at][0] == "differential" or reader.tokens[reader.at][1][:1] == "d":
        here = reader.at
        rest = _sign(reader)
        name = None if rest is None else _variable(reader, rest)
        order = _order(reader) if name is not None else 0
        if name is None or not order:
            reader.at = here
            break
        found[name] = found.get(name, 0) + order
    return None if not found or (bracket and not reader.accept(")")) else found


def _variable(reader: Reader, word: str = "") -> str | None:
    """The declared variable that the word, or the token here, names, with its index; None, and nothing read, if none."""
    here = reader.at
    token = reader.tokens[here]
    if not word and token[0] != "name":
        return None
    reader.at += not word
    key = word or token[1]
    if reader.tokens[reader.at][0] == "_":
        script = script_key(reader.tokens, reader.at + 1)
        if script is not None:
            key, reader.at = f"{key}_{script[0]}", script[1]
    name = reader.names.get(key)
    if name is None:
        reader.at = here
    return name


def numbered(reader: Reader, digit: str) -> str | None:
    """The parameter of this number: θ_1, or x for the first."""
    names = [reader.names.get(f"{base}_{digit}") for base in _PARAMETERS]
    known = set(reader.names.values())
    found = next((name for name in names if name is not None), None)
    place = int(digit) - 1
    letters = _LETTERS[: place + 1]
    return found or (letters[place] if 0 <= place < len(_LETTERS) and known.issuperset(letters) else None)


def read_partial(reader: Reader, token: Token, level: int) -> Term:
    """∂_θ L, ∂_θ^2 L(θ*), ∂_1 ∂_2 L, ∇²L, and ∂²L/∂θ²."""
    if token[0] == "differential" and reader.tokens[reader.at][0] != "_":
        reader.at -= 1
        found = read_quotient(reader, token[2])
        if found is not None:
            return found
        reader.at += 1
    order, variables = _operator(reader)
    while token[0] == "differential" and reader.accept("differential"):
        further, names = _operator(reader)
        order += further
        if order > _HIGHEST:
            raise reader.error("a derivative of so high an order is not read", token, "write it with an exponent")
        variables = {name: variables.get(name, 0) + names.get(name, 0) for name in (*variables, *names)}
    name = _function(reader, "")
    if name is None or (token[0] == "differential" and not variables):
        raise reader.error(
            f"{reader.quote(token)} is not read here", token, "write L'(x) or L''(x), with the function's name"
        )
    reader.at += 1
    return _at(reader, name, order, [], variables, token[2])


def _operator(reader: Reader) -> tuple[int, Orders]:
    """The order and the variables of ∂_x^2, ∂^2_{xy} or ∂_1, after the sign."""
    order, names = 0, list[str]()
    for _ in range(2):
        kind = reader.tokens[reader.at][0]
        if kind == "^" and not order:
            order = _order(reader)
        elif kind == "_" and not names:
            names = below(reader)
    if len(names) == 1:
        return order or 1, {names[0]: order or 1}
    counts = {name: names.count(name) for name in names}
    if order and names and order != len(names):
        raise reader.error("the order does not fit the variables here", reader.tokens[reader.at - 1])
    return order or max(len(names), 1), counts


def below(reader: Reader) -> list[str]:
    """The variables in the index here: x, {xy}, {θ_1}, or 1 for the first."""
    reader.at += 1
    brace = reader.accept("{")
    found: list[str] = []
    while not found or (brace and reader.tokens[reader.at][0] != "}"):
        token = reader.tokens[reader.at]
        reader.accept(",")
        name = _variable(reader)
        if name is not None:
            found.append(name)
            continue
        token = reader.tokens[reader.at]
        names = [reader.names.get(char) or (numbered(reader, char) if char.isdecimal() else None) for char in token[1]]
        if token[0] not in ("name", "number") or not names or len(names) > _HIGHEST or None in names:
            raise reader.error("expected the name of a variable here", token)
        found += [name for name in names if name is not None]
        reader.at += 1
    if brace:
        reader.expect("}", "a closing brace")
    return found


def _at(reader: Reader, name: str, order: int, points: list[Term], variables: Orders, start: int) -> Term:
    """The derivative at the point that is written behind it, or at the variables; of a point with several
    coordinates the variables stand for it."""
    point = points or point_behind(reader)
    if variables and (len(variables) > 1 or len(point) > 1 or any(one.head == "Tuple" for one in point)):
        return partial(reader, name, variables, start)
    if not point:
        chosen = next(iter(variables), None) or parameter(reader, order)
        if chosen is None:
            raise reader.fail(
                f"it is not said where {name} is differentiated", start, reader.end(), f"write {name}''(x)"
            )
        point = [Term("Symbol", (chosen,), (start, reader.end()))]
    return Term("Derivative", (name, (order,), *point), (start, reader.end()))


def partial(reader: Reader, name: str, variables: Orders, start: int) -> Term:
    """The partial derivative by these variables, at them."""
    return Term("Derivative", (name, tuple(variables.values()), *_symbols(reader, variables, start)), (start, reader.end()))


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
    found: list[Term] = []
    while not found or reader.accept(","):
        found.append(reader.parse(RELATION))
        if reader.tokens[reader.at][:2] == ("relation", "Eq"):
            reader.at += 1
            found[-1] = reader.parse(RELATION)
    reader.close(token, "}")
    return found
