"""The survey figures by the published vectors, and by the airport's own NPS of 2017."""

import csv
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import statistics
from surveys.statistics import (
    CesScale,
    Evidence,
    Interval,
    NetScore,
    Proportion,
    Ratings,
    Scale,
    TopBox,
    change,
    csat,
    evidence,
    nps,
    rounded,
    sample_size,
)
from tests.shared import shared_file


def four_places(interval: Interval | None) -> tuple[float, float] | None:
    return None if interval is None else (round(interval.low, 4), round(interval.high, 4))


@pytest.mark.parametrize(
    ("counts", "score", "error", "wald", "bounds"),
    [
        ((50, 30, 20), 30, 7.8102, 15.3078, (14.0511, 44.2013)),
        ((5, 3, 2), 30, 24.6982, 48.4075, (-19.0506, 65.2045)),
        ((1, 0, 0), 100, 0, 0, (-48.4986, 100)),
        ((0, 0, 3), -100, 0, 0, (-100, 6.5793)),
        ((10, 0, 0), 100, 0, 0, (47.5036, 100)),
        ((0, 5, 0), 0, 0, 0, (-30.0057, 30.0057)),
        ((167, 111, 56), 33.2335, 4.0845, 8.0055, (24.9646, 40.9108)),
    ],
)
def test_nps_vectors(
    counts: tuple[int, int, int], score: float, error: float, wald: float, bounds: tuple[float, float]
) -> None:
    found = NetScore(*counts)

    assert found.score is not None
    assert found.standard_error is not None
    assert float(rounded(found.score, 4)) == score
    assert round(found.standard_error, 4) == error
    assert round(statistics.Z * found.standard_error, 4) == wald
    assert four_places(found.interval) == bounds


def test_nps_from_answers() -> None:
    found = nps(Counter([10, 10, 9, 9, 9, 8, 7, 4, 2, 1]))

    assert found == NetScore(positive=5, neutral=2, negative=3)
    assert found.score == 20


def test_nobody_answered_is_not_zero() -> None:
    nobody = nps({})

    assert (nobody.n, nobody.score, nobody.standard_error, nobody.interval) == (0, None, None, None)
    assert (Proportion(0, 0).percent, Proportion(0, 0).interval) == (None, None)
    assert Ratings(points=5, answers={}).mean is None
    assert Ratings(points=5, answers={}).normalised is None


@pytest.mark.parametrize("value", [-1, 11])
def test_nps_refuses_what_is_no_answer(value: int) -> None:
    with pytest.raises(ValueError, match=f"{value} is not an answer from 0 to 10"):
        nps({value: 1})


def test_counts_are_never_negative() -> None:
    with pytest.raises(ValueError, match="negative is a count and never negative, as -1 is"):
        NetScore(1, 2, -1)
    with pytest.raises(ValueError, match="the number of answers 9"):
        nps({9: -1})
    with pytest.raises(ValueError, match="3 of 2 is no proportion"):
        Proportion(3, 2)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Fraction(25, 2), 0, "13"),
        (Fraction(-25, 2), 0, "-13"),
        (Fraction(-1, 3), 0, "0"),
        (0.125, 2, "0.13"),
        (Fraction(-600, 8), 0, "-75"),
        (Fraction(100, 7), 0, "14"),
        (Fraction(70), 1, "70.0"),
    ],
)
def test_display_rounds_once_half_away_from_zero(value: Fraction | float, places: int, shown: str) -> None:
    assert str(rounded(value, places)) == shown


def test_rounding_the_parts_first_would_differ() -> None:
    one, other = NetScore(1, 0, 7).score, NetScore(2, 4, 1).score

    assert one is not None
    assert other is not None
    assert [str(rounded(one)), str(rounded(other))] == ["-75", "14"]


@pytest.mark.parametrize(
    ("before", "after", "difference", "z", "p", "significant"),
    [
        ((45, 30, 25), (60, 25, 15), 25, 2.2751, 0.0229, True),
        ((450, 300, 250), (480, 310, 210), 7, 1.9588, 0.0501, False),
        ((50, 30, 20), (55, 30, 15), 10, 0.9325, 0.3511, False),
    ],
)
def test_change_vectors(
    before: tuple[int, int, int],
    after: tuple[int, int, int],
    difference: int,
    z: float,
    p: float,
    significant: bool,
) -> None:
    found = change(NetScore(*before), NetScore(*after))

    assert found is not None
    assert found.z is not None
    assert found.p is not None
    assert found.difference == difference
    assert (round(found.z, 4), round(found.p, 4), found.significant) == (z, p, significant)


def test_a_change_between_two_unanimous_crowds_is_not_tested() -> None:
    found = change(NetScore(5, 0, 0), NetScore(0, 0, 5))

    assert found == statistics.Change(difference=Fraction(-200), z=None, p=None)
    assert found.significant is None
    assert change(NetScore(0, 0, 0), NetScore(1, 0, 0)) is None


@pytest.mark.parametrize(
    ("margin", "typical", "worst"), [(5, 1076, 1537), (10, 269, 385), (15, 120, 171), (20, 68, 97)]
)
def test_sample_sizes(margin: int, typical: int, worst: int) -> None:
    assert sample_size(margin=margin) == typical
    assert sample_size(margin=margin, variance=statistics.WORST_VARIANCE) == worst


def test_a_sample_needs_a_margin() -> None:
    with pytest.raises(ValueError, match="at least one point"):
        sample_size(margin=0)


@pytest.mark.parametrize(
    ("count", "n", "bounds"),
    [
        (8, 10, (49.0162, 94.3318)),
        (80, 100, (71.1171, 86.6633)),
        (0, 10, (0, 27.7533)),
        (10, 10, (72.2467, 100)),
        (1, 1, (20.6549, 100)),
        (41, 50, (69.2039, 90.2298)),
    ],
)
def test_wilson_vectors(count: int, n: int, bounds: tuple[float, float]) -> None:
    assert four_places(Proportion(count, n).interval) == bounds


def test_csat_on_five_points() -> None:
    answers = Counter([5, 5, 4, 4, 3, 2, 1, 5, 4, 5])

    assert Ratings(points=5, answers=answers).mean == Fraction(38, 10)
    assert Ratings(points=5, answers=answers).normalised == 70
    assert csat(answers, scale=Scale.FIVE, formula=TopBox.TOP_2) == Proportion(7, 10)


def test_csat_on_three_smileys() -> None:
    answers = Counter([3, 3, 2, 1, 3])

    assert Ratings(points=3, answers=answers).mean == Fraction(24, 10)
    assert csat(answers, scale=Scale.SMILEYS, formula=TopBox.TOP_1).percent == 60
    assert csat(answers, scale=Scale.SMILEYS, formula=TopBox.TOP_2).percent == 80


def test_csat_on_ten_points() -> None:
    answers = Counter([10, 9, 8, 8, 7, 5, 1, 10, 9, 6])

    assert Ratings(points=10, answers=answers).mean == Fraction(73, 10)
    assert csat(answers, scale=Scale.TEN, formula=TopBox.TOP_2).percent == 40
    assert csat(answers, scale=Scale.TEN, formula=TopBox.TOP_4).percent == 70


def test_csat_by_thumbs_and_on_seven_points() -> None:
    assert csat({1: 1, 2: 3}, scale=Scale.THUMBS, formula=TopBox.TOP_1).percent == 75
    assert csat({7: 2, 6: 1, 5: 1, 2: 4}, scale=Scale.SEVEN, formula=TopBox.TOP_2).percent == Fraction(75, 2)
    assert csat({7: 2, 6: 1, 5: 1, 2: 4}, scale=Scale.SEVEN, formula=TopBox.TOP_3).percent == 50


def test_every_scale_has_a_default_formula_and_no_other_than_its_own() -> None:
    assert {scale.value: formulas[0].value for scale, formulas in statistics.CSAT_FORMULAS.items()} == {
        2: 1, 3: 1, 5: 2, 7: 2, 10: 2,
    }  # fmt: skip
    with pytest.raises(ValueError, match="a scale of 5 has no top-4 formula"):
        csat({5: 1}, scale=Scale.FIVE, formula=TopBox.TOP_4)
    with pytest.raises(ValueError, match="6 is not an answer from 1 to 5"):
        csat({6: 1}, scale=Scale.FIVE, formula=TopBox.TOP_2)


def test_ces_on_seven_points() -> None:
    answers = Counter([7, 6, 6, 5, 4, 3, 1, 7, 5, 2])
    found = statistics.ces(answers, scale=CesScale.AGREE_7)

    assert [found.mean, found.easy.percent, found.net.score] == [Fraction(46, 10), 60, 30]
    assert Ratings(points=7, answers=answers).best(2).percent == 40


def test_ces_published_examples() -> None:
    cys = dict(enumerate([80, 210, 140, 110, 160, 180, 120], start=1))

    assert statistics.ces(cys, scale=CesScale.AGREE_7).mean == Fraction(408, 100)
    assert statistics.ces({1: 5, 3: 5, 5: 10}, scale=CesScale.AGREE_5).easy.percent == 50


def test_the_old_effort_scale_is_better_when_low() -> None:
    found = statistics.ces({1: 6, 2: 1, 3: 1, 4: 1, 5: 1}, scale=CesScale.EFFORT_5)

    assert [found.mean, found.easy.percent, found.net.score] == [2, 70, 50]
    assert Ratings(points=5, answers={1: 1}, better_high=False).normalised == 100


def test_response_rate_of_a_cohort_leaves_bounces_out() -> None:
    assert statistics.response_rate(accepted=110, bounced=10, answered=25) == Proportion(25, 100)
    with pytest.raises(ValueError, match="2 of 1 is no proportion"):
        statistics.response_rate(accepted=3, bounced=2, answered=2)


def test_how_much_evidence() -> None:
    assert [evidence(n) for n in (0, 1, 4, 5, 29, 30)] == [
        Evidence.NONE, Evidence.TOO_FEW, Evidence.TOO_FEW, Evidence.FEW, Evidence.FEW, Evidence.ENOUGH,
    ]  # fmt: skip


some = st.integers(0, 10**7)


@given(some, some, some)
def test_an_interval_holds_its_score_and_stays_in_the_scale(positive: int, neutral: int, negative: int) -> None:
    found = NetScore(positive, neutral, negative)

    if found.score is not None and found.interval is not None:
        assert -100 <= found.interval.low <= found.score <= found.interval.high <= 100
        assert NetScore(negative, neutral, positive).score == -found.score


@given(some, some)
def test_wilson_holds_its_proportion(count: int, more: int) -> None:
    found = Proportion(count, count + more)

    if found.percent is not None and found.interval is not None:
        assert 0 <= found.interval.low <= found.percent <= found.interval.high <= 100


def test_the_airports_nps_of_2017() -> None:
    survey = shared_file("data/sfo_airport_survey/2017.csv")
    with survey.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        rows = csv.reader(lines)
        column = [name.strip() for name in next(rows)].index("NETPRO")
        values = [row[column].strip() for row in rows]
    answers = Counter(int(value) for value in values if value.isdigit() and int(value) in statistics.NPS_VALUES)

    found = nps(answers)

    assert (found.n, found.positive, found.negative) == (2746, 1436, 342)
    assert found.score is not None
    assert str(rounded(found.score, 2)) == "39.84"
