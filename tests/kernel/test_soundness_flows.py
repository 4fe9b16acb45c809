"""Attacks on properties that speak of functions of variables: each is a short proof of something false."""

from __future__ import annotations

from derivations.language.statements import Derivation

from .attacks import Attack, attacks, refused
from .writing import step, theorem

attack, each_attack = attacks()

NAMES = {"x": "real", "y": "real", "a": "real", "tau": "real", "x()": "function", "y()": "function"}
KEPT = "ForAll(tau, x(tau)**2 - y(tau)**2 = x(0)**2 - y(0)**2)"
MOTION = ["ForAll(tau, Diff(x(tau), tau) = -y(tau))", "ForAll(tau, Diff(y(tau), tau) = -x(tau))"]


@each_attack
def test_the_kernel_refuses(build: Attack) -> None:
    refused(build)


@attack
def two_variables_made_one() -> Derivation:
    """x² - y² is independent; put x in for y, and 0 would be."""
    return theorem(NAMES, [
        step(NAMES, "1", "conserved-polynomial", KEPT, "H1", "H2"),
        step(NAMES, "2", "independent", "independent(1, [x**2 - y**2], [x, y])", "1", point={"x": "1", "y": "2"}, columns=()),
        step(NAMES, "3", "generalise", "ForAll(y, independent(1, [x**2 - y**2], [x, y]))", "2"),
        step(NAMES, "4", "instantiate", "independent(1, [x**2 - x**2], [x, x])", "3", values={"y": "x"}),
    ], MOTION)  # fmt: skip


@attack
def a_constant_that_meets_a_variable_of_its_name() -> Derivation:
    """a + x spans one direction for every constant a; -x is none."""
    return theorem(NAMES, [
        step(NAMES, "1", "rank-at-least", "rank_at_least(1, [(a + x)*y], [x, a], [y])", point=[1, 2]),
        step(NAMES, "2", "generalise", "ForAll(a, rank_at_least(1, [(a + x)*y], [x, a], [y]))", "1"),
        step(NAMES, "3", "instantiate", "rank_at_least(1, [(-x + x)*y], [x, -x], [y])", "2", values={"a": "-x"}),
    ])  # fmt: skip


@attack
def data_that_are_zero() -> Derivation:
    """y tells the directions apart; 0 does not."""
    return theorem(NAMES, [
        step(NAMES, "1", "rank-at-least", "rank_at_least(1, [x*y], [x], [y])", point=[1]),
        step(NAMES, "2", "generalise", "ForAll(y, rank_at_least(1, [x*y], [x], [y]))", "1"),
        step(NAMES, "3", "instantiate", "rank_at_least(1, [x*0], [x], [0])", "2", values={"y": "0"}),
    ])  # fmt: skip


@attack
def something_exists_of_which_nothing_is_known() -> Derivation:
    """That x is independent says of no constant that it is."""
    motion = ["ForAll(tau, Diff(x(tau), tau) = 0)"]
    return theorem(NAMES, [
        step(NAMES, "1", "conserved-polynomial", "ForAll(tau, x(tau) = x(0))", "H1"),
        step(NAMES, "2", "independent", "independent(1, [x], [x])", "1", point={"x": "1"}, columns=()),
        step(NAMES, "3", "exhibit", "Exists(a, independent(1, [a], [x]))", "2", values={"a": "x"}),
    ], motion)  # fmt: skip


@attack
def a_flow_that_depends_on_where_it_started() -> Derivation:
    """With dx/dτ = x(0) - x(τ) nothing moves, so that x is conserved."""
    return theorem(NAMES, [
        step(NAMES, "1", "at-most-independent", "at_most_independent(0, [x(0) - x], [x])", "H1", "H2", point={"x": "1"}),
    ], ["ForAll(tau, Diff(x(tau), tau) = x(0) - x(tau))", "x(0) - 1 > 0"])  # fmt: skip
