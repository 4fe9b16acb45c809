"""Formulas and proofs for the kernel's tests, written as plain text in the form that ``language.ascii`` prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from derivations.kernel.table import BUILT_IN
from derivations.language.statements import FUNCTION_DOMAINS, Derivation, Hypothesis, Statement, Step, Symbol
from derivations.language.terms import Term, number, rebuild
from derivations.reading import Vocabulary, read_expression, read_formula

Names = Mapping[str, str]
_ROOT = re.compile(r"RootOf\((?P<body>[^;]+);\s*(?P<name>\w+);(?P<low>[^;]+);(?P<high>[^;]+);\s*(?P<below>\d+)\)")

_MATRIX = re.compile(r"Matrix\(\[\[[^()]*?\]\]\)")
_SINGLE = re.compile(r"\[([^\[\],]+)\]")  # a list of one, which the reader takes for a bracket


def formula(text: str, names: Names) -> Term:
    """A formula or an expression. What is declared a "property" (or built in) is a predicate.

    A name that is a variable and a function is declared twice: ``x`` and ``x()``.
    ``RootOf(x**2 - 2; x; 1; 2; 1)`` is the root of x**2 - 2 between 1 and 2, with one real root below 1.
    """
    roots: dict[str, Term] = {}

    def put_aside(found: re.Match[str]) -> str:
        body = formula(found["body"], names)
        low, high = (number(found[part].strip()) for part in ("low", "high"))
        key = f"root{len(roots)}"
        roots[key] = Term("RootOf", (body, found["name"], low, high, Fraction(found["below"])))
        return key

    def listed(found: re.Match[str]) -> str:
        key = f"list{len(roots)}"
        roots[key] = Term("Tuple", (formula(found[1], names),))
        return key

    def matrix(found: re.Match[str]) -> str:
        key = f"matrix{len(roots)}"
        roots[key] = formula(found[0], names)
        return key

    text = _ROOT.sub(put_aside, text)
    if not roots and not _MATRIX.fullmatch(text.strip()):
        text = _MATRIX.sub(matrix, text)
    text = text if "Matrix" in text else _SINGLE.sub(listed, text)
    properties = {name for name, domain in names.items() if domain == "property"} | set(BUILT_IN)
    variables = {n: n for n, domain in names.items() if domain not in FUNCTION_DOMAINS or domain == "property"}
    applied = [name.removesuffix("()") for name, domain in names.items() if domain in FUNCTION_DOMAINS]
    functions = dict.fromkeys([*applied, *properties])
    vocabulary = Vocabulary({**variables, **{key: key for key in roots}}, functions)
    relation = bool(re.search(r"[<>=]|True|False|ForAll|Exists|Tends|Smooth|Implies|Equivalent|Not\(", text))
    stated = re.match(r"\w+", text.strip())
    if relation or (stated and stated[0] in properties):
        term = read_formula(text, vocabulary)
    else:
        term = read_expression(text, vocabulary)
    return _finished(term, properties, roots)


def _finished(term: Term, properties: set[str], roots: Mapping[str, Term]) -> Term:
    if term.head == "Symbol" and term.args[0] in roots:
        return roots[term.args[0]]
    if term.head == "Symbol" and term.args[0] in properties:
        return Term("Predicate", term.args)
    term = rebuild(term, lambda part: _finished(part, properties, roots))
    if term.head == "Apply" and term.args[0] in properties:
        return Term("Predicate", term.args)
    return term


def witness(data: Any, names: Names) -> Any:
    """A witness from plain data: text is a formula, text after a colon is a name, ``coefficient`` is a number."""
    if isinstance(data, str):
        return data[1:] if data.startswith(":") else formula(data, names)
    if isinstance(data, Mapping):
        return {
            key: Fraction(value) if key == "coefficient" else witness(value, names) for key, value in data.items()
        }
    return tuple(witness(item, names) for item in data) if isinstance(data, (list, tuple)) else data


def step(names: Names, label: str, rule: str, claim: str, *premises: str, branches: Any = (), **more: Any) -> Step:
    return Step(label, rule, formula(claim, names), premises, witness(more, names), (), tuple(branches))


def theorem(
    names: Names, steps: Iterable[Step], hypotheses: Iterable[str] = (), definitions: Iterable[str] = ()
) -> Derivation:
    """The derivation with hypotheses H1, H2, …, definitions D1, D2, …, whose conclusion is what its last step claims."""
    steps = tuple(steps)
    assumed = tuple(Hypothesis(f"H{i}", formula(text, names)) for i, text in enumerate(hypotheses, 1))
    defined = tuple(Hypothesis(f"D{i}", formula(text, names)) for i, text in enumerate(definitions, 1))
    return Derivation(Statement(symbols(names), defined, assumed, steps[-1].claim), steps)


def symbols(names: Names) -> tuple[Symbol, ...]:
    return tuple(Symbol(name.removesuffix("()"), domain) for name, domain in names.items())
