import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from lib import formatting

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1234567, 0, "1,234,567"),
        (0.5, 0, "1"),
        (-0.5, 0, "−1"),
        (12.5, 0, "13"),
        (4.25, 1, "4.3"),
        (Decimal("4.2"), 3, "4.200"),
        (-1234.5, 1, "−1,234.5"),
        (0, 0, "0"),
    ],
)
def test_numbers_are_grouped_and_rounded_half_away_from_zero(value: float | Decimal, digits: int, text: str) -> None:
    assert formatting.number(value, digits) == text


@pytest.mark.parametrize(("value", "text"), [(0.1, "+0.1"), (-0.1, "−0.1"), (0, "0.0"), (0.04, "0.0")])
def test_a_change_carries_its_sign_unless_it_shows_as_nothing(value: float, text: str) -> None:
    assert formatting.signed(value, 1) == text


def test_a_share_is_a_percentage_that_does_not_break() -> None:
    assert formatting.percent(0.426) == "43\N{NO-BREAK SPACE}%"
    assert formatting.percent(Decimal("0.426"), 1) == "42.6\N{NO-BREAK SPACE}%"


def test_dates_are_those_of_the_reader_s_time_zone_and_language() -> None:
    late = dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)
    with timezone.override("Europe/Stockholm"):
        assert formatting.date(late) == "23 November 2026"
        assert formatting.exact(late) == "23 November 2026, 00:30"
        with translation.override("sv"):
            assert formatting.date(dt.date(2026, 5, 1)) == "1 maj 2026"
            assert formatting.number(1234.5, 1) == "1\N{NO-BREAK SPACE}234,5"


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (dt.timedelta(seconds=20), "just now"),
        (dt.timedelta(minutes=5), "5 minutes ago"),
        (dt.timedelta(hours=30), "1 day ago"),
        (dt.timedelta(days=400), "1 year ago"),
        (dt.timedelta(days=-3), "in 3 days"),
    ],
)
def test_a_time_is_told_by_its_distance_with_the_exact_one_beside(distance: dt.timedelta, words: str) -> None:
    value = NOON - distance
    exact = formatting.exact(value)
    assert formatting.ago(value, NOON) == (
        f'<time datetime="{value.isoformat()}" title="{exact}">{words}'
        f'<span class="visually-hidden"> ({exact})</span></time>'
    )


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        formatting.ago(dt.datetime(2026, 11, 22))  # noqa: DTZ001 - The point of the test.


@pytest.mark.parametrize(
    ("name", "letters"), [("Dora Lind", "DL"), ("åsa", "Å"), ("Ann Mary (Leeds) Poe", "AP"), ("", "?"), ("  ", "?")]
)
def test_an_avatar_shows_initials(name: str, letters: str) -> None:
    assert formatting.initials(name) == letters
