"""Who belongs to a business, so that a review by them is shown but does not count (score.md, Counted)."""

from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.db.models.functions import Lower

from businesses.models import Business, Membership


def belongs_to_business(business: Business, address: str) -> bool:
    """Whether the normalised address is a member's, or of the domain of the business's own site."""
    return _of_own_domain(business, address) or _of_member(business, address)


def _of_own_domain(business: Business, address: str) -> bool:
    host = (urlsplit(business.site).hostname or "").removeprefix("www.").lower()
    domain = address.rpartition("@")[2].lower()
    return bool(host) and (domain == host or domain.endswith("." + host))


def _of_member(business: Business, address: str) -> bool:
    members = Membership.objects.filter(business=business).values("user")
    if Membership.objects.filter(business=business, user__email__iexact=address).exists():
        return True
    own = EmailAddress.objects.annotate(lower=Lower("email"))
    return bool(own.filter(user__in=members, lower=address.lower(), verified=True).exists())
