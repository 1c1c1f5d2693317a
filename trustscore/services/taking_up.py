"""What has happened to reviews becomes tallies, entries of the log and scores: the first of the log's three steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from invitations.models import AskedDay
from lib.commitments import date_of, epoch_day
from lib.tenancy import for_scores, for_service
from reviews.enums import EventKind
from reviews.models import ReviewEvent, UntreatedEvent
from trustscore.ledger.entries import ASKED, MOVES_THE_SCORE, Happening
from trustscore.models import ScoreSnapshot
from trustscore.services.lock import take_lock
from trustscore.services.log import LogWriter, log_head
from trustscore.services.publishing import publish_log
from trustscore.services.scores import (
    ensure_weights,
    fields_of,
    forget_exact_numbers,
    write_scores,
)
from trustscore.services.tallies import Step, move_tallies

BATCH = 4000
_STRIKE = "DELETE FROM reviews_untreatedevent WHERE id = ANY(%s::bigint[])"


@dataclass(frozen=True)
class _Waiting:
    """One review event that is not in the log yet. `day` is its own, or a later one of an event before it."""

    queued: int
    event: int
    business: int
    review: int
    day: int
    happening: Happening


def take_up_events() -> int:
    """Takes up to four thousand waiting review events into tallies, log and scores, and publishes; returns how many.

    In one transaction: the tallies follow the events; each event gets its entry, and each business whose score it may
    move a score entry; the events are struck from the queue. Then the log is published, and with the checkpoint the
    scores go on show. Doing it twice changes nothing; while the log is frozen nothing is taken up.
    """
    publish_log()
    with for_service("take up review events of all businesses") as now:
        taken = _take_up(now) if take_lock() and not log_head().frozen else 0
    publish_log()
    return taken


def roll_over() -> int:
    """Brings up to four thousand scores of an earlier day to today (UTC), since age weighs; returns how many.

    A score whose tenths are no longer those of its last entry gets a new one. Events of an earlier day come first:
    the days of the log never fall.
    """
    publish_log()
    with for_service("bring the scores of all businesses to today") as now:
        if not take_lock() or log_head().frozen:
            return 0
        today = now.date()
        if UntreatedEvent.objects.filter(event__day__lt=epoch_day(today)).exists():
            return 0
        behind = ScoreSnapshot.objects.filter(as_of__lt=today).order_by("as_of", "business_id")
        snapshots = list(behind.select_related("business")[:BATCH])
        if snapshots:
            _roll(snapshots, now=now)
    publish_log()
    return len(snapshots)


def _roll(snapshots: Sequence[ScoreSnapshot], *, now: datetime) -> None:
    businesses = [each.business_id for each in snapshots]
    log = LogWriter(day=epoch_day(now.date()))
    with for_scores():
        fields = fields_of(businesses, as_of=now.date(), now=now)
        write_scores(businesses, as_of=now.date(), now=now)
    moved = [each for each in snapshots if (fields[each.business_id].get("tenths") or 0) != each.logged_tenths]
    log.number([each.business.slug for each in moved])
    for each in moved:
        log.score(each.business.slug, fields[each.business_id].get("tenths"))
    log.store()


def _take_up(now: datetime) -> int:
    ensure_weights()
    batch = _waiting()
    if not batch:
        log = LogWriter(day=epoch_day(now.date()))
        days = _log_asked(log, now=now)
        log.store()
        return days
    log = LogWriter(day=batch[0].day)
    batch = [each for each in batch if each.day <= log.day]
    businesses = {each.business: each.happening.business for each in batch}
    log.number(sorted(businesses.values()))
    for each in batch:
        log.happening(each.happening, event=each.event)
    move_tallies([Step(each.business, each.review, each.happening.kind, date_of(each.day)) for each in batch])
    _forget([each.event for each in batch if each.happening.kind == EventKind.ERASE])
    moved = sorted({each.business for each in batch if each.happening.kind in MOVES_THE_SCORE})
    with for_scores():
        fields = fields_of(moved, as_of=date_of(log.day), now=now)
    for business in moved:
        log.score(businesses[business], fields[business].get("tenths"))
    log.store()
    with connection.cursor() as cursor:
        cursor.execute(_STRIKE, [[each.queued for each in batch]])
    return len(batch)


def _log_asked(log: LogWriter, *, now: datetime) -> int:
    """Gives the counted days of asking their entries, once nothing else waits; returns how many."""
    days = list(AskedDay.objects.filter(logged_at=None).select_related("business").order_by("day", "id")[:BATCH])
    log.number(sorted({each.business.slug for each in days}))
    for each in days:
        log.add(each.business.slug, ASKED, {"asked": each.commitment})
    AskedDay.objects.filter(id__in=[each.pk for each in days]).update(logged_at=now)
    return len(days)


def _waiting() -> list[_Waiting]:
    """The oldest events in the order of their days, so that a log that was behind tells each day as it was.

    What happened to one review stays in its order: at midnight the later event may carry the earlier day. Read in the
    order of the queue, since sorting a long one by days for every batch costs more than all the rest.
    """
    queue = UntreatedEvent.objects.order_by("id").values_list(
        "id",
        "event_id",
        "business_id",
        "event__review_id",
        "event__day",
        "business__slug",
        "event__review__public_id",
        "event__kind",
        "event__actor",
        "event__reason",
        "event__core",
        "event__text",
        "event__reply",
    )
    latest: dict[int, int] = {}
    waiting = []
    for queued, event, business, review, day, *happening in queue[:BATCH]:
        latest[review] = max(day, latest.get(review, day))
        waiting.append(_Waiting(queued, event, business, review, latest[review], Happening(*happening)))
    return sorted(waiting, key=lambda each: each.day)


def _forget(erased: Sequence[int]) -> None:
    """Rounds the kept scores of the days on which these erased reviews may have counted."""
    for event in ReviewEvent.objects.filter(id__in=erased).select_related("review"):
        since = event.review.submitted_at.astimezone(UTC).date()
        forget_exact_numbers(event.business_id, since=since)
