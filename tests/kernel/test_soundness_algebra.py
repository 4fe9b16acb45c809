"""Attacks on definitions, scoping, replacing, sums, expectations and signs: each is a short proof of something false."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derivations.language.statements import Branch, Derivation, Hypothesis
from derivations.language.terms import INFINITY, Term, add, apply, eq, for_all, le, mul, neg, number, power, symbol

from .attacks import Attack, attacks, refused
from .writing import formula, step, theorem

attack, each_attack = attacks()


@each_attack
def test_the_kernel_refuses(build: Attack) -> None:
    refused(build)


# --- chance -----------------------------------------------------------------------------------------------------------


@attack
def a_property_of_one_outcome() -> Derivation:
    """P says what happened to be so; it does not say that it always is."""
    names = {"eps": "random", "P": "property"}
    inner = (
        step(names, "1", "rewrite", "eps(0) = 0", "A1", "D1"),
        step(names, "2", "expectation", "E(eps(0)**2) = 0", "1"),
    )
    branch = Branch("case", (Hypothesis("A1", formula("P", names)),), inner)
    return theorem(names, [
        step(names, "3", "suppose", "Implies(P, E(eps(0)**2) = 0)", branches=[branch]),
        step(names, "4", "rewrite", "Implies(eps(0) = 0, E(eps(0)**2) = 0)", "3", "D1"),
    ], (), ["Equivalent(P, eps(0) = 0)"])  # fmt: skip


@attack
def the_slope_of_a_random_function() -> Derivation:
    names = {"u": "random", "eps": "random", "x": "real"}
    return theorem(names, [
        step(names, "1", "derivative", "D(u, 1)(x) = eps(0)", "D1"),
        step(names, "2", "expectation", "E(D(u, 1)(x)) = D(u, 1)(x)"),
        step(names, "3", "rewrite", "E(eps(0)) = eps(0)", "2", "1"),
    ], (), ["ForAll(x, u(x) = x*eps(0))"])  # fmt: skip


def _in_one_outcome(assumed: str, claim: str, rule: str = "expectation") -> Derivation:
    names = {"eps": "random", "f": "function", "c": "real"}
    branch = Branch("case", (Hypothesis("A1", formula(assumed, names)),), (step(names, "1", rule, claim, "A1"),))
    return theorem(names, [step(names, "2", "suppose", f"Implies({assumed}, {claim})", branches=[branch])])


@attack
def a_root_inside_an_expectation_that_exists_in_one_outcome() -> Derivation:
    return _in_one_outcome("0 <= eps(0)", "E(sqrt(eps(0))**2) = E(eps(0))")


@attack
def a_root_inside_an_expectation_that_exists_in_one_outcome_by_signs() -> Derivation:
    return _in_one_outcome("0 <= eps(0)", "E(sqrt(eps(0))**2) = E(eps(0))", "signs")


@attack
def a_quotient_inside_an_expectation_that_exists_in_one_outcome() -> Derivation:
    return _in_one_outcome("0 < eps(0)", "f(1) = E(f(eps(0)/eps(0)))")


@attack
def a_quotient_inside_an_expectation_that_exists_in_one_outcome_by_signs() -> Derivation:
    return _in_one_outcome("0 < eps(0)", "f(1) = E(f(eps(0)/eps(0)))", "signs")


@attack
def a_root_inside_an_expectation_under_a_condition() -> Derivation:
    names = {"eps": "random"}
    return theorem(names, [step(names, "1", "signs", "Implies(0 <= eps(0), E(sqrt(eps(0))**2) = E(eps(0)))")])


@attack
def a_root_inside_an_expectation_that_exists_in_one_outcome_as_a_certificate() -> Derivation:
    return _in_one_outcome("0 <= eps(0)", "E(eps(0)) <= E(sqrt(eps(0))**2)", "polynomial-implication")


# --- roots and quotients ----------------------------------------------------------------------------------------------


@attack
def a_quotient_within_a_function() -> Derivation:
    """f(x/x) = f(1) is not said of x = 0."""
    names = {"x": "real", "f": "function"}
    return theorem(names, [step(names, "1", "signs", "f(x/x) = f(1)")])


@attack
def a_quotient_within_an_exponential() -> Derivation:
    names = {"x": "real", "f": "function"}
    return theorem(names, [step(names, "1", "signs", "exp(f(x/x)) = exp(f(1))")])


@attack
def the_start_of_a_sequence_by_a_quotient_within_a_function() -> Derivation:
    names = {"m": "real", "x": "real", "f": "function", "t": "natural"}
    return theorem(names, [
        step(names, "1", "geometric", "Implies(1 < m, Tends(m**t*f(x/x), t, oo, oo))", "H1",
             term="m**t*f(x/x)", ratio="m", start="f(x/x)"),
    ], ["0 < f(1)"])  # fmt: skip


@attack
def a_root_by_another_name() -> Derivation:
    """0 <= s*s says nothing of x where s is sqrt(x)."""
    names = {"x": "real", "s": "real"}
    return theorem(names, [
        step(names, "1", "signs", "0 <= s*s"),
        step(names, "2", "identity", "sqrt(x)*sqrt(x) = x", "D1", "1"),
    ], (), ["s = sqrt(x)"])  # fmt: skip


@attack
def a_root_that_is_a_value_of_a_function() -> Derivation:
    names = {"x": "real", "f": "function"}
    return theorem(names, [
        step(names, "1", "signs", "0 <= f(x)*f(x)"),
        step(names, "2", "identity", "sqrt(x)*sqrt(x) = x", "D1", "1"),
    ], (), ["ForAll(x, f(x) = sqrt(x))"])  # fmt: skip


@attack
def a_root_written_as_a_power_with_two_minus_signs() -> Derivation:
    names = {"x": "real", "y": "real"}
    root = power(symbol("x"), neg(number(Fraction(-1, 2))))
    steps = [
        step(names, "1", "signs", "0 <= y*y"),
        step(names, "2", "generalise", "ForAll(y, 0 <= y*y)", "1"),
        replace(step(names, "3", "instantiate", "0 <= x", "2", values={"y": root}), claim=le(number(0), mul(root, root))),
        step(names, "4", "signs", "0 <= x", "3"),
    ]  # fmt: skip
    return theorem(names, steps)


# --- sums and indices -------------------------------------------------------------------------------------------------

_INDEXED = {"n": "natural", "k": "natural", "i": "index:n", "j": "index:n", "f": "function"}


@attack
def a_premise_about_a_variable_that_a_sum_binds() -> Derivation:
    names = _INDEXED
    return theorem(names, [
        step(names, "1", "signs", "Sum(sqrt(k - 1)**2, (k, 0, n)) = Sum(k - 1, (k, 0, n))", "H1"),
    ], ["1 <= k"])  # fmt: skip


@attack
def a_premise_about_a_divisor_that_a_sum_binds() -> Derivation:
    names = _INDEXED
    return theorem(names, [
        step(names, "1", "signs", "Sum(f(k/k), (k, 0, n)) = Sum(f(1), (k, 0, n))", "H1"),
    ], ["1 <= k"])  # fmt: skip


@attack
def the_number_of_indices_varied_beneath_an_index() -> Derivation:
    """An index i of 1, …, n has delta(i, 1) + … + delta(i, n) = 1; not so for any other n, least of all for 0."""
    names = _INDEXED
    return theorem(names, [
        step(names, "1", "finite-sum", "Sum(KroneckerDelta(i, j), (j, 1, n)) = 1"),
        step(names, "2", "generalise", "ForAll(n, Sum(KroneckerDelta(i, j), (j, 1, n)) = 1)", "1"),
        step(names, "3", "instantiate", "Sum(KroneckerDelta(i, j), (j, 1, 0)) = 1", "2", values={"n": "0"}),
    ])  # fmt: skip


@attack
def the_number_of_indices_bound_by_a_sum() -> Derivation:
    names = _INDEXED
    return theorem(names, [
        step(names, "1", "finite-sum", "Sum(Sum(KroneckerDelta(i, j), (j, 1, n)), (n, 1, 3)) = 3"),
    ])  # fmt: skip


@attack
def no_indices_at_all() -> Derivation:
    names = _INDEXED
    return theorem(names, [
        step(names, "1", "finite-sum", "Sum(KroneckerDelta(i, j), (j, 1, n)) = 1"),
        step(names, "2", "finite-sum", "Sum(KroneckerDelta(i, j), (j, 1, n)) = 0", "D1"),
        step(names, "3", "signs", "False", "1", "2"),
    ], (), ["n = 0"])  # fmt: skip


# --- definitions and names --------------------------------------------------------------------------------------------


@attack
def a_function_defined_as_infinite() -> Derivation:
    """No sequence of real numbers has the value infinity; a constant does not grow."""
    names = {"f": "function", "x": "real", "n": "natural"}
    steps = [
        step(names, "1", "limit", "Tends(f(0), n, oo, f(0))"),
        step(names, "2", "rewrite", "Tends(f(0), n, oo, oo)", "1", "D1"),
    ]
    written = theorem(names, steps, (), ["ForAll(x, f(x) = x)"])
    infinite = Hypothesis("D1", for_all("x", eq(apply("f", symbol("x")), INFINITY)))
    return replace(written, statement=replace(written.statement, definitions=(infinite,)))


@attack
def a_built_in_property_defined_anew() -> Derivation:
    names = {"a": "real", "b": "real", "c": "real"}
    claim = "Equivalent(roots_within(1, 0, 0), (-1**2 <= 0) & (0 <= 1**2) & (-(1**2 + 0) <= 0*1) & (0*1 <= 1**2 + 0))"
    return theorem(names, [
        step(names, "1", "roots-within", claim),
        step(names, "2", "signs", "roots_within(1, 0, 0)", "1"),
        step(names, "3", "rewrite", "False", "2", "D1"),
    ], (), ["ForAll(a, ForAll(b, ForAll(c, Equivalent(roots_within(a, b, c), False))))"])  # fmt: skip


@attack
def matrices_with_rows_that_are_no_rows() -> Derivation:
    names = {"x": "real", "y": "real"}
    parts = symbol("x"), symbol("y")
    claim = eq(Term("Matrix", (add(*parts),)), Term("Matrix", (mul(*parts),)))
    return theorem(names, [replace(step(names, "1", "identity", "x = x"), claim=claim)])


@attack
def a_function_of_another_number_of_arguments() -> Derivation:
    """Smoothness of f(x) is none of a function of two arguments that has the same name."""
    names = {"f": "function", "g": "function", "x": "real"}
    return theorem(names, [
        step(names, "1", "smooth", "Smooth(f, 1)", "D1"),
        step(names, "2", "smooth", "Smooth(g, 1)", "D2", "1"),
    ], (), ["ForAll(x, f(x) = x)", "ForAll(x, g(x) = f(x, 0))"])  # fmt: skip


@attack
def an_open_derivative_by_a_natural_number() -> Derivation:
    """A function that is n at every natural number n need not have the slope 1 there."""
    names = {"x": "sequence", "g": "function", "s": "real", "n": "natural"}
    return theorem(names, [
        step(names, "1", "instantiate", "Diff(x(n), n) = g(n)", "H1", values={"s": "n"}),
        step(names, "2", "rewrite", "Diff(n, n) = g(n)", "1", "H2"),
    ], ["ForAll(s, Diff(x(s), s) = g(s))", "ForAll(n, x(n) = n)"])  # fmt: skip


@attack
def a_factor_that_vanishes_makes_a_polynomial_stable() -> Derivation:
    """z/r has its root at 0 only where r is not zero; the coefficient p/r of another polynomial is not known there."""
    names = {"p": "real", "r": "real"}
    claim = "Equivalent(roots_in_disc([1, p/r]), (0 < 1 + p/r) & (0 < 1 - p/r))"
    return theorem(names, [step(names, "1", "schur-cohn", claim)])


@attack
def the_open_disc_by_the_conditions_of_the_closed_one() -> Derivation:
    names = {"p": "real"}
    return theorem(names, [step(names, "1", "schur-cohn-closed", "Equivalent(roots_in_disc([1, p]), (0 <= 1 + p) & (0 <= 1 - p))")])


@attack
def a_sign_table_in_a_quantity_that_is_none() -> Derivation:
    """With N = eta*lam, eta**2*lam is no polynomial in N."""
    names = {"eta": "real", "lam": "real"}
    table = step(names, "1", "sign-table", "Implies(0 < eta*lam, 0 < eta**2*lam)", variable="eta*lam")
    return theorem(names, [table])


@attack
def a_sign_table_that_forgets_a_denominator() -> Derivation:
    names = {"h": "real"}
    return theorem(names, [step(names, "1", "sign-table", "Equivalent(0 < 1/h, 0 < h)", variable="h")])


# --- powers of numbers ------------------------------------------------------------------------------------------------


@attack
def the_power_of_a_negative_number_as_one_of_its_size() -> Derivation:
    return theorem({"t": "natural"}, [step({"t": "natural"}, "1", "identity", "(-4)**t = 2**(2*t)")])


@attack
def a_root_of_the_inverse() -> Derivation:
    return theorem({"t": "natural"}, [step({"t": "natural"}, "1", "identity", "(1/9)**t = 3**(2*t)")])


@attack
def zero_to_the_power_zero() -> Derivation:
    return theorem({"t": "natural"}, [step({"t": "natural"}, "1", "identity", "0**(2*t) = 0")])


@attack
def powers_of_zero_with_other_exponents() -> Derivation:
    names = {"t": "natural", "s": "natural"}
    return theorem(names, [step(names, "1", "identity", "0**(t + s) = 0**t")])
