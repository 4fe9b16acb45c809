"""Where long formulas break: at "and", then at ⟺ and ⟹, then at relations, then at + and −, last between factors."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from derivations.rendering.boxes import (
    Box,
    Fenced,
    Fraction,
    Limits,
    Operator,
    Row,
    Scripts,
    Stack,
    Words,
    row,
    width,
)

_ORDER = ("list", "logic", "relation", "binary", "times")
_INDENT = 3.0  # the width of one step of indentation, in digits
_NARROWEST = 12.0  # nothing is broken into columns narrower than this
_STUB = 5.0  # what is narrower than this does not get a line of its own


class Line(NamedTuple):
    """One line of a broken formula; ``indent`` counts steps from the left."""

    indent: int
    box: Box


class How(NamedTuple):
    """``measure`` says how wide a box will be; ``inside`` lets long fractions and brackets be broken inside."""

    measure: Callable[[Box], float] = width
    inside: bool = True


TYPESET = How()


class _Segment(NamedTuple):
    """A piece between two breaks: the sign before it, what it says, and the word or comma after it."""

    before: tuple[Box, ...]
    body: tuple[Box, ...]
    after: tuple[Box, ...]

    def whole(self) -> tuple[Box, ...]:
        return (*self.before, *self.body, *self.after)


def lines(box: Box, limit: float, how: How = TYPESET) -> list[Line]:
    """The formula in lines about ``limit`` digits wide, if it can be broken so."""
    if how.measure(box) <= limit:
        return [Line(0, box)]
    if not isinstance(box, Row):
        return [Line(0, stacked(box, limit, how.measure) if how.inside else box)]
    roles = set(map(_role, box.items))
    role = next((role for role in _ORDER if role in roles), "")
    if not role:
        return _opened(box, limit, how)
    indent = 0 if role == "list" else 1
    result: list[Line] = []
    for i, segment in enumerate(_segments(box.items, role)):
        own = indent if i else 0
        if (
            result
            and role not in ("list", "logic")
            and (_fits(result[-1], segment, limit, how) or _is_stub(result, how))
        ):
            last = result[-1].indent
            joined = _Segment((*_items(result[-1].box), *segment.before), segment.body, segment.after)
            result[-1:] = _indented(_attached(joined, limit - _INDENT * last, how), last)
        else:
            result += _indented(_attached(segment, limit - _INDENT * own, how), own)
    return result


def _fits(line: Line, segment: _Segment, limit: float, how: How) -> bool:
    return _INDENT * line.indent + how.measure(row(*_items(line.box), *segment.whole())) <= limit


def _is_stub(result: list[Line], how: How) -> bool:
    """Whether all there is so far is too short to stand on a line of its own, such as the 0 of 0 < x."""
    return len(result) == 1 and how.measure(result[0].box) < _STUB


def _indented(found: list[Line], by: int) -> list[Line]:
    return [Line(line.indent + by, line.box) for line in found]


def _attached(segment: _Segment, limit: float, how: How) -> list[Line]:
    """A segment, broken inside if need be, with its sign on the first line and its comma on the last."""
    if not segment.body:
        return [Line(0, row(*segment.whole()))]
    room = limit - sum(map(how.measure, segment.before))
    found = lines(row(*segment.body), room, how)
    found[0] = Line(found[0].indent, row(*segment.before, *_items(found[0].box)))
    found[-1] = Line(found[-1].indent, row(found[-1].box, *segment.after))
    return [found[0], *_indented(found[1:], 1)] if segment.before and found[-1].indent == 0 else found


def _opened(box: Row, limit: float, how: How) -> list[Line]:
    """A row without signs to break at (words around a statement): broken inside its widest part."""
    if not any(isinstance(item, Words) for item in box.items):
        return [Line(0, stacked(box, limit, how.measure) if how.inside else box)]
    widest = max(range(len(box.items)), key=lambda i: how.measure(box.items[i]))
    before, after = box.items[:widest], box.items[widest + 1 :]
    inner = lines(box.items[widest], limit - _INDENT, how)
    if len(inner) == 1 and before and how.measure(Row(before)) < 8:
        return [Line(0, box)]
    if before and how.measure(Row(before)) >= 8:
        found = [*_filled(before, limit, how), *_indented(inner, 1)]
    else:
        found = [Line(0, row(*before, *_items(inner[0].box))), *inner[1:]]
    return _ended(found, after, limit, how)


def stacked(box: Box, limit: float, measure: Callable[[Box], float]) -> Box:
    """The box with its wide fractions and brackets broken inside, where nothing else can give way."""
    if measure(box) <= limit or limit < _NARROWEST:
        return box
    match box:
        case Row(items):
            wide = [item for item in items if measure(item) > limit / 4]
            room = limit - sum(measure(item) for item in items if item not in wide)
            return Row(tuple(stacked(item, room / len(wide), measure) if item in wide else item for item in items))
        case Fraction(top, bottom, small):
            return Fraction(_stack(top, limit, measure), _stack(bottom, limit, measure), small)
        case Fenced(body, left, right):
            return Fenced(_stack(body, limit - 2, measure), left, right)
        case Scripts(base, sub, sup):
            return Scripts(stacked(base, limit - 2, measure), sub, sup)
    return box


def _stack(box: Box, limit: float, measure: Callable[[Box], float]) -> Box:
    found = [line.box for line in lines(box, limit, How(measure))] if limit >= _NARROWEST else [box]
    return Stack(tuple(found)) if len(found) > 1 else found[0]


def _ended(found: list[Line], after: tuple[Box, ...], limit: float, how: How) -> list[Line]:
    """The lines with what follows them: behind the last one, or on a line of its own."""
    if not after:
        return found
    last = found[-1]
    if _INDENT * last.indent + how.measure(row(*_items(last.box), *after)) <= limit:
        return [*found[:-1], Line(last.indent, row(last.box, *after))]
    return [*found, *(Line(1, line.box) for line in _filled(after, limit - _INDENT, how))]


def _filled(items: tuple[Box, ...], limit: float, how: How) -> list[Line]:
    """Words with formulas between them, in lines as full as may be; broken only before and after words."""
    pieces: list[list[Box]] = [[]]
    for item in items:
        if pieces[-1] and (isinstance(item, Words) or isinstance(pieces[-1][-1], Words)):
            pieces.append([])
        pieces[-1].append(item)
    found: list[list[Box]] = [pieces[0]]
    for piece in pieces[1:]:
        room = limit - (_INDENT if len(found) > 1 else 0.0)
        if how.measure(row(*found[-1], *piece)) <= room:
            found[-1] += piece
        else:
            found.append(piece)
    return [Line(1 if i else 0, row(*line)) for i, line in enumerate(found)]


def _role(item: Box) -> str:
    if isinstance(item, Limits):  # a limit's arrow is a relation with something below it
        return "relation" if isinstance(item.base, Operator) and item.base.role == "relation" else ""
    if isinstance(item, Operator):
        return item.role if item.role != "times" or item.text else ""
    return ""


def _items(box: Box) -> tuple[Box, ...]:
    return box.items if isinstance(box, Row) else (box,)


def _segments(items: tuple[Box, ...], role: str) -> list[_Segment]:
    """The items cut before each sign of this role; after it where the sign is a word or a comma."""
    found: list[_Segment] = []
    before: tuple[Box, ...] = ()
    body: list[Box] = []
    for item in items:
        if _role(item) != role:
            body.append(item)
        elif role == "list":
            found.append(_Segment((), tuple(body), (item,)))
            body = []
        else:
            if before or body:
                found.append(_Segment(before, tuple(body), ()))
            before, body = (item,), []
    return [*found, _Segment(before, tuple(body), ())] if before or body else found
