"""What the names of a statement range over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from derivations.kernel.errors import Refused
from derivations.language.ascii import CALLS, CONSTANTS
from derivations.language.statements import VARIABLE_DOMAINS, Symbol, is_function
from derivations.language.terms import BINDERS, Term, children, free_symbols, subterms

# Predicates whose meaning the kernel knows; a statement may not define them. See ``checkers``.
BUILT_IN = {
    "eigenvalues": "the characteristic polynomial of the symmetric matrix is the product of (z - value), all values real",
    "signature": "the symmetric matrix has so many positive, negative and zero eigenvalues",
    "positive_definite": "the quadratic form of the symmetric matrix is positive except at zero",
    "independent": "the gradients of that many of the quantities are linearly independent at some point",
    "at_most_independent": "the flow has at most that many functionally independent conserved quantities",
    "at_most_in_common": "near some point at most that many functions with zero derivative along all the gradients are independent",
    "rank_at_least": "for almost every value of the parameters the outputs' gradients span that many dimensions, or more",
    "rank_at_most": "for every value of the parameters the outputs' gradients span at most that many dimensions, and why",
    "rank_there": "at that point the outputs' gradients, as functions of the data, span that many dimensions",
    "hessian_rank": "rank, parameters, nullity of the mean square's Hessian at matching weights, for almost every value of them",
    "hessian_rank_there": "rank, parameters, nullity of the mean square's Hessian at matching weights, at that point",
    "hessian_of_units": "the Hessian at matching weights of Σ v_j·σ(w_j·x) with that expected product of two units",
    "units_rank": "rank, parameters, nullity, and why, of the Hessian of such units, which follows",
    "hessian_there": "the mean square's Hessian at matching weights, at that point",
    "normal_inputs": "the data are jointly normal with mean 0 and that covariance matrix",
    "second_moments": "the expected products of two of the data are the entries of that matrix",
    "moments": "of the data listed first, the products in the second list have the expected values in the third",
    "null_vectors": "so many vectors, which follow, that the Hessian annihilates",
    "nonzero_determinant": "the determinant of that size is not zero",
    "few_parameters": "there are so many parameters",
    "few_coefficients": "so many monomials of the data occur in the outputs' gradients",
    "redundant_directions": "so many fields, which follow, along which the outputs do not change",
    "double_points": "the forms of that degree, in so many variables, that are singular at so many points",
    "full_support": "the data have finite moments, and no polynomial in them but 0 vanishes almost surely",
    "definite_moments": "the second moments of these functions of the data are finite and form a positive definite matrix",
    "independent_normal": "for all indices: these are jointly independent and normal, with mean 0 and that variance",
    "limiting_spectrum": "the eigenvalues of W^T*W, k rows, c*k columns, variance w/k, k -> oo: density, its ends, share at 0",
    "long_time_integral": "the integral by the first variable between two ends, over the last, tends to 1 as the second grows",
    "no_polynomial": "no polynomial up to that degree is conserved but those that the given ones generate linearly",
    "roots_within": "both complex roots of z**2 - p*z + q have at most that modulus",
    "roots_in_disc": "all complex roots of the polynomial with these coefficients, the highest first, have modulus below 1",
    "roots_in_closed_disc": "all complex roots of the polynomial with these coefficients, the highest first, have modulus <= 1",
}

# Those that speak of functions of variables, which they list: an equation about fixed values of these is no use inside, and no
# quantifier reaches into them, as a value put in for one variable could meet another of that name.
BINDING = frozenset(
    {"independent", "at_most_independent", "at_most_in_common", "no_polynomial", "rank_at_least", "rank_at_most", "rank_there",
     "hessian_rank", "hessian_rank_there", "full_support", "definite_moments", "hessian_of_units", "units_rank",
     "limiting_spectrum", "long_time_integral",
     "hessian_there", "normal_inputs", "second_moments", "moments"}
)  # fmt: skip


def properties(formula: Term) -> Iterator[Term]:
    """The predicates in a formula."""
    if formula.head == "Predicate":
        yield formula
    elif formula.head in ("And", "Or", "Not", "Implies", "Iff", "ForAll", "Exists"):
        for part in children(formula):
            yield from properties(part)


class Table:
    """The declared names: variables with their domains, and functions (sequences, families, properties).

    Every domain has an element: an index of ``index:n`` presupposes n >= 1.
    """

    def __init__(self, symbols: Iterable[Symbol]) -> None:
        self.variables: dict[str, str] = {}
        self.functions: dict[str, str] = {}
        self.keys: dict[Term, str] = {}  # canonical keys already computed
        self.roots: dict[Term, tuple[str, list[Any]]] = {}  # keys and monic polynomials of isolated roots
        self.spans: dict[Term, tuple[Any, Fraction, Fraction]] = {}  # their polynomials and narrowest intervals
        self.positions: dict[str, int] = {}  # of functions of time in sparse polynomials
        self.velocities: dict[int, tuple[Term, str, Any]] = {}  # right sides that are expanded already, by identity
        for item in symbols:
            names = self.functions if is_function(item) else self.variables
            taken = item.name in CONSTANTS or (is_function(item) and item.name in CALLS)
            if item.name in names or item.name in BUILT_IN or item.name.startswith("_") or taken:
                raise Refused("name", f"the name {item.name} is declared twice or reserved")
            if not is_function(item) and item.domain not in VARIABLE_DOMAINS and not item.domain.startswith("index:"):
                raise Refused("name", f"{item.name} has an unknown domain {item.domain!r}")
            names[item.name] = item.domain
        for name, domain in self.variables.items():
            if domain.startswith("index:") and not self._counts(domain.removeprefix("index:")):
                raise Refused("name", f"{name} has an unknown range {domain!r}")
        ranges = (domain for domain in self.variables.values() if domain.startswith("index:"))
        self.counts = {domain.removeprefix("index:") for domain in ranges}  # n of index:n: one and the same throughout

    def _counts(self, bound: str) -> bool:
        return (bound.isdecimal() and int(bound) >= 1) or self.variables.get(bound) == "natural"

    def domain(self, name: str) -> str:
        """The domain of a variable; a bound variable that was renamed carries its domain in its name."""
        if name.startswith("_"):
            return name.split("|", 1)[1]
        if name not in self.variables:
            raise Refused("name", f"the variable {name} is not declared")
        return self.variables[name]

    def is_whole(self, name: str) -> bool:
        """Whether the variable is a whole number that is not negative."""
        domain = self.domain(name)
        return domain == "natural" or domain.startswith("index:")

    def is_random(self, term: Term) -> bool:
        """Whether a random sequence occurs in the term outside expectations."""
        if term.head in ("Expect", "Variance"):
            return False
        if term.head in ("Apply", "Derivative", "Smooth") and self.functions.get(term.args[0]) == "random":
            return True
        return any(self.is_random(arg) for arg in children(term))

    def is_matrix(self, term: Term) -> bool:
        """Whether it is a value, a derivative or the smoothness of a function that has matrices as values."""
        return term.head in ("Apply", "Derivative", "Smooth") and self.functions.get(term.args[0]) == "matrix"

    def check_names(self, term: Term) -> None:
        """Raises Refused unless every name in the term is declared, and used as what it is."""
        if term.head == "Symbol" and term.args[0] not in self.variables:
            raise Refused("name", f"the variable {term.args[0]} is not declared")
        if term.head in ("Apply", "Derivative", "Smooth") and self.functions.get(term.args[0], "property") == "property":
            raise Refused("name", f"the function {term.args[0]} is not declared")
        if term.head in ("Derivative", "Smooth", "Diff") and any(self.is_matrix(node) for node in subterms(term)):
            raise Refused("domain", "matrices are not differentiated")
        if term.head == "Predicate":
            name = term.args[0]
            if name not in BUILT_IN and self.functions.get(name) != "property":
                raise Refused("name", f"the property {name} is not declared")
        if term.head in BINDERS or term.head == "Diff":
            bound = term.args[1] if term.head == "Diff" else term.args[BINDERS[term.head]]
            if bound not in self.variables:
                raise Refused("name", f"the variable {bound} is not declared")
            if bound in self.counts:
                raise Refused("scope", f"{bound} is the number of indices, which does not vary")
            if any(bound in free_symbols(one) for one in properties(term) if one.args[0] in BINDING):
                raise Refused("scope", f"{bound} is no single value in a property that speaks of functions of variables")
        if term.head == "Matrix" and any(row.head != "Tuple" for row in term.args):
            raise Refused("shape", "a row of a matrix must be a list")
        for arg in children(term):
            self.check_names(arg)
