"""PDFs by pdflatex, where it is installed: the same source gives the same bytes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from derivations.language.errors import Unusable

PACKAGES = "texlive-latex-base texlive-latex-recommended"
EPOCH = "1704067200"  # the date that every PDF bears
_OVERFULL = re.compile(r"Overfull \\hbox \((\d+(?:\.\d+)?)pt too wide\)")


def can_typeset() -> bool:
    """Whether there is a pdflatex."""
    return shutil.which("pdflatex") is not None


def typeset(source: Path) -> list[float]:
    """Writes the PDF of a LaTeX file beside it; gives how far, in points, lines stick out.

    Works in a folder of its own, without shell escape. Raises Unusable with what LaTeX complains of.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copy(source, folder / source.name)
        if (source.parent / "figures").is_dir():
            shutil.copytree(source.parent / "figures", folder / "figures")
        for _ in range(2):
            _run(folder, source)
        shutil.copy(folder / source.with_suffix(".pdf").name, source.with_suffix(".pdf"))
        log = (folder / source.with_suffix(".log").name).read_text(encoding="utf-8", errors="replace")
    return [float(points) for points in _OVERFULL.findall(log)]


def _run(folder: Path, source: Path) -> None:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "FORCE_SOURCE_DATE": "1", "openin_any": "p", "LC_ALL": "C"}
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", f"-jobname={source.stem}"]
    command.append(rf"\pdftrailerid{{{source.stem}}}\input{{{source.name}}}")
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=180,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unusable(f"pdflatex did not finish with {source.name}: {error}") from error
    if done.returncode != 0:
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        at = next((i for i, line in enumerate(lines) if line.startswith("!")), max(len(lines) - 5, 0))
        raise Unusable(f"LaTeX does not accept {source}:\n" + "\n".join(lines[at : at + 5]))
