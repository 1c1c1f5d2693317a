"""The score's pages: the formula for everybody, the number for the business."""

import re

import pytest
from django.test import Client

from businesses.models import Business
from tests.trustscore.test_services import publish
from trustscore import services

pytestmark = pytest.mark.django_db


def words(html: str) -> str:
    """A page's text without its tags, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_anybody_can_read_the_formula_and_run_it(client: Client) -> None:
    page = words(client.get("/how-the-score-works/").content.decode())
    assert "The same for every business, paying or not" in page
    assert "126d3a8a3c42b8f07b6cdf76d964367cea8fdee884561e089fc59c23a5094801" in page
    query = {"stars_5": 20, "stars_4": 0, "stars_3": 0, "stars_2": 0, "stars_1": 0, "age": 0}
    computed = words(client.get("/how-the-score-works/", query).content.decode())
    assert "N 534723428352" in computed
    assert "D 115964116992" in computed
    assert "Interval 4.328 to 4.894" in computed


def test_a_wrong_number_is_explained_and_kept(client: Client) -> None:
    query = {"stars_5": -3, "stars_4": 0, "stars_3": 0, "stars_2": 0, "stars_1": 0, "age": 0}
    html = client.get("/how-the-score-works/", query).content.decode()
    assert "5 stars: Ensure this value is greater than or equal to 0." in words(html)
    assert 'value="-3"' in html


def test_the_business_sees_its_score_in_full(as_alice: Client, acme: Business) -> None:
    assert "No score yet" in words(as_alice.get("/app/acme/score/").content.decode())
    publish(acme, 5, email="dora@customer.example")
    services.take_up_events()
    page = words(as_alice.get("/app/acme/score/").content.decode())
    assert "N 126701535232, D 34359738368" in page
    asked = {"stars_5": 0, "stars_4": 0, "stars_3": 0, "stars_2": 0, "stars_1": 10, "target": 40}
    page = words(as_alice.get("/app/acme/score/", asked).content.decode())
    assert "With them the score would be 2.2 , between" in page
    assert "3 five-star reviews today and nothing else would make it 4.0." in page
    assert "A review of 5 stars" in page


def test_a_wrong_what_if_is_explained_and_kept(as_alice: Client, acme: Business) -> None:
    publish(acme, 5, email="dora@customer.example")
    services.take_up_events()
    html = as_alice.get("/app/acme/score/", {"stars_5": "many", "target": 40}).content.decode()
    assert "5 stars: Enter a whole number." in words(html)
    assert 'value="many"' in html


def test_the_service_page_says_that_there_is_nothing_yet(as_alice: Client, acme: Business) -> None:
    assert "Nothing to compare yet" in as_alice.get("/app/acme/score/service/").content.decode()


def test_another_tenant_finds_nothing_there(as_charlie: Client, acme: Business) -> None:
    assert as_charlie.get("/app/acme/score/").status_code == 404
