"""Hostile words in every field of a review and its reply stay words on every page and in every mail."""

import pytest
from django.test import Client
from django.utils import timezone

from businesses.models import Business, Customer, Notice, User
from businesses.notice_mails import notice_letter
from lib.tenancy import for_business
from reviews.contents import one_line, plain_text
from reviews.models import Review
from reviews.services import UnusableReply, edit_token, reply
from tests.hostile import PAYLOADS, skeleton
from tests.reviews.stories import published

WORDS = "Quite plain words"


def pages(business: Business, review: Review, client: Client) -> dict[str, str]:
    """Every page on which the review's words stand, by its route."""
    shown = {}
    for route in (
        f"/r/{edit_token(review)}/",
        "/app/acme/inbox/",
        f"/app/acme/inbox/{review.public_id}/",
        "/app/acme/",
        f"/b/{business.slug}/",
        f"/w/{business.slug}/frame",
    ):
        answer = client.get(route)
        assert answer.status_code == 200, route
        shown[route.replace(review.public_id, "…")] = answer.content.decode()
    return shown


def mails(business: Business) -> list[str]:
    """The HTML of every mail about the review."""
    with for_business(business):
        notices = Notice.objects.select_related("business", "customer").order_by("kind")
        return [notice_letter(each, now=timezone.now()).html for each in notices]


def told(business: Business, customer: Customer, bob: User, words: str) -> Review:
    """A review and a reply that consist of these words; the reply only where it may stand."""
    review = published(
        business, customer, title=words, body=words, display_name=one_line(words)[:80], now=timezone.now()
    )
    with for_business(business):
        try:
            reply(review=review, body=words, author=bob, now=timezone.now())
        except UnusableReply:
            reply(review=review, body=WORDS, author=bob, now=timezone.now())
    return review


@pytest.fixture
def plain(acme: Business, dora: Customer, bob: User, as_bob: Client) -> tuple[list[object], list[object]]:
    """What pages and mails are made of when the words are harmless."""
    # The public page says how many are gone, so one is gone at both looks.
    _take_away(told(acme, dora, bob, WORDS))
    review = told(acme, dora, bob, WORDS)
    made = [skeleton(page) for page in pages(acme, review, as_bob).values()]
    posted = [skeleton(mail) for mail in mails(acme)]
    _take_away(review)
    return list(made), list(posted)


def _take_away(review: Review) -> None:
    with for_business(review.business):
        Notice.objects.all().delete()
        Review.objects.filter(pk=review.pk).update(status="erased", customer=None)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_stay_words(
    acme: Business,
    dora: Customer,
    bob: User,
    as_bob: Client,
    plain: tuple[list[object], list[object]],
    payload: str,
) -> None:
    made, posted = plain
    review = told(acme, dora, bob, payload)
    shown = pages(acme, review, as_bob)
    for route, page, bones in zip(shown, shown.values(), made, strict=True):
        assert skeleton(page) == bones, route
    assert [skeleton(mail) for mail in mails(acme)] == posted
    with for_business(acme):
        kept = Review.objects.get(pk=review.pk)
        assert (kept.title, kept.body) == (one_line(payload), plain_text(payload))
