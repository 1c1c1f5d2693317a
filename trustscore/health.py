"""Whether the log keeps up, for the people who mind the servers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reviews.models import UntreatedEvent
from trustscore.models import LedgerHead
from trustscore.services.log import stored_size

LONGEST_WAIT = timedelta(seconds=60)


@dataclass(frozen=True)
class LogHealth:
    """The head of the log, how many entries are stored and how many events wait, the oldest since when (UTC).

    `problem` is a sentence when somebody has to look, and empty otherwise.
    """

    head: LedgerHead | None
    stored: int
    waiting: int
    oldest_at: datetime | None
    problem: str


def log_health(*, now: datetime) -> LogHealth:
    """How the log is at the moment. Needs the service scope."""
    head = LedgerHead.objects.first()
    queue = UntreatedEvent.objects.order_by("id").values_list("event__created_at", flat=True)
    oldest_at = queue.first()
    problem = ""
    if head is not None and head.frozen:
        problem = f"The log is frozen: {head.frozen}"
    elif oldest_at is not None and oldest_at < now - LONGEST_WAIT:
        problem = f"Events have waited for the log since {oldest_at:%Y-%m-%d %H:%M} UTC: is a worker running?"
    return LogHealth(head=head, stored=stored_size(), waiting=queue.count(), oldest_at=oldest_at, problem=problem)
