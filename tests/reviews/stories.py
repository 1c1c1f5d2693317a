"""What stories about reviews begin with."""

from dataclasses import replace
from datetime import date, datetime

from businesses.models import Business, Customer
from lib.tenancy import for_business
from reviews.enums import Source
from reviews.models import Review, ReviewEvent
from reviews.services import ReviewContents, submit_review
from tests.factories import NOW

CONTENTS = ReviewContents(
    stars=4,
    title="They knew the tent by heart",
    body="Answered within the hour. The pole came the next day.",
    display_name="Dora D.",
    experienced_on=date(2026, 10, 28),
    language="en",
)


def contents(**changes: object) -> ReviewContents:
    """Dora's review with something else in it."""
    return replace(CONTENTS, **changes)  # type: ignore[arg-type]


def published(
    business: Business,
    customer: Customer,
    *,
    now: datetime = NOW,
    source: Source = Source.TICKET,
    **changes: object,
) -> Review:
    """A review of the business that is public."""
    with for_business(business):
        return submit_review(business=business, customer=customer, contents=contents(**changes), source=source, now=now)


def events_of(review: Review) -> list[tuple[str, str, str]]:
    """What happened to the review: kind, actor, reason."""
    mine = ReviewEvent.objects.filter(business_id=review.business_id, review=review).order_by("id")
    return list(mine.values_list("kind", "actor", "reason"))
