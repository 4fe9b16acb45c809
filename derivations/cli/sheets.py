"""What ``sheet`` does: read it, solve it, write it, and say what was written."""

from __future__ import annotations

import os

from derivations.cli.limits import within
from derivations.cli.output import emit, talk
from derivations.cli.progress import working
from derivations.cli.showing import check_choices
from derivations.homework.sheets import read_sheet
from derivations.language.errors import Unusable


def write(
    name: str, output: str, kinds: tuple[str, ...], into: str | None, notation: str | None, seconds: float
) -> int:
    """0 if every task was solved (or brings its own key), 3 if one was not."""
    spec = read_sheet(name)
    notation = notation or spec.notation
    check_choices("text", notation)
    notebook = _notebook(into, output) if into else None
    with working(f"writing {spec.title}"):
        from derivations.homework.notebooks import fill, notebook_text
        from derivations.homework.solutions import solve
        from derivations.homework.writing import Folder, write_sheet

        solutions = within(seconds, lambda: solve(spec))
        folder = Folder(output)
        sheet = write_sheet(spec, solutions, folder, kinds, notation, talk)
        if notebook is not None and into:
            filled, tasks = fill(notebook, sheet)
            folder.write(os.path.basename(into), notebook_text(filled))
            talk(f"filled in: {', '.join(tasks) if tasks else 'nothing, no place for a solution was recognised'}")
    emit("".join(f"{path}\n" for path in folder.written))
    missing = [one for one in solutions if not one.proofs and "key" not in one.task.own]
    for one in missing:
        talk(f"task {one.task.id} has no solution: {one.reason}")
    return 3 if missing and "solutions" in kinds else 0


def _notebook(into: str, output: str) -> dict[str, object]:
    """The notebook, unless writing its copy would overwrite it."""
    from derivations.homework.notebooks import read_notebook

    target = os.path.join(output, os.path.basename(into))
    if os.path.exists(target) and os.path.exists(into) and os.path.samefile(target, into):
        raise Unusable(
            "the copy would overwrite the notebook itself; name another folder with -o", into, (0, len(into))
        )
    return read_notebook(into)
