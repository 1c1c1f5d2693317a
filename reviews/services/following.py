"""Bringing a review to what the public log says of it, after a backup has made the database forget."""

from collections.abc import Sequence
from datetime import datetime

from lib.commitments import new_salt
from reviews.enums import Actor, EventKind, ReviewStatus
from reviews.events import record_event
from reviews.models import ReplyVersion, Review
from reviews.services.counting import lock_review
from reviews.services.erasure import destroy_contents
from reviews.transitions import STEPS

# Why a review is erased whose contents a backup did not hold.
LOST = "lost"


def follow_log(*, review: Review, steps: Sequence[tuple[EventKind, str]]) -> Review:
    """Takes the steps, each with its reason, that the log knows and the database has forgotten. Writes no event.

    The steps were legal when they were logged; they are not judged again.
    """
    locked = lock_review(review)
    for kind, reason in steps:
        _, target = STEPS.get(kind, (None, None))
        locked.status = target or locked.status
        if kind in {EventKind.HOLD, EventKind.REJECT, EventKind.REMOVE}:
            locked.status_reason = reason
        elif kind in {EventKind.UNCOUNT, EventKind.COUNT}:
            locked.uncount_reason = reason if kind == EventKind.UNCOUNT else ""
    locked.counted = locked.status == ReviewStatus.PUBLISHED and not locked.uncount_reason
    if locked.status == ReviewStatus.ERASED:
        destroy_contents(locked, locked.status_reason)
    else:
        locked.save(update_fields=["status", "status_reason", "uncount_reason", "counted"])
    return locked


def restate_reply(*, review: Review, now: datetime) -> None:
    """Says anew what the business answers, as far as it is known here: the log has a reply that was forgotten.

    Side effects in order: a version of the reply with a salt of its own, a reply event; nothing where the review is
    not public.
    """
    locked = lock_review(review)
    if locked.status != ReviewStatus.PUBLISHED:
        return
    number = ReplyVersion.objects.filter(business_id=review.business_id, review=locked).count() + 1
    version = ReplyVersion.objects.create(
        business_id=review.business_id,
        review=locked,
        number=number,
        body=locked.reply_body,
        salt=new_salt(),
        created_at=now,
    )
    record_event(
        business=review.business, review=locked, kind=EventKind.REPLY, actor=Actor.BUSINESS, now=now, reply=version
    )
