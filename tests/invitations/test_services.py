"""Orders, named events, links and wishes: what else writes to invitations."""

from datetime import timedelta

import pytest

from businesses.models import Business, Customer
from businesses.services import unsubscribe_token
from invitations.enums import SuppressionScope
from invitations.models import Invitation, LinkOpening, Suppression
from invitations.queries import (
    LinkExpired,
    customer_by_unsubscribe_token,
    invitation_by_answer_token,
)
from invitations.services import (
    answer_token,
    note_opening,
    schedule_named_event,
    schedule_order,
    unsubscribe,
)
from lib.errors import NotFound
from lib.tenancy import for_business
from lib.tokens import token_hash
from surveys.enums import Trigger
from surveys.models import Survey
from surveys.services import create_standard_surveys
from tests.factories import NOW

pytestmark = pytest.mark.django_db

ADDRESS = "dora@customer.example"


@pytest.fixture(autouse=True)
def surveys(acme: Business) -> list[Survey]:
    """CSAT after orders, NPS after the named event `trial.ended`, CES after tickets."""
    with for_business(acme):
        made = create_standard_surveys(business=acme, now=NOW)
        Survey.objects.filter(pk=made[0].pk).update(trigger=Trigger.ORDER, delay_minutes=60)
        Survey.objects.filter(pk=made[1].pk).update(trigger=Trigger.EVENT, event_name="trial.ended", delay_minutes=0)
    return made


def only(business: Business) -> Invitation:
    with for_business(business):
        return Invitation.objects.select_related("business", "customer").get()


def test_an_order_is_asked_about_once_and_named_in_the_mail(acme: Business, surveys: list[Survey]) -> None:
    def order() -> str:
        with for_business(acme):
            return schedule_order(
                business=acme, email=ADDRESS, order_id="A-1", occurred_at=NOW, now=NOW, product="Tent for two"
            )

    assert [order(), order()] == ["Invitation scheduled for 2026-11-02 10:00 UTC", "Already invited for this"]
    invitation = only(acme)
    assert (invitation.survey_id, invitation.about, invitation.ticket_id) == (surveys[0].pk, "Tent for two", None)


def test_an_order_id_of_any_length_is_remembered(acme: Business) -> None:
    with for_business(acme):
        for ending in ("a", "b", "a"):
            schedule_order(business=acme, email=ADDRESS, order_id="x" * 5000 + ending, occurred_at=NOW, now=NOW)
        assert Invitation.objects.count() == 2


def test_a_named_event_starts_the_survey_that_waits_for_it(acme: Business, surveys: list[Survey]) -> None:
    def happens(name: str) -> str:
        with for_business(acme):
            return schedule_named_event(
                business=acme, event_name=name, event_id="1", email=ADDRESS, occurred_at=NOW, now=NOW, language="sv"
            )

    assert happens("trial.began") == "Nobody is asked: no active survey has this trigger"
    assert happens("trial.ended") == "Invitation scheduled for 2026-11-02 09:00 UTC"
    assert happens("trial.ended") == "Already invited for this"
    assert (only(acme).survey_id, only(acme).language) == (surveys[1].pk, "sv")


def planned(business: Business) -> Invitation:
    with for_business(business):
        schedule_order(business=business, email=ADDRESS, order_id="A-1", occurred_at=NOW, now=NOW)
    return only(business)


def test_the_link_of_the_mail_finds_the_invitation(acme: Business) -> None:
    invitation = planned(acme)
    with for_business(acme) as now:
        Invitation.objects.update(created_at=now)
    found = invitation_by_answer_token(answer_token(invitation.public_id, 0))
    assert (found.pk, found.business, found.customer.email) == (invitation.pk, acme, ADDRESS)


def test_unknown_and_revoked_links_look_the_same(acme: Business) -> None:
    invitation = planned(acme)
    with for_business(acme):
        Invitation.objects.update(answer_hash=token_hash(answer_token(invitation.public_id, 1)))
    for token in ("x" * 32, "", answer_token(invitation.public_id, 0)):
        with pytest.raises(NotFound):
            invitation_by_answer_token(token)


def test_a_link_lives_sixty_days_from_when_it_was_sent(acme: Business) -> None:
    invitation = planned(acme)
    token = answer_token(invitation.public_id, 0)
    with for_business(acme) as now:
        Invitation.objects.update(created_at=now - timedelta(days=90), sent_at=now - timedelta(days=59))
    assert invitation_by_answer_token(token).pk == invitation.pk
    with for_business(acme) as now:
        Invitation.objects.update(sent_at=now - timedelta(days=60, minutes=1))
    with pytest.raises(LinkExpired, match="open for sixty days"):
        invitation_by_answer_token(token)


def test_an_opened_link_leaves_one_row_and_nothing_else(acme: Business) -> None:
    invitation = planned(acme)
    with for_business(acme):
        note_opening(invitation=invitation, now=NOW)
        assert LinkOpening.objects.get().invitation_public_id == invitation.public_id
    assert only(acme).answered_at is None


def test_unsubscribing_twice_is_unsubscribing(acme: Business, dora: Customer) -> None:
    customer = customer_by_unsubscribe_token(unsubscribe_token(public_id=dora.public_id, generation=0))
    with for_business(acme):
        for _ in range(2):
            unsubscribe(customer=customer, scope=SuppressionScope.SURVEYS, now=NOW)
        wish = Suppression.objects.get()
    assert (wish.address, wish.scope, wish.reason) == (dora.email, "surveys", "unsubscribed")
    with pytest.raises(NotFound):
        customer_by_unsubscribe_token("x" * 32)
