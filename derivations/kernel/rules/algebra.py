"""Rules of algebra and order: equality of rational functions, expectation, finite sums, inequalities by certificate."""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.algebra import Algebra, Value
from derivations.kernel.canonical import Canonical
from derivations.kernel.errors import Refused
from derivations.kernel.facts import PLUS, Facts, SharedFacts
from derivations.kernel.formulas import same, strip
from derivations.kernel.situation import CHANCE, Situation, require
from derivations.kernel.table import Table
from derivations.language.terms import Term, add, free_symbols, mul, number, sub, substitute, subterms, symbol, total


def identity(s: Situation) -> None:
    """a = b, as an identity of rational functions; premises of the form atom = expression are used to replace the atom.

    Every denominator and every radicand is an obligation, to be met by the signs that the other premises give. Refuses when the
    two sides differ, when a denominator may be zero, and when an expectation or a sum would have to be opened.
    """
    _only_without(s, "Expect", "expectation")
    _only_without(s, "Sum", "finite-sum")
    _equal(s)


def expectation(s: Situation) -> None:
    """a = b by linearity of the expectation, what is not random being taken out of it.

    Otherwise as ``identity``; independence enters only through premises about moments.
    """
    _equal(s)


def finite_sum(s: Situation) -> None:
    """a = b by the laws of finite sums: linearity, exchange of sums, Kronecker's delta, constant summands.

    Otherwise as ``identity``. Refuses when a sum's variable does not run over natural numbers.
    """
    _only_without(s, "Expect", "expectation")
    _equal(s)


def _only_without(s: Situation, head: str, rule: str) -> None:
    if any(node.head == head for node in subterms(s.claim)):
        left, right = s.claimed("Eq")
        inside = {node for node in subterms(left) if node.head == head}
        require(inside == {node for node in subterms(right) if node.head == head}, "shape", f"this needs the rule {rule}")


def _equal(s: Situation) -> None:
    left, right = s.claimed("Eq")
    algebra = prepared(s)
    if left.head == "Matrix" and right.head == "Matrix":
        pairs = _entries(left, right)
    else:
        pairs = [(left, right)]
    if all(algebra.is_zero(algebra.difference(a, b)) for a, b in pairs):
        facts_of(s, algebra).require_domain()
        return
    facts = facts_of(s, algebra)
    for a, b in pairs:
        require_equal(algebra, facts, a, b)
    facts.require_domain()


def require_equal(algebra: Algebra, facts: Facts, left: Term, right: Term) -> None:
    """Raises Refused unless the two have the same value, as they stand or in canonical form; obligations are left to the caller."""
    opaque = any(node.head in _OPAQUE for side in (left, right) for node in subterms(side))
    if not opaque and algebra.is_zero(algebra.difference(left, right)):
        return
    form = Canonical(algebra, facts, (left, right))
    one, other = form.of(left), form.of(right)
    changed = one is not left or other is not right
    require(changed and algebra.is_zero(algebra.difference(one, other)), "not-equal", "the two sides are not equal")


_OPAQUE = frozenset({"Max", "Min"})
MOST_TERMS = 400  # of a polynomial in a claim that comes from anyone


class Identities:
    """The rule ``identity`` under premises that are made ready once, for many claims.

    Each claim is decided on a copy, so that none depends on what was asked before. ``known`` are terms that the claims share. The
    arguments of logarithms must be positive, too.
    """

    def __init__(self, table: Table, premises: tuple[Term, ...], known: tuple[Term, ...] = (), room: int = 32) -> None:
        self._algebra = Algebra(table, [*premises, *known], room=room)
        self._algebra.most = MOST_TERMS
        for term in known:
            self._algebra.value(term)
        self._facts = SharedFacts(self._algebra, premises)
        self._facts.require_domain()
        self._algebra.denominators.clear()
        self._algebra.radicands.clear()

    def prove(self, left: Term, right: Term) -> None:
        """Raises Refused unless left = right follows, both sides being defined."""
        heads = {node.head for side in (left, right) for node in subterms(side)}
        require(not heads & _OPENED, "shape", "not by this rule")
        algebra = self._algebra.copied()
        facts = self._facts.copied(algebra)
        if heads & _OPAQUE or not algebra.is_zero(algebra.difference(left, right)):
            require_equal(algebra, facts, left, right)
        for side in (left, right) if "Log" in heads else ():
            _require_logarithms(algebra, facts, side)
        facts.require_domain()

    def sign(self, term: Term) -> frozenset[int]:
        """The signs that a term can have where it is defined."""
        algebra = self._algebra.copied()
        facts = self._facts.copied(algebra)
        return facts.sign(algebra.value(Canonical(algebra, facts).of(term)))


_OPENED = frozenset({"Expect", "Variance", "Sum", "Diff"})


def _require_logarithms(algebra: Algebra, facts: Facts, term: Term) -> None:
    for node in subterms(term):
        if node.head == "Log":
            positive = facts.sign(algebra.value(node.args[0])) == PLUS
            require(positive, "may-be-negative", "the argument of a logarithm may not be positive")


def _entries(left: Term, right: Term) -> list[tuple[Term, Term]]:
    rows = list(zip(left.args, right.args, strict=False))
    fine = len(left.args) == len(right.args) and all(len(a.args) == len(b.args) for a, b in rows)
    require(fine, "not-equal", "the matrices have different shapes")
    return [pair for a, b in rows for pair in zip(a.args, b.args, strict=True)]


def prepared(s: Situation) -> Algebra:
    """An algebra in which the premises that are equations of the form atom = expression are used as replacements."""
    algebra = Algebra(s.table, [s.claim, *s.premises, *(v for v in s.witness.values() if isinstance(v, Term))])
    found: dict[str, Term] = {}
    for premise in s.premises:
        names, body = strip(premise)
        if body.head != "Eq" or body.args[0].head in ("Number", "Matrix", "Tuple"):
            continue
        if (free_symbols(body) - set(names)) & s.bound:
            raise Refused("scope", "a premise about a fixed variable cannot be used where that variable is bound")
        s.require_all_outcomes(body)
        key = _atom_key(s, body.args[0])
        if key is not None:
            found[key] = body.args[1]
    algebra.rewrites.update(found)
    return algebra


def _atom_key(s: Situation, term: Term) -> str | None:
    """The key of a term that is a single atom; None for anything else."""
    plain = Algebra(s.table, [term])
    top, bottom = plain.value(term)
    if bottom.is_one() and len(top) == 1:
        ((coefficient, factors),) = plain.monomials(top)
        if coefficient == 1 and len(factors) == 1 and factors[0][1] == 1:
            return plain.names[factors[0][0]]
    return None


def facts_of(s: Situation, algebra: Algebra) -> Facts:
    """The signs that the premises (other than replacements) give."""
    usable = []
    for premise in s.premises:
        names, body = strip(premise)
        if not (free_symbols(body) - set(names)) & s.bound:
            usable.append(body)
    return Facts(algebra, usable, all_outcomes=CHANCE not in s.fixed)


def polynomial_implication(s: Situation) -> None:
    """From p_i > 0 (or ≥ 0, or = 0):  f > 0, f ≥ 0, because m·f = Σ c·∏p_i·q², with c > 0 and a multiplier m > 0.

    The witness lists the terms: a coefficient, the numbers of the premises in the product, possibly a term q to be squared.
    Refuses when the sum is not m·f, a coefficient is negative, or, for a strict claim, no term is certainly positive.
    """
    require(s.claim.head in ("Lt", "Le", "Gt", "Ge"), "shape", "the claim must be an inequality")
    algebra = prepared(s)
    strict = s.claim.head in ("Lt", "Gt")
    target = _gap(algebra, s.claim)
    facts = facts_of(s, algebra)
    if "multiplier" in s.witness:
        factor = algebra.value(s.term("multiplier"))
        require(facts.sign(factor) == PLUS, "sign-unknown", "the multiplier is not known to be positive")
        target = algebra.times(target, factor)
    result, positive = algebra.constant(0), False
    for item in s.witness.get("terms", ()):
        value, certain = _certificate_term(s, algebra, item)
        result, positive = algebra.plus(result, value), positive or certain
    require(algebra.is_zero(algebra.plus(target, algebra.scale(result, -1))), "not-equal", "the certificate does not add up")
    require(positive or not strict, "does-not-follow", "no term of the certificate is strictly positive")
    facts.require_domain()


def _gap(algebra: Algebra, relation: Term) -> Value:
    """What the relation says is positive (not negative, zero)."""
    low, high = relation.args if relation.head in ("Lt", "Le", "Eq") else relation.args[::-1]
    return algebra.difference(high, low)


def _certificate_term(s: Situation, algebra: Algebra, item: object) -> tuple[Value, bool]:
    """The value of one term of a certificate, and whether it is certainly positive."""
    require(isinstance(item, dict), "witness", "a certificate is a list of terms")
    assert isinstance(item, dict)
    coefficient = Fraction(item.get("coefficient", 1))
    numbers = item.get("premises", ())
    value, strict, free = algebra.constant(coefficient), True, False
    for i in numbers:
        require(type(i) is int and 0 <= i < len(s.premises), "witness", "a certificate names a premise that is not there")
        premise = strip(s.premises[i])[1]
        require(premise.head in ("Lt", "Le", "Gt", "Ge", "Eq"), "shape", "a premise of a certificate must be a relation")
        value = algebra.times(value, _gap(algebra, premise))
        strict, free = strict and premise.head in ("Lt", "Gt"), free or premise.head == "Eq"
    if "square" in item:
        square = item["square"]
        s.table.check_names(square)
        value = algebra.times(value, algebra.raised(algebra.value(square), 2))
        strict = False
    if "factor" in item:  # any factor may multiply an equation
        require(free, "witness", "a factor of unknown sign")
        value = algebra.times(value, algebra.value(item["factor"]))
    require(coefficient > 0 or free, "witness", "a coefficient of a certificate is not positive")
    return value, strict and not free


def sum_split(s: Situation) -> None:
    """Σ_{s=a}^{b} f(s) = Σ_{s=a}^{b-1} f(s) + f(b), and = f(a) + Σ_{s=a}^{b-1} f(s+1), where a ≤ b.

    Refuses when the sum may be empty or the claim is not one of the two.
    """
    left, right = s.claimed("Eq")
    name, first, last, body = s.claimed("Sum", left)
    algebra = Algebra(s.table, [s.claim])
    require(algebra.is_natural(sub(last, first)), "domain", "the sum may be empty")
    shorter = sub(last, number(1))
    at_end = add(total(name, first, shorter, body), substitute(body, {name: last}))
    shifted = substitute(body, {name: add(symbol(name), number(1))})
    at_start = add(substitute(body, {name: first}), total(name, first, shorter, shifted))
    fine = any(algebra.is_zero(algebra.difference(right, option)) for option in (at_end, at_start))
    require(fine, "not-equal", "this is not the sum with its first or last term split off")
    Facts(algebra).require_domain()


def sum_order(s: Situation) -> None:
    """∀s f(s) ≤ g(s)  ⊢  Σ_{s=a}^{b} f(s) ≤ Σ_{s=a}^{b} g(s).

    Refuses when the premise is not just that, or the two sums do not run over the same numbers.
    """
    left, right = s.claimed("Le")
    (name, *ends, lower), (other, *others, upper) = s.claimed("Sum", left), s.claimed("Sum", right)
    require(name == other and ends == others, "shape", "the two sums must run over the same numbers, in one variable")
    each = Term("ForAll", (name, Term("Le", (lower, upper))))
    fine = len(s.premises) == 1 and same(s.table, s.premises[0], each)
    require(fine, "does-not-follow", "the premise must be the inequality of the summands, for all values of the variable")
    algebra = Algebra(s.table, [s.claim])
    algebra.difference(right, left)
    Facts(algebra).require_domain()


def geometric_sum(s: Situation) -> None:
    """Σ_{s=0}^{t-1} r^s = (1 - r^t)/(1 - r), where r ≠ 1; r may be a power, r = m^k.

    Refuses when 1 - r may be zero or the claim has another form.
    """
    left, right = s.claimed("Eq")
    name, first, last, body = s.claimed("Sum", left)
    ratio, count = s.term("ratio"), add(last, number(1))
    require(first == number(0), "shape", "the sum must begin at 0")
    require(name not in free_symbols(ratio), "scope", "the ratio depends on the variable of the sum")
    algebra = prepared(s)
    powers = Term("Pow", (ratio, symbol(name)))
    require(algebra.is_zero(algebra.difference(body, powers)), "not-equal", "the summand is not a power of the ratio")
    closed = Term("Div", (sub(number(1), Term("Pow", (ratio, count))), sub(number(1), ratio)))
    require(algebra.is_natural(count), "domain", "the sum must have a natural number of terms")
    require(algebra.is_zero(algebra.difference(right, closed)), "not-equal", "this is not the closed form")
    facts_of(s, algebra).require_domain()


def bounds(s: Situation) -> None:
    """1 + x ≤ e^x;  e^{-h} ≤ 1 - h + h²/2 for h ≥ 0;  1 - t·h ≤ (1 - h)^t for h ≤ 1;  a^t ≤ b^t for 0 ≤ a ≤ b;
    a^t - b^t ≤ t(a - b) for 0 ≤ b ≤ a ≤ 1.

    The witness names the bound ("exp-below", "exp-above", "bernoulli", "power", "power-gap") and gives its quantities.
    Refuses when a condition is not among the signs that the premises give, or the claim is not that bound.
    """
    kind = s.witness.get("kind")
    algebra = prepared(s)
    facts = facts_of(s, algebra)
    one = number(1)

    def at_most(low: Term, high: Term) -> None:
        require(-1 not in facts.sign(algebra.difference(high, low)), "sign-unknown", "a condition of the bound is not known")

    if kind == "exp-below":
        x = s.term("x")
        low, high = add(one, x), Term("Exp", (x,))
    elif kind == "exp-above":
        h = s.term("h")
        at_most(number(0), h)
        low = Term("Exp", (Term("Neg", (h,)),))
        high = add(one, Term("Neg", (h,)), Term("Div", (Term("Pow", (h, number(2))), number(2))))
    elif kind == "bernoulli":
        h, t = s.term("h"), s.term("t")
        at_most(h, one)
        low, high = sub(one, mul(t, h)), Term("Pow", (sub(one, h), t))
    elif kind in ("power", "power-gap"):
        a, b, t = s.term("a"), s.term("b"), s.term("t")
        lower, upper = (a, b) if kind == "power" else (b, a)
        at_most(number(0), lower)
        at_most(lower, upper)
        if kind == "power":
            low, high = Term("Pow", (a, t)), Term("Pow", (b, t))
        else:
            at_most(a, one)
            low, high = sub(Term("Pow", (a, t)), Term("Pow", (b, t))), mul(t, sub(a, b))
    else:
        raise Refused("witness", f"there is no bound {kind!r}")
    if kind in ("bernoulli", "power", "power-gap"):
        require(algebra.is_natural(t), "domain", "the exponent must be a natural number")
    left, right = s.claimed("Le")
    gap = algebra.plus(algebra.difference(right, left), algebra.scale(algebra.difference(high, low), -1))
    require(algebra.is_zero(gap), "not-equal", "the claim is not that bound")
    facts.require_domain()
