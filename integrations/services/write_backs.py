"""Bringing answers back to their tickets: planned from rows, one claim at a time, each doubt resolved by reading."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from businesses.models import Business
from integrations.enums import ConnectionKind, ConnectionStatus, WriteBackStatus
from integrations.helpdesks.django_helpdesk import SCORE_FIELD, Account, Helpdesk, HelpdeskError, account_in
from integrations.models import Connection, WriteBack
from integrations.write_back_words import marker, note
from invitations.models import Invitation
from lib.secrets import open_sealed
from surveys.enums import SurveyKind

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 8
# Answer links live 60 days, so that no older answer can be new or change.
LOOK_BACK = timedelta(days=62)
PLANNED_AT_ONCE = 200
_ANY_MARKER = "[candor:"


class TicketBusy(HelpdeskError):
    """Another answer to the same ticket is half written; nobody's fault, and soon over."""


@dataclass(frozen=True)
class Writing:
    """A claimed result with everything that the calls need, so that no transaction is open while they run."""

    write_back: WriteBack
    account: Account
    ticket_id: str
    revision: int
    score: int
    text: str


def plan_write_backs(*, now: datetime) -> int:
    """Makes a row for each answer about a ticket of a helpdesk that takes results, and revives changed ones.

    Returns how many. Needs the service scope.
    """
    writing = Connection.objects.filter(kind=ConnectionKind.DJANGO_HELPDESK)
    answered = Invitation.objects.filter(
        ticket__source__in=writing.values("public_id"),
        response__isnull=False,
        answered_at__gte=now - LOOK_BACK,
    ).filter(business_id__in=writing.values("business_id"))
    connections = {each.public_id: each for each in writing}
    fresh = answered.filter(writeback__isnull=True).select_related("ticket")[:PLANNED_AT_ONCE]
    rows = [
        WriteBack(
            business_id=invitation.business_id,
            connection=connections[invitation.ticket.source],
            ticket=invitation.ticket,
            invitation=invitation,
            due_at=now,
            created_at=now,
        )
        for invitation in fresh
        if invitation.ticket is not None
    ]
    WriteBack.objects.bulk_create(rows, ignore_conflicts=True)
    changed = WriteBack.objects.filter(
        status=WriteBackStatus.WRITTEN,
        invitation__answered_at__gte=now - LOOK_BACK,
        invitation__response__revision__gt=F("written_revision"),
    )
    ids = list(changed.values_list("pk", flat=True)[:PLANNED_AT_ONCE])
    revived = WriteBack.objects.filter(pk__in=ids).update(status=WriteBackStatus.PENDING, attempts=0, due_at=now)
    return len(rows) + revived


def claim_write_back(*, now: datetime) -> Writing | None:
    """Takes the result that is due longest, for `LEASE`. Needs the service scope.

    Results of one connection are written one after the other: a slow helpdesk then holds one worker and not all, and
    two results of one ticket do not save and restore each other's resolution.
    """
    other = WriteBack.objects.filter(
        connection=OuterRef("connection"), status=WriteBackStatus.WRITING, lease_until__gt=now
    ).exclude(pk=OuterRef("pk"))
    due = Q(status=WriteBackStatus.PENDING, due_at__lte=now) | Q(status=WriteBackStatus.WRITING, lease_until__lte=now)
    found = (
        WriteBack.objects.filter(due, connection__status=ConnectionStatus.ACTIVE)
        .exclude(Exists(other))
        .select_related(
            "connection", "business", "ticket", "invitation__response", "invitation__survey", "invitation__customer"
        )
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_at", "id")
        .first()
    )
    if found is None:
        return None
    if found.attempts >= MOST_ATTEMPTS:
        _give_up(found, WriteBackStatus.FAILED, "The last attempts ended without a word.")
        return None
    found.status = WriteBackStatus.WRITING
    found.attempts += 1
    found.lease_until = now + LEASE
    found.save(update_fields=["status", "attempts", "lease_until"])
    return _writing(found)


def _writing(found: WriteBack) -> Writing | None:
    response = found.invitation.response
    if response is None:
        # The answer was erased between planning and now; there is nothing to write any more.
        _give_up(found, WriteBackStatus.REFUSED, "The answer is gone.")
        return None
    best = 10 if response.kind == SurveyKind.NPS else response.scale_points
    text = note(
        public_id=found.public_id,
        revision=response.revision,
        customer=str(found.invitation.customer),
        survey=found.invitation.survey.name,
        score=response.score,
        best=best,
        comment=response.comment,
    )
    return Writing(
        write_back=found,
        account=account_in(open_sealed(found.connection.credentials)),
        ticket_id=found.ticket.external_id,
        revision=response.revision,
        score=response.score,
        text=text,
    )


def _give_up(found: WriteBack, status: WriteBackStatus, why: str) -> None:
    found.status = status
    found.last_error = why
    found.save(update_fields=["status", "last_error"])


@dataclass(frozen=True)
class Before:
    """What the ticket says before our note, and the note of ours that stands there already."""

    resolution: str | None
    note_id: str
    note_text: str
    has_score_field: bool
    score: Any


def look(helpdesk: Helpdesk, writing: Writing) -> Before:
    """Reads the ticket first: a note with our marker means that an earlier attempt got so far. Raises HelpdeskError."""
    ticket = helpdesk.ticket(writing.ticket_id)
    ours = marker(writing.write_back.public_id)
    mine = next((each for each in ticket["followup_set"] if ours in (each.get("comment") or "")), None)
    resolution = ticket.get("resolution") or ""
    if _ANY_MARKER in resolution and ours not in resolution:
        raise TicketBusy("Another answer is being written to this ticket.")
    return Before(
        resolution=ticket.get("resolution"),
        note_id=str(mine["id"]) if mine else "",
        note_text=mine["comment"] if mine else "",
        has_score_field=SCORE_FIELD in ticket,
        score=ticket.get(SCORE_FIELD),
    )


def remember(*, writing: Writing, before: Before, now: datetime) -> bool:
    """Keeps the resolution that our note is about to overwrite, before it does. False: the row is not ours any more.

    What was remembered by an attempt that died between note and mending stays.
    """
    mine = _mine(writing).first()
    if mine is None:
        return False
    if marker(mine.public_id) not in (before.resolution or ""):
        mine.before = {"resolution": before.resolution}
    mine.lease_until = now + LEASE
    mine.save(update_fields=["before", "lease_until"])
    writing.write_back.before = mine.before
    return True


def write(helpdesk: Helpdesk, writing: Writing, before: Before) -> str:
    """Note, resolution, score, each only where it is not right yet; the note's id. Raises HelpdeskError.

    The score comes last and alone: a helpdesk that will not take it has its resolution back by then.
    """
    note_id = before.note_id
    if not note_id:
        note_id = helpdesk.add_note(writing.ticket_id, writing.text)
    elif before.note_text.strip() != writing.text.strip():
        helpdesk.change_note(note_id, writing.text)
    ticket = helpdesk.ticket(writing.ticket_id)
    if marker(writing.write_back.public_id) in (ticket.get("resolution") or ""):
        helpdesk.change_ticket(writing.ticket_id, {"resolution": writing.write_back.before.get("resolution")})
    if before.has_score_field and str(before.score) != str(writing.score):
        helpdesk.change_ticket(writing.ticket_id, {SCORE_FIELD: writing.score})
    return note_id


def settle_written(*, writing: Writing, note_id: str, now: datetime) -> None:
    """It stands on the ticket."""
    _mine(writing).update(
        status=WriteBackStatus.WRITTEN,
        written_revision=writing.revision,
        remote_note_id=note_id[:100],
        written_at=now,
        lease_until=None,
        last_error="",
        before={},
    )


def settle_refused(*, writing: Writing, why: str) -> None:
    """The helpdesk will never take it; the answer stays in Candor, and the connection's page says so."""
    _mine(writing).update(status=WriteBackStatus.REFUSED, lease_until=None, last_error=why[:300])


def postpone(*, writing: Writing, why: str, now: datetime) -> None:
    """Again later, at a distance that doubles up to an hour; after `MOST_ATTEMPTS` it has failed and is shown."""
    attempts = writing.write_back.attempts
    if attempts >= MOST_ATTEMPTS:
        _mine(writing).update(status=WriteBackStatus.FAILED, lease_until=None, last_error=why[:300])
        return
    wait = min(timedelta(seconds=5 * 2**attempts), timedelta(hours=1))
    _mine(writing).update(status=WriteBackStatus.PENDING, lease_until=None, due_at=now + wait, last_error=why[:300])


def try_again(*, business: Business, connection: Connection, now: datetime) -> int:
    """By an owner's hand: failed and refused results of a connection are tried anew. Returns how many."""
    settled = WriteBack.objects.filter(
        business=business, connection=connection, status__in=[WriteBackStatus.FAILED, WriteBackStatus.REFUSED]
    )
    return settled.update(status=WriteBackStatus.PENDING, attempts=0, due_at=now, last_error="")


def _mine(writing: Writing) -> Any:
    return WriteBack.objects.filter(
        pk=writing.write_back.pk, attempts=writing.write_back.attempts, status=WriteBackStatus.WRITING
    )
