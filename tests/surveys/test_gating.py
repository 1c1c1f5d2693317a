"""The public review page is offered to every customer alike; words that would offer it to some cannot be saved."""

import pytest
from django.test import Client

from businesses.models import Business
from lib.tenancy import for_business
from surveys.gating import offers_a_review
from surveys.models import SurveyText
from tests.links.stage import surveys_of

pytestmark = pytest.mark.django_db

ADDRESS = "/app/acme/surveys/{survey}/words/en/"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What made you so happy?", ""),
        ("What could we do better next time?", ""),
        ("Tell everybody: https://reviews.example/b/acme/", "https://"),
        ("See reviews.example for more", "reviews.example"),
        ("Would you write a review?", "review"),
        ("Skriv gärna ett omdöme!", "omdöme"),
        ("Find us on Google", "Google"),
        ("Go to /b/acme now", "/b/a"),
    ],
)
def test_what_leads_to_a_review_is_recognised(text: str, found: str) -> None:
    assert offers_a_review(text) == found


@pytest.mark.parametrize("field", ["follow_up_good", "follow_up_middle", "follow_up_poor"])
def test_a_question_for_some_scores_cannot_offer_it_and_nothing_typed_is_lost(
    acme: Business, as_alice: Client, field: str
) -> None:
    survey = surveys_of(acme)["nps"].public_id
    typed = {field: "Please write a review at https://reviews.example/b/acme/", "thanks": "Thank you so much."}
    page = as_alice.post(ADDRESS.format(survey=survey), typed)
    html = page.content.decode()
    assert "the public review page must be offered to every customer alike" in html
    assert ("Thank you so much." in html, "Please write a review at https://reviews.example/b/acme/" in html) == (
        True,
        True,
    )
    with for_business(acme):
        assert SurveyText.objects.count() == 0
