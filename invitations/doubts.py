"""Mails of every kind that a person has to look at: it is not known whether they arrived, or they were put aside."""

from dataclasses import dataclass

from businesses.enums import MailStatus, NoticeKind
from businesses.models import Business, Notice
from businesses.queued_mail import QueuedMail
from invitations.models import Invitation, Reminder
from lib.errors import NotFound

IN_DOUBT = [MailStatus.UNCERTAIN, MailStatus.QUARANTINED]
SHOWN = 50


@dataclass(frozen=True)
class Doubt:
    """One mail in doubt: to whom it went or should have gone, by name where there is one, and what it was about."""

    mail: QueuedMail
    person: str
    about: str

    @property
    def public_id(self) -> str:
        """The id that stands in its Message-ID."""
        return self.mail.message_id.partition("-")[2].partition("@")[0]

    @property
    def was_put_aside(self) -> bool:
        """Whether it certainly did not go out."""
        return self.mail.status == MailStatus.QUARANTINED


def doubts(business: Business) -> list[Doubt]:
    """The mails of a business in doubt, the oldest first, at most `SHOWN` of each kind."""
    invitations = Invitation.objects.select_related("customer", "survey")
    reminders = Reminder.objects.select_related("invitation__customer", "invitation__survey")
    found = [
        *(
            Doubt(each, str(each.customer), each.survey.name)
            for each in invitations.filter(business=business, status__in=IN_DOUBT).order_by("created_at")[:SHOWN]
        ),
        *(
            Doubt(each, str(each.invitation.customer), f"Reminder of “{each.invitation.survey.name}”")
            for each in reminders.filter(business=business, status__in=IN_DOUBT).order_by("created_at")[:SHOWN]
        ),
        *(
            Doubt(each, each.to, NoticeKind(each.kind).label)
            for each in Notice.objects.filter(business=business, status__in=IN_DOUBT).order_by("created_at")[:SHOWN]
        ),
    ]
    return sorted(found, key=lambda each: each.mail.created_at)


def doubt_counts(business: Business) -> dict[MailStatus, int]:
    """How many mails of a business are uncertain and how many were put aside, by one query."""
    invitations, reminders, notices = (
        model._default_manager.filter(business=business, status__in=IN_DOUBT).values_list("status", flat=True)
        for model in (Invitation, Reminder, Notice)
    )
    found = list(invitations.union(reminders, notices, all=True))
    return {status: found.count(status) for status in IN_DOUBT}


def one_mail(business: Business, public_id: str) -> QueuedMail:
    """The business's mail of any kind with this id in its Message-ID. Raises NotFound."""
    mail: QueuedMail | None = (
        Invitation.objects.filter(business=business, public_id=public_id).first()
        or Reminder.objects.filter(business=business, message_id__startswith=f"<rem-{public_id}@").first()
        or Notice.objects.filter(business=business, message_id__startswith=f"<note-{public_id}@").first()
    )
    if mail is None:
        raise NotFound("There is no such mail.")
    return mail
