"""Lists of reviews: complete, without doubles, and only what may be seen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.models import Business, Customer, User
from lib.errors import NotFound
from lib.tenancy import for_business, for_public
from reviews.enums import ReviewStatus, Source
from reviews.models import Review
from reviews.queries import (
    InboxFilters,
    inbox,
    inbox_review,
    public_reviews,
    unanswered_low,
    waiting_count,
)
from reviews.services import reply, withdraw_review
from tests.factories import NOW, make_customer
from tests.reviews.stories import published


def rows(business: Business, shape: list[tuple[bool, int]]) -> list[Review]:
    """Bare rows: whether each needs a reply, and the minute at which it was submitted."""
    return Review.objects.bulk_create(
        Review(
            business=business,
            source=Source.ORGANIC,
            status=ReviewStatus.PUBLISHED,
            counted=True,
            stars=3,
            body="Fine",
            display_name="Eve",
            needs_reply=needs_reply,
            submitted_at=NOW + timedelta(minutes=minute),
        )
        for needs_reply, minute in shape
    )


def walk(business: Business, size: int) -> tuple[list[int], list[int]]:
    """All ids from the first page to the last, and back again."""
    there: list[int] = []
    page = inbox(business, InboxFilters(), size=size)
    there += [each.pk for each in page.reviews]
    while page.after:
        page = inbox(business, InboxFilters(), after=page.after, size=size)
        there += [each.pk for each in page.reviews]
    back = [each.pk for each in reversed(page.reviews)]
    while page.before:
        page = inbox(business, InboxFilters(), before=page.before, size=size)
        back += [each.pk for each in reversed(page.reviews)]
    return there, back


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=30), size=st.integers(1, 7))
def test_pages_are_complete_and_without_doubles_both_ways(
    acme: Business, shape: list[tuple[bool, int]], size: int
) -> None:
    with for_business(acme):
        Review.objects.filter(business=acme).delete()
        made = rows(acme, shape)
        expected = sorted(made, key=lambda each: (each.needs_reply, each.submitted_at, each.pk), reverse=True)
        there, back = walk(acme, size)
        assert there == [each.pk for each in expected]
        assert back == there[::-1]


def test_a_reply_in_between_neither_doubles_nor_hides_the_rest(acme: Business, bob: User) -> None:
    with for_business(acme):
        made = rows(acme, [(True, minute) for minute in range(6)])
        first = inbox(acme, InboxFilters(), size=3)
        reply(review=first.reviews[-1], body="Thank you", author=bob, now=NOW)
        assert first.after
        second = inbox(acme, InboxFilters(), after=first.after, size=3)
        assert [each.pk for each in second.reviews] == [each.pk for each in made[2::-1]]


@pytest.mark.parametrize(
    "place", ["", "1", "1-1-nobody", "x-1-y", "1-" + "9" * 40 + "-a", "\x00", "0--", "1-²-a", "1-1-\x00"]
)
def test_a_place_that_nobody_gave_begins_at_the_top(acme: Business, dora: Customer, place: str) -> None:
    review = published(acme, dora)
    with for_business(acme):
        assert inbox(acme, InboxFilters(), after=place).reviews == [review]
        assert public_reviews(acme.pk, before=place).reviews == [review]


def test_unanswered_come_first_then_the_newest(acme: Business, bob: User) -> None:
    reviews = [
        published(acme, make_customer(acme, f"c{day}@x.example"), now=NOW + timedelta(days=day)) for day in range(4)
    ]
    with for_business(acme):
        reply(review=reviews[3], body="Thank you", author=bob, now=NOW + timedelta(days=5))
        withdraw_review(review=reviews[2], now=NOW + timedelta(days=5))
        assert inbox(acme, InboxFilters()).reviews == [reviews[1], reviews[0], reviews[3]]
        assert waiting_count(acme) == 2


def test_filters_narrow_and_combine(acme: Business, bob: User) -> None:
    good = published(acme, make_customer(acme, "a@x.example"), stars=5, body="The tent stood in the storm")
    bad = published(acme, make_customer(acme, "b@x.example"), stars=1, body="The pole broke", source=Source.ORDER)
    with for_business(acme):
        reply(review=good, body="Thank you", author=bob, now=NOW)
        cases = [
            (InboxFilters(stars=1), [bad]),
            (InboxFilters(source="ticket"), [good]),
            (InboxFilters(waiting=True), [bad]),
            (InboxFilters(waiting=False), [good]),
            (InboxFilters(search="STORM tent"), [good]),
            (InboxFilters(search='"broke the"'), []),
            (InboxFilters(stars=1, search="pole"), [bad]),
            (InboxFilters(search="') OR 1=1 --"), []),
            (InboxFilters(search="\x00"), [bad, good]),
        ]
        for filters, expected in cases:
            assert inbox(acme, filters).reviews == expected, filters


def test_strangers_see_what_is_published(acme: Business, globex: Business) -> None:
    mine = published(acme, make_customer(acme, "a@x.example"), stars=5)
    gone = published(acme, make_customer(acme, "b@x.example"), stars=1)
    published(globex, make_customer(globex, "c@x.example"), stars=2)
    with for_business(acme):
        withdraw_review(review=gone, now=NOW)
    with for_public():
        assert public_reviews(acme.pk).reviews == [mine]
        assert public_reviews(acme.pk, stars=1).reviews == []
        assert public_reviews(acme.pk, search="tent").reviews == [mine]


def test_the_longest_waiting_low_score_comes_first(acme: Business, bob: User) -> None:
    made = [
        published(acme, make_customer(acme, f"c{stars}@x.example"), stars=stars, now=NOW + timedelta(hours=stars))
        for stars in (3, 2, 1)
    ]
    with for_business(acme):
        assert unanswered_low(acme, limit=5) == [made[2], made[1]]
        assert unanswered_low(acme, limit=5, older_than=NOW + timedelta(hours=2)) == [made[2]]
        assert unanswered_low(acme, limit=1) == [made[2]]
        reply(review=made[2], body="We are sorry", author=bob, now=NOW)
        assert unanswered_low(acme, limit=5) == [made[1]]


def test_another_tenants_review_is_not_there(acme: Business, globex: Business, dora: Customer) -> None:
    review = published(acme, dora)
    with for_business(globex):
        with pytest.raises(NotFound):
            inbox_review(globex, review.public_id)
        assert inbox(globex, InboxFilters()).reviews == []


def test_years_of_places_survive_the_round_trip(acme: Business) -> None:
    with for_business(acme):
        made = rows(acme, [(True, 0), (True, 1)])
        moment = datetime(2015, 2, 1, 3, 4, 5, 678901, tzinfo=UTC)
        Review.objects.filter(pk=made[0].pk).update(submitted_at=moment)
        first = inbox(acme, InboxFilters(), size=1)
        assert first.after
        assert [each.pk for each in inbox(acme, InboxFilters(), after=first.after, size=1).reviews] == [made[0].pk]
