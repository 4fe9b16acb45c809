"""The verdict on the whole: correct if every part is, incorrect if none is right and one is wrong, partial if some are right.

Where a part has to go to a person, the whole does.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.homework.keys import Part
from derivations.homework.verdicts import Finding

Placed = tuple[Finding, "tuple[int, int] | None", bool]  # on what place, and whether that is an equation for what is asked


def combined(parts: tuple[Part, ...], findings: list[Placed]) -> tuple[Finding, float]:
    """The finding on the whole, and the share of the points. Each finding comes with the place in the answer that it is on."""
    if len(findings) < len(parts):
        return findings[0][0], 0.0
    if len(parts) == 1:
        share = 1.0 if findings[0][0].verdict == "correct" else findings[0][0].credit
        return findings[0][0], parts[0].weight * share / (parts[0].weight or 1.0)
    groups: dict[str, list[tuple[Part, Placed]]] = {}
    for i, (part, finding) in enumerate(zip(parts, findings, strict=True)):
        groups.setdefault(str(part.settings.get("group", f"#{i}")), []).append((part, finding))
    rows = [(_best(members), members[0][0]) for members in groups.values()]
    rows = [(one, part) for one, part in rows if not (one.verdict == "missing" and "optional" in part.settings)] or rows
    weight = sum(part.weight for _, part in rows) or 1.0
    credit = sum(part.weight * (1.0 if one.verdict == "correct" else one.credit) for one, part in rows) / weight
    verdicts = [one.verdict for one, _ in rows]
    if len(rows) == 1:
        return rows[0][0], credit
    return _whole(rows, verdicts, credit)


def _whole(rows: list[tuple[Finding, Part]], verdicts: list[str], credit: float) -> tuple[Finding, float]:
    def first(*kinds: str) -> tuple[Finding, Part]:
        return next((one, part) for one, part in rows if one.verdict in kinds)

    if set(verdicts) == {"correct"}:
        return rows[0][0], 1.0
    if set(verdicts) == {"missing"}:
        return rows[0][0], 0.0
    if "undecided" in verdicts or "unreadable" in verdicts:
        return first("undecided", "unreadable")[0], credit
    if "incorrect" in verdicts:
        wrong, part = first("incorrect")
        if credit > 0:
            about = f"{part.name}: " if part.name else ""
            return replace(wrong, verdict="partial", reason=f"{about}{wrong.reason}"), credit
        return wrong, 0.0
    absent = [part.name for one, part in rows if one.verdict == "missing" and part.name]
    right, part = first("partial") if "partial" in verdicts else first("correct")
    if right.verdict == "partial":
        about = f"{part.name}: " if part.name else ""
        return replace(right, reason=f"{about}{right.reason}"), credit
    reason = f"what is there is right; not found: {', '.join(absent)}" if absent else right.reason
    return replace(right, verdict="partial", reason=reason), credit


_ORDER = ("incorrect", "correct", "partial", "undecided", "unreadable", "missing")


def _best(members: list[tuple[Part, Placed]]) -> Finding:
    """Of alternatives one is enough; a wrong one beside it, elsewhere in the answer, counts."""
    right = [(one, place) for part, (one, place, _) in members if one.verdict == "correct" and "veto" not in part.settings]
    if right:
        places = [place for _, place in right]
        wrong = [
            one for part, (one, place, named) in members
            if one.verdict == "incorrect" and place not in places and (named or part.kind in ("words", "range", "set"))
        ]  # fmt: skip
        unclear = [one for part, (one, place, _) in members if one.verdict == "undecided" and part.settings.get("about")]
        return (wrong or unclear or [right[0][0]])[0]
    rest = [one for part, (one, *_) in members if one.verdict != "correct"]
    return min(rest, key=lambda one: _ORDER.index(one.verdict))
