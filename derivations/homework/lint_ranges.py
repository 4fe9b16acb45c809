"""Ranges that are asked for: ends that the words do not speak of, and assumptions without which the range is another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from derivations.homework.deciding.points import points, truth
from derivations.homework.deciding.samples import marks, relations_in
from derivations.homework.deciding.setting import Setting
from derivations.homework.keys import Part, TaskKey
from derivations.homework.lint_words import RELATIONS, Words, follows, in_words
from derivations.homework.placeholders import plain
from derivations.homework.solutions import selected
from derivations.language.ascii import ascii_text
from derivations.language.certificates import Certificate
from derivations.language.terms import Term, free_symbols, function_names

Row = tuple[str, str, str]  # kind, message, hint
_ENDS = re.compile(
    r"\b(strict(ly)?|end ?points?|ends?|boundar(y|ies)|border|inclu\w+|exclu\w+|open interval|closed interval)\b",
    re.IGNORECASE,
)


def range_findings(key: TaskKey, setting: Setting, words: Words, proof: Certificate | None) -> Iterator[Row]:
    """The findings on the ranges that a task asks for."""
    yield from _assumed(key, setting, words)
    for part in key.parts:
        if part.kind == "range" and isinstance(part.key, Term):
            yield from _ends(part, key, setting, words, _regions(proof))


def _assumed(key: TaskKey, setting: Setting, words: Words) -> Iterator[Row]:
    """What is taken for granted when answers are compared, where the right range would be another one without it."""
    for part in key.parts:
        if part.kind != "range" or not isinstance(part.key, Term) or "variable" not in part.settings:
            continue
        for claim in key.hypotheses:
            matters = free_symbols(claim) <= free_symbols(part.key) and _cuts(claim, part.key, key, setting)
            if matters and not (follows(claim, setting, words) or in_words(claim, words)):
                yield ("assumed", f"answers are compared where {ascii_text(claim)}; the text does not say so",
                       "an answer that leaves it out is right with a remark")  # fmt: skip


def _cuts(claim: Term, region: Term, key: TaskKey, setting: Setting) -> bool:
    """Whether the range has points where the assumption holds not, or ends where it begins to: then it matters to say it."""
    variable = next((str(part.settings["variable"]) for part in key.parts if "variable" in part.settings), "")
    if variable not in free_symbols(claim):
        return not _follows_region(claim, region, setting)
    return True


def _follows_region(claim: Term, region: Term, setting: Setting) -> bool:
    premises = region.args if region.head == "And" else (region,)
    return Setting(setting.table, ()).proves(claim, "signs", tuple(premises))


def _regions(proof: Certificate | None) -> list[tuple[str, Term]]:
    """The ranges that the proof's answer names: regimes, and fields such as "convergent"."""
    if proof is None:
        return []
    found: list[tuple[str, list[Term | str]]] = []
    for name, value in proof.derivation.answer.items():
        if (
            name not in ("text", "kind", "endpoints", "regimes", "assuming")
            and isinstance(value, Mapping)
            and "$" in value
        ):
            found.append((name, selected(proof, name)))
    for i, row in enumerate(proof.derivation.answer.get("regimes", ())):
        names = selected(proof, f"regimes.{i}.name") if isinstance(row, Mapping) else []
        found.append((str(names[0]) if names else "", selected(proof, f"regimes.{i}.region")))
    named = ((name.replace("_", " "), terms[0]) for name, terms in found if len(terms) == 1)
    return [(name, term) for name, term in named if isinstance(term, Term) and _is_region(term)]


def _is_region(term: Term) -> bool:
    return term.head in (RELATIONS | {"And", "Or", "Eq"}) and not function_names(term)


def _ends(part: Part, key: TaskKey, setting: Setting, words: Words, others: list[tuple[str, Term]]) -> Iterator[Row]:
    """Ends that the range lacks although they belong to a wider behaviour that contains it, and that the words do not speak of."""
    variable = str(part.settings.get("variable", ""))
    if not variable or not others or _ENDS.search(words.text):
        return
    region = part.key
    assert isinstance(region, Term)
    for point in points(setting.table.variables, setting.table.variables, key.hypotheses, 1):
        for at in marks(relations_in(region), variable, point):
            place = {**point, variable: at}
            if truth(region, place) is not False or any(truth(form, place) for form in part.accept):
                continue
            there = [(name, other) for name, other in others if truth(other, place)]
            wider = [name for name, other in there if _contains(other, region, variable, point)]
            here = [name for name, _ in there if name not in wider]
            if wider:
                end = _written_end(region, variable, point, at)
                what = f" ({here[0]})" if here else ""
                yield ("ends", f"at {variable} = {end}{what} it is still {wider[0]}, and the text does not say whether "
                       "that belongs to the range; the key leaves it out", "say it in the text, or accept both")  # fmt: skip


def _contains(wider: Term, region: Term, variable: str, point: dict[str, Fraction]) -> bool:
    """Whether a region lies in a wider one: tried at the ends of both, and between and beyond them."""
    ends = sorted({*marks(relations_in(region), variable, point), *marks(relations_in(wider), variable, point)})
    if not ends:
        return False
    between = [(one + other) / 2 for one, other in pairwise(ends)]
    tried = [*ends, *between, ends[0] - 1, ends[-1] + 1]
    return all(truth(wider, {**point, variable: at}) for at in tried if truth(region, {**point, variable: at}))


def _written_end(region: Term, variable: str, point: dict[str, Fraction], at: Fraction) -> str:
    """The end as the range writes it."""
    for relation in relations_in(region):
        sides = list(relation.args)
        if Term("Symbol", (variable,)) in sides:
            sides.remove(Term("Symbol", (variable,)))
            if marks([Term("Eq", (Term("Symbol", (variable,)), sides[0]))], variable, point) == [at]:
                return ascii_text(sides[0])
    return plain(at)
