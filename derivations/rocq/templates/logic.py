"""Rules about and, or, if, for all, there is; replacing equals by equals; induction."""

from __future__ import annotations

from collections.abc import Callable

from derivations.kernel.formulas import replaced, same, same_kind, strip
from derivations.language.terms import ONE, Term, add, number, substitute, symbol
from derivations.rocq.equality import Equality, conjunction_of, convert
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise, ShownBranch


def conjunction(goal: Goal) -> str:
    """Each part is a premise."""
    script = conjunction_of(goal, [(p.term, p.name) for p in goal.premises], goal.claim)
    if script is None:
        raise Unsupported("a part of the conjunction is no premise")
    return script


def part(goal: Goal) -> str:
    """The part is taken out of the premise."""
    (premise,) = goal.premises
    given = [(premise.term, premise.name + (" w" if premise.every_outcome else ""))]
    script = conjunction_of(goal, opened(given[0]), Term("And", (goal.claim,)))
    if script is None:
        raise Unsupported("the claim is no part of the premise")
    return script


def opened(given: tuple[Term, str]) -> list[tuple[Term, str]]:
    """The parts of a conjunction and their parts, with their proofs."""
    return [found for one in _parts(*given) for found in (one, *opened(one))]


def generalise(goal: Goal) -> str:
    """The premise holds whatever the variable is, since its own type says so."""
    names, formula, lines, inner = [], goal.claim, "", goal
    while formula.head == "ForAll":
        name, formula = formula.args
        names.append(name)
        lines += inner.introduce(name)
        inner = inner.within(name)
        shown = [b for b in goal.branches if not b.assumptions]
        for premise in map(inner.again, goal.premises):
            if same_kind(goal.table, premise.term, formula):
                return lines + convert(inner, premise.name, premise.term, formula)
        for branch in map(inner.branch_again, shown):
            if same_kind(goal.table, branch.claim, formula):
                return f"{branch.script}\n{lines}\n{convert(inner, branch.proof, branch.claim, formula)}"
    raise Unsupported("the body is no premise")


def instantiate(goal: Goal) -> str:
    """Values for the leading variables of the first premise; antecedents from the others."""
    premise, values = goal.premises[0], goal.witness.get("values", {})
    formula, proof = premise.term, premise.name + (" w" if premise.every_outcome else "")
    chosen: dict[str, Term] = {}
    while formula.head == "ForAll" and formula.args[0] in values:
        name = formula.args[0]
        chosen[name] = goal.closed_value(values[name])
        proof += goal.value_text(name, chosen[name])
        formula = formula.args[1]
    formula = substitute(formula, chosen)
    hypothesis = goal.fresh("Q")
    natural = any(goal.names.variable_type(name) == "nat" for name in chosen)
    lines = [f"pose proof ({proof}) as {hypothesis}.", *([f"natural_forms {hypothesis}."] if natural else [])]
    if natural:  # in the normal form of natural numbers
        posed, hypothesis = hypothesis, goal.fresh("Q")
        lines += [f"assert ({hypothesis} : {goal.say(formula)}).", f"{{ by_naturals {posed}. }}"]
    known = [(p.term, p.name) for p in goal.premises[1:]]
    while not same(goal.table, formula, goal.claim) and formula.head == "Implies":
        given, formula = formula.args
        script = conjunction_of(goal, known, Term("And", (given,)))
        if script is None and given.head == "And":
            script = conjunction_of(goal, known, given)
        if script is None:
            raise Unsupported("an antecedent is no premise")
        fact = goal.fresh("Q")
        lines += [f"assert ({fact} : {goal.say(given)}).", f"{{ {script} }}", f"specialize ({hypothesis} {fact})."]
    return "\n".join([*lines, convert(goal, hypothesis, formula, goal.claim)])


def suppose(goal: Goal) -> str:
    """Each direction by its branch."""
    left, right = goal.claim.args
    ways = [(left, right)] if goal.claim.head == "Implies" else [(left, right), (right, left)]
    scripts = []
    for branch, (given, wanted) in zip(goal.branches, ways, strict=True):
        name = goal.fresh("Q")
        lines = [f"intros {name}."]
        for assumption, label in zip(branch.assumptions, branch.names, strict=True):
            script = conjunction_of(goal, [(given, name), *_parts(given, name)], Term("And", (assumption,)))
            if script is None:
                raise Unsupported("a branch assumes what the claim does not")
            lines += [f"assert ({label} : {goal.say(assumption)}).", f"{{ {script} }}"]
        lines += [branch.script, convert(goal, branch.proof, branch.claim, wanted)]
        scripts.append("\n".join(lines))
    if len(scripts) == 1:
        return scripts[0]
    return "split.\n" + "\n".join(f"{{\n{script}\n}}" for script in scripts)


def _parts(given: Term, name: str) -> list[tuple[Term, str]]:
    """The conjuncts of a conjunction, with their proofs."""
    if given.head != "And":
        return []
    parts, rest = [], name
    for i, part in enumerate(given.args):
        parts.append((part, rest if i == len(given.args) - 1 else f"(proj1 {rest})"))
        rest = f"(proj2 {rest})"
    return parts


def cases(goal: Goal) -> str:
    """One branch for each part of the disjunction."""
    (premise,) = goal.premises
    scripts = []
    for case in premise.term.args:
        branch = next(
            (b for b in goal.branches if len(b.assumptions) == 1 and same(goal.table, b.assumptions[0], case)
             and same(goal.table, b.claim, goal.claim)), None)  # fmt: skip
        if branch is None:
            raise Unsupported("a case is not treated")
        scripts.append((case, branch))
    return _split_cases(goal, premise.name, scripts)


def _split_cases(goal: Goal, proof: str, rest: list[tuple[Term, ShownBranch]]) -> str:
    (case, branch), *more = rest
    name = goal.fresh("Q")
    lines = [
        f"assert ({branch.names[0]} : {goal.say(branch.assumptions[0])}).",
        f"{{ {convert(goal, name, case, branch.assumptions[0])} }}",
        branch.script,
        convert(goal, branch.proof, branch.claim, goal.claim),
    ]
    if not more:
        return "\n".join([f"pose proof {proof} as {name}.", *lines])
    other = goal.fresh("Q")
    body = "\n".join(lines)
    return f"destruct {proof} as [{name} | {other}].\n{{\n{body}\n}}\n{_split_cases(goal, other, more)}"


def exhibit(goal: Goal) -> str:
    """The values, and the premise for them."""
    formula, values, lines = goal.claim, goal.witness.get("values", {}), ""
    chosen: dict[str, Term] = {}
    while formula.head == "Exists" and formula.args[0] in values:
        name, formula = formula.args
        chosen[name] = goal.closed_value(values[name])
        lines += f"exists{goal.value_text(name, chosen[name], proof=False)}. "
        if goal.names.bound(name):
            lines += "split; [lia |]. "
    return lines + convert(goal, goal.premises[0].name, goal.premises[0].term, substitute(formula, chosen))


def obtain(goal: Goal) -> str:
    """Some x with A(x), and what follows from it."""
    (premise,), (branch,) = goal.premises, goal.branches
    name, body = premise.term.args
    variable, bound = goal.names.variable(name), goal.names.bound(name)
    raw = goal.fresh("Q")
    pattern = f"[{variable} [B{variable} {raw}]]" if bound else f"[{variable} {raw}]"
    inner = goal.within(name)
    return "\n".join([
        f"destruct {premise.name} as {pattern}.",
        f"assert ({branch.names[0]} : {goal.say(branch.assumptions[0])}).",
        f"{{ {convert(inner, raw, body, branch.assumptions[0])} }}",
        branch.script,
        convert(inner, branch.proof, branch.claim, goal.claim),
    ])  # fmt: skip


def rewrite(goal: Goal) -> str:
    """Parts of a formula are replaced by equal or equivalent ones; the script follows the formula."""
    rules = [p for p in goal.premises if strip(p.term)[1].head in ("Eq", "Iff")]
    if goal.claim.head in ("Eq", "Iff") and "equation" in goal.witness:
        engine = Equality(goal, tuple(rules))
        return engine.equal(*goal.claim.args) if goal.claim.head == "Eq" else engine.equivalent(*goal.claim.args)
    source, rules = goal.premises[0], [p for p in goal.premises[1:] if strip(p.term)[1].head in ("Eq", "Iff")]
    problem: Unsupported | None = None
    for term, proof in _sources(goal, source):
        for way in (lambda given: given, *(_everywhere(goal, rules, back) for back in (False, True))):
            try:
                return _rewritten(goal, term, proof, way(term), tuple(rules))
            except Unsupported as found:
                problem = problem or found
    raise problem or Unsupported("the claim differs in more than equals")


def _sources(goal: Goal, source: Premise) -> list[tuple[Term, str]]:
    """The premise itself and, if its variables stand in the context, what is behind its quantifiers."""
    sources = [(source.term, source.name + (" w" if source.every_outcome else ""))]
    names, body = strip(source.term)
    if names and set(names) <= goal.here:
        sources.append((body, goal.applied(source)))
    return [(term, f"({proof})" if " " in proof else proof) for term, proof in sources]


def _everywhere(goal: Goal, rules: list[Premise], back: bool) -> Callable[[Term], Term]:
    return lambda given: replaced(goal.table, given, [rule.term for rule in rules], back)


def _rewritten(goal: Goal, given: Term, proof: str, middle: Term, rules: tuple[Premise, ...]) -> str:
    if middle is given:
        name = goal.fresh("Z")
        script = Equality(goal, rules).equivalent(given, goal.claim)
        return f"assert ({name} : ({goal.say(given)}) <-> ({goal.say(goal.claim)})).\n{{ {script} }}\nexact (proj1 {name} {proof})."
    if not same_kind(goal.table, middle, goal.claim):
        raise Unsupported("the claim differs in more than equals")
    name, other = goal.fresh("Z"), goal.fresh("Z")
    script = Equality(goal, rules).equivalent(given, middle)
    first = f"assert ({name} : ({goal.say(given)}) <-> ({goal.say(middle)})).\n{{ {script} }}"
    return f"{first}\npose proof (proj1 {name} {proof}) as {other}.\n{convert(goal, other, middle, goal.claim)}"


def induction(goal: Goal) -> str:
    """From 0, and from t to t + 1."""
    name, body = goal.claim.args
    variable = goal.names.variable(name)
    base, step = goal.branches
    inner = goal.within(name)
    start = substitute(body, {name: number(0)})
    after = substitute(body, {name: add(symbol(name), ONE)})
    label, raw = step.names[0], goal.fresh("Q")
    return "\n".join([
        f"{goal.make_room(name)}intros {variable}. induction {variable} as [| {variable} {raw}].",
        f"{{\n{base.script}\n{_up_to_naturals(goal, base.proof, convert(goal, base.proof, base.claim, start))}\n}}",
        f"assert ({label} : {goal.say(step.assumptions[0])}).",
        f"{{ {convert(inner, raw, body, step.assumptions[0])} }}",
        f"clear {raw}.",
        step.script,
        "rewrite ?S_INR.",
        _up_to_naturals(inner, step.proof, convert(inner, step.proof, step.claim, after)),
    ])  # fmt: skip


def _up_to_naturals(goal: Goal, proof: str, script: str) -> str:
    """The script; an ``exact`` also where natural numbers with the variable of the induction are not in normal form."""
    if script != f"exact {proof}.":
        return script
    name = goal.fresh("Q")
    return f"first [exact {proof} | pose proof {proof} as {name}; by_naturals {name}]."
