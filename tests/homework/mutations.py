"""Answers to a question: its key rewritten, its key with a slip in it, or a random formula."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .arithmetic import FUNCTIONS, RELATIONS, Choices, Node, parsed
from .questions import FRACTIONS, Question


def answer_to(question: Question, choices: Choices) -> tuple[Node, bool]:
    """A right answer rewritten, one with a slip in it, or a random one; and whether it is right by its making."""
    way = choices.number(0, 9)
    key = parsed(question.keys[0])
    if way == 9:
        return _random_answer(question, choices), False
    right = True
    for _ in range(choices.number(0, 3)):
        key = _at_random(key, choices, _rewritten, question)
    if way >= 4:
        key, right = _at_random(key, choices, _slip, question), False
    return key, right


def _at_random(node: Node, choices: Choices, change: Any, question: Question) -> Node:
    """The formula with one of its parts changed."""
    inner = [i for i in range(1, len(node)) if isinstance(node[i], tuple)]
    if inner and choices.number(0, 3):
        i = choices.pick(inner)
        return (*node[:i], _at_random(node[i], choices, change, question), *node[i + 1 :])
    changed: Node = change(node, choices, question)
    return changed


_TRUTHS = frozenset([*RELATIONS, "and", "or"])
_COLLECTIONS = frozenset(["matrix", "row", "set"])


def _rewritten(node: Node, choices: Choices, question: Question) -> Node:
    """The same value in another form."""
    head = node[0]
    one = ("number", Fraction(1))
    if head in ("and", "or", "+", "*"):
        return (head, *reversed(node[1:]))
    if head in ("<", ">", "<=", ">="):
        return ({"<": ">", ">": "<", "<=": ">=", ">=": "<="}[head], node[2], node[1])
    if head in _TRUTHS | _COLLECTIONS:
        return node
    other = _leaf(question, choices)
    ways = [
        ("*", one, node),
        ("-", ("-", node)),
        ("+", ("+", node, other), ("-", other)),
        ("/", ("*", ("number", Fraction(3)), node), ("number", Fraction(3))),
        ("+", ("*", ("number", Fraction(1, 2)), node), ("/", node, ("number", Fraction(2)))),
        ("^", node, one),
    ]
    if head == "^" and node[2] == ("number", Fraction(2)):
        ways.append(("*", node[1], node[1]))
    if head == "*" and node[2][0] == "+":
        ways.append(("+", *(("*", node[1], part) for part in node[2][1:])))
    return choices.pick(ways)


def _slip(node: Node, choices: Choices, question: Question) -> Node:
    """Something else in its place."""
    head = node[0]
    if head in RELATIONS:
        return (choices.pick(tuple(RELATIONS)), *node[1:])
    if head in ("and", "or"):
        return choices.pick(
            (
                ("or" if head == "and" else "and", *node[1:]),
                node[1],
                ("and", *node[1:], _random_relation(question, choices)),
            )
        )
    if head in ("matrix", "row", "set"):
        return (head, *node[1:-1]) if len(node) > 2 and choices.flag() else (head, *reversed(node[1:]))
    if head == "number":
        return ("number", node[1] + choices.pick((1, -1, Fraction(1, 2))))
    return choices.pick(
        (
            ("-", node),
            ("*", ("number", Fraction(2)), node),
            ("+", node, _leaf(question, choices)),
            _leaf(question, choices),
            ("/", ("number", Fraction(1)), node),
            ("^", node, ("number", Fraction(2))),
            ("*", node, _leaf(question, choices)),
            ("abs", node),
            ("sqrt", node),
            _random(question, choices, 2),
        )
    )


def _leaf(question: Question, choices: Choices) -> Node:
    if choices.number(0, 2):
        return ("name", choices.pick(question.all_names))
    return ("number", choices.pick(tuple(one for one in FRACTIONS if one >= 0)))


def _random(question: Question, choices: Choices, depth: int) -> Node:
    if depth <= 0 or not choices.number(0, 3):
        return _leaf(question, choices)
    head = choices.pick(("+", "*", "/", "-", "^", "+", "*", *FUNCTIONS))
    if head == "^":
        return (head, _random(question, choices, depth - 1), ("number", Fraction(choices.pick((2, 3, -1, 0, 1)))))
    count = 1 if head == "-" or head in FUNCTIONS else 2
    return (head, *(_random(question, choices, depth - 1) for _ in range(count)))


def _random_relation(question: Question, choices: Choices) -> Node:
    return (choices.pick(tuple(RELATIONS)), ("name", question.names[0]), _random(question, choices, 2))


def _random_answer(question: Question, choices: Choices) -> Node:
    if question.kind in ("range", "equation"):
        several = [_random_relation(question, choices) for _ in range(choices.number(1, 3))]
        return several[0] if len(several) == 1 else (choices.pick(("and", "or")), *several)
    if question.kind == "matrix":
        return ("matrix", *(("row", *(_random(question, choices, 1) for _ in range(2))) for _ in range(2)))
    if question.kind == "set":
        return ("set", *(_random(question, choices, 1) for _ in range(choices.number(2, 4))))
    return _random(question, choices, 4)
