"""The ten businesses of a replay, each with one connection and one survey that asks after tickets."""

from dataclasses import dataclass
from datetime import timedelta

from businesses.models import Business, User
from businesses.services import create_business
from config.replay.expected import LIMITED_BUSINESS
from config.replay.inputs import BUSINESSES
from integrations.models import Connection
from integrations.services.connections import create_generic
from lib.secrets import open_sealed
from lib.tenancy import for_business, for_service
from surveys.enums import SurveyKind, SurveyStatus, Trigger
from surveys.models import Survey
from surveys.services import create_standard_surveys

OWNER = "replay@candor.example"


@dataclass(frozen=True)
class Actor:
    """One business as the driver needs it. `secret` is that of its connection."""

    index: int
    business: Business
    connection: Connection
    secret: str


def actors() -> list[Actor]:
    """The ten businesses, made when they are missing, so that a stopped replay goes on where it was."""
    return [_actor(index) for index in range(BUSINESSES)]


def _actor(index: int) -> Actor:
    name = f"Replay {index}"
    with for_service("the replay's businesses") as now:
        business = Business.objects.filter(name=name).first()
        if business is None:
            owner = User.objects.filter(email=OWNER).first() or User.objects.create_user(OWNER, name="Replay")
            business = create_business(
                name=name,
                owner=owner,
                # An account of some days' age; nobody's recurring survey falls due within a replay.
                now=now - timedelta(hours=1),
                quiet_from=0,
                quiet_until=0,
                ask_again_after_days=30 if index == LIMITED_BUSINESS else 0,
            )
            _ask_after_tickets(business, SurveyKind.CSAT if index % 2 else SurveyKind.NPS)
    with for_business(business) as now:
        connection = Connection.objects.first() or create_generic(business=business, name="Log", actor=OWNER, now=now)
        return Actor(index, business, connection, open_sealed(connection.secret))


def _ask_after_tickets(business: Business, kind: SurveyKind) -> None:
    """Of the standard surveys only this one is active, after tickets and without delay."""
    create_standard_surveys(business=business, now=business.created_at)
    Survey.objects.filter(business=business).update(status=SurveyStatus.PAUSED)
    chosen = Survey.objects.get(business=business, kind=kind)
    chosen.status = SurveyStatus.ACTIVE
    chosen.trigger = Trigger.TICKET
    chosen.delay_minutes = 0
    chosen.save(update_fields=["status", "trigger", "delay_minutes"])
