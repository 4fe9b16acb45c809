"""Rocq names and types for what a statement declares.

Variables and functions live in two spaces of the language and in one of Rocq: where a variable bears a function's name, or
a name that Rocq needs for itself, it gets a stroke. The types of arguments are read off the places where a function is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.table import Table
from derivations.language.terms import Term, bound_name, free_symbols, subterms
from derivations.rocq.errors import Unsupported
from derivations.rocq.library import lemmas
from derivations.rocq.ranks import OF_MODELS

# names of Coq and of its libraries that the emitted text or its scripts use, and words of the language
_WORDS = """
O S R E V w Omega HE HX I PI C exp ln sqrt sin cos tan sinh cosh tanh atan asinh pow powerRZ INR IZR Rabs Rmax Rmin Derive Derive_n
is_derive is_lim is_lim_seq Finite p_infty m_infty True False Prop Set Type nat list nil cons forall exists fun let in at as end
if then else match return with where using fix cofix for struct fun_of fst snd pair plus mult minus le lt not and or iff eq
taken taking e_num e_var e_neg e_add e_sub e_mul e_pow e_div
"""
_TAKEN = frozenset(_WORDS.split())
# labels and names that the emitter makes: H2, S7_1, arg1 (in partial derivatives), x_s0 (in sums), x_h1 (in congruences)
_LABEL = re.compile(r"[SHDAPBNFQKZ][0-9_]*|arg[0-9]+|(x_)+[a-z]+[0-9]+")
NATURAL, REAL = "nat", "R"


class Names:
    """What each declared name is called in Rocq, and its type."""

    def __init__(self, table: Table, formulas: Iterable[Term]) -> None:
        self.table = table
        used = set(table.functions)
        self.functions = {name: self._free(name, set()) for name in table.functions}
        self.variables = {name: self._free(name, used) for name in table.variables}
        self.arguments: dict[str, tuple[str, ...]] = {}
        formulas = list(formulas)
        for formula in formulas:
            for node in subterms(formula):
                if node.head in ("Apply", "Predicate") and node.args[0] in table.functions:
                    self._note(node.args[0], node.args[1:])
                elif node.head == "Derivative":
                    self._note(node.args[0], node.args[2:])
                elif node.head == "Smooth":
                    self.arguments.setdefault(node.args[0], (REAL,))

    @staticmethod
    def _free(name: str, used: set[str]) -> str:
        if not name.isascii():
            name = "x_" + "_".join(f"{ord(letter):x}" for letter in name)
        while name in used or name in lemmas() or name in _TAKEN or _LABEL.fullmatch(name):
            name += "'"
        return name

    def _note(self, name: str, arguments: tuple[Term, ...]) -> None:
        kinds = tuple(self._kind(name, i, arg) for i, arg in enumerate(arguments))
        before = self.arguments.get(name, kinds)
        if len(before) != len(kinds):
            raise Unsupported(f"{name} is used with {len(before)} and with {len(kinds)} arguments")
        self.arguments[name] = tuple(NATURAL if one == other == NATURAL else REAL for one, other in zip(before, kinds, strict=True))

    def _kind(self, name: str, position: int, argument: Term) -> str:
        domain = self.table.functions[name]
        if domain == "function":
            index = argument.head == "Symbol" and self.table.domain(argument.args[0]).startswith("index:")
            return NATURAL if index else REAL
        if domain == "family" or (domain in ("sequence", "random") and position == 0):
            return NATURAL
        return NATURAL if self.is_natural(argument) else REAL

    def is_natural(self, term: Term) -> bool:
        try:
            return Algebra(self.table, [term], field=False).is_natural(term)
        except Refused:
            return False

    # --- text ----------------------------------------------------------------------------------------------------

    def variable(self, name: str) -> str:
        """The Rocq name of a variable; one that the kernel renamed keeps what is left of its name."""
        if name.startswith("_"):
            return name.split("|", 1)[0].replace("_", "x_")
        if name not in self.variables:
            raise Unsupported(f"the variable {name} is not declared")
        return self.variables[name]

    def variable_type(self, name: str) -> str:
        domain = self.table.domain(name)
        if domain == "real":
            return REAL
        if domain == "integer":
            raise Unsupported("integers are not written in Rocq yet")
        return NATURAL

    def bound(self, name: str) -> str | None:
        """``(1 <= i <= n)%nat`` for an index, nothing for other variables."""
        domain = self.table.domain(name)
        if not domain.startswith("index:"):
            return None
        limit = domain.removeprefix("index:")
        last = limit if limit.isdecimal() else self.variable(limit)
        return f"(1 <= {self.variable(name)} <= {last})%nat"

    def function_type(self, name: str) -> str:
        domain = self.table.functions[name]
        kinds = self.arguments.get(name)
        if kinds is None:
            kinds = (REAL,) if domain == "function" else () if domain == "property" else (NATURAL,)
        result = {"property": "Prop", "random": "Omega -> R"}.get(domain, REAL)
        return " -> ".join((*kinds, result))

    def result_kind(self, name: str, position: int) -> str:
        """Whether the argument at that position is a natural number or a real one."""
        return self.arguments[name][position]


# Properties that bind the variables they list last.
_ABOUT = frozenset({"independent", "at_most_independent", "no_polynomial", "at_most_in_common"})


def free_names(term: Term) -> frozenset[str]:
    """Free variables as they are written in Rocq: a property of a flow binds the variables that it lists."""
    if term.head == "Predicate" and term.args[0] in OF_MODELS:
        return frozenset()
    if term.head == "Predicate" and term.args[0] in _ABOUT:
        listed = {x.args[0] for x in term.args[-1].args}
        return frozenset().union(*(free_symbols(arg) for arg in term.args[1:])) - listed
    if any(node.head == "Predicate" and node.args[0] in _ABOUT | OF_MODELS for node in subterms(term)):
        parts = frozenset().union(*(free_names(arg) for arg in term.args if isinstance(arg, Term)))
        name = bound_name(term)
        return parts - {name} if name else parts
    return free_symbols(term)
