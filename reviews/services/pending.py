"""A review from the public page: written first, published when its author confirms the e-mail address."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from businesses.enums import ConsentBasis, NoticeKind
from businesses.models import Business
from businesses.notices import Link, NoticeContents, queue_notice
from businesses.services import customer_for, normal_address
from lib.errors import DomainError
from lib.ids import new_public_id
from lib.tokens import Purpose, token_for, token_hash
from reviews.contents import ReviewContents, checked, headline
from reviews.enums import Source
from reviews.models import PendingReview, Review
from reviews.services.authors import submit_review

DAYS_TO_CONFIRM = 7


class CannotConfirm(DomainError):
    """The link to confirm is used up or too old."""

    status = 410
    code = "cannot_confirm"


def request_review(
    *, business: Business, email: str, contents: ReviewContents, language: str, now: datetime
) -> PendingReview:
    """Keeps what a stranger wrote for seven days and mails a link that publishes it.

    Raises UnusableReview and businesses.services.UnusableAddress.
    """
    tidy = checked(contents, now=now)
    address = normal_address(email)
    public_id = new_public_id()
    pending = PendingReview.objects.create(
        business=business,
        public_id=public_id,
        email=address,
        language=language,
        contents=_as_json(tidy),
        token_hash=token_hash(_confirm_token(public_id)),
        created_at=now,
        expires_at=now + timedelta(days=DAYS_TO_CONFIRM),
    )
    queue_notice(
        business=business,
        kind=NoticeKind.REVIEW_CONFIRM,
        key=f"review_confirm:{public_id}",
        to=address,
        language=language,
        contents=NoticeContents(
            words={
                "name": tidy.display_name,
                "stars": tidy.stars,
                "title": headline(tidy.title, tidy.body),
                "days": DAYS_TO_CONFIRM,
            },
            links={"confirm": Link(purpose=Purpose.CONFIRM_REVIEW, route="review_confirm", row=public_id)},
        ),
        now=now,
    )
    return pending


def confirm_review(*, pending: PendingReview, now: datetime) -> Review:
    """Publishes what was written, as a review of source organic, once; a second time gives the same review.

    Side effects in order: the customer, what submit_review does, what was typed is emptied. Raises CannotConfirm after
    seven days.
    """
    locked = PendingReview.objects.select_for_update().get(business_id=pending.business_id, pk=pending.pk)
    if locked.review is not None:
        return locked.review
    if locked.expires_at <= now:
        raise CannotConfirm(
            _("This link was good for %(days)s days. Please write the review again.") % {"days": DAYS_TO_CONFIRM}
        )
    customer = customer_for(
        business=pending.business,
        email=locked.email,
        language=locked.language,
        consent_basis=ConsentBasis.CONSENT,
        consent_source="review on the public page",
        now=now,
    )
    review = submit_review(
        business=pending.business,
        customer=customer,
        contents=contents_of(locked),
        source=Source.ORGANIC,
        now=now,
    )
    locked.review = review
    locked.contents = {}
    locked.save(update_fields=["review", "contents"])
    return review


def expire_pending_reviews(*, now: datetime) -> int:
    """Deletes what nobody confirmed in time, and what was published from and may go; returns how many."""
    deleted, _details = PendingReview.objects.filter(expires_at__lte=now).delete()
    return deleted


def confirm_token(pending: PendingReview) -> str:
    """The token of the link that publishes; the database keeps only its hash."""
    return _confirm_token(pending.public_id)


def contents_of(pending: PendingReview) -> ReviewContents:
    """What was written, as it will be published."""
    kept: dict[str, Any] = pending.contents
    experienced = kept["experienced_on"]
    return ReviewContents(**(kept | {"experienced_on": date.fromisoformat(experienced) if experienced else None}))


def _as_json(contents: ReviewContents) -> dict[str, str | int]:
    day = contents.experienced_on
    return asdict(contents) | {"experienced_on": day.isoformat() if day else ""}


def _confirm_token(public_id: str) -> str:
    return token_for(key=settings.LINK_KEY, purpose=Purpose.CONFIRM_REVIEW, row=public_id, generation=0)
