"""Candor's own event in JSON, as the signed webhook and the API take it (docs/webhooks.md).

Pure: values in, values out. Unknown fields are allowed and ignored here; the raw body, which holds them, is kept.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypedDict

from integrations.arrivals import NotReadable
from invitations.enums import TicketEventKind
from invitations.tickets import TicketEvent

TICKET_KINDS = {
    "ticket.solved": TicketEventKind.SOLVED,
    "ticket.reopened": TicketEventKind.REOPENED,
    "ticket.closed": TicketEventKind.CLOSED,
    "ticket.updated": TicketEventKind.UPDATED,
}
EVENT_NAME = re.compile(r"[a-z0-9_.]{1,60}")
LONGEST_ID = 100
LONGEST_URL = 500


@dataclass(frozen=True)
class OrderEvent:
    """An order that reached the customer."""

    order_id: str
    product: str
    email: str
    name: str
    language: str
    occurred_at: datetime


@dataclass(frozen=True)
class NamedEvent:
    """Anything else a business wants to ask about; `event_id` tells two of one name apart."""

    event_name: str
    event_id: str
    email: str
    name: str
    language: str
    occurred_at: datetime


Event = TicketEvent | OrderEvent | NamedEvent

_CUSTOMER = frozenset({"email", "name", "language"})
_TICKET = frozenset({"id", "subject", "url", "assignee", "tags", "opened_at", "first_reply_at"})


def read_json(body: bytes | str) -> dict[str, Any]:
    """The JSON object in a body. Raises NotReadable."""
    try:
        text = body.decode() if isinstance(body, bytes) else body
        found = json.loads(text, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise NotReadable("The body is not text in UTF-8.") from error
    except RecursionError as error:
        raise NotReadable("The body is not JSON that anybody could read: it is nested too deeply.") from error
    except ValueError as error:
        raise NotReadable(f"The body is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise NotReadable("The body is JSON, but not an object. It begins with { and ends with }.")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def unknown_fields(found: dict[str, Any], event: Event) -> list[str]:
    """The paths that Candor does not read, in their order: said to the sender, since each may be a slip of the pen."""
    match event:
        case TicketEvent():
            parts = {"ticket": _TICKET, "customer": _CUSTOMER}
        case OrderEvent():
            parts = {"order": frozenset({"id", "product"}), "customer": _CUSTOMER}
        case NamedEvent():
            parts = {"id": frozenset(), "customer": _CUSTOMER}
    paths = []
    for key, value in found.items():
        if key in {"type", "occurred_at"}:
            continue
        if key not in parts:
            paths.append(key)
        elif isinstance(value, dict):
            paths += [f"{key}.{inner}" for inner in value if inner not in parts[key]]
    return [_storable(path)[:100] for path in paths[:20]]


def subject_of(event: Event) -> str:
    """The thing an event is about: events about one thing are treated in their order of arrival."""
    match event:
        case TicketEvent():
            return f"ticket:{event.external_id}"
        case OrderEvent():
            return f"order:{event.order_id}"
        case NamedEvent():
            return f"{event.event_name}:{event.event_id}"


def parse(found: dict[str, Any], *, source: str, received_at: datetime) -> Event:
    """The event in a JSON object. `source` is where it comes from, such as a connection's public id.

    Without `occurred_at` the event happened when it was received (UTC); a time in the future counts as that too, since
    a sender's clock that runs ahead must not make later events look old. Raises NotReadable with every fault by name.
    """
    reader = Reader(found)
    name = reader.text("type", needed=True, longest=60)
    if name and not EVENT_NAME.fullmatch(name):
        reader.wrong("type", "has lower-case letters, digits, dots and underscores only")
    occurred_at = min(reader.time("occurred_at") or received_at, received_at)
    build = _ticket_event if name in TICKET_KINDS else _order_event if name == "order.fulfilled" else _named_event
    event = build(reader, name, source, occurred_at)
    reader.finish()
    return event


def _ticket_event(reader: "Reader", name: str, source: str, occurred_at: datetime) -> Event:
    return TicketEvent(
        kind=TICKET_KINDS[name],
        source=source,
        external_id=reader.text("ticket.id", needed=True, longest=LONGEST_ID),
        occurred_at=occurred_at,
        subject=reader.text("ticket.subject", cut=300),
        url=reader.url("ticket.url"),
        assignee=reader.text("ticket.assignee", cut=200),
        tags=reader.tags("ticket.tags"),
        opened_at=reader.time("ticket.opened_at"),
        first_reply_at=reader.time("ticket.first_reply_at"),
        **_customer(reader),
    )


def _order_event(reader: "Reader", _: str, __: str, occurred_at: datetime) -> Event:
    return OrderEvent(
        order_id=reader.text("order.id", needed=True, longest=LONGEST_ID),
        product=reader.text("order.product", cut=300),
        occurred_at=occurred_at,
        **_customer(reader),
    )


def _named_event(reader: "Reader", name: str, _: str, occurred_at: datetime) -> Event:
    event_id = reader.text("id", needed=True, longest=LONGEST_ID)
    return NamedEvent(event_name=name, event_id=event_id, occurred_at=occurred_at, **_customer(reader))


class _Customer(TypedDict):
    email: str
    name: str
    language: str


def _customer(reader: "Reader") -> _Customer:
    return {
        "email": reader.text("customer.email", needed=True, longest=254),
        "name": reader.text("customer.name", cut=200),
        "language": reader.text("customer.language", cut=10),
    }


class Reader:
    """Takes values out of nested JSON by path and collects what is wrong, so that one answer names everything."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found
        self.missing: list[str] = []
        self.faults: dict[str, str] = {}

    def finish(self) -> None:
        """Raises NotReadable when anything is missing or wrong."""
        if not self.missing and not self.faults:
            return
        sentences = [f"Missing: {', '.join(self.missing)}."] if self.missing else []
        sentences += [f"{path} {fault}." for path, fault in self.faults.items()]
        raise NotReadable(" ".join(sentences), faults=dict.fromkeys(self.missing, "is missing") | self.faults)

    def wrong(self, path: str, fault: str) -> None:
        """Notes what is wrong with the value at `path`; the first fault of a path is kept."""
        self.faults.setdefault(path, fault)

    def text(self, path: str, *, needed: bool = False, longest: int = 0, cut: int = 0) -> str:
        """A text or a whole number. Longer than `longest` is wrong; longer than `cut` loses its end."""
        value = self._at(path)
        if value is None or value == "":
            if needed and not self._is_faulty(path):
                self.missing.append(path)
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int):
            self.wrong(path, "is neither a text nor a whole number")
            return ""
        text = _storable(_written(value)).strip()
        if longest and len(text) > longest:
            self.wrong(path, f"is longer than {longest} characters")
            return ""
        if needed and not text:
            self.missing.append(path)
        return text[:cut] if cut else text

    def url(self, path: str) -> str:
        """A web address; anything else is left out, since it would only become a link that does harm."""
        text = self.text(path)
        return text if text.startswith(("https://", "http://")) and len(text) <= LONGEST_URL else ""

    def tags(self, path: str) -> tuple[str, ...]:
        """A list of texts; at most fifty are kept."""
        value = self._at(path)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
            self.wrong(path, "is not a list of texts")
            return ()
        return tuple(_storable(tag).strip()[:100] for tag in value[:50] if tag.strip())

    def time(self, path: str) -> datetime | None:
        """A time in ISO 8601 with its zone, in UTC."""
        value = self._at(path)
        if value is None or value == "":
            return None
        fault = "is not a time in ISO 8601 with a zone, such as 2026-11-02T09:00:00Z"
        try:
            moment = datetime.fromisoformat(_only_text(value))
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        self.wrong(path, fault)
        return None

    def _at(self, path: str) -> Any:
        value: Any = self.found
        steps = path.split(".")
        for index, step in enumerate(steps):
            if not isinstance(value, dict):
                self.wrong(".".join(steps[:index]), "is not an object")
                return None
            value = value.get(step)
            if value is None:
                return None
        return value

    def _is_faulty(self, path: str) -> bool:
        return any(path == each or path.startswith(f"{each}.") for each in self.faults)


def _written(value: str | int) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to write whole numbers of thousands of digits.
        return "9" * (LONGEST_ID + 1)


def _only_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _storable(text: str) -> str:
    """Without what JSON can say and PostgreSQL cannot store: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode(errors="replace").decode()
