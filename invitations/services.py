"""Every write to invitations, reminders and suppressions; tickets are in `invitations.tickets`."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from businesses.enums import AuditKind, MailStatus
from businesses.models import Business, Customer, User
from businesses.queued_mail import QueuedMail
from businesses.services import customer_for, normal_address, record
from invitations.enums import HAND_KEY, ORDER_KEY, SuppressionReason, SuppressionScope
from invitations.models import Invitation, LinkOpening, Reminder, Suppression, Ticket
from lib.errors import DomainError
from lib.ids import new_public_id
from lib.tokens import Purpose, token_for, token_hash
from surveys.enums import Channel, SurveyStatus, Trigger
from surveys.models import Response, Survey
from surveys.services import record_response
from surveys.texts import known_language

_LONGEST_ID = 100


class NotUncertain(DomainError):
    """Only a mail in doubt is settled by hand, and only once; one that was put aside was not sent."""

    code = "not_uncertain"


class SurveyNotActive(DomainError):
    """Only an active survey is sent."""


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What a customer is asked about. `key` is unique in a business and makes it happen once.

    `about` is said in the mail, where there is no ticket whose subject says it. `occurred_at` is aware.
    """

    trigger: Trigger
    key: str
    occurred_at: datetime
    ticket: Ticket | None = None
    event_name: str = ""
    about: str = ""


def answer_token(public_id: str, generation: int) -> str:
    """The token of an invitation's answer link; the database keeps only its hash."""
    return token_for(key=settings.LINK_KEY, purpose=Purpose.ANSWER, row=public_id, generation=generation)


def schedule_invitation(
    *, business: Business, occasion: Occasion, customer: Customer, language: str, now: datetime
) -> str:
    """Plans to ask a customer with the first active survey that the occasion starts; returns the outcome in words.

    The mail is due when the survey's delay after the occasion is over, at once where that has passed.
    """
    surveys = Survey.objects.filter(business=business, status=SurveyStatus.ACTIVE, trigger=occasion.trigger)
    if occasion.trigger == Trigger.EVENT:
        surveys = surveys.filter(event_name=occasion.event_name)
    survey = surveys.order_by("position", "id").first()
    if survey is None:
        return "Nobody is asked: no active survey has this trigger"
    due_at = max(occasion.occurred_at + timedelta(minutes=survey.delay_minutes), now)
    return plan(occasion=occasion, survey=survey, customer=customer, language=language, due_at=due_at, now=now)


def plan(
    *,
    occasion: Occasion,
    survey: Survey,
    customer: Customer,
    language: str,
    due_at: datetime,
    now: datetime,
) -> str:
    """Writes the row of an invitation, once for each occasion; returns the outcome in words."""
    business = customer.business
    public_id = new_public_id()
    invitation = Invitation(
        business=business,
        public_id=public_id,
        event_key=occasion.key,
        trigger=occasion.trigger,
        survey=survey,
        customer=customer,
        ticket=occasion.ticket,
        resolution=occasion.ticket.resolution if occasion.ticket else 0,
        about=occasion.about[:200],
        language=known_language(language, customer.language, business.language),
        answer_hash=token_hash(answer_token(public_id, 0)),
        due_at=due_at,
        message_id=f"<inv-{public_id}@{settings.MAIL_DOMAIN}>",
        created_at=now,
    )
    Invitation.objects.bulk_create([invitation], ignore_conflicts=True)
    if not Invitation.objects.filter(business=business, public_id=public_id).exists():
        return "Already invited for this"
    return f"Invitation scheduled for {due_at:%Y-%m-%d %H:%M} UTC"


def schedule_order(
    *,
    business: Business,
    email: str,
    order_id: str,
    occurred_at: datetime,
    now: datetime,
    name: str = "",
    language: str = "",
    product: str = "",
) -> str:
    """Plans to ask about an order, once for each order id; returns the outcome in words. Raises UnusableAddress."""
    customer = customer_for(business=business, email=email, name=name, language=language, now=now)
    occasion = Occasion(
        trigger=Trigger.ORDER, key=f"{ORDER_KEY}{_short(order_id)}", occurred_at=occurred_at, about=product
    )
    return schedule_invitation(business=business, occasion=occasion, customer=customer, language=language, now=now)


def schedule_named_event(
    *,
    business: Business,
    event_name: str,
    event_id: str,
    email: str,
    occurred_at: datetime,
    now: datetime,
    name: str = "",
    language: str = "",
) -> str:
    """Plans to ask after a named event, once for each of its ids; returns the outcome. Raises UnusableAddress."""
    customer = customer_for(business=business, email=email, name=name, language=language, now=now)
    occasion = Occasion(
        trigger=Trigger.EVENT,
        key=f"event/{event_name}/{_short(event_id)}",
        occurred_at=occurred_at,
        event_name=event_name,
    )
    return schedule_invitation(business=business, occasion=occasion, customer=customer, language=language, now=now)


def invite_by_hand(
    *, business: Business, survey: Survey, email: str, name: str, once: str, actor: User, now: datetime
) -> str:
    """Plans to ask somebody at once, as a person of the business wishes; returns the outcome in words.

    `once` is the form's own id: submitting it twice asks once. The limits on asking hold here too. Raises
    UnusableAddress, and SurveyNotActive when the survey was paused meanwhile.
    """
    if survey.status != SurveyStatus.ACTIVE:
        raise SurveyNotActive(f"“{survey.name}” is paused. Start it, or choose another survey.")
    customer = customer_for(
        business=business, email=email, name=name, consent_source=f"Asked by hand by {actor}"[:100], now=now
    )
    occasion = Occasion(trigger=Trigger(survey.trigger), key=f"{HAND_KEY}{_short(once)}", occurred_at=now)
    return plan(occasion=occasion, survey=survey, customer=customer, language="", due_at=now, now=now)


def _short(foreign_id: str) -> str:
    """An id of somebody else's making, or its hash where it is too long for a key."""
    if len(foreign_id) <= _LONGEST_ID:
        return foreign_id
    return "sha256:" + hashlib.sha256(foreign_id.encode()).hexdigest()


def record_answer(*, invitation: Invitation, score: int, comment: str, language: str, now: datetime) -> Response:
    """Takes in the answer of the customer who was invited, or their change of mind.

    Locks the invitation, so that two answers of one link follow each other. Records the response, notes it on the
    invitation, and cancels a reminder that was not handed over. A mail in doubt has arrived, since its link was used.
    Raises ScoreOutOfScale.
    """
    held = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    response = record_response(
        survey=invitation.survey,
        customer=invitation.customer,
        score=score,
        comment=comment,
        language=language,
        channel=Channel.EMAIL,
        now=now,
        previous=held.response,
        assignee=invitation.ticket.assignee if invitation.ticket else "",
        subject=invitation.ticket.subject if invitation.ticket else "",
    )
    held.response = response
    held.answered_at = response.answered_at
    fields = ["response", "answered_at"]
    if held.status == MailStatus.UNCERTAIN:
        held.status, held.sent_at, held.settled_at = MailStatus.SENT, held.handed_over_at, now
        fields += ["status", "sent_at", "settled_at"]
    held.save(update_fields=fields)
    _cancel_reminder(held, now=now)
    return response


def _cancel_reminder(invitation: Invitation, *, now: datetime) -> None:
    Reminder.objects.filter(
        business=invitation.business_id,
        invitation=invitation,
        status__in=[MailStatus.SCHEDULED, MailStatus.CLAIMED],
    ).update(status=MailStatus.CANCELLED, reason="already_answered", settled_at=now, lease_until=None)


def note_opening(*, invitation: Invitation, now: datetime) -> None:
    """Leaves the one row that an opened link may leave; whether a person or a robot opened it is not known."""
    LinkOpening.objects.create(business_id=invitation.business_id, invitation_public_id=invitation.public_id, at=now)


def unsubscribe(*, customer: Customer, scope: SuppressionScope, now: datetime) -> None:
    """The customer's own wish not to get mails of this scope. Doing it twice changes nothing."""
    _suppress(
        business=customer.business, address=customer.email, scope=scope, reason=SuppressionReason.UNSUBSCRIBED, now=now
    )


def note_hard_bounce(*, customer: Customer, now: datetime) -> None:
    """The customer's mail server said that there is no such mailbox: this business writes there no more."""
    _suppress(
        business=customer.business,
        address=customer.email,
        scope=SuppressionScope.ALL,
        reason=SuppressionReason.HARD_BOUNCE,
        now=now,
    )


def suppress(
    *, business: Business, address: str, scope: SuppressionScope, reason: SuppressionReason, actor: User, now: datetime
) -> None:
    """Puts an address on the business's list of those who are not written to, and into the audit log.

    Raises UnusableAddress.
    """
    _suppress(business=business, address=normal_address(address), scope=scope, reason=reason, now=now)
    record(business=business, kind=AuditKind.CUSTOMER_SUPPRESSED, actor=str(actor), subject=scope.label, now=now)


def _suppress(
    *, business: Business, address: str, scope: SuppressionScope, reason: SuppressionReason, now: datetime
) -> None:
    wish = Suppression(business=business, address=address, scope=scope, reason=reason, at=now)
    Suppression.objects.bulk_create([wish], ignore_conflicts=True)


def settle_by_hand(*, business: Business, mail: QueuedMail, sent: bool, actor: User, now: datetime) -> None:
    """uncertain → sent or failed, quarantined → failed, on the word of somebody who looked. Raises NotUncertain."""
    possible = [MailStatus.UNCERTAIN] if sent else [MailStatus.UNCERTAIN, MailStatus.QUARANTINED]
    changed = (
        type(mail)
        ._default_manager.filter(pk=mail.pk, status__in=possible)
        .update(
            status=MailStatus.SENT if sent else MailStatus.FAILED,
            sent_at=mail.handed_over_at if sent else None,
            settled_at=now,
            reason="by_hand",
        )
    )
    if not changed:
        raise NotUncertain("This mail is not in doubt any more. Reload the page to see what became of it.")
    record(
        business=business,
        kind=AuditKind.MAIL_SETTLED_BY_HAND,
        actor=str(actor),
        subject=f"{mail.message_id}: {'sent' if sent else 'not sent'}",
        now=now,
    )
