"""f = V·W·x with one output and uncorrelated inputs: the smallest non-zero eigenvalue of the Hessian is |v|², d − k times.

It belongs to |v|²·1 + WᵀW; what W annihilates is counted by the trace of a projection onto it.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.terms import ZERO, Term, add, conj, eq, iff, implies, le, lt, mul, power, sub, symbol
from derivations.tactics.linear_eigenvectors import LAM
from derivations.tactics.linear_kernel import delta
from derivations.tactics.linear_layers import Chain, Layers
from derivations.tactics.linear_sums import alpha
from derivations.tactics.proof import Proof


def independent_rows(proof: Proof, n: Layers) -> str:
    """The hypothesis W·Wᵀ·F = 1."""
    for name, size, words in (
        ("h", "k", "hidden unit"),
        ("t", "k", "hidden unit"),
        ("c", "d", "input"),
        ("l", "d", "input"),
    ):
        proof.declare(name, f"index:{size}", words)
    proof.declare("F", "family", "inverse of the Gram matrix of the rows of W")
    body = n.over("t", n.over("i", n.at("W", "ji"), n.at("W", "ti")), n.at("F", "th"))
    return proof.assume(
        n.every("jh", eq(body, delta("j", "h"))),
        "the rows of W are independent, so that there are at most as many as inputs",
    )


def squares(n: Layers, vector: str) -> Term:
    return n.over("i", power(n.at(vector, "i"), 2))


def not_smaller(proof: Proof, n: Layers) -> str:
    """(|v|²·1 + WᵀW)·u = lam·u with u ≠ 0  ⟹  |v|² ≤ lam."""
    proof.declare("lam", "real", "eigenvalue")
    proof.declare("u", "family", "a vector with one entry for each input")
    given = (n.every("i", eq(_small(n), mul(LAM, n.at("u", "i")))), lt(ZERO, squares(n, "u")))
    case = proof.supposing(conj(*given), "an eigenvector")
    with proof.inside() as steps:
        eigen, positive = (proof.step("part", part, case.label, because="given") for part in given)
        chain = Chain(proof, mul(LAM, squares(n, "u")))
        label = chain.step(
            "finite-sum", n.over("i", n.at("u", "i"), mul(LAM, n.at("u", "i"))), because="inside the sum"
        )
        label = chain.step("rewrite", n.over("i", n.at("u", "i"), _small(n)), label, eigen, because="insert it")
        through = n.over("j", power(n.over("i", n.at("W", "ji"), n.at("u", "i")), 2))
        label = chain.step(
            "signs", add(mul(alpha(n), squares(n, "u")), through), label, because="exchange the sums: squares"
        )
        square = through.args[3]
        one = proof.step("signs", le(ZERO, square), because="a square")
        every = proof.step("generalise", n.every("j", le(ZERO, square)), one, because="for every hidden unit")
        more = proof.step("sum-order", le(n.over("j", ZERO), through), every, because="a sum of squares")
        terms = ({"coefficient": -1, "premises": (0,)}, {"premises": (1,)})
        label = proof.step("polynomial-implication", le(mul(alpha(n), squares(n, "u")), chain.left), label, more, terms=terms,
                           because="leave them out")  # fmt: skip
        proof.step("signs", le(alpha(n), LAM), label, positive, because="divide by the square of the length of u")
    return proof.step("suppose", implies(conj(*given), le(alpha(n), LAM)), branches=(proof.branch("squares", steps, case),),
                      because="no eigenvalue of the small matrix is below")  # fmt: skip


def _small(n: Layers) -> Term:
    """(|v|²·1 + WᵀW)·u at i."""
    lower = n.over("j", n.at("W", "ji"), n.over("r", n.at("W", "jr"), n.at("u", "r")))
    return add(mul(alpha(n), n.at("u", "i")), lower)


@dataclass(frozen=True)
class Projection:
    """Labels: W·Wᵀ·F = 1, Q = 1 − Wᵀ·F·W, w = W·u, and Q·u = u − Wᵀ·F·w."""

    rows: str
    defined: str
    named: str
    applied: str


def smallest(proof: Proof, n: Layers, rows: str) -> list[str]:
    """u belongs to |v|²  ⟺  W·u = 0  ⟺  Q·u = u, where Q = 1 − Wᵀ·F·W; Q·Q = Q, and the trace of Q is d − k."""
    proof.declare("Q", "family", "projection onto what W annihilates")
    proof.declare("w", "family", "W times u")
    entry = sub(delta("i", "r"), _taken(n, "ir"))
    defined = proof.define(n.every("ir", eq(n.at("Q", "ir"), entry)), "projection onto what W annihilates")
    named = proof.define(n.every("j", eq(n.at("w", "j"), n.over("r", n.at("W", "jr"), n.at("u", "r")))), "W times u")
    known = Projection(rows, defined, named, _applied(proof, n, defined, named))
    return [_belongs(proof, n, known), _idempotent(proof, n, rows, defined), _trace_below(proof, n, rows, defined)]


def _taken(n: Layers, at: str) -> Term:
    """An entry of Wᵀ·F·W."""
    return n.over("th", n.at("W", f"t{at[0]}"), n.at("F", "th"), n.at("W", f"h{at[1]}"))


def _less(n: Layers, part: Term) -> Term:
    """(u − Wᵀ·F·part) at i."""
    return sub(n.at("u", "i"), n.over("th", n.at("W", "ti"), n.at("F", "th"), part))


def _gram(n: Layers, at: str) -> Term:
    """W·Wᵀ·F."""
    return n.over("t", n.over("i", n.at("W", f"{at}i"), n.at("W", "ti")), n.at("F", "th"))


def _applied(proof: Proof, n: Layers, defined: str, named: str) -> str:
    """Q·u = u − Wᵀ·F·w."""
    chain = Chain(proof, n.over("r", n.at("Q", "ir"), n.at("u", "r")))
    label = chain.step("finite-sum", chain.left, because="what Q makes of u")
    inserted = n.over("r", sub(delta("i", "r"), _taken(n, "ir")), n.at("u", "r"))
    label = chain.step("rewrite", inserted, label, defined, because="insert it")
    through = n.over("r", n.at("W", "hr"), n.at("u", "r"))
    label = chain.step("signs", _less(n, through), label, because="exchange the sums")
    label = chain.step("rewrite", _less(n, n.at("w", "h")), label, named, because="W times u")
    return proof.step(
        "generalise", n.every("i", eq(chain.left, _less(n, n.at("w", "h")))), label, because="in every entry"
    )


def _belongs(proof: Proof, n: Layers, known: Projection) -> str:
    belongs = n.every("i", eq(_small(n), mul(alpha(n), n.at("u", "i"))))
    applied = n.over("r", n.at("Q", "ir"), n.at("u", "r"))
    stays = n.every("i", eq(applied, n.at("u", "i")))
    case = proof.supposing(belongs, "u belongs to the smallest eigenvalue")
    other = proof.supposing(stays, "Q leaves u as it is")
    with proof.inside() as forth:
        none, chain = _no_input(proof, n, known, case.label), Chain(proof, applied)
        label = proof.step("instantiate", eq(applied, _less(n, n.at("w", "h"))), known.applied, values={"i": symbol("i")},
                           because="in one entry")  # fmt: skip
        label = chain.step("rewrite", _less(n, ZERO), label, none, because="W annihilates u")
        label = chain.step("signs", n.at("u", "i"), label, because="nothing is taken away")
        proof.step("generalise", stays, label, because="in every entry")
    with proof.inside() as back:
        none = _annihilates(proof, n, known, other.label)
        chain, lower = Chain(proof, _small(n)), n.over("j", n.at("W", "ji"), n.at("w", "j"))
        label = chain.step("finite-sum", chain.left, because="the small matrix")
        label = chain.step(
            "rewrite", add(mul(alpha(n), n.at("u", "i")), lower), label, known.named, because="W times u"
        )
        lower = n.over("j", n.at("W", "ji"), ZERO)
        label = chain.step("rewrite", add(mul(alpha(n), n.at("u", "i")), lower), label, none, because="W annihilates u")
        label = chain.step("signs", mul(alpha(n), n.at("u", "i")), label, because="a sum of zeros")
        proof.step("generalise", belongs, label, because="in every entry")
    ways = proof.branch("it stays", forth, case), proof.branch("it belongs", back, other)
    return proof.step("suppose", iff(belongs, stays), branches=ways, because="both say that W annihilates u")


def _no_input(proof: Proof, n: Layers, known: Projection, given: str) -> str:
    """WᵀW·u = 0  ⟹  W·u = 0, as W·Wᵀ has an inverse."""
    lower = n.over("j", n.at("W", "ji"), n.at("w", "j"))
    label = proof.step("instantiate", eq(_small(n), mul(alpha(n), n.at("u", "i"))), given, values={"i": symbol("i")},
                       because="in one entry")  # fmt: skip
    named = eq(add(mul(alpha(n), n.at("u", "i")), lower), mul(alpha(n), n.at("u", "i")))
    label = proof.step("rewrite", named, label, known.named, because="W times u")
    label = proof.step("signs", eq(lower, ZERO), label, because="subtract what is on both sides")
    zero = proof.step("generalise", n.every("i", eq(lower, ZERO)), label, because="in every entry")
    chain = Chain(proof, n.at("w", "h"))
    label = chain.step("finite-sum", n.over("j", delta("j", "h"), n.at("w", "j")), because="Kronecker's delta")
    label = chain.step(
        "rewrite",
        n.over("j", _gram(n, "j"), n.at("w", "j")),
        label,
        known.rows,
        because="the inverse of the Gram matrix of the rows of W",
    )
    inner = n.over("i", n.at("W", "ti"), lower)
    label = chain.step("finite-sum", n.over("t", n.at("F", "th"), inner), label, because="exchange the sums")
    none = n.over("t", n.at("F", "th"), n.over("i", n.at("W", "ti"), ZERO))
    label = chain.step("rewrite", none, label, zero, because="which is 0")
    label = chain.step("finite-sum", ZERO, label, because="a sum of zeros")
    return proof.step("generalise", n.every("h", eq(chain.left, ZERO)), label, because="for every hidden unit")


def _annihilates(proof: Proof, n: Layers, known: Projection, given: str) -> str:
    """Q·u = u  ⟹  W·u = W·Q·u = W·u − W·u."""
    chain, applied = Chain(proof, n.at("w", "j")), n.over("r", n.at("Q", "ir"), n.at("u", "r"))
    plain = n.over("i", n.at("W", "ji"), n.at("u", "i"))
    named = chain.step("finite-sum", plain, known.named, because="W times u")
    label = chain.step("rewrite", n.over("i", n.at("W", "ji"), applied), named, given, because="Q leaves u as it is")
    inserted = n.over("i", n.at("W", "ji"), _less(n, n.at("w", "h")))
    label = chain.step("rewrite", inserted, label, known.applied, because="insert what Q makes of u")

    def less(part: Term) -> Term:
        return sub(plain, n.over("h", part, n.at("w", "h")))

    label = chain.step("finite-sum", less(_gram(n, "j")), label, because="exchange the sums")
    label = chain.step(
        "rewrite", less(delta("j", "h")), label, known.rows, because="the inverse of the Gram matrix of the rows of W"
    )
    both = sub(n.at("w", "j"), n.over("h", delta("j", "h"), n.at("w", "h")))
    label = chain.step("rewrite", both, label, named, because="W times u again")
    label = chain.step("signs", ZERO, label, because="nothing is left")
    return proof.step("generalise", n.every("j", eq(chain.left, ZERO)), label, because="for every hidden unit")


def _idempotent(proof: Proof, n: Layers, rows: str, defined: str) -> str:
    """W·Q = 0, so that Q·Q = Q."""
    chain = Chain(proof, n.over("l", n.at("W", "jl"), n.at("Q", "lr")))
    label = chain.step("finite-sum", chain.left, because="what W makes of Q")
    inserted = n.over("l", n.at("W", "jl"), sub(delta("l", "r"), _taken(n, "lr")))
    label = chain.step("rewrite", inserted, label, defined, because="insert Q")
    label = chain.step(
        "signs", sub(n.at("W", "jr"), n.over("h", _gram(n, "j"), n.at("W", "hr"))), label, because="exchange the sums"
    )
    label = chain.step("rewrite", sub(n.at("W", "jr"), n.over("h", delta("j", "h"), n.at("W", "hr"))), label, rows,
                       because="the inverse of the Gram matrix of the rows of W")  # fmt: skip
    label = chain.step("signs", ZERO, label, because="nothing is left")
    none = proof.step("generalise", n.every("jr", eq(chain.left, ZERO)), label, because="in every entry")
    chain = Chain(proof, n.over("c", n.at("Q", "ic"), n.at("Q", "cr")))
    label = chain.step("finite-sum", chain.left, because="Q twice")
    label = chain.step("rewrite", n.over("c", sub(delta("i", "c"), _taken(n, "ic")), n.at("Q", "cr")), label, defined,
                       because="insert the first")  # fmt: skip

    def less(part: Term) -> Term:
        return sub(n.at("Q", "ir"), n.over("th", n.at("W", "ti"), n.at("F", "th"), part))

    label = chain.step("signs", less(n.over("l", n.at("W", "hl"), n.at("Q", "lr"))), label, because="exchange the sums")
    label = chain.step("rewrite", less(ZERO), label, none, because="W annihilates what Q makes")
    label = chain.step("signs", n.at("Q", "ir"), label, because="nothing is taken away")
    return proof.step("generalise", n.every("ir", eq(chain.left, n.at("Q", "ir"))), label, because="in every entry")


def _trace_below(proof: Proof, n: Layers, rows: str, defined: str) -> str:
    chain = Chain(proof, n.over("i", n.at("Q", "ii")))
    label = chain.step("finite-sum", chain.left, because="the trace")
    label = chain.step(
        "rewrite", n.over("i", sub(delta("i", "i"), _taken(n, "ii"))), label, defined, because="insert Q"
    )
    label = chain.step("signs", sub(symbol("d"), n.over("h", _gram(n, "h"))), label, because="exchange the sums")
    label = chain.step(
        "rewrite",
        sub(symbol("d"), n.over("h", delta("h", "h"))),
        label,
        rows,
        because="the inverse of the Gram matrix of the rows of W",
    )
    return chain.step("signs", sub(symbol("d"), symbol("k")), label, because="count")
