"""Derivatives with their proofs: for a term, its derivative as a term and a tactic that proves the one to be that of the other.

The rules are those of theories/Calculus.v, one for each way to build a term. What is constant is differentiated to nothing at
all, so that no zeros are written. What must hold for a rule (a denominator is not zero, a radicand is positive) is collected
in ``conditions``, under names that the caller has to introduce.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    div,
    free_symbols,
    lt,
    mul,
    ne,
    neg,
    number,
    power,
    sub,
    symbol,
    total,
)
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal

Proved = tuple[Term, str]  # a derivative, and a tactic for ``is_derive (fun x => term) x derivative``
Smooth = Mapping[str, tuple[int, str]]  # a function, how often it may be differentiated, and the proof of that


def written(goal: Goal, variable: str, term: Term) -> str:
    """``(fun x : R => term)``."""
    return f"(fun {goal.names.variable(variable)} : R => {goal.real(term)})"


@dataclass
class Tangent:
    """d/dx of terms. ``curves`` are functions of x alone of which an equation gives the derivative: that and its proof."""

    goal: Goal
    variable: str
    smooth: Smooth
    curves: Mapping[str, Proved] = field(default_factory=dict)
    conditions: dict[Term, str] = field(default_factory=dict)

    def varies(self, term: Term) -> bool:
        return self.variable in free_symbols(term)

    def of(self, term: Term) -> Proved:
        if not self.varies(term):
            return ZERO, "apply d_const"
        rule = _RULES.get(term.head)
        if rule is None:
            raise Unsupported(f"{term.head} is not differentiated")
        return rule(self, term)

    def function(self, term: Term) -> str:
        """``(fun x : R => term)``."""
        return written(self.goal, self.variable, term)

    def _closed(self, term: Term) -> str:
        return f"({self.goal.real(term)})"

    def require(self, condition: Term) -> str:
        """The name under which the condition is known."""
        return self.conditions.setdefault(condition, self.goal.fresh("K"))

    # --- sums, products, quotients, powers ------------------------------------------------------------------------

    def _symbol(self, _: Term) -> Proved:
        return ONE, "apply d_id"

    def _add(self, term: Term) -> Proved:
        total = term.args[0]
        value, tactic = self.of(total)
        for arg in term.args[1:]:
            minus = arg.head == "Neg"
            part = arg.args[0] if minus else arg
            value, tactic = self._both("sub" if minus else "add", (total, value, tactic), part)
            total = add(total, arg)
        return value, tactic

    def _both(self, rule: str, so_far: tuple[Term, Term, str], part: Term) -> Proved:
        """A sum, a difference or a product of two, of which at least one varies (or none, as yet)."""
        total, value, tactic = so_far
        joined: dict[str, Callable[[Term, Term], Term]] = {
            "add": add, "sub": sub, "mul": lambda a, b: add(mul(a, part), mul(total, b)),
        }  # fmt: skip
        if not self.varies(total) and not self.varies(part):
            return ZERO, "apply d_const"
        inner, proof = self.of(part)
        if not self.varies(total):
            lone = {"add": inner, "sub": neg(inner), "mul": mul(total, inner)}[rule]
            return lone, f"apply (d_{rule}_l {self._closed(total)} {self.function(part)}); {proof}"
        if not self.varies(part):
            derivative = mul(value, part) if rule == "mul" else value
            return derivative, f"apply (d_{rule}_r {self.function(total)} {self._closed(part)}); {tactic}"
        functions = f"{self.function(total)} {self.function(part)}"
        return joined[rule](value, inner), f"apply (d_{rule} {functions}); [{tactic} | {proof}]"

    def _mul(self, term: Term) -> Proved:
        product = term.args[0]
        value, tactic = self.of(product)
        for arg in term.args[1:]:
            value, tactic = self._both("mul", (product, value, tactic), arg)
            product = mul(product, arg)
        return value, tactic

    def _sum(self, term: Term) -> Proved:
        name, first, last, body = term.args
        if name in self.goal.here or self.varies(first) or self.varies(last):
            raise Unsupported("a sum over a variable that stands in the context is not differentiated")
        before, inner = len(self.conditions), replace(self, goal=self.goal.within(name))
        value, tactic = inner.of(body)
        if len(self.conditions) > before:
            raise Unsupported("a sum with a condition for each summand is not differentiated")
        index, writer = self.goal.names.variable(name), self.goal.writer
        functions = f"(fun {index} : nat => {inner.function(body)}) (fun {index} : nat => {self.goal.real(value)})"
        rule = f"d_fsum {writer.natural(first)} {writer.count(first, last)} {functions}"
        return total(name, first, last, value), f"apply ({rule}); intros {index}; {tactic}"

    def _neg(self, term: Term) -> Proved:
        value, tactic = self.of(term.args[0])
        return neg(value), f"apply (d_neg {self.function(term.args[0])}); {tactic}"

    def _div(self, term: Term) -> Proved:
        top, bottom = term.args
        above, tactic = self.of(top)
        if not self.varies(bottom):
            return div(above, bottom), f"apply (d_div_r {self.function(top)} {self._closed(bottom)}); {tactic}"
        known = self.require(ne(bottom, ZERO))
        below, proof = self.of(bottom)
        value = div(sub(mul(above, bottom), mul(top, below)), power(bottom, 2))
        functions = f"{self.function(top)} {self.function(bottom)}"
        return value, f"apply (d_div {functions}); [exact {known} | {tactic} | {proof}]"

    def _pow(self, term: Term) -> Proved:
        base, exponent = term.args
        if exponent.head == "Neg" and exponent.args[0].head == "Number":
            exponent = number(-exponent.args[0].args[0])
        if exponent.head != "Number" or exponent.args[0].denominator != 1:
            raise Unsupported("a power whose exponent is no whole number is not differentiated")
        times = int(exponent.args[0])
        if times == 0:
            return ZERO, "exact (d_const 1 _)"
        whole = abs(times)
        if times > 0 and base == symbol(self.variable):
            return mul(number(whole), power(base, whole - 1)), f"exact (d_pow_id {whole - 1} _)"
        inner, tactic = self.of(base)
        raised = mul(number(whole), power(base, whole - 1), inner)
        if times > 0:
            return raised, f"apply (d_pow {whole - 1} {self.function(base)}); {tactic}"
        known = self.require(ne(power(base, whole), ZERO))
        value = div(neg(raised), power(power(base, whole), 2))
        return value, f"apply (d_inv_pow {whole - 1} {self.function(base)}); [exact {known} | {tactic}]"

    # --- elementary functions -------------------------------------------------------------------------------------

    def _root(self, term: Term) -> Proved:
        known = self.require(lt(ZERO, term.args[0]))
        inner, tactic = self.of(term.args[0])
        return div(inner, mul(TWO, term)), f"apply (d_sqrt {self.function(term.args[0])}); [exact {known} | {tactic}]"

    def _logarithm(self, term: Term) -> Proved:
        known = self.require(lt(ZERO, term.args[0]))
        inner, tactic = self.of(term.args[0])
        return div(inner, term.args[0]), f"apply (d_ln {self.function(term.args[0])}); [exact {known} | {tactic}]"

    def _tangent(self, term: Term) -> Proved:
        cosine = Term("Cos", term.args)
        known = self.require(ne(cosine, ZERO))
        inner, tactic = self.of(term.args[0])
        return div(inner, power(cosine, 2)), f"apply (d_tan {self.function(term.args[0])}); [exact {known} | {tactic}]"

    def _elementary(self, term: Term) -> Proved:
        inner, tactic = self.of(term.args[0])
        value = mul(_OUTER[term.head](term.args[0]), inner)
        return value, f"apply (d_{term.head.lower()} {self.function(term.args[0])}); {tactic}"

    # --- functions that are only named ----------------------------------------------------------------------------

    def _apply(self, term: Term) -> Proved:
        name, *args = term.args
        if name not in self.smooth:
            if name in self.curves and args == [symbol(self.variable)]:
                return self.curves[name]
            raise Unsupported(f"nothing is known about the derivative of {name}")
        return self._named(name, 0, args)

    def _derivative(self, term: Term) -> Proved:
        name, orders, *args = term.args
        return self._named(name, orders[0], args)

    def _named(self, name: str, order: int, args: list[Term]) -> Proved:
        known, proof = self.smooth.get(name, (0, ""))
        if len(args) != 1 or known <= order:
            raise Unsupported(f"{name} is not known to be smooth enough")
        inner, tactic = self.of(args[0])
        function = self.goal.names.functions[name]
        rule = {
            0: f"d_smooth {known - 1} {function} {proof}", 1: f"d_smooth_1 {known - 2} {function} {proof}",
        }.get(order, f"d_smooth_n {order} {known} {function} {proof} ltac:(lia)")  # fmt: skip
        value = mul(Term("Derivative", (name, (order + 1,), *args)), inner)
        return value, f"apply ({rule} {self.function(args[0])}); {tactic}"


_OUTER: dict[str, Callable[[Term], Term]] = {
    "Exp": lambda x: Term("Exp", (x,)),
    "Sin": lambda x: Term("Cos", (x,)),
    "Cos": lambda x: neg(Term("Sin", (x,))),
    "Sinh": lambda x: Term("Cosh", (x,)),
    "Cosh": lambda x: Term("Sinh", (x,)),
    "Tanh": lambda x: sub(ONE, power(Term("Tanh", (x,)), 2)),
    "Asinh": lambda x: div(ONE, Term("Sqrt", (add(ONE, power(x, 2)),))),
    "Atan": lambda x: div(ONE, add(ONE, power(x, 2))),
}

_RULES: dict[str, Callable[[Tangent, Term], Proved]] = {
    "Symbol": Tangent._symbol, "Add": Tangent._add, "Mul": Tangent._mul, "Neg": Tangent._neg, "Div": Tangent._div,
    "Pow": Tangent._pow, "Sum": Tangent._sum, "Sqrt": Tangent._root, "Log": Tangent._logarithm, "Tan": Tangent._tangent,
    "Apply": Tangent._apply, "Derivative": Tangent._derivative, **dict.fromkeys(_OUTER, Tangent._elementary),
}  # fmt: skip


@dataclass
class Smoothness:
    """Proofs of ``smooth order (fun x => term)``, built up as the term is; ``conditions`` must hold for all x."""

    goal: Goal
    variable: str
    order: int
    smooth: Smooth
    conditions: dict[Term, str] = field(default_factory=dict)

    def of(self, term: Term) -> str:
        """A tactic for it."""
        head, args = term.head, term.args
        if self.variable not in free_symbols(term):
            return "apply smooth_const"
        if head == "Symbol":
            return "apply smooth_id"
        if head in ("Add", "Mul"):
            return self._several(head.lower(), args)
        if head == "Div":
            return self._quotient(*args)
        if head == "Pow":
            return self._power(*args)
        if head in ("Sqrt", "Log"):
            known = self.require(lt(ZERO, args[0]))
            rule = "smooth_sqrt" if head == "Sqrt" else "smooth_ln"
            return f"apply ({rule} {self.order} {self.function(args[0])}); [exact {known} | {self.of(args[0])}]"
        if head == "Neg" or head in _OUTER:
            return f"apply (smooth_{head.lower()} {self.order} {self.function(args[0])}); {self.of(args[0])}"
        if head in ("Apply", "Derivative"):
            return self._named(term)
        raise Unsupported(f"the smoothness of {head}")

    def function(self, term: Term) -> str:
        return written(self.goal, self.variable, term)

    def require(self, condition: Term) -> str:
        return self.conditions.setdefault(condition, self.goal.fresh("K"))

    def _several(self, rule: str, args: tuple[Term, ...]) -> str:
        total, tactic = args[0], self.of(args[0])
        for arg in args[1:]:
            minus = rule == "add" and arg.head == "Neg"
            part = arg.args[0] if minus else arg
            functions = f"{self.order} {self.function(total)} {self.function(part)}"
            tactic = f"apply (smooth_{'sub' if minus else rule} {functions}); [{tactic} | {self.of(part)}]"
            total = Term(rule.capitalize(), (total, arg))
        return tactic

    def _quotient(self, top: Term, bottom: Term) -> str:
        if self.variable not in free_symbols(bottom):
            return f"apply (smooth_div_r {self.order} {self.function(top)} ({self.goal.real(bottom)})); {self.of(top)}"
        known = self.require(ne(bottom, ZERO))
        functions = f"{self.order} {self.function(top)} {self.function(bottom)}"
        return f"apply (smooth_div {functions}); [exact {known} | {self.of(top)} | {self.of(bottom)}]"

    def _power(self, base: Term, exponent: Term) -> str:
        if exponent.head != "Number" or exponent.args[0].denominator != 1 or exponent.args[0] < 0:
            raise Unsupported("an exponent that is no natural number")
        return f"apply (smooth_pow {exponent.args[0]} {self.order} {self.function(base)}); {self.of(base)}"

    def _named(self, term: Term) -> str:
        name, args = term.args[0], term.args[2:] if term.head == "Derivative" else term.args[1:]
        order = term.args[1][0] if term.head == "Derivative" else 0
        known, proof = self.smooth.get(name, (-1, ""))
        if len(args) != 1 or known < self.order + order:
            raise Unsupported(f"{name} is not known to be smooth enough")
        function = self.goal.names.functions[name]
        rule = {0: "smooth_inner", 1: "smooth_inner_1"}.get(order, f"smooth_inner_n {order}")
        functions = f"{function} {self.function(args[0])}"
        return f"apply ({rule} {known} {self.order} {functions}); [lia | exact {proof} | {self.of(args[0])}]"
