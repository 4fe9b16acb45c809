"""Runs coqc: compiles the theories and emitted files, and looks at what a theorem rests on.

Accepted means: coqc compiled the file and the theories, none of them contains a word that postulates or gives up, and
``Print Assumptions`` names only axioms of Coq's own real numbers and classical logic.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from derivations.language.errors import Undecided
from derivations.rocq.library import sources, spec_names, strip_comments, theories_hash

TIMEOUT = 300.0  # seconds for one file

# What the real numbers of Coq's standard library rest on, and nothing else.
WHITELIST = frozenset(
    {
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
        "ClassicalEpsilon.constructive_indefinite_description",
        "Epsilon.epsilon_statement",
        "PropExtensionality.propositional_extensionality",
        "Eqdep.Eq_rect_eq.eq_rect_eq",
    }
)
_FORBIDDEN = re.compile(
    r"\b(Admitted|admit|give_up|Axiom|Axioms|Parameter|Parameters|Conjecture|Hypothesis|Hypotheses|Variable|Variables|Context"
    r"|Declare|Module Type|Unset|bypass_check|Redirect|Extraction|Load|LoadPath|Drop)\b"
)
# Inside a section these speak of what the section quantifies over; theories may use them, emitted files may not.
_SECTIONS = re.compile(r"\b(Variable|Variables|Hypothesis|Hypotheses|Context)\b")
INSTALL = "apt-get install coq libcoq-coquelicot"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What coqc said of one file."""

    accepted: bool
    reason: str = ""
    axioms: tuple[str, ...] = ()
    specified: bool = False  # the statement is, word for word up to definitions, the one of the same name in Spec.v


def coqc() -> str:
    """The path of the compiler. Raises Undecided, with what to install, where it is not there."""
    path = shutil.which("coqc")
    if path is None:
        raise Undecided(f"coqc is not installed, so nothing can be certified here ({INSTALL})")
    return path


@cache
def version() -> str:
    done = subprocess.run([coqc(), "--print-version"], capture_output=True, text=True, timeout=30, check=False)
    return done.stdout.split()[0] if done.stdout else "unknown"


def forbidden(text: str, theory: bool = False) -> str | None:
    """A word that postulates something or gives a proof up, outside comments and strings; nothing if there is none."""
    bare = strip_comments(text)
    words = [m.group(0) for m in _FORBIDDEN.finditer(bare)]
    words = [word for word in words if not (theory and _SECTIONS.fullmatch(word))]
    return words[0] if words else None


class Workplace:
    """A folder in which the theories are compiled once and emitted files one by one."""

    def __init__(self, folder: Path, jobs: int | None = None) -> None:
        self.folder, self.jobs = folder.resolve(), jobs or os.cpu_count() or 1
        self.theories, self.results = self.folder / "theories", self.folder / "results"

    def prepare(self) -> None:
        """Compiles the theories, unless this folder has them already. Raises Undecided where that fails."""
        self.theories.mkdir(parents=True, exist_ok=True)
        self.results.mkdir(exist_ok=True)
        stamp = self.theories / "compiled"
        mark = f"{theories_hash()} {version()}"
        if stamp.exists() and stamp.read_text(encoding="utf-8") == mark:
            return
        for name, source in sources().items():
            word = forbidden(source, theory=True)
            if word:
                raise Undecided(f"the theory {name} contains {word}")
            (self.theories / f"{name}.v").write_text(source, encoding="utf-8")
            done = self._run(self.theories / f"{name}.v")
            if done.returncode:
                missing = "Coquelicot" in done.stderr and "Cannot find" in done.stderr
                hint = f" ({INSTALL})" if missing else ""
                raise Undecided(f"coqc does not accept the theory {name}{hint}: {_first(done.stderr)}")
        stamp.write_text(mark, encoding="utf-8")

    def _run(self, path: Path, seconds: float = TIMEOUT) -> subprocess.CompletedProcess[str]:
        command = [coqc(), "-w", "none", "-R", str(self.theories), "Derivations"]
        command += [] if path.parent == self.theories else ["-Q", str(self.results), "Certified"]
        command.append(path.name)
        try:
            return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 1, "", f"no answer within {seconds:g} seconds")

    def certify(self, name: str, text: str, seconds: float = TIMEOUT) -> Outcome:
        """What coqc says of an emitted file with the theorem ``name``."""
        word = forbidden(text)
        if word:
            return Outcome(False, f"the file contains {word}")
        path = self.results / f"{name}.v"
        path.write_text(text, encoding="utf-8")
        done = self._run(path, seconds)
        if done.returncode:
            return Outcome(False, _first(done.stderr))
        return self._look(name)

    def _look(self, name: str) -> Outcome:
        """The axioms behind the theorem, and whether its statement is the one in Spec.v."""
        specified = name in spec_names()
        lines = ["From Derivations Require Spec.", f"From Certified Require {name}."]
        lines += [f"Check ({name}.{name} : Spec.{name})."] if specified else []
        lines.append(f"Print Assumptions {name}.{name}.")  # last, since what it prints is read to the end
        path = self.results / f"look_{name}.v"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        done = self._run(path)
        if done.returncode:
            return Outcome(False, f"the statement is not the one of Spec.v: {_first(done.stderr)}")
        axioms = assumptions(done.stdout)
        strange = sorted(axioms - WHITELIST)
        if strange:
            return Outcome(False, f"it rests on {', '.join(strange)}", tuple(sorted(axioms)), specified)
        return Outcome(True, "", tuple(sorted(axioms)), specified)

    def certify_all(self, files: Iterable[tuple[str, str]]) -> dict[str, Outcome]:
        """The same for several files, some at a time."""
        items = list(files)
        with ThreadPoolExecutor(self.jobs) as pool:
            found = pool.map(lambda item: self.certify(*item), items)
            return {name: outcome for (name, _), outcome in zip(items, found, strict=True)}


def assumptions(printed: str) -> set[str]:
    """The names in the output of ``Print Assumptions``."""
    if "Closed under the global context" in printed:
        return set()
    _, _, listed = printed.partition("Axioms:")
    return {m.group(1) for m in re.finditer(r"^([A-Za-z_][\w.']*)\s*:", listed, re.MULTILINE)} if listed else {"?"}


def _first(message: str) -> str:
    """The error itself, in one line."""
    _, _, rest = message.partition("Error:")
    return " ".join((rest or message).split())[:300] or "coqc failed without a word"
