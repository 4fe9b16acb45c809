"""Whose answers there are: tables in their dialects, folders in their shapes, and nothing read that should not be."""

from __future__ import annotations

import os
import sys
import time
import zipfile
from pathlib import Path

import pytest

from derivations.homework.grading import folders
from derivations.homework.grading.folders import gather
from derivations.homework.grading.labels import Labels
from derivations.homework.grading.submissions import Submissions
from derivations.language.errors import Unusable

IDS = ("1.a", "1.b.1", "1.b.2", "4.b")


def gathered(*paths: Path) -> Submissions:
    return gather([str(path) for path in paths], Labels(IDS))


def answers(found: Submissions) -> dict[str, dict[str, str]]:
    return {name: {task: one.text for task, one in student.answers.items()} for name, student in found.students.items()}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return target


@pytest.mark.parametrize(
    "content",
    [
        "student,task,answer\nAda,1.a,x\nEmmy,4.b,\"a, \"\"b\"\"\ny\"\n",
        "\ufeffstudent,task,answer\r\nAda,1.a,x\r\nEmmy,4.b,\"a, \"\"b\"\"\r\ny\"\r\n",
        "Student;Task;Answer\nAda;1.a;x\nEmmy;4.b;\"a, \"\"b\"\"\ny\"\n",
        "student\ttask\tanswer\nAda\t1.a\tx\nEmmy\t4.b\t\"a, \"\"b\"\"\ny\"\n",
        "task,grade,student,answer\n1a,,Ada,x\nTask 4.b,,Emmy,\"a, \"\"b\"\"\ny\"\n",
        "Ada,1.a,x\nEmmy,4.b,\"a, \"\"b\"\"\ny\"\n",
        "student,1.a,4.b\nAda,x,\nEmmy,,\"a, \"\"b\"\"\ny\"\n",
        "student,task,answer\nAda,1.a,old\nAda,1.a,x\nEmmy,lecture3:4.b,\"a, \"\"b\"\"\ny\"\n\n",
    ],
)  # fmt: skip
def test_tables(tmp_path: Path, content: str) -> None:
    found = gathered(written(tmp_path, "a.csv", content))
    assert answers(found) == {"Ada": {"1.a": "x"}, "Emmy": {"4.b": 'a, "b"\ny'}}
    assert not found.problems


def test_a_table_with_mistakes(tmp_path: Path) -> None:
    content = "student,task,answer\nAda,1.a,x\nAda,7.z,x\n,1.a,x\nAda,1.a\n" + f'Bob,1.a,"{"y" * 200_000}"\n'
    found = gathered(written(tmp_path, "a.csv", content))
    assert {name: len(one["1.a"]) for name, one in answers(found).items()} == {"Ada": 1, "Bob": 200_000}
    assert [problem.split(":")[0] for problem in found.problems] == ["a.csv, line 3", "a.csv, line 4", "a.csv, line 5"]
    for bad in ("who,what\n1,2\n", "", "task,answer\n1.a,x\n"):
        with pytest.raises(Unusable):
            gathered(written(tmp_path, "b.csv", bad))


def test_folders_of_students_of_files_and_of_one_students_files(tmp_path: Path) -> None:
    written(tmp_path, "many/ada/sheet1/hw.md", "**1.a** x\n")
    written(tmp_path, "many/ada/sheet1/more.tex", "\\section{4.b}\ny")
    written(tmp_path, "many/emmy/answers.csv", "student,task,answer\nada,1.a,stolen\n")
    written(tmp_path, "many/emmy/.hidden/hw.md", "**4.b** no")
    written(tmp_path, "many/zoe.md", "**1.a** z")
    assert answers(gathered(tmp_path / "many")) == {
        "ada": {"1.a": "x", "4.b": "y"},
        "emmy": {"1.a": "stolen"},
        "zoe": {"1.a": "z"},
    }
    written(tmp_path, "files/ada.md", "**1.a** x")
    written(tmp_path, "files/emmy.md", "**1.a** y")
    assert answers(gathered(tmp_path / "files")) == {"ada": {"1.a": "x"}, "emmy": {"1.a": "y"}}
    written(tmp_path, "ida/part1.md", "**1.a** x")
    written(tmp_path, "ida/part2.md", "**4.b** y")
    assert answers(gathered(tmp_path / "ida")) == {"ida": {"1.a": "x", "4.b": "y"}}
    assert answers(gathered(tmp_path / "many" / "ada", tmp_path / "files" / "emmy.md")) == {
        "ada": {"1.a": "x", "4.b": "y"}, "emmy": {"1.a": "y"},
    }  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes")
def test_links_archives_and_pipes_are_reported_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = written(tmp_path, "secret.md", "**1.a** secret")
    written(tmp_path, "in/ada/hw.md", "**1.a** x")
    (tmp_path / "in/ada/link.md").symlink_to(secret)
    (tmp_path / "in/ada/folder").symlink_to(tmp_path)
    (tmp_path / "in/eve").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "in/ada/pipe.md")
    with zipfile.ZipFile(tmp_path / "in/ada/bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("hw.md", b"0" * 20_000_000)
    written(tmp_path, "in/ada/broken.ipynb", '{"cells": 3}')
    written(tmp_path, "in/ada/deep.ipynb", "[" * 100_000)
    written(tmp_path, "in/ada/z.pdf", "%PDF")
    written(tmp_path, "in/ada/large.md", "**1.a** y\n" + " " * 3_000)
    monkeypatch.setattr(folders, "FILE_LIMIT", 2_000)
    before = sorted(tmp_path.rglob("*"))
    started = time.monotonic()
    found = gathered(tmp_path / "in")
    assert time.monotonic() - started < 0.5
    assert answers(found) == {"ada": {"1.a": "x"}}
    assert sorted(tmp_path.rglob("*")) == before
    reported = "\n".join(found.problems)
    for name in ("link.md", "folder", "eve", "pipe.md", "bomb.zip", "broken.ipynb", "deep.ipynb", "z.pdf", "large.md"):
        assert name in reported


def test_a_folder_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "FOLDER_LIMIT", 100)
    monkeypatch.setattr(folders, "COUNT_LIMIT", 20)
    for i in range(30):
        written(tmp_path, f"in/ada/{i:02}.md", f"**1.a** {i}")
    found = gathered(tmp_path / "in")
    assert answers(found) == {"ada": {"1.a": "10"}}  # ten files of 9 bytes and one of 10
    assert "more than 20 files" in found.problems[0] and "MB" in found.problems[1]


def test_encodings(tmp_path: Path) -> None:
    written(tmp_path, "in/a/hw.md", "**1.a** η ≤ 2".encode("utf-16"))
    written(tmp_path, "in/b/hw.md", "**1.a** Übung".encode("latin-1"))
    written(tmp_path, "in/c/hw.md", b"\xef\xbb\xbf**1.a** x\r\n\r\ny\r\n")
    written(tmp_path, "in/d/hw.ipynb", '{"cells": [{"cell_type": "markdown", "source": "**1.a** \\ud800 x"}]}')
    assert [one["1.a"] for one in answers(gathered(tmp_path / "in")).values()] == [
        "η ≤ 2",
        "Übung",
        "x\n\ny",
        "\\ud800 x",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "**" * 40_000, "(" * 80_000, "1." * 40_000, "#" * 80_000, "\\item[" * 15_000, "a) " * 25_000, "$$\n" * 25_000, "_" * 80_000,
        "[" * 80_000, " " * 80_000 + "x", "(a)\n" * 20_000, "**1.a** " * 10_000, "Task " * 16_000, "<!--" * 20_000, "> " * 40_000,
        "\\begin{document}" * 5_000, "?" * 80_000, ". " * 40_000, "{" * 80_000, "your answer " * 8_000, "find " * 16_000,
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", [".md", ".tex"])
def test_no_text_takes_long(tmp_path: Path, text: str, ending: str) -> None:
    written(tmp_path, f"ada{ending}", f"**1.a** x\n{text}\n{text}")
    started = time.monotonic()
    gathered(tmp_path / f"ada{ending}")
    assert time.monotonic() - started < 1.5


def test_somebody_whose_files_cannot_be_read_is_still_there(tmp_path: Path) -> None:
    for name, file in (("ada", "a.md"), ("ida", "work.zip")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text("**1.a** eta\n")
    (tmp_path / "empty").mkdir()
    found = gathered(tmp_path)
    assert set(found.students) == {"ada", "ida"} and not found.students["ida"].answers
    assert any("ida/work.zip" in one for one in found.problems)
