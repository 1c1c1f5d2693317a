"""The sweeps of connections."""

import structlog
from celery import shared_task

from integrations.models import Delivery
from integrations.services.deliveries import claim_deliveries, give_up_or_retry, refuse_delivery, treat_delivery
from lib.errors import DomainError
from lib.tenancy import for_business, for_service

log = structlog.get_logger()

# One waking treats at most so many batches; the next begins a second later.
BATCHES = 40


@shared_task(name="integrations.process_deliveries", ignore_result=True)
def process_deliveries() -> None:
    """Treats deliveries that wait, until none is left or this waking has done its share."""
    for _ in range(BATCHES):
        if not sum(_process(tried=tried) for tried in (False, True)):
            return


def _process(*, tried: bool) -> int:
    with for_service("deliveries wait to be treated") as now:
        claimed = claim_deliveries(now=now, tried=tried)
    for delivery in claimed:
        _treat(delivery)
    return len(claimed)


def _treat(delivery: Delivery) -> None:
    try:
        with for_business(delivery.business) as now:
            treat_delivery(delivery=delivery, now=now)
    except DomainError as refusal:
        with for_business(delivery.business) as now:
            refuse_delivery(delivery=delivery, why=refusal.message, now=now)
    except Exception as error:
        # Whatever it was, it must not keep this batch's other deliveries waiting.
        log.exception("delivery_failed", delivery=delivery.pk)
        with for_business(delivery.business) as now:
            give_up_or_retry(delivery=delivery, fault=type(error).__name__, now=now)
