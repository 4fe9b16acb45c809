"""Problem sheets and solution sheets, as LaTeX, HTML and Markdown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape as escape_html

from derivations.language.certificates import Certificate
from derivations.language.terms import Term
from derivations.rendering.documents import latex_figure, latex_notes, latex_proof, latex_statement, wrap_document
from derivations.rendering.escaping import escape
from derivations.rendering.html import (
    formula_html,
    html_claims,
    html_definitions,
    html_figure,
    html_given,
    html_notes,
    html_proof,
    wrap_html,
)
from derivations.rendering.latex import latex, latex_lines
from derivations.rendering.markdown import escape as escape_markdown
from derivations.rendering.markdown import markdown_body, markdown_figure
from derivations.rendering.markup import Formula, formulas, to_html, to_latex
from derivations.rendering.mathml import mathml
from derivations.rendering.page import Figure, Page, page_of
from derivations.rendering.style import Style, style_of_terms


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a task: formulas and words, in the style of the proof they were taken from."""

    parts: tuple[Term | str, ...]
    style: Style


@dataclass(frozen=True, slots=True)
class Task:
    """A task as its sheet shows it: the author's words, and the proofs that its solution consists of.

    ``text`` is Markdown with LaTeX; ``answer_latex`` is the answer in one line, where there is no ``answer``. ``note`` says
    where the proof stands, if it is another task's too; ``proves`` names the tasks that the proofs here are for.
    """

    id: str
    points: float
    text: str
    certificates: tuple[Certificate, ...] = ()
    answer_latex: str = ""
    figures: tuple[Figure, ...] = ()
    answer: Answer | None = None
    note: str = ""
    proves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A titled list of tasks in one notation; ``formula`` reads LaTeX into a term (None where it cannot)."""

    title: str
    tasks: tuple[Task, ...]
    notation: str = "lecture"
    formula: Formula = lambda text: None


def _points(task: Task) -> str:
    number = f"{task.points:g}"
    return f"{number} point" if task.points == 1 else f"{number} points"


def _total(sheet: Sheet) -> str:
    return f"{sum(task.points for task in sheet.tasks):g} points in total"


def _heading(task: Task, page: Page) -> str:
    """The title of a proof, with the tasks that it is for, if they are several."""
    if len(task.proves) < 2:
        return page.title
    return f"For Tasks {', '.join(task.proves[:-1])} and {task.proves[-1]}: {page.title}"


def _status(page: Page) -> str:
    return f"{page.meaning}; it rests on " + ", ".join(
        [*page.citations, *page.oracles, *(name for name, _ in page.rules)]
    )


def _pages(sheet: Sheet, task: Task) -> list[Page]:
    """The task's proofs as pages whose anchors do not collide with those of the other tasks."""
    return [page_of(item, sheet.notation, prefix=f"task-{task.id}") for item in task.certificates]


# --- LaTeX --------------------------------------------------------------------------------------------------------


def latex_problems(sheet: Sheet) -> str:
    """The problem sheet as a complete document."""
    return _latex(sheet, sheet.title, _latex_task)


def latex_solutions(sheet: Sheet) -> str:
    """The solution sheet as a complete document: each task with its statement, proof and remarks."""
    return _latex(sheet, f"{sheet.title}: solutions", _latex_solution)


def _latex(sheet: Sheet, title: str, one: Callable[[Sheet, Task], str]) -> str:
    body = "\n\n".join(one(sheet, task) for task in sheet.tasks)
    return wrap_document(title, f"{escape(_total(sheet))}\n\n{body}")


def _latex_task(sheet: Sheet, task: Task) -> str:
    heading = rf"\subsection*{{Task {escape(task.id)} \normalfont\hfill {escape(_points(task))}}}"
    return f"{heading}\n{to_latex(task.text)}"


def _latex_solution(sheet: Sheet, task: Task) -> str:
    pieces = [_latex_task(sheet, task)]
    if task.answer_latex:
        pieces.append(rf"\textbf{{Answer.}} {to_latex(f'${task.answer_latex}$')}")
    if task.answer:
        pieces.append(_latex_answer(task.answer))
    if task.note:
        pieces.append(rf"\emph{{{escape(task.note)}}}")
    for page in _pages(sheet, task):
        pieces += [
            rf"\subsubsection*{{{escape(_heading(task, page))}}}",
            latex_statement(page),
            latex_proof(page, 3),
            latex_notes(page, 3),
            rf"{{\small\textbf{{Status: {escape(page.status)}}} --- {escape(_status(page))}.\par}}",
        ]
    pieces += [latex_figure(figure) for figure in task.figures]
    return "\n\n".join(piece for piece in pieces if piece)


def _latex_answer(answer: Answer) -> str:
    shown = (
        escape(one) if isinstance(one, str) else rf"\fitted{{{latex_lines(one, answer.style)}}}" for one in answer.parts
    )
    return rf"\textbf{{Answer.}} {', '.join(shown)}"


# --- HTML ---------------------------------------------------------------------------------------------------------


def html_problems(sheet: Sheet) -> str:
    """The problem sheet as one self-contained file."""
    return _html(sheet, sheet.title, _html_task)


def html_solutions(sheet: Sheet) -> str:
    """The solution sheet as one self-contained file."""
    return _html(sheet, f"{sheet.title}: solutions", _html_solution)


def _html(sheet: Sheet, title: str, one: Callable[[Sheet, Task, Style], str]) -> str:
    style = _style(sheet)
    body = "\n".join(f'<article class="task">{one(sheet, task, style)}</article>' for task in sheet.tasks)
    header = f'<header><h1>{escape_html(title)}</h1>\n<p class="lead">{escape_html(_total(sheet))}</p></header>'
    return wrap_html(title, f'<div class="sheet narrow">{header}\n{body}</div>')


def _style(sheet: Sheet) -> Style:
    """One style for all task texts, with the sequences and functions that the certificates declare."""
    sources = [text for task in sheet.tasks for text in (*formulas(task.text), task.answer_latex) if text]
    terms = [term for term in map(sheet.formula, sources) if term is not None]
    rows = {
        (item.name, item.domain): item
        for task in sheet.tasks
        for certificate in task.certificates
        for item in certificate.derivation.statement.variables
    }
    return style_of_terms(terms, sheet.notation, rows.values())


def _html_task(sheet: Sheet, task: Task, style: Style) -> str:
    def show(term: Term, display: bool) -> str:
        return mathml(term, style, display)

    heading = f'<h2>Task {escape_html(task.id)} <span class="points">{escape_html(_points(task))}</span></h2>'
    return heading + to_html(task.text, sheet.formula, show)


def _html_solution(sheet: Sheet, task: Task, style: Style) -> str:
    def show(term: Term, display: bool) -> str:
        return mathml(term, style, display)

    pieces = [_html_task(sheet, task, style)]
    if task.answer_latex:
        pieces.append(f'<div class="answer">{to_html(f"$${task.answer_latex}$$", sheet.formula, show)}</div>')
    if task.answer:
        shown = [
            escape_html(one) if isinstance(one, str) else formula_html(one, task.answer.style, 82)
            for one in task.answer.parts
        ]
        pieces.append(f'<div class="answer"><strong>Answer</strong> {"".join(shown)}</div>')
    if task.note:
        pieces.append(f'<p class="note"><em>{escape_html(task.note)}</em></p>')
    for page in _pages(sheet, task):
        weaker = "" if page.status == "proved" else " weaker"
        status = f'<p><span class="badge{weaker}">{page.status}</span><span class="meaning">{escape_html(_status(page))}</span></p>'
        inner = [html_given(page, 82), html_definitions(page), html_claims(page), html_proof(page), html_notes(page)]
        inner.append(status)
        pieces.append(
            f'<section class="solution"><h2>{escape_html(_heading(task, page))}</h2>{"".join(inner)}</section>'
        )
    return "\n".join([*pieces, *map(html_figure, task.figures)])


# --- Markdown -----------------------------------------------------------------------------------------------------


def markdown_problems(sheet: Sheet) -> str:
    """The problem sheet as Markdown; the author's words stay as they are."""
    return _markdown(sheet, sheet.title, _markdown_task)


def markdown_solutions(sheet: Sheet) -> str:
    """The solution sheet as Markdown."""
    return _markdown(sheet, f"{sheet.title}: solutions", _markdown_solution)


def _markdown(sheet: Sheet, title: str, one: Callable[[Sheet, Task], str]) -> str:
    body = "\n\n".join(one(sheet, task) for task in sheet.tasks)
    return f"# {escape_markdown(title)}\n\n{_total(sheet)}\n\n{body}\n"


def _markdown_task(sheet: Sheet, task: Task) -> str:
    return f"## Task {escape_markdown(task.id)} ({_points(task)})\n\n{task.text.strip()}"


def _markdown_solution(sheet: Sheet, task: Task) -> str:
    return "\n\n".join(part for part in markdown_task_parts(sheet, task) if part)


def markdown_task_parts(sheet: Sheet, task: Task) -> tuple[str, str]:
    """The task, and its solution ("" where it has none)."""
    pieces = [f"**Answer.** ${task.answer_latex}$"] if task.answer_latex else []
    if task.answer:
        style = task.answer.style
        shown = (
            escape_markdown(one) if isinstance(one, str) else f"${latex(one, style)}$" for one in task.answer.parts
        )
        pieces.append(f"**Answer.** {', '.join(shown)}")
    pieces += [f"*{escape_markdown(task.note)}*"] if task.note else []
    for page in _pages(sheet, task):
        pieces += [f"### {escape_markdown(_heading(task, page))}", *markdown_body(page, 4)]
        pieces.append(f"**Status: {page.status}** — {escape_markdown(_status(page))}.")
    pieces += [markdown_figure(figure) for figure in task.figures]
    return _markdown_task(sheet, task), "\n\n".join(pieces)
