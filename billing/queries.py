"""Reading plans and what is used of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings

from billing.models import InvitationMeter, Subscription
from billing.plans import ENTITLEMENTS, EVERYTHING, Entitlements, Plan
from businesses.models import Business, Membership, TeamInvitation


@dataclass(frozen=True)
class Usage:
    """What a business has of its plan: the subscription, if any, what it allows, and what is used.

    `resets_on` is the first day of the next month (UTC), when the quota of invitations is whole again.
    """

    plan: Plan
    subscription: Subscription | None
    entitlements: Entitlements
    invitations: int
    seats: int
    resets_on: date


def charges() -> bool:
    """Whether this installation charges anybody; without a payment service everybody has everything."""
    return bool(settings.STRIPE_SECRET_KEY)


def month_of(moment: datetime) -> date:
    """The first day of the month (UTC) of a moment."""
    return moment.astimezone(UTC).date().replace(day=1)


def next_month(moment: datetime) -> date:
    """The first day of the month after (UTC)."""
    first = month_of(moment)
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def usage(business: Business, *, now: datetime) -> Usage:
    """The plan of the business and what is used of it, as of now (UTC)."""
    subscription = Subscription.objects.filter(business=business).first()
    plan = Plan(subscription.plan) if subscription else Plan.FREE
    meter = InvitationMeter.objects.filter(business=business, month=month_of(now)).first()
    return Usage(
        plan=plan,
        subscription=subscription,
        entitlements=ENTITLEMENTS[plan] if charges() else EVERYTHING,
        invitations=meter.used if meter else 0,
        seats=seats_taken(business, now=now),
        resets_on=next_month(now),
    )


def seats_taken(business: Business, *, now: datetime) -> int:
    """Members, and invitations to the team that are still open."""
    members = Membership.objects.filter(business=business).count()
    open_invitations = TeamInvitation.objects.filter(business=business, accepted_at=None, expires_at__gt=now).count()
    return members + open_invitations


def business_that_pays(customer: str, named: str) -> Business | None:
    """The business that the payment service knows by this customer id, or else names. Needs the service scope."""
    found = Subscription.objects.filter(stripe_customer=customer).select_related("business").first()
    if found and customer:
        return found.business
    return Business.objects.filter(slug=named).first()
