"""What a business pays for, what it was told by the payment service, and how much it has used."""

from django.db import models

from billing.enums import PlanChoice, SubscriptionStatus
from businesses.models import Business
from lib.tenant_constraints import RowSecurity


class Subscription(models.Model):
    """The plan of one business. `plan` is what is paid for; a business without a row is on the free plan.

    `told_at` is the time of the newest event of the payment service that was taken in: older ones change nothing.
    `past_due_since` begins the fortnight after which a late payment costs the plan. Times are UTC. Written by
    billing.services only.
    """

    business = models.OneToOneField(Business, on_delete=models.CASCADE)
    plan = models.CharField(max_length=10, choices=PlanChoice.choices, default=PlanChoice.FREE)
    status = models.CharField(max_length=10, choices=SubscriptionStatus.choices, default=SubscriptionStatus.ACTIVE)
    stripe_customer = models.CharField(max_length=60, blank=True)
    stripe_subscription = models.CharField(max_length=60, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    ends_with_period = models.BooleanField(default=False)
    past_due_since = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [RowSecurity(name="subscription_rls")]
        indexes = [
            # Whose fortnight is over.
            models.Index(
                fields=["past_due_since"], condition=models.Q(status="past_due"), name="subscription_past_due"
            ),
            # Which business an event of the payment service is about.
            models.Index(
                fields=["stripe_customer"], condition=~models.Q(stripe_customer=""), name="subscription_customer"
            ),
        ]


class StripeEvent(models.Model):
    """An event of the payment service that was taken in, so that it is taken in once."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    event_id = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=60)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="stripe_event_rls")]


class InvitationMeter(models.Model):
    """How many invitations of a calendar month (UTC, its first day) were taken from the quota. The row is the meter."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    month = models.DateField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            RowSecurity(name="invitation_meter_rls"),
            models.UniqueConstraint(fields=["business", "month"], name="invitation_meter_once"),
        ]
