"""Who belongs to a business, so that a review by them is shown but does not count (score.md, Counted)."""

from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.db.models.functions import Lower

from businesses.models import Business, Membership

# Where anybody can have an address, having one says nothing about whose the domain is: without this list a member with
# a private mailbox and a made-up site would make insiders of most customers there are.
# fmt: off
SHARED_MAIL_DOMAINS = frozenset({
    "126.com", "163.com", "aol.com", "fastmail.com", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.com",
    "gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de",
    "hotmail.fr", "hotmail.se", "icloud.com", "laposte.net", "libero.it", "live.com", "live.se", "mac.com",
    "mail.com", "mail.ru", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "pm.me", "posteo.de",
    "proton.me", "protonmail.com", "qq.com", "rediffmail.com", "seznam.cz", "t-online.de", "telia.com",
    "tutanota.com", "tuta.com", "wanadoo.fr", "web.de", "wp.pl", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com",
    "yahoo.de", "yahoo.fr", "yandex.com", "yandex.ru", "ymail.com", "zoho.com",
})
# fmt: on


def belongs_to_business(business: Business, address: str) -> bool:
    """Whether the normalised address is a member's, or of the business's own domain.

    A domain is the business's own when its site is there and a member has a confirmed address there: the site alone
    is only what somebody typed.
    """
    return _of_own_domain(business, address) or _of_member(business, address)


def _of_own_domain(business: Business, address: str) -> bool:
    host = (urlsplit(business.site).hostname or "").removeprefix("www.").lower()
    if not host:
        return False
    proven = _confirmed_addresses(business).values_list("lower", flat=True)
    own = {each.rpartition("@")[2] for each in proven} - SHARED_MAIL_DOMAINS
    domain = address.rpartition("@")[2].lower()
    return any(_at_or_below(host, each) and _at_or_below(domain, each) for each in own)


def _at_or_below(name: str, domain: str) -> bool:
    return name == domain or name.endswith("." + domain)


def _of_member(business: Business, address: str) -> bool:
    if Membership.objects.filter(business=business, user__email__iexact=address).exists():
        return True
    return _confirmed_addresses(business).filter(lower=address.lower()).exists()


def _confirmed_addresses(business: Business) -> QuerySet[EmailAddress]:
    """Those of the business's members, `lower` being the address in small letters."""
    members = Membership.objects.filter(business=business).values("user")
    own = EmailAddress.objects.filter(user__in=members, verified=True)
    lowered: QuerySet[EmailAddress] = own.annotate(lower=Lower("email"))
    return lowered
