"""Asking a helpdesk what its pushes did not say. Polled facts become deliveries, treated like pushed ones."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from integrations.enums import ConnectionStatus
from integrations.helpdesks.django_helpdesk import (
    DONE,
    Account,
    HelpdeskError,
    SignInRefused,
    account_in,
    changes,
    followup_key,
)
from integrations.models import Connection, Delivery
from invitations.enums import TicketEventKind, TicketState
from invitations.models import Ticket
from lib.secrets import open_sealed

POLL_EVERY = timedelta(minutes=2)
# A push that is on its way while we look must not be taken for a lost one that is old.
OVERLAP = timedelta(minutes=10)
FAILURES_UNTIL_BROKEN = 5
# Tickets that are no longer among the resolved ones are looked at one by one; more of them wait for the next poll.
MOST_REOPENED = 50


@dataclass(frozen=True)
class Poll:
    """One look at a helpdesk, between two transactions. `is_first`: what is resolved already is nobody's business."""

    connection: Connection
    account: Account
    at: datetime

    @property
    def is_first(self) -> bool:
        """Whether nothing was ever read from this helpdesk."""
        return self.connection.poll_after is None

    @property
    def since(self) -> datetime:
        """Changes before this are known, or from before the connection."""
        created = self.connection.created_at
        return created if self.connection.poll_after is None else max(created, self.connection.poll_after - OVERLAP)


def claim_poll(*, now: datetime) -> Poll | None:
    """The connection that is due longest to be looked at; the next look is set at once. Needs the service scope."""
    found = (
        Connection.objects.filter(poll_due_at__lte=now)
        .exclude(status=ConnectionStatus.PAUSED)
        .select_related("business")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("poll_due_at")
        .first()
    )
    if found is None:
        return None
    found.poll_due_at = now + POLL_EVERY
    found.save(update_fields=["poll_due_at"])
    return Poll(connection=found, account=account_in(open_sealed(found.credentials)), at=now)


def keep_page(*, poll: Poll, tickets: list[dict[str, Any]], now: datetime) -> None:
    """Keeps as deliveries what a page of resolved tickets says and no push did.

    A follow-up that was pushed meanwhile is known by its id. A status that no follow-up explains was set through the
    API; on the first look such a ticket counts as closed before our time.
    """
    known = _done_already(poll.connection, [str(ticket["id"]) for ticket in tickets])
    found: list[Delivery] = []
    for ticket in tickets:
        history = changes(ticket)
        for change in history:
            if datetime.fromisoformat(change["date"]) > poll.since:
                body = {"ticket": ticket, "followup_id": change["id"]}
                found.append(_delivery(poll, ticket, followup_key(change["id"]), body, now))
        explained = bool(history) and history[-1]["new_status"] in DONE
        if not explained and str(ticket["id"]) not in known:
            kind = TicketEventKind.CLOSED if poll.is_first else TicketEventKind.SOLVED
            found.append(_seen(poll, ticket, kind, now))
    Delivery.objects.bulk_create(found, ignore_conflicts=True)


def no_longer_done(*, poll: Poll, done_ids: set[str]) -> list[str]:
    """Tickets that we know as resolved and the helpdesk does not: reopened without a word, merged or deleted."""
    tickets = Ticket.objects.filter(
        business=poll.connection.business_id,
        source=poll.connection.public_id,
        state__in=[TicketState.SOLVED, TicketState.CLOSED],
    )
    ids = tickets.exclude(external_id__in=done_ids).order_by("-last_event_at").values_list("external_id", flat=True)
    return list(ids[:MOST_REOPENED])


def keep_reopened(*, poll: Poll, tickets: list[dict[str, Any]], now: datetime) -> None:
    """Keeps that these tickets are not resolved any more, unless they are.

    While we turned pages one may have slipped onto a page that was read already, or have been resolved and pushed.
    """
    reopened = [ticket for ticket in tickets if ticket.get("status") not in DONE]
    found = [_seen(poll, ticket, TicketEventKind.REOPENED, now) for ticket in reopened]
    Delivery.objects.bulk_create(found, ignore_conflicts=True)


def finish_poll(*, poll: Poll) -> None:
    """Everything was read; a connection that was broken works again."""
    Connection.objects.filter(pk=poll.connection.pk).update(poll_after=poll.at)
    note_success(connection=poll.connection)


def note_success(*, connection: Connection) -> None:
    """The helpdesk took a call: whatever was wrong is over."""
    Connection.objects.filter(pk=connection.pk, failures__gt=0).update(failures=0, last_error="")
    Connection.objects.filter(pk=connection.pk, status=ConnectionStatus.BROKEN).update(status=ConnectionStatus.ACTIVE)


def note_failure(*, connection: Connection, error: HelpdeskError) -> None:
    """Counts a call that went wrong. Refused sign-ins, and trouble that lasts, need a person."""
    current = Connection.objects.select_for_update().get(pk=connection.pk)
    current.failures = min(current.failures + 1, 1000)
    current.last_error = str(error)[:300]
    lasting = isinstance(error, SignInRefused) or current.failures >= FAILURES_UNTIL_BROKEN
    if lasting and current.status == ConnectionStatus.ACTIVE:
        current.status = ConnectionStatus.BROKEN
    current.save(update_fields=["failures", "last_error", "status"])


def _done_already(connection: Connection, ids: list[str]) -> set[str]:
    return set(
        Ticket.objects.filter(
            business=connection.business_id,
            source=connection.public_id,
            external_id__in=ids,
            state__in=[TicketState.SOLVED, TicketState.CLOSED],
        ).values_list("external_id", flat=True)
    )


def _seen(poll: Poll, ticket: dict[str, Any], kind: TicketEventKind, now: datetime) -> Delivery:
    body = {"ticket": ticket, "seen": {"kind": kind.value, "at": poll.at.isoformat()}}
    return _delivery(poll, ticket, f"seen-{ticket['id']}-{kind.value}-{poll.at.isoformat()}", body, now)


def _delivery(poll: Poll, ticket: dict[str, Any], key: str, body: dict[str, Any], now: datetime) -> Delivery:
    return Delivery(
        business_id=poll.connection.business_id,
        connection_id=poll.connection.pk,
        dedupe_key=key,
        body=json.dumps(body),
        event_name="found by looking",
        subject=f"ticket:{ticket['id']}",
        due_at=now,
        received_at=now,
    )
