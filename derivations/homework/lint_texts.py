"""A task's words beside its proof: what the proof supposes and they do not say, ends they do not speak of, claims it refutes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derivations.homework.deciding.kinds import decide
from derivations.homework.deciding.setting import Setting, setting_of
from derivations.homework.formulas import formula
from derivations.homework.keys import Part, TaskKey
from derivations.homework.lint_ranges import range_findings
from derivations.homework.lint_words import RELATIONS, Words, follows, in_words
from derivations.homework.names import names_of
from derivations.homework.sheets import SheetSpec
from derivations.homework.solutions import Solution, selected, selectors
from derivations.kernel.errors import Refused
from derivations.language.ascii import ascii_text
from derivations.language.certificates import Certificate
from derivations.language.errors import DerivationsError
from derivations.language.statements import Hypothesis
from derivations.language.terms import Term, free_symbols, function_names, is_number, subterms
from derivations.rendering.markup import formulas

Row = tuple[str, str, str]  # kind, message, hint
_SMALL = re.compile(r"\b(small|limit|leading|approximat\w+|order|asymptotic\w*|about)\b|\\approx|\\to\b", re.IGNORECASE)
_ALWAYS = re.compile(r"\b(every|all|always|any|each|never)\b", re.IGNORECASE)
_ONE_SAMPLE = re.compile(
    r"\b(one|per|each|single|individual|a|every)\s+(single\s+)?(sample|example|data point)", re.IGNORECASE
)
_WHOLE_STEP = re.compile(r"\b(one|per|each|single|every|whole)\s+(step|batch|mini-?batch|update)", re.IGNORECASE)


def text_findings(spec: SheetSpec, solution: Solution, key: TaskKey, words: Words) -> Iterator[Row]:
    """The findings on a task's words."""
    yield from _unread(spec, words)
    try:
        setting = setting_of(key)
    except Refused as refusal:
        yield "names", f"its names clash: {refusal}", ""
        return
    proof = _answering(solution)
    if proof is not None:
        yield from _unsaid(proof, solution, setting, words)
        yield from _noise(proof, key, words)
    yield from range_findings(key, setting, words, proof)
    yield from _refuted(key, setting, words)
    if proof is not None:
        yield from _false_premise(proof, solution, words)


def _answering(solution: Solution) -> Certificate | None:
    return next(
        (proof for proof in solution.proofs if any(selected(proof, answer) for answer in solution.task.asked)), None
    )


# --- formulas in the text -----------------------------------------------------------------------------------------


def _unread(spec: SheetSpec, words: Words) -> Iterator[Row]:
    """Formulas of the task's own text that cannot be read, and names in them that no answer may use."""
    task = words.task
    declared = {one.name for one in names_of(spec, task).symbols}
    listed = "symbols" in task.own or "symbols" in spec.common
    for text in formulas(task.text):
        term = formula(text, spec.notation)
        if term is None:
            yield "unreadable", f"the formula ${text.strip()}$ cannot be read", _why(text, spec)
        elif listed and term.head in ("Symbol", "Eq", "Lt", "Le", "Gt", "Ge", "Proportional", "Approx"):
            unknown = sorted(_outside(term) - declared)
            for name in unknown:
                hint = (
                    f"add it to symbols, if answers may use it; `{name}: natural` and the like say what it ranges over"
                )
                yield (
                    "undeclared",
                    f"the text uses {name}, which is not declared: an answer with it cannot be read",
                    hint,
                )


def _outside(term: Term) -> frozenset[str]:
    """Names of the quantities in a formula, without those of indices and steps."""
    if term.head == "Symbol":
        return frozenset(term.args)
    inner = (
        _outside(arg)
        for arg in term.args
        if isinstance(arg, Term) and term.head not in ("Apply", "Delta", "Derivative")
    )
    return frozenset().union(*inner)


def _why(text: str, spec: SheetSpec) -> str:
    from derivations.homework.formulas import vocabulary_of
    from derivations.reading import read_formula

    try:
        read_formula(text.strip().rstrip(".,;"), vocabulary_of(spec.notation))
    except DerivationsError as error:
        lines = [line.strip() for line in str(error).split("\n")]
        return " ".join(line for line in lines if line and set(line) != {"^"}).replace("\n", " ")
    return ""


# --- hypotheses ---------------------------------------------------------------------------------------------------


def _unsaid(proof: Certificate, solution: Solution, setting: Setting, words: Words) -> Iterator[Row]:
    """Hypotheses of the proof that neither the formulas nor the words of the task speak of."""
    numbers: list[tuple[str, str]] = []
    for item in proof.derivation.statement.hypotheses:
        if item.label in proof.report.unused or _said(item, setting, words):
            continue
        reason = "".join(one if isinstance(one, str) else ascii_text(one) for one in item.reason).removeprefix("and ")
        if not function_names(item.claim):
            numbers.append((ascii_text(item.claim), reason))
        elif not words.speaks_of(reason):
            yield "unsaid", f"the proof supposes {ascii_text(item.claim)}; the text does not say so", reason
    if numbers:
        claims, reasons = zip(*numbers, strict=True)
        yield "unsaid", f"the proof supposes {', '.join(claims)}; the text does not say so", ", ".join(reasons)


def _said(item: Hypothesis, setting: Setting, words: Words) -> bool:
    """Whether a hypothesis is stated, or follows from what is, or is said in words beside a formula with its names."""
    claim = item.claim
    if claim in words.terms:
        return True
    start = claim
    while start.head == "ForAll":
        start = start.args[1]
    if start.head == "Eq" and start.args[0].head == "Apply":  # a start: a name of the proof's own, or a number
        return not is_number(start.args[1]) or _number_said(start.args[1], words)
    if claim.head not in RELATIONS or function_names(claim):
        return False
    return follows(claim, setting, words) or in_words(claim, words)


def _number_said(value: Term, words: Words) -> bool:
    return any(value in subterms(term) for term in words.terms)


def _noise(proof: Certificate, key: TaskKey, words: Words) -> Iterator[Row]:
    """Where noise is averaged over a batch: whether its variance is that of one sample or of a whole step."""
    statement = proof.derivation.statement
    moments = [item.claim for item in statement.hypotheses for one in subterms(item.claim) if one.head == "Expect"]
    names = {
        one.args[0].args[0]
        for claim in moments
        for one in subterms(claim)
        if one.head == "Pow" and one.args[0].head == "Symbol"
    }
    asked = {name for part in key.parts if isinstance(part.key, Term) for name in free_symbols(part.key)}
    averaged = any(one.head == "Sum" for item in statement.definitions for one in subterms(item.claim))
    for name in sorted(names & asked):
        if any(name in free_symbols(pair[0]) for reading in key.readings for pair in reading.pairs):
            continue
        if averaged and not _ONE_SAMPLE.search(words.text):
            yield ("noise", f"{name}**2 may be the variance of one sample or of a whole step; the key takes it of one sample",
                   "say which, or add a reading for the other one")  # fmt: skip
        if not averaged and not _WHOLE_STEP.search(words.text):
            yield ("noise", f"{name}**2 may be the variance of one sample or of a whole step; the key takes it of a whole step",
                   "say which, or add a reading for the other one")  # fmt: skip


# --- claims that do not hold --------------------------------------------------------------------------------------


def _refuted(key: TaskKey, setting: Setting, words: Words) -> Iterator[Row]:
    """Formulas of the task's own text that say something of what it asks for, and not what is right."""
    for text in formulas(words.task.text):
        term = formula(text, words.notation)
        if term is None or term.head not in ("Eq", "Proportional"):
            continue
        for part in key.parts:
            if part.kind in ("expression", "asymptotic", "leading-term", "number") and isinstance(part.key, Term):
                yield from _against(part, term, text, key, setting, words)


def _against(part: Part, said: Term, text: str, key: TaskKey, setting: Setting, words: Words) -> Iterator[Row]:
    """Whether a formula is refuted by the exact key, taken at its word."""
    from derivations.homework.synonyms import Synonyms

    said = Synonyms(key.synonyms).folded(said)
    left, right = said.args
    exact = part.key
    assert isinstance(exact, Term)
    if not any(one in subterms(left) for one in part.subjects) or _foreign(said, part):
        return
    if said.head == "Proportional":
        taken, value = Part("up-to-scale", _varying(exact)), right
    else:
        taken, value = Part("expression", exact, subjects=part.subjects), said
    finding = decide(taken, value, setting)
    if finding.verdict != "incorrect":
        return
    at = ", ".join(f"{name} = {number_}" for name, number_ in finding.evidence.at.items())
    values = "; ".join(f"{name}: {shown}" for name, shown in finding.evidence.values.items())
    assert isinstance(taken.key, Term)
    exactly = f"exactly it is {ascii_text(taken.key)}"
    shown = f"{finding.evidence.answer} and {finding.evidence.key} differ: {values}"
    hint = f"at {at}, {shown}" if at else exactly
    if part.kind in ("asymptotic", "leading-term"):
        sense = "the text does speak of a limit" if _SMALL.search(words.task.text) else "say in which limit it holds"
        yield (
            "false-premise",
            f"${text.strip().rstrip('.,')}$ does not hold as it stands; {exactly}",
            f"{sense}; {hint}",
        )
    else:
        yield "false-premise", f"${text.strip().rstrip('.,')}$ is not true; {exactly}", hint


def _foreign(said: Term, part: Part) -> bool:
    """Whether a formula speaks of something else than the key and what it is the key of, as a recurrence does of the next step."""
    terms = [term for term in (part.key, *part.subjects) if isinstance(term, Term)]
    known = {one for term in terms for one in subterms(term)}
    names = frozenset().union(*map(free_symbols, terms))
    applied = (one for one in subterms(said) if one.head in ("Apply", "Expect", "Variance", "Derivative"))
    return bool(free_symbols(said) - names) or any(one not in known for one in applied)


def _varying(term: Term) -> Term:
    """Of constant + factor*power the power, in a formula for what is proportional to it."""
    powers = [
        one for one in subterms(term) if one.head in ("Pow", "Exp") and any(free_symbols(arg) for arg in one.args[-1:])
    ]
    return powers[0] if len(set(powers)) == 1 else term


def _false_premise(proof: Certificate, solution: Solution, words: Words) -> Iterator[Row]:
    """A claim in words for all cases, where the proof has a counterexample to such a claim."""
    found = selectors(proof, "counterexample")
    if found is None or not _ALWAYS.search(words.task.text):
        return
    shown = [ascii_text(one) for one in selected(proof, "counterexample") if isinstance(one, Term)]
    yield ("false-premise", f"what the text says of all cases is false in some: {'; '.join(shown)}",
           "as long as the text asks whether it is true, nothing is wrong")  # fmt: skip
