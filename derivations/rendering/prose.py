"""Names inside a sentence, "the loss's slope in w_1_2 times x_1*x_2", set as the formulas around it set them."""

from __future__ import annotations

import re
from collections.abc import Callable

from derivations.language.terms import Term, mul, symbol

# A name with an index, or a product that begins with one.
_NAMES = re.compile(r"\b[A-Za-z]+(?:_[A-Za-z0-9]+)+(?:\*[A-Za-z]\w*)*")


def with_names(text: str, escape: Callable[[str], str], show: Callable[[Term], str]) -> str:
    """The text, escaped, with ``show`` of each name with an index and of each product of names in it."""
    pieces, end = [], 0
    for found in _NAMES.finditer(text):
        factors = [symbol(name) for name in found.group().split("*")]
        pieces += [escape(text[end : found.start()]), show(factors[0] if len(factors) == 1 else mul(*factors))]
        end = found.end()
    return "".join([*pieces, escape(text[end:])])
