"""Eigenvectors of the Hessian of f = V·W·x at matching weights, from those of a matrix with one row for each input, and back."""

from __future__ import annotations

from derivations.language.terms import ZERO, Term, add, conj, eq, implies, mul, ne, power, symbol
from derivations.tactics.linear_layers import Chain, HessianMap, Layers, times, weighted_change
from derivations.tactics.proof import Proof

LAM, ALPHA = symbol("lam"), symbol("alpha")

def shift(n: Layers) -> Term:
    """alpha; |v|² with one output."""
    return ALPHA if n.outputs else n.over("j", power(n.at("V", "j"), 2))


def small(n: Layers, vector: str, at: str = "i", inner: str = "r") -> Term:
    """(alpha*I + WᵀW)·vector at an index."""
    through = n.over(inner, n.at("W", f"j{inner}"), n.at(vector, inner))
    return add(mul(shift(n), n.at(vector, at)), n.over("j", n.at("W", f"j{at}"), through))


def _top(n: Layers) -> Term:
    """V·Vᵀ·e = alpha*e."""
    inner = n.over("j", n.at("V", "nj"), n.at("V", "qj"))
    return n.every("n", eq(n.over("q", inner, n.at("e", "q")), mul(ALPHA, n.at("e", "n"))))


def fixed(n: Layers, factor: Term = LAM) -> Term:
    """The Hessian maps (A, B) to a multiple of itself."""
    return conj(n.every("ji", eq(n.at("H_W", "ji"), mul(factor, n.at("A", "ji")))),
                n.every("nj", eq(n.at("H_V", "nj"), mul(factor, n.at("B", "nj")))))  # fmt: skip


def eigenvectors(proof: Proof, n: Layers, h: HessianMap) -> list[str]:
    """Labels of: an eigenvector u of (alpha*I + WᵀW)·S gives one of the Hessian; one of the Hessian gives such a u; λ·uᵀSu."""
    proof.declare("lam", "real", "eigenvalue")
    proof.declare("u", "family", "a vector with one entry for each input")
    if n.outputs:
        proof.declare("alpha", "real", "eigenvalue of the Gram matrix of the rows of V")
        proof.declare("e", "family", "eigenvector of the Gram matrix of the rows of V")
    weighted = _weighted(proof, n, "z", "u")
    return [_forward(proof, n, h, weighted), _backward(proof, n, h), _energy(proof, n)]


def _weighted(proof: Proof, n: Layers, name: str, vector: str) -> str:
    proof.declare(name, "family", f"S times {vector}")
    return proof.define(n.every("i", eq(n.at(name, "i"), n.over("r", n.at("S", "ir"), n.at(vector, "r")))), f"S times {vector}")


def _eigen(n: Layers) -> Term:
    """(alpha*I + WᵀW)·S·u = lam*u."""
    return n.every("i", eq(small(n, "z"), mul(LAM, n.at("u", "i"))))


def _forward(proof: Proof, n: Layers, h: HessianMap, weighted: str) -> str:
    top, e = n.over("n", n.at("V", "nj"), n.at("e", "n")), n.at("e", "n")
    upper = n.over("r", n.at("W", "jr"), n.at("z", "r"))
    chosen = [n.every("ji", eq(n.at("A", "ji"), times(top, n.at("z", "i")))), n.every("nj", eq(n.at("B", "nj"), times(e, upper)))]
    given = [*([_top(n)] if n.outputs else []), _eigen(n), *chosen]
    case = proof.supposing(conj(*given), "an eigenvector of the small matrix, and a direction made from it")
    with proof.inside() as steps:
        *outer, inner, first, second = (proof.step("part", part, case.label, because="given") for part in given)
        made = _made(proof, n, h, (outer, inner, first, second))
        kept = _stretched(proof, n, h, made, weighted, (first, second))
        claim = conj(fixed(n), proof.claims[made])
        proof.step("conjunction", claim, *kept, made, because="together")
    return proof.step("suppose", implies(conj(*given), claim), branches=(proof.branch("from u to a direction", steps, case),),
                      because="an eigenvector of the small matrix gives one of the Hessian")  # fmt: skip


def _made(proof: Proof, n: Layers, h: HessianMap, given: tuple[list[str], str, str, str]) -> str:
    """C = lam*e*uᵀ."""
    outer, inner, first, second = given
    e, upper = n.at("e", "n"), n.over("r", n.at("W", "jr"), n.at("z", "r"))
    lower = n.over("j", n.at("W", "ji"), upper)
    through = n.over("q", n.at("V", "qj"), n.at("e", "q"))
    chain = Chain(proof, n.at("C", "ni"))
    body = n.over("j", add(times(n.at("V", "nj"), through, n.at("z", "i")), times(e, upper, n.at("W", "ji"))))
    label = chain.step("rewrite", body, h.change, first, second, because="the change that this direction makes")
    if n.outputs:
        gram = n.over("q", n.over("j", n.at("V", "nj"), n.at("V", "qj")), n.at("e", "q"))
        label = chain.step("finite-sum", add(mul(gram, n.at("z", "i")), mul(e, lower)), label, because="exchange the sums")
        label = chain.step("rewrite", add(mul(mul(ALPHA, e), n.at("z", "i")), mul(e, lower)), label, *outer,
                           because="an eigenvector of the Gram matrix of the rows of V")  # fmt: skip
    label = chain.step("finite-sum", times(e, small(n, "z")), label, because="collect")
    right = times(e, mul(LAM, n.at("u", "i")))
    label = chain.step("rewrite", right, label, inner, because="an eigenvector of the small matrix")
    return proof.step("generalise", n.every("ni", eq(chain.left, right)), label, because="in every entry")


def _stretched(proof: Proof, n: Layers, h: HessianMap, made: str, weighted: str, chosen: tuple[str, str]) -> list[str]:
    """N = lam*e·(S·u)ᵀ, so that the Hessian's value in each layer is lam times the direction there."""
    e = n.at("e", "n")
    chain = Chain(proof, n.at("N", "ni"))
    body = n.over("r", n.at("S", "ir"), times(e, mul(LAM, n.at("u", "r"))))
    label = chain.step("rewrite", body, h.weighted, made, because="insert that change")
    label = chain.step("finite-sum", times(LAM, e, n.over("r", n.at("S", "ir"), n.at("u", "r"))), label,
                       because="take constants out of the sum")  # fmt: skip
    right = times(LAM, e, n.at("z", "i"))
    label = chain.step("rewrite", right, label, weighted, because="S times u")
    every = proof.step("generalise", n.every("ni", eq(chain.left, right)), label, because="in every entry")
    found = []
    for value, family, names, body, defined, choice in (
        ("H_W", "A", "ji", n.over("n", n.at("V", "nj"), right), h.first, chosen[0]),
        ("H_V", "B", "nj", n.over("i", n.at("W", "ji"), right), h.second, chosen[1]),
    ):
        chain, moved = Chain(proof, n.at(value, names)), mul(LAM, n.at(family, names))
        label = chain.step("rewrite", body, defined, every, because="insert it")
        label = chain.step("finite-sum", moved, label, choice, because="the direction itself, stretched")
        found.append(proof.step("generalise", n.every(names, eq(chain.left, moved)), label, because="in every entry"))
    return found


def _backward(proof: Proof, n: Layers, h: HessianMap) -> str:
    """With y = Cᵀ·e and t = S·y = Nᵀ·e (C and N themselves with one output): (alpha*I + WᵀW)·t = lam*y."""
    along, weighted = _along(proof, n) if n.outputs else ("", "")
    y, t = ("y", "t") if n.outputs else ("C", "N")
    given = [*([_top(n)] if n.outputs else []), *fixed(n).args]
    case = proof.supposing(conj(*given), "an eigenvector of the Hessian")
    with proof.inside() as steps:
        *outer, first, second = (proof.step("part", part, case.label, because="given") for part in given)
        chain = Chain(proof, mul(LAM, n.at(y, "i")))
        label = _opened(n, h, chain, (along, first, second))
        upper = n.over("n", n.at("e", "n"), n.at("N", "ni"))
        lower = n.over("j", n.at("W", "ji"), n.over("r", n.at("W", "jr"), n.over("n", n.at("e", "n"), n.at("N", "nr"))))
        if n.outputs:
            gram = n.over("q", n.over("j", n.at("V", "nj"), n.at("V", "qj")), n.at("e", "q"))
            label = chain.step("signs", add(n.over("n", gram, n.at("N", "ni")), lower), label, because="exchange the sums")
            label = chain.step("rewrite", add(n.over("n", mul(ALPHA, n.at("e", "n")), n.at("N", "ni")), lower), label, *outer,
                               because="an eigenvector of the Gram matrix of the rows of V")  # fmt: skip
        label = chain.step("signs", add(mul(shift(n), upper), lower), label, because="collect")
        if n.outputs:
            through = _through(proof, n, h, along, weighted)
            label = chain.step("rewrite", small(n, t), label, through, because="S times y")
        claim = n.every("i", eq(small(n, t), chain.left))
        proof.step("generalise", claim, label, because="in every entry")
    return proof.step("suppose", implies(conj(*given), claim), branches=(proof.branch("from a direction to the map", steps, case),),
                      because="an eigenvector of the Hessian gives one of the small matrix")  # fmt: skip


def _along(proof: Proof, n: Layers) -> tuple[str, str]:
    """The definitions of y = Cᵀ·e and t = S·y."""
    proof.declare("y", "family", "change of the end-to-end map, along e")
    along = proof.define(n.every("i", eq(n.at("y", "i"), n.over("n", n.at("e", "n"), n.at("C", "ni")))),
                         "change of the end-to-end map, along e")  # fmt: skip
    return along, _weighted(proof, n, "t", "y")


def _through(proof: Proof, n: Layers, h: HessianMap, along: str, weighted: str) -> str:
    """S·y = Nᵀ·e."""
    chain = Chain(proof, n.at("t", "i"))
    body = n.over("r", n.at("S", "ir"), n.over("n", n.at("e", "n"), n.at("C", "nr")))
    label = chain.step("rewrite", body, weighted, along, because="insert y")
    label = chain.step("finite-sum", n.over("n", n.at("e", "n"), weighted_change(n)), label, because="exchange the sums")
    right = n.over("n", n.at("e", "n"), n.at("N", "ni"))
    label = chain.step("rewrite", right, label, h.weighted, because="by definition")
    return proof.step("generalise", n.every("i", eq(chain.left, right)), label, because="in every entry")


def _opened(n: Layers, h: HessianMap, chain: Chain, given: tuple[str, str, str]) -> str:
    """lam*y, the Hessian's value inserted."""
    along, first, second = given
    moved = (mul(LAM, n.at("A", "ji")), mul(LAM, n.at("B", "nj")))
    value = (n.at("H_W", "ji"), n.at("H_V", "nj"))
    opened = (n.over("q", n.at("V", "qj"), n.at("N", "qi")), n.over("r", n.at("W", "jr"), n.at("N", "nr")))

    def body(parts: tuple[Term, Term]) -> Term:
        return n.over("n", n.at("e", "n"), n.over("j", add(mul(n.at("V", "nj"), parts[0]), mul(parts[1], n.at("W", "ji")))))

    label = chain.step("finite-sum", body(moved), *([along] if n.outputs else []), h.change, because="the change, stretched")
    label = chain.step("rewrite", body(value), label, first, second, because="an eigenvector of the Hessian")
    return chain.step("rewrite", body(opened), label, h.first, h.second, because="the Hessian's value")


def _energy(proof: Proof, n: Layers) -> str:
    """(alpha*I + WᵀW)·z = lam*u  ⟹  lam*Σ u_i·z_i = alpha*|z|² + |W·z|²."""
    case = proof.supposing(_eigen(n), "an eigenvector of the small matrix")
    with proof.inside() as steps:
        chain = Chain(proof, mul(LAM, n.over("i", n.at("z", "i"), n.at("u", "i"))))
        label = chain.step("finite-sum", n.over("i", n.at("z", "i"), mul(LAM, n.at("u", "i"))), because="inside the sum")
        label = chain.step("rewrite", n.over("i", n.at("z", "i"), small(n, "z")), label, case.label, because="insert it")
        through = n.over("i", n.at("W", "ji"), n.at("z", "i"))
        squares = add(mul(shift(n), n.over("i", power(n.at("z", "i"), 2))), n.over("j", power(through, 2)))
        label = chain.step("signs", squares, label, because="exchange the sums: squares")
    claim = eq(chain.left, squares)
    return proof.step("suppose", implies(_eigen(n), claim), branches=(proof.branch("multiply by z and add up", steps, case),),
                      because="a sum of squares")  # fmt: skip


def lossless(proof: Proof, n: Layers, h: HessianMap) -> str:
    """H(A, B) = lam*(A, B) with lam ≠ 0 and C = 0  ⟹  A = 0 and B = 0: the map from directions to C loses no eigenvector."""
    still = n.every("ni", eq(n.at("C", "ni"), ZERO))
    given = (*fixed(n).args, ne(LAM, ZERO), still)
    case = proof.supposing(conj(*given), "an eigenvector of the Hessian that does not change the end-to-end map")
    ends = []
    with proof.inside() as steps:
        first, second, unequal, unchanged = (proof.step("part", part, case.label, because="given") for part in given)
        none = vanishing(proof, n, ("N", "ni"), n.over("r", n.at("S", "ir"), ZERO), (h.weighted, unchanged))
        for value, family, names, body, defined, equal in (
            ("H_W", "A", "ji", n.over("n", n.at("V", "nj"), ZERO), h.first, first),
            ("H_V", "B", "nj", n.over("i", n.at("W", "ji"), ZERO), h.second, second),
        ):
            label = vanishing(proof, n, (value, names), body, (defined, none))
            moved = n.at(family, names)
            label = proof.step("rewrite", n.every(names, eq(mul(LAM, moved), ZERO)), label, equal, because="which it stretches")
            label = proof.step("instantiate", eq(mul(LAM, moved), ZERO), label, values={x: symbol(x) for x in n.indices(names)},
                               because="in one entry")  # fmt: skip
            label = proof.step("signs", eq(moved, ZERO), label, unequal, because="divide by the eigenvalue")
            ends.append(proof.step("generalise", n.every(names, eq(moved, ZERO)), label, because="in every entry"))
        claim = conj(*(proof.claims[label] for label in ends))
        proof.step("conjunction", claim, *ends, because="together")
    return proof.step("suppose", implies(conj(*given), claim), branches=(proof.branch("no eigenvector is lost", steps, case),),
                      because="an eigenvector of the Hessian that changes nothing belongs to the eigenvalue 0")  # fmt: skip


def vanishing(proof: Proof, n: Layers, family: tuple[str, str], body: Term, premises: tuple[str, str]) -> str:
    """∀ … family = 0, its definition being a sum of zeros."""
    chain = Chain(proof, n.at(*family))
    label = chain.step("rewrite", body, *premises, because="insert it")
    label = chain.step("finite-sum", ZERO, label, because="a sum of zeros")
    return proof.step("generalise", n.every(family[1], eq(chain.left, ZERO)), label, because="in every entry")


def _symmetrised(n: Layers) -> Term:
    """Rᵀ·(alpha*I + WᵀW)·R·g = lam*g."""
    return n.every("c", eq(n.over("l", n.at("R", "lc"), small(n, "h", "l")), mul(LAM, n.at("g", "c"))))


def root_of_moments(proof: Proof, n: Layers) -> str:
    """With S = R·Rᵀ the matrices (alpha*I + WᵀW)·S and Rᵀ·(alpha*I + WᵀW)·R have the same eigenvalues, but for 0."""
    for name in "cl":
        proof.declare(name, "index:d", "input")
    proof.declare("R", "family", "a root of S, such as the symmetric one")
    proof.declare("g", "family", "a vector with one entry for each input")
    proof.declare("h", "family", "R times g")
    through = proof.define(n.every("i", eq(n.at("h", "i"), n.over("c", n.at("R", "ic"), n.at("g", "c")))), "R times g")
    weighted = next(item.label for item in proof.definitions if item.reason == ("S times u",))
    ways = [_from_symmetrised(proof, n, through, weighted), _to_symmetrised(proof, n, through, weighted)]
    return proof.step("conjunction", conj(*(proof.claims[one] for one in ways)), *ways, because="both ways")


def _root(n: Layers) -> Term:
    return n.every("ir", eq(n.at("S", "ir"), n.over("c", n.at("R", "ic"), n.at("R", "rc"))))


def _from_symmetrised(proof: Proof, n: Layers, through: str, weighted: str) -> str:
    """u = (alpha*I + WᵀW)·R·g."""
    given = (_root(n), _symmetrised(n), n.every("i", eq(n.at("u", "i"), small(n, "h"))))
    case = proof.supposing(conj(*given), "an eigenvector of the symmetric matrix, and a vector made from it")
    with proof.inside() as steps:
        root, symmetric, made = (proof.step("part", part, case.label, because="given") for part in given)
        turned = small(n, "h", "r", "c")
        chain = Chain(proof, n.at("z", "i"))
        body = n.over("r", n.over("c", n.at("R", "ic"), n.at("R", "rc")), turned)
        label = chain.step("rewrite", body, weighted, root, made, because="insert S and u")
        inner = n.over("l", n.at("R", "lc"), small(n, "h", "l"))
        label = chain.step("finite-sum", n.over("c", n.at("R", "ic"), inner), label, because="exchange the sums")
        label = chain.step("rewrite", n.over("c", n.at("R", "ic"), mul(LAM, n.at("g", "c"))), label, symmetric,
                           because="an eigenvector of the symmetric matrix")  # fmt: skip
        label = chain.step("finite-sum", mul(LAM, n.at("h", "i")), label, through, because="R times g, stretched")
        every = proof.step("generalise", n.every("i", eq(chain.left, mul(LAM, n.at("h", "i")))), label, because="in every entry")
        chain = Chain(proof, small(n, "z"))
        label = chain.step("finite-sum", small(n, "z"), because="the small matrix")
        label = chain.step("rewrite", _scaled(n, "h"), label, every, because="insert it")
        label = chain.step("signs", mul(LAM, small(n, "h")), label, because="outside the sum")
        label = chain.step("rewrite", mul(LAM, n.at("u", "i")), label, made, because="which is u")
        proof.step("generalise", _eigen(n), label, because="in every entry")
    return proof.step("suppose", implies(conj(*given), _eigen(n)), branches=(proof.branch("from g to u", steps, case),),
                      because="an eigenvector of the symmetric matrix gives one of the small matrix")  # fmt: skip


def _scaled(n: Layers, vector: str) -> Term:
    """(alpha*I + WᵀW)·(lam*vector) at i."""
    inner = n.over("r", n.at("W", "jr"), mul(LAM, n.at(vector, "r")))
    return add(mul(shift(n), mul(LAM, n.at(vector, "i"))), n.over("j", n.at("W", "ji"), inner))


def _to_symmetrised(proof: Proof, n: Layers, through: str, weighted: str) -> str:
    """g = Rᵀ·u."""
    given = (_root(n), _eigen(n), n.every("c", eq(n.at("g", "c"), n.over("i", n.at("R", "ic"), n.at("u", "i")))))
    case = proof.supposing(conj(*given), "an eigenvector of the small matrix, and a vector made from it")
    with proof.inside() as steps:
        root, eigen, made = (proof.step("part", part, case.label, because="given") for part in given)
        chain = Chain(proof, n.at("h", "i"))
        body = n.over("c", n.at("R", "ic"), n.over("r", n.at("R", "rc"), n.at("u", "r")))
        label = chain.step("rewrite", body, through, made, because="insert g")
        body = n.over("r", n.over("c", n.at("R", "ic"), n.at("R", "rc")), n.at("u", "r"))
        label = chain.step("finite-sum", body, label, because="exchange the sums")
        label = chain.step("rewrite", n.over("r", n.at("S", "ir"), n.at("u", "r")), label, root, because="which is S")
        label = chain.step("rewrite", n.at("z", "i"), label, weighted, because="S times u")
        every = proof.step("generalise", n.every("i", eq(chain.left, n.at("z", "i"))), label, because="in every entry")
        chain = Chain(proof, n.over("l", n.at("R", "lc"), small(n, "h", "l")))
        label = chain.step("finite-sum", chain.left, because="the symmetric matrix")
        label = chain.step("rewrite", n.over("l", n.at("R", "lc"), small(n, "z", "l")), label, every, because="insert it")
        label = chain.step("rewrite", n.over("l", n.at("R", "lc"), mul(LAM, n.at("u", "l"))), label, eigen,
                           because="an eigenvector of the small matrix")  # fmt: skip
        label = chain.step("signs", mul(LAM, n.over("i", n.at("R", "ic"), n.at("u", "i"))), label, because="outside the sum")
        label = chain.step("rewrite", mul(LAM, n.at("g", "c")), label, made, because="which is g")
        proof.step("generalise", _symmetrised(n), label, because="in every entry")
    return proof.step("suppose", implies(conj(*given), _symmetrised(n)), branches=(proof.branch("from u to g", steps, case),),
                      because="an eigenvector of the small matrix gives one of the symmetric matrix")  # fmt: skip


def isotropic(proof: Proof, n: Layers) -> str:
    """S = I and WᵀW·u = beta*u  ⟹  (alpha*I + WᵀW)·S·u = (alpha + beta)*u."""
    proof.declare("beta", "real", "eigenvalue of the Gram matrix of the columns of W")
    beta = symbol("beta")
    white = n.every("ir", eq(n.at("S", "ir"), Term("Delta", (symbol("i"), symbol("r")))))
    lower = n.every("i", eq(n.over("j", n.at("W", "ji"), n.over("r", n.at("W", "jr"), n.at("u", "r"))), mul(beta, n.at("u", "i"))))
    given = conj(white, lower)
    defined = next(item.label for item in proof.definitions if item.reason == ("S times u",))
    case = proof.supposing(given, "uncorrelated inputs of variance 1")
    with proof.inside() as steps:
        first, second = (proof.step("part", part, case.label, because="given") for part in given.args)
        delta = n.over("r", Term("Delta", (symbol("i"), symbol("r"))), n.at("u", "r"))
        label = proof.step("rewrite", eq(n.at("z", "i"), delta), defined, first, because="insert it")
        label = proof.step("finite-sum", eq(n.at("z", "i"), n.at("u", "i")), label, because="Kronecker's delta")
        equal = proof.step("generalise", n.every("i", eq(n.at("z", "i"), n.at("u", "i"))), label, because="in every entry")
        chain = Chain(proof, small(n, "z"))
        label = chain.step("finite-sum", small(n, "z"), because="the small matrix")
        label = chain.step("rewrite", small(n, "u"), label, equal, because="S*u = u")
        opened = add(mul(shift(n), n.at("u", "i")), mul(beta, n.at("u", "i")))
        label = chain.step("rewrite", opened, label, second, because="an eigenvector of the Gram matrix of the columns of W")
        right = mul(add(shift(n), beta), n.at("u", "i"))
        label = chain.step("signs", right, label, because="collect")
        proof.step("generalise", n.every("i", eq(chain.left, right)), label, because="in every entry")
    return proof.step("suppose", implies(given, n.every("i", eq(chain.left, right))),
                      branches=(proof.branch("uncorrelated inputs", steps, case),),
                      because="with uncorrelated inputs the eigenvalues add up")  # fmt: skip
