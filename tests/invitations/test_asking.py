"""Acme's solved tickets are counted day by day; who is spared is seen, first by Acme, then by everybody."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from businesses.enums import MailStatus
from businesses.models import Business
from invitations.asking import case_of, close_days, dumped, loaded
from invitations.asking_queries import standing
from invitations.enums import Asking, SuppressionReason, SuppressionScope, TicketEventKind
from invitations.fairness import Evidence
from invitations.models import AskedDay, AskingEvidence, Invitation, SolvedTicket
from invitations.services import record_answer
from invitations.tickets import TicketEvent, hear
from lib.tenancy import for_business
from surveys.services import create_standard_surveys
from tests.links.stage import surveys_of
from tests.trustscore.log_stories import published
from tests.trustscore.test_log_views import openings
from trustscore.services import take_up_events
from trustscore.verify import commitment

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def asking(acme: Business) -> Business:
    """Acme with its standard surveys."""
    with for_business(acme):
        create_standard_surveys(business=acme, now=timezone.now())
    surveys_of(acme)
    return acme


def solve(business: Business, number: int, at: datetime, *, email: str = "", reopened: bool = False) -> None:
    """A ticket comes to its end, perhaps for the second time."""
    kinds = [TicketEventKind.SOLVED]
    if reopened:
        kinds = [TicketEventKind.SOLVED, TicketEventKind.REOPENED, TicketEventKind.SOLVED]
    with for_business(business):
        for place, kind in enumerate(kinds):
            event = TicketEvent(
                kind=kind,
                source="desk",
                external_id=str(number),
                occurred_at=at + timedelta(minutes=place),
                email=email or f"customer{number}@customer.example",
                opened_at=at - timedelta(hours=2),
                assignee="Bob",
                tags=("billing",),
            )
            hear(business=business, event=event, now=at)


def settle(business: Business, status: MailStatus, reason: str = "", **of: object) -> None:
    """What became of the invitations that wait."""
    with for_business(business):
        mine = Invitation.objects.filter(business=business, status=MailStatus.SCHEDULED, **of)
        mine.update(status=status, reason=reason, sent_at=timezone.now() if status == MailStatus.SENT else None)


def tickets(business: Business) -> list[tuple[str, bool, str, str, str]]:
    """What was written down of each resolution."""
    with for_business(business):
        found = SolvedTicket.objects.order_by("id")
        return list(found.values_list("event_key", "reopened", "waiting", "asking", "why"))


def test_what_was_known_is_written_down_before_anybody_is_asked(asking: Business) -> None:
    now = timezone.now()
    solve(asking, 1, now, reopened=True)
    assert tickets(asking) == [
        ("ticket/desk/1/1", False, "4h", "open", ""),
        ("ticket/desk/1/2", True, "4h", "open", ""),
    ]
    settle(asking, MailStatus.SENT)
    with for_business(asking):
        assert close_days(asking, now=now + DAY) == 1
    assert [row[3:] for row in tickets(asking)] == [("could_not", "cancelled"), ("asked", "")]


@pytest.mark.parametrize(
    ("status", "reason", "asking_is"),
    [
        (MailStatus.SENT, "", Asking.ASKED),
        (MailStatus.SKIPPED, "survey_paused", Asking.NOT_ASKED),
        (MailStatus.EXPIRED, "", Asking.NOT_ASKED),
        (MailStatus.SKIPPED, "asked_recently", Asking.COULD_NOT),
        (MailStatus.SKIPPED, "suppressed", Asking.COULD_NOT),
        (MailStatus.FAILED, "mailbox_unknown", Asking.COULD_NOT),
        (MailStatus.CANCELLED, "reopened", Asking.COULD_NOT),
    ],
)
def test_only_the_businesss_own_choices_count_as_not_asking(
    asking: Business, status: MailStatus, reason: str, asking_is: Asking
) -> None:
    now = timezone.now()
    solve(asking, 1, now)
    settle(asking, status, reason)
    with for_business(asking):
        close_days(asking, now=now + DAY)
        assert SolvedTicket.objects.get().asking == asking_is


def test_who_is_put_on_the_list_by_hand_was_spared(asking: Business) -> None:
    now = timezone.now()
    solve(asking, 1, now)
    with for_business(asking):
        asking.suppression_set.create(
            address="customer1@customer.example",
            scope=SuppressionScope.SURVEYS,
            reason=SuppressionReason.BY_HAND,
            at=now,
        )
    settle(asking, MailStatus.SKIPPED, "suppressed")
    with for_business(asking):
        close_days(asking, now=now + DAY)
        assert (SolvedTicket.objects.get().asking, SolvedTicket.objects.get().why) == (Asking.NOT_ASKED, "by_hand")


def test_a_day_is_counted_once_it_is_decided_and_stands_in_the_log(asking: Business) -> None:
    now = timezone.now()
    for number in range(3):
        solve(asking, number, now)
    with for_business(asking):
        assert close_days(asking, now=now + DAY) == 0
    with for_business(asking) as at:
        invitation = Invitation.objects.select_related("survey", "customer", "ticket", "business").first()
        assert invitation is not None
        invitation.status, invitation.sent_at = MailStatus.SENT, at
        invitation.save()
        record_answer(invitation=invitation, score=5, comment="", language="en", now=now)
    settle(asking, MailStatus.SENT)
    with for_business(asking):
        assert close_days(asking, now=now + DAY) == 1
        assert close_days(asking, now=now + DAY) == 0
        day = AskedDay.objects.get()
    assert (day.solved, day.eligible, day.invited, day.answered) == (3, 3, 3, 1)
    while take_up_events():
        pass
    _, entries = published()
    assert (entries[-1]["kind"], entries[-1]["asked"]) == ("asked", day.commitment)
    assert openings() == []
    asking.shows_asked = True
    with for_business(asking):
        asking.save(update_fields=["shows_asked"])
    (opened,) = openings()
    assert commitment("asked", opened["asked"]) == day.commitment
    assert opened["asked"]["value"]["answered"] == 1


def spare_the_reopened(business: Business, days: int) -> datetime:
    """Every day twelve tickets; of the four that were reopened nobody is asked."""
    begin = datetime(timezone.now().year, 1, 2, 12, tzinfo=timezone.now().tzinfo)
    number = 0
    for day in range(days):
        at = begin + day * DAY
        for each in range(12):
            solve(business, number, at, reopened=each < 4)
            number += 1
        settle(business, MailStatus.SKIPPED, "survey_paused", resolution=2)
        settle(business, MailStatus.SENT)
    with for_business(business):
        close_days(business, now=begin + days * DAY)
    return begin + days * DAY


def test_sparing_the_reopened_is_shown_to_the_business_early_and_to_everybody_once_it_is_sure(
    asking: Business, as_alice: Client
) -> None:
    now = spare_the_reopened(asking, 2)
    with for_business(asking):
        found = standing(asking, now=now)
        assert (found.is_early, found.is_significant) == (True, False)
    assert "Some customers seem to be asked more rarely" in as_alice.get("/app/acme/").content.decode()
    page = as_alice.get("/app/acme/fair-asking/").content.decode()
    assert "Customers whose ticket was reopened: 0 of 8 asked; of all others 16 of 16." in page
    assert "Not all customers were asked alike" not in Client().get("/b/acme/").content.decode()


def test_everybody_reads_it_in_neutral_numbers(asking: Business) -> None:
    spare_the_reopened(asking, 8)
    page = Client().get("/b/acme/").content.decode()
    assert "Not all customers were asked alike this year." in page
    assert "Of the customers whose ticket was reopened, 0 of 32 were asked; of all others 64 of 64." in page
    assert (
        "Av kunderna vars ärende öppnades igen blev 0 av 32 tillfrågade"
        in Client().get("/b/acme/?lang=sv").content.decode()
    )


def test_the_kept_evidence_is_what_the_tickets_make_from_scratch(asking: Business) -> None:
    spare_the_reopened(asking, 3)
    with for_business(asking):
        kept = AskingEvidence.objects.get()
        rows = list(SolvedTicket.objects.exclude(asking=Asking.COULD_NOT).order_by("day", "id"))
    fresh = Evidence()
    for day in sorted({row.day for row in rows}):
        fresh.add_day(case_of(row) for row in rows if row.day == day)
    assert dumped(loaded(kept.state)) == dumped(fresh)
    assert kept.peak == pytest.approx(fresh.value())
