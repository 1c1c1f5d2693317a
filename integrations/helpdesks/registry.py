"""Which code stands behind which kind of connection."""

from datetime import datetime
from typing import Protocol

from integrations.arrivals import Arrival, Reading
from integrations.enums import ConnectionKind
from integrations.events import Event
from integrations.helpdesks import django_helpdesk, generic


class Inbound(Protocol):
    """What every kind of sender needs; each is a module of these functions."""

    def verify(self, arrival: Arrival, *, secret: str) -> None:
        """Raises WrongSignature or StaleTimestamp unless the sender knows the secret."""

    def read(self, arrival: Arrival, *, source: str, received_at: datetime) -> Reading:
        """What is stored beside the raw body. Raises NotReadable for what could never be acted on."""

    def event(self, body: str, *, source: str, received_at: datetime) -> Event | None:
        """The event in a stored body; None when it says nothing that matters here."""


_INBOUND: dict[str, Inbound] = {
    ConnectionKind.GENERIC: generic,
    ConnectionKind.DJANGO_HELPDESK: django_helpdesk,
}


def inbound(kind: str) -> Inbound:
    """The reader of what senders of this kind send."""
    return _INBOUND[kind]
