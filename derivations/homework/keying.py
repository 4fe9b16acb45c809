"""From solved tasks to answer keys: what is right stands in the conclusion of a proof, or in the author's own key.

``python -m derivations.homework.keying`` writes the keys of the package's own sheets, which are committed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from derivations.catalogue.discovery import unknown
from derivations.homework import networks
from derivations.homework.customary import assumptions, from_proof, spoken_of, synonyms
from derivations.homework.deciding.concepts import families
from derivations.homework.keys import FOLDER, Part, Reading, SheetKey, TaskKey, committed, sheet_key_to_json
from derivations.homework.names import Names, names_of, with_constants
from derivations.homework.sheets import SheetSpec, TaskSpec, own_sheets, read_sheet
from derivations.homework.solutions import Solution, is_points, selected, solve, there_are
from derivations.language.certificates import Certificate, certificate_to_json
from derivations.language.errors import Malformed, Unusable
from derivations.language.terms import Term, subterms
from derivations.problems.models import Model
from derivations.reading.entries import read_point
from derivations.reading.suggestions import nearest

# How an answer is compared if nobody says: by the head of what stands in the conclusion.
_KINDS = {"And": "range", "Or": "range", "Lt": "range", "Le": "range", "Matrix": "matrix", "Tuple": "list", "Set": "set"}
_DECLARE = 'if it is a name of the task, declare it: symbols = ["x", "n: natural", …]'
_SETTINGS = ("variable", "at", "fixed", "tolerance", "group", "about", "only", "optional", "yes", "no", "alone", "veto")


def sheet_key(name: str) -> SheetKey:
    """The keys of a sheet: committed ones for the package's sheets, else made from its own keys and its proofs."""
    return committed(name) or vetted(keys_of(read_sheet(name)))


def vetted(key: SheetKey) -> SheetKey:
    """The same keys. Raises Unusable, naming the task, where an author's key cannot be what anybody is asked for."""
    from derivations.homework.vetting import vet_task

    for task in key.tasks:
        if not task.proof:
            with _named(task.task):
                vet_task(task)
    return key


@contextmanager
def _named(task: str) -> Iterator[None]:
    try:
        yield
    except Unusable as error:
        hint = _DECLARE if "--parameters" in error.hint else error.hint
        raise Unusable(f"task {task}: {error.message}", error.source, error.span, hint) from error


def keys_of(spec: SheetSpec, solutions: tuple[Solution, ...] | None = None) -> SheetKey:
    """The keys of all tasks. Raises Unusable, naming the task, where an author's key cannot be read."""
    if solutions is None:
        derived = any(task.question for task in spec.tasks)
        solutions = solve(spec) if derived else tuple(Solution(task) for task in spec.tasks)
    tasks, missing = [], {}
    for solution in solutions:
        try:
            with _named(solution.task.id):
                tasks.append(_task_key(spec, solution))
        except Malformed as error:
            missing[solution.task.id] = str(error)
    return SheetKey(spec.name or spec.title, spec.title, tuple(tasks), missing)


def _task_key(spec: SheetSpec, solution: Solution) -> TaskKey:
    """Raises Malformed where there is nothing to take a key from."""
    task = solution.task
    keyed = "key" in task.own or any("key" in one for one in task.own.get("part", ()))
    if not solution.proofs and not keyed:
        raise Malformed(solution.reason or "no key")
    model = _model(solution)
    names = names_of(spec, task, networks.symbols_of(model) if model else ())
    rows: tuple[Mapping[str, Any], ...] = tuple(task.own.get("part", ())) or ({},)
    parts = tuple(_part(row, task, solution, names) for row in rows)
    proof = _answering(solution, [part.get("answer", task.answer) for part in task.own.get("part", ())] or [task.answer])
    stated = [part.key for part in parts if isinstance(part.key, Term)]
    return TaskKey(
        spec.name or spec.title,
        task.id,
        task.points,
        parts,
        with_constants(names.declared(stated), (part.kind for part in parts)),
        _assumed(spec, task, names, parts, proof),
        (*names.pairs(_synonyms(spec, task, parts)), *(networks.spellings(model) if model else ())),
        tuple(_reading(one, names) for one in task.own.get("readings", ())),
        tuple(_rubric(one, names) for one in task.own.get("rubric", ())),
        _source(proof),
        spec.notation,
    )


def _model(solution: Solution) -> Model | None:
    """The model that the task is about, if it is about one."""
    return next((problem.model for problem in solution.problems if problem.model is not None), None)


def _common(spec: SheetSpec, task: TaskSpec, name: str) -> tuple[str, ...]:
    """What the sheet says for all tasks; an author's own key says itself what it assumes."""
    return () if "kind" in task.own and "key" in task.own else tuple(spec.common.get(name, ()))


def _assumed(spec: SheetSpec, task: TaskSpec, names: Names, parts: tuple[Part, ...], proof: Certificate | None) -> tuple[Term, ...]:
    """What the author assumes; else what the proof does, and what goes without saying, if it leaves something of the key."""
    if "assume" in task.own or "assume" in spec.common or not task.question:
        return names.formulas((*_common(spec, task, "assume"), *task.own.get("assume", ())))
    from derivations.homework.vetting import leaves_something

    speaks = spoken_of(part.key for part in parts if isinstance(part.key, Term))
    told = from_proof(proof, speaks)
    usual = (*told, *names.formulas(assumptions(speaks, told)))
    return usual if leaves_something(names.symbols, parts, usual) else told


def _synonyms(spec: SheetSpec, task: TaskSpec, parts: tuple[Part, ...]) -> tuple[str, ...]:
    """The task's own before the sheet's, or instead of them; else those that are usual."""
    if "only_synonyms" in task.own:
        return tuple(task.own["only_synonyms"])
    if task.question and "synonyms" not in task.own and "synonyms" not in spec.common and "symbols" not in spec.common:
        return synonyms(spoken_of(part.key for part in parts if isinstance(part.key, Term)))
    return (*task.own.get("synonyms", ()), *_common(spec, task, "synonyms"))


def _reading(entry: Any, names: Names) -> Reading:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("as"), list):
        raise Unusable("a reading is a table: as = [...], words = [...], points, say", repr(entry)[:200], (0, 1))
    words = tuple(map(str, entry.get("words", ())))
    return Reading(names.pairs(entry["as"]), words, float(entry.get("points", 0)), str(entry.get("say", "")))


def _rubric(entry: Mapping[str, Any], names: Names) -> dict[str, Any]:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("when", ""), str):
        raise Unusable("a rubric's entry is a table with when, points and say", repr(entry)[:200], (0, 1))
    points = entry.get("points", 0)
    if not isinstance(points, (int, float)) or isinstance(points, bool):
        raise Unusable("the points of a rubric's entry are a number", repr(points)[:200], (0, len(repr(points)[:200])))
    content = dict(entry)
    if "form" in content:
        content["form"] = names.formula(str(content["form"]))
    return content


def _source(proof: Certificate | None) -> dict[str, str]:
    if proof is None:
        return {}
    return {"result": proof.id, "status": proof.status, "seal": str(certificate_to_json(proof)["seal"])}


def _answering(solution: Solution, wanted: list[str]) -> Certificate | None:
    """The proof that the first part of the answer is taken from."""
    return next((proof for proof in solution.proofs if any(selected(proof, one) for one in wanted)), None)


# --- parts --------------------------------------------------------------------------------------------------------


def _part(one: Mapping[str, Any], task: TaskSpec, solution: Solution, names: Names) -> Part:
    said = {**{key: value for key, value in task.own.items() if key != "part"}, **one}
    answer = str(said.get("answer", task.answer))
    found, proof = _found(solution, answer)
    if not found and "key" not in said:
        names_there = there_are(solution.proofs[0]) if solution.proofs else []
        hint = nearest(answer, names_there) or f"there are {', '.join(names_there)}"
        raise Malformed(f"the proof has no answer {answer!r}; {hint}")
    points = proof is not None and is_points(proof, answer)
    counted = proof is not None and answer == "quantities" and _flow(proof.derivation.statement.conclusion)
    kind = str(said.get("kind") or ("set" if points else "property" if counted else _kind(found)))
    key, subjects = _author(said["key"], kind, names) if "key" in said else _stated(found, kind)
    subjects = tuple(dict.fromkeys((*subjects, *names.formulas(said.get("subjects", ())))))
    settings = _further(kind, proof, found, key) | _settings(said, names)
    model = _model(solution)
    if model is not None and kind == "property":
        settings["matrices"] = networks.matrices_of(model)
    shown = [part for part in found if isinstance(part, Term)]
    if kind in ("words", "member") and shown:
        settings["shown"] = tuple(shown)
    if isinstance(key, Term) and key.head == "Tuple" and "only" in settings:
        if "start" in task.given:
            settings["start"] = read_point(str(task.given["start"]), names.vocabulary).get(settings["only"])
        key, settings = _only(key, settings)
    if kind == "range" and isinstance(key, Term) and "variable" not in settings:
        settings.update(_unknown(key))
    weight = float(said.get("weight", 1.0))
    part = Part(kind, key, str(said.get("name", "")), weight, names.formulas(said.get("accept", ())), subjects, settings)
    if "key" in said:
        from derivations.homework.vetting import vet

        vet(part, said["key"], names)
    return part


def _settings(said: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """What the author says of a part beside its key."""
    settings: dict[str, Any] = {name: str(said[name]) for name in _SETTINGS if name in said}
    settings |= {name: names.formula(settings[name]) for name in ("fixed", "at") if name in settings}
    if "names" in said:
        settings["names"] = names.formulas(said["names"])
    if isinstance(said.get("labels"), Mapping):
        settings["labels"] = tuple((names.formula(name), *map(str, words)) for name, words in said["labels"].items())
    if "says" in said:
        settings["says"] = tuple(_concept(str(name)) for name in said["says"])
    if "called" in said:
        settings["called"] = tuple(map(str, said["called"]))
    if isinstance(said.get("words"), Mapping):
        settings["words"] = tuple((concept, *map(str, phrases)) for concept, phrases in said["words"].items())
    return settings


def _concept(name: str) -> str:
    """The concept that a range is the range of: one of a pair of which the denial of one says the other."""
    paired = [one for one, family in families().items() if family.opposites and one in family.concepts[:2]]
    if name not in paired:
        raise unknown("concept", name, paired)
    return name


def _found(solution: Solution, answer: str) -> tuple[list[Term | str], Certificate | None]:
    for proof in solution.proofs:
        found = selected(proof, answer)
        if found:
            return found, proof
    return [], None


def _kind(found: list[Term | str]) -> str:
    first = _bare(found[0]) if found and isinstance(found[0], Term) else None
    if first is None:
        return "words"
    if len(found) > 1:
        return "list"
    value = first.args[-1] if first.head in ("Eq", "Tends", "Iff") else first
    return _KINDS.get(value.head, "expression")


def _author(text: Any, kind: str, names: Names) -> tuple[Term | tuple[str, ...], tuple[Term, ...]]:
    """The author's own key: words, or a formula whose left side is the subject."""
    if kind == "words":
        return tuple(text) if isinstance(text, list) else (str(text),), ()
    formula = names.formula(str(text))
    if kind == "range":
        from derivations.homework.deciding.relations import with_brackets

        formula = with_brackets(formula, str(text))
    if formula.head == "Eq" and kind not in ("equation", "range", "chain", "list", "set"):
        return formula.args[1], (formula.args[0],)
    return formula, ()


def _bare(term: Term) -> Term:
    while term.head == "ForAll":
        term = term.args[1]
    return term


def _stated(found: list[Term | str], kind: str) -> tuple[Term | tuple[str, ...], tuple[Term, ...]]:
    """What the conclusion says: its value as the key, and what it is the value of as the subjects."""
    if kind == "words":
        return tuple(str(one) if isinstance(one, str) else _name(one) for one in found), ()
    terms = [_bare(one) for one in found if isinstance(one, Term)]
    if kind in ("list", "set") or len(terms) > 1:
        return _collected(terms, kind)
    return _split(terms[0], kind)


def _name(term: Term) -> str:
    """What a conclusion says in words: the name of the property that it speaks of."""
    named = [node.args[0] for node in subterms(term) if node.head == "Predicate"]
    if not named:
        raise Malformed("the conclusion names no property; the sheet's author has to say the word with key = […]")
    return str(named[0])


def _split(term: Term, kind: str) -> tuple[Term, tuple[Term, ...]]:
    if term.head == "Iff":
        return term.args[1], (term.args[0],)
    if term.head == "Tends":
        return term.args[3], (term.args[0], term)
    if term.head == "Eq" and kind not in ("equation", "range"):
        return term.args[1], (term.args[0],)
    return term, ()


def _collected(terms: list[Term], kind: str) -> tuple[Term, tuple[Term, ...]]:
    """Several values, with their names if they have any; the points of an iteration are tuples."""
    values, subjects = [], []
    for term in terms:
        if term.head == "And" and all(part.head == "Eq" for part in term.args):
            values.append(Term("Tuple", tuple(part.args[1] for part in term.args)))
            subjects.append(Term("Tuple", tuple(part.args[0] for part in term.args)))
        else:
            value, names = _split(term, kind)
            values.append(value)
            subjects.append(names[0] if names else value)
    return Term("Set" if kind == "set" else "Tuple", tuple(values)), tuple(subjects) if subjects != values else ()


def _only(key: Term, settings: dict[str, Any]) -> tuple[Term, dict[str, Any]]:
    """Of the points of an iteration only the coordinate that is asked for."""
    name, points = settings["only"], settings.get("names", ())
    kept = [
        value
        for point, named in zip(key.args, points, strict=True)
        for value, one in zip(point.args, named.args, strict=True)
        if one.head == "Apply" and one.args[0] == name
    ]
    rest = {key: value for key, value in settings.items() if key not in ("only", "names")}
    return Term("Tuple", tuple(kept)), rest


def _further(kind: str, proof: Certificate | None, found: list[Term | str], key: Any) -> dict[str, Any]:
    """What the proof tells beside the key: the names of a list's members, the other regimes of a range, the flow."""
    if proof is None:
        return {}
    conclusion = proof.derivation.statement.conclusion
    if kind == "matrix":
        names = _coordinates(proof)
        return {"coordinates": names} if names else {}
    if kind == "list":
        _, named = _collected([_bare(one) for one in found if isinstance(one, Term)], kind)
        return {"names": named} if named else {}
    if kind == "range" and "regimes" in proof.derivation.answer:
        rows = [(one, selected(proof, f"regimes.{i}.region")) for i, one in enumerate(proof.derivation.answer["regimes"])]
        others = [(selected(proof, f"regimes.{i}.name")[0], row[1][0]) for i, row in enumerate(rows)]
        return {"others": tuple((str(name), region) for name, region in others if region != key)}
    if kind == "property":
        return _flow(conclusion)
    return {}


def _flow(conclusion: Term) -> dict[str, Any]:
    """The equations of the flow that a conclusion counts conserved quantities of: (variable, derivative)."""
    counts = {str(node.args[0]): node for node in subterms(conclusion) if node.head == "Predicate"}
    if "at_most_independent" in counts:
        _, _, field, variables = counts["at_most_independent"].args
        return {"flow": tuple(zip(variables.args, field.args, strict=True))}
    if "at_most_in_common" in counts:
        _, _, coefficients, parameters = counts["at_most_in_common"].args
        return {"flow": networks.flow_of(parameters.args, coefficients.args)}
    return {}


def _coordinates(proof: Certificate) -> tuple[str, ...]:
    """The variables of the loss, in their order: those of the first function that is defined by a formula in them."""
    for definition in proof.derivation.statement.definitions:
        claim = _bare(definition.claim)
        if claim.head == "Eq" and claim.args[0].head == "Apply":
            return tuple(str(arg.args[0]) for arg in claim.args[0].args[1:] if arg.head == "Symbol")
    return ()


def _unknown(key: Term) -> dict[str, str]:
    """The unknown of a range: the one variable that stands alone on a side of its relations, if there is one."""
    alone = {arg.args[0] for node in subterms(key) if node.head in ("Lt", "Le", "Gt", "Ge", "Eq") for arg in node.args
             if arg.head == "Symbol"}  # fmt: skip
    return {"variable": alone.pop()} if len(alone) == 1 else {}


# --- writing ------------------------------------------------------------------------------------------------------


def keys_text(key: SheetKey) -> str:
    """The keys as they are committed: one line per task."""
    data = sheet_key_to_json(key)
    tasks = data.pop("tasks")
    lines = ",\n".join("  " + json.dumps(task, sort_keys=True) for task in tasks)
    return json.dumps(data, sort_keys=True)[:-1] + ', "tasks": [\n' + lines + "\n]}\n"


def write(names: Iterable[str]) -> None:
    """Writes the committed keys of these sheets."""
    os.makedirs(FOLDER, exist_ok=True)
    for name in names:
        text = keys_text(keys_of(read_sheet(name)))
        with open(os.path.join(FOLDER, f"{name}.json"), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    write(own_sheets())
