from hypothesis import given
from hypothesis import strategies as st

from lib.charts import TrendPoint, arc, shares, spark, trend


def test_a_trend_stands_between_its_bounds() -> None:
    drawn = trend(
        [TrendPoint(label="Jan", value=1, low=1, high=3), TrendPoint(label="Feb", value=5, low=4, high=5)],
        floor=1,
        ceiling=5,
    )
    assert drawn.lines == ["M0 100L100 0"]
    assert drawn.bands == ["M0 50L100 0L100 25L0 100Z"]
    assert [(dot.x, dot.y) for dot in drawn.dots] == [(0, 100), (100, 0)]
    assert drawn.ticks == [(1, 100), (2, 75), (3, 50), (4, 25), (5, 0)]


def test_a_period_without_a_score_breaks_the_line_instead_of_inventing_one() -> None:
    values = (3, 4, None, 5, 4)
    drawn = trend([TrendPoint(label=str(i), value=v) for i, v in enumerate(values)], floor=1, ceiling=5)
    assert drawn.lines == ["M0 50L25 25", "M75 0L100 25"]
    assert drawn.bands == []
    assert len(drawn.dots) == 4


def test_nothing_and_a_single_point_can_be_drawn() -> None:
    assert trend([]).dots == []
    [dot] = trend([TrendPoint(label="Today", value=40)]).dots
    assert dot.x == 50


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=40))
def test_every_point_lies_inside_the_plot(values: list[float]) -> None:
    drawn = trend([TrendPoint(label="", value=v) for v in values])
    assert all(0 <= dot.x <= 100 and 0 <= dot.y <= 100 for dot in drawn.dots)
    assert 2 <= len(drawn.ticks) <= 7
    assert drawn.ticks[0][0] <= min(values) + 1e-6
    assert drawn.ticks[-1][0] >= max(values) - 1e-6


def test_the_parts_of_a_stacked_bar_join_without_a_gap() -> None:
    assert shares([1, 1, 2]) == [(0, 25), (25, 25), (50, 50)]
    assert shares([0, 0]) == [(0, 0), (0, 0)]


def test_a_sparkline_needs_two_values() -> None:
    assert spark([4]) == ""
    assert spark([4, 4]) == "M0 95L100 95"
    assert spark([0, 1]) == "M0 95L100 5"


def test_the_arc_is_open_below_and_symmetrical() -> None:
    assert arc(0, 1) == "M22.31 107A62 62 0 1 1 129.69 107"
