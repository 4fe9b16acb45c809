"""f = V·W·x in any sizes: the Hessian of the mean square at matching weights, as a map on directions, and its eigenvectors.

A direction moves W by A and V by B; to first order it moves the end-to-end map V·W by C = V·A + B·W. With the inputs' second
moments S = E x·xᵀ the Hessian sends (A, B) to (Vᵀ·C·S, C·S·Wᵀ). With one output V is a row v, and the output's index is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.kernel.errors import Refused
from derivations.kernel.sparse import expanded
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    div,
    eq,
    expect,
    for_all,
    function_names,
    mul,
    power,
    sub,
    substitute,
    symbol,
    total,
)
from derivations.problems.models import Model
from derivations.tactics.proof import Proof

HALF = div(ONE, TWO)
RANGES = {"i": "d", "r": "d", "c": "d", "l": "d", "j": "k", "h": "k", "t": "k", "n": "m", "q": "m", "a": "m", "b": "m"}
SIZES = {"d": "number of inputs", "k": "number of hidden units", "m": "number of outputs"}
WORDS = {"d": "input", "k": "hidden unit", "m": "output"}


def times(*factors: Term) -> Term:
    """The product without factors 1."""
    return mul(*(one for one in factors if one != ONE))


@dataclass(frozen=True)
class Layers:
    """How families with an output's index and sums over outputs are written: with one output there are none."""

    outputs: bool

    def indices(self, names: str) -> str:
        return names if self.outputs else "".join(name for name in names if RANGES[name] != "m")

    def at(self, family: str, names: str) -> Term:
        """An entry; with one output the index of the output is left out."""
        kept = self.indices(names)
        return apply(family, *map(symbol, kept)) if kept else ONE

    def over(self, names: str, *factors: Term) -> Term:
        """The sum of a product over the indices."""
        body = times(*factors)
        for name in reversed(self.indices(names)):
            body = total(name, ONE, symbol(RANGES[name]), body)
        return body

    def every(self, names: str, body: Term) -> Term:
        for name in reversed(self.indices(names)):
            body = for_all(name, body)
        return body

    def declare(self, proof: Proof, moments: bool = True) -> None:
        used = self.indices("irjnq")
        for size in dict.fromkeys(RANGES[name] for name in used):
            proof.declare(size, "natural", SIZES[size])
        for name in used:
            proof.declare(name, f"index:{RANGES[name]}", WORDS[RANGES[name]])
        rows = "output n, hidden unit j" if self.outputs else "hidden unit j"
        proof.declare("V", "family", f"weight of the second layer: {rows}")
        proof.declare("W", "family", "weight of the first layer: hidden unit j, input i")
        if moments:
            proof.declare("S", "family", "second moments of the inputs")


@dataclass(frozen=True)
class Chain:
    """Equations with one left side, each step from the one before."""

    proof: Proof
    left: Term

    def step(self, rule: str, right: Term, *premises: str, because: str) -> str:
        return self.proof.step(rule, eq(self.left, right), *premises, because=because)


# --- the Hessian ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HessianMap:
    """Labels of the definitions of C, N and the two parts of the Hessian's value, and of: it is the Hessian."""

    change: str
    weighted: str
    first: str
    second: str
    proved: str


def hessian_map(proof: Proof, n: Layers) -> HessianMap:
    """∂²/∂a∂b L(θ + a·(A, B) + b·(P, Q)) at 0 is the product of (P, Q) with the Hessian's value at (A, B)."""
    n.declare(proof)
    proof.real("a", "b")
    for family, words in (("A", "change of the first layer's weights"), ("B", "change of the second layer's weights"),
                          ("P", "another change of the first layer's weights"), ("Q", "another one of the second layer's")):
        proof.declare(family, "family", words)  # fmt: skip
    proof.declare("x", "random", "input")
    proof.declare("L", "function", "mean square at the weights, moved by a and b times the two changes")
    moments = proof.assume(n.every("ir", eq(expect(mul(n.at("x", "i"), n.at("x", "r"))), n.at("S", "ir"))),
                           "the inputs' second moments; nothing else is asked of their law")  # fmt: skip
    symmetric = _symmetric(proof, n, moments)
    square = _mean_square(proof, n, moments)
    change, other = (_change(proof, n, *names) for names in (("C", "A", "B"), ("K", "P", "Q")))
    moved = _moved(proof, n, change, other)
    mixed = _mixed_derivative(proof, n, square, moved, symmetric)
    parts = _parts(proof, n)
    return HessianMap(change, *parts, _inserted(proof, n, mixed, other, parts))


def _symmetric(proof: Proof, n: Layers, moments: str) -> str:
    """S_ir = S_ri."""
    turned = eq(expect(mul(n.at("x", "r"), n.at("x", "i"))), n.at("S", "ri"))
    values = {"i": symbol("r"), "r": symbol("i")}
    label = proof.step("instantiate", turned, moments, values=values, because="the other way round")
    pair = expect(mul(n.at("x", "i"), n.at("x", "r")))
    label = proof.step("expectation", eq(pair, n.at("S", "ri")), label, because="a product does not depend on the order")
    label = proof.step("rewrite", eq(n.at("S", "ir"), n.at("S", "ri")), label, moments, because="nor do its means")
    return proof.step("generalise", n.every("ir", eq(n.at("S", "ir"), n.at("S", "ri"))), label, because="for all inputs")


A, B = symbol("a"), symbol("b")
LOSS = apply("L", A, B)
MIXED = Term("Derivative", ("L", (1, 1), ZERO, ZERO))


def _along(n: Layers, family: str, first: str, second: str, names: str) -> Term:
    return add(n.at(family, names), mul(A, n.at(first, names)), mul(B, n.at(second, names)))


def _whole(n: Layers, names: str) -> Term:
    """Entry of the change of V·W along both directions."""
    return apply("Z", A, B, *map(symbol, n.indices(names)))


def _map(n: Layers, a: Term, b: Term) -> Term:
    """Entry of V·W at the weights moved by a and b."""
    return apply("M", a, b, *map(symbol, n.indices("ni")))


def _mean_square(proof: Proof, n: Layers, moments: str) -> str:
    """L(a, b) = ½·Σ Z_ni·Z_nr·S_ir, Z being the change of the end-to-end map."""
    proof.declare("M", "function", "the end-to-end map at the moved weights")
    through = n.over("j", _along(n, "V", "B", "Q", "nj"), _along(n, "W", "A", "P", "ji"))
    proof.define(_for_all_moves(n, "ni", eq(_map(n, A, B), through)), "the end-to-end map at the moved weights")
    proof.declare("Z", "function", "change of the end-to-end map")
    moved = eq(_whole(n, "ni"), sub(_map(n, A, B), _map(n, ZERO, ZERO)))
    proof.define(_for_all_moves(n, "ni", moved), "change of the end-to-end map")
    short = n.over("i", _whole(n, "ni"), n.at("x", "i"))
    output = apply("f", symbol("n"), A, B) if n.outputs else short  # a name for it makes the formulas shorter
    if n.outputs:
        proof.declare("f", "random", "change of an output")
        named = proof.define(_for_all_moves(n, "n", eq(output, short)), "change of an output")
    label = proof.define(_for_all_moves(n, "", eq(LOSS, mul(HALF, n.over("n", expect(power(output, 2)))))),
                         "mean square of what the moved weights compute less what the weights themselves compute")  # fmt: skip
    chain = Chain(proof, LOSS)
    if n.outputs:
        label = chain.step("rewrite", mul(HALF, n.over("n", expect(power(short, 2)))), label, named, because="insert it")
    pair, changes = expect(mul(n.at("x", "i"), n.at("x", "r"))), (_whole(n, "ni"), _whole(n, "nr"))
    label = chain.step("expectation", mul(HALF, n.over("nir", *changes, pair)), label, because="the mean is linear")
    return chain.step("rewrite", mul(HALF, n.over("nir", *changes, n.at("S", "ir"))), label, moments,
                      because="only second moments of the inputs matter")  # fmt: skip


def _for_all_moves(n: Layers, names: str, body: Term) -> Term:
    return for_all("a", for_all("b", n.every(names, body)))


def _change(proof: Proof, n: Layers, name: str, first: str, second: str) -> str:
    proof.declare(name, "family", "change of the end-to-end map to first order")
    body = n.over("j", add(mul(n.at("V", "nj"), n.at(first, "ji")), mul(n.at(second, "nj"), n.at("W", "ji"))))
    return proof.define(n.every("ni", eq(n.at(name, "ni"), body)), "change of the end-to-end map to first order")


def _second_order(proof: Proof, n: Layers) -> list[str]:
    """The parts of the change that are of second order in a and b."""
    products = {"U_1": (("B", "A"),), "U_2": (("B", "P"), ("Q", "A")), "U_3": (("Q", "P"),)}
    labels = []
    for name, pairs in products.items():
        proof.declare(name, "family", "second-order part of that change")
        body = n.over("j", add(*(mul(n.at(upper, "nj"), n.at(lower, "ji")) for upper, lower in pairs)))
        labels.append(proof.define(n.every("ni", eq(n.at(name, "ni"), body)), "second-order part of that change"))
    return labels


ORDERS = ((A, "C"), (B, "K"), (power(A, 2), "U_1"), (mul(A, B), "U_2"), (power(B, 2), "U_3"))


def _by_orders(n: Layers, names: str) -> Term:
    return add(*(mul(order, n.at(family, names)) for order, family in ORDERS))


def _moved(proof: Proof, n: Layers, change: str, other: str) -> str:
    """Z = a·C + b·K + terms of second order."""
    mapped, whole = (next(one.label for one in proof.definitions if name in function_names(one.claim)) for name in "MZ")
    there = _strip(proof.claims[mapped])
    values = {"a": ZERO, "b": ZERO} | {x: symbol(x) for x in n.indices("ni")}
    here = substitute(there, {"a": ZERO, "b": ZERO})
    label = proof.step("instantiate", eq(_map(n, ZERO, ZERO), here), mapped, values=values, because="at the weights themselves")
    chain = Chain(proof, _whole(n, "ni"))
    label = chain.step("rewrite", sub(there, here), whole, mapped, label, because="insert the maps")
    label = chain.step("finite-sum", _by_orders(n, "ni"), label, change, other, *_second_order(proof, n), because="multiply out")
    claim = _for_all_moves(n, "ni", eq(chain.left, _by_orders(n, "ni")))
    return proof.step("generalise", claim, label, because="for all entries")


def _strip(claim: Term) -> Term:
    """The right side of a universal equation."""
    while claim.head == "ForAll":
        claim = claim.args[1]
    right: Term = claim.args[1]
    return right


def _pair(n: Layers, one: str, other: str) -> Term:
    return n.over("nir", n.at(one, "ni"), n.at("S", "ir"), n.at(other, "nr"))


def _mixed_derivative(proof: Proof, n: Layers, square: str, moved: str, symmetric: str) -> str:
    """∂²L/∂a∂b = Σ K_ni·S_ir·C_nr at 0."""
    body = n.over("nir", _by_orders(n, "ni"), _by_orders(n, "nr"), n.at("S", "ir"))
    claim = eq(LOSS, mul(HALF, body))
    inserted = proof.step("rewrite", claim, square, moved, because="insert it")
    every = proof.step("generalise", _for_all_moves(n, "", claim), inserted, because="for all a and b")
    both = eq(MIXED, mul(HALF, add(_pair(n, "C", "K"), _pair(n, "K", "C"))))
    label = proof.step("derivative", both, every, because="differentiate by both at 0: only the coefficient of a*b is left")
    turned = n.over("nir", n.at("C", "ni"), n.at("S", "ri"), n.at("K", "nr"))
    label = proof.step("rewrite", eq(MIXED, mul(HALF, add(turned, _pair(n, "K", "C")))), label, symmetric,
                       because="the second moments are symmetric")  # fmt: skip
    return proof.step("finite-sum", eq(MIXED, _pair(n, "K", "C")), label, because="so both parts are equal")


def _parts(proof: Proof, n: Layers) -> tuple[str, str, str]:
    """N = C·S, and the Hessian's value: H_W = Vᵀ·N, H_V = N·Wᵀ."""
    for name, words in (("N", "change of the end-to-end map, times the inputs' second moments"),
                        ("H_W", "the Hessian's value at the first direction: the part of the first layer"),
                        ("H_V", "the Hessian's value at the first direction: the part of the second layer")):  # fmt: skip
        proof.declare(name, "family", words)
    return (
        proof.define(n.every("ni", eq(n.at("N", "ni"), weighted_change(n))), "that change, times the second moments"),
        proof.define(n.every("ji", eq(n.at("H_W", "ji"), n.over("n", n.at("V", "nj"), n.at("N", "ni")))),
                     "the Hessian's value, first layer"),
        proof.define(n.every("nj", eq(n.at("H_V", "nj"), n.over("i", n.at("W", "ji"), n.at("N", "ni")))),
                     "the Hessian's value, second layer"),
    )  # fmt: skip


def weighted_change(n: Layers) -> Term:
    return n.over("r", n.at("S", "ir"), n.at("C", "nr"))


def _inserted(proof: Proof, n: Layers, mixed: str, other: str, parts: tuple[str, str, str]) -> str:
    weighted, first, second = parts
    chain = Chain(proof, MIXED)
    label = chain.step("finite-sum", n.over("ni", n.at("K", "ni"), weighted_change(n)), mixed, because="collect")
    label = chain.step("rewrite", n.over("ni", n.at("K", "ni"), n.at("N", "ni")), label, weighted, because="by definition")
    change = n.over("j", add(mul(n.at("V", "nj"), n.at("P", "ji")), mul(n.at("Q", "nj"), n.at("W", "ji"))))
    label = chain.step("rewrite", n.over("ni", change, n.at("N", "ni")), label, other,
                       because="insert the change that the other direction makes")  # fmt: skip
    opened = add(n.over("ji", n.at("P", "ji"), n.over("n", n.at("V", "nj"), n.at("N", "ni"))),
                 n.over("nj", n.at("Q", "nj"), n.over("i", n.at("W", "ji"), n.at("N", "ni"))))  # fmt: skip
    label = chain.step("finite-sum", opened, label, because="exchange the sums")
    form = add(n.over("ji", n.at("P", "ji"), n.at("H_W", "ji")), n.over("nj", n.at("Q", "nj"), n.at("H_V", "nj")))
    return chain.step("rewrite", form, label, first, second, because="these are the parts of the Hessian's value")


# --- which models are meant -------------------------------------------------------------------------------------------


def layers_of(model: Model) -> Layers:
    """How the model's families are written. Raises Undecided unless it computes V·W·x from two matrices of parameters."""
    reason = "this result is about linear networks with one hidden layer, f = V*W*x; of other models give the weights, with --at"
    if len(model.blocks) != 2 or model.gates:
        raise Undecided(reason)
    lower, upper = model.blocks
    whole = len(model.parameters) == lower.rows * lower.columns + upper.rows * upper.columns
    sizes = lower.columns == len(model.data), upper.columns == lower.rows, upper.rows == len(model.outputs)
    if not whole or not all(sizes):
        raise Undecided(reason)
    positions = {symbol(name): i for i, name in enumerate((*model.parameters, *model.data))}
    for p, output in enumerate(model.outputs):
        through = add(*(mul(upper.entry(p, j), lower.entry(j, i), symbol(x))
                        for j in range(lower.rows) for i, x in enumerate(model.data)))  # fmt: skip
        try:
            same = expanded(output, positions) == expanded(through, positions)
        except Refused:
            same = False
        if not same:
            raise Undecided(reason)
    return Layers(len(model.outputs) > 1)
