"""From what authors do to the score on show."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.models import Business
from lib.tenancy import for_business, for_public, for_scores, for_service
from reviews.enums import Source
from reviews.models import Review, UntreatedEvent
from reviews.services import ReviewContents, edit_review, submit_review, withdraw_review
from tests.factories import make_customer
from trustscore import services
from trustscore.models import ScoreDay, ScoreSnapshot, Tally
from trustscore.queries import current_score, score_history, sums_of, what_if
from trustscore.scoring import Sums

pytestmark = pytest.mark.django_db


def now() -> datetime:
    """The database's time, which the sweep will use too."""
    with for_service("a test's clock") as at:
        return at


def publish(business: Business, stars: int, *, email: str, days_ago: int = 0) -> Review:
    """A customer's review, submitted so many days ago."""
    customer = make_customer(business, email, name="")
    contents = ReviewContents(
        stars=stars, title="Mended", body="It works again.", display_name="D.", experienced_on=None, language="en"
    )
    with for_business(business) as at:
        return submit_review(
            business=business,
            customer=customer,
            contents=contents,
            source=Source.TICKET,
            now=at - timedelta(days=days_ago),
        )


def shown(business: Business) -> tuple[int, int | None, int, int]:
    """What strangers see: count, tenths, N and D."""
    with for_public():
        score = current_score(business)
        assert score is not None
        return score.count, score.tenths, int(score.numerator), int(score.denominator)


def test_seven_fives_today_are_exactly_4_25_and_show_4_3(acme: Business) -> None:
    for number in range(7):
        publish(acme, 5, email=f"customer{number}@customer.example")
    assert services.take_up_events() == 14
    assert shown(acme) == (7, 43, 255550554112, 60129542144)
    assert services.take_up_events() == 0


def test_an_edit_changes_the_stars_and_never_the_day(acme: Business) -> None:
    review = publish(acme, 5, email="dora@customer.example", days_ago=182)
    services.take_up_events()
    with for_business(acme) as at:
        changed = ReviewContents(
            stars=1, title="Broken", body="Again.", display_name="D.", experienced_on=None, language="en"
        )
        edit_review(review=Review.objects.get(pk=review.pk), contents=changed, now=at)
    services.take_up_events()
    with for_business(acme):
        kept = list(Tally.objects.filter(count__gt=0).values_list("day", "stars", "count"))
    assert kept == [(review.submitted_at.date(), 1, 1)]
    assert shown(acme)[2:] == (49 * 2**31 + 2151565666, 7 * 2**32 + 2151565666)


def test_a_withdrawn_review_leaves_the_score_and_the_one_before_counts_again(acme: Business) -> None:
    publish(acme, 2, email="dora@customer.example")
    newer = publish(acme, 5, email="dora@customer.example")
    services.take_up_events()
    assert shown(acme)[:2] == (1, 37)
    with for_business(acme) as at:
        withdraw_review(review=Review.objects.get(pk=newer.pk), now=at)
    services.take_up_events()
    assert shown(acme)[2:] == (49 * 2**31 + 2 * 2**32, 8 * 2**32)


def test_an_insiders_review_does_not_count(acme: Business, globex: Business) -> None:
    publish(acme, 5, email="bob@acme.example")
    services.take_up_events()
    assert shown(acme)[:2] == (0, None)
    with for_public():
        assert current_score(globex) is None


def test_a_new_day_moves_every_score_once(acme: Business, globex: Business) -> None:
    for business in (acme, globex):
        publish(business, 5, email="dora@customer.example")
    services.take_up_events()
    yesterday = now().date() - timedelta(days=1)
    with for_scores() as at:
        services.write_scores([acme.pk, globex.pk], as_of=yesterday, now=at)
    assert shown(acme)[:2] == (0, None)
    assert services.roll_over() == 2
    assert services.roll_over() == 0
    assert shown(acme)[:2] == (1, 37)
    with for_business(acme):
        history = [(day.as_of - yesterday).days for day in score_history(acme, since=yesterday)]
    assert history == [0, 1]


def test_the_largest_tally_does_not_overflow(acme: Business) -> None:
    with for_service("a test's tallies"):
        services.ensure_weights()
        Tally.objects.create(business=acme, day=date(2026, 11, 1), stars=5, count=2**26 - 1)
    with for_scores():
        sums = sums_of([acme.pk], as_of=date(2026, 11, 1))[acme.pk]
    n = 2**26 - 1
    assert sums == Sums(count=n, weight=n * 2**32, stars=5 * n * 2**32, squares=25 * n * 2**32)


def test_what_if_is_the_score_that_follows(acme: Business) -> None:
    publish(acme, 3, email="dora@customer.example")
    services.take_up_events()
    with for_business(acme) as at:
        foreseen = {(each.stars, each.count): each.score.tenths for each in what_if(acme, as_of=at.date())}
    for number in range(10):
        publish(acme, 5, email=f"customer{number}@customer.example")
    services.take_up_events()
    assert shown(acme)[1] == foreseen[(5, 10)]


ACTIONS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["publish", "edit", "withdraw", "sweep"]), st.integers(1, 5)),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=ACTIONS)
def test_whatever_authors_do_the_score_is_what_their_reviews_make(
    acme: Business, story: list[tuple[str, str, int]]
) -> None:
    for who, act, stars in story:
        email = f"{who}@customer.example"
        with for_business(acme) as at:
            newest = Review.objects.filter(customer__email=email, status="published").order_by("-id").first()
            contents = ReviewContents(
                stars=stars, title="", body=f"{act} {stars}", display_name="D.", experienced_on=None, language="en"
            )
            if act == "edit" and newest:
                edit_review(review=newest, contents=contents, now=at)
            elif act == "withdraw" and newest:
                withdraw_review(review=newest, now=at)
        if act == "publish":
            publish(acme, stars, email=email)
        if act == "sweep":
            services.take_up_events()
    while services.take_up_events():
        pass
    call_command("verify_scores", stdout=StringIO())
    with for_service("a test"):
        assert not UntreatedEvent.objects.exists()


def test_a_changed_number_is_found_and_named(acme: Business) -> None:
    publish(acme, 5, email="dora@customer.example")
    services.take_up_events()
    said = StringIO()
    call_command("verify_scores", stdout=said)
    assert said.getvalue() == "1 businesses, 1 counted reviews: every score agrees.\n"
    with for_service("a test's crime"):
        ScoreSnapshot.objects.update(tenths=50)
    complaint = StringIO()
    with pytest.raises(CommandError, match="1 numbers disagree, in 1 businesses"):
        call_command("verify_scores", stderr=complaint)
    assert complaint.getvalue() == (
        "acme: on show is N, D, tenths (126701535232, 34359738368, 50), "
        "from scratch they are (126701535232, 34359738368, 37).\n"
    )


def test_the_history_of_a_day_is_the_last_score_of_that_day(acme: Business) -> None:
    for number in range(2):
        publish(acme, 5, email=f"customer{number}@customer.example")
        services.take_up_events()
    with for_business(acme):
        days = list(ScoreDay.objects.values_list("as_of", "count", "tenths"))
    assert days == [(now().date(), 2, 38)]
