"""Every read of invitations that is used twice or crosses tables."""

from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from businesses.enums import MailStatus
from businesses.models import Business, Customer
from invitations.doubts import IN_DOUBT
from invitations.enums import SuppressionScope, Which
from invitations.models import AskedDay, Invitation, LinkOpening, SolvedTicket, Suppression
from lib.commitments import epoch_day
from lib.errors import DomainError, NotFound
from lib.keyset import Place
from lib.tenancy import for_service
from lib.tokens import token_hash
from surveys.enums import SurveyStatus
from surveys.models import Survey

ANSWER_LINK_LIVES = timedelta(days=60)
DAYS_LOOKED_BACK = 60


class LinkExpired(DomainError):
    """The link was real, and its time is over. `invitation` is what it led to, so that a page can say so kindly."""

    status = 410
    code = "link_expired"

    def __init__(self, invitation: Invitation) -> None:
        super().__init__(
            f"This link was open for sixty days, and that time has passed. {invitation.business.name} would still like"
            " to hear from you; write to them as you usually do."
        )
        self.invitation = invitation


def invitation_by_answer_token(token: str) -> Invitation:
    """The invitation of an answer link, with its business, survey, customer, ticket and response.

    Raises NotFound for an unknown or revoked link, and LinkExpired sixty days after it was sent.
    """
    with for_service("an invitation by its answer link") as now:
        invitation = (
            Invitation.objects.select_related("business", "survey__business", "customer", "ticket", "response")
            .filter(answer_hash=token_hash(token))
            .first()
        )
    if invitation is None:
        raise NotFound("This link leads nowhere. It may have been replaced by a newer one.")
    if now - (invitation.sent_at or invitation.created_at) > ANSWER_LINK_LIVES:
        raise LinkExpired(invitation)
    return invitation


def customer_by_unsubscribe_token(token: str) -> Customer:
    """The customer of an unsubscribe link, with their business. Such links never expire. Raises NotFound."""
    with for_service("a customer by their unsubscribe link"):
        customer = Customer.objects.select_related("business").filter(unsubscribe_hash=token_hash(token)).first()
    if customer is None:
        raise NotFound("This link leads nowhere. It may have been replaced by a newer one.")
    return customer


def unwanted_scopes(customer: Customer) -> set[SuppressionScope]:
    """Which mails this customer's address is not sent, whatever the reason."""
    found = Suppression.objects.filter(business_id=customer.business_id, address=customer.email)
    return {SuppressionScope(scope) for scope in found.values_list("scope", flat=True)}


_STATUSES: dict[Which, list[MailStatus]] = {
    Which.ALL: list(MailStatus),
    Which.WAITING: [MailStatus.SCHEDULED, MailStatus.CLAIMED, MailStatus.HANDED_OVER, MailStatus.WAITING],
    Which.SENT: [MailStatus.SENT],
    Which.NOT_SENT: [
        MailStatus.SKIPPED,
        MailStatus.CANCELLED,
        MailStatus.EXPIRED,
        MailStatus.FAILED,
        MailStatus.QUARANTINED,
    ],
    Which.DOUBTS: IN_DOUBT,
}


def invitations_page(
    business: Business, *, which: Which, after: Place | None, size: int = 50
) -> tuple[list[Invitation], Place | None]:
    """Invitations, newest first, after a place in the list; and the place where the next page begins, if any."""
    rows = Invitation.objects.select_related("customer", "survey", "ticket", "response", "reminder")
    rows = rows.filter(business=business, status__in=_STATUSES[which])
    if after is not None:
        at, row_id = after
        rows = rows.filter(Q(created_at__lte=at), Q(created_at__lt=at) | Q(id__lt=row_id))
    found = list(rows.order_by("-created_at", "-id")[: size + 1])
    following = (found[size - 1].created_at, found[size - 1].pk) if len(found) > size else None
    return found[:size], following


def opened(business: Business, invitations: list[Invitation]) -> set[str]:
    """The public ids of those whose link was opened at least once, by a person or by a robot."""
    ids = [each.public_id for each in invitations]
    openings = LinkOpening.objects.filter(business=business, invitation_public_id__in=ids)
    return set(openings.values_list("invitation_public_id", flat=True).distinct())


def suppressions_page(
    business: Business, *, after: Place | None, size: int = 50
) -> tuple[list[Suppression], Place | None]:
    """Addresses that are not written to, newest first; and the place where the next page begins, if any."""
    rows = Suppression.objects.filter(business=business)
    if after is not None:
        at, row_id = after
        rows = rows.filter(Q(at__lte=at), Q(at__lt=at) | Q(id__lt=row_id))
    found = list(rows.order_by("-at", "-id")[: size + 1])
    following = (found[size - 1].at, found[size - 1].pk) if len(found) > size else None
    return found[:size], following


def sendable_surveys(business: Business) -> list[Survey]:
    """The active surveys in their order."""
    return list(Survey.objects.filter(business=business, status=SurveyStatus.ACTIVE).order_by("position", "id"))


def businesses_with_open_days(*, now: datetime) -> list[Business]:
    """Those with tickets of a day that is over and not counted yet. Needs the service scope."""
    today = epoch_day(now.astimezone(UTC).date())
    counted = AskedDay.objects.filter(business=OuterRef("business"), day__gte=OuterRef("day"))
    waiting = SolvedTicket.objects.filter(~Exists(counted), day__lt=today, day__gte=today - DAYS_LOOKED_BACK)
    return list(Business.objects.filter(id__in=waiting.values("business")))
