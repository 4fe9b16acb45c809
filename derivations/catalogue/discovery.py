"""What the catalogue holds: its results, found by looking, and the certificates that were committed for them.

Reading what is committed imports neither the results nor what they are made of; deriving does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivations.catalogue.result import Result
    from derivations.language.certificates import Certificate
    from derivations.language.statements import Derivation
    from derivations.problems.questions import Problem

FOLDER = os.path.join(os.path.dirname(__file__), "certificates")
INDEX = os.path.join(FOLDER, "index.json")
RECORD = os.path.join(os.path.dirname(__file__), "certified.json")


# --- what is committed --------------------------------------------------------------------------------------------


def index() -> list[dict[str, Any]]:
    """One row for each result, in the order of the list: id, title, question, tasks, status, certified, summary, order."""
    rows: list[dict[str, Any]] = _read(INDEX)
    known = record()["results"]
    return [{**row, "certified": _certified(known.get(row["id"], {}), row["seal"])} for row in rows]


def record() -> dict[str, Any]:
    """What coqc said of the results: ``results`` by id, ``coqc`` its version, ``theories`` the hash of what they stand on."""
    found: dict[str, Any] = _read(RECORD) if os.path.isfile(RECORD) else {"results": {}}
    return found


def _certified(row: Mapping[str, Any], seal: str) -> bool | None:
    """True, false, or None: not asked, or asked of another certificate."""
    found: bool | None = row.get("certified") if row.get("seal") == seal else None
    return found


def stored(name: str) -> Certificate:
    """The committed certificate. Raises Unusable, with the nearest id, if there is no such result."""
    from dataclasses import replace

    from derivations.language.certificates import unsealed_certificate

    data = stored_data(name)
    return replace(unsealed_certificate(data), certified=_in_words(record(), name, data["seal"]))


def _in_words(known: Mapping[str, Any], name: str, seal: str) -> dict[str, str]:
    """What the record says of a result, for its page."""
    row = known["results"].get(name, {})
    found = _certified(row, seal)
    if found is None:
        return {"Rocq": f"not certified: {row['reason']}"} if "reason" in row else {}
    if not found:
        return {"Rocq": f"refused by coqc {known['coqc']}: {row['reason']}"}
    stated = f", as Spec.{name.replace('.', '_').replace('-', '_')}" if row["specified"] else ""
    axioms = ", ".join(axiom.rpartition(".")[2] for axiom in row["axioms"]) or "none"
    return {"Rocq": f"certified by coqc {known['coqc']}{stated} ({row['lines']} lines)", "axioms": axioms}


def stored_data(name: str) -> dict[str, Any]:
    """The committed certificate as the JSON that it is."""
    if "/" not in name and os.path.isfile(path := os.path.join(FOLDER, f"{name}.json")) and name != "index":
        data: dict[str, Any] = _read(path)
        return data
    raise unknown("result", name, [row["id"] for row in index()], "`derivations list` shows them all")


def _read(path: str) -> Any:
    import json

    with open(path, encoding="utf-8") as file:
        return json.load(file)


def unknown(kind: str, name: str, known: list[str], otherwise: str = "") -> Exception:
    """The error for a name that there is not, with the nearest one that there is."""
    from difflib import get_close_matches

    from derivations.language.errors import Unusable

    shown = name if len(name) <= 60 else f"{name[:59]}…"
    near = get_close_matches(name[:60], known, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else otherwise or f"there are {', '.join(known)}"
    return Unusable(f"there is no {kind} {shown!r}", shown, (0, len(shown)), hint)


# --- the results --------------------------------------------------------------------------------------------------


def results() -> tuple[Result, ...]:
    """Every result of the package, in the order of the list. Imports all of them."""
    return tuple(sorted(_found(), key=lambda result: (result.order, result.id)))


def _found() -> Iterator[Result]:
    from importlib import import_module
    from pkgutil import iter_modules

    for module in iter_modules([os.path.dirname(__file__)]):
        if module.name not in ("build", "discovery", "result"):
            found = getattr(import_module(f"derivations.catalogue.{module.name}"), "RESULT", None)
            if found is not None:
                yield found


def questions() -> tuple[str, ...]:
    """The questions that some result answers, in the order of the list."""
    return tuple(dict.fromkeys(row["question"] for row in index()))


def derive_result(result: Result, problem: Problem | None = None) -> Certificate:
    """The result for this problem (its own if none is given), with what the kernel's check of it came to.

    Raises Undecided where the question is not treated for the problem, or the kernel does not accept what was found.
    """
    from derivations.kernel.checker import check
    from derivations.kernel.errors import Refused
    from derivations.language.certificates import Certificate
    from derivations.language.errors import Undecided

    if problem is not None and problem.vector_field is not None and not result.fields:
        asked = "this question" if result.question != "stability" else result.id
        raise Undecided(f"{asked} is about a loss; of a vector field only stability is treated so far")
    if problem is not None and (problem.model is not None) != result.models:
        about = "a model: give one with --model" if result.models else "a loss or a method, not about a model"
        raise Undecided(f"{result.id} is about {about}")
    if problem is not None and problem.model is not None and not result.wide:
        problem.model.require_written()
    if problem is not None and problem.weights and not result.weights:
        raise Undecided(f"{result.id} is about all values of the parameters; --at is of no use here")
    if problem is not None and (problem.covariance or problem.moments) and not result.inputs:
        option = "--covariance" if problem.covariance else "--moments"
        raise Undecided(f"{result.id} is about inputs of more than one law; {option} is of no use here")
    try:
        derivation = _derived(result, problem if problem is not None else result.problem())
        report = check(derivation)
    except Refused as refusal:
        raise Undecided(f"no proof was found that the kernel accepts: {refusal}") from refusal
    return Certificate(
        result.id,
        result.title,
        result.question,
        derivation,
        report,
        result.summary,
        result.tasks,
        result.references,
    )


def _derived(result: Result, problem: Problem) -> Derivation:
    """The derivation, found under names that no method has, and printed under the method's own."""
    import re

    from derivations.language.errors import Undecided
    from derivations.problems.names import hidden, printed, within
    from derivations.tactics.renaming import renamed

    inside = hidden(problem)
    if not inside:
        return result.derive(problem)
    try:
        derivation = result.derive(within(problem, inside))
    except Undecided as error:
        back = {new: old for old, new in inside.items()}
        raise Undecided(re.sub(r"\w+", lambda word: back.get(word[0], word[0]), str(error))) from error
    names = printed(inside, [one.name for one in derivation.statement.variables])
    return renamed(derivation, names, {new: f"the method's own {old}" for old, new in inside.items()})


def check_question(name: str) -> None:
    """Raises Unusable, with the nearest one, for what is neither a question nor the id of a result."""
    ids = [row["id"] for row in index()]
    if name not in questions() and name not in ids:
        raise unknown("question", name, [*questions(), *ids], f"there are {', '.join(questions())}")


def answer(name: str, problem: Problem | None = None) -> tuple[Certificate, Problem]:
    """The answer to a question, or the result of that id, for this problem, and the problem that it is about.

    Raises Unusable for a name that there is not, and Undecided where no proof was found.
    """
    check_question(name)
    catalogue = {result.id: result for result in results()}
    found = derive_result(catalogue[name], problem) if name in catalogue else derive_question(name, problem)
    return found, problem or catalogue[found.id].problem()


def derive_question(question: str, problem: Problem | None = None) -> Certificate:
    """The answer of the first result that treats the question for this problem.

    Raises Unusable for a question that there is not, and Undecided if none treats it.
    """
    from derivations.language.errors import Undecided

    answering = [result for result in results() if result.question == question]
    if problem is not None and problem.vector_field is not None:
        answering = [result for result in answering if result.fields] or answering
    if problem is not None:
        answering = [result for result in answering if result.models == (problem.model is not None)] or answering
        if problem.model is not None and not problem.model.parameters:
            answering = [result for result in answering if result.wide] or answering
    if not answering:
        raise unknown("question", question, sorted({result.question for result in results()}))
    several = problem is not None and len(problem.loss.parameters) > 1
    reasons: list[tuple[int, Undecided]] = []
    for result in answering:
        try:
            return derive_result(result, problem)
        except Undecided as error:
            reasons.append((_likeness(result, problem), error))
    raise max(reversed(reasons) if several else reasons, key=lambda pair: pair[0])[1]


def _likeness(result: Result, problem: Problem | None) -> int:
    """In how much the problem is of the kind that the result is about: what it says is then what one wants to know."""
    if problem is None:
        return 0
    own = result.problem()
    return sum(_kind(own)[i] == kind for i, kind in enumerate(_kind(problem)))


def _kind(problem: Problem) -> tuple[object, ...]:
    """The noise, whether there are several parameters, how many states, whether the step is explicit, the kind of model."""
    from derivations.language.terms import subterms, symbol

    method = problem.optimizer
    new = f"{method.parameter}_next"
    implicit = any(node == symbol(new) for node in subterms(method.update[method.parameter]))
    units = problem.model is not None and problem.model.units is not None
    return problem.noise, len(problem.loss.parameters) > 1, len(method.state), implicit, units, bool(problem.weights)


def differences(certificate: Certificate, data: Mapping[str, Any]) -> list[str]:
    """In which of its words a certificate differs from the committed one: what it states and what it answers."""
    from derivations.language.serialise import derivation_to_json

    mine, other = derivation_to_json(certificate.derivation), data["derivation"]
    pairs = {
        "statement": (mine["statement"], other["statement"]),
        "answer": ((certificate.answer, mine["answer"]), (data["answer"], other["answer"])),
        "title": (certificate.title, data["title"]),
        "question": (certificate.question, data["question"]),
    }
    return [name for name, (one, two) in pairs.items() if one != two]
