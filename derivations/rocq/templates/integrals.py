"""First integrals of a flow at one point: ranks of Jacobians; and that no polynomial is conserved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, combinations_with_replacement

from flint import fmpq, fmpq_mat

from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.formulas import strip
from derivations.kernel.rules.analysis import Differentiation
from derivations.kernel.situation import CHANCE
from derivations.language.terms import ONE, ZERO, Term, lt, mul, ne, number, power, sub, substitute, symbol
from derivations.rocq.algebra import equation_script
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise
from derivations.rocq.writing import Writer

Rows = list[list[Term]]
Images = dict[tuple[int, ...], dict[int, Fraction]]  # the coefficient of each monomial, as a linear form
Equations = list[tuple[str, dict[int, Fraction]]]  # proofs that linear forms are zero
_AT_MOST = ("at_most_none", "at_most_one", "at_most_two", "at_most_three")
_MAX_MONOMIALS = 60


def determinant(rows: Rows) -> Term:
    """The expansion a_1 m_1 - (a_2 m_2 - (... - 0)) along the first row, as ``det`` computes it."""
    if not rows:
        return ONE
    first, *rest = rows
    result = ZERO
    for k in reversed(range(len(first))):
        cofactor = determinant([row[:k] + row[k + 1 :] for row in rest])
        result = sub(mul(first[k], cofactor), result)
    return result


def usable(goal: Goal, premises: Sequence[Premise]) -> list[tuple[Term, str]]:
    """The premises for the variables that stand in the context, with their proofs."""
    return [
        (strip(premise.term)[1], goal.applied(premise))
        for premise in premises
        if set(strip(premise.term)[0]) <= goal.here and not (premise.every_outcome and CHANCE not in goal.here)
    ]


def constant(goal: Goal, term: Term) -> Fraction | None:
    """The rational number that the term is, if it is one."""
    top, bottom = Algebra(goal.table, [term]).value(term)
    if not (top.is_constant() and bottom.is_constant()):
        return None
    return Fraction(0) if top.is_zero() else Fraction(str(top.leading_coefficient() / bottom.leading_coefficient()))


def not_zero(goal: Goal, term: Term) -> str:
    """A script for ``term <> 0``."""
    from derivations.rocq.signs import signs_script

    value = constant(goal, term)
    if value is not None:
        script = equation_script(goal, term, number(value))
        return f"apply (equal_not_zero _ ({goal.real(number(value))})). {{ {script} }} apply below_or_above; lra."
    return signs_script(goal, ne(term, ZERO), usable(goal, goal.premises))


# --- how many are independent -------------------------------------------------------------------------------------------


def independent(goal: Goal) -> str:
    """The Jacobian at the witness's point, computed where all are polynomials, else entry by entry; a minor that is not zero."""
    from derivations.rocq.templates.laws import independent_polynomials

    try:
        return independent_polynomials(goal)
    except (Refused, Unsupported):
        return _entry_by_entry(goal)


def _entry_by_entry(goal: Goal) -> str:
    _, count, quantities, variables = goal.claim.args
    names, point = [x.args[0] for x in variables.args], _point(goal, variables)
    lines = [f"exists {', '.join(f'({goal.real(point[x])})' for x in names)}."]
    values: Rows = []
    proof = "eq_refl"
    for q in reversed(quantities.args):
        row = "eq_refl"
        entries: list[Term] = []
        for x in reversed(names):
            value, name, script = _derivative(goal, q, x, point)
            lines.append(script)
            entries.insert(0, value)
            row = f"(entries_equal _ _ _ _ {name} {row})"
        values.insert(0, entries)
        proof = f"(entries_equal _ _ _ _ {row} {proof})"
    rows, columns = _minor(goal, values, int(count.args[0]))
    term, name = determinant([[values[i][j] for j in columns] for i in rows]), goal.fresh("K")
    return "\n".join([
        *lines,
        f"apply (rank_of_equal _ _ _ {proof}).",
        f"assert ({name} : {goal.real(term)} <> 0). {{ {not_zero(goal, term)} }}",
        f"exists {_naturals(rows)}, {_naturals(columns)}. split; [reflexivity |]. split; [reflexivity |].",
        f"compute_matrices. exact {name}.",
    ])  # fmt: skip


def _point(goal: Goal, variables: Term) -> dict[str, Term]:
    point = goal.witness.get("point")
    if not isinstance(point, Mapping) or any(not isinstance(point.get(x.args[0]), Term) for x in variables.args):
        raise Unsupported("the witness gives no point")
    return {x.args[0]: point[x.args[0]] for x in variables.args}


def _derivative(goal: Goal, quantity: Term, name: str, point: dict[str, Term]) -> tuple[Term, str, str]:
    """The partial derivative at the point: its value, and an assertion of that name which says so."""
    inner, rule = goal.within(name), Differentiation(name, {})
    moving = substitute(quantity, {x: value for x, value in point.items() if x != name})
    value = substitute(rule.of(quantity), point)
    proof, variable = goal.fresh("K"), goal.names.variable(name)
    left = f"Derive (fun {variable} : R => {inner.real(moving)}) ({goal.real(point[name])})"
    facts = "".join(
        f"assert ({goal.fresh('K')} : {goal.say(fact)}). {{ {script} }} "
        for fact, script in _conditions(goal, rule, point)
    )
    script = f"{facts}apply is_derive_unique. auto_derive; [differentiable | first [ring | field; nonzero]]."
    return value, proof, f"assert ({proof} : {left} = {goal.real(value)}). {{ {script} }}"


def _conditions(goal: Goal, rule: Differentiation, point: dict[str, Term]) -> list[tuple[Term, str]]:
    """What must hold at the point: denominators are not zero, radicands and arguments of logarithms positive."""
    from derivations.rocq.signs import signs_script

    found: dict[Term, str] = {}
    for term in rule.nonzero:
        there = substitute(term, point)
        found[ne(there, ZERO)] = not_zero(goal, there)
    for term in rule.positive:
        there = substitute(term, point)
        value = constant(goal, there)
        script = signs_script(goal, lt(ZERO, there), usable(goal, goal.premises))
        if value is not None:
            text = goal.real(number(value))
            equation = equation_script(goal, there, number(value))
            script = f"apply (Rlt_le_trans _ ({text})). {{ lra. }} apply Req_le. symmetry. {equation}"
        found[lt(ZERO, there)] = script
        root = Term("Sqrt", (there,))
        found[ne(root, ZERO)] = f"apply Rgt_not_eq, sqrt_lt_R0. {script}"
    return list(found.items())


def _minor(goal: Goal, values: Rows, size: int) -> tuple[Sequence[int], Sequence[int]]:
    """Rows and columns of a minor that is not zero."""
    given = goal.witness.get("columns", ())
    if size == 0:
        return (), ()  # the determinant without rows is 1
    numbers = [[constant(goal, entry) for entry in row] for row in values]
    if any(entry is None for row in numbers for entry in row):
        if len(values) != size or len(given) != size:
            raise Unsupported("the witness names no columns")
        return range(size), given
    for rows in combinations(range(len(values)), size):
        for columns in combinations(range(len(values[0])), size):
            entries = [
                fmpq(c.numerator, c.denominator) for i in rows for j in columns if (c := numbers[i][j]) is not None
            ]
            if fmpq_mat(size, size, entries).det() != 0:
                return rows, columns
    raise Unsupported("the rank at that point is lower")


def _naturals(numbers: Sequence[int]) -> str:
    return f"[{'; '.join(f'{k}%nat' for k in numbers)}]"


def at_most_independent(goal: Goal) -> str:
    """The field is not zero at the witness's point; the rest is linear algebra."""
    _, count, field, variables = goal.claim.args
    point = _point(goal, variables)
    size = int(count.args[0])
    if size >= len(_AT_MOST):
        raise Unsupported("a flow of more than four variables")
    parts = [substitute(part, point) for part in field.args]
    lines = [f"exists {', '.join(f'({goal.real(value)})' for value in point.values())}.", f"apply {_AT_MOST[size]}."]
    for k, part in enumerate(parts):
        if constant(goal, part) != 0 and (k == len(parts) - 1 or constant(goal, part) is not None or _fine(goal, part)):
            name = goal.fresh("K")
            lines.append(f"assert ({name} : {goal.real(part)} <> 0). {{ {not_zero(goal, part)} }}")
            return "\n".join([*lines, "right. " * k + f"left. exact {name}."])
    raise Unsupported("the field may vanish at that point")


def _fine(goal: Goal, part: Term) -> bool:
    try:
        not_zero(goal, part)
    except Unsupported:
        return False
    return True


# --- no polynomial is conserved -----------------------------------------------------------------------------------------


class Conserved:
    """The polynomial sum c_m m over all monomials m of degree 1 to d, with unknown coefficients c_m, and a field f.

    What the predicate says: if grad Q . f is zero everywhere, then all c_m are zero.
    """

    def __init__(self, writer: Writer, arguments: Sequence[Term]) -> None:
        degree, field, variables = arguments
        self.writer, self.field = writer, field.args
        self.names = [x.args[0] for x in variables.args]
        total = int(degree.args[0])
        self.monomials = [
            m for d in range(1, total + 1) for m in combinations_with_replacement(range(len(self.names)), d)
        ]
        if len(self.monomials) > _MAX_MONOMIALS:
            raise Unsupported(f"a polynomial of {len(self.monomials)} terms")
        taken = {*writer.names.variables.values(), *writer.names.functions.values()}
        letter = "c"
        while any(f"{letter}_{k}" in taken for k in range(1, len(self.monomials) + 1)):
            letter += "'"
        self.coefficients = [f"{letter}_{k}" for k in range(1, len(self.monomials) + 1)]

    def text(self) -> str:
        names = [self.writer.names.variable(x) for x in self.names]
        body, zero = self.polynomial(), " /\\ ".join(f"{c} = 0" for c in self.coefficients)
        moves = " + ".join(
            f"Derive (fun {x} : R => {body}) {x} * ({self.writer.real(part)})"
            for x, part in zip(names, self.field, strict=True)
        )
        every = " ".join(names)
        return f"(forall {' '.join(self.coefficients)} : R, (forall {every} : R, {moves} = 0) -> {zero})"

    def polynomial(self) -> str:
        return " + ".join(f"{c} * {self._power(m)}" for c, m in zip(self.coefficients, self.monomials, strict=True))

    def derivative(self, i: int) -> str:
        """The derivative by the i-th variable."""
        parts = []
        for c, m in zip(self.coefficients, self.monomials, strict=True):
            if i in m:
                rest = list(m)
                rest.remove(i)
                parts.append(f"{c} * ({m.count(i)} * {self._power(tuple(rest))})")
        return " + ".join(parts)

    def _power(self, monomial: tuple[int, ...]) -> str:
        times = [(symbol(self.names[i]), monomial.count(i)) for i in sorted(set(monomial))]
        text = self.writer.real(mul(*(x if k == 1 else power(x, k) for x, k in times)))
        return text if len(times) == 1 and times[0][1] == 1 else f"({text})" if times else "1"

    def images(self) -> Images:
        """grad Q . f: for each monomial (its exponents) the linear form in the coefficients, by their position."""
        algebra = Algebra(self.writer.table, [*self.field, *map(symbol, self.names)])
        slots = [algebra.slot(x, symbol(x)) for x in self.names]
        parts = []
        for part in self.field:
            top, bottom = algebra.value(part)
            if not bottom.is_constant():
                raise Unsupported("the field is no polynomial")
            parts.append(top / bottom.leading_coefficient())
        found: Images = {}
        for position, monomial in enumerate(self.monomials):
            poly = algebra.one
            for i in monomial:
                poly *= algebra.generators[slots[i]]
            image = sum((poly.derivative(slots[i]) * parts[i] for i in set(monomial)), algebra.zero)
            for exponents, c in image.to_dict().items():
                key = tuple(int(exponents[slot]) for slot in slots)
                found.setdefault(key, {})[position] = Fraction(int(c.p), int(c.q))
        return found

    def linear(self, form: dict[int, Fraction]) -> str:
        number_text = self.writer.real
        return " + ".join(f"{number_text(number(c))} * {self.coefficients[k]}" for k, c in sorted(form.items())) or "0"


def no_polynomial(goal: Goal) -> str:
    """Every coefficient of grad Q . f is zero, being the coefficient of a polynomial that vanishes; then linear algebra."""
    q = Conserved(goal.writer, goal.claim.args[1:])
    names = [goal.names.variable(x) for x in q.names]
    given, whole = goal.fresh("K"), goal.fresh("K")
    images = q.images()
    lines = [f"intros {' '.join(q.coefficients)} {given}."]
    rewrites = []
    for i, x in enumerate(names):
        proof = goal.fresh("K")
        left = f"Derive (fun {x} : R => {q.polynomial()}) {x}"
        script = "intros. apply is_derive_unique. auto_derive; [differentiable | ring]."
        lines.append(f"assert ({proof} : forall {' '.join(names)} : R, {left} = {q.derivative(i)}). {{ {script} }}")
        rewrites.append(f"{proof} in {given}")
    nested, there = _nested(q, images, 0), [goal.fresh("Z") for _ in names]
    lines += [
        f"assert ({whole} : forall {' '.join(names)} : R, {nested} = 0).",
        f"{{ intros {' '.join(there)}. specialize ({given} {' '.join(there)}). "
        f"{' '.join(f'rewrite {one}.' for one in rewrites)} etransitivity; [| exact {given}]. cbn [poly]. field. }}",
    ]
    equations: Equations = []
    _split(goal, q, images, 0, whole, lines, equations)
    lines += _solved(goal, q, equations)
    return "\n".join(lines)


def _by_first(images: Images) -> list[Images]:
    """The coefficients of the powers 0, 1, 2, ... of the first variable."""
    size = 1 + max((key[0] for key in images), default=-1)
    return [{key[1:]: form for key, form in images.items() if key[0] == e} for e in range(size)]


def _nested(q: Conserved, images: Images, depth: int) -> str:
    if depth == len(q.names):
        return q.linear(images.get((), {}))
    parts = "; ".join(_nested(q, part, depth + 1) for part in _by_first(images))
    return f"poly [{parts}] {q.writer.names.variable(q.names[depth])}"


def _split(
    goal: Goal, q: Conserved, images: Images, depth: int, proof: str, lines: list[str], equations: Equations
) -> None:
    """From a polynomial that vanishes everywhere to its coefficients, one variable after the other."""
    if depth == len(q.names):
        equations.append((proof, images[()]))
        return
    rest = [goal.names.variable(x) for x in q.names[depth + 1 :]]
    first = goal.names.variable(q.names[depth])
    parts = _by_first(images)
    listed = f"[{'; '.join(_nested(q, part, depth + 1) for part in parts)}]"
    for e, part in enumerate(parts):
        if part:
            name = goal.fresh("K")
            stated = f"{f'forall {chr(32).join(rest)} : R, ' if rest else ''}{_nested(q, part, depth + 1)} = 0"
            argument = f"(fun {first} : R => {proof} {first}{''.join(f' {x}' for x in rest)})"
            every = f"fun {' '.join(rest)} : R => " if rest else ""
            lines.append(f"assert ({name} : {stated}). {{ exact ({every}poly_coefficient {listed} {e} {argument}). }}")
            _split(goal, q, part, depth + 1, name, lines, equations)


def _solved(goal: Goal, q: Conserved, equations: Equations) -> list[str]:
    """c_m = 0 for every m, as a combination of the equations."""
    count = len(q.monomials)
    matrix = fmpq_mat(count, len(equations))
    for j, (_, form) in enumerate(equations):
        for i, c in form.items():
            matrix[i, j] = fmpq(c.numerator, c.denominator)
    if matrix.rank() < count:
        raise Unsupported("some polynomial is conserved")
    pivots = _independent_columns(matrix, count)
    inverse = fmpq_mat(count, count, [matrix[i, j] for i in range(count) for j in pivots]).inv()
    lines = []
    for m in range(count):
        used = [equations[pivots[k]][0] for k in range(count) if inverse[k, m] != 0]
        script = f"clear - {' '.join(used)}. lra."
        lines.append(f"{{ {script} }}" if m == count - 1 else f"split. {{ {script} }}")
    return lines


def _independent_columns(matrix: fmpq_mat, count: int) -> list[int]:
    """The positions of columns that form a basis."""
    reduced, rank = matrix.rref()
    pivots, row = [], 0
    for j in range(matrix.ncols()):
        if row < rank and reduced[row, j] != 0:
            pivots.append(j)
            row += 1
    return pivots[:count]
