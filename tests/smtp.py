"""A small mail server on loopback that can misbehave, for stories of sending.

A story hands it a script: for each mail, in the order in which they are offered, how to answer. What was accepted
(250 after the final dot was written out, or meant to be) is kept in `accepted`.
"""

import re
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import BinaryIO, Self

DROP = -1
ACCEPT_AND_DROP = -2
SILENCE = -3


@dataclass(frozen=True)
class Manners:
    """How the server treats one mail: the code it answers at each stage.

    DROP hangs up there, SILENCE never answers. `content` may also be ACCEPT_AND_DROP: the mail is kept, and the
    connection dies before the answer. A slow server thinks `seconds_in_content` before it keeps a mail.
    """

    mail: int = 250
    rcpt: int = 250
    data: int = 354
    content: int = 250
    seconds_in_content: float = 0.0


GOOD = Manners()


@dataclass
class MailServer:
    """Use it as a context manager. After the script `mood` decides; without one every mail is treated well."""

    script: deque[Manners] = field(default_factory=deque)
    mood: Callable[[], Manners] | None = None
    accepted: list[bytes] = field(default_factory=list)
    connections: int = 0
    most_connections: int | None = None
    pipelining: bool = False

    def treats(self, *manners: Manners) -> Self:
        """Adds to the script."""
        self.script.extend(manners)
        return self

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def mails(self) -> list[EmailMessage]:
        """The accepted mails, read."""
        return [message_from_bytes(each, policy=policy.default) for each in self.accepted]

    @property
    def message_ids(self) -> list[str]:
        """The Message-ID of each accepted mail, in order."""
        return [message_id(each) for each in self.accepted]

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, name="mail server", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def next_manners(self) -> Manners:
        """How the mail that is being offered is treated."""
        if self.script:
            return self.script.popleft()
        return self.mood() if self.mood else GOOD

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            if self.connections == self.most_connections:
                link.close()
                continue
            self.connections += 1
            threading.Thread(target=self._converse, args=(link,), daemon=True).start()

    def _converse(self, link: socket.socket) -> None:
        with link, link.makefile("rb") as lines:
            try:
                _Conversation(self, link, lines).run()
            except ConnectionError:
                return


class _Conversation:
    def __init__(self, server: MailServer, link: socket.socket, lines: BinaryIO) -> None:
        self._server = server
        self._link = link
        self._lines = lines
        self._manners = GOOD

    def run(self) -> None:
        self._say(220)
        for line in self._lines:
            word = line[:4].upper().strip()
            if word == b"QUIT":
                self._say(221)
                return
            if not self._answer(word):
                return

    def _answer(self, word: bytes) -> bool:
        if word == b"MAIL":
            self._manners = self._server.next_manners()
            return self._say(self._manners.mail)
        if word == b"RCPT":
            return self._say(self._manners.rcpt)
        if word == b"DATA":
            return self._say(self._manners.data) and (self._manners.data != 354 or self._take())
        if word == b"EHLO" and self._server.pipelining:
            self._link.sendall(b"250-loopback\r\n250 PIPELINING\r\n")
            return True
        return self._say(250)

    def _take(self) -> bool:
        content = b""
        for line in self._lines:
            if line == b".\r\n":
                break
            content += line.removeprefix(b".")
        else:
            # The connection ended in the middle of the mail, which is therefore not accepted.
            return False
        if self._manners.seconds_in_content:
            threading.Event().wait(self._manners.seconds_in_content)
        if self._manners.content in {250, ACCEPT_AND_DROP}:
            self._server.accepted.append(content)
        return self._say(self._manners.content)

    def _say(self, code: int) -> bool:
        """Answers, and says whether the connection goes on; it ends after 421, as the standard wants."""
        if code == SILENCE:
            self._lines.read()
        if code < 0:
            return False
        self._link.sendall(b"%d as the story wants\r\n" % code)
        return code != 421


def message_id(content: bytes) -> str:
    """The Message-ID of a mail as bytes."""
    found = re.search(rb"(?mi)^message-id:\s*(<[^>]+>)", content)
    return found[1].decode() if found else ""
