"""Charts: what is drawn stands where its numbers say."""

from __future__ import annotations

import pytest

from tipstaff.web.console.charts import HEIGHT, WIDTH, level, lines, nice_top, stacked


@pytest.mark.parametrize(
    ("greatest", "top"), [(0, 1), (1, 1), (2, 2), (3, 5), (6, 10), (13, 20), (50, 50), (51, 100), (999, 1000)]
)
def test_an_axis_ends_at_a_round_number(greatest: int, top: int) -> None:
    """It is the next of 1, 2, 5, 10, 20 and so on."""
    assert nice_top(greatest) == top


def test_bars_stand_on_one_another() -> None:
    """Each is as high as its value, and begins where the one below ends; of nothing there is no bar."""
    chart = stacked([[4, 0], [1, 5]])
    assert chart.top == 5
    first, second, third = chart.bars
    assert (first.height, first.y + first.height) == (HEIGHT * 4 / 5, HEIGHT)
    assert (second.height, second.y + second.height, second.series) == (HEIGHT / 5, first.y, 1)
    assert (third.bucket, third.y, third.height) == (1, 0, HEIGHT)
    assert 0 < first.x < first.x + first.width < WIDTH / 2 < third.x


def test_a_line_has_gaps_where_nothing_is_known() -> None:
    """Only neighbours are joined; a point that has none stands alone."""
    (line,) = lines([[1, 2, None, 2, None, 1, 1]]).lines
    assert [dot.bucket for dot in line.dots] == [0, 1, 3, 5, 6]
    assert [len(piece.split()) for piece in line.pieces] == [2, 2]
    assert line.dots[1].y == 0
    assert line.dots[0].y == HEIGHT / 2


def test_nothing_is_drawn_of_nothing() -> None:
    """Neither bars nor lines, and no fault."""
    assert stacked([[0, 0], [0, 0]]).is_empty
    assert lines([[None, None]]).is_empty
    assert stacked([]).is_empty
    assert level([0, 0], 0) == []


def test_parts_fill_as_much_as_they_are() -> None:
    """One behind the other, in hundredths of the whole."""
    one, two = level([1, 0, 2], 4)
    assert (one.begins, one.length, one.series) == (0, 25, 0)
    assert (two.begins, two.length, two.series) == (25, 50, 2)
