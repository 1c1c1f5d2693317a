""" "Check this score" in a real browser: silent about an honest business, and naming what one business can show."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route
from pytest_django.live_server_helper import LiveServer

from businesses.models import Business
from tests.browser.conftest import findings, overflow
from tests.trustscore.logbook import Logbook, honest
from tests.trustscore.mutations import MUTATIONS, Mutation
from tests.trustscore.test_log import say
from trustscore.services import take_up_events

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """One tab for all cheats."""
    context = chromium.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def show(page: Page, address: str) -> str:
    """Opens the page, presses the button, waits for an outcome; the outcome in words."""
    page.goto(address)
    page.evaluate("document.querySelector('[data-check]').dataset.patient = 'no'")
    page.get_by_role("button", name="Check this score").click()
    outcome = page.locator("[data-outcome='agrees'], [data-outcome='wrong'], [data-outcome='unknown']")
    outcome.wait_for(timeout=20_000)
    return outcome.inner_text()


def serve(page: Page, folder: Path) -> None:
    """Lets the public files of another log stand in the place of ours."""

    def answer(route: Route) -> None:
        path = re.sub(r"^https?://[^/]+", "", route.request.url)
        route.fulfill(path=folder / path.lstrip("/"), content_type="text/plain")

    page.unroute_all()
    page.route(re.compile(r"/b/acme/\w+\.jsonl?$|/ledger/key$"), answer)


def test_an_honest_score_agrees_step_by_step(live_server: LiveServer, page: Page, acme: Business) -> None:
    for number in range(3):
        say(acme, 5 - number, f"customer{number}")
        take_up_events()
    page.unroute_all()
    said = show(page, f"{live_server}/b/acme/check/")
    assert said.startswith("Everything agrees.")
    done = page.locator("[data-step][data-done]")
    assert [done.nth(at).get_attribute("data-step") for at in range(done.count())] == [
        "read",
        "signed",
        "included",
        "opened",
        "computed",
        "equal",
    ]
    assert page.locator("[data-step='read'] [data-number]").all_inner_texts() == ["9", "3.7"]
    assert (findings(page), overflow(page)) == ([], 0)


@pytest.mark.parametrize("mutation", [each for each in MUTATIONS if each.alone], ids=lambda mutation: mutation.name)
def test_every_cheat_of_one_business_is_named(
    live_server: LiveServer, page: Page, acme: Business, mutation: Mutation, tmp_path: Path
) -> None:
    book: Logbook = honest()
    mutation.cheat(book)
    book.write(tmp_path)
    serve(page, tmp_path)
    said = show(page, f"{live_server}/b/acme/check/")
    assert said.startswith(f"Something is wrong: {mutation.fault}.")


def test_an_entry_that_is_not_in_the_log_is_named(
    live_server: LiveServer, page: Page, acme: Business, tmp_path: Path
) -> None:
    honest().write(tmp_path)
    path = tmp_path / "b" / "acme" / "ledger.json"
    told = json.loads(path.read_text())
    told["entries"][2]["entry"] = told["entries"][2]["entry"].replace("published", "held")
    told["entries"][2]["proof"][0] = told["entries"][1]["proof"][0]
    path.write_text(json.dumps(told))
    serve(page, tmp_path)
    said = show(page, f"{live_server}/b/acme/check/")
    assert said.startswith(
        f"Something is wrong: acme, entry {told['entries'][2]['index']}: it does not lead to the signed root."
    )


def test_a_seal_of_another_key_is_named(live_server: LiveServer, page: Page, acme: Business, tmp_path: Path) -> None:
    honest().write(tmp_path)
    say(acme, 5)
    take_up_events()
    (tmp_path / "ledger" / "key").write_text((Path(settings.LEDGER_DIR) / "key").read_text())
    serve(page, tmp_path)
    said = show(page, f"{live_server}/b/acme/check/")
    assert said.startswith("Something is wrong: the checkpoint is not signed by localhost:8000/ledger.")
