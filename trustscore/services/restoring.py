"""After the database was restored from a backup: what it has lost of the log is taken back from the published files.

The log goes on where it was, never from a smaller tree. What the entries tell is followed: states, what counts. What
they only commit to is lost with the rows that held it: of such a review the log then says that it is erased, by the
service, as "lost", because nobody can open it any more.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from businesses.models import Business
from lib.commitments import date_of, epoch_day
from lib.tenancy import for_scores, for_service
from reviews.enums import Actor, EventKind
from reviews.models import Review, UntreatedEvent
from reviews.services import LOST, erase_review, follow_log, restate_reply
from trustscore.ledger.entries import Happening
from trustscore.ledger.files import LogFiles
from trustscore.models import LedgerEntry, LedgerHead
from trustscore.services.lock import hold_lock
from trustscore.services.log import LogWriter, log_head, stored_size
from trustscore.services.scores import fields_of, show_scores
from trustscore.services.tallies import Step, move_tallies
from trustscore.tlog.merkle import leaf_hash
from trustscore.tlog.note import Note, NoteError, Verifier, check_signature, parse_checkpoint, parse_note
from trustscore.tlog.tiles import WIDTH, Tile

_COMMITS = {EventKind.SUBMIT, EventKind.EDIT}

# What tells one event of the log from another.
Signature = tuple[str, ...]


class LogDisagrees(Exception):
    """What is published and what is stored cannot both be the log; the message says why."""


@dataclass(frozen=True)
class _Lost:
    """Entries of one review that no event of the database stands for, in their order. `review` may be gone too."""

    business: str
    public_id: str
    review: Review | None
    told: list[dict[str, str]]


def take_back_entries(files: LogFiles, verifiers: Sequence[Verifier]) -> int:
    """Stores the published entries that the database does not have and moves the head there; returns how many.

    Everything is checked before anything is stored: the checkpoint's signature, the root of the tiles, each entry
    against its leaf, and the entries that both have. Side effects in order, in one transaction: the entries, with the
    waiting events that they were made from; the head; tallies and scores as the entries tell them; reviews brought to
    the state that the log knows, and erased where their contents are lost. Raises NoteError, TileError, LogDisagrees.
    """
    note = files.note() or ""
    _check_ours(parse_note(note), verifiers)
    checkpoint = parse_checkpoint(parse_note(note))
    if files.root(checkpoint.size) != checkpoint.root:
        raise LogDisagrees("The published tiles do not lead to the root of the published checkpoint.")
    with for_service("take back what the database lost of the log") as now:
        hold_lock()
        head = log_head()
        if checkpoint.size <= head.size:
            return 0
        missing = _missing(files, checkpoint.size)
        _match_events(missing)
        LedgerEntry.objects.bulk_create(missing, batch_size=5000)
        LedgerHead.objects.update(size=checkpoint.size, root=checkpoint.root.hex(), note=note, published_at=now)
        _follow(missing, now=now)
        show_scores(head.size, checkpoint.size, note, now=now)
    return len(missing)


def _check_ours(note: Note, verifiers: Sequence[Verifier]) -> None:
    """One of our keys, the one in force or an older one, signed it."""
    for verifier in verifiers[:-1]:
        with suppress(NoteError):
            check_signature(note, verifier)
            return
    check_signature(note, verifiers[-1])


def _missing(files: LogFiles, size: int) -> list[LedgerEntry]:
    stored = stored_size()
    texts = LedgerEntry.objects.filter(index__lt=size).order_by("index").values_list("entry", flat=True)
    ours = texts.iterator()
    missing = []
    for index, text in enumerate(_published(files, size)):
        if index >= stored:
            missing.append(_entry(index, text))
        elif next(ours) != text:
            raise LogDisagrees(f"Entry {index} is published, and the database has another in its place.")
    return missing


def _published(files: LogFiles, size: int) -> Iterator[str]:
    for number in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - number * WIDTH)
        entries = files.bundle(number, width)
        if b"".join(leaf_hash(each) for each in entries) != files.tile(Tile(0, number, width)):
            raise LogDisagrees(f"The published entries from {number * WIDTH} on are not those of their tile.")
        yield from (each.decode() for each in entries)


def _entry(index: int, text: str) -> LedgerEntry:
    told = json.loads(text)
    return LedgerEntry(
        index=index,
        business=told.get("business", ""),
        seq=told.get("seq"),
        kind=told["kind"],
        review=told.get("review", ""),
        day=told["day"],
        entry=text,
    )


def _match_events(missing: Sequence[LedgerEntry]) -> None:
    """Gives each entry the waiting event that it was made from, and takes that from the queue.

    The backup may be of a moment at which an event was written and not logged yet; it must not be logged twice.
    """
    waiting: dict[Signature, list[UntreatedEvent]] = defaultdict(list)
    for queued in UntreatedEvent.objects.select_related("event__review", "business").order_by("-id"):
        event = queued.event
        signature = (queued.business.slug, event.review.public_id, event.kind, event.core, event.text, event.reply)
        waiting[(*signature, event.reason)].append(queued)
    done = []
    for entry in missing:
        found = waiting[_signature(entry)]
        if found:
            queued = found.pop()
            entry.event_id = queued.event_id
            done.append(queued.pk)
    UntreatedEvent.objects.filter(id__in=done).delete()


def _signature(entry: LedgerEntry) -> Signature:
    told = json.loads(entry.entry)
    return (
        entry.business,
        entry.review,
        entry.kind,
        *(told.get(each, "") for each in ("core", "text", "reply", "reason")),
    )


def _follow(missing: Sequence[LedgerEntry], *, now: datetime) -> None:
    """Brings tallies and reviews to where the entries lead."""
    about = [entry for entry in missing if entry.review]
    rows = Review.objects.select_related("business", "customer").filter(public_id__in={each.review for each in about})
    reviews = {review.public_id: review for review in rows}
    move_tallies(
        [
            Step(reviews[each.review].business_id, reviews[each.review].pk, each.kind, date_of(each.day))
            for each in about
            if each.review in reviews
        ]
    )
    lost: dict[str, _Lost] = {}
    for entry in about:
        if entry.event_id is None:
            of = _Lost(entry.business, entry.review, reviews.get(entry.review), [])
            lost.setdefault(entry.review, of).told.append(json.loads(entry.entry))
    for each in lost.values():
        if each.review is not None:
            _mend(each, each.review, now=now)
    _say_that_they_are_lost([each for each in lost.values() if each.review is None], now=now)


def _mend(lost: _Lost, review: Review, *, now: datetime) -> None:
    """Brings a review that is there to the state of the log, and erases it where what it said last is not there."""
    follow_log(review=review, steps=[(EventKind(each["kind"]), each.get("reason", "")) for each in lost.told])
    kinds = {each["kind"] for each in lost.told}
    if EventKind.ERASE in kinds:
        return
    if kinds & _COMMITS:
        erase_review(review=review, actor=Actor.SERVICE, reason=LOST, now=now)
    elif EventKind.REPLY in kinds:
        restate_reply(review=review, now=now)


def _say_that_they_are_lost(lost: Sequence[_Lost], *, now: datetime) -> None:
    """Appends an erase entry for each review that is gone as a whole, and the scores after it."""
    gone = [each for each in lost if EventKind.ERASE not in {told["kind"] for told in each.told}]
    if not gone:
        return
    log = LogWriter(day=epoch_day(now.date()))
    businesses = sorted({each.business for each in gone})
    log.number(businesses)
    for each in gone:
        log.happening(
            Happening(
                business=each.business,
                review=each.public_id,
                kind=EventKind.ERASE,
                actor=Actor.SERVICE,
                reason=LOST,
                core="",
                text="",
                reply="",
            ),
            event=None,
        )
    _log_scores(log, businesses, now=now)
    log.store()


def _log_scores(log: LogWriter, businesses: Sequence[str], *, now: datetime) -> None:
    """Adds the score of each of these businesses; of one that is not there any more, none."""
    here = dict(Business.objects.filter(slug__in=businesses).values_list("slug", "id"))
    with for_scores():
        fields = fields_of(sorted(here.values()), as_of=date_of(log.day), now=now)
    for slug in businesses:
        log.score(slug, fields[here[slug]].get("tenths") if slug in here else None)
