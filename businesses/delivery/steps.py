"""The arrows of the protocol. Each is one commit, fenced by `attempts`: whoever lost a row to another changes nothing.

A claim raises `attempts`, so a row that was taken away and claimed again never has the number that its former holder
remembers. Every time is the database's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from businesses.delivery.kinds import MailKind
from businesses.enums import MailStatus
from lib.tenancy import change_for_service, for_service

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
# After the first, second, third and fourth attempt; the fifth is the last.
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
# The mark of a row whose worker died: such rows are claimed alone, so that a deadly one takes no other with it.
WORKER_DIED = "worker_died"


@dataclass(frozen=True)
class Claim:
    """A row that is ours as long as its `attempts` stays this number."""

    pk: int
    attempts: int


def something_is_due(kind: MailKind) -> bool:
    """Whether a claim would find anything; asked before a connection is opened."""
    with for_service("is a mail due?") as now:
        return kind.model._default_manager.filter(status=MailStatus.SCHEDULED, due_at__lte=now).exists()


def claim(kind: MailKind, *, limit: int, suspects: bool, now: datetime) -> list[Claim]:
    """scheduled → claimed, the longest due first; rows that another worker is claiming are passed over.

    Belongs into the transaction in which the rows are judged. `suspects` are the rows whose last worker died.
    """
    comparison = "=" if suspects else "<>"
    statement = f"""
        WITH due AS MATERIALIZED (
            SELECT id, due_at FROM {kind.table}
            WHERE status = 'scheduled' AND due_at <= %(now)s AND reason {comparison} %(died)s
            ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ), taken AS (
            UPDATE {kind.table} AS mail
            SET status = 'claimed', attempts = mail.attempts + 1, lease_until = %(lease)s, reason = ''
            FROM due WHERE mail.id = due.id
            RETURNING mail.id, mail.attempts, due.due_at
        )
        SELECT id, attempts FROM taken ORDER BY due_at, id
    """  # noqa: S608 - The table's name is our own.
    values: dict[str, Any] = {"now": now, "died": WORKER_DIED, "limit": limit, "lease": now + LEASE}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Claim(pk, attempts) for pk, attempts in cursor.fetchall()]


def advance(kind: MailKind, *, sent: Sequence[Claim], following: Sequence[Claim]) -> set[int]:
    """handed_over → sent for some mails and claimed → handed_over for the next, in one commit.

    Returns the ids of those that are ours to hand over; the others were cancelled or taken away meanwhile. A mail that
    was given up as uncertain while the server took its time is sent after all.
    """
    parts: list[str] = []
    values: dict[str, Any] = {}
    if sent:
        parts.append(f"""
            UPDATE {kind.table} AS mail
            SET status = 'sent', sent_at = now(), settled_at = now(), lease_until = NULL, reason = '', last_error = ''
            FROM unnest(%(sent)s::bigint[], %(sent_fences)s::int[]) AS ours (pk, fence)
            WHERE mail.id = ours.pk AND mail.attempts = ours.fence AND mail.status IN ('handed_over', 'uncertain')
        """)  # noqa: S608 - The table's name is our own.
        values |= _arrays("sent", sent)
    if following:
        parts.append(f"""
            UPDATE {kind.table} AS mail
            SET status = 'handed_over', handed_over_at = now(), lease_until = now() + %(lease)s
            FROM unnest(%(next)s::bigint[], %(next_fences)s::int[]) AS ours (pk, fence)
            WHERE mail.id = ours.pk AND mail.attempts = ours.fence AND mail.status = 'claimed'
            RETURNING mail.id
        """)  # noqa: S608
        values |= _arrays("next", following) | {"lease": LEASE}
    if not parts:
        return set()
    return {pk for (pk,) in change_for_service("mails go on", parts, values)}


def _arrays(name: str, claims: Sequence[Claim]) -> dict[str, list[int]]:
    return {name: [claim.pk for claim in claims], f"{name}_fences": [claim.attempts for claim in claims]}


def put_back(kind: MailKind, claim: Claim, *, error: str) -> None:
    """claimed, handed_over → scheduled after a definite "not now", with backoff; quarantined after the last attempt."""
    with for_service("a mail is tried again later") as now:
        if claim.attempts >= MOST_ATTEMPTS:
            fields: dict[str, Any] = {"status": MailStatus.QUARANTINED, "settled_at": now}
        else:
            fields = {"status": MailStatus.SCHEDULED, "due_at": now + BACKOFF[claim.attempts - 1]}
        _move(kind, claim, {MailStatus.CLAIMED, MailStatus.HANDED_OVER}, last_error=error, **fields)


def fail(kind: MailKind, claim: Claim, *, error: str, nobody_there: bool = False) -> None:
    """claimed, handed_over → failed: a definite and lasting no. The kind learns of an address where there is nobody."""
    with for_service("a mail failed") as now:
        fields = {"status": MailStatus.FAILED, "settled_at": now, "last_error": error}
        ours = _move(kind, claim, {MailStatus.CLAIMED, MailStatus.HANDED_OVER}, **fields)
        if ours and nobody_there and kind.bounced is not None:
            kind.bounced(claim.pk, now)


def doubt(kind: MailKind, claim: Claim, *, error: str) -> None:
    """handed_over → uncertain: the server may or may not have taken it, so it is not sent again."""
    with for_service("a mail is in doubt"):
        _move(kind, claim, {MailStatus.HANDED_OVER}, status=MailStatus.UNCERTAIN, last_error=error)


def stop(kind: MailKind, claim: Claim, *, status: MailStatus, reason: str, now: datetime) -> None:
    """claimed → skipped, cancelled or expired. Belongs into the claim's transaction."""
    _move(kind, claim, {MailStatus.CLAIMED}, status=status, reason=reason, settled_at=now)


def wait(kind: MailKind, claim: Claim, *, until: datetime, reason: str) -> None:
    """claimed → scheduled for later, as if it had not been claimed. Belongs into the claim's transaction."""
    fields = {"status": MailStatus.SCHEDULED, "due_at": until, "reason": reason, "attempts": F("attempts") - 1}
    _move(kind, claim, {MailStatus.CLAIMED}, **fields)


def release(kind: MailKind, claims: Sequence[Claim]) -> None:
    """claimed → scheduled for rows that this worker did not get round to, as if they had not been claimed."""
    if not claims:
        return
    with for_service("mails go back untouched"):
        for claim in claims:
            _move(kind, claim, {MailStatus.CLAIMED}, status=MailStatus.SCHEDULED, attempts=F("attempts") - 1, reason="")


def recover(kind: MailKind) -> None:
    """What dead workers left: claims whose lease ran out → scheduled or quarantined, hand-overs → uncertain."""
    rows = kind.model._default_manager
    with for_service("leases that ran out") as now:
        late = rows.filter(lease_until__lt=now)
        late.filter(status=MailStatus.CLAIMED, attempts__gte=MOST_ATTEMPTS).update(
            status=MailStatus.QUARANTINED,
            reason=WORKER_DIED,
            lease_until=None,
            settled_at=now,
        )
        late.filter(status=MailStatus.CLAIMED).update(status=MailStatus.SCHEDULED, reason=WORKER_DIED, lease_until=None)
        late.filter(status=MailStatus.HANDED_OVER).update(
            status=MailStatus.UNCERTAIN,
            reason=WORKER_DIED,
            lease_until=None,
            last_error="The worker ended while the mail was given to the server.",
        )


def _move(kind: MailKind, claim: Claim, origin: set[MailStatus], **fields: Any) -> bool:
    ours = kind.model._default_manager.filter(pk=claim.pk, attempts=claim.attempts, status__in=origin)
    return ours.update(lease_until=None, **fields) == 1
