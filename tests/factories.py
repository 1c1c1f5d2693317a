"""Things that stories begin with, made through the product's own services. Each runs in the scope that is open."""

from datetime import UTC, datetime

from allauth.account.models import EmailAddress

from businesses.enums import Role
from businesses.models import Business, Customer, Membership, User
from businesses.services import create_business, customer_for
from lib.tenancy import for_business, for_service

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # A Monday morning.
PASSWORD = "correct horse battery"


def make_user(email: str, name: str) -> User:
    """A person with a sign-in whose address is confirmed. Hashing is slow, so the password is set only where used."""
    user: User = User.objects.create_user(email, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_business(name: str, owner: User, **fields: object) -> Business:
    """A business in UTC without quiet hours, so that a story's clock is easy to follow."""
    settings = {"time_zone": "UTC", "quiet_from": 0, "quiet_until": 0} | fields
    with for_service("a test's business"):
        return create_business(name=name, owner=owner, now=NOW, **settings)


def make_member(business: Business, user: User, role: Role = Role.AGENT) -> Membership:
    """Puts a person into a business."""
    with for_business(business):
        return Membership.objects.create(business=business, user=user, role=role, joined_at=NOW)


def make_customer(business: Business, email: str = "dora@customer.example", name: str = "Dora Dahl") -> Customer:
    """A customer of the business."""
    with for_business(business):
        return customer_for(business=business, email=email, name=name, now=NOW)
