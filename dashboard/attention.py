"""What needs somebody now: the few things that do not mend themselves."""

from dataclasses import dataclass
from datetime import datetime

from businesses.enums import MailStatus
from businesses.models import Business
from integrations.enums import ConnectionStatus, WriteBackStatus
from integrations.models import Connection, WriteBack
from invitations.asking_queries import standing
from invitations.doubts import doubt_counts
from invitations.quota import waiting_for_quota
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

    `uncertain_mails` of any kind may or may not have arrived, `mails_put_aside` did not; `failed_write_backs` did not
    get back to their tickets; `broken_connections` are refused by the other side. `asks_selectively` says that some
    customers seem to be asked more rarely than others (invitations.fairness), `waiting_for_quota` counts invitations
    that the plan does not allow this month. Times in them are UTC.
    """

    low_reviews: LowReviews
    uncertain_mails: int
    mails_put_aside: int
    failed_write_backs: int
    broken_connections: list[Connection]
    asks_selectively: bool
    waiting_for_quota: int

    @property
    def is_calm(self) -> bool:
        """Whether nothing needs anybody."""
        return not (
            self.low_reviews.count
            or self.uncertain_mails
            or self.mails_put_aside
            or self.failed_write_backs
            or self.broken_connections
            or self.asks_selectively
            or self.waiting_for_quota
        )


def attention(business: Business, *, now: datetime) -> Attention:
    """What needs somebody of this business, by seven small queries."""
    low = unanswered_low(business, limit=SHOWN)
    mails = doubt_counts(business)
    return Attention(
        low_reviews=LowReviews(count=_count_low(business) if len(low) == SHOWN else len(low), first=low),
        uncertain_mails=mails[MailStatus.UNCERTAIN],
        mails_put_aside=mails[MailStatus.QUARANTINED],
        failed_write_backs=WriteBack.objects.filter(
            business=business, status__in=[WriteBackStatus.FAILED, WriteBackStatus.REFUSED]
        ).count(),
        broken_connections=list(
            Connection.objects.filter(business=business, status=ConnectionStatus.BROKEN).order_by("name")
        ),
        asks_selectively=standing(business, now=now).is_early,
        waiting_for_quota=waiting_for_quota(business),
    )


def _count_low(business: Business) -> int:
    return Review.objects.filter(business=business, status="published", needs_reply=True, stars__lte=LOW_STARS).count()
