"""Invitations that wait for the quota of the plan, and go out in order when it is whole again."""

from datetime import datetime

from billing.services import Meter
from businesses.enums import MailStatus
from businesses.models import Business
from invitations.models import Invitation

# Why an invitation waits that the month's quota does not allow yet; shown to the business.
QUOTA = "quota"


def release_waiting(*, now: datetime) -> int:
    """Makes waiting invitations due as far as the quota goes, the longest waiting first; returns how many.

    They are due from now: the time in which a question is still about its moment did not run meanwhile. Needs the
    service scope.
    """
    waiting = Invitation.objects.filter(status=MailStatus.WAITING)
    businesses = Business.objects.in_bulk(set(waiting.values_list("business_id", flat=True)))
    meter = Meter(businesses, now=now)
    released = 0
    for pk in businesses:
        left = meter.left(pk)
        next_ones = waiting.filter(business_id=pk).order_by("due_at", "id").values("pk")
        if left is not None:
            next_ones = next_ones[:left]
        released += Invitation.objects.filter(pk__in=next_ones, status=MailStatus.WAITING).update(
            status=MailStatus.SCHEDULED, due_at=now, attempts=0, reason="", settled_at=None
        )
    return released


def waiting_for_quota(business: Business) -> int:
    """How many invitations of the business wait for its quota."""
    return Invitation.objects.filter(business=business, status=MailStatus.WAITING).count()
