"""Whether this business asks everybody alike, how moderation treats its stars, and for how many its score speaks."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from businesses.models import Business
from integrations.enums import ConnectionKind
from integrations.models import Connection
from invitations.asking_queries import (
    Counts,
    Standing,
    asked_since,
    eligible_by_day,
    sources_of_tickets,
    standing,
)
from reviews.enums import Source
from reviews.queries import Treatment, reviewed_days, treatment_by_stars
from trustscore.queries import tallies_of
from trustscore.silence import Bounds, bounds

A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Voices:
    """Of the customers of a year: how many could be asked, were, answered, reviewed; and what silence could do."""

    counts: Counts
    reviewed: int
    bounds: Bounds | None


@dataclass(frozen=True)
class FairAsking:
    """Everything that the page shows. `partial_sources` are connections that send only what their owner lets them."""

    standing: Standing
    voices: Voices
    treatment: list[Treatment]
    partial_sources: list[str]


def fair_asking(business: Business, *, now: datetime) -> FairAsking:
    """The page's figures, as of now (UTC)."""
    sources = sources_of_tickets(business)
    partial = Connection.objects.filter(business=business, public_id__in=sources, kind=ConnectionKind.GENERIC)
    return FairAsking(
        standing=standing(business, now=now),
        voices=voices(business, today=now.date()),
        treatment=[each for each in treatment_by_stars(business) if each.held or each.removed],
        partial_sources=list(partial.order_by("name").values_list("name", flat=True)),
    )


def voices(business: Business, *, today: date) -> Voices:
    """For whom the score speaks, over the last 365 days (UTC)."""
    since = today - A_YEAR
    reviewed = Counter(reviewed_days(business, since=since, source=Source.TICKET))
    silent = {day: max(0, eligible - reviewed[day]) for day, eligible in eligible_by_day(business, since).items()}
    return Voices(
        counts=asked_since(business, since),
        reviewed=reviewed.total(),
        bounds=bounds(tallies_of(business), silent, today) if silent else None,
    )
