"""What a helpdesk says, in any order and any number of times, and the one question for each resolution."""

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.enums import MailStatus
from businesses.models import Business, Customer
from businesses.services import UnusableAddress
from invitations.enums import TicketEventKind, TicketState
from invitations.models import Invitation, Ticket
from invitations.tickets import TicketEvent, hear
from lib.ids import new_public_id
from lib.tenancy import for_business
from surveys.enums import SurveyStatus
from surveys.models import Survey
from surveys.services import create_standard_surveys
from tests.factories import NOW

pytestmark = pytest.mark.django_db

SOLVED, REOPENED, CLOSED = TicketEventKind.SOLVED, TicketEventKind.REOPENED, TicketEventKind.CLOSED


@pytest.fixture(autouse=True)
def surveys(acme: Business) -> list[Survey]:
    with for_business(acme):
        return create_standard_surveys(business=acme, now=NOW)


def event(kind: TicketEventKind, minutes: int, external_id: str = "4711", **more: object) -> TicketEvent:
    """Something that happened so many minutes after NOW."""
    fields: dict[str, object] = {"email": "dora@customer.example", "name": "Dora Dahl"} | more
    return TicketEvent(
        kind=kind,
        source="helpdesk",
        external_id=external_id,
        occurred_at=NOW + timedelta(minutes=minutes),
        **fields,  # type: ignore[arg-type]
    )


def tell(business: Business, *events: TicketEvent, now: datetime = NOW) -> list[str]:
    with for_business(business):
        return [hear(business=business, event=each, now=now) for each in events]


def statuses(business: Business, external_id: str = "4711") -> list[str]:
    """The statuses of a ticket's invitations by resolution."""
    with for_business(business):
        rows = Invitation.objects.filter(ticket__external_id=external_id).order_by("resolution")
        return list(rows.values_list("status", flat=True))


def test_a_solved_ticket_is_asked_about_after_the_surveys_delay(acme: Business, surveys: list[Survey]) -> None:
    (outcome,) = tell(acme, event(SOLVED, 0, subject="Parcel", assignee="Bob", tags=("vip",), language="sv-SE"))
    with for_business(acme):
        invitation = Invitation.objects.select_related("ticket", "customer").get()
    assert outcome == "Invitation scheduled for 2026-11-02 09:15 UTC"
    assert invitation.due_at == NOW + timedelta(minutes=15)
    assert (invitation.survey_id, invitation.language, invitation.customer.email) == (
        surveys[0].pk,
        "sv",
        "dora@customer.example",
    )
    ticket = invitation.ticket
    assert ticket is not None
    assert (ticket.subject, ticket.assignee, ticket.tags, ticket.resolution) == ("Parcel", "Bob", ["vip"], 1)


def test_an_event_that_comes_late_is_asked_about_at_once(acme: Business) -> None:
    tell(acme, event(SOLVED, 0), now=NOW + timedelta(days=5))
    with for_business(acme):
        assert Invitation.objects.get().due_at == NOW + timedelta(days=5)


def test_repeated_and_echoed_events_ask_once(acme: Business) -> None:
    outcomes = tell(acme, event(SOLVED, 0), event(SOLVED, 0), event(SOLVED, 3))
    assert outcomes[1:] == ["Already invited for this resolution"] * 2
    assert statuses(acme) == [MailStatus.SCHEDULED]


def test_closed_days_later_by_a_timer_asks_nothing(acme: Business) -> None:
    tell(acme, event(SOLVED, 0), event(CLOSED, 60 * 24 * 5), event(SOLVED, 60 * 24 * 6))
    assert statuses(acme) == [MailStatus.SCHEDULED]


def test_closed_where_no_solved_is_known_counts_as_solved(acme: Business) -> None:
    tell(acme, event(CLOSED, 0, closed_means_solved=True), event(CLOSED, 9, closed_means_solved=True))
    assert statuses(acme) == [MailStatus.SCHEDULED]


def test_closed_without_ever_being_solved_asks_nothing(acme: Business) -> None:
    tell(acme, event(CLOSED, 0))
    assert statuses(acme) == []
    tell(acme, event(SOLVED, 5))
    assert statuses(acme) == [MailStatus.SCHEDULED]


@pytest.mark.parametrize("status", [MailStatus.SCHEDULED, MailStatus.CLAIMED])
def test_a_reopened_ticket_takes_back_what_is_not_handed_over(acme: Business, status: MailStatus) -> None:
    tell(acme, event(SOLVED, 0))
    with for_business(acme):
        Invitation.objects.update(status=status)
    assert tell(acme, event(REOPENED, 5)) == ["Ticket reopened: the invitation was cancelled"]
    with for_business(acme):
        invitation = Invitation.objects.get()
    assert (invitation.status, invitation.reason) == (MailStatus.CANCELLED, "reopened")


@pytest.mark.parametrize("status", [MailStatus.HANDED_OVER, MailStatus.SENT, MailStatus.UNCERTAIN])
def test_what_is_handed_over_stays_what_it_is(acme: Business, status: MailStatus) -> None:
    tell(acme, event(SOLVED, 0))
    with for_business(acme):
        Invitation.objects.update(status=status)
    assert tell(acme, event(REOPENED, 5)) == ["Ticket reopened"]
    assert statuses(acme) == [status]


def test_solved_again_after_being_reopened_is_a_new_question(acme: Business) -> None:
    tell(acme, event(SOLVED, 0), event(REOPENED, 5), event(SOLVED, 10))
    assert statuses(acme) == [MailStatus.CANCELLED, MailStatus.SCHEDULED]


def test_what_is_older_than_the_last_event_changes_nothing(acme: Business) -> None:
    tell(acme, event(SOLVED, 10))
    assert (
        tell(acme, event(REOPENED, 5), event(SOLVED, 4))
        == ["Older than what is known of this ticket: nothing to do"] * 2
    )
    assert statuses(acme) == [MailStatus.SCHEDULED]


def test_of_two_events_of_one_moment_the_later_arrival_counts(acme: Business) -> None:
    tell(acme, event(SOLVED, 0), event(REOPENED, 0))
    assert statuses(acme) == [MailStatus.CANCELLED]


def test_an_update_tells_more_and_asks_nothing(acme: Business) -> None:
    tell(acme, event(SOLVED, 0), event(TicketEventKind.UPDATED, 5, assignee="Bob", email=""))
    with for_business(acme):
        ticket = Ticket.objects.get()
    assert (ticket.assignee, ticket.state, ticket.customer_id is None) == ("Bob", TicketState.SOLVED, False)
    assert statuses(acme) == [MailStatus.SCHEDULED]


def test_the_first_active_survey_in_order_is_asked(acme: Business, surveys: list[Survey]) -> None:
    with for_business(acme):
        Survey.objects.filter(pk=surveys[0].pk).update(status=SurveyStatus.PAUSED)
        Survey.objects.filter(pk=surveys[2].pk).update(status=SurveyStatus.ACTIVE)
    tell(acme, event(SOLVED, 0))
    with for_business(acme):
        assert Invitation.objects.get().survey_id == surveys[2].pk


def test_without_an_active_survey_nobody_is_asked(acme: Business) -> None:
    with for_business(acme):
        Survey.objects.update(status=SurveyStatus.PAUSED)
    assert tell(acme, event(SOLVED, 0)) == ["Nobody is asked: no active survey has this trigger"]


def test_an_address_that_is_none_is_refused_and_leaves_nothing(acme: Business) -> None:
    with pytest.raises(UnusableAddress), for_business(acme):
        hear(business=acme, event=event(SOLVED, 0, email="nobody"), now=NOW)
    with for_business(acme):
        assert (Ticket.objects.count(), Customer.objects.count()) == (0, 0)


def test_a_ticket_without_a_customer_asks_nobody(acme: Business) -> None:
    assert tell(acme, event(SOLVED, 0, email="")) == [
        "Nobody can be asked: the ticket has no customer with an e-mail address"
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.randoms(use_true_random=False), rounds=st.integers(min_value=1, max_value=3))
def test_twenty_copies_of_each_event_in_any_order_ask_once_a_resolution(
    acme: Business, order: random.Random, rounds: int
) -> None:
    """Solved, reopened, solved again and so on: whatever arrives when, one invitation lives, one a resolution."""
    ticket_id = new_public_id()
    story = []
    for number in range(rounds):
        story += [event(SOLVED, 20 * number, ticket_id), event(REOPENED, 20 * number + 10, ticket_id)]
    story.append(event(SOLVED, 20 * rounds, ticket_id))
    told = story * 20
    order.shuffle(told)
    tell(acme, *told)
    with for_business(acme):
        ticket = Ticket.objects.get(external_id=ticket_id)
        resolutions = (
            Invitation.objects.filter(ticket=ticket).order_by("resolution").values_list("resolution", flat=True)
        )
        assert list(resolutions) == list(range(1, ticket.resolution + 1))
    assert statuses(acme, ticket_id) == [*[MailStatus.CANCELLED] * (ticket.resolution - 1), MailStatus.SCHEDULED]
    assert 1 <= ticket.resolution <= rounds + 1
