"""A stranger writes on the public page; nothing is public before the address is confirmed."""

from datetime import timedelta

import pytest

from businesses.models import Business, Customer, Notice
from businesses.services import UnusableAddress
from lib.tenancy import for_business
from reviews.enums import Source
from reviews.models import PendingReview, Review
from reviews.services import (
    CannotConfirm,
    UnusableReview,
    confirm_review,
    expire_pending_reviews,
    request_review,
)
from tests.factories import NOW
from tests.reviews.stories import contents

LATER = NOW + timedelta(days=2)
TOO_LATE = NOW + timedelta(days=7)


def written(business: Business, email: str = "Eve@Stranger.example") -> PendingReview:
    """What Eve wrote, waiting for her to open the mail."""
    return request_review(business=business, email=email, contents=contents(), language="sv", now=NOW)


def test_nothing_is_public_before_the_link_is_used(acme: Business) -> None:
    with for_business(acme):
        written(acme)
        assert Review.objects.count() == 0
        notice = Notice.objects.get()
        assert (notice.kind, notice.to, notice.language) == ("review_confirm", "eve@stranger.example", "sv")


def test_confirming_publishes_once(acme: Business) -> None:
    with for_business(acme):
        pending = written(acme)
        review = confirm_review(pending=pending, now=LATER)
        again = confirm_review(pending=pending, now=LATER)
        assert review == again
        assert (review.source, review.counted, review.submitted_at) == (Source.ORGANIC, True, LATER)
        assert (review.title, review.experienced_on) == (contents().title, contents().experienced_on)
        assert Customer.objects.get(email="eve@stranger.example").consent_basis == "consent"
        pending.refresh_from_db()
        assert pending.contents == {}


def test_a_link_of_last_week_says_so(acme: Business) -> None:
    with for_business(acme):
        pending = written(acme)
        with pytest.raises(CannotConfirm):
            confirm_review(pending=pending, now=TOO_LATE)


def test_what_nobody_confirmed_is_deleted(acme: Business) -> None:
    with for_business(acme):
        written(acme)
        assert expire_pending_reviews(now=LATER) == 0
        assert expire_pending_reviews(now=TOO_LATE) == 1
        assert PendingReview.objects.count() == 0


def test_bad_words_and_bad_addresses_are_refused_before_a_mail_goes_out(acme: Business) -> None:
    with for_business(acme):
        with pytest.raises(UnusableAddress):
            written(acme, "eve@")
        with pytest.raises(UnusableReview):
            request_review(business=acme, email="eve@x.example", contents=contents(stars=9), language="en", now=NOW)
        assert Notice.objects.count() == 0
