"""Dora gets a receipt for her review, on the page and by mail, and the log keeps its promise."""

import json
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from businesses.models import Business, Customer, Notice
from businesses.notice_mails import notice_letter
from lib.commitments import CommitmentKind, commit
from lib.mailing import seal
from lib.tenancy import for_business
from reviews.models import Review
from reviews.services import edit_token
from tests.links.stage import invite, visitor
from tests.links.test_reviews import TYPED
from tests.trustscore.log_stories import published
from trustscore.services import take_up_events
from trustscore.tlog.note import check_signature, parse_note, parse_vkey

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(acme: Business, dora: Customer) -> str:
    """Dora's own link to the review that she has just written."""
    browser = visitor(invite(acme, dora))
    browser.client.post(f"{browser.address}review/", TYPED)
    with for_business(acme):
        return f"/r/{edit_token(Review.objects.get())}/"


def receipt_at(client: Any, address: str) -> dict[str, Any]:
    """The file behind the link on the page."""
    response = client.get(f"{address}receipt.json")
    assert response["Content-Disposition"] == 'attachment; filename="candor-receipt.json"'
    found: dict[str, Any] = json.loads(response.content)
    return found


def test_the_receipt_opens_the_entry_that_the_log_then_has(address: str, client: Any) -> None:
    receipt = receipt_at(client, address)
    take_up_events()
    _, entries = published()
    note = parse_note(receipt["note"])
    check_signature(note, parse_vkey((Path(settings.LEDGER_DIR) / "key").read_text()))
    core, text = (
        commit(CommitmentKind(kind), bytes.fromhex(receipt[kind]["salt"]), receipt[kind]["value"])
        for kind in ("core", "text")
    )
    entry = entries[1]
    lines = ["candor-receipt/1", "localhost:8000/ledger", "acme", entry["review"], core, text, str(entry["day"]), ""]
    assert note.text.split("\n") == lines
    assert (entry["kind"], entry["core"], entry["text"]) == ("submit", core, text)
    assert receipt["text"]["value"]["body"] == "Answered within the hour."


def test_the_page_after_submitting_offers_it(address: str, client: Any) -> None:
    page = client.get(f"{address}?new").content.decode()
    assert f'href="{address}receipt.json"' in page


def test_the_mail_encloses_the_same_receipt(acme: Business, address: str, client: Any) -> None:
    with for_business(acme) as now:
        notice = Notice.objects.select_related("business", "customer").get(kind="review_published")
        content = seal(notice_letter(notice, now=now)).content
    mail = message_from_bytes(content.removesuffix(b".\r\n"), policy=policy.default)
    (enclosed,) = mail.iter_attachments()
    assert enclosed.get_filename() == "candor-receipt.json"
    assert json.loads(enclosed.get_content()) == receipt_at(client, address)
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().count("Enclosed is your receipt") == 1


def test_without_the_logs_key_a_review_is_still_taken(acme: Business, address: str, client: Any) -> None:
    take_up_events()
    Path(settings.LEDGER_KEY_FILE).unlink()
    assert client.get(f"{address}receipt.json").status_code == 404
