"""Writes that touch several apps, such as opening a business, and what the dashboard itself remembers."""

from collections.abc import Mapping
from datetime import datetime

from billing.services import begin
from businesses.models import Business, User
from businesses.services import change_logo, create_business
from dashboard.enums import Step
from dashboard.models import StepTaken
from surveys.services import create_standard_surveys


def open_business(*, owner: User, settings: Mapping[str, object], logo: bytes | None, now: datetime) -> Business:
    """Creates a business with `owner`, gives it a CSAT, an NPS and a CES survey, and its logo.

    `settings` are columns of the business, its name among them. Needs the service scope, as the business has none of
    its own before it exists. Raises lib.images.NotAnImage.
    """
    given = dict(settings)
    business = create_business(name=str(given.pop("name")), owner=owner, now=now, **given)
    begin(business=business)
    create_standard_surveys(business=business, now=now)
    if logo is not None:
        change_logo(business=business, data=logo, actor=str(owner), now=now)
    return business


def take_step(*, business: Business, step: Step, now: datetime) -> None:
    """Remembers that somebody went where a first step leads. Going again changes nothing."""
    StepTaken.objects.bulk_create([StepTaken(business=business, step=step, at=now)], ignore_conflicts=True)
