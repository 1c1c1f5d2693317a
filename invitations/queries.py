"""Every read of invitations that is used twice or crosses tables."""

from datetime import timedelta

from businesses.models import Customer
from invitations.enums import SuppressionScope
from invitations.models import Invitation, Suppression
from lib.errors import DomainError, NotFound
from lib.tenancy import for_service
from lib.tokens import token_hash

ANSWER_LINK_LIVES = timedelta(days=60)


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
