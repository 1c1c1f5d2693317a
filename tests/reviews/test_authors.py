"""Dora writes, changes and takes back reviews; which of them counts follows."""

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress

from businesses.models import Business, Customer, Notice, User
from lib.commitments import CommitmentKind, commit
from lib.tenancy import for_business
from lib.tokens import token_hash
from reviews.enums import ReviewStatus, Source, UncountReason
from reviews.models import Review, ReviewEvent, ReviewVersion, UntreatedEvent
from reviews.services import (
    ReviewClosed,
    UnusableReview,
    edit_review,
    edit_token,
    submit_review,
    withdraw_review,
)
from tests.factories import NOW, make_customer, make_member, make_user
from tests.reviews.stories import contents, events_of, published

LATER = NOW + timedelta(days=3)
DAY = 20759  # 2026-11-02
EXPERIENCED = 20754  # 2026-10-28


def test_a_review_is_public_at_once_and_written_down(acme: Business, dora: Customer) -> None:
    review = published(acme, dora, body="  Answered within the hour.\r\nThank you.\x00 ")
    with for_business(acme):
        review.refresh_from_db()
        assert (review.status, review.counted, review.needs_reply) == (ReviewStatus.PUBLISHED, True, True)
        assert review.body == "Answered within the hour.\nThank you."
        assert (review.submitted_at, review.published_at) == (NOW, NOW)
        assert events_of(review) == [("submit", "author", ""), ("publish", "service", "")]
        assert UntreatedEvent.objects.count() == 2
        notice = Notice.objects.get()
        assert (notice.to, notice.kind) == (dora.email, "review_published")
        assert notice.context["links"]["edit"]["row"] == review.public_id
        assert review.edit_hash == token_hash(edit_token(review))


def test_the_event_commits_to_exactly_what_was_said(acme: Business, dora: Customer) -> None:
    review = published(acme, dora)
    with for_business(acme):
        submit = ReviewEvent.objects.get(kind="submit")
        version = ReviewVersion.objects.get()
    core: dict[str, str | int] = {
        "business": "acme",
        "review": review.public_id,
        "subject": "service",
        "stars": 4,
        "source": "ticket",
        "experienced": EXPERIENCED,
        "day": DAY,
    }
    text: dict[str, str | int] = {
        "business": "acme",
        "review": review.public_id,
        "title": "They knew the tent by heart",
        "body": "Answered within the hour. The pole came the next day.",
        "name": "Dora D.",
        "media": "",
    }
    assert submit.core == commit(CommitmentKind.CORE, bytes(version.core_salt), core)
    assert submit.text == commit(CommitmentKind.TEXT, bytes(version.text_salt), text)
    assert submit.day == DAY


def test_an_edit_keeps_what_stood_before_and_the_day(acme: Business, dora: Customer) -> None:
    review = published(acme, dora)
    with for_business(acme):
        edit_review(review=review, contents=contents(stars=2, body="The pole broke again."), now=LATER)
        review.refresh_from_db()
        assert (review.stars, review.version, review.submitted_at, review.edited_at) == (2, 2, NOW, LATER)
        versions = ReviewVersion.objects.order_by("number")
        assert [(each.number, each.stars, each.body) for each in versions] == [
            (1, 4, "Answered within the hour. The pole came the next day."),
            (2, 2, "The pole broke again."),
        ]
        salts = {bytes(salt) for each in versions for salt in (each.core_salt, each.text_salt)}
        assert len(salts) == 4
        assert events_of(review)[-1] == ("edit", "author", "")


def test_an_edit_that_changes_nothing_leaves_no_trace(acme: Business, dora: Customer) -> None:
    review = published(acme, dora)
    with for_business(acme):
        edit_review(review=review, contents=contents(), now=LATER)
        assert ReviewEvent.objects.count() == 2
        assert ReviewVersion.objects.count() == 1


def test_the_date_of_the_experience_cannot_be_edited(acme: Business, dora: Customer) -> None:
    review = published(acme, dora)
    with for_business(acme), pytest.raises(UnusableReview) as refused:
        edit_review(review=review, contents=contents(experienced_on=date(2026, 10, 1)), now=LATER)
    assert refused.value.field == "experienced_on"


def test_a_withdrawn_review_is_gone_and_stays_so(acme: Business, dora: Customer) -> None:
    review = published(acme, dora)
    with for_business(acme):
        withdraw_review(review=review, now=LATER)
        review.refresh_from_db()
        assert (review.status, review.counted, review.needs_reply) == (ReviewStatus.WITHDRAWN, False, False)
        assert events_of(review)[-1] == ("withdraw", "author", "")
        with pytest.raises(ReviewClosed):
            withdraw_review(review=review, now=LATER)
        with pytest.raises(ReviewClosed):
            edit_review(review=review, contents=contents(stars=1), now=LATER)


def test_only_the_newest_review_of_a_customer_counts(acme: Business, dora: Customer) -> None:
    first = published(acme, dora)
    second = published(acme, dora, now=LATER, stars=1)
    with for_business(acme):
        first.refresh_from_db()
        assert (first.counted, first.uncount_reason) == (False, UncountReason.SUPERSEDED)
        assert events_of(first)[-1] == ("uncount", "service", "superseded")
        withdraw_review(review=second, now=LATER)
        first.refresh_from_db()
        assert (first.counted, first.uncount_reason) == (True, "")
        assert events_of(first)[-1] == ("count", "service", "superseded")


def test_withdrawing_an_old_review_changes_nothing_of_the_newer(acme: Business, dora: Customer) -> None:
    first = published(acme, dora)
    second = published(acme, dora, now=LATER)
    with for_business(acme):
        withdraw_review(review=first, now=LATER)
        second.refresh_from_db()
        assert second.counted
        assert events_of(second) == [("submit", "author", ""), ("publish", "service", "")]


@pytest.mark.parametrize("address", ["Bob@acme.example", "temp@mail.acme.example", "sales@acme.example"])
@pytest.mark.parametrize("site", ["https://www.acme.example/shop", "https://shop.acme.example"])
def test_a_review_by_an_insider_is_shown_but_does_not_count(acme: Business, address: str, site: str) -> None:
    acme.site = site
    review = published(acme, make_customer(acme, address))
    with for_business(acme):
        assert (review.counted, review.uncount_reason, review.status) == (False, "insider", "published")
        assert events_of(review) == [
            ("submit", "author", ""),
            ("uncount", "service", "insider"),
            ("publish", "service", ""),
        ]


def test_a_colleagues_other_confirmed_address_is_known_too(acme: Business, bob: User) -> None:
    EmailAddress.objects.create(user=bob, email="Bob@private.example", verified=True)
    EmailAddress.objects.create(user=bob, email="dora@customer.example", verified=False)
    assert not published(acme, make_customer(acme, "bob@private.example")).counted
    assert published(acme, make_customer(acme)).counted


def test_a_name_that_only_ends_like_the_business_is_no_insider(acme: Business) -> None:
    acme.site = "https://acme.example"
    review = published(acme, make_customer(acme, "eve@notacme.example"))
    assert review.counted


@pytest.mark.parametrize(
    ("site", "address"),
    [
        ("https://gmail.com", "dora@gmail.com"),
        ("https://co.uk", "dora@dahl.co.uk"),
        ("https://dahl.example", "dora@dahl.example"),
        ("https://mail.dahl.example", "dora@dahl.example"),
    ],
)
def test_naming_a_site_makes_no_insider_of_those_who_have_an_address_there(
    acme: Business, site: str, address: str
) -> None:
    acme.site = site
    make_member(acme, make_user("alva@gmail.com", "Alva Alm"))
    unconfirmed = make_user("albin@elsewhere.example", "Albin Ask")
    EmailAddress.objects.create(user=unconfirmed, email="albin@dahl.example", verified=False)
    make_member(acme, unconfirmed)
    review = published(acme, make_customer(acme, address))
    assert (review.counted, review.uncount_reason) == (True, "")


def test_a_colleague_of_another_business_is_no_insider(globex: Business, acme: Business) -> None:
    review = published(globex, make_customer(globex, "bob@acme.example"))
    assert review.counted


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("stars", {"stars": 0}),
        ("stars", {"stars": 6}),
        ("body", {"body": " \r\n\x07 "}),
        ("body", {"body": "a" * 10_001}),
        ("title", {"title": "a" * 201}),
        ("display_name", {"display_name": "  "}),
        ("display_name", {"display_name": "a" * 81}),
        ("experienced_on", {"experienced_on": date(2026, 11, 4)}),
        ("experienced_on", {"experienced_on": date(1969, 7, 20)}),
    ],
)
def test_what_cannot_be_published_is_refused_whole(
    acme: Business, dora: Customer, field: str, changes: dict[str, object]
) -> None:
    with for_business(acme):
        with pytest.raises(UnusableReview) as refused:
            submit_review(business=acme, customer=dora, contents=contents(**changes), source=Source.TICKET, now=NOW)
        assert refused.value.field == field
        assert Review.objects.count() == 0


def test_a_day_that_has_begun_in_auckland_is_today(acme: Business, dora: Customer) -> None:
    review = published(acme, dora, experienced_on=date(2026, 11, 3))
    assert review.experienced_on == date(2026, 11, 2)


def test_without_a_date_of_experience_the_core_says_zero(acme: Business, dora: Customer) -> None:
    review = published(acme, dora, experienced_on=None)
    assert review.experienced_on is None
