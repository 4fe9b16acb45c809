"""That a point where the equations hold is one of those found: a walk through the tree of cases, each step a combination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derivations.kernel.checkers.numbers import enclosure
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    conj,
    disj,
    eq,
    iff,
    ne,
    symbol,
)
from derivations.tactics.coordinates import TABLE, rational, solved_for, written
from derivations.tactics.critical_points import (
    SEPARATOR,
    Context,
    Curve,
    Leaf,
    Node,
    Point,
    Reduced,
    Shape,
    Split,
    System,
    substituted,
)
from derivations.tactics.elimination import Polynomial, Relation, whole
from derivations.tactics.proof import Proof


@dataclass(frozen=True)
class Known:
    """An equation g = 0 that was proved: the polynomial as it stands in the claim, and the label."""

    polynomial: Polynomial
    label: str

    @property
    def scale(self) -> Fraction:
        """What the polynomial is multiplied by to have whole coefficients without a common divisor."""
        m = next(iter(self.polynomial))
        return whole(self.polynomial)[m] / self.polynomial[m]


def place_of(point: Point, names: Sequence[str]) -> Term:
    """x = r and y = s, as a formula."""
    return conj(*(eq(symbol(name), point.at[name]) for name in names))


def of(coefficients: Sequence[int]) -> Polynomial:
    return {(k,): Fraction(c) for k, c in enumerate(coefficients) if c}


class Tree:
    """Walks through the tree of cases; every way ends in the goal, which says that the point is one of those found."""

    def __init__(self, proof: Proof, system: System, goal: Term, equal: Mapping[Term, str]) -> None:
        self.proof, self.names, self.goal, self.equal = proof, system.names, goal, equal
        self.terms = {name: symbol(name) for name in system.names}
        if system.weights:
            parts = {tuple(int(j == i) for j in range(len(system.weights))): Fraction(w) for i, w in enumerate(system.weights)}
            self.terms[SEPARATOR] = written(parts, system.names[1:])

    def written(self, polynomial: Polynomial) -> Term:
        return written(polynomial, self.names, self.terms)

    def walk(self, node: Node, context: Context, known: list[Known], values: dict[str, str]) -> str:
        """The label of the goal; ``values`` are the labels of what is known of each variable."""
        if isinstance(node, Shape):
            return self._shape(node, context, known, values)
        if isinstance(node, Split):
            return self._split(node, known, values)
        if isinstance(node, Curve):
            return self._curve(node, known, values)
        if isinstance(node, Reduced):
            return self._reduced(node, known, values)
        return self._leaf(node, known, values)

    def _combined(self, found: Relation, known: list[Known], claim: Term, by: Fraction, words: str) -> str:
        """A combination of the known equations; ``by`` is what the relation is multiplied by to give the claim."""
        premises, factors = [], []
        for one, factor in zip(known, found.factors, strict=True):
            if factor and one.label:
                premises.append(one.label)
                scaled = {m: c * one.scale * by for m, c in factor.items()}
                factors.append(self.written(scaled))
        if factors == [ONE] and self.proof.claims[premises[0]] == claim:
            return premises[0]
        return self.proof.step("combination", claim, *premises, factors=tuple(factors), because=words)

    def _shape(self, node: Shape, context: Context, known: list[Known], values: dict[str, str]) -> str:
        place = self.names.index(node.name)
        lead = next(c for m, c in node.found.polynomial.items() if m[place])
        rest = {m: -c / lead for m, c in node.found.polynomial.items() if not m[place]}
        claim = eq(self.terms[node.name], self.written(rest))
        label = self._combined(node.found, known, claim, 1 / lead, f"a combination that gives {node.name} alone")
        inner = Context(context.equations, context.fixed, context.classes, {**context.shaped, node.name: node.found.polynomial})
        return self.walk(node.rest, inner, known, {**values, node.name: label})

    def _reduced(self, node: Reduced, known: list[Known], values: dict[str, str]) -> str:
        """A polynomial with multiple roots vanishes only where the one without them does."""
        claim = eq(self.written(node.found.polynomial), ZERO)
        start = self._combined(node.found, known, claim, Fraction(1), f"a combination in which only {node.name} is left")
        label = self.proof.step("signs", eq(self.written(node.once), ZERO), start, because="each factor once")
        return self.walk(node.rest, node.context, [*known, Known(node.once, label)], values)

    def _curve(self, node: Curve, known: list[Known], values: dict[str, str]) -> str:
        """The common factor vanishes, which is one part of the goal; or the quotients do."""
        proof, zero = self.proof, eq(self.written(node.factor), ZERO)
        labels = [one.label for one in known]
        others = [eq(self.written(one), ZERO) for one in node.quotients]
        options = [zero] * node.real + [conj(*others)] * (node.rest is not None)
        claim = disj(*options)
        label = proof.step("signs", claim, *labels, because="a product is zero where a factor is")
        if not options:
            return proof.step("signs", self.goal, label, because="which is impossible")
        if node.rest is None:
            return self._on_curve(label, values)
        if not node.real:
            return self._elsewhere(node, node.rest, others, values, label)
        one, other = proof.supposing(zero, "a case"), proof.supposing(conj(*others), "a case")
        with proof.inside() as first:
            self._on_curve(one.label, values)
        with proof.inside() as second:
            self._elsewhere(node, node.rest, others, values, other.label)
        branches = (proof.branch("on the curve", first, one), proof.branch("elsewhere", second, other))
        return proof.step("cases", self.goal, label, branches=branches, because="in both cases")

    def _elsewhere(self, node: Curve, rest: Node, others: list[Term], values: dict[str, str], label: str) -> str:
        """Go on where all the quotients vanish, which is what the label says."""
        parts = [label] if len(others) == 1 else [
            self.proof.step("part", part, label, because="a part of it") for part in others
        ]  # fmt: skip
        new = [Known(polynomial, part) for polynomial, part in zip(node.quotients, parts, strict=True)]
        return self.walk(rest, node.context, new, values)

    def _on_curve(self, label: str, values: dict[str, str]) -> str:
        labels = [*(values[name] for name in self.names if name in values), label]
        claim = conj(*(self.proof.claims[one] for one in labels))
        if len(labels) > 1:
            label = self.proof.step("conjunction", claim, *labels, because="together")
        if claim == self.goal:
            return label
        return self.proof.step("signs", self.goal, *labels, because="which is one of the possibilities")

    def _split(self, node: Split, known: list[Known], values: dict[str, str]) -> str:
        proof, x = self.proof, self.terms[node.name]
        claim = eq(self.written(node.found.polynomial), ZERO)
        start = self._combined(node.found, known, claim, Fraction(1), f"a combination in which only {node.name} is left")
        empty = [self._roots(node.name, factor, []) for factor in node.without]
        options = [self._option(node.name, factor) for factor, _, _ in node.parts]
        if not options:
            return proof.step("signs", self.goal, start, *empty, because="which is impossible")
        claim = disj(*options)
        label = start
        if proof.claims[start] != claim:
            label = proof.step("signs", claim, start, *empty, because="a product is zero where a factor is")
        if claim == self.goal:
            return label
        if len(options) == 1:
            factor, context, rest = node.parts[0]
            return self._below(node.name, factor, context, rest, known, values, label)
        branches = []
        for option, (factor, context, rest) in zip(options, node.parts, strict=True):
            item = proof.supposing(option, "a case")
            with proof.inside() as steps:
                self._below(node.name, factor, context, rest, known, values, item.label)
            branches.append(proof.branch(f"{x.args[0]}", steps, item))
        return proof.step("cases", self.goal, label, branches=tuple(branches), because="in every case")

    def _option(self, name: str, factor: Sequence[int]) -> Term:
        if len(factor) == 2:
            return eq(self.terms[name], rational(Fraction(-factor[0], factor[1])))
        return eq(written(of(factor), (name,), self.terms), ZERO)

    def _below(
        self, name: str, factor: Sequence[int], context: Context, rest: Node, known: list[Known], values: dict[str, str],
        label: str,
    ) -> str:  # fmt: skip
        """Go on where the variable is a root of the factor, which is what the label says."""
        values = {**values, name: label}
        place = self.names.index(name)
        if len(factor) > 2:
            polynomial = {tuple(k if j == place else 0 for j in range(len(self.names))): Fraction(c)
                          for k, c in enumerate(factor) if c}  # fmt: skip
            return self.walk(rest, context, [*known, Known(polynomial, label)], values)
        if isinstance(rest, Leaf):
            return self.walk(rest, context, known, values)
        value, new = Fraction(-factor[0], factor[1]), []
        for one in known:
            put = substituted(one.polynomial, place, value)
            if not one.label and name == SEPARATOR:
                new.append(Known(put, label))
            elif not one.label and put != one.polynomial:
                own = tuple(int(j == place) for j in range(len(self.names)))
                weight = rational(-one.polynomial[own])
                claim = eq(self.written(put), ZERO)
                step = self.proof.step("combination", claim, label, factors=(weight,), because=f"insert {name}")
                new.append(Known(put, step))
            elif put == one.polynomial:
                new.append(one)
            elif put:
                claim = eq(self.written(put), ZERO)
                step = self.proof.step("rewrite", claim, one.label, label, because=f"insert {name}")
                new.append(Known(put, step))
        return self.walk(rest, context, new, values)

    def _placeholder(self) -> str:
        """A variable that no assumption speaks of."""
        name = next(one for one in ("s", "r", "p", "tau", "rho") if one not in self.names)
        return self.proof.declare(name, "real", "a placeholder")

    def _roots(self, name: str, factor: Sequence[int], roots: Sequence[Term]) -> str:
        """The real roots of a polynomial, in the variable or in a combination of variables."""
        one = self._placeholder() if name == SEPARATOR else name

        def claim(x: Term) -> Term:
            return iff(eq(written(of(factor), (one,), {one: x}), ZERO), disj(*(eq(x, root) for root in roots)))

        words = "these are all its real roots" if roots else "it has no real root"
        label = self.proof.step("real-roots", claim(symbol(one)), because=words)
        if name != SEPARATOR:
            return label
        every = self.proof.step("generalise", Term("ForAll", (one, claim(symbol(one)))), label, because="for all numbers")
        return self.proof.step("instantiate", claim(self.terms[name]), every, values={one: self.terms[name]},
                               because="for this combination")  # fmt: skip

    # --- the leaves ---------------------------------------------------------------------------------------------------

    def _leaf(self, node: Leaf, known: list[Known], values: dict[str, str]) -> str:
        options = []
        for one in node.context.classes:
            label = self._roots(one.name, one.coefficients, one.roots)
            claim = self.proof.claims[label].args[1]
            options.append(self.proof.step("rewrite", claim, values[one.name], label, because="so it is one of the roots"))
            if self.proof.claims[options[-1]] == self.goal:
                return options[-1]
        return self._choose(node, known, values, options, ())

    def _choose(
        self, node: Leaf, known: list[Known], values: dict[str, str], options: list[str], chosen: tuple[Term, ...]
    ) -> str:
        """One case for each root of the next class; where all are chosen, the point is known."""
        if len(chosen) == len(options):
            point = next(p for roots, p in node.points if roots == chosen)
            return self._impossible(node, known, values, chosen) if point is None else self._arrived(point, values)
        one, label = node.context.classes[len(chosen)], options[len(chosen)]
        if len(one.roots) == 1:
            return self._choose(node, known, {**values, one.name: label}, options, (*chosen, one.roots[0]))
        branches = []
        for root in one.roots:
            item = self.proof.supposing(eq(self.terms[one.name], root), "a case")
            with self.proof.inside() as steps:
                self._choose(node, known, {**values, one.name: item.label}, options, (*chosen, root))
            branches.append(self.proof.branch(one.name, steps, item))
        return self.proof.step("cases", self.goal, label, branches=tuple(branches), because="for each root")

    def _arrived(self, point: Point, values: dict[str, str]) -> str:
        names = [name for name in self.names if name != SEPARATOR]
        labels = [self._value(point, name, values) for name in names]
        here = place_of(point, names)
        if here == self.goal:
            return labels[0] if len(labels) == 1 else self.proof.step("conjunction", here, *labels, because="that is the point")
        return self.proof.step("signs", self.goal, *labels, because="that is one of the points")

    def _value(self, point: Point, name: str, values: dict[str, str]) -> str:
        """The label of name = its coordinate."""
        claim = eq(symbol(name), point.at[name])
        label = values[name]
        if self.proof.claims[label] == claim:
            return label
        others = [values[other] for other in self.names if other not in point.shaped]
        if name not in point.minimal and SEPARATOR not in self.names:
            return self.proof.step("identity", claim, label, *others, because="insert the others")
        inserted = eq(symbol(name), point.shaped[name])
        step = label
        if self.proof.claims[label] != inserted:
            step = self.proof.step("rewrite", inserted, label, *others, because="insert the others")
        if name not in point.minimal:
            return self.proof.step("identity", claim, step, because="in short") if inserted != claim else step
        same = self.equal[point.shaped[name]]
        return self.proof.step("rewrite", claim, step, same, because="which is that root")

    def _impossible(self, node: Leaf, known: list[Known], values: dict[str, str], chosen: tuple[Term, ...]) -> str:
        """An equation that does not hold for this choice of roots."""
        proof, context = self.proof, node.context
        at = {name: rational(value) for name, value in context.fixed.items()}
        at |= {one.name: root for one, root in zip(context.classes, chosen, strict=True)}
        labels, shaped, shaped_at = [values[name] for name in at], [], {}
        for name, polynomial in context.shaped.items():
            inserted = solved_for(polynomial, name, self.names, at)
            label, claim = values[name], eq(symbol(name), inserted)
            if proof.claims[label] != claim:
                label = proof.step("rewrite", claim, label, *labels, because="insert the others")
            shaped.append(label)
            shaped_at[name] = inserted
        labels, at = labels + shaped, at | shaped_at
        for one in known:
            value = written(one.polynomial, self.names, at)
            if not one.label or enclosure(TABLE, value).contains(0):
                continue
            there = one.label
            if proof.claims[there] != eq(value, ZERO):
                there = proof.step("rewrite", eq(value, ZERO), there, *labels, because="insert these roots")
            other = proof.step("number-sign", ne(value, ZERO), because="but this number is not zero")
            return proof.step("signs", self.goal, there, other, because="which is impossible")
        raise Undecided("which of the roots belong together was not proved")
