"""Every write to a business, its people and its customers."""

from datetime import datetime

from django.conf import settings
from django.utils.text import slugify
from email_validator import EmailNotValidError, validate_email

from businesses.enums import AuditKind, ConsentBasis, Role
from businesses.models import AuditEntry, Business, Customer, Membership, User
from lib.errors import DomainError
from lib.ids import new_public_id
from lib.tokens import Purpose, token_for, token_hash


class UnusableAddress(DomainError):
    """The e-mail address cannot receive mail; the message says why."""


def normal_address(address: str) -> str:
    """The form in which addresses are stored and compared: trimmed, lower case, international domain kept readable.

    Raises UnusableAddress when it is no address. Whether the domain exists is not asked: that needs the network.
    """
    try:
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise UnusableAddress(f"“{address}” is not an e-mail address: {error}") from error
    return checked.normalized.lower()


def create_business(*, name: str, owner: User, now: datetime, **settings_given: object) -> Business:
    """Creates a business with `owner` as its first member and writes it down in the audit log.

    Needs the service scope, because the business has no scope of its own before it exists.
    """
    business = Business.objects.create(name=name, slug=free_slug(name), created_at=now, **settings_given)
    Membership.objects.create(business=business, user=owner, role=Role.OWNER, joined_at=now)
    record(business=business, kind=AuditKind.BUSINESS_CREATED, actor=str(owner), subject=name, now=now)
    return business


def free_slug(name: str) -> str:
    """An address for the business that nobody has: its name, with a number when that is taken."""
    base = slugify(name)[:50] or "business"
    taken = set(Business.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def customer_for(
    *,
    business: Business,
    email: str,
    now: datetime,
    name: str = "",
    language: str = "",
    consent_basis: ConsentBasis = ConsentBasis.EXISTING_CUSTOMER,
    consent_source: str = "",
) -> Customer:
    """The business's customer with this address, created when new; a name or language heard first is kept.

    Two events of one new customer may race: the second finds the row of the first. Raises UnusableAddress.
    """
    address = normal_address(email)
    public_id = new_public_id()
    Customer.objects.bulk_create(
        [
            Customer(
                business=business,
                public_id=public_id,
                email=address,
                name=name,
                language=language,
                consent_basis=consent_basis,
                consent_source=consent_source,
                unsubscribe_hash=token_hash(unsubscribe_token(public_id=public_id, generation=0)),
                created_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    customer = Customer.objects.get(business=business, email=address)
    missing = {
        key: value for key, value in (("name", name), ("language", language)) if value and not getattr(customer, key)
    }
    if missing:
        for key, value in missing.items():
            setattr(customer, key, value)
        customer.save(update_fields=list(missing))
    return customer


def unsubscribe_token(*, public_id: str, generation: int) -> str:
    """The token of a customer's unsubscribe link; the database keeps only its hash."""
    return token_for(key=settings.LINK_KEY, purpose=Purpose.UNSUBSCRIBE, row=public_id, generation=generation)


def record(*, business: Business, kind: AuditKind, actor: str, now: datetime, subject: str = "") -> None:
    """Appends a line to the business's audit log. `subject` names the thing; never a secret or anyone's words."""
    AuditEntry.objects.create(business=business, kind=kind, actor=actor[:200], subject=subject[:200], at=now)
