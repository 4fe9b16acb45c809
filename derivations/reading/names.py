"""Names: variables with their indices, stars and primes, and the functions that are applied.

A name is first read as far as it is a name: ``\\theta^{(0)}``, ``x_{\\max}``, ``\\theta^*``, ``L''``. If the
vocabulary has that key it is a variable. Otherwise an index is an argument: ``\\theta_{t+1}`` is theta(t+1) for a
sequence theta.
"""

from __future__ import annotations

from derivations.language.terms import ONE, Term, number
from derivations.reading.applications import applied, derivative, indices, plain_index, refuse_long_index, spread
from derivations.reading.arithmetic import JUXTAPOSED, read_exponent
from derivations.reading.functions import BARE, CALLS, read_call, read_function, read_root
from derivations.reading.joined import taken_apart, with_last_applied, with_last_indexed
from derivations.reading.keys import index_key, prime_end, script_key, star_end
from derivations.reading.leibniz import read_quotient
from derivations.reading.parts import entry, entry_in_word, slope, slope_in_word
from derivations.reading.prose import is_slope
from derivations.reading.reader import Reader
from derivations.reading.shorthand import (
    bare_derivative,
    is_index,
    is_said_of,
    moment_index,
    power_before_argument,
    shorthand,
    step_above,
    taken_of,
)
from derivations.reading.stars import read_star
from derivations.reading.suggestions import splittings, unknown_function, unknown_name
from derivations.reading.tokens import Token
from derivations.reading.updates import plus_above

_TAILS = frozenset(["_", "^", "'", "(", "*", "[", "|"])  # after these a name may not be over
_CONSTANTS = {"oo": "Infinity", "I": "ImaginaryUnit"}


def read_name(reader: Reader, token: Token, level: int) -> Term:
    """A name with all that belongs to it."""
    if token[1][0] == "d" and reader.loose:
        reader.at -= 1
        found = read_quotient(reader, token[2])
        if found is not None:
            return found
        reader.at += 1
        if _is_differential(reader, token):
            raise reader.error("a differential is not read here", token, "leave out what only says by which variable")
    if reader.tokens[reader.at][0] not in _TAILS:  # the common case, worth its own three lines
        name = reader.names.get(token[1])
        if name is not None:
            return Term("Symbol", (name,), (token[2], token[3]))
    return _decorated(reader, token)


def _decorated(reader: Reader, token: Token) -> Term:
    """The name with its indices, star and primes: each stage returns a longer key or the term."""
    key = token[1]
    if reader.loose and len(key) > 1 and reader.tokens[reader.at][0] == "'" and key not in reader.names:
        parts = with_last_applied(key, reader)
        if parts:
            return read_name(reader, taken_apart(reader, token, parts), 0)
    for stage in (_index_below, read_star, _primes, _index_above):
        found = stage(reader, token, key)
        if isinstance(found, Term):
            return found
        key = found
    return _resolved(reader, token, key)


def _symbol(reader: Reader, name: str, start: int) -> Term:
    return Term("Symbol", (name,), (start, reader.end()))


def _index_below(reader: Reader, token: Token, key: str) -> Term | str:
    """The lower index, if any: a part of the name, or an argument."""
    tokens, names, vocabulary = reader.tokens, reader.names, reader.vocabulary
    if tokens[reader.at][0] != "_":
        return key
    script = script_key(tokens, reader.at + 1)
    longer = f"{key}_{script[0]}" if script else key
    if reader.loose and moment_index(reader, token, key):
        return key
    if reader.loose and key in ("max", "min", "\\max", "\\min"):
        largest = shorthand(reader, token, key.lstrip("\\"))
        if largest is not None:
            return largest
    if reader.loose and longer not in names:
        part = entry(reader, names.get(key, ""), token[2]) or slope(reader, vocabulary.applied.get(key, ""), token[2])
        if part is not None:
            return part
        if script is not None and key in names and (script[0] == "pm" or _counts(script[0])):  # λ_± = ±1, λ_{1,2}
            reader.at = script[1]
            several = [names.get(f"{key}_{part}") for part in script[0].split("_")]
            found = [Term("Symbol", (one,), (token[2], reader.end())) for one in several if one is not None]
            if len(found) == len(several) > 1:
                return Term("Tuple", tuple(found), (token[2], reader.end()))
            return _symbol(reader, names[key], token[2])
    known = longer in names or longer in vocabulary.applied
    if script is not None and (known or (f"{longer}_star" in names and star_end(tokens, script[1]))):
        return _longer(reader, longer, script[1])
    if key in vocabulary.applied:
        return _argument_below(reader, token, vocabulary.applied[key])
    if key == "delta" and key not in names:
        found = indices(reader, 2)
        if len(found) != 2:
            raise reader.fail("a Kronecker delta has two indices", token[2], reader.end(), "write \\delta_{s,t}")
        return Term("Delta", tuple(found), (token[2], reader.end()))
    if script is not None and (reader.latex or reader.loose) and reader.text[token[2]] != "\\":
        readings = with_last_indexed(key, f"_{script[0]}", reader)
        if len(readings) == 1:
            return read_name(reader, taken_apart(reader, token, readings[0]), 0)
    if script is not None and vocabulary.open and longer.isidentifier():
        return _longer(reader, longer, script[1])
    end = tokens[script[1] - 1][3] if script else tokens[reader.at][3]
    raise unknown_name(reader, longer, token[2], end)


def _counts(index: str) -> bool:
    """Whether the index counts several, as in λ_{1,2}."""
    return "_" in index and all(part.isdecimal() for part in index.split("_"))


def _longer(reader: Reader, key: str, at: int) -> str:
    refuse_long_index(reader)
    reader.at = at
    return key


def _argument_below(reader: Reader, token: Token, name: str) -> Term:
    """\\theta_{t+1}, H_{ij}, v_i; in \\theta_i^{(t)} the step above is the first argument, as it is printed."""
    arity = reader.vocabulary.functions[name]
    arguments = indices(reader, arity)
    if reader.tokens[reader.at][0] == "^" and _parenthesised(reader):
        arguments = [*_above(reader), *arguments]
    elif arity != 1 and len(arguments) > 1 and name in reader.vocabulary.sequences:
        hint = f"write {name}(t, i), or the step above: \\theta_i^{{(t)}}"
        raise reader.fail("it is not clear which index is the step", token[2], reader.end(), hint)
    return applied(reader, name, arguments, token[2])


def _above(reader: Reader) -> list[Term]:
    """The arguments in ``^{(…)}`` or ``^(…)`` here."""
    brace = reader.tokens[reader.at + 1]
    reader.at += 3 if brace[0] == "{" else 2
    found = reader.parts(reader.tokens[reader.at - 1], ")")
    if brace[0] == "{":
        reader.close(brace, "}")
    return found


# --- primes, upper indices -----------------------------------------------------------------------------------


def _primes(reader: Reader, token: Token, key: str) -> Term | str:
    """L'(x), L''(x), and names that end in primes."""
    count, after = prime_end(reader.tokens, reader.at)
    if not count:
        return key
    reader.at = after
    primed = key + "'" * count
    function = reader.vocabulary.applied.get(key)
    opening = reader.tokens[after]
    if function is not None and opening[0] == "(":
        reader.at += 1
        arguments = reader.parts(opening, ")")
        return derivative(reader, function, count, arguments, token[2])
    if primed in reader.names:
        return _symbol(reader, reader.names[primed], token[2])
    if function is not None:
        found = bare_derivative(reader, function, count, token[2]) if reader.loose else None
        if found is not None:
            return found
        hint = f"write {key}{chr(39) * count}(x)"
        raise reader.fail(f"'{primed}' needs to be told where", token[2], reader.end(), hint)
    if key in reader.names:
        raise reader.fail(
            f"{key} is a variable and has no derivative", token[2], reader.end(), "only a function has one: L'(x)"
        )
    raise unknown_name(reader, primed, token[2], reader.end())


def _parenthesised(reader: Reader) -> bool:
    """Whether a power sign here is followed by ``(`` or ``{(``."""
    kinds = [kind for kind, *_ in reader.tokens[reader.at + 1 : reader.at + 3]]
    return reader.tokens[reader.at][1] != "**" and (kinds[0] == "(" or kinds == ["{", "("])


def _index_above(reader: Reader, token: Token, key: str) -> Term | str:
    """\\theta^{(t)}, \\theta^{(0)}, L^{(3)}(x)."""
    if reader.tokens[reader.at][0] != "^":
        return key
    if reader.loose and reader.vocabulary.functions.get(reader.vocabulary.applied.get(key, "")) == 1:
        step = plus_above(reader)
        if step is not None:
            return applied(reader, reader.vocabulary.applied[key], [step], token[2])
        squared = power_before_argument(reader, reader.vocabulary.applied[key], token[2])
        if squared is not None:
            return squared
    if reader.loose and key in reader.vocabulary.applied:
        step = step_above(reader, reader.vocabulary.applied[key]) if key != "e" or _parenthesised(reader) else None
        if step is not None:
            return applied(reader, reader.vocabulary.applied[key], [step], token[2])
        if key == "e":
            return key
    if reader.loose and [one[0] for one in reader.tokens[reader.at : reader.at + 4 : 3]] == ["^", "}"]:
        longer = f"{key}_{reader.tokens[reader.at + 2][1]}"
        if reader.tokens[reader.at + 2][1] in ("max", "min") and longer in reader.names:  # λ^{max}
            reader.at += 4
            return _symbol(reader, reader.names[longer], token[2])
    if not _parenthesised(reader):
        return key
    index = index_key(reader.tokens, reader.at)
    if index is not None and f"{key}_{index[0]}" in reader.names:
        reader.at = index[1]
        return _symbol(reader, reader.names[f"{key}_{index[0]}"], token[2])
    is_braced = reader.tokens[reader.at + 1][0] == "{"
    function = reader.vocabulary.applied.get(key)
    if function is None and not (is_braced and _fills_braces(reader) and key in reader.names):
        return key  # x^(2) and x^{(a+b)c} are powers
    if function is None or (key in reader.names and not is_braced):
        raise reader.fail(
            f"it is not clear whether {key} has an index here or an exponent",
            *(token[2], reader.tokens[reader.at + 2][3]),
            f"write {key}_1 for an index, {key}^1 for a power",
        )
    arguments = _above(reader)
    order = _order(arguments)
    opening = reader.tokens[reader.at]
    if opening[0] == "(" and order and function not in reader.vocabulary.sequences:
        reader.at += 1
        return derivative(reader, function, order, reader.parts(opening, ")"), token[2])
    return applied(reader, function, arguments, token[2])


def _fills_braces(reader: Reader) -> bool:
    """Whether in ``^{(…)}`` the parenthesis that opens in the brace here ends with it."""
    depth, at = 0, reader.at + 2
    while True:
        kind = reader.tokens[at][0]
        depth += (kind == "(") - (kind == ")")
        at += 1
        if depth == 0 or kind == "end":
            return kind != "end" and reader.tokens[at][0] == "}"


def _order(arguments: list[Term]) -> int:
    """The order of the derivative that an upper index could mean; 0 if it could not."""
    if len(arguments) != 1 or arguments[0].head != "Number" or arguments[0].args[0].denominator != 1:
        return 0
    return int(arguments[0].args[0])


# --- what the name is -----------------------------------------------------------------------------------------------


def _resolved(reader: Reader, token: Token, key: str) -> Term:
    """The name is complete: a variable, a function with its arguments, a constant, or several names together."""
    start = token[2]
    opening = reader.tokens[reader.at]
    function = reader.vocabulary.applied.get(key)
    if function is not None and opening[0] == "(" and not (
        reader.loose and key in reader.names and not is_index(reader)
    ):
        reader.at += 1
        return applied(reader, function, reader.parts(opening, ")"), start)
    if reader.loose and function is not None and opening[0] == "[" and opening[2] == reader.end():
        reader.at += 1
        return applied(reader, function, reader.parts(opening, "]"), start)
    if key in reader.names:
        if reader.loose and opening[0] in ("(", "["):
            if is_said_of(reader, start):
                reader.at += 3
            elif opening[0] == "(":
                taken_of(reader, reader.names[key])
        return _symbol(reader, reader.names[key], start)
    if function is not None and key == "e" and opening[0] == "^":
        return _euler(reader, start)
    if function is not None:
        raise reader.fail(
            f"{key} is a function and needs an argument",
            start,
            reader.end(),
            f"write {key}(x); a power stands after it",
        )
    if reader.loose and key in ("max", "min"):
        found = shorthand(reader, token, key)
        if found is not None:
            return found
    if key in CALLS and (opening[0] == "(" or (opening[0] == "[" and CALLS[key][0] in ("Expect", "Variance"))):
        return read_call(reader, key, start)
    if key == "i" and (reader.text[start] == "\\" or reader.loose):  # upright; or nothing else that the task knows
        key = "I"
    if key in _CONSTANTS and not (reader.loose and key == "I" and opening[0] == "("):
        return Term(_CONSTANTS[key], (), (start, reader.end()))
    if key == "e":
        return _euler(reader, start)
    if key == "pi":  # π = 4*arctan(1)
        return Term("Mul", (number(4), Term("Atan", (ONE,))), (start, reader.end()))
    if reader.loose and key == token[1] and key in BARE and (opening[0] in JUXTAPOSED or opening[0] == "^"):
        return read_function(reader, token, 0)
    if reader.loose and key == token[1] == "sqrt" and opening[0] in ("number", "name"):
        return read_root(reader, token, 0)
    return _several(reader, token, key)


def _is_differential(reader: Reader, token: Token) -> bool:
    """Whether a d that is no name of the task's own stands right before a name: x\\,dx = y\\,dy."""
    following = reader.tokens[reader.at]
    return token[1] == "d" and following[0] == "name" and following[2] == token[3] and reader.names.get("d", "d") != "d"


def _euler(reader: Reader, start: int) -> Term:
    caret = reader.tokens[reader.at]
    if caret[0] != "^":
        return Term("Exp", (ONE,), (start, reader.end()))
    reader.at += 1
    exponent = read_exponent(reader, caret, euler=True)
    return Term("Exp", (exponent,), (start, reader.end()))


def _is_greek(written: str) -> bool:
    """Whether this is a letter such as \\lambda: apart from a bracket it is a factor, where nothing is said of functions."""
    return written.startswith("\\") or not written.isascii()


def _several(reader: Reader, token: Token, key: str) -> Term:
    """theta_t for a sequence theta, etalam for eta*lam, or a name that the open vocabulary lets pass."""
    start, end = token[2], token[3]
    if reader.loose:
        found = shorthand(reader, token, key)
        if found is not None:
            return found
    base, _, below = key.partition("_")
    called = reader.tokens[reader.at][0] == "("
    if below and reader.loose:
        part = entry_in_word(reader.names.get(base, ""), below, (start, end), reader)
        part = part or slope_in_word(reader, reader.vocabulary.applied.get(base, ""), below, start)
        if part is not None:
            return part
    if reader.loose and not below and is_slope(key, reader.vocabulary):
        part = entry_in_word(reader.names.get(key[0], ""), key[1:], (start, end), reader)
        part = part or slope_in_word(reader, reader.vocabulary.applied.get(key[0], ""), key[1:], start)
        if part is not None:
            return part
    ways = with_last_indexed(base, f"_{below}", reader) if below and reader.loose and base not in reader.vocabulary.applied else []
    if len(ways) == 1:
        return read_name(reader, taken_apart(reader, (token[0], base, start, start + len(base)), ways[0], f"_{below}"), 0)
    if below and base in reader.vocabulary.applied:
        return _index_in_word(reader, base, below, token)
    if below and base == "delta" and key not in reader.names:
        indices = spread([plain_index(reader, part, start, end) for part in below.split("_")], 2)
        if len(indices) == 2:
            return Term("Delta", tuple(indices), (start, end))
    apart = reader.tokens[reader.at][2] > end and _is_greek(reader.text[start:end])
    if called and not (reader.vocabulary.open and apart):
        raise unknown_function(reader, key, start, end)
    written_out = reader.text[start] != "\\"
    if written_out and key == token[1] and (reader.latex or not reader.vocabulary.open):
        readings = splittings(reader.text[start:end], reader.names)
        if len(readings) == 1:
            return read_name(reader, taken_apart(reader, token, readings[0]), 0)
        if readings:
            either = " or ".join(" * ".join(reading) for reading in readings[:2])
            raise reader.fail(f"'{key}' could be {either}", start, end, "write * between the names")
    if reader.vocabulary.open and key.isidentifier():
        if reader.latex and written_out and len(key) > 1 and key.isalpha() and end - start == len(key):
            hint = f"write the letters apart for a product, \\mathit{{{key}}} for one name"
            raise reader.fail(f"'{key}' could be one name or a product", start, end, hint)
        return _symbol(reader, key, start)
    raise unknown_name(reader, key, start, end)


def _index_in_word(reader: Reader, base: str, below: str, token: Token) -> Term:
    name = reader.vocabulary.applied[base]
    at = token[2] + len(base) + 1
    found = [plain_index(reader, part, at, token[3]) for part in below.split("_")]
    return applied(reader, name, spread(found, reader.vocabulary.functions[name]), token[2])


