"""A business opened through the pages of a running program, and its tickets solved by signed webhooks."""

import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from standardwebhooks.webhooks import Webhook

from config.embedded.mailsink import MailFolder
from config.replay.browser import Browser, Page
from config.replay.mailbox import Mailbox
from tests.program import PATIENCE_SECONDS

PASSWORD = "a tent in the rain"


@dataclass(frozen=True)
class Shop:
    """What a helpdesk needs to know to report to the program."""

    hook: str
    secret: str


def open_shop(url: str, data: Path) -> Shop:
    """Signs up, opens a business without quiet hours, and connects a helpdesk, by the forms that a person sees."""
    browser = Browser()
    page = browser.get(f"{url}/accounts/signup/")
    page = browser.submit(
        page, page.form_with("password1"), name="Alice", email="alice@acme.example", password1=PASSWORD
    )
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", _first_mail(data))
    assert code is not None
    page = browser.submit(page, page.form_with("code"), code=code[0])
    page = browser.get(f"{url}/new/")
    browser.submit(page, page.form_with("name"), name="Acme", site="https://acme.example")
    page = browser.get(f"{url}/app/acme/settings/")
    browser.submit(page, page.form_with("quiet_from"), quiet_from="0", quiet_until="0")
    page = browser.get(f"{url}/app/acme/connections/")
    page = browser.get(page.link_to("/new/webhook/"))
    page = browser.submit(page, page.form_with("name"), name="Our helpdesk")
    return Shop(hook=_copied(page, r"https?://[^<\s]+/hooks/\w+/"), secret=_copied(page, r"whsec_[A-Za-z0-9+/=]+"))


def _copied(page: Page, pattern: str) -> str:
    found = re.search(pattern, unescape(page.text))
    assert found is not None, page.text
    return found[0]


def _first_mail(data: Path) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (paths := MailFolder(data / "mail").paths()):
        assert time.monotonic() < deadline, "no mail came"
        time.sleep(0.1)
    return paths[0].read_text()


def report_solved(shop: Shop, number: int) -> None:
    """Reports a ticket that was solved an hour ago, again and again until the program has acknowledged it."""
    body = json.dumps(
        {
            "type": "ticket.solved",
            "occurred_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
            "ticket": {"id": f"T{number}", "subject": "A broken pole"},
            "customer": {"email": address(number)},
        }
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _acknowledged(shop, number, body):
        assert time.monotonic() < deadline, f"ticket {number} was not taken in"
        time.sleep(0.1)


def address(number: int) -> str:
    """The customer's address of a ticket."""
    return f"customer{number}@customer.example"


def _acknowledged(shop: Shop, number: int, body: str) -> bool:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": f"event-{number}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(shop.secret).sign(f"event-{number}", now, body),
    }
    try:
        with urlopen(Request(shop.hook, data=body.encode(), headers=headers), timeout=10) as answer:  # noqa: S310
            return int(answer.status) < 300
    except HTTPError as error:
        assert error.code >= 500, error.read()
    except OSError:
        pass
    return False


def recipients(mailbox: Mailbox) -> list[str]:
    """Everyone who got a survey, once for each mail."""
    mailbox.look()
    surveys = [mail for mail in mailbox.mails.values() if "customer" in mail.to]
    return sorted(mail.to for mail in surveys for _ in range(mailbox.counts[mail.message_id]))
