"""Leading orders in a small parameter."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.terms import ZERO, Term, free_symbols, ne, symbol
from derivations.tactics.algebra import Bridge
from derivations.tactics.proof import Proof


def leading_term(value: Term, name: str) -> Term:
    """The first term of the expansion of a rational expression at name = 0."""
    bridge = Bridge()
    expression, x = bridge.to_sympy(value), bridge.to_sympy(symbol(name))
    top, bottom = sp.fraction(sp.cancel(sp.together(expression)))
    if not (top.is_polynomial(x) and bottom.is_polynomial(x)):
        raise Undecided(f"no leading order in {name}: the expression is not rational in it")
    return bridge.to_term(sp.factor(_lowest(top, x) / _lowest(bottom, x)))


def _lowest(polynomial: Any, x: Any) -> Any:
    poly = sp.Poly(polynomial, x)
    (exponent,), coefficient = min(poly.terms())
    return coefficient * x**exponent


def nonzero_factors(proof: Proof, value: Term, small: str) -> list[str]:
    """Labels of the hypotheses that the factors of the value other than the small parameter do not vanish."""
    bridge = Bridge()
    top, bottom = sp.fraction(sp.together(bridge.to_sympy(value)))
    factors = [bridge.to_term(factor) for part in (top, bottom) for factor, _ in sp.factor_list(part)[1]]
    known = {item.claim: item.label for item in proof.hypotheses}
    labels = []
    for factor in dict.fromkeys(factors):
        if factor == symbol(small) or not free_symbols(factor):
            continue
        claims = (ne(factor, ZERO), Term("Lt", (ZERO, factor)))
        label = next((known[claim] for claim in claims if claim in known), None)
        labels.append(label or proof.assume(claims[0], "it does not vanish"))
    return labels
