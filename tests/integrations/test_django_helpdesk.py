"""Acme's helpdesk is a real django-helpdesk, running beside these stories in its own process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from businesses.enums import MailStatus
from businesses.models import Business
from integrations.enums import ConnectionStatus, DeliveryStatus, WriteBackStatus
from integrations.helpdesks.django_helpdesk import Account, Helpdesk
from integrations.models import Connection, Delivery, WriteBack
from integrations.services import write_backs
from integrations.services.connections import create_django_helpdesk
from integrations.tasks import poll_helpdesks, process_deliveries, write_back
from integrations.views.pages import hook_address
from invitations.models import Invitation
from invitations.services import record_answer
from lib.secrets import open_sealed, seal
from lib.tenancy import for_business, for_service
from surveys.services import create_standard_surveys
from tests.integrations.helpdesk import CLOSED, OPEN, REOPENED, RESOLVED, RunningHelpdesk, running_helpdesk

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DORA = "dora@customer.example"


@pytest.fixture(scope="module")
def helpdesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHelpdesk]:
    """One installation for all stories of this file; each brings its own tickets."""
    with running_helpdesk(tmp_path_factory.mktemp("helpdesk")) as running:
        yield running


@pytest.fixture
def connection(acme: Business, helpdesk: RunningHelpdesk, live_server: LiveServer, settings: Settings) -> Connection:
    """Acme's connection, which the helpdesk tells about every follow-up."""
    settings.CANDOR_URL = live_server.url
    settings.ALLOW_PRIVATE_ADDRESSES = True
    with for_business(acme) as now:
        create_standard_surveys(business=acme, now=now)
        account = Account(address=helpdesk.address, user="candor", password="candor-password")
        made = create_django_helpdesk(business=acme, name="Helpdesk", account=account, actor="Alice", now=now)
    # The first look takes down what is resolved already, and asks nobody about it.
    poll_helpdesks()
    process_deliveries()
    helpdesk.push_to(hook_address(made, open_sealed(made.secret)))
    return made


def look_again(connection: Connection) -> None:
    """The next poll, without waiting for it."""
    with for_service("a test's clock") as now:
        Connection.objects.filter(pk=connection.pk).update(poll_due_at=now)
    poll_helpdesks()
    process_deliveries()


def invitations(business: Business) -> list[str]:
    """The states of all invitations, in their order."""
    with for_business(business):
        return list(Invitation.objects.order_by("id").values_list("status", flat=True))


def answer(business: Business, score: int, comment: str = "") -> None:
    """Dora answers the newest invitation."""
    with for_business(business) as now:
        newest = Invitation.objects.select_related("survey", "customer", "ticket", "response").latest("id")
        record_answer(invitation=newest, score=score, comment=comment, language="en", now=now)


def notes(helpdesk: RunningHelpdesk, ticket: str) -> list[str]:
    """The private follow-ups of a ticket."""
    return [each["comment"] for each in helpdesk.ticket(ticket)["followup_set"] if not each["public"]]


def only_write_back(business: Business) -> WriteBack:
    """The one result on its way."""
    with for_business(business):
        return WriteBack.objects.get()


def test_a_resolved_ticket_is_pushed_and_asks_once(
    acme: Business, helpdesk: RunningHelpdesk, connection: Connection
) -> None:
    ticket = helpdesk.open_ticket()
    helpdesk.follow_up(ticket, "On its way.")
    helpdesk.follow_up(ticket, "It has arrived.", RESOLVED)
    helpdesk.follow_up(ticket, "Closed by a timer.", CLOSED)
    process_deliveries()
    look_again(connection)

    assert invitations(acme) == [MailStatus.SCHEDULED]
    with for_business(acme):
        kept = list(Delivery.objects.filter(subject=f"ticket:{ticket}").order_by("id").values_list("status", flat=True))
        invited = Invitation.objects.select_related("ticket", "customer").get()
    assert kept == [
        DeliveryStatus.IGNORED,
        DeliveryStatus.PROCESSED,
        DeliveryStatus.PROCESSED,
    ]
    assert invited.customer.email == DORA
    assert invited.ticket is not None
    assert (invited.ticket.external_id, invited.ticket.subject) == (ticket, "The parcel is late")
    assert invited.ticket.first_reply_at is not None


def test_a_ticket_closed_without_a_word_is_found_by_looking(
    acme: Business, helpdesk: RunningHelpdesk, connection: Connection
) -> None:
    ticket = helpdesk.open_ticket()
    helpdesk.set_silently(ticket, status=CLOSED)
    process_deliveries()
    assert invitations(acme) == []

    look_again(connection)
    assert invitations(acme) == [MailStatus.SCHEDULED]
    look_again(connection)
    assert invitations(acme) == [MailStatus.SCHEDULED]

    helpdesk.set_silently(ticket, status=REOPENED)
    look_again(connection)
    assert invitations(acme) == [MailStatus.CANCELLED]

    helpdesk.set_silently(ticket, status=RESOLVED)
    look_again(connection)
    assert invitations(acme) == [MailStatus.CANCELLED, MailStatus.SCHEDULED]


def test_a_push_that_got_lost_is_found_by_looking(
    acme: Business, helpdesk: RunningHelpdesk, connection: Connection
) -> None:
    ticket = helpdesk.open_ticket()
    helpdesk.push_to()
    helpdesk.follow_up(ticket, "It has arrived.", RESOLVED)
    helpdesk.follow_up(ticket, "Not quite.", REOPENED)
    helpdesk.follow_up(ticket, "Now it has.", RESOLVED)
    look_again(connection)
    assert invitations(acme) == [MailStatus.CANCELLED, MailStatus.SCHEDULED]


def test_what_was_resolved_before_the_connection_asks_nobody(
    acme: Business, helpdesk: RunningHelpdesk, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = True
    helpdesk.push_to()
    helpdesk.follow_up(helpdesk.open_ticket(), "Done.", RESOLVED)
    helpdesk.set_silently(helpdesk.open_ticket(), status=CLOSED)
    with for_business(acme) as now:
        create_standard_surveys(business=acme, now=now)
        account = Account(address=helpdesk.address, user="candor", password="candor-password")
        made = create_django_helpdesk(business=acme, name="Helpdesk", account=account, actor="Alice", now=now)
    poll_helpdesks()
    process_deliveries()
    look_again(made)
    assert invitations(acme) == []


def test_the_answer_is_written_to_the_ticket_and_nothing_else_changes(
    acme: Business, helpdesk: RunningHelpdesk, connection: Connection
) -> None:
    ticket = helpdesk.open_ticket()
    helpdesk.follow_up(ticket, "It has arrived.", RESOLVED)
    process_deliveries()
    answer(acme, 4, "Quick {{ ticket.submitter_email }} {% endverbatim %} {# and kind #}")
    mails = helpdesk.mails_to(DORA)

    write_back()

    after = helpdesk.ticket(ticket)
    [note] = notes(helpdesk, ticket)
    assert "4 of 5" in note
    assert "Quick { { ticket.submitter_email }} { % endverbatim % } { # and kind #}" in note
    assert after["resolution"] == "It has arrived."
    assert after["title"] == "The parcel is late"
    assert (after["status"], after["custom_candor_score"]) == (RESOLVED, 4)
    assert helpdesk.mails_to(DORA) == mails
    written = only_write_back(acme)
    assert (written.status, written.written_revision, written.last_error) == (WriteBackStatus.WRITTEN, 1, "")


def test_our_own_note_comes_back_and_asks_nobody(
    acme: Business, helpdesk: RunningHelpdesk, connection: Connection
) -> None:
    ticket = helpdesk.open_ticket()
    helpdesk.follow_up(ticket, "It has arrived.", RESOLVED)
    process_deliveries()
    answer(acme, 4)
    write_back()
    process_deliveries()
    look_again(connection)
    write_back()
    with for_business(acme):
        about_it = Delivery.objects.filter(subject=f"ticket:{ticket}").order_by("id")
        fates = list(about_it.values_list("status", flat=True))
    assert fates == [DeliveryStatus.PROCESSED, DeliveryStatus.IGNORED]
    assert len(invitations(acme)) == 1
    assert len(notes(helpdesk, ticket)) == 1


def test_a_changed_answer_replaces_our_own_note(
    acme: Business, helpdesk: RunningHelpdesk, connection: Connection
) -> None:
    ticket = helpdesk.open_ticket()
    helpdesk.follow_up(ticket, "It has arrived.", RESOLVED)
    process_deliveries()
    answer(acme, 2, "Late")
    write_back()
    helpdesk.follow_up(ticket, "Agnes's own note", public=False)
    resolution = helpdesk.ticket(ticket)["resolution"]
    answer(acme, 5, "All is well")
    write_back()
    own, agnes = notes(helpdesk, ticket)
    assert "5 of 5" in own
    assert "“All is well”" in own
    assert "Late" not in own
    assert agnes == "Agnes's own note"
    after = helpdesk.ticket(ticket)
    assert (after["custom_candor_score"], after["resolution"]) == (5, resolution)
    assert only_write_back(acme).written_revision == 2


def test_a_worker_that_died_after_the_note_writes_no_second_one_and_mends_the_resolution(
    acme: Business, helpdesk: RunningHelpdesk, connection: Connection
) -> None:
    ticket = helpdesk.open_ticket()
    helpdesk.follow_up(ticket, "It has arrived.", RESOLVED)
    process_deliveries()
    answer(acme, 3)
    with for_service("a test's worker") as now:
        write_backs.plan_write_backs(now=now)
        writing = write_backs.claim_write_back(now=now)
    assert writing is not None
    there = Helpdesk(writing.account)
    before = write_backs.look(there, writing)
    with for_business(acme) as now:
        assert write_backs.remember(writing=writing, before=before, now=now)
    there.add_note(ticket, writing.text)
    assert helpdesk.ticket(ticket)["resolution"] == writing.text
    # Here it dies. Its lease runs out, and another one takes over.
    with for_business(acme):
        WriteBack.objects.update(lease_until=F("lease_until") - timedelta(minutes=3))

    write_back()

    after = helpdesk.ticket(ticket)
    assert len(notes(helpdesk, ticket)) == 1
    assert (after["resolution"], after["custom_candor_score"]) == ("It has arrived.", 3)
    assert only_write_back(acme).status == WriteBackStatus.WRITTEN
    # The dead one wakes up after all, and changes nothing.
    with for_business(acme) as now:
        write_backs.settle_refused(writing=writing, why="late")
    assert only_write_back(acme).status == WriteBackStatus.WRITTEN


def test_a_deleted_ticket_refuses_and_the_page_says_so(
    acme: Business, helpdesk: RunningHelpdesk, connection: Connection, as_alice: Client
) -> None:
    ticket = helpdesk.open_ticket()
    helpdesk.follow_up(ticket, "It has arrived.", RESOLVED)
    process_deliveries()
    answer(acme, 4)
    helpdesk.delete(ticket)
    write_back()
    assert only_write_back(acme).status == WriteBackStatus.REFUSED
    shown = as_alice.get(f"/app/acme/connections/{connection.public_id}/").content.decode()
    assert "The helpdesk refuses it" in shown
    assert "The helpdesk knows no such ticket" in shown
    as_alice.post(f"/app/acme/connections/{connection.public_id}/again/")
    assert only_write_back(acme).status == WriteBackStatus.PENDING


def test_a_refused_password_breaks_the_connection_until_it_is_mended(
    acme: Business, helpdesk: RunningHelpdesk, connection: Connection, as_alice: Client
) -> None:
    right = bytes(connection.credentials)
    wrong = Account(address=helpdesk.address, user="candor", password="wrong").sealed_form()
    ticket = helpdesk.open_ticket()
    helpdesk.follow_up(ticket, "It has arrived.", RESOLVED)
    process_deliveries()
    answer(acme, 4)
    with for_business(acme):
        Connection.objects.update(credentials=seal(wrong))
    write_back()
    shown = as_alice.get(f"/app/acme/connections/{connection.public_id}/").content.decode()
    assert "The helpdesk turns our calls away" in shown
    assert "The helpdesk refuses our name and password" in shown
    assert only_write_back(acme).status == WriteBackStatus.PENDING

    with for_business(acme):
        Connection.objects.update(credentials=right)
        WriteBack.objects.update(due_at=datetime(2026, 1, 1, tzinfo=UTC))
    look_again(connection)
    write_back()
    with for_business(acme):
        connection.refresh_from_db()
    assert (connection.status, connection.last_error) == (ConnectionStatus.ACTIVE, "")
    assert len(notes(helpdesk, ticket)) == 1


def test_only_who_knows_the_address_is_heard(acme: Business, connection: Connection) -> None:
    body: dict[str, Any] = {"ticket": {"id": 1, "status": OPEN, "followup_set": []}, "followup_id": 1}
    hook = f"/hooks/{connection.public_id}/"
    for path in (hook, f"{hook}wrong/"):
        answered = Client().post(path, data=body, content_type="application/json")
        assert (answered.status_code, answered.json()["error"]) == (401, "wrong_signature")
    right = f"{hook}{open_sealed(connection.secret)}/"
    assert Client().post(right, data={}, content_type="application/json").status_code == 422
    assert Client().post(right, data=body, content_type="application/json").status_code == 202
