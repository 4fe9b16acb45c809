"""A run of grading: what it writes, what a person decides, what a killed run leaves, and that nothing of an answer gets out."""

from __future__ import annotations

import csv
import html.parser
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from derivations.homework.grading.run import Summary, grade
from derivations.homework.grading.safety import cell, file_names, safe, visible
from derivations.language.errors import DerivationsError, Unusable

from . import stubs

ROOT = Path(__file__).parents[3]
HOSTILE = "<script>alert(1)</script> & <img src=x onerror=y> \u202egnp\x00\x1b[31m {{ 7*7 }} ]]> \\input{/etc/passwd}"


def table(path: Path, rows: list[tuple[str, str, str]], name: str = "answers.csv") -> str:
    target = path / name
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("student", "task", "answer"), *rows])
    return str(target)


def run(path: Path, rows: list[tuple[str, str, str]], out: str = "out", **options: Any) -> Summary:
    options = {"jobs": 0, "make": stubs.make, **options}
    return grade([table(path, rows)], stubs.sheet(), str(path / out), **options)


def grades(folder: Path) -> list[dict[str, str]]:
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def verdicts(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def test_what_is_written(tmp_path: Path) -> None:
    summary = run(
        tmp_path, [("Ada", "1.a", "eta"), ("Ada", "1b1", "2*eta"), ("Emmy", "4.b", "who knows"), ("Ada", "1.a", "eta ")]
    )
    out = tmp_path / "out"
    assert [(row["student"], row["1.a"], row["1.b.1"], row["4.b"], row["total"]) for row in grades(out)] == [
        ("Ada", "5", "0", "0", "5"), ("Emmy", "0", "0", "0", "0"),
    ]  # fmt: skip
    found = verdicts(out)
    assert [(one["student"], one["task"], one["verdict"]) for one in found] == [
        ("Ada", "1.a", "correct"), ("Ada", "1.b.1", "incorrect"), ("Ada", "1.b.2", "missing"), ("Ada", "4.b", "missing"),
        ("Emmy", "1.a", "missing"), ("Emmy", "1.b.1", "missing"), ("Emmy", "1.b.2", "missing"), ("Emmy", "4.b", "undecided"),
    ]  # fmt: skip
    assert found[0]["where"] == {"file": "answers.csv", "cell": None, "line": 5, "column": 3}
    assert (summary.students, summary.answers, summary.for_review, summary.verdicts["missing"]) == (2, 3, 1, 5)
    names = file_names(["Ada", "Emmy"])
    page = (out / "feedback" / f"{names['Ada']}.html").read_text(encoding="utf-8")
    assert "<mark>2</mark>*eta" in page and "<math" in page and "Twice too large." in page and "3/2" in page
    results = json.loads((out / "gradescope" / names["Ada"] / "results.json").read_text(encoding="utf-8"))
    assert (results["score"], results["max_score"]) == (5.0, 20.0)
    assert [(one["number"], one["score"], one["max_score"]) for one in results["tests"]][:2] == [
        ("1.a", 5.0, 5.0),
        ("1.b.1", 0.0, 5.0),
    ]
    review = (out / "for-review.html").read_text(encoding="utf-8")
    assert "who knows" in review and "Emmy,4.b,," in review and "Ada" not in review
    assert not (out / ".partial").exists()


def test_the_same_submissions_give_the_same_bytes_however_they_are_checked(tmp_path: Path) -> None:
    rows = [(f"s{i}", task, f"{i % 7}*eta" if i % 5 else "eta") for i in range(60) for task in stubs.IDS]
    run(tmp_path, rows, "one")
    run(tmp_path, rows, "two", jobs=2)
    with ThreadPoolExecutor(2) as executor:
        run(tmp_path, rows, "three", executor=executor)
    run(tmp_path, rows, "one")
    assert contents(tmp_path / "one") == contents(tmp_path / "two") == contents(tmp_path / "three")


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_nothing_of_an_answer_gets_out_unescaped(tmp_path: Path) -> None:
    names = [
        "=HYPERLINK(1)",
        "../../evil",
        "<b>bold</b>",
        "@sum",
        "con",
        "Ada\u202e",
        "a/b\\c",
        "\t=1",
        "ada",
        "Ada",
        "ADA",
        "x" * 300,
    ]
    run(
        tmp_path,
        [(name, task, HOSTILE) for name in names for task in stubs.IDS]
        + [("=HYPERLINK(1)", "1.a", "=cmd|' /C calc'!A0")],
    )
    out = tmp_path / "out"
    assert {one.name for one in tmp_path.iterdir()} == {"answers.csv", "out"}
    pages = list(out.rglob("*.html"))
    assert len(pages) == len(names) + 2
    for page in pages:
        text = page.read_text(encoding="utf-8")
        parser = _Tags()
        parser.feed(text)
        assert not parser.tags & {"script", "img", "b\x3e", "iframe"} and not parser.attributes & {"onerror", "src"}
        assert "\u202e" not in text and "\x00" not in text and "\x1b" not in text and "49 ]" not in text
    for row in csv.reader((out / "grades.csv").open(encoding="utf-8", newline="")):
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "\u202e" not in (out / "grades.csv").read_text(encoding="utf-8")
    assert (
        len(list((out / "feedback").iterdir()))
        == len({one.name.casefold() for one in (out / "feedback").iterdir()})
        == len(names)
    )


@pytest.mark.parametrize(
    "name",
    [
        "..",
        ".",
        "a/../b",
        "C:\\x",
        "nul",
        "NUL.txt",
        "com1",
        "",
        " ",
        ".hidden",
        "-rf",
        "é" * 200,
        "a\x00b",
        "~",
        "trailing.",
    ],
)
def test_a_name_is_never_a_path(name: str) -> None:
    made = safe(name)
    assert (
        "/" not in made
        and "\\" not in made
        and "\x00" not in made
        and made not in ("", ".", "..")
        and not made.startswith((".", "-"))
    )
    assert len(made.encode()) <= 200 and made.partition(".")[0].casefold() not in {"con", "nul", "com1", "aux", "prn"}


def test_different_names_stay_different_and_plain_ones_stay_as_they_are() -> None:
    names = [
        "ada",
        "Ada",
        "ADA",
        "a/b",
        "a_b",
        "a\\b",
        "a b",
        "e\u0301",
        "\u00e9",
        "ß",
        "ss",
        "ﬁ",
        "fi",
        file_names(["Ada", "ada"])["Ada"],
        "x" * 500,
        "x" * 501,
    ]
    made = file_names(names)
    assert len({one.casefold() for one in made.values()}) == len(names)
    assert made["a b"] == "a b" and file_names(["Ada", "Ölga"]) == {"Ada": "Ada", "Ölga": "Ölga"}
    assert cell("=1+1") == "'=1+1" and cell("  @x") == "'  @x" and cell("ada") == "ada"
    assert visible("a\u202eb\x00") == "a⟨U+202E⟩b⟨U+0000⟩" and visible("η ≤ 2/λ\n") == "η ≤ 2/λ\n"


# --- a person decides --------------------------------------------------------------------------------------------


def test_overrides_are_respected_and_never_touched(tmp_path: Path) -> None:
    rows = [("Ada", "1.a", "who knows"), ("Emmy", "1.a", "eta")]
    run(tmp_path, rows)
    out = tmp_path / "out"
    written = "\ufeffstudent;task;points;comment\r\nAda;1.a;3,5;<b>nearly</b>\r\n"
    written += "Nobody;1.a;1;\r\nAda;9.z;1;\r\nEmmy;1.a;many;\r\nAda;4.b;1;spoken\r\n"
    (out / "overrides.csv").write_bytes(written.encode())
    summary = run(tmp_path, rows)
    assert (out / "overrides.csv").read_bytes() == written.encode()
    assert [(row["1.a"], row["4.b"], row["total"]) for row in grades(out)] == [("3.5", "1", "4.5"), ("5", "0", "5")]
    assert summary.for_review == 0 and summary.overridden == 2
    assert [word in "\n".join(summary.problems) for word in ("'Nobody'", "'9.z'", "'many'")] == [True] * 3
    page = (out / "feedback" / f"{safe('Ada')}.html").read_text(encoding="utf-8")
    assert "Changed by a person: 3.5 points" in page and "&lt;b&gt;nearly" in page
    again = run(tmp_path, rows, make=stubs.make_otherwise)
    assert [(one.student, one.before[0], one.now[0], one.now[2], one.overridden) for one in again.changed] == [
        ("Ada", "undecided", "correct", 3.5, True)
    ]
    assert grades(out)[0]["1.a"] == "3.5"
    assert "Ada,1.a,undecided,correct,0,5,3.5,3.5,yes" in (out / "changes.csv").read_text(encoding="utf-8")
    assert not run(tmp_path, rows, make=stubs.make_otherwise).changed
    assert not (out / "changes.csv").exists()
    (out / "overrides.csv").write_text("who,what\n")
    with pytest.raises(Unusable, match="no column student"):
        run(tmp_path, rows)


def test_students_who_are_gone_leave_no_page(tmp_path: Path) -> None:
    run(tmp_path, [("Ada", "1.a", "eta"), ("Emmy", "1.a", "eta")])
    (tmp_path / "out" / "feedback" / "notes.txt").write_text("mine")
    run(tmp_path, [("Emmy", "1.a", "eta")])
    left = {one.name for one in (tmp_path / "out" / "feedback").iterdir()}
    assert left == {f"{safe('Emmy')}.html", "notes.txt"}


# --- what goes wrong ---------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_answers_that_make_trouble_go_to_a_person_and_the_others_are_checked(tmp_path: Path) -> None:
    trouble = ["hang", "abort", "eat", "raise", "die"]
    rows = [(f"s{i:02}", "1.a", trouble[i // 4] if i % 4 == 1 else f"eta + {i + 100}") for i in range(20)]
    started = time.monotonic()
    run(tmp_path, [*rows, ("last", "4.b", "eta")], jobs=1, deadline=0.5, memory=1_000_000_000)
    assert time.monotonic() - started < 30
    found = {one["answer"]: one for one in verdicts(tmp_path / "out") if one["verdict"] != "missing"}
    assert len(found) == 21 and found["eta"]["verdict"] == "correct"
    assert all(found[word]["verdict"] == "undecided" for word in trouble)
    assert (
        "too long" in found["hang"]["reason"]
        and "memory" in found["eat"]["reason"]
        and "broke off" in found["raise"]["reason"]
    )
    assert all(
        one["reason"] in ("nobody knows", "twice too large")
        for text, one in found.items()
        if text not in (*trouble, "eta")
    )


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    rows = [(f"s{i}", "1.a", f"eta + {i}") for i in range(500)]
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, [*rows, ("x", "4.b", "interrupt")])
    out = tmp_path / "out"
    assert not (out / "grades.csv").exists()
    journal = out / ".partial" / "journal"
    assert len(journal.read_bytes().splitlines()) == 500
    journal.write_bytes(journal.read_bytes()[:-7])
    summary = run(tmp_path, rows, make=stubs.make)
    assert summary.resumed == 499
    run(tmp_path, rows, "other")
    assert contents(out) == contents(tmp_path / "other")


def test_the_journal_of_another_key_is_not_used(tmp_path: Path) -> None:
    rows = [("s", "1.a", "eta"), ("x", "4.b", "interrupt")]
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, rows)
    summary = grade([table(tmp_path, rows[:1])], stubs.sheet(7.0), str(tmp_path / "out"), jobs=0, make=stubs.make)
    assert summary.resumed == 0 and verdicts(tmp_path / "out")[0]["points"] == 7.0


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_run_that_is_really_killed(tmp_path: Path) -> None:
    source = table(tmp_path, [(f"s{i}", "1.a", f"eta + {i}") for i in range(300)] + [("s", "4.b", "hang")])
    code = f"import sys, {stubs.__name__} as stubs; from derivations.homework.grading.run import grade\n"
    code += "grade([sys.argv[1]], stubs.sheet(), sys.argv[2], jobs=1, deadline=100, make=stubs.make)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    process = subprocess.Popen([sys.executable, "-c", code, source, str(tmp_path / "out")], env=environment)
    journal = tmp_path / "out" / ".partial" / "journal"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not (journal.exists() and journal.stat().st_size > 1000):
        time.sleep(0.05)
    with pytest.raises(Unusable, match="another run"):
        grade([source], stubs.sheet(), str(tmp_path / "out"), jobs=0, make=stubs.make)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    summary = grade([source], stubs.sheet(), str(tmp_path / "out"), jobs=1, deadline=0.5, make=stubs.make)
    assert summary.resumed >= 200 and summary.verdicts["undecided"] == 301 - summary.verdicts["incorrect"]


def test_a_cluster_serves_as_it_is(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    rows = [(f"s{i}", "1.a", f"eta + {i}") for i in range(120)]
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as executor,
    ):
        run(tmp_path, rows, "cluster", executor=executor)
    run(tmp_path, rows, "here")
    assert contents(tmp_path / "cluster") == contents(tmp_path / "here")


def test_a_program_that_is_broken_says_so(tmp_path: Path) -> None:
    with pytest.raises(DerivationsError, match="cannot be started"):
        run(tmp_path, [("Ada", "1.a", "eta")], jobs=1, make=stubs.make_nothing)
    assert not (tmp_path / "out" / "grades.csv").exists()
