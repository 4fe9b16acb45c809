"""Combinations that a gradient flow multiplies by exponentials: s(tau) = exp(-k*tau)*s(0), so that none changes its sign."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivations.language.terms import ONE, ZERO, Term, eq, for_all, mul, ne, symbol
from derivations.tactics.algebra import Bridge
from derivations.tactics.integrals import Flow, primitive
from derivations.tactics.proof import Proof


def stays_off(proof: Proof, flow: Flow, curve: Term, cofactor: Any) -> str:
    """f(x(tau)) != 0 for all tau, f being multiplied by an exponential if its cofactor is a number; else it is a hypothesis."""
    now, begin = (flow.field.at(curve, at) for at in (symbol(flow.time), ZERO))
    claim = for_all(flow.time, ne(now, ZERO))
    known = {claim: label for label, claim in proof.claims.items()}
    if claim in known:
        return known[claim]
    if cofactor is None:
        return proof.assume(claim, "where the quotient is defined: paths do not cross this curve, for it is made of paths")
    start = proof.assume(ne(begin, ZERO), "where the quotient is defined at the start")
    path = _exponential(proof, flow, curve, cofactor)
    shrunk = proof.claims[path].args[1].args[1]
    away = proof.step("signs", ne(shrunk, ZERO), start, because="an exponential is positive")
    there = proof.step("rewrite", ne(now, ZERO), away, path, because="insert it")
    return proof.step("generalise", claim, there, because="at every time")


def exponential_directions(proof: Proof, flow: Flow) -> list[str]:
    """s(tau) = exp(-k*tau)*s(0) for a quadratic loss, s along an eigenvector of the rational eigenvalue k."""
    field, n = flow.field, len(flow.field.names)
    if field.constants or n > 4 or any(sum(e) > 1 for part in field.polynomials for e in part):
        return []
    units = [tuple(int(i == j) for j in range(n)) for i in range(n)]
    hessian = sp.Matrix(n, n, lambda i, j: field.polynomials[i].get(units[j], sp.Integer(0)))
    shift = sp.Matrix([part.get((0,) * n, sp.Integer(0)) for part in field.polynomials])
    labels = []
    for value, _, vectors in hessian.eigenvects():
        for vector in vectors if value.is_Rational and value != 0 else ():
            poly = {unit: sp.Rational(vector[i]) for i, unit in enumerate(units) if vector[i] != 0}
            constant = (vector.T * shift)[0] / value
            poly |= {(0,) * n: constant} if constant != 0 else {}
            labels.append(_exponential(proof, flow, primitive(poly, field), value))
    return labels


def _exponential(proof: Proof, flow: Flow, combination: Term, value: Any) -> str:
    """s(tau) = exp(-k*tau)*s(0), because exp(k*tau)*s is conserved."""
    bridge = Bridge()
    time = bridge.to_sympy(symbol(flow.time))
    grown, shrunk = (Term("Exp", (bridge.to_term(sign * value * time),)) for sign in (1, -1))
    now, begin = (flow.field.at(combination, at) for at in (symbol(flow.time), ZERO))
    known = {claim: label for label, claim in proof.claims.items()}
    if (found := known.get(for_all(flow.time, eq(now, mul(shrunk, begin))))) is not None:
        return found
    at_start = Term("Exp", (ZERO,))
    claim = for_all(flow.time, eq(mul(grown, now), mul(at_start, begin)))
    kept = proof.step(
        "conserved", claim, *flow.equations, because="the exponential makes up for the change of the combination"
    )
    one = proof.step("identity", eq(at_start, ONE), because="the exponential at time 0")
    plain = for_all(flow.time, eq(mul(grown, now), begin))
    same = proof.step("rewrite", plain, kept, one, because="insert it")
    split = proof.step(
        "identity", eq(now, mul(shrunk, mul(grown, now))), because="multiply and divide by the exponential"
    )
    solved = proof.step("rewrite", eq(now, mul(shrunk, begin)), split, same, because="the product is constant")
    return proof.step("generalise", for_all(flow.time, proof.claims[solved]), solved, because="at every time")
