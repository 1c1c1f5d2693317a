"""The samples that people copy are taken as they stand."""

import html
import re
from pathlib import Path

import pytest
from django.test import Client

from integrations.events import parse, read_json, unknown_fields
from integrations.models import Connection
from tests.factories import NOW

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"
KINDS = ["ticket.solved", "order.fulfilled", "trial.ended"]


def kinds(samples: list[str]) -> list[str]:
    """Reads every sample as a delivery is read; their types."""
    found = [read_json(sample) for sample in samples]
    for each in found:
        assert unknown_fields(each, parse(each, source="docs", received_at=NOW)) == []
    return [each["type"] for each in found]


def test_the_samples_of_the_document_are_events() -> None:
    assert kinds(re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)) == KINDS


@pytest.mark.django_db
def test_the_samples_of_the_page_are_events(webhook: Connection, as_alice: Client) -> None:
    shown = as_alice.get(f"/app/acme/connections/{webhook.public_id}/").content.decode()
    samples = [html.unescape(text) for text in re.findall('data-copy="([^"]*)"', shown)]
    assert kinds([sample for sample in samples if sample.startswith("{")]) == KINDS
