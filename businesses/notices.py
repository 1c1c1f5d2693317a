"""Queueing a mail about one thing that happened. `businesses.delivery` sends it."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.conf import settings

from businesses.enums import NoticeKind
from businesses.models import Business, Customer, Notice
from lib.ids import new_public_id
from lib.tokens import Purpose


@dataclass(frozen=True)
class Link:
    """A link that is made only when the mail is written, since the database must not hold tokens.

    `route` is a route's name that takes `token`; `row` and `generation` are what the token is made from.
    """

    purpose: Purpose
    route: str
    row: str
    generation: int = 0


@dataclass(frozen=True)
class NoticeContents:
    """What a notice says: plain words for its template, links by name, and JSON files that go with it by theirs."""

    words: dict[str, str | int] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def queue_notice(
    *,
    business: Business,
    kind: NoticeKind,
    key: str,
    to: str,
    contents: NoticeContents,
    now: datetime,
    language: str = "en",
    customer: Customer | None = None,
) -> None:
    """Writes the row of a mail that is due now. A `key` that the business has used before changes nothing."""
    notice = Notice(
        business=business,
        customer=customer,
        key=key,
        kind=kind,
        to=to,
        language=language,
        context=asdict(contents),
        due_at=now,
        created_at=now,
        message_id=f"<note-{new_public_id()}@{settings.MAIL_DOMAIN}>",
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def enclose(*, business: Business, key: str, name: str, text: str) -> None:
    """Lets a JSON file go with a notice of `key` that was queued in this transaction."""
    notice = Notice.objects.select_for_update().get(business=business, key=key)
    notice.context.setdefault("files", {})[name] = text
    notice.save(update_fields=["context"])
