"""Reading scores, and the sums they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from businesses.models import Business
from lib.formatting import month
from trustscore.models import ScoreDay, ScoreSnapshot, Tally
from trustscore.scoring import ONE, STARS, Score, Sums, score, sums
from trustscore.scoring import Tally as PureTally

# Sums of bigint are numeric in PostgreSQL and cannot overflow; the check on Tally.count keeps each product in 64 bits.
_SUMS = """
    SELECT tally.business_id,
           sum(tally.count),
           sum(tally.count * weight.weight),
           sum(tally.stars * tally.count * weight.weight),
           sum(tally.stars * tally.stars * tally.count * weight.weight)
    FROM trustscore_tally tally
    JOIN trustscore_weight weight ON weight.age = %s::date - tally.day
    WHERE weight.weight > 0 AND tally.count > 0 {narrowed}
    GROUP BY tally.business_id
"""


def sums_of(businesses: Sequence[int] | None, *, as_of: date) -> dict[int, Sums]:
    """The exact sums of score.md by business as of a UTC day; None means all businesses, in one pass over the tallies.

    A business without a counted review of any weight is missing from the answer.
    """
    narrowed = "" if businesses is None else "AND tally.business_id = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(narrowed=narrowed), [as_of] if businesses is None else [as_of, list(businesses)])
        return {
            business: Sums(count=int(count), weight=int(weight), stars=int(stars), squares=int(squares))
            for business, count, weight, stars, squares in cursor.fetchall()
        }


def current_score(business: Business) -> ScoreSnapshot | None:
    """The score on show, or None when nothing was ever published. Readable by the public."""
    return ScoreSnapshot.objects.filter(business=business).first()


def score_history(business: Business, *, since: date) -> list[ScoreDay]:
    """The business's scores day by day from `since` (UTC), oldest first. Readable by the public."""
    return list(ScoreDay.objects.filter(business=business, as_of__gte=since).order_by("as_of"))


@dataclass(frozen=True)
class StarShare:
    """What the counted reviews of one star value weigh together. `weight` is in reviews of today; for reading."""

    stars: int
    count: int
    weight: float


@dataclass(frozen=True)
class WhatIf:
    """The score that `count` further reviews of `stars` stars, submitted today, would make: exact."""

    stars: int
    count: int
    score: Score


@dataclass(frozen=True)
class Point:
    """One point of the trend, in the shape that the chart macro reads."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    n: int


def tallies_of(business: Business) -> list[PureTally]:
    """The counted reviews of a business as the formula takes them."""
    rows = Tally.objects.filter(business=business, count__gt=0).values_list("day", "stars", "count")
    return [PureTally(day=day, stars=stars, count=count) for day, stars, count in rows]


def weight_by_stars(business: Business, *, as_of: date) -> list[StarShare]:
    """How much each star value weighs in the score as of a UTC day, five stars first."""
    tallies = tallies_of(business)
    shares = []
    for stars in reversed(STARS):
        of = sums((tally for tally in tallies if tally.stars == stars), as_of)
        shares.append(StarShare(stars=stars, count=of.count, weight=of.weight / ONE))
    return shares


def what_if(business: Business, *, as_of: date) -> list[WhatIf]:
    """The exact scores after one and after ten further reviews of five stars and of one star."""
    tallies = tallies_of(business)
    answers = []
    for stars, count in ((5, 1), (5, 10), (1, 1), (1, 10)):
        of = score(sums([*tallies, PureTally(day=as_of, stars=stars, count=count)], as_of))
        if of is not None:
            answers.append(WhatIf(stars=stars, count=count, score=of))
    return answers


def monthly_points(history: Sequence[ScoreDay]) -> list[Point]:
    """The last score of each month of a history, oldest first."""
    last: dict[tuple[int, int], ScoreDay] = {(day.as_of.year, day.as_of.month): day for day in history}
    return [
        Point(
            label=month(day.as_of),
            value=None if day.tenths is None else day.tenths / 10,
            low=None if day.low is None else float(day.low),
            high=None if day.high is None else float(day.high),
            n=day.count,
        )
        for day in last.values()
    ]
