"""Answering and asking in a browser: by keyboard, without scripts, and the preview that follows what is typed."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from businesses.models import Business, Customer
from tests.browser.conftest import findings, overflow
from tests.browser.test_pages import signed_in
from tests.dashboard.test_surveys import answer
from tests.links.stage import invite, surveys_of, visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (768, "dark"), (1440, "light"), (1440, "dark")])
def test_customer_pages_are_accessible_and_fit(
    chromium: Browser, live_server: LiveServer, acme: Business, dora: Customer, width: int, scheme: str
) -> None:
    hers = visitor(invite(acme, dora, kind="nps", language="sv"))
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    for address in (f"{hers.address}?score=9", hers.unsubscribe_address):
        page.goto(live_server.url + address)
        assert (address, findings(page), overflow(page)) == (address, [], 0)
    page.goto(f"{live_server.url}{hers.address}?score=9")
    page.get_by_role("button", name="Skicka").click()
    page.wait_for_url("**/thanks/")
    assert (findings(page), overflow(page)) == ([], 0)
    context.close()


def test_one_tap_and_enter(chromium: Browser, live_server: LiveServer, acme: Business, dora: Customer) -> None:
    hers = visitor(invite(acme, dora))
    page = chromium.new_page()
    page.goto(f"{live_server.url}{hers.address}?score=5")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks/")
    assert hers.answers() == [(5, "", 1)]
    page.close()


def test_without_scripts_and_cookies_the_question_follows_the_score(
    chromium: Browser, live_server: LiveServer, acme: Business, dora: Customer
) -> None:
    hers = visitor(invite(acme, dora))
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + hers.address)
    expect(page.get_by_label("What would you like to tell us?")).to_be_visible()
    page.get_by_role("radio", name="2").check()
    box = page.get_by_label("What went wrong, and what should we do about it?")
    box.fill("The pole broke again")
    page.get_by_role("radio", name="4").check()
    expect(page.get_by_label("What did we do well?")).to_have_value("The pole broke again")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/thanks/")
    assert hers.answers() == [(4, "The pole broke again", 1)]
    assert context.cookies() == []
    context.close()


def test_by_keyboard_alone(chromium: Browser, live_server: LiveServer, acme: Business, dora: Customer) -> None:
    hers = visitor(invite(acme, dora))
    page = chromium.new_page()
    page.goto(live_server.url + hers.address)
    page.keyboard.press("Space")
    for _step in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Fine")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks/")
    assert hers.answers() == [(3, "Fine", 1)]
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
def test_survey_pages_are_accessible_and_fit(
    chromium: Browser,
    live_server: LiveServer,
    as_alice: Client,
    acme: Business,
    dora: Customer,
    width: int,
    scheme: str,
) -> None:
    csat = surveys_of(acme)["csat"]
    answer(csat, dora, [5, 4, 4, 2, 1, 5], assignee="Bob Berg", comment="A longer comment, to see how it wraps. " * 8)
    context = signed_in(chromium, live_server, as_alice, width, scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for end in ("", "new/", f"{csat.public_id}/", f"{csat.public_id}/settings/", f"{csat.public_id}/words/en/"):
        page.goto(f"{live_server.url}/app/acme/surveys/{end}", wait_until="networkidle")
        assert (end, findings(page), overflow(page)) == (end, [], 0)
    assert complaints == []
    context.close()


def test_the_preview_follows_what_is_typed(
    chromium: Browser, live_server: LiveServer, as_alice: Client, acme: Business
) -> None:
    address = f"{live_server.url}/app/acme/surveys/{surveys_of(acme)['csat'].public_id}/words/en/"
    context = signed_in(chromium, live_server, as_alice, 1440, "light")
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Question", exact=True).fill("Did {business} fix your tent?")
    for frame in ("mail", "page"):
        shown = page.frame_locator(f"iframe[name={frame}]")
        expect(shown.get_by_role("heading", name="Did Acme fix your tent?")).to_be_visible()
    expect(page.get_by_role("button", name="Show what I wrote")).to_have_count(0)
    context.close()


def test_the_preview_works_without_scripts(
    chromium: Browser, live_server: LiveServer, as_alice: Client, acme: Business
) -> None:
    address = f"{live_server.url}/app/acme/surveys/{surveys_of(acme)['csat'].public_id}/words/en/"
    context = chromium.new_context(java_script_enabled=False)
    cookie = as_alice.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Question", exact=True).fill("Did {business} fix your tent?")
    for frame, button in (("mail", 0), ("page", 1)):
        page.get_by_role("button", name="Show what I wrote").nth(button).click()
        expect(_heading(page, frame)).to_have_text("Did Acme fix your tent?")
    context.close()


def _heading(page: Page, frame: str) -> Locator:
    return page.frame_locator(f"iframe[name={frame}]").locator("h1")
