"""f = V·W·x: how many directions the Hessian annihilates, and how many belong to its smallest other eigenvalue.

A space is counted by the trace of a projection onto it, which is written down entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable

from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    conj,
    eq,
    iff,
    implies,
    mul,
    neg,
    sub,
    symbol,
)
from derivations.tactics.linear_eigenvectors import vanishing
from derivations.tactics.linear_layers import Chain, HessianMap, Layers, times
from derivations.tactics.linear_sums import alpha
from derivations.tactics.proof import Proof

INVERSE = symbol("g")  # 1/|v|²


def delta(first: str, second: str) -> Term:
    return Term("Delta", (symbol(first), symbol(second)))


def inverse(n: Layers, at: str) -> Term:
    """(V·Vᵀ)⁻¹; a number with one output."""
    return n.at("G", at) if n.outputs else INVERSE


# --- the directions that the Hessian annihilates ----------------------------------------------------------------------


def nonsingular_moments(proof: Proof, n: Layers) -> str:
    """The hypothesis T·S = 1."""
    for name, size, words in (("c", "d", "input"), ("h", "k", "hidden unit")):
        proof.declare(name, f"index:{size}", words)
    proof.declare("T", "family", "inverse of S")
    body = n.over("c", n.at("T", "ic"), n.at("S", "cr"))
    return proof.assume(n.every("ir", eq(body, delta("i", "r"))), "no combination of the inputs vanishes")


def nonsingular_top(proof: Proof, n: Layers) -> str:
    """The hypothesis V·Vᵀ·G = 1."""
    if n.outputs:
        proof.declare("b", "index:m", "output")
        proof.declare("G", "family", "inverse of the Gram matrix of the rows of V")
        body = n.over("b", n.over("j", n.at("V", "nj"), n.at("V", "bj")), n.at("G", "bq"))
        return proof.assume(n.every("nq", eq(body, delta("n", "q"))), "the rows of V are independent")
    proof.declare("g", "real", "one over the square of the length of V")
    return proof.assume(eq(mul(alpha(n), INVERSE), ONE), "V is not zero")


Forceless = Callable[[Term, str], str]  # from "the Hessian annihilates (A, B)" and its label to the label of N = 0


def annihilated(proof: Proof, n: Layers, h: HessianMap, moments: str, forceless: Forceless) -> str:
    """The Hessian annihilates (A, B)  ⟺  C = 0."""
    nothing = conj(n.every("ji", eq(n.at("H_W", "ji"), ZERO)), n.every("nj", eq(n.at("H_V", "nj"), ZERO)))
    still = n.every("ni", eq(n.at("C", "ni"), ZERO))
    case = proof.supposing(nothing, "a direction that the Hessian annihilates")
    with proof.inside() as forth:
        none = forceless(nothing, case.label)
        chain = Chain(proof, n.at("C", "ni"))
        label = chain.step("finite-sum", n.over("r", delta("i", "r"), n.at("C", "nr")), because="Kronecker's delta")
        body = n.over("r", n.over("c", n.at("T", "ic"), n.at("S", "cr")), n.at("C", "nr"))
        label = chain.step("rewrite", body, label, moments, because="the inverse of S")
        inner = n.over("r", n.at("S", "cr"), n.at("C", "nr"))
        label = chain.step("finite-sum", n.over("c", n.at("T", "ic"), inner), label, because="exchange the sums")
        label = chain.step(
            "rewrite", n.over("c", n.at("T", "ic"), n.at("N", "nc")), label, h.weighted, because="by definition"
        )
        label = chain.step("rewrite", n.over("c", n.at("T", "ic"), ZERO), label, none, because="which is 0")
        label = chain.step("finite-sum", ZERO, label, because="a sum of zeros")
        proof.step("generalise", still, label, because="in every entry")
    other = proof.supposing(still, "a direction that does not change the end-to-end map")
    with proof.inside() as back:
        none = vanishing(proof, n, ("N", "ni"), n.over("r", n.at("S", "ir"), ZERO), (h.weighted, other.label))
        ends = [vanishing(proof, n, ("H_W", "ji"), n.over("n", n.at("V", "nj"), ZERO), (h.first, none)),
                vanishing(proof, n, ("H_V", "nj"), n.over("i", n.at("W", "ji"), ZERO), (h.second, none))]  # fmt: skip
        proof.step("conjunction", nothing, *ends, because="together")
    ways = proof.branch("annihilated", forth, case), proof.branch("nothing changes", back, other)
    return proof.step("suppose", iff(nothing, still), branches=ways, because="it annihilates just what changes nothing")


def no_force_above(proof: Proof, n: Layers, h: HessianMap, given: Term, case: str, top: str) -> str:
    """Vᵀ·N = 0  ⟹  N = 0."""
    first = proof.step("part", given.args[0], case, because="given")
    chain = Chain(proof, n.at("N", "qi"))
    if n.outputs:
        gram = n.over("b", n.over("j", n.at("V", "nj"), n.at("V", "bj")), n.at("G", "bq"))
        label = chain.step("finite-sum", n.over("n", delta("n", "q"), n.at("N", "ni")), because="Kronecker's delta")
        label = chain.step(
            "rewrite",
            n.over("n", gram, n.at("N", "ni")),
            label,
            top,
            because="the inverse of the Gram matrix of the rows of V",
        )
    else:
        label = chain.step("finite-sum", mul(ONE, n.at("N", "i")), because="one times it")
        label = chain.step("rewrite", mul(mul(alpha(n), INVERSE), n.at("N", "i")), label, top, because="V is not zero")
    inner = n.over("n", n.at("V", "nj"), n.at("N", "ni"))
    if n.outputs:
        body = n.over("b", n.at("G", "bq"), n.over("j", n.at("V", "bj"), inner))
    else:
        body = mul(INVERSE, n.over("j", n.at("V", "j"), inner))
    label = chain.step("signs" if not n.outputs else "finite-sum", body, label, because="exchange the sums")

    def with_part(part: Term) -> Term:
        if n.outputs:
            return n.over("b", n.at("G", "bq"), n.over("j", n.at("V", "bj"), part))
        return mul(INVERSE, n.over("j", n.at("V", "j"), part))

    label = chain.step("rewrite", with_part(n.at("H_W", "ji")), label, h.first, because="the Hessian's value")
    label = chain.step("rewrite", with_part(ZERO), label, first, because="which is 0")
    label = chain.step("finite-sum", ZERO, label, because="a sum of zeros")
    return proof.step("generalise", n.every("qi", eq(chain.left, ZERO)), label, because="in every entry")


def counted(proof: Proof, n: Layers, h: HessianMap, top: str) -> list[str]:
    """The projection (A, B) ↦ (A − Vᵀ·G·C, B) onto the directions with C = 0, its matrix, and its trace."""
    proof.declare("E_W", "family", "what is left of A, without the part that changes the map")
    taken = n.over("nq", n.at("V", "nj"), inverse(n, "nq"), n.at("C", "qi"))
    defined = proof.define(
        n.every("ji", eq(n.at("E_W", "ji"), sub(n.at("A", "ji"), taken))), proof.variables[("E_W", True)].meaning
    )
    return [
        _into_kernel(proof, n, h, top, defined),
        _kept_by_projection(proof, n, defined),
        *_matrix(proof, n, h, top, defined),
    ]


def _into_kernel(proof: Proof, n: Layers, h: HessianMap, top: str, defined: str) -> str:
    """V·(A − Vᵀ·G·C) + B·W = C − C = 0."""
    body = n.over("j", add(mul(n.at("V", "nj"), n.at("E_W", "ji")), mul(n.at("B", "nj"), n.at("W", "ji"))))
    chain = Chain(proof, body)
    label = chain.step("finite-sum", body, because="the change that is left")
    taken = (
        n.over("bq", n.at("V", "bj"), inverse(n, "bq"), n.at("C", "qi"))
        if n.outputs
        else mul(n.at("V", "j"), INVERSE, n.at("C", "i"))
    )
    inserted = n.over(
        "j", add(mul(n.at("V", "nj"), sub(n.at("A", "ji"), taken)), mul(n.at("B", "nj"), n.at("W", "ji")))
    )
    label = chain.step("rewrite", inserted, label, defined, because="insert it")
    change = n.over("j", add(mul(n.at("V", "nj"), n.at("A", "ji")), mul(n.at("B", "nj"), n.at("W", "ji"))))
    if n.outputs:
        gram = n.over("q", n.over("b", n.over("j", n.at("V", "nj"), n.at("V", "bj")), n.at("G", "bq")), n.at("C", "qi"))
        one = n.over("q", delta("n", "q"), n.at("C", "qi"))
    else:
        gram, one = mul(mul(alpha(n), INVERSE), n.at("C", "i")), mul(ONE, n.at("C", "i"))
    label = chain.step("signs", sub(change, gram), label, because="exchange the sums")
    label = chain.step(
        "rewrite", sub(n.at("C", "ni"), one), label, h.change, top, because="the change, and the inverse"
    )
    label = chain.step("signs", ZERO, label, because="nothing is left")
    return proof.step("generalise", n.every("ni", eq(body, ZERO)), label, because="in every entry")


def _kept_by_projection(proof: Proof, n: Layers, defined: str) -> str:
    """C = 0  ⟹  A − Vᵀ·G·C = A."""
    still = n.every("ni", eq(n.at("C", "ni"), ZERO))
    case = proof.supposing(still, "a direction that does not change the end-to-end map")
    claim = n.every("ji", eq(n.at("E_W", "ji"), n.at("A", "ji")))
    with proof.inside() as steps:
        chain = Chain(proof, n.at("E_W", "ji"))
        taken = n.over("nq", n.at("V", "nj"), inverse(n, "nq"), ZERO)
        label = chain.step("rewrite", sub(n.at("A", "ji"), taken), defined, case.label, because="nothing is taken away")
        label = chain.step("finite-sum", n.at("A", "ji"), label, because="a sum of zeros")
        proof.step("generalise", claim, label, because="in every entry")
    return proof.step("suppose", implies(still, claim), branches=(proof.branch("it stays", steps, case),),
                      because="what changes nothing stays as it is")  # fmt: skip


def _matrix(proof: Proof, n: Layers, h: HessianMap, top: str, defined: str) -> list[str]:
    """The projection's entries X (for A) and Y (for B), and the trace Σ X_jiji + Σ 1 = k·(d + m) − m·d."""
    proof.declare("X", "family", "entries of the projection, for the first layer")
    proof.declare("Y", "family", "entries of the projection, for the second layer")
    through = n.over("nq", n.at("V", "nj"), inverse(n, "nq"), n.at("V", "qh"))
    entries = proof.define(n.every("jihr", eq(n.at("X", "jihr"), mul(delta("i", "r"), sub(delta("j", "h"), through)))),
                           "entries of the projection, for the first layer")  # fmt: skip
    mixed = neg(mul(n.over("n", n.at("V", "nj"), inverse(n, "nq")), n.at("W", "hi")))
    others = proof.define(
        n.every("jiqh", eq(n.at("Y", "jiqh"), mixed)), "entries of the projection, for the second layer"
    )
    chain = Chain(proof, n.at("E_W", "ji"))
    change = n.over("h", add(mul(n.at("V", "qh"), n.at("A", "hi")), mul(n.at("B", "qh"), n.at("W", "hi"))))
    taken = n.over("nq", n.at("V", "nj"), inverse(n, "nq"), change)
    label = chain.step("rewrite", sub(n.at("A", "ji"), taken), defined, h.change, because="insert the change")
    body = add(n.over("hr", mul(delta("i", "r"), sub(delta("j", "h"), through)), n.at("A", "hr")),
               n.over("qh", mixed, n.at("B", "qh")))  # fmt: skip
    label = chain.step("finite-sum", body, label, because="entry by entry")
    body = add(n.over("hr", n.at("X", "jihr"), n.at("A", "hr")), n.over("qh", n.at("Y", "jiqh"), n.at("B", "qh")))
    label = chain.step("rewrite", body, label, entries, others, because="by definition")
    linear = proof.step("generalise", n.every("ji", eq(chain.left, body)), label, because="in every entry")
    return [linear, _trace(proof, n, entries, top)]


def _trace(proof: Proof, n: Layers, entries: str, top: str) -> str:
    d, k, m = symbol("d"), symbol("k"), symbol("m") if n.outputs else ONE
    chain = Chain(proof, add(n.over("ji", n.at("X", "jiji")), n.over("nj", ONE)))
    label = chain.step("finite-sum", chain.left, because="the trace, in both layers")
    through = n.over("nq", n.at("V", "nj"), inverse(n, "nq"), n.at("V", "qj"))
    inserted = n.over("ji", mul(delta("i", "i"), sub(delta("j", "j"), through)))
    label = chain.step("rewrite", add(inserted, n.over("nj", ONE)), label, entries, because="insert it")
    if n.outputs:
        gram = n.over("q", n.over("b", n.over("j", n.at("V", "qj"), n.at("V", "bj")), n.at("G", "bq")))
        one: Term = n.over("q", delta("q", "q"))
    else:
        gram, one = mul(alpha(n), INVERSE), ONE
    label = chain.step("signs", sub(mul(k, add(d, m)), mul(d, gram)), label, because="Kronecker's delta")
    label = chain.step("rewrite", sub(mul(k, add(d, m)), mul(d, one)), label, top, because="the inverse")
    return chain.step("signs", sub(mul(k, add(d, m)), times(m, d)), label, because="count")
