"""Wake-ups of the sweeps over reviews; the work is in services."""

from celery import shared_task

from lib.tenancy import for_service
from reviews.importing.uploads import import_waiting
from reviews.services import end_holds, expire_pending_reviews


@shared_task(name="reviews.expire_pending_reviews", ignore_result=True)
def expire_pending() -> None:
    """Deletes reviews from the public page that nobody confirmed in time."""
    with for_service("delete reviews that nobody confirmed") as now:
        expire_pending_reviews(now=now)


@shared_task(name="reviews.import_waiting", ignore_result=True)
def import_uploaded() -> None:
    """Imports uploaded files until none waits."""
    while import_waiting():
        pass


@shared_task(name="reviews.end_holds", ignore_result=True)
def end_due_holds() -> None:
    """Publishes again what was held for as long as it may be."""
    with for_service("end holds whose time is over") as now:
        end_holds(now=now)
