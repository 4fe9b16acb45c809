"""Complex numbers: u + i*v, compared by their real and imaginary parts, which are formulas for real numbers."""

from __future__ import annotations

from dataclasses import replace

from derivations.homework.deciding.comparing import compare
from derivations.homework.deciding.setting import Setting
from derivations.homework.verdicts import Evidence, Finding
from derivations.language.ascii import ascii_text
from derivations.language.terms import ONE, ZERO, Term, add, div, mul, neg, number, power, sub, subterms

Pair = tuple[Term, Term]
MOST_FACTORS = 8


def is_complex(term: Term) -> bool:
    return any(node.head == "ImaginaryUnit" or _is_root_of_negative(node) for node in subterms(term))


def _is_root_of_negative(term: Term) -> bool:
    inside = term.args[0] if term.head == "Sqrt" else ONE
    if inside.head == "Neg" and inside.args[0].head == "Number":
        return bool(inside.args[0].args[0] > 0)
    return inside.head == "Number" and bool(inside.args[0] < 0)


def parts(term: Term) -> Pair | None:
    """The real and the imaginary part; None where they are not worked out."""
    if not is_complex(term):
        return term, ZERO
    if term.head == "ImaginaryUnit":
        return ZERO, ONE
    if term.head == "Sqrt" and _is_root_of_negative(term):
        inside = term.args[0].args[0]
        return ZERO, Term("Sqrt", (inside if term.args[0].head == "Neg" else number(-inside),))
    found = [parts(arg) for arg in term.args if isinstance(arg, Term)]
    known = [one for one in found if one is not None]
    if len(known) < len(term.args) or len(known) > MOST_FACTORS:
        return None
    if term.head == "Neg":
        return neg(known[0][0]), neg(known[0][1])
    if term.head == "Add":
        return add(*(re for re, _ in known)), add(*(im for _, im in known))
    if term.head == "Mul":
        return _product(known)
    if term.head == "Div" and not is_complex(term.args[1]):
        return div(known[0][0], term.args[1]), div(known[0][1], term.args[1])
    exponent = term.args[1] if term.head == "Pow" else ZERO
    whole = exponent.head == "Number" and exponent.args[0].denominator == 1 and 0 < exponent.args[0] <= MOST_FACTORS
    return _product([known[0]] * int(exponent.args[0])) if whole else None


def _product(factors: list[Pair]) -> Pair:
    re, im = factors[0]
    for a, b in factors[1:]:
        re, im = sub(mul(re, a), mul(im, b)), add(mul(re, b), mul(im, a))
    return re, im


def same(said: Term, key: Term, setting: Setting) -> Finding:
    """The finding on a complex number beside another one."""
    mine, right = parts(said), parts(key)
    if mine is None or right is None:
        return Finding("undecided", "complex numbers of this kind are left to a person")
    findings = [compare(one, other, setting) for one, other in zip(mine, right, strict=True)]
    for what, found in zip(("real", "imaginary"), findings, strict=True):
        if found.verdict == "incorrect":
            detail = f"the {what} part is another one: {found.reason}"
            if is_complex(key):
                return replace(found, reason=detail, evidence=replace(found.evidence, detail=detail))
            return _not_real(said, key)
    unclear = [found for found in findings if found.verdict != "correct"]
    if unclear:
        return unclear[0]
    evidence = Evidence("proof", f"{ascii_text(said)} == {ascii_text(key)}", rules=("identity",), status="proved")
    return Finding("correct", "", evidence, 1.0)


def _not_real(said: Term, key: Term) -> Finding:
    mine, right = ascii_text(said), ascii_text(key)
    detail = f"{mine} is not real, but the right value is {right}"
    evidence = Evidence(
        "counterexample", f"{mine} == {right}", {}, mine, right, {"answer": mine, "key": right}, detail=detail
    )
    return Finding("incorrect", detail, evidence)


def squared_distance(one: Term, other: Term) -> Term | None:
    """|one - other|**2"""
    found = parts(sub(one, other))
    return None if found is None else add(power(found[0], 2), power(found[1], 2))
