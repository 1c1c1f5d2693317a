"""For how many customers a score speaks, and how far the silence of the others reaches."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from businesses.models import Business
from invitations.asking_queries import Counts, asked_since, eligible_by_day
from reviews.enums import Source
from reviews.queries import reviewed_days
from trustscore.queries import tallies_of
from trustscore.silence import Bounds, bounds

A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Voices:
    """Of the customers of a year: how many could be asked, were, answered, reviewed; and what silence could do."""

    counts: Counts
    reviewed: int
    bounds: Bounds | None


def voices(business: Business, *, today: date) -> Voices:
    """For whom the score speaks, over the last 365 days (UTC). Needs the business's scope, or the service's."""
    since = today - A_YEAR
    reviewed = Counter(reviewed_days(business, since=since, source=Source.TICKET))
    silent = {day: max(0, eligible - reviewed[day]) for day, eligible in eligible_by_day(business, since).items()}
    return Voices(
        counts=asked_since(business, since),
        reviewed=reviewed.total(),
        bounds=bounds(tallies_of(business), silent, today) if silent else None,
    )
