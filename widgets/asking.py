"""What everybody may know of what is not on a business's page: in numbers, and of single people nothing."""

from dataclasses import dataclass
from datetime import datetime

from businesses.models import Business
from invitations.asking_queries import Standing, standing
from lib.tenancy import for_service
from reviews.queries import Absent, Treatment, absent_reviews, treatment_by_stars
from trustscore.voices import Voices, voices


@dataclass(frozen=True)
class BehindThePage:
    """Reviews that are gone, and why; for whom the score speaks; what stands out in who was asked; holds by stars."""

    absent: Absent
    standing: Standing
    voices: Voices
    treatment: list[Treatment]


def behind_the_page(business: Business, *, now: datetime) -> BehindThePage:
    """The numbers behind the public page, as of now (UTC)."""
    with for_service("numbers of what is not on a business's page"):
        return BehindThePage(
            absent=absent_reviews(business),
            standing=standing(business, now=now),
            voices=voices(business, today=now.date()),
            treatment=[each for each in treatment_by_stars(business) if each.held or each.removed],
        )
