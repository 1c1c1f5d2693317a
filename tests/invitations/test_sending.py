"""Who gets the mail when it is due, seen at a real mail server: the eligibility at the claim, reminders, answers."""

from datetime import datetime, timedelta

import pytest

from businesses.delivery import steps
from businesses.delivery.sweep import send_due
from businesses.enums import MailStatus
from businesses.models import Business, Customer, User
from invitations.enums import SuppressionReason, SuppressionScope, TicketEventKind
from invitations.models import Invitation, Reminder, Suppression
from invitations.sending import INVITATIONS
from invitations.services import Occasion, invite_by_hand, plan, record_answer, unsubscribe
from invitations.tasks import schedule_recurring, send_due_invitations, send_due_reminders
from invitations.tickets import TicketEvent, hear
from lib.tenancy import for_business, for_service
from surveys.enums import SurveyStatus, Trigger
from surveys.models import Survey
from surveys.services import create_standard_surveys
from tests.factories import make_customer
from tests.smtp import DROP, MailServer, Manners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def surveys(acme: Business) -> list[Survey]:
    with for_business(acme) as now:
        return create_standard_surveys(business=acme, now=now)


def clock(business: Business) -> datetime:
    with for_business(business) as now:
        return now


def invite(customer: Customer, survey: Survey, key: str, due_before: timedelta = timedelta(minutes=1)) -> None:
    """An invitation that has been due for a while."""
    with for_business(survey.business) as now:
        occasion = Occasion(trigger=Trigger.TICKET, key=key, occurred_at=now)
        plan(occasion=occasion, survey=survey, customer=customer, language="", due_at=now - due_before, now=now)


def became(business: Business) -> list[tuple[str, str]]:
    """Status and reason of all invitations by key."""
    with for_business(business):
        return list(Invitation.objects.order_by("event_key").values_list("status", "reason"))


def test_of_two_questions_to_one_customer_the_second_is_not_asked(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    invite(dora, surveys[0], "first", timedelta(minutes=2))
    invite(dora, surveys[1], "second")
    send_due_invitations()
    assert became(acme) == [("sent", ""), ("scheduled", "")]
    with for_business(acme) as now:
        Invitation.objects.filter(status="scheduled").update(due_at=now)
    send_due_invitations()
    assert became(acme) == [("sent", ""), ("skipped", "asked_recently")]
    assert len(mail_server.accepted) == 1


def test_two_workers_do_not_ask_one_customer_two_things_at_once(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    invite(dora, surveys[0], "first", timedelta(minutes=2))
    with for_service("another worker") as now:
        steps.claim(INVITATIONS, limit=1, suspects=False, now=now)
    invite(dora, surveys[1], "second")
    send_due_invitations()
    assert became(acme) == [("claimed", ""), ("scheduled", "")]


def test_a_survey_may_ignore_the_limit_and_a_business_may_have_none(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    with for_business(acme):
        Survey.objects.filter(pk=surveys[1].pk).update(ignores_asking_limit=True)
    invite(dora, surveys[0], "first", timedelta(minutes=2))
    invite(dora, surveys[1], "second")
    send_due_invitations()
    assert became(acme) == [("sent", "")] * 2
    with for_business(acme):
        Business.objects.filter(pk=acme.pk).update(ask_again_after_days=0)
    invite(dora, surveys[0], "third")
    send_due_invitations()
    assert became(acme)[2] == ("sent", "")


def test_a_mail_in_doubt_counts_as_asked(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    mail_server.treats(Manners(content=DROP))
    invite(dora, surveys[0], "first")
    send_due_invitations()
    invite(dora, surveys[1], "second")
    send_due_invitations()
    assert became(acme) == [("uncertain", ""), ("skipped", "asked_recently")]


def test_members_the_unwilling_and_paused_surveys_are_left_out_with_a_reason(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    erik = make_customer(acme, "erik@customer.example", "Erik")
    bob = make_customer(acme, "bob@acme.example", "Bob")
    with for_business(acme) as now:
        unsubscribe(customer=Customer.objects.get(pk=dora.pk), scope=SuppressionScope.SURVEYS, now=now)
        Suppression.objects.create(
            business=acme,
            address="erik@customer.example",
            scope=SuppressionScope.REVIEWS,
            reason=SuppressionReason.UNSUBSCRIBED,
            at=now,
        )
        Survey.objects.filter(pk=surveys[2].pk).update(status=SurveyStatus.PAUSED)
    invite(bob, surveys[0], "bob")
    invite(dora, surveys[0], "dora")
    invite(erik, surveys[0], "erik")
    invite(make_customer(acme, "frida@customer.example"), surveys[2], "frida")
    send_due_invitations()
    assert became(acme) == [
        ("skipped", "is_member"),
        ("skipped", "suppressed"),
        ("sent", ""),
        ("skipped", "survey_paused"),
    ]


def test_what_has_been_due_for_more_than_three_days_is_not_asked_any_more(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    invite(dora, surveys[0], "first", timedelta(hours=73))
    send_due_invitations()
    assert became(acme) == [("expired", "")]


def test_in_quiet_hours_a_mail_waits_for_the_morning(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    hour = clock(acme).hour
    with for_business(acme):
        Business.objects.filter(pk=acme.pk).update(quiet_from=hour, quiet_until=(hour + 2) % 24)
    invite(dora, surveys[0], "first")
    send_due_invitations()
    with for_business(acme) as now:
        invitation = Invitation.objects.get()
    assert (invitation.status, invitation.reason, invitation.attempts) == ("scheduled", "quiet_hours", 0)
    assert timedelta(0) < invitation.due_at - now <= timedelta(hours=2)
    assert (invitation.due_at.hour, invitation.due_at.minute) == ((hour + 2) % 24, 0)


def test_a_ticket_reopened_between_claim_and_hand_over_is_not_asked_about(
    acme: Business, surveys: list[Survey], mail_server: MailServer
) -> None:
    def tell(kind: TicketEventKind, minutes: int) -> None:
        with for_business(acme) as now:
            happened = TicketEvent(
                kind=kind,
                source="helpdesk",
                external_id="1",
                occurred_at=now - timedelta(minutes=minutes),
                email="dora@customer.example",
            )
            hear(business=acme, event=happened, now=now)

    tell(TicketEventKind.SOLVED, 30)
    with for_service("a worker") as now:
        (claim,) = steps.claim(INVITATIONS, limit=1, suspects=False, now=now)
    tell(TicketEventKind.REOPENED, 1)
    assert steps.advance(INVITATIONS, sent=[], following=[claim]) == set()
    assert became(acme) == [("cancelled", "reopened")]


def test_a_batch_is_judged_with_as_many_queries_as_one(
    acme: Business, surveys: list[Survey], mail_server: MailServer
) -> None:
    for number in range(60):
        invite(make_customer(acme, f"c{number}@customer.example"), surveys[0], f"key{number:02}")
    send_due(INVITATIONS, seconds=60)
    assert became(acme) == [("sent", "")] * 60
    assert len(set(mail_server.message_ids)) == 60


def days_pass(business: Business, days: int) -> None:
    """Moves what was sent so many days into the past."""
    with for_business(business):
        for each in Invitation.objects.exclude(sent_at=None):
            assert each.sent_at is not None
            assert each.handed_over_at is not None
            Invitation.objects.filter(pk=each.pk).update(
                sent_at=each.sent_at - timedelta(days=days),
                handed_over_at=each.handed_over_at - timedelta(days=days),
                created_at=each.created_at - timedelta(days=days),
            )


def test_whoever_has_not_answered_is_reminded_once_with_the_same_link(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    invite(dora, surveys[0], "first")
    send_due_invitations()
    days_pass(acme, 3)
    send_due_reminders()
    assert len(mail_server.accepted) == 1
    days_pass(acme, 1)
    for _ in range(3):
        send_due_reminders()
    first, second = (mail.get_body(("plain",)) for mail in mail_server.mails)
    assert first is not None
    assert second is not None
    assert "will not remind you a second time" in second.get_content()
    links = [[word for word in part.get_content().split() if "/a/" in word] for part in (first, second)]
    assert links[0] == links[1] != []


def test_whoever_has_answered_is_not_reminded(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    invite(dora, surveys[0], "first")
    send_due_invitations()
    days_pass(acme, 4)
    with for_business(acme) as now:
        invitation = Invitation.objects.select_related("survey", "customer", "ticket").get()
        Reminder.objects.create(
            business=acme, invitation=invitation, due_at=now, message_id="<rem-1@x.example>", created_at=now
        )
        record_answer(invitation=invitation, score=5, comment="", language="en", now=now)
    send_due_reminders()
    with for_business(acme):
        reminder = Reminder.objects.get()
        invitation.refresh_from_db()
    assert (reminder.status, reminder.reason) == (MailStatus.CANCELLED, "already_answered")
    assert (invitation.answered_at, invitation.response_id is None) == (now, False)
    assert len(mail_server.accepted) == 1


def test_an_answer_settles_a_doubt(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    mail_server.treats(Manners(content=DROP))
    invite(dora, surveys[0], "first")
    send_due_invitations()
    with for_business(acme) as now:
        invitation = Invitation.objects.select_related("survey", "customer", "ticket").get()
        record_answer(invitation=invitation, score=5, comment="", language="en", now=now)
        invitation.refresh_from_db()
    assert (invitation.status, invitation.sent_at) == (MailStatus.SENT, invitation.handed_over_at)


def customer_since(business: Business, customer: Customer, days: int) -> None:
    with for_business(business) as now:
        Customer.objects.filter(pk=customer.pk).update(created_at=now - timedelta(days=days))


def test_a_recurring_survey_asks_existing_customers_every_ninety_days(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    customer_since(acme, dora, 200)
    schedule_recurring()
    assert became(acme) == []
    invite(dora, surveys[0], "a ticket")
    schedule_recurring()
    assert len(became(acme)) == 1
    send_due_invitations()
    days_pass(acme, 31)
    for _ in range(2):
        schedule_recurring()
        send_due_invitations()
    assert became(acme) == [("sent", "")] * 2
    days_pass(acme, 89)
    schedule_recurring()
    assert len(became(acme)) == 2
    days_pass(acme, 2)
    with for_business(acme):
        for each in Invitation.objects.filter(trigger=Trigger.RECURRING):
            Invitation.objects.filter(pk=each.pk).update(event_key=f"{each.event_key}-earlier")
    schedule_recurring()
    assert len(became(acme)) == 3


@pytest.mark.parametrize("hindrance", ["new customer", "member", "unwilling", "paused"])
def test_whom_a_recurring_survey_leaves_alone(
    acme: Business, surveys: list[Survey], mail_server: MailServer, hindrance: str
) -> None:
    customer = make_customer(acme, "bob@acme.example" if hindrance == "member" else "dora@customer.example")
    customer_since(acme, customer, 6 if hindrance == "new customer" else 100)
    invite(customer, surveys[0], "a ticket")
    with for_business(acme) as now:
        Invitation.objects.update(status=MailStatus.CANCELLED)
        if hindrance == "unwilling":
            unsubscribe(customer=Customer.objects.get(), scope=SuppressionScope.ALL, now=now)
        if hindrance == "paused":
            Survey.objects.update(status=SurveyStatus.PAUSED)
    schedule_recurring()
    assert len(became(acme)) == 1


def test_whoever_is_asked_by_hand_is_not_told_that_a_request_was_solved(
    acme: Business, alice: User, surveys: list[Survey], mail_server: MailServer
) -> None:
    with for_business(acme) as now:
        invite_by_hand(
            business=acme, survey=surveys[0], email="erik@mail.example", name="", once="1", actor=alice, now=now
        )
    send_due_invitations()
    [words] = [part.get_content() for part in mail_server.mails[0].walk() if part.get_content_type() == "text/plain"]
    assert ("You are a customer of Acme." in words, "has been solved" in words) == (True, False)


@pytest.mark.parametrize(
    ("code", "stopped"), [(550, [("all", "hard_bounce")]), (551, [("all", "hard_bounce")]), (552, []), (450, [])]
)
def test_an_address_that_does_not_exist_is_left_alone_from_then_on(
    acme: Business,
    dora: Customer,
    surveys: list[Survey],
    mail_server: MailServer,
    code: int,
    stopped: list[tuple[str, str]],
) -> None:
    mail_server.treats(Manners(rcpt=code))
    invite(dora, surveys[0], "first")
    send_due_invitations()
    with for_business(acme):
        found = Suppression.objects.filter(address=dora.email).values_list("scope", "reason")
        assert list(found) == stopped


def test_a_reminder_to_an_address_that_is_gone_stops_what_would_follow(
    acme: Business, dora: Customer, surveys: list[Survey], mail_server: MailServer
) -> None:
    invite(dora, surveys[0], "first")
    send_due_invitations()
    with for_business(acme) as now:
        Reminder.objects.create(
            business=acme, invitation=Invitation.objects.get(), due_at=now, message_id="<r@x>", created_at=now
        )
    mail_server.treats(Manners(rcpt=553))
    send_due_reminders()
    invite(dora, surveys[1], "second")
    send_due_invitations()
    assert became(acme) == [("sent", ""), ("skipped", "suppressed")]
