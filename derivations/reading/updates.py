"""Updates: x ← (1 - ηλ) x, x⁺ = …, x_new = … x_old: the next value of a sequence in terms of the one before."""

from __future__ import annotations

from derivations.language.terms import ONE, Term, rebuild, subterms
from derivations.reading.reader import RELATION, Reader
from derivations.reading.tokens import Token

_NEXT = frozenset(["new", "next", "neu", "nouveau", "nuovo", "nuevo", "after", "plus"])
_LAST = frozenset(["old", "prev", "alt", "ancien", "vecchio", "viejo", "before", "previous", "cur", "current", "now"])
_STEP = "t"


def step_in_words(reader: Reader, word: str, span: tuple[int, int]) -> Term | None:
    """The index that "new" or "old" stands for, where there are steps."""
    if not reader.loose or _STEP not in reader.names.values() or word in reader.names:
        return None
    step = Term("Symbol", (_STEP,), span)
    return following(step) if word in _NEXT else step if word in _LAST else None


def following(step: Term) -> Term:
    return Term("Add", (step, ONE), step.span)


def plus_above(reader: Reader) -> Term | None:
    """The step that x^+ means; None, and nothing read, if the sign begins an exponent."""
    tokens, at = reader.tokens, reader.at
    kinds = [one[0] for one in tokens[at : at + 4]]
    length = (
        4
        if kinds == ["^", "{", "+", "}"]
        else 2
        if kinds[:2] == ["^", "+"] and kinds[2] in ("relation", "end", ")")
        else 0
    )
    if not length or _STEP not in reader.names.values():
        return None
    reader.at += length
    return following(Term("Symbol", (_STEP,), (tokens[at][2], reader.end())))


def read_update(reader: Reader, left: Term, token: Token) -> Term:
    """x ← f(x), which says x(t + 1) = f(x(t))."""
    reader.at += 1
    right = reader.parse(RELATION)
    reader.truths = True
    name = left.args[0] if left.head in ("Symbol", "Apply") else None
    if name not in reader.vocabulary.functions or _STEP not in reader.names.values():
        raise reader.error(
            "an arrow to the left is read only behind the name of what is updated", token, "write x_{k+1} = …"
        )
    step = Term("Symbol", (_STEP,), left.span)
    value = Term("Apply", (name, following(step)), left.span)
    found = [in_steps(Term("Eq", (value, right), (token[2], reader.end())))]
    while reader.loose and reader.tokens[reader.at][:2] == ("relation", "Eq"):  # x ← a = b
        reader.at += 1
        last = in_steps(Term("Eq", (value, reader.parse(RELATION)), (token[2], reader.end())))
        found.append(Term("Eq", (found[-1].args[1], last.args[1]), last.span))
    return found[0] if len(found) == 1 else Term("And", tuple(found), (token[2], reader.end()))


def in_steps(equation: Term) -> Term:
    """x(t + 1) = f(x) with x(t) for x."""
    left, right = equation.args
    if equation.head != "Eq" or left.head != "Apply" or len(left.args) != 2 or left.args[1].head != "Add":
        return equation
    step, *further = left.args[1].args
    bare = Term("Symbol", (left.args[0],))
    if step != Term("Symbol", (_STEP,)) or further != [ONE] or not any(node == bare for node in subterms(right)):
        return equation
    value = Term("Apply", (left.args[0], step))

    def stepped(node: Term) -> Term:
        return value if node == bare else rebuild(node, stepped)

    return Term("Eq", (left, stepped(right)), equation.span)
