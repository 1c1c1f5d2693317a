"""The clock of billing."""

from celery import shared_task

from billing.services import end_grace
from lib.tenancy import for_service


@shared_task(name="billing.end_grace", ignore_result=True)
def end_grace_periods() -> None:
    """Ends the fortnight of those whose payment is late."""
    with for_service("whose payment has been late for a fortnight") as now:
        end_grace(now=now)
