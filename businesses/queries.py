"""What a business can tell about its people, keys and history."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from businesses.models import ApiKey, AuditEntry, Business, Membership, TeamInvitation
from lib.errors import NotFound
from lib.tenancy import for_service
from lib.tokens import token_hash

AUDIT_PAGE = 50


def team(business: Business) -> list[Membership]:
    """The members, owners first, then by who joined first."""
    return list(
        Membership.objects.filter(business=business).select_related("user", "business").order_by("-role", "joined_at")
    )


def member(business: Business, membership_id: int) -> Membership:
    """One member. Raises NotFound."""
    found = Membership.objects.filter(business=business, pk=membership_id).select_related("user", "business").first()
    if found is None:
        raise NotFound
    return found


def pending_invitations(business: Business) -> list[TeamInvitation]:
    """Invitations that nobody has followed yet, newest first, those whose link has ended too."""
    return list(
        TeamInvitation.objects.filter(business=business, accepted_at=None)
        .select_related("invited_by")
        .order_by("-created_at")
    )


def pending_invitation(business: Business, public_id: str) -> TeamInvitation:
    """One invitation that nobody has followed yet. Raises NotFound."""
    found = TeamInvitation.objects.filter(business=business, public_id=public_id, accepted_at=None).first()
    if found is None:
        raise NotFound
    return found


def invitation_by_token(token: str) -> TeamInvitation:
    """The invitation of a mailed link, with its business and inviter. Raises NotFound."""
    with for_service("an invitation to a team by its link"):
        found = (
            TeamInvitation.objects.filter(token_hash=token_hash(token)).select_related("business", "invited_by").first()
        )
    if found is None:
        raise NotFound("This link leads nowhere. It may have been replaced: look for a newer mail.")
    return found


def api_keys(business: Business) -> list[ApiKey]:
    """The keys, those that open first, then newest first."""
    keys = ApiKey.objects.filter(business=business).select_related("created_by").order_by("-created_at", "-id")
    return sorted(keys, key=lambda key: key.revoked_at is not None)


def api_key(business: Business, key_id: str) -> ApiKey:
    """One key. Raises NotFound."""
    found = ApiKey.objects.filter(business=business, key_id=key_id).select_related("business").first()
    if found is None:
        raise NotFound
    return found


def audit_page(business: Business, *, before: tuple[datetime, int] | None) -> Sequence[AuditEntry]:
    """Up to 51 lines of the audit log, newest first, older than `before`; the last only says that there are more."""
    entries = AuditEntry.objects.filter(business=business)
    if before is not None:
        at, entry_id = before
        entries = entries.filter(Q(at__lt=at) | Q(at=at, id__lt=entry_id))
    return list(entries.order_by("-at", "-id")[: AUDIT_PAGE + 1])


def every_business() -> list[Business]:
    """All businesses, the oldest first. Needs the service scope."""
    return list(Business.objects.order_by("id"))
