"""What changes the quantities that a model's gradient flow conserves: steps of finite size, weight decay, momentum.

Q is conserved for every data set and loss iff grad Q · g = 0 identically, g = sum_i c_i*grad phi_i. Everything here is
Taylor's formula for the polynomial Q about theta, in which the term of first order vanishes for that reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from derivations.kernel.sparse import Sparse, gradient, product, total
from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    eq,
    for_all,
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
from derivations.problems.models import Model
from derivations.problems.optimizers import Optimizer
from derivations.tactics.algebra import coefficient_of, is_zero, tidy
from derivations.tactics.model_flow import Laws, ModelFlow, coefficients, search
from derivations.tactics.proof import Proof
from derivations.tactics.sparse import as_term

T = symbol("t")


@dataclass(frozen=True)
class Law:
    """A conserved polynomial with its Taylor terms D^k Q(theta)[g, ..., g]/k! for k = 1, 2, ...; g_j has position D + j."""

    poly: Sparse
    terms: tuple[Sparse, ...]

    @property
    def degree(self) -> int | None:
        """Its degree, if all its monomials have the same."""
        degrees = {len(monomial) for monomial in self.poly}
        return degrees.pop() if len(degrees) == 1 else None

    def moving(self) -> list[int]:
        """The parameters that occur, by position."""
        return sorted({i for monomial in self.poly for i in monomial})


def law(poly: Sparse, size: int) -> Law:
    terms, last, order = [], poly, 0
    while last:
        order += 1
        parts = gradient(last)
        along = total(product(part, {(size + j,): Fraction(1, order)}) for j, part in parts.items() if j < size)
        terms.append(along)
        last = along
    return Law(poly, tuple(one for one in terms if one))


def model_laws(model: Model) -> tuple[ModelFlow, list[Law]]:
    """The independent conserved polynomials of the model's flow. Raises Undecided if none was found."""
    flow, found = conserved(model)
    return flow, [law(found.polynomials[i], len(model.parameters)) for i in found.independent]


def conserved(model: Model) -> tuple[ModelFlow, Laws]:
    """The conserved polynomials of the model's flow. Raises Undecided if none was found."""
    parts = coefficients(model)
    flow = ModelFlow(model, parts, free_names(model, "c", len(parts)), (), "tau")
    found = search(flow)
    if not found.most:
        raise Undecided("this model's flow conserves nothing whatever the data and the loss are, so there is nothing to lose")
    if not found.independent:
        raise Undecided(f"no polynomial of degree up to {found.degree} is conserved by this model's flow, so there is none to lose")
    return flow, found


def free_names(model: Model, letter: str, count: int, *others: str) -> tuple[str, ...]:
    """letter_1, letter_2, ...; another letter if the model, or another name, uses that one."""
    taken = (*model.parameters, *model.data, *others)
    choices = (letter, *"cgrqpahk")
    free = next((one for one in choices if not any(name == one or name.startswith(f"{one}_") for name in taken)), "slope")
    return tuple(f"{free}_{i}" for i in range(1, count + 1))


# --- steps of finite size -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Steps:
    """theta_j(t+1) = keep*theta_j(t) - rate*g_j(t), and g_j = sum_i c_i*dphi_i/dtheta_j: labels of both, by parameter."""

    names: tuple[str, ...]
    gradients: tuple[str, ...]
    keep: Term
    rate: Term
    updates: dict[int, str]
    slopes: dict[int, str]

    def at(self, term: Term, time: Term = T) -> Term:
        return substitute(term, {name: apply(name, time) for name in (*self.names, *self.gradients)})

    def term(self, poly: Sparse) -> Term:
        return as_term(poly, (*self.names, *self.gradients))


def affine_update(method: Optimizer) -> tuple[Term, Term]:
    """(a, b) with theta' = a*theta - b*grad. Raises Undecided for a method with memory, or that asks elsewhere."""
    if len(method.state) != 1:
        raise Undecided(f"{method.name} has memory; only methods without memory are treated here so far")
    old = method.parameter
    rule = method.update[old]
    if any(node.head == "Apply" and node.args[1:] != (symbol(old),) for node in subterms(rule)):
        raise Undecided(f"{method.name} asks for the gradient at another point; that is not treated here so far")
    slope = symbol("slope")

    def plain(term: Term) -> Term:
        return slope if term.head == "Apply" else rebuild(term, plain)

    factor, rest = coefficient_of(plain(rule), slope)
    kept, shift = coefficient_of(rest, symbol(old))
    if not is_zero(shift) or is_zero(factor):
        raise Undecided(f"a step of {method.name} is no combination of parameter and gradient: {ascii_text(rule)}")
    return kept, tidy(neg(factor))


def declare_steps(proof: Proof, flow: ModelFlow, method: Optimizer, moving: Sequence[int]) -> Steps:
    """The steps as definitions, for the parameters that matter; the c_i are any sequences."""
    names = flow.names
    clash = {"t", *method.hyperparameters} & {*names, *flow.functions}
    if clash:
        raise Undecided(f"a parameter is called {min(clash)}, as the method's own names are; please give it another name")
    keep, rate = affine_update(method)
    slopes = free_names(flow.model, "g", len(names))
    proof.declare("t", "natural")
    proof.real(*method.hyperparameters)
    fields = [gradient(part.poly) for part in flow.coefficients]
    used = [i for i, field in enumerate(fields) if any(j in field for j in moving)]
    for i in range(len(names)):
        proof.declare(names[i], "sequence", "parameter after t steps")
    for i in used:
        proof.declare(flow.functions[i], "sequence", meaning(flow, i))
    made = Steps(names, slopes, keep, rate, {}, {})
    for j in moving:
        proof.declare(slopes[j], "sequence", f"the loss's slope in {names[j]}")
        pushes = [mul(apply(flow.functions[i], T), made.at(as_term(fields[i][j], names))) for i in used if j in fields[i]]
        made.slopes[j] = proof.define(for_all("t", eq(apply(slopes[j], T), add(*pushes))), "the gradient of the loss")
    for j in moving:
        after = sub(_times(keep, apply(names[j], T)), _times(rate, apply(slopes[j], T)))
        made.updates[j] = proof.define(for_all("t", eq(apply(names[j], add(T, ONE)), after)), "one step of the method")
    return made


def meaning(flow: ModelFlow, i: int) -> str:
    """What the coefficient of grad phi_i is."""
    part = flow.coefficients[i]
    which = f"output {part.output + 1}" if len(flow.model.outputs) > 1 else "the output"
    times = "*".join(part.data)
    return f"the loss's slope in {which}{f' times {times}' if times else ''}, summed over the data"


def _times(factor: Term, term: Term) -> Term:
    return term if factor == ONE else mul(factor, term)


def orthogonal(proof: Proof, steps: Steps, one: Law) -> str:
    """grad Q · g = 0 at every step, whatever the coefficients are."""
    claim = eq(steps.at(steps.term(one.terms[0])), ZERO)
    needed = [steps.slopes[j] for j in one.moving()]
    return proof.step("identity", claim, *needed, because="the flow conserves it: its gradient is orthogonal to the loss's")


def drift(proof: Proof, steps: Steps, one: Law) -> str | None:
    """Q(theta(t+1)) - Q(theta(t)) = sum_k>=2 (-rate)**k*D^k Q[g, ..., g]/k!, exactly; with powers of ``keep`` where it is not 1.

    None for a Q of mixed degrees where parameters are shrunk, for then it is not a multiple that is left.
    """
    if steps.keep != ONE and one.degree is None:
        return None
    flat = orthogonal(proof, steps, one)
    now, after = (steps.at(steps.term(one.poly), time) for time in (T, add(T, ONE)))
    changes = [mul(*_powers(steps, one, k), steps.at(steps.term(part))) for k, part in enumerate(one.terms[1:], start=2)]
    changes = [neg(mul(*change.args)) if k % 2 else change for k, change in enumerate(changes, start=2)]
    first = neg(mul(*_powers(steps, one, 1), proof.claims[flat].args[0]))
    if steps.keep == ONE:
        left, base = sub(after, now), []
    else:
        left, base = after, [mul(power(steps.keep, one.degree or 1), now)]
    whole = eq(left, add(*base, first, *changes))
    opened = proof.step("identity", whole, *(steps.updates[j] for j in one.moving()),
                        because="insert the update, and sort by powers")  # fmt: skip
    short = eq(left, add(*base, *changes))
    label = proof.step("rewrite", short, opened, flat, because="the term of first order is zero")
    return proof.step("generalise", for_all("t", short), label, because="at every step")


def _powers(steps: Steps, one: Law, k: int) -> list[Term]:
    """keep**(degree - k)*rate**k, without factors 1."""
    kept = [] if steps.keep == ONE or one.degree in (None, k) else [_raised(steps.keep, (one.degree or k) - k)]
    return [*kept, _raised(steps.rate, k)]


def _raised(base: Term, exponent: int) -> Term:
    return base if exponent == 1 else power(base, exponent)


# --- weight decay along the flow ------------------------------------------------------------------------------------------


def decaying_flow(proof: Proof, flow: ModelFlow, rate: Term, moving: Sequence[int]) -> dict[int, str]:
    """dtheta_j/dtau = -sum_i c_i(tau)*dphi_i/dtheta_j - rate*theta_j as hypotheses, for the parameters that matter."""
    tau, names = symbol(flow.time), flow.names
    fields = [gradient(part.poly) for part in flow.coefficients]
    proof.declare(flow.time, "real", "time")
    for name in names:
        proof.declare(name, "function", "parameter at that time")
    used = [i for i, field in enumerate(fields) if any(j in field for j in moving)]
    for i in used:
        proof.declare(flow.functions[i], "function", meaning(flow, i))
    labels = {}
    for j in moving:
        pushes = [mul(apply(flow.functions[i], tau), flow.at(as_term(fields[i][j], names), tau)) for i in used if j in fields[i]]
        speed = Term("Diff", (apply(names[j], tau), flow.time))
        right = add(neg(add(*pushes)), neg(mul(rate, apply(names[j], tau))))
        labels[j] = proof.assume(for_all(flow.time, eq(speed, right)), "gradient flow with weight decay")
    return labels


def decay(proof: Proof, flow: ModelFlow, one: Law, rate: Term, equations: dict[int, str]) -> str:
    """Q(theta(tau)) = exp(-d*rate*tau)*Q(theta(0)) for a homogeneous Q of degree d: exp(d*rate*tau)*Q is conserved."""
    quantity = as_term(one.poly, flow.names)
    exponent = mul(*([] if one.degree == 1 else [number(one.degree or 1)]), rate, symbol(flow.time))
    words = "the exponential makes up for the decay; the rest is orthogonal to the loss's gradient"
    values = flow.at(quantity, symbol(flow.time)), flow.at(quantity, ZERO)
    return shrinks(proof, flow.time, values, exponent, [equations[j] for j in one.moving()], words)


def shrinks(proof: Proof, time: str, values: tuple[Term, Term], exponent: Term, equations: Sequence[str], because: str) -> str:
    """x(tau) = exp(-exponent)*x(0), because exp(exponent)*x is conserved; ``values`` are x now and at time 0."""
    (now, start), begun = values, Term("Exp", (ZERO,))
    grown, shrunk = Term("Exp", (exponent,)), Term("Exp", (neg(exponent),))
    kept = proof.step("conserved", for_all(time, eq(mul(grown, now), mul(begun, start))), *equations, because=because)
    unit = proof.step("identity", eq(begun, ONE), because="the exponential at time 0")
    plain = proof.step("rewrite", for_all(time, eq(mul(grown, now), start)), kept, unit, because="insert it")
    split = proof.step("identity", eq(now, mul(shrunk, mul(grown, now))), because="multiply and divide by the exponential")
    solved = proof.step("rewrite", eq(now, mul(shrunk, start)), split, plain, because="the product is constant")
    return proof.step("generalise", for_all(time, proof.claims[solved]), solved, because="at every time")
