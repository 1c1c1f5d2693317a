"""Invitations and reminders as kinds of mail: who may get them now, and how they are written."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from django.db.models import Max

from billing.services import Meter
from businesses.delivery.kinds import Go, Judge, MailKind, Stop, Verdict
from businesses.enums import MailStatus
from businesses.models import Customer, Membership
from invitations.eligibility import Facts, QuietHours, objection
from invitations.enums import SuppressionScope
from invitations.letters import invitation_letter, reminder_letter
from invitations.models import Invitation, Reminder, Suppression
from invitations.quota import QUOTA
from invitations.services import note_hard_bounce
from lib.mailing import Envelope, seal
from surveys.enums import SurveyStatus
from surveys.models import Survey
from surveys.texts import SurveyWords, texts_for

# A mail in doubt may have arrived, so it counts as asked.
ASKED = [MailStatus.HANDED_OVER, MailStatus.SENT, MailStatus.UNCERTAIN]


class Surroundings:
    """What the judge of a batch of invitations has to know beside the rows themselves, read in four queries.

    Locks the customers, in the order of their ids, so that two workers never ask one customer two things at once:
    the second sees what the first has claimed.
    """

    def __init__(self, invitations: Sequence[Invitation]) -> None:
        customers = {each.customer_id: each.customer for each in invitations}
        businesses = {each.business_id for each in invitations}
        emails = {each.email for each in customers.values()}
        list(Customer.objects.select_for_update(no_key=True).filter(pk__in=customers).order_by("pk").values("pk"))
        others = Invitation.objects.filter(business__in=businesses, customer__in=customers)
        self.last_asked: dict[int, datetime] = dict(
            others.filter(status__in=ASKED)
            .values_list("customer_id")
            .annotate(last=Max("handed_over_at"))
            .values_list("customer_id", "last")
        )
        ours = {each.pk for each in invitations}
        self.being_asked: set[int] = set(
            others.filter(status=MailStatus.CLAIMED).exclude(pk__in=ours).values_list("customer_id", flat=True)
        )
        self.suppressed = set(
            Suppression.objects.filter(
                business__in=businesses,
                address__in=emails,
                scope__in=[SuppressionScope.SURVEYS, SuppressionScope.ALL],
            ).values_list("business_id", "address")
        )
        self.members = set(
            Membership.objects.filter(business__in=businesses, user__email__in=emails).values_list(
                "business_id", "user__email"
            )
        )


def facts(invitation: Invitation, due_at: datetime, around: Surroundings) -> Facts:
    """The facts of an invitation, or of its reminder where `due_at` is the reminder's."""
    business, survey, ticket = invitation.business, invitation.survey, invitation.ticket
    person = (invitation.business_id, invitation.customer.email)
    limit = 0 if survey.ignores_asking_limit else business.ask_again_after_days
    return Facts(
        due_at=due_at,
        ticket_reopened=ticket is not None and (ticket.solved_at is None or ticket.resolution != invitation.resolution),
        answered=invitation.answered_at is not None,
        suppressed=person in around.suppressed,
        is_member=person in around.members,
        survey_active=survey.status == SurveyStatus.ACTIVE,
        quiet_hours=QuietHours(time_zone=business.time_zone, start=business.quiet_from, end=business.quiet_until),
        ask_again_after=timedelta(days=limit),
        last_asked_at=around.last_asked.get(invitation.customer_id),
        being_asked=invitation.customer_id in around.being_asked,
    )


def prepare_invitations(ids: Sequence[int], now: datetime) -> Judge:
    """Reads a batch of invitations and what stands around them; returns the judge of one.

    The judge takes each from its business's quota of the month, whose rows are locked; without any left it waits.
    """
    rows = Invitation.objects.select_related("business", "survey__business", "customer", "ticket").in_bulk(ids)
    around = Surroundings(list(rows.values()))
    meter = Meter({each.business_id: each.business for each in rows.values()}, now=now)
    words = words_of_batch()

    def judge(pk: int) -> Verdict:
        invitation = rows[pk]
        no = objection(facts(invitation, invitation.due_at, around), now)
        if no is not None:
            return no
        # A mail that is tried again was counted at its first attempt.
        if invitation.attempts == 1 and not meter.take(invitation.business_id):
            return Stop(MailStatus.WAITING, QUOTA)
        # The next one to the same customer in this batch waits for this one.
        around.being_asked.add(invitation.customer_id)

        def compose() -> Envelope:
            spoken = words(invitation.survey, invitation.language, invitation.by_hand)
            return seal(invitation_letter(invitation, words=spoken, now=now))

        return Go(compose)

    return judge


def words_of_batch() -> Callable[[Survey, str, bool], SurveyWords]:
    """texts_for, asking the database once for each survey and language of a batch."""
    return cache(texts_for)


def prepare_reminders(ids: Sequence[int], now: datetime) -> Judge:
    """Reads a batch of reminders with their invitations; returns the judge of one.

    The limit on asking is not for them: they ask nothing new.
    """
    rows = Reminder.objects.select_related(
        "invitation__business", "invitation__survey__business", "invitation__customer", "invitation__ticket"
    ).in_bulk(ids)
    around = Surroundings([each.invitation for each in rows.values()])
    words = words_of_batch()

    def judge(pk: int) -> Verdict:
        reminder = rows[pk]
        invitation = reminder.invitation
        no = objection(replace(facts(invitation, reminder.due_at, around), ask_again_after=timedelta(0)), now)
        if no is not None:
            return no

        def compose() -> Envelope:
            spoken = words(invitation.survey, invitation.language, invitation.by_hand)
            return seal(reminder_letter(invitation, words=spoken, message_id=reminder.message_id, now=now))

        return Go(compose)

    return judge


def _invitation_bounced(pk: int, now: datetime) -> None:
    note_hard_bounce(customer=Invitation.objects.select_related("customer__business").get(pk=pk).customer, now=now)


def _reminder_bounced(pk: int, now: datetime) -> None:
    reminder = Reminder.objects.select_related("invitation__customer__business").get(pk=pk)
    note_hard_bounce(customer=reminder.invitation.customer, now=now)


INVITATIONS = MailKind(name="invitation", model=Invitation, prepare=prepare_invitations, bounced=_invitation_bounced)
REMINDERS = MailKind(name="reminder", model=Reminder, prepare=prepare_reminders, bounced=_reminder_bounced)
