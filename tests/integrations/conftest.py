"""Acme's signed webhook, and a sender who knows its secret."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from standardwebhooks.webhooks import Webhook

from businesses.models import Business
from integrations.models import Connection
from integrations.services.connections import create_generic
from lib.secrets import open_sealed
from lib.tenancy import for_business
from tests.factories import NOW

Post = Callable[..., Any]


@pytest.fixture
def webhook(acme: Business) -> Connection:
    """The signed webhook that Alice made."""
    with for_business(acme):
        return create_generic(business=acme, name="Our shop", actor="Alice Ahlgren", now=NOW)


@pytest.fixture
def post(webhook: Connection) -> Post:
    """Posts a body as a sender does that follows Standard Webhooks; each part can be given otherwise."""
    return lambda *args, **changes: deliver(webhook, *args, **changes)


def deliver(
    connection: Connection,
    event: Any = None,
    *,
    body: bytes | None = None,
    message_id: str = "msg_1",
    age: timedelta = timedelta(0),
    secret: str = "",
    **headers: str,
) -> Any:
    """One delivery to a signed webhook, through HTTP."""
    sent = json.dumps(solved() if event is None else event).encode() if body is None else body
    at = datetime.now(UTC) - age
    signature = Webhook(secret or open_sealed(connection.secret)).sign(message_id, at, sent.decode(errors="replace"))
    signed = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
        "content-length": str(len(sent)),
    }
    return Client().post(
        f"/hooks/{connection.public_id}/",
        data=sent,
        content_type="application/json",
        headers=signed | headers,
    )


def solved(ticket: str = "1001", **more: Any) -> dict[str, Any]:
    """Dora's ticket is solved."""
    return {
        "type": "ticket.solved",
        "ticket": {"id": ticket, "subject": "The parcel is late"},
        "customer": {"email": "dora@customer.example", "name": "Dora Dahl", "language": "sv"},
    } | more
