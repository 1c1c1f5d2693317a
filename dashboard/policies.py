"""The policy page of a business, kept true: facts from its settings, a new version whenever they are others."""

from datetime import datetime

from businesses.models import Business
from integrations.enums import ConnectionStatus
from integrations.models import Connection
from invitations.eligibility import MAX_AGE
from reviews.enums import ModerationReason
from reviews.models import PolicyVersion
from reviews.services import LONGEST_HOLD
from surveys.enums import SurveyStatus
from surveys.models import Survey
from trustscore.scoring import FORMULA

Facts = dict[str, object]


def facts_of(business: Business) -> Facts:
    """What is true of the business at this moment. Needs its scope, or the service's."""
    surveys = Survey.objects.filter(business=business, status=SurveyStatus.ACTIVE).order_by("position", "id")
    connections = Connection.objects.filter(business=business).exclude(status=ConnectionStatus.PAUSED)
    return {
        "invites": [
            {
                "trigger": survey.trigger,
                "delay_minutes": survey.delay_minutes,
                "reminder_after_days": survey.reminder_after_days,
                "repeat_days": survey.repeat_days,
            }
            for survey in surveys
        ],
        "sources": sorted({str(kind) for kind in connections.values_list("kind", flat=True)}),
        "ask_again_after_days": business.ask_again_after_days,
        "late_after_hours": int(MAX_AGE.total_seconds() // 3600),
        "shows_asked": business.shows_asked,
        "hold_hours": int(LONGEST_HOLD.total_seconds() // 3600),
        "reasons": sorted(str(reason) for reason in ModerationReason),
        "formula": FORMULA,
        "contact": business.reply_to,
    }


def keep_policy(business: Business, *, now: datetime) -> PolicyVersion:
    """The version that is true now, written if the newest one is not. Needs the business's scope, or the service's."""
    facts = facts_of(business)
    newest = PolicyVersion.objects.filter(business=business).order_by("-number").first()
    if newest is not None and newest.facts == facts:
        return newest
    number = newest.number + 1 if newest else 1
    return PolicyVersion.objects.create(business=business, number=number, facts=facts, valid_from=now)
