"""What people write in answers and no grammar says: bars that open and close, decimal commas, rows without commas, arrows.

Each convention rewrites the tokens of a text before they are parsed, and only where its sign occurs. What can be read in two ways
stays as it is, or is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derivations.reading.accents import ACCENTS, with_accents
from derivations.reading.commands import FURTHER_COMMANDS
from derivations.reading.reader import Reader
from derivations.reading.signs import with_averages, with_numbered_letters, with_signs, with_unions, with_updates
from derivations.reading.tokens import Token
from derivations.reading.typst import LAYOUTS

_OPENING = frozenset(["(", "[", "{", "set{", "langle", "lvert", "begin"])
_CLOSING = frozenset([")", "]", "closing [", "}", "set}", "rangle", "rvert", "end environment"])
_ENDS_OPERAND = frozenset(
    ["name", "number", "'", "constant", "!", "transpose", "star", "empty", "reals", "percent", *_CLOSING]
)
_BEGINS_OPERAND = frozenset(
    ["name", "number", "function", "fraction", "sqrt", "root", "(", "[", "constant", "begin", "±"]
)
_ORDER = frozenset(["Lt", "Le", "Gt", "Ge", "Ne", "Approx"])


def adapt(reader: Reader) -> None:
    """Rewrites the reader's tokens by the conventions of answers."""
    text = reader.text[reader.begin :]
    if "\\" in text:
        if not FURTHER_COMMANDS.keys().isdisjoint([token[1] for token in reader.tokens]):
            reader.tokens = [
                (*FURTHER_COMMANDS[token[1]], token[2], token[3]) if token[1] in FURTHER_COMMANDS else token
                for token in reader.tokens
            ]
        if not text.isascii() or any(map(text.__contains__, ACCENTS)):
            reader.tokens = with_accents(reader.tokens, reader.names)
    if "δ" in text or "delta" in text:
        reader.tokens = _with_distances(reader)
    if "|" in text or "‖" in text or "vert" in text or "\\mid" in text or "Vert" in text:
        reader.tokens = _barred(reader.tokens, reader.names)
        reader.tokens = _with_norms(reader.tokens)
    if "[" in text or (";" in text and "(" in text):
        reader.tokens = _with_rows(reader.tokens)
    if "," in text:
        reader.tokens = _with_decimals(reader)
    if "∞" in text:
        reader.tokens = _with_limits(reader)
    if "U" in text and "U" not in reader.names:
        reader.tokens = with_unions(reader.tokens)
    if "<" in text and ">" in text:
        reader.tokens = with_averages(reader.tokens)
    if not text.isascii():
        reader.tokens = with_numbered_letters(with_accents(reader.tokens, reader.names), reader.text, reader.names)
    if "<-" in text:
        reader.tokens = with_updates(reader.tokens, reader.text)
    if "->" in text or "+-" in text or "+/-" in text or "∓" in text or "\\mp" in text:
        reader.tokens = with_signs(reader)


def _with_distances(reader: Reader) -> list[Token]:
    """δθ_t is the distance e_t from the fixed point, where there is one."""
    names, tokens = reader.vocabulary.applied, reader.tokens
    if not {"e", "theta"} <= set(names.values()) or "delta" in reader.names:
        return tokens
    result: list[Token] = []
    for token in tokens:
        before = result[-1] if result else token
        if token[0] == "name" and names.get(token[1]) == "theta" and before[:2] == ("name", "delta"):
            result[-1] = ("name", "e", before[2], token[3])
        else:
            result.append(token)
    return result


def _with_limits(reader: Reader) -> list[Token]:
    """θ∞ as θ_∞, and V∞ as V: the sign right behind a name is its index."""
    result: list[Token] = []
    for token in reader.tokens:
        before = result[-1] if result else token
        if token[:2] == ("constant", "Infinity") and before[0] == "name" and before[3] == token[2]:
            if reader.vocabulary.functions.get(reader.vocabulary.applied.get(before[1], "")) == 1:
                result += [("_", "_", token[2], token[2]), token]
            continue
        result.append(token)
    return result


def frames(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """For every token its place and the place of the bracket around it (-1: none)."""
    stack = [-1]
    for at, (kind, *_) in enumerate(tokens):
        if kind in _CLOSING and len(stack) > 1:
            stack.pop()
        yield at, stack[-1]
        if kind in _OPENING:
            stack.append(at)


# --- bars ---------------------------------------------------------------------------------------------------------


def _barred(tokens: list[Token], names: Mapping[str, str]) -> list[Token]:
    """|x| with a bar that opens and one that closes; the bar of a set {x | …}; the bar of "at": L'|_{x}."""
    found = list(tokens)
    open_bars: dict[int, list[int]] = {}
    for at, frame in frames(tokens):
        kind, value, start, end = tokens[at]
        if kind not in ("|", "norm"):
            continue
        before, after = tokens[at - 1] if at else ("", "", 0, 0), tokens[at + 1]
        ended = before[0] in _ENDS_OPERAND or (before[0] in ("|", "norm") and found[at - 1][0] == "rvert")
        starred = before[0] == "*" and (after[0] not in _BEGINS_OPERAND or _is_star(tokens, at - 1, names))
        mine = open_bars.setdefault(frame, [])
        if mine and (ended or starred) and found[mine[-1]][1] == _bar_name(kind):
            mine.pop()
            found[at] = ("rvert", _bar_name(kind), start, end)
        elif ended and after[0] == "_" and kind == "|":
            found[at] = ("evaluated", value, start, end)
        else:
            mine.append(at)
            found[at] = ("lvert", _bar_name(kind), start, end)
    for frame, left in open_bars.items():
        for at in left:
            builder = frame >= 0 and tokens[frame][0] in ("set{", "{") and len(left) == 1
            found[at] = (":", ":", *tokens[at][2:]) if builder else tokens[at]
    return found


def _with_norms(tokens: list[Token]) -> list[Token]:
    """||x||_2 with the bars of a norm, when an index follows: two single bars on each side say the same."""
    result: list[Token] = []
    for token in tokens:
        if token[0] == "_" and [one[0] for one in result[-2:]] == ["rvert", "rvert"] and result[-2][3] == result[-1][2]:
            opening = [at for at, one in enumerate(result) if one[0] == "lvert"]
            if len(opening) > 1 and opening[-1] == opening[-2] + 1:
                del result[opening[-2]]
                result.pop()
                at = opening[-2]
                result[at] = ("lvert", "norm", *result[at][2:])
                result[-1] = ("rvert", "norm", *result[-1][2:])
        result.append(token)
    return result


def _is_star(tokens: list[Token], at: int, names: Mapping[str, str]) -> bool:
    """Whether the star here belongs to a name, as in |θ - θ*|."""
    name, star, bar = tokens[at - 1 : at + 2] if at else (tokens[0],) * 3
    close = name[3] == star[2] and star[3] == bar[2]
    return close and name[0] == "name" and f"{name[1]}_star" in names


def _bar_name(kind: str) -> str:
    return "norm" if kind == "norm" else "bar"


# --- rows ---------------------------------------------------------------------------------------------------------


def _with_rows(tokens: list[Token]) -> list[Token]:
    """[0 1; 1 0] and [[0 1] [1 0]] with the brackets and commas that [[0, 1], [1, 0]] has."""
    tokens = list(tokens)
    inside: dict[int, list[int]] = {}
    for at, frame in frames(tokens):
        if frame >= 0 and tokens[frame][0] in ("[", "("):
            inside.setdefault(frame, []).append(at)
    extra: dict[int, list[Token]] = {}
    closed = _closed(tokens)
    for opening, members in inside.items():
        if opening not in closed:
            continue
        kinds = {tokens[at][0] for at in members}
        if tokens[opening][0] == "(":
            if ";" in kinds and opening and tokens[opening - 1][1] == "diag":
                for at in members:
                    tokens[at] = (",", ",", *tokens[at][2:]) if tokens[at][0] == ";" else tokens[at]
            elif ";" in kinds and _is_spread(tokens, opening, members):
                for at, kind in ((opening, "["), (closed[opening], "]")):
                    tokens[at] = (kind, kind, *tokens[at][2:])
                _split_rows(tokens, closed[opening], members, extra)
                for at in members:
                    if _gap(tokens, at, tokens[at][0], members):
                        extra.setdefault(at, []).append((",", ",", tokens[at][2], tokens[at][2]))
            continue
        nested = tokens[opening + 1][0] == "[" or (opening > 0 and tokens[opening - 1][0] in ("[", ",", "]"))
        rows = ";" in kinds and ("," in kinds or any(_gap(tokens, one, tokens[one][0], members) for one in members))
        numbers = kinds <= {"number", "-"} and len(kinds) > 0
        if "," not in kinds and (rows or nested or numbers):
            for at in members:
                if _gap(tokens, at, tokens[at][0], members):
                    extra.setdefault(at, []).append((",", ",", tokens[at][2], tokens[at][2]))
        if rows:
            _split_rows(tokens, closed[opening], members, extra)
    if not extra:
        return tokens
    result: list[Token] = []
    for at, token in enumerate(tokens):
        result += extra.get(at, ())
        if not (token[0] == ";" and at in extra):
            result.append(token)
    return result


def _closed(tokens: list[Token]) -> dict[int, int]:
    """Each bracket that opens and the one that closes it."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for at, (kind, *_) in enumerate(tokens):
        if kind in _OPENING:
            stack.append(at)
        elif kind in _CLOSING and stack:
            found[stack.pop()] = at
    return found


def _gap(tokens: list[Token], at: int, kind: str, members: list[int]) -> bool:
    """Whether an entry begins here: after a space, where another ended; "1 -1" is two entries, "1 - 1" one."""
    before = tokens[at - 1]
    if at == members[0] or before[0] not in _ENDS_OPERAND or tokens[at][2] <= before[3]:
        return False
    return kind in _BEGINS_OPERAND or (kind == "-" and tokens[at + 1][2] == tokens[at][3])


def _is_spread(tokens: list[Token], opening: int, members: list[int]) -> bool:
    """Whether (a, b; c, d) has rows of the same length, two entries at least, with a space behind each comma or instead of it."""
    if opening and tokens[opening - 1][0] in ("name", "function"):
        return False
    counts = [1]
    for at in members:
        if tokens[at][0] == ";":
            counts.append(1)
        elif tokens[at][0] == ",":
            if tokens[at][3] == tokens[at + 1][2]:
                return False
            counts[-1] += 1
        elif _gap(tokens, at, tokens[at][0], members):
            if "," in {tokens[one][0] for one in members} or tokens[at][0] not in ("number", "-"):
                return False
            counts[-1] += 1
    return len(counts) > 1 and len(set(counts)) == 1 and counts[0] > 1


def _split_rows(tokens: list[Token], close: int, members: list[int], extra: dict[int, list[Token]]) -> None:
    """Brackets around every row."""

    def bracket(kind: str, at: int) -> Token:
        return (kind, kind, tokens[at][2], tokens[at][2])

    extra.setdefault(members[0], []).insert(0, bracket("[", members[0]))
    for at in members:
        if tokens[at][0] == ";":
            extra[at] = [bracket("]", at), (",", ",", tokens[at][2], tokens[at][2]), bracket("[", at)]
    extra.setdefault(close, []).append(bracket("]", close))


# --- numbers ------------------------------------------------------------------------------------------------------


def _with_decimals(reader: Reader) -> list[Token]:
    """0,05 and 2,5·10^-3 as decimals where it is clear that they are; 1,2 stays a list."""
    tokens = reader.tokens
    places = [
        at
        for at in range(1, len(tokens) - 1)
        if tokens[at][0] == ","
        and tokens[at - 1][0] == "number"
        and tokens[at + 1][0] == "number"
        and tokens[at - 1][3] == tokens[at][2]
        and tokens[at][3] == tokens[at + 1][2]
        and tokens[at - 1][1].isdecimal()
        and tokens[at + 1][1].isdecimal()
    ]
    braced = "{,}" in reader.text[reader.begin :]
    if not places and not braced:
        return tokens
    around = dict(frames(tokens))
    semicolons = {around[at] for at, token in enumerate(tokens) if token[0] == ";"}
    chosen = [at for at in places if _is_decimal(reader, at, around[at], semicolons)]
    result = list(tokens)
    for at in reversed(chosen):
        first, second = tokens[at - 1], tokens[at + 1]
        result[at - 1 : at + 2] = [("number", f"{first[1]}.{second[1]}", first[2], second[3])]
    return _braced_commas(result) if braced else result


def _is_decimal(reader: Reader, at: int, frame: int, semicolons: set[int]) -> bool:
    tokens = reader.tokens
    first, second = tokens[at - 1][1], tokens[at + 1][1]
    bracket = tokens[frame][0] if frame >= 0 else ""
    if frame >= 1 and tokens[frame - 1][1] in LAYOUTS:
        return False
    if frame in semicolons and bracket != "[":
        return True
    if len(second) > 1 and second[0] == "0":
        return True
    before, after = tokens[at - 2] if at >= 2 else ("", "", 0, 0), tokens[at + 2]
    if bracket == "(" and _groups(tokens, frame):
        return True
    listed = bracket in ("(", "[", "set{") or (bracket == "{" and tokens[frame - 1][0] not in ("^", "_"))
    if listed or before[0] == "]" or (before[0] == "," and before[3] == tokens[at - 1][2]) or after[0] == ",":
        return False
    near = [token for token in (before, after) if token[0] == "relation"]
    if (
        any(token[1] in _ORDER for token in near)
        or before[0] in ("*", "/", "^")
        or after[0] in ("*", "/", "^", "percent")
    ):
        return True
    multiplies = after[0] in ("name", "function", "fraction", "sqrt", "root")
    equated = before[:2] == ("relation", "Eq") and tokens[at + 2][0] in ("end", ";")
    if (first != "0" and not multiplies and not equated) or second == "0":
        return False
    if (first == "0" and len(second) > 1) or (first == "0" and multiplies):
        return True
    raise reader.fail(
        f"'{first},{second}' could be a decimal or two numbers",
        tokens[at - 1][2],
        tokens[at + 1][3],
        f"write {first}.{second}, or {first}; {second}",
    )


def _groups(tokens: list[Token], opening: int) -> bool:
    """Whether a parenthesis is an operand, so that no pair of numbers can be in it: (1 - 0,5 x)^t."""
    depth, close = 0, opening
    while tokens[close][0] != "end":
        depth += (tokens[close][0] == "(") - (tokens[close][0] == ")")
        if not depth:
            break
        close += 1
    if all(kind in ("number", ",", "-") for kind, *_ in tokens[opening + 1 : close]):
        return False  # (1, 0) is a pair, whatever stands beside it
    before = tokens[opening - 1][0] if opening else ""
    after = tokens[min(close + 1, len(tokens) - 1)][0]
    return after in ("^", "*", "/", "+", "-", "name") or before in ("*", "/", "+", "-", "number")


def _braced_commas(tokens: list[Token]) -> list[Token]:
    """LaTeX's own decimal comma, 0{,}05."""
    result: list[Token] = []
    for token in tokens:
        kinds = [one[0] for one in result[-4:]]
        if token[0] == "number" and kinds == ["number", "{", ",", "}"] and token[1].isdecimal():
            first = result[-4]
            result[-4:] = [("number", f"{first[1]}.{token[1]}", first[2], token[3])]
        else:
            result.append(token)
    return result
