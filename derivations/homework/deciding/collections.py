"""Sets and lists: each element of an answer is compared with those of the key; order counts in a list, not in a set."""

from __future__ import annotations

from dataclasses import replace

from derivations.homework.deciding.comparing import compare
from derivations.homework.deciding.complexes import is_complex, parts, same, squared_distance
from derivations.homework.deciding.elements import MOST, Member, depth_of, members_of, numbers_among
from derivations.homework.deciding.looks import unfit
from derivations.homework.deciding.relations import without_ends
from derivations.homework.deciding.setting import Setting
from derivations.homework.keys import Part
from derivations.homework.verdicts import Evidence, Finding
from derivations.language.ascii import ascii_text
from derivations.language.errors import Malformed
from derivations.language.terms import ZERO, Term, add, free_symbols, function_names, mul, power, sub, subterms


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on a set or a list."""
    if not isinstance(part.key, Term) or part.key.head not in ("Set", "Tuple"):
        raise Malformed("a key of this kind is a set or a list")
    members = list(members_of(without_ends(said), depth_of(part.key)))
    if not free_symbols(part.key) and not function_names(part.key):
        members = numbers_among(members, setting)
        unknown = [one.value for one in members if free_symbols(one.value) or function_names(one.value)]
        if unknown:
            return Finding("undecided", f"which number is {ascii_text(unknown[0])}?")
    if not depth_of(part.key):  # an eigenvector beside its eigenvalue is no element
        scalars = [one for one in members if not any(node.head in ("Tuple", "Matrix") for node in subterms(one.value))]
        members = scalars or members
    sizes = [one for one in members if one.name is not None and one.name.head == "Abs"]
    members = [one for one in members if one not in sizes] or members  # |r| = 3 beside r = -3 is no element of its own
    if len(members) > MOST:
        return Finding("undecided", "there are too many elements")
    if not members or not part.key.args:
        return _with_none(part.key, said, members, setting)
    if part.kind == "set" or part.key.head == "Set":
        return _as_set(part.key, [member.value for member in members], setting)
    return _as_list(part, part.key, members, setting)


def _with_none(key: Term, said: Term, members: list[Member], setting: Setting) -> Finding:
    """The finding where the answer or the key has no elements."""
    if said.head == "Set" and not members and not key.args:
        return Finding("correct", "", Evidence("proof", "Set() == Set()", rules=("identity",), status="proved"), 1.0)
    clear = said.head == "Set" if not members else not any(_unclear(one.value, setting) for one in members)
    if not clear:
        return Finding("undecided", "it is not clear which elements these are")
    evidence = number_of("elements", len(members), len(key.args))
    return Finding("incorrect", evidence.detail, evidence)


def _unclear(value: Term, setting: Setting) -> str:
    """Why an element, a number or a point, is none."""
    coordinates = value.args if value.head == "Tuple" else (value,)
    known = [parts(one) for one in coordinates]
    if None in known:
        return "complex numbers of this kind are left to a person"
    return next(filter(None, (unfit(one, setting) for pair in known if pair is not None for one in pair)), "")


# --- comparing elements -----------------------------------------------------------------------------------------------


def _same(said: Term, key: Term, setting: Setting) -> Finding:
    """The finding on one element; a point is right if all its coordinates are."""
    if key.head != "Tuple":
        if is_complex(said) or is_complex(key):
            return same(said, key, setting)
        return compare(said, key, setting)
    if said.head != "Tuple" or len(said.args) != len(key.args):
        return Finding("undecided", f"a point with {len(key.args)} coordinates was expected")
    findings = [_same(one, other, setting) for one, other in zip(said.args, key.args, strict=True)]
    for k, finding in enumerate(findings):
        if finding.verdict == "incorrect":
            return replace(finding, reason=f"coordinate {k + 1}: {finding.reason}")
    undecided = [finding for finding in findings if finding.verdict != "correct"]
    return undecided[0] if undecided else together(findings)


def together(findings: list[Finding]) -> Finding:
    """The finding that is right where all of these are, with all that they rest on."""
    rules = tuple(dict.fromkeys(rule for one in findings for rule in one.evidence.rules))
    status = "decided" if any(one.evidence.status == "decided" for one in findings) else "proved"
    claims = list(dict.fromkeys(one.evidence.claim for one in findings))
    claim = claims[0] if len(claims) == 1 else " & ".join(f"({one})" for one in claims)
    remarks = tuple(dict.fromkeys(remark for one in findings for remark in one.remarks))
    evidence = Evidence("proof", claim, rules=rules, status=status)
    return Finding("correct", "", evidence, 1.0, remarks=remarks)


def number_of(what: str, mine: int, right: int) -> Evidence:
    """The counterexample that there are so many where there should be others."""
    detail = f"your answer has {mine} {what}, the right one {right}"
    values = {"answer": str(mine), "key": str(right)}
    return Evidence(
        "counterexample", f"number of {what}: {mine} == {right}", {}, str(mine), str(right), values, detail=detail
    )


# --- sets ---------------------------------------------------------------------------------------------------------------


def _as_set(key: Term, said: list[Term], setting: Setting) -> Finding:
    table = [[_same(one, right, setting) for right in key.args] for one in said]
    for one, row in zip(said, table, strict=True):
        if any(found.verdict == "correct" for found in row):
            continue
        undecided = [found for found in row if found.verdict != "incorrect"]
        return undecided[0] if undecided or not row else _stranger(one, key, row, setting)
    counts = [sum(row[k].verdict == "correct" for row in table) for k in range(len(key.args))]
    for k, count in enumerate(counts):
        if count == 0:
            return _left_out(key.args[k], said, [row[k] for row in table], setting)
    odd = _counted(key, counts, setting)
    if odd is not None:
        return odd
    twice = len(said) > len(key.args)
    remark = ("an element stands here twice",) if twice else ()
    found = together([next(one for one in row if one.verdict == "correct") for row in table])
    return replace(found, remarks=(*found.remarks, *remark))


def _counted(key: Term, counts: list[int], setting: Setting) -> Finding | None:
    """The finding on an element that occurs more or less often than in a key that has elements twice."""
    groups: list[int] = setting.ready("groups", key, _groups)
    if max(groups) == 1:
        return None
    for right, mine, wanted in zip(key.args, counts, groups, strict=True):
        if mine != wanted:
            evidence = number_of(f"times {ascii_text(right)}", mine, wanted)
            detail = f"{ascii_text(right)} occurs {_times(wanted)}, but {_times(mine)} in your answer"
            return Finding("incorrect", detail, replace(evidence, detail=detail), misconception="multiplicity")
    return None


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _groups(key: Term, setting: Setting) -> list[int]:
    """How often each of the elements occurs among them."""
    return [sum(one == other or _same(one, other, setting).verdict == "correct" for other in key.args) for one in key.args]


def _stranger(one: Term, key: Term, row: list[Finding], setting: Setting) -> Finding:
    """An element that is none of the right ones: the product of its distances from them is not zero."""
    text = ascii_text(one)
    found = row[0]
    if len(row) > 1 and (not is_complex(one) or any(is_complex(right) for right in key.args)):
        found = compare(mul(*(_distance(one, right) for right in key.args)), ZERO, setting)
    if found.verdict != "incorrect":
        return Finding("undecided", f"whether {text} belongs to it could not be decided")
    reason = f"{text} does not belong to it"
    return Finding("incorrect", reason, replace(found.evidence, claim=f"{text} belongs to it", detail=reason))


def _left_out(right: Term, said: list[Term], column: list[Finding], setting: Setting) -> Finding:
    """An element that is missing: the product of its distances from those that are there is not zero."""
    text = ascii_text(right)
    if any(one.verdict != "incorrect" for one in column):
        return Finding("undecided", f"whether {text} is among them could not be decided")
    found = compare(mul(*(_distance(right, one) for one in said)), ZERO, setting)
    if found.verdict != "incorrect":
        return Finding("undecided", f"whether {text} is among them could not be decided")
    evidence = replace(found.evidence, claim=f"{text} is missing", detail=f"{text} is missing")
    return Finding("incorrect", "an element is missing", evidence)


def _distance(one: Term, other: Term) -> Term:
    if one.head == "Tuple" and other.head == "Tuple":
        return add(*(power(sub(a, b), 2) for a, b in zip(one.args, other.args, strict=False)))
    if is_complex(one) or is_complex(other):
        found = squared_distance(one, other)
        return ZERO if found is None else found
    return sub(one, other)


# --- lists --------------------------------------------------------------------------------------------------------------


def _as_list(part: Part, key: Term, members: list[Member], setting: Setting) -> Finding:
    size = len(key.args)
    slots: dict[int, Term] = {}
    free: list[Term] = []
    for member in _assembled(members, part):
        place = _place(member, part, size)
        if place is None:
            free.append(member.value)
        elif place >= 0:
            if slots.get(place, member.value) != member.value:
                first, other = (_same(one, key.args[place], setting) for one in (slots[place], member.value))
                if first.verdict != other.verdict:
                    called = _called(part.settings.get("names", ()), place)
                    return Finding("undecided", f"{called} is given twice, with different values")
            slots[place] = member.value
    open_places = [k for k in range(size) if k not in slots]
    if len(free) > len(open_places):
        if slots and not open_places:
            free = []  # all that is asked for has its name
        else:
            return _too_many(key, free, open_places, setting)
    for k, value in zip(open_places, free, strict=False):
        slots[k] = value
    if not slots:
        return Finding("undecided", "none of what is asked for was found")
    findings = {k: _same(value, key.args[k], setting) for k, value in sorted(slots.items())}
    if part.settings.get("names") and _is_mixed(free, [key.args[k] for k in open_places], setting):
        return Finding("undecided", "the numbers are there, but it is not said which is which")
    return _of_list(part, key, findings)


def _assembled(members: list[Member], part: Part) -> list[Member]:
    """Points made of coordinates that are given one by one, by their names."""
    points = [one for one in (*part.settings.get("names", ()), *part.subjects) if one.head == "Tuple"]
    single = {
        member.name: member.value for member in members if member.value.head != "Tuple" and member.name is not None
    }
    if not points or not isinstance(part.key, Term) or not depth_of(part.key):
        return members
    kept = [member for member in members if member.value.head == "Tuple"]
    for point in dict.fromkeys(points):
        if all(name in single for name in point.args):
            kept.append(Member(Term("Tuple", tuple(single[name] for name in point.args)), point))
    return kept


def _is_mixed(free: list[Term], wanted: list[Term], setting: Setting) -> bool:
    """Whether elements without names are the right ones in another order."""
    table = [[_same(value, right, setting).verdict == "correct" for right in wanted] for value in free]
    in_place = all(row[k] for k, row in enumerate(table))
    return len(free) > 1 and len(free) <= len(wanted) and not in_place and all(any(row) for row in table)


def _of_list(part: Part, key: Term, findings: dict[int, Finding]) -> Finding:
    size = len(key.args)
    names = part.settings.get("names", ())
    share = sum(one.verdict == "correct" for one in findings.values()) / size
    for k, one in findings.items():
        if one.verdict == "incorrect":
            reason = f"{_called(names, k)}: {one.reason}"
            return replace(one, verdict="partial" if share else "incorrect", reason=reason, credit=share)
    unclear = [(k, one) for k, one in findings.items() if one.verdict != "correct"]
    if unclear:
        k, one = unclear[0]
        return replace(one, reason=f"{_called(names, k)}: {one.reason}")
    if len(findings) < size:
        absent = ", ".join(_called(names, k) for k in range(size) if k not in findings)
        evidence = number_of("elements", len(findings), size)
        return Finding("partial", f"what is there is right; not found: {absent}", evidence, share)
    return together(list(findings.values()))


def _called(names: tuple[Term, ...], k: int) -> str:
    return ascii_text(names[k]) if k < len(names) else f"element {k + 1}"


def _too_many(key: Term, free: list[Term], places: list[int], setting: Setting) -> Finding:
    """More elements than are asked for: if the right ones are among them, it is open which are meant."""
    wanted = [key.args[k] for k in places]
    if all(any(_same(value, right, setting).verdict != "incorrect" for value in free) for right in wanted):
        return Finding("undecided", "there are more elements here than were asked for; which of them are meant?")
    evidence = number_of("elements", len(free), len(wanted))
    return Finding("incorrect", evidence.detail, evidence)


def _place(member: Member, part: Part, size: int) -> int | None:
    """Which element a name stands for; -1 if it is none that was asked for, None if the name does not tell."""
    if member.name is None:
        return None
    names = [_first(one) for one in part.settings.get("names", ())] or [_first(one) for one in part.subjects]
    name = _first(member.name)
    for k, one in enumerate(names[:size]):
        if one == name:
            return k
    if name.head == "Apply" and any(one.head == "Apply" and one.args[0] == name.args[0] for one in names):
        return -1
    others = [node for one in (*part.settings.get("names", ()), *part.subjects) for node in subterms(one)]
    return -1 if name.head == "Apply" and name in others else None


def _first(name: Term) -> Term:
    """A point is called by its first coordinate."""
    return name.args[0] if name.head == "Tuple" and name.args else name
