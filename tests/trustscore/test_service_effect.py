"""Service beside stars: counted, with n, and nothing said of a few."""

from datetime import date, timedelta

import pytest

from trustscore.service_effect import Served, effects

MONTH = date(2026, 10, 1)


def served(stars: int, hours: float | None) -> Served:
    """A review after a first reply in so many hours."""
    took = None if hours is None else timedelta(hours=hours)
    return Served(stars, MONTH, took, None, None)


def test_buckets_have_their_counts_and_means_and_hide_what_is_too_few() -> None:
    quick = [served(5, 0.5) for _ in range(8)] + [served(1, 0.5) for _ in range(2)]
    first, solution, answer = effects([*quick, served(1, 30), served(2, 100), served(3, None)])
    assert [(row.name, row.n, row.mean) for row in first.buckets] == [
        ("Up to 1 hour", 10, 4.2),
        ("1 to 4 hours", 0, None),
        ("4 to 24 hours", 0, None),
        ("1 to 3 days", 1, None),
        ("More than 3 days", 1, None),
    ]
    low = first.buckets[0]
    assert low.low_interval is not None
    assert low.low_share == 20.0
    assert low.low_interval.low == pytest.approx(5.668, abs=0.001)
    assert [(row.name, row.n, median) for row, median in first.months] == [("2026-10", 12, 0.5)]
    assert (solution.months, answer.months) == ([], [])


def test_what_took_less_than_nothing_is_a_clock_that_was_wrong() -> None:
    assert effects([served(5, -1)])[0].months == []
