"""What a business answers under a review: one public reply, editable, its history kept."""

from datetime import datetime

from businesses.enums import NoticeKind
from businesses.models import Business, User
from businesses.notices import Link, NoticeContents, queue_notice
from invitations.enums import SuppressionScope
from invitations.queries import unwanted_scopes
from lib.commitments import new_salt
from lib.errors import DomainError
from lib.tokens import Purpose
from reviews.contents import headline, plain_text
from reviews.enums import Actor, EventKind
from reviews.events import record_event
from reviews.models import ReplyVersion, Review
from reviews.personal_data import personal_data_in
from reviews.transitions import possible_steps

LONGEST_REPLY = 5000


class UnusableReply(DomainError):
    """The reply cannot be published as it is."""

    code = "unusable_reply"


class PersonalDataInReply(UnusableReply):
    """The reply names an address or a number that everybody would read. `found` is what."""

    code = "personal_data"

    def __init__(self, found: list[str]) -> None:
        what = ", ".join(f"“{each}”" for each in found)
        super().__init__(
            f"Everybody can read a reply, so it must not hold e-mail addresses or phone numbers. Take out {what}, "
            "or write to the customer directly."
        )
        self.found = found


class ReplyNotPossible(DomainError):
    """Only a published review has a reply."""

    code = "reply_not_possible"


def reply(*, review: Review, body: str, author: User, now: datetime) -> Review:
    """Publishes, changes or (with an empty body) withdraws the business's reply.

    Side effects in order: a version of the reply, the review, a reply event; the first time a reply stands, a mail to
    the review's author, unless they want no mail at all. A body equal to what stands changes nothing. Raises
    ReplyNotPossible, UnusableReply and PersonalDataInReply.
    """
    words = plain_text(body)
    if len(words) > LONGEST_REPLY:
        raise UnusableReply(f"The reply has {len(words)} characters; {LONGEST_REPLY} is the most.")
    found = personal_data_in(words)
    if found:
        raise PersonalDataInReply(found)
    locked = Review.objects.select_for_update().get(business_id=review.business_id, pk=review.pk)
    if EventKind.REPLY not in possible_steps(locked.status):
        raise ReplyNotPossible("This review is not public, so it cannot be answered.")
    if words == locked.reply_body:
        return locked
    stood_before = bool(locked.reply_body)
    version = _keep_version(review=locked, body=words, author=author, now=now)
    locked.reply_body = words
    locked.replied_at = now if words else None
    locked.first_replied_at = locked.first_replied_at or now
    locked.needs_reply = not words
    locked.save(update_fields=["reply_body", "replied_at", "first_replied_at", "needs_reply"])
    record_event(
        business=review.business, review=locked, kind=EventKind.REPLY, actor=Actor.BUSINESS, now=now, reply=version
    )
    if words and not stood_before:
        _tell_author(business=review.business, review=locked, number=version.number, now=now)
    return locked


def _keep_version(*, review: Review, body: str, author: User, now: datetime) -> ReplyVersion:
    number = ReplyVersion.objects.filter(business_id=review.business_id, review=review).count() + 1
    return ReplyVersion.objects.create(
        business_id=review.business_id,
        review=review,
        number=number,
        body=body,
        author=author,
        salt=new_salt(),
        created_at=now,
    )


def _tell_author(*, business: Business, review: Review, number: int, now: datetime) -> None:
    customer = review.customer
    if customer is None or SuppressionScope.ALL in unwanted_scopes(customer):
        return
    queue_notice(
        business=business,
        customer=customer,
        kind=NoticeKind.REVIEW_REPLIED,
        key=f"review_replied:{review.public_id}:{number}",
        to=customer.email,
        language=review.language or business.language,
        contents=NoticeContents(
            words={
                "name": review.display_name,
                "title": headline(review.title, review.body),
                "reply": review.reply_body,
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
