"""Celery is the clock: it wakes the sweeps, which find their work in rows. Nothing in the broker is ever missed."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Django's checks import every page, which the worker has no use for; the tests run them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("candor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=20,
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 600,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
    },
    timezone="UTC",
)
app.autodiscover_tasks()

# How often each sweep is woken, in seconds. A wake-up that waited longer than that in the queue is thrown away: the
# next one does the same work.
SWEEPS: dict[str, float] = {
    "invitations.send_due_invitations": 1.0,
    "businesses.send_due_notices": 1.0,
    "invitations.send_due_reminders": 60.0,
    "invitations.schedule_recurring": 300.0,
    "invitations.close_days": 600.0,
    "integrations.process_deliveries": 1.0,
    "integrations.write_back": 2.0,
    "integrations.poll_helpdesks": 5.0,
    "trustscore.take_up_events": 1.0,
    "trustscore.roll_over": 60.0,
    "reviews.expire_pending_reviews": 600.0,
    "reviews.import_waiting": 3.0,
    "reviews.end_holds": 60.0,
    "invitations.release_waiting": 60.0,
    "billing.end_grace": 3600.0,
}

app.conf.beat_schedule = {
    name: {"task": name, "schedule": seconds, "options": {"expires": max(seconds, 5.0)}}
    for name, seconds in SWEEPS.items()
}
