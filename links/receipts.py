"""The author's receipt: enclosed in the mail that a review is public, and to be had again behind its edit link."""

import json

import structlog
from django.http import HttpRequest, HttpResponse

from businesses.models import Business
from businesses.notices import enclose
from lib.errors import NotFound
from lib.tenancy import for_business
from links.doors import mailed_page
from reviews.enums import ReviewStatus
from reviews.models import Review
from reviews.queries import review_by_edit_token
from reviews.services import publication_notice
from trustscore.ledger.keys import KeyMissing
from trustscore.receipts import receipt_for

log = structlog.get_logger()

FILE = "candor-receipt.json"


def mail_receipt(business: Business, review: Review) -> None:
    """Encloses the receipt in the mail that was queued in this transaction, when the review was submitted.

    Without the log's key, which an operator has to put back, the mail goes without it: no review is refused for that.
    """
    try:
        text = _text(business, review)
    except KeyMissing as problem:
        log.error("no_receipt", why=str(problem))
        return
    enclose(business=business, key=publication_notice(review), name=FILE, text=text)


@mailed_page
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt as a file, for the author alone: it holds the words, and what proves that they are theirs."""
    review = review_by_edit_token(token)
    if review.status == ReviewStatus.ERASED:
        raise NotFound("This review was erased, and with it what its receipt would prove.")
    try:
        with for_business(review.business):
            text = _text(review.business, review)
    except KeyMissing as problem:
        raise NotFound("Receipts cannot be signed at the moment. Please try again tomorrow.") from problem
    headers = {"Content-Disposition": f'attachment; filename="{FILE}"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


def _text(business: Business, review: Review) -> str:
    return json.dumps(receipt_for(business, review), ensure_ascii=False, indent=1) + "\n"
