"""Storing reviews from elsewhere: labelled imported, shown, never counted, and never twice."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from businesses.enums import AuditKind
from businesses.models import Business
from businesses.services import record
from lib.commitments import new_salt
from lib.ids import new_public_id
from reviews.contents import plain_text
from reviews.enums import Actor, EventKind, ReviewStatus, Source, UncountReason
from reviews.events import make_event, record_events
from reviews.importing.mapping import ColumnMapping
from reviews.importing.reading import BadLine, Table
from reviews.importing.rows import ImportedReview, read_reviews
from reviews.models import ReplyVersion, Review, ReviewEvent, ReviewVersion

BATCH = 2000


@dataclass(frozen=True)
class ImportReport:
    """What became of a file: how many were stored, how many stood here already, and the lines that are bad."""

    stored: int
    known: int
    bad: tuple[BadLine, ...]


def import_reviews(
    *,
    business: Business,
    table: Table,
    mapping: ColumnMapping,
    imported_from: str,
    actor: str,
    now: datetime,
    dry_run: bool = False,
) -> ImportReport:
    """Stores the good lines of a file, published, and reports the bad ones; with `dry_run` only counts.

    A review is known again by the id in the file, or by what was written, within the same `imported_from` (the name
    of the place, such as "Trustpilot"; it may be empty). Side effects in order: the reviews with their versions and
    replies, a submit, an uncount and a publish event each and one for a reply, a line in the audit log. One
    transaction, the caller's; a second import of the same business waits for the first.
    """
    Business.objects.select_for_update(no_key=True).get(pk=business.pk)
    bad: list[BadLine] = []
    stored = known = 0
    for batch in _batches(_good(read_reviews(table, mapping, now=now), bad)):
        fresh = _unknown(business, imported_from, batch)
        stored += len(fresh)
        known += len(batch) - len(fresh)
        if not dry_run:
            _store(business, imported_from, fresh, now=now)
    if stored and not dry_run:
        record(
            business=business,
            kind=AuditKind.REVIEWS_IMPORTED,
            actor=actor,
            subject=f"{stored} reviews from {imported_from or 'a file'}",
            now=now,
        )
    return ImportReport(stored=stored, known=known, bad=tuple(bad))


def bad_lines_file(table: Table, bad: Iterable[BadLine]) -> str:
    """The bad lines under the file's own header, to be mended and imported again."""
    text = io.StringIO(newline="")
    text.write(table.delimiter.join(_quoted(name, table.delimiter) for name in table.header) + "\n")
    for line in bad:
        text.write(line.text.rstrip("\r\n") + "\n")
    return text.getvalue()


def _quoted(name: str, delimiter: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(each in name for each in (delimiter, '"', "\n")) else name


def _good(lines: Iterable[ImportedReview | BadLine], bad: list[BadLine]) -> Iterator[ImportedReview]:
    for line in lines:
        if isinstance(line, BadLine):
            bad.append(line)
        else:
            yield line


def _batches(reviews: Iterator[ImportedReview]) -> Iterator[list[ImportedReview]]:
    while batch := list(islice(reviews, BATCH)):
        yield batch


def _unknown(business: Business, imported_from: str, batch: Sequence[ImportedReview]) -> list[ImportedReview]:
    ids = [each.external_id for each in batch]
    here = Review.objects.filter(business=business, imported_from=imported_from, external_id__in=ids)
    known = set(here.values_list("external_id", flat=True))
    return [each for each in batch if each.external_id not in known]


def _store(business: Business, imported_from: str, batch: Sequence[ImportedReview], *, now: datetime) -> None:
    reviews = Review.objects.bulk_create([_review(business, imported_from, each, now=now) for each in batch])
    versions = ReviewVersion.objects.bulk_create([_version(business, each, now=now) for each in reviews])
    replies = ReplyVersion.objects.bulk_create(
        [_reply(business, each, now=now) for each in reviews if each.reply_body],
    )
    answers = {each.review_id: each for each in replies}
    events: list[ReviewEvent] = []
    for review, version in zip(reviews, versions, strict=True):
        events += _events(business, review, version, answers.get(review.pk), now=now)
    record_events(events)


def _review(business: Business, imported_from: str, each: ImportedReview, *, now: datetime) -> Review:
    written_at = min(each.published_at or now, now)
    reply = plain_text(each.reply)
    replied_at = (each.replied_at or written_at) if reply else None
    return Review(
        business=business,
        public_id=new_public_id(),
        source=Source.IMPORTED,
        imported_from=imported_from,
        external_id=each.external_id,
        imported_verified=each.verified,
        status=ReviewStatus.PUBLISHED,
        counted=False,
        uncount_reason=UncountReason.IMPORTED,
        stars=each.stars,
        title=plain_text(each.title),
        body=plain_text(each.body),
        display_name=plain_text(each.display_name),
        language=each.language,
        experienced_on=each.experienced_on,
        submitted_at=written_at,
        published_at=now,
        reply_body=reply,
        replied_at=replied_at,
        first_replied_at=replied_at,
        # Nobody waits for an answer to what was written elsewhere, perhaps years ago.
        needs_reply=False,
    )


def _version(business: Business, review: Review, *, now: datetime) -> ReviewVersion:
    return ReviewVersion(
        business=business,
        review=review,
        number=1,
        stars=review.stars,
        title=review.title,
        body=review.body,
        display_name=review.display_name,
        core_salt=new_salt(),
        text_salt=new_salt(),
        created_at=now,
    )


def _reply(business: Business, review: Review, *, now: datetime) -> ReplyVersion:
    return ReplyVersion(
        business=business, review=review, number=1, body=review.reply_body, salt=new_salt(), created_at=now
    )


def _events(
    business: Business, review: Review, version: ReviewVersion, reply: ReplyVersion | None, *, now: datetime
) -> Iterator[ReviewEvent]:
    """Uncounted right after its submit, so that this stays known even when the core is erased (ledger.md, rule 3)."""
    yield make_event(
        business=business, review=review, kind=EventKind.SUBMIT, actor=Actor.BUSINESS, now=now, version=version
    )
    yield make_event(
        business=business,
        review=review,
        kind=EventKind.UNCOUNT,
        actor=Actor.SERVICE,
        reason=UncountReason.IMPORTED,
        now=now,
    )
    yield make_event(business=business, review=review, kind=EventKind.PUBLISH, actor=Actor.SERVICE, now=now)
    if reply is not None:
        yield make_event(
            business=business, review=review, kind=EventKind.REPLY, actor=Actor.BUSINESS, now=now, reply=reply
        )
