"""A sheet as files: problems and solutions as LaTeX, HTML, Markdown and PDF, with certificates and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from derivations.catalogue.build import certificate_text
from derivations.homework.sheets import SheetSpec
from derivations.homework.solutions import Solution, key_of, laid_out
from derivations.homework.typesetting import PACKAGES, can_typeset, typeset
from derivations.language.certificates import Certificate
from derivations.language.errors import Unusable
from derivations.problems.questions import Problem
from derivations.rendering import sheet as rendering
from derivations.rendering.page import Figure
from derivations.rendering.sheet import Sheet

Talk = Callable[[str], None]
OVERFULL = 5.0  # points

_WRITERS: Mapping[str, Mapping[str, Callable[[Sheet], str]]] = {
    "problems": {
        "tex": rendering.latex_problems, "html": rendering.html_problems, "md": rendering.markdown_problems,
    },
    "solutions": {
        "tex": rendering.latex_solutions, "html": rendering.html_solutions, "md": rendering.markdown_solutions,
    },
}  # fmt: skip


class Folder:
    """The one place that is written to; ``written`` lists the files."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.written: list[Path] = []

    def write(self, name: str, content: str | bytes) -> Path:
        """Raises Unusable if the file cannot be written."""
        target = self.path / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        except OSError as error:
            raise Unusable(f"cannot write to it: {error.strerror}", str(target), (0, len(str(target)))) from error
        self.written.append(target)
        return target


def write_sheet(
    spec: SheetSpec, solutions: tuple[Solution, ...], folder: Folder, kinds: tuple[str, ...], notation: str, talk: Talk
) -> Sheet:
    """Writes the sheets of these kinds ("problems", "solutions"); gives the sheet as it was laid out."""
    drawn: dict[str, Figure] = {}
    if "solutions" in kinds:
        for name, (proof, problem) in _proofs(solutions).items():
            file = f"{name}-{spec.variant}" if spec.variant else name
            folder.write(f"certificates/{file}.json", certificate_text(proof))
            picture = draw(proof, problem, notation, file, folder, talk)
            if picture is not None:
                drawn[key_of(proof)] = picture
    sheets = {end: _sheet(spec, solutions, notation, drawn, end) for end in ("tex", "html", "md")}
    mark = f"-{spec.variant}" if spec.variant else ""
    sources = [
        folder.write(f"{kind}{mark}.{end}", write(sheets[end]))
        for kind in kinds
        for end, write in _WRITERS[kind].items()
    ]
    _typeset([source for source in sources if source.suffix == ".tex"], folder, talk)
    return sheets["md"]


def _sheet(
    spec: SheetSpec, solutions: tuple[Solution, ...], notation: str, drawn: Mapping[str, Figure], end: str
) -> Sheet:
    """The sheet for one kind of file: LaTeX takes the figures' PDFs, Markdown their SVGs."""
    suffix = ".pdf" if end == "tex" else ".svg"
    figures = {name: (picture._replace(path=picture.path + suffix),) for name, picture in drawn.items()}
    return laid_out(spec, solutions, notation, figures)


def _proofs(solutions: tuple[Solution, ...]) -> dict[str, tuple[Certificate, Problem]]:
    """Every proof of the sheet, with its problem, under the name of its file."""
    found: dict[str, tuple[Certificate, Problem]] = {}
    for solution in solutions:
        for proof, problem in zip(solution.proofs, solution.problems, strict=True):
            name = proof.id if not proof.derivation.problem else f"{proof.id}-{solution.task.id}"
            if all(proof != other for other, _ in found.values()):
                found[name] = proof, problem
    return found


def draw(proof: Certificate, problem: Problem, notation: str, name: str, folder: Folder, talk: Talk) -> Figure | None:
    """Writes the result's figure as SVG and PDF, if it has one for this problem; its path comes without the suffix."""
    from derivations.rendering import figures

    if proof.id not in figures.available():
        return None
    try:
        picture = figures.figure_for(proof.question, proof, problem, notation)
    except Unusable as error:
        talk(f"no figure for {name}: {error}")
        return None
    svg = figures.rendered(picture, "svg")
    folder.write(f"figures/{name}.svg", svg)
    folder.write(f"figures/{name}.pdf", figures.rendered(picture, "pdf"))
    return Figure(figures.available()[proof.id], svg, f"figures/{name}")


def _typeset(sources: list[Path], folder: Folder, talk: Talk) -> None:
    if not can_typeset():
        talk(f"no PDF was made: there is no pdflatex; on Debian it comes with {PACKAGES}")
        return
    for source in sources:
        wide = [points for points in typeset(source) if points > OVERFULL]
        folder.written.append(source.with_suffix(".pdf"))
        if wide:
            talk(f"{source.name}: {len(wide)} lines are too wide, by up to {max(wide):.0f} pt")
