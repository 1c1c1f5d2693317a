"""A moderator's decision, carried out and written into the business's audit log."""

from collections.abc import Callable
from datetime import datetime

from businesses.enums import AuditKind
from businesses.models import User
from businesses.services import record
from reviews.enums import Actor, EventKind, ModerationReason
from reviews.models import Review
from reviews.services.erasure import erase_review
from reviews.services.moderation import (
    hide_words,
    hold_review,
    reject_review,
    release_review,
    remove_review,
    restore_review,
)


def decide(
    *,
    review: Review,
    kind: EventKind,
    reason: ModerationReason | str,
    by_court: bool,
    moderator: User,
    note: str,
    now: datetime,
) -> None:
    """Does to the review what a moderator has decided. Side effects in order: those of the step, a line in the audit
    log with the moderator, the reason and the note. Raises IllegalTransition, and ValueError for a reason that is not
    in the closed list where the step needs one."""
    actor = Actor.COURT if by_court else Actor.SERVICE
    steps: dict[EventKind, Callable[[], Review]] = {
        EventKind.HOLD: lambda: hold_review(review=review, reason=ModerationReason(reason), actor=actor, now=now),
        EventKind.PUBLISH: lambda: release_review(review=review, now=now),
        EventKind.REJECT: lambda: reject_review(review=review, reason=ModerationReason(reason), actor=actor, now=now),
        EventKind.REMOVE: lambda: remove_review(review=review, reason=ModerationReason(reason), actor=actor, now=now),
        EventKind.RESTORE: lambda: restore_review(review=review, now=now),
        EventKind.HIDE_TEXT: lambda: hide_words(review=review, reason=ModerationReason(reason), now=now),
        EventKind.ERASE: lambda: erase_review(review=review, actor=actor, reason=ModerationReason(reason), now=now),
    }
    steps[kind]()
    subject = f"{review.public_id}: {kind} {reason} {note}"
    record(business=review.business, kind=AuditKind.REVIEW_MODERATED, actor=str(moderator), subject=subject, now=now)
