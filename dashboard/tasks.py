"""The clock of what several apps know together."""

from celery import shared_task

from businesses.queries import every_business
from dashboard.policies import keep_policy
from lib.tenancy import for_business, for_service


@shared_task(name="dashboard.keep_policies", ignore_result=True)
def keep_policies() -> None:
    """Writes a new version of each policy page whose facts have changed, one transaction a business."""
    with for_service("which businesses have a policy page"):
        businesses = every_business()
    for business in businesses:
        with for_business(business) as now:
            keep_policy(business, now=now)
