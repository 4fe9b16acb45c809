"""The words of a task and the formulas among them: what they state, and what they say of a quantity in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from derivations.homework.deciding.setting import Setting
from derivations.homework.formulas import formula
from derivations.homework.sheets import TaskSpec
from derivations.language.terms import Term, free_symbols, function_names, subterms
from derivations.rendering.markup import formulas

RELATIONS = frozenset({"Lt", "Le", "Gt", "Ge", "Ne"})
_POSITIVE = re.compile(r"\b(positive|non-?zero|not zero|vanish|strictly|minimum)\b", re.IGNORECASE)
_COMMON = frozenset(
    ("this", "that", "with", "each", "from", "does", "just", "have", "they", "which", "there", "them", "when", "than", "between",
     "into", "over", "same", "different")
)  # fmt: skip
# Beginnings of words that say as much as others.
_LIKEWISE = (("minim", "criti"), ("maxim", "criti"), ("saddl", "criti"), ("stati", "criti"), ("indep", "uncor"))


@dataclass(frozen=True, slots=True)
class Words:
    """A task's text, and the texts that belong to it, as words and as the formulas in them."""

    task: TaskSpec
    context: list[str]
    notation: str
    terms: tuple[Term, ...] = field(init=False)

    def __post_init__(self) -> None:
        read = (formula(text, self.notation) for one in self.context for text in formulas(one))
        object.__setattr__(self, "terms", tuple(term for term in read if term is not None))

    @property
    def text(self) -> str:
        return "\n".join(self.context)

    def speaks_of(self, words: str) -> bool:
        """Whether most of the words that carry meaning occur, compared by their beginnings."""
        wanted = {word[:5] for word in re.findall(r"[a-z]{4,}", words.lower()) if word not in _COMMON}
        there = {word[:5] for word in re.findall(r"[a-z]{4,}", self.text.lower())}
        there |= {other for word, other in _LIKEWISE if word in there}
        return bool(wanted) and 2 * len(wanted & there) >= len(wanted)

    def relations(self) -> tuple[Term, ...]:
        """Relations between numbers that the formulas state."""
        found = []
        for term in self.terms:
            parts = term.args if term.head == "And" else (term,)
            found += [one for one in parts if one.head in RELATIONS | {"Eq"} and not function_names(one)]
        return tuple(found)


def follows(claim: Term, setting: Setting, words: Words) -> bool:
    stated = words.relations()
    bare = Setting(setting.table, ())
    return any(bare.proves(claim, rule, stated) for rule in ("signs", "polynomial-implication"))


def in_words(claim: Term, words: Words) -> bool:
    """Whether a sentence calls one of the claim's names positive, or the like."""
    names = free_symbols(claim)
    for text in words.context:
        for sentence in re.split(r"(?<=[.?!])\s", text):
            read = [formula(one, words.notation) for one in formulas(sentence)]
            there = {name for term in read if term is not None for name in free_symbols(term)}
            if names and names <= there | _alike(read) and _POSITIVE.search(sentence):
                return True
    return False


def _alike(read: list[Term | None]) -> set[str]:
    """A second derivative is a curvature, however it is written."""
    return {"lam" for term in read if term is not None for one in subterms(term) if one.head == "Derivative"}
