"""Alice minds Acme's connections in a browser: phone and desk, light and dark, without JavaScript."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from businesses.models import Business
from integrations.helpdesks.django_helpdesk import Account, SignInRefused
from integrations.models import Connection
from integrations.services.connections import create_django_helpdesk, create_generic
from integrations.services.polling import note_failure
from integrations.tasks import process_deliveries
from lib.tenancy import for_business
from surveys.services import create_standard_surveys
from tests.browser.conftest import findings, overflow
from tests.integrations.conftest import deliver, solved

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/app/acme/connections/"


@pytest.fixture
def helpdesk(acme: Business) -> Connection:
    """A django-helpdesk whose password was changed."""
    with for_business(acme) as now:
        create_standard_surveys(business=acme, now=now)
        account = Account(address="https://help.acme.example/", user="candor", password="old")
        made = create_django_helpdesk(business=acme, name="Helpdesk", account=account, actor="Alice", now=now)
        note_failure(connection=made, error=SignInRefused("The helpdesk refuses our name and password."))
    return made


@pytest.fixture
def busy(acme: Business) -> Connection:
    """A webhook through which something came."""
    with for_business(acme) as now:
        webhook = create_generic(business=acme, name="Our shop", actor="Alice", now=now)
    for number, language in enumerate(("sv", "en", "x")):
        event = solved(f"10{number}", note="of our own")
        event["customer"]["email"] = f"{language}@customer.example" if language != "x" else "nobody"
        deliver(webhook, event, message_id=f"msg_{number}")
    process_deliveries()
    deliver(webhook, solved("1004"), message_id="msg_4")
    deliver(webhook, message_id="msg_5", secret="whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")
    return webhook


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (768, "dark"), (1440, "light"), (1440, "dark")])
def test_the_pages_fit_and_can_be_used_by_everybody(
    chromium: Browser,
    live_server: LiveServer,
    settings: Settings,
    as_alice: Client,
    helpdesk: Connection,
    busy: Connection,
    width: int,
    scheme: Any,
) -> None:
    settings.CANDOR_URL = live_server.url
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    session = as_alice.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    try:
        for path in (
            LIST,
            f"{LIST}new/webhook/",
            f"{LIST}new/django-helpdesk/",
            f"{LIST}{busy.public_id}/",
            f"{LIST}{helpdesk.public_id}/",
            f"{LIST}{helpdesk.public_id}/account/",
        ):
            page.goto(f"{live_server.url}{path}")
            assert overflow(page) == 0, path
            assert findings(page) == [], path
    finally:
        context.close()
