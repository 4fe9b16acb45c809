"""Attacks: each is a short proof of something false; the kernel must refuse one of its steps, or its definitions."""

from __future__ import annotations

from dataclasses import replace

from derivations.language.statements import Branch, Derivation, Hypothesis, Step
from derivations.language.terms import apply, eq

from .attacks import Attack, attacks, refused
from .writing import formula, step, theorem

attack, each_attack = attacks()


@each_attack
def test_the_kernel_refuses(build: Attack) -> None:
    refused(build)


@attack
def a_root_assumed_real_by_a_true_looking_square() -> Derivation:
    """0 <= sqrt(x)*sqrt(x) must not give 0 <= x."""
    names = {"x": "real", "y": "real"}
    return theorem(names, [
        step(names, "1", "signs", "0 <= y*y"),
        step(names, "2", "generalise", "ForAll(y, 0 <= y*y)", "1"),
        step(names, "3", "instantiate", "0 <= sqrt(x)*sqrt(x)", "2", values={"y": "sqrt(x)"}),
        step(names, "4", "signs", "0 <= x", "3"),
    ])  # fmt: skip


def _one_and_a_square(names: dict[str, str], x: str) -> list[Step]:
    """0 < 1 + sqrt(x)*sqrt(x), which is no news of x itself: where there is no root, the term may stand for any number."""
    return [
        step(names, "a", "signs", "0 < 1 + y*y"),
        step(names, "b", "generalise", "ForAll(y, 0 < 1 + y*y)", "a"),
        step(names, "c", "instantiate", f"0 < 1 + sqrt({x})*sqrt({x})", "b", values={"y": f"sqrt({x})"}),
    ]


@attack
def smoothness_by_a_root_that_need_not_exist() -> Derivation:
    names = {"x": "real", "y": "real", "f": "function"}
    return theorem(names, [
        *_one_and_a_square(names, "x"),
        step(names, "d", "generalise", "ForAll(x, 0 < 1 + sqrt(x)*sqrt(x))", "c"),
        step(names, "e", "smooth", "Smooth(f, 2)", "D1", "d"),
    ], (), ["ForAll(x, f(x) = log(1 + x))"])  # fmt: skip


@attack
def the_sign_of_a_start_by_a_root_that_need_not_exist() -> Derivation:
    names = {"c": "real", "y": "real", "m": "real", "e": "sequence", "t": "natural"}
    return theorem(names, [
        *_one_and_a_square(names, "c"),
        step(names, "d", "geometric", "Implies(1 < m, Tends(e(t), t, oo, oo))", "H1", "c", term="e(t)", ratio="m",
             start="1 + c"),
    ], ["ForAll(t, e(t) = m**t*(1 + c))"])  # fmt: skip


@attack
def a_limit_with_a_root_that_need_not_exist() -> Derivation:
    names = {"a": "real", "n": "natural"}
    return theorem(names, [step(names, "1", "limit", "Tends(sqrt(a)*sqrt(a) + 1/(n + 1), n, oo, a)")])


@attack
def a_limit_that_is_a_root_that_need_not_exist() -> Derivation:
    names = {"a": "real", "n": "natural"}
    return theorem(names, [step(names, "1", "limit", "Tends(a + 1/(n + 1), n, oo, sqrt(a)*sqrt(a))")])


@attack
def a_growing_limit_with_a_root_that_need_not_exist() -> Derivation:
    names = {"a": "real", "y": "real", "n": "natural"}
    return theorem(names, [
        *_one_and_a_square(names, "a"),
        step(names, "d", "limit", "Tends((1 + a)*n, n, oo, oo)", "c"),
    ])  # fmt: skip


@attack
def a_root_of_a_negative_constant() -> Derivation:
    names = {"x": "real"}
    return theorem(names, [
        step(names, "1", "number-sign", "sqrt(1 - sqrt(2))*sqrt(1 - sqrt(2)) = 1 - sqrt(2)"),
    ])  # fmt: skip


@attack
def an_algebraic_number_that_is_not_real() -> Derivation:
    names = {"x": "real"}
    return theorem(names, [step(names, "1", "identity", "RootOf(x**2 + 1; x; 0; 1; 0)**2 = -1")])


@attack
def an_algebraic_number_that_is_not_real_as_a_certificate() -> Derivation:
    names = {"x": "real"}
    terms = [{"coefficient": "1", "premises": [], "square": "RootOf(x**2 + 1; x; 0; 1; 0)"}]
    return theorem(names, [step(names, "1", "polynomial-implication", "0 <= -1", terms=terms)])


@attack
def a_random_quantity_put_for_a_real_one_beside_itself() -> Derivation:
    """(eps = c implies c = 0, for every c) is true of numbers c; put c = eps and eps = 0 would follow."""
    names = {"eps": "random", "c": "real"}
    inner = (
        step(names, "2", "expectation", "E(eps(0)) = c", "A1"),
        step(names, "3", "identity", "c = E(eps(0))", "2"),
        step(names, "3a", "rewrite", "c = 0", "3", "H1"),
    )
    branch = Branch("case", (Hypothesis("A1", formula("eps(0) = c", names)),), inner)
    return theorem(names, [
        step(names, "4", "suppose", "Implies(eps(0) = c, c = 0)", branches=[branch]),
        step(names, "5", "generalise", "ForAll(c, Implies(eps(0) = c, c = 0))", "4"),
        step(names, "6", "identity", "eps(0) = eps(0)"),
        step(names, "7", "instantiate", "eps(0) = 0", "5", "6", values={"c": "eps(0)"}),
    ], ["E(eps(0)) = 0", "E(eps(0)**2) = 1"])  # fmt: skip


@attack
def what_holds_for_one_outcome_used_inside_an_expectation() -> Derivation:
    names = {"eps": "random", "c": "real"}
    inner = (step(names, "2", "expectation", "E(eps(0)) = 1", "A1"),)
    branch = Branch("case", (Hypothesis("A1", formula("eps(0) = 1", names)),), inner)
    return theorem(names, [step(names, "4", "suppose", "Implies(eps(0) = 1, E(eps(0)) = 1)", branches=[branch])])


@attack
def a_random_quantity_defined_as_a_real_sequence() -> Derivation:
    names = {"eps": "random", "e": "sequence", "t": "natural"}
    return theorem(names, [
        step(names, "1", "expectation", "E(e(t)) = e(t)"),
        step(names, "2", "rewrite", "E(eps(t)) = e(t)", "1", "D1"),
        step(names, "3", "signs", "e(t) = 0", "2", "H1"),
    ], ["ForAll(t, E(eps(t)) = 0)"], ["ForAll(t, e(t) = eps(t))"])  # fmt: skip


@attack
def a_random_quantity_defined_as_a_real_number() -> Derivation:
    names = {"eps": "random", "x": "real"}
    return theorem(names, [step(names, "1", "expectation", "E(x) = x")], (), ["x = eps(0)"])


@attack
def a_function_known_on_the_diagonal_only() -> Derivation:
    names = {"f": "function", "x": "real", "y": "real"}
    return theorem(names, [
        step(names, "1", "instantiate", "f(x, x) = x - x", "D1", values={"x": "x", "y": "x"}),
        step(names, "2", "identity", "f(x, x) = 0", "1"),
        step(names, "3", "generalise", "ForAll(x, ForAll(x, f(x, x) = 0))", "2"),
        step(names, "4", "derivative", "D(f, 1, 0)(x, x) = 0", "3"),
    ], (), ["ForAll(x, ForAll(y, f(x, y) = x - y))"])  # fmt: skip


@attack
def a_function_known_at_natural_numbers_only() -> Derivation:
    """abs(n) = n for natural numbers does not give abs the slope 1 at 0."""
    names = {"f": "function", "n": "natural"}
    return theorem(names, [step(names, "1", "derivative", "D(f, 1)(n) = 1", "H1")], ["ForAll(n, f(n) = n)"])


@attack
def smoothness_from_natural_numbers_only() -> Derivation:
    names = {"f": "function", "n": "natural"}
    return theorem(names, [step(names, "1", "smooth", "Smooth(f, 2)", "H1")], ["ForAll(n, f(n) = n)"])


@attack
def smoothness_from_the_diagonal_only() -> Derivation:
    names = {"f": "function", "x": "real"}
    return theorem(names, [step(names, "1", "smooth", "Smooth(f, 2)", "H1")], ["ForAll(x, ForAll(x, f(x, x) = 0))"])


@attack
def the_slope_at_one_point_for_all_points() -> Derivation:
    names = {"f": "function", "x": "real"}
    return theorem(names, [
        step(names, "1", "derivative", "ForAll(x, D(f, 1)(x) = 6)", "D1", "H1"),
    ], ["x = 3"], ["ForAll(x, f(x) = x**2)"])  # fmt: skip


@attack
def a_slope_for_every_value_of_a_constant() -> Derivation:
    """f(x) = c*x for one c; its slope is not every number."""
    names = {"f": "function", "x": "real", "c": "real"}
    return theorem(names, [
        step(names, "1", "derivative", "ForAll(c, D(f, 1)(x) = c)", "D1"),
        step(names, "2", "instantiate", "D(f, 1)(x) = c + 1", "1", values={"c": "c + 1"}),
    ], (), ["ForAll(x, f(x) = c*x)"])  # fmt: skip


@attack
def a_property_used_as_a_function() -> Derivation:
    names = {"P": "property", "x": "real"}
    return theorem(names, [step(names, "1", "signs", "0 < x**2 + 1"),
                           replace(step(names, "2", "identity", "x = x"), claim=eq(apply("P"), apply("P")))])  # fmt: skip


@attack
def the_slope_of_a_logarithm_at_a_negative_point() -> Derivation:
    names = {"f": "function", "x": "real"}
    return theorem(names, [
        step(names, "1", "derivative", "D(f, 1)(-5) = -1/5", "D1", "H1"),
    ], ["0 < x"], ["ForAll(x, f(x) = log(x))"])  # fmt: skip


@attack
def taylor_with_the_value_at_one_point() -> Derivation:
    names = {"f": "function", "x": "real"}
    return theorem(names, [
        step(names, "1", "smooth", "Smooth(f, 2)", "D1"),
        step(names, "2", "taylor", "Tends((5 - f(0) - D(f, 1)(0)*x)/x, x, 0, 0)", "1", "H1", function="f(x)", order=1),
    ], ["f(x) = 5"], ["ForAll(x, f(x) = x)"])  # fmt: skip


@attack
def taylor_of_another_function_of_that_name() -> Derivation:
    names = {"f": "function", "x": "real", "y": "real"}
    return theorem(names, [
        step(names, "1", "smooth", "Smooth(f, 2)", "D1"),
        step(names, "2", "taylor", "Tends((f(y, x) - f(0) - D(f, 1)(0)*x)/x, x, 0, 0)", "1", function="f(y, x)", order=1),
    ], (), ["ForAll(x, f(x) = x)"])  # fmt: skip


@attack
def a_flow_that_rests_at_one_time_only() -> Derivation:
    names = {"x": "sequence", "tau": "real"}
    return theorem(names, [
        step(names, "1", "conserved", "ForAll(tau, x(tau) = x(0))", "H1"),
    ], ["Diff(x(tau), tau) = 0"])  # fmt: skip


@attack
def a_flow_that_stays_positive_at_one_time_only() -> Derivation:
    names = {"x": "sequence", "y": "sequence", "tau": "real"}
    return theorem(names, [
        step(names, "1", "conserved", "ForAll(tau, log(x(tau)) - log(x(tau)) + y(tau) = log(x(0)) - log(x(0)) + y(0))",
             "H1", "H2", "H3"),
    ], ["ForAll(tau, Diff(x(tau), tau) = -1)", "ForAll(tau, Diff(y(tau), tau) = 0)", "0 < x(tau)"])  # fmt: skip


@attack
def a_local_rate_within_a_natural_radius() -> Derivation:
    """F(y) = 4*y**2 moves 1/2, which is nearer than 1, away from 0."""
    names = {"x": "sequence", "F": "function", "t": "natural", "d": "natural", "rho": "real", "s": "real"}
    claim = (
        "ForAll(rho, Implies((Abs(0) < rho) & (rho < 1), Exists(d, (0 < d) & ForAll(s, Implies(Abs(s - 0) < d,"
        " ForAll(t, Abs(x(t, s) - 0) <= rho**t*Abs(s - 0)))))))"
    )
    return theorem(names, [
        step(names, "1", "local-rate", claim, "H1", "H2", "H3", "H4", "H5", sequence="x(t, s)", function="F(x(t, s))", at="0",
             slope="0", step=":t", radius=":d", start=":s"),
    ], ["ForAll(t, ForAll(s, x(t + 1, s) = F(x(t, s))))", "ForAll(s, x(0, s) = s)", "F(0) = 0", "D(F, 1)(0) = 0",
        "Smooth(F, 1)"])  # fmt: skip


@attack
def a_local_rate_of_a_sequence_that_depends_on_the_radius() -> Derivation:
    names = {"x": "sequence", "F": "function", "t": "natural", "d": "real", "rho": "real", "s": "real"}
    claim = (
        "ForAll(rho, Implies((Abs(0) < rho) & (rho < 1), Exists(d, (0 < d) & ForAll(s, Implies(Abs(s - 0) < d,"
        " ForAll(t, Abs(x(t, s, d) - 0) <= rho**t*Abs(s - 0)))))))"
    )
    return theorem(names, [
        step(names, "1", "local-rate", claim, "H1", "H2", "H3", "H4", "H5", sequence="x(t, s, d)", function="F(x(t, s, d))",
             at="0", slope="0", step=":t", radius=":d", start=":s"),
    ], ["ForAll(t, ForAll(s, x(t + 1, s, d) = F(x(t, s, d))))", "ForAll(s, x(0, s, d) = s)", "F(0) = 0", "D(F, 1)(0) = 0",
        "Smooth(F, 1)", "d = 7"])  # fmt: skip


@attack
def a_local_rate_within_a_radius_that_is_the_start() -> Derivation:
    names = {"x": "sequence", "F": "function", "t": "natural", "d": "real", "rho": "real"}
    claim = (
        "ForAll(rho, Implies((Abs(0) < rho) & (rho < 1), Exists(d, (0 < d) & ForAll(d, Implies(Abs(d - 0) < d,"
        " ForAll(t, Abs(x(t, d) - 0) <= rho**t*Abs(d - 0)))))))"
    )
    return theorem(names, [
        step(names, "1", "local-rate", claim, "H1", "H2", "H3", "H4", "H5", sequence="x(t, d)", function="F(x(t, d))", at="0",
             slope="0", step=":t", radius=":d", start=":d"),
    ], ["ForAll(t, ForAll(d, x(t + 1, d) = F(x(t, d))))", "ForAll(d, x(0, d) = d)", "F(0) = 0", "D(F, 1)(0) = 0",
        "Smooth(F, 1)"])  # fmt: skip


@attack
def a_recursion_over_real_numbers() -> Derivation:
    """x(s + 1) = x(s)**2 + 1 for every real s has no solution: each value would be larger than any number."""
    names = {"x": "function", "s": "real"}
    return theorem(names, [step(names, "1", "rewrite", "x(1) = x(0)**2 + 1", "D1", "D1", values={"s": "0"}),
    ], (), ["ForAll(s, x(s + 1) = x(s)**2 + 1)"])  # fmt: skip


@attack
def a_recursion_through_a_function_of_the_next_step() -> Derivation:
    names = {"x": "sequence", "g": "sequence", "h": "sequence", "t": "natural"}
    return theorem(names, [
        step(names, "1", "instantiate", "h(t + 1) = x(t + 1)", "D2", values={"t": "t + 1"}),
        step(names, "2", "instantiate", "g(t) = h(t + 1) + 1", "D3", values={"t": "t"}),
        step(names, "3", "instantiate", "x(t + 1) = g(t)", "D1", values={"t": "t"}),
        step(names, "4", "identity", "x(t + 1) = h(t + 1) + 1", "2", "3"),
        step(names, "5", "identity", "x(t + 1) = x(t + 1) + 1", "1", "4"),
    ], (), ["ForAll(t, x(t + 1) = g(t))", "ForAll(t, h(t) = x(t))", "ForAll(t, g(t) = h(t + 1) + 1 + 0*x(t))"])  # fmt: skip


@attack
def a_recursion_through_a_function_of_the_next_step_defined_before() -> Derivation:
    names = {"x": "sequence", "g": "sequence", "h": "sequence", "t": "natural"}
    return theorem(names, [
        step(names, "1", "instantiate", "x(t + 1) = g(t)", "D3", values={"t": "t"}),
    ], (), ["ForAll(t, h(t) = x(t))", "ForAll(t, g(t) = h(t + 1) + 1)", "ForAll(t, x(t + 1) = g(t))"])  # fmt: skip


@attack
def a_recursion_through_a_function_that_takes_the_step_second() -> Derivation:
    names = {"x": "sequence", "g": "sequence", "s": "natural", "t": "natural"}
    return theorem(names, [
        step(names, "1", "instantiate", "x(t + 1) = g(t, t + 1) + 1", "D2", values={"t": "t"}),
    ], (), ["ForAll(t, ForAll(s, g(s, t) = x(t)))", "ForAll(t, x(t + 1) = g(t, t + 1) + 1)"])  # fmt: skip


@attack
def a_quotient_within_a_negative_power() -> Derivation:
    names = {"x": "real"}
    return theorem(names, [step(names, "1", "signs", "1/x**(-1) = x")])


@attack
def a_natural_number_defined_as_a_negative_one() -> Derivation:
    names = {"n": "natural"}
    return theorem(names, [step(names, "1", "signs", "False", "D1")], (), ["n = -1"])


@attack
def a_natural_number_defined_as_a_half() -> Derivation:
    names = {"n": "natural"}
    return theorem(names, [step(names, "1", "identity", "2*n = 1", "D1")], (), ["n = 1/2"])


@attack
def a_quotient_within_a_quotient() -> Derivation:
    """1/(1/x) = x is not said of x = 0."""
    names = {"x": "real"}
    return theorem(names, [step(names, "1", "signs", "1/(1/x) = x")])


@attack
def a_factorial_of_any_number_is_positive() -> Derivation:
    names = {"x": "real"}
    return theorem(names, [step(names, "1", "signs", "0 < factorial(x)")])


_FAMILIES = {
    "n": "natural", **dict.fromkeys(("i", "j", "k", "l", "m"), "index:n"), **dict.fromkeys(("f", "g", "v", "w"), "family")
}  # fmt: skip


@attack
def a_sum_whose_variable_is_one_of_another_factor() -> Derivation:
    """After a delta has used up one of four sums, the names of the other three must stay apart."""
    left = "Sum(KroneckerDelta(i,j)*Sum(Sum(Sum(f(k,l)*g(m,l)*w(i,k),(m,1,n)),(l,1,n)),(k,1,n)),(i,1,n))"
    right = "Sum(Sum(Sum(f(k,l)*g(k,l)*w(j,m),(l,1,n)),(k,1,n)),(m,1,n))"
    return theorem(_FAMILIES, [step(_FAMILIES, "1", "finite-sum", f"{left} = {right}")])


@attack
def a_sum_that_the_kernel_has_named_itself_is_read_again() -> Derivation:
    left = "Sum(KroneckerDelta(i,j)*exp(Sum(Sum(w(k,l)*v(k)*f(i),(k,1,n)),(l,1,n))),(i,1,n))"
    right = "exp(Sum(w(k,k),(k,1,n))*Sum(v(k),(k,1,n))*f(j))"
    return theorem(_FAMILIES, [step(_FAMILIES, "1", "finite-sum", f"{left} = {right}")])


@attack
def a_part_of_a_disjunction() -> Derivation:
    """0 < x or x <= 0 must not give 0 < x."""
    names = {"x": "real"}
    return theorem(names, [
        step(names, "1", "signs", "(0 < x) | (x <= 0)"),
        step(names, "2", "part", "0 < x", "1"),
    ])  # fmt: skip


@attack
def a_part_of_what_holds_under_a_condition() -> Derivation:
    """From x < 0 follow x < 1 and x < 2; x < 1 itself does not."""
    names = {"x": "real"}
    return theorem(names, [
        step(names, "1", "signs", "Implies(x < 0, (x < 1) & (x < 2))"),
        step(names, "2", "part", "x < 1", "1"),
    ])  # fmt: skip
