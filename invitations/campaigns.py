"""Who is asked without an event of today: recurring surveys, and the one reminder."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value

from businesses.enums import MailStatus
from businesses.models import Customer, Membership
from invitations.enums import SuppressionScope
from invitations.models import Invitation, Reminder, Suppression, Ticket
from invitations.services import Occasion, plan
from lib.ids import new_public_id
from surveys.enums import SurveyStatus, Trigger
from surveys.models import Survey

AT_ONCE = 500
# A reminder that could not be sent within this time after its day is not sent at all.
REMINDER_WINDOW = timedelta(days=3)
_PENDING = [MailStatus.SCHEDULED, MailStatus.CLAIMED, MailStatus.HANDED_OVER, MailStatus.WAITING]
_ASKED = [MailStatus.HANDED_OVER, MailStatus.SENT, MailStatus.UNCERTAIN]


def active_recurring_surveys() -> list[Survey]:
    """The active recurring surveys of all businesses, in the service scope."""
    found = Survey.objects.filter(trigger=Trigger.RECURRING, status=SurveyStatus.ACTIVE)
    return list(found.select_related("business").order_by("id"))


def due_customers(survey: Survey, now: datetime) -> QuerySet[Customer]:
    """Whom a recurring survey asks now.

    Existing customers: those who had a ticket, an order or another occasion, first heard of at least the survey's
    delay ago. Not those whom this survey asked within its period, who have an invitation on its way, whom the
    business's limit on asking protects today, who unsubscribed, or who are members: they would only be skipped.
    """
    mine = Invitation.objects.filter(business=survey.business_id, customer=OuterRef("pk"))
    period = now - timedelta(days=survey.repeat_days)
    in_this_period = mine.filter(survey=survey, trigger=Trigger.RECURRING, created_at__gt=period)
    limit = now - timedelta(days=survey.business.ask_again_after_days)
    unwanted = Suppression.objects.filter(
        business=survey.business_id,
        address=OuterRef("email"),
        scope__in=[SuppressionScope.SURVEYS, SuppressionScope.ALL],
    )
    customers = Customer.objects.filter(
        Exists(mine) | Exists(Ticket.objects.filter(business=survey.business_id, customer=OuterRef("pk"))),
        ~Exists(in_this_period),
        ~Exists(mine.filter(status__in=_PENDING)),
        ~Exists(unwanted),
        ~Exists(Membership.objects.filter(business=survey.business_id, user__email=OuterRef("email"))),
        business=survey.business_id,
        created_at__lte=now - timedelta(minutes=survey.delay_minutes),
    )
    if not survey.ignores_asking_limit:
        customers = customers.filter(~Exists(mine.filter(status__in=_ASKED, handed_over_at__gt=limit)))
    return customers.order_by("created_at", "id")


def ask_again(*, survey: Survey, now: datetime) -> int:
    """Plans a recurring survey's next invitations, at most `AT_ONCE`, and returns how many.

    The occasion's key holds the day (UTC), so that two workers at once plan each invitation once.
    """
    customers = list(due_customers(survey, now)[:AT_ONCE])
    for customer in customers:
        customer.business = survey.business
        key = f"recurring/{survey.public_id}/{customer.public_id}/{now:%Y-%m-%d}"
        occasion = Occasion(trigger=Trigger.RECURRING, key=key, occurred_at=now)
        plan(occasion=occasion, survey=survey, customer=customer, language="", due_at=now, now=now)
    return len(customers)


def plan_reminders(*, now: datetime) -> int:
    """Plans the one reminder of invitations that were sent so many days ago and not answered; returns how many.

    Works across businesses, in the service scope.
    """
    days = ExpressionWrapper(F("survey__reminder_after_days") * Value(timedelta(days=1)), output_field=DurationField())
    longest = Survey.objects.filter(reminder_after_days__gt=0).order_by("-reminder_after_days").first()
    if longest is None:
        return 0
    since = now - timedelta(days=longest.reminder_after_days) - REMINDER_WINDOW
    due = (
        Invitation.objects.annotate(remind_at=F("sent_at") + days)
        .filter(
            Q(remind_at__lte=now, remind_at__gt=now - REMINDER_WINDOW),
            ~Exists(Reminder.objects.filter(invitation=OuterRef("pk"))),
            status=MailStatus.SENT,
            answered_at__isnull=True,
            sent_at__gt=since,
            survey__reminder_after_days__gt=0,
        )
        .order_by("sent_at")[:AT_ONCE]
    )
    reminders = [
        Reminder(
            business_id=invitation.business_id,
            invitation=invitation,
            due_at=now,
            message_id=f"<rem-{new_public_id()}@{settings.MAIL_DOMAIN}>",
            created_at=now,
        )
        for invitation in due
    ]
    Reminder.objects.bulk_create(reminders, ignore_conflicts=True)
    return len(reminders)
