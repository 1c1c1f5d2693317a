"""Choices of connections and of what comes and goes through them."""

from django.db import models


class ConnectionKind(models.TextChoices):
    """What stands on the other side."""

    GENERIC = "generic", "Signed webhook"
    DJANGO_HELPDESK = "django_helpdesk", "django-helpdesk"


class ConnectionStatus(models.TextChoices):
    """Broken means that the last calls to the helpdesk were refused; a person has to look."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    BROKEN = "broken", "Needs attention"


class DeliveryStatus(models.TextChoices):
    """What became of an accepted delivery."""

    RECEIVED = "received", "Received"
    PROCESSED = "processed", "Processed"
    IGNORED = "ignored", "Nothing to do"
    FAILED = "failed", "Could not be processed"


class WriteBackStatus(models.TextChoices):
    """A result on its way to the ticket."""

    PENDING = "pending", "Waiting"
    WRITING = "writing", "Being written"
    WRITTEN = "written", "On the ticket"
    REFUSED = "refused", "The helpdesk refuses it"
    FAILED = "failed", "Failed"
