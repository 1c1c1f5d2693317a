"""Whether a customer may be asked now. Pure: facts in, verdict out; asked at the claim, never when scheduling."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from businesses.delivery.kinds import Stop, Wait
from businesses.enums import MailStatus
from invitations.enums import CancelReason, SkipReason

# A question this long after its moment is no longer about it.
MAX_AGE = timedelta(hours=72)
# How long an invitation waits for another to the same customer that is being sent right now.
BEING_ASKED = timedelta(minutes=1)
QUIET_HOURS = "quiet_hours"


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """Hours of the day in a time zone during which nobody is written to; equal ends: none."""

    time_zone: str
    start: int
    end: int

    def over_at(self, now: datetime) -> datetime | None:
        """When the quiet hours around `now` end, as an aware time, or None outside of them."""
        if self.start == self.end:
            return None
        zone = ZoneInfo(self.time_zone)
        local = now.astimezone(zone)
        if self.start < self.end:
            quiet = self.start <= local.hour < self.end
        else:
            quiet = local.hour >= self.start or local.hour < self.end
        if not quiet:
            return None
        days = 1 if local.hour >= self.end else 0
        return datetime.combine(local.date() + timedelta(days=days), time(self.end), tzinfo=zone)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known about an invitation, its customer and its business at the moment of claiming.

    `last_asked_at` is when a mail with another survey was last handed over to this customer, `being_asked` whether one
    is being sent right now. `ask_again_after` is zero where there is no limit, for the business or for this survey.
    """

    due_at: datetime
    ticket_reopened: bool
    answered: bool
    suppressed: bool
    is_member: bool
    survey_active: bool
    quiet_hours: QuietHours
    ask_again_after: timedelta
    last_asked_at: datetime | None
    being_asked: bool


def objection(facts: Facts, now: datetime) -> Stop | Wait | None:
    """Why the mail is not sent now, or None: what ends it for good first, then what only delays it."""
    lasting = _lasting_objection(facts)
    if lasting is not None:
        return lasting
    if now - facts.due_at > MAX_AGE:
        return Stop(MailStatus.EXPIRED, "")
    quiet_until = facts.quiet_hours.over_at(now)
    if quiet_until is not None:
        return Wait(quiet_until, QUIET_HOURS)
    if facts.ask_again_after and facts.last_asked_at and now - facts.last_asked_at < facts.ask_again_after:
        return Stop(MailStatus.SKIPPED, SkipReason.ASKED_RECENTLY)
    if facts.ask_again_after and facts.being_asked:
        return Wait(now + BEING_ASKED, "")
    return None


def _lasting_objection(facts: Facts) -> Stop | None:
    if facts.ticket_reopened:
        return Stop(MailStatus.CANCELLED, CancelReason.REOPENED)
    reasons = (
        (facts.answered, SkipReason.ALREADY_ANSWERED),
        (facts.suppressed, SkipReason.SUPPRESSED),
        (facts.is_member, SkipReason.IS_MEMBER),
        (not facts.survey_active, SkipReason.SURVEY_PAUSED),
    )
    return next((Stop(MailStatus.SKIPPED, reason) for applies, reason in reasons if applies), None)
