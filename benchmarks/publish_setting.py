"""The reviews among which the publish benchmark publishes one more."""

from collections.abc import Callable, Iterator

from django.db import connection

from benchmarks.filling import without_foreign_keys
from businesses.models import Business, Customer, User
from businesses.services import create_business, customer_for
from lib.tenancy import for_business, for_service
from reviews.contents import ReviewContents
from reviews.enums import Source
from reviews.services import submit_review
from trustscore.services import ensure_weights, take_up_events

FILLED = ("reviews_review", "reviews_reviewevent", "trustscore_loggedreview")
# The reviews of a business are spread evenly over it and five years; every one is counted and has its submit event.
REVIEWS = """
    INSERT INTO reviews_review (business_id, public_id, source, subject, status, counted, uncount_reason, incentive,
        stars, title, body, display_name, language, version, submitted_at, published_at, edit_hash, token_generation,
        imported_from, external_id, reply_body, needs_reply)
    SELECT %(first_business)s + n %% %(businesses)s, 'f' || n, 'order', 'service', 'published', true, '', '',
        1 + n %% 5, '', 'Answered within the hour.', 'Dora D.', 'en', 1, at, at, md5(n::text), 0, '', '', '', false
    FROM (SELECT n, now() - (n %% 1800) * interval '1 day' AS at FROM generate_series(%(from)s, %(to)s) n) made
"""
EVENTS = """
    INSERT INTO reviews_reviewevent (business_id, review_id, kind, actor, reason, core, text, reply, day, created_at)
    SELECT business_id, id, 'submit', 'author', '', md5(id::text), md5(id::text), '', 20000, submitted_at
    FROM reviews_review WHERE id > %(after)s
"""
COUNTED = """
    INSERT INTO trustscore_loggedreview (business_id, review_id, version, status, uncounted, day, stars)
    SELECT business_id, id, 1, 'published', false, submitted_at::date, stars FROM reviews_review WHERE id > %(after)s
"""
TALLIES = """
    INSERT INTO trustscore_tally (business_id, day, stars, count)
    SELECT business_id, day, stars, count(*) FROM trustscore_loggedreview GROUP BY 1, 2, 3
    ON CONFLICT (business_id, day, stars) DO UPDATE SET count = excluded.count
"""


def prepare(count: int) -> list[Business]:
    """Businesses without reviews."""
    owner = User.objects.create_user("alice@acme.example", name="Alice")
    with for_service("a benchmark's businesses") as now:
        ensure_weights()
        return [create_business(name=f"Acme {number}", owner=owner, now=now) for number in range(count)]


def add_reviews(count: int, businesses: list[Business]) -> None:
    """Adds published, counted reviews with their events and tallies, as if they had been there for long."""
    with without_foreign_keys(FILLED), for_service("a benchmark's reviews"), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM reviews_review")
        (last,) = cursor.fetchone()
        places = {
            "first_business": businesses[0].pk,
            "businesses": len(businesses),
            "from": last + 1,
            "to": last + count,
            "after": last,
        }
        for statement in (REVIEWS, EVENTS, COUNTED, TALLIES):
            cursor.execute(statement, places)


def publisher(business: Business, *, times: int) -> Callable[[], None]:
    """Submits a review by the next of `times` customers, who are made beforehand, and takes its events up."""
    customers = _customers(business, times)

    def publish() -> None:
        customer = next(customers)
        with for_business(business) as now:
            contents = ReviewContents(
                stars=4,
                title="They knew the tent by heart",
                body="Answered within the hour.",
                display_name="Dora D.",
                experienced_on=None,
                language="en",
            )
            submit_review(business=business, customer=customer, contents=contents, source=Source.TICKET, now=now)
        if not take_up_events():
            raise SystemExit("The events were not taken up.")

    return publish


def _customers(business: Business, count: int) -> Iterator[Customer]:
    with for_business(business) as now:
        known = Customer.objects.count()
        made = [
            customer_for(business=business, email=f"customer{number}@customer.example", name="Dora", now=now)
            for number in range(known, known + count)
        ]
    return iter(made)
