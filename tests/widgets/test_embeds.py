"""What a shop embeds: the same facts in every form, for every origin, without cookies, and never more than words."""

import gzip
import json
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from businesses.models import Business, User
from lib.tenancy import for_business
from reviews.services import withdraw_review
from tests.factories import make_business
from tests.widgets.stage import HOSTILE, reviewed, score_of
from trustscore.services import take_up_events
from widgets import shelf

pytestmark = pytest.mark.django_db

FORMS = ("widget_json", "widget_frame", "widget_image")
SVG = "{http://www.w3.org/2000/svg}"


def address(name: str, business: str = "acme") -> str:
    return reverse(name, kwargs={"business": business})


def test_the_json_says_what_the_score_says_and_what_the_newest_wrote(client: Client, acme: Business) -> None:
    reviewed(acme, 5, 4, 5, 1)
    told = client.get(address("widget_json")).json()
    score = told["score"]
    assert (told["business"], told["name"], told["language"]) == ("acme", "Acme", "en")
    kept = score_of(acme)
    assert score == {
        "tenths": kept.tenths,
        "half_stars": kept.half_stars,
        "label": kept.label,
        "low": float(kept.low or 0),
        "high": float(kept.high or 0),
        "count": 4,
        "as_of": kept.as_of.isoformat(),
        "checkpoint": kept.checkpoint,
    }
    assert [each["stars"] for each in told["reviews"]] == [1, 5, 4]
    assert told["reviews"][0] == {
        "stars": 1,
        "title": "They knew the tent by heart",
        "text": "Answered within the hour. The pole came the next day.",
        "name": "Dora D.",
        "at": "2026-11-02T09:03:00+00:00",
    }
    assert told["links"]["page"].endswith("/b/acme/")


def test_without_a_review_there_is_no_score(client: Client, acme: Business) -> None:
    told = client.get(address("widget_json")).json()
    assert (told["score"]["tenths"], told["score"]["label"], told["score"]["count"]) == (None, None, 0)
    assert "No score yet" in client.get(address("widget_frame")).content.decode()
    assert "No score yet" in client.get(address("widget_image")).content.decode()


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_for_every_origin_cacheable_and_without_cookies(
    client: Client, acme: Business, name: str
) -> None:
    answer = client.get(address(name))
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, max-age=5"
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.parametrize("name", FORMS)
def test_an_unknown_business_is_404_in_every_form(client: Client, acme: Business, name: str) -> None:
    answer = client.get(address(name, "nobody"))
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_who_has_the_json_already_is_told_so(client: Client, acme: Business) -> None:
    reviewed(acme, 5)
    first = client.get(address("widget_json"))
    again = client.get(address("widget_json"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Access-Control-Allow-Origin"] == "*"


def test_a_withdrawn_review_changes_tag_and_score(client: Client, acme: Business) -> None:
    (kept, gone) = reviewed(acme, 5, 1)
    before = client.get(address("widget_json"))
    with for_business(acme):
        withdraw_review(review=gone, now=gone.submitted_at)
    take_up_events()
    shelf.clear()
    after = client.get(address("widget_json"), headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after.json()["score"]["count"] == 1
    assert [each["stars"] for each in after.json()["reviews"]] == [kept.stars]


def test_the_json_travels_compressed_when_the_reader_takes_it(client: Client, acme: Business) -> None:
    reviewed(acme, 5)
    plain = client.get(address("widget_json"))
    packed = client.get(address("widget_json"), headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content)) == plain.json()
    assert packed["Vary"] == plain["Vary"] == "Accept-Encoding"


def test_a_process_asks_the_database_once_in_some_seconds(
    client: Client, acme: Business, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(address("widget_json"))
    with django_assert_num_queries(0):
        for name in FORMS:
            client.get(address(name))


def test_a_process_keeps_a_bounded_number_of_businesses(
    client: Client, acme: Business, globex: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "MOST", 1)
    for business in ("acme", "globex", "acme", "globex"):
        assert client.get(address("widget_json", business)).json()["business"] == business
    assert list(shelf._kept) == ["globex"]


def test_a_hostile_review_is_words_in_every_form(client: Client, acme: Business) -> None:
    reviewed(acme, 5, title=HOSTILE, body=HOSTILE, display_name=HOSTILE[:80])
    told = client.get(address("widget_json"))
    assert told["Content-Type"] == "application/json"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told.json()["reviews"][0]["name"] == HOSTILE[:80]
    frame = client.get(address("widget_frame"), {"type": "card"}).content.decode()
    assert "<script" not in frame
    assert "<img" not in frame
    assert "&lt;script&gt;alert(1)" in frame


def test_a_hostile_name_of_a_business_is_words_in_the_image(client: Client, alice: User) -> None:
    business = make_business(HOSTILE[:100], alice)
    picture = ElementTree.fromstring(client.get(address("widget_image", business.slug)).content)  # noqa: S314 - Our own picture.
    assert picture.findtext(f"{SVG}title") == f"Customer reviews of {HOSTILE[:100]}"
    drawn = {each.tag.removeprefix(SVG) for each in picture.iter()}
    assert drawn == {"svg", "title", "desc", "rect", "text", "tspan", "g", "path"}


def test_the_image_is_a_picture_with_words_for_who_cannot_see_it(client: Client, acme: Business) -> None:
    reviewed(acme, 5, 5, 4)
    kept = score_of(acme)
    answer = client.get(address("widget_image"))
    assert answer["Content-Type"] == "image/svg+xml"
    picture = ElementTree.fromstring(answer.content)  # noqa: S314 - Our own picture.
    assert (picture.get("width"), picture.get("height"), picture.get("role")) == ("260", "72", "img")
    assert picture.findtext(f"{SVG}title") == "Customer reviews of Acme"
    assert picture.findtext(f"{SVG}desc") == f"{(kept.tenths or 0) / 10} of 5, {kept.label}, 3 reviews"


def test_only_the_frame_may_be_framed_and_it_runs_no_script(client: Client, acme: Business) -> None:
    frame = client.get(address("widget_frame"), {"type": "card", "theme": "dark"})
    assert "X-Frame-Options" not in frame
    policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
    assert frame["Content-Security-Policy"] == policy
    assert frame["Cross-Origin-Resource-Policy"] == "cross-origin"
    for name in ("widget_json", "widget_image", "business_page"):
        assert client.get(address(name))["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("choice", ["min_stars=4", "stars=5", "count=9999", "score=50", "hide=low"])
def test_nothing_in_the_address_moves_score_or_count(client: Client, acme: Business, choice: str) -> None:
    reviewed(acme, 5, 1, 1)
    for name in FORMS:
        assert client.get(f"{address(name)}?{choice}").content == client.get(address(name)).content


def test_the_script_and_its_style_fit_into_six_kilobytes(client: Client) -> None:
    answer = client.get(reverse("widget_script"), headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=3600, stale-while-revalidate=86400"
    assert len(answer.content) <= 6 * 1024
    code = gzip.decompress(answer.content).decode()
    assert "cookie" not in code.lower()
    assert "innerHTML" not in code
    assert not answer.cookies
    again = client.get(reverse("widget_script"), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
