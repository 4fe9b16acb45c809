"""Names that an answer gives in passing: δ_t = θ_t - θ*, "λ_1 is the largest eigenvalue", L = largest curvature."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from derivations.language.errors import Malformed
from derivations.reading.keys import key_of
from derivations.reading.vocabulary import Vocabulary

_STEP = r"(?:_?\{?\(?[tkn]\)?\}?|\^\{?\(?[tkn]\)?\}?|[ₜₖₙᵗᵏⁿ]|\([tkn]\)|\[[tkn]\])"
_PARAMETER = r"(?:\\(?:var)?theta|θ|theta|x|w)"
_STAR = r"(?:\^\{?\s*(?:\\ast|\\star|\*)\s*\}?|\*|_\{?(?:star|\*|\\ast|\\star)\}?|⋆|∗)"
_LETTER = r"(?<![\w\\])(\\[A-Za-z]+|[^\W\d_])"
_DISTANCE = re.compile(
    rf"{_LETTER}\s*{_STEP}?\s*(?::=|=|≡|≔|\\equiv|\\coloneqq)\s*{_PARAMETER}\s*{_STEP}?\s*[-−–]\s*{_PARAMETER}\s*{_STAR}"
)
_GIVEN = ("=", "≡", "≔", "equiv", "coloneqq")  # one is in what defines a distance
_INDEX = r"(?:_\{?\w{1,3}\}?|[₀-₉ₙ])?"
_LARGEST = (
    r"largest|biggest|maximal|maximum|greatest|highest|steepest|gr(?:ö|oe)(?:ß|ss)te\w?|maximale\w?|plus grande|max\.?"
)
_SMALLEST = r"smallest|least|minimal|minimum|lowest|kleinste\w?|minimale\w?|plus petite|min\.?"
_WHAT = r"(?:eigen-?values?|curvatures?|EW|EV|eigenwerte?|kr(?:ü|ue)mmung|valeur propre|courbure)"
_RADIUS = r"(?:spectral (?:radius|norm)|operator norm|spektral(?:radius|norm))"
_HINTS = (
    "est",
    "max",
    "min",
    "spektral",
    "spectral",
    "norm",
    "größte",
    "kleinste",
    "grande",
    "petite",
)  # in what the next finds
_IN_WORDS = re.compile(
    rf"(?<![\w\\])(?P<name>(?:\\[A-Za-z]+|[^\W\d_]|lambda|lam|rho|sigma|mu){_INDEX})\s*+\$?\s*+"
    r"(?:(?::=|=|:|is|be|being|denotes|ist|sei|est)\s*+)?(?:(?:the|der|die|la|le)\s+)?"
    rf"(?:(?:(?P<most>{_LARGEST})|(?P<least>{_SMALLEST}))\s+{_WHAT}|{_RADIUS})\b(?:\s+(?:of|von)\s++\$?(?:\\mathbf\s*+)?\{{?[HA]\}}?\$?(?![A-Za-z(]))?"
    r"(?!\s*+[\^*/+²(-])(?!\s++(?:of|von)\b(?!\s+the\s+Hessian))",
    re.IGNORECASE,
)
_MOST = 5


def own_names(text: str, vocabulary: Vocabulary) -> tuple[str, Vocabulary]:
    """The text without the definitions in words, and the names with those that the answer gives."""
    fresh: dict[str, str] = {}
    given = any(map(text.__contains__, _GIVEN))
    if given and "e" in vocabulary.functions and "theta_star" in vocabulary.names.values():
        fresh.update(dict.fromkeys(_distances(text, vocabulary), "e"))
    if any(map(text.__contains__, _HINTS)):
        for found in list(_IN_WORDS.finditer(text))[:_MOST]:
            name = "mu" if found.group("least") else "L_max"
            key = _key(found.group("name"))
            if key is None or name not in vocabulary.names.values():
                continue
            fresh[key] = name
            text = _blanked(text, found.start(), found.end())
    if "_1" in text or "₁" in text:
        for key, name, place in _ordered(text, vocabulary):
            fresh[key] = name
            text = _blanked(text, *place)
    if "=" in text:
        for key, name, place in list(_aliases(text, vocabulary)):
            fresh[key] = name
            text = _blanked(text, *place)
    return text, _renamed(vocabulary, fresh) if fresh else vocabulary


_ALIAS = re.compile(
    r"(?<![\w\\|)}^])([A-Za-zΛ])\s*(?::=|=|:)\s*(\\?[^\W\d_]+)(?:_?\{?([0-9₀-₉]|\w{3})\}?)?\s*(?=[,;.)$\]\n]|$|and\b|with\b|so\b|we\b|\\text|\\quad)"
)
_MAXIMUM = re.compile(
    r"(?<![\w\\|)}])([A-ZΛ])\s*+(?::=|=|:)\s*+\\?(max|min)\s*+_?\{?[ijk]?\}?\s*+[({]?\s*+(?:λ|\\lambda|lambda|lam)_?\{?[ijkᵢ]\}?\s*+[)}]?"
)


_SIGN = r"\s*+(?:\\(?P<tex{0}>[gl])(?:eq?|eqslant|t)\b|(?P<sign{0}>[≥≤>⩾⩽<])=?)\s*+"
_BASE = r"(?:\\lambda|lambda|lam|λ|\\mu|μ|h|\\kappa|κ|a)"
_ORDERED = re.compile(
    rf"(?<![\w\\])(?P<base>{_BASE})(?:_?\{{?1\}}?|₁)" + _SIGN.format(1) + rf"(?:(?P=base)(?:_?\{{?2\}}?|₂){_SIGN.format(2)})?"
    rf"(?:(?:\\(?:c|l)?dots|…|\.\.\.+|⋯)\s*{_SIGN.format(3)})?(?P=base)(?:_?\{{?(?P<last>[nd])\}}?|(?P<low>ₙ))(?:\s*(?:>|\\gt\b)\s*0)?"
)


def _ordered(text: str, vocabulary: Vocabulary) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """λ_1 ≥ λ_2 ≥ … ≥ λ_n says that the first is the largest and the last the smallest."""
    found = _ORDERED.search(text)
    if found is None or not {"L_max", "mu"} <= set(vocabulary.names.values()):
        return
    signs = {found.group(f"tex{i}") or {"≥": "g", ">": "g", "⩾": "g"}.get(found.group(f"sign{i}") or "", "l") for i in (1, 2, 3)
             if found.group(f"tex{i}") or found.group(f"sign{i}")}  # fmt: skip
    if len(signs) == 1:
        first, last = ("L_max", "mu") if signs == {"g"} else ("mu", "L_max")
        base, end = found.group("base"), found.group("last") or "n"
        for index, name in (("1", first), (end, last)):
            key = _key(f"{base}_{index}")
            if key:
                yield key, name, found.span()


def _blanked(text: str, start: int, end: int) -> str:
    """The text with spaces there, and in place of the parentheses around it."""
    if text[:start].rstrip().endswith("(") and text[end:].lstrip().startswith(")"):
        start, end = text.rindex("(", 0, start), text.index(")", end) + 1
    return text[:start] + " " * (end - start) + text[end:]


def _aliases(text: str, vocabulary: Vocabulary) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Letters that the answer puts for a declared name: x = θ_1, M = λ_max, M = max_i λ_i."""
    for found in list(_ALIAS.finditer(text))[:_MOST]:
        letter, index = found.group(1), found.group(3)
        key = _key(found.group(2) + (f"_{{{index}}}" if index else ""))
        name = vocabulary.names.get(key or "")
        again = len(re.findall(rf"(?<![A-Za-z\\]){letter}(?![A-Za-z])", text)) > 1
        function = vocabulary.functions.get(vocabulary.applied.get(letter, ""), 1) is None
        own = vocabulary.names.get(letter) == letter or (function and name not in ("L_max", "mu"))
        if name is not None and again and not own and vocabulary.names.get(letter) != name:
            yield letter, name, found.span()
    for found in list(_MAXIMUM.finditer(text))[:_MOST]:
        name = "L_max" if found.group(2) == "max" else "mu"
        if name in vocabulary.names.values():
            yield _key(found.group(1)) or "", name, found.span()


def _distances(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    for found in list(_DISTANCE.finditer(text))[:_MOST]:
        key = _key(found.group(1))
        parameter = vocabulary.names.get("theta", "")
        if key is not None and key not in ("theta", "e") and parameter:
            yield key


def _key(spelling: str) -> str | None:
    try:
        return key_of(spelling)
    except (Malformed, IndexError):
        return None


def _renamed(vocabulary: Vocabulary, fresh: Mapping[str, str]) -> Vocabulary:
    """The vocabulary in which these keys stand for these names, and for nothing else."""
    letters = {key for key, name in fresh.items() if name == "e"}
    kept = {
        spelling: name
        for spelling, name in vocabulary.spellings.items()
        if spelling not in fresh and spelling.partition("_")[0] not in letters
    }
    functions = {name: arity for name, arity in vocabulary.functions.items() if name not in letters}
    return replace(
        vocabulary, spellings={**kept, **fresh}, functions=functions, sequences=vocabulary.sequences & set(functions)
    )
