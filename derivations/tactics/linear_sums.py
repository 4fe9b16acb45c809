"""f = V·W·x with uncorrelated inputs of variance 1: the Hessian's eigenvalues are the sums of one of V·Vᵀ and one of WᵀW.

The Hessian sends (A, B) to (Vᵀ·C, C·Wᵀ), C = V·A + B·W. With V·Vᵀ·e_a = alpha_a·e_a and WᵀW·u_c = beta_c·u_c it stretches what
C = e_a·u_cᵀ comes from by alpha_a + beta_c. With one output e is left out and alpha is |v|².
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    conj,
    eq,
    iff,
    implies,
    le,
    lt,
    mul,
    ne,
    neg,
    power,
    sub,
    symbol,
)
from derivations.language.statements import Branch
from derivations.tactics.linear_eigenvectors import LAM, fixed, vanishing
from derivations.tactics.linear_layers import Chain, HessianMap, Layers, times, weighted_change
from derivations.tactics.proof import Proof

ETA = symbol("eta")
SIGMA, OMEGA = symbol("sigma"), symbol("omega")  # the largest eigenvalues


@dataclass(frozen=True)
class Bases:
    """Labels: e and u consist of eigenvectors (``upper`` is empty with one output), and each is an orthonormal basis."""

    upper: tuple[str, ...]
    lower: str
    complete: tuple[str, ...]


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
    body = n.over("j", add(mul(n.at("V", "pj"), n.at("A", "ji")), mul(n.at("B", "pj"), n.at("W", "ji"))))
    change = proof.define(n.every("pi", eq(n.at("C", "pi"), body)), "change of the end-to-end map V*W to first order")
    weighted, seen = "", "C"
    if moments:
        seen = proof.declare("N", "family", "that change, times the inputs' second moments")
        weighted = proof.define(n.every("pi", eq(n.at("N", "pi"), weighted_change(n))), "that change, times the second moments")
    words = "the Hessian's value (see spectrum.linear)" if moments else "the Hessian's value, with second moments 1 of the inputs"
    first, second = (
        proof.define(n.every(names, eq(n.at(family, names), body)), words)
        for names, family, body in (("ji", "H_W", n.over("p", n.at("V", "pj"), n.at(seen, "pi"))),
                                    ("pj", "H_V", n.over("i", n.at("W", "ji"), n.at(seen, "pi"))))
    )  # fmt: skip
    return HessianMap(change, weighted, first, second, "")


def bases(proof: Proof, n: Layers) -> Bases:
    """The hypotheses about the eigenvectors of both layers."""
    proof.declare("c", "index:d", "number of an eigenvector")
    proof.declare("u", "family", "eigenvectors of W^T*W: number, entry")
    proof.declare("beta", "family", "their eigenvalues")
    lower = proof.assume(
        n.every("ci", eq(_lower(n, "u", "c"), mul(n.at("beta", "c"), n.at("u", "ci")))), "eigenvectors of W^T*W"
    )
    delta = eq(n.over("c", n.at("u", "ci"), n.at("u", "cr")), Term("Delta", (symbol("i"), symbol("r"))))
    complete = [proof.assume(n.every("ir", delta), "they form an orthonormal basis")]
    upper = []
    if not n.outputs:
        proof.declare("h", "index:k", "hidden unit")
    else:
        proof.declare("a", "index:m", "number of an eigenvector")
        proof.declare("e", "family", "eigenvectors of V*V^T: number, entry")
        proof.declare("alpha", "family", "their eigenvalues")
        claim = eq(_upper(n, "e", "a"), mul(n.at("alpha", "a"), n.at("e", "ap")))
        upper.append(proof.assume(n.every("ap", claim), "eigenvectors of V*V^T"))
        delta = eq(n.over("a", n.at("e", "ap"), n.at("e", "aq")), Term("Delta", (symbol("p"), symbol("q"))))
        complete.append(proof.assume(n.every("pq", delta), "they form an orthonormal basis"))
    return Bases(tuple(upper), lower, tuple(complete))


def _upper(n: Layers, family: str, at: str, after: str = "") -> Term:
    """V·Vᵀ times a vector or the rows of a matrix, at p."""
    return n.over("q", n.over("j", n.at("V", "pj"), n.at("V", "qj")), n.at(family, f"{at}q{after}"))


def _lower(n: Layers, family: str, at: str) -> Term:
    """WᵀW times a vector or the columns of a matrix, at i."""
    return n.over("j", n.at("W", "ji"), n.over("r", n.at("W", "jr"), n.at(family, f"{at}r")))


# --- every sum is an eigenvalue ---------------------------------------------------------------------------------------


def sums_are_eigenvalues(proof: Proof, n: Layers, h: HessianMap, known: Bases) -> str:
    """A = Vᵀ·e·uᵀ, B = e·(W·u)ᵀ  ⟹  the Hessian stretches (A, B) by alpha + beta, and C = (alpha + beta)·e·uᵀ."""
    e = n.at("e", "ap")
    top, through = n.over("p", n.at("V", "pj"), e), n.over("r", n.at("W", "jr"), n.at("u", "cr"))
    given = (n.every("ji", eq(n.at("A", "ji"), times(top, n.at("u", "ci")))), n.every("pj", eq(n.at("B", "pj"), times(e, through))))
    case = proof.supposing(conj(*given), "a direction made from two eigenvectors")
    with proof.inside() as steps:
        chosen = [proof.step("part", part, case.label, because="given") for part in given]
        made = _made(proof, n, h, known, chosen)
        kept = [_kept(proof, n, made, one) for one in (("H_W", "A", h.first, chosen[0]), ("H_V", "B", h.second, chosen[1]))]
        claim = conj(fixed(n, eigenvalue(n)), proof.claims[made])
        proof.step("conjunction", claim, *kept, made, because="together")
    return proof.step("suppose", implies(conj(*given), claim), branches=(proof.branch("from eigenvectors to a direction", steps, case),),
                      because="each sum of two eigenvalues is one of the Hessian")  # fmt: skip


def _made(proof: Proof, n: Layers, h: HessianMap, known: Bases, chosen: list[str]) -> str:
    """C = (alpha + beta)·e·uᵀ."""
    e, u = n.at("e", "ap"), n.at("u", "ci")
    through = n.over("r", n.at("W", "jr"), n.at("u", "cr"))
    top = n.over("q", n.at("V", "qj"), n.at("e", "aq"))
    chain = Chain(proof, n.at("C", "pi"))
    body = n.over("j", add(times(n.at("V", "pj"), top, u), times(e, through, n.at("W", "ji"))))
    label = chain.step("rewrite", body, h.change, *chosen, because="the change that this direction makes")
    gram = _upper(n, "e", "a") if n.outputs else alpha(n)
    label = chain.step("finite-sum", add(mul(gram, u), times(e, _lower(n, "u", "c"))), label, because="exchange the sums")
    stretched = times(alpha(n), e), times(n.at("beta", "c"), u)
    label = chain.step("rewrite", add(times(stretched[0], u), times(e, stretched[1])), label, *known.upper, known.lower,
                       because="eigenvectors of both layers")  # fmt: skip
    right = times(eigenvalue(n), e, u)
    label = chain.step("finite-sum", right, label, because="collect")
    return proof.step("generalise", n.every("pi", eq(chain.left, right)), label, because="in every entry")


def _kept(proof: Proof, n: Layers, made: str, layer: tuple[str, str, str, str]) -> str:
    """The Hessian's value in a layer is alpha + beta times the direction there."""
    value, family, defined, choice = layer
    right, names = times(eigenvalue(n), n.at("e", "ap"), n.at("u", "ci")), "ji" if value == "H_W" else "pj"
    body = n.over("p", n.at("V", "pj"), right) if value == "H_W" else n.over("i", n.at("W", "ji"), right)
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
        stretched = _stretched_change(proof, n, h, first, second)
        none = _no_coefficient(proof, n, (expanded, stretched, different), known)
        unchanged = _no_change(proof, n, (expanded, none), known)
        ends = [_no_direction(proof, n, (unchanged, unequal), layer)
                for layer in (("H_W", "A", h.first, first), ("H_V", "B", h.second, second))]  # fmt: skip
        claim = conj(*(proof.claims[label] for label in ends))
        proof.step("conjunction", claim, *ends, because="together")
    return proof.step("suppose", implies(conj(*given), claim), branches=(proof.branch("no other eigenvalue", steps, case),),
                      because="there are no others, but 0")  # fmt: skip


def _stretched_change(proof: Proof, n: Layers, h: HessianMap, first: str, second: str) -> str:
    """lam·C = V·Vᵀ·C + C·WᵀW."""
    chain = Chain(proof, mul(LAM, n.at("C", "pi")))

    def body(upper: Term, lower: Term) -> Term:
        return n.over("j", add(mul(n.at("V", "pj"), upper), mul(lower, n.at("W", "ji"))))

    label = chain.step("finite-sum", body(mul(LAM, n.at("A", "ji")), mul(LAM, n.at("B", "pj"))), h.change,
                       because="lam times the change")  # fmt: skip
    label = chain.step("rewrite", body(n.at("H_W", "ji"), n.at("H_V", "pj")), label, first, second,
                       because="which the Hessian stretches")  # fmt: skip
    opened = n.over("q", n.at("V", "qj"), n.at("C", "qi")), n.over("r", n.at("W", "jr"), n.at("C", "pr"))
    label = chain.step("rewrite", body(*opened), label, h.first, h.second, because="the Hessian's value")
    upper = _upper(n, "C", "", "i") if n.outputs else mul(alpha(n), n.at("C", "i"))
    label = chain.step("signs", add(upper, _lower(n, "C", "p")), label, because="exchange the sums")
    return proof.step("generalise", n.every("pi", eq(chain.left, add(upper, _lower(n, "C", "p")))), label, because="in every entry")


def _no_coefficient(proof: Proof, n: Layers, used: tuple[str, str, str], known: Bases) -> str:
    """lam·K = (alpha + beta)·K, so that K = 0."""
    expanded, stretched, different = used
    e, u = n.at("e", "ap"), n.at("u", "ci")
    chain = Chain(proof, mul(LAM, n.at("K", "ac")))
    label = chain.step("finite-sum", n.over("pi", e, mul(LAM, n.at("C", "pi")), u), expanded, because="lam does not depend on them")
    upper = _upper(n, "C", "", "i") if n.outputs else mul(alpha(n), n.at("C", "i"))
    label = chain.step("rewrite", n.over("pi", e, add(upper, _lower(n, "C", "p")), u), label, stretched, because="insert it")
    left = n.over("pi", _upper(n, "e", "a"), n.at("C", "pi"), u) if n.outputs else mul(alpha(n), n.over("i", n.at("C", "i"), u))
    right = n.over("pi", e, n.at("C", "pi"), _lower(n, "u", "c"))
    label = chain.step("signs", add(left, right), label, because="exchange the sums")
    if n.outputs:
        left = n.over("pi", mul(n.at("alpha", "a"), e), n.at("C", "pi"), u)
    right = n.over("pi", e, n.at("C", "pi"), mul(n.at("beta", "c"), u))
    label = chain.step("rewrite", add(left, right), label, *known.upper, known.lower, because="eigenvectors of both layers")
    label = chain.step("signs", mul(eigenvalue(n), _coefficient(n)), label, because="collect")
    label = chain.step("rewrite", mul(eigenvalue(n), n.at("K", "ac")), label, expanded, because="the coefficient")
    values = {x: symbol(x) for x in n.indices("ac")}
    unequal = proof.step("instantiate", ne(LAM, eigenvalue(n)), different, values=values, because="which lam is not")
    label = proof.step("signs", eq(n.at("K", "ac"), ZERO), label, unequal, because="subtract, and divide by the difference")
    return proof.step("generalise", n.every("ac", eq(n.at("K", "ac"), ZERO)), label, because="for every pair of eigenvectors")


def _no_change(proof: Proof, n: Layers, used: tuple[str, str], known: Bases) -> str:
    """C is the sum of its parts along the bases, which are 0."""
    expanded, none = used
    chain = Chain(proof, n.at("C", "pi"))
    deltas = [Term("Delta", (symbol(x), symbol(y))) for x, y in (("p", "q"), ("i", "r")) if n.outputs or x == "i"]
    label = chain.step("finite-sum", n.over("qr", *deltas, n.at("C", "qr")), because="Kronecker's delta")
    pairs = [n.over("a", n.at("e", "ap"), n.at("e", "aq")), n.over("c", n.at("u", "ci"), n.at("u", "cr"))]
    body = n.over("qr", *(pairs if n.outputs else pairs[1:]), n.at("C", "qr"))
    label = chain.step("rewrite", body, label, *known.complete, because="orthonormal bases")
    label = chain.step("finite-sum", n.over("ac", n.at("e", "ap"), n.at("u", "ci"), _coefficient(n)), label, because="exchange the sums")
    label = chain.step("rewrite", n.over("ac", n.at("e", "ap"), n.at("u", "ci"), n.at("K", "ac")), label, expanded,
                       because="the coefficients")  # fmt: skip
    label = chain.step("rewrite", n.over("ac", n.at("e", "ap"), n.at("u", "ci"), ZERO), label, none, because="which are 0")
    label = chain.step("finite-sum", ZERO, label, because="a sum of zeros")
    return proof.step("generalise", n.every("pi", eq(chain.left, ZERO)), label, because="in every entry")


def _no_direction(proof: Proof, n: Layers, used: tuple[str, str], layer: tuple[str, str, str, str]) -> str:
    """lam·A = 0 with lam ≠ 0."""
    unchanged, unequal = used
    value, family, defined, equal = layer
    names = "ji" if value == "H_W" else "pj"
    body = n.over("p", n.at("V", "pj"), ZERO) if value == "H_W" else n.over("i", n.at("W", "ji"), ZERO)
    label = vanishing(proof, n, (value, names), body, (defined, unchanged))
    moved = n.at(family, names)
    label = proof.step("rewrite", n.every(names, eq(mul(LAM, moved), ZERO)), label, equal, because="which it stretches")
    label = proof.step("instantiate", eq(mul(LAM, moved), ZERO), label, values={x: symbol(x) for x in n.indices(names)},
                       because="in one entry")  # fmt: skip
    label = proof.step("signs", eq(moved, ZERO), label, unequal, because="divide by lam")
    return proof.step("generalise", n.every(names, eq(moved, ZERO)), label, because="in every entry")


# --- which learning rates are stable ----------------------------------------------------------------------------------


def stable_learning_rates(proof: Proof, n: Layers) -> str:
    """Every multiplier 1 − eta·(alpha + beta) lies between −1 and 1  ⟺  0 < eta < 2/(the largest alpha + the largest beta)."""
    proof.declare("eta", "real", "learning rate")
    proof.declare("omega", "real", "largest eigenvalue of W^T*W, the square of the norm of W")
    proof.declare("l", "index:d", "number of an eigenvector")
    if n.outputs:
        proof.declare("sigma", "real", "largest eigenvalue of V*V^T, the square of the norm of V")
        proof.declare("b", "index:m", "number of an eigenvector")
    top = SIGMA if n.outputs else alpha(n)
    given = (n.every("bl", lt(ZERO, eigenvalue(n, "b", "l"))), n.every("l", le(n.at("beta", "l"), OMEGA)), eq(n.at("beta", "c"), OMEGA),
             *((n.every("b", le(n.at("alpha", "b"), SIGMA)), eq(n.at("alpha", "a"), SIGMA)) if n.outputs else ()))  # fmt: skip
    case = proof.supposing(conj(*given), "no sum is 0 or negative, and the largest eigenvalues of the layers")
    within = n.every("bl", _within(eigenvalue(n, "b", "l")))
    region = conj(lt(ZERO, ETA), lt(ETA, Term("Div", (TWO, add(top, OMEGA)))))
    with proof.inside() as steps:
        parts = [proof.step("part", part, case.label, because="given") for part in given]
        largest = _largest(proof, n, parts, top)
        claim = iff(within, region)
        proof.step("suppose", claim, branches=(_only_below(proof, n, within, region, parts, largest),
                                               _all_below(proof, n, within, region, parts, largest)),
                   because="the largest eigenvalue decides")  # fmt: skip
    return proof.step("suppose", implies(conj(*given), claim), branches=(proof.branch("the learning rate", steps, case),),
                      because="the largest eigenvalue is the sum of the largest ones")  # fmt: skip


def _within(stretched_by: Term) -> Term:
    """−1 < 1 − eta·lam < 1."""
    multiplier = sub(ONE, mul(ETA, stretched_by))
    return conj(lt(neg(ONE), multiplier), lt(multiplier, ONE))


def _values(n: Layers, first: str, second: str) -> dict[str, Term]:
    return {"l": symbol(second)} | ({"b": symbol(first)} if n.outputs else {})


def _largest(proof: Proof, n: Layers, parts: list[str], top: Term) -> str:
    """The sum of the largest eigenvalues is positive."""
    label = proof.step("instantiate", lt(ZERO, eigenvalue(n)), parts[0], values=_values(n, "a", "c"), because="so is the largest")
    return proof.step("rewrite", lt(ZERO, add(top, OMEGA)), label, *parts[2:3], *parts[4:], because="in these names")


def _only_below(proof: Proof, n: Layers, within: Term, region: Term, parts: list[str], largest: str) -> Branch:
    case = proof.supposing(within, "every multiplier lies between")
    largest_sum = region.args[1].args[1].args[1]
    with proof.inside() as steps:
        label = proof.step("instantiate", _within(eigenvalue(n)), case.label, values=_values(n, "a", "c"),
                           because="also for the largest eigenvalue")  # fmt: skip
        label = proof.step("rewrite", _within(largest_sum), label, *parts[2:3], *parts[4:], because="in these names")
        proof.step("signs", region, label, largest, because="solve for eta")
    return proof.branch("stable only there", steps, case)


def _all_below(proof: Proof, n: Layers, within: Term, region: Term, parts: list[str], largest: str) -> Branch:
    case = proof.supposing(region, "a learning rate in this range")
    multiplier = sub(ONE, mul(ETA, eigenvalue(n, "b", "l")))
    top = region.args[1].args[1].args[1]
    with proof.inside() as steps:
        positive, below = (proof.step("part", part, case.label, because="given") for part in region.args)
        each = proof.step("instantiate", lt(ZERO, eigenvalue(n, "b", "l")), parts[0], values=_values(n, "b", "l"), because="one of the sums")
        low = proof.step("instantiate", le(n.at("beta", "l"), OMEGA), parts[1], values={"l": symbol("l")}, because="at most the largest")
        high = [proof.step("instantiate", le(n.at("alpha", "b"), SIGMA), parts[3], values={"b": symbol("b")},
                           because="at most the largest")] if n.outputs else []  # fmt: skip
        limit = proof.step("signs", lt(mul(ETA, top), TWO), below, largest, because="multiply")
        terms = ({"premises": (0,)}, *({"premises": (1, i)} for i in range(2, 3 + len(high))))
        upper = proof.step("polynomial-implication", lt(neg(ONE), multiplier), limit, positive, low, *high, terms=terms,
                           because="the largest one is below 2/eta, so is this one")  # fmt: skip
        lower = proof.step("signs", lt(multiplier, ONE), positive, each, because="both factors are positive")
        both = proof.step("conjunction", _within(eigenvalue(n, "b", "l")), upper, lower, because="together")
        proof.step("generalise", within, both, because="for all eigenvalues")
    return proof.branch("stable there", steps, case)
