"""Terms: what is written, exactly as it is written.

A term is a head and its arguments and nothing is ever evaluated: ``x/x`` stays ``x/x``, so that nobody can lose the
condition ``x != 0`` without saying so. The heads form a closed set, ``HEADS``; a term with another head is malformed.

Names live in two spaces. ``Symbol("x")`` is a variable; ``Apply("x", t)`` is a sequence or function of that name. A text
may therefore speak of L(x) and of the iterates x(t) at once, as books do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from derivations.language.errors import Malformed


@dataclass(frozen=True, slots=True)
class Term:
    """A head applied to arguments; ``span`` is the place in the source text that it was read from, if any."""

    head: str
    args: tuple[Any, ...] = ()
    span: tuple[int, int] | None = field(default=None, compare=False, repr=False)

    def __repr__(self) -> str:
        from derivations.language.ascii import ascii_text

        return f"Term({ascii_text(self)})"


# What each argument of a head is: a term, a name (str), a number (Fraction), an order (int); "*" repeats the last one.
HEADS: dict[str, tuple[str, ...]] = {
    # numbers and variables
    "Number": ("number",),  # an exact rational
    "Symbol": ("name",),
    "Infinity": (),
    "ImaginaryUnit": (),
    # arithmetic
    "Add": ("term*",),
    "Mul": ("term*",),
    "Neg": ("term",),
    "Div": ("term", "term"),
    "Pow": ("term", "term"),
    "PlusMinus": ("term",),  # both signs; only ever read, never proved about
    # elementary functions
    "Abs": ("term",),
    "Sqrt": ("term",),
    "Exp": ("term",),
    "Log": ("term",),
    "Sin": ("term",),
    "Cos": ("term",),
    "Tan": ("term",),
    "Sinh": ("term",),
    "Cosh": ("term",),
    "Tanh": ("term",),
    "Asinh": ("term",),
    "Atan": ("term",),
    "Max": ("term*",),
    "Min": ("term*",),
    "Factorial": ("term",),
    "RootOf": ("term", "name", "term", "term", "number"),  # the root, alone in (low, high), with so many real roots below
    # sequences, functions and their derivatives
    "Apply": ("name", "term*"),  # theta(t), L(x), H(i, j)
    "Derivative": ("name", "orders", "term*"),  # Derivative("L", (2,), x) is L''(x)
    "Diff": ("term", "name"),  # the derivative of an expression by a variable, not yet carried out
    # finite sums, expectation
    "Sum": ("name", "term", "term", "term"),  # variable, first, last, body; empty when last < first
    "Delta": ("term", "term"),  # Kronecker's delta
    "Expect": ("term",),
    "Variance": ("term",),
    # matrices and collections
    "Matrix": ("term*",),  # its rows, each a Tuple
    "Tuple": ("term*",),
    "Set": ("term*",),
    "Det": ("term",),
    "Transpose": ("term",),
    # relations
    "Eq": ("term", "term"),
    "Ne": ("term", "term"),
    "Lt": ("term", "term"),
    "Le": ("term", "term"),
    "Gt": ("term", "term"),
    "Ge": ("term", "term"),
    "Approx": ("term", "term"),
    "Proportional": ("term", "term"),
    "BigO": ("term",),
    "In": ("term", "term"),
    "Interval": ("term", "term", "name", "name"),  # ends, then "open" or "closed" for each
    "Union": ("term*",),
    "Intersection": ("term*",),
    # logic
    "True": (),
    "False": (),
    "And": ("term*",),
    "Or": ("term*",),
    "Not": ("term",),
    "Implies": ("term", "term"),
    "Iff": ("term", "term"),
    "ForAll": ("name", "term"),  # the variable's domain stands in the statement's table of variables
    "Exists": ("name", "term"),
    "Predicate": ("name", "term*"),  # a property that the statement defines, such as "monotone"
    # analysis
    "Tends": ("term", "name", "term", "term"),  # body, variable, where it goes, limit
    "Smooth": ("name", "number"),  # the function has continuous derivatives up to that order
}

_LEAVES = frozenset({"Symbol", "Number"})  # the most frequent ones
BINDERS = {"Sum": 0, "ForAll": 0, "Exists": 0, "Tends": 1, "RootOf": 1}  # position of the bound name
BODIES = {"Sum": 3, "ForAll": 1, "Exists": 1, "Tends": 0, "RootOf": 0}  # position of the part in which it is bound
RELATIONS = frozenset({"Eq", "Ne", "Lt", "Le", "Gt", "Ge"})
FUNCTIONS = frozenset(
    {"Abs", "Sqrt", "Exp", "Log", "Sin", "Cos", "Tan", "Sinh", "Cosh", "Tanh", "Asinh", "Atan"}
)


def well_formed(term: Any) -> Term:
    """The term itself, if every head in it is known and has the arguments it should; else raises Malformed."""
    stack: list[Any] = [term]
    while stack:
        node = stack.pop()
        if not isinstance(node, Term):
            raise Malformed(f"expected a term, found {node!r}")
        signature = HEADS.get(node.head)
        if signature is None:
            raise Malformed(f"unknown head {node.head!r}")
        kinds = list(signature)
        if kinds and kinds[-1].endswith("*"):
            kinds[-1:] = ["term"] * (len(node.args) - len(kinds) + 1)
        if len(kinds) != len(node.args):
            raise Malformed(f"{node.head} with {len(node.args)} arguments")
        for kind, arg in zip(kinds, node.args, strict=True):
            if kind == "term":
                stack.append(arg)
            elif not _is_atom(kind, arg):
                raise Malformed(f"{node.head}: {arg!r} is not a {kind}")
    return term  # type: ignore[no-any-return]


def _is_atom(kind: str, arg: Any) -> bool:
    if kind == "number":
        return type(arg) is Fraction
    if kind == "orders":
        return type(arg) is tuple and all(type(k) is int and k >= 0 for k in arg)
    return type(arg) is str and arg.isidentifier()


# --- building -----------------------------------------------------------------------------------------------------


def number(value: int | str | Fraction) -> Term:
    """The exact rational; decimals given as text are exact too: number("0.05") is 1/20."""
    return Term("Number", (Fraction(value),))


ZERO, ONE, TWO = number(0), number(1), number(2)
INFINITY = Term("Infinity")
TRUE, FALSE = Term("True"), Term("False")


def symbol(name: str) -> Term:
    return Term("Symbol", (name,))


def apply(name: str, *args: Term) -> Term:
    return Term("Apply", (name, *args))


def predicate(name: str, *args: Term) -> Term:
    return Term("Predicate", (name, *args))


def add(*args: Term) -> Term:
    return args[0] if len(args) == 1 else Term("Add", args) if args else ZERO


def mul(*args: Term) -> Term:
    return args[0] if len(args) == 1 else Term("Mul", args) if args else ONE


def neg(arg: Term) -> Term:
    return Term("Neg", (arg,))


def sub(left: Term, right: Term) -> Term:
    return Term("Add", (left, neg(right)))


def div(top: Term, bottom: Term) -> Term:
    return Term("Div", (top, bottom))


def power(base: Term, exponent: Term | int) -> Term:
    return Term("Pow", (base, number(exponent) if isinstance(exponent, int) else exponent))


def eq(left: Term, right: Term) -> Term:
    return Term("Eq", (left, right))


def ne(left: Term, right: Term) -> Term:
    return Term("Ne", (left, right))


def lt(left: Term, right: Term) -> Term:
    return Term("Lt", (left, right))


def le(left: Term, right: Term) -> Term:
    return Term("Le", (left, right))


def conj(*args: Term) -> Term:
    return args[0] if len(args) == 1 else Term("And", args) if args else TRUE


def disj(*args: Term) -> Term:
    return args[0] if len(args) == 1 else Term("Or", args) if args else FALSE


def iff(left: Term, right: Term) -> Term:
    return Term("Iff", (left, right))


def implies(left: Term, right: Term) -> Term:
    return Term("Implies", (left, right))


def for_all(name: str, body: Term) -> Term:
    return Term("ForAll", (name, body))


def exists(name: str, body: Term) -> Term:
    return Term("Exists", (name, body))


def tends(body: Term, name: str, to: Term, limit: Term) -> Term:
    return Term("Tends", (body, name, to, limit))


def expect(body: Term) -> Term:
    return Term("Expect", (body,))


def smooth(name: str, order: int) -> Term:
    """The function of that name has that many continuous derivatives."""
    return Term("Smooth", (name, Fraction(order)))


def total(name: str, first: Term, last: Term, body: Term) -> Term:
    """The finite sum of ``body`` over ``name`` from ``first`` to ``last``."""
    return Term("Sum", (name, first, last, body))


def matrix(rows: list[list[Term]]) -> Term:
    return Term("Matrix", tuple(Term("Tuple", tuple(row)) for row in rows))


# --- taking apart -------------------------------------------------------------------------------------------------


def is_number(term: Term) -> bool:
    return term.head == "Number"


def children(term: Term) -> Iterator[Term]:
    return (arg for arg in term.args if isinstance(arg, Term))


def subterms(term: Term) -> Iterator[Term]:
    """The term and all its parts, outermost first."""
    stack = [term]
    while stack:
        node = stack.pop()
        yield node
        if node.head not in _LEAVES:
            stack += [arg for arg in node.args[::-1] if type(arg) is Term]


def bound_name(term: Term) -> str | None:
    position = BINDERS.get(term.head)
    return None if position is None else term.args[position]


def free_symbols(term: Term) -> frozenset[str]:
    """Names of the variables that occur free (functions and predicates are not variables)."""
    found: set[str] = set()
    _collect(term, found)
    return frozenset(found)


def _collect(term: Term, found: set[str]) -> None:
    head = term.head
    if head == "Symbol":
        found.add(term.args[0])
        return
    if head == "Number":
        return
    if head == "Diff":
        found.add(term.args[1])
    body_at = BODIES.get(head)
    if body_at is None:
        for arg in term.args:
            if type(arg) is Term:
                _collect(arg, found)
        return
    for i, arg in enumerate(term.args):
        if type(arg) is not Term:
            continue
        if i == body_at:
            found |= free_symbols(arg) - {bound_name(term)}
        else:
            _collect(arg, found)


def function_names(term: Term) -> frozenset[str]:
    """Names of the sequences, functions and predicates that occur in the term."""
    named = {"Apply", "Derivative", "Predicate", "Smooth"}
    return frozenset(node.args[0] for node in subterms(term) if node.head in named)


def rebuild(term: Term, change: Callable[[Term], Term]) -> Term:
    """The same head over changed arguments (not recursive)."""
    args = tuple(change(arg) if isinstance(arg, Term) else arg for arg in term.args)
    return term if args == term.args else Term(term.head, args)


def substitute(term: Term, values: dict[str, Term]) -> Term:
    """Replace free variables. Raises Malformed where a replacement would be captured by a binder."""
    if not values:
        return term
    if term.head == "Symbol":
        return values.get(term.args[0], term)
    name = bound_name(term)
    if term.head == "Diff":
        return _substitute_in_derivative(term, values)
    if name is None:
        return rebuild(term, lambda arg: substitute(arg, values))
    inner = {key: value for key, value in values.items() if key != name}
    body_at = BODIES[term.head]
    free = free_symbols(term.args[body_at])
    used = {key: value for key, value in inner.items() if key in free}
    if any(name in free_symbols(value) for value in used.values()):
        raise Malformed(f"the variable {name} is bound where a replacement would need it free")
    args = tuple(
        substitute(arg, inner if i == body_at else values) if isinstance(arg, Term) else arg
        for i, arg in enumerate(term.args)
    )
    return term if args == term.args else Term(term.head, args)


def _substitute_in_derivative(term: Term, values: dict[str, Term]) -> Term:
    """An open derivative allows another name for its variable; no value may speak of that variable, old or new."""
    body, name = term.args
    new = values.get(name, symbol(name))
    others = [value for key, value in values.items() if key != name and key in free_symbols(body)]
    if new.head != "Symbol" or (new != symbol(name) and new.args[0] in free_symbols(body)):
        raise Malformed(f"cannot put a value for {name} into an open derivative")
    if any({name, new.args[0]} & free_symbols(value) for value in others):
        raise Malformed(f"the variable {name} of an open derivative occurs in a replacement")
    return Term("Diff", (substitute(body, values), new.args[0]))


def at_path(term: Term, path: tuple[int, ...]) -> Term:
    """The part of the term that the argument positions lead to. Raises Malformed if they lead nowhere."""
    for step in path:
        if not isinstance(term, Term) or not 0 <= step < len(term.args):
            raise Malformed(f"there is no part {list(path)}")
        term = term.args[step]
    return term
