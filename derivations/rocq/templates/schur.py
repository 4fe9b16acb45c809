"""Roots in the unit disc and linear iterations of one state or two: ``linear-iteration``, ``schur-cohn``, ``schur-cohn-closed``.

All apply theorems of theories/Discs.v, for polynomials of degree one and two, powers of z, and products of such factors. The
criterion in higher degrees, and iterations of more states, rest on cited theorems and are not written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from derivations.kernel.algebra import Algebra
from derivations.kernel.formulas import same_kind, strip
from derivations.kernel.rules.algebra import prepared
from derivations.kernel.situation import Situation
from derivations.language.terms import ONE, ZERO, Term, add, apply, eq, for_all, le, lt, mul, neg, number, sub, symbol
from derivations.rocq.algebra import equation_script
from derivations.rocq.equality import convert
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal

Factor = tuple[Term, ...]


# --- linear iterations --------------------------------------------------------------------------------------------


def linear_iteration(goal: Goal) -> str:
    """The iteration converges from every start iff the roots lie in the disc: ``Discs.one_state``, ``Discs.two_states``."""
    convergence, predicate = goal.claim.args
    starts, body = strip(convergence)
    limits = [(part.args[0].args[0], part.args[3], part.args[1]) for part in (body.args if body.head == "And" else (body,))]
    if len(limits) > 2:
        raise Unsupported(f"a linear iteration of {len(limits)} states rests on a cited theorem")
    rows, t = [row.args for row in goal.term("matrix").args], limits[0][2]
    begin = [symbol(a) for a in starts]
    errors = [sub(apply(x, symbol(t), *begin), c) for x, c, _ in limits]
    lines: list[str] = []
    facts: list[str] = []
    for (x, c, _), row in zip(limits, rows, strict=True):
        update = add(*(mul(entry, error) for entry, error in zip(row, errors, strict=True)))
        after = sub(apply(x, add(symbol(t), ONE), *begin), c)
        facts.append(_premise(goal, for_all(t, _for_all(starts, eq(after, update))), lines))
    for (x, _, _), start in zip(limits, begin, strict=True):
        facts.append(_premise(goal, _for_all(starts, eq(apply(x, ZERO, *begin), start)), lines))
    for given, wanted in zip(predicate.args[1].args[1:], _characteristic(rows), strict=True):
        facts.append(goal.fresh())
        script = equation_script(goal, given, wanted, goal.premises)
        lines.append(f"assert ({facts[-1]} : {goal.real(given)} = {goal.real(wanted)}).\n{{ {script} }}")
    functions = " ".join(goal.names.functions[x] for x, _, _ in limits)
    entries = [c for _, c, _ in limits] + [entry for row in rows for entry in row] + list(predicate.args[1].args[1:])
    theorem = "one_state" if len(limits) == 1 else "two_states"
    numbers = " ".join(f"({goal.real(entry)})" for entry in entries)
    return "\n".join([*lines, f"exact ({theorem} {functions} {numbers} {' '.join(facts)})."])


def _for_all(names: Sequence[str], body: Term) -> Term:
    for name in reversed(names):
        body = for_all(name, body)
    return body


def _characteristic(rows: Sequence[Factor]) -> Factor:
    """The coefficients of det(z - m) after the first, as the theorems of theories/Discs.v have them."""
    if len(rows) == 1:
        return (neg(rows[0][0]),)
    (m11, m12), (m21, m22) = rows
    return neg(add(m11, m22)), sub(mul(m11, m22), mul(m12, m21))


def _premise(goal: Goal, wanted: Term, lines: list[str]) -> str:
    """The name of a fact that says so, by a premise that says it in some form. Raises Unsupported if none does."""
    for premise in goal.premises:
        if not premise.every_outcome and same_kind(goal.table, premise.term, wanted):
            name = goal.fresh()
            lines.append(f"assert ({name} : {goal.say(wanted)}).\n{{ {convert(goal, premise.name, premise.term, wanted)} }}")
            return name
    raise Unsupported("an update or a start is no premise")


# --- the criterion ------------------------------------------------------------------------------------------------


def schur_cohn(goal: Goal) -> str:
    """p = p_1·p_2·… : its roots are those of the p_i, and for each p_i the conditions are those of its degree."""
    predicate, condition = goal.claim.args
    name, given = predicate.args
    factors = [one.args for one in goal.witness.get("factors", (given,))]
    for factor in factors:
        if len(factor) > 3 and not _is_power(factor):
            raise Unsupported(f"the criterion of Schur and Cohn in degree {len(factor) - 1} rests on a cited theorem")
    lines: list[str] = []
    whole = _product(goal, name, given.args, factors, lines)
    wanted = [_conditions(factor, name) for factor in factors]
    criteria = [_criterion(goal, name, factor, parts, lines) for factor, parts in zip(factors, wanted, strict=True)]
    stated = list(condition.args) if condition.head == "And" else [] if condition.head == "True" else [condition]
    pairs = _pairs(goal, [one for parts in wanted for one in parts], stated, lines)
    criterion = Criterion(goal, whole, criteria, [len(parts) for parts in wanted], len(stated), pairs)
    return "\n".join([*lines, "split.", f"{{ {criterion.conditions()} }}", criterion.roots()])


@dataclass(frozen=True, slots=True)
class Criterion:
    """Names of facts: the roots of p lie in the disc iff those of its factors do (``whole``; None where p is its only factor),

    those of a factor iff its conditions hold (``factors``, with the numbers of conditions ``sizes``), and condition i of the
    factors says the same as condition j of the ``stated`` ones (``pairs``).
    """

    goal: Goal
    whole: str | None
    factors: list[str]
    sizes: list[int]
    stated: int
    pairs: dict[tuple[int, int], str]

    def conditions(self) -> str:
        """From the roots to the conditions that are stated."""
        given, discs = self.goal.fresh("N"), [self.goal.fresh("N") for _ in self.factors]
        script, known = [f"intros {given}."], []
        if self.whole:
            script.append(f"apply (proj1 {self.whole}) in {given}. destruct {given} as {_nested(discs)}.")
        else:
            script.append(f"rename {given} into {discs[0]}.")
        for fact, disc, size in zip(self.factors, discs, self.sizes, strict=True):
            names = [self.goal.fresh("N") for _ in range(size)]
            script.append(f"apply (proj1 {fact}) in {disc}.")
            script += [f"destruct {disc} as ({' & '.join(names)})."] if names else []
            known += names
        found = {j: f"(proj2 {fact} {known[i]})" for (i, j), fact in self.pairs.items()}
        return " ".join([*script, _conjoined([found[j] for j in range(self.stated)])])

    def roots(self) -> str:
        """From the conditions that are stated to the roots."""
        given, names = self.goal.fresh("N"), [self.goal.fresh("N") for _ in range(self.stated)]
        script = [f"intros {given}."]
        if len(names) > 1:
            script.append(f"destruct {given} as ({' & '.join(names)}).")
        elif names:
            script.append(f"rename {given} into {names[0]}.")
        found = {i: f"(proj1 {fact} {names[j]})" for (i, j), fact in self.pairs.items()}
        first, text = 0, ""
        for fact, size in zip(self.factors, self.sizes, strict=True):
            proof = f"{{ apply (proj2 {fact}). {_conjoined([found[i] for i in range(first, first + size)])} }}"
            text, first = f"{{ split. {text} {proof} }}" if text else proof, first + size
        return " ".join([*script, *([f"apply (proj2 {self.whole})."] if self.whole else []), text])


def _nested(names: list[str]) -> str:
    """A pattern for ((A /\\ B) /\\ C) /\\ …"""
    text = names[0]
    for name in names[1:]:
        text = f"[{text} {name}]"
    return text


def _conjoined(proofs: list[str]) -> str:
    """A tactic for a conjunction of what is proved (True if of nothing)."""
    text = f"exact {proofs[-1]}." if proofs else "exact I."
    for proof in reversed(proofs[:-1]):
        text = f"split; [exact {proof} |]. {text}"
    return text


# --- factors --------------------------------------------------------------------------------------------------------


def _conditions(factor: Factor, name: str) -> list[Term]:
    """What the theorems of theories/Discs.v ask of a factor: 0 < p(1), 0 < 1 - p_0, 0 < p(-1), or with ≤."""
    above = lt if name == "roots_in_disc" else le
    if _is_power(factor):
        return []
    if len(factor) == 2:
        return [above(ZERO, add(ONE, factor[1])), above(ZERO, sub(ONE, factor[1]))]
    p, q = factor[1:]
    return [above(ZERO, add(ONE, p, q)), above(ZERO, sub(ONE, q)), above(ZERO, add(sub(ONE, p), q))]


def _is_power(factor: Factor) -> bool:
    return all(part == ZERO for part in factor[1:])


def _inside(goal: Goal, name: str, factor: Sequence[Term]) -> str:
    """That the roots of the polynomial lie in the disc."""
    return f"{name} {goal.writer.vector(tuple(factor))}"


def _criterion(goal: Goal, name: str, factor: Factor, conditions: list[Term], lines: list[str]) -> str:
    """The name of the fact that a factor has its roots in the disc iff its conditions hold."""
    fact, disc = goal.fresh(), name.removeprefix("roots_in_")
    if _is_power(factor):
        proof = f"{disc}_power {len(factor) - 1}"
    else:
        numbers = " ".join(f"({goal.real(part)})" for part in factor[1:])
        proof = f"{disc}_{'linear' if len(factor) == 2 else 'quadratic'} {numbers}"
    said = " /\\ ".join(goal.say(one) for one in conditions) or "True"
    lines.append(f"assert ({fact} : {_inside(goal, name, factor)} <-> {said}) by exact ({proof}).")
    return fact


def _product(goal: Goal, name: str, given: Factor, factors: Sequence[Factor], lines: list[str]) -> str | None:
    """The name of the fact: the roots of p lie in the disc iff those of p_1 do, and those of p_2, …; nothing where p is p_1."""
    first, *rest = factors
    if not rest and goal.writer.vector(given) == goal.writer.vector(first):
        return None
    nested, coefficients, disc = goal.writer.vector(first), list(first), name.removeprefix("roots_in_")
    text, lemmas = _inside(goal, name, first), []
    for factor in rest:
        kind = "power" if _is_power(factor) else "linear" if len(factor) == 2 else "quadratic"
        numbers = f"{len(factor) - 1}" if kind == "power" else " ".join(f"({goal.real(part)})" for part in factor[1:])
        nested, coefficients = f"times_{kind} {numbers} ({nested})", _times(coefficients, factor)
        text = f"({text}) /\\ {_inside(goal, name, factor)}"
        lemmas.append(f"{disc}_times_{kind}")
    if len(coefficients) != len(given):
        raise Unsupported("the factors do not give the polynomial")
    expanded, fact = goal.writer.vector(coefficients), goal.fresh()
    same = _entries(goal, given, coefficients, lines)
    turn = [f"replace {expanded} with ({nested}) by same_coefficients", *(f"rewrite {lemma}" for lemma in reversed(lemmas))]
    script = ". ".join([*same, *turn])
    lines.append(f"assert ({fact} : {_inside(goal, name, given)} <-> {text}).\n{{ {script}. apply iff_refl. }}")
    return fact


def _entries(goal: Goal, given: Sequence[Term], wanted: Sequence[Term], lines: list[str]) -> list[str]:
    """A tactic that puts the second list of coefficients for the first; nothing where both are one text."""
    names = []
    for one, other in zip(given, wanted, strict=True):
        if goal.real(one) != goal.real(other):
            names.append(goal.fresh())
            script = equation_script(goal, one, other, goal.premises)
            lines.append(f"assert ({names[-1]} : {goal.real(one)} = {goal.real(other)}).\n{{ {script} }}")
    if not names:
        return []
    equal, entry = goal.fresh(), " | ".join(["reflexivity", *(f"exact {one}" for one in names)])
    lists = f"{goal.writer.vector(tuple(given))} = {goal.writer.vector(tuple(wanted))}"
    lines.append(f"assert ({equal} : {lists}) by (repeat (apply f_equal2; [first [{entry}] |]); reflexivity).")
    return [f"rewrite {equal}"]


def _times(one: Sequence[Term], other: Sequence[Term]) -> list[Term]:
    """The coefficients of a product, both polynomials and the result with the highest first."""
    sums: list[list[Term]] = [[] for _ in range(len(one) + len(other) - 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            if ZERO not in (a, b):
                sums[i + j].append(b if a == ONE else a if b == ONE else mul(a, b))
    return [add(*parts) for parts in sums]


# --- conditions in another form -----------------------------------------------------------------------------------


def _pairs(goal: Goal, wanted: list[Term], stated: list[Term], lines: list[str]) -> dict[tuple[int, int], str]:
    """For each condition that is wanted one that is stated, and the other way round: that they say the same."""
    situation = Situation(goal.table, goal.claim, tuple(p.term for p in goal.premises), goal.witness, (), goal.fixed)
    algebra = Algebra(goal.table, [goal.claim, *situation.premises, *wanted])
    algebra.rewrites.update(prepared(situation).rewrites)
    ratios = {(i, j): _ratio(algebra, one, other) for i, one in enumerate(wanted) for j, other in enumerate(stated)}
    alike = [pair for pair, ratio in ratios.items() if ratio is not None]
    if {i for i, _ in alike} != set(range(len(wanted))) or {j for _, j in alike} != set(range(len(stated))):
        raise Unsupported("these are not the conditions")
    needed = {next(pair for pair in alike if pair[0] == i) for i in range(len(wanted))}
    needed |= {next(pair for pair in alike if pair[1] == j) for j in range(len(stated))}
    return {(i, j): _same(goal, wanted[i], stated[j], ratios[i, j], lines) for i, j in sorted(needed)}


def _ratio(algebra: Algebra, wanted: Term, stated: Term) -> Fraction | None:
    """The positive number c with r - l = c·f, where l < r is stated and 0 < f wanted (or both with ≤); None if there is none."""
    if stated.head not in ({"Lt": ("Lt", "Gt"), "Le": ("Le", "Ge")}[wanted.head]):
        return None
    (a, b), (c, d) = algebra.value(_gap(stated)), algebra.value(wanted.args[1])
    left, right = algebra.reduce(algebra.product(a, d)), algebra.reduce(algebra.product(c, b))
    if left.is_zero() or right.is_zero():
        return Fraction(1) if left.is_zero() and right.is_zero() else None
    ratio = Fraction(str(left.leading_coefficient() / right.leading_coefficient()))
    return ratio if ratio > 0 and algebra.is_zero((left * ratio.denominator - right * ratio.numerator, algebra.one)) else None


def _gap(relation: Term) -> Term:
    """r - l for l < r and for r > l."""
    low, high = relation.args if relation.head in ("Lt", "Le") else relation.args[::-1]
    return sub(high, low)


def _same(goal: Goal, wanted: Term, stated: Term, ratio: Fraction | None, lines: list[str]) -> str:
    """l < r iff 0 < f, where r - l = c·f."""
    assert ratio is not None
    gap, times = _gap(stated), mul(number(ratio), wanted.args[1])
    script, equal, fact = equation_script(goal, gap, times, goal.premises), goal.fresh(), goal.fresh()
    low, high = gap.args[1].args[0], gap.args[0]
    numbers = " ".join(f"({goal.real(part)})" for part in (number(ratio), wanted.args[1], low, high))
    lemma = "lt_ratio" if wanted.head == "Lt" else "le_ratio"
    proof = f"{lemma} {numbers} ltac:(lra) {equal}"
    if stated.head == "Ge":
        proof = f"iff_trans (ge_is_le _ _) ({proof})"
    lines.append(f"assert ({equal} : {goal.real(gap)} = {goal.real(times)}).\n{{ {script} }}")
    lines.append(f"assert ({fact} : {goal.say(stated)} <-> {goal.say(wanted)}) by exact ({proof}).")
    return fact
