"""Templates of the rules of calculus (kernel/rules/analysis.py), over the lemmas of theories/Calculus.v.

A derivative of order (p, q) at a point is reached one differentiation at a time: after the definition of f come

    forall x y, c1 -> ... -> D f x y = body,

one assertion for each order on the way, where the c's (denominators not zero, radicands positive) are what the rules of
differentiation need. They hold near a point where they hold at it, which is what the next differentiation needs of them.
At the very end they are shown at the point of the claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial

from derivations.kernel.formulas import strip
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    div,
    eq,
    exists,
    for_all,
    implies,
    le,
    lt,
    mul,
    number,
    power,
    sub,
    substitute,
    symbol,
)
from derivations.rocq.derivatives import Proved, Smooth, Smoothness, Tangent, written
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise


def close_equation(goal: Goal, left: Term, right: Term, premises: Sequence[Premise]) -> str:
    """A script for ``left = right``: premises of the form atom = expression replace the atom, ``field`` does the rest."""
    from derivations.rocq.algebra import equation_script

    if goal.real(left) == goal.real(right):
        return "reflexivity."
    return equation_script(goal.replace(claim=eq(left, right)), left, right, tuple(premises))


def close_sign(goal: Goal, claim: Term, premises: Sequence[Premise]) -> str:
    """A script for a sign, from the premises at the variables in the context."""
    from derivations.rocq.algebra import usable
    from derivations.rocq.signs import signs_script

    given = [usable(goal, premise) or (premise.term, premise.name) for premise in premises]
    return signs_script(goal.replace(claim=claim), claim, given)


def _smoothness(premises: Sequence[Premise]) -> Smooth:
    return {p.term.args[0]: (int(p.term.args[1]), p.name) for p in premises if p.term.head == "Smooth"}


def _others(premises: Sequence[Premise]) -> list[Premise]:
    return [p for p in premises if p.term.head != "Smooth"]


def _unused(goal: Goal, names: Sequence[str]) -> dict[str, Term]:
    """The variables, under other names where the context has theirs already."""
    taken = {name: f"_{goal.fresh()}|{goal.table.domain(name)}" if name in goal.here else name for name in names}
    return {name: symbol(new) for name, new in taken.items()}


# --- derivatives ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Level:
    """``proof : forall names, conditions -> D^orders f names = body``."""

    proof: str
    orders: tuple[int, ...]
    names: tuple[str, ...]
    body: Term
    conditions: tuple[Term, ...] = ()

    def value(self, function: str) -> Term:
        """D^orders f names."""
        places = tuple(map(symbol, self.names))
        return Term("Derivative", (function, self.orders, *places)) if any(self.orders) else apply(function, *places)

    def statement(self, function: str) -> Term:
        formula = eq(self.value(function), self.body)
        for condition in reversed(self.conditions):
            formula = implies(condition, formula)
        for name in reversed(self.names):
            formula = for_all(name, formula)
        return formula


def derivative(goal: Goal) -> str:
    """f(x) = body for all x, one differentiation after the other up to the order of the claim; then at its point.

    Partial derivatives are taken in the order of the arguments, as they are written; where the premise gives another one, the
    definition of the function is looked for.
    """
    every, claim = strip(goal.claim)
    values = _unused(goal, every)
    every = tuple(value.args[0] for value in values.values())
    left, right = (substitute(side, values) for side in claim.args)
    if left.head != "Derivative":
        raise Unsupported("the claim is no value of a derivative")
    function, orders, *at = left.args
    smooth, others = _smoothness(goal.premises), _others(goal.premises[1:])
    level = _beginning(goal, function, orders)
    lines = []
    for place, wanted in enumerate(orders):
        while level.orders[place] < wanted:
            script, level = _differentiated(goal, function, smooth, level, place)
            lines.append(script)
    lines += [goal.introduce(name) for name in every]
    inner = goal.within(*every)
    return "\n".join([*lines, *_at_point(inner, level, at, right, others)])


def _beginning(goal: Goal, function: str, orders: tuple[int, ...]) -> Level:
    """The premise, or another formula in scope, from which the orders are reached argument by argument."""
    for premise in (goal.premises[0], *goal.known.values()):
        names, known = strip(premise.term)
        if known.head != "Eq" or known.args[0].head not in ("Apply", "Derivative") or known.args[0].args[0] != function:
            continue
        start = known.args[0]
        begun = start.args[1] if start.head == "Derivative" else (0,) * len(orders)
        places = start.args[2:] if start.head == "Derivative" else start.args[1:]
        if places != tuple(map(symbol, names)) or len(set(names)) != len(orders) or premise.every_outcome:
            continue
        current = next((i for i, count in reversed(list(enumerate(begun))) if count), 0)
        if begun[:current] == orders[:current] and begun[current] <= orders[current]:
            values = _unused(goal, names)
            renamed = tuple(values[name].args[0] for name in names)
            return Level(premise.name, begun, renamed, substitute(known.args[1], values))
    raise Unsupported("the order of differentiation is another one, and the function's definition is not in scope")


def _differentiated(goal: Goal, function: str, smooth: Smooth, level: Level, place: int) -> tuple[str, Level]:
    """The assertion for one order more in the argument at that place."""
    variable = level.names[place]
    inner = goal.within(*level.names)
    tangent = Tangent(inner, variable, smooth)
    body, tactic = tangent.of(level.body)
    near = _near(inner, tangent, level)
    conditions = tangent.conditions
    names = {c: conditions.get(c) or goal.fresh("K") for c in dict.fromkeys((*level.conditions, *conditions))}
    orders = tuple(count + 1 if i == place else count for i, count in enumerate(level.orders))
    after = Level(goal.fresh(), orders, level.names, body, tuple(names))
    here = goal.names.variable(variable)
    one, other = written(inner, variable, level.value(function)), written(inner, variable, level.body)
    steps = [
        "".join(goal.introduce(name) for name in level.names) + "".join(f"intros {name}. " for name in names.values()),
        f"change (Derive {one} {here} = {inner.real(body)}).",
        f"apply (derive_from{'_near' if near else ''} {one} {other}).",
        f"{{ {near or f'intros ?. apply {level.proof}; assumption.'} }}",
        f"{{ {tactic}. }}",
    ]
    text = "\n  ".join(steps)
    return f"assert ({after.proof} : {goal.say(after.statement(function))}).\n{{ {text}\n}}", after


def _near(goal: Goal, tangent: Tangent, level: Level) -> str:
    """That the level before holds near the variable: its conditions that speak of the variable hold near it."""
    moving = [condition for condition in level.conditions if tangent.varies(condition)]
    if not moving:
        return ""
    here = goal.names.variable(tangent.variable)
    proofs = []
    for condition in moving:
        quantity = condition.args[1] if condition.head == "Lt" else condition.args[0]
        _, tactic = tangent.of(quantity)
        lemma = "near_positive" if condition.head == "Lt" else "near_nonzero"
        known = tangent.require(condition)
        proofs.append(f"eapply ({lemma} {written(goal, tangent.variable, quantity)}); [{tactic} | exact {known}]")
    text = proofs[-1]
    for proof in reversed(proofs[:-1]):
        text = f"apply near_and; [{proof} | {text}]"
    together = f"(fun {here} : R => {goal.say(conj(*moving))})"
    name = goal.fresh("K")
    return (
        f"apply (near_all {here} {together}). {{ {text}. }} "
        f"intros ? {name}; cbv beta in {name}. {_destructed(name, len(moving))}apply {level.proof}; assumption."
    )


def _destructed(name: str, count: int) -> str:
    """Takes a conjunction of so many parts apart."""
    if count == 1:
        return ""
    pattern = "?"
    for _ in range(count - 1):
        pattern = f"[? {pattern}]"
    return f"destruct {name} as {pattern}. "


def _at_point(goal: Goal, level: Level, at: list[Term], right: Term, premises: list[Premise]) -> list[str]:
    """The last level at the point of the claim: its conditions there, and the equality of the values."""
    there = dict(zip(level.names, at, strict=True))
    proof = goal.applied(Premise(level.proof, _quantified(level.names)), there)
    lines, arguments = [], []
    for condition in (substitute(formula, there) for formula in level.conditions):
        name = goal.fresh("K")
        lines.append(f"assert ({name} : {goal.say(condition)}).\n{{ {close_sign(goal, condition, premises)} }}")
        arguments.append(name)
    value = substitute(level.body, there)
    if arguments:
        proof = f"({proof} {' '.join(arguments)})"
    return [*lines, f"apply (eq_trans {proof}).", close_equation(goal, value, right, premises)]


def _quantified(names: Sequence[str]) -> Term:
    formula = Term("True")
    for name in reversed(names):
        formula = for_all(name, formula)
    return formula


# --- smoothness, Taylor's formula -----------------------------------------------------------------------------------------


def smooth(goal: Goal) -> str:
    """f(x) = body for all x: the body is smooth as it is built from smooth functions."""
    name, order = goal.claim.args
    premise = goal.premises[0]
    names, known = strip(premise.term)
    if len(names) != 1:
        raise Unsupported("smoothness of a function of several arguments is not written in Rocq")
    values = _unused(goal, names)
    variable, body = values[names[0]].args[0], substitute(known.args[1], values)
    builder = Smoothness(goal, variable, int(order), _smoothness(goal.premises[1:]))
    tactic = builder.of(body)
    inner = goal.within(variable)
    lines = []
    for condition, proof in builder.conditions.items():
        script = close_sign(inner, condition, _others(goal.premises[1:]))
        stated = goal.say(for_all(variable, condition))
        lines.append(f"assert ({proof} : {stated}).\n{{ intros {goal.names.variable(variable)}. {script} }}")
    lines.append(f"apply (smooth_ext {order} {written(goal, variable, body)} {goal.names.functions[name]}).")
    lines.append(f"{{ intros ?. symmetry. apply {premise.name}. }}")
    return "\n".join([*lines, f"{tactic}."])


def taylor(goal: Goal) -> str:
    """f has k continuous derivatives: what is divided by (x - a)^k is f minus its Taylor polynomial of degree k."""
    fraction, name, a, _ = goal.claim.args
    function, order = goal.term("function"), goal.witness.get("order")
    if fraction.head != "Div" or type(order) is not int:
        raise Unsupported("the claim is no quotient with a power of x - a")
    used = function.args[1][0] if function.head == "Derivative" else 0
    f, (most, proof) = function.args[0], _smoothness(goal.premises)[function.args[0]]
    text = goal.names.functions[f]
    whole = {0: text, 1: f"(Derive {text})"}.get(used, f"(Derive_n {text} {used})")
    variable = _unused(goal, [name])[name]
    inner = goal.within(variable.args[0])
    top, bottom = (substitute(part, {name: variable}) for part in fraction.args)
    step = sub(variable, a)
    parts = [_derived(f, used, a)]
    for j in range(1, order + 1):
        parts.append(div(mul(_derived(f, used + j, a), power(step, j)), number(factorial(j))))
    remainder = sub(_derived(f, used, variable), add(*parts))
    others, introduction = _others(goal.premises), f"intros {goal.names.variable(variable.args[0])}."
    return "\n".join([
        f"apply (taylor_peano {order} {whole} ({inner.real(a)}) "
        f"{written(inner, variable.args[0], top)} {written(inner, variable.args[0], bottom)}).",
        f"{{ exact (smooth_derive_n {used} {order} {text} (smooth_le {used + order} {most} {text} ltac:(lia) {proof})). }}",
        f"{{ {introduction} change ({inner.real(top)} = {inner.real(remainder)}).",
        f"  {close_equation(inner, top, remainder, others)} }}",
        f"{{ {introduction} change ({inner.real(bottom)} = {inner.real(power(step, order))}).",
        f"  {close_equation(inner, bottom, power(step, order), [])} }}",
    ])  # fmt: skip


def _derived(name: str, order: int, at: Term) -> Term:
    return Term("Derivative", (name, (order,), at)) if order else apply(name, at)


# --- iterations and flows -------------------------------------------------------------------------------------------------


def local_rate(goal: Goal) -> str:
    """The theorem of that name, from the premises that are its hypotheses."""
    from derivations.rocq.equality import convert, find

    x, f, a, m = (goal.term(key) for key in ("sequence", "function", "at", "slope"))
    t, d, b = (goal.witness[key] for key in ("step", "radius", "start"))
    name, begin, rho = f.args[0], symbol(b), goal.claim.args[0]
    needed = [
        for_all(t, for_all(b, eq(substitute(x, {t: add(symbol(t), ONE)}), apply(name, x)))),
        for_all(b, eq(substitute(x, {t: ZERO}), begin)),
        eq(apply(name, a), a),
        eq(Term("Derivative", (name, (1,), a)), m),
    ]
    lines, proofs = [], []
    for wanted in needed:
        script = find(goal, goal.premises, wanted)
        if script is None:
            raise Unsupported("a premise of the rule is missing")
        proofs.append(goal.fresh("K"))
        lines.append(f"assert ({proofs[-1]} : {goal.say(wanted)}).\n{{ {script} }}")
    function, (most, known) = goal.names.functions[name], _smoothness(goal.premises)[name]
    proofs.append(f"(smooth_le 1 {most} {function} ltac:(lia) {known})")
    distance, far = Term("Abs", (sub(x, a),)), Term("Abs", (sub(begin, a),))
    decay = for_all(t, le(distance, mul(power(symbol(rho), symbol(t)), far)))
    near = exists(d, conj(lt(ZERO, symbol(d)), for_all(b, implies(lt(far, symbol(d)), decay))))
    shown = for_all(rho, implies(conj(lt(Term("Abs", (m,)), symbol(rho)), lt(symbol(rho), ONE)), near))
    sequence = f"(fun ({goal.names.variable(t)} : nat) ({goal.names.variable(b)} : R) => {goal.real(x)})"
    data = f"{sequence} {function} ({goal.real(a)}) ({goal.real(m)}) {' '.join(proofs)}"
    result = goal.fresh()
    lines.append(f"assert ({result} : {goal.say(shown)}).\n{{ exact (local_rate {data}). }}")
    return "\n".join([*lines, convert(goal, result, shown, goal.claim)])


def conserved(goal: Goal) -> str:
    """The derivative of Q(x(tau)) by the rules of differentiation and the equations of the flow is 0; so it is constant."""
    name, claim = goal.claim.args
    values = _unused(goal, [name])
    (variable,) = values[name].args
    left, right = (substitute(side, values) for side in claim.args)
    inner = goal.within(variable)
    others = _others(goal.premises)
    tangent = Tangent(inner, variable, _smoothness(goal.premises), _curves(inner, others, symbol(variable)))
    along, tactic = tangent.of(left)
    here, quantity = goal.names.variable(variable), written(inner, variable, left)
    conditions = [
        f"assert ({proof} : {inner.say(condition)}).\n{{ {close_sign(inner, condition, others)} }}"
        for condition, proof in tangent.conditions.items()
    ]
    constant = goal.fresh()
    rest = [premise for premise in others if strip(premise.term)[1].args[0].head != "Diff"]
    return "\n".join([
        f"assert ({constant} : forall {here} : R, is_derive {quantity} {here} 0).",
        f"{{ intros {here}.", *conditions,
        f"apply (derive_value {quantity} {here} ({inner.real(along)})).",
        f"{{ {tactic}. }}",
        f"{{ {close_equation(inner, along, ZERO, rest)} }} }}",
        f"intros {here}. apply (eq_trans (conserved_along {quantity} {constant} {here})).",
        close_equation(inner, substitute(left, {variable: ZERO}), right, []),
    ])  # fmt: skip


def _curves(goal: Goal, premises: Sequence[Premise], time: Term) -> dict[str, Proved]:
    """The derivatives of functions of the time that the premises give: x'(tau) and the tactic for it."""
    found = {}
    for premise in premises:
        names, body = strip(premise.term)
        if body.head != "Eq" or body.args[0].head != "Diff" or body.args[0].args[0].head != "Apply":
            continue
        (curve, moment), value = body.args[0].args, body.args[1]
        if moment not in names or curve.args[1:] != (symbol(moment),) or not set(names) <= goal.here | {moment}:
            continue
        proof = goal.applied(premise, {moment: time})
        found[curve.args[0]] = substitute(value, {moment: time}), f"exact {proof}"
    return found
