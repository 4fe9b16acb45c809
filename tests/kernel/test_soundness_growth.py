"""Attacks on the rules about remainders and growing powers: each is a short proof of something false."""

from __future__ import annotations

from derivations.language.statements import Derivation

from .attacks import Attack, attacks, refused
from .writing import step, theorem

attack, each_attack = attacks()
CURVE = {"f": "function", "x": "real", "h": "real", "M": "real"}
BOUND = "ForAll(x, Implies((0 <= x) & (x <= h), abs(D(f, 2)(x)) <= M))"
POWER = {"m": "real", "a": "real", "r": "real", "t": "natural"}


@each_attack
def test_the_kernel_refuses(build: Attack) -> None:
    refused(build)


def _remainder(hypotheses: list[str], claim: str, order: int = 2) -> Derivation:
    """f(h) is within a bound of its Taylor polynomial, from these hypotheses."""
    premises = [f"H{i + 1}" for i in range(len(hypotheses))]
    return theorem(CURVE, [
        step(CURVE, "1", "taylor-bound", claim, *premises, function="f(x)", start="0", end="h", bound="M", order=order),
    ], hypotheses)  # fmt: skip


@attack
def backwards_in_time() -> Derivation:
    """For h < 0 nothing is bounded: the hypothesis about [0, h] is empty."""
    return _remainder(["Smooth(f, 2)", "h <= 0", BOUND], "abs(f(h) - f(0) - h*D(f, 1)(0)) <= M*h**2/2")


@attack
def a_bound_at_the_ends_only() -> Derivation:
    ends = "abs(D(f, 2)(0)) <= M"
    return _remainder(["Smooth(f, 2)", "0 <= h", ends, "abs(D(f, 2)(h)) <= M"], "abs(f(h) - f(0) - h*D(f, 1)(0)) <= M*h**2/2")


@attack
def a_bound_on_another_derivative() -> Derivation:
    other = "ForAll(x, Implies((0 <= x) & (x <= h), abs(D(f, 1)(x)) <= M))"
    return _remainder(["Smooth(f, 2)", "0 <= h", other], "abs(f(h) - f(0) - h*D(f, 1)(0)) <= M*h**2/2")


@attack
def a_bound_on_half_of_the_interval() -> Derivation:
    half = "ForAll(x, Implies((0 <= x) & (x <= h/2), abs(D(f, 2)(x)) <= M))"
    return _remainder(["Smooth(f, 2)", "0 <= h", half], "abs(f(h) - f(0) - h*D(f, 1)(0)) <= M*h**2/2")


@attack
def a_bound_away_from_the_point_where_it_is_needed() -> Derivation:
    inner = "ForAll(x, Implies((0 < x) & (x < h), D(f, 2)(x) <= M))"
    return _remainder(["Smooth(f, 2)", "0 <= h", inner], "abs(f(h) - f(0) - h*D(f, 1)(0)) <= M*h**2/2")


@attack
def a_curve_with_a_corner() -> Derivation:
    """abs(x - 1) has second derivative 0 wherever it has one."""
    return _remainder(["Smooth(f, 1)", "0 <= h", BOUND], "abs(f(h) - f(0) - h*D(f, 1)(0)) <= M*h**2/2")


@attack
def an_order_of_zero() -> Derivation:
    zero = "ForAll(x, Implies((0 <= x) & (x <= h), abs(f(x)) <= M))"
    return _remainder(["Smooth(f, 2)", "0 <= h", zero], "abs(f(h) - f(0)) <= M", order=0)


@attack
def a_smaller_power_of_the_step() -> Derivation:
    return _remainder(["Smooth(f, 2)", "0 <= h", BOUND], "abs(f(h) - f(0) - h*D(f, 1)(0)) <= M*h**3/2")


@attack
def a_value_of_the_derivative_that_holds_elsewhere() -> Derivation:
    return _remainder(["Smooth(f, 2)", "0 <= h", BOUND, "D(f, 1)(1) = 0"], "abs(f(h) - f(0)) <= M*h**2/2")


def _reached(hypotheses: list[str], claim: str, **data: str) -> Derivation:
    premises = [f"H{i + 1}" for i in range(len(hypotheses))]
    names = {"ratio": "m", "start": "a", "level": "r", "step": "t", **data}
    return theorem(POWER, [step(POWER, "1", "reaches", claim, *premises, **names)], hypotheses)


@attack
def a_power_that_shrinks() -> Derivation:
    return _reached(["0 < m", "m < 1", "0 < a", "0 < r"], "Equivalent(r <= m**t*a, log(r/a)/log(m) <= t)")


@attack
def a_start_below_zero() -> Derivation:
    return _reached(["1 < m", "a < 0", "0 < r"], "Equivalent(r <= m**t*a, log(r/a)/log(m) <= t)")


@attack
def a_level_of_zero() -> Derivation:
    return _reached(["1 < m", "0 < a", "0 <= r"], "Equivalent(r <= m**t*a, log(r/a)/log(m) <= t)")


@attack
def the_level_and_the_start_exchanged() -> Derivation:
    return _reached(["1 < m", "0 < a", "0 < r"], "Equivalent(a <= m**t*r, log(r/a)/log(m) <= t)")


@attack
def one_step_fewer() -> Derivation:
    return _reached(["1 < m", "0 < a", "0 < r"], "Equivalent(r <= m**t*a, log(r/a)/log(m) <= t + 1)")


@attack
def a_ratio_that_grows_with_the_step() -> Derivation:
    """With the ratio 2 + t the claim speaks of (2 + t)**t, which is not what was shown for another exponent."""
    return _reached(["0 < a", "0 < r"], "Equivalent(r <= (2 + t)**(t + 1)*a, log(r/a)/log(2 + t) <= t)", ratio="2 + t")
