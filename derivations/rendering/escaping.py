"""Prose for LaTeX: what would be a command is shown as it is."""

from __future__ import annotations

import re
import unicodedata

from derivations.language.notation import GREEK

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"$\mathdollar$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "’": "'", "‘": "`", "“": "``", "”": "''", "–": "--", "—": "---", "…": r"\dots{}",
    "\u00a0": "~", "−": "$-$", "·": r"$\cdot$", "²": r"$^2$", "³": r"$^3$", "½": r"$\tfrac12$", "×": r"$\times$",
    "≤": r"$\leq$", "≥": r"$\geq$", "≠": r"$\neq$", "→": r"$\to$", "∞": r"$\infty$", "ℒ": r"$\mathcal{L}$",
    "√": r"$\surd$", "∈": r"$\in$", "≈": r"$\approx$", "⟹": r"$\Longrightarrow$", "⟺": r"$\Longleftrightarrow$",
    "′": r"$'$", "°": r"$^\circ$", "±": r"$\pm$", "⟨": r"$\langle$", "⟩": r"$\rangle$", "∂": r"$\partial$",
    "₀": r"$_0$", "₁": r"$_1$", "₂": r"$_2$", "ᵗ": r"$^t$", "∑": r"$\sum$", "∇": r"$\nabla$", "§": r"\S{}",
}  # fmt: skip
_GREEK = {letter: rf"$\{name}$" for name, letter in GREEK.items()}
_PLAIN_LETTERS = frozenset("ßæœøåÆŒØÅłŁ")  # letters that TeX's oldest fonts have
_ACCENTS = frozenset("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327")


def escape(text: str) -> str:
    """The text with its special characters and mathematical signs in LaTeX; characters no font has become "?"."""
    opened = re.sub(r'(?:^|(?<=[\s(\[]))"', "“", text)  # a straight quote opens at the start of a word
    return "".join(_SPECIAL.get(c) or _GREEK.get(c) or _character(c) for c in opened)


def _character(c: str) -> str:
    if c.isascii():
        return c if c.isprintable() or c == "\n" else " "
    decomposed = unicodedata.normalize("NFD", c)
    accented = len(decomposed) == 2 and decomposed[0].isascii() and decomposed[1] in _ACCENTS
    return c if accented or c in _PLAIN_LETTERS else "?"


def bare(text: str) -> str:
    """Text for a PDF's own fields, where no command may stand."""
    return "".join(c for c in text if c.isascii() and (c.isalnum() or c in " .,:;()-'"))
