"""One customer over time, and finding a customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Prefetch, Q

from businesses.models import Business, Customer
from invitations.models import Invitation, Suppression
from lib.errors import NotFound
from lib.keyset import Place
from reviews.models import Review
from surveys.enums import ScoreGroup, SurveyKind
from surveys.models import Response, ResponseRevision
from surveys.scales import group, values

PAGE = 50

_WORDS = {
    SurveyKind.NPS: {ScoreGroup.GOOD: "promoter", ScoreGroup.MIDDLE: "passive", ScoreGroup.POOR: "detractor"},
    SurveyKind.CSAT: {ScoreGroup.GOOD: "satisfied", ScoreGroup.MIDDLE: "so-so", ScoreGroup.POOR: "dissatisfied"},
    SurveyKind.CES: {ScoreGroup.GOOD: "easy", ScoreGroup.MIDDLE: "so-so", ScoreGroup.POOR: "hard"},
}


@dataclass(frozen=True)
class Answer:
    """A response with what its score means: group, and words such as "NPS 9 of 10, promoter"."""

    response: Response

    @property
    def group(self) -> ScoreGroup:
        one = self.response
        return group(one.kind, one.scale_points, one.direction, one.score)

    @property
    def words(self) -> str:
        kind = SurveyKind(self.response.kind)
        most = values(kind, self.response.scale_points)[-1]
        return f"{kind.label} {self.response.score} of {most}, {_WORDS[kind][self.group]}"


@dataclass(frozen=True)
class Happening:
    """One thing in a customer's life with the business, at one moment (UTC). Exactly one of the things is there."""

    kind: Literal["invitation", "answer", "review", "reply", "suppression"]
    at: datetime
    invitation: Invitation | None = None
    answer: Answer | None = None
    review: Review | None = None
    suppression: Suppression | None = None


@dataclass(frozen=True)
class CustomerLine:
    """A customer in the list, with their newest answer."""

    customer: Customer
    newest: Answer | None


def customers_page(business: Business, *, search: str, after: Place | None) -> tuple[list[CustomerLine], Place | None]:
    """Up to fifty customers, newest first, whose address or name holds `search`, and the place of the next page."""
    customers = Customer.objects.filter(business=business)
    if search:
        customers = customers.filter(Q(email__icontains=search) | Q(name__icontains=search))
    if after is not None:
        at, customer_id = after
        customers = customers.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=customer_id))
    found = list(customers.order_by("-created_at", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    newest = _newest_answers(business, shown)
    lines = [CustomerLine(customer=each, newest=newest.get(each.pk)) for each in shown]
    return lines, (shown[-1].created_at, shown[-1].pk) if len(found) > PAGE else None


def _newest_answers(business: Business, customers: Iterable[Customer]) -> dict[int, Answer]:
    responses = (
        Response.objects.filter(business=business, customer__in=customers)
        .order_by("customer_id", "-answered_at", "-id")
        .distinct("customer_id")
    )
    return {response.customer_id: Answer(response) for response in responses}


def customer_of(business: Business, public_id: str) -> Customer:
    """One customer of the business. Raises NotFound."""
    found = Customer.objects.filter(business=business, public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such customer.")
    return found


def life(customer: Customer) -> list[Happening]:
    """Everything between the business and one customer, newest first, by five queries whatever happened."""
    own = {"business": customer.business_id, "customer": customer}
    invitations = Invitation.objects.filter(**own).select_related("survey", "ticket")
    revisions = Prefetch("revisions", ResponseRevision.objects.order_by("-number"))
    responses = Response.objects.filter(**own).select_related("survey").prefetch_related(revisions)
    reviews = list(Review.objects.filter(**own))
    suppressions = Suppression.objects.filter(business=customer.business_id, address=customer.email)
    happenings = [
        *(Happening("invitation", each.sent_at or each.created_at, invitation=each) for each in invitations),
        *(Happening("answer", each.answered_at, answer=Answer(each)) for each in responses),
        *(Happening("review", each.submitted_at, review=each) for each in reviews),
        *(Happening("reply", each.replied_at, review=each) for each in reviews if each.replied_at),
        *(Happening("suppression", each.at, suppression=each) for each in suppressions),
    ]
    return sorted(happenings, key=lambda happening: happening.at, reverse=True)
