"""The demo business: an invented clothes shop with a year behind it."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from allauth.account.models import EmailAddress

from businesses.enums import Role
from businesses.models import Business, Membership, User
from businesses.services import change_settings
from dashboard.demo.telling import Telling
from dashboard.enums import Step
from dashboard.services import open_business, take_step
from integrations.services.connections import create_generic
from invitations.asking import close_days
from lib.tenancy import for_business, for_scores, for_service
from surveys.enums import SurveyKind
from surveys.models import Survey
from trustscore.services import take_up_events, write_history

SLUG = "linden-loom"
OWNER = "demo@candor.example"
LOGO = Path(__file__).with_name("logo.png")
A_YEAR = timedelta(days=365)
WORDS = ("amber", "birch", "cedar", "clover", "fern", "hazel", "heron", "linen", "maple", "moss", "otter", "plum")

SETTINGS = {
    "name": "Linden & Loom",
    "site": "https://lindenloom.example",
    "language": "en",
    "time_zone": "Europe/Stockholm",
    "colour": "#7A4632",
    "sender_name": "Linden & Loom",
    "reply_to": "hello@lindenloom.example",
    "postal_address": "Vävargatan 4, 411 01 Göteborg, Sweden",
    # A newcomer's first answer must not wait for the morning.
    "quiet_from": 0,
    "quiet_until": 0,
}
AGENTS = (("jonas@lindenloom.example", "Jonas Berg"), ("priya@lindenloom.example", "Priya Nair"))


def make_demo() -> str:
    """Makes the demo business with a year of history, where there is none yet; returns the owner's new password.

    Runs in a few transactions of its own, so that nobody is ever mailed by half a history.
    """
    password = "-".join([*(secrets.choice(WORDS) for _ in range(3)), str(secrets.randbelow(900) + 100)])
    with for_service("the demo business"):
        owner = _person(OWNER, "Maja Lind")
        owner.set_password(password)
        owner.save(update_fields=["password"])
        if Business.objects.filter(slug=SLUG).exists():
            return password
    _tell(owner)
    with for_service("the demo business") as now:
        business = Business.objects.get(slug=SLUG)
    with for_business(business):
        close_days(business, now=now)
    while take_up_events():
        pass
    with for_scores():
        days = [(now - A_YEAR + timedelta(days=day)).date() for day in range(A_YEAR.days)]
        write_history(business.pk, days=days, now=now)
    return password


def _tell(owner: User) -> None:
    with for_service("the demo business") as now:
        began = now - A_YEAR
        business = open_business(owner=owner, settings=SETTINGS, logo=LOGO.read_bytes(), now=began)
        agents = [_person(email, name) for email, name in AGENTS]
        for agent in agents:
            Membership.objects.create(business=business, user=agent, role=Role.AGENT, joined_at=began)
        with for_business(business):
            connection = create_generic(business=business, name="Webhook of the shop", actor=str(owner), now=began)
            Telling(business=business, source=connection.public_id, agents=[owner, *agents], now=now).tell()
            _get_ready(business, now=now)


def _get_ready(business: Business, *, now: datetime) -> None:
    """What a newcomer tries comes at once and as often as they like; the first steps stay theirs."""
    Survey.objects.filter(business=business, kind=SurveyKind.CSAT).update(delay_minutes=0, ignores_asking_limit=True)
    steps: Sequence[Step] = (Step.LOOK, Step.WIDGET)
    for step in steps:
        take_step(business=business, step=step, now=now)
    change_settings(business=business, changes={"shows_survey_results": True}, actor="Maja Lind", now=now)


def _person(email: str, name: str) -> User:
    user: User | None = User.objects.filter(email=email).first()
    if user is not None:
        return user
    user = User.objects.create_user(email, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
