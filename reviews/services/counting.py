"""Which of a customer's reviews counts, and the locks that keep two from counting at once."""

from collections.abc import Iterable
from datetime import datetime

from businesses.models import Business, Customer
from reviews.enums import Actor, EventKind, ReviewStatus, UncountReason
from reviews.events import record_event
from reviews.models import Review


def lock_review(review: Review) -> Review:
    """The review as it stands, locked to the end of the transaction."""
    return Review.objects.select_for_update().get(business_id=review.business_id, pk=review.pk)


def lock_reviews_of(customer: Customer) -> list[Review]:
    """The customer's reviews, locked by id like everywhere, behind the customer's own lock: two cannot be submitted
    at a time and both count."""
    Customer.objects.select_for_update(no_key=True).get(business_id=customer.business_id, pk=customer.pk)
    mine = Review.objects.select_for_update().filter(business_id=customer.business_id, customer=customer)
    return list(mine.order_by("id"))


def lock_with_siblings(review: Review) -> dict[int, Review]:
    """The review and the others of its customer by id, locked."""
    found = lock_reviews_of(review.customer) if review.customer else [lock_review(review)]
    return {each.pk: each for each in found}


def count_newest_only(*, business: Business, reviews: Iterable[Review], now: datetime) -> None:
    """Of one customer's published reviews that nothing else keeps out of the score, the newest counts.

    What is not published any more counts nothing and takes no place; a review that comes back takes its own again.
    """
    eligible = [
        each
        for each in reviews
        if each.status == ReviewStatus.PUBLISHED and each.uncount_reason in {"", UncountReason.SUPERSEDED}
    ]
    eligible.sort(key=lambda each: (each.submitted_at, each.pk), reverse=True)
    for place, review in enumerate(eligible):
        before, reason = review.uncount_reason, "" if place == 0 else UncountReason.SUPERSEDED
        if (review.counted, before) == (place == 0, reason):
            continue
        review.counted, review.uncount_reason = place == 0, reason
        review.save(update_fields=["counted", "uncount_reason"])
        if reason and not before:
            record_uncount(business=business, review=review, now=now)
        elif before and not reason:
            _record_count(business=business, review=review, now=now)


def record_uncount(*, business: Business, review: Review, now: datetime) -> None:
    """Writes down that the review does not count, for the reason it carries."""
    record_event(
        business=business,
        review=review,
        kind=EventKind.UNCOUNT,
        actor=Actor.SERVICE,
        reason=review.uncount_reason,
        now=now,
    )


def _record_count(*, business: Business, review: Review, now: datetime) -> None:
    record_event(
        business=business,
        review=review,
        kind=EventKind.COUNT,
        actor=Actor.SERVICE,
        reason=UncountReason.SUPERSEDED,
        now=now,
    )
