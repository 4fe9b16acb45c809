"""Functions at their arguments, and indices as arguments: \\theta_{t+1}, H_{ij}, L''(x)."""

from __future__ import annotations

from fractions import Fraction

from derivations.language.terms import ONE, Term
from derivations.reading.reader import Reader
from derivations.reading.suggestions import splittings, unknown_name
from derivations.reading.tokens import canonical
from derivations.reading.updates import step_in_words


def applied(reader: Reader, name: str, arguments: list[Term], start: int) -> Term:
    numbered = len(arguments) > 1 and all(one.head == "Number" for one in arguments)
    if reader.loose and numbered and reader.vocabulary.functions.get(name) == 1:  # λ_{1,2} speaks of two
        members = tuple(Term("Apply", (name, one), (start, reader.end())) for one in arguments)
        return Term("Tuple", members, (start, reader.end()))
    check_arity(reader, name, arguments, start)
    return Term("Apply", (name, *arguments), (start, reader.end()))


def derivative(reader: Reader, name: str, order: int, arguments: list[Term], start: int) -> Term:
    check_arity(reader, name, arguments, start)
    if len(arguments) != 1:
        raise reader.fail("an order needs a function of one variable", start, reader.end())
    return Term("Derivative", (name, (order,), *arguments), (start, reader.end()))


def check_arity(reader: Reader, name: str, arguments: list[Term], start: int) -> None:
    arity = reader.vocabulary.functions.get(name)
    if arity is not None and len(arguments) != arity:
        few = "argument" if arity == 1 else "arguments"
        raise reader.fail(f"{name} takes {arity} {few}, found {len(arguments)}", start, reader.end())


def refuse_long_index(reader: Reader) -> None:
    kind, value, start, end = reader.tokens[reader.at + 1]
    if reader.latex and kind == "number" and end - start > 1:
        raise reader.error(
            f"without braces, LaTeX takes only the first character of '{value}'",
            reader.tokens[reader.at + 1],
            f"write {{{value}}} in braces",
        )


def indices(reader: Reader, arity: int | None) -> list[Term]:
    """The index at the underscore here, as arguments; ``ij`` is two where two are wanted."""
    reader.at += 1
    token = reader.tokens[reader.at]
    reader.at += 1
    if token[0] == "{":
        word = reader.tokens[reader.at]
        step = step_in_words(reader, word[1], (word[2], word[3])) if word[0] == "name" else None
        if word[0] == "+":  # x_{+}, x₊
            step = step_in_words(reader, "plus", (word[2], word[3]))
        if step is not None and reader.tokens[reader.at + 1][0] == "}":
            reader.at += 2
            return [step]
        found = reader.parts(token, "}")
    elif token[0] == "(" and reader.loose:  # Typst's braces: x_(k+1)
        found = reader.parts(token, ")")
    elif token[0] == "number" and token[1].isdecimal():
        if reader.latex and len(token[1]) > 1:
            reader.at -= 2
            refuse_long_index(reader)
        found = [Term("Number", (Fraction(token[1]),), (token[2], token[3]))]
    elif token[0] == "name":
        found = [plain_index(reader, token[1], token[2], token[3])]
    elif reader.loose and token[:2] == ("constant", "Infinity"):  # θ_∞, to which θ_t tends
        found = [Term("Infinity", (), (token[2], token[3]))]
    elif reader.loose and token[0] == "±":  # λ_± = ±1
        found = [Term("PlusMinus", (ONE,), (token[2], token[3]))]
    else:
        raise reader.error("an index is missing here", token, "write x_1 or x_{t+1}")
    return spread(found, arity)


def spread(found: list[Term], arity: int | None) -> list[Term]:
    if len(found) != 1 or arity == 1:
        return found
    only = found[0]
    wanted = len(only.args) if arity is None else arity
    if only.head == "Mul" and len(only.args) == wanted and all(part.head == "Symbol" for part in only.args):
        return list(only.args)
    if only.head == "Number" and arity and len(str(only.args[0])) == arity:
        return [Term("Number", (Fraction(digit),), only.span) for digit in str(only.args[0])]
    return found


def plain_index(reader: Reader, word: str, start: int, end: int) -> Term:
    """A word below a name: a variable, or several."""
    span = (start, end)
    step = step_in_words(reader, word, span)
    if step is not None:
        return step
    if word in reader.names:
        return Term("Symbol", (reader.names[word],), span)
    if word.isdecimal():
        return Term("Number", (Fraction(word),), span)
    readings = splittings(word, reader.names)
    if len(readings) == 1:
        return Term("Mul", tuple(Term("Symbol", (reader.names[canonical(part)],), span) for part in readings[0]), span)
    if (reader.vocabulary.open and word.isidentifier()) or (reader.loose and word in ("i", "j")):
        return Term("Symbol", (word,), span)
    raise unknown_name(reader, word, start, end)
