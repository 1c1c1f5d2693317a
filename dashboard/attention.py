"""What needs somebody now: the few things that do not mend themselves."""

from dataclasses import dataclass
from datetime import datetime

from businesses.enums import MailStatus
from businesses.models import Business
from integrations.enums import ConnectionStatus, WriteBackStatus
from integrations.models import Connection, WriteBack
from invitations.models import Invitation
from reviews.models import Review
from reviews.queries import LOW_STARS, unanswered_low

SHOWN = 3


@dataclass(frozen=True)
class LowReviews:
    """Published reviews of one or two stars without a reply: how many, and those that wait longest."""

    count: int
    first: list[Review]


@dataclass(frozen=True)
class Attention:
    """Everything that needs somebody, for the top of the home page.

    `uncertain_mails` may or may not have arrived; `failed_write_backs` did not get back to their tickets;
    `broken_connections` are refused by the other side. Times in them are UTC.
    """

    low_reviews: LowReviews
    uncertain_mails: int
    oldest_uncertain_at: datetime | None
    failed_write_backs: int
    broken_connections: list[Connection]

    @property
    def is_calm(self) -> bool:
        """Whether nothing needs anybody."""
        return not (
            self.low_reviews.count or self.uncertain_mails or self.failed_write_backs or self.broken_connections
        )


def attention(business: Business) -> Attention:
    """What needs somebody of this business, by five small queries."""
    low = unanswered_low(business, limit=SHOWN)
    uncertain = Invitation.objects.filter(business=business, status=MailStatus.UNCERTAIN).order_by("handed_over_at")
    oldest = list(uncertain.values_list("handed_over_at", flat=True))
    return Attention(
        low_reviews=LowReviews(count=_count_low(business) if len(low) == SHOWN else len(low), first=low),
        uncertain_mails=len(oldest),
        oldest_uncertain_at=oldest[0] if oldest else None,
        failed_write_backs=WriteBack.objects.filter(
            business=business, status__in=[WriteBackStatus.FAILED, WriteBackStatus.REFUSED]
        ).count(),
        broken_connections=list(
            Connection.objects.filter(business=business, status=ConnectionStatus.BROKEN).order_by("name")
        ),
    )


def _count_low(business: Business) -> int:
    return Review.objects.filter(business=business, status="published", needs_reply=True, stars__lte=LOW_STARS).count()
