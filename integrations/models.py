"""Connections to helpdesks and shops: what came in, and what has to go back."""

from django.db import models

from businesses.models import Business
from integrations.enums import ConnectionKind, ConnectionStatus, DeliveryStatus, WriteBackStatus
from invitations.models import Invitation, Ticket
from lib.ids import new_public_id
from lib.tenant_constraints import RowSecurity, SameTenant


class Connection(models.Model):
    """One helpdesk or shop of one business. `secret` and `credentials` are sealed (lib.secrets).

    `credentials` is JSON: the helpdesk's address and how to sign in there. `refused_count` counts deliveries that were
    turned away; nothing else of them is kept. `failures` counts calls to the helpdesk that went wrong in a row, and
    `last_error` says how. `poll_after` is the helpdesk's time up to which everything was read.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    kind = models.CharField(max_length=20, choices=ConnectionKind.choices)
    name = models.CharField(max_length=100)
    status = models.CharField(max_length=10, choices=ConnectionStatus.choices, default=ConnectionStatus.ACTIVE)
    secret = models.BinaryField()
    credentials = models.BinaryField(default=bytes)
    refused_count = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    poll_due_at = models.DateTimeField(null=True, blank=True)
    poll_after = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="connection_rls")]
        indexes = [
            # Connections that are due to be polled.
            models.Index(fields=["poll_due_at"], name="connection_poll_due"),
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """A raw event, committed before its sender gets a 2xx. `outcome` says in words what became of it.

    `dedupe_key` is the sender's id of the event where it has one, else a hash of the body. `subject` names the thing
    that the event is about, such as `ticket:123`: deliveries about one thing are treated in their order of arrival.
    `attempts` counts claims, so that a delivery which kills its worker is given up one day; it fences every update.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, db_constraint=False)
    dedupe_key = models.CharField(max_length=200)
    body = models.TextField()
    event_name = models.CharField(max_length=60, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.RECEIVED)
    outcome = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="delivery_rls"),
            SameTenant(name="delivery_connection_key", field="connection", on_delete="cascade"),
            models.UniqueConstraint(fields=["business", "connection", "dedupe_key"], name="delivery_once"),
        ]
        indexes = [
            # Deliveries that wait to be treated, in the order in which they came.
            models.Index(fields=["due_at", "id"], condition=models.Q(status="received"), name="delivery_due"),
            # Whether an earlier delivery about the same thing still waits.
            models.Index(
                fields=["connection", "subject", "id"],
                condition=models.Q(status="received"),
                name="delivery_waiting",
            ),
            # The connection's page: the last fifty.
            models.Index(fields=["business", "connection", "-received_at", "-id"], name="delivery_newest"),
        ]


class WriteBack(models.Model):
    """One answer's way back to its ticket. `written_revision` is the revision that stands on the ticket.

    The note carries a marker made from `public_id`; a retry looks for it before writing again. `before` keeps what
    our note makes the helpdesk overwrite, until it is put back.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, db_constraint=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, db_constraint=False)
    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, db_constraint=False)
    status = models.CharField(max_length=10, choices=WriteBackStatus.choices, default=WriteBackStatus.PENDING)
    written_revision = models.PositiveSmallIntegerField(default=0)
    before = models.JSONField(default=dict)
    remote_note_id = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="write_back_rls"),
            SameTenant(name="write_back_connection_key", field="connection", on_delete="cascade"),
            SameTenant(name="write_back_ticket_key", field="ticket", on_delete="cascade"),
            SameTenant(name="write_back_invitation_key", field="invitation", on_delete="cascade"),
        ]
        indexes = [
            # Results that wait to be written.
            models.Index(
                fields=["due_at"],
                condition=models.Q(status__in=["pending", "writing"]),
                name="write_back_due",
            ),
        ]
