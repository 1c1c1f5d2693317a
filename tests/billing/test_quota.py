"""Over the quota invitations wait, visibly and in order, and their time does not run out meanwhile."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import InvitationMeter
from billing.plans import Plan
from billing.services import change_plan
from businesses.delivery.kinds import Go, Stop
from businesses.models import Business
from invitations.models import Invitation
from invitations.quota import release_waiting
from invitations.sending import prepare_invitations
from lib.tenancy import for_business, for_service
from tests.factories import make_customer
from tests.links.stage import invite

pytestmark = pytest.mark.django_db


@pytest.fixture
def almost_used(acme: Business) -> Business:
    """Acme with two invitations left this month, and no quiet hours."""
    with for_business(acme):
        Business.objects.filter(pk=acme.pk).update(monthly_invitations=2, quiet_from=0, quiet_until=0)
    return acme


def claim(business: Business, count: int) -> list[str]:
    """Invites and claims so many customers; what becomes of each."""
    with for_business(business):
        mine = [
            make_customer(business, f"customer{timezone.now().timestamp()}{n}@customer.example") for n in range(count)
        ]
    planned = [invite(business, each, key=f"{each.pk}") for each in mine]
    with for_service("a test's claim") as now:
        rows = Invitation.objects.filter(pk__in=[each.pk for each in planned])
        rows.update(attempts=1, status="claimed")
        judge = prepare_invitations([each.pk for each in planned], now)
        outcomes = []
        for each in planned:
            verdict = judge(each.pk)
            if isinstance(verdict, Stop):
                Invitation.objects.filter(pk=each.pk).update(status=verdict.status, reason=verdict.reason)
            outcomes.append("go" if isinstance(verdict, Go) else str(verdict.status))  # type: ignore[union-attr]
    return outcomes


def test_the_quota_is_taken_to_the_last_and_the_rest_waits(almost_used: Business, as_alice: Client) -> None:
    assert claim(almost_used, 4) == ["go", "go", "waiting", "waiting"]
    with for_business(almost_used):
        assert InvitationMeter.objects.get().used == 2
    page = as_alice.get("/app/acme/").content.decode()
    assert "2 invitations wait for the quota of your plan" in page
    assert as_alice.get("/app/acme/invitations/?show=waiting").content.decode().count("Waiting") > 0


def test_a_mail_that_is_tried_again_is_not_counted_again(almost_used: Business) -> None:
    claim(almost_used, 2)
    with for_service("a test") as now:
        pk = Invitation.objects.order_by("id").values_list("pk", flat=True)[0]
        Invitation.objects.filter(pk=pk).update(attempts=2)
        assert isinstance(prepare_invitations([pk], now)(pk), Go)
        assert InvitationMeter.objects.get().used == 2


def test_next_month_they_go_out_in_order_and_their_time_begins_then(almost_used: Business) -> None:
    claim(almost_used, 5)
    later = timezone.now() + timedelta(days=32)
    with for_service("a test"):
        waiting = list(
            Invitation.objects.filter(status="waiting").order_by("due_at", "id").values_list("pk", flat=True)
        )
        assert release_waiting(now=timezone.now()) == 0
        assert release_waiting(now=later) == 2
        released = Invitation.objects.filter(status="scheduled").order_by("id")
        assert [each.pk for each in released] == waiting[:2]
        assert {(each.due_at, each.attempts, each.reason) for each in released} == {(later, 0, "")}


def test_a_larger_plan_lets_them_go_at_once(almost_used: Business) -> None:
    claim(almost_used, 5)
    with for_business(almost_used) as now:
        change_plan(business=almost_used, plan=Plan.TEAM, actor="a test", now=now)
    with for_service("a test") as now:
        assert release_waiting(now=now) == 3


def test_without_limits_nothing_is_counted(acme: Business) -> None:
    with for_business(acme):
        Business.objects.filter(pk=acme.pk).update(quiet_from=0, quiet_until=0)
    assert claim(acme, 3) == ["go", "go", "go"]
    with for_business(acme):
        assert InvitationMeter.objects.count() == 0
