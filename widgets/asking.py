"""What everybody may know of how a business asks: in numbers, and of single customers nothing."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from businesses.models import Business
from invitations.asking_queries import Counts, Standing, asked_since, eligible_by_day, standing
from lib.tenancy import for_service
from reviews.enums import Source
from reviews.queries import Treatment, reviewed_days, treatment_by_stars
from trustscore.queries import tallies_of
from trustscore.silence import Bounds, bounds

A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class PublicAsking:
    """The counts of the last 365 days and what silence could do; what stands out; holds and removals by stars."""

    standing: Standing
    counts: Counts
    bounds: Bounds | None
    treatment: list[Treatment]


def public_asking(business: Business, *, now: datetime) -> PublicAsking:
    """How the business asks, as of now (UTC)."""
    since = now.date() - A_YEAR
    with for_service("how a business asks, in numbers"):
        reviewed = Counter(reviewed_days(business, since=since, source=Source.TICKET))
        eligible = eligible_by_day(business, since)
        silent = {day: max(0, count - reviewed[day]) for day, count in eligible.items()}
        return PublicAsking(
            standing=standing(business, now=now),
            counts=asked_since(business, since),
            bounds=bounds(tallies_of(business), silent, now.date()) if silent else None,
            treatment=[each for each in treatment_by_stars(business) if each.held or each.removed],
        )
