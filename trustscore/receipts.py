"""The receipt that an author gets: a signed promise that what they handed in stands in the log within a day."""

from django.conf import settings

from businesses.models import Business
from reviews.enums import EventKind
from reviews.events import core_value, text_value
from reviews.models import Review, ReviewEvent
from trustscore.ledger.keys import signing_keys
from trustscore.services.log import log_head
from trustscore.tlog.note import sign

KIND = "candor-receipt/1"


def receipt_for(business: Business, review: Review) -> dict[str, object]:
    """The receipt of a review's submission: the signed note, and the salts and values that open its commitments.

    Works in the business's scope, in the transaction of the submission or later. Raises KeyMissing.
    """
    submitted = ReviewEvent.objects.filter(business=business, review=review, kind=EventKind.SUBMIT).order_by("id")[0]
    version = review.versions.filter(business=business).order_by("number")[0]
    head = log_head()
    lines = (KIND, head.origin, business.slug, review.public_id, submitted.core, submitted.text, str(submitted.day))
    key = signing_keys(settings.LEDGER_KEY_FILE, may_create=head.size == 0)[0]
    note = sign("".join(f"{line}\n" for line in lines), name=head.origin, key=key)
    return {
        "note": note.encoded(),
        "core": {"salt": bytes(version.core_salt).hex(), "value": core_value(business, review, version)},
        "text": {"salt": bytes(version.text_salt).hex(), "value": text_value(business, review, version)},
    }
