"""Ranges as an answer gives them: relation by relation, by exceptions, by where the opposite holds, or in words alone.

A sheet says what a range is the range of (``says``: convergent, one-sided). A relation that the answer calls the condition of
the opposite ("diverges for η ≥ 2/λ") is not the range; where the answer says "exactly", it is its complement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from derivations.homework.answers import Candidate, as_interval
from derivations.homework.cues import alternatives, cue, says
from derivations.homework.deciding.concepts import families
from derivations.homework.deciding.sayings import Entities, meaning, said
from derivations.homework.keys import Part
from derivations.homework.verdicts import Finding
from derivations.language.notation import GREEK
from derivations.language.terms import Term, conj
from derivations.reading.vocabulary import Vocabulary

Decide = Callable[[Candidate], Finding]
_ASIDES = re.compile(r"\([^()]*\)")
_JOINT = re.compile(r"[\s$,;]*+(?:\\quad|\\text\{)?\s*+(and|or|∧|∨)\s*+\}?(?:also|as well as)?(?:\\quad)?[\s$,:]*+", re.IGNORECASE)
_CLAUSE = re.compile(r"[.;,:\n(){}]|\b(?:and|but|while|whereas|so|thus|hence|und|aber)\b|[⇒→]", re.IGNORECASE)
_MARK = re.compile(r"[.;,:\n]")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_ONE_SIDED = frozenset(["Lt", "Le", "Gt", "Ge"])
_MOST_BETWEEN = 30
_MOST_WORDS = 200  # letters beside a relation that say of what it is the condition


def one_range(part: Part, several: list[Candidate], text: str, decide: Decide) -> list[Candidate] | Finding:
    """What may be the range, with the relations that together are one joined; a finding where the answer contradicts itself."""
    several = [_without_contrast(_without_reason(one, text), decide) for one in several]
    found = _with_exceptions(part, _together([with_ends(one, text) for one in several], text), text)
    stances = _stances(part, found)
    against = [one for one, stance in zip(found, stances, strict=True) if stance is False]
    certain = [one for one, stance in zip(found, stances, strict=True) if stance]
    if certain and stances[-1] is None and cue("concludes", found[-1].lead) is not None:
        certain.append(found[-1])
    kept = certain or [one for one, stance in zip(found, stances, strict=True) if stance is None]
    if against and not kept:
        if len(against) == 1 and len(part.settings.get("says", ())) == 1 and _is_exact(against[0]):
            return [replace(against[0], term=Term("Not", (against[0].term,), against[0].term.span))]
        return Finding("undecided", "this says where the opposite holds; say for which values it does hold")
    kept = _cases(kept, decide) if certain else _both_sides(kept, decide)
    for one in against:
        if decide(replace(kept[-1], term=conj(kept[-1].term, one.term))).misconception != "empty":
            return Finding("undecided", "what is said of the opposite does not go with the range that is given")
    return kept


def _together(several: list[Candidate], text: str) -> list[Candidate]:
    """Relations with nothing but "and" or "or" between them are one."""
    found: list[Candidate] = []
    for one in several:
        between = text[found[-1].span[1] : one.span[0]] if found else ""
        joint = _JOINT.fullmatch(_ASIDES.sub(" ", between))
        joined = found and cue("joins", between) is not None and len(between) < _MOST_BETWEEN
        if joint is not None or joined:
            head = "And" if joint is not None and joint.group(1).lower() in ("and", "∧") else "Or"
            found[-1] = _merged(head, [found[-1], one])
        else:
            found.append(one)
    return found


def _both_sides(several: list[Candidate], decide: Decide) -> list[Candidate]:
    """Relations that bound one side each are one, if there is anything between them; so are the last two behind another range."""
    if len(several) > 2 and any(one.term.head not in _ONE_SIDED for one in several):
        *first, last, end = several
        both = _both_sides([last, end], decide)
        return [*first, *both] if len(both) == 1 and {_side(one.term) for one in (last, end)}.isdisjoint({None}) else several
    if len(several) < 2 or any(one.term.head not in _ONE_SIDED for one in several):
        return several
    sides = [_side(one.term) for one in several]
    if len(set(sides)) < len(sides) and None not in sides:
        return several
    whole = _merged("And", several)
    return several if decide(whole).misconception == "empty" else [whole]


def _side(term: Term) -> tuple[Term, str] | None:
    """What a relation bounds, and on which side, if a name stands alone in it."""
    left, right = term.args
    above = term.head in ("Lt", "Le")
    if left.head == "Symbol" and right.head != "Symbol":
        return left, "above" if above else "below"
    return (right, "below" if above else "above") if right.head == "Symbol" and left.head != "Symbol" else None


def _cases(several: list[Candidate], decide: Decide) -> list[Candidate]:
    """Relations of which each is said to be a condition are its cases, if they exclude each other."""
    if len(several) < 2:
        return several
    whole = _merged("And", several)
    finding = decide(whole)
    if finding.verdict == "correct":
        return [whole]
    return [_merged("Or", several)] if finding.misconception == "empty" else _both_sides(several, decide)


def _merged(head: str, several: list[Candidate]) -> Candidate:
    span = (several[0].span[0], several[-1].span[1])
    parts = tuple(arg for one in several for arg in (one.term.args if one.term.head == head else (one.term,)))
    return replace(several[0], term=Term(head, parts, span), span=span, after=several[-1].after)


# --- ends and exceptions --------------------------------------------------------------------------------------------


def _without_reason(one: Candidate, text: str) -> Candidate:
    """ "since A, B" says B: of statements in a list behind such a word the first is the reason."""
    if one.term.head != "And" or cue("giving-reason", one.lead) is None or one.term.span is None:
        return one
    comma = text.find(",", one.span[0], one.span[1])
    kept = [arg for arg in one.term.args if isinstance(arg, Term) and arg.span is not None and arg.span[0] > comma >= 0]
    return replace(one, term=conj(*kept)) if kept and len(kept) < len(one.term.args) else one


def _without_contrast(one: Candidate, decide: Decide) -> Candidate:
    """ "A, not B", where both together would be nothing, says A."""
    kept = tuple(arg for arg in one.term.args if isinstance(arg, Term) and arg.head != "Not")
    if one.term.head != "And" or not kept or len(kept) == len(one.term.args) or decide(one).misconception != "empty":
        return one
    return replace(one, term=conj(*kept))


def with_ends(one: Candidate, text: str) -> Candidate:
    """ "between a and b", as an interval with the ends that the words beside it include."""
    term = one.term
    if term.head in _STRICT or term.head in _LOOSE:
        return _with_end(one, text)
    if term.head != "Tuple" or len(term.args) != 2 or text[one.span[0] : one.span[0] + 1] in ("(", "[", "]", "\\"):
        return one
    behind = text[one.span[1] : one.span[1] + _MOST_BETWEEN * 2]
    near = clause_before(one.lead) + "  " + behind
    if cue("included", near) is None or cue("excluded", near) is not None:
        return one
    ends = [text[slice(*arg.span)] if arg.span is not None else "" for arg in term.args]
    named = [bool(end) and re.search(rf"(?<![\w.]){re.escape(end)}(?![\w.])", behind) is not None for end in ends]
    kinds = ["closed" if is_named or not any(named) else "open" for is_named in named]
    return replace(one, term=Term("Interval", (*term.args, *kinds), term.span))


_STRICT = {"Lt": "Le", "Gt": "Ge"}
_LOOSE = {"Le": "Lt", "Ge": "Gt"}
_SIGN = re.compile(r"[<>≤≥⩽⩾]|\\(?:leq?|geq?|lt|gt)")
_BEHIND = re.compile(r"[\s$]*[(,]\s*(?:but\s+|with\s+)?(?:itself\s+|this\s+|the end\s+)?(?:is\s+)?([a-zäß ]{6,30})", re.IGNORECASE)


def _with_end(one: Candidate, text: str) -> Candidate:
    """ "up to 4 (exclusive)" and "below 4, inclusive": a bound in words, with what is said of it right behind."""
    behind = _BEHIND.match(one.after)
    if behind is None or _SIGN.search(text[slice(*one.span)]):
        return one
    for name, heads in (("excluded", _LOOSE), ("included", _STRICT)):
        found = cue(name, behind.group(1))
        if found is not None and found.start() == 0 and one.term.head in heads:
            return replace(one, term=Term(heads[one.term.head], one.term.args, one.term.span))
    return one


def _with_exceptions(part: Part, several: list[Candidate], text: str) -> list[Candidate]:
    """ "unless A" is not A; "all B except A" is B without A."""
    found: list[Candidate] = []
    for one in several:
        if cue("excepted", one.lead) is None and not is_left_out(one):
            found.append(one)
            continue
        rest = Term("Not", (as_interval(one.term, text, part.settings.get("variable")),), one.term.span)
        if found and not re.search(r"[.;\n]", text[found[-1].span[1] : one.span[0]]):
            found[-1] = _merged("And", [found[-1], replace(one, term=rest)])
        else:
            found.append(replace(one, term=rest))
    return found


def is_left_out(one: Candidate) -> bool:
    """Whether the words right behind an equation exclude its value: "(η = 2/λ excluded)"."""
    behind = cue("excluded", one.after[:30].lstrip(" $,(")) if one.term.head == "Eq" else None
    return behind is not None and behind.start() < 4


# --- of what it is the condition ------------------------------------------------------------------------------------


def said_of(part: Part, several: list[Candidate]) -> list[Candidate]:
    """Those of which the answer says what is asked for, or else those of which it does not say the opposite."""
    stances = _stances(part, several)
    certain = [one for one, stance in zip(several, stances, strict=True) if stance]
    return certain or [one for one, stance in zip(several, stances, strict=True) if stance is None]


def _stances(part: Part, several: list[Candidate]) -> list[bool | None]:
    """For each relation whether it is said to be a condition of what is asked for (True), or of its opposite (False)."""
    wanted = part.settings.get("says", ())
    found: list[bool | None] = []
    for one in several:
        stance = None
        if _LETTERS.search(one.lead) or _LETTERS.search(one.after):
            stance = _stance(one, wanted)
            if stance is None and _is_denied(one):
                stance = not found[-1] if found and found[-1] is not None else False
        found.append(stance)
    return found


def _stance(one: Candidate, wanted: tuple[str, ...]) -> bool | None:
    for words in (clause_after(one.after), clause_before(one.lead)):
        if not _LETTERS.search(words):
            continue
        told = [list(_told(words, concept)) for concept in wanted]
        if any(not stance for stances in told for stance in stances):
            return False
        if any(told):
            return True if all(told) else None
    return None


def _told(words: str, concept: str) -> Iterator[bool]:
    """Whether the words assert the concept, or what excludes it."""
    family = families()[concept]
    for item in said(words, family, Entities()):
        name = meaning(item, family)
        if name:
            yield (name == concept) if concept == family.concepts[0] else name != family.concepts[0]


def denies(words: str, concept: str) -> bool:
    """Whether the words assert what excludes the concept."""
    return not all(_told(words, concept))


def clause_before(lead: str) -> str:
    """The words right before, back to the last sign or word that parts clauses."""
    lead = lead[-_MOST_WORDS:].rstrip(" $(\\:")
    ends = [found.end() for found in _CLAUSE.finditer(lead)]
    return lead[ends[-1] :] if ends else lead


def clause_after(after: str) -> str:
    """The words right behind, up to such a sign; "⇒ it converges" and ": converges" go with what is before them.

    A word that parts clauses does so where it leads to the next formula, not in "back and forth".
    """
    after = after[:_MOST_WORDS].lstrip(" $)\\:⇒→=>")
    for found in _CLAUSE.finditer(after):
        if not found.group().isalpha() or not _MARK.search(after, found.end()):
            return after[: found.start()]
    return after


def _is_denied(one: Candidate) -> bool:
    """ "… does not", "but not for …": the contrary of what was said of the relation before."""
    behind, before = clause_after(one.after).strip(" $"), clause_before(one.lead).strip(" $")
    return any(_ellipsis().fullmatch(words) for words in (behind, before))


@cache
def _ellipsis() -> re.Pattern[str]:
    return re.compile(
        rf"(?:so|but|and|it|they|this|then|\s)*(?:{alternatives('denied')})(?:\s+(?:for|if|when|with|so|true|hold|any\s?more|at|für))*",
        re.IGNORECASE,
    )


def _is_exact(one: Candidate) -> bool:
    """Whether the answer says that it is so there and nowhere else."""
    return bool(cue("exactly", one.lead[-60:]) or cue("exactly", one.after[:60]))


# --- in words alone ---------------------------------------------------------------------------------------------------

_TRUTHS = (("nothing", "False"), ("everything", "True"))
_UNFINISHED = frozenset(  # without what they speak of these say nothing
    ("no", "any", "every", "for no", "for any", "for every", "for each", "for all", "kein", "keine", "jede", "jedes", "aucun")
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Finds "never", "there is no such η", "for all η", where η is one of the spellings of the unknown."""

    patterns: tuple[tuple[str, str, re.Pattern[str]], ...]  # cue, head of what it says, pattern

    def __call__(self, text: str) -> list[Candidate]:
        """Nothing, or everything, wherever the text says so."""
        if len(text) > 2 * _MOST_WORDS:
            return []
        patterns = [(head, pattern) for name, head, pattern in self.patterns if says(name, text)]
        found = [(hit.span("said"), head) for head, pattern in patterns for hit in pattern.finditer(text)]
        whole = (0, len(text))
        found = [(span, head) for span, head in found if span == whole or text[slice(*span)].lower().strip() not in _UNFINISHED]
        return [Candidate(Term(head, (), span), span, text[max(0, span[0] - 10) : span[0]], "") for span, head in sorted(found)]


def spoken(unknown: str, vocabulary: Vocabulary) -> Spoken:
    """For an unknown, in all its spellings; finds nothing if there is none."""
    if not unknown:
        return Spoken(())
    found = {key for key, name in vocabulary.names.items() if name == unknown}
    found |= {GREEK[key] for key in found if key in GREEK}
    names = "|".join(rf"\$?\\?{re.escape(name)}\$?" for name in sorted(found, key=len, reverse=True))
    nouns = rf"\s+(?:{alternatives('spoken-of')}|{names})(?!\w)"
    front = r"(?:^|[.,;:\n*(]|\b(?:so|thus|hence|answer|is|for|true|holds?|works|happens|it|converges|diverges))"
    back = r"(?:\s*>\s*0\s*\$?)?\s*(?=$|[.,;:!\n)*]|\b(?:because|since|as|if|so|it)\b)"
    return Spoken(tuple(
        (name, head, re.compile(rf"{front}\s*(?P<said>(?:{alternatives(name)})(?:{nouns})*){back}", re.IGNORECASE))
        for name, head in _TRUTHS
    ))  # fmt: skip
