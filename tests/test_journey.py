"""The product's story, told in a browser on the program as a newcomer starts it.

A shop owner signs up and connects a helpdesk, a ticket is solved, the customer answers and publishes a review, the
shop shows the score.
"""

import re
import subprocess
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from config.embedded.mailsink import MailFolder
from config.embedded.programs import free_port
from tests.program import PATIENCE_SECONDS, Program

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400), pytest.mark.xdist_group("program")]

PAGE_MILLISECONDS = 30_000
PASSWORD = "a tent in the rain"


@pytest.fixture
def program(open_folder: Path) -> Iterator[tuple[str, Path]]:
    """The running program's address and its data folder."""
    data = open_folder
    with Program(data, port=free_port()) as running:
        yield f"http://localhost:{running.port}", data


def mail_to(data: Path, address: str, subject: str) -> EmailMessage:
    """The mail to this address whose subject matches, waited for."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for path in MailFolder(data / "mail").paths():
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            if address in str(mail["To"]) and re.search(subject, str(mail["Subject"])):
                assert isinstance(mail, EmailMessage)
                return mail
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address} about {subject}")


def text_of(mail: EmailMessage) -> str:
    """The plain twin of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_ticket_becomes_a_score_that_a_shop_shows(chromium: Browser, program: tuple[str, Path]) -> None:
    url, data = program
    owner = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    owner.set_default_timeout(PAGE_MILLISECONDS)
    alice_opens_a_business(owner, url, data)
    alice_connects_a_helpdesk_and_a_ticket_is_solved(owner, url)

    customer = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True).new_page()
    customer.set_default_timeout(PAGE_MILLISECONDS)
    dora_answers_the_survey(customer, url, data)
    dora_publishes_a_review(customer)

    the_shop_shows_the_score(customer, url)
    alice_reads_and_replies(owner, url)
    reply = mail_to(data, "dora@customer.example", "repl")
    assert "Thank you, Dora" in text_of(reply)


def alice_opens_a_business(page: Page, url: str, data: Path) -> None:
    page.goto(f"{url}/accounts/signup/")
    page.get_by_label("Your name").fill("Alice Ahlgren")
    page.get_by_label("E-mail address").fill("alice@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    code = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", text_of(mail_to(data, "alice@acme.example", "")), re.M)
    assert code is not None
    page.get_by_label("Code").fill(code[1])
    page.keyboard.press("Enter")
    page.get_by_label("Name of the business").fill("Acme Outdoor")
    page.get_by_label("Site").fill("https://acme.example")
    page.get_by_role("button", name="Open the business").click()
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    # So that the story can be told at night as well.
    page.goto(f"{url}/app/acme-outdoor/settings/")
    page.get_by_label("Quiet from").select_option("0")
    page.get_by_label("Quiet until").select_option("0")
    page.get_by_role("button", name="Save").first.click()


def alice_connects_a_helpdesk_and_a_ticket_is_solved(page: Page, url: str) -> None:
    page.goto(f"{url}/app/acme-outdoor/connections/")
    page.get_by_role("link", name="Add a signed webhook").click()
    page.get_by_label("Name").fill("Our helpdesk")
    page.get_by_role("button", name="Add webhook").click()
    lines = page.get_by_role("region", name="Lines for a terminal").inner_text()
    assert "dora@customer.example" in lines
    done = subprocess.run(["bash", "-c", lines], capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, done.stderr
    for _ in range(60):
        page.reload()
        if page.get_by_text("Invitation scheduled").count():
            return
        page.wait_for_timeout(250)
    raise AssertionError(page.locator("main").inner_text())


def dora_answers_the_survey(page: Page, url: str, data: Path) -> None:
    mail_to(data, "dora@customer.example", "")
    page.goto(f"{url}/dev/mail/")
    page.get_by_role("link", name="dora@customer.example").click()
    survey = page.frame_locator("iframe").get_by_role("link", name="5", exact=True)
    with page.context.expect_page() as opened:
        survey.click()
    page.goto(opened.value.url)
    expect(page.get_by_role("radio", name="5")).to_be_checked()
    page.locator("textarea").fill("The pole came the next day.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Your answer has arrived")).to_be_visible()


def dora_publishes_a_review(page: Page) -> None:
    page.get_by_role("link", name="Write a review").click()
    page.locator("input[name=stars][value='5']").check(force=True)
    page.locator("input[name=title]").fill("They knew the tent by heart")
    page.locator("textarea").fill("Answered within the hour.")
    page.locator("input[name=display_name]").fill("Dora D.")
    page.locator("input[name=consent]").check(force=True)
    page.get_by_role("button", name="Publish my review").click()
    expect(page.get_by_text("Thank you. Your review is public.")).to_be_visible()


def the_shop_shows_the_score(page: Page, url: str) -> None:
    for _ in range(60):
        page.goto(f"{url}/dev/shop/")
        page.wait_for_timeout(250)
        if "3.7" in page.locator("candor-widget").first.evaluate("each => each.shadowRoot.textContent"):
            break
    else:
        raise AssertionError(page.locator("candor-widget").first.evaluate("each => each.shadowRoot.textContent"))
    page.goto(f"{url}/b/acme-outdoor/")
    expect(page.get_by_text("They knew the tent by heart")).to_be_visible()
    expect(page.get_by_text("Invited after a support ticket")).to_be_visible()


def alice_reads_and_replies(page: Page, url: str) -> None:
    page.goto(f"{url}/app/acme-outdoor/inbox/")
    page.get_by_text("They knew the tent by heart").first.click()
    page.locator("textarea[name=body]").fill("Thank you, Dora. Enjoy the tent.")
    page.get_by_role("button", name=re.compile("Publish|Reply|Send")).first.click()
    expect(page.get_by_text("Thank you, Dora. Enjoy the tent.").first).to_be_visible()
