"""Notices as a kind of mail: who may get them now (everybody they are for), and how they are written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from businesses.delivery.kinds import Go, Judge, MailKind, Verdict
from businesses.enums import NoticeKind
from businesses.models import Customer, Notice
from businesses.services import unsubscribe_token
from lib.mailing import Letter, absolute, render, render_line, seal
from lib.tokens import Purpose, token_for

# What a customer can do without. The others hand somebody the key to what they asked for, such as their review.
OPTIONAL = {NoticeKind.REVIEW_REPLIED}


def prepare_notices(ids: Sequence[int], now: datetime) -> Judge:
    """Reads a batch of notices. Each answers something its reader did, so no quiet hours and no limits apply."""
    rows = Notice.objects.select_related("business", "customer").in_bulk(ids)

    def judge(pk: int) -> Verdict:
        notice = rows[pk]
        return Go(lambda: seal(notice_letter(notice, now=now)))

    return judge


def notice_letter(notice: Notice, *, now: datetime) -> Letter:
    """The mail of a notice, from the template named like its kind."""
    optional = notice.customer if notice.kind in OPTIONAL else None
    unsubscribe_url = unsubscribe_address(optional) if optional else ""
    context = {
        "business": notice.business,
        "words": notice.context["words"],
        "links": {name: _address(link) for name, link in notice.context["links"].items()},
        "unsubscribe_url": unsubscribe_url,
    }
    template = f"notices/{notice.kind}"
    html, text = render(template, context, language=notice.language)
    return Letter(
        to=notice.to,
        to_name=notice.customer.name if notice.customer else "",
        sender_name=notice.business.sender_name or notice.business.name,
        reply_to=notice.business.reply_to,
        subject=render_line(f"{template}.subject", context, language=notice.language),
        html=html,
        text=text,
        message_id=notice.message_id,
        feedback_id=f"{notice.kind}:{notice.business.slug}:{settings.MAIL_DOMAIN}",
        unsubscribe_url=unsubscribe_url,
        written_at=now,
        files=notice.context.get("files", {}),
    )


def unsubscribe_address(customer: Customer) -> str:
    """The customer's unsubscribe link."""
    token = unsubscribe_token(public_id=customer.public_id, generation=customer.token_generation)
    return absolute("unsubscribe", token=token)


def _address(link: Mapping[str, Any]) -> str:
    purpose = Purpose(link["purpose"])
    token = token_for(key=settings.LINK_KEY, purpose=purpose, row=link["row"], generation=link["generation"])
    return absolute(link["route"], token=token)


NOTICES = MailKind(name="notice", model=Notice, prepare=prepare_notices)
