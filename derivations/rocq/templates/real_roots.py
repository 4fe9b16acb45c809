"""Combinations of equations, and all real roots of a polynomial by its factors."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq, fmpq_poly

from derivations.kernel.algebra import Algebra, rational_coefficients
from derivations.language.terms import (
    FALSE,
    ZERO,
    Term,
    add,
    disj,
    div,
    eq,
    free_symbols,
    iff,
    lt,
    mul,
    number,
    power,
    sub,
    substitute,
    symbol,
)
from derivations.rocq.algebra import equation_script
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal
from derivations.rocq.templates.numbers import number_sign
from derivations.rocq.templates.roots import equal_numbers, factored, product, root_fact


def combination(goal: Goal) -> str:
    """l - r is a sum of multiples of the l_i - r_i, which are zero."""
    left, right = goal.claim.args
    factors = goal.witness["factors"]
    gaps = [sub(*premise.term.args) for premise in goal.premises]
    lines, names = [], []
    for premise, gap in zip(goal.premises, gaps, strict=True):
        names.append(goal.fresh("Z"))
        lines.append(f"assert ({names[-1]} : {goal.real(gap)} = 0) by exact (Rminus_diag_eq _ _ {premise.name}).")
    whole, sum_name = add(*map(mul, factors, gaps)), goal.fresh("K")
    gap = sub(left, right)
    script = equation_script(goal, gap, whole, ())
    lines.append(f"assert ({sum_name} : {goal.real(gap)} = {goal.real(whole)}).\n{{ {script} }}")
    rewrites = ", ".join([sum_name, *(f"?{name}" for name in names)])
    return "\n".join([*lines, f"apply Rminus_diag_uniq. rewrite {rewrites}. ring."])


def real_roots(goal: Goal) -> str:
    """p(x) = c·∏(x - r_i): one of the factors is zero; without real roots, c·(x + m)² + d with c·d > 0.

    With real and with complex roots: by the irreducible factors over Q.
    """
    equation, solutions = goal.claim.args
    (name,) = free_symbols(equation)
    body = sub(*equation.args)
    coefficients = rational_coefficients(goal.table, body, name)
    parts = solutions.args if solutions.head == "Or" else () if solutions.head == "False" else (solutions,)
    roots = [part.args[1] for part in parts]
    if not roots and len(coefficients) == 3:
        return _without_roots(goal, body, name, [number(c) for c in coefficients])
    if len(roots) != len(coefficients) - 1:
        return _by_factors(goal, body, name, coefficients, roots)
    whole, proof = mul(number(coefficients[-1]), product(roots, symbol(name))), goal.fresh("K")
    lines = _factored(goal, roots, body, name, whole, proof)
    back = [_vanishes(goal, equation, name, root) for root in roots]
    return "\n".join([*lines, "split.", *_one_is_zero(goal, proof, len(roots)), *_each_is_root(goal, back)])


def _factored(goal: Goal, roots: list[Term], body: Term, name: str, whole: Term, proof: str) -> list[str]:
    """Lines that prove p(x) = c·∏(x - r_i)."""
    if all(root.head != "RootOf" for root in roots):
        script = equation_script(goal, body, whole, ())
        return [f"assert ({proof} : {goal.real(body)} = {goal.real(whole)}).\n{{ {script} }}"]
    if any(root.head != "RootOf" or root.args[:2] != roots[0].args[:2] for root in roots):
        raise Unsupported("roots of different polynomials")
    at = substitute(roots[0].args[0], {roots[0].args[1]: symbol(name)})
    lines, known = factored(goal, roots, at, symbol(name))
    same = equation_script(goal, body, at, ())
    return [
        *lines,
        f"assert ({proof} : {goal.real(body)} = {goal.real(whole)}).",
        f"{{ transitivity ({goal.real(at)}); [| exact {known}]. {same} }}",
    ]


def _one_is_zero(goal: Goal, proof: str, count: int) -> list[str]:
    known, gap = goal.fresh("N"), goal.fresh("Z")
    part = f"apply Rmult_integral in {gap}. destruct {gap} as [{gap} | {gap}]; "
    lines = [
        f"{{ intros {known}. assert ({gap} := Rminus_diag_eq _ _ {known}). rewrite {proof} in {gap}. clear {known}.",
        f"  {part}[exfalso; lra |].",
    ]
    for i in range(count):
        choice = "".join(["right; "] * i + ["left; "] * (i < count - 1))
        lines.append(f"  {part}[{choice}lra |].")
    return [*lines, "  exfalso; lra. }"]


def _each_is_root(goal: Goal, scripts: list[str]) -> list[str]:
    known = goal.fresh("N")
    lines = [f"{{ intros {known}."]
    for script in scripts[:-1]:
        lines.append(f"  destruct {known} as [{known} | {known}]. {{ rewrite {known}. {script} }}")
    return [*lines, f"  rewrite {known}. {scripts[-1]} }}"]


def _vanishes(goal: Goal, equation: Term, name: str, root: Term) -> str:
    left, right = (substitute(side, {name: root}) for side in equation.args)
    if root.head == "RootOf":
        line, fact = root_fact(goal, root)
        return f"{line} destruct {fact} as [_ {fact}]. lra."
    return equation_script(goal, left, right, ())


def _without_roots(goal: Goal, body: Term, name: str, coefficients: list[Term]) -> str:
    c, b, a = coefficients
    x, start, known = symbol(name), goal.fresh("K"), goal.fresh("H")
    middle = add(x, div(b, mul(number(2), a)))
    rest = sub(c, div(power(b, 2), mul(number(4), a)))
    whole = add(mul(a, power(middle, 2)), rest)
    script = equation_script(goal, body, whole, ())
    square = goal.fresh("Q")
    return "\n".join([
        f"assert ({start} : {goal.real(body)} = {goal.real(whole)}).\n{{ {script} }}",
        f"assert ({square} := pow2_ge_0 ({goal.real(middle)})).",
        f"split; intros {known}; [| contradiction].",
        f"apply Rminus_diag_eq in {known}. rewrite {start} in {known}. lra.",
    ])  # fmt: skip


# --- by factors -----------------------------------------------------------------------------------------------------


def _by_factors(goal: Goal, body: Term, name: str, coefficients: list[Fraction], roots: list[Term]) -> str:
    """p = c·p_1^e_1·p_2^e_2·…, irreducible over Q: one of the factors is zero, and each has its own of the roots."""
    constant, parts = fmpq_poly([fmpq(c.numerator, c.denominator) for c in coefficients]).factor()
    x = symbol(name)
    lines: list[str] = []
    facts: list[str] = []
    owns: list[list[int]] = []
    powers: list[tuple[Term, int]] = []
    for part, exponent in parts:
        values = [Fraction(int(c.p), int(c.q)) for c in part.coeffs()]
        term = add(*(mul(number(c), power(x, k)) for k, c in enumerate(values) if c))
        owns.append([i for i, root in enumerate(roots) if _is_root(goal, substitute(term, {name: root}))])
        facts.append(goal.fresh("F"))
        claim, script = _factor_roots(goal, term, name, values, [roots[i] for i in owns[-1]])
        lines.append(f"assert ({facts[-1]} : {goal.say(claim)}).\n{{ {script} }}")
        powers.append((term, int(exponent)))
    whole = number(Fraction(int(constant.p), int(constant.q)))
    for term, exponent in powers:
        whole = mul(whole, power(term, exponent))
    known = goal.fresh("K")
    lines.append(f"assert ({known} : {goal.real(body)} = {goal.real(whole)}) by field.")
    forward = _factor_is_zero(goal, known, facts, owns, len(roots))
    back = []
    for i in range(len(roots)):
        at = next((k for k, own in enumerate(owns) if i in own), None)
        if at is None:
            raise Unsupported("a solution that is no root")
        back.append(_zero_by_factor(goal, powers[at][0], facts[at], owns[at].index(i), len(owns[at]), known))
    return "\n".join([*lines, "split.", forward, *(_each_holds(goal, back) if back else ["intros []."])])


def _is_root(goal: Goal, value: Term) -> bool:
    algebra = Algebra(goal.table, [value])
    return algebra.is_zero(algebra.value(value))


def _factor_roots(
    goal: Goal, term: Term, name: str, coefficients: list[Fraction], roots: list[Term]
) -> tuple[Term, str]:
    """An irreducible factor is zero just at its roots, and the script that proves it."""
    parts = [eq(symbol(name), root) for root in roots]
    claim = iff(eq(term, ZERO), disj(*parts) if parts else FALSE)
    degree = len(coefficients) - 1
    if len(roots) == degree or (degree == 2 and not roots):
        return claim, real_roots(goal.replace(claim=claim))
    if degree != 3:
        raise Unsupported("an irreducible factor of degree four or more with complex roots")
    d, c, b, a = map(number, coefficients)
    (root,) = roots
    zero, apart, fact, known = goal.fresh("Z"), goal.fresh("Z"), goal.fresh("Q"), goal.fresh("N")
    value = substitute(term, {name: root})
    square = power(add(mul(a, root), b), 2)
    gap = lt(square, mul(number(4), a, add(mul(a, power(root, 2)), mul(b, root), c)))
    numbers = " ".join(f"({goal.real(one)})" for one in (a, b, c, d, symbol(name), root))
    return claim, "\n".join([
        f"assert ({zero} : {goal.real(value)} = 0). {{ {equal_numbers(goal, value, ZERO)} }}",
        f"assert ({apart} : {goal.say(gap)}). {{ {number_sign(goal.replace(claim=gap, premises=()))} }}",
        f"assert ({fact} := cubic_one_root {numbers} ltac:(lra) ltac:(lra) {apart}).",
        f"split; intros {known}; [apply (proj1 {fact}); lra | apply (proj2 {fact}) in {known}; lra].",
    ])  # fmt: skip


def _choice(i: int, count: int) -> str:
    """Tactics that choose part i of a disjunction of so many parts."""
    return "right; " * i + ("left; " if i < count - 1 else "")


def _factor_is_zero(goal: Goal, known: str, facts: list[str], owns: list[list[int]], count: int) -> str:
    """From p(x) = 0 to one of the solutions: the product ((c·p_1^e_1)·p_2^e_2)·… is zero."""
    given, gap, zero = goal.fresh("N"), goal.fresh("Z"), goal.fresh("Z")
    lines = [
        f"{{ intros {given}. assert ({gap} := Rminus_diag_eq _ _ {given}). rewrite {known} in {gap}. clear {given}."
    ]
    for fact, own in reversed(list(zip(facts, owns, strict=True))):
        cases = "".join(f"destruct {zero} as [{zero}|{zero}]; [{_choice(i, count)}exact {zero} |]. " for i in own[:-1])
        cases += f"{_choice(own[-1], count)}exact {zero}." if own else f"destruct {zero}."
        lines.append(
            f"  apply Rmult_integral in {gap}. destruct {gap} as [{gap}|{gap}]. 2: {{ apply power_zero in {gap}. "
            f"apply (proj1 {fact}) in {gap}. rename {gap} into {zero}. {cases} }}"
        )
    return "\n".join([*lines, "  exfalso; lra. }"])


def _zero_by_factor(goal: Goal, factor: Term, fact: str, place: int, count: int, known: str) -> str:
    """p(x) = 0 from x = r, r being a root of the factor: for the hypothesis of that name."""
    zero, gap = goal.fresh("Z"), sub(*goal.claim.args[0].args)
    return (
        f"assert ({zero} : {goal.real(factor)} = 0) by (apply (proj2 {fact}); {_choice(place, count)}assumption). "
        f"apply Rminus_diag_uniq. change ({goal.real(gap)} = 0). rewrite {known}, {zero}. ring."
    )


def _each_holds(goal: Goal, scripts: list[str]) -> list[str]:
    known = goal.fresh("N")
    lines = [f"{{ intros {known}."]
    for script in scripts[:-1]:
        lines.append(f"  destruct {known} as [{known} | {known}]. {{ {script} }}")
    return [*lines, f"  {scripts[-1]} }}"]


def same_root(goal: Goal) -> str:
    """p(a) - p(b) = (a - b)·D(a, b) is zero, and D is not."""
    one, other = goal.claim.args
    name, polynomial = goal.witness["variable"], goal.term("polynomial")
    coefficients = rational_coefficients(goal.table, polynomial, name)
    first, second = (substitute(polynomial, {name: value}) for value in (one, other))
    parts = [
        mul(number(c), *(power(value, e) for value, e in ((one, i), (other, k - 1 - i)) if e))
        for k, c in enumerate(coefficients) for i in range(k) if c
    ]  # fmt: skip
    ratio, whole = add(*parts), goal.fresh("K")
    product_text = f"({goal.real(sub(one, other))}) * ({goal.real(ratio)})"
    lines, names = [], []
    for value in (first, second):
        names.append(goal.fresh("Z"))
        lines.append(f"assert ({names[-1]} : {goal.real(value)} = 0). {{ {equal_numbers(goal, value, ZERO)} }}")
    apart, gap = goal.fresh("N"), goal.fresh("Q")
    script = number_sign(goal.replace(claim=Term("Ne", (ratio, ZERO))))
    return "\n".join([
        *lines,
        f"assert ({apart} : {goal.real(ratio)} <> 0).\n{{ {script} }}",
        f"assert ({whole} : {goal.real(first)} - ({goal.real(second)}) = {product_text}) by field.",
        f"assert ({gap} : {product_text} = 0).",
        f"{{ rewrite <- {whole}, {names[0]}, {names[1]}. ring. }}",
        f"apply Rmult_integral in {gap}. destruct {gap} as [{gap} | {gap}]; [| contradiction].",
        f"apply Rminus_diag_uniq. exact {gap}.",
    ])  # fmt: skip
