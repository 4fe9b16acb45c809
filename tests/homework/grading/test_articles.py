"""Articles and forms: nothing from outside comes through unescaped, and a value never opens another hole."""

from __future__ import annotations

import html.parser
from typing import Any

import pytest
from jinja2 import Environment
from markupsafe import Markup

from derivations.homework.grading.articles import Articles
from derivations.homework.grading.forms import Form
from derivations.homework.grading.overrides import Override
from derivations.homework.grading.rows import Row, Student

HOSTILE = "</p><script>x</script>&\"'"
OWN = {"article", "header", "h2", "span", "dl", "dt", "dd", "pre", "code", "p", "ul", "li", "mark"}


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.shown = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.shown += data


def verdict(**more: Any) -> dict[str, Any]:
    data = {
        "task": HOSTILE, "answer": HOSTILE, "read_as": HOSTILE, "verdict": "incorrect", "points": 1.0, "max_points": 5,
        "reason": f"because {HOSTILE}", "misconception": HOSTILE, "remarks": [HOSTILE],
        "evidence": {"kind": "counterexample", "at": {}, "detail": "", "values": {"answer": HOSTILE + "1", "key": HOSTILE + "2"}},
        "parts": [{"name": HOSTILE, "verdict": "incorrect", "reason": HOSTILE + str(i)} for i in (1, 2)],
    }  # fmt: skip
    return {**data, **more}


@pytest.mark.parametrize("span", [None, [2, 9]])
@pytest.mark.parametrize("override", [None, Override(2.0, HOSTILE, "partial")])
def test_nothing_in_an_article_is_markup_of_its_own(span: list[int] | None, override: Override | None) -> None:
    where = {"file": HOSTILE, "cell": None, "line": 3}
    found = _Tags()
    found.feed(str(Articles({}).article(Row(verdict(span=span), where, override, 2, 0))))
    assert found.tags <= OWN
    assert found.shown.count(HOSTILE) == 11 + (override is not None)  # each of them as it is


def test_identical_answers_have_one_article_and_others_their_own() -> None:
    articles = Articles({})
    one, other = (articles.article(Row(verdict(answer=text), unique=i)) for i, text in enumerate("ab"))
    assert one != other and articles.article(Row(verdict(answer="c"), unique=0)) is one
    assert "Changed by a person: 2 points" in articles.article(Row(verdict(answer="a"), None, Override(2.0), 0, 0))


def test_the_values_of_a_form_are_escaped_and_open_no_holes() -> None:
    template = Environment(autoescape=True).from_string("<b>{{ one }}</b>{{ other }}, {{ one }}")
    form = Form(template, ("one", "other"))
    values = {"one": "\x00other\x00<", "other": Markup("<i>")}
    assert form(values) == template.render(values) == "<b>\x00other\x00&lt;</b><i>, \x00other\x00&lt;"


def test_a_student_has_the_points_that_count_and_what_is_open() -> None:
    data = {"task": "1", "points": 3.0, "verdict": "undecided", "max_points": 5}
    student = Student("Ada", (Row(data), Row({**data, "task": "2"}, override=Override(4.0))))
    assert (student.points, student.total, student.pending) == ((3.0, 4.0), 7.0, ("1",))
