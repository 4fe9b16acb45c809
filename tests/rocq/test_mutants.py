"""Mutation with coqc: a theorem that was changed a little, and that coqc still accepts, must still be true.

Each mutant's statement is put to coqc with two proofs: the one that the emitter writes for the mutant (where it writes one), and
the one of the original, which no refusal of the emitter can filter. What coqc accepts goes before the judge of the
catalogue's own mutants (``tests/catalogue/harmless.py``), which knows neither the kernel's rules nor Rocq.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from catalogue.harmless import reason
from catalogue.mutants import Mutant, mutants

from derivations.catalogue.discovery import index, stored
from derivations.kernel.checker import check_definitions
from derivations.kernel.errors import Refused
from derivations.kernel.table import Table
from derivations.language.errors import Malformed
from derivations.language.statements import Derivation, Hypothesis, Statement
from derivations.language.terms import number, well_formed
from derivations.rocq.emit import HEAD, emit, rocq_name
from derivations.rocq.errors import Unsupported
from derivations.rocq.runner import Workplace

from .helpers import NOT_WRITTEN, emit_boldly, ends_by_itself, with_statement_of

IDS = [row["id"] for row in index()]
QUICK = ("gd.linearised-recurrence", "gd.newton-step", "hessian.nature", "hessian.two-parameters", "gd.border")
SEED = 20240
SECONDS = 60.0  # for one file
Recorder = Callable[[str, object], None]

# Accepted by coqc, and true, although neither their form nor enough numbers show it: result, kind, label, and why.
TRUE_ALL_THE_SAME: dict[tuple[str, str, str], str] = {}


@dataclass(frozen=True)
class Attack:
    """A changed statement with a proof, as the text of a file."""

    mutant: Mutant
    changed: Derivation
    proof: str  # whose: "own" or "own, forced" or "original"
    text: str


def drawn(derivation: Derivation, count: int) -> list[tuple[Mutant, Derivation]]:
    """At most so many mutants whose statement is another one, from each kind in turn, always the same ones."""
    statement = derivation.statement
    places = {"", *(item.label for item in (*statement.definitions, *statement.hypotheses))}
    groups: dict[tuple[str, bool, str], list[Mutant]] = defaultdict(list)
    for mutant in mutants(derivation):
        if mutant.where in places or mutant.kind == "domain":
            groups[mutant.kind, mutant.everywhere, mutant.where[:1]].append(mutant)
    generator = random.Random(SEED)
    for group in groups.values():
        generator.shuffle(group)
    order, found = list(groups.values()), []
    generator.shuffle(order)
    while order and len(found) < count:
        order = [group for group in order if group]
        for group in order:
            mutant = group.pop()
            changed = mutant.build()
            if changed.statement != statement and is_a_statement(changed.statement):
                found.append((mutant, changed))
    return found[:count]


def is_a_statement(statement: Statement) -> bool:
    """Whether its names are declared and its definitions have the form of definitions: else it says nothing, in no language."""
    try:
        table = Table(statement.variables)
        for item in (*statement.definitions, *statement.hypotheses):
            table.check_names(well_formed(item.claim))
        table.check_names(well_formed(statement.conclusion))
        check_definitions(statement)
    except (Refused, Malformed):
        return False
    return True


def attacks(name: str, derivation: Derivation, count: int, text: str) -> list[Attack]:
    """The files for so many mutants."""
    found = []
    for i, (mutant, changed) in enumerate(drawn(derivation, count)):
        theorem = f"mutant_{rocq_name(name)}_{i}"
        own = own_proof(changed, f"{theorem}_own")
        if own is not None:
            found.append(Attack(mutant, changed, *own))
        with contextlib.suppress(*NOT_WRITTEN):
            written = with_statement_of(changed, derivation, text, f"{theorem}_old")
            found.append(Attack(mutant, changed, "original", written if mutant.where else ends_by_itself(written)))
    return found


def own_proof(changed: Derivation, theorem: str) -> tuple[str, str] | None:
    """The mutant as the emitter writes it; where a template refuses, with what Coq's own tactics can do in its place."""
    for proof, write in (("own", emit), ("own, forced", emit_boldly)):
        with contextlib.suppress(*NOT_WRITTEN):
            return proof, write(changed, theorem)
    return None


def verdict(place: Workplace, original: Derivation, attack: Attack) -> str:
    """ "refused", or why the statement is true all the same, or "FALSE"."""
    theorem = attack.text.partition("Theorem ")[2].split()[0]
    outcome = place.certify(theorem, attack.text, SECONDS)
    return (judged(original, attack.changed.statement) or "FALSE") if outcome.accepted else "refused"


def judged(original: Derivation, statement: Statement) -> str | None:
    """Why the statement is harmless; it is judged alone, for whatever its proof says, it is the statement that coqc accepts."""
    return reason(original, replace(original, statement=statement))


def put_to_coqc(name: str, count: int, place: Workplace, record: Recorder) -> None:
    derivation = stored(name).derivation
    try:
        text = emit(derivation, name)
    except Unsupported as problem:
        pytest.skip(f"no Rocq text: {problem}")
    control = with_statement_of(derivation, derivation, text, f"control_{rocq_name(name)}")
    assert place.certify(f"control_{rocq_name(name)}", control).accepted
    made = attacks(name, derivation, count, text)
    with ThreadPoolExecutor(place.jobs) as pool:
        found = list(pool.map(lambda attack: verdict(place, derivation, attack), made))
    counts = Counter((attack.proof, attack.mutant.kind, outcome) for attack, outcome in zip(made, found, strict=True))
    record("mutants", [[*key, times] for key, times in sorted(counts.items())])
    record("mutants put to coqc", len({id(attack.mutant) for attack in made}))
    wrong = [
        f"{attack.mutant.kind} at {attack.mutant.where or 'the conclusion'} (proof: {attack.proof})\n{attack.text[:3000]}"
        for attack, outcome in zip(made, found, strict=True)
        if outcome == "FALSE" and (name, attack.mutant.kind, attack.mutant.where) not in TRUE_ALL_THE_SAME
    ]
    assert not wrong, f"{name}: coqc accepts, and nothing shows that they are true:\n" + "\n".join(wrong)
    assert len(made) >= count


@pytest.mark.parametrize("name", QUICK)
def test_a_mutant_is_refused_by_coqc_or_true(name: str, workplace: Workplace, record_property: Recorder) -> None:
    put_to_coqc(name, 5, workplace, record_property)


@pytest.mark.long
@pytest.mark.parametrize("name", IDS)
def test_many_mutants_are_refused_by_coqc_or_true(name: str, workplace: Workplace, record_property: Recorder) -> None:
    put_to_coqc(name, 22, workplace, record_property)


def test_a_theorem_from_nothing_true_is_called_false(workplace: Workplace) -> None:
    """coqc accepts what follows from 1 < 0; the judge, which finds no numbers of which that is true, does not."""
    original = stored("gd.newton-step").derivation
    absurd = Hypothesis("H99", number(1))
    absurd = replace(
        absurd, claim=replace(original.statement.hypotheses[0].claim, head="Lt", args=(number(1), number(0)))
    )
    false = replace(original.statement, hypotheses=(*original.statement.hypotheses, absurd), conclusion=absurd.claim)
    changed = replace(original, statement=false)
    text = f"{HEAD}\nTheorem absurd : 1 < 0 -> 1 < 0.\nProof. intros H. exact H. Qed.\n"
    mutant = Mutant("hypothesis", False, "", lambda: changed)
    assert verdict(workplace, original, Attack(mutant, changed, "own", text)) == "FALSE"


@pytest.mark.parametrize("name", ["gd.newton-step", "hessian.nature"])
def test_the_judge_would_notice(name: str) -> None:
    """Of the changed conclusions, which coqc refuses, most are false by the judge: had coqc accepted them, this would fail."""
    derivation = stored(name).derivation
    found = [
        judged(derivation, mutant.build().statement)
        for mutant in mutants(derivation)
        if not mutant.where and not mutant.everywhere and mutant.kind in ("direction", "constant", "strictness")
    ]
    assert len(found) >= 5
    assert found.count(None) >= len(found) // 2
