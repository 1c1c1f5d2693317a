"""Bob reads and answers reviews in the inbox."""

from datetime import timedelta
from html import escape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from businesses.models import Business, Customer, User
from lib.tenancy import for_business
from reviews.enums import Source
from reviews.models import ReplyVersion, Review
from reviews.services import reply, withdraw_review
from tests.factories import NOW, make_customer
from tests.reviews.stories import published

INBOX = "/app/acme/inbox/"


def address(review: Review) -> str:
    """Where one review is read."""
    return f"{INBOX}{review.public_id}/"


def standing_reply(review: Review) -> str:
    """What the business answers at present."""
    with for_business(review.business):
        return Review.objects.get(pk=review.pk).reply_body


def test_an_empty_inbox_says_where_reviews_come_from(acme: Business, as_bob: Client) -> None:
    page = as_bob.get(INBOX)
    assert page.status_code == 200
    assert "No reviews yet" in page.content.decode()


def test_the_inbox_shows_the_list_and_the_first_review(acme: Business, dora: Customer, as_bob: Client) -> None:
    published(acme, dora)
    page = as_bob.get(INBOX).content.decode()
    assert "1 review waits for an answer." in page
    assert "They knew the tent by heart" in page
    assert "Publish the reply" in page


def test_a_reply_is_published_and_may_be_changed_and_withdrawn(acme: Business, dora: Customer, as_bob: Client) -> None:
    review = published(acme, dora)
    page = as_bob.post(address(review), {"body": "Thank you, Dora."}, follow=True)
    assert "Your reply is public, and the author gets a mail." in page.content.decode()
    assert standing_reply(review) == "Thank you, Dora."
    page = as_bob.post(address(review), {"body": "Thanks, Dora."}, follow=True)
    assert "Your changed reply is public." in page.content.decode()
    page = as_bob.post(address(review), {"body": "Thanks, Dora.", "action": "withdraw"}, follow=True)
    assert "Your reply is withdrawn." in page.content.decode()
    assert standing_reply(review) == ""
    assert "Bob Berg" in page.content.decode()


def test_an_empty_reply_is_not_published(acme: Business, dora: Customer, as_bob: Client) -> None:
    review = published(acme, dora)
    page = as_bob.post(address(review), {"body": "  "}, follow=True)
    assert "Nothing was written" in page.content.decode()
    with for_business(acme):
        assert ReplyVersion.objects.count() == 0


def test_a_refused_reply_keeps_what_was_typed_and_says_why(acme: Business, dora: Customer, as_bob: Client) -> None:
    review = published(acme, dora)
    typed = "Dear Dora,\n\n<b>call</b> us: +46 70 123 45 67"
    page = as_bob.post(address(review), {"body": typed})
    assert page.status_code == 422
    text = page.content.decode()
    assert escape(typed) in text.replace("&#34;", "&quot;")
    assert "“+46 70 123 45 67”" in text
    assert standing_reply(review) == ""


def test_filters_stay_while_one_reads_and_answers(acme: Business, as_bob: Client) -> None:
    low = published(acme, make_customer(acme, "a@x.example"), stars=1, title="The pole broke")
    published(acme, make_customer(acme, "b@x.example"), stars=5, title="All well")
    query = "?answered=waiting&stars=1"
    page = as_bob.get(INBOX + query).content.decode()
    assert "The pole broke" in page
    assert "All well" not in page
    assert f"{address(low)}?answered=waiting&amp;stars=1" in page
    answer = as_bob.post(address(low) + query, {"body": "We are sorry."})
    assert answer["Location"] == f"{address(low)}?answered=waiting&stars=1"


def test_nonsense_in_the_address_narrows_nothing(acme: Business, dora: Customer, as_bob: Client) -> None:
    published(acme, dora)
    page = as_bob.get(INBOX + "?stars=9&answered=maybe&source=x&after=nowhere&before=%20&q=%09")
    assert page.status_code == 200
    assert "They knew the tent by heart" in page.content.decode()


def test_a_search_without_result_offers_the_way_back(acme: Business, dora: Customer, as_bob: Client) -> None:
    published(acme, dora)
    page = as_bob.get(INBOX + "?q=unicorn").content.decode()
    assert "No review fits these filters." in page


def test_pages_lead_on_and_back(acme: Business, as_bob: Client) -> None:
    with for_business(acme):
        Review.objects.bulk_create(
            Review(
                business=acme,
                source=Source.ORGANIC,
                status="published",
                counted=True,
                stars=3,
                title=f"Review {number:02}",
                body="Fine",
                submitted_at=NOW + timedelta(minutes=number),
            )
            for number in range(30)
        )
    first = as_bob.get(INBOX).content.decode()
    assert "Review 05" in first
    assert "Review 04" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = as_bob.get(following).content.decode()
    assert "Review 04" in second
    assert "Review 05" not in second
    back = second.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Review 05" in as_bob.get(back).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_list(acme: Business, bob: User, as_bob: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            as_bob.get(INBOX)
        return len(captured)

    def answered(number: int) -> None:
        review = published(acme, make_customer(acme, f"c{number}@x.example"))
        with for_business(acme):
            reply(review=review, body="Thank you", author=bob, now=NOW)

    answered(1)
    with_one = queries()
    answered(2)
    answered(3)
    assert queries() == with_one


def test_another_tenants_review_does_not_exist(
    acme: Business, globex: Business, dora: Customer, as_charlie: Client
) -> None:
    review = published(acme, dora)
    for path in (address(review), f"/app/globex/inbox/{review.public_id}/"):
        assert as_charlie.get(path).status_code == 404
        assert as_charlie.post(path, {"body": "Ha"}).status_code == 404
    assert standing_reply(review) == ""


def test_a_withdrawn_review_is_no_longer_read(acme: Business, dora: Customer, as_bob: Client) -> None:
    review = published(acme, dora)
    with for_business(acme):
        withdraw_review(review=review, now=NOW)
    assert as_bob.get(address(review)).status_code == 404


@pytest.mark.parametrize("source", list(Source))
def test_the_source_stands_beside_the_review_in_words(
    acme: Business, dora: Customer, as_bob: Client, source: Source
) -> None:
    review = published(acme, dora, source=source)
    assert escape(source.label) in as_bob.get(address(review)).content.decode()
