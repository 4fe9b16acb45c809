"""Random proofs of one step, for the rules that decide by themselves and for those about the form of formulas."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from kernel.test_fuzz import ROWS, _rewritten, _weakened, expression, formula, relation

from derivations.language.statements import Branch, Derivation, Hypothesis, Statement, Step
from derivations.language.terms import Term, conj, disj, eq, implies, le, ne, number, substitute, subterms, symbol

from .helpers import accepts

Maker = Callable[[random.Random], Derivation]


def proof(
    premises: list[Term], rule: str, claim: Term, branches: tuple[Branch, ...] = (), **witness: object
) -> Derivation:
    given = tuple(Hypothesis(f"H{i}", premise) for i, premise in enumerate(premises, 1))
    labels = tuple(item.label for item in given)
    return Derivation(Statement(ROWS, (), given, claim), (Step("1", rule, claim, labels, witness, (), branches),))


def signs(draw: random.Random) -> Derivation:
    premises = [relation(draw, draw.randint(1, 2)) for _ in range(draw.randint(0, 3))]
    return proof(premises, "signs", _weakened(draw, premises) if premises and draw.random() < 0.7 else formula(draw))


def identity(draw: random.Random) -> Derivation:
    one = expression(draw, 3)
    claim = eq(one, _rewritten(draw, one) if draw.random() < 0.8 else expression(draw, 2))
    return proof(_domain(claim), "identity", claim)


def _domain(claim: Term) -> list[Term]:
    """That what is divided by is not zero and roots have arguments that are not negative."""
    found = []
    for node in subterms(claim):
        if node.head == "Div":
            found.append(ne(node.args[1], number(0)))
        elif node.head == "Pow" and node.args[1] == number(-1):
            found.append(ne(node.args[0], number(0)))
        elif node.head == "Sqrt":
            found.append(le(number(0), node.args[0]))
    return list(dict.fromkeys(found))


def conjunction(draw: random.Random) -> Derivation:
    parts = [formula(draw) for _ in range(draw.randint(2, 3))]
    shuffled = draw.sample(parts, len(parts))
    return proof(shuffled, "conjunction", conj(*(_rewritten(draw, part) for part in parts)))


def instantiate(draw: random.Random) -> Derivation:
    body, value = formula(draw), expression(draw, 1)
    given = relation(draw, 1)
    with_condition = draw.random() < 0.4
    premises = [Term("ForAll", ("x", implies(given, body) if with_condition else body))]
    premises += [substitute(given, {"x": value})] if with_condition else []
    return proof(premises, "instantiate", _rewritten(draw, substitute(body, {"x": value})), values={"x": value})


def exhibit(draw: random.Random) -> Derivation:
    body, value = relation(draw), expression(draw, 1)
    return proof([substitute(body, {"x": value})], "exhibit", Term("Exists", ("x", body)), values={"x": value})


def rewrite(draw: random.Random) -> Derivation:
    body, value = formula(draw), expression(draw, 1)
    return proof([body, eq(symbol("x"), value)], "rewrite", substitute(body, {"x": value}))


def suppose(draw: random.Random) -> Derivation:
    given, wanted = relation(draw, 1), formula(draw)
    step = Step("1.1", "signs", wanted, ("A1",))
    return proof([], "suppose", implies(given, wanted), (Branch("so", (Hypothesis("A1", given),), (step,)),))


def cases(draw: random.Random) -> Derivation:
    one = relation(draw, 1)
    other, claim = Term("Not", (one,)), formula(draw)
    branches = tuple(
        Branch(f"case {i}", (Hypothesis(f"A{i}", case),), (Step(f"1.{i}", "signs", claim, (f"A{i}",)),))
        for i, case in enumerate((one, other), 1)
    )
    return proof([disj(one, other)], "cases", claim, branches)


MAKERS: tuple[Maker, ...] = (signs, identity, conjunction, instantiate, exhibit, rewrite, suppose, cases)


def accepted(draw: random.Random, count: int) -> Iterator[Derivation]:
    """So many proofs that the kernel accepts, the makers in turn; a maker that has no luck is passed over."""
    for i in range(count):
        for _ in range(150):
            made = MAKERS[i % len(MAKERS)](draw)
            if accepts(made):
                yield made
                break
