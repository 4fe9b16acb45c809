"""The checker: replays a derivation step by step and reports what it rests on, or raises.

A statement is accepted when its names are declared, its definitions are conservative, every step follows by its rule from
earlier claims in scope, and the last step's claim is the conclusion.
"""

from __future__ import annotations

from collections import Counter

from derivations.kernel.errors import Refused
from derivations.kernel.formulas import fits, same, strip
from derivations.kernel.rules import RULES, citation
from derivations.kernel.situation import CHANCE, Shown, Situation
from derivations.kernel.table import BUILT_IN, Table
from derivations.language.certificates import Certificate
from derivations.language.errors import Malformed
from derivations.language.statements import Branch, Derivation, Hypothesis, Report, Statement, Step
from derivations.language.terms import (
    BINDERS,
    ONE,
    Term,
    add,
    free_symbols,
    function_names,
    number,
    sub,
    subterms,
    symbol,
    well_formed,
)

MAX_STEPS = 2000


def check(derivation: Derivation) -> Report:
    """What the proof rests on. Raises Refused at the first step that does not follow."""
    try:
        return _Checker(derivation).run()
    except RecursionError as error:
        raise Refused("too-large", "a formula is nested too deeply") from error


def verify(certificate: Certificate) -> Report:
    """Replays a certificate; also raises when it claims to rest on something else than it does."""
    report = check(certificate.derivation)
    if report != certificate.report:
        raise Refused("conclusion", "the certificate does not rest on what it says it rests on")
    return report


class _Checker:
    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.table = Table(derivation.statement.variables)
        self.rules: Counter[str] = Counter()
        self.citations: set[str] = set()
        self.arguments: dict[str, int] = {}
        self.count = 0

    def run(self) -> Report:
        statement = self.derivation.statement
        for item in (*statement.definitions, *statement.hypotheses):
            self._admit(item.claim)
        self._admit(statement.conclusion)
        check_definitions(statement)
        for item in statement.definitions:
            self._check_kind(item)
        scope: dict[str, Term] = {}
        for item in (*statement.definitions, *statement.hypotheses):
            self._enter(scope, item.label, item.claim)
        fixed = frozenset().union(*(free_symbols(h.claim) for h in statement.hypotheses), *_defined_symbols(statement))
        last = self._steps(self.derivation.steps, scope, fixed)
        if last != statement.conclusion and not same(self.table, last, statement.conclusion):
            raise Refused("conclusion", "the last step is not the conclusion")
        for remark in self.derivation.remarks:
            for label in remark.about:
                if label not in scope:
                    raise Refused("label", f"a remark speaks of {label}, which is no step")
        return Report(dict(self.rules), citations=tuple(sorted(self.citations)), unused=self._unused(statement))

    def _admit(self, formula: Term) -> None:
        """Raises unless the formula is well formed, its names declared, each function with as many arguments as before."""
        self.table.check_names(well_formed(formula))
        for node in subterms(formula):
            if node.head in ("Apply", "Derivative", "Predicate") and node.args[0] not in BUILT_IN:
                name, *args = node.args
                orders = args.pop(0) if node.head == "Derivative" else args
                if not len(args) == len(orders) == self.arguments.setdefault(name, len(args)):
                    raise Refused("name", f"{name} is used with different numbers of arguments")

    def _check_kind(self, item: Hypothesis) -> None:
        """What is defined must lie in its domain, and be random if what defines it is; a property is never random."""
        names, body = strip(item.claim)
        left, right = body.args
        recursion = left.head == "Apply" and names and left.args[1].head == "Add"
        if recursion and self.table.domain(names[0]) != "natural":
            raise Refused("definition", f"{item.label}: a recursion runs over the natural numbers")
        if left.head == "Symbol" and not fits(self.table, right, self.table.domain(left.args[0])):
            raise Refused("definition", f"{item.label}: the value is not in the domain of {left.args[0]}")
        if left.head == "Symbol" and left.args[0] in self.table.counts and not fits(self.table, sub(right, ONE), "natural"):
            raise Refused("definition", f"{item.label}: there must be at least one index")
        if self.table.is_matrix(left):
            rows = right.args if right.head == "Matrix" else ()
            if not rows or not rows[0].args or len({len(row.args) for row in rows}) > 1:
                raise Refused("definition", f"{item.label}: a matrix with rows of one length is needed")
            for entry in (entry for row in rows for entry in row.args):
                fits(self.table, entry, "real")  # raises for what is no number
        elif left.head == "Apply":
            fits(self.table, right, "real")
        if any(node.head == "Diff" for node in subterms(right)):
            raise Refused("definition", f"{item.label}: there may be no such derivative")
        if left.head != "Symbol" and self.table.is_random(right) and not self.table.is_random(left):
            raise Refused("definition", f"{item.label}: {left.args[0]} is random, and not declared so")

    def _steps(self, steps: tuple[Step, ...], scope: dict[str, Term], fixed: frozenset[str]) -> Term:
        if not steps:
            raise Refused("conclusion", "a proof without steps")
        for step in steps:
            try:
                self._step(step, scope, fixed)
            except Refused as refusal:
                raise refusal.at(step.label, step.rule) from None
            except Malformed as error:
                raise Refused("shape", str(error)).at(step.label, step.rule) from error
        return steps[-1].claim

    def _step(self, step: Step, scope: dict[str, Term], fixed: frozenset[str]) -> None:
        self.count += 1
        if self.count > MAX_STEPS:
            raise Refused("too-large", "too many steps")
        rule = RULES.get(step.rule)
        if rule is None:
            raise Refused("shape", f"there is no rule {step.rule!r}")
        self._admit(step.claim)
        missing = [label for label in step.premises if label not in scope]
        if missing:
            raise Refused("label", f"there is no earlier claim {missing[0]}")
        shown = tuple(self._branch(branch, scope, fixed) for branch in step.branches)
        premises = tuple(scope[label] for label in step.premises)
        try:
            rule(Situation(self.table, step.claim, premises, step.witness, shown, fixed))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise Refused("witness", f"the data are not of the form that the rule needs: {error}") from error
        self.rules[step.rule] += 1
        self.citations |= {theorem for theorem in (citation(step),) if theorem is not None}
        self._enter(scope, step.label, step.claim)

    def _branch(self, branch: Branch, scope: dict[str, Term], fixed: frozenset[str]) -> Shown:
        inner = dict(scope)
        for item in branch.hypotheses:
            self._admit(item.claim)
            self._enter(inner, item.label, item.claim)
        speaks = fixed.union(*(free_symbols(item.claim) for item in branch.hypotheses))
        if any(self.table.is_random(item.claim) for item in branch.hypotheses):
            speaks |= {CHANCE}
        claim = self._steps(branch.steps, inner, speaks)
        return Shown(branch.name, tuple(item.claim for item in branch.hypotheses), claim)

    @staticmethod
    def _enter(scope: dict[str, Term], label: str, claim: Term) -> None:
        if label in scope:
            raise Refused("label", f"the label {label} is used twice")
        scope[label] = claim

    def _unused(self, statement: Statement) -> tuple[str, ...]:
        """Hypotheses that no step leading to the conclusion needed."""
        used: set[str] = set()

        def visit(steps: tuple[Step, ...]) -> None:
            by_label = {step.label: step for step in steps}
            needed, open_labels = set(), [steps[-1].label]
            while open_labels:
                label = open_labels.pop()
                if label in needed:
                    continue
                needed.add(label)
                used.add(label)
                step = by_label.get(label)
                if step is not None:
                    open_labels += step.premises
                    for branch in step.branches:
                        visit(branch.steps)
                        open_labels += list(used & by_label.keys())

        visit(self.derivation.steps)
        return tuple(item.label for item in statement.hypotheses if item.label not in used)


def _defined_symbols(statement: Statement) -> list[frozenset[str]]:
    """Variables that a definition fixes, and those that its right side speaks of."""
    return [free_symbols(item.claim) for item in statement.definitions]


def check_definitions(statement: Statement) -> None:
    """Raises Refused unless every definition gives a meaning to one new name and to nothing else.

    Forms: name = term; f(x, …) = term for all x, …; P ⇔ formula; x(t+1) = term in values at t (a recursion). A definition may
    use what is defined before it; recursions, and functions of what they have reached at t, may use one another at t.
    """
    defined: set[tuple[str, str]] = set()
    forms = [_form(item) for item in statement.definitions]
    recursive = {name for kind, name, _, _ in forms if kind == "recursion"}
    reached = set(recursive)
    for _ in forms:
        reached |= {name for _, name, body, _ in forms if function_names(body) & reached}
    along = {name for kind, name, _, item in forms if kind == "function" and name in reached and _follows(item, reached)}
    later = [{(_space(kind), name) for kind, name, _, _ in forms[i:]} for i in range(len(forms))]
    for i, (kind, name, body, item) in enumerate(forms):
        key = (_space(kind), name)
        if key in defined:
            raise Refused("definition", f"{name} is defined twice ({item.label})")
        uses = {("function", f) for f in function_names(body)} | {("variable", v) for v in free_symbols(body)}
        ahead = uses & later[i]
        names = recursive | along if kind == "recursion" else recursive if name in along else set()
        if ahead - {("function", f) for f in names}:
            raise Refused("definition", f"{name} is defined by what is defined later ({item.label})")
        if kind == "recursion" and not (_follows(item, reached) and function_names(body) & reached <= names):
            raise Refused("definition", f"{item.label} uses another step than t")
        defined.add(key)


def _space(kind: str) -> str:
    return "variable" if kind == "symbol" else "function"


def _form(item: Hypothesis) -> tuple[str, str, Term, Hypothesis]:
    names, body = strip(item.claim)
    if body.head not in ("Eq", "Iff"):
        raise Refused("definition", f"{item.label} is not a definition")
    left, right = body.args
    distinct = len(set(names)) == len(names)
    if left.head == "Symbol" and body.head == "Eq" and not names:
        return "symbol", left.args[0], right, item
    arguments = left.args[1:]
    known = left.head == "Predicate" and left.args[0] in BUILT_IN
    if left.head == "Predicate" and not known and body.head == "Iff" and distinct and arguments == tuple(map(symbol, names)):
        return "predicate", left.args[0], right, item
    if left.head == "Apply" and body.head == "Eq" and distinct:
        if sorted(map(str, arguments)) == sorted(map(str, map(symbol, names))) and free_symbols(right) | set(names):
            return "function", left.args[0], right, item
        if names and arguments[:1] == (add(symbol(names[0]), number(1)),) and arguments[1:] == tuple(map(symbol, names[1:])):
            return "recursion", left.args[0], right, item
    raise Refused("definition", f"{item.label} is not of the form of a definition")


def _follows(item: Hypothesis, recursive: set[str]) -> bool:
    """Whether the sequences defined by recursion occur on the right only at the step t, the first argument of the left side."""
    names, body = strip(item.claim)
    if not names or body.args[0].args[1:2] not in ((symbol(names[0]),), (add(symbol(names[0]), number(1)),)):
        return False
    for node in subterms(body.args[1]):
        named = node.head in ("Apply", "Derivative", "Predicate", "Smooth") and node.args[0] in recursive
        if named and (node.head != "Apply" or node.args[1:2] != (symbol(names[0]),)):
            return False
        if node.head in BINDERS and node.args[BINDERS[node.head]] == names[0]:
            return False
    return True
