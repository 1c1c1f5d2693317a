"""What the counts of asking and the test of fair asking say, for the business and for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Sum

from businesses.models import Business
from invitations.asking import loaded
from invitations.fairness import EARLY, SIGNIFICANT, Evidence, Mark
from invitations.models import AskedDay, AskingEvidence, Ticket
from lib.commitments import epoch_day

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Finding:
    """Customers with one mark were asked more rarely than the others of the same days: the numbers of both."""

    mark: Mark
    level: str
    eligible: int
    asked: int
    others: int
    others_asked: int


@dataclass(frozen=True)
class Standing:
    """What the test says this year: the evidence now and at its height, and what stands out, the strongest first.

    `levels` are all that were seen, by mark, for a table of shares.
    """

    value: float
    peak: float
    findings: list[Finding]
    levels: dict[Mark, list[Finding]] = field(default_factory=dict)

    @property
    def is_early(self) -> bool:
        """Whether the business should be told."""
        return self.peak >= EARLY

    @property
    def is_significant(self) -> bool:
        """Whether everybody is told: in honest businesses that is as good as never so."""
        return self.peak >= SIGNIFICANT


@dataclass(frozen=True)
class Counts:
    """How many customers of a time: solved tickets, those that could be asked, were asked, and answers that came."""

    solved: int
    eligible: int
    invited: int
    answered: int


def standing(business: Business, *, now: datetime) -> Standing:
    """The test of the current year (UTC)."""
    row = AskingEvidence.objects.filter(business=business, year=now.year).first()
    if row is None:
        return Standing(value=1.0, peak=1.0, findings=[])
    evidence = loaded(row.state)
    strong = [
        (evidence.weighted(mark, level), _finding(evidence, mark, level))
        for mark, levels in evidence.marks.items()
        for level in levels
        if evidence.weighted(mark, level) >= EARLY
    ]
    strong.sort(key=lambda each: -each[0])
    levels = {
        mark: sorted((_finding(evidence, mark, level) for level in levels), key=lambda each: -each.eligible)
        for mark, levels in evidence.marks.items()
        if levels
    }
    return Standing(evidence.value(), row.peak, [finding for _, finding in strong], levels)


def _finding(evidence: Evidence, mark: Mark, level: str) -> Finding:
    of = evidence.marks[mark][level]
    return Finding(mark, level, of.eligible, of.asked, of.others, of.others_asked)


def asked_since(business: Business, since: date) -> Counts:
    """The counts of the days from `since` (UTC) that are over."""
    days = AskedDay.objects.filter(business=business, day__gte=epoch_day(since))
    found: Mapping[str, int | None] = days.aggregate(
        solved=Sum("solved"), eligible=Sum("eligible"), invited=Sum("invited"), answered=Sum("answered")
    )
    return Counts(**{name: number or 0 for name, number in found.items()})


def eligible_by_day(business: Business, since: date) -> dict[date, int]:
    """How many customers could be asked on each day from `since` (UTC)."""
    days = AskedDay.objects.filter(business=business, day__gte=epoch_day(since))
    return {_EPOCH + timedelta(days=day): eligible for day, eligible in days.values_list("day", "eligible")}


def sources_of_tickets(business: Business) -> set[str]:
    """The public ids of the connections that tickets came from."""
    return set(Ticket.objects.filter(business=business).values_list("source", flat=True).distinct())
