"""The invitations page: who was asked, what became of it, and what a person settles."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from businesses.enums import MailStatus, NoticeKind
from businesses.models import AuditEntry, Business, Customer, Notice
from businesses.notices import NoticeContents, queue_notice
from invitations.models import Invitation, Reminder, Suppression
from invitations.services import Occasion, note_opening, plan
from lib.tenancy import for_business
from surveys.enums import Trigger
from surveys.models import Survey
from surveys.services import create_standard_surveys
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db

PAGE = "/app/acme/invitations/"


@pytest.fixture
def surveys(acme: Business) -> list[Survey]:
    with for_business(acme):
        return create_standard_surveys(business=acme, now=NOW)


def invite(customer: Customer, survey: Survey, key: str, at: datetime = NOW) -> Invitation:
    """An invitation as an event would have planned it."""
    with for_business(survey.business):
        occasion = Occasion(trigger=Trigger.TICKET, key=key, occurred_at=at)
        plan(occasion=occasion, survey=survey, customer=customer, language="", due_at=at, now=at)
        return Invitation.objects.select_related("business").get(event_key=key)


def became(invitation: Invitation, status: MailStatus, **fields: object) -> None:
    with for_business(invitation.business):
        Invitation.objects.filter(pk=invitation.pk).update(status=status, **fields)


def test_before_anybody_was_asked_it_says_what_to_do(as_alice: Client, acme: Business) -> None:
    page = as_alice.get(PAGE).content.decode()
    assert "Nobody has been asked yet" in page
    assert "/app/acme/invitations/send/" in page


@pytest.mark.parametrize(
    ("status", "fields", "words"),
    [
        (MailStatus.SKIPPED, {"reason": "asked_recently"}, "Asked recently"),
        (MailStatus.SKIPPED, {"reason": "is_member"}, "The customer is a member of the team"),
        (MailStatus.CANCELLED, {"reason": "reopened"}, "The ticket was reopened"),
        (MailStatus.EXPIRED, {}, "It could not be sent within three days"),
        (MailStatus.FAILED, {"last_error": "RCPT: 550 No such person"}, "RCPT: 550 No such person"),
        (MailStatus.QUARANTINED, {"attempts": 5}, "Tried 5 times"),
        (MailStatus.SCHEDULED, {"reason": "quiet_hours"}, "Waits for the quiet hours to end"),
        (MailStatus.SCHEDULED, {"attempts": 1, "last_error": "RCPT: 450 Later"}, "Tried once; tried again later."),
        (MailStatus.SENT, {"sent_at": NOW}, "Not answered yet"),
        (MailStatus.SENT, {"sent_at": NOW, "answered_at": NOW}, "Answered"),
    ],
)
def test_each_end_is_said_in_words(
    as_bob: Client, dora: Customer, surveys: list[Survey], status: MailStatus, fields: dict[str, object], words: str
) -> None:
    became(invite(dora, surveys[0], "one"), status, **fields)
    page = as_bob.get(PAGE).content.decode()
    assert "Dora Dahl" in page
    assert words in page


def test_the_tabs_narrow_the_list(as_alice: Client, acme: Business, dora: Customer, surveys: list[Survey]) -> None:
    erik = make_customer(acme, "erik@customer.example", "Erik Ek")
    became(invite(dora, surveys[0], "one"), MailStatus.SENT, sent_at=NOW)
    became(invite(erik, surveys[0], "two"), MailStatus.SKIPPED, reason="suppressed")
    sent = as_alice.get(PAGE, {"which": "sent"}).content.decode()
    assert ("Dora Dahl" in sent, "Erik Ek" in sent) == (True, False)
    not_sent = as_alice.get(PAGE, {"which": "not-sent"}).content.decode()
    assert ("Dora Dahl" in not_sent, "Erik Ek" in not_sent) == (False, True)
    assert "None like this" in as_alice.get(PAGE, {"which": "waiting"}).content.decode()
    assert as_alice.get(PAGE, {"which": "made-up"}).status_code == 200


def test_a_long_list_has_pages_that_repeat_nothing(as_alice: Client, acme: Business, surveys: list[Survey]) -> None:
    for number in range(53):
        customer = make_customer(acme, f"c{number}@customer.example", f"Customer {number:03}")
        invite(customer, surveys[0], f"key{number}", NOW + timedelta(minutes=number // 2))
    first = as_alice.get(PAGE).content.decode()
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = as_alice.get(PAGE + following).content.decode()
    names = [[f"Customer {number:03}" in page for number in range(53)] for page in (first, second)]
    assert [sum(each) for each in names] == [50, 3]
    assert not any(a and b for a, b in zip(*names, strict=True))


def test_the_list_asks_the_same_questions_for_one_row_and_for_three(
    as_alice: Client, acme: Business, surveys: list[Survey]
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            as_alice.get(PAGE)
        return len(asked)

    invite(make_customer(acme), surveys[0], "one")
    one = count()
    for number in range(2):
        invite(make_customer(acme, f"c{number}@customer.example"), surveys[0], f"more{number}")
    assert count() == one


def test_a_mail_in_doubt_stands_on_top_until_alice_settles_it(
    as_alice: Client, acme: Business, dora: Customer, surveys: list[Survey]
) -> None:
    invitation = invite(dora, surveys[0], "one")
    became(invitation, MailStatus.UNCERTAIN, handed_over_at=NOW, last_error="The connection was lost.")
    assert "One mail is in doubt" in as_alice.get(PAGE).content.decode()
    address = f"{PAGE}{invitation.public_id}/settle/"
    assert as_alice.post(address, {"sent": "yes"}).status_code == 302
    with for_business(acme):
        invitation.refresh_from_db()
        entry = AuditEntry.objects.get(kind="mail.settled_by_hand")
    assert (invitation.status, invitation.sent_at) == (MailStatus.SENT, NOW)
    assert entry.actor == "Alice Ahlgren"
    assert "in doubt</h2>" not in as_alice.get(PAGE).content.decode()


def test_what_is_settled_is_not_settled_again(
    as_alice: Client, acme: Business, dora: Customer, surveys: list[Survey]
) -> None:
    invitation = invite(dora, surveys[0], "one")
    became(invitation, MailStatus.UNCERTAIN, handed_over_at=NOW)
    address = f"{PAGE}{invitation.public_id}/settle/"
    as_alice.post(address, {"sent": "no"})
    again = as_alice.post(address, {"sent": "yes"})
    with for_business(acme):
        invitation.refresh_from_db()
    assert (again.status_code, invitation.status, invitation.sent_at) == (422, MailStatus.FAILED, None)
    assert "not in doubt any more" in again.content.decode()


def test_a_doubt_about_a_reminder_or_a_notice_is_settled_the_same_way(
    as_alice: Client, acme: Business, dora: Customer, surveys: list[Survey]
) -> None:
    invitation = invite(dora, surveys[0], "one")
    became(invitation, MailStatus.SENT, sent_at=NOW)
    told = NoticeContents(words={"title": "Fine", "reply": "Thank you.", "name": "Dora"})
    with for_business(acme):
        reminder = Reminder.objects.create(
            business=acme,
            invitation=invitation,
            status=MailStatus.UNCERTAIN,
            due_at=NOW,
            handed_over_at=NOW,
            created_at=NOW,
            message_id="<rem-theone@mail.example>",
        )
        queue_notice(
            business=acme, kind=NoticeKind.REVIEW_REPLIED, key="one", to="dora@customer.example", contents=told, now=NOW
        )
        Notice.objects.update(status=MailStatus.QUARANTINED, last_error="RCPT: 451 Later")
        notice = Notice.objects.get()
    page = as_alice.get(PAGE).content.decode()
    assert "2 mails are in doubt" in page
    assert "Reminder of “" in page
    assert "The business replied to your review" in page
    assert "Put aside, not sent. RCPT: 451 Later" in page
    put_aside = notice.message_id.removeprefix("<note-").partition("@")[0]
    assert as_alice.post(f"{PAGE}{put_aside}/settle/", {"sent": "yes"}).status_code == 422
    assert as_alice.post(f"{PAGE}{put_aside}/settle/", {"sent": "no"}).status_code == 302
    assert as_alice.post(f"{PAGE}theone/settle/", {"sent": "yes"}).status_code == 302
    with for_business(acme):
        reminder.refresh_from_db()
        notice.refresh_from_db()
    assert (reminder.status, reminder.sent_at, notice.status) == (MailStatus.SENT, NOW, MailStatus.FAILED)
    assert "in doubt</h2>" not in as_alice.get(PAGE).content.decode()


def test_a_mail_of_another_business_is_not_settled(as_alice: Client, acme: Business, globex: Business) -> None:
    with for_business(globex):
        queue_notice(
            business=globex,
            kind=NoticeKind.REVIEW_REPLIED,
            key="one",
            to="mia@customer.example",
            contents=NoticeContents(),
            now=NOW,
        )
        Notice.objects.update(status=MailStatus.UNCERTAIN, message_id="<note-theirs@mail.example>")
    assert as_alice.post(f"{PAGE}theirs/settle/", {"sent": "no"}).status_code == 404


def test_the_list_says_whose_link_was_opened(
    as_alice: Client, acme: Business, dora: Customer, surveys: list[Survey]
) -> None:
    invitation = invite(dora, surveys[0], "one")
    became(invitation, MailStatus.SENT, sent_at=NOW)
    assert "Link opened" not in as_alice.get(PAGE).content.decode()
    with for_business(acme):
        for _ in range(2):
            note_opening(invitation=invitation, now=NOW)
    assert as_alice.get(PAGE).content.decode().count("Link opened, not answered yet") == 1


def test_an_agent_reads_but_neither_sends_nor_settles(as_bob: Client, dora: Customer, surveys: list[Survey]) -> None:
    invitation = invite(dora, surveys[0], "one")
    became(invitation, MailStatus.UNCERTAIN, handed_over_at=NOW)
    page = as_bob.get(PAGE).content.decode()
    assert ("Dora Dahl" in page, "It was sent" in page) == (True, False)
    assert as_bob.post(f"{PAGE}{invitation.public_id}/settle/", {"sent": "yes"}).status_code == 403
    assert as_bob.get(f"{PAGE}send/").status_code == 403
    assert as_bob.get(f"{PAGE}left-alone/").status_code == 403


def test_alice_asks_somebody_by_hand_once(as_alice: Client, acme: Business, surveys: list[Survey]) -> None:
    form = {"email": "Erik@Customer.example", "name": "Erik Ek", "survey": surveys[0].public_id, "once": "form1"}
    for _ in range(2):
        assert as_alice.post(f"{PAGE}send/", form).status_code == 302
    with for_business(acme):
        invitation = Invitation.objects.select_related("customer").get()
    assert (invitation.customer.email, invitation.survey_id) == ("erik@customer.example", surveys[0].pk)
    assert invitation.due_at == invitation.created_at


def test_a_form_with_a_mistake_keeps_what_was_typed(as_alice: Client, surveys: list[Survey]) -> None:
    form = {"email": "not an address", "name": "Erik Ek", "survey": surveys[0].public_id, "once": "form1"}
    page = as_alice.post(f"{PAGE}send/", form)
    assert page.status_code == 422
    assert "is not an e-mail address" in page.content.decode()
    assert "Erik Ek" in page.content.decode()
    with for_business(surveys[0].business):
        assert not Invitation.objects.exists()


def test_a_survey_of_another_business_cannot_be_sent(
    as_alice: Client, acme: Business, globex: Business, surveys: list[Survey]
) -> None:
    with for_business(globex):
        foreign = create_standard_surveys(business=globex, now=NOW)[0]
    form = {"email": "erik@customer.example", "name": "", "survey": foreign.public_id, "once": "form1"}
    assert as_alice.post(f"{PAGE}send/", form).status_code == 422


def test_alice_leaves_somebody_alone(as_alice: Client, acme: Business) -> None:
    for _ in range(2):
        assert (
            as_alice.post(f"{PAGE}left-alone/", {"address": "Dora@Customer.example", "scope": "all"}).status_code == 302
        )
    with for_business(acme):
        wish = Suppression.objects.get()
    assert (wish.address, wish.scope, wish.reason) == ("dora@customer.example", "all", "by_hand")
    assert "dora@customer.example" in as_alice.get(f"{PAGE}left-alone/").content.decode()
    assert as_alice.post(f"{PAGE}left-alone/", {"address": "nobody", "scope": "all"}).status_code == 422
