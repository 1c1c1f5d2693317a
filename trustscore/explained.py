"""Reading what explains a score: the history of a business's reviews, and the service before each review."""

from datetime import UTC, date, datetime, timedelta

from businesses.models import Business
from reviews.enums import EventKind, ReviewStatus
from reviews.models import Review, ReviewEvent, ReviewVersion
from trustscore.explanation import Step
from trustscore.service_effect import Served

_EPOCH = date(1970, 1, 1)


def steps_of(business: Business) -> list[Step]:
    """Everything that happened to the business's reviews, in the order of the log, with the stars of each version."""
    versions = ReviewVersion.objects.filter(business=business).values_list("review_id", "number", "stars")
    stars = {(review, number): given or 0 for review, number, given in versions}
    numbers: dict[int, int] = {}
    steps = []
    events = ReviewEvent.objects.filter(business=business).order_by("id")
    for review, public_id, kind, day in events.values_list("review_id", "review__public_id", "kind", "day").iterator():
        given = 0
        if kind in {EventKind.SUBMIT, EventKind.EDIT}:
            numbers[review] = numbers.get(review, 0) + 1
            given = stars.get((review, numbers[review]), 0)
        steps.append(Step(_EPOCH + timedelta(days=day), public_id, kind, given))
    return steps


def served_reviews(business: Business, *, since: date) -> list[Served]:
    """Published reviews after a ticket, submitted from a UTC day on, with how the customer was served before."""
    begins = datetime.combine(since, datetime.min.time(), tzinfo=UTC)
    rows = Review.objects.filter(
        business=business,
        status=ReviewStatus.PUBLISHED,
        invitation__ticket__isnull=False,
        submitted_at__gte=begins,
    ).values_list(
        "stars",
        "submitted_at",
        "first_replied_at",
        "invitation__ticket__opened_at",
        "invitation__ticket__first_reply_at",
        "invitation__ticket__solved_at",
    )
    return [
        Served(
            stars=stars or 0,
            month=submitted_at.astimezone(UTC).date().replace(day=1),
            first_reply=_between(opened_at, first_reply_at),
            resolution=_between(opened_at, solved_at),
            answer=_between(submitted_at, replied_at),
        )
        for stars, submitted_at, replied_at, opened_at, first_reply_at, solved_at in rows
    ]


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    return None if start is None or end is None else end - start
