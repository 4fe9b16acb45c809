"""Formulas as people spell them, in LaTeX, plain text and Unicode, with words around; never so that two readings are possible."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .arithmetic import FUNCTIONS, Choices, Node

_NAMES = {
    "eta": ("eta", "\\eta", "η"),
    "lam": ("lam", "\\lambda", "λ"),
    "theta_0": ("theta_0", "\\theta_0", "θ_0"),
    "theta_star": ("theta_star", "\\theta^*", "theta_star"),
    "sigma": ("sigma", "\\sigma", "σ"),
    "beta": ("beta", "\\beta", "β"),
}
_SIGNS = {
    "<": ("<", "<", "<"),
    "<=": ("<=", "\\leq", "≤"),
    ">": (">", ">", ">"),
    ">=": (">=", "\\geq", "≥"),
    "=": ("=", "=", "="),
    "!=": ("!=", "\\neq", "≠"),
}
_AROUND = (
    "{}",
    "{}",
    "{}",
    "The answer is {}.",
    "So we get {}",
    "\n\n{}\n",
    "Answer: {}",
    "We find, after some algebra,\n{}",
    "hence {}.",
    "a) {}",
    "I think that it is {}",
    "It follows that {}",
    "Result:\n\n{}\n\nDone.",
)
_MARKS = ("${}$", "${}$", "$${}$$", "\\[{}\\]", "\\({}\\)", "{}", "\\begin{{align}}{}\\end{{align}}")
_PLAIN, _LATEX, _UNICODE = 0, 1, 2
_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_RAISED = {"0": "⁰", "2": "²", "3": "³", "1": "¹"}


def spelled(node: Node, choices: Choices) -> str:
    """The formula in one style, perhaps with words around it."""
    style = choices.number(0, 2)
    text = _Speller(style, choices).statement(node)
    around = choices.pick(_AROUND)
    if style == _LATEX:
        text = (choices.pick(_MARKS) if around == "{}" else choices.pick(_MARKS[:5])).format(text)
    elif around != "{}" and choices.flag():
        text = f"`{text}`"
    return around.format(text)


class _Speller:
    def __init__(self, style: int, choices: Choices) -> None:
        self.style, self.choices = style, choices

    def statement(self, node: Node) -> str:
        head = node[0]
        if head in ("and", "or"):
            return self._connected(node)
        if head in _SIGNS:
            return f"{self.formula(node[1], _SUM)} {_SIGNS[head][self.style]} {self.formula(node[2], _SUM)}"
        if head in ("matrix", "set"):
            return self._collection(node)
        return self.formula(node, _SUM)

    def _connected(self, node: Node) -> str:
        head, parts = node[0], node[1:]
        if (
            len(parts) == 2
            and head == "and"
            and all(one[0] in ("<", "<=") for one in parts)
            and parts[0][2] == parts[1][1]
            and self.choices.flag()
        ):
            (first, low, middle), (second, _, high) = parts
            sides = [self.formula(one, _SUM) for one in (low, middle, high)]
            return f"{sides[0]} {_SIGNS[first][self.style]} {sides[1]} {_SIGNS[second][self.style]} {sides[2]}"
        joint = f" \\text{{ {head} }} " if self.style == _LATEX else f" {head} "
        inner = [self.statement(one) for one in parts]
        inner = [
            f"({text})" if one[0] in ("and", "or") and one[0] != head else text
            for one, text in zip(parts, inner, strict=True)
        ]
        return joint.join(inner)

    def _collection(self, node: Node) -> str:
        if node[0] == "set":
            inside = ", ".join(self.formula(one, _SUM) for one in node[1:])
            return f"\\{{{inside}\\}}" if self.style == _LATEX else f"{{{inside}}}"
        rows = [[self.formula(one, _SUM) for one in row[1:]] for row in node[1:]]
        if self.style == _LATEX:
            return "\\begin{pmatrix}" + r" \\ ".join(" & ".join(row) for row in rows) + "\\end{pmatrix}"
        return "[" + ", ".join("[" + ", ".join(row) + "]" for row in rows) + "]"

    def formula(self, node: Node, least: int) -> str:
        """The formula, in brackets where it binds more loosely than it has to."""
        text, binds = self._bare(node)
        if binds >= least:
            return text
        return f"\\left({text}\\right)" if self.style == _LATEX and self.choices.flag() else f"({text})"

    def _bare(self, node: Node) -> tuple[str, int]:
        head, args = node[0], node[1:]
        if head == "number":
            return self._number(args[0])
        if head == "name":
            return _NAMES.get(args[0], (args[0],) * 3)[self.style], _POWER if args[0] == "theta_star" else _ATOM
        if head == "+":
            return self._sum(args), _SUM
        if head == "*":
            return self._product(args), _PRODUCT
        if head == "-":
            return f"-{self.formula(args[0], _POWER)}", _SUM
        if head == "/":
            return self._quotient(*args)
        if head == "^":
            return self._raised(*args), _POWER
        return self._function(head, *args), _ATOM

    def _number(self, number: Fraction) -> tuple[str, int]:
        if number < 0:
            return "-" + self._number(-number)[0], _SUM
        if number.denominator == 1:
            return str(number), _ATOM
        if number.denominator in (2, 5, 10) and self.choices.flag():
            return str(float(number)), _ATOM
        if self.style == _LATEX:
            return f"\\frac{{{number.numerator}}}{{{number.denominator}}}", _PRODUCT
        if self.style == _UNICODE and number == Fraction(1, 2):
            return "½", _PRODUCT
        return f"{number.numerator}/{number.denominator}", _PRODUCT

    def _sum(self, parts: tuple[Node, ...]) -> str:
        text = self.formula(parts[0], _SUM)
        for one in parts[1:]:
            if one[0] == "-":
                text += f" - {self.formula(one[1], _PRODUCT)}"
            else:
                text += f" + {self.formula(one, _PRODUCT)}"
        return text

    def _product(self, parts: tuple[Node, ...]) -> str:
        texts = [self.formula(one, _POWER) for one in parts]
        times = self.choices.pick((("*", " * "), (" \\cdot ", " \\times "), ("·", " * "))[self.style])
        simple = (
            all(one[0] == "name" for one in parts[1:]) and parts[0][0] in ("name", "number") and "." not in texts[0]
        )
        return " ".join(texts) if simple and self.choices.flag() else times.join(texts)

    def _quotient(self, top: Node, bottom: Node) -> tuple[str, int]:
        if self.style == _LATEX and self.choices.number(0, 3):
            command = self.choices.pick(("\\frac", "\\frac", "\\dfrac", "\\tfrac"))
            return f"{command}{{{self.formula(top, _SUM)}}}{{{self.formula(bottom, _SUM)}}}", _PRODUCT
        return f"{self.formula(top, _POWER)}/{self.formula(bottom, _POWER)}", _PRODUCT

    def _raised(self, base: Node, exponent: Node) -> str:
        left = self.formula(base, _ATOM)
        plain = exponent[0] == "number" and exponent[1].denominator == 1 and exponent[1] >= 0
        if self.style == _LATEX:
            left = f"{{{left}}}" if base[0] == "name" and "^" in left else left
            return f"{left}^{{{self.formula(exponent, _SUM)}}}"
        if self.style == _UNICODE and plain and str(exponent[1]) in _RAISED:
            return left + _RAISED[str(exponent[1])]
        return left + self.choices.pick(("**", "^")) + self.formula(exponent, _ATOM)

    def _function(self, name: str, argument: Node) -> str:
        assert name in FUNCTIONS, name
        inside: Any = self.formula(argument, _SUM)
        if name == "abs":
            return f"\\lvert {inside} \\rvert" if self.style == _LATEX else f"abs({inside})"
        if self.style == _LATEX:
            return f"\\sqrt{{{inside}}}" if name == "sqrt" else f"\\{name}\\left({inside}\\right)"
        return f"√({inside})" if self.style == _UNICODE and name == "sqrt" else f"{name}({inside})"
