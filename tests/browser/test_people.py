"""Signing in, and a business with a year behind it, in a browser."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from businesses.models import Business, Customer, User
from lib.tenancy import for_business, for_service
from surveys.models import Response
from tests.browser.conftest import findings, overflow
from tests.browser.test_pages import first_view, signed_in
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OUTSIDE = ("account_login", "account_signup", "account_request_login_code", "account_reset_password")
INSIDE = (
    "new_business",
    "account_email",
    "account_change_password",
    "mfa_index",
    "mfa_list_webauthn",
    "account_logout",
)


def _sign_in(page: Page, live_server: LiveServer, user: User) -> None:
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("E-mail address").fill(user.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/app/**")


@pytest.fixture
def alice_with_password(alice: User) -> User:
    """Alice, who signs in by password here."""
    alice.set_password(PASSWORD)
    alice.save()
    return alice


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_the_pages_of_a_sign_in_are_accessible_and_fit(
    chromium: Browser,
    live_server: LiveServer,
    acme: Business,
    alice_with_password: User,
    width: int,
    scheme: str,
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    for name in OUTSIDE:
        page.goto(live_server.url + reverse(name))
        assert (name, findings(page), overflow(page)) == (name, [], 0)
    _sign_in(page, live_server, alice_with_password)
    for name in INSIDE:
        page.goto(live_server.url + reverse(name))
        assert (name, findings(page), overflow(page)) == (name, [], 0)
    context.close()


def test_a_passkey_is_added_and_signs_in(
    chromium: Browser, live_server: LiveServer, settings: Settings, acme: Business, alice_with_password: User
) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    context = chromium.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    _sign_in(page, live_server, alice_with_password)
    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Name of this key").fill("Laptop")
    page.get_by_label("Sign in with this key alone").check()
    page.get_by_role("button", name="Add key").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.goto(live_server.url + reverse("account_logout"))
    page.get_by_role("button", name="Sign out").click()
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/app/acme/")
    context.close()


def test_a_year_of_history_is_accessible_fits_and_stays_within_its_budget(
    chromium: Browser, live_server: LiveServer, client: Client
) -> None:
    call_command("demo", verbosity=0)
    with for_service("the demo"):
        business = Business.objects.get(slug="linden-loom")
    with for_business(business):
        answer = Response.objects.exclude(comment="").order_by("-id")[0]
        customer = Customer.objects.get(pk=answer.customer_id)
    client.force_login(User.objects.get(email="demo@candor.example"))
    addresses = [
        live_server.url + reverse(name, kwargs={"business": business.slug} | more)
        for name, more in (
            ("home", {}),
            ("customers", {}),
            ("customer", {"public_id": customer.public_id}),
            ("settings", {}),
            ("team", {}),
            ("api_keys", {}),
            ("audit_log", {}),
        )
    ]
    for width, scheme in ((360, "dark"), (1440, "light")):
        context = signed_in(chromium, live_server, client, width, scheme)
        page = context.new_page()
        for address in addresses:
            page.goto(address)
            assert (address, findings(page), overflow(page)) == (address, [], 0)
        context.close()
    context = signed_in(chromium, live_server, client, 1440, "light")
    requests, size = first_view(context, addresses[0])
    assert requests <= 6
    assert size <= 60_000
    context.close()
