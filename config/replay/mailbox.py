"""The customers' mailboxes: what the sink has accepted."""

import threading
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from config.embedded.mailsink import MailFolder
from config.replay.browser import Page, parsed


@dataclass(frozen=True)
class Mail:
    """An accepted mail: what a replay needs of it."""

    message_id: str
    to: str
    subject: str
    html: Page


class Mailbox:
    """All mails by Message-ID; reads the sink's folder again for what came since. Safe between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = MailFolder(folder)
        self._seen = 0
        self._lock = threading.Lock()
        self.mails: dict[str, Mail] = {}
        self.counts: Counter[str] = Counter()

    def look(self) -> None:
        """Takes in the mails that have arrived since the last look."""
        with self._lock:
            while (path := self._folder.path(self._seen + 1)).exists():
                self._seen += 1
                mail = _read(path)
                self.mails[mail.message_id] = mail
                self.counts[mail.message_id] += 1

    def find(self, message_id: str) -> Mail | None:
        """The mail with this Message-ID, if it was accepted."""
        self.look()
        return self.mails.get(message_id)

    def count(self, message_ids: set[str]) -> tuple[int, int]:
        """How many of these were accepted, and how many more often than once."""
        self.look()
        found = [self.counts[each] for each in message_ids if self.counts[each]]
        return len(found), sum(times > 1 for times in found)


def _read(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    html = message.get_body(("html",))
    text = html.get_content() if html else ""
    return Mail(str(message["Message-ID"]), str(message["To"]), str(message["Subject"]), parsed("", 200, text))
