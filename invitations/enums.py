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


class Earlier(models.TextChoices):
    """What the same customer last answered, before this ticket was solved."""

    UNHAPPY = "unhappy", "Unhappy last time"
    MIDDLE = "middle", "Neither happy nor unhappy last time"
    HAPPY = "happy", "Happy last time"
    NONE = "none", "Never answered before"


class Waiting(models.TextChoices):
    """How long the ticket was open before it was solved."""

    HOUR = "1h", "Solved within an hour"
    HOURS = "4h", "Solved in 1 to 4 hours"
    DAY = "1d", "Solved in 4 to 24 hours"
    DAYS = "3d", "Solved in 1 to 3 days"
    LONGER = "longer", "Solved after more than 3 days"
    UNKNOWN = "unknown", "Not told by the helpdesk"


class Asking(models.TextChoices):
    """Whether the customer of a solved ticket was asked."""

    OPEN = "open", "Not decided yet"
    ASKED = "asked", "Asked"
    NOT_ASKED = "not_asked", "Could be asked, and was not"
    COULD_NOT = "could_not", "Could not be asked"
