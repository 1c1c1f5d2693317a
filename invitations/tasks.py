"""The sweeps of invitations, woken by Celery's clock."""

from celery import shared_task

from businesses.delivery.sweep import send_due
from invitations.asking import close_days
from invitations.campaigns import active_recurring_surveys, ask_again, plan_reminders
from invitations.queries import businesses_with_open_days
from invitations.quota import release_waiting
from invitations.sending import INVITATIONS, REMINDERS
from lib.tenancy import for_business, for_service


@shared_task(name="invitations.send_due_invitations", ignore_result=True)
def send_due_invitations() -> None:
    """Sends the invitations that are due."""
    send_due(INVITATIONS)


@shared_task(name="invitations.send_due_reminders", ignore_result=True)
def send_due_reminders() -> None:
    """Plans the reminders whose day has come, and sends what is due."""
    with for_service("whom to remind") as now:
        plan_reminders(now=now)
    send_due(REMINDERS)


@shared_task(name="invitations.schedule_recurring", ignore_result=True)
def schedule_recurring() -> None:
    """Plans the next invitations of every recurring survey, one transaction a survey."""
    with for_service("which surveys recur"):
        surveys = active_recurring_surveys()
    for survey in surveys:
        with for_business(survey.business) as now:
            ask_again(survey=survey, now=now)


@shared_task(name="invitations.close_days", ignore_result=True)
def close_days_of_asking() -> None:
    """Counts who was asked on the days that are over, one transaction a business."""
    with for_service("which businesses have days to count") as now:
        businesses = businesses_with_open_days(now=now)
    for business in businesses:
        with for_business(business) as now:
            close_days(business, now=now)


@shared_task(name="invitations.release_waiting", ignore_result=True)
def release_waiting_invitations() -> None:
    """Lets go what waited for the quota of a plan."""
    with for_service("what waits for a quota") as now:
        release_waiting(now=now)
