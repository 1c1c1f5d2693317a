"""How invitations and reminders are written. Values in, letter out, but for a survey's own words."""

from datetime import datetime

from django.conf import settings

from businesses.models import Business
from businesses.notice_mails import unsubscribe_address
from invitations.models import Invitation
from invitations.services import answer_token
from lib.mailing import Letter, absolute, render
from surveys.texts import SurveyWords


def invitation_letter(invitation: Invitation, *, words: SurveyWords, now: datetime) -> Letter:
    """The mail that asks, with the scale itself in it."""
    return _letter("invitation", invitation, words=words, message_id=invitation.message_id, now=now)


def reminder_letter(invitation: Invitation, *, words: SurveyWords, message_id: str, now: datetime) -> Letter:
    """The one further mail, with the same link."""
    return _letter("reminder", invitation, words=words, message_id=message_id, now=now)


def _letter(template: str, invitation: Invitation, *, words: SurveyWords, message_id: str, now: datetime) -> Letter:
    business, customer = invitation.business, invitation.customer
    unsubscribe_url = unsubscribe_address(customer)
    context = {
        "business": business,
        "customer": customer,
        "survey": invitation.survey,
        "words": words,
        "about": invitation.ticket.subject if invitation.ticket else invitation.about,
        "answer_url": absolute("answer", token=answer_token(invitation.public_id, invitation.token_generation)),
        "unsubscribe_url": unsubscribe_url,
    }
    html, text = render(template, context, language=invitation.language)
    return Letter(
        to=customer.email,
        to_name=customer.name,
        sender_name=sender_name(business),
        reply_to=business.reply_to,
        subject=words.subject,
        html=html,
        text=text,
        message_id=message_id,
        feedback_id=f"{template}:{business.slug}:{settings.MAIL_DOMAIN}",
        unsubscribe_url=unsubscribe_url,
        written_at=now,
    )


def sender_name(business: Business) -> str:
    """The name before the sender's address."""
    return business.sender_name or business.name
