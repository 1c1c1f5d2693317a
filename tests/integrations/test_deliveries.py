"""What becomes of deliveries after they were taken in."""

import random
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.enums import MailStatus
from businesses.models import Business, Customer
from integrations.enums import DeliveryStatus
from integrations.models import Connection, Delivery
from integrations.services import deliveries
from integrations.services.connections import pause
from integrations.services.deliveries import MOST_ATTEMPTS, claim_deliveries, give_up_or_retry
from integrations.tasks import process_deliveries
from invitations.enums import TicketState
from invitations.models import Invitation, Ticket
from lib.tenancy import for_business, for_service
from surveys.services import create_standard_surveys
from tests.factories import NOW
from tests.integrations.conftest import Post, solved

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asking(acme: Business) -> None:
    """Acme asks CSAT after tickets, as a new business does."""
    with for_business(acme):
        create_standard_surveys(business=acme, now=NOW)


def fates(business: Business) -> list[tuple[str, str]]:
    """Status and outcome of each delivery in its order of arrival."""
    with for_business(business):
        return list(Delivery.objects.order_by("id").values_list("status", "outcome"))


def test_a_solved_ticket_becomes_an_invitation(acme: Business, webhook: Connection, post: Post) -> None:
    post()
    process_deliveries()
    with for_business(acme):
        ticket = Ticket.objects.get()
        invitation = Invitation.objects.get()
        customer = Customer.objects.get()
    assert (ticket.source, ticket.external_id, ticket.state) == (webhook.public_id, "1001", TicketState.SOLVED)
    assert (customer.email, customer.name, customer.language) == ("dora@customer.example", "Dora Dahl", "sv")
    assert (invitation.ticket_id, invitation.customer_id, invitation.status) == (
        ticket.pk,
        customer.pk,
        MailStatus.SCHEDULED,
    )
    [(status, outcome)] = fates(acme)
    assert status == DeliveryStatus.PROCESSED
    assert outcome.startswith("Invitation scheduled for")


def test_reopening_takes_the_invitation_back(acme: Business, post: Post) -> None:
    post()
    post(solved() | {"type": "ticket.reopened"}, message_id="msg_2")
    process_deliveries()
    with for_business(acme):
        assert [invitation.status for invitation in Invitation.objects.all()] == [MailStatus.CANCELLED]
    assert [status for status, _ in fates(acme)] == [DeliveryStatus.PROCESSED] * 2


def test_an_address_that_is_none_is_said_to_be_none(acme: Business, post: Post) -> None:
    post(solved() | {"customer": {"email": "dora at home"}})
    process_deliveries()
    [(status, outcome)] = fates(acme)
    assert status == DeliveryStatus.FAILED
    assert outcome.startswith("“dora at home” is not an e-mail address")
    with for_business(acme):
        assert not Ticket.objects.exists()


def test_orders_and_events_of_ones_own_are_understood(acme: Business, post: Post) -> None:
    customer = {"email": "dora@customer.example"}
    post({"type": "order.fulfilled", "order": {"id": "A-77"}, "customer": customer})
    post({"type": "trial.ended", "id": "42", "customer": customer}, message_id="msg_2")
    process_deliveries()
    assert [status for status, _ in fates(acme)] == [DeliveryStatus.PROCESSED] * 2


def test_a_paused_connection_asks_nobody(acme: Business, webhook: Connection, post: Post) -> None:
    with for_business(acme):
        pause(connection=webhook, actor="Alice Ahlgren", now=NOW)
    post()
    process_deliveries()
    assert fates(acme) == [(DeliveryStatus.IGNORED, "Nobody was asked, because the connection is paused.")]
    with for_business(acme):
        assert not Invitation.objects.exists()


def test_a_delivery_that_kills_its_worker_is_given_up_and_delays_nobody(acme: Business, post: Post) -> None:
    post()
    for attempt in range(MOST_ATTEMPTS):
        with for_service("a test's clock") as now:
            # Claimed, and then the worker dies.
            assert len(claim_deliveries(now=now + timedelta(minutes=attempt), tried=attempt > 0)) == 1
    post(solved("1002"), message_id="msg_2")
    process_deliveries()
    assert [status for status, _ in fates(acme)] == [DeliveryStatus.RECEIVED, DeliveryStatus.PROCESSED]
    with for_business(acme):
        Delivery.objects.update(due_at=NOW)
    process_deliveries()
    assert fates(acme)[0] == (DeliveryStatus.FAILED, "Gave up: the last 5 attempts ended without a word.")


def test_an_unexpected_error_is_tried_again_and_then_shown(acme: Business, post: Post) -> None:
    post()
    for _ in range(MOST_ATTEMPTS):
        with for_business(acme):
            Delivery.objects.update(due_at=NOW)
        with for_service("a test's clock") as now:
            [claimed] = [*claim_deliveries(now=now, tried=False), *claim_deliveries(now=now, tried=True)]
            give_up_or_retry(delivery=claimed, fault="OperationalError", now=now)
    assert fates(acme) == [(DeliveryStatus.FAILED, "Gave up after 5 attempts: OperationalError")]


def test_deliveries_about_one_ticket_wait_for_each_other(acme: Business, post: Post) -> None:
    for number in range(3):
        post(message_id=f"msg_{number}")
    post(solved("1002"), message_id="msg_other")
    with for_service("a test's clock") as now:
        first = claim_deliveries(now=now, tried=False)
        assert [claimed.dedupe_key for claimed in first] == ["msg_0", "msg_other"]
        assert claim_deliveries(now=now, tried=False) == []


STORY = ("solved", "solved", "reopened", "closed", "updated", "solved")


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_twenty_copies_of_each_event_in_any_order_ask_once(acme: Business, post: Post, seed: int) -> None:
    """Each event has its own time; whatever the network does to their order, one invitation is left to send."""
    ticket = f"story-{seed}"
    copies: list[tuple[str, dict[str, Any]]] = [
        (
            f"{ticket}-{index}-{copy}",
            solved(ticket, occurred_at=(NOW + timedelta(minutes=index)).isoformat()) | {"type": f"ticket.{word}"},
        )
        for index, word in enumerate(STORY)
        for copy in range(20)
    ]
    random.Random(seed).shuffle(copies)
    for message_id, event in copies:
        assert post(event, message_id=message_id).status_code == 202
        if random.Random(message_id).random() < 0.1:
            process_deliveries()
    process_deliveries()
    with for_business(acme):
        kept = Ticket.objects.get(external_id=ticket)
        waiting = Invitation.objects.filter(ticket=kept, status=MailStatus.SCHEDULED)
        assert waiting.count() == 1
        assert not Delivery.objects.exclude(status=DeliveryStatus.PROCESSED).exists()


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_keep_the_order_of_every_ticket(
    acme: Business, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without times of their own, events count in their order of arrival, whoever treats them."""
    monkeypatch.setattr(deliveries, "BATCH", 3)
    words = ("solved", "reopened", "solved", "closed", "reopened", "solved")
    for index, word in enumerate(words):
        for number in range(5):
            event = solved(f"side-{number}") | {"type": f"ticket.{word}"}
            assert post(event, message_id=f"{number}-{index}").status_code == 202

    def work() -> None:
        try:
            process_deliveries()
        finally:
            database.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    process_deliveries()

    with for_business(acme):
        assert not Delivery.objects.exclude(status=DeliveryStatus.PROCESSED).exists()
        for ticket in Ticket.objects.all():
            states = list(Invitation.objects.filter(ticket=ticket).order_by("id").values_list("status", flat=True))
            assert (ticket.resolution, states) == (
                3,
                [MailStatus.CANCELLED, MailStatus.CANCELLED, MailStatus.SCHEDULED],
            )
        assert Ticket.objects.count() == 5
