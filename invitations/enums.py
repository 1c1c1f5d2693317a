"""Choices of who is asked what, when."""

from django.db import models

# How the keys of occasions begin that are no ticket: what was ordered, and whom a person of the business asked.
ORDER_KEY = "order/"
HAND_KEY = "hand/"


class TicketState(models.TextChoices):
    """A ticket as far as asking is concerned."""

    OPEN = "open", "Open"
    SOLVED = "solved", "Solved"
    CLOSED = "closed", "Closed"


class TicketEventKind(models.TextChoices):
    """What can happen to a ticket."""

    SOLVED = "solved", "Solved"
    REOPENED = "reopened", "Reopened"
    CLOSED = "closed", "Closed"
    UPDATED = "updated", "Updated"


class SkipReason(models.TextChoices):
    """Why an invitation was not sent when it was due; shown to the business as it is."""

    ASKED_RECENTLY = "asked_recently", "Asked recently"
    SUPPRESSED = "suppressed", "Unsubscribed or unreachable"
    IS_MEMBER = "is_member", "The customer is a member of the team"
    SURVEY_PAUSED = "survey_paused", "The survey is paused"
    ALREADY_ANSWERED = "already_answered", "Already answered"


class CancelReason(models.TextChoices):
    """Why an invitation was taken back before it was due."""

    REOPENED = "reopened", "The ticket was reopened"


class SuppressionScope(models.TextChoices):
    """Which mails an address does not want."""

    SURVEYS = "surveys", "Surveys"
    REVIEWS = "reviews", "Review requests"
    ALL = "all", "Everything"


class SuppressionReason(models.TextChoices):
    """Where a suppression comes from."""

    UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
    HARD_BOUNCE = "hard_bounce", "Address does not exist"
    BY_HAND = "by_hand", "Added by hand"


class Which(models.TextChoices):
    """Which invitations a list shows; the words are the page's tabs."""

    ALL = "", "All"
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    NOT_SENT = "not-sent", "Not sent"
    DOUBTS = "doubts", "In doubt"
