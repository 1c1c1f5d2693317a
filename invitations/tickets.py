"""What a helpdesk tells about its tickets, and the plan to ask that follows from it."""

from dataclasses import dataclass
from datetime import datetime

from businesses.enums import MailStatus
from businesses.models import Business
from businesses.services import customer_for
from invitations.asking import note_solved
from invitations.enums import CancelReason, TicketEventKind, TicketState
from invitations.models import Invitation, Ticket
from invitations.services import Occasion, schedule_invitation
from surveys.enums import Trigger

TOLD_ALREADY = "Already invited for this resolution"
TOLD_LATE = "Older than what is known of this ticket: nothing to do"


@dataclass(frozen=True, kw_only=True)
class TicketEvent:
    """One thing that happened to a ticket, in the words of no helpdesk in particular.

    `source` is the connection's public id, `external_id` the helpdesk's own. Times are aware. `closed_means_solved`
    is for helpdesks that know no "solved", so that an invitation follows the closing.
    """

    kind: TicketEventKind
    source: str
    external_id: str
    occurred_at: datetime
    email: str
    name: str = ""
    language: str = ""
    subject: str = ""
    url: str = ""
    assignee: str = ""
    tags: tuple[str, ...] = ()
    opened_at: datetime | None = None
    first_reply_at: datetime | None = None
    closed_means_solved: bool = False

    @property
    def solves(self) -> bool:
        """Whether the customer's matter has come to its end."""
        closed = self.kind == TicketEventKind.CLOSED and self.closed_means_solved
        return closed or self.kind == TicketEventKind.SOLVED


def hear(*, business: Business, event: TicketEvent, now: datetime) -> str:
    """Takes in what happened to a ticket and returns what came of it, in words.

    Locks the ticket, so that events of one ticket are taken in one after the other. In this order: the ticket is
    brought up to date; solved after not being so begins a resolution and plans its invitation; reopened ends the
    resolution and cancels what was not handed over. What is older than the last event changes nothing; of events of
    the same moment the later arrival counts. Raises UnusableAddress.
    """
    ticket = _ticket_for(business=business, event=event, now=now)
    if event.occurred_at < ticket.last_event_at:
        return TOLD_LATE
    ticket.last_event_at = event.occurred_at
    if event.kind == TicketEventKind.REOPENED:
        # Before the customer is touched: whoever claims mails locks the invitation first and the customer second.
        outcome = _reopened(ticket, now=now)
        _bring_up_to_date(ticket, event=event, now=now)
    else:
        _bring_up_to_date(ticket, event=event, now=now)
        outcome = _went_on(ticket, event=event, now=now)
    ticket.save()
    return outcome


def _went_on(ticket: Ticket, *, event: TicketEvent, now: datetime) -> str:
    if event.solves and ticket.solved_at is None:
        return _solved(ticket, event=event, now=now)
    if event.solves:
        return TOLD_ALREADY
    if event.kind == TicketEventKind.CLOSED:
        ticket.state = TicketState.CLOSED
        return "Ticket closed: nobody is asked for that"
    return "Ticket brought up to date"


def _ticket_for(*, business: Business, event: TicketEvent, now: datetime) -> Ticket:
    key = {"business": business, "source": event.source, "external_id": event.external_id}
    locked = Ticket.objects.select_for_update(no_key=True)
    found = locked.filter(**key).first()
    if found is not None:
        return found
    # Two first events may race; the row is that of whoever came first, and the other then waits for its lock.
    Ticket.objects.bulk_create([Ticket(**key, last_event_at=event.occurred_at, created_at=now)], ignore_conflicts=True)
    return locked.get(**key)


def _bring_up_to_date(ticket: Ticket, *, event: TicketEvent, now: datetime) -> None:
    if event.email:
        ticket.customer = customer_for(
            business=ticket.business, email=event.email, name=event.name, language=event.language, now=now
        )
    ticket.subject = event.subject[:300] or ticket.subject
    ticket.url = event.url[:500] or ticket.url
    ticket.assignee = event.assignee[:200] or ticket.assignee
    ticket.language = event.language[:10] or ticket.language
    ticket.tags = [tag[:100] for tag in event.tags] or ticket.tags
    ticket.opened_at = event.opened_at or ticket.opened_at
    ticket.first_reply_at = event.first_reply_at or ticket.first_reply_at


def _solved(ticket: Ticket, *, event: TicketEvent, now: datetime) -> str:
    ticket.state = TicketState.CLOSED if event.kind == TicketEventKind.CLOSED else TicketState.SOLVED
    ticket.solved_at = event.occurred_at
    ticket.resolution += 1
    key = f"ticket/{ticket.source}/{ticket.external_id}/{ticket.resolution}"
    note_solved(ticket, key=key, solved_at=event.occurred_at, now=now)
    if ticket.customer is None:
        return "Nobody can be asked: the ticket has no customer with an e-mail address"
    return schedule_invitation(
        business=ticket.business,
        occasion=Occasion(
            trigger=Trigger.TICKET,
            key=key,
            occurred_at=event.occurred_at,
            ticket=ticket,
        ),
        customer=ticket.customer,
        language=event.language or ticket.language,
        now=now,
    )


def _reopened(ticket: Ticket, *, now: datetime) -> str:
    ticket.state = TicketState.OPEN
    ticket.solved_at = None
    cancelled = Invitation.objects.filter(
        business=ticket.business_id,
        ticket=ticket,
        status__in=[MailStatus.SCHEDULED, MailStatus.CLAIMED, MailStatus.WAITING],
    ).update(status=MailStatus.CANCELLED, reason=CancelReason.REOPENED, settled_at=now, lease_until=None)
    if cancelled:
        return "Ticket reopened: the invitation was cancelled"
    return "Ticket reopened"
