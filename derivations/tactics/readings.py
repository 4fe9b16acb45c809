"""One condition as a reader wants it: solved for what is looked for, factors of known sign left out.

Nothing is proved here: that the conditions mean the same is shown in conditions.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from derivations.language.ascii import ascii_text
from derivations.language.terms import FALSE, TRUE, ZERO, Term, free_symbols, symbol
from derivations.tactics.algebra import Bridge, tidy
from derivations.tactics.certificates import gap
from derivations.tactics.prover import STRICT, Prover


def readable(prover: Prover, condition: Term, rate: str, given: Sequence[Term], divide: bool = True) -> Term:
    """The condition solved for a single variable, or for the learning rate times what stands beside it; TRUE or FALSE if clear.

    Without ``divide`` it stays a relation between polynomials.
    """
    bridge = Bridge()
    top, bottom = sp.fraction(sp.together(gap(condition, bridge)))
    difference = sp.factor(top * bottom) if bottom.free_symbols else sp.factor(top / bottom)  # the same sign, where it is defined
    constant, factors = sp.factor_list(difference)
    sign, left = 1 if constant > 0 else -1, sp.Integer(1)
    bound = len(difference.free_symbols) == 1 and sp.Poly(difference).total_degree() == 1  # said even if a hypothesis says it
    below = {factor for factor, _ in sp.factor_list(bottom)[1]} if bottom.free_symbols else set()
    for factor, exponent in factors:
        asked = (factor.is_Add or factor in below) and not bound
        found = prover.signed(bridge.to_term(factor), given) if asked else frozenset()
        if found in ({1}, {-1}):
            sign *= min(found) ** exponent
        elif found == {-1, 1}:
            left *= factor ** (exponent % 2)
        else:
            left *= factor**exponent
    strict = STRICT[condition.head]
    if not left.free_symbols:
        value = constant * left if factors == [] else sign
        return TRUE if value > 0 or (value == 0 and not strict) else FALSE
    if constant == 0:
        return FALSE if strict else TRUE
    return _solved(prover, bridge, sign * left, rate, given if divide else None, strict)


def _relation(low: Term, high: Term, strict: bool) -> Term:
    return Term("Lt" if strict else "Le", (low, high))


def _solved(prover: Prover, bridge: Bridge, expression: Any, rate: str, given: Sequence[Term] | None, strict: bool) -> Term:
    """expression > 0 (or >= 0), solved."""
    symbols = sorted(expression.free_symbols, key=str)
    expanded = sp.expand(expression)
    x = symbols[0] if len(symbols) == 1 else bridge.to_sympy(symbol(rate))
    slope, rest = sp.diff(expanded, x), expanded.subs(x, 0)
    if x in symbols and not slope.has(x):
        return _solved_for(prover, bridge, x, (slope, rest), given, strict)
    parts = sp.Add.make_args(expanded)
    above = sp.Add(*(part for part in parts if not part.could_extract_minus_sign()))
    below = sp.Add(*(-part for part in parts if part.could_extract_minus_sign()))
    return _relation(tidy(bridge.to_term(below)), tidy(bridge.to_term(above)), strict)


def _solved_for(prover: Prover, bridge: Bridge, x: Any, line: tuple[Any, Any], given: Sequence[Term] | None, strict: bool) -> Term:
    """slope*x + rest > 0, divided by the slope's factors of known sign (by none if nothing is given)."""
    slope, rest = line
    constant, factors = sp.factor_list(slope)
    sign, moved, kept = (1 if constant > 0 else -1), abs(constant) if rest != 0 else sp.Integer(1), sp.Integer(1)
    single = [one for one in given or () if len(free_symbols(one)) == 1]
    for factor, exponent in factors:
        asked = factor.is_Add and given is not None
        found = prover.sign(bridge.to_term(factor), single, lemmas=False) if asked else frozenset()
        if found in ({1}, {-1}):
            sign, moved = sign * min(found) ** exponent, moved * factor**exponent * min(found) ** exponent
        else:
            kept *= factor**exponent
    product, bound = _product(prover, bridge, x * kept), _product(prover, bridge, sp.factor(-rest / moved) * sign)
    if product.head == "Neg":
        product, bound, sign = product.args[0], _opposite(bound), -sign
    return _relation(bound, product, strict) if sign > 0 else _relation(product, bound, strict)


def _opposite(term: Term) -> Term:
    if term.head == "Neg":
        inner: Term = term.args[0]
        return inner
    return term if term == ZERO else Term("Neg", (term,)) if term.head in ("Mul", "Div", "Symbol") else tidy(Term("Neg", (term,)))


def _product(prover: Prover, bridge: Bridge, expression: Any) -> Term:
    """The expression laid out, the factors that are negative written the other way round: (1 - a)*(1 - b)."""
    constant, factors = sp.factor_list(sp.numer(expression))
    below, divisors = sp.factor_list(sp.denom(expression))
    if len(factors) + len(divisors) < 2:
        return tidy(bridge.to_term(expression))
    result, turned = constant / below, False
    for factor, exponent in (*factors, *((factor, -exponent) for factor, exponent in divisors)):
        term = bridge.to_term(factor)
        if not factor.is_Add or prover.signed(term) not in ({1}, {-1}):
            result *= factor**exponent
            continue
        size = min(prover.signed(term))
        turned = turned or bridge.to_term(bridge.to_sympy(symbol("x")) * sp.expand(size * factor)).head == "Neg"
        hidden = sp.Symbol(f"factor_{len(bridge.atoms)}", positive=True)
        bridge.atoms[hidden] = bridge.to_term(sp.expand(size * factor))
        result *= (size * hidden) ** exponent
    return bridge.to_term(result) if turned else tidy(bridge.to_term(expression))


def split(prover: Prover, condition: Term, nonzero: Sequence[Term]) -> list[Term]:
    """m*f > 0 as m > 0 and f > 0, where both cannot be negative: eta*lam*(2 - eta*lam) > 0."""
    bridge = Bridge()
    top, bottom = sp.fraction(sp.together(gap(condition, bridge)))
    constant, factors = sp.factor_list(sp.factor(top * bottom))
    odd = [factor for factor, exponent in factors if exponent % 2]
    sums = [factor for factor in odd if factor.is_Add and len(prover.signed(bridge.to_term(factor), nonzero)) > 1]
    if len(sums) != 1 or constant == 0:
        return [condition]
    inner = sums[0].free_symbols
    plain = sp.Mul(*(factor for factor in odd if not factor.is_Add
                     and (factor in inner or len(prover.signed(bridge.to_term(factor))) > 1)))  # fmt: skip
    if plain == 1:
        return [condition]
    for sign in (1, -1):
        strict = STRICT[condition.head]
        parts = (sign * plain, sign * constant / abs(constant) * sums[0])
        option = [_relation(ZERO, tidy(bridge.to_term(part)), strict) for part in parts]
        if all(prover.way(one, [condition, *nonzero], certificate=False) is not None for one in option):
            return option
    return [condition]


def tidied(relation: Term) -> Term:
    """The relation as 0 < f (or 0 <= f), f without common rational factors."""
    bridge = Bridge()
    difference = sp.factor(sp.together(gap(relation, bridge)))
    constant, _ = difference.as_coeff_Mul() if difference.is_Mul else (sp.Integer(1), difference)
    size = abs(constant) if constant != 0 else sp.Integer(1)
    return _relation(ZERO, tidy(bridge.to_term(difference / size)), STRICT[relation.head])


def place(relation: Term, rate: str) -> tuple[Any, ...]:
    """What is solved for the learning rate last; lower bounds before upper ones."""
    if len(relation.args) != 2 or relation.head not in STRICT:
        return False, True, "", False
    left, right = relation.args
    names, solved = free_symbols(relation), right if rate in free_symbols(right) else left
    lower = not free_symbols(left) or (rate in free_symbols(right) and rate not in free_symbols(left))
    about = ascii_text(solved) if rate in names else min(names, default="")
    return rate in names, len(names) > 1 and rate not in names, about, not lower
