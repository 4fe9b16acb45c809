"""Formulas that are asymptotically equal: their quotient tends to 1 as the variable tends to 0 or to infinity.

The kernel proves the limit of the quotient; powers (1 + c/n)**n have the limit exp(c). Another limit is a counterexample.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.homework.deciding.comparing import compare
from derivations.homework.deciding.expansions import expansion
from derivations.homework.deciding.setting import Setting
from derivations.homework.verdicts import Evidence, Finding
from derivations.language.ascii import ascii_text
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    div,
    free_symbols,
    power,
    rebuild,
    sub,
    subterms,
    symbol,
    tends,
)


def decide(value: Term, key: Term, name: str, at: Term, setting: Setting) -> Finding:
    """The finding on a formula that should behave as the key does where the variable tends to its end."""
    ratio = _whole_powers(div(value, key), name)
    known = _powers(ratio, name, at, setting)
    if known is None:
        return Finding("undecided", "how this behaves in the limit could not be worked out")
    if setting.proves(tends(ratio, name, at, ONE), "limit", tuple(known)):
        evidence = Evidence("proof", ascii_text(tends(ratio, name, at, ONE)), rules=_rules(known), status="proved")
        return Finding("correct", "", evidence, 1.0, remarks=("it is equal to the right value in the limit",))
    return _other_limit(ratio, name, at, known, setting) or Finding(
        "undecided", "how this behaves in the limit could not be worked out"
    )


def _rules(known: list[Term]) -> tuple[str, ...]:
    return ("limit", "limit-exponential") if known else ("limit",)


def _whole_powers(term: Term, name: str) -> Term:
    """b**(-n) as 1/b**n, and b**(2*n) as (b**n)**2."""
    term = rebuild(term, lambda arg: _whole_powers(arg, name))
    if term.head != "Pow" or name not in free_symbols(term.args[1]):
        return term
    base, exponent = term.args
    if exponent.head == "Neg":
        return div(ONE, _whole_powers(power(base, exponent.args[0]), name))
    if (
        exponent.head == "Mul"
        and len(exponent.args) == 2
        and exponent.args[0].head == "Number"
        and exponent.args[1] == symbol(name)
    ):
        return power(power(base, symbol(name)), exponent.args[0])
    return term


def _powers(ratio: Term, name: str, at: Term, setting: Setting) -> list[Term] | None:
    """The limits of the powers that move, proved; None where one has none that is known."""
    known = []
    for node in dict.fromkeys(subterms(ratio)):
        if node.head != "Pow" or name not in free_symbols(node.args[1]):
            continue
        rate = _rate(node.args[0], name, setting) if at == INFINITY and node.args[1] == symbol(name) else None
        claim = tends(node, name, INFINITY, Term("Exp", (rate,))) if rate is not None else None
        if claim is None or not setting.proves(claim, "limit-exponential"):
            return None
        known.append(claim)
    return known


def _rate(base: Term, name: str, setting: Setting) -> Term | None:
    """c with base = 1 + c/n + …"""
    found = expansion(sub(base, ONE), name, INFINITY, setting.table, 1)
    return found[1][0] if found is not None and found[0] == 1 else None


def _other_limit(ratio: Term, name: str, at: Term, known: list[Term], setting: Setting) -> Finding | None:
    """The finding that the quotient, or one over it, tends to something else."""
    limits = {claim.args[0]: claim.args[3] for claim in known}
    for quotient in (ratio, div(ONE, ratio)):
        found = expansion(_put(quotient, limits), name, at, setting.table, 1)
        if found is None or found[0] < 0:
            continue
        other = found[1][0] if found[0] == 0 else ZERO
        finding = compare(other, ONE, setting)
        if finding.verdict != "incorrect" or not setting.proves(
            tends(quotient, name, at, other), "limit", tuple(known)
        ):
            continue
        text = "your answer divided by the right one" if quotient is ratio else "the right answer divided by yours"
        detail = f"{text} tends to {ascii_text(other)}, and not to 1"
        claim = ascii_text(tends(quotient, name, at, ONE))
        evidence = replace(finding.evidence, claim=claim, detail=detail)
        return Finding("incorrect", detail, evidence)
    return None


def _put(term: Term, new: dict[Term, Term]) -> Term:
    return new[term] if term in new else rebuild(term, lambda arg: _put(arg, new))
