"""Checkers that know nothing of mathematics, for what grading itself has to do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from derivations.homework.keys import Part, SheetKey, TaskKey
from derivations.homework.verdicts import Evidence, Verdict
from derivations.language.statements import Symbol
from derivations.language.terms import Term

IDS = ("1.a", "1.b.1", "1.b.2", "4.b")


def sheet(points: float = 5.0) -> SheetKey:
    tasks = tuple(
        TaskKey(
            "stub",
            name,
            points,
            (Part("expression", Term("Symbol", ("eta",))),),
            (Symbol("eta", "real"), Symbol("lam", "real")),
        )
        for name in IDS
    )
    return SheetKey("stub", "A sheet", tasks)


def make(key: TaskKey) -> Callable[[str], Verdict]:
    """``eta`` is right, what speaks of 2 is not; special words make trouble."""

    def check(text: str) -> Verdict:
        if text == "hang":
            time.sleep(1000)
        if text == "die":
            os._exit(3)
        if text == "abort":
            os.abort()
        if text == "eat":
            return Verdict("stub", key.task, "x" * 10**11, None, "correct", 1, 1, "")
        if text == "raise":
            raise ValueError("a mistake in the program")
        if text == "interrupt":
            raise KeyboardInterrupt
        if text == "eta":
            return Verdict(
                "stub",
                key.task,
                text,
                r"\eta",
                "correct",
                key.points,
                key.points,
                "this is right",
                Evidence("proof", status="proved"),
            )
        if "2" in text:
            evidence = Evidence(
                "counterexample", at={"eta": "3/2"}, answer="2*eta", key="eta", values={"answer": "3", "key": "3/2"}
            )
            return Verdict(
                "stub",
                key.task,
                text,
                r"2 \eta",
                "incorrect",
                0.0,
                key.points,
                "twice too large",
                evidence,
                "factor two",
                span=(0, 1),
            )
        return Verdict("stub", key.task, text, None, "undecided", 0.0, key.points, "nobody knows")

    return check


def make_otherwise(key: TaskKey) -> Callable[[str], Verdict]:
    """Another key: everything is right."""
    return lambda text: Verdict(
        "stub", key.task, text, None, "correct", key.points, key.points, "this is right", Evidence("proof")
    )


def make_nothing(key: TaskKey) -> Callable[[str], Verdict]:
    raise ImportError("a module is missing")
