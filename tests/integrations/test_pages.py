"""Alice minds Acme's connections; nobody else does."""

import html
import re
import subprocess
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.live_server_helper import LiveServer

from businesses.enums import AuditKind
from businesses.models import AuditEntry, Business
from integrations.enums import ConnectionStatus
from integrations.models import Connection, Delivery
from integrations.services.connections import create_generic
from lib.secrets import open_sealed
from lib.tenancy import for_business
from tests.factories import NOW
from tests.integrations.conftest import Post, deliver, solved

pytestmark = pytest.mark.django_db
LIST = "/app/acme/connections/"


def page(webhook: Connection) -> str:
    """The address of the connection's page."""
    return f"{LIST}{webhook.public_id}/"


def test_alice_adds_a_webhook_and_sees_what_a_sender_needs(acme: Business, as_alice: Client) -> None:
    assert "Nothing is connected yet" in as_alice.get(LIST).content.decode()
    assert "Add a signed webhook" in as_alice.get(f"{LIST}new/webhook/").content.decode()

    answer = as_alice.post(f"{LIST}new/webhook/", {"name": "Our shop"}, follow=True)

    with for_business(acme):
        [made] = Connection.objects.all()
        assert [entry.kind for entry in AuditEntry.objects.order_by("id")][-1] == AuditKind.CONNECTION_CREATED
    shown = answer.content.decode()
    assert f"http://localhost:8000/hooks/{made.public_id}/" in shown
    assert open_sealed(made.secret) in shown
    assert "0 deliveries were refused" in shown
    assert "Our shop" in as_alice.get(LIST).content.decode()


def test_a_webhook_without_a_name_is_asked_for_one(acme: Business, as_alice: Client) -> None:
    answer = as_alice.post(f"{LIST}new/webhook/", {"name": " "})
    assert answer.status_code == 200
    assert "There is a problem with one answer" in answer.content.decode()


def test_a_replaced_secret_works_and_the_old_one_does_not(webhook: Connection, as_alice: Client) -> None:
    old = open_sealed(webhook.secret)
    as_alice.post(f"{page(webhook)}secret/")
    with for_business(webhook.business):
        webhook.refresh_from_db()
    assert deliver(webhook, secret=old).status_code == 401
    assert deliver(webhook).status_code == 202


def test_what_came_in_is_shown_with_its_fate(webhook: Connection, post: Post, as_alice: Client) -> None:
    post(solved("<b>7</b>"))
    post(message_id="")
    shown = as_alice.get(page(webhook)).content.decode()
    assert "&lt;b&gt;7&lt;/b&gt;" in shown
    assert "<b>7</b>" not in shown
    assert "1 delivery was refused" in shown


def test_pausing_resuming_and_deleting(acme: Business, webhook: Connection, post: Post, as_alice: Client) -> None:
    assert post().status_code == 202
    for action, status in (("pause", ConnectionStatus.PAUSED), ("resume", ConnectionStatus.ACTIVE)):
        assert as_alice.post(f"{page(webhook)}{action}/").status_code == 302
        with for_business(acme):
            webhook.refresh_from_db()
        assert webhook.status == status
        assert as_alice.get(page(webhook)).status_code == 200
    assert as_alice.post(f"{page(webhook)}delete/").status_code == 302
    with for_business(acme):
        assert not Delivery.objects.exists()
    assert post(message_id="msg_2").status_code == 404


@pytest.mark.parametrize("address", ["", "new/webhook/", "{id}/", "{id}/secret/", "{id}/pause/", "{id}/delete/"])
def test_an_agent_may_not_and_a_stranger_sees_nothing(
    webhook: Connection, globex: Business, as_bob: Client, as_charlie: Client, address: str
) -> None:
    path = address.format(id=webhook.public_id)
    for ask in ("get", "post"):
        assert getattr(as_bob, ask)(f"{LIST}{path}").status_code in {403, 405}
        assert getattr(as_charlie, ask)(f"{LIST}{path}").status_code in {404, 405}
        if "{id}" in address:
            answer = getattr(as_charlie, ask)(f"/app/globex/connections/{path}")
            assert answer.status_code in {404, 405}


def test_both_pages_ask_as_many_queries_for_one_as_for_three(webhook: Connection, post: Post, as_alice: Client) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(database) as asked:
            assert as_alice.get(path).status_code == 200
        return len(asked)

    post()
    before = [queries(LIST), queries(page(webhook))]
    with for_business(webhook.business):
        for name in ("Two", "Three"):
            create_generic(business=webhook.business, name=name, actor="Alice Ahlgren", now=NOW)
    for number in (2, 3):
        post(message_id=f"msg_{number}")
    assert [queries(LIST), queries(page(webhook))] == before


@pytest.mark.django_db(transaction=True)
def test_the_lines_to_paste_really_work(
    webhook: Connection, as_alice: Client, live_server: LiveServer, settings: Any
) -> None:
    settings.CANDOR_URL = live_server.url
    shown = as_alice.get(page(webhook)).content.decode()
    [lines] = [html.unescape(text) for text in re.findall('data-copy="([^"]*)"', shown) if "curl" in text]

    done = subprocess.run(["sh", "-c", lines], capture_output=True, text=True, timeout=30, check=False)

    assert done.returncode == 0, done.stderr
    assert "202 Accepted" in done.stdout
    assert '{"status": "accepted"}' in done.stdout
    with for_business(webhook.business):
        [kept] = Delivery.objects.all()
    assert kept.subject.startswith("ticket:try-")
