"""Moderators hold, reject, remove and restore; the business cannot; what counts follows, and the log hears of all."""

from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.models import AuditEntry, Business, Customer, Notice, User
from lib.tenancy import for_business, for_service
from reviews.enums import Actor, EventKind, ModerationReason, ReviewStatus, Source
from reviews.models import Review, ReviewEvent
from reviews.queries import absent_reviews
from reviews.services import (
    LONGEST_HOLD,
    IllegalTransition,
    ReplyNotPossible,
    ReviewClosed,
    edit_review,
    end_holds,
    erase_review,
    hide_words,
    hold_review,
    reject_review,
    release_review,
    remove_review,
    reply,
    restore_review,
    withdraw_review,
)
from reviews.transitions import STEPS
from tests.factories import NOW, make_customer, make_user
from tests.reviews.stories import contents, events_of, published
from trustscore import verify

pytestmark = pytest.mark.django_db

REASON = ModerationReason.NOT_GENUINE


@pytest.fixture
def as_mona(db: None) -> Client:
    """A browser of Mona, who moderates for the service."""
    mona = make_user("mona@candor.example", "Mona Moe")
    mona.is_moderator = True
    mona.save()
    client = Client()
    client.force_login(mona)
    return client


def fresh(review: Review) -> Review:
    """The review as it stands."""
    return Review.objects.select_related("business", "customer").get(pk=review.pk)


def counted(business: Business) -> list[str]:
    """The ids of the reviews that count."""
    return list(Review.objects.filter(business=business, counted=True).values_list("public_id", flat=True))


def test_a_hold_takes_the_review_from_view_and_the_one_before_counts_meanwhile(acme: Business, dora: Customer) -> None:
    older = published(acme, dora, stars=2)
    newer = published(acme, dora, stars=5, now=NOW + timedelta(hours=1))
    with for_business(acme):
        hold_review(review=fresh(newer), reason=REASON, actor=Actor.SERVICE, now=NOW)
        assert (fresh(newer).status, counted(acme)) == (ReviewStatus.HELD, [older.public_id])
        release_review(review=fresh(newer), now=NOW)
        assert (fresh(newer).status, counted(acme)) == (ReviewStatus.PUBLISHED, [newer.public_id])
        assert events_of(newer)[2:] == [("hold", "service", "not-genuine"), ("publish", "service", "")]
        assert events_of(older)[2:] == [
            ("uncount", "service", "superseded"),
            ("count", "service", "superseded"),
            ("uncount", "service", "superseded"),
        ]


def test_the_author_is_told_what_happened_and_why(acme: Business, dora: Customer) -> None:
    review = published(acme, dora)
    with for_business(acme):
        remove_review(review=fresh(review), reason=ModerationReason.ADVERTISING, actor=Actor.SERVICE, now=NOW)
        notice = Notice.objects.get(kind="review_moderated")
    assert notice.context["words"] == {
        "title": "They knew the tent by heart",
        "kind": "remove",
        "reason": "advertising",
    }


def test_a_hold_ends_by_itself_after_72_hours(acme: Business, dora: Customer) -> None:
    review = published(acme, dora)
    with for_business(acme):
        hold_review(review=fresh(review), reason=REASON, actor=Actor.SERVICE, now=NOW)
    with for_service("a test"):
        assert end_holds(now=NOW + LONGEST_HOLD - timedelta(minutes=1)) == 0
        assert end_holds(now=NOW + LONGEST_HOLD) == 1
        assert end_holds(now=NOW + LONGEST_HOLD) == 0
        assert fresh(review).status == ReviewStatus.PUBLISHED


def test_a_hold_of_late_evening_ends_before_its_fourth_midnight(acme: Business, dora: Customer) -> None:
    review = published(acme, dora)
    evening = NOW.replace(hour=23, minute=59)
    with for_business(acme):
        hold_review(review=fresh(review), reason=REASON, actor=Actor.SERVICE, now=evening)
    with for_service("a test"):
        assert end_holds(now=evening.replace(minute=49) + LONGEST_HOLD) == 0
        assert end_holds(now=evening.replace(minute=50) + LONGEST_HOLD) == 1


def test_hidden_words_go_and_the_stars_stay_until_the_author_writes_others(acme: Business, dora: Customer) -> None:
    review = published(acme, dora)
    with for_business(acme):
        hide_words(review=fresh(review), reason=ModerationReason.PERSONAL_DATA, now=NOW)
        hidden = fresh(review)
        assert (hidden.stars, hidden.title, hidden.body, hidden.display_name) == (4, "", "", "")
        page = Client().get("/b/acme/").content.decode()
        assert "The words of this review were hidden: it tells of somebody’s private life." in page
        assert "Answered within the hour" not in page
        edit_review(review=hidden, contents=contents(body="Better so."), now=NOW)
        assert fresh(review).hidden_reason == ""


@pytest.mark.parametrize("status", [ReviewStatus.WITHDRAWN, ReviewStatus.ERASED, ReviewStatus.REMOVED])
def test_an_illegal_step_is_refused_by_name_and_writes_nothing(
    acme: Business, dora: Customer, status: ReviewStatus
) -> None:
    review = published(acme, dora)
    with for_business(acme):
        {
            ReviewStatus.WITHDRAWN: lambda: withdraw_review(review=fresh(review), now=NOW),
            ReviewStatus.ERASED: lambda: erase_review(review=fresh(review), actor=Actor.AUTHOR, now=NOW),
            ReviewStatus.REMOVED: lambda: remove_review(
                review=fresh(review), reason=REASON, actor=Actor.SERVICE, now=NOW
            ),
        }[status]()
        before = events_of(review)
        with pytest.raises(IllegalTransition) as refused:
            hold_review(review=fresh(review), reason=REASON, actor=Actor.SERVICE, now=NOW)
        assert refused.value.message == f"“Held” is not possible: the review is {status.label.lower()}."
        assert events_of(review) == before


def test_the_public_page_says_what_is_missing(acme: Business) -> None:
    with for_business(acme):
        people = [make_customer(acme, f"customer{number}@customer.example") for number in range(5)]
    reviews = [published(acme, each) for each in people]
    with for_business(acme):
        remove_review(review=fresh(reviews[0]), reason=ModerationReason.HARMFUL, actor=Actor.SERVICE, now=NOW)
        hold_review(review=fresh(reviews[1]), reason=REASON, actor=Actor.SERVICE, now=NOW)
        withdraw_review(review=fresh(reviews[2]), now=NOW)
        erase_review(review=fresh(reviews[3]), actor=Actor.AUTHOR, now=NOW)
        found = absent_reviews(acme)
    assert (found.withdrawn, found.held, found.erased_by_authors, found.removed) == (1, 1, 1, {"harmful": 1})
    page = Client().get("/b/acme/").content.decode()
    for line in (
        "1 taken back by its author",
        "1 erased by its author",
        "1 being checked at the moment",
        "1 removed after a check: it threatens, insults or incites",
    ):
        assert f"<li>{line}</li>" in page


def test_a_moderator_decides_on_a_plain_page(acme: Business, dora: Customer, as_mona: Client) -> None:
    review = published(acme, dora)
    assert "They knew the tent by heart" in as_mona.get("/moderation/").content.decode()
    address = f"/moderation/{review.public_id}/"
    refused = as_mona.post(address, {"kind": "remove"})
    assert (refused.status_code, "nothing is decided without one" in refused.content.decode()) == (422, True)
    as_mona.post(address, {"kind": "remove", "reason": "advertising", "note": "Asked the author"})
    with for_business(acme):
        assert events_of(review)[-1] == ("remove", "service", "advertising")
        line = AuditEntry.objects.get(kind="review.moderated")
    assert line.subject == f"{review.public_id}: remove advertising Asked the author"
    as_mona.post(address, {"kind": "restore"})
    with for_business(acme):
        assert fresh(review).status == ReviewStatus.PUBLISHED


def test_nobody_else_finds_that_page(acme: Business, dora: Customer, as_alice: Client) -> None:
    review = published(acme, dora)
    for address in ("/moderation/", f"/moderation/{review.public_id}/"):
        assert as_alice.get(address).status_code == 404
        assert Client().get(address).status_code == 302


ACTS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(sorted(STEPS)), st.integers(1, 5), st.integers(0, 1)), max_size=14
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_is_tried_the_history_is_one_that_the_verifier_accepts(
    acme: Business, alice: User, acts: list[tuple[str, EventKind, int, int]]
) -> None:
    with for_business(acme) as now:
        customer = make_customer(acme)
    reviews = {who: published(acme, customer, now=now, source=Source.TICKET) for who in "ab"}
    for who, kind, stars, later in acts:
        now = now + timedelta(days=later)
        with for_service("a test"):
            end_holds(now=now)
        with for_business(acme):
            review = fresh(reviews[who])
            before = ReviewEvent.objects.count()
            try:
                _act(review, kind, stars, alice, now=now)
            except (IllegalTransition, ReviewClosed, ReplyNotPossible):
                assert ReviewEvent.objects.count() == before
    with for_business(acme):
        events = list(ReviewEvent.objects.filter(review__in=reviews.values()).select_related("review").order_by("id"))
    replay = verify.Replay("acme", {}, [0], 0)
    # Nothing is opened here, as if all were erased in the end: it is about the order of what happened.
    erased = {event.review.public_id for event in events}
    for at, event in enumerate(events):
        entry = {"kind": event.kind, "review": event.review.public_id, "day": event.day, "reason": event.reason}
        entry |= {"actor": event.actor} if event.kind in {"hold", "remove", "restore", "reject", "erase"} else {}
        replay.happen(at, entry | {"core": event.core, "text": event.text, "reply": event.reply}, erased)


def _act(review: Review, kind: EventKind, stars: int, alice: User, *, now: object) -> None:
    at = {"review": review, "now": now}
    because = at | {"reason": REASON, "actor": Actor.SERVICE}
    acts = {
        EventKind.PUBLISH: lambda: release_review(**at),  # type: ignore[arg-type]
        EventKind.HOLD: lambda: hold_review(**because),  # type: ignore[arg-type]
        EventKind.REJECT: lambda: reject_review(**because),  # type: ignore[arg-type]
        EventKind.REMOVE: lambda: remove_review(**because),  # type: ignore[arg-type]
        EventKind.RESTORE: lambda: restore_review(**at),  # type: ignore[arg-type]
        EventKind.WITHDRAW: lambda: withdraw_review(**at),  # type: ignore[arg-type]
        EventKind.ERASE: lambda: erase_review(actor=Actor.AUTHOR, **at),  # type: ignore[arg-type]
        EventKind.EDIT: lambda: edit_review(contents=contents(stars=stars), **at),  # type: ignore[arg-type]
        EventKind.HIDE_TEXT: lambda: hide_words(reason=REASON, **at),  # type: ignore[arg-type]
        EventKind.REPLY: lambda: reply(body=f"Thank you {stars}.", author=alice, **at),  # type: ignore[arg-type]
    }
    acts[kind]()
