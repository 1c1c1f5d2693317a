"""What a score is made of, what moved it and where it drifts: identities that hold for all reviews."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from trustscore.explanation import (
    Change,
    Move,
    Step,
    fives_until,
    forecast,
    moves,
    next_change,
    pulls,
    with_reviews,
)
from trustscore.scoring import PRIOR_STARS, PRIOR_WEIGHT, Tally, score, sums

TODAY = date(2026, 11, 26)
TALLIES = st.lists(
    st.builds(
        Tally,
        day=st.integers(0, 900).map(lambda age: TODAY - timedelta(days=age)),
        stars=st.integers(1, 5),
        count=st.integers(1, 9),
    ),
    max_size=12,
)


@given(tallies=TALLIES)
def test_all_pulls_add_up_to_the_distance_from_three_and_a_half(tallies: list[Tally]) -> None:
    of = sums(tallies, TODAY)
    distance = Fraction(PRIOR_STARS + of.stars, PRIOR_WEIGHT + of.weight) - Fraction(7, 2)
    for rows in pulls(tallies, TODAY):
        assert sum(row.stars for row in rows) == distance
        assert sum(row.count for row in rows) == of.count


@given(tallies=TALLIES.filter(bool))
def test_the_day_of_the_next_change_is_the_first(tallies: list[Tally]) -> None:
    now = score(sums(tallies, TODAY))
    assert now is not None
    found = next_change(tallies, TODAY)
    last = 730 if found is None else (found[0] - TODAY).days - 1
    days = forecast(tallies, TODAY, range(0, last + 1, 7))
    assert {of.tenths for _, of in days if of is not None} == {now.tenths}
    if found is not None:
        of = score(sums(tallies, found[0]))
        assert of is not None
        assert (of.tenths, of.tenths != now.tenths) == (found[1], True)


@given(tallies=TALLIES, tenths=st.integers(36, 49))
def test_the_number_of_fives_is_enough_and_not_one_too_many(tallies: list[Tally], tenths: int) -> None:
    count = fives_until(tallies, tenths, TODAY)
    assert count is not None
    enough = with_reviews(tallies, {5: count}, TODAY)
    assert enough is not None
    assert enough.tenths >= tenths
    if count:
        fewer = with_reviews(tallies, {5: count - 1}, TODAY)
        assert fewer is None or fewer.tenths < tenths


def test_what_moved_a_score_is_told_apart_by_reviews_and_by_age() -> None:
    day = TODAY - timedelta(days=10)
    steps = [
        Step(day - timedelta(days=200), "old", "submit", 5),
        Step(day - timedelta(days=200), "old", "publish", 0),
        Step(day, "dora", "submit", 1),
        Step(day, "dora", "publish", 0),
        Step(day + timedelta(days=3), "dora", "edit", 3),
        Step(day + timedelta(days=5), "dora", "withdraw", 0),
    ]
    found = moves(steps, since=TODAY - timedelta(days=60), until=TODAY)
    assert [move for move in found if move.changes] == [
        Move(day + timedelta(days=5), 35, 35, 36, (Change("dora", "withdraw", 3, None),)),
        Move(day + timedelta(days=3), 33, 33, 35, (Change("dora", "edit", 1, 3),)),
        Move(day, 36, 36, 33, (Change("dora", "publish", None, 1),)),
    ]
    assert all(move.aged != move.before for move in found if not move.changes)


def test_a_review_that_came_and_went_on_one_day_moved_nothing() -> None:
    steps = [Step(TODAY, "dora", "submit", 1), Step(TODAY, "dora", "publish", 0), Step(TODAY, "dora", "withdraw", 0)]
    assert moves(steps, since=TODAY, until=TODAY) == []


@given(tallies=TALLIES)
def test_the_history_ends_at_the_score_of_today(tallies: list[Tally]) -> None:
    steps = [
        step
        for number, tally in enumerate(sorted(tallies, key=lambda each: each.day))
        for step in (Step(tally.day, str(number), "submit", tally.stars), Step(tally.day, str(number), "publish", 0))
    ]
    found = moves(steps, since=TODAY - timedelta(days=30), until=TODAY)
    now = score(sums([Tally(each.day, each.stars, 1) for each in tallies], TODAY))
    if found:
        last = found[0]
        unmoved = next_change([Tally(each.day, each.stars, 1) for each in tallies], last.day)
        assert last.after == (now.tenths if now else None) or unmoved is not None
