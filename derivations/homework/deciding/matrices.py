"""Matrices and vectors, entry by entry; a vector may be written as a row, a column or a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

from derivations.homework.deciding.collections import number_of, together
from derivations.homework.deciding.comparing import Comparison, compare
from derivations.homework.deciding.elements import chains
from derivations.homework.deciding.looks import unfit
from derivations.homework.deciding.relations import without_ends
from derivations.homework.deciding.setting import Setting
from derivations.homework.keys import Part
from derivations.homework.verdicts import Finding
from derivations.language.errors import DerivationsError, Malformed
from derivations.language.terms import ONE, ZERO, Term, add, div, mul, neg, subterms

Rows = list[list[Term]]
MOST = 100  # entries
_EQUATIONS = frozenset({"Eq", "Approx"})
_WHOLE = frozenset({"Matrix", "Tuple", "Transpose"})


class NoMatrix(DerivationsError):
    """A term that is no matrix; ``message`` is a sentence for the student."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on a matrix or a vector."""
    if not isinstance(part.key, Term):
        raise Malformed("a key of this kind is a matrix")
    key, said = _plain(part.key), without_ends(said)
    try:
        rows = _by_entries(part, said) or matrix_of(concluded(said))
    except NoMatrix as trouble:
        return Finding("undecided", trouble.message)
    return _compared(part, rows, key, setting)


def _compared(part: Part, rows: Rows, key: Rows, setting: Setting) -> Finding:
    height, width = len(key), len(key[0])
    if 1 in (height, width) and 1 in (len(rows), len(rows[0])) and height * width == len(rows) * len(rows[0]):
        rows = _shaped([entry for row in rows for entry in row], height, width)
    if (len(rows), len(rows[0])) != (height, width):
        return _other_shape(rows, key, setting)
    finding = _entrywise(rows, key, setting)
    if finding.verdict != "incorrect":
        return finding
    if part.settings.get("similar") and height == width:
        return _similar(rows, key, setting)
    if height == width > 1 and _entrywise(_turned(rows), key, setting).verdict == "correct":
        return replace(finding, reason=f"rows and columns are exchanged: {finding.reason}", misconception="transposed")
    return finding


def decide_up_to_scale(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on a vector or matrix of which any multiple is right, but zero."""
    if not isinstance(part.key, Term):
        raise Malformed("a key of this kind is a matrix")
    key = _plain(part.key)
    try:
        rows = matrix_of(concluded(without_ends(said)))
    except NoMatrix as trouble:
        return Finding("undecided", trouble.message)
    mine, right = ([entry for row in one for entry in row] for one in (rows, key))
    single = 1 in (len(key), len(key[0])) and 1 in (len(rows), len(rows[0]))
    if len(mine) != len(right) or (not single and len(rows) != len(key)):
        return _other_shape(rows, key, setting)
    pivot = next((k for k, entry in enumerate(right) if _never_zero(entry, setting)), None)
    if pivot is None:
        return Finding("undecided", "a multiple of this could not be told from others")
    findings = [compare(mul(one, right[pivot]), mul(mine[pivot], other), setting) for one, other in zip(mine, right, strict=True)]
    if all(one.verdict == "correct" for one in findings):
        if _never_zero(mine[pivot], setting):
            return together(findings)
        same = compare(mine[pivot], right[pivot], setting)
        if compare(mine[pivot], ZERO, setting).verdict == "correct":
            return replace(same, reason="it is zero, of which nothing is a multiple")
        return Finding("undecided", "it may be zero")
    wrong = next((one for one in findings if one.verdict == "incorrect"), None)
    return replace(wrong, reason=f"it is no multiple of the right one: {wrong.reason}") if wrong else Finding(
        "undecided", "whether this is a multiple of the right one could not be decided")


def _never_zero(entry: Term, setting: Setting) -> bool:
    comparison: Comparison = setting.ready("comparison", entry, Comparison)
    return comparison.never_zero(entry)


def _entrywise(rows: Rows, key: Rows, setting: Setting) -> Finding:
    single = 1 in (len(key), len(key[0]))
    findings: list[Finding] = []
    unclear: Finding | None = None
    for i, (row, right) in enumerate(zip(rows, key, strict=True)):
        for j, (one, other) in enumerate(zip(row, right, strict=True)):
            finding = compare(one, other, setting)
            where = f"entry {max(i, j) + 1}" if single else f"the entry in row {i + 1}, column {j + 1}"
            if finding.verdict == "incorrect":
                evidence = replace(finding.evidence, detail=f"{where}: {finding.reason}")
                return replace(finding, reason=f"{where}: {finding.reason}", evidence=evidence)
            if finding.verdict != "correct" and unclear is None:
                unclear = replace(finding, reason=f"{where}: {finding.reason}")
            findings.append(finding)
    return unclear or together(findings)


def _other_shape(rows: Rows, key: Rows, setting: Setting) -> Finding:
    size = len(rows) * len(rows[0])
    if size == len(key) * len(key[0]) and 1 in (len(rows), len(rows[0])):
        return Finding("undecided", "the entries are there, but not which rows and columns they form")
    flat = [entry for row in rows for entry in row]
    lines = [*key, *_turned(key)]
    if 1 in (len(rows), len(rows[0])) and any(_is_row(flat, line, setting) for line in lines if len(line) > 1):
        return Finding("undecided", "this is one row of it; where are the others?")
    if size == 1 and any(compare(flat[0], entry, setting).verdict == "correct" for row in key for entry in row):
        return Finding("undecided", "this is one entry of it; where are the others?")
    if any(unfit(entry, setting) for entry in flat):
        return Finding("undecided", "an entry could not be understood")
    what, mine, right = "rows", len(rows), len(key)
    if mine == right:
        what, mine, right = "columns", len(rows[0]), len(key[0])
    if size == 1 or (1 in (len(key), len(key[0])) and size != len(key) * len(key[0])):
        what, mine, right = "entries", size, len(key) * len(key[0])
    evidence = number_of(what, mine, right)
    return Finding("incorrect", evidence.detail, evidence)


def _is_row(entries: list[Term], row: list[Term], setting: Setting) -> bool:
    """Whether these are the first entries of a row."""
    pairs = list(zip(entries, row, strict=False))
    return len(entries) <= len(row) and all(compare(one, other, setting).verdict == "correct" for one, other in pairs)


# --- what is written ----------------------------------------------------------------------------------------------------


def concluded(said: Term) -> Term:
    """The matrix in an equation or in a chain of them: the last one."""
    if said.head in ("Implies", "Iff"):
        return concluded(said.args[1])
    if said.head == "And":
        sides = [side for chain in chains(said.args) for side in chain[-1:]]
        whole = [side for side in sides if _is_whole(side)]
        return concluded(whole[-1]) if whole else said
    if said.head in _EQUATIONS:
        return said.args[1] if _is_whole(said.args[1]) or not _is_whole(said.args[0]) else said.args[0]  # type: ignore[no-any-return]
    return said


def _is_whole(term: Term) -> bool:
    return any(node.head in _WHOLE for node in subterms(term))


def _plain(key: Term) -> Rows:
    rows = matrix_of(key)
    if not rows or not rows[0]:
        raise Malformed("a matrix without entries")
    return rows


def matrix_of(term: Term) -> Rows:
    """The rows of a matrix, with sums, products and transposes carried out. A number is a matrix of one entry."""
    rows = _rows(term)
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise NoMatrix("the rows of this matrix have different lengths")
    if len(rows) * len(rows[0]) > MOST:
        raise NoMatrix("this matrix is too large")
    return rows


def _rows(term: Term) -> Rows:
    head, args = term.head, term.args
    if not _is_whole(term):
        return [[term]]
    if head == "Matrix":
        return [list(row.args) if row.head == "Tuple" else [row] for row in args]
    if head == "Tuple":
        if all(arg.head == "Tuple" for arg in args):
            return [list(row.args) for row in args]
        if any(_is_whole(arg) for arg in args):
            raise NoMatrix("several matrices stand here; which one is meant?")
        return [[entry] for entry in args]
    if head == "Transpose":
        rows = matrix_of(args[0])
        return rows if args[0].head == "Tuple" and len(rows[0]) == 1 else _turned(rows)  # (a, b)^T is a column, as (a, b) is
    if head == "Neg":
        return _each(matrix_of(args[0]), neg)
    if head == "Div" and not _is_whole(args[1]):
        return _each(matrix_of(args[0]), lambda entry: div(entry, args[1]))
    if head == "Add":
        return _sum([matrix_of(arg) for arg in args])
    if head == "Mul":
        if all(arg.head == "Tuple" and len(arg.args) == len(args[0].args) > 1 for arg in args):
            return _rows(Term("Tuple", args))  # rows under each other
        return _product([matrix_of(arg) for arg in args])
    raise NoMatrix("this was not understood as a matrix")


def _each(rows: Rows, change: Callable[[Term], Term]) -> Rows:
    return [[change(entry) for entry in row] for row in rows]


def _sum(parts: list[Rows]) -> Rows:
    shapes = {(len(rows), len(rows[0])) for rows in parts}
    if len(shapes) != 1:
        raise NoMatrix("matrices of different shapes are added here")
    height, width = shapes.pop()
    return [[add(*(rows[i][j] for rows in parts)) for j in range(width)] for i in range(height)]


def _product(parts: list[Rows]) -> Rows:
    """From the left to the right; what has one entry multiplies all."""
    result: Rows = [[ONE]]
    for rows in parts:
        if len(result) == len(result[0]) == 1:
            factor = result[0][0]
            result = rows if factor == ONE else _each(rows, lambda entry, factor=factor: mul(factor, entry))  # type: ignore[misc]
        elif len(rows) == len(rows[0]) == 1:
            result = _each(result, lambda entry, factor=rows[0][0]: mul(factor, entry))  # type: ignore[misc]
        elif len(result[0]) == len(rows):
            result = [
                [add(*(mul(row[k], rows[k][j]) for k in range(len(rows)))) for j in range(len(rows[0]))]
                for row in result
            ]
        else:
            raise NoMatrix("these matrices cannot be multiplied")
    return result


def _turned(rows: Rows) -> Rows:
    return [list(column) for column in zip(*rows, strict=True)]


def _shaped(entries: list[Term], height: int, width: int) -> Rows:
    return [[entries[i * width + j] for j in range(width)] for i in range(height)]


# --- entries by name ----------------------------------------------------------------------------------------------------


def _by_entries(part: Part, said: Term) -> Rows | None:
    """A matrix that is given entry by entry: H(1, 1) = 0, H(1, 2) = 1 … or by the names of its subjects' entries."""
    assert isinstance(part.key, Term)
    links = _equations(said)
    if not links:
        return None
    key = _plain(part.key)
    height, width = len(key), len(key[0])
    found: dict[tuple[int, int], Term] = {}
    for *names, value in chains(links):
        for name in names:
            for place in _places(name, part, height, width):
                if found.setdefault(place, value) != value:
                    raise NoMatrix("an entry is given twice")
    if height == width and "coordinates" in part.settings:  # a Hessian: one of two mixed entries is enough
        found.update({(j, i): value for (i, j), value in list(found.items()) if (j, i) not in found})
    if any(_is_whole(value) for value in found.values()) or not found:
        return None
    if len(found) == 1 < height * width:
        return None
    if len(found) < height * width:
        raise NoMatrix("not every entry is given here")
    return [[found[i, j] for j in range(width)] for i in range(height)]


def _equations(said: Term) -> tuple[Term, ...]:
    """The equations of a list or a conjunction of them; nothing if something else is among them."""
    parts = said.args if said.head in ("And", "Tuple") else (said,)
    if not all(isinstance(one, Term) for one in parts):
        return ()
    found = [equation for one in parts for equation in ((one,) if one is said else _equations(one))]
    return tuple(found) if all(one.head in _EQUATIONS for one in found) else ()


def entries_of(part: Part, terms: list[Term]) -> Term | None:
    """All equations for entries among several terms, as one conjunction; None where at most one term has any."""
    if not isinstance(part.key, Term):
        return None
    key = _plain(part.key)
    found = [
        links
        for links in map(_equations, terms)
        if any(_places(side, part, len(key), len(key[0])) for link in links for side in link.args[:1])
    ]
    several = tuple(dict.fromkeys(link for links in found for link in links))
    if len(found) > 1:
        return Term("And", several)
    rows = [term for term in terms if term.head == "Tuple" and len(term.args) == len(key[0]) > 1]
    return Term("Matrix", tuple(rows)) if len(rows) == len(key) > 1 and len(rows) == len(terms) else None


def _places(name: Term, part: Part, height: int, width: int) -> list[tuple[int, int]]:
    """The entries that a name stands for: symmetric matrices have two of the same name."""
    names = tuple(map(str, part.settings.get("coordinates", ())))
    orders = _orders(name, names)
    found = []
    for subject in part.subjects:
        if subject.head in _WHOLE:
            rows = matrix_of(subject)
            found += [
                (i, j)
                for i, row in enumerate(rows)
                for j, entry in enumerate(row)
                if entry == name or (orders and orders == _orders(entry, names))
            ]
    if found:
        return found
    if name.head == "Symbol":
        return [(names.index(name.args[0]), 0)] if name.args[0] in names and width == 1 and len(names) == height else []
    losses = {entry.args[0] for one in part.subjects for entry in subterms(one) if entry.head == "Derivative"}
    if name.head == "Apply" and name.args[0] in losses and len(name.args) != 2:  # a value of the loss
        return []
    places = _indices(name, names, height, width)
    if not 1 <= len(places) <= 2:
        return []
    place = (places[0], places[1]) if len(places) == 2 else (places[0], 0) if width == 1 else (0, places[0])
    return [place] if 0 <= place[0] < height and 0 <= place[1] < width else []


def _indices(name: Term, names: tuple[str, ...], height: int, width: int) -> list[int]:
    """The indices, from 0 on, of H(1, 2), H(x, y) and f(12); nothing if they are none."""
    if name.head != "Apply" or not 2 <= len(name.args) <= 3:
        return []
    found = []
    for one in name.args[1:]:
        if one.head == "Symbol" and one.args[0] in names and len(name.args) == 3:
            found.append(names.index(one.args[0]))
        elif one.head == "Number" and one.args[0].denominator == 1:
            found.append(int(one.args[0]) - 1)
        else:
            return []
    if len(found) == 1 and min(height, width) > 1 and 11 <= found[0] + 1 <= 99:
        return [(found[0] + 1) // 10 - 1, (found[0] + 1) % 10 - 1]
    return found


def _orders(term: Term, names: tuple[str, ...]) -> tuple[str, dict[str, int]] | None:
    """The function, and how often it is differentiated by each variable: D(L, 1)(x) is D(L, 1, 0)(x, y), also at a point."""
    if term.head != "Derivative":
        return None
    name, orders, *args = term.args
    if len(orders) != len(args):
        return None
    by = [arg.args[0] for arg in args] if all(arg.head == "Symbol" for arg in args) else list(names)
    if len(by) != len(orders):
        return None
    return name, {one: order for one, order in zip(by, orders, strict=True) if order}


# --- similar matrices ---------------------------------------------------------------------------------------------------


def _similar(rows: Rows, key: Rows, setting: Setting) -> Finding:
    """Symmetric real matrices are similar if their characteristic polynomials agree; if these differ, they are not."""
    size = len(key)
    if size > 3:
        return Finding("undecided", "whether the two matrices are similar is left to a person")
    findings = []
    for k in range(1, size + 1):
        found = compare(_minors(rows, k), _minors(key, k), setting)
        if found.verdict == "incorrect":
            what = "the trace" if k == 1 else "the determinant" if k == size else "the sum of the principal minors"
            return replace(
                found, reason=f"it is not similar to the right matrix, since {what} is another one: {found.reason}"
            )
        if found.verdict != "correct":
            return found
        findings.append(found)
    for matrix in (rows, key):
        if _entrywise(_turned(matrix), matrix, setting).verdict != "correct":
            return Finding("undecided", "whether the two matrices are similar is left to a person")
    return together(findings)


def _minors(rows: Rows, k: int) -> Term:
    """The sum of the principal minors of order k."""
    return add(
        *(_determinant([[rows[i][j] for j in chosen] for i in chosen]) for chosen in combinations(range(len(rows)), k))
    )


def _determinant(rows: Rows) -> Term:
    if len(rows) == 1:
        return rows[0][0]
    terms = []
    for j, entry in enumerate(rows[0]):
        minor = mul(entry, _determinant([[*row[:j], *row[j + 1 :]] for row in rows[1:]]))
        terms.append(neg(minor) if j % 2 else minor)
    return add(*terms)
