"""Relations, chains of them, connectives and sets; and that truths and numbers are not mixed up."""

from __future__ import annotations

from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.reading.arithmetic import start_of
from derivations.reading.reader import AND, IMPLIES, INTERSECTION, NOT, OR, RELATION, UNION, Reader
from derivations.reading.tokens import Token
from derivations.reading.updates import in_steps

_CONNECTIVES = frozenset(["And", "Or", "Not", "Implies", "Iff", "ForAll", "Exists"])
TRUTHS = _CONNECTIVES | {
    "Eq", "Ne", "Lt", "Le", "Gt", "Ge", "Approx", "Proportional", "In", "True", "False", "Tends", "Smooth",
}  # fmt: skip
_MAYBE_TRUTHS = TRUTHS | {"Symbol", "Apply", "Predicate"}  # a name may be a property that the statement defines
_COLLECTIONS = frozenset(["Tuple", "Set"])


def read_relation(reader: Reader, left: Term, token: Token) -> Term:
    """a < b; the chain a < b <= c is the conjunction of its links, which share the middle."""
    reader.truths = True
    found = []
    start = start_of(left)
    while token[0] == "relation":
        reader.at += 1
        right = reader.parse(RELATION)
        span = (start, reader.end())
        if token[1] in ("In", "NotIn"):
            right = as_set(reader, right)
            found.append(membership(left, right, token[1] == "NotIn", span))
        else:
            found.append(_bounded(token[1], left, right, span) if reader.loose else Term(token[1], (left, right), span))
            if reader.loose and token[1] == "Eq" and left.head == "Apply":
                found[-1] = in_steps(found[-1])
        left, start = right, start_of(right)
        token = reader.tokens[reader.at]
    if len(found) == 1:
        return found[0]
    chain = Term("And", tuple(found), (start_of(found[0]), reader.end()))
    reader.chain = (chain, reader.at)
    return chain


_TURNED = {"Lt": "Gt", "Le": "Ge", "Gt": "Lt", "Ge": "Le"}
_BELOW = {"MinOver": ("Lt", "Le"), "MaxOver": ("Gt", "Ge")}


def _bounded(head: str, left: Term, right: Term, span: tuple[int, int]) -> Term:
    """x < min_i y_i says x < y_i for all i, and x > max_i y_i likewise; x < max_i y_i and x > min_i y_i say it for some i."""
    turned = _TURNED.get(head)
    if right.head in _BELOW and turned is not None:
        quantifier = "ForAll" if head in _BELOW[right.head] else "Exists"
        return Term(quantifier, (right.args[0], Term(head, (left, right.args[1]), span)), span)
    if left.head in _BELOW and turned is not None:
        quantifier = "ForAll" if turned in _BELOW[left.head] else "Exists"
        return Term(quantifier, (left.args[0], Term(head, (left.args[1], right), span)), span)
    return Term(head, (left, right), span)


def as_set(reader: Reader, term: Term) -> Term:
    """Where a set is meant, (a, b) is an open interval and [a, b] a closed one."""
    if term.head != "Tuple" or len(term.args) != 2:
        return term
    kind = "open" if reader.text[start_of(term)] == "(" else "closed"
    return Term("Interval", (*term.args, kind, kind), term.span)


def membership(left: Term, right: Term, denied: bool, span: tuple[int, int]) -> Term:
    """x ∈ A, x ∉ A; x ∈ A ∖ B says both x ∈ A and x ∉ B."""
    if right.head == MINUS:
        inside = membership(left, right.args[0], False, span)
        outside = membership(left, right.args[1], True, span)
        both = Term("And", (inside, outside), span)
        return Term("Not", (both,), span) if denied else both
    found = Term("In", (left, right), span)
    if not denied:
        return found
    if right.head == "Set" and right.args:
        apart = tuple(Term("Ne", (left, one), span) for one in right.args)
        return apart[0] if len(apart) == 1 else Term("And", apart, span)
    return Term("Not", (found,), span)


def read_minus(reader: Reader, left: Term, token: Token) -> Term:
    """A ∖ B, which only a membership knows how to say."""
    reader.at += 1
    reader.provisional = True
    right = as_set(reader, reader.parse(UNION))
    return Term(MINUS, (as_set(reader, left), right), (start_of(left), reader.end()))


MINUS = "Minus"  # no head of the language: it never leaves the reader
_MANY = {
    "and": ("And", AND), "or": ("Or", OR), "|": ("Or", OR), "union": ("Union", UNION),
    "intersection": ("Intersection", INTERSECTION),
}  # fmt: skip


def read_many(reader: Reader, left: Term, token: Token) -> Term:
    """a and b and c, A ∪ B ∪ C: one term of all its parts."""
    head, level = _MANY[token[0]]
    parts = links(reader, left) if head == "And" else [left]
    while _MANY.get(reader.tokens[reader.at][0]) == (head, level):
        reader.at += 1
        again = reader.loose and reader.tokens[reader.at][0] == "relation"
        part = _same_subject(reader, parts[-1]) if again else reader.parse(level)
        parts += links(reader, part) if head == "And" else [part]
    if head == "Union" and reader.loose and all(_condition(part) is not None for part in parts):  # {u = 0} ∪ {v = 0}
        head, parts = "Or", [_condition(part) or part for part in parts]
        reader.truths = True
    elif level in (AND, OR):
        reader.truths = True
    else:
        parts = [as_set(reader, part) for part in parts]
    return Term(head, tuple(parts), (start_of(left), reader.end()))


def _condition(part: Term) -> Term | None:
    """The condition that a set is given by; None for any other set."""
    if part.head == "Set" and len(part.args) == 1:
        part = part.args[0]
    return part if part.head in TRUTHS else None


def _same_subject(reader: Reader, before: Term) -> Term:
    """``< 1`` in "x > 0 and < 1", which is said of x."""
    sign = reader.tokens[reader.at]
    while before.head in ("And", "Or"):
        before = before.args[-1]
    sides = [one for one in before.args if isinstance(one, Term)] if before.head in TRUTHS else []
    names = [one for one in sides if one.head in ("Symbol", "Apply")]
    if len(sides) != 2 or not names or (len(names) == 2 and before.head in ("In", "Eq")):
        raise reader.missing_operand(sign)
    return read_relation(reader, sides[0] if sides[0] in names else sides[1], sign)


def read_goal(reader: Reader, left: Term, token: Token) -> Term:
    """θ_t → θ*, t → ∞: what tends to what, in the variable that the left side shows."""
    reader.at += 1
    goal = reader.parse(RELATION)
    reader.truths = True
    following = reader.tokens[reader.at]
    stated = left.head in ("Eq", "Approx", "And", "Implies") and following[0] == "relation"
    if stated and not (following[1] in ("Eq", "Approx") and _is_value(goal)):  # a = b → c = d: one statement after the other
        right = read_relation(reader, goal, following)
        return Term("Implies", (left, right), (start_of(left), reader.end()))
    span = (start_of(left), reader.end())
    if _is_value(left) and _is_value(goal):  # 5 → 3.5 → 2.45: one value after the other
        row = left.head == "Tuple" and (goal.head != "Tuple" or all(one.head == "Tuple" for one in left.args))
        values = (*(left.args if row else (left,)), goal)
        if len(values) > _MOST_VALUES:
            raise reader.error("there are too many values in a row", token, "give the last one")
        return Term("Tuple", values, span)
    if left.head in ("Eq", "Approx", "And"):  # a = b → c: it is b that tends to c
        last = left.args[-1] if left.head == "And" else left
        if last.head in ("Eq", "Approx"):
            limit = _limit(reader, last.args[1], goal, token, (start_of(last.args[1]), span[1]))
            return Term("And", (*(left.args if left.head == "And" else (left,)), limit), span)
    return _limit(reader, left, goal, token, span)


def _limit(reader: Reader, left: Term, goal: Term, token: Token, span: tuple[int, int]) -> Term:
    if left.head == "Symbol":
        return Term("Tends", (left, left.args[0], goal, goal), span)
    if "t" not in reader.names.values() or not any(one.head in ("Symbol", "Apply") for one in _parts(left)):
        raise reader.error("it is not said what tends to what here", token, "write \\lim_{t \\to \\infty} x_t = 0")
    return Term("Tends", (left, "t", Term("Infinity"), goal), span)


_MOST_VALUES = 100


def _is_value(term: Term) -> bool:
    if term.head == "Tuple":
        return all(_is_value(part) for part in term.args)
    return term.head == "Number" or (term.head in ("Neg", "Div") and all(_is_value(part) for part in term.args))


def _parts(term: Term) -> list[Term]:
    found = [term]
    for one in found:
        found += [arg for arg in one.args if isinstance(arg, Term)]
    return found


def links(reader: Reader, part: Term) -> list[Term]:
    """The links of a chain that ends here without a bracket around it; else the part itself."""
    chain, end = reader.chain
    return list(part.args) if part is chain and reader.at == end else [part]


def read_list(reader: Reader, first: Term) -> Term:
    """a, b and c, as in prose; without the last word it would not be clear whether "and" or "or" is meant."""
    comma = reader.tokens[reader.at]
    parts, flat = [first], links(reader, first)
    if first.head in _CONNECTIVES and len(flat) == 1:
        raise reader.unexpected(comma)
    word = comma
    while word[0] == "," or (word[0] in ("and", "or") and word[1] != "&"):
        reader.at += 1
        if word[0] == "," and reader.tokens[reader.at][0] in ("and", "or"):  # "a, b, and c"
            word = reader.tokens[reader.at]
            continue
        parts.append(reader.parse(AND))
        flat += links(reader, parts[-1])
        if word[0] != ",":
            reader.truths = True
            head, parts = ("And", flat) if word[0] == "and" else ("Or", parts)
            return Term(head, tuple(parts), (start_of(first), reader.end()))
        word = reader.tokens[reader.at]
    raise reader.unexpected(comma)


def read_implication(reader: Reader, left: Term, token: Token) -> Term:
    """a => b => c is a => (b => c)."""
    reader.truths = True
    reader.at += 1
    right = reader.parse(IMPLIES - 1)
    return Term("Implies", (left, right), (start_of(left), reader.end()))


def read_equivalence(reader: Reader, left: Term, token: Token) -> Term:
    reader.truths = True
    reader.at += 1
    right = reader.parse(IMPLIES - 1)
    following = reader.tokens[reader.at]
    if following[0] == "iff" and reader.loose:
        reader.depth += 3
        right = read_equivalence(reader, right, following)
    elif following[0] == "iff":
        raise reader.error("a chain of equivalences is not read", following, "join them with the word and")
    return Term("Iff", (left, right), (start_of(left), reader.end()))


def read_not(reader: Reader, token: Token, level: int) -> Term:
    """not a < b"""
    reader.truths = True
    inner = reader.parse(max(level, NOT))
    return Term("Not", (inner,), (token[2], reader.end()))


def read_constant(reader: Reader, token: Token, level: int) -> Term:
    reader.truths = reader.truths or token[1] != "Infinity"
    return Term(token[1], (), (token[2], token[3]))


def misplaced_truth(reader: Reader, term: Term, formula: bool) -> Unusable | None:
    """What is wrong where a relation is added to, or a number joined by ``and``; None if nothing is."""
    stack = [(term, formula)]
    while stack:
        node, truth_wanted = stack.pop()
        span = node.span or (0, 1)
        if node.head in TRUTHS and not truth_wanted:
            return reader.fail(
                "a relation stands here where a number is expected", *span, "separate relations with the word and"
            )
        for part in node.args:
            if not isinstance(part, Term):
                continue
            connected = node.head in _CONNECTIVES
            if connected and part.head not in _MAYBE_TRUTHS:
                hint = "for an absolute value write abs(x)" if node.head == "Or" else "write a relation such as x > 0"
                return reader.fail("a number stands here where a relation is expected", *(part.span or span), hint)
            stack.append((part, connected or node.head in _COLLECTIONS))
    return None
