"""What stories about mailed links begin with: a survey, an invitation to it, and a browser without cookies."""

from dataclasses import dataclass

from django.test import Client
from django.utils import timezone

from businesses.models import Business, Customer
from businesses.services import unsubscribe_token
from invitations.models import Invitation, Suppression
from invitations.services import Occasion, answer_token, plan
from lib.tenancy import for_business
from surveys.enums import Trigger
from surveys.models import Response, Survey
from surveys.services import create_standard_surveys


def surveys_of(business: Business) -> dict[str, Survey]:
    """The standard surveys by kind."""
    with for_business(business):
        found = Survey.objects.filter(business=business) or create_standard_surveys(
            business=business, now=timezone.now()
        )
        return {survey.kind: survey for survey in found}


def invite(
    business: Business, customer: Customer, kind: str = "csat", language: str = "en", key: str = "1"
) -> Invitation:
    """An invitation that would be sent in a moment."""
    survey = surveys_of(business)[kind]
    now = timezone.now()
    key = f"order/{key}"
    with for_business(business):
        plan(
            occasion=Occasion(trigger=Trigger.ORDER, key=key, occurred_at=now),
            survey=survey,
            customer=customer,
            language=language,
            due_at=now,
            now=now,
        )
        return Invitation.objects.select_related("business", "customer").get(business=business, event_key=key)


@dataclass(frozen=True)
class Visitor:
    """A browser of somebody without a sign-in, who has the link of one invitation."""

    invitation: Invitation
    client: Client

    @property
    def address(self) -> str:
        """The answer link."""
        return f"/a/{answer_token(self.invitation.public_id, self.invitation.token_generation)}/"

    @property
    def unsubscribe_address(self) -> str:
        """The unsubscribe link of the same customer."""
        customer = self.invitation.customer
        return f"/u/{unsubscribe_token(public_id=customer.public_id, generation=customer.token_generation)}/"

    def answers(self) -> list[tuple[int, str, int]]:
        """What is stored of this business: score, comment, revision."""
        with for_business(self.invitation.business):
            return list(Response.objects.order_by("id").values_list("score", "comment", "revision"))

    def stopped(self) -> list[str]:
        """What the business no longer mails to this customer."""
        with for_business(self.invitation.business):
            found = Suppression.objects.filter(address=self.invitation.customer.email)
            return sorted(found.values_list("scope", flat=True))


def visitor(invitation: Invitation) -> Visitor:
    """A browser that checks CSRF as a real server does and has no cookie."""
    return Visitor(invitation=invitation, client=Client(enforce_csrf_checks=True))
