"""Comparisons in words as relations: "η at most 1/λ" is η ≤ 1/λ, "exceeds 2/λ" is > 2/λ, "from 0 to 1" is the pair 0, 1.

A comparison is read only between two things that could be formulas. Where what is compared is left out, or called by a common
name ("at most 1/λ", "the stepsize is below 1/λ"), it is the unknown that the caller names. The text keeps its length, so that a
place in the result is the same place in the text.
"""

from __future__ import annotations

import re

from derivations.language.notation import GREEK
from derivations.reading.characters import letter_key
from derivations.reading.tokens import canonical
from derivations.reading.vocabulary import Vocabulary

_DENIAL = r"(?:cannot|can['’]t|must\s?n['’]t|does\s?n['’]t|do\s?n['’]t|is\s?n['’]t|should\s?n['’]t|not|never|no|nicht)"
_LINK = (
    r"(?:of|that|which|die|qui|must|has\s+to|have\s+to|needs?\s+to|should|shall|may|can|will|does|do|is|are|be|being|equals|lies?|stays?|remains?|gets?|becomes?|"
    r"muss|darf|ist|sei|est|doit\s+être)"
)
_ADVERB = r"(?:strictly|always|only|just|even|still|chosen|taken|echt|strikt|strictement)"
_MORE = r"(?:greater|larger|bigger|more|higher|größer|grösser|supérieure?|plus\s+grande?)"
_LESS = r"(?:less|smaller|lower|fewer|kleiner|inférieure?|plus\s+petite?)"
_THAN = r"(?:than|then|als|que|à)"
_EQUAL = r"(?:or\s+equals?|oder\s+gleich|gleich|ou\s+égale?)(?:\s+(?:to|than|als|à))?"
_ABOVE = r"(?:above|beyond|exceed(?:s|ing)?|surpass(?:es)?|über|oberhalb(?:\s+von)?)"
_BELOW = r"(?:below|under|beneath|unter|unterhalb(?:\s+von)?)"
_PHRASE = re.compile(
    rf"\b(?:{_LINK}\s++){{0,4}}+(?P<not>{_DENIAL}\s++)?+(?:(?:{_LINK}|{_ADVERB})\s++){{0,4}}+"
    rf"(?:(?P<least>at\s+least|mindestens|au\s+moins|reach(?:es|ing)?\b(?!\s+or)|(?:equals|reaches)\s+or\s+exceeds|equal\s+to\s+or\s+{_MORE}\s+than)"
    r"|(?P<most>at\s+most|höchstens|maximal|au\s+plus|up\s+to(?:\s+and\s+including)?|equal\s+to\s+or\s+less\s+than)"
    rf"|(?P<more>{_MORE}\s+(?:{_THAN}\s+(?P<e1>{_EQUAL})?|(?P<e2>{_EQUAL}))|{_ABOVE}(?P<e3>\s+{_EQUAL})?)"
    rf"|(?P<less>{_LESS}\s+(?:{_THAN}\s+(?P<e4>{_EQUAL})?|(?P<e5>{_EQUAL}))|{_BELOW}(?P<e6>\s+{_EQUAL})?)"
    r"|(?P<sign>positive|negative|positiv|negativ|(?<=is\s)zero|(?<=be\s)zero|(?<=equals\s)zero|(?<=ist\s)null|vanish(?:es)?)(?=\s*(?:$|[,.;)]|\b(?:and|but|yet|und|et)\b)))",
    re.IGNORECASE,
)
_FROM = re.compile(r"\b(?:from|von)\s+(?P<low>[^\s,;]{1,30})\s+(?P<to>to|up\s+to|bis)\s+(?=\S)", re.IGNORECASE)
_HINTS = (  # one of these is in whatever compares; looking for each is quicker than one pattern of all
    "than", "all", "any", "every", "mindest", "größer", "kleiner", "reach", "over", "inverse", "reciprocal", "kehrwert", "least",
    "most", "above", "below", "beyond", "exceed", "surpass", "under", "up to", "positiv", "negativ", "zero", "null", "vanish",
    "equal", "from", "beneath",
    "als", "gleich", "unter", "oberhalb", "über", "höchst", "maximal", "von", "und", "oder", "entre", "supér", "infér", "moins",
    "plus",
)  # fmt: skip
_OPERAND = re.compile(r"\s*+(?:\$|\\[(\[]|`)?\s*+[-−(|]?\s*+(?:\d|\\[A-Za-z]+|(?P<word>[^\W\d_]+))")
_LAST = re.compile(r"(?P<word>[^\W\d_]+(?:_\w+|\d+)?)[*'’]*\s*$")
_ZERO = re.compile(r"\s*(zero|null|zéro)\b", re.IGNORECASE)
_COMMON = re.compile(
    r"(?:^|[.;:(\n]|\b(?:if|for|when|whenever|iff|while|long\s+as|need|needs?|be|values?|anything|everything|any|all|"
    r"learning\s*rates?|step\s*-?sizes?|lernraten?|schrittweiten?|interval|range|that\s+is|thus|so|hence|answer))"
    r"\s*$",
    re.IGNORECASE,
)
_NOUN = re.compile(r"\b(?:learning\s*rates?|step\s*-?sizes?|lernraten?|schrittweiten?)\s*$", re.IGNORECASE)
_EVERY = re.compile(
    r"\b(?:for|all|every|any)\s+(?:(?:all|every|any|each|those|values\s+of)\s+)?(?:values\s+of\s+)?"
    r"(?=\$?\\?(?P<name>[^\W\d_]++)\s*+\$?+\s*+"
    r"(?:[<>≤≥∈]|\\(?:leq?|geq?|in|lt|gt)\b|(?:strictly\s+)?(?:between|within|inside)\b))",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"\b(?:(?P<top>one|two|1|2)\s+over|(?:the\s+)?(?:inverse|reciprocal)\s+of|kehrwert\s+von)\s+(?:the\s+)?", re.IGNORECASE
)
_BOTH = re.compile(r"\bplus\s*(?:/|-|or\s)?\s*minus\s+(one\b|eins\b)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z]+|[^\W\d_]")
_FORMULA = re.compile(  # names and signs up to the end
    r"(?:\\[A-Za-z]+|(?<![A-Za-z])(?:[A-Za-z]|lam(?:bda)?|eta|mu)(?![A-Za-z])|[^\W_a-zA-Z]|[\s$+\-−*/^_(){}·])*+$"
)
_GOES_ON = re.compile(r"(?:,|\b(?:and|but|or))\s*$", re.IGNORECASE)
_STOP = re.compile(r"[.;:\n]\s|\n")
_SIGN = re.compile(r"[<>≤≥=]|\\(?:leq?|geq?|lt|gt)\b")
_JOINED = ((re.compile(r"\bund\b", re.IGNORECASE), "and"), (re.compile(r"\boder\b(?!\s+gleich)", re.IGNORECASE), "or  "))
_BUT = re.compile(r"[,\s]but\s+(?=[<>≤≥]|\w{1,9}[<>≤≥])", re.IGNORECASE)
_ENTRE = re.compile(r"\bentre\b.{1,40}?(?P<et>\bet\b)", re.IGNORECASE)
_MOST = 40  # comparisons of an answer that are read
_NEAR = 60  # letters before a comparison that are looked at
_SIGNS = {"pos": ">", "neg": "<"}  # else it is zero, or vanishes
_TURNED = {"=": "≠", ">": "≤", "<": "≥", "≥": "<", "≤": ">"}


def as_relations(text: str, vocabulary: Vocabulary, unknown: str = "") -> str:
    """The text with its comparisons in words as relations, of the same length."""
    if not _may_compare(text):
        return text
    text = _EVERY.sub(lambda found: _every(found, vocabulary, unknown), text)
    for pattern, word in _JOINED:
        text = pattern.sub(word, text)
    text = _ENTRE.sub(lambda found: found.group()[:-2] + ", ", text)
    text = _BOTH.sub(lambda found: "±".ljust(found.start(1) - found.start()) + "1".ljust(len(found.group(1))), text)
    text = _OVER.sub(lambda found: _fraction(found, text, vocabulary), text)
    text = _FROM.sub(lambda found: _pair(found, text, vocabulary), text, _MOST)
    at = 0
    for _ in range(_MOST):
        found = _PHRASE.search(text, at)
        if found is None:
            break
        written = _relation(found, text, vocabulary, unknown)
        at = found.end()
        if written and found.group("sign") and text[: found.start()].rstrip().endswith("$"):  # "$…$ is negative": $… < 0$
            end = len(text[: found.start()].rstrip()) - 1
            text = text[:end] + f"{written.strip()}$".ljust(at - end) + text[at:]
        elif written:
            text = text[: found.start()] + written + text[at:]
            text = _zeroed(text, at)
    return _BUT.sub(lambda found: " and".ljust(len(found.group())), text)


def compares(text: str) -> bool:
    """Whether a comparison in words is left in the text."""
    return _may_compare(text) and any(not found.group("sign") for found in _PHRASE.finditer(text))


def _may_compare(text: str) -> bool:
    return any(map(text.lower().__contains__, _HINTS))


def _every(found: re.Match[str], vocabulary: Vocabulary, unknown: str) -> str:
    """ "for every η ≥ 2": what follows is the range itself, and no condition on it; "for all λ > 0" is one as "for λ > 0" is."""
    name = vocabulary.names.get(canonical(_plain(found.group("name"))))
    if not unknown or name is None:
        return found.group()
    return ("" if name == unknown else "for").ljust(len(found.group()))


def _zeroed(text: str, at: int) -> str:
    """With the word "zero" that stands here as a number."""
    found = _ZERO.match(text, at)
    return text if found is None else text[: found.start(1)] + "0".ljust(len(found.group(1))) + text[found.end() :]


def _relation(found: re.Match[str], text: str, vocabulary: Vocabulary, unknown: str) -> str:
    """What is written for the comparison; "" where it does not compare formulas."""
    sign = _sign(found)
    named = _is_named(text[: found.start()], vocabulary, unknown)
    if named is None or (not named and not unknown):
        return ""
    before = text[: found.start()]
    if found.group("sign") and named and not _speaks_of(before, vocabulary, unknown):
        return ""
    if not found.group("sign") and not (_is_operand(text, found.end(), vocabulary) or _ZERO.match(text, found.end())):
        return ""
    written = f"{'' if named else unknown} {sign}".strip()
    if found.group("sign"):
        written += " 0"
    length = len(found.group())
    return written.ljust(length) if len(written) <= length else ""


def _sign(found: re.Match[str]) -> str:
    groups = found.groupdict()
    if groups["sign"]:
        sign = _SIGNS.get(groups["sign"].lower()[:3], "=")
    elif groups["least"] or groups["most"]:
        sign = "≥" if groups["least"] else "≤"
    elif groups["more"]:
        sign = "≥" if any(groups[name] for name in ("e1", "e2", "e3")) else ">"
    else:
        sign = "≤" if any(groups[name] for name in ("e4", "e5", "e6")) else "<"
    return _TURNED[sign] if groups["not"] else sign


def _is_named(before: str, vocabulary: Vocabulary, unknown: str) -> bool | None:
    """Whether a formula stands before, which is compared; False where a common name or nothing does, None where other words do."""
    plain = before.rstrip()
    if plain.endswith((")", "]", "}", "$", "|", "`", "'", "*")) or plain[-1:].isdigit():
        return True
    last = _LAST.search(plain, max(0, len(plain) - _NEAR))
    if last is not None and _is_name(last.group("word"), vocabulary):
        return True
    if any(plain.lower().endswith(name) and name.replace(" ", "_") in vocabulary.names for name in ("learning rate", "step size")):
        return True
    if _GOES_ON.search(plain):
        return False if _is_about(plain, vocabulary, unknown) else None
    return False if _COMMON.search(plain, max(0, len(plain) - _NEAR)) else None


def _is_about(before: str, vocabulary: Vocabulary, unknown: str) -> bool:
    """Whether the relation before, which the sentence goes on with, is one for the unknown."""
    sentence = before[max((stop.end() for stop in _STOP.finditer(before)), default=0) :]
    sign = _SIGN.search(sentence)
    if sign is not None and _NOUN.search(sentence[: sign.start()]):
        return True
    last = _LAST.search(sentence[: sign.start()].rstrip(" $\\")) if sign else None
    if last is None or vocabulary.names.get(canonical(_plain(last.group("word")))) != unknown:
        return False
    return sentence[: last.start()].rstrip(" $\\")[-1:] not in ("+", "-", "*", "/", "^", "|", "·")


def _speaks_of(before: str, vocabulary: Vocabulary, unknown: str) -> bool:
    """Whether the formula before, back to the last word or stop, is one of the unknown: "1 - ηλ is negative"."""
    if _is_about(before + "=", vocabulary, unknown):
        return True
    formula = _FORMULA.search(before[-_NEAR:])
    words = _NAME.findall(formula.group()) if formula is not None else []
    return bool(unknown) and any(vocabulary.names.get(canonical(_plain(word))) == unknown for word in words)


def _plain(word: str) -> str:
    """A Greek letter by its name."""
    return letter_key(word) or word if len(word) == 1 else word


def _is_name(word: str, vocabulary: Vocabulary) -> bool:
    key = canonical(word)
    single = letter_key(word[-1]) is not None
    return key in vocabulary.names or word in GREEK or single or word.partition("_")[0] in ("lam", *GREEK)


def _is_operand(text: str, at: int, vocabulary: Vocabulary) -> bool:
    found = _OPERAND.match(text, at)
    if found is None or found.group("word") is None:
        return found is not None
    return _is_name(found.group("word"), vocabulary) or letter_key(found.group("word")[0]) is not None


def _pair(found: re.Match[str], text: str, vocabulary: Vocabulary) -> str:
    """ "from a to b" as the pair of the two, where what stands before can lie in it."""
    fits = _is_named(text[: found.start()], vocabulary, "") is not None and _is_operand(text, found.end(), vocabulary)
    if not fits or not _is_operand(text, found.start("low"), vocabulary):
        return found.group()
    start, low, stop = found.start(), found.start("low"), found.start("to")
    return ":".ljust(low - start) + text[low:stop] + ",".ljust(found.end() - stop)


def _fraction(found: re.Match[str], text: str, vocabulary: Vocabulary) -> str:
    """ "one over" what follows, if that is a formula."""
    if not _is_operand(text, found.end(), vocabulary):
        return found.group()
    top = "2" if (found.group("top") or "").lower() in ("two", "2") else "1"
    return f"{top}/".ljust(len(found.group()))
