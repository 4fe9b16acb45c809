"""Attacks on calculus, limits, matrices and conserved quantities: each is a short proof of something false."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from derivations.language.answers import resolve, select
from derivations.language.errors import Malformed
from derivations.language.statements import Derivation, Hypothesis, Symbol
from derivations.language.terms import INFINITY, ONE, TWO, ZERO, Term, conj, eq, for_all, implies, lt, symbol, tends

from .attacks import Attack, attacks, refused
from .writing import formula, step, theorem

attack, each_attack = attacks()


@each_attack
def test_the_kernel_refuses(build: Attack) -> None:
    refused(build)


@attack
def a_function_whose_square_is_one_is_constant() -> Derivation:
    """The sign of x has the square 1, but no derivative at 0, and is not constant."""
    names = {"g": "function", "f": "function", "h": "function", "x": "real"}
    return theorem(names, [
        step(names, "1", "derivative", "ForAll(x, D(f, 1)(x) = 2*g(x)*Diff(g(x), x))", "D1"),
        step(names, "2", "instantiate", "f(x) = g(x)**2", "D1", values={"x": "x"}),
        step(names, "3", "instantiate", "g(x)**2 = 1", "H1", values={"x": "x"}),
        step(names, "4", "rewrite", "f(x) = 1", "2", "3"),
        step(names, "5", "generalise", "ForAll(x, f(x) = 1)", "4"),
        step(names, "6", "derivative", "ForAll(x, D(f, 1)(x) = 0)", "5"),
        step(names, "7", "instantiate", "D(f, 1)(x) = 0", "6", values={"x": "x"}),
        step(names, "8", "instantiate", "D(f, 1)(x) = 2*g(x)*Diff(g(x), x)", "1", values={"x": "x"}),
        step(names, "9a", "rewrite", "0 = 2*g(x)*Diff(g(x), x)", "8", "7"),
        step(names, "9", "signs", "Diff(g(x), x) = 0", "3", "9a"),
        step(names, "10", "generalise", "ForAll(x, Diff(g(x), x) = 0)", "9"),
        step(names, "11", "conserved", "ForAll(x, g(x) = g(0))", "10"),
    ], ["ForAll(x, g(x)**2 = 1)"], ["ForAll(x, f(x) = g(x)**2)"])  # fmt: skip


@attack
def the_slope_at_a_half_of_what_is_known_for_natural_numbers() -> Derivation:
    names = {"f": "function", "x": "real", "n": "natural"}
    return theorem(names, [step(names, "1", "derivative", "D(f, 1, 0)(x, 1/2) = 1/2", "H1")],
                   ["ForAll(x, ForAll(n, f(x, n) = n*x))"])  # fmt: skip


@attack
def a_random_place_put_into_an_expectation() -> Derivation:
    """f(x) = E(x*eps) = 0 for every number x; f(eps) is 0, too, and not E(eps*eps)."""
    names = {"f": "function", "x": "real", "eps": "random"}
    return theorem(names, [step(names, "1", "derivative", "D(f, 0)(eps(0)) = E(eps(0)**2)", "D1")],
                   (), ["ForAll(x, f(x) = E(x*eps(0)))"])  # fmt: skip


@attack
def a_slope_at_a_random_place_put_into_an_expectation() -> Derivation:
    names = {"f": "function", "x": "real", "y": "real", "eps": "random"}
    return theorem(names, [step(names, "1", "derivative", "D(f, 1, 0)(x, eps(0)) = E(eps(0)**2)", "D1")],
                   (), ["ForAll(x, ForAll(y, f(x, y) = x*E(y*eps(0))))"])  # fmt: skip


@attack
def no_derivatives_at_all_are_continuous() -> Derivation:
    """Smooth(f, 0) says that f is continuous."""
    names = {"f": "function", "g": "function", "x": "real"}
    return theorem(names, [step(names, "1", "smooth", "Smooth(f, 0)", "D1")], (), ["ForAll(x, f(x) = g(x))"])


@attack
def less_than_no_derivatives() -> Derivation:
    names = {"f": "function", "g": "function", "x": "real"}
    first = replace(step(names, "1", "smooth", "True", "D1"), claim=Term("Smooth", ("f", Fraction(-1))))
    return theorem(names, [first], (), ["ForAll(x, f(x) = g(x))"])


@attack
def half_a_derivative_more() -> Derivation:
    names = {"f": "function", "g": "function", "x": "real"}
    first = replace(step(names, "1", "smooth", "True", "D1", "H1"), claim=Term("Smooth", ("f", Fraction(1, 2))))
    return theorem(names, [first], ["Smooth(g, 3)"], ["ForAll(x, f(x) = D(g, 2)(x))"])


@attack
def taylor_with_zero_by_zero() -> Derivation:
    """For c = 0 the quotient (f(x) - f(0))/x does not tend to 0 but to the slope."""
    names = {"f": "function", "x": "real", "c": "real"}
    return theorem(names, [
        step(names, "1", "taylor", "Tends((f(x) - f(0) - D(f, 1)(0)*x*c/c)/x, x, 0, 0)", "H1", function="f(x)", order=1),
    ], ["Smooth(f, 1)"])  # fmt: skip


@attack
def taylor_with_a_root_that_need_not_exist() -> Derivation:
    names = {"f": "function", "x": "real", "c": "real"}
    claim = "Tends((f(x) - f(0) - D(f, 1)(0)*x + (c - sqrt(c)*sqrt(c)))/x, x, 0, 0)"
    return theorem(names, [step(names, "1", "taylor", claim, "H1", function="f(x)", order=1)], ["Smooth(f, 1)"])


@attack
def taylor_with_zero_by_zero_at_every_place_but_one() -> Derivation:
    names = {"f": "function", "g": "function", "x": "real"}
    claim = "Tends((f(x)*g(x)/g(x) - f(0) - D(f, 1)(0)*x)/x, x, 0, 0)"
    return theorem(names, [step(names, "1", "taylor", claim, "H1", function="f(x)", order=1)], ["Smooth(f, 1)"])


def _local_rate(t: str) -> Derivation:
    names = {"x": "sequence", "F": "function", "t": t, "b": "real", "d": "real", "rho": "real"}
    claim = (
        "ForAll(rho, Implies((Abs(1/2) < rho) & (rho < 1), Exists(d, (0 < d) & ForAll(b, Implies(Abs(b - 0) < d,"
        " ForAll(t, Abs(x(t, b) - 0) <= rho**t*Abs(b - 0)))))))"
    )
    return theorem(names, [
        step(names, "1", "local-rate", claim, "H1", "H2", "H3", "H4", "H5", sequence="x(t, b)", function="F(b)", at="0",
             slope="1/2", step=":t", radius=":d", start=":b"),
    ], ["ForAll(t, ForAll(b, x(t + 1, b) = F(x(t, b))))", "ForAll(b, x(0, b) = b)", "F(0) = 0", "D(F, 1)(0) = 1/2",
        "Smooth(F, 1)"])  # fmt: skip


@attack
def a_local_rate_backwards() -> Derivation:
    """x(t, s) = s*2**(-t) grows beyond all bounds as t falls, faster than rho**t."""
    return _local_rate("integer")


@attack
def a_local_rate_between_the_steps() -> Derivation:
    return _local_rate("real")


@attack
def a_start_that_does_not_exist() -> Derivation:
    names = {"m": "real", "a": "real", "t": "natural"}
    claim = "Equivalent(Tends(m**t*(1 + 1/(1/a)), t, oo, 0), (-1 < m) & (m < 1))"
    return theorem(names, [
        step(names, "1", "geometric", claim, "H1", term="m**t*(1 + 1/(1/a))", ratio="m", start="1 + 1/(1/a)"),
    ], ["0 <= a"])  # fmt: skip


def _limit(names: dict[str, str], body: str, name: str, to: Term, limit: str) -> Derivation:
    claim = tends(formula(body, names), name, to, formula(limit, names))
    return theorem(names, [replace(step(names, "1", "limit", "True"), claim=claim)])


@attack
def a_limit_that_is_zero_by_zero() -> Derivation:
    """The variable in the limit is another one than the one that grows, and may be 0."""
    names = {"b": "real", "n": "natural"}
    return _limit(names, "b", "n", INFINITY, "b*n/n")


@attack
def a_limit_at_a_place_that_is_zero_by_zero() -> Derivation:
    names = {"b": "real", "x": "real"}
    return _limit(names, "b*x", "x", formula("x/x", names), "b")


@attack
def a_limit_with_a_root_of_another_variable_of_that_name() -> Derivation:
    names = {"x": "real"}
    return _limit(names, "x", "x", formula("sqrt(x)*sqrt(x)", names), "x")


@attack
def a_denominator_of_which_one_part_alone_has_a_limit() -> Derivation:
    """e(n) = -1/(n + 1) and g(n) = 1/(n + 1) add up to 0."""
    names = {"e": "sequence", "g": "sequence", "n": "natural"}
    return theorem(names, [
        step(names, "1", "limit", "Tends((e(n) + g(n))/(e(n) + g(n)), n, oo, 1)", "H1", "H2"),
    ], ["Tends(e(n), n, oo, 0)", "ForAll(n, 0 < g(n))"])  # fmt: skip


@attack
def a_denominator_of_which_the_variable_alone_has_a_limit() -> Derivation:
    """g(x) = abs(x) but for g(0) = 1: then x + g(x) is 0 for every x < 0."""
    names = {"g": "function", "x": "real"}
    return theorem(names, [
        step(names, "1", "limit", "Tends((x + g(x))/(x + g(x)), x, 0, 1)", "H1"),
    ], ["ForAll(x, 0 < g(x))"])  # fmt: skip


@attack
def a_place_that_is_not_defined() -> Derivation:
    names = {"a": "real", "x": "real"}
    return theorem(names, [step(names, "1", "limit", "Tends(1, x, a/a, 1)")])


@attack
def conserved_only_as_seen_at_one_time() -> Derivation:
    """x(tau) = tau: (x - tau)*x is 0 all the time where tau is that time, and is not kept where tau is a number."""
    names = {"x": "real", "x()": "sequence", "tau": "real"}
    return theorem(names, [
        step(names, "1", "independent", "independent(1, [(x - tau)*x], [x])", "H1", "H2", point={"x": "tau"},
             columns=[0]),
    ], ["ForAll(tau, (x(tau) - tau)*x(tau) = (x(0) - tau)*x(0))", "0 < tau"])  # fmt: skip


@attack
def conserved_at_natural_times_only() -> Derivation:
    names = {"x": "real", "x()": "sequence", "n": "natural"}
    return theorem(names, [
        step(names, "1", "independent", "independent(1, [x], [x])", "H1", point={"x": "1"}),
    ], ["ForAll(n, x(n) = x(0))"])  # fmt: skip


@attack
def a_field_that_depends_on_the_time() -> Derivation:
    names = {"x": "real", "x()": "sequence", "tau": "real"}
    return theorem(names, [
        step(names, "1", "at-most-independent", "at_most_independent(0, [tau], [x])", "H1", "H2", point={"x": "0"}),
    ], ["ForAll(tau, Diff(x(tau), tau) = tau)", "0 < tau"])  # fmt: skip


@attack
def a_gradient_that_need_not_exist() -> Derivation:
    names = {"x": "real", "x()": "sequence", "g": "function", "c": "real", "tau": "real"}
    return theorem(names, [
        step(names, "1", "independent", "independent(1, [g(x)], [x])", "H1", "H2", point={"x": "c"}, columns=[0]),
    ], ["ForAll(tau, g(x(tau)) = g(x(0)))", "0 < Diff(g(c), c)"])  # fmt: skip


def _rows(*rows: str) -> Term:
    names: dict[str, str] = {}
    return Term("Matrix", tuple(formula(row, names) for row in rows))


@attack
def a_form_of_a_matrix_whose_rows_are_sums() -> Derivation:
    """(2 + 1, 1 + 2) are no rows, though 3 = 0 + 3."""
    names = {"u": "real", "v": "real"}
    first, second = _rows("2 + 1", "1 + 2"), _rows("0 + 3", "3 + 0")
    definite = [replace(step(names, label, rule, "True", *premises, **more), claim=Term("Predicate", ("positive_definite", m)))
                for label, rule, premises, more, m in [
                    ("1", "positive-definite", (), {"lower": [["1", "0"], ["1/2", "1"]], "pivots": ["2", "3/2"]}, first),
                    ("2", "instantiate", ("1",), {"values": {}}, second)]]  # fmt: skip
    form = "ForAll(u, ForAll(v, Implies((u != 0) | (v != 0), 0 < 6*u*v)))"
    return theorem(names, [*definite, step(names, "3", "quadratic-form", form, "2")])


@attack
def eigenvalues_of_what_has_no_entries() -> Derivation:
    names = {"a": "real"}
    return theorem(names, [step(names, "1", "eigenvalues", "eigenvalues(Matrix([[a/a]]), 1)")])


@attack
def the_modulus_of_roots_in_a_disc_that_does_not_exist() -> Derivation:
    names = {"r": "real", "p": "real", "q": "real"}
    claim = (
        "Equivalent(roots_within(1/(1/r) + 1, p, q), (-(1/(1/r) + 1)**2 <= q) & (q <= (1/(1/r) + 1)**2)"
        " & (-((1/(1/r) + 1)**2 + q) <= p*(1/(1/r) + 1)) & (p*(1/(1/r) + 1) <= (1/(1/r) + 1)**2 + q))"
    )
    return theorem(names, [step(names, "1", "roots-within", claim, "H1")], ["0 <= r"])


@attack
def a_fractional_degree() -> Derivation:
    names = {"x": "real", "x()": "sequence", "tau": "real"}
    claim = Term("Predicate", ("no_polynomial", Term("Number", (Fraction(-1),)), *formula("[[x], [x]]", names).args))
    first = step(names, "1", "no-polynomial", "no_polynomial(1, [x], [x])", "H1")
    return theorem(names, [replace(first, claim=claim)], ["ForAll(tau, Diff(x(tau), tau) = x(tau))"])


@attack
def there_is_always_a_derivative() -> Derivation:
    names = {"x": "sequence", "tau": "real", "c": "real"}
    return theorem(names, [
        step(names, "1", "identity", "Diff(x(tau), tau) = Diff(x(tau), tau)"),
        step(names, "2", "exhibit", "Exists(c, Diff(x(tau), tau) = c)", "1", values={"c": "Diff(x(tau), tau)"}),
    ])  # fmt: skip


@attack
def a_derivative_as_a_square() -> Derivation:
    names = {"x": "sequence", "tau": "real"}
    return theorem(names, [step(names, "1", "signs", "0 <= Diff(x(tau), tau)**2")])


@attack
def a_derivative_equal_to_itself_by_rewriting() -> Derivation:
    names = {"x": "sequence", "tau": "real"}
    claim = "Diff(x(tau), tau) = Diff(x(tau), tau)"
    return theorem(names, [step(names, "1", "rewrite", claim, equation=":yes")])


@attack
def a_derivative_put_for_a_number() -> Derivation:
    names = {"x": "sequence", "tau": "real", "c": "real"}
    return theorem(names, [
        step(names, "1", "identity", "c = c"),
        step(names, "2", "generalise", "ForAll(c, c = c)", "1"),
        step(names, "3", "instantiate", "Diff(x(tau), tau) = Diff(x(tau), tau)", "2", values={"c": "Diff(x(tau), tau)"}),
    ])  # fmt: skip


@attack
def a_derivative_that_cancels() -> Derivation:
    names = {"x": "sequence", "tau": "real"}
    return theorem(names, [
        step(names, "1", "identity", "0 = 0"),
        step(names, "2", "instantiate", "Diff(x(tau), tau) = Diff(x(tau), tau)", "1", values={}),
    ])  # fmt: skip


@attack
def a_derivative_by_another_variable_that_is_kept() -> Derivation:
    names = {"x": "sequence", "s": "real", "tau": "real"}
    return theorem(names, [step(names, "1", "conserved", "ForAll(tau, tau - tau + Diff(x(s), s) = 0 - 0 + Diff(x(s), s))")])


@attack
def a_function_defined_by_a_derivative_that_need_not_exist() -> Derivation:
    names = {"x": "sequence", "v": "function", "tau": "real"}
    return theorem(names, [
        step(names, "1", "rewrite", "ForAll(tau, 0 = Diff(x(tau), tau))", "D1", "H1"),
        step(names, "2", "instantiate", "Diff(x(tau), tau) = 0", "1", values={"tau": "tau"}),
        step(names, "3", "generalise", "ForAll(tau, Diff(x(tau), tau) = 0)", "2"),
        step(names, "4", "conserved", "ForAll(tau, x(tau) = x(0))", "3"),
    ], ["ForAll(tau, v(tau) = 0)"], ["ForAll(tau, v(tau) = Diff(x(tau), tau))"])  # fmt: skip


@attack
def an_index_that_grows_beyond_all_bounds() -> Derivation:
    names = {"i": "index:3"}
    return theorem(names, [step(names, "1", "limit", "Tends(i, i, oo, oo)")])


@attack
def a_natural_number_that_comes_near_a_half() -> Derivation:
    names = {"n": "natural"}
    return theorem(names, [step(names, "1", "limit", "Tends(n, n, 1/2, 1/2)")])


@attack
def taylor_along_the_natural_numbers() -> Derivation:
    names = {"f": "function", "n": "natural"}
    claim = "Tends((f(n) - f(0) - D(f, 1)(0)*n)/n, n, 0, 0)"
    return theorem(names, [step(names, "1", "taylor", claim, "H1", function="f(n)", order=1)], ["Smooth(f, 1)"])


@attack
def a_number_that_is_called_infinity() -> Derivation:
    """The limit 0 would be shown as oo, and so would the answer."""
    names = {"n": "natural"}
    infinity = symbol("oo")
    claim = tends(formula("1/(n + 1)", names), "n", INFINITY, infinity)
    proof = theorem(names, [replace(step(names, "1", "limit", "True", "D1"), claim=claim)])
    statement = replace(proof.statement, variables=(*proof.statement.variables, Symbol("oo", "real")),
                        definitions=(Hypothesis("D1", eq(infinity, ZERO)),))  # fmt: skip
    return replace(proof, statement=statement)


@attack
def another_exponential_of_that_name() -> Derivation:
    """The answer exp(x) would be this function's."""
    names = {"f": "function", "x": "real"}
    value = Term("Apply", ("exp", symbol("x")))
    proof = theorem(names, [replace(step(names, "1", "instantiate", "True", "D1", values={"x": "x"}), claim=eq(value, ZERO))])
    statement = replace(proof.statement, variables=(Symbol("x", "real"), Symbol("exp", "function")),
                        definitions=(Hypothesis("D1", for_all("x", eq(value, ZERO))),))  # fmt: skip
    return replace(proof, statement=statement)


# --- the answer is what the conclusion says --------------------------------------------------------------------------

_ROOT = Term("RootOf", (formula("x**2 - 2", {"x": "real"}), "x", ONE, TWO, Fraction(1)))
_STABLE = Term("Predicate", ("stable",))


@pytest.mark.parametrize("conclusion", [Term("Not", (_STABLE,)), implies(_STABLE, _STABLE), Term("Or", (_STABLE, _STABLE))])
def test_an_answer_does_not_assert_what_the_conclusion_only_speaks_of(conclusion: Term) -> None:
    specification = {"kind": "words", "stable": select("holds", 0, predicate="stable")}
    with pytest.raises(Malformed):
        resolve(specification, conclusion)
    assert resolve(specification, conj(_STABLE, conclusion)) == {"kind": "words", "stable": True}


def test_a_decimal_has_no_digit_that_is_not_certain() -> None:
    """The root of 2 lies between 1 and 2, but is not 1.5."""
    specification = {"kind": "number", "approx": select("approx", 0)}
    with pytest.raises(Malformed):
        resolve(specification, lt(_ROOT, ONE))
    ends = (Term("Number", (Fraction(end),)) for end in ("1.41421356", "1.41421357"))
    narrow = replace(_ROOT, args=(*_ROOT.args[:2], *ends, Fraction(1)))
    assert resolve(specification, lt(narrow, ONE))["approx"] == "1.4142136"
