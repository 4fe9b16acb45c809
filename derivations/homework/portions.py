"""What of an answer belongs to which part, what an equation says that only names its value, and what words are about."""

from __future__ import annotations

from dataclasses import replace

from derivations.homework.answers import Candidate, fits, named_part
from derivations.homework.deciding.sayings import Entities, entities_of
from derivations.homework.keys import Part
from derivations.homework.readings import powers_of
from derivations.language.terms import Term, free_symbols, subterms

_TOGETHER = frozenset(["range", "equation", "chain", "property", "list", "set", "member", "matrix"])
_NAMING = frozenset(["Eq", "Approx", "Proportional"])


def shares(parts: tuple[Part, ...], lines: list[Candidate]) -> list[list[Candidate]]:
    """The passages for each part: by the subject of an equation, and otherwise one after the other."""
    if len(parts) <= 1 or any("group" in part.settings for part in parts):
        return [lines for _ in parts]
    lines = [piece for one in lines for piece in _pieces(one)]
    named = [(one, named_part(parts, one.term)) for one in lines]
    found = [[one for one, owner in named if owner is part] for part in parts]
    free = [one for one, owner in named if owner is None]
    open_parts = [i for i, part in enumerate(parts) if not found[i]]
    fitting = {i: [one for one in free if fits(parts[i], one.term)] for i in open_parts}
    same = len({parts[i].kind for i in open_parts}) == 1
    for place, i in enumerate(open_parts):
        mine = fitting[i]
        if same and len(open_parts) > 1:
            mine = [mine[place]] if len(mine) == len(open_parts) else mine[place : place + 1]
        found[i] = mine
    return found


def _pieces(one: Candidate) -> list[Candidate]:
    """The members of a list, and the equations of a conjunction."""
    if one.term.head in ("Tuple", "And") and all(isinstance(arg, Term) for arg in one.term.args):
        inner = one.term.args
        if one.term.head == "Tuple" or all(arg.head == "Eq" for arg in inner):
            return [replace(one, term=arg) for arg in inner]
    return [one]


def value_of(part: Part, term: Term) -> Term:
    """What an equation that only names its value says: the value. A chain says its last member."""
    while term.head in ("Implies", "Iff") and part.kind not in ("chain", "range"):
        term = term.args[1]
    if term.head == "And" and part.kind == "asymptotic":
        term = Term("And", tuple(_as_approximation(link) for link in term.args), term.span)
    if term.head == "And" and part.kind not in _TOGETHER and all(link.head == "Eq" for link in term.args) and not _is_chain(term):
        mine = [link for link in term.args if link.args[0] in part.subjects]
        steps = [link for link in term.args if link not in mine and any(node.head == "Apply" for node in subterms(link))]
        term = mine[0] if len(mine) == 1 and len(steps) == len(term.args) - 1 else term
    if term.head == "And" and part.kind not in ("range", "chain", "list", "set") and term.args[0].head in _NAMING:
        term = _equations_of(term)
    if term.head == "And" and part.kind not in ("range", "chain", "list", "set", "equation") and _is_chain(term):
        term = Term("Eq", (term.args[0].args[0], term.args[-1].args[1]), term.span)
    if term.head == "Approx":
        term = Term("Eq", term.args, term.span)
    if term.head == "Proportional" and part.kind in ("asymptotic", "up-to-scale"):
        bare: Term = term.args[1]
        return bare
    if part.kind == "asymptotic":
        term = powers_of(term)
    if part.kind in ("range", "equation", "chain", "property", "list", "set", "member") or term.head != "Eq":
        return term
    left: Term = term.args[0]
    right: Term = term.args[1]
    if left in part.subjects:
        return term
    if left.head == "Abs" and any(node in part.subjects for node in subterms(left)):
        return right
    atom = left.head in ("Symbol", "Apply", "Expect", "Variance", "Derivative", "Abs")
    slopes = {node.args[0] for subject in part.subjects for node in subterms(subject) if node.head == "Derivative"}
    if left.head == "Derivative" and slopes and left.args[0] not in slopes:
        return term  # the slope of something else
    known = free_symbols(part.key) if atom and isinstance(part.key, Term) else frozenset()
    return right if atom and not free_symbols(left) & known else term


def _as_approximation(link: Term) -> Term:
    """Of a = b → c, where a limit is asked for, b ≈ c."""
    return Term("Approx", (link.args[0], link.args[3]), link.span) if link.head == "Tends" else link


def _equations_of(chain: Term) -> Term:
    """Of a = b > 0 the equations before the inequality."""
    kept = [one for one in chain.args if one.head in _NAMING]
    if len(kept) == len(chain.args) or chain.args[: len(kept)] != tuple(kept):
        return chain
    return kept[0] if len(kept) == 1 else Term("And", tuple(kept), chain.span)


def _is_chain(term: Term) -> bool:
    links = term.args
    return all(one.head in ("Eq", "Approx") for one in links) and all(
        links[i].args[1] == links[i + 1].args[0] for i in range(len(links) - 1)
    )


# --- words --------------------------------------------------------------------------------------------------------------


def entities(parts: tuple[Part, ...]) -> Entities:
    """What the parts' words are about; numbers that are asked for, one of each, are names of them, too."""
    names = tuple(dict.fromkeys(str(part.settings["about"]) for part in parts if "about" in part.settings))
    further: dict[str, list[str]] = {name: [] for name in names}
    for part in parts:
        if "about" in part.settings:
            further[str(part.settings["about"])] += list(part.settings.get("called", ()))
        if part.kind == "list" and isinstance(part.key, Term) and len(part.key.args) == len(names):
            for name, value in zip(names, part.key.args, strict=True):
                further[name] += _spellings(value)
    return entities_of(names, further)


def _spellings(value: Term) -> list[str]:
    """A number as a decimal, with a point and with a comma; the sign is no part of the word."""
    found = value.args[0] if value.head == "Number" else None
    if found is None or (10**6 * found).denominator != 1:
        return []
    decimal = f"{abs(float(found)):.6f}".rstrip("0").rstrip(".")
    return [decimal, decimal.replace(".", ",")] if "." in decimal else []
