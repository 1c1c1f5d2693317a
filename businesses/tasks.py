"""The sweep of notices, woken by Celery's clock."""

from celery import shared_task

from businesses.delivery.sweep import send_due
from businesses.notice_mails import NOTICES


@shared_task(name="businesses.send_due_notices", ignore_result=True)
def send_due_notices() -> None:
    """Sends the notices that are due."""
    send_due(NOTICES)
