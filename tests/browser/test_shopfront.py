"""The shop front in a browser: the widget in a stranger's shop, and the pages of a business."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlencode

import pytest
from django.test import Client
from playwright.sync_api import Browser, Dialog, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from businesses.models import Business, User
from tests.browser.conftest import findings, overflow
from tests.hostile import PAYLOADS
from tests.widgets.stage import replied, reviewed, score_of
from widgets.enums import Theme, WidgetType
from widgets.snippets import Choice, snippets

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => { for (const each of list.getEntries()) window.shifts.push(each.value); })
  .observe({ type: "layout-shift", buffered: true });
"""


class Shop:
    """A shop on an origin of its own, with a policy that allows Candor's script and JSON and nothing else."""

    def __init__(self) -> None:
        self.candor = ""
        self.html = ""
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = self.path == "/"
                body = shop.html.encode() if found else b""
                self.send_response(200 if found else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header(
                    "Content-Security-Policy",
                    f"default-src 'none'; script-src {shop.candor}; connect-src {shop.candor}; "
                    f"frame-src {shop.candor}; img-src 'self' {shop.candor}; require-trusted-types-for 'script'",
                )
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def sells(self, candor: str, widgets: str) -> None:
        """What stands on the shop's one page."""
        self.candor = candor
        page = f"<main><h1>Tents</h1>{widgets}<p id=below>Below</p></main>"
        self.html = f"<!doctype html><html lang=en><title>Shop</title>{page}"


@pytest.fixture
def shop() -> Iterator[Shop]:
    """The shop, open while the story lasts."""
    made = Shop()
    thread = Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def candor(live_server: LiveServer, settings: Settings) -> str:
    """This installation's address, as copied code says it."""
    settings.CANDOR_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A visitor's window that notes every complaint and every shift."""
    context = chromium.new_context(viewport={"width": 800, "height": 900})
    made = context.new_page()
    made.add_init_script(SHIFTS)
    yield made
    context.close()


def complaints_of(page: Page) -> list[str]:
    """What the browser will say from now on."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_a_shop_elsewhere_shows_badge_and_card_and_nothing_jumps(
    page: Page, candor: str, shop: Shop, acme: Business
) -> None:
    reviewed(acme, 5, 4, 2)
    score = score_of(acme)
    badge = snippets(acme, Choice()).script
    card = snippets(acme, Choice(type=WidgetType.CARD, theme=Theme.DARK, language="sv")).script
    shop.sells(candor, badge + card)
    said = complaints_of(page)
    page.goto(shop.url)
    shown = page.locator("candor-widget .badge")
    shown.wait_for()
    assert shown.locator(".n").inner_text() == str((score.tenths or 0) / 10)
    assert "3 reviews" in shown.inner_text()
    assert "3 omdömen" in page.locator("candor-widget .card").inner_text()
    assert page.locator("candor-widget .card li").count() == 3
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shifts") == []
    assert page.context.cookies() == []
    assert said == []
    assert findings(page) == []


def test_a_shop_keeps_a_plain_link_when_candor_is_out_of_reach(
    page: Page, candor: str, shop: Shop, acme: Business
) -> None:
    shop.sells(candor, snippets(acme, Choice()).script)
    page.route(f"{candor}/w/acme.json", lambda route: route.abort())
    page.goto(shop.url)
    page.wait_for_load_state("networkidle")
    link = page.get_by_role("link", name="Customer reviews of Acme")
    assert link.get_attribute("href") == f"{candor}/b/acme/"
    assert link.is_visible()
    assert page.evaluate("window.shifts") == []


def test_without_the_script_the_link_has_the_same_place(
    chromium: Browser, candor: str, shop: Shop, acme: Business
) -> None:
    shop.sells(candor, snippets(acme, Choice()).script)
    tops = []
    for runs in (True, False):
        context = chromium.new_context(java_script_enabled=runs)
        page = context.new_page()
        page.goto(shop.url, wait_until="networkidle")
        tops.append(page.locator("#below").bounding_box())
        assert page.get_by_role("link").first.is_visible()
        context.close()
    assert tops[0] == tops[1]


def test_hostile_words_run_nowhere(page: Page, candor: str, shop: Shop, acme: Business, alice: User) -> None:
    everything = "\n".join(PAYLOADS)
    for payload in (everything, *PAYLOADS[-2:], PAYLOADS[0]):
        (review,) = reviewed(acme, 5, title=payload[:200], body=payload, display_name=payload[:80])
    replied(review, PAYLOADS[3], alice)
    code = snippets(acme, Choice(type=WidgetType.CARD))
    shop.sells(candor, code.script + code.frame + code.image)
    alerts: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        alerts.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.goto(shop.url)
    page.locator("candor-widget .card").wait_for()
    assert PAYLOADS[0] in page.locator("candor-widget .card").inner_text()
    assert PAYLOADS[0] in page.frame_locator("iframe").locator(".card").inner_text()
    assert [frame.evaluate("window.taken") for frame in page.frames] == [None, None]
    for path in ("/b/acme/", f"/b/acme/?{urlencode({'q': PAYLOADS[0], 'lang': PAYLOADS[1]})}"):
        page.goto(candor + path, wait_until="networkidle")
        assert page.evaluate("window.taken") is None
    assert alerts == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_pages_are_accessible_and_fit(
    chromium: Browser, candor: str, acme: Business, alice: User, as_alice: Client, width: int, scheme: str
) -> None:
    (review, *_rest) = reviewed(acme, 5, 4, 2, 1)
    replied(review, "Thank you, Dora.", alice)
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    context.add_cookies([{"name": "sessionid", "value": as_alice.cookies["sessionid"].value, "url": candor}])
    page = context.new_page()
    said = complaints_of(page)
    for path in (
        "/b/acme/",
        "/b/acme/?stars=4&q=pole&lang=sv",
        "/w/acme/frame?type=card",
        "/w/acme/frame?type=badge",
        "/app/acme/widgets/",
        "/dev/shop/",
    ):
        page.goto(candor + path, wait_until="networkidle")
        assert findings(page) == [], path
        assert overflow(page) == 0, path
    assert said == []
    context.close()


def test_a_choice_shows_at_once_and_the_code_follows(page: Page, candor: str, acme: Business, as_alice: Client) -> None:
    reviewed(acme, 5)
    page.context.add_cookies([{"name": "sessionid", "value": as_alice.cookies["sessionid"].value, "url": candor}])
    page.goto(candor + "/app/acme/widgets/")
    page.locator("candor-widget .badge").wait_for()
    page.get_by_label("Card").focus()
    page.keyboard.press("Space")
    page.locator("candor-widget .card").wait_for()
    page.get_by_text('type="card"', exact=False).first.wait_for()
    assert page.url.endswith("?type=card&theme=auto&lang=")


def test_bars_filter_by_keyboard(page: Page, candor: str, acme: Business) -> None:
    reviewed(acme, 5, 5, 1)
    page.goto(candor + "/b/acme/")
    page.get_by_role("link", name="1 star", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**stars=1#reviews")
    assert page.locator(".review").count() == 1
