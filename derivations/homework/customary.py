"""What goes without saying of the usual quantities where neither sheet nor task says it: a learning rate is positive, and the like.

To this the hypotheses of the proof are added, as far as they speak of what the key speaks of. An author who writes ``assume`` or
``synonyms`` is taken at his word instead.
"""

from __future__ import annotations

from collections.abc import Iterable

from derivations.language.certificates import Certificate
from derivations.language.terms import Term, free_symbols, subterms

# Canonical name → what is assumed of it.
ASSUMED = {
    "eta": ("eta > 0",), "lam": ("lam > 0",), "beta": ("0 <= beta", "beta < 1"), "gamma": ("gamma >= 0",), "sigma": ("sigma > 0",),
    "N": ("N >= 1",), "mu": ("mu > 0",), "L_max": ("L_max > 0",), "kappa": ("kappa >= 1",),
}  # fmt: skip
TOGETHER = {("mu", "L_max"): ("mu <= L_max",)}
# Canonical name → what else is written for it.
ALSO = {"lam": ("L''(theta_star) = lam", "L''(theta) = lam", "H = lam"), "L_max": ("L = L_max",)}
RATIO = {("L_max", "mu"): ("kappa = L_max/mu",)}
_RELATIONS = frozenset({"Lt", "Le", "Gt", "Ge", "Eq", "Ne"})
_NO_NUMBERS = frozenset({"Apply", "Derivative", "Expect", "Variance", "Sum", "ForAll", "Exists"})


def spoken_of(keys: Iterable[Term]) -> frozenset[str]:
    return frozenset().union(*map(free_symbols, keys))


def from_proof(proof: Certificate | None, names: frozenset[str]) -> tuple[Term, ...]:
    """The proof's hypotheses on numbers that the key speaks of."""
    claims = (one.claim for one in proof.derivation.statement.hypotheses) if proof is not None else ()
    return tuple(one for one in claims if _is_plain(one) and free_symbols(one) <= names)


def _is_plain(claim: Term) -> bool:
    return claim.head in _RELATIONS and not any(node.head in _NO_NUMBERS for node in subterms(claim))


def assumptions(names: frozenset[str], told: Iterable[Term]) -> tuple[str, ...]:
    """What is assumed of the names of which nothing is told."""
    known = frozenset().union(*(free_symbols(one) for one in told if one.head != "Ne" and len(free_symbols(one)) == 1))
    found = [text for name, texts in ASSUMED.items() if name in names - known for text in texts]
    return (*found, *(text for pair, texts in TOGETHER.items() if set(pair) <= names - known for text in texts))


def synonyms(names: frozenset[str]) -> tuple[str, ...]:
    """Other names of what the key speaks of."""
    found = [text for name, texts in ALSO.items() if name in names for text in texts]
    ratios = [text for pair, texts in RATIO.items() if set(pair) <= names and "kappa" not in names for text in texts]
    return (*found, *ratios)
