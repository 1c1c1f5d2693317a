"""The test of fair asking keeps its promise about false alarms, and finds who spares the customers they failed."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invitations.fairness import ODDS, SIGNIFICANT, Case, Evidence, Mark, log_likelihood_ratio
from tests.invitations.asking import DAYS_OF_MONTH, Shop, first_alarm


@given(total=st.integers(2, 40), data=st.data())
def test_a_bet_is_fair_when_the_mark_makes_no_difference(total: int, data: st.DataObject) -> None:
    """The ratio has the mean 1 over everything that can happen: that is what Ville's inequality stands on."""
    mine, asked = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    odds = data.draw(st.sampled_from(ODDS))
    mean = math.fsum(
        math.comb(mine, x)
        * math.comb(total - mine, asked - x)
        / math.comb(total, asked)
        * math.exp(log_likelihood_ratio(x, mine=mine, asked=asked, total=total, odds=odds))
        for x in range(max(0, asked - total + mine), min(mine, asked) + 1)
    )
    assert mean == pytest.approx(1.0)


def test_days_on_which_everybody_or_nobody_is_asked_say_nothing() -> None:
    evidence = Evidence()
    for asked in (True, False, True):
        evidence.add_day(Case({Mark.REOPENED: ("yes" if at % 3 else "no",)}, asked) for at in range(30))
    assert evidence.value() == pytest.approx(Evidence().value() + 1 / 6 * (1 / 2 + 1 / 6))


def test_sparing_those_who_complained_before_is_found_and_named() -> None:
    evidence = Evidence()
    for _ in range(20):
        evidence.add_day(
            Case({Mark.EARLIER: ("unhappy" if at < 3 else "none",)}, asked=at >= 3 or at == 0) for at in range(20)
        )
    level = evidence.marks[Mark.EARLIER]["unhappy"]
    assert (level.eligible, level.asked, level.others, level.others_asked) == (60, 20, 340, 340)
    assert evidence.value() > SIGNIFICANT
    assert evidence.weighted(Mark.EARLIER, "unhappy") > 0.9 * evidence.value()
    assert evidence.marks[Mark.EARLIER]["none"].evidence < 1


def test_a_great_day_does_not_overflow() -> None:
    assert math.isfinite(log_likelihood_ratio(100, mine=5000, asked=9000, total=10_000, odds=0.05))


def test_honest_businesses_of_all_sizes_are_not_accused() -> None:
    """A year of each; the thousand of the benchmark have the same seed and more time."""
    chance = random.Random(1)
    alarms = sum(first_alarm(Shop.honest(chance), days=365) is not None for _ in range(40))
    assert alarms == 0


def test_who_spares_the_customers_they_failed_is_found_within_a_month() -> None:
    chance = random.Random(2)
    found = [first_alarm(Shop.selective(chance, tickets_a_month=500), days=DAYS_OF_MONTH) for _ in range(60)]
    assert sum(day is not None for day in found) >= 57
