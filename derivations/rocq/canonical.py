"""Equality by canonical forms: the kernel's own steps to them (kernel/canonical.py), each an assertion with a small proof.

|x| = x, sqrt(x**2*y) = x*sqrt(y), log(x*y) = log x + log y, exp(t*log x) = x**t: what each asks for is shown by the signs of
factors, and what it says by ``field``. Between two canonical forms algebra.py goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flint import fmpq

from derivations.kernel.algebra import Algebra
from derivations.kernel.canonical import NOT_PLUS, Canonical, _of_logarithm
from derivations.kernel.errors import Refused
from derivations.kernel.facts import NOT_MINUS, Facts
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    div,
    le,
    lt,
    mul,
    number,
    power,
    rebuild,
    subterms,
    symbol,
)
from derivations.rocq.algebra import SPARE, Canon, usable
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise
from derivations.rocq.kinds import proper

_AT_ONCE = 5  # so many equal parts f_equal5 puts together
Piece = tuple[Term, Term, str]  # an exponent, a factor, and a script that exp of the one is the other


def equation_by_forms(
    goal: Goal, left: Term, right: Term, premises: Sequence[Premise], nonzero: Sequence[Premise] | None
) -> str | None:
    """A script for ``left = right`` by canonical forms; None where these are not needed, or are no help."""
    if not any(node.head in _PROOFS for side in (left, right) for node in subterms(side)):
        return None
    canon = Canon(goal, premises, True, nonzero)
    try:
        steps = Steps.needed(canon, left, right)
        if steps is None:
            return None
        one, other = steps.of(left), steps.of(right)
    except Refused:
        return None
    if one == left and other == right:
        return None
    rest = Canon(goal, premises, True, nonzero).equation(one, other)
    return " ".join([*steps.lines, steps.leading(left), "symmetry.", steps.leading(right), "symmetry.", rest])


class Steps(Canonical):
    """Canonical forms, with a proof for each term that is not its own. ``lines`` are the assertions."""

    def __init__(self, canon: Canon, algebra: Algebra, facts: Facts, together: tuple[Term, ...]) -> None:
        super().__init__(algebra, facts, together)
        self.canon, self.goal = canon, canon.goal
        self.lines: list[str] = []
        self.found: dict[Term, tuple[Term, str]] = {}  # a term -> its form, and the name of the equation, if there is one

    @staticmethod
    def needed(canon: Canon, left: Term, right: Term) -> Steps | None:
        """What leads to the canonical forms of two terms; None where they are equal as they stand. Raises Refused."""
        goal = canon.goal
        algebra = Algebra(goal.table, [left, right, *(p.term for p in canon.premises), *SPARE])
        algebra.rewrites.update({key: rule[1] for key, rule in canon.rewrites.items()})
        opaque = any(node.head in ("Max", "Min") for side in (left, right) for node in subterms(side))
        if not opaque and algebra.is_zero(algebra.difference(left, right)):
            return None
        given = [pair[0] for premise in canon.premises if (pair := usable(goal, premise))]
        return Steps(canon, algebra, Facts(algebra, given), (left, right))

    def of(self, term: Term) -> Term:
        """The canonical form; the equation that leads to it is remembered."""
        known = self.found.get(term)
        if known is None:
            form = proper(super().of(term))
            inner = rebuild(term, self.of) if form != term else term
            known = self.found[term] = form, self._equation(term, inner, form)
        return known[0]

    def _equation(self, term: Term, inner: Term, form: Term) -> str:
        """The name of an assertion term = inner = form; nothing where both sides are one text."""
        before, middle, after = map(self.goal.real, (term, inner, form))
        if before == after:
            return ""
        parts = self._parts(term, inner)
        if middle == after:
            script = parts
        else:
            proof = _PROOFS.get(inner.head)
            if proof is None:
                raise Unsupported(f"a canonical form of {inner.head}")
            script = proof(self, inner, form)
            script = script if before == middle else f"transitivity ({middle}). {{ {parts} }} {{ {script} }}"
        return self.asserted(term, form, script)

    def asserted(self, left: Term, right: Term, script: str) -> str:
        """The name of an assertion left = right."""
        name = self.goal.fresh("N")
        self.lines.append(f"assert ({name} : {self.goal.real(left)} = {self.goal.real(right)}). {{ {script} }}")
        return name

    def leading(self, term: Term) -> str:
        """``transitivity`` to the canonical form of a term, on the left of an equation; nothing if it is its own."""
        form, name = self.found[term]
        return f"transitivity ({self.goal.real(form)}). {{ exact {name}. }}" if name else ""

    def _parts(self, term: Term, inner: Term) -> str:
        """f a b = f c d from a = c and b = d, a few parts at a time."""
        args, proofs = list(term.args), []
        changed = [i for i, arg in enumerate(term.args) if isinstance(arg, Term) and self.found.get(arg, (arg, ""))[1]]
        for start in range(0, len(changed), _AT_ONCE):
            places = changed[start : start + _AT_ONCE]
            holes = {place: f"_h{k + 1}|real" for k, place in enumerate(places)}
            pattern = Term(term.head, tuple(symbol(holes[i]) if i in holes else arg for i, arg in enumerate(args)))
            names = " ".join(self.goal.names.variable(hole) for hole in holes.values())
            equations = " ".join(self.found[term.args[place]][1] for place in places)
            count = "" if len(places) == 1 else str(len(places))
            proofs.append(f"(f_equal{count} (fun {names} : R => {self.goal.real(pattern)}) {equations})")
            for place in places:
                args[place] = inner.args[place]
        proof = proofs[0] if proofs else "eq_refl"
        for more in proofs[1:]:
            proof = f"(eq_trans {proof} {more})"
        return f"exact {proof}."

    def equal(self, left: Term, right: Term) -> str:
        """A script for an equation that ``field`` decides, once the roots and the absolute values have their squares."""
        return Canon(self.goal, self.canon.premises, True, self.canon.nonzero).equation(left, right)

    def exp_of_logarithm(self, base: Term) -> str:
        return f"apply exp_ln. {self.canon.signs(lt(ZERO, base))}"

    def exponential(self, pieces: Sequence[Piece]) -> str:
        """A proof of exp(a + b + …) = x*y*…, from exp(a) = x, exp(b) = y, …"""
        names = [self.asserted(Term("Exp", (exponent,)), factor, script) for exponent, factor, script in pieces]
        proof = names[0]
        for name in names[1:]:
            proof = f"(exp_product {proof} {name})"
        return proof


# --- one proof per head ---------------------------------------------------------------------------------------------------


def _absolute(self: Steps, term: Term, form: Term) -> str:
    inside = term.args[0]
    if form == inside:
        return f"apply Rabs_pos_eq. {self.canon.signs(le(ZERO, inside))}"
    return f"apply Rabs_left1. {self.canon.signs(le(inside, ZERO))}"


def _square_root(self: Steps, term: Term, form: Term) -> str:
    """A number that is not negative, and whose square is the radicand."""
    square, proof = _squared(self, form)
    same = f"{{ exact {proof}. }} {{ {self.equal(square, term.args[0])} }}"
    return f"apply sqrt_is. {{ {self.canon.signs(le(ZERO, form))} }} {{ transitivity ({self.goal.real(square)}). {same} }}"


def _squared(self: Steps, form: Term) -> tuple[Term, str]:
    """The square of a product or quotient of roots and other numbers, without these roots; and a proof."""
    if form.head in ("Mul", "Div"):
        squares, proofs = zip(*(_squared(self, part) for part in form.args), strict=True)
        proof = proofs[0]
        for more in proofs[1:]:
            proof = f"({'square_quotient' if form.head == 'Div' else 'square_product'} {proof} {more})"
        return Term(form.head, squares), proof
    if form.head == "Sqrt":
        claim = le(ZERO, form.args[0])
        name = self.goal.fresh("K")
        self.lines.append(f"assert ({name} : {self.goal.say(claim)}). {{ {self.canon.signs(claim)} }}")
        return form.args[0], f"(pow2_sqrt _ {name})"
    return power(form, 2), f"(eq_refl (({self.goal.real(form)}) ^ 2))"


def _logarithm(self: Steps, term: Term, form: Term) -> str:
    """log x = y because exp(y) = x."""
    if form == ZERO:
        return f"apply log_is. rewrite exp_0. symmetry. {self.equal(term.args[0], ONE)}"
    pieces: list[Piece] = []
    for part in form.args if form.head == "Add" else (form,):
        count, inner = part.args
        times = int(count.args[0])
        if inner.head == "Log":
            base = inner.args[0]
            proof = _multiple(self, base, inner, number(abs(times)), times > 0, self.exp_of_logarithm(base))
            pieces.append((part, power(base, times), proof))
        else:
            pieces.append((part, Term("Exp", (part,)), "reflexivity."))
    product = mul(*(factor for _, factor, _ in pieces))
    same, whole = self.equal(product, term.args[0]), self.exponential(pieces)
    return f"apply log_is. transitivity ({self.goal.real(product)}). {{ exact {whole}. }} {{ {same} }}"


def _multiple(self: Steps, base: Term, exponent: Term, count: Term, up: bool, proof: str, quotient: bool = False) -> str:
    """exp(n*a) = x**n, or exp(-n*a) = 1/x**n, from a proof of exp(a) = x."""
    lemma = "exp_multiple" if up else "exp_multiple_below"
    turned = "unfold Rdiv; rewrite Rmult_1_l. " if quotient else ""
    say = self.goal.real
    counted = self.goal.writer.natural(count)
    return f"{turned}apply ({lemma} {counted} ({say(exponent)}) ({say(base)})). {{ {proof} }} {{ natural_real; field. }}"


def _exponential(self: Steps, term: Term, form: Term) -> str:
    """exp(a + b + …) is the product of what the parts give: a power of x for log(x), one of exp(x/6) for x/2, and so on."""
    pieces: list[Piece] = []
    rest: list[Term] = []
    for key, parts, coefficient in self.exponents(term.args[0]):
        exponent = proper(self.algebra.term_of(coefficient, parts))
        power_of = _of_logarithm(self, parts, coefficient)
        common = self.parts.get(key, 1)
        if power_of is not None:
            pieces.append((exponent, proper(power_of), _power_of_logarithm(self, parts, coefficient, power_of)))
        elif common > 1 and coefficient.q < common:
            unit, times = proper(self.algebra.term_of(fmpq(1, common), parts)), int(coefficient * common)
            base = Term("Exp", (unit,))
            proof = _multiple(self, base, unit, number(abs(times)), times > 0, "reflexivity.")
            pieces.append((exponent, power(base, times), proof))
        else:
            rest.append(exponent)
    if rest:
        pieces.append((add(*rest), Term("Exp", (add(*rest),)), "reflexivity."))
    whole = add(*(exponent for exponent, _, _ in pieces))
    proof = self.exponential(pieces)
    same = self.equal(term.args[0], whole)
    return f"transitivity (exp ({self.goal.real(whole)})). {{ apply f_equal. {same} }} {{ exact {proof}. }}"


def _power_of_logarithm(self: Steps, parts: list[tuple[int, int]], coefficient: fmpq, written: Term) -> str:
    """exp(k*t*log(x)) = x**(k*t), exp(k*log(x)/2) = sqrt(x)**k."""
    atoms = [(proper(self.algebra.atoms[i]), e) for i, e in parts]
    log = next(atom for atom, _ in atoms if atom.head == "Log")
    variables = [power(atom, e) for atom, e in atoms if atom != log]
    count = mul(number(abs(int(coefficient.p))), *variables)
    up, base = coefficient > 0, log.args[0]
    if coefficient.q == 1:
        return _multiple(self, base, log, count, up, self.exp_of_logarithm(base), written.head == "Div")
    root = Term("Sqrt", (base,))
    form, name = self.of(root), self.found[root][1]
    proof = f"transitivity ({self.goal.real(root)}). {{ apply exp_half_log. {self.canon.signs(lt(ZERO, base))} }} "
    proof += f"{{ exact {name}. }}" if name else "{ reflexivity. }"
    return _multiple(self, form, div(log, TWO), count, up, proof)


def _hyperbolic(self: Steps, term: Term, form: Term) -> str:
    """sinh, cosh and tanh by their definitions."""
    return "apply tanh_exp." if term.head == "Tanh" else "reflexivity."


def _extreme(self: Steps, term: Term, form: Term) -> str:
    """Each part that is left out is compared with one that was there."""
    facts, kept = [], list(term.args)
    signs = NOT_PLUS if term.head == "Max" else NOT_MINUS
    for one in term.args:
        for other in [part for part in kept if part is not one]:
            if one in kept and self.facts.sign(self.algebra.difference(one, other)) <= signs:
                kept.remove(one)
                claim = le(one, other) if term.head == "Max" else le(other, one)
                facts.append(f"assert ({self.goal.fresh('K')} : {self.goal.say(claim)}). {{ {self.canon.signs(claim)} }}")
    return " ".join([*facts, "unfold Rmax, Rmin. repeat destruct (Rle_dec _ _); lra."])


_PROOFS: dict[str, Callable[[Steps, Term, Term], str]] = {
    "Abs": _absolute, "Sqrt": _square_root, "Log": _logarithm, "Exp": _exponential, "Sinh": _hyperbolic, "Cosh": _hyperbolic,
    "Tanh": _hyperbolic, "Max": _extreme, "Min": _extreme,
}  # fmt: skip
