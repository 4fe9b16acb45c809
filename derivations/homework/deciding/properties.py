"""Conserved quantities: right is whatever does not change along the flow and is not constant; the key itself is not compared.

dQ/dt is the sum of dQ/dx * f over the equations dx/dt = f of the flow. An equation is one for Q: what is equal to a constant that
it names, or left - right. Undeclared names in it are constants.
"""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq

from derivations.homework.deciding.balls import UNDEFINED
from derivations.homework.deciding.comparing import value_text
from derivations.homework.deciding.existence import conditions
from derivations.homework.deciding.looks import unfit
from derivations.homework.deciding.matrices import NoMatrix
from derivations.homework.deciding.matrix_quantities import entries, with_entries
from derivations.homework.deciding.points import differ, numbers_of, points
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.solving import occurs, solved
from derivations.homework.deciding.values import Point, place_at
from derivations.homework.keys import Part
from derivations.homework.verdicts import Evidence, Finding
from derivations.kernel.errors import Refused
from derivations.kernel.rules.algebra import Identities
from derivations.kernel.rules.analysis import Differentiation
from derivations.kernel.table import Table
from derivations.language.ascii import ascii_text
from derivations.language.statements import Symbol
from derivations.language.terms import (
    TWO,
    ZERO,
    Term,
    add,
    conj,
    div,
    eq,
    free_symbols,
    implies,
    mul,
    neg,
    number,
    power,
    rebuild,
    sub,
    substitute,
    subterms,
    symbol,
)

_EQUATIONS = frozenset({"Eq", "Approx"})
Flow = tuple[tuple[str, Term], ...]


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on a quantity that the flow should conserve."""
    flow: Flow = tuple((variable.args[0], field) for variable, field in part.settings.get("flow", ()))
    if not flow:
        return Finding("undecided", "the key gives no equations of a flow")
    quantity = _unmoved(said, {name for name, _ in flow})
    if quantity is not None:
        return decide(part, quantity, setting)
    if said.head == "And":
        equations = [one for one in said.args if one.head in _EQUATIONS]
        told = [one for one in equations if not _is_motion(one, {name for name, _ in flow})] or equations
        return _any_of([decide(part, one, setting) for one in told[:4]])
    variables = frozenset(name for name, _ in flow)
    matrices = dict(part.settings.get("matrices", ()))
    said = _as_variables(said, variables.union(str(matrix.args[0]) for matrix in matrices))
    if matrices:
        try:
            said = with_entries(said, matrices, variables)
        except NoMatrix as error:
            return Finding("undecided", str(error))
        if said.head == "Matrix":
            return _every([decide(part, entry, setting) for entry in entries(said, variables)])
    trouble = next(
        filter(None, (_unfit(side, setting) for side in (said.args if said.head in _EQUATIONS else (said,)))), ""
    )
    if trouble:
        return Finding("undecided", trouble)
    strange = sorted(numbers_of(said) - set(setting.table.variables))
    if strange and not numbers_of(said) & {name for name, _ in flow}:
        return Finding("undecided", f"{strange[0]} is not a name of this task")
    wider = _with_constants((said, *(field for _, field in flow)), setting)
    quantity = _quantity(said, flow) if said.head in _EQUATIONS else said
    timed = [name for name in numbers_of(quantity or said) if wider.table.domain(name) == "natural"]
    if timed:
        return Finding("undecided", f"it changes with {timed[0]} by itself, and not only through what the flow moves")
    if quantity is None:
        return Finding("undecided", "it is not clear which quantity this equation says is conserved")
    return _conserved(quantity, flow, wider, part)


def _unmoved(said: Term, names: set[str]) -> Term | None:
    """The Q of d/dt Q = … = 0, whose derivative by time is said to vanish."""
    links = said.args if said.head == "And" else (said,)
    if any(one.head not in _EQUATIONS for one in links) or links[-1].args[1] != ZERO:
        return None
    first: Term = links[0].args[0]
    return first.args[0] if first.head == "Diff" and first.args[1] not in names else None


def _is_motion(equation: Term, names: set[str]) -> bool:
    """Whether it only says how a variable moves: dx/dt = f."""
    left = equation.args[0]
    if left.head == "Diff" and left.args[0].head in ("Symbol", "Apply"):
        return left.args[0].args[0] in names and left.args[1] not in names
    return left.head == "Derivative" and left.args[0] in names


def _any_of(findings: list[Finding]) -> Finding:
    """The finding on several equations: one has to say what is conserved, and none what is not."""
    if not findings:
        return Finding("undecided", "this is not a formula for a quantity")
    said = {one.verdict for one in findings}
    if said >= {"correct", "incorrect"}:
        wrong = next(one for one in findings if one.verdict == "incorrect")
        return Finding("undecided", f"one of these quantities is conserved; of another, {wrong.reason}")
    order = ("correct", "undecided", "incorrect")
    return min(findings, key=lambda one: order.index(one.verdict))


def _every(findings: list[Finding]) -> Finding:
    """The finding on a matrix: all its entries have to be conserved."""
    order = ("incorrect", "undecided", "correct")
    return min(findings, key=lambda one: order.index(one.verdict))


def _unfit(term: Term, setting: Setting) -> str:
    """As ``unfit``, but names that are not the task's are constants."""
    known = Setting(Table(Symbol(name, "real") for name in numbers_of(term)), setting.hypotheses)
    return unfit(term, known)


def _as_variables(term: Term, names: frozenset[str]) -> Term:
    """x(t) is x; x(0) stays what it is, a constant."""
    if term.head == "Apply" and term.args[0] in names and len(term.args) == 2 and term.args[1].head == "Symbol":
        return symbol(term.args[0])
    return rebuild(term, lambda arg: _as_variables(arg, names))


def _with_constants(terms: tuple[Term, ...], setting: Setting) -> Setting:
    """The setting with names for what the task does not know: a constant C, the value x(0) at the start, the loss's slopes."""
    table = setting.table
    known = [Symbol(name, domain) for name, domain in (*table.variables.items(), *table.functions.items())]
    free = frozenset().union(*map(free_symbols, terms))
    further = [Symbol(name, "real") for name in sorted(free - set(table.variables))]
    applied = {node.args[0] for term in terms for node in subterms(term) if node.head == "Apply"} - set(table.functions)
    further += [Symbol(name, "function") for name in sorted(applied)]
    return Setting(Table([*known, *further]), setting.hypotheses) if further else setting


# --- from equations to quantities -----------------------------------------------------------------------------------


def _quantity(equation: Term, flow: Flow) -> Term | None:
    """What the equation says is constant: the one constant in it, solved for; else left - right."""
    left, right = equation.args
    names = {name for name, _ in flow}
    mine = [side for side in (left, right) if numbers_of(side) & names]
    if len(mine) == 1:
        return mine[0]  # type: ignore[no-any-return]
    constants = sorted(numbers_of(equation) - names)
    for name in constants:
        value = peeled(equation, symbol(name))
        if value is not None and len(constants) == 1:
            return value
    return sub(left, right) if not constants else None


def peeled(equation: Term, subject: Term) -> Term | None:
    """The equation solved for what occurs in it just once, by undoing one operation after the other; None where that is unclear."""
    sides = [side for side in equation.args if occurs(subject, side)]
    if len(sides) != 1:
        return solved(equation, subject)
    inner: Term = sides[0]
    outer: Term = equation.args[0] if inner is equation.args[1] else equation.args[1]
    while inner != subject:
        holding = [arg for arg in inner.args if isinstance(arg, Term) and occurs(subject, arg)]
        step = _undone(inner, holding[0], outer) if len(holding) == 1 else None
        if step is None:
            return solved(equation, subject)
        inner, outer = holding[0], step
    return outer


def _undone(term: Term, inner: Term, value: Term) -> Term | None:
    """The value of a part, from the value of the whole."""
    others = [arg for arg in term.args if arg is not inner]
    if term.head == "Add":
        return sub(value, add(*others))
    if term.head == "Mul":
        return div(value, mul(*others))
    if term.head == "Neg":
        return neg(value)
    if term.head == "Div":
        return mul(value, term.args[1]) if term.args[0] is inner else div(term.args[0], value)
    if term.head == "Sqrt" or (term.head == "Pow" and term.args[1] == number(Fraction(1, 2))):
        return power(value, 2)
    if term.head == "Exp":
        return Term("Log", (value,))
    if term.head == "Log":
        return Term("Exp", (value,))
    if term.head == "Pow" and term.args[1] == TWO:
        return Term("Sqrt", (value,))
    return None


# --- along the flow ---------------------------------------------------------------------------------------------------


def _conserved(quantity: Term, flow: Flow, setting: Setting, part: Part) -> Finding:
    if not numbers_of(quantity) & {name for name, _ in flow}:
        return _constant(quantity, flow, setting, part)
    try:
        plain = _plain(quantity)
        speaks = free_symbols(plain)
        slopes = [(Differentiation(name, {}).of(plain), field) for name, field in flow if name in speaks]
    except Refused:
        return Finding("undecided", "this quantity could not be differentiated")
    along = add(*(mul(slope, field) for slope, field in slopes))
    needs = tuple(conditions(quantity))
    places = _places(quantity, flow, setting, needs)
    for k, point in enumerate(places):
        found = differ(along, ZERO, place_at(point, k))
        if found is not None and found[0] is not UNDEFINED:
            return _changes(quantity, along, point, k)
    moving = any(differ(slope, ZERO, place_at(point, k)) for k, point in enumerate(places) for slope, _ in slopes)
    if not _vanishes(along, needs, setting):
        return Finding("undecided", "whether this quantity is conserved could not be decided")
    if not moving:
        return _constant(quantity, flow, setting, part)
    claim = eq(along, ZERO)
    text = ascii_text(implies(conj(*needs), claim) if needs else claim)
    evidence = Evidence("proof", text, rules=("identity",), status="proved",
                        detail="its derivative along the flow is zero, and it is not constant")  # fmt: skip
    return Finding("correct", "", evidence, 1.0)


def _plain(term: Term) -> Term:
    """The term with |x| as sqrt(x**2), so that it can be differentiated where x is not zero; x**(1/2) as a root; log powers."""
    inner = rebuild(term, _plain)
    if inner.head == "Abs":
        return Term("Sqrt", (power(inner.args[0], 2),))
    if inner.head == "Pow" and inner.args[1].head == "Div" and all(arg.head == "Number" for arg in inner.args[1].args):
        inner = power(inner.args[0], number(inner.args[1].args[0].args[0] / inner.args[1].args[1].args[0]))
    if inner.head == "Pow" and inner.args[1].head == "Number" and inner.args[1].args[0].denominator == 2:
        return power(Term("Sqrt", (inner.args[0],)), int(inner.args[1].args[0] * 2))
    return inner


def _places(quantity: Term, flow: Flow, setting: Setting, needs: tuple[Term, ...]) -> list[dict[str, Fraction]]:
    names = numbers_of(quantity).union({name for name, _ in flow}, *(numbers_of(field) for _, field in flow))
    names = names.union(*map(numbers_of, setting.hypotheses))
    return points(names, setting.table.variables, (*setting.hypotheses, *needs), 8)


def _vanishes(along: Term, needs: tuple[Term, ...], setting: Setting) -> bool:
    """Whether the kernel proves that the derivative is zero wherever the quantity has one."""
    premises = tuple(dict.fromkeys((*setting.hypotheses, *needs, *conditions(along))))
    try:
        Identities(setting.table, premises).prove(along, ZERO)
    except (Refused, ArithmeticError, RecursionError):
        return False
    return True


def _changes(quantity: Term, along: Term, point: Point, k: int) -> Finding:
    """The finding that the derivative along the flow is not zero at a point."""
    place = place_at(point, k)
    values = differ(along, ZERO, place)
    assert values is not None
    used = numbers_of(along)
    at = {name: str(value) for name, value in point.items() if name in used}
    at |= {text: str(value) for text, value in place.written.items()}
    size = value_text(values[0])
    where = ", ".join(f"{name} = {value}" for name, value in at.items())
    reason = f"it changes along the flow: {f'at {where} ' if where else ''}its derivative with respect to time is {size}, not 0"
    claim = f"{ascii_text(quantity)} is conserved"
    return Finding(
        "incorrect",
        reason,
        Evidence("counterexample", claim, at, ascii_text(along), "0", {"answer": size, "key": "0"}, detail=reason),
    )


def _constant(quantity: Term, flow: Flow, setting: Setting, part: Part) -> Finding:
    """A constant is conserved by every flow, and no answer: between two points it does not change, while the key does."""
    reason = "it is constant, whatever the flow does; a conserved quantity has to depend on the variables"
    key = part.key
    if not isinstance(key, Term):
        return Finding("undecided", reason)
    names = {name for name, _ in flow}
    known = numbers_of(key).union(numbers_of(quantity), names, *map(numbers_of, setting.hypotheses))
    places = points(known, setting.table.variables, setting.hypotheses, 6)
    for other in places[1:]:
        moved = {name: number(value) for name, value in other.items() if name in names}
        start = {name: number(value) for name, value in places[0].items() if name in names}
        gap = sub(substitute(key, moved), substitute(key, start))
        mine = sub(substitute(quantity, moved), substitute(quantity, start))
        values = differ(mine, gap, place_at(places[0]))
        if values is None or not (isinstance(values[0], fmpq) and values[0] == 0):
            continue
        used = numbers_of(gap) | numbers_of(mine)
        at = {name: str(value) for name, value in places[0].items() if name in used}
        texts = {"answer": value_text(values[0]), "key": value_text(values[1])}
        evidence = Evidence(
            "counterexample",
            f"{ascii_text(quantity)} is not constant",
            at,
            ascii_text(mine),
            ascii_text(gap),
            texts,
            detail=reason,
        )
        return Finding("incorrect", reason, evidence)
    return Finding("undecided", reason)
