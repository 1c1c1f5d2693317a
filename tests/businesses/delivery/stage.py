"""What stories about sending begin with: mails that are due, and the clock."""

from datetime import timedelta
from typing import Any

from businesses.delivery.kinds import MailKind
from businesses.delivery.sweep import send_due as send_due_in_lanes
from businesses.enums import MailStatus, NoticeKind
from businesses.models import Business, Notice
from businesses.notices import Link, NoticeContents, queue_notice
from lib.tenancy import for_business
from lib.tokens import Purpose

GONE = {"status": MailStatus.SENT, "attempts": 1, "lease_until": None, "last_error": ""}


def send_due(kind: MailKind, *, lanes: int = 1) -> None:
    """A round on one connection, so that the server's script meets the mails in their order."""
    send_due_in_lanes(kind, lanes=lanes)


def queue(business: Business, number: int) -> None:
    """One mail that is due; mails queued later are due later."""
    with for_business(business) as now:
        queue_notice(
            business=business,
            kind=NoticeKind.TEAM_INVITATION,
            key=f"mail-{number:03}",
            to=f"person{number}@customer.example",
            contents=NoticeContents(
                words={"inviter": "Alice", "role": "agent"},
                links={"join": Link(Purpose.JOIN_TEAM, "join_team", f"row{number}")},
            ),
            now=now,
        )


def rows(business: Business) -> list[Notice]:
    """All mails in the order in which they were queued."""
    with for_business(business):
        return list(Notice.objects.order_by("key"))


def only(business: Business) -> Notice:
    """The one mail there is."""
    (row,) = rows(business)
    return row


def fields(row: Notice, expected: dict[str, Any]) -> dict[str, Any]:
    """What the mail has in the fields that are expected of it."""
    return {name: getattr(row, name) for name in expected}


def make_due(business: Business, **more: object) -> None:
    """Turns the clock to when every mail that waits is due."""
    with for_business(business) as now:
        Notice.objects.update(due_at=now - timedelta(minutes=1), **more)


def let_leases_run_out(business: Business) -> None:
    """Turns the clock to when nobody holds a mail any more."""
    with for_business(business) as now:
        Notice.objects.exclude(lease_until=None).update(lease_until=now - timedelta(seconds=1))
