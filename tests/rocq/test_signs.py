"""The rule `signs` in Rocq: what the kernel accepts, coqc accepts; what it refuses gets no script."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import pytest
from kernel.writing import formula, symbols

import derivations.kernel
from derivations.kernel.formulas import bound_names
from derivations.kernel.situation import CHANCE
from derivations.kernel.table import Table
from derivations.language.terms import ZERO, Term, conj, free_symbols, function_names, ne
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise
from derivations.rocq.names import Names
from derivations.rocq.runner import Workplace
from derivations.rocq.signs import nonzero_scripts
from derivations.rocq.templates.signs import signs
from derivations.rocq.writing import Writer

CASES = tomllib.loads((Path(derivations.kernel.__file__).parent / "cases" / "signs.toml").read_text(encoding="utf-8"))
NAMES = {
    "x": "real", "y": "real", "z": "real", "a": "real", "b": "real", "c": "real", "m": "real", "t": "natural", "n": "natural",
    "i": "index:n", "P": "property", "Q": "property", "lam": "family", "L": "function", "s": "sequence", "eps": "random",
}  # fmt: skip

MORE: list[tuple[list[str], str]] = [  # premises, claim
    # signs by kind
    (["0 < x"], "0 < sqrt(x)"),
    (["0 < x"], "0 < sqrt(x)*y**2 + 1"),
    (["0 < x"], "sqrt(x)*sqrt(x) = x"),
    ([], "0 < exp(2*x - y) + y**2"),
    ([], "0 < sqrt(2) - 1"),
    ([], "sqrt(2)*sqrt(3) < 5/2"),
    (["0 <= m"], "0 <= m**t*x**2"),
    (["m != 0"], "0 < m**(2*t)"),
    (["m != 0"], "m**t != 0"),
    ([], "0 < i*t + 1"),
    ([], "0 <= Abs(x)"),
    ([], "0 <= E(eps(t)**2)"),
    # factors on one line
    (["x < 1"], "(x < sqrt(2)) & (x < 2) & (x < 3)"),
    (["sqrt(2)*x < 1"], "x < 1"),
    (["x**2*y < 2"], "x**2*y < 3"),
    # quotients, also inside one another
    (["1 < x"], "1/x < 1"),
    (["0 < a", "a < 1"], "0 < a/(1 - a)**2"),
    (["x != 0", "y != 0", "x + y != 0"], "1/(1/x + 1/y) = x*y/(x + y)"),
    (["Abs(x)*Abs(x) > 0"], "1/(Abs(x)*Abs(x)) >= 0"),
    # other parts, the same in other words
    (["Implies(ForAll(t, 0 < s(t)), x < 1)", "ForAll(n, s(n) > 0)"], "x < 1"),
    (["Equivalent(P, (x < 0) | (1 < x))", "Equivalent(Q, Not(P))"], "Equivalent(Q, (0 <= x) & (x <= 1))"),
    # a variable of the name that a proof would like to use
    (["0 < a*b*c*x*y", "0 < a", "0 < b", "0 < c", "0 < x"], "0 < y"),
    # what a premise too many would make slow
    (["0 < x", "x < 2", "x < 3", "x < 4", "x < 1/10", "x < 7"], "x < 5"),
]
NONZERO: list[tuple[list[str], list[str]]] = [  # premises, terms that are not zero
    (["a != 0", "1 - x*a != 0"], ["2*a*(1 - x*a)", "a**2", "6*a - 6*x*a**2"]),
    (["0 < x", "2 < x*a"], ["(1 - x*a)**2 - 1", "1 - (1 - x*a)**2"]),
    (["0 < m"], ["m**(t + 2)", "m**t + 1", "exp(x)*m", "i", "sqrt(2)*m"]),
    (["0 < x", "P", "b < 3", "x*a > 0", "Implies(P, a < 0)"], ["x*a"]),
]


def lemma(name: str, names: dict[str, str], premises: Sequence[str], claim: Term, template: Callable[[Goal], str]) -> str:
    """A lemma for all that occurs in it, proved by the template."""
    table = Table(symbols(names))
    given = [formula(premise, names) for premise in premises]
    terms = [*given, claim]
    rocq = Names(table, terms)
    writer = Writer(rocq)
    functions = frozenset().union(*map(function_names, terms)) & set(table.functions)
    free = frozenset().union(*map(free_symbols, terms))
    limits = {table.domain(variable).removeprefix("index:") for variable in free | bound_names(terms)}
    free |= limits & set(table.variables)
    hypotheses = tuple(Premise(f"H{k}", term) for k, term in enumerate(given))
    random = {CHANCE} if table.is_random(claim) else set()
    goal = Goal(writer, claim, hypotheses, {}, (), frozenset(), free | random, {}, count(1))
    script = template(goal)
    parts = ["forall (Omega : Type) (V : (Omega -> R) -> Prop) (E : (Omega -> R) -> R), expectation V E ->"]
    introduced = ["Omega", "V", "E", "HE"]
    for function in sorted(functions):
        parts.append(f"forall {rocq.functions[function]} : {rocq.function_type(function)},")
        introduced.append(rocq.functions[function])
        if table.functions[function] == "random":
            parts.append(f"(forall t : nat, V ({rocq.functions[function]} t)) ->")
            introduced.append(f"M{rocq.functions[function]}")
    for variable in sorted(free, key=lambda v: (rocq.bound(v) is not None, v)):
        parts.append(f"forall {rocq.variable(variable)} : {rocq.variable_type(variable)},")
        introduced.append(rocq.variable(variable))
        if rocq.bound(variable):
            parts.append(f"{rocq.bound(variable)} ->")
            introduced.append(f"B{rocq.variable(variable)}")
    for hypothesis in hypotheses:
        parts.append(f"({writer.formula(hypothesis.term)}) ->")
        introduced.append(hypothesis.name)
    stated = "\n  ".join([*parts, writer.formula(claim)])
    return f"Lemma {name} :\n  {stated}.\nProof.\nintros {' '.join(introduced)}.\n{script}\nQed.\n"


def certified(place: Workplace, lemmas: Sequence[str], file: str = "signs_rows") -> tuple[bool, str]:
    """Whether coqc accepts the lemmas, and what it says."""
    names = [text.split()[1] for text in lemmas]
    whole = f"Definition {file} := ({', '.join([*names, 'I'])}).\n"
    outcome = place.certify(file, "\n".join(["From Derivations Require Import Prelude.\n", *lemmas, whole]))
    return outcome.accepted, outcome.reason


def rows() -> list[str]:
    """One lemma for each row above and each accepted row of the kernel's own."""
    kernel = [(row.get("premises", []), row["claim"], {**CASES["names"], **row.get("names", {})}) for row in CASES["accepted"]]
    own = [(premises, claim, NAMES) for premises, claim in MORE]
    return [
        lemma(f"row_{k}", names, premises, formula(claim, names), signs) for k, (premises, claim, names) in enumerate(kernel + own)
    ]


def nonzero_rows() -> list[str]:
    lemmas = []
    for k, (premises, texts) in enumerate(NONZERO):
        terms = [formula(text, NAMES) for text in texts]

        def script(goal: Goal, terms: list[Term] = terms) -> str:
            lines = nonzero_scripts(goal, terms, [(p.term, p.name) for p in goal.premises])
            return "\n".join([*(line for line, _ in lines), "repeat split; assumption."])

        lemmas.append(lemma(f"nonzero_{k}", NAMES, premises, conj(*(ne(term, ZERO) for term in terms)), script))
    return lemmas


def test_coqc_accepts_what_the_kernel_accepts(workplace: Workplace) -> None:
    accepted, reason = certified(workplace, rows() + nonzero_rows())
    assert accepted, reason


# True in Rocq, where the root of a negative number is 0, and some value of x/0 is f's argument; the kernel wants more.
TOTAL = {"0 <= sqrt(x)"}
REFUSED = [row for row in CASES["refused"] + CASES["known_limit"] if row["claim"] not in TOTAL]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: str(row["claim"]))
def test_nothing_is_written_for_what_the_kernel_refuses(row: dict[str, object]) -> None:
    premises = row.get("premises", [])
    assert isinstance(premises, list)
    with pytest.raises(Unsupported):
        lemma("refused", CASES["names"], premises, formula(str(row["claim"]), CASES["names"]), signs)
