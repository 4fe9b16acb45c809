"""What large pages leave out: runs of alike rows, and terms in the middle of sums."""

from __future__ import annotations

from derivations.language.terms import Term, add, mul, power, symbol
from derivations.rendering.shortening import DOTS, runs, shortened


def told(items: list[int], period: int) -> list[tuple[list[int], int, list[int]]]:
    return [(run.first, len(run.left_out), run.last) for run in runs(items, lambda item: item % period)]


def test_of_many_alike_rows_two_and_the_last_are_shown() -> None:
    assert told(list(range(20)), 1) == [([0, 1], 17, [19])]
    assert told(list(range(8)), 1) == [([i], 0, []) for i in range(8)]


def test_of_many_alike_groups_the_first_and_the_last_are_shown() -> None:
    assert told(list(range(18)), 3) == [([0, 1, 2], 12, [15, 16, 17])]
    assert told(list(range(12)), 3) == [([i], 0, []) for i in range(12)]
    assert told([8, *range(18), 4], 3) == [([8, 0, 1], 12, [14, 15, 16]), ([17], 0, []), ([4], 0, [])]


def test_nothing_is_lost_and_the_order_is_kept() -> None:
    for period in range(1, 15):
        items = [5, 5, 8, *range(60), 3, 3]
        found = runs(items, lambda item, period=period: item % period)
        assert [x for run in found for part in run for x in part] == items


def summed(count: int, of: list[Term]) -> Term:
    return add(*(of[i % len(of)] for i in range(count)))


def test_sums_get_dots_and_the_larger_the_formula_the_fewer_terms() -> None:
    names = [symbol(f"x_{i}") for i in range(40)]
    assert shortened(summed(8, names)) == summed(8, names)
    assert shortened(summed(20, names)).args == (*names[:3], symbol(DOTS), *names[18:20])
    inner = [mul(name, summed(5, [power(one, 2) for one in names[i:]])) for i, name in enumerate(names[:30])]
    whole = shortened(summed(30, inner))
    assert whole.args[0] == mul(names[0], add(power(names[0], 2), symbol(DOTS), power(names[4], 2)))
    assert len(whole.args) == 3 and whole.args[1] == symbol(DOTS)
