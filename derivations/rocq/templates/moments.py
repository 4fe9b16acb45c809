"""The Hessian of a polynomial model at rational weights from the moments of its data; see theories/Moments.v."""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.sparse import expanded
from derivations.language.terms import Term
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise
from derivations.rocq.ranks import data_text
from derivations.rocq.templates.laws import expression, listed, naturals
from derivations.rocq.templates.ranks import Model, rational, rationals


def hessian_there(goal: Goal) -> str:
    """Every entry is a sum of products of coefficients and of moments, computed over Q."""
    _, matrix, *lists, point = goal.claim.args
    model = Model(goal, lists)
    lines, law, holds = _law(goal, lists[2])
    data, at, entries = data_text(goal.writer, lists[2]), rationals(_numbers(point)), _rows(matrix)
    same, there, known = goal.fresh("K"), goal.fresh("K"), goal.fresh("K")
    return "\n".join([
        *lines,
        f"assert ({known} : hessian_value {model.sizes} {model.expressions} {at} {law} = List.map (List.map Some) {entries}).",
        "{ vm_compute. reflexivity. }",
        f"assert ({there} : {goal.writer.vector(point.args)} = reals_of {at}) by same_reals.",
        f"assert ({same} : {goal.writer.matrix(matrix)} = rows_of_rationals {entries}) by same_rows.",
        f"rewrite {there}, {same}. exact (hessian_from_moments HE {model.sizes} {model.expressions} {data} {at} {law} {entries} "
        f"eq_refl HX eq_refl {holds} {known}).",
    ])  # fmt: skip


def _law(goal: Goal, data: Term) -> tuple[list[str], str, str]:
    """What a premise says of the data: assertions, the law as data, and the proof that it holds."""
    names, count = data_text(goal.writer, data), len(data.args)
    for premise in goal.premises:
        match premise.term.args if premise.term.head == "Predicate" else ():
            case ("normal_inputs" | "second_moments" as kind, given, covariances) if given == data:
                rows, known = _rows(covariances), goal.fresh("K")
                lines = _rewritten(
                    goal, premise, known, goal.writer.matrix(covariances), f"rows_of_rationals {rows}", "same_rows"
                )
                word = "normal" if kind == "normal_inputs" else "second"
                return lines, f"(law_{word} {rows})", f"({word}_law HE {names} {count} {rows} eq_refl {known})"
            case ("moments", given, products, means) if given == data:
                return _listed(goal, premise, data, products, means)
    if count:
        raise Unsupported("no premise says what the moments of the data are")
    return [], "(law_listed [])", "(listed_law HE [] 0 [] [] [] eq_refl eq_refl eq_refl eq_refl)"


def _listed(goal: Goal, premise: Premise, data: Term, products: Term, means: Term) -> tuple[list[str], str, str]:
    places = {x: i for i, x in enumerate(data.args)}
    values, known = _numbers(means), goal.fresh("K")
    monomials = [next(iter(expanded(one, places))) for one in products.args]
    texts = listed([expression(one, places) for one in products.args])
    pairs = listed([f"({naturals(one)}, {rational(value)})" for one, value in zip(monomials, values, strict=True)])
    lines = _rewritten(
        goal, premise, known, goal.writer.vector(means.args), f"reals_of {rationals(values)}", "same_reals"
    )
    about = f"{data_text(goal.writer, data)} {len(data.args)} {texts} {rationals(values)} {pairs}"
    return lines, f"(law_listed {pairs})", f"(listed_law HE {about} eq_refl {known} eq_refl eq_refl)"


def _rewritten(goal: Goal, premise: Premise, name: str, text: str, rational_text: str, tactic: str) -> list[str]:
    """The premise under another name, with its numbers as rational ones."""
    same = goal.fresh("K")
    return [
        f"assert ({same} : {text} = {rational_text}) by {tactic}.",
        f"pose proof {premise.name} as {name}. rewrite {same} in {name}.",
    ]


def _numbers(terms: Term) -> list[Fraction]:
    if any(one.head != "Number" for one in terms.args):
        raise Unsupported("a number that is not rational")
    return [one.args[0] for one in terms.args]


def _rows(matrix: Term) -> str:
    return listed([rationals(_numbers(row)) for row in matrix.args])
