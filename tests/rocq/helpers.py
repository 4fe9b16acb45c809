"""What the tests of the Rocq emitter share: rows as derivations, other statements for a proof, many theorems for coqc."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from kernel.writing import formula, symbols, witness

from derivations.catalogue.discovery import stored
from derivations.kernel.checker import check
from derivations.kernel.errors import Refused
from derivations.kernel.situation import CHANCE
from derivations.language.errors import Malformed
from derivations.language.statements import Branch, Derivation, Hypothesis, Statement, Step
from derivations.language.terms import Term, conj, eq, free_symbols, implies, symbol, well_formed
from derivations.rocq import emit as emitter
from derivations.rocq.emit import HEAD, Emitter
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Template
from derivations.rocq.runner import WHITELIST, Workplace, assumptions, forbidden

Row = Mapping[str, Any]
# what the emitter may raise for a proof that the kernel refuses, too
NOT_WRITTEN = (
    Unsupported, Refused, Malformed, ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip


# --- a row of a rule as a derivation --------------------------------------------------------------------------------


def as_derivation(rule: str, row: Row, default_names: Mapping[str, str]) -> Derivation:
    """The row as a proof of one step: by preference under its premises as hypotheses, else with premises for all values.

    The first is the stronger theorem, but a variable that a hypothesis speaks of is fixed; where the kernel refuses for that
    reason, each premise is assumed for all values of its variables, and used for the variable itself.
    """
    near = under_hypotheses(rule, row, default_names)
    return near if accepts(near) or not row.get("premises") else _derivation(rule, row, default_names, True)


def under_hypotheses(rule: str, row: Row, default_names: Mapping[str, str]) -> Derivation:
    """The row as a proof under its premises as hypotheses; what holds for one outcome only is assumed in a branch."""
    near = _derivation(rule, row, default_names, False)
    if CHANCE not in row.get("fixed", ()):
        return near
    statement, (step,) = near.statement, near.steps
    given = tuple(Hypothesis(item.label.replace("H", "A"), item.claim) for item in statement.hypotheses)
    claim = implies(conj(*(item.claim for item in given)), step.claim)
    inner = replace(step, label="1.1", premises=tuple(item.label for item in given))
    outer = Step("1", "suppose", claim, (), {}, (), (Branch("one outcome", given, (inner,)),))
    return Derivation(Statement(statement.variables, (), (), claim), (outer,))


def accepts(derivation: Derivation) -> bool:
    """Whether the kernel accepts the proof."""
    try:
        check(derivation)
    except (Refused, Malformed):
        return False
    return True


def _derivation(rule: str, row: Row, default_names: Mapping[str, str], general: bool) -> Derivation:
    names = {**default_names, **row.get("names", {})}

    def read(text: str) -> Term:
        return well_formed(formula(text, names))

    fixed = frozenset(row.get("fixed", ())) - {CHANCE}
    hypotheses, steps, labels = [], [], []
    for i, text in enumerate(row.get("premises", ()), 1):
        claim = read(text)
        open_names = sorted(free_symbols(claim) - fixed) if general else []
        hypotheses.append(Hypothesis(f"H{i}", _for_all(open_names, claim)))
        labels.append(f"H{i}")
        if open_names:
            steps.append(_instance(str(i), claim, open_names, f"H{i}"))
            labels[-1] = str(i)
    fixed_by = frozenset().union(*(free_symbols(item.claim) for item in hypotheses))
    for name in sorted(fixed - fixed_by):
        hypotheses.append(Hypothesis(f"H{len(hypotheses) + 1}", eq(symbol(name), symbol(name))))
    last = len(row.get("premises", ())) + 1
    branches = []
    for i, branch in enumerate(row.get("branches", ()), 1):
        assumed = tuple(map(read, branch.get("assume", ())))
        shows = read(branch["shows"])
        promise = implies(conj(*assumed), shows) if assumed else shows
        open_names = sorted(free_symbols(promise) - fixed - fixed_by)
        label = f"H{len(hypotheses) + 1}"
        hypotheses.append(Hypothesis(label, _for_all(open_names, promise)))
        given = tuple(Hypothesis(f"A{10 * i + j}", claim) for j, claim in enumerate(assumed))
        step = _instance(f"{last}.{i}.1", shows, open_names, label, *(item.label for item in given))
        branches.append(Branch(str(i), given, (step,)))
    data = {key: witness(value, names) for key, value in row.get("witness", {}).items()}
    claim = read(row["claim"])
    steps.append(Step(str(last), rule, claim, tuple(labels), data, (), tuple(branches)))
    return Derivation(Statement(symbols(names), (), tuple(hypotheses), claim), tuple(steps))


def _for_all(names: Iterable[str], body: Term) -> Term:
    for name in reversed(list(names)):
        body = Term("ForAll", (name, body))
    return body


def _instance(label: str, claim: Term, names: list[str], *premises: str) -> Step:
    """What is assumed for all values of the names, for the variables of these names."""
    values = {"values": {name: symbol(name) for name in names}} if names else {}
    return Step(label, "instantiate", claim, premises, values)


# --- attacks --------------------------------------------------------------------------------------------------------


def with_statement_of(derivation: Derivation, proof: Derivation, text: str, name: str) -> str:
    """The statement of one derivation with the script that was emitted for the proof of another, whose text is given."""
    statement, introduction, _ = Emitter(Derivation(derivation.statement, proof.steps))._opening()
    conclusion = Emitter(Derivation(derivation.statement, proof.steps))._conclusion()
    _, old_introduction, _ = Emitter(proof)._opening()
    _, _, script = text.partition("Proof.\n")
    assert script.startswith(old_introduction)
    script = script[len(old_introduction) :]
    return f"{HEAD}\nTheorem {name} :\n  {statement}\n  {conclusion}.\nProof.\n{introduction}{script}"


def ends_by_itself(text: str) -> str:
    """The text with a last sentence that tries whatever could lead from the steps to the conclusion."""
    proof, _, _ = text.rpartition("\n  }\n")
    last = re.findall(r"^  assert \((S\w+) :", proof, re.MULTILINE)[-1]
    return f"{proof}\n  }}\n  first [exact {last} | timeout 2 tauto | timeout 2 lra].\nQed.\n"


class Bold:
    """Templates that never give up: what a template refuses is left to Coq's own tactics, and so to coqc."""

    TRY = "intros; first [assumption | timeout 2 lra | timeout 2 tauto | lia | ring | timeout 2 nra].\n"

    def get(self, rule: str) -> Template:
        def template(goal: Goal) -> str:
            real = _TEMPLATES.get(rule)
            try:
                if real is None:
                    return self.TRY
                return real(goal)
            except NOT_WRITTEN:
                return self.TRY

        return template


_TEMPLATES = emitter.TEMPLATES


def emit_boldly(derivation: Derivation, name: str) -> str:
    """The text of a derivation that the emitter may refuse. Raises Unsupported where the statement itself cannot be written."""
    with patch.object(emitter, "TEMPLATES", Bold()):
        return emitter.emit(derivation, name)


# --- coqc on many theorems ------------------------------------------------------------------------------------------


def refusals(place: Workplace, name: str, theorems: Mapping[str, str]) -> dict[str, str]:
    """Puts the theorems into one file and compiles it: what coqc says of each that it does not accept.

    coqc stops at the first error; the theorem that it stands in is left out, and the rest is compiled again.
    """
    left = {key: text.removeprefix(HEAD) for key, text in theorems.items()}
    found = {key: f"it contains {word}" for key, text in left.items() if (word := forbidden(text))}
    while set(left) - set(found):
        keys = [key for key in left if key not in found]
        together = f"Definition together := ({', '.join([*keys, 'I'])}).\nPrint Assumptions together.\n"
        text = "\n".join([HEAD, *(left[key] for key in keys), together])
        path = place.results / f"{name}.v"
        path.write_text(text, encoding="utf-8")
        done = place._run(path)
        if not done.returncode:
            assert assumptions(done.stdout) <= WHITELIST, assumptions(done.stdout) - WHITELIST
            break
        where = re.search(r"line (\d+), characters", done.stderr)
        assert where, done.stderr
        before = "\n".join(text.splitlines()[: int(where[1])])
        culprits = [key for key in re.findall(r"^Theorem (\w+) :$", before, re.MULTILINE) if key in keys]
        assert culprits, done.stderr
        found[culprits[-1]] = (
            f"{done.stderr.strip()[-600:]}\n  in: {text.splitlines()[int(where[1]) - 1].strip()[:300]}"
        )
    return found


def theorems_accepted(place: Workplace, theorems: Mapping[str, str], seconds: int = 10) -> set[str]:
    """The theorems that Coq's toplevel accepts; it goes on after an error, so that one process reads them all.

    A sentence that fails is skipped, which makes this no stricter than coqc: a theorem is accepted when the kernel takes it.
    """
    from derivations.rocq.runner import coqc

    parts = [HEAD, f"Set Default Timeout {seconds}."]
    for text in theorems.values():
        assert not forbidden(text)
        parts += [text.removeprefix(HEAD), "Abort All."]
    parts += [f"Locate {name}." for name in theorems]
    command = [coqc().replace("coqc", "coqtop"), "-q", "-w", "none", "-R", str(place.theories), "Derivations"]
    done = subprocess.run(
        command, input="\n".join([*parts, ""]), capture_output=True, text=True, timeout=600, check=False
    )
    found = set(re.findall(r"^(?:Coq < |\s)*Constant Top\.(\w+)$", done.stdout, re.MULTILINE))
    heard = len(re.findall(r"No object of basename", done.stdout + done.stderr)) + len(found & set(theorems))
    assert heard == len(theorems), "the toplevel did not answer for every theorem"
    return found & set(theorems)


def emitted_file(name: str) -> str:
    """What is emitted for a result of the catalogue; done once in a run, for all its processes."""
    kept = Path(os.environ["DERIVATIONS_TESTS_SHARED"]) / f"{name}.v"
    if not kept.exists():
        text = emitter.emit(stored(name).derivation, name)
        unfinished = kept.with_suffix(f".{os.getpid()}")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(kept)
    return kept.read_text(encoding="utf-8")
