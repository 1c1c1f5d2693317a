"""The home page: new, calm, and with something to do; by few queries, whatever there is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from businesses.enums import MailStatus, NoticeKind
from businesses.models import Business, Customer, Notice
from dashboard.enums import Step
from dashboard.services import take_step
from integrations.enums import ConnectionStatus
from integrations.services.connections import create_generic
from invitations.enums import TicketEventKind
from invitations.models import Invitation, Reminder
from invitations.services import record_answer
from invitations.tickets import TicketEvent, hear
from lib.tenancy import for_business
from reviews.enums import Source
from reviews.services import ReviewContents, submit_review
from surveys.services import create_standard_surveys
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def _solved(business: Business, number: int, email: str) -> Invitation:
    event = TicketEvent(
        kind=TicketEventKind.SOLVED,
        source="helpdesk",
        external_id=str(number),
        occurred_at=NOW,
        email=email,
        subject=f"Question {number}",
    )
    hear(business=business, event=event, now=NOW)
    invitation = Invitation.objects.get(event_key=f"ticket/helpdesk/{number}/1")
    invitation.status, invitation.sent_at, invitation.handed_over_at = MailStatus.SENT, NOW, NOW
    invitation.save()
    return invitation


def _fill(business: Business, first: int, count: int) -> None:
    with for_business(business):
        if first == 1:
            create_standard_surveys(business=business, now=NOW)
        for number in range(first, first + count):
            invitation = _solved(business, number, f"customer{number}@mail.example")
            record_answer(invitation=invitation, score=2, comment=f"Slow {number}", language="en", now=NOW)
            contents = ReviewContents(
                stars=1, title=f"Slow {number}", body="Too slow.", display_name="D.", experienced_on=None, language="en"
            )
            submit_review(
                business=business,
                customer=invitation.customer,
                contents=contents,
                source=Source.TICKET,
                now=NOW,
                invitation=invitation,
            )


def test_a_new_business_begins_with_five_steps(as_alice: Client, acme: Business) -> None:
    page = as_alice.get("/app/acme/").content.decode()
    assert "Nobody has been asked yet" in page
    assert page.count('class="step-sign"') == 5
    # Bob is on the team, so that step has ticked itself.
    assert page.count('class="step-done"') == 1


def test_a_step_ticks_itself_when_it_is_done(as_alice: Client, acme: Business) -> None:
    assert as_alice.post("/app/acme/first-steps/connect/")["Location"] == "/app/acme/connections/"
    with for_business(acme) as now:
        create_generic(business=acme, name="Shop", actor="Alice", now=now)
        take_step(business=acme, step=Step.WIDGET, now=now)
    page = as_alice.get("/app/acme/").content.decode()
    assert page.count('class="step-done"') == 3


def test_what_needs_somebody_stands_first(as_bob: Client, acme: Business) -> None:
    _fill(acme, 1, 4)
    with for_business(acme):
        _solved(acme, 9, "erik@mail.example")
        Invitation.objects.filter(event_key="ticket/helpdesk/9/1").update(status=MailStatus.UNCERTAIN, sent_at=None)
    page = as_bob.get("/app/acme/").content.decode()
    assert page.index("What needs you") < page.index("How you stand") < page.index("What customers say")
    assert "1 more low reviews without a reply" not in page
    assert "One more low review without a reply" in page
    assert "1 mail in doubt" in page
    assert "Slow 4" in page


def test_doubts_about_mails_of_every_kind_are_counted(as_bob: Client, acme: Business) -> None:
    _fill(acme, 1, 1)
    with for_business(acme):
        invitation = _solved(acme, 9, "erik@mail.example")
        Reminder.objects.create(
            business=acme,
            invitation=invitation,
            status=MailStatus.UNCERTAIN,
            due_at=NOW,
            created_at=NOW,
            message_id="<rem-1@mail.example>",
        )
        for number, status in enumerate([MailStatus.UNCERTAIN, MailStatus.QUARANTINED, MailStatus.SENT]):
            Notice.objects.create(
                business=acme,
                key=str(number),
                kind=NoticeKind.REVIEW_REPLIED,
                to="erik@mail.example",
                status=status,
                due_at=NOW,
                created_at=NOW,
                message_id=f"<note-{number}@mail.example>",
            )
    page = as_bob.get("/app/acme/").content.decode()
    assert "2 mails in doubt" in page
    assert "1 mail put aside" in page


def test_the_page_costs_the_same_with_one_and_with_many(as_alice: Client, acme: Business) -> None:
    counts = []
    for first, many in ((1, 3), (4, 6)):
        _fill(acme, first, many)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert as_alice.get("/app/acme/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 27


def test_customers_are_found_and_paged(as_bob: Client, acme: Business) -> None:
    with for_business(acme):
        for number in range(60):
            customer = Customer(
                business=acme,
                email=f"c{number}@mail.example",
                unsubscribe_hash=str(number),
                created_at=NOW + timedelta(minutes=number),
            )
            customer.save()
    first = as_bob.get("/app/acme/customers/").content.decode()
    assert "c59@mail.example" in first
    assert "c9@mail.example" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "c9@mail.example" in as_bob.get(f"/app/acme/customers/{following}").content.decode()
    found = as_bob.get("/app/acme/customers/?q=C5@").content.decode()
    assert "c5@mail.example" in found
    assert "c55@mail.example" not in found


def test_a_life_shows_everything_between_the_business_and_one_person(as_bob: Client, acme: Business) -> None:
    _fill(acme, 1, 1)
    with for_business(acme):
        customer = Customer.objects.get(email="customer1@mail.example")
        invitation = Invitation.objects.get(customer=customer)
        record_answer(invitation=invitation, score=3, comment="Better", language="en", now=NOW + timedelta(hours=1))
    with CaptureQueriesContext(connection) as queries:
        page = as_bob.get(f"/app/acme/customers/{customer.public_id}/").content.decode()
    assert "CSAT 3 of 5, so-so" in page
    assert "Slow 1" in page
    assert "Wrote a review" in page
    assert "Question 1" in page
    assert len(queries) <= 17


def test_an_agent_is_not_sent_where_only_owners_may_go(as_bob: Client, acme: Business) -> None:
    page = as_bob.get("/app/acme/").content.decode()
    assert "An owner of the business connects the helpdesk first" in page
    assert "first-steps" not in page
    assert as_bob.post("/app/acme/first-steps/widget/").status_code == 403
    _fill(acme, 1, 1)
    with for_business(acme) as now:
        broken = create_generic(business=acme, name="Shop", actor="Alice", now=now)
        broken.status = ConnectionStatus.BROKEN
        broken.save()
    page = as_bob.get("/app/acme/").content.decode()
    assert "Shop needs attention" in page
    assert "/connections/" not in page
