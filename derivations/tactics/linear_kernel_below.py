"""f = V·W·x with independent columns of W: how many directions the Hessian annihilates, whatever V is.

The projection is (A, B) ↦ (A, B − C·F·Wᵀ) with F = (WᵀW)⁻¹; its trace counts the directions with C = 0.
"""

from __future__ import annotations

from derivations.language.terms import ONE, ZERO, Term, add, eq, implies, mul, neg, sub, symbol
from derivations.tactics.linear_kernel import delta
from derivations.tactics.linear_layers import Chain, HessianMap, Layers, times
from derivations.tactics.proof import Proof

MEANING = "what is left of B, without the part that changes the map"


def independent_columns(proof: Proof, n: Layers) -> str:
    """The hypothesis WᵀW·F = 1."""
    proof.declare("F", "family", "inverse of the Gram matrix of the columns of W")
    return proof.assume(n.every("ic", eq(_gram(n, "i", "c"), delta("i", "c"))), "the columns of W are independent")


def _gram(n: Layers, first: str, last: str) -> Term:
    """WᵀW·F."""
    return n.over("r", n.over("j", n.at("W", f"j{first}"), n.at("W", "jr")), n.at("F", f"r{last}"))


def no_force_below(proof: Proof, n: Layers, h: HessianMap, given: Term, case: str, rows: str) -> str:
    """N·Wᵀ = 0  ⟹  N = 0."""
    second = proof.step("part", given.args[1], case, because="given")
    chain = Chain(proof, n.at("N", "nc"))
    label = chain.step("finite-sum", n.over("i", delta("i", "c"), n.at("N", "ni")), because="Kronecker's delta")
    body = n.over("i", _gram(n, "i", "c"), n.at("N", "ni"))
    label = chain.step("rewrite", body, label, rows, because="the inverse of the Gram matrix")

    def with_part(part: Term) -> Term:
        return n.over("r", n.at("F", "rc"), n.over("j", n.at("W", "jr"), part))

    inner = n.over("i", n.at("W", "ji"), n.at("N", "ni"))
    label = chain.step("finite-sum", with_part(inner), label, because="exchange the sums")
    label = chain.step("rewrite", with_part(n.at("H_V", "nj")), label, h.second, because="the Hessian's value")
    label = chain.step("rewrite", with_part(ZERO), label, second, because="which is 0")
    label = chain.step("finite-sum", ZERO, label, because="a sum of zeros")
    return proof.step("generalise", n.every("nc", eq(chain.left, ZERO)), label, because="in every entry")


def counted_below(proof: Proof, n: Layers, h: HessianMap, rows: str) -> list[str]:
    """The projection onto the directions with C = 0, its matrix, and its trace."""
    proof.declare("E_V", "family", MEANING)
    taken = n.over("ir", n.at("C", "ni"), n.at("F", "ri"), n.at("W", "jr"))
    defined = proof.define(n.every("nj", eq(n.at("E_V", "nj"), sub(n.at("B", "nj"), taken))), MEANING)
    return [_into_kernel(proof, n, h, rows, defined), _kept(proof, n, defined), *_matrix(proof, n, h, rows, defined)]


def _into_kernel(proof: Proof, n: Layers, h: HessianMap, rows: str, defined: str) -> str:
    """V·A + (B − C·F·Wᵀ)·W = C − C = 0."""
    body = n.over("j", add(mul(n.at("V", "nj"), n.at("A", "jc")), mul(n.at("E_V", "nj"), n.at("W", "jc"))))
    chain = Chain(proof, body)
    label = chain.step("finite-sum", body, because="the change that is left")
    taken = n.over("ir", n.at("C", "ni"), n.at("F", "ri"), n.at("W", "jr"))
    changed = sub(n.at("B", "nj"), taken)
    inserted = n.over("j", add(mul(n.at("V", "nj"), n.at("A", "jc")), mul(changed, n.at("W", "jc"))))
    label = chain.step("rewrite", inserted, label, defined, because="insert it")
    change = n.over("j", add(mul(n.at("V", "nj"), n.at("A", "jc")), mul(n.at("B", "nj"), n.at("W", "jc"))))
    gram = n.over("i", n.at("C", "ni"), _gram(n, "c", "i"))
    label = chain.step("signs", sub(change, gram), label, because="exchange the sums")
    one = n.over("i", n.at("C", "ni"), delta("c", "i"))
    label = chain.step("rewrite", sub(n.at("C", "nc"), one), label, h.change, rows, because="the change, and the inverse")
    label = chain.step("signs", ZERO, label, because="nothing is left")
    return proof.step("generalise", n.every("nc", eq(body, ZERO)), label, because="in every entry")


def _kept(proof: Proof, n: Layers, defined: str) -> str:
    """C = 0  ⟹  B − C·F·Wᵀ = B."""
    still = n.every("ni", eq(n.at("C", "ni"), ZERO))
    case = proof.supposing(still, "a direction that does not change the end-to-end map")
    claim = n.every("nj", eq(n.at("E_V", "nj"), n.at("B", "nj")))
    with proof.inside() as steps:
        chain = Chain(proof, n.at("E_V", "nj"))
        taken = n.over("ir", ZERO, n.at("F", "ri"), n.at("W", "jr"))
        label = chain.step("rewrite", sub(n.at("B", "nj"), taken), defined, case.label, because="nothing is taken away")
        label = chain.step("finite-sum", n.at("B", "nj"), label, because="a sum of zeros")
        proof.step("generalise", claim, label, because="in every entry")
    return proof.step("suppose", implies(still, claim), branches=(proof.branch("it stays", steps, case),),
                      because="what changes nothing stays as it is")  # fmt: skip


def _matrix(proof: Proof, n: Layers, h: HessianMap, rows: str, defined: str) -> list[str]:
    """The projection's entries X (for B) and Y (for A), and the trace."""
    proof.declare("X", "family", "entries of the projection, for the second layer")
    proof.declare("Y", "family", "entries of the projection, for the first layer")
    same = (delta("n", "q"),) if n.outputs else ()
    through = n.over("ir", n.at("W", "hi"), n.at("F", "ri"), n.at("W", "jr"))
    entry = times(*same, sub(delta("j", "h"), through)) if same else sub(delta("j", "h"), through)
    entries = proof.define(n.every("njqh", eq(n.at("X", "njqh"), entry)), "entries of the projection, for the second layer")
    mixed = neg(mul(n.at("V", "nh"), n.over("r", n.at("F", "ri"), n.at("W", "jr"))))
    others = proof.define(n.every("njhi", eq(n.at("Y", "njhi"), mixed)), "entries of the projection, for the first layer")
    chain = Chain(proof, n.at("E_V", "nj"))
    change = n.over("h", add(mul(n.at("V", "nh"), n.at("A", "hi")), mul(n.at("B", "nh"), n.at("W", "hi"))))
    taken = n.over("ir", change, n.at("F", "ri"), n.at("W", "jr"))
    label = chain.step("rewrite", sub(n.at("B", "nj"), taken), defined, h.change, because="insert the change")
    body = add(n.over("qh", entry, n.at("B", "qh")), n.over("hi", mixed, n.at("A", "hi")))
    label = chain.step("finite-sum", body, label, because="entry by entry")
    body = add(n.over("qh", n.at("X", "njqh"), n.at("B", "qh")), n.over("hi", n.at("Y", "njhi"), n.at("A", "hi")))
    label = chain.step("rewrite", body, label, entries, others, because="by definition")
    linear = proof.step("generalise", n.every("nj", eq(chain.left, body)), label, because="in every entry")
    return [linear, _trace(proof, n, entries, rows)]


def _trace(proof: Proof, n: Layers, entries: str, rows: str) -> str:
    """Σ X_njnj + Σ 1 = k·(d + m) − m·d."""
    d, k, m = symbol("d"), symbol("k"), symbol("m") if n.outputs else ONE
    chain = Chain(proof, add(n.over("nj", n.at("X", "njnj")), n.over("ji", ONE)))
    label = chain.step("finite-sum", chain.left, because="the trace, in both layers")
    through = n.over("ir", n.at("W", "ji"), n.at("F", "ri"), n.at("W", "jr"))
    entry = sub(delta("j", "j"), through)
    inserted = n.over("nj", times(delta("n", "n"), entry) if n.outputs else entry)
    label = chain.step("rewrite", add(inserted, n.over("ji", ONE)), label, entries, because="insert it")
    whole = mul(k, add(d, m))
    label = chain.step("signs", sub(whole, times(m, n.over("i", _gram(n, "i", "i")))), label, because="Kronecker's delta")
    label = chain.step("rewrite", sub(whole, times(m, n.over("i", delta("i", "i")))), label, rows, because="the inverse")
    return chain.step("signs", sub(whole, times(m, d)), label, because="count")
