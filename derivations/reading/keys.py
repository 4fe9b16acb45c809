"""Keys: one ASCII name for everything that a name may look like.

``\\theta^{(0)}``, ``θ₀``, ``θ_0`` and ``theta_0`` have the key ``theta_0``; ``\\lambda_{\\max}`` and ``lambda_max``
have the key ``lam_max``; ``x^*`` and ``x^\\star`` have the key ``x_star``; ``\\mathcal{L}''`` has the key ``L''``.
Vocabularies are looked up by key, so that nobody has to list every way of writing a name.
"""

from __future__ import annotations

from derivations.language.errors import Malformed
from derivations.reading.tokens import Token, canonical, tokenize

STARS = frozenset({"*", "star"})
_SIGNS = {"+": "plus", "-": "minus", "±": "pm"}  # alone below a name: λ_+, λ_-, λ_±


def key_of(spelling: str) -> str:
    """The key of a name as somebody would write it. Raises Malformed if it is not a name."""
    tokens = tokenize(spelling)
    if tokens[0][0] != "name":
        raise Malformed(f"{spelling!r} is not the spelling of a name")
    key, at, star, primes = tokens[0][1], 1, "", 0
    while tokens[at][0] != "end":
        script = script_key(tokens, at + 1) if tokens[at][0] == "_" else index_key(tokens, at)
        starred, count = star_end(tokens, at), prime_end(tokens, at)
        if tokens[at][0] == "*" and tokens[at + 1][0] == "end":
            starred = at + 1
        if script is not None:
            key, at = f"{key}_{script[0]}", script[1]
        elif starred is not None:
            star, at = "_star", starred
        elif count[0]:
            primes, at = primes + count[0], count[1]
        else:
            raise Malformed(f"{spelling!r} is not the spelling of a name")
    return canonical(key) + star + "'" * primes


def script_key(tokens: list[Token], at: int) -> tuple[str, int] | None:
    """What an index says, if it is a part of a name, and where it ends: ``0``, ``{\\max}`` is max, ``{i,j}`` is i_j."""
    braced = tokens[at][0] == "{"
    if tokens[at + braced][0] in _SIGNS and (not braced or tokens[at + 2][0] == "}"):
        return _SIGNS[tokens[at + braced][0]], at + 1 + 2 * braced
    if not braced:
        part = _part(tokens[at])
        return None if part is None else (part, at + 1)
    parts: list[str] = []
    at += 1
    while tokens[at][0] != "}":
        part = _part(tokens[at])
        if part is not None:
            parts.append(part)
        elif tokens[at][0] != "," or not parts:
            return None
        at += 1
    return ("_".join(parts), at + 1) if parts else None


def _part(token: Token) -> str | None:
    kind, value, *_ = token
    if kind in ("name", "function") and not value.startswith("\\"):
        return value
    if kind == "number" and value.isdecimal():
        return value
    return {"star": "star", "*": "star", "constant": "inf"}.get(kind)


def index_key(tokens: list[Token], at: int) -> tuple[str, int] | None:
    """The same for an index that is written above, in parentheses and braces: ``^{(0)}``."""
    if [tokens[at + i][0] for i in range(3) if at + i < len(tokens)] != ["^", "{", "("]:
        return None
    part = _part(tokens[at + 3])
    if part is None or tokens[at + 4][0] != ")" or tokens[at + 5][0] != "}":
        return None
    return part, at + 6


def star_end(tokens: list[Token], at: int) -> int | None:
    """Where ``^*``, ``^\\star`` or ``^{*}`` ends that begins at this token; None if there is none."""
    if tokens[at][0] != "^" or tokens[at][1] == "**":
        return None
    if tokens[at + 1][0] in STARS:
        return at + 2
    if tokens[at + 1][0] == "{" and tokens[at + 2][0] in STARS and tokens[at + 3][0] == "}":
        return at + 4
    return None


def prime_end(tokens: list[Token], at: int) -> tuple[int, int]:
    """How many primes begin at this token and where they end: ``''``, ``^\\prime``, ``^{\\prime\\prime}``."""
    count, start = 0, at
    if tokens[at][0] == "^" and tokens[at + 1][0] == "'":
        start = at + 1
    elif tokens[at][0] == "^" and tokens[at + 1][0] == "{" and tokens[at + 2][0] == "'":
        start = at + 2
    at = start
    while tokens[at][0] == "'":
        count, at = count + len(tokens[at][1]), at + 1
    if count and tokens[start - 1][0] == "{":
        return (count, at + 1) if tokens[at][0] == "}" else (0, start)
    return count, at
