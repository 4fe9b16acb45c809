"""The limits of rational functions: the rule ``limit``.

A limit is shown in three moves: eventually the function is a quotient of polynomials in parts whose limits are known (at infinity
in 1/n; near a point in x; in what a premise speaks of); those limits are put together; the result is the number that is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from derivations.kernel.algebra import Algebra, Poly, Value
from derivations.kernel.formulas import strip
from derivations.kernel.rules.algebra import prepared
from derivations.kernel.rules.sequences import _cancelled, _lowest, _occurs, _same_end
from derivations.kernel.situation import Situation
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    div,
    free_symbols,
    lt,
    mul,
    ne,
    number,
    power,
    sub,
    symbol,
)
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise
from derivations.rocq.kinds import proper
from derivations.rocq.templates.bounds import asserted, by_signs, equation, under


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in the place of a power of an atom: a term, and its limit. ``proof`` shows that it has that limit."""

    term: Term
    limit: Term
    proof: str


@dataclass
class Limit:
    """The end towards which the variable goes, and what is known eventually. ``lines`` are the assertions made so far."""

    goal: Goal
    algebra: Algebra
    name: str
    to: Term
    parts: dict[int, Part] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    facts: list[tuple[Term, str]] = field(default_factory=list)  # terms that are eventually not zero, and the proofs
    limits: dict[str, Premise] = field(default_factory=dict)  # by their text: limits that are not zero
    proofs: dict[str, str] = field(default_factory=dict)  # by their text: terms that are eventually not zero

    @property
    def infinite(self) -> bool:
        return self.to == INFINITY

    @property
    def natural(self) -> bool:
        return self.goal.names.variable_type(self.name) == "nat"

    @property
    def filter(self) -> str:
        if self.natural:
            return "eventually"
        return "(Rbar_locally' p_infty)" if self.infinite else f"(Rbar_locally' {self.goal.writer.extended(self.to)})"

    def function(self, term: Term) -> str:
        kind = "nat" if self.natural else "R"
        return f"(fun {self.goal.names.variable(self.name)} : {kind} => {self.goal.real(term)})"

    def entered(self, premise: str) -> str:
        return f"(tends_of_{'seq' if self.natural else 'lim'} _ {'' if self.natural else '_ '}_ {premise})"

    def grown(self, premise: str) -> str:
        return f"(grows_of_{'seq' if self.natural else 'lim'} _ {'' if self.natural else '_ '}{premise})"

    def variable_grows(self) -> str:
        return "grows_INR" if self.natural else "grows_identity"

    def note(self, statement: str, script: str) -> str:
        name, line = asserted(self.goal, statement, script)
        self.lines.append(line)
        return name

    def note_part(self, slot: int, part: Part) -> None:
        """Put the limit of a part into the context, where ``limit_of_parts`` finds it."""
        self.parts[slot] = part
        self.note(
            f"tends {self.filter} {self.function(part.term)} ({self.goal.real(part.limit)})", f"exact {part.proof}."
        )

    # --- polynomials in the parts ---------------------------------------------------------------------------------

    def written(self, poly: Poly, limits: bool, powers: dict[int, tuple[int, int]] | None = None) -> Term:
        """A polynomial with parts, or their limits, for the atoms.

        ``powers``: for a slot the exponents (d, k), where the part stands for 1/atom^k and atom^(kj) becomes part^(d - j): the
        polynomial over the power d of what grows.
        """
        terms = [self._monomial(c, dict(factors), limits, powers or {}) for c, factors in self.algebra.monomials(poly)]
        return Term("Add", tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO

    def _monomial(
        self, coefficient: object, exponents: dict[int, int], limits: bool, powers: dict[int, tuple[int, int]]
    ) -> Term:
        factors = []
        for slot in sorted(set(exponents) | set(powers)):
            exponent, part = int(exponents.get(slot, 0)), self.parts.get(slot)
            base = proper(self.algebra.atoms[slot]) if part is None else part.limit if limits else part.term
            if slot in powers:
                degree, unit = powers[slot]
                exponent = degree - exponent // unit
            if exponent:
                factors.append(base if exponent == 1 else power(base, exponent))
        scalar = self.algebra.term_of(coefficient, [])
        return mul(*factors) if scalar == number(1) and factors else mul(scalar, *factors)

    # --- what holds eventually ------------------------------------------------------------------------------------

    def put_together(self, term: Term, limit: Term) -> str:
        """A script for the limit of what is put together from parts."""
        parts = {self.goal.real(part.term) for part in self.parts.values()}
        conditions = "".join(f" {{ exact {self.nonzero_limit(node)}. }}" for node in self._divisors(term, limit, parts))
        return f"limit_of_parts.{conditions}"

    def _divisors(self, term: Term, limit: Term, parts: set[str]) -> list[Term]:
        """What limits are divided by, in the order in which ``limit_of_parts`` leaves the conditions."""
        if self.name not in free_symbols(term) or self.goal.real(term) in parts:
            return []
        found = []
        if term.head in ("Add", "Mul", "Neg", "Div"):
            for one, other in zip(term.args, limit.args, strict=True):
                found += self._divisors(one, other, parts)
        return [*found, limit.args[1]] if term.head == "Div" else found

    def nonzero_limit(self, limit: Term) -> str:
        """Proof that a limit, or what it is divided by, is not zero."""
        text, claim = self.goal.real(limit), ne(limit, ZERO)
        if text not in self.limits:
            self.limits[text] = Premise(self.note(self.goal.say(claim), by_signs(self.goal, claim)), claim)
        return self.limits[text].name

    def never_zero(self, term: Term, limit: Term) -> str:
        """Proof that a term with a non-zero limit is eventually not zero."""
        function = self.function(term)
        if function not in self.proofs:
            limited = self.note(
                f"tends {self.filter} {function} ({self.goal.real(limit)})", self.put_together(term, limit)
            )
            self.proofs[function] = f"(tends_nonzero {function} _ {limited} {self.nonzero_limit(limit)})"
        return self.proofs[function]

    def denominators(self) -> None:
        """Every denominator met is eventually not zero, because of its leading or lowest coefficient, or of its limit."""
        seen: set[str] = set()
        variable = self.algebra.index.get(self.name, -1)
        for poly in self.algebra.denominators:
            slots = [i for i in range(len(self.algebra.atoms)) if self.name in free_symbols(self.algebra.atoms[i])]
            depends = [i for i in slots if poly.degrees()[i] > 0]
            if not depends or str(poly) in seen:
                continue
            seen.add(str(poly))
            if depends == [variable]:
                self._polynomial_denominator(poly, variable)
            elif (self.infinite and variable in depends) or not set(depends) <= {variable, *self.parts}:
                raise Unsupported("a denominator that mixes the variable with other limits")
            else:
                proof = self.never_zero(self.written(poly, False), self.written(poly, True))
                self.facts.append((self.written(poly, False), proof))

    def _polynomial_denominator(self, poly: Poly, variable: int) -> None:
        """d(x) = x^k·d̃(1/x), or (x - a)^k·d̃(x), where d̃ has a non-zero limit."""
        algebra, goal, x = self.algebra, self.goal, symbol(self.name)
        written = _plain(algebra, poly)
        if written == x and (self.infinite or self.to == ZERO):
            return  # that is among the facts anyway
        if self.infinite:
            self.reciprocal(variable)
            degree, base = int(poly.degrees()[variable]), x
            powers = {variable: (degree, 1)}
            rest, limit = self.written(poly, False, powers), self.written(poly, True, powers)
        else:
            self.at_point(variable)
            at = algebra.value(self.to)
            degree = _lowest(algebra, poly, variable, at)[0]
            base = x if self.to == ZERO else sub(x, self.to)
            quotient = _divided(algebra, poly, algebra.generators[variable] * at[1] - at[0], degree) * at[1] ** degree
            rest, limit = self.written(quotient, False), self.written(quotient, True)
        proof = self.never_zero(rest, limit)
        if degree == 0:
            self.facts.append((written, proof))
            return
        off = self.off()
        one, other = goal.fresh("F"), goal.fresh("F")
        inner = goal.within(self.name)
        inner = inner.replace(premises=(*goal.premises, Premise(one, ne(base, ZERO)), Premise(other, ne(rest, ZERO))))
        script = (
            f"generalize (filter_and _ _ {off} {proof}). apply filter_imp. "
            f"{goal.introduce(self.name)}intros [{one} {other}].\n"
            f"apply (nonzero_by _ ({inner.real(base)}) ({inner.real(rest)}) {degree}); [ | exact {one} | exact {other}].\n"
            f"{equation(inner, written, mul(power(base, degree), rest))}"
        )
        name = self.note(
            f"{self.filter} (fun {goal.names.variable(self.name)} => {inner.say(ne(written, ZERO))})", script
        )
        self.facts.append((written, name))

    def off(self) -> str:
        """The variable is eventually not zero, or not at the point."""
        if self.infinite:
            return f"(grows_nonzero _ {self.variable_grows()})"
        if self.to == ZERO:
            return "off_zero"
        return f"(off_the_point ({self.goal.real(self.to)}))"

    def reciprocal(self, variable: int) -> None:
        """1/x tends to 0 at infinity."""
        if variable not in self.parts:
            self.note_part(
                variable, Part(div(ONE, symbol(self.name)), ZERO, f"(grows_one_over _ {self.variable_grows()})")
            )

    def at_point(self, variable: int) -> None:
        """x tends to a at a."""
        if variable not in self.parts:
            self.note_part(variable, Part(symbol(self.name), self.to, f"(tends_identity ({self.goal.real(self.to)}))"))

    def eventually(self, left: Term, right: Term) -> str:
        """A script for: eventually left = right, by algebra and what is eventually not zero."""
        goal = self.goal
        if goal.real(left) == goal.real(right):
            return f"apply filter_forall. {goal.introduce(self.name)}reflexivity."
        facts = list({goal.real(term): (term, fact) for term, fact in self.facts}.values())
        names = [goal.fresh("F") for _ in facts]
        local = tuple(Premise(name, ne(term, ZERO)) for name, (term, _) in zip(names, facts, strict=True))
        inner = goal.within(self.name).replace(premises=(*goal.premises, *local))
        script = equation(inner, left, right)
        if not facts:
            return f"apply filter_forall. {goal.introduce(self.name)}\n{script}"
        proof, pattern = facts[-1][1], names[-1]
        for (_, fact), name in zip(reversed(facts[:-1]), reversed(names[:-1]), strict=True):
            proof, pattern = f"(filter_and _ _ {fact} {proof})", f"[{name} {pattern}]"
        return f"generalize {proof}. apply filter_imp. {goal.introduce(self.name)}intros {pattern}.\n{script}"


def _plain(algebra: Algebra, poly: Poly) -> Term:
    """A polynomial as a term in the kernel's atoms."""
    return proper(algebra.term_of_poly(poly))


def _divided(algebra: Algebra, poly: Poly, root: Poly, times: int) -> Poly:
    """The polynomial without that many factors ``root``."""
    for _ in range(times):
        poly, rest = divmod(poly, root)
        if not rest.is_zero():
            raise Unsupported("a denominator that vanishes at an irrational point")
    return poly


def limit(goal: Goal) -> str:
    """f → l, or f → ∞, of rational functions of the variable and of what has a limit."""
    body, name, to, target = goal.claim.args
    goal = under(goal, name, inside=False)
    algebra = prepared(
        Situation(goal.table, goal.claim, tuple(p.term for p in goal.premises), goal.witness, (), goal.fixed)
    )
    value = _cancelled(algebra, algebra.value(body))
    proof = Limit(goal, algebra, name, to)
    slots = {i for i in range(len(algebra.atoms)) if name in free_symbols(algebra.atoms[i]) and _occurs(value, i)}
    if target == INFINITY:
        return _to_infinity(proof, body, value, slots)
    return _to_number(proof, body, value, slots, target)


def _premises(proof: Limit) -> list[tuple[int, int, Term, Term, str]]:
    """The limits that premises give: slot, exponent, the body, its limit, the proof."""
    goal, algebra, found = proof.goal, proof.algebra, []
    situation = Situation(goal.table, goal.claim, (), {}, (), goal.fixed)
    for premise in goal.premises:
        names, inner = strip(premise.term)
        if inner.head != "Tends" or inner.args[1] != proof.name or not _same_end(situation, inner.args[2], proof.to):
            continue
        body, _, to, target = inner.args
        top, bottom = algebra.value(body)
        monomials = algebra.monomials(top)
        if not bottom.is_one() or len(monomials) != 1 or monomials[0][0] != 1 or len(monomials[0][1]) != 1:
            continue
        if not set(names) <= goal.here or (
            not proof.natural and goal.writer.extended(to) != goal.writer.extended(proof.to)
        ):
            continue
        ((slot, exponent),) = monomials[0][1]
        found.append((slot, int(exponent), body, target, goal.applied(premise)))
    return found


def _finish(proof: Limit, variable: int) -> None:
    """What is needed of denominators, and that the variable is not at its end."""
    proof.denominators()
    if variable >= 0:
        base = symbol(proof.name) if proof.infinite or proof.to == ZERO else sub(symbol(proof.name), proof.to)
        proof.facts.insert(0, (base, proof.off()))


def _to_number(proof: Limit, body: Term, value: Value, slots: set[int], target: Term) -> str:
    goal, algebra = proof.goal, proof.algebra
    variable = algebra.index.get(proof.name, -1)
    for slot, exponent, term, limited, given in _premises(proof):
        if exponent == 1 and limited != INFINITY:
            proof.note_part(slot, Part(term, limited, proof.entered(given)))
    powers: dict[int, tuple[int, int]] = {}
    if variable in slots and proof.infinite:
        if slots != {variable}:
            raise Unsupported("powers of the variable are mixed with other limits")
        proof.reciprocal(variable)
        powers = {variable: (int(value[1].degrees()[variable]), 1)}
    elif variable in slots:
        proof.at_point(variable)
    if not slots <= set(proof.parts):
        raise Unsupported("a part of it has no known limit")
    _finish(proof, variable)
    quotient, limited_quotient = _quotients(proof, value, powers)
    if quotient.head == "Div" and proof.name in free_symbols(quotient.args[1]):
        bottom = quotient.args[1], limited_quotient.args[1]
        proof.facts.append((bottom[0], proof.never_zero(*bottom)))
    ending = "seq_of_tends" if proof.natural else "lim_of_tends"
    together = proof.put_together(quotient, limited_quotient)
    known = goal.replace(premises=(*goal.premises, *proof.limits.values()))
    lines = [f"apply {ending}.", *proof.lines]
    ends = f"({goal.real(target)}) ({goal.real(limited_quotient)})"
    lines.append(f"apply (tends_as {proof.function(body)} {proof.function(quotient)} {ends}).")
    lines.append(f"{{ {proof.eventually(body, quotient)} }}")
    lines.append(f"{{ {together} }}")
    lines.append(f"{{ {equation(known, limited_quotient, target)} }}")
    return "\n".join(lines)


def _quotients(proof: Limit, value: Value, powers: dict[int, tuple[int, int]]) -> tuple[Term, Term]:
    """Numerator over denominator in the parts, and in their limits."""
    top, bottom = ((proof.written(poly, False, powers), proof.written(poly, True, powers)) for poly in value)
    if value[1].is_one() and not powers:
        return top[0], top[1]
    if bottom[0] == ONE:
        return top[0], top[1]
    return div(top[0], bottom[0]), div(top[1], bottom[1])


def _to_infinity(proof: Limit, body: Term, value: Value, slots: set[int]) -> str:
    """f = G^d·h, where G grows and h has a positive limit, its other summands being powers of 1/G."""
    goal, algebra, name = proof.goal, proof.algebra, proof.name
    variable = algebra.index.get(name, -1)
    growing = {
        slot: (exponent, body, proof.grown(given))
        for slot, exponent, body, to, given in _premises(proof)
        if to == INFINITY
    }
    if proof.infinite and variable >= 0:
        growing[variable] = (1, symbol(name), proof.variable_grows())
    if len(slots) != 1 or not slots <= set(growing):
        raise Unsupported("exactly one part should grow")
    (slot,) = slots
    unit, base, grows = growing[slot]
    for other, exponent, term, limited, given in _premises(proof):
        if exponent == 1 and limited != INFINITY:
            proof.note_part(other, Part(term, limited, proof.entered(given)))
    if slot == variable:
        proof.reciprocal(variable)
    _finish(proof, variable)
    if slot != variable:
        proof.facts.append((base, f"(grows_nonzero {proof.function(base)} {grows})"))
        proof.note_part(slot, Part(div(ONE, base), ZERO, f"(grows_one_over {proof.function(base)} {grows})"))
    degree = int(value[0].degrees()[slot]) // unit
    top, top_limit = (proof.written(value[0], at_limit, {slot: (degree, unit)}) for at_limit in (False, True))
    if not value[1].is_one():
        bottom = _plain(algebra, value[1])
        top, top_limit = div(top, bottom), div(top_limit, bottom)
    whole = mul(power(base, degree), top)
    positive = proof.note(goal.say(lt(ZERO, top_limit)), by_signs(goal, lt(ZERO, top_limit)))
    factor, together = proof.function(power(base, degree)), proof.put_together(top, top_limit)
    lines = [f"apply {'seq_of_grows' if proof.natural else 'lim_of_grows'}.", *proof.lines]
    lines.append(f"apply (grows_as {proof.function(body)} {proof.function(whole)}).")
    lines.append(f"{{ {proof.eventually(body, whole)} }}")
    lines.append(f"apply (grows_mult {factor} {proof.function(top)} ({goal.real(top_limit)})).")
    lines.append(f"{{ exact (grows_pow {proof.function(base)} {degree - 1} {grows}). }}")
    lines.append(f"{{ {together} }}")
    lines.append(f"exact {positive}.")
    return "\n".join(lines)
