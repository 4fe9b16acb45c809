"""Relations, chains of them, connectives and sets; and that truths and numbers are not mixed up."""

from __future__ import annotations

from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.reading.arithmetic import start_of
from derivations.reading.reader import AND, IMPLIES, INTERSECTION, NOT, OR, RELATION, UNION, Reader
from derivations.reading.tokens import Token

TRUTHS = frozenset(
    ["Eq", "Ne", "Lt", "Le", "Gt", "Ge", "Approx", "Proportional", "In", "And", "Or", "Not", "Implies", "Iff"]
    + ["ForAll", "Exists", "True", "False", "Tends", "Smooth"]
)
_CONNECTIVES = frozenset(["And", "Or", "Not", "Implies", "Iff", "ForAll", "Exists"])
_MAYBE_TRUTHS = TRUTHS | {"Symbol", "Apply", "Predicate"}  # a name may be a property that the statement defines
_COLLECTIONS = frozenset(["Tuple", "Set"])


def read_relation(reader: Reader, left: Term, token: Token) -> Term:
    """a < b; the chain a < b <= c is the conjunction of its links, which share the middle."""
    reader.truths = True
    links = []
    start = start_of(left)
    while token[0] == "relation":
        reader.at += 1
        right = reader.parse(RELATION)
        if token[1] == "In":
            right = as_set(reader, right)
        links.append(Term(token[1], (left, right), (start, reader.end())))
        left, start = right, start_of(right)
        token = reader.tokens[reader.at]
    return links[0] if len(links) == 1 else Term("And", tuple(links), (start_of(links[0]), reader.end()))


def as_set(reader: Reader, term: Term) -> Term:
    """Where a set is meant, (a, b) is an open interval and [a, b] a closed one."""
    if term.head != "Tuple" or len(term.args) != 2:
        return term
    kind = "open" if reader.text[start_of(term)] == "(" else "closed"
    return Term("Interval", (*term.args, kind, kind), term.span)


def read_many(reader: Reader, left: Term, token: Token) -> Term:
    """a and b and c, A ∪ B ∪ C: one term of all its parts."""
    kind = token[0]
    head, level = {"and": ("And", AND), "or": ("Or", OR), "|": ("Or", OR), "union": ("Union", UNION),
                   "intersection": ("Intersection", INTERSECTION)}[kind]  # fmt: skip
    kinds = ("or", "|") if head == "Or" else (kind,)
    parts = [left]
    while reader.tokens[reader.at][0] in kinds:
        reader.at += 1
        parts.append(reader.parse(level))
    if level in (AND, OR):
        reader.truths = True
    else:
        parts = [as_set(reader, part) for part in parts]
    return Term(head, tuple(parts), (start_of(left), reader.end()))


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
    if following[0] == "iff":
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
