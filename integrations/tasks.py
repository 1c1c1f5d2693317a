"""The sweeps of connections."""

from typing import Any

import structlog
from celery import shared_task

from integrations.helpdesks.django_helpdesk import (
    CallFailed,
    CallRefused,
    Helpdesk,
    HelpdeskError,
    TicketGone,
    reading_answers,
)
from integrations.models import Delivery
from integrations.services import polling, write_backs
from integrations.services.deliveries import claim_deliveries, give_up_or_retry, refuse_delivery, treat_delivery
from lib.errors import DomainError
from lib.tenancy import for_business, for_service

log = structlog.get_logger()

# One waking does at most so much; the next begins a second later.
BATCHES = 40
POLLS = 5
RESULTS = 20


@shared_task(name="integrations.process_deliveries", ignore_result=True)
def process_deliveries() -> None:
    """Treats deliveries that wait, until none is left or this waking has done its share."""
    for _ in range(BATCHES):
        if not sum(_process(tried=tried) for tried in (False, True)):
            return


def _process(*, tried: bool) -> int:
    with for_service("deliveries wait to be treated") as now:
        claimed = claim_deliveries(now=now, tried=tried)
    for delivery in claimed:
        _treat(delivery)
    return len(claimed)


def _treat(delivery: Delivery) -> None:
    try:
        with for_business(delivery.business) as now:
            treat_delivery(delivery=delivery, now=now)
    except DomainError as refusal:
        with for_business(delivery.business) as now:
            refuse_delivery(delivery=delivery, why=refusal.message, now=now)
    except Exception as error:
        # Whatever it was, it must not keep this batch's other deliveries waiting.
        log.exception("delivery_failed", delivery=delivery.pk)
        with for_business(delivery.business) as now:
            give_up_or_retry(delivery=delivery, fault=type(error).__name__, now=now)


@shared_task(name="integrations.poll_helpdesks", ignore_result=True)
def poll_helpdesks() -> None:
    """Looks at helpdesks that are due for what their pushes did not say."""
    for _ in range(POLLS):
        with for_service("a helpdesk is due to be looked at") as now:
            poll = polling.claim_poll(now=now)
        if poll is None:
            return
        _poll(poll)


def _poll(poll: polling.Poll) -> None:
    try:
        with reading_answers():
            _look_around(poll)
    except HelpdeskError as error:
        with for_business(poll.connection.business):
            polling.note_failure(connection=poll.connection, error=error)
    except Exception:
        # Whatever it was, it must not keep the other connections from being looked at.
        log.exception("poll_failed", connection=poll.connection.pk)
        with for_business(poll.connection.business):
            trouble = CallFailed("Looking at the helpdesk went wrong on our side; it will be tried again.")
            polling.note_failure(connection=poll.connection, error=trouble)


def _look_around(poll: polling.Poll) -> None:
    business, helpdesk = poll.connection.business, Helpdesk(poll.account)
    done: set[str] = set()
    for tickets in helpdesk.done_tickets():
        done |= {str(ticket["id"]) for ticket in tickets}
        with for_business(business) as now:
            polling.keep_page(poll=poll, tickets=tickets, now=now)
    with for_business(business):
        lost = polling.no_longer_done(poll=poll, done_ids=done)
    looked_at = [_ticket_or_trace(helpdesk, ticket_id) for ticket_id in lost]
    with for_business(business) as now:
        polling.keep_reopened(poll=poll, tickets=looked_at, now=now)
        polling.finish_poll(poll=poll)


def _ticket_or_trace(helpdesk: Helpdesk, ticket_id: str) -> dict[str, Any]:
    """A deleted ticket leaves its id only; nobody is asked about it either."""
    try:
        return helpdesk.ticket(ticket_id)
    except TicketGone:
        return {"id": ticket_id}


@shared_task(name="integrations.write_back", ignore_result=True)
def write_back() -> None:
    """Brings answers to their tickets, one at a time."""
    with for_service("answers that no ticket knows of") as now:
        write_backs.plan_write_backs(now=now)
    for _ in range(RESULTS):
        with for_service("a result waits to be written") as now:
            writing = write_backs.claim_write_back(now=now)
        if writing is None:
            return
        _write(writing)


def _write(writing: write_backs.Writing) -> None:
    connection = writing.write_back.connection
    business, helpdesk = writing.write_back.business, Helpdesk(writing.account)
    try:
        with reading_answers():
            before = write_backs.look(helpdesk, writing)
        with for_business(business) as now:
            still_ours = write_backs.remember(writing=writing, before=before, now=now)
        if not still_ours:
            return
        note_id = write_backs.write(helpdesk, writing, before)
    except (TicketGone, CallRefused) as error:
        with for_business(business):
            write_backs.settle_refused(writing=writing, why=str(error))
    except write_backs.TicketBusy as error:
        with for_business(business) as now:
            write_backs.postpone(writing=writing, why=str(error), now=now)
    except HelpdeskError as error:
        with for_business(business) as now:
            write_backs.postpone(writing=writing, why=str(error), now=now)
            polling.note_failure(connection=connection, error=error)
    else:
        with for_business(business) as now:
            write_backs.settle_written(writing=writing, note_id=note_id, now=now)
            polling.note_success(connection=connection)
