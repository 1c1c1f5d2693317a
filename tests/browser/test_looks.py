"""The looks, in a browser: no finding by axe, nothing sticks out, within the budget, by keyboard, without scripts."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import findings, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_every_component_is_accessible_and_fits(
    chromium: Browser, live_server: LiveServer, width: int, scheme: str
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    for name in ("styleguide", "landing", "help"):
        page.goto(live_server.url + reverse(name))
        assert findings(page) == []
        assert overflow(page) == 0
    context.close()


def test_nothing_sticks_out_when_text_is_twice_as_large_or_runs_from_right_to_left(
    chromium: Browser, live_server: LiveServer
) -> None:
    context = chromium.new_context(viewport={"width": 640, "height": 400})
    page = context.new_page()
    page.goto(live_server.url + reverse("styleguide"))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert overflow(page) == 0
    page.evaluate("document.documentElement.style.fontSize = ''; document.documentElement.dir = 'rtl'")
    assert overflow(page) == 0
    context.close()


def test_the_strict_content_policy_finds_nothing_to_complain_about(chromium: Browser, live_server: LiveServer) -> None:
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(live_server.url + reverse("styleguide"))
    assert page.locator("[style]").count() == 0
    assert complaints == []
    page.close()


def test_a_first_view_stays_within_its_budget(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context()
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[int] = []
    session.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    page.goto(live_server.url + reverse("landing"), wait_until="networkidle")
    assert len(requests) <= 3
    assert sum(received) <= 60_000
    context.close()


def test_a_scale_is_answered_by_keyboard(chromium: Browser, live_server: LiveServer) -> None:
    page = chromium.new_page()
    page.goto(live_server.url + reverse("styleguide"))
    page.locator("input[name=nps]:checked").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("input[name=nps]:checked").input_value() == "10"
    page.close()


def test_targets_of_a_scale_are_large_enough_for_a_thumb(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto(live_server.url + reverse("styleguide"))
    for box in (cell.bounding_box() for cell in page.locator(".scale-cell").all()):
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    context.close()


def test_a_dialog_opens_and_closes_by_keyboard(chromium: Browser, live_server: LiveServer) -> None:
    page = chromium.new_page()
    page.goto(live_server.url + reverse("styleguide"))
    opener = page.locator("[data-dialog=sample-dialog]")
    opener.focus()
    page.keyboard.press("Enter")
    assert page.locator("#sample-dialog").is_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("#sample-dialog").is_visible()
    assert page.evaluate("document.activeElement.dataset.dialog") == "sample-dialog"
    page.close()


def test_without_scripts_nothing_is_offered_that_does_not_work(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + reverse("styleguide"))
    assert page.locator(".copy-button:visible").count() == 0
    page.locator("summary", has_text="How this number was made").click()
    assert page.get_by_text("Of 212 answers, 113 were 9 or 10 and 41 were 6 or less.", exact=True).is_visible()
    context.close()
