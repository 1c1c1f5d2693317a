"""From review events to the score on show, and nothing else can reach it.

An event moves tallies (the difference between what a review contributed and what it contributes now); the tallies and
the weights of the day make the sums; `trustscore.scoring` makes the score. One taker at a time holds the lock.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection

from lib.tenancy import for_scores, for_service
from reviews.enums import ReviewStatus
from reviews.models import Review, UntreatedEvent
from trustscore.models import CountedReview, ScoreDay, ScoreOfDay, ScoreSnapshot, Tally, Weight
from trustscore.queries import sums_of
from trustscore.scoring import OLDEST_AGE, PRIOR_STARS, PRIOR_WEIGHT, Sums, score, weight

# The one lock of the score; another taker that finds it held goes home, the rows wait for the next wake-up.
_LOCK = 0x5C02E
_BATCH = 1000

Row = TypeVar("Row", bound=ScoreOfDay)

_SCORE_FIELDS = [
    "as_of",
    "count",
    "numerator",
    "denominator",
    "tenths",
    "half_stars",
    "label",
    "low",
    "high",
    "computed_at",
]


def take_up_events() -> int:
    """Takes up to a thousand untreated review events into tallies and scores; returns how many.

    In one transaction: the reviews are locked, their contributions compared with what they are now, the tallies moved
    by the difference, the businesses' scores of today (UTC) written, the events struck from the queue. Doing it twice
    changes nothing.
    """
    with for_service("take up review events of all businesses") as now:
        if not _take_lock():
            return 0
        ensure_weights()
        queue = UntreatedEvent.objects.order_by("id").values_list("id", "business_id", "event__review_id")
        untreated = list(queue[:_BATCH])
        if not untreated:
            return 0
        review_ids = sorted({review_id for _, _, review_id in untreated})
        move_tallies(review_ids)
        businesses = sorted({business_id for _, business_id, _ in untreated})
        with for_scores():
            write_scores(businesses, as_of=now.date(), now=now)
        UntreatedEvent.objects.filter(id__in=[event_id for event_id, _, _ in untreated]).delete()
        return len(untreated)


def roll_over() -> int:
    """Brings up to a thousand scores of an earlier day to today (UTC), since age weighs; returns how many."""
    with for_scores() as now:
        today = now.date()
        behind = ScoreSnapshot.objects.filter(as_of__lt=today).order_by("as_of", "business_id")
        businesses = list(behind.values_list("business_id", flat=True)[:_BATCH])
        if not businesses or not _take_lock():
            return 0
        write_scores(businesses, as_of=today, now=now)
        return len(businesses)


def move_tallies(review_ids: Sequence[int]) -> None:
    """Makes the tallies hold what these reviews contribute now. Needs the service scope."""
    reviews = {each.pk: each for each in Review.objects.select_for_update().filter(id__in=review_ids).order_by("id")}
    kept = {each.review_id: each for each in CountedReview.objects.filter(review_id__in=review_ids)}
    difference: dict[tuple[int, date, int], int] = {}
    gone: list[int] = []
    fresh: list[CountedReview] = []
    for review in reviews.values():
        before, after = kept.get(review.pk), _contribution(review)
        if before and after and (before.day, before.stars) == (after.day, after.stars):
            continue
        if before:
            gone.append(before.pk)
            _add(difference, before, -1)
        if after:
            fresh.append(after)
            _add(difference, after, +1)
    CountedReview.objects.filter(id__in=gone).delete()
    CountedReview.objects.bulk_create(fresh)
    _add_to_tallies(difference)


def _contribution(review: Review) -> CountedReview | None:
    if not review.counted or review.status != ReviewStatus.PUBLISHED:
        return None
    return CountedReview(
        business_id=review.business_id, review=review, day=review.submitted_at.date(), stars=review.stars
    )


def _add(difference: dict[tuple[int, date, int], int], what: CountedReview, by: int) -> None:
    key = (what.business_id, what.day, what.stars)
    difference[key] = difference.get(key, 0) + by


def _add_to_tallies(difference: dict[tuple[int, date, int], int]) -> None:
    moved = sorted((key, by) for key, by in difference.items() if by)
    # Rows of zero first, then the sum: an upsert would hold a negative difference against the range of a tally.
    zeros = [Tally(business_id=business, day=day, stars=stars, count=0) for (business, day, stars), _ in moved]
    Tally.objects.bulk_create(zeros, ignore_conflicts=True)
    columns = [[key[part] for key, _ in moved] for part in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE trustscore_tally tally SET count = tally.count + moved.by"
            " FROM unnest(%s::bigint[], %s::date[], %s::int[], %s::int[]) AS moved (business_id, day, stars, by)"
            " WHERE (tally.business_id, tally.day, tally.stars) = (moved.business_id, moved.day, moved.stars)",
            [*columns, [by for _, by in moved]],
        )


def write_scores(businesses: Sequence[int], *, as_of: date, now: datetime) -> None:
    """Computes and writes the scores of these businesses as of a UTC day. Works under for_scores."""
    sums = sums_of(businesses, as_of=as_of)
    fields = {business: _fields(sums.get(business, Sums(0, 0, 0, 0)), as_of=as_of, now=now) for business in businesses}
    ScoreSnapshot.objects.bulk_create(
        _rows(ScoreSnapshot, fields),
        update_conflicts=True,
        unique_fields=["business"],
        update_fields=_SCORE_FIELDS,
    )
    write_score_days(fields)


def write_score_days(fields: dict[int, dict[str, Any]]) -> None:
    """Writes the last score of a day, replacing an earlier one of the same day."""
    ScoreDay.objects.bulk_create(
        _rows(ScoreDay, fields),
        update_conflicts=True,
        unique_fields=["business", "as_of"],
        update_fields=[name for name in _SCORE_FIELDS if name != "as_of"],
    )


def write_history(business: int, *, days: Iterable[date], now: datetime) -> None:
    """Writes the scores that a business with today's tallies had on earlier UTC days. Works under for_scores.

    For histories that arrive at once, as the demo's does; a running installation writes each day when it is that day.
    """
    for day in days:
        sums = sums_of([business], as_of=day).get(business, Sums(0, 0, 0, 0))
        write_score_days({business: _fields(sums, as_of=day, now=now)})


def _rows(model: type[Row], fields: dict[int, dict[str, Any]]) -> list[Row]:
    return [model(business_id=business, **values) for business, values in fields.items()]


def _fields(sums: Sums, *, as_of: date, now: datetime) -> dict[str, Any]:
    of = score(sums)
    if of is None:
        return {
            "as_of": as_of,
            "count": 0,
            "numerator": Decimal(PRIOR_STARS),
            "denominator": Decimal(PRIOR_WEIGHT),
            "computed_at": now,
        }
    return {
        "as_of": as_of,
        "count": of.count,
        "numerator": Decimal(of.numerator),
        "denominator": Decimal(of.denominator),
        "tenths": of.tenths,
        "half_stars": of.half_stars,
        "label": of.label,
        "low": of.low,
        "high": of.high,
        "computed_at": now,
    }


def ensure_weights() -> None:
    """Fills the table of weights where it is empty. Needs the service scope."""
    if not Weight.objects.exists():
        Weight.objects.bulk_create(
            [Weight(age=age, weight=weight(age)) for age in range(OLDEST_AGE + 1)], ignore_conflicts=True
        )


def hold_lock() -> None:
    """Waits for the score's lock and keeps it to the end of the transaction: no score moves meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _take_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        (taken,) = cursor.fetchone()
    return bool(taken)
