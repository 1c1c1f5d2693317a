"""Bob answers Dora's review in public."""

from datetime import timedelta

import pytest

from businesses.models import Business, Customer, Notice, User
from invitations.enums import SuppressionScope
from invitations.services import unsubscribe
from lib.commitments import CommitmentKind, commit
from lib.tenancy import for_business
from reviews.models import ReplyVersion, ReviewEvent
from reviews.personal_data import personal_data_in
from reviews.services import PersonalDataInReply, ReplyNotPossible, UnusableReply, reply, withdraw_review
from tests.factories import NOW
from tests.reviews.stories import events_of, published

LATER = NOW + timedelta(hours=2)
LATEST = NOW + timedelta(hours=5)


def test_a_reply_is_public_and_its_author_is_told_once(acme: Business, dora: Customer, bob: User) -> None:
    review = published(acme, dora)
    with for_business(acme):
        reply(review=review, body="Thank you, Dora.\r\nSpare poles are now in every bag. ", author=bob, now=LATER)
        reply(review=review, body="Thank you, Dora.", author=bob, now=LATEST)
        review.refresh_from_db()
        assert (review.reply_body, review.first_replied_at, review.replied_at) == ("Thank you, Dora.", LATER, LATEST)
        assert not review.needs_reply
        kept = ReplyVersion.objects.order_by("number").values_list("number", "body", "author")
        assert list(kept) == [
            (1, "Thank you, Dora.\nSpare poles are now in every bag.", bob.pk),
            (2, "Thank you, Dora.", bob.pk),
        ]
        assert events_of(review)[2:] == [("reply", "business", "")] * 2
        assert list(Notice.objects.filter(kind="review_replied").values_list("to", flat=True)) == [dora.email]


def test_who_wants_no_mail_at_all_is_not_told_of_a_reply(acme: Business, dora: Customer, bob: User) -> None:
    review = published(acme, dora)
    with for_business(acme):
        unsubscribe(customer=dora, scope=SuppressionScope.ALL, now=NOW)
        assert reply(review=review, body="Thank you, Dora.", author=bob, now=NOW).reply_body == "Thank you, Dora."
        assert not Notice.objects.filter(kind="review_replied").exists()


def test_the_event_commits_to_the_reply(acme: Business, dora: Customer, bob: User) -> None:
    review = published(acme, dora)
    with for_business(acme):
        reply(review=review, body="Thank you.", author=bob, now=LATER)
        event, version = ReviewEvent.objects.get(kind="reply"), ReplyVersion.objects.get()
    value: dict[str, str | int] = {"business": "acme", "review": review.public_id, "body": "Thank you."}
    assert event.reply == commit(CommitmentKind.REPLY, bytes(version.salt), value)


def test_an_empty_reply_withdraws_what_stood(acme: Business, dora: Customer, bob: User) -> None:
    review = published(acme, dora)
    with for_business(acme):
        reply(review=review, body="Thank you.", author=bob, now=LATER)
        reply(review=review, body="  ", author=bob, now=LATEST)
        review.refresh_from_db()
        assert (review.reply_body, review.replied_at, review.needs_reply) == ("", None, True)
        assert review.first_replied_at == LATER


def test_saying_the_same_or_nothing_leaves_no_trace(acme: Business, dora: Customer, bob: User) -> None:
    review = published(acme, dora)
    with for_business(acme):
        reply(review=review, body="", author=bob, now=LATER)
        assert ReplyVersion.objects.count() == 0
        reply(review=review, body="Thank you.", author=bob, now=LATER)
        reply(review=review, body="Thank you. ", author=bob, now=LATEST)
        assert ReplyVersion.objects.count() == 1


def test_a_withdrawn_review_cannot_be_answered(acme: Business, dora: Customer, bob: User) -> None:
    review = published(acme, dora)
    with for_business(acme):
        withdraw_review(review=review, now=LATER)
        with pytest.raises(ReplyNotPossible):
            reply(review=review, body="But why", author=bob, now=LATEST)


def test_a_reply_with_an_address_or_a_number_is_refused_and_says_which(
    acme: Business, dora: Customer, bob: User
) -> None:
    review = published(acme, dora)
    with for_business(acme):
        with pytest.raises(PersonalDataInReply) as refused:
            reply(review=review, body="Is dora@customer.example or +46 70 123 45 67 right?", author=bob, now=LATER)
        assert refused.value.found == ["dora@customer.example", "+46 70 123 45 67"]
        assert ReplyVersion.objects.count() == 0


def test_an_endless_reply_is_refused(acme: Business, dora: Customer, bob: User) -> None:
    review = published(acme, dora)
    with for_business(acme), pytest.raises(UnusableReply):
        reply(review=review, body="a" * 5001, author=bob, now=LATER)


@pytest.mark.parametrize(
    "text",
    [
        "We answered on 2026-11-02 and 02.11.2026, as in 2019-2024.",
        "Order parts for 1 200 000 people, 24/7, at 10:30.",
        "Five of 12 345 reviews",
        "@acme is our handle",
        "room 4711, floor 3",
    ],
)
def test_dates_and_amounts_are_no_personal_data(text: str) -> None:
    assert personal_data_in(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to dora+x@mail.example.org.", "dora+x@mail.example.org"),
        ("call 0701234567", "0701234567"),
        ("call (070) 123-45-67 now", "(070) 123-45-67"),
        ("call ０７０‑１２３ ４５ ６７", "070-123 45 67"),
        ("your number 5551234567.", "5551234567"),
    ],
)
def test_addresses_and_numbers_are_found(text: str, found: str) -> None:
    assert personal_data_in(text) == [found]
