"""The one way in which a change of a review is written down, with its commitments (ledger.md, `candor-ledger/1`)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from businesses.models import Business
from lib.commitments import CommitmentKind, commit, epoch_day
from reviews.enums import Actor, EventKind, Source
from reviews.models import ReplyVersion, Review, ReviewEvent, ReviewVersion, UntreatedEvent

UNKNOWN_DAY = 0


def record_event(
    *,
    business: Business,
    review: Review,
    kind: EventKind,
    actor: Actor,
    now: datetime,
    reason: str = "",
    version: ReviewVersion | None = None,
    reply: ReplyVersion | None = None,
) -> ReviewEvent:
    """Writes one event and puts it into the score's queue, in the caller's transaction."""
    event = make_event(
        business=business, review=review, kind=kind, actor=actor, now=now, reason=reason, version=version, reply=reply
    )
    record_events([event])
    return event


def record_events(events: Sequence[ReviewEvent]) -> None:
    """Writes events in the given order and puts them into the score's queue, in the caller's transaction."""
    ReviewEvent.objects.bulk_create(events)
    UntreatedEvent.objects.bulk_create([UntreatedEvent(business_id=each.business_id, event=each) for each in events])


def make_event(
    *,
    business: Business,
    review: Review,
    kind: EventKind,
    actor: Actor,
    now: datetime,
    reason: str = "",
    version: ReviewVersion | None = None,
    reply: ReplyVersion | None = None,
) -> ReviewEvent:
    """An event that is not written yet. `version` and `reply` are what it commits to; only hashes of them go in."""
    core = text = answer = ""
    if version is not None:
        core = commit(CommitmentKind.CORE, bytes(version.core_salt), core_value(business, review, version))
        text = commit(CommitmentKind.TEXT, bytes(version.text_salt), text_value(business, review, version))
    if reply is not None:
        answer = commit(CommitmentKind.REPLY, bytes(reply.salt), reply_value(business, review, reply))
    return ReviewEvent(
        business=business,
        review=review,
        kind=kind,
        actor=actor,
        reason=reason,
        core=core,
        text=text,
        reply=answer,
        day=epoch_day(utc_date(now)),
        created_at=now,
    )


def core_value(business: Business, review: Review, version: ReviewVersion) -> dict[str, str | int]:
    """What `core` commits to: everything that weighs in the score. Days count from 1970-01-01 UTC; 0 is unknown."""
    experienced = UNKNOWN_DAY if review.experienced_on is None else epoch_day(review.experienced_on)
    return {
        "business": business.slug,
        "review": review.public_id,
        "subject": review.subject,
        "stars": version.stars or 0,
        "source": str(review.source),
        "experienced": experienced,
        "day": epoch_day(utc_date(_logged_at(review))),
    }


def text_value(business: Business, review: Review, version: ReviewVersion) -> dict[str, str | int]:
    """What `text` commits to: the words of one version. `media` is empty while reviews carry no files."""
    return {
        "business": business.slug,
        "review": review.public_id,
        "title": version.title,
        "body": version.body,
        "name": version.display_name,
        "media": "",
    }


def reply_value(business: Business, review: Review, reply: ReplyVersion) -> dict[str, str | int]:
    """What `reply` commits to; an empty body says that the reply was withdrawn."""
    return {"business": business.slug, "review": review.public_id, "body": reply.body}


def _logged_at(review: Review) -> datetime:
    """When the review was handed in here. An imported one was written elsewhere before, and nothing is backdated."""
    if review.source == Source.IMPORTED and review.published_at is not None:
        return review.published_at
    return review.submitted_at


def utc_date(moment: datetime) -> date:
    """The UTC day of a moment."""
    return moment.astimezone(UTC).date()
