"""Work that is asked for line by line: whether every step of it is right and it ends, or deals with, what the key says.

All links right and the last line right is correct; a right result after a wrong step, and steps that follow from a wrong one, are
worth their share; a condition that a step needs and nobody states is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from derivations.homework.deciding import samples
from derivations.homework.deciding.balls import Unknown
from derivations.homework.deciding.kinds import decide as decide_kind
from derivations.homework.deciding.lines import (
    Line,
    LinkFinding,
    Rows,
    Span,
    chained,
    is_exact,
    lines_of,
    links_of,
    rows_of,
)
from derivations.homework.deciding.linking import ChainFinding, Linker, check_chain
from derivations.homework.deciding.setting import Setting
from derivations.homework.keys import Part
from derivations.homework.verdicts import Evidence, Finding
from derivations.language.ascii import ascii_text
from derivations.language.errors import DerivationsError
from derivations.language.terms import (
    ONE,
    RELATIONS,
    ZERO,
    Term,
    free_symbols,
    function_names,
    matrix,
    number,
    substitute,
    subterms,
)

# --- the decider ------------------------------------------------------------------------------------------------------


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """Work whose last line is the key: all links right and the last line right is correct; a wrong line before it is named.

    A key that is a list of vectors asks for lines in which a matrix makes these vectors of others.
    """
    known = matrices_of(part)
    return decide_lines(part, lines_of(substitute(said, known) if known else said), setting)


def decide_lines(part: Part, lines: Sequence[Line], setting: Setting) -> Finding:
    """The finding on lines of work."""
    chain = check_chain(lines, setting)
    if not chain.links:
        return Finding("undecided", "No line of the work could be checked, so a person will look at it.")
    last = _last(part, chain, setting)
    remarks = tuple(one.reason for one in chain.links if one.reason and one.status != "open")
    wrong, condition, unclear = chain.first_wrong, chain.first_conditional, chain.first_open
    if wrong is not None:
        return _with_a_wrong_step(chain, wrong, last, remarks)
    if last is not None and last.verdict != "correct":
        return replace(last, remarks=(*last.remarks, *remarks))
    if condition is not None:
        text = _ended(f"A condition is missing: {condition.reason}")
        return Finding("partial", text, condition.evidence, chain.share, remarks=remarks)
    if unclear is not None:
        return Finding("undecided", _ended(f"A person will look at this: {unclear.reason}"), remarks=remarks)
    rules = tuple(sorted({*chain.rules, *(last.evidence.rules if last is not None else ())}))
    if not rules:
        return Finding("undecided", "There is a result but no step to check, so a person will look at it.")
    claim = last.evidence.claim if last is not None else ascii_text(chain.lines[-1].term)
    return Finding(
        "correct", "Every line is right.", Evidence("proof", claim, rules=rules, status="proved"), 1.0, remarks=remarks
    )


def _with_a_wrong_step(
    chain: ChainFinding, wrong: LinkFinding, last: Finding | None, remarks: tuple[str, ...]
) -> Finding:
    """A right result after a wrong step is worth something, and so are steps that follow from a wrong one."""
    if last is not None and last.verdict == "correct":
        return Finding(
            "partial",
            _ended(f"The result is right, but not every step: {wrong.reason}"),
            wrong.evidence,
            chain.share,
            remarks=remarks,
        )
    images = last is not None and last.verdict in ("partial", "undecided")  # of vectors: each is worth its part
    credit = last.credit if images and last is not None else chain.share
    reason = _ended(f"The first step that is not right is in {wrong.reason}")
    return Finding("partial" if credit > 0 else "incorrect", reason, wrong.evidence, credit, remarks=remarks)


def _ended(text: str) -> str:
    return text.rstrip(".") + "."


def _last(part: Part, chain: ChainFinding, setting: Setting) -> Finding | None:
    """Whether the work ends with what is right; None where the key asks for nothing but the work."""
    key = part.key
    if not isinstance(key, Term) or (key.head in ("True", "Tuple") and not key.args):
        return None
    if key.head == "Tuple" or rows_of(key) is not None:
        return _images(part, key.args if key.head == "Tuple" else (key,), chain, setting)
    final = chain.lines[-1].term
    if key.head == "Eq" and setting.proves(key, "identity"):
        return _shown(key, chain)
    if key.head in RELATIONS or key.head in ("And", "Or"):
        kind = "equation" if key.head == "Eq" else "range"
    else:
        kind = "expression"
        links = chained(final)
        final = links[-1].args[1] if links else final
    return decide_kind(replace(part, kind=kind), final, setting)


def _shown(key: Term, chain: ChainFinding) -> Finding:
    """Whether the work leads from one side of an identity to the other, as they are written."""
    sides = [side for line in chain.lines for link in chained(line.term) or () for side in link.args]
    if sides and {sides[0], sides[-1]} == set(key.args):
        return Finding("correct", "", Evidence("proof", ascii_text(key), rules=("identity",), status="proved"), 1.0)
    return Finding("undecided", "The work should lead from one side of what is to be shown to the other.")


# --- a matrix and what it makes of vectors ------------------------------------------------------------------------------


Vector = tuple[Term, ...]


def _known_images(part: Part) -> list[tuple[str, Vector, Term]]:
    """(A, v, w) where the key says A*v = w: its subjects are the components of images, (A_1(1, 0), A_2(1, 0))."""
    found = []
    values = part.key.args if isinstance(part.key, Term) and part.key.head == "Tuple" else ()
    for subject, value in zip(part.subjects, values, strict=False):
        entries = [entry for row in rows_of(subject) or () for entry in row]
        if not entries or rows_of(value) is None or any(entry.head != "Apply" for entry in entries):
            continue
        stems = {entry.args[0].rpartition("_")[0] for entry in entries}
        vectors = {entry.args[1:] for entry in entries}
        if len(stems) == len(vectors) == 1:
            found.append((stems.pop(), vectors.pop(), value))
    return found


def matrices_of(part: Part) -> dict[str, Term]:
    """The matrices that a key knows by what they make of the unit vectors."""
    columns: dict[str, dict[Vector, Rows]] = {}
    for name, vector, value in _known_images(part):
        columns.setdefault(name, {})[vector] = rows_of(value) or []
    found = {}
    for name, images in columns.items():
        size = len(next(iter(images)))
        units = [tuple(ONE if i == k else ZERO for i in range(size)) for k in range(size)]
        if all(unit in images for unit in units):
            rows = zip(*([row[0] for row in images[unit]] for unit in units), strict=True)
            found[name] = matrix([list(row) for row in rows])
    return found


def _images(part: Part, wanted: tuple[Term, ...], chain: ChainFinding, setting: Setting) -> Finding:
    """Each vector that is asked for has to be, in some line without a wrong step, what the matrix makes of its vector."""
    bad = {one.link.line for one in chain.links if one.status in ("refuted", "open")}
    lines = [line.term for number, line in enumerate(chain.lines, 1) if number not in bad]
    matrices, images = matrices_of(part), _known_images(part)
    right = {
        value
        for name, vector, value in images
        if name in matrices and any(_shows(matrices[name], vector, value, line, setting) for line in lines)
    }
    missing = [value for value in wanted if value not in right]
    if not missing:
        claim = ascii_text(Term("Tuple", wanted))
        return Finding("correct", "", Evidence("proof", claim, rules=("identity",), status="proved"), 1.0)
    absent = ", ".join(ascii_text(_plain_numbers(value)) for value in missing)
    if len(missing) == len(wanted):
        return Finding("undecided", f"A person will look at this: {absent} was not found in the work.")
    share = 1 - len(missing) / len(wanted)
    return Finding("partial", f"What is there is right; not found: {absent}.", credit=share)


def _shows(of: Term, vector: Vector, value: Term, line: Term, setting: Setting) -> bool:
    """Whether the line has the product of the matrix and the vector on one side, and the value on another."""
    sides = [side for node in _relations(line) for side in node.args]
    column = matrix([[entry] for entry in vector])
    products = (side for side in sides if side.head == "Mul" and len(side.args) == 2)
    applied = any(_equal(side.args[0], of, setting) and _equal(side.args[1], column, setting) for side in products)
    return applied and any(
        side.head != "Mul" or not _is_square(side.args[0]) for side in sides if _equal(value, side, setting)
    )


def _is_square(term: Term) -> bool:
    rows = rows_of(term)
    return rows is not None and len(rows) == len(rows[0]) > 1


def _plain_numbers(term: Term) -> Term:
    """The entries multiplied out where they are numbers."""
    rows = rows_of(term)
    if rows is None:
        return term
    try:
        return matrix([[number(samples.exact(entry)) for entry in row] for row in rows])
    except Unknown:
        return term


def _relations(term: Term) -> list[Term]:
    return [node for node in subterms(term) if node.head in RELATIONS]


def _equal(one: Term, other: Term, setting: Setting) -> bool:
    left, right = rows_of(one), rows_of(other)
    if left and right and 1 in (len(left), len(left[0])) and 1 in (len(right), len(right[0])):  # a vector, as a row or a column
        left, right = ([[entry for row in rows for entry in row]] for rows in (left, right))
    if left is None or right is None or [len(row) for row in left] != [len(row) for row in right]:
        return False
    pairs = [pair for rows in zip(left, right, strict=True) for pair in zip(*rows, strict=True)]
    return all(setting.proves(Term("Eq", pair), "identity") for pair in pairs)


# --- work shown with other answers ---------------------------------------------------------------------------------


REVIEWED = 12  # lines of an answer
QUOTED = 80  # characters of a step


def has_steps(term: Term) -> bool:
    """Whether it says more than one thing of which the next is to follow from the one before."""
    return term.head in ("Implies", "Iff") or len(chained(term) or ()) > 1


def review(work: Iterable[tuple[Term, Span | None]], setting: Setting) -> tuple[LinkFinding, ...]:
    """The first link that is refuted in the work that an answer displays, if there is one: a remark, not a verdict.

    Only links inside chains (a = b = c) are looked at, and lines joined by => or <=>; everything else that is said counts as given.
    A link in which a letter gets lost is passed over: words may have said what it stands for.
    """
    lines: list[Line] = []
    for term, span in work:
        if samples.is_small(term):
            lines += lines_of(term, span)
    lines = lines[:REVIEWED]
    told = [line for line in lines if chained(line.term) is None and not line.joint]
    try:
        checker = Linker(setting, tuple(lines))
    except DerivationsError:
        return ()
    plain = checker.place.plain
    checker.given = [
        plain(line.term) for line in told if line.term.head in RELATIONS or line.term.head in ("And", "Or")
    ][:6]
    for line, count, links in links_of(lines):
        if is_exact(line.term):
            for link in links if len(links) > 1 else ():
                if link.relation == "Eq" and _speaks_for_itself(link.left, link.right):
                    checker.within(link)
            if line.joint and len(links) < 2 and checker.said and _same_letters(checker.said[-1][1], plain(line.term)):
                checker.line(line, count, links)
        wrong = next((one for one in checker.found if one.status == "refuted"), None)
        if wrong is not None:
            return (wrong,)
        if line.term.head in RELATIONS:
            checker.said.append((count, plain(line.term)))
    return ()


def remark_on(found: LinkFinding, text: str, right: bool) -> str:
    """A sentence about a wrong step, quoted from the answer; ``right`` says whether the final answer is right all the same."""
    start, end = found.link.span or (0, 0)
    if start and text[start - 1] == "(" and text.count(")", start, end) > text.count("(", start, end):
        start -= 1
    quoted = " ".join(text[start:end].split())
    step = f"the step “{quoted if len(quoted) <= QUOTED else quoted[:QUOTED] + '…'}”" if quoted else f"line {found.link.line}"
    names = {ascii_text(node) for node in subterms(found.link.claim)}
    own = {name: value for name, value in found.evidence.at.items() if name in names} or found.evidence.at
    at = ", ".join(f"{name} = {value}" for name, value in own.items())
    where = f"at {at} " if at else ""
    if found.link.relation == "Eq":
        why = f"the two sides differ; {where}they are {found.evidence.values['key']} and {found.evidence.values['answer']}"
    elif found.evidence.values.get("key") == "True":
        why = f"it does not follow from what stands before; {where}that is true and this is not"
    else:
        why = f"it does not lead back to what stands before; {where}this is true and that is not"
    begins = "the final answer is right, but look again at" if right else "the first step that is not right is"
    return f"{begins} {step}: {why}"


def _speaks_for_itself(left: Term, right: Term) -> bool:
    """Whether left = right is meant for all values: the same letters, and no root or modulus whose sign words may have settled."""
    signs = [{node.head for node in subterms(side)} & {"Abs", "Sqrt"} for side in (left, right)]
    return signs[0] == signs[1] and bool(free_symbols(left)) and _same_letters(left, right)


def _same_letters(one: Term, other: Term) -> bool:
    return free_symbols(one) == free_symbols(other) and function_names(one) == function_names(other)
