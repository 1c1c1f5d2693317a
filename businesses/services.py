"""Every write to a business, its people and its customers."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from email_validator import EmailNotValidError, validate_email

from businesses.enums import ApiScope, AuditKind, ConsentBasis, NoticeKind, Role
from businesses.models import ApiKey, AuditEntry, Business, Customer, Membership, TeamInvitation, User
from businesses.notices import Link, NoticeContents, queue_notice
from lib.errors import DomainError
from lib.ids import new_public_id
from lib.images import image_kind
from lib.tokens import Purpose, token_for, token_hash

INVITATION_LIFE = timedelta(days=14)
MOST_SLUG_RACES = 5
MOST_LOGO_BYTES = 512 * 1024

# What an owner may change about a business; everything else has a service of its own or never changes.
CHANGEABLE = frozenset(
    {
        "name",
        "site",
        "language",
        "time_zone",
        "colour",
        "sender_name",
        "reply_to",
        "postal_address",
        "quiet_from",
        "quiet_until",
        "ask_again_after_days",
        "shows_survey_results",
        "shows_asked",
        "shows_branding",
    }
)


class UnusableAddress(DomainError):
    """The e-mail address cannot receive mail; the message says why."""


class UnusableSettings(DomainError):
    """A setting of the business cannot be what was asked for; the message says which and why."""


class NoSeatLeft(DomainError):
    """The plan's seats are taken, by members and open invitations."""

    code = "no_seat_left"


class AlreadyMember(DomainError):
    """The person is on the team already."""


class InvitationOver(DomainError):
    """The link to join a team was used, taken back or is too old."""

    status = 410
    code = "invitation_over"


class LastOwner(DomainError):
    """A business is never without an owner."""


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
    business = _begun(name=name, created_at=now, **settings_given)
    Membership.objects.create(business=business, user=owner, role=Role.OWNER, joined_at=now)
    record(business=business, kind=AuditKind.BUSINESS_CREATED, actor=str(owner), subject=name, now=now)
    return business


def _begun(*, name: str, **fields: object) -> Business:
    """The row under an address of its own, though others of the same name may begin at the same moment."""
    for _ in range(MOST_SLUG_RACES):
        # Whoever is overtaken between looking for a free address and taking it looks again.
        with suppress(IntegrityError), transaction.atomic():
            return Business.objects.create(name=name, slug=free_slug(name), **fields)
    return Business.objects.create(name=name, slug=free_slug(name), **fields)


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
    _fill_in(customer, name=name, language=language)
    return customer


def _fill_in(customer: Customer, **heard: str) -> None:
    """Keeps what was never heard of the customer before."""
    missing = {key: value for key, value in heard.items() if value and not getattr(customer, key)}
    if missing:
        for key, value in missing.items():
            setattr(customer, key, value)
        customer.save(update_fields=list(missing))


def unsubscribe_token(*, public_id: str, generation: int) -> str:
    """The token of a customer's unsubscribe link; the database keeps only its hash."""
    return token_for(key=settings.LINK_KEY, purpose=Purpose.UNSUBSCRIBE, row=public_id, generation=generation)


def record(*, business: Business, kind: AuditKind, actor: str, now: datetime, subject: str = "") -> None:
    """Appends a line to the business's audit log. `subject` names the thing; never a secret or anyone's words."""
    AuditEntry.objects.create(business=business, kind=kind, actor=actor[:200], subject=subject[:200], at=now)


def change_settings(*, business: Business, changes: Mapping[str, object], actor: str, now: datetime) -> frozenset[str]:
    """Changes what an owner may change and returns the names of what is different; the audit log names them too.

    Raises UnusableSettings for a value that its column does not take.
    """
    unknown = changes.keys() - CHANGEABLE
    if unknown:
        raise UnusableSettings(f"These settings cannot be changed here: {', '.join(sorted(unknown))}.")
    changed = frozenset(name for name, value in changes.items() if getattr(business, name) != value)
    if not changed:
        return changed
    if changes.get("shows_branding") is False and not business.may_hide_branding:
        raise UnusableSettings("The line about Candor belongs to the free plan. It can be hidden on any other.")
    for name in changed:
        setattr(business, name, changes[name])
    try:
        business.clean_fields(exclude={field.name for field in Business._meta.fields} - changed)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise UnusableSettings(f"{name.replace('_', ' ').capitalize()}: {messages[0]}") from error
    business.save(update_fields=sorted(changed))
    subject = ", ".join(name.replace("_", " ") for name in sorted(changed))
    record(business=business, kind=AuditKind.BUSINESS_CHANGED, actor=actor, subject=subject, now=now)
    return changed


def change_logo(*, business: Business, data: bytes | None, actor: str, now: datetime) -> None:
    """Stores a new logo under a name of chance, or takes the logo away. Raises lib.images.NotAnImage.

    The file of the logo before stays, because mails that were sent show it.
    """
    if data is None:
        business.logo.name = ""
    else:
        kind = image_kind(data)
        business.logo.save(f"{new_public_id()}.{kind.ending}", ContentFile(data), save=False)
    business.save(update_fields=["logo"])
    record(business=business, kind=AuditKind.BUSINESS_CHANGED, actor=actor, subject="logo", now=now)


def _refuse_without_seat(business: Business, address: str, *, now: datetime) -> None:
    if business.seats is None:
        return
    invited = TeamInvitation.objects.filter(business=business, accepted_at=None, expires_at__gt=now)
    taken = Membership.objects.filter(business=business).count() + invited.exclude(email=address).count()
    if taken >= business.seats:
        raise NoSeatLeft(f"All {business.seats} seats of your plan are taken. Take an invitation back, or change plan.")


def invite_colleague(*, business: Business, email: str, role: Role, inviter: User, now: datetime) -> TeamInvitation:
    """Queues a mail with a link to join the team, good for fourteen days; an older link to that address ends.

    Raises UnusableAddress, AlreadyMember, and NoSeatLeft.
    """
    address = normal_address(email)
    if Membership.objects.filter(business=business, user__email=address).exists():
        raise AlreadyMember(f"{address} is on the team already.")
    _refuse_without_seat(business, address, now=now)
    TeamInvitation.objects.filter(business=business, email=address, accepted_at=None).delete()
    public_id = new_public_id()
    invitation = TeamInvitation.objects.create(
        business=business,
        public_id=public_id,
        email=address,
        role=role,
        token_hash=token_hash(join_token(public_id=public_id)),
        invited_by=inviter,
        created_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    queue_notice(
        business=business,
        kind=NoticeKind.TEAM_INVITATION,
        key=f"team-invitation-{public_id}",
        to=address,
        contents=NoticeContents(
            words={"inviter": str(inviter), "role": role.label.lower()},
            links={"join": Link(Purpose.JOIN_TEAM, "join_team", public_id)},
        ),
        now=now,
    )
    record(business=business, kind=AuditKind.MEMBER_INVITED, actor=str(inviter), subject=address, now=now)
    return invitation


def join_token(*, public_id: str) -> str:
    """The token of a link to join a team; the database keeps only its hash."""
    return token_for(key=settings.LINK_KEY, purpose=Purpose.JOIN_TEAM, row=public_id, generation=0)


def withdraw_invitation(*, invitation: TeamInvitation, actor: str, now: datetime) -> None:
    """Ends the link of an invitation that nobody has followed yet, and writes it down."""
    taken_back, _ = TeamInvitation.objects.filter(pk=invitation.pk, accepted_at=None).delete()
    if taken_back:
        kind, business = AuditKind.INVITATION_WITHDRAWN, invitation.business
        record(business=business, kind=kind, actor=actor, subject=invitation.email, now=now)


def accept_invitation(*, invitation: TeamInvitation, user: User, now: datetime) -> Membership:
    """Makes `user` a member with the offered role and uses the link up. A member stays what they are.

    Two clicks race: the row is locked, so that the second finds the link used. Raises InvitationOver.
    """
    locked = TeamInvitation.objects.select_for_update().filter(pk=invitation.pk).first()
    if locked is None or locked.accepted_at or locked.expires_at <= now:
        raise InvitationOver("This link was used or is too old. Ask your colleague to invite you again.")
    locked.accepted_at = now
    locked.save(update_fields=["accepted_at"])
    business = invitation.business
    membership, is_new = Membership.objects.get_or_create(
        business=business, user=user, defaults={"role": locked.role, "joined_at": now}
    )
    if is_new:
        record(business=business, kind=AuditKind.MEMBER_JOINED, actor=str(user), subject=user.email, now=now)
    return membership


def change_role(*, membership: Membership, role: Role, actor: str, now: datetime) -> None:
    """Makes a member an owner or an agent. Raises LastOwner."""
    if membership.role == role:
        return
    _refuse_to_lose_last_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    subject = f"{membership.user.email}: {role.label.lower()}"
    record(business=membership.business, kind=AuditKind.MEMBER_ROLE_CHANGED, actor=actor, subject=subject, now=now)


def remove_member(*, membership: Membership, actor: str, now: datetime) -> int:
    """Takes a person off the team and revokes their keys to this business; how many keys that were.

    Their account and what they wrote stay. Raises LastOwner.
    """
    _refuse_to_lose_last_owner(membership)
    business, person = membership.business, membership.user
    membership.delete()
    record(business=business, kind=AuditKind.MEMBER_REMOVED, actor=actor, subject=person.email, now=now)
    keys = ApiKey.objects.filter(business=business, created_by=person, revoked_at=None).select_related("business")
    return sum(revoke_api_key(key=key, actor=actor, now=now) for key in keys)


def _refuse_to_lose_last_owner(membership: Membership) -> None:
    # Two owners who remove each other at the same moment wait for each other here.
    owners = Membership.objects.select_for_update().filter(business=membership.business, role=Role.OWNER)
    if {owner.pk for owner in owners} == {membership.pk}:
        raise LastOwner(f"{membership.user} is the only owner. Make somebody else an owner first.")


def create_api_key(
    *,
    business: Business,
    name: str,
    scopes: Sequence[ApiScope],
    creator: User,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its plain text, which nobody can show again: the database keeps only a hash of its secret."""
    secret = secrets.token_hex(24)
    key = ApiKey.objects.create(
        business=business,
        secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
        name=name,
        scopes=[scope.value for scope in scopes],
        created_by=creator,
        created_at=now,
        expires_at=expires_at,
    )
    record(business=business, kind=AuditKind.KEY_CREATED, actor=str(creator), subject=name, now=now)
    return key, f"cnd_{key.key_id}_{secret}"


def revoke_api_key(*, key: ApiKey, actor: str, now: datetime) -> bool:
    """Ends a key at once. Doing it twice changes nothing; the answer says whether this was the first time."""
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        return False
    record(business=key.business, kind=AuditKind.KEY_REVOKED, actor=actor, subject=key.name, now=now)
    return True
