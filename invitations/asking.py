"""Who could be asked and who was: kept for each solved ticket, decided when its invitation is, counted day by day.

What the business could know before asking is written down before it is known whether the customer is asked.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from businesses.enums import MailStatus
from businesses.models import Business
from invitations.enums import Asking, Earlier, SkipReason, SuppressionReason, Waiting
from invitations.fairness import Case, Evidence, LevelEvidence, Mark
from invitations.models import AskedDay, AskingEvidence, Invitation, SolvedTicket, Suppression, Ticket
from lib.commitments import CommitmentKind, commit, epoch_day, new_salt
from surveys.enums import ScoreGroup
from surveys.models import Response
from surveys.scales import group

# A ticket whose invitation is not decided by then is counted as one that could not be asked.
LONGEST_OPEN_DAYS = 14
_WAITING = (
    (timedelta(hours=1), Waiting.HOUR),
    (timedelta(hours=4), Waiting.HOURS),
    (timedelta(hours=24), Waiting.DAY),
    (timedelta(days=3), Waiting.DAYS),
)
_EARLIER = {
    ScoreGroup.GOOD: Earlier.HAPPY,
    ScoreGroup.MIDDLE: Earlier.MIDDLE,
    ScoreGroup.POOR: Earlier.UNHAPPY,
}
_EPOCH = date(1970, 1, 1)
# What ends an invitation for a reason that is not the business's own.
_COULD_NOT = {SkipReason.ASKED_RECENTLY, SkipReason.IS_MEMBER, SkipReason.ALREADY_ANSWERED}
_UNDECIDED = {MailStatus.SCHEDULED, MailStatus.CLAIMED, MailStatus.HANDED_OVER, MailStatus.WAITING}


def note_solved(ticket: Ticket, *, key: str, solved_at: datetime, now: datetime) -> None:
    """Writes down a resolution and what could be known of it, in the transaction that plans the invitation."""
    SolvedTicket.objects.bulk_create(
        [
            SolvedTicket(
                business=ticket.business,
                event_key=key,
                source=ticket.source,
                day=_day(now),
                reopened=ticket.resolution > 1,
                earlier=_earlier(ticket),
                waiting=_waited(ticket, solved_at),
                language=ticket.language or (ticket.customer.language if ticket.customer else ""),
                assignee=ticket.assignee,
                tags=ticket.tags,
                has_address=ticket.customer is not None,
            )
        ],
        ignore_conflicts=True,
    )


def close_days(business: Business, *, now: datetime) -> int:
    """Decides the open tickets of the business and takes in every day that is over; returns how many days.

    A day is over when each of its tickets is decided, or after fourteen days; days are taken in one after the other.
    Side effects in order: the tickets; for each day an AskedDay for the ledger, and the evidence. Needs the business's
    or the service's scope.
    """
    _decide(business, now=now)
    first = _first_day(business)
    if first is None:
        return 0
    done = 0
    for day in range(first, _day(now)):
        tickets = list(SolvedTicket.objects.filter(business=business, day=day))
        is_open = any(each.asking == Asking.OPEN for each in tickets)
        if is_open and _day(now) - day < LONGEST_OPEN_DAYS:
            break
        _take_in(business, day, tickets, now=now)
        done += 1
    return done


def _first_day(business: Business) -> int | None:
    last = AskedDay.objects.filter(business=business).order_by("-day").values_list("day", flat=True).first()
    after = SolvedTicket.objects.filter(business=business, day__gt=-1 if last is None else last).order_by("day")
    return after.values_list("day", flat=True).first()


def _take_in(business: Business, day: int, tickets: Sequence[SolvedTicket], *, now: datetime) -> None:
    if not tickets:
        return
    eligible = [each for each in tickets if each.asking in {Asking.ASKED, Asking.NOT_ASKED}]
    begins = datetime.combine(_EPOCH + timedelta(days=day), datetime.min.time(), tzinfo=UTC)
    answers = Response.objects.filter(business=business, answered_at__range=(begins, begins + timedelta(days=1)))
    asked = AskedDay(
        business=business,
        day=day,
        solved=len(tickets),
        eligible=len(eligible),
        invited=sum(each.asking == Asking.ASKED for each in eligible),
        answered=answers.count(),
        salt=new_salt(),
        created_at=now,
    )
    asked.commitment = commit(CommitmentKind.ASKED, bytes(asked.salt), asked_value(asked))
    asked.save()
    _add_evidence(business, day, [case_of(each) for each in eligible])


def asked_value(day: AskedDay) -> dict[str, str | int]:
    """What the ledger's `asked` entry of a day commits to."""
    return {
        "business": day.business.slug,
        "day": day.day,
        "solved": day.solved,
        "eligible": day.eligible,
        "invited": day.invited,
        "answered": day.answered,
    }


def case_of(ticket: SolvedTicket) -> Case:
    """A decided ticket as the test takes it."""
    levels = {
        Mark.REOPENED: ("yes" if ticket.reopened else "no",),
        Mark.EARLIER: (ticket.earlier,),
        Mark.WAITING: (ticket.waiting,),
        Mark.LANGUAGE: (ticket.language,) if ticket.language else (),
        Mark.ASSIGNEE: (ticket.assignee,) if ticket.assignee else (),
        Mark.TAG: tuple(dict.fromkeys(ticket.tags)),
    }
    return Case(levels, asked=ticket.asking == Asking.ASKED)


def _add_evidence(business: Business, day: int, cases: Sequence[Case]) -> None:
    year = (_EPOCH + timedelta(days=day)).year
    row = AskingEvidence.objects.select_for_update().filter(business=business, year=year).first()
    evidence = loaded(row.state) if row else Evidence()
    evidence.add_day(cases)
    peak = max(evidence.value(), row.peak if row else 1.0)
    fields = {"through_day": day, "state": dumped(evidence), "peak": peak}
    AskingEvidence.objects.update_or_create(business=business, year=year, defaults=fields)


def dumped(evidence: Evidence) -> dict[str, list[list[object]]]:
    """The evidence as JSON; the order of the levels is kept, since their weights follow it."""
    return {
        str(mark): [[name, of.eligible, of.asked, of.others, of.others_asked, of.logs] for name, of in levels.items()]
        for mark, levels in evidence.marks.items()
    }


def loaded(state: dict[str, list[list[object]]]) -> Evidence:
    """The evidence from its JSON."""
    evidence = Evidence()
    for mark, levels in state.items():
        for name, *numbers in levels:
            evidence.marks[Mark(mark)][str(name)] = LevelEvidence(*numbers)  # type: ignore[arg-type]
    return evidence


def _decide(business: Business, *, now: datetime) -> None:
    waiting = list(SolvedTicket.objects.filter(business=business, asking=Asking.OPEN, day__lt=_day(now)))
    keys = [each.event_key for each in waiting]
    invitations = Invitation.objects.filter(business=business, event_key__in=keys).select_related("customer")
    planned = {each.event_key: each for each in invitations}
    for ticket in waiting:
        invitation = planned.get(ticket.event_key)
        if invitation is not None and invitation.status in _UNDECIDED and _day(now) - ticket.day < LONGEST_OPEN_DAYS:
            continue
        ticket.asking, ticket.why = _decision(ticket, invitation)
    SolvedTicket.objects.bulk_update(waiting, ["asking", "why"], batch_size=1000)


def _decision(ticket: SolvedTicket, invitation: Invitation | None) -> tuple[Asking, str]:
    if not ticket.has_address:
        return Asking.COULD_NOT, "no_address"
    if invitation is None:
        return Asking.NOT_ASKED, "no_survey"
    status, why = invitation.status, invitation.reason
    if status in {MailStatus.SENT, MailStatus.UNCERTAIN}:
        return Asking.ASKED, ""
    if status == MailStatus.SKIPPED and why == SkipReason.SUPPRESSED:
        return (Asking.NOT_ASKED, "by_hand") if _suppressed_by_hand(invitation) else (Asking.COULD_NOT, why)
    if status == MailStatus.SKIPPED and why == SkipReason.SURVEY_PAUSED:
        return Asking.NOT_ASKED, why
    if status == MailStatus.EXPIRED:
        return Asking.NOT_ASKED, "too_late"
    # Reopened before it was sent, refused by a mail server, in doubt: not the business's choice.
    return Asking.COULD_NOT, why[:20] if why in _COULD_NOT else str(status)[:20]


def _suppressed_by_hand(invitation: Invitation) -> bool:
    wishes = Suppression.objects.filter(business_id=invitation.business_id, address=invitation.customer.email)
    return set(wishes.values_list("reason", flat=True)) == {SuppressionReason.BY_HAND}


def _earlier(ticket: Ticket) -> Earlier:
    if ticket.customer is None:
        return Earlier.NONE
    last = Response.objects.filter(business=ticket.business, customer=ticket.customer).order_by("-answered_at").first()
    if last is None:
        return Earlier.NONE
    return _EARLIER[group(last.kind, last.scale_points, last.direction, last.score)]


def _waited(ticket: Ticket, solved_at: datetime) -> Waiting:
    if ticket.opened_at is None:
        return Waiting.UNKNOWN
    waited = solved_at - ticket.opened_at
    return next((bucket for most, bucket in _WAITING if waited <= most), Waiting.LONGER)


def _day(moment: datetime) -> int:
    return epoch_day(moment.astimezone(UTC).date())
