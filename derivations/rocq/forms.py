"""Canonical forms of powers, exponentials, roots, absolute values and determinants: each with the laws that lead to it.

They are functions of a ``Canon`` (algebra.py), which remembers the equations that they prove.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.kernel.algebra import _perfect_power, rational_coefficients
from derivations.language.terms import ONE, ZERO, Term, add, div, mul, ne, number, power, subterms
from derivations.rocq.errors import Unsupported
from derivations.rocq.writing import exponent_value, variables_of

if TYPE_CHECKING:
    from derivations.rocq.algebra import Canon


def _power(canon: Canon, term: Term) -> Term:
    base, exponent = term.args
    value = exponent_value(exponent)
    if value is None:
        return _whole_power(canon, term)
    if value.denominator == 2:
        root = Term("Sqrt", (base,))
        return canon.of(root if value == Fraction(1, 2) else power(root, int(2 * value)))
    if value >= 0:
        return power(canon.of(base), int(value))
    return _negative_power(canon, canon.of(base), int(-value))


def _whole_power(canon: Canon, term: Term) -> Term:
    """x ^ (t - s) is x ^ t / x ^ s, where x is not zero."""
    base, exponent = term.args
    up, down = canon.goal.writer.difference(exponent)
    if down is None:
        return _natural_power(canon, base, exponent)
    if not canon.field:
        raise Unsupported("an exponent that may be negative, without a condition")
    if base.head == "Exp":
        return _power_of_exponential(canon, base, exponent)
    inner = canon.of(base)
    quotient = div(ONE if up is None else power(inner, up), power(inner, down))
    form = canon.of(quotient)
    script = "apply power_opposite."
    if up is not None:
        script = f"apply power_difference. {canon.signs(ne(power(inner, down), ZERO))}"
    back = f"{canon.rewriting()}reflexivity."
    canon.note(power(inner, exponent), form, f"transitivity ({canon.goal.real(quotient)}). {{ {script} }} {{ {back} }}")
    return form


def _negative_power(canon: Canon, base: Term, exponent: int) -> Term:
    """/ x ^ n is 1 / x ^ n."""
    if not canon.field and canon.constant(base) is None:
        return _negative_power_as_atom(canon, base, exponent)
    if canon.constant(base) is None:
        canon.bottoms.append(base)
    written, quotient = power(base, -exponent), div(ONE, power(base, exponent))
    canon.note(written, quotient, "symmetry. exact (Rmult_1_l _).")
    return quotient


def _negative_power_as_atom(canon: Canon, base: Term, exponent: int) -> Term:
    """Where denominators may vanish: 1 / x ^ n is an atom, and 1 / x another one."""
    raised = power(base, exponent) if exponent > 1 else base
    below = canon.representative(f"1/[{canon.plain.key(canon.plain.value(raised))}]", raised)
    canon.bottoms.append(below)
    quotient = div(ONE, below)
    canon.note(power(base, -exponent), quotient, f"{canon.rewriting()}unfold Rdiv; rewrite ?pow_1, Rmult_1_l; reflexivity.")
    return quotient


def _natural_power(canon: Canon, base: Term, exponent: Term) -> Term:
    form = canon.plain.linear_form(exponent)
    if form is None:
        raise Unsupported("an exponent that is no natural number")
    if base.head == "Exp":
        return _power_of_exponential(canon, base, exponent)
    inner = canon.of(base)
    written = power(inner, exponent)
    minus, root, times = _perfect_power(canon.plain, canon.plain.value(inner))
    key = canon.plain.key(root)
    if key == "0":
        return _power_of_zero(canon, inner, written, form)
    rooted = inner if times == 1 and not minus else canon.plain.written(root)
    rooted = canon.representatives.setdefault(f"base {key}", rooted)
    if key == "1":
        base = number(-1 if minus else 1)
    else:
        base = inner if times == 1 and not minus and _same_text(canon, inner, rooted) else power(rooted, times)
        base = mul(number(-1), base) if minus else base
    kept, start = _with_base(canon, inner, base, exponent)
    factors: list[Term] = [power(kept, form[1])] if form[1] and (key != "1" or minus) else []
    for name, count in sorted(form[0].items()):
        variables = mul(*variables_of(name))
        if minus and count % 2:
            factors.append(power(number(-1), variables))
            canon.relation(factors[-1], ONE, "rewrite <- pow_mult, Nat.mul_comm. apply pow_1_even.")
        if key != "1":
            part = canon.replaced(f"[{key}]^[{name}]", power(rooted, variables))
            factors.append(part if times * count == 1 else power(part, times * count))
    canonical = mul(*factors) if factors else ONE
    end = "first [powers | reflexivity]." if key != "1" else "powers." if minus else "apply pow1."
    canon.note(written, canonical, start + end)
    return canonical


def _with_base(canon: Canon, inner: Term, base: Term, exponent: Term) -> tuple[Term, str]:
    """How inner ^ n is shown by means of base ^ n, the two bases being equal; and what the base is called on the right side.

    There it is replaced as well, unless the new one contains it.
    """
    say = canon.goal.real
    if _same_text(canon, inner, base):
        return inner, ""
    canon.lines += canon.conditions()
    if say(inner) not in say(base):
        return inner, f"replace ({say(inner)}) with ({say(base)}) by {canon.close()}. "
    return base, f"transitivity ({say(power(base, exponent))}). {{ apply f_equal2; [{canon.close()} | reflexivity]. }} "


def _same_text(canon: Canon, one: Term, other: Term) -> bool:
    return canon.goal.real(one) == canon.goal.real(other)


def _power_of_zero(canon: Canon, inner: Term, written: Term, form: tuple[dict[str, int], int]) -> Term:
    """0 ^ (2 * t) is 0 ^ t: 1 at t = 0, and 0 for any other t."""
    say = canon.goal.real
    start = "" if say(inner) == "0" else f"replace ({say(inner)}) with 0 by {canon.close()}. "
    if form[1]:
        canon.note(written, number(0), f"{start}apply pow_i; lia.")
        return number(0)
    if len(form[0]) != 1 or not (name := next(iter(form[0]))).removesuffix("^1").isidentifier():
        raise Unsupported("a power of 0 with such an exponent")
    part = canon.replaced(f"[0]^[{name}]", power(number(0), mul(*variables_of(name))))
    canon.note(written, part, f"{start}zero_power.")
    return part


def _power_of_exponential(canon: Canon, base: Term, exponent: Term) -> Term:
    """exp x ^ t is exp (t x), also where t is a difference."""
    joined = Term("Exp", (mul(exponent, base.args[0]),))
    up, down = canon.goal.writer.difference(exponent)
    lemma = "exp_power" if down is None else "exp_power_opposite" if up is None else "exp_power_difference"
    inner, canonical = canon.of(base), canon.of(joined)
    say = canon.goal.real
    script = f"transitivity ({say(joined)}); [apply {lemma}; natural_real; ring | {canon.rewriting()}reflexivity]."
    canon.note(power(base, exponent), canonical, script)
    if say(inner) != say(base):
        whole, name = say(power(base, exponent)), canon.goal.fresh("Q")
        back = f"assert ({name} : {say(base)} = {say(inner)}) by ({canon.rewriting()}reflexivity). rewrite <- {name}. "
        canon.note(power(inner, exponent), canonical, f"{back}transitivity ({whole}); [reflexivity | {script[:-1]}].")
    return canonical


def _exponential(canon: Canon, term: Term) -> Term:
    """exp (2x - y) is exp x ^ 2 / exp y."""
    inner = canon.of(term.args[0])
    written = Term("Exp", (inner,))
    top, bottom = canon.plain.value(inner)
    if not canon.field or not bottom.is_constant():
        return canon.representative(f"exp[{canon.plain.key((top, bottom))}]", written)
    above: list[Term] = []
    below: list[Term] = []
    sum_parts = []
    for coefficient, factors in canon.plain.monomials(top / bottom.leading_coefficient()):
        unit = canon.plain.term_of(coefficient / coefficient.p, factors)
        count = int(coefficient.p)
        key = "*".join(f"{canon.plain.names[i]}^{e}" for i, e in sorted(factors, key=lambda pair: canon.plain.names[pair[0]]))
        atom = canon.representative(f"exp[{key}/{coefficient.q}]", Term("Exp", (unit,)))
        (above if count > 0 else below).append(atom if abs(count) == 1 else power(atom, abs(count)))
        sign = "" if count > 0 else "- "
        sum_parts.append(f"{sign}(INR {abs(count)} * ({canon.goal.real(atom.args[0])}))")
    canonical = mul(*above) if above else ONE
    if below:
        canonical = div(canonical, mul(*below))
    split = " + ".join(sum_parts) or "0"
    script = f"replace ({canon.goal.real(inner)}) with ({split}) by (simpl INR; {canon.close()}). exponentials."
    canon.note(written, canonical, script)
    return canonical


def _square_root(canon: Canon, term: Term) -> Term:
    inner = canon.of(term.args[0])
    written = Term("Sqrt", (inner,))
    value = canon.constant(inner)
    if value is not None:
        return _root_of_rational(canon, written, value)
    first = canon.representative(f"sqrt[{canon.plain.key(canon.plain.value(inner))}]", written)
    if canon.field:
        canon.relation(first, inner, f"apply pow2_sqrt. {canon.signs(Term('Le', (ZERO, first.args[0])))}")
    return first


def _root_of_rational(canon: Canon, written: Term, value: Fraction) -> Term:
    """sqrt (12/5) is 2 * sqrt 3 * sqrt 5 / 5."""
    canon.plain.value(written)
    top, bottom = canon.plain.value(written)
    canonical = canon.plain.written((top, bottom)) if not top.is_zero() else ZERO
    for node in subterms(canonical):
        if node.head == "Sqrt":
            canon.relation(node, node.args[0], "apply pow2_sqrt; lra.")
    say = canon.goal.real
    if say(canonical) != say(written):
        script = f"apply sqrt_is; [{_root_nonneg()} | {canon.ring()}]."
        canon.note(written, canonical, script)
    return canonical


def _algebraic(canon: Canon, term: Term) -> Term:
    """A root of a polynomial: the polynomial's leading power may be replaced."""
    from derivations.rocq.templates.roots import root_fact

    coefficients = rational_coefficients(canon.goal.table, *term.args[:2])
    text, degree = canon.goal.real(term), len(coefficients) - 1
    if (text, "root") not in canon.noted:
        canon.noted.add((text, "root"))
        line, fact = root_fact(canon.goal, term)
        rest = add(*(mul(number(-c / coefficients[-1]), power(term, i)) for i, c in enumerate(coefficients[:-1])))
        name = canon.goal.fresh("K")
        proof = f"generalize (proj2 {fact}). generalize ({text}). intros. lra."
        canon.lines += [line, f"assert ({name} : ({text}) ^ {degree} = {canon.goal.real(rest)}). {{ {proof} }}"]
        canon.relations.append(name)
    return canon.representative(canon.key_of(term), term)


def _determinant(canon: Canon, term: Term) -> Term:
    """The expansion along the rows."""
    from derivations.rocq.templates.integrals import determinant

    expanded = determinant([row.args for row in term.args[0].args])
    canonical = canon.of(expanded)
    middle = canon.goal.real(expanded)
    canon.note(term, canonical, f"transitivity ({middle}); [compute_matrices; ring | {canon.rewriting()}reflexivity].")
    return canonical


def _absolute(canon: Canon, term: Term) -> Term:
    inner = canon.of(term.args[0])
    written = Term("Abs", (inner,))
    value = canon.constant(inner)
    if value is not None:
        lemma = "rewrite Rabs_pos_eq by lra" if value >= 0 else "rewrite Rabs_left by lra"
        canon.note(written, number(abs(value)), f"{lemma}. field.")
        return number(abs(value))
    value_of = canon.plain.value(inner)
    key = min(canon.plain.key(value_of), canon.plain.key(canon.plain.scale(value_of, -1)))
    first = canon.representatives.setdefault(f"abs[{key}]", written)
    if canon.goal.real(first) != canon.goal.real(written):
        other = canon.goal.real(first.args[0])
        same, turned = (f"apply (f_equal Rabs); {canon.close()}", f"rewrite <- (Rabs_Ropp ({other}))")
        canon.note(written, first, f"first [{same} | {turned}; {same}].")
    if canon.field:
        canon.relation(first, power(first.args[0], 2), "apply pow2_abs.")
    return first


def _root_nonneg() -> str:
    return "repeat first [apply Rmult_le_pos | apply Rdiv_le_0_compat | apply sqrt_pos | lra]"


FORMS: dict[str, Callable[[Canon, Term], Term]] = {
    "Exp": _exponential,
    "Sqrt": _square_root,
    "Abs": _absolute,
    "Det": _determinant,
    "RootOf": _algebraic,
    "Pow": _power,
}
