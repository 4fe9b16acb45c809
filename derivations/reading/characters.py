"""Characters: which letters and signs beyond ASCII are read, and why the others are not."""

from __future__ import annotations

import unicodedata

from derivations.language.notation import GREEK

SPACES = frozenset(" \t\n\r\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")

# A letter that is a name of its own: "ηλ" is two names. Its key is the ASCII name under which vocabularies list it.
LETTERS: dict[str, str] = {
    **{letter: "lam" if name == "lambda" else name for name, letter in GREEK.items()},
    "\u00b5": "mu", "\u2126": "Omega", "ℒ": "L", "ℓ": "ell", "ℎ": "h", "ℰ": "E", "ℱ": "F", "ℋ": "H", "ℛ": "R",
}  # fmt: skip

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᵏᵐᵒᵖᵗᵘᵛˣʸʲˢʳᵀᴺᴸ", "0123456789+-=()niabcdekmoptuvxyjsrTNL", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True))

FRACTIONS = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5",
    "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8", "⅒": "1/10",
}  # fmt: skip

# Letters of other alphabets that look exactly like a letter that is meant.
_ALIKE = dict(
    zip("аеорсухіјѕԁһԛԝАВЕКМНОРСТХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "aeopcyxijsdhqwABEKMHOPCTXIJSABEZHIKMNOPTYXo", strict=True)
) | {"∆": "Δ", "∑": "Σ", "∏": "Π", "ß": "β", "ƞ": "η", "ɳ": "η", "ϐ": "β", "ɑ": "α", "⍺": "α", "ʟ": "L"}

_QUOTES = frozenset('"`“”„‟«»‘‚‛')


def letter_key(char: str) -> str | None:
    """The name that a single letter outside ASCII stands for: η, ℒ, and the mathematical alphabets such as 𝜂 and 𝐿."""
    key = LETTERS.get(char)
    if key is None and 0x1D400 <= ord(char) <= 0x1D7FF:
        plain = unicodedata.normalize("NFKC", char)
        key = LETTERS.get(plain) or (plain if plain.isascii() and plain.isalpha() else None)
    return key


def explain(char: str) -> tuple[str, str]:
    """Why a character cannot be read, and what to type instead."""
    code = f"U+{ord(char):04X}"
    if char in _QUOTES:
        return f"a quotation mark ({char}) does not belong in a formula", "leave it out; a prime is the character '"
    if char in _ALIKE:
        alphabet = unicodedata.name(char, "foreign").split()[0].capitalize()
        return (
            f"this looks like '{_ALIKE[char]}' but is another character",
            f"this looks like a {alphabet} '{char}' ({code}); type the {_kind(_ALIKE[char])} '{_ALIKE[char]}'",
        )
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        name = unicodedata.name(char, "a control character").lower()
        return f"there is an invisible character here ({code}, {name})", "delete it and type the formula again"
    plain = unicodedata.normalize("NFKC", char)
    if plain != char and plain.isascii() and plain.isprintable():
        return f"'{char}' ({code}) is not read", f"this looks like '{plain}'; type that instead"
    hints = {".": "a point stands only inside a decimal number, such as 0.05; attributes are not part of the language",
             "$": "put the whole formula, and nothing else, between the dollar signs",
             ";": "join statements with the word and", "%": "write a percentage as a fraction"}  # fmt: skip
    return f"'{char}' ({code}) is not part of a formula", hints.get(char, "delete it, or write what it means in words")


def _kind(char: str) -> str:
    return "Latin letter" if char.isascii() else "Greek letter"
