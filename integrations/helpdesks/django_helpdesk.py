"""django-helpdesk 2.6: what it pushes, how it is read, and how a result is written to its tickets.

Found by trying (docs/helpdesks.md): its webhook is unsigned, so the secret stands in the address; a status changed
through its API fires no webhook, so it is polled too; a note fires the webhook again, and on a resolved ticket
overwrites the resolution; a title given with a note renames the ticket; a note is rendered as a Django template.
"""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from integrations.arrivals import Arrival, NotReadable, Reading, WrongSignature
from integrations.events import Reader, read_json
from invitations.enums import TicketEventKind
from invitations.tickets import TicketEvent
from lib.http import OutgoingError, Response, request

RESOLVED, CLOSED = 3, 4
OPEN = {1, 2}
DONE = {RESOLVED, CLOSED}
SCORE_FIELD = "custom_candor_score"
PAGE_SIZE = 100
MOST_BYTES = 16 * 1024 * 1024
# Its list asks the database once a ticket and field; a busy one needs its time.
CALL_SECONDS = 30.0


class HelpdeskError(Exception):
    """A call that did not do what it should; the message is a sentence for the owner."""


class SignInRefused(HelpdeskError):
    """The helpdesk does not take the name and password, or they may not do this."""


class TicketGone(HelpdeskError):
    """There is no such ticket any more."""


class CallRefused(HelpdeskError):
    """The helpdesk says no to this call; the same call again would get the same answer."""


class CallFailed(HelpdeskError):
    """No answer, or one that means trouble over there; later it may work."""


@dataclass(frozen=True)
class Account:
    """Where the helpdesk is and how to sign in there. `address` ends with a slash; its API is below `api/`."""

    address: str
    user: str
    password: str

    def sealed_form(self) -> str:
        """As the text that is sealed."""
        return json.dumps({"address": self.address, "user": self.user, "password": self.password})


def account_in(text: str) -> Account:
    """The account in an opened seal."""
    return Account(**json.loads(text))


def verify(arrival: Arrival, *, secret: str) -> None:
    """It cannot sign, so the address itself is the secret. Raises WrongSignature."""
    if not hmac.compare_digest(arrival.path_secret.encode(), secret.encode()):
        raise WrongSignature("The secret in the address is wrong. Look at the address on the connection's page.")


def read(arrival: Arrival, *, source: str, received_at: datetime) -> Reading:
    """What is kept beside the body. Raises NotReadable."""
    found = read_json(arrival.body)
    reader = Reader(found)
    ticket = reader.text("ticket.id", needed=True, longest=100)
    followup = reader.text("followup_id", longest=100)
    reader.finish()
    if not isinstance(found["ticket"].get("followup_set", []), list):
        raise NotReadable("ticket.followup_set is not a list.", faults={"ticket.followup_set": "is not a list"})
    return Reading(
        dedupe_key=followup_key(followup) if followup else hashlib.sha256(arrival.body).hexdigest(),
        event_name="followup" if followup else "new ticket",
        subject=f"ticket:{ticket}",
    )


def followup_key(followup: object) -> str:
    """By this a follow-up that was pushed and polled is known to be the same."""
    return f"followup-{followup}"


def event(body: str, *, source: str, received_at: datetime) -> TicketEvent | None:
    """What a kept delivery says: a follow-up that changes the status, or a status that polling found changed."""
    found = read_json(body)
    ticket = found["ticket"]
    seen = found.get("seen")
    if seen is not None:
        at = datetime.fromisoformat(seen["at"])
        return _event(ticket, TicketEventKind(seen["kind"]), at, source=source, means_solved=False)
    history = changes(ticket)
    position = next((at for at, each in enumerate(history) if each["id"] == found.get("followup_id")), None)
    if position is None:
        return None
    status = history[position]["new_status"]
    was_done = position > 0 and history[position - 1]["new_status"] in DONE
    kind = _kind(status, was_done=was_done)
    if kind is None:
        return None
    at = min(datetime.fromisoformat(history[position]["date"]), received_at)
    return _event(ticket, kind, at, source=source, means_solved=not was_done)


def _kind(status: int, *, was_done: bool) -> TicketEventKind | None:
    if status == RESOLVED and not was_done:
        return TicketEventKind.SOLVED
    if status in DONE:
        return TicketEventKind.CLOSED
    return TicketEventKind.REOPENED if status in OPEN else None


def changes(ticket: dict[str, Any]) -> list[dict[str, Any]]:
    """The follow-ups that changed the status, oldest first; notes such as our own are not among them."""
    history = [each for each in ticket.get("followup_set", []) if each.get("new_status") is not None]
    return sorted(history, key=lambda each: (each["date"], each["id"]))


def _event(
    ticket: dict[str, Any], kind: TicketEventKind, at: datetime, *, source: str, means_solved: bool
) -> TicketEvent:
    reader = Reader({"ticket": ticket})
    agent = reader.text("ticket.assigned_to", cut=100)
    return TicketEvent(
        kind=kind,
        source=source,
        external_id=reader.text("ticket.id"),
        occurred_at=at,
        email=reader.text("ticket.submitter_email"),
        subject=reader.text("ticket.title", cut=300),
        assignee=f"user {agent}" if agent else "",
        first_reply_at=_first_reply(ticket),
        closed_means_solved=means_solved,
    )


def _first_reply(ticket: dict[str, Any]) -> datetime | None:
    replies = [each["date"] for each in ticket.get("followup_set", []) if each.get("public") and each.get("user")]
    return datetime.fromisoformat(min(replies)) if replies else None


@dataclass(frozen=True)
class Helpdesk:
    """Calls to one installation's API. Every method raises HelpdeskError; none belongs into a transaction."""

    account: Account

    def done_tickets(self) -> Iterator[list[dict[str, Any]]]:
        """All resolved and closed tickets, page by page. The API cannot tell what changed since a time."""
        path: str | None = f"api/tickets/?status={RESOLVED},{CLOSED}&page_size={PAGE_SIZE}"
        page = 1
        while path:
            found = _expected(self._call("GET", f"{path}&page={page}"), "results")
            yield found["results"]
            page += 1
            if not found.get("next"):
                path = None

    def ticket(self, ticket_id: str) -> dict[str, Any]:
        """One ticket with its follow-ups."""
        return _expected(self._call("GET", f"api/tickets/{_number(ticket_id)}/"), "followup_set")

    def add_note(self, ticket_id: str, text: str) -> str:
        """A private follow-up without title or status; its id."""
        body = {"ticket": int(_number(ticket_id)), "comment": text, "public": False}
        return str(_expected(self._call("POST", "api/followups/", body), "id")["id"])

    def change_note(self, note_id: str, text: str) -> None:
        """Replaces the words of a note; silent over there."""
        self._call("PATCH", f"api/followups/{_number(note_id)}/", {"comment": text})

    def change_ticket(self, ticket_id: str, fields: dict[str, Any]) -> None:
        """Sets fields of a ticket; silent over there."""
        self._call("PATCH", f"api/tickets/{_number(ticket_id)}/", fields)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        pair = f"{self.account.user}:{self.account.password}".encode()
        headers = {"Authorization": f"Basic {b64encode(pair).decode()}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            answer = request(
                method=method,
                url=f"{self.account.address}{path}",
                headers=headers,
                body=None if body is None else json.dumps(body).encode(),
                allow_private=settings.ALLOW_PRIVATE_ADDRESSES,
                total_seconds=CALL_SECONDS,
                max_bytes=MOST_BYTES,
            )
        except OutgoingError as error:
            raise CallFailed(str(error)) from error
        return _answer(answer)


def _answer(answer: Response) -> Any:
    if answer.status in {401, 403}:
        raise SignInRefused("The helpdesk refuses our name and password, or this user is no staff member there.")
    if answer.status == 404:
        raise TicketGone("The helpdesk knows no such ticket, or its API is not at this address.")
    if answer.status >= 500 or answer.status == 429 or answer.status < 200:
        raise CallFailed(f"The helpdesk answered with error {answer.status}.")
    if answer.status >= 300:
        words = answer.body[:150].decode(errors="replace")
        raise CallRefused(f"The helpdesk refuses this ({answer.status}): {words}")
    try:
        return json.loads(answer.body)
    except ValueError as error:
        raise CallFailed("The helpdesk answered with something that is no JSON. Is its API switched on?") from error


def _expected(found: Any, field: str) -> dict[str, Any]:
    """Something that answers politely at this address may still be another program."""
    if isinstance(found, dict) and field in found:
        return found
    raise CallFailed("What answers at this address is not django-helpdesk's API.")


@contextmanager
def reading_answers() -> Iterator[None]:
    """For reading what the helpdesk answered: a form that we do not know is trouble over there. Raises CallFailed."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CallFailed(
            f"The helpdesk's answer cannot be read ({type(error).__name__}: {error}). Is it django-helpdesk 2.6?"
        ) from error


def _number(text: str) -> str:
    """Its ids are whole numbers; anything else must not become part of a path."""
    if not text.isascii() or not text.isdigit():
        raise TicketGone("The ticket's id is not one of django-helpdesk's.")
    return text
