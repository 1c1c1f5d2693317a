"""What a kind of mail brings to the protocol: its table, who may get it now, and how it is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from businesses.enums import MailStatus
from businesses.queued_mail import QueuedMail
from lib.mailing import Envelope


@dataclass(frozen=True)
class Go:
    """The mail may be sent. `compose` writes it; it is called in a service scope after the claim was committed.

    It may raise UndeliverableAddress, which is the end of this mail; anything else is tried again.
    """

    compose: Callable[[], Envelope]


@dataclass(frozen=True)
class Stop:
    """The mail is not sent: `status` is skipped, cancelled or expired, `reason` is shown to the business."""

    status: MailStatus
    reason: str


@dataclass(frozen=True)
class Wait:
    """The mail is due later than was thought, at `until`. This does not count as an attempt."""

    until: datetime
    reason: str


Verdict = Go | Stop | Wait
Judge = Callable[[int], Verdict]


@dataclass(frozen=True)
class MailKind:
    """One kind of queued mail.

    `prepare` is called in the claim's own transaction, with the ids in the order of their due time and the database's
    time; it reads what all of them need in a few queries and returns the judge of one row, which asks nothing of the
    database, so that one bad row spoils no other. `bounced` is called in a service scope for a row whose address the
    server says does not exist.
    """

    name: str
    model: type[QueuedMail]
    prepare: Callable[[Sequence[int], datetime], Judge]
    bounced: Callable[[int, datetime], None] | None = None

    @property
    def table(self) -> str:
        """The name of the kind's table."""
        return self.model._meta.db_table
