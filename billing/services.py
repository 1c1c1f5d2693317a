"""Every write of billing. What others may know of a plan is written into plain columns of the business."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from billing.enums import SubscriptionStatus
from billing.models import InvitationMeter, StripeEvent, Subscription
from billing.plans import ENTITLEMENTS, EVERYTHING, Entitlements, Plan
from billing.queries import charges, month_of
from businesses.enums import AuditKind
from businesses.models import Business
from businesses.services import record
from lib.errors import DomainError

GRACE = timedelta(days=14)
STRIPE = "The payment service"
# Stripe's words for a subscription that is paid for, and for one that is not yet.
_PAID = {"active", "trialing"}
_LATE = {"past_due", "unpaid"}


class UnknownPrice(DomainError):
    """An event names a price that belongs to no plan of this installation."""

    code = "unknown_price"


@dataclass(frozen=True)
class Told:
    """What an event of the payment service says about a business's subscription."""

    event_id: str
    kind: str
    at: datetime
    customer: str
    subscription: str
    price: str
    status: str
    period_end: datetime | None
    ends_with_period: bool


def begin(*, business: Business) -> None:
    """Gives a new business what its plan allows: the free plan, or everything where nobody is charged."""
    _entitle(business, ENTITLEMENTS[Plan.FREE] if charges() else EVERYTHING)


def change_plan(*, business: Business, plan: Plan, actor: str, now: datetime) -> None:
    """Puts the business on a plan. Side effects in order: the subscription, the business's columns, the audit log.

    Nothing is deleted: who is over a limit of the new plan keeps what is there and cannot add to it.
    """
    subscription, _ = Subscription.objects.get_or_create(business=business)
    before = subscription.plan
    subscription.plan = plan
    subscription.save(update_fields=["plan"])
    _entitle(business, ENTITLEMENTS[plan])
    if before != plan:
        subject = f"{before} to {plan}"
        record(business=business, kind=AuditKind.PLAN_CHANGED, actor=actor, subject=subject, now=now)


def take_in(*, business: Business, told: Told, now: datetime) -> str:
    """Takes in what the payment service says, once and in the order in which it happened; the outcome in words.

    Side effects in order: the event's row, the subscription, the plan. Raises UnknownPrice.
    """
    event = StripeEvent(business=business, event_id=told.event_id, kind=told.kind, received_at=now)
    if StripeEvent.objects.filter(business=business, event_id=told.event_id).exists():
        return "Known already"
    StripeEvent.objects.bulk_create([event], ignore_conflicts=True)
    subscription, _ = Subscription.objects.select_for_update().get_or_create(business=business)
    if subscription.told_at and told.at < subscription.told_at:
        return "Older than what is known"
    plan = _plan_of(told.price)
    subscription.told_at = told.at
    subscription.stripe_customer = told.customer or subscription.stripe_customer
    subscription.stripe_subscription = told.subscription or subscription.stripe_subscription
    subscription.period_end = told.period_end
    subscription.ends_with_period = told.ends_with_period
    if told.status in _PAID:
        subscription.status, subscription.past_due_since = SubscriptionStatus.ACTIVE, None
    elif told.status in _LATE:
        subscription.status = SubscriptionStatus.PAST_DUE
        subscription.past_due_since = subscription.past_due_since or told.at
    else:
        subscription.status, subscription.past_due_since, plan = SubscriptionStatus.ENDED, None, Plan.FREE
    subscription.save()
    change_plan(business=business, plan=plan, actor=STRIPE, now=now)
    return f"{subscription.get_status_display()}: {plan}"


def end_grace(*, now: datetime) -> int:
    """Puts on the free plan whose payment has been late for a fortnight; returns how many. Needs the service scope."""
    late = Subscription.objects.filter(status=SubscriptionStatus.PAST_DUE, past_due_since__lte=now - GRACE)
    over = list(late.select_related("business").select_for_update(of=("self",)))
    for subscription in over:
        subscription.status = SubscriptionStatus.ENDED
        subscription.save(update_fields=["status"])
        change_plan(business=subscription.business, plan=Plan.FREE, actor="Candor", now=now)
    return len(over)


class Meter:
    """The quotas of the businesses of one batch, their rows locked to the end of the transaction."""

    def __init__(self, businesses: Mapping[int, Business], *, now: datetime) -> None:
        self._limits = {pk: each.monthly_invitations for pk, each in businesses.items()}
        limited = sorted(pk for pk, limit in self._limits.items() if limit is not None)
        month = month_of(now)
        rows = [InvitationMeter(business_id=pk, month=month) for pk in limited]
        InvitationMeter.objects.bulk_create(rows, ignore_conflicts=True)
        locked = InvitationMeter.objects.select_for_update().filter(business_id__in=limited, month=month)
        self._rows = {row.business_id: row for row in locked.order_by("business_id")}

    def take(self, business: int) -> bool:
        """Takes one invitation from the month's quota; False when nothing is left of it."""
        limit = self._limits[business]
        if limit is None:
            return True
        row = self._rows[business]
        if row.used >= limit:
            return False
        row.used += 1
        row.save(update_fields=["used"])
        return True

    def left(self, business: int) -> int | None:
        """How many are left this month; None is without a limit."""
        limit = self._limits[business]
        return None if limit is None else max(0, limit - self._rows[business].used)


def _entitle(business: Business, entitlements: Entitlements) -> None:
    business.monthly_invitations = entitlements.invitations_a_month
    business.seats = entitlements.seats
    business.campaigns = entitlements.campaigns
    business.api_calls_a_minute = entitlements.api_calls_a_minute
    business.may_hide_branding = entitlements.may_hide_branding
    business.shows_branding = business.shows_branding or not entitlements.may_hide_branding
    business.save(
        update_fields=[
            "monthly_invitations",
            "seats",
            "campaigns",
            "api_calls_a_minute",
            "may_hide_branding",
            "shows_branding",
        ]
    )


def _plan_of(price: str) -> Plan:
    plans = {settings.STRIPE_PRICE_TEAM: Plan.TEAM, settings.STRIPE_PRICE_BUSINESS: Plan.BUSINESS}
    if price not in plans:
        raise UnknownPrice(f"The price {price!r} belongs to no plan of this installation.")
    return plans[price]


def told_by(event: Mapping[str, Any]) -> Told | None:
    """What an event says about a subscription; None for an event that says nothing of one."""
    if not event["type"].startswith("customer.subscription."):
        return None
    subscription = event["data"]["object"]
    item = subscription["items"]["data"][0]
    end = item.get("current_period_end") or subscription.get("current_period_end")
    return Told(
        event_id=event["id"],
        kind=event["type"],
        at=datetime.fromtimestamp(event["created"], UTC),
        customer=subscription["customer"],
        subscription=subscription["id"],
        price=item["price"]["id"],
        status=subscription["status"],
        period_end=datetime.fromtimestamp(end, UTC) if end else None,
        ends_with_period=bool(subscription.get("cancel_at_period_end")),
    )
