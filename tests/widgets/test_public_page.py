"""The page of a business that everybody sees."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from businesses.models import Business, User
from lib.tenancy import for_business
from reviews.enums import Source
from reviews.importing.mapping import map_columns
from reviews.importing.reading import read_table
from reviews.importing.services import import_reviews
from reviews.models import Review
from tests.factories import NOW, make_customer
from tests.reviews.stories import published
from tests.widgets.stage import HOSTILE, replied, reviewed
from trustscore.services import take_up_events

pytestmark = pytest.mark.django_db

PAGE = "/b/acme/"


def page(client: Client, query: str = "") -> str:
    answer = client.get(PAGE + query)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_stranger_reads_score_reviews_reply_and_where_they_come_from(
    client: Client, acme: Business, alice: User
) -> None:
    (review,) = reviewed(acme, 4)
    replied(review, "Thank you, Dora.\n\nSpare poles are in every bag now.", alice)
    text = page(client)
    assert "Based on 1 review" in text
    assert "They knew the tent by heart" in text
    assert "Invited after a support ticket" in text
    assert "Experience of 28 October 2026" in text
    assert "<strong>Acme</strong> replied" in text
    assert "Spare poles are in every bag now." in text
    assert reverse("how_the_score_works") in text


def test_a_review_from_elsewhere_says_whether_it_was_verified_there(client: Client, acme: Business) -> None:
    table = read_table(b"rating,text,verified\n5,Stood in the storm,true\n4,Leaked a little,false\n3,Came late,\n")
    with for_business(acme):
        import_reviews(
            business=acme, table=table, mapping=map_columns(table), imported_from="Shop", actor="Alice", now=NOW
        )
        kept = Review.objects.order_by("-stars").values_list("imported_verified", flat=True)
        assert list(kept) == [True, False, None]
    text = page(client)
    assert text.count("Imported from elsewhere") == 3
    assert text.count("Verified by the site it comes from") == 1


def test_what_does_not_count_is_shown_and_says_why(client: Client, acme: Business, alice: User) -> None:
    (first,) = reviewed(acme, 1)
    assert first.customer is not None
    published(acme, first.customer, stars=5, title="Better now")
    published(acme, make_customer(acme, alice.email, "Alice"), stars=5)
    take_up_events()
    text = page(client)
    assert "Not counted in the score: the same customer wrote a newer one, which counts" in text
    assert "Not counted in the score: its author belongs to the business" in text
    assert "1 older review whose author wrote a newer one" in text
    assert "1 review by somebody who belongs to the business" in text
    assert "Based on 1 review<" in text


def test_bars_and_search_narrow_the_list_and_never_the_score(client: Client, acme: Business) -> None:
    reviewed(acme, 5, 5, title="Quick as ever")
    reviewed(acme, 1, source=Source.ORDER, title="Never arrived")
    assert 'href="?stars=1#reviews"' in page(client)
    low = page(client, "?stars=1")
    assert ("Never arrived" in low, "Quick as ever" in low, "Based on 3 reviews" in low) == (True, False, True)
    assert "Only reviews with 1 star." in low
    found = page(client, "?q=quick")
    assert ("Never arrived" in found, "Quick as ever" in found, "Based on 3 reviews" in found) == (False, True, True)
    assert "No published review is like that." in page(client, "?q=zebra&stars=5")
    assert "Never arrived" in page(client, "?stars=9&after=nonsense")


def test_long_lists_have_pages(client: Client, acme: Business) -> None:
    reviewed(acme, *[5] * 23)
    first = page(client)
    older = re.search(r'rel="next" href="(\?after=[^"#]+)', first)
    assert first.count('<article class="review"') == 20
    assert older is not None
    second = page(client, older[1])
    assert second.count('<article class="review"') == 3
    assert 'rel="prev"' in second


def test_it_speaks_the_language_of_the_business_and_english_when_asked(client: Client, acme: Business) -> None:
    in_swedish = page(client, "?lang=sv")
    assert '<html lang="sv"' in in_swedish
    assert '<html lang="en"' in page(client, "?lang=xx")
    assert '<html lang="en"' in page(client)


def test_hostile_words_are_words(client: Client, acme: Business, alice: User) -> None:
    (review,) = reviewed(acme, 5, title=HOSTILE, body=HOSTILE, display_name=HOSTILE[:80])
    replied(review, HOSTILE, alice)
    text = page(client, "?q=%3Cscript%3Ealert(4)")
    assert "<script>alert" not in text + page(client)
    assert "<img src=x" not in page(client)
    assert "{{7*7}}" in page(client)


def test_caches_may_keep_it_and_nobody_gets_a_cookie(client: Client, acme: Business) -> None:
    answer = client.get(PAGE)
    assert answer["Cache-Control"] == "public, max-age=5"
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "nonce" not in answer["Content-Security-Policy"]
    assert b"noindex" not in answer.content


def test_a_business_that_does_not_exist_is_not_found(client: Client, acme: Business) -> None:
    assert client.get("/b/nobody/").status_code == 404


def test_three_reviews_cost_no_more_queries_than_one(
    client: Client, acme: Business, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reviewed(acme, 5)
    client.get(PAGE)
    with django_assert_num_queries(22):
        client.get(PAGE)
    reviewed(acme, 4, 3, source=Source.ORDER)
    with django_assert_num_queries(22):
        client.get(PAGE)
