"""`manage.py demo`: a living dashboard at the first look, and a password that works."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from businesses.enums import MailStatus
from businesses.models import Business, Notice
from invitations.campaigns import due_customers, plan_reminders
from invitations.models import Invitation
from lib.tenancy import for_business, for_service
from reviews.models import Review
from reviews.queries import unanswered_low
from surveys.models import Response, Survey
from tests.factories import make_business, make_user
from trustscore.queries import current_score, score_history
from trustscore.verification import disagreements

pytestmark = pytest.mark.django_db


def _demo() -> list[str]:
    said = StringIO()
    call_command("demo", stdout=said)
    return said.getvalue().split()


def test_the_demo_is_a_year_of_a_shop_that_agrees_with_itself_and_writes_to_nobody() -> None:
    globex = make_business("Globex", make_user("charlie@globex.example", "Charlie Carr"))
    address, email, first = _demo()
    client = Client()
    answer = client.post(re.sub(r"^https?://[^/]+", "", address), {"login": email, "password": first})
    assert answer["Location"] == "/app/"
    home = client.get("/app/", follow=True).content.decode()
    assert "What needs you" in home
    assert "In doubt" in home

    with for_service("the demo") as now:
        business = Business.objects.get(slug="linden-loom")
        assert disagreements(business) == []
        asked = Invitation.objects.count()
        waiting = [MailStatus.SCHEDULED, MailStatus.CLAIMED]
        assert not Invitation.objects.filter(status__in=waiting).exists()
        assert not Notice.objects.exclude(status=MailStatus.SENT).exists()
        assert plan_reminders(now=now) == 0
        survey = Survey.objects.select_related("business").get(business=business, trigger="recurring")
        assert not due_customers(survey, now).exists()
    with for_business(business):
        assert Response.objects.count() > 150
        assert Review.objects.count() > 90
        assert len(unanswered_low(business, limit=10)) == 2
        score = current_score(business)
        assert score is not None
        assert score.as_of == now.date()
        assert len(score_history(business, since=business.created_at.date())) > 360
    with for_business(globex):
        assert Response.objects.count() == Review.objects.count() == 0

    # Made once: again gives a new password and nothing else.
    _, _, second = _demo()
    assert second != first
    with for_service("the demo"):
        assert Invitation.objects.count() == asked
    assert Client().post("/accounts/login/", {"login": email, "password": second})["Location"] == "/app/"
