"""Two parameters: the Hessian as a map of vectors, its eigenvectors, and that it turns every other vector."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.errors import Undecided, Unusable
from derivations.language.statements import Branch
from derivations.language.terms import (
    ZERO,
    Term,
    add,
    apply,
    conj,
    disj,
    eq,
    exists,
    for_all,
    iff,
    mul,
    predicate,
    sub,
    substitute,
    symbol,
)
from derivations.problems.questions import Problem
from derivations.tactics.algebra import factored, tidy
from derivations.tactics.derivatives import column
from derivations.tactics.directions import eigenvectors
from derivations.tactics.hessians import Hessian, hessian_steps, partial
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof
from derivations.tactics.spectra import eigenvalues


@dataclass(frozen=True)
class Image:
    """(u, v) ↦ H*(u, v): the names of its two components, their values in u and v, and the labels (for all u, v)."""

    hessian: Hessian
    names: tuple[str, str]
    value: tuple[Term, Term]
    labels: tuple[str, str]
    values: list[Term]
    vectors: list[list[Term]]

    def at(self, *vector: Term) -> list[Term]:
        return [apply(name, *vector) for name in self.names]


U, V, Z = symbol("u"), symbol("v"), symbol("z")


def image_steps(proof: Proof, problem: Problem) -> Image:
    """The definition of both components of H*(u, v), and their values with the second derivatives inserted."""
    hessian = hessian_steps(proof, problem)
    taken = {name for name, _ in proof.variables}
    if {"u", "v", "z"} & taken:
        raise Undecided("a parameter or constant is called u, v or z, as the vector is; please give it another name")
    for name, words in (("u", "a component of a vector"), ("v", "a component of a vector"), ("z", "a number")):
        proof.declare(name, "real", words)
    names = (fresh("H_1", taken), fresh("H_2", taken))
    at = [hessian.loss.at[name] for name in hessian.loss.parameters]
    values, labels = [], []
    entries = [step.label for step in proof.steps if step.rule == "derivative" and step.claim.head == "Eq"]
    for i, name in enumerate(names):
        proof.declare(name, "function", "a component of the Hessian times a vector")
        orders = [[2, 0], [1, 1]] if i == 0 else [[1, 1], [0, 2]]
        rule = add(*(mul(partial("L", order, at), x) for order, x in zip(orders, (U, V), strict=True)))
        defined = proof.define(_both(eq(apply(name, U, V), rule)), "the Hessian times a vector")
        values.append(tidy(add(*(mul(hessian.entries[i][j], x) for j, x in enumerate((U, V))))))
        step = proof.step("identity", eq(apply(name, U, V), values[i]), defined, *entries, because="insert the second derivatives")
        labels.append(proof.step("generalise", _both(proof.claims[step]), step, because="for every vector"))
    found, _ = eigenvalues(proof, hessian.entries)
    if found[0] == found[1]:
        raise Undecided("the eigenvalues are equal: every direction is kept")
    return Image(hessian, names, (values[0], values[1]), (labels[0], labels[1]), found, eigenvectors(hessian.entries, found))


def _both(body: Term) -> Term:
    return for_all("u", for_all("v", body))


def _instances(proof: Proof, image: Image, vector: list[Term]) -> list[str]:
    values = dict(zip(("u", "v"), vector, strict=True))
    return [
        proof.step("instantiate", eq(apply(name, *vector), substitute(value, values)), label, values=values,
                   because="for this vector")
        for name, value, label in zip(image.names, image.value, image.labels, strict=True)
    ]


def eigenvector_steps(proof: Proof, image: Image) -> list[str]:
    """Labels of H*v_i = lam_i*v_i."""
    found = []
    for value, vector in zip(image.values, image.vectors, strict=True):
        known = _instances(proof, image, vector)
        claim = eq(column(image.at(*vector)), column([mul(value, part) for part in vector]))
        found.append(proof.step("identity", claim, *known, because="the vector is only stretched"))
    return found


def kept_steps(proof: Proof, image: Image) -> tuple[str, str]:
    """(∃z H*(u, v) = z*(u, v)) ⇔ (u, v) lies on the line of an eigenvector: the label for one vector, and that for all."""
    first, second = image.at(U, V)
    parallel = exists("z", conj(eq(first, mul(Z, U)), eq(second, mul(Z, V))))
    proof.declare("kept", "property", "the Hessian keeps the direction of the vector")
    defined = proof.define(_both(iff(predicate("kept", U, V), parallel)), "the vector is only stretched, by some number")
    forms = [factored(sub(mul(a, V), mul(b, U))) for a, b in image.vectors]
    forms = [form.args[0] if form.head == "Neg" else form for form in forms]
    lines = disj(*(eq(form, ZERO) for form in forms))
    there = _to_lines(proof, image, parallel, lines)
    back = _from_lines(proof, image, parallel, lines)
    claim = iff(parallel, lines)
    step = proof.step("suppose", claim, branches=(there, back), because="both ways")
    named = proof.step("rewrite", iff(predicate("kept", U, V), lines), step, defined, because="this is what it means to be kept")
    return named, proof.step("generalise", _both(proof.claims[named]), named, because="for every vector")


def _to_lines(proof: Proof, image: Image, parallel: Term, lines: Term) -> Branch:
    """A kept vector: u*H_2 - v*H_1 = 0, and that is a product."""
    first, second = image.at(U, V)
    given = proof.supposing(parallel, "it is only stretched")
    inner = proof.supposing(parallel.args[1], "by such a number")
    cross = sub(mul(U, second), mul(V, first))
    with proof.inside() as steps:
        with proof.inside() as within:
            parts = [proof.step("signs", part, inner.label, because="a part of it") for part in parallel.args[1].args]
            zero = proof.step("identity", eq(cross, ZERO), *parts, because="both sides are multiplied by the same number")
            product = factored(sub(mul(U, image.value[1]), mul(V, image.value[0])))
            explicit = proof.step("identity", eq(cross, product), *image.labels, because="insert the Hessian")
            none = proof.step("rewrite", eq(product, ZERO), zero, explicit, because="put both together")
            proof.step("signs", lines, none, because="a product vanishes with one of its factors")
        branch = proof.branch("such a number", within, inner)
        proof.step("obtain", lines, given.label, branches=(branch,), because="take that number")
    return proof.branch("a vector that is kept", steps, given)


def _from_lines(proof: Proof, image: Image, parallel: Term, lines: Term) -> Branch:
    """On the line of an eigenvector the Hessian multiplies by its eigenvalue."""
    given = proof.supposing(lines, "it lies on such a line")
    with proof.inside() as steps:
        branches = []
        for i, (line, value) in enumerate(zip(lines.args, image.values, strict=True)):
            case = proof.supposing(line, "on the line of this eigenvector")
            with proof.inside() as within:
                parts = []
                for component, now, label, x in zip(image.at(U, V), image.value, image.labels, (U, V), strict=True):
                    here = proof.step("instantiate", eq(component, now), label, values={"u": U, "v": V}, because="for this vector")
                    if now != mul(value, x):
                        stretched = proof.step("signs", eq(now, mul(value, x)), case.label, because="on this line")
                        claim = eq(component, mul(value, x))
                        here = proof.step("rewrite", claim, here, stretched, because="put both together")
                    parts.append(here)
                both = conj(*(proof.claims[part] for part in parts))
                pair = proof.step("conjunction", both, *parts, because="both components")
                proof.step("exhibit", parallel, pair, values={"z": value}, because="the eigenvalue is such a number")
            branches.append(proof.branch(f"eigenvector {i + 1}", within, case))
        proof.step("cases", parallel, given.label, branches=tuple(branches), because="in each case")
    return proof.branch("a vector on one of the lines", steps, given)


def tried_steps(proof: Proof, problem: Problem, image: Image, kept: str) -> list[str]:
    """Labels of: H times the given vector, and whether its direction is kept."""
    names = image.hessian.loss.parameters
    if set(problem.start) != set(names):
        text = str(problem.sources.get("start", ""))
        raise Unusable("a vector needs just these components", text, (0, len(text)), f"for example {names[0]}=1,{names[1]}=1")
    vector = [problem.start[name] for name in names]
    values = dict(zip(("u", "v"), vector, strict=True))
    known = _instances(proof, image, vector)
    numbers = [tidy(substitute(value, values)) for value in image.value]
    shown = proof.step("identity", eq(column(image.at(*vector)), column(numbers)), *known, because="compute it")
    instance = proof.step("instantiate", substitute(proof.claims[kept].args[1].args[1], values), kept, values=values,
                          because="for this vector")  # fmt: skip
    stays = predicate("kept", *vector)
    on_line = any(tidy(substitute(line.args[0], values)) == ZERO for line in proof.claims[kept].args[1].args[1].args[1].args)
    claim = stays if on_line else Term("Not", (stays,))
    return [shown, proof.step("signs", claim, instance, because="it lies on such a line" if on_line else "it lies on neither line")]
