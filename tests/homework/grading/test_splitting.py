"""Answers are found below the labels of their tasks, however these are written, and nothing else is taken for an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from derivations.homework.grading.documents import latex_cells, markdown_cells, notebook_cells
from derivations.homework.grading.labels import Labels
from derivations.homework.grading.splitting import Splitter

IDS = (
    "1.a",
    "1.b.1",
    "1.b.2",
    "1.b.3",
    "1.b.4",
    "2.range",
    "2.hessian",
    "3.a.hessian",
    "3.a.eigenvalues",
    "3.a.nature",
    "3.b",
    "4.a",
    "4.b",
)
NUMBERS = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "6.4", "9.2")


def markdown(text: str, ids: tuple[str, ...] = IDS) -> dict[str, str]:
    return {one.task: one.text for one in Splitter(Labels(ids)).answers(markdown_cells(text), "f")}


def latex(text: str, ids: tuple[str, ...] = IDS) -> dict[str, str]:
    return {one.task: one.text for one in Splitter(Labels(ids)).answers(latex_cells(text), "f")}


def cells(*contents: Any) -> str:
    made = [
        one if isinstance(one, dict) else {"cell_type": "markdown", "metadata": {}, "source": one} for one in contents
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


def notebook(*contents: Any, ids: tuple[str, ...] = IDS) -> dict[str, str]:
    labels = Labels(ids)
    return {one.task: one.text for one in Splitter(labels).answers(notebook_cells(cells(*contents), "f", labels), "f")}


@pytest.mark.parametrize(
    "line",
    [
        "Task (1.b.2) {}", "Task 1.b.2: {}", "**1.b.2** {}", "**(1.b.2)** {}", "**Task 1.b.2.** {}", "## 1.b.2\n{}",
        "### Task 1.b.2: {}",
        "1.b.2 {}", "1.b.2: {}", "1.b.2) {}", "1b2) {}", "1b2: {}", "1(b)(2) {}", "(1.b.2) {}", "- 1.b.2: {}",
        "* **1.b.2**: {}",
        "Exercise 1\n(b.2) {}", "# Exercise 1\n\n## b)\n\n(2) {}", "# Exercise 1\n**(b)**\n\n2. {}", "Exercise 1b2: {}",
        "Aufgabe 1.b.2: {}",
        "Aufgabe 1 b) 2) {}", "Ex. 1.b.2: {}", "Problem 1\n**b.2** {}", "Question 1.b.2\n\n{}", "## Task 1.b (ii)\n{}",
        "1-b-2: {}",
        "Task 1.b.2\n==========\n{}", "> **1.b.2** {}", "Exc. 1\nb2) {}", "Solution to Task 1.b.2: {}",
        "__1.b.2__\n\n{}", "<b>1.b.2</b> {}", "Task 1.b.2. {}", "1.b.2. {}", "#### (1.b.2)\n\nAnswer: {}",
        "**1.b.2**\n\n**Answer:** {}",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "answer",
    ["1/lam < eta < 2/lam", r"$\frac{1}{\lambda} < \eta < \frac{2}{\lambda}$", "2/λ > η > 1/λ", "(1/lam, 2/lam)"],
)
def test_labels_in_many_spellings(line: str, answer: str) -> None:
    found = markdown(line.format(answer))
    found = {task: text.removeprefix("==========").strip() for task, text in found.items()}
    assert found == {"1.b.2": answer}


@pytest.mark.parametrize(
    "label",
    [
        r"\section{Task 1.b.2}", r"\section*{1.b.2}", r"\subsection*{(1.b.2)}", r"\paragraph{Task 1.b.2:}",
        r"\textbf{1.b.2}", r"\textbf{(1.b.2)}",
        r"\begin{exercise}[1.b.2]", r"\begin{itemize}\n\item[(1.b.2)]", r"\item[1.b.2]", "Task 1.b.2:", "Aufgabe 1.b.2:",
        r"\noindent\textbf{Task 1.b.2.}",
        "\\section{Exercise 1}\n\\begin{enumerate}\n\\item a\n\\item\n\\begin{enumerate}\n\\item x\n\\item ",
        "\\section{Exercise 1}\n\\subsection{(b)}\n\\paragraph{2}",
    ],
)  # fmt: skip
def test_labels_in_latex(label: str) -> None:
    answer = r"$\frac{1}{\lambda} < \eta < \frac{2}{\lambda}$"
    text = f"\\documentclass{{article}}\n\\begin{{document}}\n{label}\n{answer}\n\\end{{document}}\n"
    found = latex(text.replace(r"\n", "\n").replace("\noindent", r"\noindent"))
    assert found["1.b.2"].replace(r"\end{enumerate}", "").strip() == answer


def test_several_tasks_one_after_another() -> None:
    text = """# Homework
    Name: Ada

# Exercise 1
**(a)** theta(t) = (1 - eta*lam)**t*theta_0

where theta* = 0.

**(b)**
1. 0 < eta < 1/lam
2. 1/lam < eta < 2/lam
3. eta >= 2/lam
4. eta = 1/lam

# Exercise 2
Range: 0 < eta < 1/L_max
Hessian: positive definite

# Exercise 3a
- [[0, 1], [1, 0]]
- ±1
- saddle

3b) theta_1^2 - theta_2^2

## 4
a) exp(-eta*lam*t)
b) eta*sigma^2/(2*N*lam)
"""
    assert markdown(text) == {
        "1.a": "theta(t) = (1 - eta*lam)**t*theta_0\n\nwhere theta* = 0.",
        "1.b.1": "0 < eta < 1/lam",
        "1.b.2": "1/lam < eta < 2/lam",
        "1.b.3": "eta >= 2/lam",
        "1.b.4": "eta = 1/lam",
        "2.range": "0 < eta < 1/L_max",
        "2.hessian": "positive definite",
        "3.a.hessian": "[[0, 1], [1, 0]]",
        "3.a.eigenvalues": "±1",
        "3.a.nature": "saddle",
        "3.b": "theta_1^2 - theta_2^2",
        "4.a": "exp(-eta*lam*t)",
        "4.b": "eta*sigma^2/(2*N*lam)",
    }


def test_ids_of_numbers_and_answers_that_are_numbers() -> None:
    text = "1.1 f'(x) = lam*x\n1.2 it grows\n2.1: (2x, 20y)\n2.2 (2, 20)\n2.3: y\n6.4\n1.1\n9.2) 0.5\n"
    assert markdown(text, NUMBERS) == {
        "1.1": "f'(x) = lam*x", "1.2": "it grows", "2.1": "(2x, 20y)", "2.2": "(2, 20)", "2.3": "y", "6.4": "1.1", "9.2": "0.5",
    }  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        "2 - eta*lam",
        "1.5 < eta",
        "a = 1",
        "(a + b)/2",
        "2\n",
        "1 - eta*lam",
        "- 1 + 3",
        "3/2",
        "(2, 20)",
        "i.e. nothing",
    ],
)
def test_a_formula_is_no_label(answer: str) -> None:
    assert markdown(f"**3.b** x\n{answer}")["3.b"] == f"x\n{answer}".strip()


def test_a_group_answered_at_once_is_the_answer_to_each() -> None:
    text = "## 3a\nThe Hessian is [[0,1],[1,0]], its eigenvalues are ±1, so that the origin is a saddle."
    found = markdown(text)
    assert set(found) == {"3.a.hessian", "3.a.eigenvalues", "3.a.nature"}
    assert len(set(found.values())) == 1


def test_the_last_answer_counts_and_where_it_stands() -> None:
    found = Splitter(Labels(IDS)).answers(markdown_cells("**4.b** 1\n\n**4.b** eta\n"), "f.md")
    assert [(one.text, one.where.line, one.where.column) for one in found] == [("1", 1, 9), ("eta", 3, 9)]


def test_nbgrader() -> None:
    def cell(grade_id: str, source: str, solution: bool) -> dict[str, Any]:
        grader = {
            "grade_id": grade_id,
            "solution": solution,
            "grade": solution,
            "locked": not solution,
            "schema_version": 3,
        }
        return {"cell_type": "markdown", "metadata": {"nbgrader": grader}, "source": source}

    found = notebook(
        cell("q1", "**1.a** Show that $x = 3$.", False), cell("task_1_a", "x = 4", True),
        cell("q2", "**1.b.1** For which $\\eta$?", False), cell("cell-03fe", "eta < 1", True),
        cell("q3", "**4.b** Find it.", False), cell("ex4b", "YOUR ANSWER HERE", True),
    )  # fmt: skip
    assert found == {"1.a": "x = 4", "1.b.1": "eta < 1"}


def test_otter() -> None:
    found = notebook(
        "<!-- BEGIN QUESTION -->\n**Question 1.a.** Find $x$.\n<!--\nBEGIN QUESTION\nname: q1a\nmanual: true\n-->",
        {"cell_type": "markdown", "metadata": {"tags": ["otter_answer_cell"]}, "source": "x = 4"},
        {"cell_type": "raw", "metadata": {}, "source": "# BEGIN QUESTION\nname: q4b"},
        "Find the variance $V = 2$.",
        {"cell_type": "raw", "metadata": {}, "source": "# BEGIN SOLUTION"},
        "eta/2",
        {"cell_type": "raw", "metadata": {}, "source": "# END SOLUTION"},
        "**Question 3.b.** Find it.",
        "_Type your answer here, replacing this text._\n\nx**2",
    )
    assert found == {"1.a": "x = 4", "4.b": "eta/2", "3.b": "x**2"}


def test_places_for_solutions() -> None:
    found = notebook(
        "# Exercise 1\n(a) Show that $\\theta = 17$.\n\n(b.1) For which $\\eta$ …?\n\n(b.2) For which …?",
        "> Your solution here\n\n(a) theta = 4\n\n(b.1) eta < 1\n\nb2) eta > 1",
        "# Exercise 3\n(b) Find a conserved quantity such as $1$.",
        "> Your solution here\n\nx^2 - y^2",
        "# Exercise 4\n(a) Show that $e^{-1}$.",
        "> Your solution here",
        "the student wrote $e^{-eta lam t}$ below",
        "(b) Find $V$.",
        "> Your solution here",
    )
    assert found == {
        "1.a": "theta = 4", "1.b.1": "eta < 1", "1.b.2": "eta > 1", "3.b": "x^2 - y^2",
        "4.a": "the student wrote $e^{-eta lam t}$ below",
    }  # fmt: skip


def test_the_authors_words_are_no_answer() -> None:
    found = notebook(
        "**1.a** Show that $\\theta_t = 17$ holds.", "$\\theta_t = 4$", "**3.b** Find a quantity.\n\nIt is x."
    )
    assert found == {"1.a": "$\\theta_t = 4$", "3.b": "It is x."}


def test_comments_and_files_of_latex_are_not_followed() -> None:
    found = latex("\\section{4.b}\n% 17\n\\input{/etc/passwd} eta % 18\n\\write18{rm -rf x}\n")
    assert "17" not in found["4.b"] and "18}" not in found["4.b"]
    assert found["4.b"].startswith(r"\input{/etc/passwd} eta")
