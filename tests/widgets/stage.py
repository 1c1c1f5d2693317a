"""What stories about the shop front begin with."""

from datetime import datetime, timedelta

from businesses.models import Business
from lib.tenancy import for_business
from reviews.enums import Source
from reviews.models import Review
from reviews.services import reply
from tests.factories import NOW, make_customer
from tests.reviews.stories import published
from trustscore.models import ScoreSnapshot
from trustscore.services import take_up_events

HOSTILE = """</script><script>alert(1)</script><img src=x onerror=alert(2)>"'`--><svg/onload=alert(3)>{{7*7}}&amp;"""


def reviewed(business: Business, *stars: int, source: Source = Source.TICKET, **changes: object) -> list[Review]:
    """Published reviews with these stars, each by a customer of its own, a minute apart; scores are up to date."""
    made = []
    for number, each in enumerate(stars):
        customer = make_customer(business, f"c{number}.{source}@customer.example", f"Customer {number}")
        when: datetime = NOW + timedelta(minutes=number)
        made.append(published(business, customer, now=when, source=source, **({"stars": each} | changes)))
    take_up_events()
    return made


def replied(review: Review, words: str, author: object) -> None:
    """The business's public answer."""
    with for_business(review.business):
        reply(review=review, body=words, author=author, now=NOW + timedelta(hours=3))  # type: ignore[arg-type]


def score_of(business: Business) -> ScoreSnapshot:
    """The score on show. It ages with the database's clock, so stories compare with it and not with a number."""
    with for_business(business):
        return ScoreSnapshot.objects.get(business=business)
