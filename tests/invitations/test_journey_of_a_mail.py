"""From a solved ticket to a mail in the customer's inbox, by the task that Celery wakes."""

from datetime import datetime, timedelta

import pytest

from businesses.models import Business
from invitations.enums import TicketEventKind
from invitations.models import Invitation
from invitations.tasks import send_due_invitations
from invitations.tickets import TicketEvent, hear
from lib.tenancy import for_business
from surveys.services import create_standard_surveys
from tests.smtp import MailServer

pytestmark = pytest.mark.django_db(transaction=True)


def solved(at: datetime) -> TicketEvent:
    return TicketEvent(
        kind=TicketEventKind.SOLVED,
        source="helpdesk",
        external_id="4711",
        occurred_at=at,
        email="Dora@Customer.example",
        name="Dora Dahl",
        subject="The parcel & its lid",
        assignee="Bob Berg",
    )


def test_a_solved_ticket_becomes_a_mail_with_the_question(acme: Business, mail_server: MailServer) -> None:
    with for_business(acme) as now:
        create_standard_surveys(business=acme, now=now)
        outcome = hear(business=acme, event=solved(now - timedelta(minutes=20)), now=now)
        assert outcome.startswith("Invitation scheduled")
    send_due_invitations()
    send_due_invitations()
    (mail,) = mail_server.mails
    with for_business(acme):
        invitation = Invitation.objects.get()
    assert (invitation.status, invitation.attempts) == ("sent", 1)
    assert invitation.sent_at is not None
    assert mail["Message-ID"] == invitation.message_id
    assert mail["To"] == "Dora Dahl <dora@customer.example>"
    assert mail["Subject"] == "How did we do?"
    part = mail.get_body(("plain",))
    assert part is not None
    assert "It was about “The parcel & its lid”." in part.get_content()
