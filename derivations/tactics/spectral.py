"""n parameters: the iteration in the eigenbasis of the Hessian, and what the largest eigenvalue decides.

The Hessian is a family H(i, j), its orthonormal eigenbasis v and its eigenvalues lam are given by hypotheses (they exist for every
symmetric matrix, by the spectral theorem; for two parameters this is proved, see ``hessian.two-parameters``).
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    TRUE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    div,
    eq,
    for_all,
    iff,
    implies,
    le,
    lt,
    mul,
    ne,
    number,
    power,
    predicate,
    sub,
    substitute,
    symbol,
    total,
)
from derivations.problems.questions import Problem
from derivations.tactics.algebra import coefficient_of, is_zero, tidy
from derivations.tactics.linear import T, closed_form, flat, learning_rate, refuse_nested_gradient, replace_calls
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import MEANING, geometric_facts

II, J, K, M = (symbol(name) for name in "ijkm")
N = symbol("n")
LARGEST, SMALLEST = symbol("L_max"), symbol("mu")


@dataclass(frozen=True)
class Spectral:
    """The coordinate of the error along the i-th eigenvector, its multiplier, and what is known of it."""

    coordinate: Term
    ratio: Term
    product: Term
    rate: str
    closed: str
    facts: dict[str, str]
    bounds: dict[str, str]


def _sum(index: str, body: Term) -> Term:
    return total(index, ONE, N, body)


def spectral(proof: Proof, problem: Problem, bounded: bool = True) -> Spectral:
    """Definitions and hypotheses in n dimensions; the decoupled recurrence and its closed form.

    With ``bounded`` the eigenvalues are assumed to lie between mu > 0 and L_max.
    """
    rate = _declare(proof, problem)
    name = problem.optimizer.parameter
    star = f"{name}_star"

    def error(k: Term) -> Term:
        return sub(apply(name, T, k), apply(star, k))

    gradient = proof.define(for_all("t", for_all("k", eq(apply("g", T, K), _sum("j", mul(apply("H", K, J), error(J)))))),
                            "the gradient of a quadratic loss")  # fmt: skip
    rule = _update(problem, apply(name, T, K), apply("g", T, K))
    if not is_zero(sub(_update(problem, apply(star, K), ZERO), apply(star, K))):
        raise Undecided("the method does not stay at the minimum; only gradient steps are treated here so far")
    step = proof.define(for_all("t", for_all("k", eq(apply(name, add(T, ONE), K), rule))), "one step of the method")
    coordinate = _sum("k", mul(apply("v", II, K), error(K)))
    defined = proof.define(
        for_all("t", for_all("i", eq(apply("c", T, II), coordinate))), "coordinates in the eigenbasis"
    )
    symmetric = proof.assume(
        for_all("i", for_all("j", eq(apply("H", II, J), apply("H", J, II)))), "second derivatives commute"
    )
    product = _sum("l", mul(apply("H", J, symbol("l")), apply("v", II, symbol("l"))))
    eigen = proof.assume(
        for_all("i", for_all("j", eq(product, mul(apply("lam", II), apply("v", II, J))))), "eigenvectors of the Hessian"
    )
    recurrence, ratio = _decouple(proof, problem, name, gradient, step, defined, symmetric, eigen)
    now, start = apply("c", T, II), apply("c", ZERO, II)
    closed = closed_form(proof, recurrence, now, ratio, start, [])
    away = proof.assume(for_all("i", ne(start, ZERO)), "it starts away from the minimum in every eigen-direction")
    here = proof.step("instantiate", ne(start, ZERO), away, values={"i": II}, because="in this direction")
    facts = geometric_facts(proof, now, ratio, start, closed, here)
    h = tidy(sub(ONE, ratio))
    factor, rest = coefficient_of(h, symbol(rate))
    if factor != apply("lam", II) or not is_zero(rest):
        raise Undecided("only methods whose multiplier is 1 - eta*lam are treated here so far")
    return Spectral(
        now, ratio, h, rate, closed, facts, _bounds(proof) if bounded else {"symmetric": symmetric, "eigen": eigen}
    )


def _declare(proof: Proof, problem: Problem) -> str:
    hyper = problem.optimizer.hyperparameters
    learning_rate(problem.optimizer)
    if len(problem.optimizer.state) != 1 or len(hyper) != 1:
        raise Undecided(f"{problem.optimizer.name}: only plain gradient steps are treated in n dimensions so far")
    proof.declare("n", "natural")
    proof.declare("t", "natural")
    for index, words in (("i", "eigen-direction"), ("j", "coordinate"), ("k", "coordinate"), ("l", "coordinate")):
        proof.declare(index, "index:n", words)
    name = problem.optimizer.parameter
    proof.declare(name, "sequence", "parameter k after t steps")
    proof.declare(f"{name}_star", "family", "the minimum")
    proof.declare("g", "sequence", "component k of the gradient after t steps")
    proof.declare("c", "sequence", "coordinate of the error along eigenvector i after t steps")
    for family, words in (
        ("H", "Hessian"),
        ("v", "component k of eigenvector i"),
        ("lam", "eigenvalue of the Hessian"),
    ):
        proof.declare(family, "family", words)
    (rate,) = hyper
    proof.declare(rate, "real")
    if hyper[rate] != TRUE:
        proof.assume(hyper[rate], "the range of a hyperparameter")
    return rate


def _update(problem: Problem, value: Term, gradient: Term) -> Term:
    refuse_nested_gradient(problem.optimizer)
    name = problem.optimizer.parameter
    rule = replace_calls(problem.optimizer.update[name], "grad", lambda at: gradient)
    return flat(substitute(rule, {name: value}))


def _decouple(
    proof: Proof, problem: Problem, name: str, gradient: str, step: str, defined: str, symmetric: str, eigen: str
) -> tuple[str, Term]:
    """c_i(t+1) = m_i*c_i(t): exchange the sums, use the symmetry and the eigenvector, collect."""
    star, late = f"{name}_star", add(T, ONE)

    def error(t: Term, k: Term) -> Term:
        return sub(apply(name, t, k), apply(star, k))

    now, after, ell = apply("c", T, II), apply("c", late, II), symbol("l")
    later = proof.step("instantiate", eq(after, _sum("k", mul(apply("v", II, K), error(late, K)))), defined,
                       values={"t": late, "i": II}, because="the coordinate one step later")  # fmt: skip
    column = _sum("l", mul(apply("H", ell, J), apply("v", II, ell)))
    swapped = for_all("i", for_all("j", eq(column, mul(apply("lam", II), apply("v", II, J)))))
    mirrored = proof.step("rewrite", swapped, eigen, symmetric,
                          because="the Hessian is symmetric")  # fmt: skip
    z, weight = apply("c", T, II), symbol("z")
    proof.declare("z", "real", "a placeholder")
    moved = coefficient_of(_update(problem, ZERO, weight), weight)[0]
    double = _sum("j", mul(column, error(T, J)))
    claim = eq(after, _moved_by(_sum("k", mul(apply("v", II, K), error(T, K))), moved, double))
    exchanged = proof.step(
        "finite-sum", claim, later, step, gradient, because="insert the step and exchange the two sums"
    )
    single = _sum("j", mul(apply("lam", II), apply("v", II, J), error(T, J)))
    claim = eq(after, _moved_by(_sum("k", mul(apply("v", II, K), error(T, K))), moved, single))
    inserted = proof.step("rewrite", claim, exchanged, mirrored, because="it is an eigenvector")
    ratio = tidy(add(ONE, mul(moved, apply("lam", II))))
    del z
    recurrence = proof.step(
        "finite-sum", eq(after, mul(ratio, now)), inserted, defined, because="collect: the directions decouple"
    )
    proof.variables.pop(("z", False), None)
    return recurrence, ratio


def _moved_by(start: Term, factor: Term, change: Term) -> Term:
    """start + factor*change, a minus sign taken out of the factor."""
    return sub(start, mul(factor.args[0], change)) if factor.head == "Neg" else add(start, mul(factor, change))


def _bounds(proof: Proof) -> dict[str, str]:
    """0 < mu <= lam_i <= L_max for all i, the upper bound being attained."""
    proof.real("L_max", "mu")
    proof.declare("m", "index:n", "direction of the largest curvature")

    def lam(index: Term) -> Term:
        return apply("lam", index)

    return {
        "positive": proof.assume(lt(ZERO, SMALLEST), "the Hessian is positive definite"),
        "above": proof.assume(for_all("i", le(lam(II), LARGEST)), "no curvature exceeds the largest"),
        "below": proof.assume(for_all("i", le(SMALLEST, lam(II))), "none is below the smallest"),
        "largest": proof.assume(eq(lam(M), LARGEST), "the largest is attained"),
            }


# --- what happens in all directions at once ---------------------------------------------------------------------------


def region_steps(proof: Proof, s: Spectral) -> dict[str, str]:
    """P ⇔ (condition on the learning rate): for all directions, or for the steepest one where it decides."""
    rate = symbol(s.rate)
    one, two = (div(number(k), LARGEST) for k in (1, 2))
    same = proof.claims[s.facts["same-side"]].args[0]
    settles = proof.claims[s.facts["settles"]].args[0]
    labels = {
        "monotone": _universal(
            proof,
            s,
            "monotone",
            conj(settles, same),
            ("settles", "same-side"),
            ONE,
            conj(lt(ZERO, rate), lt(rate, one)),
        ),
        "convergent": _universal(
            proof, s, "convergent", settles, ("settles",), number(2), conj(lt(ZERO, rate), lt(rate, two))
        ),
    }
    steep = {
        "one_step": ("lands", eq(rate, one), "the steepest direction is there after one step"),
        "period_two": ("flips", eq(rate, two), "the steepest direction jumps back and forth"),
        "divergent": ("grows", Term("Or", (lt(rate, ZERO), lt(two, rate))), "it grows beyond all bounds in the steepest direction"),
        "constant": ("stays", eq(rate, ZERO), "the steepest direction does not move"),
    }  # fmt: skip
    for name, (fact, region, words) in steep.items():
        labels[name] = _steepest(proof, s, name, fact, region, words)
    labels["overshooting"] = _overshooting(proof, s, labels["convergent"], conj(lt(one, rate), lt(rate, two)))
    return labels


def _at(term: Term, index: Term) -> Term:
    return substitute(term, {"i": index})


def _universal(
    proof: Proof, s: Spectral, name: str, behaviour: Term, needed: tuple[str, ...], end: Term, region: Term
) -> str:
    """(∀i behaviour of c_i) ⇔ 0 < eta < end/L_max."""
    proof.declare(
        name,
        "property",
        f"{MEANING[name]} in any eigen-direction" if name == "monotone" else "it converges in every eigen-direction",
    )
    everywhere = for_all("i", behaviour)
    defined = proof.define(iff(predicate(name), everywhere), proof.variables[(name, True)].meaning)
    h = s.product
    inside = conj(lt(ZERO, h), lt(h, end))
    facts = [s.facts[key] for key in needed]
    one = proof.step("signs", iff(behaviour, inside), *facts, because="in each direction by its multiplier")
    each = proof.step("generalise", for_all("i", iff(behaviour, inside)), one, because="in every direction")
    there = proof.step(
        "signs", lt(ZERO, LARGEST), s.bounds["positive"], *_chain(proof, s), because="the largest curvature is positive"
    )
    forward = proof.supposing(everywhere, "so in every direction")
    with proof.inside() as onward:
        steep = proof.step(
            "instantiate", _at(behaviour, M), forward.label, values={"i": M}, because="in the steepest direction"
        )
        rule = proof.step(
            "instantiate", _at(iff(behaviour, inside), M), each, values={"i": M}, because="by its multiplier"
        )
        product = proof.step("signs", _at(inside, M), rule, steep, because="so this is its condition")
        exact = proof.step(
            "rewrite",
            substitute_family(_at(inside, M)),
            product,
            s.bounds["largest"],
            because="its curvature is the largest",
        )
        proof.step("signs", region, exact, there, because="solve for the learning rate")
    backward = proof.supposing(region, "such a learning rate")
    with proof.inside() as back:
        reached = _below_end(proof, s, backward.label, there, end)
        lower = proof.step(
            "instantiate",
            le(SMALLEST, apply("lam", II)),
            s.bounds["below"],
            values={"i": II},
            because="every curvature is positive",
        )
        low = proof.step(
            "signs", lt(ZERO, apply("lam", II)), *_positive_lam(proof, s, lower), because="every curvature is positive"
        )
        condition = proof.step(
            "signs", inside, reached, backward.label, low, because="so the product lies between 0 and the end"
        )
        local = proof.step("instantiate", iff(behaviour, inside), each, values={"i": II}, because="by its multiplier")
        done = proof.step("signs", behaviour, local, condition, because="so it behaves like this")
        proof.step("generalise", everywhere, done, because="in every direction")
    claim = iff(everywhere, region)
    both = proof.step("suppose", claim, branches=(proof.branch("if it is so in every direction", onward, forward),
                                                  proof.branch("for such a learning rate", back, backward)),
                      because="the steepest direction decides")  # fmt: skip
    return proof.step("signs", iff(predicate(name), region), defined, both, there, because="by definition")


def substitute_family(term: Term) -> Term:
    """lam(m) replaced by L_max."""
    if term == apply("lam", M):
        return LARGEST
    return Term(term.head, tuple(substitute_family(arg) if isinstance(arg, Term) else arg for arg in term.args))


def _chain(proof: Proof, s: Spectral) -> list[str]:
    """mu <= lam_m = L_max, so that L_max > 0 follows by adding."""
    known = next((step.label for step in proof.steps if step.claim == lt(ZERO, LARGEST)), None)
    if known is not None:
        return [known]
    low = proof.step(
        "instantiate",
        le(SMALLEST, apply("lam", M)),
        s.bounds["below"],
        values={"i": M},
        because="the smallest is not larger",
    )
    order = proof.step("rewrite", le(SMALLEST, LARGEST), low, s.bounds["largest"], because="than the largest")
    return [proof.step("polynomial-implication", lt(ZERO, LARGEST), s.bounds["positive"], order,
                       terms=({"premises": (0,)}, {"premises": (1,)}), because="and the smallest is positive")]  # fmt: skip


def _positive_lam(proof: Proof, s: Spectral, lower: str) -> list[str]:
    return [proof.step("polynomial-implication", lt(ZERO, apply("lam", II)), s.bounds["positive"], lower,
                       terms=({"premises": (0,)}, {"premises": (1,)}), because="add the two")]  # fmt: skip


def _below_end(proof: Proof, s: Spectral, given: str, there: str, end: Term) -> str:
    """eta*lam_i < end from eta*L_max < end and lam_i <= L_max."""
    rate, lam = symbol(s.rate), apply("lam", II)
    most = proof.step(
        "signs",
        conj(lt(ZERO, rate), lt(mul(rate, LARGEST), end)),
        given,
        there,
        because="multiply by the largest curvature",
    )
    positive = proof.step("signs", lt(ZERO, rate), most, because="it is positive")
    small = proof.step(
        "signs", lt(mul(rate, LARGEST), end), most, because="and below the end for the steepest direction"
    )
    upper = proof.step(
        "instantiate",
        le(lam, LARGEST),
        s.bounds["above"],
        values={"i": II},
        because="every curvature is at most the largest",
    )
    terms = ({"premises": (0,)}, {"premises": (1, 2)})
    return proof.step("polynomial-implication", lt(mul(rate, lam), end), small, positive, upper, terms=terms,
                      because="so the product is below the end in every direction")  # fmt: skip


def _steepest(proof: Proof, s: Spectral, name: str, fact: str, region: Term, words: str) -> str:
    """(behaviour of c_m) ⇔ region, m being the direction of the largest curvature."""
    behaviour, condition = proof.claims[s.facts[fact]].args
    proof.declare(name, "property", words)
    defined = proof.define(iff(predicate(name), _at(behaviour, M)), words)
    general = proof.step(
        "generalise", for_all("i", iff(behaviour, condition)), s.facts[fact], because="in every direction"
    )
    here = proof.step(
        "instantiate", _at(iff(behaviour, condition), M), general, values={"i": M}, because="in the steepest direction"
    )
    exact = proof.step("rewrite", iff(_at(behaviour, M), substitute_family(_at(condition, M))), here, s.bounds["largest"],
                       because="its curvature is the largest")  # fmt: skip
    there = _chain(proof, s)
    return proof.step(
        "signs", iff(predicate(name), region), defined, exact, *there, because="solve for the learning rate"
    )


def _overshooting(proof: Proof, s: Spectral, convergent: str, region: Term) -> str:
    """It converges in every direction and the steepest one overshoots at every step."""
    behaviour, condition = proof.claims[s.facts["other-side"]].args
    words = "it converges, and the steepest direction overshoots at every step"
    proof.declare("overshooting", "property", words)
    defined = proof.define(iff(predicate("overshooting"), conj(predicate("convergent"), _at(behaviour, M))), words)
    general = proof.step(
        "generalise", for_all("i", iff(behaviour, condition)), s.facts["other-side"], because="in every direction"
    )
    here = proof.step(
        "instantiate", _at(iff(behaviour, condition), M), general, values={"i": M}, because="in the steepest direction"
    )
    exact = proof.step("rewrite", iff(_at(behaviour, M), substitute_family(_at(condition, M))), here, s.bounds["largest"],
                       because="its curvature is the largest")  # fmt: skip
    return proof.step(
        "signs",
        iff(predicate("overshooting"), region),
        defined,
        convergent,
        exact,
        *_chain(proof, s),
        because="both together",
    )


def zigzag_steps(proof: Proof, s: Spectral) -> list[str]:
    """Without overshooting the flattest direction shrinks by less than 1 - 1/kappa a step; beyond, the steepest one alternates."""
    rate = symbol(s.rate)
    flat_ratio, steep_ratio = sub(ONE, mul(rate, SMALLEST)), sub(ONE, mul(rate, LARGEST))
    there = _chain(proof, s)
    slow = implies(conj(lt(ZERO, rate), lt(rate, div(ONE, LARGEST))), lt(sub(ONE, div(SMALLEST, LARGEST)), flat_ratio))
    bound = proof.step("signs", slow, s.bounds["positive"], *there, because="compare the two multipliers")
    zigzag = implies(
        conj(lt(div(ONE, LARGEST), rate), lt(rate, div(number(2), LARGEST)), lt(rate, div(ONE, SMALLEST))),
        conj(lt(steep_ratio, ZERO), lt(ZERO, flat_ratio)),
    )
    across = proof.step("signs", zigzag, s.bounds["positive"], *there, because="their signs differ")
    return [bound, across]


def condition_steps(proof: Proof, s: Spectral) -> list[str]:
    """What the sign of each eigenvalue means: convergence needs a positive one, zero stays, a negative one runs away."""
    rate, lam = symbol(s.rate), apply("lam", II)
    settles, grows, stays = (proof.claims[s.facts[key]].args[0] for key in ("settles", "grows", "stays"))
    cases = [
        (implies(conj(lt(ZERO, rate), settles), lt(ZERO, lam)), "settles", "it converges only where the curvature is positive"),
        (implies(eq(lam, ZERO), stays), "stays", "without curvature nothing moves"),
        (implies(conj(lt(ZERO, rate), lt(lam, ZERO)), grows), "grows", "along a negative curvature the error grows"),
        (implies(conj(lt(ZERO, rate), lt(ZERO, lam), lt(mul(rate, lam), number(2))), settles), "settles", "this suffices"),
    ]  # fmt: skip
    labels = []
    for claim, fact, words in cases:
        one = proof.step("signs", claim, s.facts[fact], because=words)
        labels.append(proof.step("generalise", for_all("i", claim), one, because="in every eigen-direction"))
    return [*labels, _curvature_step(proof, s)]


def _curvature_step(proof: Proof, s: Spectral) -> str:
    """sum_jk v_ij*H_jk*v_ik = lam_i: the eigenvalue is the second-order change along its unit eigenvector."""
    ell = symbol("l")
    unit = proof.assume(for_all("i", eq(_sum("j", power(apply("v", II, J), 2)), ONE)), "the eigenvectors have length 1")
    inner = _sum("l", mul(apply("H", J, ell), apply("v", II, ell)))
    form = _sum("j", mul(apply("v", II, J), inner))
    middle = eq(form, _sum("j", mul(apply("v", II, J), mul(apply("lam", II), apply("v", II, J)))))
    same = proof.step("finite-sum", eq(form, form), because="the quadratic form of the Hessian")
    first = proof.step("rewrite", middle, same, s.bounds["eigen"], because="it is an eigenvector")
    collected = eq(form, mul(apply("lam", II), _sum("j", power(apply("v", II, J), 2))))
    second = (
        proof.step("finite-sum", collected, first, because="take the eigenvalue out")
        if False
        else _collect(proof, collected, first)
    )
    third = proof.step("rewrite", eq(form, apply("lam", II)), second, unit, because="of length 1")
    return proof.step("generalise", for_all("i", eq(form, apply("lam", II))), third, because="for every eigenvector")


def _collect(proof: Proof, claim: Term, before: str) -> str:
    return proof.step("signs", claim, before, because="take the eigenvalue out of the sum")
