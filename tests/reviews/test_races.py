"""Two hands at once: whatever the order, one review counts and one invitation has one review."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from businesses.models import Business, Customer
from lib.tenancy import for_business
from reviews.enums import Source
from reviews.models import PendingReview, Review, ReviewEvent
from reviews.services import AlreadyReviewed, confirm_review, request_review, submit_review, withdraw_review
from tests.links.stage import invite
from tests.reviews.stories import contents

pytestmark = pytest.mark.django_db(transaction=True)

HANDS = 4


def at_once(act: Callable[[int], str]) -> list[str]:
    """What each hand says, all acting at the same time on connections of their own."""

    def hand(number: int) -> str:
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        return sorted(pool.map(hand, range(HANDS)))


def counted(business: Business) -> int:
    """How many published reviews of the business are in the score."""
    with for_business(business):
        return Review.objects.filter(counted=True, status="published").count()


def test_of_four_reviews_at_once_one_counts(acme: Business, dora: Customer) -> None:
    def act(number: int) -> str:
        with for_business(acme) as now:
            submit_review(
                business=acme, customer=dora, contents=contents(stars=number + 1), source=Source.ORGANIC, now=now
            )
        return "published"

    assert at_once(act) == ["published"] * HANDS
    assert counted(acme) == 1
    with for_business(acme):
        assert ReviewEvent.objects.filter(kind="uncount").count() == HANDS - 1


def test_of_four_reviews_to_one_invitation_one_is_taken(acme: Business, dora: Customer) -> None:
    invitation = invite(acme, dora)

    def act(number: int) -> str:
        try:
            with for_business(acme) as now:
                submit_review(
                    business=acme,
                    customer=dora,
                    contents=contents(stars=number + 1),
                    source=Source.ORDER,
                    invitation=invitation,
                    now=now,
                )
        except AlreadyReviewed:
            return "refused"
        return "published"

    assert at_once(act) == ["published", *["refused"] * (HANDS - 1)]
    assert counted(acme) == 1


def test_a_link_pressed_four_times_publishes_once(acme: Business) -> None:
    with for_business(acme):
        request_review(
            business=acme, email="eve@stranger.example", contents=contents(), language="en", now=timezone.now()
        )
        pending = PendingReview.objects.select_related("business").get()

    def act(_number: int) -> str:
        with for_business(acme) as now:
            return confirm_review(pending=pending, now=now).public_id

    assert len(set(at_once(act))) == 1
    assert counted(acme) == 1


def test_while_one_withdraws_the_older_counts_again_and_only_once(acme: Business, dora: Customer) -> None:
    made = []
    for stars in range(1, HANDS + 1):
        with for_business(acme) as now:
            made.append(
                submit_review(
                    business=acme, customer=dora, contents=contents(stars=stars), source=Source.ORGANIC, now=now
                )
            )

    def act(number: int) -> str:
        if number == 0:
            return "kept"
        with for_business(acme) as now:
            withdraw_review(review=made[number], now=now)
        return "withdrawn"

    at_once(act)
    with for_business(acme):
        assert list(Review.objects.filter(counted=True).values_list("stars", flat=True)) == [1]
