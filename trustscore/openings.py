"""What opens the commitments of a business's entries: salts and values, as long as they may be known (ledger.md).

Read in the business's own scope; what is read here is handed to everybody.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from businesses.models import Business
from invitations.asking import asked_value
from invitations.models import AskedDay
from reviews.enums import EventKind, ReviewStatus
from reviews.events import core_value, reply_value, text_value
from reviews.models import ReplyVersion, Review, ReviewVersion
from trustscore.models import LedgerEntry

Value = dict[str, str | int]
Opened = dict[str, str | Value]
Opening = dict[str, str | Opened]

_APPEARS = {EventKind.PUBLISH, EventKind.RESTORE}
_DISAPPEARS = {EventKind.HOLD, EventKind.REJECT, EventKind.REMOVE, EventKind.WITHDRAW, EventKind.ERASE}
_NEW_VERSION = {EventKind.SUBMIT, EventKind.EDIT}


def openings_of(business: Business) -> Iterator[Opening]:
    """Every opening of the business, a review version, a reply or a day of asking each.

    The core of a version is open once that version was public, since old scores need it, until it is erased; its words
    while they are public; a reply while it stands under a public review; days of asking if the business shows them.
    """
    histories = _histories(business)
    versions = ReviewVersion.objects.filter(business=business).exclude(review__status=ReviewStatus.ERASED)
    for version in versions.select_related("review").order_by("review_id", "number").iterator():
        if version.number in ever_public(histories[version.review.public_id]):
            yield version_opening(business, version)
    replies = ReplyVersion.objects.filter(business=business, review__status=ReviewStatus.PUBLISHED)
    newest = replies.select_related("review").order_by("review_id", "-number").distinct("review_id")
    for reply in newest:
        yield {
            "review": reply.review.public_id,
            "reply": _opened(reply.salt, reply_value(business, reply.review, reply)),
        }
    if business.shows_asked:
        for day in AskedDay.objects.filter(business=business).order_by("day"):
            yield {"asked": _opened(day.salt, asked_value(day))}


def version_opening(business: Business, version: ReviewVersion) -> Opening:
    """What opens one version that was public: its core, and its words where they are public now."""
    review = version.review
    opening: Opening = {
        "review": review.public_id,
        "core": _opened(version.core_salt, core_value(business, review, version)),
    }
    if words_are_public(review) and version.number == review.version:
        opening["text"] = _opened(version.text_salt, text_value(business, review, version))
    return opening


def words_are_public(review: Review) -> bool:
    """Whether everybody may read what the review says."""
    return review.status == ReviewStatus.PUBLISHED and not review.hidden_reason


def ever_public(kinds: Iterable[str]) -> set[int]:
    """The numbers of the versions, from 1, that were public at some time in a review's history."""
    public: set[int] = set()
    number, visible = 0, False
    for kind in kinds:
        number += kind in _NEW_VERSION
        visible = (visible or kind in _APPEARS) and kind not in _DISAPPEARS
        if visible:
            public.add(number)
    return public


def _histories(business: Business) -> dict[str, list[str]]:
    """What the log knows of each review; the database may have forgotten some of it (services.restoring)."""
    histories: dict[str, list[str]] = defaultdict(list)
    entries = LedgerEntry.objects.filter(business=business.slug).exclude(review="").order_by("index")
    for review, kind in entries.values_list("review", "kind").iterator():
        histories[review].append(kind)
    return histories


def _opened(salt: bytes | memoryview, value: Value) -> Opened:
    return {"salt": bytes(salt).hex(), "value": value}
