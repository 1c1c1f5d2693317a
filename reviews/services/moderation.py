"""What the service's moderators do to a review: always an event with a reason from the closed list, never in silence.

A business decides none of it. The author is told by mail what happened and why, and how to object.
"""

from datetime import UTC, datetime, timedelta

from businesses.enums import NoticeKind
from businesses.notices import Link, NoticeContents, queue_notice
from lib.tokens import Purpose
from reviews.contents import headline
from reviews.enums import Actor, EventKind, ModerationReason, ReviewStatus
from reviews.events import record_event
from reviews.models import Review
from reviews.services.counting import count_newest_only, lock_review, lock_with_siblings
from reviews.transitions import after

LONGEST_HOLD = timedelta(hours=72)
# A log's days have no hours: a hold of the day D must be over before D + 3 is.
_BEFORE_MIDNIGHT = timedelta(minutes=10)
_BATCH = 100


def hold_review(*, review: Review, reason: ModerationReason, actor: Actor, now: datetime) -> Review:
    """Takes a published review from view for a check of at most 72 hours. Raises IllegalTransition."""
    return _move(review, EventKind.HOLD, reason=reason, actor=actor, now=now)


def release_review(*, review: Review, now: datetime) -> Review:
    """Ends a hold: the review is public again and counts as before. Raises IllegalTransition."""
    return _move(review, EventKind.PUBLISH, reason="", actor=Actor.SERVICE, now=now)


def reject_review(*, review: Review, reason: ModerationReason, actor: Actor, now: datetime) -> Review:
    """Ends a hold: the review does not become public again. Raises IllegalTransition."""
    return _move(review, EventKind.REJECT, reason=reason, actor=actor, now=now)


def remove_review(*, review: Review, reason: ModerationReason, actor: Actor, now: datetime) -> Review:
    """Takes a published review from view for good, unless an appeal restores it. Raises IllegalTransition."""
    return _move(review, EventKind.REMOVE, reason=reason, actor=actor, now=now)


def restore_review(*, review: Review, now: datetime) -> Review:
    """After an appeal: a removed or rejected review is public again. Raises IllegalTransition."""
    return _move(review, EventKind.RESTORE, reason="", actor=Actor.SERVICE, now=now)


def hide_words(*, review: Review, reason: ModerationReason, now: datetime) -> Review:
    """Takes the words and the name from view; the stars stay and count. An edit by the author brings new words.

    Side effects in order: the review, a hidetext event, a mail to the author. The words stay in its versions, for an
    appeal. Raises IllegalTransition.
    """
    locked = lock_review(review)
    after(EventKind.HIDE_TEXT, locked.status)
    told = headline(locked.title, locked.body)
    locked.title = locked.body = locked.display_name = ""
    locked.hidden_reason = reason
    locked.save(update_fields=["title", "body", "display_name", "hidden_reason"])
    record_event(
        business=review.business, review=locked, kind=EventKind.HIDE_TEXT, actor=Actor.SERVICE, reason=reason, now=now
    )
    _tell_author(locked, EventKind.HIDE_TEXT, told, reason=reason, now=now)
    return locked


def end_holds(*, now: datetime) -> int:
    """Publishes up to a hundred reviews whose hold is over; returns how many. Needs the service scope."""
    held = Review.objects.filter(status=ReviewStatus.HELD, held_at__lte=now - LONGEST_HOLD + timedelta(days=1))
    over = [
        each for each in held.select_related("business", "customer").order_by("held_at")[:_BATCH] if _is_over(each, now)
    ]
    for review in over:
        release_review(review=review, now=now)
    return len(over)


def _is_over(review: Review, now: datetime) -> bool:
    since = review.held_at or now
    last_day = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=4)
    return now >= min(since + LONGEST_HOLD, last_day - _BEFORE_MIDNIGHT)


def _move(review: Review, kind: EventKind, *, reason: str, actor: Actor, now: datetime) -> Review:
    """One step between states. Side effects in order: the review, the event, which review of the customer counts, a
    mail to the author."""
    siblings = lock_with_siblings(review)
    locked = siblings[review.pk]
    locked.status = after(kind, locked.status)
    locked.status_reason = reason
    locked.held_at = now if kind == EventKind.HOLD else None
    locked.counted = locked.status == ReviewStatus.PUBLISHED and not locked.uncount_reason
    locked.save(update_fields=["status", "status_reason", "held_at", "counted"])
    record_event(business=review.business, review=locked, kind=kind, actor=actor, reason=reason, now=now)
    count_newest_only(business=review.business, reviews=siblings.values(), now=now)
    _tell_author(locked, kind, headline(locked.title, locked.body), reason=reason, now=now)
    return locked


def _tell_author(review: Review, kind: EventKind, title: str, *, reason: str, now: datetime) -> None:
    customer = review.customer
    if customer is None:
        return
    edit = Link(
        purpose=Purpose.REVIEW_EDIT, route="review_edit", row=review.public_id, generation=review.token_generation
    )
    queue_notice(
        business=review.business,
        customer=customer,
        kind=NoticeKind.REVIEW_MODERATED,
        key=f"review_moderated:{review.public_id}:{kind}:{now.isoformat()}",
        to=customer.email,
        language=review.language or review.business.language,
        contents=NoticeContents(words={"title": title, "kind": kind, "reason": reason}, links={"edit": edit}),
        now=now,
    )
