"""Choices of billing."""

from django.db import models


class PlanChoice(models.TextChoices):
    """The plans of billing.plans, for columns."""

    FREE = "free", "Free"
    TEAM = "team", "Team"
    BUSINESS = "business", "Business"


class SubscriptionStatus(models.TextChoices):
    """Where a subscription stands. While a payment is late the plan stays for a fortnight."""

    ACTIVE = "active", "Active"
    PAST_DUE = "past_due", "Payment is late"
    ENDED = "ended", "Ended"
