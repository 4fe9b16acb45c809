"""The reader's engine: a Pratt parser that knows tokens, levels and errors, and nothing of the grammar itself.

The grammar is three tables from a token's kind: what it means at the start of an operand (``prefix``), what it means
after an operand (``infix``), and how tightly it then binds (``binding``). The levels are listed here, loosest first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.reading.tokens import Token, is_latex, tokenize
from derivations.reading.vocabulary import Vocabulary

ANY, IFF, IMPLIES, OR, AND, NOT, RELATION, UNION, INTERSECTION, SUM, PRODUCT, POWER, POSTFIX = range(13)

# Nested brackets count twice, nested operands once; far below the point where Python's own stack would give out.
DEPTH_LIMIT = 200

Prefix = Callable[["Reader", Token, int], Term]
Infix = Callable[["Reader", Term, Token], Term]


@dataclass(frozen=True, slots=True)
class Grammar:
    """What each kind of token means before and after an operand."""

    prefix: Mapping[str, Prefix]
    infix: Mapping[str, Infix]
    binding: Mapping[str, int]


class Reader:
    """One text being read: its tokens, the place reached, and the names that may stand there."""

    __slots__ = (
        "_grammar", "at", "begin", "chain", "depth", "latex", "loose", "names", "provisional", "text", "tokens", "truths",
        "vocabulary",
    )  # fmt: skip

    def __init__(self, text: str, vocabulary: Vocabulary, grammar: Grammar, loose: bool = False, begin: int = 0) -> None:
        self.text = text
        self.begin = begin  # where in the text the formula begins
        self.vocabulary = vocabulary
        self.names = vocabulary.names  # key → variable, here and now: inside a sum also the variable it binds
        self.latex = is_latex(text[begin:])
        self.loose = loose  # whether an answer is read, with all that people write in them
        self.tokens = tokenize(text, loose, begin)
        self.at = 0
        self.depth = 0
        self.truths = False  # whether a relation or a connective was read
        self.provisional = False  # whether a term was made whose head the language does not have
        self.chain: tuple[Term | None, int] = (None, 0)  # the last chain of relations, and where it ended
        self._grammar = grammar

    def parse(self, level: int) -> Term:
        """The operand here and every operator after it that binds more tightly than the level."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise self.too_deep(self.tokens[self.at])
        grammar = self._grammar
        token = self.tokens[self.at]
        self.at += 1
        prefix = grammar.prefix.get(token[0])
        if prefix is None:
            raise self.missing_operand(token)
        term = prefix(self, token, level)
        binding = grammar.binding
        while True:
            token = self.tokens[self.at]
            if binding.get(token[0], ANY) <= level:
                break
            term = grammar.infix[token[0]](self, term, token)
        self.depth -= 1
        return term

    # --- moving on --------------------------------------------------------------------------------------------------

    def end(self) -> int:
        """Where the last token that was read ends in the text."""
        return self.tokens[self.at - 1][3]

    def accept(self, kind: str) -> bool:
        """Steps over a token of this kind, if there is one here."""
        if self.tokens[self.at][0] == kind:
            self.at += 1
            return True
        return False

    def expect(self, kind: str, what: str, hint: str = "") -> Token:
        """Steps over a token that has to be here."""
        token = self.tokens[self.at]
        if token[0] != kind:
            raise self.error(f"expected {what} here, found {self.quote(token)}", token, hint)
        self.at += 1
        return token

    def close(self, opening: Token, kind: str) -> None:
        """Steps over the bracket that closes the opening one."""
        token = self.tokens[self.at]
        if token[0] != kind:
            raise self.unclosed(opening, token)
        self.at += 1

    def parts(self, opening: Token, kind: str) -> list[Term]:
        """What stands between an opening bracket and the closing one, separated by commas; perhaps nothing."""
        self.depth += 1
        found: list[Term] = []
        if self.tokens[self.at][0] != kind:
            found.append(self.parse(ANY))
            while self.accept(","):
                found.append(self.parse(ANY))
        self.close(opening, kind)
        self.depth -= 1
        return found

    # --- errors -----------------------------------------------------------------------------------------------------

    def fail(self, message: str, start: int, end: int, hint: str = "") -> Unusable:
        return Unusable(message, self.text, (start, end), hint)

    def error(self, message: str, token: Token, hint: str = "") -> Unusable:
        return Unusable(message, self.text, (token[2], max(token[3], token[2] + 1)), hint)

    def quote(self, token: Token) -> str:
        if token[0] == "end":
            return "the end"
        shown = self.text[token[2] : max(token[3], token[2] + 1)]
        return f"'{shown}'" if len(shown) <= 40 else f"'{shown[:39]}…'"

    def too_deep(self, token: Token) -> Unusable:
        hint = "name a part of it, or multiply it out"
        return self.error("the formula is nested too deeply (the limit is 100 brackets)", token, hint)

    def missing_operand(self, token: Token) -> Unusable:
        """There should be a number, a name or a bracket where this token is."""
        before = self.tokens[self.at - 2] if self.at >= 2 else None
        if before is None and token[0] == "end":
            return self.fail("there is nothing to read", self.begin, len(self.text), "type a formula, such as 2/lam")
        if token[0] in CLOSING and not self._opened(token):
            return self.unopened(token)
        if before is not None and token[0] == "end" and before[0] in CLOSING.values():
            return self.unclosed(before, token)
        if before is not None and token[0] in ("end", "and", ",", "row", *CLOSING):
            return self.error(f"something is missing after {self.quote(before)}", before, self._operand_hint(before))
        if token[0] in self._grammar.infix or token[0] in (",", "_", "'"):
            return self.error(f"something is missing before {self.quote(token)}", token, self._operand_hint(token))
        return self.error(f"{self.quote(token)} cannot stand here", token)

    def _operand_hint(self, token: Token) -> str:
        if token[0] == "|":
            return "write an absolute value as abs(x) or \\lvert x \\rvert, and a product with it as 2*abs(x)"
        if token[0] in CLOSING.values():
            return "put something between the brackets"
        return f"write what {self.quote(token)} applies to"

    def _opened(self, closing: Token) -> bool:
        """Whether some bracket is open where this closing one stands."""
        kinds = [kind for kind, *_ in self.tokens[: self.tokens.index(closing)]]
        opening = CLOSING[closing[0]]
        return kinds.count(opening) > kinds.count(closing[0])

    def unopened(self, token: Token) -> Unusable:
        return self.error(f"this {self.quote(token)} closes a bracket that was never opened", token, "delete it")

    def unclosed(self, opening: Token, found: Token) -> Unusable:
        """A bracket that is not closed: by the end or another bracket (its own fault), or by something out of place."""
        if found[0] == "end" or (found[0] in CLOSING and CLOSING[found[0]] != opening[0]):
            by = "is never closed" if found[0] == "end" else f"is closed by {self.quote(found)}"
            return self.error(f"this {self.quote(opening)} {by}", opening, "balance the brackets")
        return self.unexpected(found)

    def unexpected(self, token: Token) -> Unusable:
        """Something readable that cannot follow what stands before it."""
        if token[0] in CLOSING and not self._opened(token):
            return self.unopened(token)
        hints = {
            ",": "decimals are written with a point; join statements with the word and",
            "_": "an index follows a name: x_1, \\theta_{t+1}",
            "'": "a prime follows the name of a function: L'(x)",
            "to": "a limit is written \\lim_{t \\to \\infty} x_t = 0",
            "and": "a column separator stands only inside a matrix" if token[1] == "&" else "",
            "relation": "one expression is asked for, not an equation or a range",
        }
        return self.error(f"{self.quote(token)} cannot stand here", token, hints.get(token[0], ""))


# Each closing bracket and the one that opens it.
CLOSING: Mapping[str, str] = {
    ")": "(", "]": "[", "}": "{", "set}": "set{", "rangle": "langle", "rvert": "lvert", "end environment": "begin",
}  # fmt: skip
