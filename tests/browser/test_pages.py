"""Each place of the rail as a new business finds it: accessible, nothing sticks out, within its budget."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext
from pytest_django.live_server_helper import LiveServer

from businesses.enums import Role
from businesses.models import Business, Membership
from config.navigation import rail
from lib.tenancy import for_business
from tests.browser.conftest import findings, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def owner_of(business: Business) -> Membership:
    """The membership of whoever opened the business."""
    with for_business(business):
        return Membership.objects.select_related("business").get(business=business, role=Role.OWNER)


def signed_in(chromium: Browser, live_server: LiveServer, client: Client, width: int, scheme: str) -> BrowserContext:
    """A window of this width and scheme in which the client's person is signed in."""
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return context


def first_view(context: BrowserContext, address: str) -> tuple[int, int]:
    """How many requests the page makes, and how many bytes come over the wire."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    page.goto(address, wait_until="networkidle")
    return len(sizes), sum(sizes)


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1440, "light"), (1440, "dark")])
def test_each_place_of_a_new_business_is_accessible_and_fits(
    chromium: Browser, live_server: LiveServer, as_alice: Client, acme: Business, width: int, scheme: str
) -> None:
    context = signed_in(chromium, live_server, as_alice, width, scheme)
    page = context.new_page()
    for place in rail(owner_of(acme)):
        page.goto(live_server.url + place.href)
        assert (place.key, findings(page), overflow(page)) == (place.key, [], 0)
        assert page.locator("a[aria-current=page]").count() >= 1
        assert page.locator("h1").count() == 1
    context.close()


def test_a_first_view_of_each_place_stays_within_its_budget(
    chromium: Browser, live_server: LiveServer, as_alice: Client, acme: Business
) -> None:
    for place in rail(owner_of(acme)):
        context = signed_in(chromium, live_server, as_alice, 1440, "light")
        requests, size = first_view(context, live_server.url + place.href)
        assert requests <= 6, place.key
        assert size <= 60_000, place.key
        context.close()
