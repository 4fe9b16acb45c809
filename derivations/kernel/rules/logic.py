"""Rules about and, or, if, for all, there is; and replacing equals by equals."""

from __future__ import annotations

from dataclasses import replace

from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.formulas import fits, replaceable, replaced, same, same_kind, strip
from derivations.kernel.situation import Situation, require
from derivations.kernel.truth import follows_by_signs, opaque_parts
from derivations.language.terms import Term, add, free_symbols, number, substitute, subterms, symbol


def conjunction(s: Situation) -> None:
    """A, B, …  ⊢  A ∧ B ∧ …, also where a part is itself such a conjunction.

    Refuses when a part of the claim is none of the premises.
    """
    for part in s.claimed("And"):
        if part not in s.premises and not any(same(s.table, part, p) for p in s.premises):
            require(part.head == "And", "does-not-follow", "a part of the claim is no premise")
            conjunction(replace(s, claim=part))


def part(s: Situation) -> None:
    """A ∧ B ∧ …  ⊢  A, also where A is a part of such a part.

    Refuses when the claim is no part of the premise as it stands: nothing is calculated.
    """
    require(len(s.premises) == 1, "shape", "one premise is needed")
    waiting = list(s.claimed("And", s.premises[0]))
    while waiting:
        one = waiting.pop()
        if same(s.table, one, s.claim):
            return
        waiting += one.args if one.head == "And" else ()
    raise Refused("does-not-follow", "the claim is no part of the premise")


def signs(s: Situation) -> None:
    """Premises ⊢ claim, if it holds for every combination of the signs of the irreducible factors in them.

    A claim A ⇒ B is checked as B under A, a conjunction part by part. Parts that are not relations (limits, quantified
    statements, properties) count as true or false. Refuses when some
    combination makes the premises possible and the claim not certain; a relation is never certain where a denominator vanishes.
    """
    given, claim = list(s.premises), s.claim
    while claim.head == "Implies":
        given.append(claim.args[0])
        claim = claim.args[1]
    for part in claim.args if claim.head == "And" else (claim,):
        about = opaque_parts(part)
        near = [p for p in given if opaque_parts(p) <= about]  # what speaks of other properties seldom helps
        try:
            follows_by_signs(Algebra(s.table, [part, *near]), part, near)
        except Refused:
            if len(near) == len(given):
                raise
            follows_by_signs(Algebra(s.table, [part, *given]), part, given)


def instantiate(s: Situation) -> None:
    """∀x A(x)  ⊢  A(v);  and from A(v) = (B ⇒ C) and B also C.

    Refuses when a value lies outside its variable's domain, or an antecedent is not among the other premises.
    """
    require(bool(s.premises), "shape", "a premise to instantiate is needed")
    values = s.witness.get("values", {})
    formula = s.premises[0]
    chosen: dict[str, Term] = {}
    while formula.head == "ForAll" and formula.args[0] in values:
        name = formula.args[0]
        value = values[name]
        s.table.check_names(value)
        fine = fits(s.table, value, s.table.domain(name), s.premises[0])
        require(fine, "domain", f"the value for {name} is not {s.table.domain(name)}")
        chosen[name] = value
        formula = formula.args[1]
    require(len(chosen) == len(values), "witness", "a value is given for what is not quantified")
    formula = substitute(formula, chosen)
    while not same(s.table, formula, s.claim) and formula.head == "Implies":
        given = formula.args[0]
        known = [part for p in s.premises[1:] for part in (p, *(p.args if p.head == "And" else ()))]
        for part in (given,) if any(same(s.table, given, p) for p in known) else given.args if given.head == "And" else (given,):
            require(any(same(s.table, part, p) for p in known), "does-not-follow", "an antecedent is no premise")
        formula = formula.args[1]
    require(same(s.table, formula, s.claim), "does-not-follow", "the claim is not that instance")


def generalise(s: Situation) -> None:
    """A(x)  ⊢  ∀x A(x), where no assumption in force speaks of x.

    Refuses when x is fixed by an assumption; the premise may also be shown in a branch without assumptions.
    """
    shown = [b.claim for b in s.branches if not b.assumptions] + list(s.premises)
    names, formula = [], s.claim
    while formula.head == "ForAll":
        names.append(formula.args[0])
        formula = formula.args[1]
        require(names[-1] not in s.fixed, "scope", f"{names[-1]} is fixed by an assumption")
        if any(same(s.table, formula, premise) for premise in shown):
            return
    raise Refused("does-not-follow", "the body is no premise")


def suppose(s: Situation) -> None:
    """[A] … B  ⊢  A ⇒ B;  with two branches [A] … B and [B] … A  ⊢  A ⇔ B.

    Refuses when a branch assumes more than A, or ends in something else.
    """
    left, right = s.claimed(s.claim.head if s.claim.head in ("Implies", "Iff") else "Implies")
    ways = [(left, right)] if s.claim.head == "Implies" else [(left, right), (right, left)]
    require(len(s.branches) == len(ways), "shape", f"expected {len(ways)} branches")
    for branch, (given, wanted) in zip(s.branches, ways, strict=True):
        parts = given.args if given.head == "And" else (given,)
        for one in branch.assumptions:
            fine = same(s.table, one, given) or any(same(s.table, one, part) for part in parts)
            require(fine, "does-not-follow", "a branch assumes what the claim does not")
        require(same(s.table, branch.claim, wanted), "does-not-follow", "a branch does not reach its end")


def cases(s: Situation) -> None:
    """A ∨ B ∨ …, [A] … C, [B] … C, …  ⊢  C.

    Refuses when a case is missing or a branch ends in something else.
    """
    require(len(s.premises) == 1 and s.premises[0].head == "Or", "shape", "the premise must be a disjunction")
    for case in s.premises[0].args:
        fine = any(
            len(b.assumptions) == 1 and same(s.table, b.assumptions[0], case) and same(s.table, b.claim, s.claim)
            for b in s.branches
        )
        require(fine, "does-not-follow", "a case is not treated")


def exhibit(s: Situation) -> None:
    """A(v)  ⊢  ∃x A(x).

    Refuses when the value lies outside the domain of x, or A(v) is not the premise.
    """
    formula, values = s.claim, s.witness.get("values", {})
    chosen: dict[str, Term] = {}
    while formula.head == "Exists" and formula.args[0] in values:
        name, formula = formula.args
        s.table.check_names(values[name])
        require(fits(s.table, values[name], s.table.domain(name)), "domain", f"the value for {name} is not in its domain")
        chosen[name] = values[name]
    require(bool(chosen), "shape", "the claim should begin with an existential quantifier that has a value")
    wanted = substitute(formula, chosen)
    require(len(s.premises) == 1 and same(s.table, wanted, s.premises[0]), "does-not-follow", "the premise is not that instance")


def obtain(s: Situation) -> None:
    """∃x A(x), [A(x)] … B  ⊢  B, where neither B nor an assumption in force speaks of x.

    Refuses when x is fixed elsewhere or occurs in B.
    """
    require(len(s.premises) == 1 and len(s.branches) == 1, "shape", "one premise and one branch are needed")
    name, body = s.claimed("Exists", s.premises[0])
    (branch,) = s.branches
    require(name not in s.fixed and name not in free_symbols(s.claim), "scope", f"{name} is fixed elsewhere")
    fine = len(branch.assumptions) == 1 and same(s.table, branch.assumptions[0], body)
    require(fine and same(s.table, branch.claim, s.claim), "does-not-follow", "the branch does not fit the premise")


def rewrite(s: Situation) -> None:
    """A, and equations or equivalences  ⊢  A with parts replaced by equal, or equivalent, ones.

    The equations may be universal; a part under a quantifier is replaced only by an equation that holds for every value of the
    bound variable. Refuses when the claim differs from A in any other way. Without A, the claim is l = r.
    """
    rules = [p for p in s.premises if strip(p)[1].head in ("Eq", "Iff")]
    for rule in rules:
        s.require_all_outcomes(rule)
    if s.claim.head in ("Eq", "Iff") and "equation" in s.witness:
        left, right = s.claim.args
        known = {node for premise in s.premises for node in subterms(premise) if node.head == "Diff"}
        fine = all(node in known for node in subterms(s.claim) if node.head == "Diff")
        require(fine, "does-not-follow", "no premise says that there is this derivative")
        require(replaceable(s.table, left, right, rules), "does-not-follow", "the two sides differ in more than equals")
        return
    require(len(s.premises) >= 2, "shape", "a formula and an equation are needed")
    source, rules = s.premises[0], [p for p in s.premises[1:] if strip(p)[1].head in ("Eq", "Iff")]
    fine = any(
        replaceable(s.table, one, s.claim, rules)
        or any(same_kind(s.table, replaced(s.table, one, rules, back), s.claim) for back in (False, True))
        for one in (source, strip(source)[1])
    )
    require(fine, "does-not-follow", "the claim differs in more than equals")


def induction(s: Situation) -> None:
    """A(0), [A(t)] … A(t+1)  ⊢  ∀t A(t), for a natural t that no assumption in force speaks of.

    Refuses when the base is not A(0), when the step assumes more than A(t), or t is fixed.
    """
    name, body = s.claimed("ForAll")
    require(s.table.domain(name) == "natural", "domain", f"{name} is not a natural number")
    require(name not in s.fixed, "scope", f"{name} is fixed by an assumption")
    if len(s.branches) != 2:
        raise Refused("shape", "a base and a step are needed")
    base, step = s.branches
    fine = not base.assumptions and same(s.table, base.claim, substitute(body, {name: number(0)}))
    require(fine, "does-not-follow", "the base is not the case t = 0")
    fine = len(step.assumptions) == 1 and same(s.table, step.assumptions[0], body)
    require(fine, "does-not-follow", "the step's assumption is not the claim for t")
    after = substitute(body, {name: add(symbol(name), number(1))})
    require(same(s.table, step.claim, after), "does-not-follow", "the step does not reach t + 1")
