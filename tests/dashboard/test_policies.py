"""The policy page says what the settings make true, and keeps what was true before."""

import pytest
from django.test import Client

from businesses.models import Business
from businesses.services import change_settings
from dashboard.policies import keep_policy
from lib.tenancy import for_business
from reviews.models import PolicyVersion
from surveys.enums import SurveyStatus, Trigger
from surveys.models import Survey
from tests.links.stage import surveys_of

pytestmark = pytest.mark.django_db


def page(address: str = "/b/acme/policy/") -> str:
    """The page as anybody reads it, on one line."""
    return " ".join(Client().get(address).content.decode().split())


@pytest.fixture
def kept(acme: Business) -> Business:
    """Acme with its surveys and its first policy."""
    surveys_of(acme)
    keep(acme)
    return acme


def keep(business: Business) -> int:
    """What the sweep does; the number of the version that is true."""
    with for_business(business) as now:
        business.refresh_from_db()
        return keep_policy(business, now=now).number


def test_nothing_is_written_while_nothing_changes(kept: Business) -> None:
    assert (keep(kept), keep(kept)) == (1, 1)


def test_each_setting_changes_what_the_page_says(kept: Business) -> None:
    said = page()
    assert "after a support ticket was solved, after 15 minutes; one reminder after 4 days" in said
    assert "Nobody is asked again within 30 days." in said
    assert "is sealed in the public log" in said
    assert "hold a review for at most 72 hours" in said
    with for_business(kept) as now:
        changes = {"ask_again_after_days": 0, "shows_asked": True, "reply_to": "hello@acme.example"}
        change_settings(business=kept, changes=changes, actor="Alice", now=now)
        Survey.objects.filter(trigger=Trigger.TICKET).update(delay_minutes=120, reminder_after_days=0)
    assert keep(kept) == 2
    said = page()
    assert "after a support ticket was solved, after 2 hours</li>" in said
    assert "Nobody is asked again" not in said
    assert "is open in the public log" in said
    assert "hello@acme.example" in said
    assert "Changed since the version before: ask again after days, contact, invites, shows asked." in said


def test_a_business_that_asks_nobody_says_so(kept: Business) -> None:
    with for_business(kept):
        Survey.objects.update(status=SurveyStatus.PAUSED)
    keep(kept)
    assert "Nobody is asked at the moment." in page()


def test_older_versions_stay_readable_and_say_that_they_are_old(kept: Business) -> None:
    with for_business(kept) as now:
        change_settings(business=kept, changes={"shows_asked": True}, actor="Alice", now=now)
    keep(kept)
    old = page("/b/acme/policy/1/")
    assert ("This is an older version." in old, "is sealed in the public log" in old) == (True, True)
    assert Client().get("/b/acme/policy/3/").status_code == 404
    with for_business(kept):
        assert PolicyVersion.objects.count() == 2


def test_its_owner_is_led_there(kept: Business, as_alice: Client) -> None:
    assert 'href="/b/acme/policy/"' in as_alice.get("/app/acme/fair-asking/").content.decode()


def test_it_is_linked_from_the_public_page_and_speaks_swedish(kept: Business) -> None:
    assert 'href="/b/acme/policy/"' in page("/b/acme/")
    assert 'href="/b/acme/policy/"' in page("/b/acme/review/")
    assert "Så samlas omdömen om Acme in" in page("/b/acme/policy/?lang=sv")
