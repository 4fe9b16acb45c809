"""When two formulas say the same without any condition: canonical keys, and replacing equals by equals.

Two relations have one key when their differences are equal polynomials (in the mode without cancelling), so ``1 < x`` and
``0 < x - 1`` agree, and theta(t + 1 + 1) is theta(t + 2). Bound variables do not matter.
"""

from __future__ import annotations

from derivations.kernel.algebra import Algebra, Value
from derivations.kernel.errors import Refused
from derivations.kernel.table import BINDING, Table
from derivations.language.errors import Malformed
from derivations.language.terms import (
    BINDERS,
    RELATIONS,
    Term,
    add,
    bound_name,
    free_symbols,
    neg,
    rebuild,
    substitute,
    subterms,
    symbol,
)

_STRUCTURAL = frozenset(
    {"And", "Or", "Not", "Implies", "Iff", "Predicate", "True", "False", "Matrix", "Tuple", "Set", "Smooth"}
)
_FLIPPED = {"Gt": "Lt", "Ge": "Le"}


def formula_key(table: Table, formula: Term) -> str:
    """Canonical text: formulas with equal keys are equivalent, whatever their variables are."""
    known = table.keys.get(formula)
    if known is None:
        known = table.keys[formula] = _key(table, formula, 0)
    return known


def _key(table: Table, formula: Term, depth: int) -> str:
    head, args = formula.head, formula.args
    if head in RELATIONS and not _is_logical(formula):
        return _relation_key(table, formula)
    if head in BINDERS and head not in ("Sum", "RootOf"):
        name = bound_name(formula)
        assert name is not None
        fresh = symbol(f"_q{depth}|{table.domain(name)}")
        if head == "Tends":
            body, _, to, limit = args
            inner = number_key(table, substitute(body, {name: fresh}))
            return f"tends[{inner};{table.domain(name)}->{number_key(table, to)};{number_key(table, limit)}]"
        inner = _key(table, substitute(args[1], {name: fresh}), depth + 1)
        return f"{head}[{table.domain(name)}][{inner}]"
    if head in _STRUCTURAL or head in RELATIONS:
        parts = [
            arg if isinstance(arg, str) else _key(table, arg, depth) if isinstance(arg, Term) else str(arg) for arg in args
        ]
        return f"{head}[{';'.join(parts)}]"
    return number_key(table, formula)


def _is_logical(formula: Term) -> bool:
    """An equation between matrices or tuples is compared entry by entry."""
    return formula.args[0].head in ("Matrix", "Tuple", "Set")


def _relation_key(table: Table, relation: Term) -> str:
    left, right = relation.args
    head = relation.head
    if head in _FLIPPED:
        head, left, right = _FLIPPED[head], right, left
    algebra = Algebra(table, [left, right], field=False)
    difference = algebra.difference(right, left)
    key = algebra.key(difference)
    if head in ("Eq", "Ne"):
        key = min(key, algebra.key(algebra.scale(difference, -1)))
    return f"{head}[{key}]{_lost(algebra, difference)}"


def number_key(table: Table, term: Term) -> str:
    """Canonical text of a number, or of infinity."""
    if term.head == "Infinity":
        return "oo"
    if term.head == "Neg" and term.args[0].head == "Infinity":
        return "-oo"
    algebra = Algebra(table, [term], field=False)
    value = algebra.value(term)
    return algebra.key(value) + _lost(algebra, value)


def _lost(algebra: Algebra, value: Value) -> str:
    """The open derivatives that have cancelled: where there is no derivative, it is not equal to itself."""
    kept = {i for _, factors in algebra.monomials(value[0]) for i, _ in factors}
    parts = [name for i, name in enumerate(algebra.names) if i not in kept and algebra.atoms[i].head == "Diff"]
    return f" where {';'.join(sorted(parts))}" if parts else ""


def same(table: Table, one: Term, other: Term) -> bool:
    """Whether two formulas (or two numbers) agree without any condition."""
    return one == other or formula_key(table, one) == formula_key(table, other)


def strip(formula: Term) -> tuple[tuple[str, ...], Term]:
    """The variables of the leading universal quantifiers, and what stands behind them."""
    names = []
    while formula.head == "ForAll":
        names.append(formula.args[0])
        formula = formula.args[1]
    return tuple(names), formula


def match(table: Table, pattern: Term, term: Term, names: frozenset[str], found: dict[str, Term]) -> bool:
    """Whether the term is the pattern with values for ``names``; the values are put into ``found``."""
    if pattern.head == "Symbol" and pattern.args[0] in names:
        name = pattern.args[0]
        if name in found:
            return same(table, found[name], term)
        try:
            fine = fits(table, term, table.domain(name))
        except Refused:  # it is no number at all
            return False
        if fine:
            found[name] = term
        return fine
    bound = bound_name(pattern)
    alike = pattern.head == term.head != "Diff" and len(pattern.args) == len(term.args) and bound == bound_name(term)
    if not alike or bound in names:
        if names & free_symbols(pattern):
            return _match_offset(table, pattern, term, names, found)
        return same(table, pattern, term)
    matched = all(
        match(table, p, q, names, found) if isinstance(p, Term) and isinstance(q, Term) else p == q
        for p, q in zip(pattern.args, term.args, strict=True)
    )
    return matched and not any(bound in free_symbols(value) for value in found.values())


def _match_offset(table: Table, pattern: Term, term: Term, names: frozenset[str], found: dict[str, Term]) -> bool:
    """t + 1 matches s + 3 with t = s + 2: the one unknown of a whole-number pattern is solved for."""
    unknown = names & free_symbols(pattern)
    if pattern.head != "Add" or len(unknown) != 1:
        return False
    (name,) = unknown
    rest = [arg for arg in pattern.args if arg != symbol(name)]
    if len(rest) != len(pattern.args) - 1 or any(name in free_symbols(arg) for arg in rest):
        return False
    return match(table, symbol(name), add(term, *(neg(arg) for arg in rest)), names, found)


def fits(table: Table, term: Term, domain: str, within: Term | None = None) -> bool:
    """Whether a value of this form may stand for a variable of that domain.

    A random variable may stand for a real one only in a formula (``within``) that speaks of no expectation; an open
    derivative for none, as there may be no derivative.
    """
    if any(node.head == "Diff" for node in subterms(term)):
        return False
    algebra = Algebra(table, [term], field=False)
    if domain == "real":
        algebra.value(term)  # refuses what is no number
        return not table.is_random(term) or (within is not None and not _speaks_of_chance(within))
    if domain == "natural":
        return algebra.is_natural(term)
    if domain == "integer":
        return algebra.linear_form(term) is not None
    if term.head == "Number":
        bound = domain.removeprefix("index:")
        return bound.isdecimal() and term.args[0].denominator == 1 and 1 <= term.args[0] <= int(bound)
    return term.head == "Symbol" and table.domain(term.args[0]) == domain


def _speaks_of_chance(formula: Term) -> bool:
    return any(node.head in ("Expect", "Variance") for node in subterms(formula))


def bound_names(formulas: list[Term]) -> frozenset[str]:
    """Every variable that some binder inside these formulas binds."""
    return frozenset(
        name for formula in formulas for node in subterms(formula) if (name := bound_name(node)) is not None
    )


def replaceable(table: Table, source: Term, target: Term, rules: list[Term], bound: frozenset[str] = frozenset()) -> bool:
    """Whether ``target`` is ``source`` with some parts replaced by equal (or equivalent) ones according to ``rules``."""
    if same_kind(table, source, target):
        return True
    for rule in rules:
        names, body = strip(rule)
        if (free_symbols(body) - set(names)) & bound:
            continue  # it speaks of a fixed variable that is bound here
        for left, right in (body.args, body.args[::-1]):
            found: dict[str, Term] = {}
            if match(table, left, source, frozenset(names), found) and set(found) >= set(names) & free_symbols(right):
                try:
                    replaced = substitute(right, found)
                except Malformed:
                    continue
                if same_kind(table, replaced, target):
                    return True
    if source.head != target.head or len(source.args) != len(target.args):
        return False
    name = _held(source)
    if (name is not None and name != _held(target)) or _by_steps(table, source):
        return False
    inner = bound | {name} if name is not None else bound | _listed(source)
    return all(
        replaceable(table, a, b, rules, inner) if isinstance(a, Term) and isinstance(b, Term) else a == b
        for a, b in zip(source.args, target.args, strict=True)
    )


def _held(term: Term) -> str | None:
    """The variable that is bound, or by which an open derivative is taken: an equation for one value of it is no use inside."""
    return term.args[1] if term.head == "Diff" else bound_name(term)


def _listed(term: Term) -> frozenset[str]:
    """The variables that a property of functions lists."""
    if term.head != "Predicate" or term.args[0] not in BINDING:
        return frozenset()
    lists = (arg.args for arg in term.args[1:] if arg.head == "Tuple" and all(one.head == "Symbol" for one in arg.args))
    return frozenset(one.args[0] for names in lists for one in names)


def _by_steps(table: Table, term: Term) -> bool:
    """Whether it is a derivative by a whole number: an equation for whole numbers alone says nothing of slopes."""
    return term.head == "Diff" and table.domain(term.args[1]) != "real"


def replaced(table: Table, source: Term, rules: list[Term], back: bool, bound: frozenset[str] = frozenset()) -> Term:
    """The formula with every part that is one side of a rule replaced by the other, outermost first; ``back``: right by left."""
    for rule in rules:
        names, body = strip(rule)
        left, right = body.args[::-1] if back else body.args
        found: dict[str, Term] = {}
        if (free_symbols(body) - set(names)) & bound or not match(table, left, source, frozenset(names), found):
            continue
        if set(found) >= set(names) & free_symbols(right):
            return substitute(right, found)
    if _by_steps(table, source):
        return source
    name = _held(source)
    inner = bound | {name} if name is not None else bound | _listed(source)
    return rebuild(source, lambda arg: replaced(table, arg, rules, back, inner))


def same_kind(table: Table, one: Term, other: Term) -> bool:
    try:
        return same(table, one, other)
    except Refused:
        return False
