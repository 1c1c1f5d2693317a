"""What can be paid for, in one table. Nothing in it reaches a review, its publication or the score. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Plan(StrEnum):
    """What a business pays for."""

    FREE = "free"
    TEAM = "team"
    BUSINESS = "business"


@dataclass(frozen=True)
class Entitlements:
    """What a plan allows; None is without a limit.

    Invitations are counted by calendar month in UTC, seats are members and open invitations to the team, campaigns are
    recurring surveys that run, API calls are counted by the minute and key.
    """

    invitations_a_month: int | None
    seats: int | None
    campaigns: int | None
    api_calls_a_minute: int | None
    may_hide_branding: bool


ENTITLEMENTS: dict[Plan, Entitlements] = {
    Plan.FREE: Entitlements(
        invitations_a_month=100, seats=2, campaigns=1, api_calls_a_minute=60, may_hide_branding=False
    ),
    Plan.TEAM: Entitlements(
        invitations_a_month=2_000, seats=10, campaigns=5, api_calls_a_minute=600, may_hide_branding=True
    ),
    Plan.BUSINESS: Entitlements(
        invitations_a_month=20_000, seats=None, campaigns=None, api_calls_a_minute=3_000, may_hide_branding=True
    ),
}
# A self-hoster's installation without a payment service: all features.
EVERYTHING = Entitlements(
    invitations_a_month=None, seats=None, campaigns=None, api_calls_a_minute=None, may_hide_branding=True
)
