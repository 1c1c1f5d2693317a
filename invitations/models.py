"""Who is asked what, when, once."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from businesses.models import Business, Customer
from businesses.queued_mail import QueuedMail
from invitations.enums import (
    HAND_KEY,
    ORDER_KEY,
    Asking,
    Earlier,
    SuppressionReason,
    SuppressionScope,
    TicketState,
    Waiting,
)
from lib.ids import new_public_id
from lib.tenant_constraints import RowSecurity, SameTenant
from surveys.enums import Trigger
from surveys.models import Response, Survey


class Ticket(models.Model):
    """A helpdesk's ticket as Candor last heard of it.

    `source` is the connection's public id. `resolution` counts how often it was solved after not being so; one
    invitation belongs to each. Events older than `last_event_at` change nothing. Written by invitations.tickets only.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    source = models.CharField(max_length=16)
    external_id = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=TicketState.choices, default=TicketState.OPEN)
    resolution = models.PositiveSmallIntegerField(default=0)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.SET_NULL, db_constraint=False)
    subject = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=500, blank=True)
    assignee = models.CharField(max_length=200, blank=True)
    tags = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    language = models.CharField(max_length=10, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="ticket_rls"),
            SameTenant(name="ticket_customer_key", field="customer", on_delete="set null"),
            models.UniqueConstraint(fields=["business", "source", "external_id"], name="ticket_once"),
        ]


class Invitation(QueuedMail):
    """One customer asked once about one thing.

    `event_key` names the thing (for a ticket: source, ticket and resolution) and is unique in a business: it is what
    makes repeated, echoed and racing events ask once. `about` is what was ordered, in words. The answer link is made
    from `public_id` and `token_generation`; only its hash is kept. `answered_at` copies the response's time for the
    send cohorts.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, db_index=False)
    public_id = models.CharField(max_length=16, default=new_public_id)
    event_key = models.CharField(max_length=200)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.SET_NULL, db_constraint=False)
    resolution = models.PositiveSmallIntegerField(default=0)
    about = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10)
    answer_hash = models.CharField(max_length=64)
    token_generation = models.PositiveSmallIntegerField(default=0)
    response = models.OneToOneField(Response, null=True, blank=True, on_delete=models.SET_NULL, db_constraint=False)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="invitation_rls"),
            SameTenant(name="invitation_survey_key", field="survey"),
            SameTenant(name="invitation_customer_key", field="customer", on_delete="cascade"),
            SameTenant(name="invitation_ticket_key", field="ticket", on_delete="set null"),
            SameTenant(name="invitation_response_key", field="response", on_delete="set null"),
            models.UniqueConstraint(fields=["business", "event_key"], name="invitation_once"),
            # Not `unique=True`, which makes a second index for LIKE: every index is written three times a mail.
            models.UniqueConstraint(fields=["public_id"], name="invitation_public_id"),
            models.UniqueConstraint(fields=["answer_hash"], name="invitation_answer_hash"),
        ]
        indexes = [
            # Claiming due invitations, oldest first.
            models.Index(fields=["due_at"], condition=models.Q(status="scheduled"), name="invitation_due"),
            # Leases that ran out and hand-overs that were never settled.
            models.Index(
                fields=["lease_until"],
                condition=models.Q(status__in=["claimed", "handed_over"]),
                name="invitation_leases",
            ),
            # Send cohorts and the limit on asking: what one customer was sent last.
            models.Index(fields=["business", "customer", "-sent_at"], name="invitation_by_customer"),
            models.Index(fields=["business", "-sent_at"], name="invitation_by_sent"),
            # Whom to remind: sent some days ago and not answered.
            models.Index(
                fields=["sent_at"],
                condition=models.Q(status="sent", answered_at__isnull=True),
                name="invitation_unanswered",
            ),
            # What a person has to look at.
            models.Index(
                fields=["business", "-created_at"],
                condition=models.Q(status__in=["uncertain", "quarantined"]),
                name="invitation_doubts",
            ),
            # The invitations page, newest first.
            models.Index(fields=["business", "-created_at", "-id"], name="invitation_newest"),
        ]

    @property
    def by_hand(self) -> bool:
        """Whether a person of the business asked, without anything that had happened."""
        return self.event_key.startswith(HAND_KEY)

    @property
    def after_order(self) -> bool:
        """Whether it is about an order."""
        return self.event_key.startswith(ORDER_KEY)


class Reminder(QueuedMail):
    """The one further mail to a customer who has not answered; it carries the same link."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, db_constraint=False)

    class Meta:
        constraints = [
            RowSecurity(name="reminder_rls"),
            SameTenant(name="reminder_invitation_key", field="invitation", on_delete="cascade"),
        ]
        indexes = [
            # Claiming due reminders, oldest first.
            models.Index(fields=["due_at"], condition=models.Q(status="scheduled"), name="reminder_due"),
            # Leases that ran out and hand-overs that were never settled.
            models.Index(
                fields=["lease_until"],
                condition=models.Q(status__in=["claimed", "handed_over"]),
                name="reminder_leases",
            ),
            # What a person has to look at.
            models.Index(
                fields=["business", "-created_at"],
                condition=models.Q(status__in=["uncertain", "quarantined"]),
                name="reminder_doubts",
            ),
        ]


class LinkOpening(models.Model):
    """That an answer link was opened: by a person or a robot, nobody can tell. All that a GET may leave behind."""

    business = models.ForeignKey(Business, on_delete=models.DO_NOTHING)
    invitation_public_id = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="link_opening_rls", append_only=True)]
        indexes = [
            # Which invitations of a business were opened.
            models.Index(fields=["business", "invitation_public_id"], name="link_opening_by_invitation"),
        ]


class Suppression(models.Model):
    """An address that is not written to, and why."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    address = models.EmailField()
    scope = models.CharField(max_length=10, choices=SuppressionScope.choices)
    reason = models.CharField(max_length=20, choices=SuppressionReason.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="suppression_rls"),
            models.UniqueConstraint(fields=["business", "address", "scope"], name="suppression_once"),
        ]


class SolvedTicket(models.Model):
    """One resolution of a ticket, what could be known of it before asking, and whether its customer was asked.

    `event_key` is that of the invitation that belongs to it, if one was planned. `day` counts from 1970-01-01 UTC, of
    the moment in which Candor heard of it. Written by invitations.tickets, decided once by invitations.asking.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    event_key = models.CharField(max_length=200)
    source = models.CharField(max_length=16)
    day = models.PositiveIntegerField()
    reopened = models.BooleanField()
    earlier = models.CharField(max_length=10, choices=Earlier.choices)
    waiting = models.CharField(max_length=10, choices=Waiting.choices)
    language = models.CharField(max_length=10, blank=True)
    assignee = models.CharField(max_length=200, blank=True)
    tags = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    has_address = models.BooleanField()
    asking = models.CharField(max_length=10, choices=Asking.choices, default=Asking.OPEN)
    why = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="solved_ticket_rls"),
            models.UniqueConstraint(fields=["business", "event_key"], name="solved_ticket_once"),
        ]
        indexes = [
            # Deciding what is open, and the tickets of a day.
            models.Index(fields=["business", "day"], name="solved_ticket_day"),
            models.Index(fields=["day"], condition=models.Q(asking="open"), name="solved_ticket_open"),
        ]


class AskedDay(models.Model):
    """One day of asking in four numbers, as the ledger commits to them: solved, could be asked, asked, answered.

    `day` counts from 1970-01-01 UTC; `answered` are the answers that came on that day. Final once written. `logged_at`
    is when the ledger took it up.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    day = models.PositiveIntegerField()
    solved = models.PositiveIntegerField()
    eligible = models.PositiveIntegerField()
    invited = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    salt = models.BinaryField(max_length=32)
    commitment = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    logged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="asked_day_rls"),
            models.UniqueConstraint(fields=["business", "day"], name="asked_day_once"),
        ]
        indexes = [
            # What the ledger has not taken up.
            models.Index(fields=["day"], condition=models.Q(logged_at=None), name="asked_day_unlogged"),
        ]


class AskingEvidence(models.Model):
    """The test of fair asking of one business in one calendar year (UTC), after its last day that was taken in.

    `state` is invitations.fairness.Evidence as JSON; `peak` the largest value it ever had.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    year = models.PositiveSmallIntegerField()
    through_day = models.PositiveIntegerField()
    state = models.JSONField()
    peak = models.FloatField(default=1.0)

    class Meta:
        constraints = [
            RowSecurity(name="asking_evidence_rls"),
            models.UniqueConstraint(fields=["business", "year"], name="asking_evidence_once"),
        ]
