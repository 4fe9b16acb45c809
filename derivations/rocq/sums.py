"""Finite sums, Kronecker's delta and expectations in canonical form, with the proofs (theories/Sums.v).

As in kernel/sums.py: a sum is split over the terms of its summand, and what does not depend on the variable is taken out; a
product of sums becomes one sum over all their variables; a delta that ties a variable to an index of the same range is used up;
what is left is the kernel's atom. An expectation is split in the same way, and sums are exchanged with it.

Each form comes with a script that proves ``term = form``. Inside a sum or an expectation the premises are used as they stand.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

from derivations.kernel.algebra import Algebra, Value
from derivations.kernel.situation import CHANCE
from derivations.language.terms import ONE, ZERO, Term, add, expect, free_symbols, mul, substitute, symbol
from derivations.rocq.algebra import Canon, equal_by_parts
from derivations.rocq.bound import (
    Form,
    Range,
    arranged,
    chain,
    enter,
    extent,
    factors_of,
    first_sum,
    flattened,
    function,
    gathered,
    length,
    nested,
    permuted,
    proper,
    unnamed_text,
    written,
)
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal

Piece = tuple[Term, list[Term]]  # a coefficient, and the factors that stay inside


# --- the three heads --------------------------------------------------------------------------------------------------


def sum_form(canon: Canon, term: Term) -> Form:
    """sum_k (c1*f1(k) + c2*f2(k)) = c1*sum_k f1(k) + c2*sum_k f2(k), each sum in its own canonical form."""
    name, first, last, body = term.args
    if canon.plain.is_zero(canon.plain.value(length((name, first, last)))):
        return ZERO, "reflexivity."
    inner = _inside(canon, name)
    pieces = _pieces(canon.plain, inner.of(body), lambda atom: name in free_symbols(atom))
    forms = [_one_sum(canon, (name, first, last), factors) for _, factors in pieces]
    lemma = f"fsum_linear {extent(canon.goal, (name, first, last))}"
    return _split(canon, inner, term, pieces, forms, (name, lemma, "apply fsum_ext."))


def expectation_form(canon: Canon, term: Term) -> Form:
    """E[c1*X1 + c2*X2] = c1*E[X1] + c2*E[X2], where c1 and c2 are not random."""
    inner = _inside(canon, CHANCE)
    pieces = _pieces(canon.plain, inner.of(term.args[0]), canon.goal.table.is_random)
    forms = [_moment(canon, factors) for _, factors in pieces]
    return _split(canon, inner, term, pieces, forms, (CHANCE, "expectation_linear HE", "apply (expectation_ext HE)."))


def delta_form(canon: Canon, term: Term) -> Form:
    """delta is 1 for the same argument twice, 0 for two that always differ, and else the atom of its two arguments."""
    left, right = term.args
    if canon.plain.is_zero(canon.plain.difference(left, right)):
        return ONE, "apply delta_refl."
    if canon.plain.separated(left, right):
        return ZERO, "apply delta_neq. lia."
    key, first = _atom(canon, term)
    script = _same_atom(canon.goal, term, first)
    return chain(canon.goal, term, (script, first), _replaced(canon, key, first))


def _inside(canon: Canon, name: str) -> Canon:
    """Canonical forms under a binder; a premise about a fixed variable of that name, or one outcome, is of no use there."""

    def speaks(term: Term) -> bool:
        return canon.goal.table.is_random(term) if name == CHANCE else name in free_symbols(term)

    premises = canon.premises
    if name in canon.goal.here:
        premises = tuple(p for p in premises if p.every_outcome or not speaks(p.term))
    return Canon(canon.goal.within(name), premises, canon.field, canon.nonzero)


# --- linearity --------------------------------------------------------------------------------------------------------


def _pieces(plain: Algebra, body: Term, inside: Callable[[Term], bool]) -> list[Piece]:
    """A term as a linear combination of products of atoms that stay inside, with coefficients that do not."""
    top, bottom = plain.value(body)
    if any(inside(plain.atoms[i]) for _, factors in plain.monomials(bottom) for i, _ in factors):
        raise Unsupported("a denominator depends on the variable of a sum, or is random")
    found: dict[tuple[tuple[int, int], ...], Value] = {}
    for coefficient, factors in plain.monomials(plain.reduce(top)):
        within = tuple((i, e) for i, e in factors if inside(plain.atoms[i]))
        poly = plain.one * coefficient
        for i, e in factors:
            if not inside(plain.atoms[i]):
                poly *= plain.generators[i] ** e
        found[within] = plain.plus(found[within], (poly, bottom)) if within in found else (poly, bottom)
    return [
        (written(plain, value), [proper(plain.atoms[i]) for i, e in within for _ in range(e)])
        for within, value in found.items()
    ]


def _combination(terms: list[tuple[Term, Term]]) -> Term:
    """c1*t1 + (c2*t2 + 0), as the lemmas have it."""
    result = ZERO
    for coefficient, term in reversed(terms):
        result = Term("Add", (Term("Mul", (coefficient, term)), result))
    return result


def _split(
    canon: Canon, inner: Canon, term: Term, pieces: list[Piece], forms: list[Form], how: tuple[str, str, str]
) -> Form:
    """The form of a sum or an expectation, from the pieces of its body and the form of each piece."""
    goal, (name, lemma, extensionality) = canon.goal, how
    body = term.args[-1]
    products = [(coefficient, mul(*factors)) for coefficient, factors in pieces]
    wholes = [Term(term.head, (*term.args[:-1], product)) for _, product in products]
    if [coefficient for coefficient, _ in pieces] == [ONE]:
        script = f"{extensionality} {enter(goal, name)} {inner.equation(body, products[0][1])}"
        return chain(goal, term, (script, wholes[0]), forms[0])
    combined = _combination(products)
    functions = "; ".join(f"({goal.real(c)}, {function(goal, name, product)})" for c, product in products)
    random = ("_ _). { all_random_variables HE. }" if name == CHANCE else "_).")
    proof = (
        f"refine ({lemma} [{functions}] {function(goal, name, body)} {random} {enter(goal, name)} "
        f"change ({goal.real(body)} = {goal.real(combined)}). {inner.equation(body, combined)}"
    )
    opened = _combination([(c, whole) for (c, _), whole in zip(products, wholes, strict=True)])
    lines = [f"transitivity ({goal.real(opened)}). {{ {proof} }}"]
    for whole, (form, script) in zip(wholes, forms, strict=True):
        if unnamed_text(goal, whole) != unnamed_text(goal, form):
            equation = goal.fresh("Q")
            lines.append(
                f"assert ({equation} : {goal.real(whole)} = {goal.real(form)}). {{ {script} }} rewrite {equation}."
            )
    parts = [_times(canon.of(c), form) for (c, _), (form, _) in zip(products, forms, strict=True) if form != ZERO]
    return add(*parts), " ".join([*lines, f"{canon.rewriting()}ring."])


def _times(coefficient: Term, form: Term) -> Term:
    return form if coefficient == ONE else coefficient if form == ONE else Term("Mul", (coefficient, form))


# --- one sum ----------------------------------------------------------------------------------------------------------


def _one_sum(canon: Canon, outer: Range, factors: list[Term]) -> Form:
    """The sum of a product of atoms that all depend on the variable; sums among the atoms join it."""
    goal = canon.goal
    whole = nested([outer], mul(*factors))
    more, flat = flattened(goal, factors)
    ranges = [outer, *more]
    names = {name for name, _, _ in ranges}
    if any(names & (free_symbols(first) | free_symbols(last)) for _, first, last in ranges):
        raise Unsupported("the range of a sum depends on another sum's variable")
    joined = gathered(goal.within(outer[0]), mul(*factors), factors, more, mul(*flat))
    script = f"apply fsum_ext. {enter(goal, outer[0])} {joined}"
    return chain(goal, whole, (script, nested(ranges, mul(*flat))), _contracted(canon, ranges, flat))


# --- contraction, constant summands, naming ---------------------------------------------------------------------------


def _contracted(canon: Canon, ranges: list[Range], factors: list[Term]) -> Form:
    """Use up a delta that ties a variable to an index of the same range; sum what does not depend; name the rest."""
    for place, factor in enumerate(factors):
        if factor.head != "Delta":
            continue
        for position, (one, other) in enumerate((factor.args, factor.args[::-1])):
            span = next((r for r in ranges if one == symbol(r[0])), None)
            if span is not None and _runs_over(canon, other, span):
                others = [*factors[:place], *factors[place + 1 :]]
                return _contraction(canon, ranges, span, (factor, other, position), others, mul(*factors))
    used = frozenset().union(*(free_symbols(factor) for factor in factors)) if factors else frozenset()
    idle = [r for r in ranges if r[0] not in used]
    kept = [r for r in ranges if r[0] in used]
    product = mul(*factors)
    form = _named(canon, kept, factors) if kept else _known(canon, product)
    for i in range(len(idle) - 1, -1, -1):
        form = _repeated(canon, idle[i], nested([*idle[i + 1 :], *kept], product), form)
    return form[0], permuted(canon.goal, ranges, [*idle, *kept], product) + form[1]


def _runs_over(canon: Canon, other: Term, span: Range) -> bool:
    if other.head != "Symbol" or other.args[0] == span[0]:
        return False
    domain = canon.goal.table.domain(span[0])
    return domain.startswith("index:") and bool(canon.goal.table.domain(other.args[0]) == domain)


def _known(canon: Canon, term: Term) -> Form:
    """The canonical form of a term in the context, by the equations asserted for it."""
    form = canon.of(term)
    return form, f"{canon.rewriting()}reflexivity."


def _contraction(
    canon: Canon, ranges: list[Range], span: Range, tie: tuple[Term, Term, int], others: list[Term], product: Term
) -> Form:
    """sum_k delta(k, j)*f(k) = f(j), inside the remaining sums; ``product`` is the summand as it is written."""
    goal, (factor, other, position) = canon.goal, tie
    remaining = [r for r in ranges if r is not span]
    rest, say = mul(*others), goal.real
    reached = nested(remaining, substitute(rest, {span[0]: other}))
    tied = Term("Mul", (factor, rest))
    lemma = f"fsum_delta{'_r' if position else ''} {extent(goal, span)} {goal.writer.natural(other)}"
    lines = [f"apply fsum_ext. {enter(goal, name)}" for name, _, _ in remaining]
    if say(product) != say(tied):
        lines.append(f"transitivity ({say(nested([span], tied))}). {{ apply fsum_ext. {enter(goal, span[0])} ring. }}")
    lines.append(f"exact ({lemma} {function(goal, span[0], rest)} ltac:(lia)).")
    start = nested(ranges, product)
    script = permuted(goal, ranges, [*remaining, span], product) + " ".join(lines)
    return chain(goal, start, (script, reached), _known(canon, reached))


def _repeated(canon: Canon, span: Range, body: Term, form: Form) -> Form:
    """A sum of equal summands: n times the summand."""
    goal, say = canon.goal, canon.goal.real
    count = goal.writer.count(span[1], span[2])
    inner, script = form
    times = canon.of(written(canon.plain, canon.plain.value(length(span))))
    lines = [
        f"transitivity (INR {count} * ({say(body)})). {{ exact (fsum_const {extent(goal, span)} ({say(body)})). }}"
    ]
    lines.append(f"apply (f_equal2 Rmult). {{ {_count_script(canon, count, times)} }} {script}")
    return Term("Mul", (times, inner)), " ".join(lines)


def _count_script(canon: Canon, count: str, times: Term) -> str:
    return "reflexivity." if canon.goal.real(times) == f"INR {count}" else "count_real."


def _named(canon: Canon, ranges: list[Range], factors: list[Term]) -> Form:
    """The kernel's atom for a sum, with its variables in its order and under its names."""
    goal, product = canon.goal, mul(*factors)
    key, first = _atom(canon, nested(ranges, product))
    order, names, body = _order(canon, ranges, factors, first)
    renamed = substitute(product, {span[0]: symbol(name) for span, name in zip(order, names, strict=True)})
    lines = [f"apply fsum_ext. {enter(goal, name)}" for name in names]
    script = permuted(goal, ranges, order, product)
    script += " ".join([*lines, arranged(goal.within(*names), renamed, body)])
    return chain(goal, nested(ranges, product), (script, first), _replaced(canon, key, first))


def _order(canon: Canon, ranges: list[Range], factors: list[Term], first: Term) -> tuple[list[Range], list[str], Term]:
    """The order of the ranges in which the sum is the kernel's, the kernel's names for them, and its summand."""
    spans, body = [], first
    for _ in ranges:
        if body.head != "Sum":
            raise Unsupported("the kernel splits this sum")
        spans.append(body.args[:3])
        body = body.args[3]

    def keys(parts: list[Term]) -> list[str]:
        return sorted(canon.plain.key(canon.plain.value(part)) for part in parts)

    def shape(span: Range) -> tuple[str, str]:
        return extent(canon.goal, span), canon.goal.table.domain(span[0])

    wanted = keys(factors_of(body))
    for order in permutations(ranges):
        if [shape(span) for span in order] == [shape(span) for span in spans]:
            values = {span[0]: symbol(own[0]) for span, own in zip(order, spans, strict=True)}
            if keys([substitute(factor, values) for factor in factors]) == wanted:
                return list(order), [span[0] for span in spans], body
    raise Unsupported("a sum whose variables cannot be matched")


# --- atoms ------------------------------------------------------------------------------------------------------------


def _atom(canon: Canon, term: Term) -> tuple[str, Term]:
    """The kernel's key of an atom, and the way it was written first."""
    top, bottom = canon.plain.value(term)
    monomials = canon.plain.monomials(top)
    if not bottom.is_one() or len(monomials) != 1 or monomials[0][0] != 1 or [e for _, e in monomials[0][1]] != [1]:
        raise Unsupported(f"{term.head} is no atom")
    slot = monomials[0][1][0][0]
    return canon.plain.names[slot], proper(canon.plain.atoms[slot])


def _replaced(canon: Canon, key: str, first: Term) -> Form:
    """What a premise puts in the place of an atom; else the atom."""
    goal, rule = canon.goal, canon.rewrites.get(key)
    if rule is None:
        form = canon.replaced(key, first)
        return form, f"{canon.rewriting()}reflexivity."
    left, right, proof = rule
    form = canon.of(right)
    lines = [f"transitivity ({goal.real(left)}). {{ symmetry. {_same_atom(goal, left, first)} }}"]
    if unnamed_text(goal, left) == unnamed_text(goal, first):
        lines = []
    lines.append(f"transitivity ({goal.real(right)}); [exact {proof} | {canon.rewriting()}reflexivity].")
    return form, " ".join(lines)


def _same_atom(goal: Goal, left: Term, right: Term) -> str:
    """Two ways to write one atom, by their canonical forms without premises."""
    if unnamed_text(goal, left) == unnamed_text(goal, right):
        return "reflexivity."
    if left.head == "Delta":
        return "apply delta_comm."
    plain = Canon(goal, ())
    one, script = sum_form(plain, left) if left.head == "Sum" else expectation_form(plain, left)
    parts = "reflexivity." if unnamed_text(goal, one) == unnamed_text(goal, right) else equal_by_parts(goal, one, right)
    return " ".join([*plain.lines, chain(goal, left, (script, one), (right, parts))[1]])


# --- moments ----------------------------------------------------------------------------------------------------------


def _moment(canon: Canon, factors: list[Term]) -> Form:
    """The expectation of a product of random atoms; sums among them are taken out first."""
    goal = canon.goal
    if not factors:
        return ONE, "exact (expectation_const HE 1)."
    product = mul(*factors)
    if first_sum(factors) is None:
        key, first = _atom(canon, expect(product))
        script = f"apply (expectation_ext HE). enter_outcome w. {arranged(goal.within(CHANCE), product, first.args[0])}"
        return chain(goal, expect(product), (script, first), _replaced(canon, key, first))
    ranges, flat = flattened(goal, factors)
    joined = gathered(goal.within(CHANCE), product, factors, ranges, mul(*flat))
    script = f"apply (expectation_ext HE). enter_outcome w. {joined}"
    fixed = [factor for factor in flat if not goal.table.is_random(factor)]
    chance = mul(*(factor for factor in flat if goal.table.is_random(factor)))
    reached = nested(ranges, mul(*fixed, expect(chance)))
    exchanged = _exchanged(goal, ranges, mul(*flat), mul(*fixed), chance, bool(fixed))
    form = chain(goal, expect(nested(ranges, mul(*flat))), (exchanged, reached), _known(canon, reached))
    return chain(goal, expect(product), (script, expect(nested(ranges, mul(*flat)))), form)


def _exchanged(goal: Goal, ranges: list[Range], product: Term, fixed: Term, chance: Term, scaled: bool) -> str:
    """E of nested sums is the nested sum of E, what is not random being taken out."""
    say, script = goal.real, ""
    for i, span in enumerate(ranges):
        inner = nested(ranges[i + 1 :], product)
        variable = goal.names.variable(span[0])
        moved = (
            f"apply (expectation_fsum HE {extent(goal, span)} (fun ({variable} : nat) (w : Omega) => {say(inner)})); intros; "
            "random_variable HE."
        )
        script += f"transitivity ({say(nested([span], expect(inner)))}). {{ {moved} }} apply fsum_ext. {enter(goal, span[0])} "
    if not scaled:
        return script + "reflexivity." if say(product) == say(chance) else script + _rearranged(chance)
    apart = Term("Mul", (fixed, chance))
    if say(product) != say(apart):
        script += f"transitivity ({say(expect(apart))}). {{ apply (expectation_ext HE). enter_outcome w. ring. }} "
    whole = f"apply (expectation_scal HE ({say(fixed)}) {function(goal, CHANCE, chance)}); random_variable HE."
    wanted, target = Term("Mul", (fixed, expect(chance))), mul(*factors_of(fixed), expect(chance))
    if say(wanted) == say(target):
        return script + whole
    return script + f"transitivity ({say(wanted)}). {{ {whole} }} ring."


def _rearranged(chance: Term) -> str:
    return "apply (expectation_ext HE). enter_outcome w. ring."
