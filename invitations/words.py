"""What became of an invitation, in words for the business. Pure."""

from dataclasses import dataclass
from datetime import datetime

from businesses.enums import MailStatus
from invitations.eligibility import QUIET_HOURS
from invitations.enums import CancelReason, SkipReason
from invitations.models import Invitation


@dataclass(frozen=True)
class State:
    """A badge's word and tone (plain, good, middle, poor, accent), a sentence beside it, and the moment it is about."""

    word: str
    tone: str
    sentence: str
    at: datetime | None


def state_of(invitation: Invitation, *, opened: bool) -> State:
    """How an invitation stands. Whether a person or a mail scanner `opened` its link, nobody can tell."""
    status = MailStatus(invitation.status)
    if status == MailStatus.SENT and invitation.answered_at:
        return State("Answered", "good", "", invitation.answered_at)
    if status == MailStatus.SENT:
        sentence = "Link opened, not answered yet" if opened else "Not answered yet"
        return State("Sent", "accent", sentence, invitation.sent_at)
    if status == MailStatus.SCHEDULED:
        return State("Waiting", "plain", _why_waiting(invitation), invitation.due_at)
    if status in {MailStatus.CLAIMED, MailStatus.HANDED_OVER}:
        return State("Being sent", "plain", "", None)
    word, tone, sentence = _ended(status, invitation)
    return State(word, tone, sentence, invitation.settled_at or invitation.handed_over_at)


def _why_waiting(invitation: Invitation) -> str:
    if invitation.last_error:
        return f"Tried {_times(invitation.attempts)}; tried again later. {invitation.last_error}"
    if invitation.reason == QUIET_HOURS:
        return "Waits for the quiet hours to end"
    return ""


def _ended(status: MailStatus, invitation: Invitation) -> tuple[str, str, str]:
    by_hand = " Settled by hand." if invitation.reason == "by_hand" else ""
    if status == MailStatus.UNCERTAIN:
        return "In doubt", "middle", f"It may have arrived. {invitation.last_error}"
    if status == MailStatus.SKIPPED:
        return "Not asked", "plain", SkipReason(invitation.reason).label
    if status == MailStatus.CANCELLED:
        return "Cancelled", "plain", CancelReason(invitation.reason).label
    if status == MailStatus.EXPIRED:
        return "Expired", "plain", "It could not be sent within three days, and the moment has passed"
    if status == MailStatus.QUARANTINED:
        return "Put aside", "poor", f"Tried {_times(invitation.attempts)}. {invitation.last_error}"
    return "Failed", "poor", f"{invitation.last_error}{by_hand}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
