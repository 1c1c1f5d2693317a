"""A 2xx to a webhook means committed; whatever is refused leaves no row."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.models import Business
from integrations.enums import DeliveryStatus
from integrations.models import Connection, Delivery
from lib.secrets import seal
from lib.tenancy import current_scope, for_business
from tests.integrations.conftest import Post, solved

pytestmark = pytest.mark.django_db


def deliveries(business: Business) -> list[Delivery]:
    """Everything that was kept, in its order of arrival."""
    with for_business(business):
        return list(Delivery.objects.order_by("id"))


def refusals(connection: Connection) -> int:
    """How many deliveries were turned away."""
    with for_business(connection.business):
        connection.refresh_from_db()
        return connection.refused_count


def test_a_signed_delivery_is_kept_as_it_came(acme: Business, webhook: Connection, post: Post) -> None:
    body = json.dumps(solved(basket={"total": "12.50"})).encode()

    answer = post(body=body)

    assert answer.status_code == 202
    assert answer.json() == {"status": "accepted", "unknown_fields": ["basket"]}
    [kept] = deliveries(acme)
    assert kept.body.encode() == body
    assert (kept.dedupe_key, kept.event_name, kept.subject) == ("msg_1", "ticket.solved", "ticket:1001")
    assert (kept.status, kept.connection_id) == (DeliveryStatus.RECEIVED, webhook.pk)
    assert refusals(webhook) == 0


def test_a_repeated_delivery_is_welcome_and_makes_no_second_row(acme: Business, post: Post) -> None:
    assert [post().status_code for _ in range(3)] == [202, 202, 202]
    assert [kept.dedupe_key for kept in deliveries(acme)] == ["msg_1"]


def test_the_published_vector_of_standard_webhooks_is_understood(acme: Business, webhook: Connection) -> None:
    with for_business(acme):
        webhook.secret = seal("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")
        webhook.save()
    with time_machine.travel(datetime.fromtimestamp(1767323045, UTC), tick=False):
        answer = Client().post(
            f"/hooks/{webhook.public_id}/",
            data=b'{"id":1,"status":"closed"}',
            content_type="application/json",
            headers={
                "webhook-id": "msg_1",
                "webhook-timestamp": "1767323045",
                "webhook-signature": "v1,+lvVsddYNEVpJRL6t6+lGvKqH1bgHd2F7cWAg12KCWI=",
            },
        )
    # The signature fits; the body is not one of Candor's events, and the answer names what it lacks.
    assert answer.status_code == 422
    assert answer.json() == {
        "error": "not_readable",
        "message": "Missing: type, customer.email.",
        "fields": ["type", "customer.email"],
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": "v1,+lvVsddYNEVpJRL6t6+lGvKqH1bgHd2F7cWAg12KCWI="},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,ä"},
        {"webhook-signature": "v1,abc"},
        {"webhook-signature": ""},
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "nan"},
    ],
    ids=str,
)
def test_a_wrong_signature_is_401_and_leaves_no_row(
    acme: Business, webhook: Connection, post: Post, headers: dict[str, str]
) -> None:
    answer = post(**headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "wrong_signature")
    assert deliveries(acme) == []
    assert refusals(webhook) == 1


def test_another_connections_secret_is_no_key(acme: Business, webhook: Connection, post: Post) -> None:
    assert post(secret="whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3").status_code == 401
    assert deliveries(acme) == []


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)], ids=["old", "early"])
def test_a_stale_timestamp_is_401(acme: Business, webhook: Connection, post: Post, age: timedelta) -> None:
    answer = post(age=age)
    assert (answer.status_code, answer.json()["error"]) == (401, "stale_timestamp")
    assert deliveries(acme) == []
    assert refusals(webhook) == 1


def test_four_minutes_are_not_stale(post: Post) -> None:
    assert post(age=timedelta(minutes=4)).status_code == 202


def test_a_body_over_a_mebibyte_is_413(acme: Business, webhook: Connection, post: Post) -> None:
    fits = solved(padding="")
    fits["padding"] = "x" * (1024 * 1024 - len(json.dumps(fits)))
    assert post(fits).status_code == 202
    fits["padding"] += "x"
    answer = post(fits)
    assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")
    assert len(deliveries(acme)) == 1
    assert refusals(webhook) == 1


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({}, "Missing: type, id, customer.email."),
        (
            {"type": "ticket.solved"},
            "Missing: ticket.id, customer.email.",
        ),
        (
            {"type": "order.fulfilled", "order": {"product": "Kettle"}, "customer": {"email": ""}},
            "Missing: order.id, customer.email.",
        ),
        (
            {"type": "Trial ended", "id": "7", "customer": {"email": "dora@customer.example"}},
            "type has lower-case letters, digits, dots and underscores only.",
        ),
        (solved(ticket="x" * 101), "ticket.id is longer than 100 characters."),
        (solved() | {"ticket": "1001"}, "ticket is not an object."),
        (solved() | {"ticket": {"id": [1]}}, "ticket.id is neither a text nor a whole number."),
        (
            solved(occurred_at="yesterday"),
            "occurred_at is not a time in ISO 8601 with a zone, such as 2026-11-02T09:00:00Z.",
        ),
        (
            solved(occurred_at="2026-11-02T09:00:00"),
            "occurred_at is not a time in ISO 8601 with a zone, such as 2026-11-02T09:00:00Z.",
        ),
        (solved() | {"ticket": {"id": "1", "tags": "urgent"}}, "ticket.tags is not a list of texts."),
    ],
    ids=str,
)
def test_what_is_missing_or_wrong_is_named(
    acme: Business, webhook: Connection, post: Post, event: dict[str, Any], message: str
) -> None:
    answer = post(event)
    assert (answer.status_code, answer.json()["error"]) == (422, "not_readable")
    assert answer.json()["message"] == message
    assert deliveries(acme) == []
    assert refusals(webhook) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"[" * 100_000, b'{"type": NaN}'], ids=repr)
def test_a_body_that_is_no_object_is_422(acme: Business, post: Post, body: bytes) -> None:
    assert post(body=body).status_code == 422
    assert deliveries(acme) == []


def test_a_body_that_is_no_text_is_422(post: Post) -> None:
    assert post(body=b"\xff\xfe{}").status_code == 422


def test_numbers_are_as_good_as_texts_for_an_id(acme: Business, post: Post) -> None:
    assert post(solved() | {"ticket": {"id": 1001}}).status_code == 202
    assert [kept.subject for kept in deliveries(acme)] == ["ticket:1001"]


def test_characters_that_cannot_be_stored_do_no_harm(acme: Business, post: Post) -> None:
    body = json.dumps(solved(ticket="10\x0001\ud800")).encode()
    assert post(body=body).status_code == 202
    assert [kept.subject for kept in deliveries(acme)] == ["ticket:1001?"]


def test_an_unknown_address_is_404_and_a_browser_gets_405(webhook: Connection) -> None:
    assert Client().post("/hooks/nothinghere/", data={}, content_type="application/json").status_code == 404
    assert Client().get(f"/hooks/{webhook.public_id}/").status_code == 405


def test_a_long_message_id_still_tells_repetitions(acme: Business, post: Post) -> None:
    assert {post(message_id="m" * 900).status_code for _ in range(2)} == {202}
    assert len(deliveries(acme)) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ticket=JSON, customer=JSON, occurred_at=JSON, name=st.sampled_from(["ticket.solved", "order.fulfilled", "x"]))
def test_no_shape_of_json_is_a_server_error(
    post: Post, ticket: Any, customer: Any, occurred_at: Any, name: str
) -> None:
    event = {"type": name, "ticket": ticket, "order": ticket, "customer": customer, "occurred_at": occurred_at}
    assert post(event, message_id=repr(event)[:50].encode("ascii", "replace").decode()).status_code in {202, 422}


def test_a_remembered_door_shuts_at_once_when_its_connection_is_gone(
    acme: Business, webhook: Connection, post: Post
) -> None:
    assert post().status_code == 202
    with for_business(acme):
        webhook.delete()
    assert post(message_id="msg_2").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_one_exchange_commits_and_leaves_no_scope_behind(acme: Business, webhook: Connection, post: Post) -> None:
    assert [post().status_code for _ in range(2)] == [202, 202]
    assert post(message_id="msg_2").status_code == 202
    with database.cursor() as cursor:
        cursor.execute("SELECT current_setting('candor.business', true)")
        assert cursor.fetchone() in {("",), (None,)}
    assert current_scope() is None
    assert [kept.dedupe_key for kept in deliveries(acme)] == ["msg_1", "msg_2"]
