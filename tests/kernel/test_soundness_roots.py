"""Attacks on the rules about polynomial equations: each is a short proof of something false, which the kernel must refuse."""

from __future__ import annotations

from derivations.kernel.checker import check
from derivations.language.statements import Derivation

from .attacks import Attack, attacks, refused
from .writing import step, theorem

attack, each_attack = attacks()
NAMES = {"x": "real", "y": "real", "n": "natural"}
CUBIC = "RootOf(y**3 - 3*y + 1; y; 0; 1; 1)"


@each_attack
def test_the_kernel_refuses(build: Attack) -> None:
    refused(build)


@attack
def a_missing_root() -> Derivation:
    return theorem(NAMES, [
        step(NAMES, "1", "real-roots", f"Equivalent(x**3 - 3*x + 1 = 0, x = {CUBIC})"),
    ])  # fmt: skip


@attack
def a_multiple_root_named_twice() -> Derivation:
    """x**3 - x**2 has two real roots: naming 0 twice must not stand for the root 1."""
    return theorem(NAMES, [step(NAMES, "1", "real-roots", "Equivalent(x**3 - x**2 = 0, (x = 0) | (x = 0*sqrt(2)))")])


@attack
def one_root_by_two_intervals() -> Derivation:
    """The same root by two intervals, in place of two roots."""
    one, two = "RootOf(y**2 - 2; y; 1; 3/2; 1)", "RootOf(y**2 - 2; y; 1; 2; 1)"
    return theorem(NAMES, [step(NAMES, "1", "real-roots", f"Equivalent(x**2 - 2 = 0, (x = {one}) | (x = {two}))")])


@attack
def a_root_that_the_other_polynomial_shares() -> Derivation:
    """1 is a root of (y - 1)*(y**2 - 2), but not sqrt(2)."""
    return theorem(NAMES, [
        step(NAMES, "1", "same-root", "1 = sqrt(2)", polynomial="(y - 1)*(y**2 - 2)", variable=":y", low="1/2", high="3/2"),
    ])  # fmt: skip


@attack
def roots_at_the_ends_of_the_interval() -> Derivation:
    """Of y**2 - y there is no root inside (0, 1), and both ends are roots."""
    return theorem(NAMES, [
        step(NAMES, "1", "same-root", "0 = 1", polynomial="y**2 - y", variable=":y", low="0", high="1"),
    ])  # fmt: skip


@attack
def a_conjugate_for_the_root() -> Derivation:
    """The square of the cubic's root is another root's neighbour: y**3 - 6*y**2 + 9*y - 1 has three roots."""
    return theorem(NAMES, [
        step(NAMES, "1", "same-root", f"{CUBIC}**2 = RootOf(y**3 - 6*y**2 + 9*y - 1; y; 2; 3; 1)",
             polynomial="y**3 - 6*y**2 + 9*y - 1", variable=":y", low="2", high="3"),
    ])  # fmt: skip


@attack
def a_combination_with_a_factor_that_is_not_there() -> Derivation:
    """0 = 0, divided by zero."""
    return theorem(NAMES, [
        step(NAMES, "1", "combination", "x = y", "H1", factors=["1/0"]),
    ], ["x - x = 0"])  # fmt: skip


@attack
def a_combination_that_divides_by_what_it_says_is_zero() -> Derivation:
    return theorem(NAMES, [
        step(NAMES, "1", "combination", "1 = 0", "H1", factors=["1/(x - y)"]),
    ], ["x = y"])  # fmt: skip


@attack
def a_combination_under_a_sum() -> Derivation:
    return theorem(NAMES, [
        step(NAMES, "1", "combination", "Sum(n, (n, 1, 4)) = Sum(2, (n, 1, 4))", "H1", factors=["4"]),
    ], ["n = 2"])  # fmt: skip


@attack
def a_combination_of_a_statement_about_all_numbers() -> Derivation:
    """From "if all x were 0" nothing follows without that premise as it stands."""
    return theorem(NAMES, [
        step(NAMES, "1", "combination", "x = 0", factors=[]),
    ])  # fmt: skip


def _diagonal(last: int) -> str:
    """Nine eigenvalues, the last of them perhaps a wrong one; Rocq, which gets the rows of kernel/cases, would be long about it."""
    rows = ", ".join("[" + ", ".join(str(int(i == j)) for j in range(9)) + "]" for i in range(9))
    return f"eigenvalues(Matrix([{rows}]), {'1, ' * 8}{last})"


@attack
def an_eigenvalue_of_a_large_matrix_is_another() -> Derivation:
    return theorem(NAMES, [step(NAMES, "1", "eigenvalues", _diagonal(2))])


def test_eigenvalues_of_a_rational_matrix_of_any_size() -> None:
    check(theorem(NAMES, [step(NAMES, "1", "eigenvalues", _diagonal(1))]))
