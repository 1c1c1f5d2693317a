"""Destroying what a review said: the events stay, and what they committed to can never be known again."""

from datetime import datetime

from businesses.enums import MailStatus
from businesses.models import Notice
from reviews.enums import Actor, EventKind, ModerationReason
from reviews.events import record_event
from reviews.models import PendingReview, ReplyVersion, Review, ReviewVersion
from reviews.services.counting import count_newest_only, lock_with_siblings
from reviews.transitions import after


def erase_review(*, review: Review, actor: Actor, now: datetime, reason: ModerationReason | str = "") -> Review:
    """Erases a review for ever: stars, words, name, replies, and the salts without which the log says nothing of them.

    The author may, without a reason; the service for one of the closed list. Side effects in order: versions and
    replies emptied, mails about it emptied or not sent, the review a tombstone without customer, an erase event; an
    older review of the same customer counts again. Raises IllegalTransition when it is erased already.
    """
    siblings = lock_with_siblings(review)
    locked = siblings[review.pk]
    business = review.business
    locked.status = after(EventKind.ERASE, locked.status)
    destroy_contents(locked, reason)
    record_event(business=business, review=locked, kind=EventKind.ERASE, actor=actor, reason=reason, now=now)
    count_newest_only(business=business, reviews=siblings.values(), now=now)
    return locked


def destroy_contents(review: Review, reason: str) -> None:
    """Empties versions, replies and mails of a review and makes it a tombstone; says nothing of it to the log."""
    versions = ReviewVersion.objects.filter(business_id=review.business_id, review=review)
    versions.update(stars=None, title="", body="", display_name="", core_salt=b"", text_salt=b"")
    ReplyVersion.objects.filter(business_id=review.business_id, review=review).update(body="", salt=b"")
    PendingReview.objects.filter(business_id=review.business_id, review=review).delete()
    _empty_mails(review)
    _make_tombstone(review, reason)


def _make_tombstone(review: Review, reason: str) -> None:
    review.stars = review.experienced_on = review.held_at = review.customer = review.invitation = None
    review.imported_verified = review.replied_at = review.first_replied_at = review.edited_at = None
    review.title = review.body = review.display_name = review.language = review.reply_body = ""
    review.incentive = review.external_id = review.hidden_reason = ""
    review.status_reason = reason
    review.counted = review.needs_reply = False
    review.save()


def _empty_mails(review: Review) -> None:
    """What is not sent yet is not sent; of what was, only that it was stays here."""
    mails = Notice.objects.filter(business_id=review.business_id, key__contains=f":{review.public_id}")
    mails.filter(status=MailStatus.SCHEDULED).delete()
    mails.update(context={"words": {}, "links": {}})
