"""What the operator sees at night: that all is well, or why not, and what to do."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from businesses.models import Business
from lib.tenancy import for_service
from tests.factories import make_user
from tests.trustscore.test_log import frozen, say
from trustscore.health import log_health
from trustscore.services import take_up_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_olga(db: None) -> Client:
    """A browser of Olga, who minds the servers."""
    olga = make_user("olga@candor.example", "Olga Orn")
    olga.is_superuser = True
    olga.save()
    client = Client()
    client.force_login(olga)
    return client


def health() -> tuple[int, str]:
    """What a monitor reads."""
    answer = Client().get("/health/ledger")
    return answer.status_code, json.loads(answer.content)["problem"]


def test_all_is_well(acme: Business, as_olga: Client) -> None:
    say(acme, 5)
    take_up_events()
    page = as_olga.get("/operator/ledger/").content.decode()
    assert ("All is well" in page, "localhost:8000/ledger" in page, health()) == (True, True, (200, ""))


def test_a_log_without_its_key_says_so_and_goes_on_when_it_is_back(acme: Business, as_olga: Client) -> None:
    say(acme, 5)
    take_up_events()
    key = Path(settings.LEDGER_KEY_FILE)
    kept = key.rename(key.with_suffix(".elsewhere"))
    say(acme, 1, "eva")
    take_up_events()
    assert health()[0] == 503
    page = as_olga.get("/operator/ledger/").content.decode()
    assert ("The log is frozen." in page, "No. Put it back" in page) == (True, True)
    kept.rename(key)
    assert as_olga.post("/operator/ledger/").status_code == 302
    take_up_events()
    assert (frozen(), health()) == ("", (200, ""))


def test_events_that_wait_too_long_are_a_problem(acme: Business) -> None:
    say(acme, 5)
    with for_service("a test") as now:
        found = log_health(now=now + timedelta(seconds=61))
    assert (found.waiting, found.problem.startswith("Events have waited for the log since")) == (2, True)


def test_nobody_else_finds_that_page(as_alice: Client, acme: Business) -> None:
    assert as_alice.get("/operator/ledger/").status_code == 404
