"""f = V·W·x with uncorrelated inputs of variance 1: the Hessian's eigenvalues are the sums of one of V·Vᵀ and one of WᵀW.

The Hessian sends (A, B) to (Vᵀ·C, C·Wᵀ), C = V·A + B·W. With V·Vᵀ·e_a = alpha_a·e_a and WᵀW·u_c = beta_c·u_c it stretches what
C = e_a·u_cᵀ comes from by alpha_a + beta_c. With one output e is left out and alpha is |v|².
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.terms import (
    ZERO,
    Term,
    add,
    conj,
    eq,
    implies,
    mul,
    ne,
    power,
    symbol,
)
from derivations.tactics.linear_eigenvectors import LAM, fixed, vanishing
from derivations.tactics.linear_layers import Chain, HessianMap, Layers, times, weighted_change
from derivations.tactics.proof import Proof


@dataclass(frozen=True)
class Bases:
    """Labels: e and u consist of eigenvectors (``upper`` is empty with one output), and each is an orthonormal basis; of the
    definitions of V·Vᵀ and WᵀW."""

    upper: tuple[str, ...]
    lower: str
    complete: tuple[str, ...]
    products: tuple[str, ...]


def alpha(n: Layers, at: str = "a") -> Term:
    return n.at("alpha", at) if n.outputs else n.over("h", power(n.at("V", "h"), 2))


def eigenvalue(n: Layers, first: str = "a", second: str = "c") -> Term:
    return add(alpha(n, first), n.at("beta", second))


def directions_of_layers(proof: Proof, n: Layers, moments: bool = False) -> HessianMap:
    """The definitions of C, of N = C·S, which is C itself without ``moments``, and of the Hessian's value."""
    n.declare(proof, moments)
    for family, words in (("A", "change of the first layer's weights"), ("B", "change of the second layer's weights"),
                          ("C", "change of the end-to-end map to first order"),
                          ("H_W", "the Hessian's value at the direction (A, B): the part of the first layer"),
                          ("H_V", "the Hessian's value at the direction (A, B): the part of the second layer")):  # fmt: skip
        proof.declare(family, "family", words)
    body = n.over("j", add(mul(n.at("V", "nj"), n.at("A", "ji")), mul(n.at("B", "nj"), n.at("W", "ji"))))
    change = proof.define(n.every("ni", eq(n.at("C", "ni"), body)), "change of the end-to-end map to first order")
    weighted, seen = "", "C"
    if moments:
        seen = proof.declare("N", "family", "that change, times the inputs' second moments")
        weighted = proof.define(
            n.every("ni", eq(n.at("N", "ni"), weighted_change(n))), "that change, times the second moments"
        )
    words = (
        "the Hessian's value (see spectrum.linear)"
        if moments
        else "the Hessian's value, with second moments 1 of the inputs"
    )
    first, second = (
        proof.define(n.every(names, eq(n.at(family, names), body)), words)
        for names, family, body in (("ji", "H_W", n.over("n", n.at("V", "nj"), n.at(seen, "ni"))),
                                    ("nj", "H_V", n.over("i", n.at("W", "ji"), n.at(seen, "ni"))))
    )  # fmt: skip
    return HessianMap(change, weighted, first, second, "")


def bases(proof: Proof, n: Layers) -> Bases:
    """The hypotheses about the eigenvectors of both layers."""
    proof.declare("c", "index:d", "number of an eigenvector")
    proof.declare("u", "family", "eigenvectors of the Gram matrix of the columns of W: number, entry")
    proof.declare("beta", "family", "their eigenvalues")
    proof.declare("Y", "family", "Gram matrix of the columns of W")
    products = [proof.define(n.every("ir", eq(n.at("Y", "ir"), _gram_below(n))), "Gram matrix of the columns of W")]
    lower = proof.assume(
        n.every("ci", eq(_lower(n, "u", "c"), mul(n.at("beta", "c"), n.at("u", "ci")))),
        "eigenvectors of the Gram matrix of the columns of W",
    )
    delta = eq(n.over("c", n.at("u", "ci"), n.at("u", "cr")), Term("Delta", (symbol("i"), symbol("r"))))
    complete = [proof.assume(n.every("ir", delta), "they form an orthonormal basis")]
    upper = []
    if not n.outputs:
        proof.declare("h", "index:k", "hidden unit")
    else:
        proof.declare("a", "index:m", "number of an eigenvector")
        proof.declare("e", "family", "eigenvectors of the Gram matrix of the rows of V: number, entry")
        proof.declare("alpha", "family", "their eigenvalues")
        proof.declare("X", "family", "Gram matrix of the rows of V")
        products.append(
            proof.define(n.every("nq", eq(n.at("X", "nq"), _gram_above(n))), "Gram matrix of the rows of V")
        )
        claim = eq(_upper(n, "e", "a"), mul(n.at("alpha", "a"), n.at("e", "an")))
        upper.append(proof.assume(n.every("an", claim), "eigenvectors of the Gram matrix of the rows of V"))
        delta = eq(n.over("a", n.at("e", "an"), n.at("e", "aq")), Term("Delta", (symbol("n"), symbol("q"))))
        complete.append(proof.assume(n.every("nq", delta), "they form an orthonormal basis"))
    return Bases(tuple(upper), lower, tuple(complete), tuple(products))


def _gram_above(n: Layers, first: str = "n", second: str = "q") -> Term:
    return n.over("j", n.at("V", f"{first}j"), n.at("V", f"{second}j"))


def _gram_below(n: Layers, first: str = "i", second: str = "r") -> Term:
    return n.over("j", n.at("W", f"j{first}"), n.at("W", f"j{second}"))


def _upper(n: Layers, family: str, at: str, after: str = "", product: Term | None = None) -> Term:
    """V·Vᵀ times a vector or the rows of a matrix, at p; with one output |v|² times it."""
    if not n.outputs:
        return times(alpha(n), n.at(family, at + after))
    return n.over("q", product or n.at("X", "nq"), n.at(family, f"{at}q{after}"))


def _lower(n: Layers, family: str, at: str, product: Term | None = None) -> Term:
    """WᵀW times a vector or the columns of a matrix, at i."""
    return n.over("r", product or n.at("Y", "ir"), n.at(family, f"{at}r"))


# --- every sum is an eigenvalue ---------------------------------------------------------------------------------------


def sums_are_eigenvalues(proof: Proof, n: Layers, h: HessianMap, known: Bases) -> str:
    """A = Vᵀ·e·uᵀ, B = e·(W·u)ᵀ  ⟹  the Hessian stretches (A, B) by alpha + beta, and C = (alpha + beta)·e·uᵀ."""
    e = n.at("e", "an")
    top, through = n.over("n", n.at("V", "nj"), e), n.over("r", n.at("W", "jr"), n.at("u", "cr"))
    given = (
        n.every("ji", eq(n.at("A", "ji"), times(top, n.at("u", "ci")))),
        n.every("nj", eq(n.at("B", "nj"), times(e, through))),
    )
    case = proof.supposing(conj(*given), "a direction made from two eigenvectors")
    with proof.inside() as steps:
        chosen = [proof.step("part", part, case.label, because="given") for part in given]
        made = _made(proof, n, h, known, chosen)
        kept = [
            _kept(proof, n, made, one) for one in (("H_W", "A", h.first, chosen[0]), ("H_V", "B", h.second, chosen[1]))
        ]
        claim = conj(fixed(n, eigenvalue(n)), proof.claims[made])
        proof.step("conjunction", claim, *kept, made, because="together")
    way = proof.branch("from eigenvectors to a direction", steps, case)
    return proof.step("suppose", implies(conj(*given), claim), branches=(way,),
                      because="each sum of two eigenvalues is one of the Hessian")  # fmt: skip


def _made(proof: Proof, n: Layers, h: HessianMap, known: Bases, chosen: list[str]) -> str:
    """C = (alpha + beta)·e·uᵀ."""
    e, u = n.at("e", "an"), n.at("u", "ci")
    through = n.over("r", n.at("W", "jr"), n.at("u", "cr"))
    top = n.over("q", n.at("V", "qj"), n.at("e", "aq"))
    chain = Chain(proof, n.at("C", "ni"))
    body = n.over("j", add(times(n.at("V", "nj"), top, u), times(e, through, n.at("W", "ji"))))
    label = chain.step("rewrite", body, h.change, *chosen, because="the change that this direction makes")
    raw = _upper(n, "e", "a", product=_gram_above(n)), _lower(n, "u", "c", product=_gram_below(n))
    label = chain.step("finite-sum", add(times(raw[0], u), times(e, raw[1])), label, because="exchange the sums")
    named = add(times(_upper(n, "e", "a"), u), times(e, _lower(n, "u", "c")))
    label = chain.step("rewrite", named, label, *known.products, because="the products of the layers")
    stretched = times(alpha(n), e), times(n.at("beta", "c"), u)
    label = chain.step("rewrite", add(times(stretched[0], u), times(e, stretched[1])), label, *known.upper, known.lower,
                       because="eigenvectors of both layers")  # fmt: skip
    right = times(eigenvalue(n), e, u)
    label = chain.step("finite-sum", right, label, because="collect")
    return proof.step("generalise", n.every("ni", eq(chain.left, right)), label, because="in every entry")


def _kept(proof: Proof, n: Layers, made: str, layer: tuple[str, str, str, str]) -> str:
    """The Hessian's value in a layer is alpha + beta times the direction there."""
    value, family, defined, choice = layer
    right, names = times(eigenvalue(n), n.at("e", "an"), n.at("u", "ci")), "ji" if value == "H_W" else "nj"
    body = n.over("n", n.at("V", "nj"), right) if value == "H_W" else n.over("i", n.at("W", "ji"), right)
    chain, moved = Chain(proof, n.at(value, names)), mul(eigenvalue(n), n.at(family, names))
    label = chain.step("rewrite", body, defined, made, because="insert it")
    label = chain.step("finite-sum", moved, label, choice, because="the direction itself, times the sum")
    return proof.step("generalise", n.every(names, eq(chain.left, moved)), label, because="in every entry")


# --- there are no others ----------------------------------------------------------------------------------------------


def _coefficient(n: Layers) -> Term:
    return n.over("qr", n.at("e", "aq"), n.at("C", "qr"), n.at("u", "cr"))


def no_other_eigenvalues(proof: Proof, n: Layers, h: HessianMap, known: Bases) -> str:
    """The Hessian stretches (A, B) by lam ≠ 0, which is none of the sums  ⟹  A = 0 and B = 0."""
    proof.declare("lam", "real", "a number")
    proof.declare("K", "family", "coefficients of C in the bases")
    expanded = proof.define(n.every("ac", eq(n.at("K", "ac"), _coefficient(n))), "coefficients of C in the bases")
    apart = n.every("ac", ne(LAM, eigenvalue(n)))
    given = (*fixed(n).args, ne(LAM, ZERO), apart)
    case = proof.supposing(conj(*given), "a direction that is stretched by another number")
    with proof.inside() as steps:
        first, second, unequal, different = (proof.step("part", part, case.label, because="given") for part in given)
        stretched = _stretched_change(proof, n, h, known, (first, second))
        none = _no_coefficient(proof, n, (expanded, stretched, different), known)
        unchanged = _no_change(proof, n, (expanded, none), known)
        ends = [_no_direction(proof, n, (unchanged, unequal), layer)
                for layer in (("H_W", "A", h.first, first), ("H_V", "B", h.second, second))]  # fmt: skip
        claim = conj(*(proof.claims[label] for label in ends))
        proof.step("conjunction", claim, *ends, because="together")
    return proof.step("suppose", implies(conj(*given), claim), branches=(proof.branch("no other eigenvalue", steps, case),),
                      because="there are no others, but 0")  # fmt: skip


def _stretched_change(proof: Proof, n: Layers, h: HessianMap, known: Bases, equal: tuple[str, str]) -> str:
    """lam·C = V·Vᵀ·C + C·WᵀW."""
    chain = Chain(proof, mul(LAM, n.at("C", "ni")))

    def body(upper: Term, lower: Term) -> Term:
        return n.over("j", add(mul(n.at("V", "nj"), upper), mul(lower, n.at("W", "ji"))))

    label = chain.step("finite-sum", body(mul(LAM, n.at("A", "ji")), mul(LAM, n.at("B", "nj"))), h.change,
                       because="the change, stretched")  # fmt: skip
    label = chain.step("rewrite", body(n.at("H_W", "ji"), n.at("H_V", "nj")), label, *equal,
                       because="which the Hessian stretches")  # fmt: skip
    opened = n.over("q", n.at("V", "qj"), n.at("C", "qi")), n.over("r", n.at("W", "jr"), n.at("C", "nr"))
    label = chain.step("rewrite", body(*opened), label, h.first, h.second, because="the Hessian's value")
    raw = add(_upper(n, "C", "", "i", _gram_above(n, "q", "n")), _lower(n, "C", "n", _gram_below(n, "r", "i")))
    label = chain.step("signs", raw, label, because="exchange the sums")
    label = chain.step("rewrite", _turned(n), label, *known.products, because="the products of the layers")
    return proof.step("generalise", n.every("ni", eq(chain.left, _turned(n))), label, because="in every entry")


def _turned(n: Layers) -> Term:
    """V·Vᵀ·C + C·WᵀW at p, i, the entries of the two symmetric matrices in their other order."""
    return add(_upper(n, "C", "", "i", n.at("X", "qn")), _lower(n, "C", "n", n.at("Y", "ri")))


def _no_coefficient(proof: Proof, n: Layers, used: tuple[str, str, str], known: Bases) -> str:
    """lam·K = (alpha + beta)·K, so that K = 0."""
    expanded, stretched, different = used
    e, u = n.at("e", "an"), n.at("u", "ci")
    chain = Chain(proof, mul(LAM, n.at("K", "ac")))
    inner = n.over("ni", e, mul(LAM, n.at("C", "ni")), u)
    label = chain.step("finite-sum", inner, expanded, because="inside the sum")
    label = chain.step("rewrite", n.over("ni", e, _turned(n), u), label, stretched, because="insert it")
    left = n.over("ni", _upper(n, "e", "a"), n.at("C", "ni"), u)
    right = n.over("ni", e, n.at("C", "ni"), _lower(n, "u", "c"))
    label = chain.step("signs", add(left, right), label, because="exchange the sums")
    left = n.over("ni", times(alpha(n), e), n.at("C", "ni"), u)
    right = n.over("ni", e, n.at("C", "ni"), mul(n.at("beta", "c"), u))
    label = chain.step(
        "rewrite", add(left, right), label, *known.upper, known.lower, because="eigenvectors of both layers"
    )
    label = chain.step("signs", mul(eigenvalue(n), _coefficient(n)), label, because="collect")
    label = chain.step("rewrite", mul(eigenvalue(n), n.at("K", "ac")), label, expanded, because="the coefficient")
    values = {x: symbol(x) for x in n.indices("ac")}
    unequal = proof.step(
        "instantiate", ne(LAM, eigenvalue(n)), different, values=values, because="which the eigenvalue is not"
    )
    label = proof.step(
        "signs", eq(n.at("K", "ac"), ZERO), label, unequal, because="subtract, and divide by the difference"
    )
    return proof.step(
        "generalise", n.every("ac", eq(n.at("K", "ac"), ZERO)), label, because="for every pair of eigenvectors"
    )


def _no_change(proof: Proof, n: Layers, used: tuple[str, str], known: Bases) -> str:
    """C is the sum of its parts along the bases, which are 0."""
    expanded, none = used
    chain = Chain(proof, n.at("C", "ni"))
    deltas = [Term("Delta", (symbol(x), symbol(y))) for x, y in (("n", "q"), ("i", "r")) if n.outputs or x == "i"]
    label = chain.step("finite-sum", n.over("qr", *deltas, n.at("C", "qr")), because="Kronecker's delta")
    pairs = [n.over("a", n.at("e", "an"), n.at("e", "aq")), n.over("c", n.at("u", "ci"), n.at("u", "cr"))]
    body = n.over("qr", *(pairs if n.outputs else pairs[1:]), n.at("C", "qr"))
    label = chain.step("rewrite", body, label, *known.complete, because="orthonormal bases")
    label = chain.step(
        "finite-sum",
        n.over("ac", n.at("e", "an"), n.at("u", "ci"), _coefficient(n)),
        label,
        because="exchange the sums",
    )
    label = chain.step("rewrite", n.over("ac", n.at("e", "an"), n.at("u", "ci"), n.at("K", "ac")), label, expanded,
                       because="the coefficients")  # fmt: skip
    label = chain.step(
        "rewrite", n.over("ac", n.at("e", "an"), n.at("u", "ci"), ZERO), label, none, because="which are 0"
    )
    label = chain.step("finite-sum", ZERO, label, because="a sum of zeros")
    return proof.step("generalise", n.every("ni", eq(chain.left, ZERO)), label, because="in every entry")


def _no_direction(proof: Proof, n: Layers, used: tuple[str, str], layer: tuple[str, str, str, str]) -> str:
    """lam·A = 0 with lam ≠ 0."""
    unchanged, unequal = used
    value, family, defined, equal = layer
    names = "ji" if value == "H_W" else "nj"
    body = n.over("n", n.at("V", "nj"), ZERO) if value == "H_W" else n.over("i", n.at("W", "ji"), ZERO)
    label = vanishing(proof, n, (value, names), body, (defined, unchanged))
    moved = n.at(family, names)
    label = proof.step("rewrite", n.every(names, eq(mul(LAM, moved), ZERO)), label, equal, because="which it stretches")
    label = proof.step("instantiate", eq(mul(LAM, moved), ZERO), label, values={x: symbol(x) for x in n.indices(names)},
                       because="in one entry")  # fmt: skip
    label = proof.step("signs", eq(moved, ZERO), label, unequal, because="divide by the eigenvalue")
    return proof.step("generalise", n.every(names, eq(moved, ZERO)), label, because="in every entry")
