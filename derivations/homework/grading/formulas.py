"""What was understood, as MathML: the LaTeX of a verdict read once more and typeset."""

from __future__ import annotations

from html import escape

from derivations.homework.grading.safety import visible
from derivations.homework.keys import TaskKey
from derivations.homework.names import vocabulary
from derivations.homework.reasons import Sentences
from derivations.language.errors import DerivationsError
from derivations.language.terms import Term
from derivations.reading import Vocabulary, read_formula
from derivations.rendering.mathml import mathml
from derivations.rendering.style import Style, style_of_terms

_BETWEEN = r" \quad "


class Formulas:
    """Typesets formulas of one task; what cannot be read back stays LaTeX."""

    def __init__(self, key: TaskKey) -> None:
        self.vocabulary: Vocabulary = vocabulary(key.symbols, key.open)
        self.style: Style = style_of_terms((), key.notation, key.symbols)
        self.sentences = Sentences(key, self.vocabulary, self.style)

    def html(self, latex: str) -> str:
        """Markup made here from terms; nothing of the text comes through unescaped."""
        return '<span class="gap"></span>'.join(map(self._one, latex.split(_BETWEEN)))

    def sentence(self, text: str) -> str:
        """A sentence with its formulas typeset."""
        return self.sentences.html(text, lambda piece: escape(visible(piece)))

    def term(self, term: Term) -> str:
        return mathml(term, self.style, True)

    def _one(self, latex: str) -> str:
        try:
            return mathml(read_formula(latex, self.vocabulary), self.style, True)
        except (DerivationsError, RecursionError):
            return f"<code>{escape(visible(latex))}</code>"
