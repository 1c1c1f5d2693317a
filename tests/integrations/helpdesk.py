"""A real django-helpdesk in a process of its own, and Agnes, who works in it."""

import json
import os
import subprocess
import sys
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
OPEN, REOPENED, RESOLVED, CLOSED = 1, 2, 3, 4


@dataclass(frozen=True)
class RunningHelpdesk:
    """What a story does with the helpdesk, through its own API, as Agnes."""

    address: str
    folder: Path

    def push_to(self, *addresses: str) -> None:
        """Tells the helpdesk whom to tell; the others hear nothing any more."""
        (self.folder / "webhooks").write_text("\n".join(addresses))

    def open_ticket(self, title: str = "The parcel is late", email: str = "dora@customer.example") -> str:
        """Dora writes in; the ticket's id."""
        made = self.call(
            "POST",
            "api/tickets/",
            {"queue": 1, "title": title, "description": "Where is it?", "submitter_email": email, "priority": 3},
        )
        return str(made["id"])

    def follow_up(self, ticket: str, comment: str, status: int | None = None, *, public: bool = True) -> None:
        """What an agent does in the ticket; this fires the webhook."""
        body: dict[str, Any] = {"ticket": int(ticket), "comment": comment, "public": public}
        self.call("POST", "api/followups/", body if status is None else {**body, "new_status": status})

    def set_silently(self, ticket: str, **fields: Any) -> None:
        """A change through the API, of which no webhook tells."""
        self.call("PATCH", f"api/tickets/{ticket}/", fields)

    def delete(self, ticket: str) -> None:
        """The ticket is gone."""
        self.call("DELETE", f"api/tickets/{ticket}/")

    def ticket(self, ticket: str) -> dict[str, Any]:
        """The ticket as it stands there."""
        found: dict[str, Any] = self.call("GET", f"api/tickets/{ticket}/")
        return found

    def mails_to(self, address: str) -> int:
        """How many mails the helpdesk wrote to somebody."""
        return sum(f"To: {address}" in mail.read_text() for mail in (self.folder / "mails").iterdir())

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call as Agnes."""
        request = urllib.request.Request(  # noqa: S310 - Our own server.
            f"{self.address}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Basic {b64encode(b'agnes:agnes-password').decode()}",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            text = answer.read()
        return json.loads(text) if text else None


@contextmanager
def running_helpdesk(folder: Path) -> Iterator[RunningHelpdesk]:
    """A fresh installation in a folder, until the end of the block."""
    (folder / "mails").mkdir()
    (folder / "webhooks").touch()
    environment = {
        **os.environ,
        "PYTHONPATH": str(TESTS),
        "DJANGO_SETTINGS_MODULE": "helpdesk_site.settings",
        "HELPDESK_DATABASE": str(folder / "helpdesk.sqlite3"),
        "HELPDESK_MAILS": str(folder / "mails"),
        "HELPDESK_WEBHOOKS": str(folder / "webhooks"),
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "helpdesk_site.serve"], env=environment, stdout=subprocess.PIPE, stderr=log
        )
        try:
            assert server.stdout is not None
            port = server.stdout.readline().decode().strip()
            assert port, (folder / "log").read_text()
            yield RunningHelpdesk(address=f"http://127.0.0.1:{port}/", folder=folder)
        finally:
            server.terminate()
            server.wait(timeout=10)
            if server.stdout is not None:
                server.stdout.close()
