"""What an author does: submit, edit, withdraw. Which of a customer's reviews counts follows from it (score.md)."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from businesses.enums import NoticeKind
from businesses.models import Business, Customer
from businesses.notices import Link, NoticeContents, queue_notice
from invitations.models import Invitation
from lib.commitments import new_salt
from lib.errors import DomainError
from lib.ids import new_public_id
from lib.tokens import Purpose, token_for, token_hash
from reviews.contents import ReviewContents, UnusableReview, checked, headline
from reviews.enums import Actor, EventKind, ReviewStatus, Source, UncountReason
from reviews.events import record_event
from reviews.insiders import belongs_to_business
from reviews.models import Review, ReviewVersion
from reviews.services.counting import (
    count_newest_only,
    lock_review,
    lock_reviews_of,
    lock_with_siblings,
    record_uncount,
)
from reviews.transitions import after, possible_steps


class AlreadyReviewed(DomainError):
    """This invitation has its review. It can be changed, but not written twice."""

    code = "already_reviewed"


class ReviewClosed(DomainError):
    """The review is not in a state in which its author can change it."""

    code = "review_closed"


def submit_review(
    *,
    business: Business,
    customer: Customer,
    contents: ReviewContents,
    source: Source,
    now: datetime,
    invitation: Invitation | None = None,
) -> Review:
    """Takes a review in and publishes it at once.

    Side effects in order: the review and its first version; submit and publish events, an uncount event for an
    insider; the customer's older reviews stop counting; a mail with the edit link. Raises UnusableReview, and
    AlreadyReviewed for a second one to the same invitation.
    """
    tidy = checked(contents, now=now)
    older = lock_reviews_of(customer)
    if invitation is not None and any(each.invitation_id == invitation.pk and _stands(each) for each in older):
        raise AlreadyReviewed(_("You have reviewed this already. You can change your review instead."))
    is_insider = belongs_to_business(business, customer.email)
    review = _publish(
        business=business,
        customer=customer,
        contents=tidy,
        source=source,
        invitation=invitation,
        counts=not is_insider,
        now=now,
    )
    version = _keep_version(business=business, review=review, now=now)
    record_event(business=business, review=review, kind=EventKind.SUBMIT, actor=Actor.AUTHOR, now=now, version=version)
    if is_insider:
        record_uncount(business=business, review=review, now=now)
    record_event(business=business, review=review, kind=EventKind.PUBLISH, actor=Actor.SERVICE, now=now)
    count_newest_only(business=business, reviews=[*older, review], now=now)
    _tell_author(business=business, review=review, customer=customer, now=now)
    return review


def _publish(
    *,
    business: Business,
    customer: Customer,
    contents: ReviewContents,
    source: Source,
    invitation: Invitation | None,
    counts: bool,
    now: datetime,
) -> Review:
    public_id = new_public_id()
    return Review.objects.create(
        business=business,
        public_id=public_id,
        customer=customer,
        invitation=invitation,
        source=source,
        status=ReviewStatus.PUBLISHED,
        counted=counts,
        uncount_reason="" if counts else UncountReason.INSIDER,
        stars=contents.stars,
        title=contents.title,
        body=contents.body,
        display_name=contents.display_name,
        language=contents.language,
        experienced_on=contents.experienced_on,
        submitted_at=now,
        published_at=now,
        edit_hash=token_hash(_edit_token(public_id, generation=0)),
    )


def edit_review(*, review: Review, contents: ReviewContents, now: datetime) -> Review:
    """The author changes stars or words; the day it counts from, and everything else, stays.

    Side effects in order: a new version with salts of its own, the review, an edit event. Contents equal to what
    stands change nothing. Raises UnusableReview and ReviewClosed.
    """
    locked = lock_review(review)
    if EventKind.EDIT not in possible_steps(locked.status):
        raise ReviewClosed(_("This review can no longer be changed."))
    tidy = checked(contents, now=now)
    if tidy.experienced_on != locked.experienced_on:
        raise UnusableReview("experienced_on", _("The date of your experience cannot be changed afterwards."))
    if _same_words(locked, tidy):
        return locked
    locked.stars = tidy.stars
    locked.title = tidy.title
    locked.body = tidy.body
    locked.display_name = tidy.display_name
    locked.hidden_reason = ""
    locked.version += 1
    locked.edited_at = now
    locked.save(update_fields=["stars", "title", "body", "display_name", "hidden_reason", "version", "edited_at"])
    version = _keep_version(business=review.business, review=locked, now=now)
    record_event(
        business=review.business, review=locked, kind=EventKind.EDIT, actor=Actor.AUTHOR, now=now, version=version
    )
    return locked


def withdraw_review(*, review: Review, now: datetime) -> Review:
    """The author takes the review back: it is no longer public and does not count.

    Side effects in order: the review's state, a withdraw event, and an older review of the same customer counts
    again. Raises ReviewClosed when it is withdrawn, rejected or erased already.
    """
    siblings = lock_with_siblings(review)
    locked = siblings[review.pk]
    if EventKind.WITHDRAW not in possible_steps(locked.status):
        raise ReviewClosed(_("This review has been taken back already."))
    locked.status = after(EventKind.WITHDRAW, locked.status)
    locked.counted = False
    locked.needs_reply = False
    locked.save(update_fields=["status", "counted", "needs_reply"])
    record_event(business=review.business, review=locked, kind=EventKind.WITHDRAW, actor=Actor.AUTHOR, now=now)
    count_newest_only(business=review.business, reviews=siblings.values(), now=now)
    return locked


def edit_token(review: Review) -> str:
    """The token of the author's link to this review; the database keeps only its hash."""
    return _edit_token(review.public_id, generation=review.token_generation)


def publication_notice(review: Review) -> str:
    """The key of the mail that tells the author that the review is public."""
    return f"review_published:{review.public_id}"


def _edit_token(public_id: str, *, generation: int) -> str:
    return token_for(key=settings.LINK_KEY, purpose=Purpose.REVIEW_EDIT, row=public_id, generation=generation)


def _stands(review: Review) -> bool:
    return review.status not in {ReviewStatus.WITHDRAWN, ReviewStatus.ERASED}


def _same_words(review: Review, contents: ReviewContents) -> bool:
    stands = (review.stars, review.title, review.body, review.display_name)
    return stands == (contents.stars, contents.title, contents.body, contents.display_name)


def _keep_version(*, business: Business, review: Review, now: datetime) -> ReviewVersion:
    return ReviewVersion.objects.create(
        business=business,
        review=review,
        number=review.version,
        stars=review.stars,
        title=review.title,
        body=review.body,
        display_name=review.display_name,
        core_salt=new_salt(),
        text_salt=new_salt(),
        created_at=now,
    )


def _tell_author(*, business: Business, review: Review, customer: Customer, now: datetime) -> None:
    queue_notice(
        business=business,
        customer=customer,
        kind=NoticeKind.REVIEW_PUBLISHED,
        key=publication_notice(review),
        to=customer.email,
        language=review.language or business.language,
        contents=NoticeContents(
            words={
                "stars": review.stars or 0,
                "title": headline(review.title, review.body),
                "name": review.display_name,
            },
            links={
                "edit": Link(
                    purpose=Purpose.REVIEW_EDIT,
                    route="review_edit",
                    row=review.public_id,
                    generation=review.token_generation,
                )
            },
        ),
        now=now,
    )
