"""Survey figures: exact counts in, exact fractions out, one rounding when they are shown.

NPS and CES "net" are net scores, CSAT and CES shares are proportions, means are means. Shares and
net scores are in percent (points). Intervals hold with 95 % confidence. Nothing here knows where
the counts come from; only answered surveys may be counted.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from statistics import NormalDist

LEAST_TO_SHOW = 5
LEAST_TO_TRUST = 30
SIGNIFICANCE = 0.05
Z = NormalDist().inv_cdf(1 - SIGNIFICANCE / 2)

# Variances of one NPS answer: as seen in practice, and the largest there can be.
TYPICAL_VARIANCE = 0.7
WORST_VARIANCE = 1.0


class Evidence(StrEnum):
    """How far a number of answers carries: under 5 no figure is shown, under 30 with a mark."""

    NONE = "none"
    TOO_FEW = "too few"
    FEW = "few"
    ENOUGH = "enough"


def evidence(n: int) -> Evidence:
    """Return what may be shown of a figure that rests on n answers."""
    if n == 0:
        return Evidence.NONE
    if n < LEAST_TO_SHOW:
        return Evidence.TOO_FEW
    return Evidence.FEW if n < LEAST_TO_TRUST else Evidence.ENOUGH


def rounded(value: Fraction | float, places: int = 0) -> Decimal:
    """Round for display, half away from zero: −12.5 becomes −13, and zero has no sign."""
    scaled = abs(Fraction(value)) * 10**places
    whole = math.floor(scaled + Fraction(1, 2))
    return Decimal(-whole if value < 0 and whole else whole).scaleb(-places)


@dataclass(frozen=True, slots=True)
class Interval:
    """The bounds of a 95 % confidence interval, in the unit of the figure they belong to."""

    low: float
    high: float


def _refuse_negative(**counts: int) -> None:
    for name, count in counts.items():
        if count < 0:
            raise ValueError(f"{name} is a count and never negative, as {count} is")


@dataclass(frozen=True, slots=True)
class NetScore:
    """The share of one kind of answer minus the share of its opposite, −100 … 100.

    NPS is the net score of promoters and detractors; CES "net" that of easy and hard. Raises
    ValueError for a negative count.
    """

    positive: int
    neutral: int
    negative: int

    def __post_init__(self) -> None:
        _refuse_negative(positive=self.positive, neutral=self.neutral, negative=self.negative)

    @property
    def n(self) -> int:
        return self.positive + self.neutral + self.negative

    @property
    def score(self) -> Fraction | None:
        """The exact score; None, which is not 0, without answers."""
        return Fraction(100 * (self.positive - self.negative), self.n) if self.n else None

    @property
    def standard_error(self) -> float | None:
        """100·√((p + d − (p − d)²) / n) in points; None without answers."""
        if not self.n:
            return None
        return 100 * math.sqrt(_variance(self.positive, self.negative, self.n) / self.n)

    @property
    def interval(self) -> Interval | None:
        """Adjusted Wald, n + 3 with ¾ more on either side (Rocks 2016, the best of those tested).

        Clamped to −100 … 100, then widened to include the score itself, which lies outside where
        everybody answered alike.
        """
        if self.score is None:
            return None
        positive, negative = self.positive + Fraction(3, 4), self.negative + Fraction(3, 4)
        n = Fraction(self.n + 3)
        middle = float(100 * (positive - negative) / n)
        margin = Z * 100 * math.sqrt(_variance(positive, negative, n) / n)
        point = float(self.score)
        return Interval(
            low=min(max(middle - margin, -100.0), point),
            high=max(min(middle + margin, 100.0), point),
        )


def _variance(positive: Fraction | int, negative: Fraction | int, n: Fraction | int) -> Fraction:
    p, d = Fraction(positive, n), Fraction(negative, n)
    return p + d - (p - d) ** 2


@dataclass(frozen=True, slots=True)
class Proportion:
    """So many of so many, shown in percent.

    Raises ValueError unless 0 ≤ count ≤ n.
    """

    count: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.n:
            raise ValueError(f"{self.count} of {self.n} is no proportion")

    @property
    def percent(self) -> Fraction | None:
        return Fraction(100 * self.count, self.n) if self.n else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's score interval in percent; None when n is 0."""
        if not self.n:
            return None
        p, z2 = self.count / self.n, Z * Z
        middle = (p + z2 / (2 * self.n)) / (1 + z2 / self.n)
        margin = Z / (1 + z2 / self.n) * math.sqrt(p * (1 - p) / self.n + z2 / (4 * self.n**2))
        return Interval(
            low=0.0 if self.count == 0 else 100 * (middle - margin),
            high=100.0 if self.count == self.n else 100 * (middle + margin),
        )


@dataclass(frozen=True, slots=True)
class Change:
    """The difference of two net scores in points, and whether it is more than chance.

    `z` and `p` (two-sided) are None, and `significant` too, where the test is not defined: both
    standard errors are 0, since each time everybody answered alike.
    """

    difference: Fraction
    z: float | None
    p: float | None

    @property
    def significant(self) -> bool | None:
        return None if self.p is None else self.p < SIGNIFICANCE


def change(before: NetScore, after: NetScore) -> Change | None:
    """Compare two net scores by their standard errors; None where one has no answers.

    A proportion is compared in the same way, as NetScore(positive=count, neutral=n - count,
    negative=0).
    """
    if before.score is None or after.score is None:
        return None
    difference = after.score - before.score
    variance = sum(10_000 * _variance(one.positive, one.negative, one.n) / one.n for one in (before, after))
    if not variance:
        return Change(difference=difference, z=None, p=None)
    z = float(difference) / math.sqrt(variance)
    return Change(difference=difference, z=z, p=math.erfc(abs(z) / math.sqrt(2)))


def sample_size(*, margin: int, variance: float = TYPICAL_VARIANCE) -> int:
    """Return how many answers hold an NPS within ± margin points, for whoever plans a survey.

    Part of the definitions (statistics.md), though no page shows it. Raises ValueError below 1.
    """
    if margin < 1:
        raise ValueError("a margin is at least one point")
    return math.ceil(variance * (100 * Z / margin) ** 2)


NPS_VALUES = range(11)


def nps(answers: Mapping[int, int]) -> NetScore:
    """Return the Net Promoter Score of so many answers of each value 0–10.

    0–6 is a detractor, 7–8 passive, 9–10 a promoter. Raises ValueError for another value.
    """
    _refuse_values(answers, NPS_VALUES)
    return NetScore(
        positive=_between(answers, 9, 10),
        neutral=_between(answers, 7, 8),
        negative=_between(answers, 0, 6),
    )


def _refuse_values(answers: Mapping[int, int], allowed: range) -> None:
    for value, count in answers.items():
        if value not in allowed:
            raise ValueError(f"{value} is not an answer from {allowed[0]} to {allowed[-1]}")
        _refuse_negative(**{f"the number of answers {value}": count})


def _between(answers: Mapping[int, int], low: int, high: int) -> int:
    return sum(count for value, count in answers.items() if low <= value <= high)


class Scale(IntEnum):
    """How many points a CSAT question has; its answers are 1 (worst) to that number (best)."""

    THUMBS = 2
    SMILEYS = 3
    FIVE = 5
    SEVEN = 7
    TEN = 10


class TopBox(IntEnum):
    """Which of the best answers count as satisfied; chosen and stored with the survey."""

    TOP_1 = 1
    TOP_2 = 2
    TOP_3 = 3
    TOP_4 = 4


# The first formula of a scale is its default: it is what most of the field uses.
CSAT_FORMULAS: Mapping[Scale, tuple[TopBox, ...]] = {
    Scale.THUMBS: (TopBox.TOP_1,),
    Scale.SMILEYS: (TopBox.TOP_1, TopBox.TOP_2),
    Scale.FIVE: (TopBox.TOP_2, TopBox.TOP_1),
    Scale.SEVEN: (TopBox.TOP_2, TopBox.TOP_3),
    Scale.TEN: (TopBox.TOP_2, TopBox.TOP_4),
}


@dataclass(frozen=True, slots=True)
class Ratings:
    """So many answers of each value 1 … points, the figures of a CSAT or CES question.

    `better_high` is False only for the old CES, where 1 is the best answer. Raises ValueError
    for a value outside the scale or a negative count.
    """

    points: int
    answers: Mapping[int, int]
    better_high: bool = True

    def __post_init__(self) -> None:
        _refuse_values(self.answers, range(1, self.points + 1))

    @property
    def n(self) -> int:
        return sum(self.answers.values())

    @property
    def mean(self) -> Fraction | None:
        total = sum(value * count for value, count in self.answers.items())
        return Fraction(total, self.n) if self.n else None

    @property
    def normalised(self) -> Fraction | None:
        """The mean on a scale of 0 (worst) to 100 (best)."""
        if self.mean is None:
            return None
        upward = (self.mean - 1) / (self.points - 1) * 100
        return upward if self.better_high else 100 - upward

    def best(self, boxes: int) -> Proportion:
        """Return the share of the so many best answers of the scale."""
        return Proportion(count=self._end(boxes, high=self.better_high), n=self.n)

    def net(self, boxes: int) -> NetScore:
        """Return the best answers against as many worst, the rest between them neutral."""
        good = self._end(boxes, high=self.better_high)
        bad = self._end(boxes, high=not self.better_high)
        return NetScore(positive=good, neutral=self.n - good - bad, negative=bad)

    def _end(self, boxes: int, *, high: bool) -> int:
        if high:
            return _between(self.answers, self.points - boxes + 1, self.points)
        return _between(self.answers, 1, boxes)


def csat(answers: Mapping[int, int], *, scale: Scale, formula: TopBox) -> Proportion:
    """Return the share of the satisfied. Raises ValueError for a formula the scale does not have."""
    if formula not in CSAT_FORMULAS[scale]:
        raise ValueError(f"a scale of {scale.value} has no top-{formula.value} formula")
    return Ratings(points=scale, answers=answers).best(formula)


class CesScale(StrEnum):
    """How effort was asked: agreement with "it was easy" of 1–7 or 1–5, or the old effort of 1–5.

    In the old question a low answer is the good one.
    """

    AGREE_7 = "agree-7"
    AGREE_5 = "agree-5"
    EFFORT_5 = "effort-5"


_CES: Mapping[CesScale, tuple[int, bool, int]] = {
    CesScale.AGREE_7: (7, True, 3),
    CesScale.AGREE_5: (5, True, 2),
    CesScale.EFFORT_5: (5, False, 2),
}


@dataclass(frozen=True, slots=True)
class Effort:
    """The three figures in use for CES: the mean, the share who found it easy, and easy less hard.

    Easy are the answers above the middle: 5–7 of seven, 4–5 of five, 1–2 of the old scale.
    """

    mean: Fraction | None
    easy: Proportion
    net: NetScore


def ces(answers: Mapping[int, int], *, scale: CesScale) -> Effort:
    """Return the Customer Effort Score of so many answers of each value."""
    points, better_high, boxes = _CES[scale]
    ratings = Ratings(points=points, answers=answers, better_high=better_high)
    return Effort(mean=ratings.mean, easy=ratings.best(boxes), net=ratings.net(boxes))


def response_rate(*, accepted: int, bounced: int, answered: int) -> Proportion:
    """Return the response rate of one cohort: the invitations sent in one span of time.

    `accepted` mails were taken by the receiving server (a doubtful one counts once something
    proves that it arrived, and an answer is such a proof), `bounced` of them came back, and
    `answered` were answered, whenever that was. Raises ValueError where that cannot be.
    """
    return Proportion(count=answered, n=accepted - bounced)
