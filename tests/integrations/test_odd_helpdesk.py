"""What a real django-helpdesk seldom does: pages that shift, fields it will not take, answers that nobody can read."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from pytest_django import Settings

from businesses.enums import MailStatus
from businesses.models import Business
from integrations.enums import WriteBackStatus
from integrations.helpdesks.django_helpdesk import Account
from integrations.models import Connection, Delivery, WriteBack
from integrations.services.connections import create_django_helpdesk
from integrations.tasks import poll_helpdesks, process_deliveries, write_back
from invitations.models import Invitation
from invitations.services import record_answer
from lib.tenancy import for_business, for_service
from surveys.services import create_standard_surveys
from tests.integrations.helpdesk import REOPENED, RESOLVED

pytestmark = pytest.mark.django_db


class OddHelpdesk(ThreadingHTTPServer):
    """Its tickets, those that its pages forget, and the fields that it refuses."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.tickets: dict[str, dict[str, Any]] = {}
        self.left_out: set[str] = set()
        self.refused_fields: set[str] = set()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/"


class Answers(BaseHTTPRequestHandler):
    """The few calls that Candor makes; as over there, a note on a resolved ticket becomes its resolution."""

    server: OddHelpdesk

    def do_GET(self) -> None:
        ticket = self.path.partition("?")[0].removeprefix("/api/tickets/").strip("/")
        shown = [each for id_, each in self.server.tickets.items() if id_ not in self.server.left_out]
        self.say(self.server.tickets[ticket] if ticket else {"results": shown, "next": None})

    def do_POST(self) -> None:
        note = self.given()
        ticket = self.server.tickets[str(note["ticket"])]
        ticket["followup_set"].append({"id": 900, "public": False, "new_status": None, "comment": note["comment"]})
        ticket["resolution"] = note["comment"]
        self.say({"id": 900}, status=201)

    def do_PATCH(self) -> None:
        fields = self.given()
        if self.server.refused_fields & fields.keys():
            self.say({"detail": "no such choice"}, status=400)
            return
        self.server.tickets[self.path.strip("/").rpartition("/")[2]].update(fields)
        self.say({})

    def given(self) -> dict[str, Any]:
        """The body of the call."""
        found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def say(self, body: Any, status: int = 200) -> None:
        """Answers with JSON."""
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: object) -> None:
        """Keeps quiet."""


@pytest.fixture
def helpdesk(settings: Settings) -> Iterator[OddHelpdesk]:
    """An odd helpdesk that runs until the end of the story."""
    settings.ALLOW_PRIVATE_ADDRESSES = True
    with OddHelpdesk() as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def connect(business: Business, helpdesk: OddHelpdesk) -> Connection:
    """A connection that was looked at once, when nothing was resolved."""
    with for_business(business) as now:
        create_standard_surveys(business=business, now=now)
        account = Account(address=helpdesk.address, user="candor", password="candor-password")
        return create_django_helpdesk(business=business, name="Helpdesk", account=account, actor="Alice", now=now)


def look_again() -> None:
    """The next poll of everybody's helpdesk, and what follows from it."""
    with for_service("a test's clock") as now:
        Connection.objects.update(poll_due_at=now)
    poll_helpdesks()
    process_deliveries()


def solved(number: int, **more: Any) -> dict[str, Any]:
    """A ticket that was resolved without a word."""
    ticket = {"id": number, "title": "The parcel is late", "submitter_email": "dora@customer.example"}
    return ticket | {"status": RESOLVED, "followup_set": [], "resolution": "It has arrived."} | more


def invitations(business: Business) -> list[str]:
    """The states of all invitations, in their order."""
    with for_business(business):
        return list(Invitation.objects.order_by("id").values_list("status", flat=True))


@pytest.fixture
def invited(acme: Business, helpdesk: OddHelpdesk) -> Connection:
    """Acme's connection, after ticket 7 was resolved and Dora's invitation scheduled."""
    made = connect(acme, helpdesk)
    poll_helpdesks()
    helpdesk.tickets["7"] = solved(7)
    look_again()
    assert invitations(acme) == [MailStatus.SCHEDULED]
    return made


def test_a_ticket_that_slipped_from_the_pages_and_is_still_resolved_stays_so(
    acme: Business, helpdesk: OddHelpdesk, invited: Connection
) -> None:
    helpdesk.left_out = {"7"}
    look_again()
    assert invitations(acme) == [MailStatus.SCHEDULED]
    helpdesk.tickets["7"]["status"] = REOPENED
    look_again()
    assert invitations(acme) == [MailStatus.CANCELLED]


def test_a_refused_score_leaves_the_resolution_as_it_was(
    acme: Business, helpdesk: OddHelpdesk, invited: Connection
) -> None:
    helpdesk.tickets["7"]["custom_candor_score"] = None
    helpdesk.refused_fields = {"custom_candor_score"}
    with for_business(acme) as now:
        invitation = Invitation.objects.select_related("survey", "customer", "ticket", "response").get()
        record_answer(invitation=invitation, score=4, comment="Quick", language="en", now=now)
    write_back()
    assert helpdesk.tickets["7"]["resolution"] == "It has arrived."
    assert [each["id"] for each in helpdesk.tickets["7"]["followup_set"]] == [900]
    with for_business(acme):
        assert WriteBack.objects.get().status == WriteBackStatus.REFUSED


@pytest.mark.parametrize(
    "odd",
    [
        {"title": "without an id"},
        solved(8, followup_set=[{"id": 1, "date": "2026-11-02T09:00:00", "new_status": RESOLVED}]),
        solved(8, followup_set=[{"id": 1, "date": "yesterday", "new_status": RESOLVED}]),
        solved(8, followup_set=["a word"]),
        "a ticket",
    ],
    ids=["no id", "naive time", "no time", "no follow-up", "no ticket"],
)
def test_an_answer_that_cannot_be_read_is_told_to_its_owner_and_holds_up_nobody_else(
    acme: Business, globex: Business, helpdesk: OddHelpdesk, invited: Connection, odd: Any
) -> None:
    with OddHelpdesk() as other:
        thread = Thread(target=other.serve_forever, daemon=True)
        thread.start()
        theirs = connect(globex, other)
        other.tickets["9"] = solved(9)
        helpdesk.tickets["8"] = odd
        look_again()
        other.shutdown()
        thread.join()
    with for_business(acme):
        invited.refresh_from_db()
        assert invited.failures == 1
        assert invited.last_error.startswith("The helpdesk's answer cannot be read")
        assert not Delivery.objects.filter(subject="ticket:8").exists()
    with for_business(globex):
        theirs.refresh_from_db()
        assert (theirs.failures, theirs.poll_after is None) == (0, False)
