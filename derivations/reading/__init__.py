"""Text into terms: LaTeX, plain text and Unicode in any mixture, each part with the place in the text it came from.

It knows how mathematics is written and which names a text may use, and refuses, with a caret and a way out, whatever
can be read in two ways. It must never evaluate, guess or repair what is written, run any part of it, or import another
room than ``language``.
"""

from derivations.reading.answers import read_answer
from derivations.reading.entries import read_expression, read_formula, read_map, read_names, read_point
from derivations.reading.vocabulary import Vocabulary, vocabulary_for

__all__ = [
    "Vocabulary",
    "read_answer",
    "read_expression",
    "read_formula",
    "read_map",
    "read_names",
    "read_point",
    "vocabulary_for",
]
