"""The columns of a mail that is a row: invitation, reminder, notice. The protocol is in `businesses.delivery`."""

from django.db import models

from businesses.enums import MailStatus


class QueuedMail(models.Model):
    """A mail that will be sent once or visibly not at all.

    `attempts` counts claims that reached a hand-over or died, and fences every update. `message_id` holds a public id
    and never changes, so that a provider or a person can tell a repetition. All times are UTC.
    """

    status = models.CharField(max_length=12, choices=MailStatus.choices, default=MailStatus.SCHEDULED)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=255)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True
