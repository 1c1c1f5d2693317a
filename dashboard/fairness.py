"""Whether this business asks everybody alike, how moderation treats its stars, and for how many its score speaks."""

from dataclasses import dataclass
from datetime import datetime

from businesses.models import Business
from integrations.enums import ConnectionKind
from integrations.models import Connection
from invitations.asking_queries import Standing, sources_of_tickets, standing
from reviews.queries import Treatment, treatment_by_stars
from trustscore.voices import Voices, voices


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
