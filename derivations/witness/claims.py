"""What a derivation claims, as terms that can be evaluated: the places in its conclusion that its answer points to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivations.language.errors import Unusable
from derivations.language.statements import Derivation
from derivations.language.terms import Term, apply, at_path, function_names, symbol


def claimed(derivation: Derivation, selector: Any) -> Term:
    """The term at a selector (a leaf of ``derivation.answer``). Raises Unusable if there is none."""
    if not isinstance(selector, Mapping) or "at" not in selector:
        raise Unusable("the answer does not have what is asked for")
    part = at_path(derivation.statement.conclusion, tuple(selector["at"]))
    if not isinstance(part, Term):
        raise Unusable(f"the path {selector['at']} does not lead to a term")
    return part


def claimed_field(derivation: Derivation, key: str) -> Term:
    """The term of one field of the answer, such as "exact". Raises Unusable if there is none."""
    return claimed(derivation, derivation.answer.get(key))


def claimed_regimes(derivation: Derivation) -> dict[str, Term]:
    """The region of each regime of the answer, by its name; empty if the answer has none."""
    return {
        claimed(derivation, row["name"]).args[0].replace("_", "-"): claimed(derivation, row["region"])
        for row in derivation.answer.get("regimes", ())
    }


def assumptions(derivation: Derivation) -> list[Term]:
    """The hypotheses, and what the answer assumes beside them."""
    claims = [item.claim for item in derivation.statement.hypotheses]
    return [*claims, claimed_field(derivation, "assuming")] if "assuming" in derivation.answer else claims


def meaning_of_error(derivation: Derivation) -> Term:
    """What e(t) is defined as, such as theta(t) - theta_star; e(t) itself where a recurrence defines it."""
    error = apply("e", symbol("t"))
    for item in derivation.statement.definitions:
        body = item.claim.args[1] if item.claim.head == "ForAll" else item.claim
        if body.head == "Eq" and body.args[0] == error and not function_names(body.args[1]) & {"e", "F"}:
            return body.args[1]  # type: ignore[no-any-return]
    return error
