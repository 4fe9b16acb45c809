"""The face of the package in Python: SymPy expressions go in, proofs that typeset themselves and SymPy objects come out.

    from derivations import Loss, optimizers, derive, catalogue

Nothing is derived, proved or laid out here. What is given is written as the text that the command line would be given,
part by part, and read by the same reader: text is never run, and errors quote it and point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derivations.api.found import Answer, Formula, Statement
from derivations.api.given import Loss, many, method_of, name_of, optimizers, pairs_of, symbols_of, text_of
from derivations.language.certificates import Certificate
from derivations.language.terms import Term
from derivations.problems.questions import Problem, read_problem

if TYPE_CHECKING:
    from derivations.witness.agreement import Agreement

__all__ = ["Answer", "Derivation", "Formula", "Loss", "Statement", "committed", "derive", "optimizers"]


def derive(
    question: str,
    loss: Any = None,
    optimizer: Any = None,
    *,
    at: Any = None,
    parameters: Any = None,
    noise: str | None = None,
    assume: Any = (),
    values: Any = None,
    start: Any = None,
    steps: int | None = None,
    field: Any = None,
    timeout: float | None = None,
) -> Derivation:
    """The answer to a question (or the result of that id) for a problem of one's own, proved; without one, for its default.

    ``loss`` is a Loss, a text or a SymPy expression; ``at``, ``values`` (constants that are to have a value), ``start`` and
    ``field`` (what stands where the gradient stands: a game) are mappings or texts; ``assume`` holds relations. What SymPy
    assumes of the sign of a constant, as in ``Symbol("lambda", positive=True)``, becomes a hypothesis. ``timeout`` is in
    seconds; the work is then done in a process of its own. Raises Unusable, pointing at the place, for what cannot be read, and
    Undecided where no proof was found.
    """
    if loss is not None:
        loss = Loss(loss, parameters, at)
    symbols = {**symbols_of(assume, values, start, optimizer, field), **(loss.symbols if loss else {})}
    fixed = {} if values is None else {name_of(name) for name in values} if isinstance(values, Mapping) else set()
    signs = _signs(loss, fixed) if loss and loss.symbols else []
    settings = [f"{name_of(name)}={text_of(value)}" for name, value in values.items()] if isinstance(values, Mapping) else values
    given: dict[str, Any] = {
        "loss": loss.source if loss else None,
        "at": loss.at_source if loss else None if at is None else pairs_of(at, "="),
        "parameters": loss.parameters_source if loss else None if parameters is None else ", ".join(map(name_of, many(parameters))),
        "optimizer": None if optimizer is None else method_of(optimizer),
        "noise": noise,
        "assume": tuple(map(text_of, [*many(assume), *signs])) or None,
        "settings": None if settings is None else tuple(many(settings)),
        "start": None if start is None else pairs_of(start, "="),
        "steps": None if steps is None else str(steps),
        "field": None if field is None else pairs_of(field, ": "),
    }
    given = {key: value for key, value in given.items() if value is not None}
    return _derived(question, read_problem(**given) if given else None, timeout, symbols)


def _signs(loss: Loss, fixed: Any) -> list[str]:
    """What SymPy assumes of the signs of the loss's constants; of a parameter nothing is needed."""
    from derivations.tactics.exchange import signs_assumed

    return signs_assumed(one for name, one in loss.symbols.items() if name in loss.constants and name not in fixed)


def _derived(question: str, problem: Problem | None, timeout: float | None, symbols: Mapping[str, Any]) -> Derivation:
    from derivations.catalogue.discovery import answer

    def work() -> tuple[Certificate, Problem]:
        return answer(question, problem)

    if timeout is None:
        return Derivation(*work(), symbols)
    from derivations.cli.limits import within

    return Derivation(*within(timeout, work), symbols)


def committed(name: str) -> Derivation:
    """A result of the catalogue as it was committed. Raises Unusable, with the nearest id, if there is no such result."""
    from derivations.catalogue.discovery import stored

    return Derivation(stored(name))


class Derivation:
    """A statement with its checked proof. In a notebook it shows itself as a page."""

    def __init__(self, certificate: Certificate, problem: Problem | None = None, symbols: Mapping[str, Any] | None = None) -> None:
        self.certificate = certificate
        self.symbols = dict(symbols or {})
        self._problem = problem

    @property
    def id(self) -> str:
        return self.certificate.id

    @property
    def title(self) -> str:
        return self.certificate.title

    @property
    def question(self) -> str:
        return self.certificate.question

    @property
    def status(self) -> str:
        """``proved``, ``decided`` or ``cited``."""
        return self.certificate.status

    @cached_property
    def answer(self) -> Answer:
        return Answer(self.certificate, self.symbols)

    @cached_property
    def statement(self) -> Statement:
        return Statement(self.certificate, self.symbols)

    @property
    def problem(self) -> Problem:
        """What was asked about; for a result of the catalogue its own problem."""
        if self._problem is None:
            from derivations.catalogue.discovery import results

            self._problem = {result.id: result.problem for result in results()}[self.id]()
        return self._problem

    def sympy(self, term: Term | None = None) -> Any:
        """Any term of the proof as a SymPy object; the conclusion if none is given."""
        from derivations.tactics.exchange import to_sympy

        return to_sympy(self.certificate.derivation.statement.conclusion if term is None else term, self.symbols)

    def render(self, form: str = "text", notation: str = "lecture", width: int = 80) -> str:
        """The whole proof as ``derive --format`` prints it: text, latex, html, md, json, certificate, rocq, theorem, bibtex."""
        from derivations.cli.showing import check_choices, rendered

        check_choices(form, notation)
        return rendered(self.certificate, form, notation, width)

    def text(self, notation: str = "lecture", width: int = 80) -> str:
        return self.render("text", notation, width)

    def latex(self, notation: str = "lecture") -> str:
        """The proof as a complete LaTeX document; ``theorem`` is the statement to paste."""
        return self.render("latex", notation)

    def html(self, notation: str = "lecture") -> str:
        return self.render("html", notation)

    def theorem(self, notation: str = "lecture") -> str:
        return self.render("theorem", notation)

    def bibtex(self) -> str:
        return self.render("bibtex")

    def verify(self) -> Derivation:
        """The same, after the kernel has replayed every step. Raises Refused if one does not follow."""
        from derivations.kernel.checker import verify

        verify(self.certificate)
        return self

    def witness(self, step: Callable[..., Any] | None = None, points: int = 1000, **more: Any) -> Agreement:
        """The answer against a step function of one's own at many drawn points (see ``witness.agreement``)."""
        from derivations.witness.agreement import agreement

        return agreement(self.certificate.derivation, self.problem, step, points, **more)

    def plot(self, path: str | None = None, notation: str = "lecture") -> Any:
        """The figure of matplotlib, where there is one for this; written to the path as well if one is given."""
        from derivations.rendering.figures import figure_for, save

        figure = figure_for(self.question, self.certificate, self.problem, notation)
        if path is not None:
            save(figure, path)
        return figure

    def _repr_html_(self) -> str:
        from derivations.rendering.html import html_fragment
        from derivations.rendering.page import page_of

        return html_fragment(page_of(self.certificate))

    def _repr_latex_(self) -> str:
        return self.statement._repr_latex_()

    def __repr__(self) -> str:
        shown = self.answer.get("text") or ", ".join(f"{key}: {value}" for key, value in self.answer.items() if key != "kind")
        return f"<{self.id}, {self.status}: {shown}>"
