"""What reviews contribute to the tallies, followed event by event, so that each score is of exactly what is logged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from lib.rows import write_rows
from reviews.enums import EventKind, ReviewStatus
from reviews.models import ReviewVersion
from reviews.transitions import leads_to
from trustscore.models import LoggedReview, Tally

# Of a version that was erased before it was logged. Its score may be anything between that of one star and of five.
_NOBODY_KNOWS = 3

Place = tuple[int, date, int]
_COLUMNS = ["business_id", "review_id", "version", "status", "uncounted", "day", "stars"]
_MORE = """
    INSERT INTO trustscore_tally AS tally (business_id, day, stars, count)
    SELECT * FROM unnest(%s::bigint[], %s::date[], %s::int[], %s::int[])
    ON CONFLICT (business_id, day, stars) DO UPDATE SET count = tally.count + excluded.count
"""
_LESS = """
    UPDATE trustscore_tally tally SET count = tally.count + moved.by
    FROM unnest(%s::bigint[], %s::date[], %s::int[], %s::int[]) AS moved (business_id, day, stars, by)
    WHERE (tally.business_id, tally.day, tally.stars) = (moved.business_id, moved.day, moved.stars)
"""


@dataclass(frozen=True)
class Step:
    """One event of one review, by their ids, and the UTC day of the event."""

    business: int
    review: int
    kind: str
    day: date


def move_tallies(steps: Sequence[Step]) -> None:
    """Follows these events in their order and moves the tallies by what they change. Needs the service scope."""
    reviews = {step.review for step in steps}
    known = {each.review_id: each for each in LoggedReview.objects.filter(review_id__in=reviews)}
    stars = _stars_of_versions(reviews)
    moved: dict[Place, int] = {}
    before = {review: _place(known[review]) for review in known}
    for step in steps:
        review = known.get(step.review)
        if review is None:
            review = LoggedReview(
                business_id=step.business, review_id=step.review, version=0, day=step.day, stars=_NOBODY_KNOWS
            )
            known[step.review] = review
        _follow(review, step, stars)
    for pk, review in known.items():
        _add(moved, before.get(pk), -1)
        _add(moved, _place(review), +1)
    write_rows(
        LoggedReview,
        _COLUMNS,
        [[getattr(review, name) for name in _COLUMNS] for review in known.values()],
        unique=["review_id"],
        replace=["version", "status", "uncounted", "stars"],
    )
    _add_to_tallies(moved)


def _stars_of_versions(reviews: Iterable[int]) -> dict[tuple[int, int], int]:
    versions = ReviewVersion.objects.filter(review_id__in=reviews).values_list("review_id", "number", "stars")
    return {(review, number): stars for review, number, stars in versions if stars}


def _follow(review: LoggedReview, step: Step, stars: dict[tuple[int, int], int]) -> None:
    kind = EventKind(step.kind)
    if kind in {EventKind.SUBMIT, EventKind.EDIT}:
        review.version += 1
        review.stars = stars.get((step.review, review.version), _NOBODY_KNOWS)
    elif kind in {EventKind.UNCOUNT, EventKind.COUNT}:
        review.uncounted = kind == EventKind.UNCOUNT
    elif kind == EventKind.ERASE:
        review.stars = _NOBODY_KNOWS
    review.status = leads_to(kind) or review.status


def _place(review: LoggedReview) -> Place | None:
    """The tally that the review is part of, if it counts."""
    if review.uncounted or review.status != ReviewStatus.PUBLISHED:
        return None
    return review.business_id, review.day, review.stars


def _add(moved: dict[Place, int], place: Place | None, by: int) -> None:
    if place is not None:
        moved[place] = moved.get(place, 0) + by


def _add_to_tallies(difference: dict[Place, int]) -> None:
    """What is more first, then what is less: an upsert would hold a negative difference against a tally's range."""
    more = sorted((*place, by) for place, by in difference.items() if by > 0)
    less = sorted((*place, by) for place, by in difference.items() if by < 0)
    with connection.cursor() as cursor:
        if more:
            cursor.execute(_MORE, [list(column) for column in zip(*more, strict=True)])
        if less:
            cursor.execute(_LESS, [list(column) for column in zip(*less, strict=True)])
            # A tally of zero would still say that somebody once gave these stars on that day.
            Tally.objects.filter(business_id__in={business for business, *_ in less}, count=0).delete()
