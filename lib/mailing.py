"""Writing one mail and handing it to a mail server in the two stages that the protocol of sending needs.

What is said to the server before DATA can be said again; what comes after DATA cannot. `businesses.delivery` commits
between the two.
"""

import re
import secrets
import smtplib
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, parseaddr, quote
from typing import Self

import css_inline
from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from email_validator import EmailNotValidError, validate_email

_DONE = 250
_ACCEPTED = {_DONE, 251}
_READY = 354
_CLOSING = 421
# What a server says to RCPT of a mailbox that does not exist (RFC 5321, 4.2.3), unless it adds that it is a matter of
# its policy or security (RFC 3463, X.7), which says nothing of the mailbox.
_NOBODY_THERE = {550, 551, 553}
_POLICY = "5.7."
_SEVERAL_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")
_LINE_END = re.compile(rb"\r\n|\r|\n")
# Keeps @media rules, which mail programs that know the dark read, and leaves nothing to be fetched.
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


class Refused(Exception):
    """The server's definite no: nothing was accepted. `temporary` is a 4xx, `closing` its farewell (421)."""

    def __init__(self, stage: str, code: int, text: str) -> None:
        super().__init__(f"{stage}: {code} {text}")
        self.stage = stage
        self.code = code
        self._text = text

    @property
    def temporary(self) -> bool:
        """Whether the same mail may be accepted later."""
        return self.code < 500

    @property
    def nobody_there(self) -> bool:
        """Whether the server says that the mailbox does not exist."""
        return self.stage == "RCPT" and self.code in _NOBODY_THERE and not self._text.startswith(_POLICY)

    @property
    def closing(self) -> bool:
        """Whether the server ends the connection with this answer."""
        return self.code == _CLOSING


class NotConnected(Exception):
    """The server could not be reached, or was lost before any of the mail was given to it: safe to try again."""


class Unclear(Exception):
    """The connection died after the mail was given to the server: nobody can tell whether it was accepted."""


class UndeliverableAddress(Exception):
    """The address cannot be written in SMTP without an extension that few servers know."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything a mail says and is. `sender_name` stands before the installation's own address.

    With `unsubscribe_url` a mail program shows its own button for it (RFC 8058). `feedback_id` is what mailbox
    providers report complaints by. `written_at` is aware. `files` are JSON texts by their ASCII file names.
    """

    to: str
    to_name: str
    sender_name: str
    reply_to: str
    subject: str
    html: str
    text: str
    message_id: str
    feedback_id: str
    unsubscribe_url: str
    written_at: datetime
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Envelope:
    """A mail ready for the wire: `content` has CRLF line ends, doubled leading dots and the final dot."""

    sender: str
    recipient: str
    content: bytes


def absolute(route: str, **parts: str) -> str:
    """The whole address of a route, as a mail needs it."""
    return settings.CANDOR_URL + reverse(route, kwargs=parts)


def render(template: str, context: Mapping[str, object], *, language: str) -> tuple[str, str]:
    """The HTML part and its text twin from templates/mail/<template>.html and .txt, in a language.

    The style element is written into the elements, since many mail programs drop it.
    """
    with translation.override(language):
        html = render_to_string(f"mail/{template}.html", dict(context))
        text = render_to_string(f"mail/{template}.txt", dict(context))
    return _INLINER.inline(html), _SEVERAL_EMPTY_LINES.sub("\n\n", text).strip() + "\n"


def render_line(template: str, context: Mapping[str, object], *, language: str) -> str:
    """One line of plain text, such as a subject, from templates/mail/<template>.txt, in a language."""
    with translation.override(language):
        return _one_line(render_to_string(f"mail/{template}.txt", dict(context)))


def seal(letter: Letter) -> Envelope:
    """Turns a letter into what goes over the wire. Raises UndeliverableAddress.

    The standard library's EmailMessage would take longer for this than the mail server for the mail.
    """
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    recipient = wire_address(letter.to)
    content_type, body = _body(letter)
    headers = [
        f"From: {_named(letter.sender_name, sender)}",
        f"To: {_named(letter.to_name, recipient)}",
        f"Subject: {_words(letter.subject)}",
        f"Date: {format_datetime(letter.written_at)}",
        f"Message-ID: {letter.message_id}",
        *([f"Reply-To: {wire_address(letter.reply_to)}"] if letter.reply_to else []),
        "Auto-Submitted: auto-generated",
        f"Feedback-ID: {letter.feedback_id}",
        *(_unsubscribe_headers(letter.unsubscribe_url) if letter.unsubscribe_url else []),
        "MIME-Version: 1.0",
        f"Content-Type: {content_type}",
    ]
    content = "\r\n".join(headers).encode("ascii") + b"\r\n" + body
    return Envelope(sender=sender, recipient=recipient, content=on_the_wire(content))


def _body(letter: Letter) -> tuple[str, bytes]:
    """The type and the parts of a mail: its text twice, for the reader to choose, and behind them the files, if any."""
    boundary = f"part-{secrets.token_hex(12)}"
    parts = [_part(boundary, f"text/{kind}", text) for kind, text in (("plain", letter.text), ("html", letter.html))]
    content_type = f'multipart/alternative; boundary="{boundary}"'
    body = b"".join(parts) + f"\r\n--{boundary}--\r\n".encode()
    if not letter.files:
        return content_type, body
    outer = f"mixed-{secrets.token_hex(12)}"
    files = [
        _part(outer, "application/json", text, f'Content-Disposition: attachment; filename="{name}"\r\n')
        for name, text in letter.files.items()
    ]
    whole = f"\r\n--{outer}\r\nContent-Type: {content_type}\r\n".encode() + body + b"".join(files)
    return f'multipart/mixed; boundary="{outer}"', whole + f"\r\n--{outer}--\r\n".encode()


def _unsubscribe_headers(address: str) -> list[str]:
    return [f"List-Unsubscribe: <{address}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


def _part(boundary: str, kind: str, text: str, further: str = "") -> bytes:
    head = (
        f"\r\n--{boundary}\r\nContent-Type: {kind}; charset=utf-8\r\n{further}"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode("ascii") + b2a_qp(text.encode(), istext=True)


def on_the_wire(message: bytes) -> bytes:
    """A message as DATA sends it (RFC 5321, 4.5.2): CRLF line ends, leading dots doubled, the dot that ends it."""
    lines = _LINE_END.sub(b"\r\n", message)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")


def wire_address(address: str) -> str:
    """The address in ASCII, an international domain in its xn-- form. Raises UndeliverableAddress."""
    if address.isascii():
        return address
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise UndeliverableAddress(str(error)) from error
    if found.ascii_email is None:
        raise UndeliverableAddress("The part before the @ has letters that mail servers do not agree on.")
    return found.ascii_email


def _named(name: str, address: str) -> str:
    words = _one_line(name)
    if not words:
        return address
    phrase = f'"{quote(words)}"' if words.isascii() else _words(words)
    return f"{phrase} <{address}>"


def _words(text: str) -> str:
    """Words of a header on one line, or in encoded words where they are not ASCII (RFC 2047)."""
    line = _one_line(text)
    return line if line.isascii() else Header(line, "utf-8").encode(linesep="\r\n")


def _one_line(text: str) -> str:
    return " ".join(text.split())


class MailServer:
    """One connection to the mail server, kept for a batch. Use it as a context manager.

    Entering connects and signs in; raises NotConnected.
    """

    def __init__(self) -> None:
        self._backend = EmailBackend()
        self._proposed = False

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def reconnect(self) -> None:
        """Leaves what is left of the connection and makes a new one. Raises NotConnected."""
        self._leave()
        self._connect()

    def _connect(self) -> None:
        try:
            self._backend.open()
            self._smtp.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            raise NotConnected(f"The mail server does not let us in: {error}") from error

    def _leave(self) -> None:
        connection = self._backend.connection
        if connection is None:
            return
        try:
            connection.quit()
        except (OSError, smtplib.SMTPException):
            connection.close()
        self._backend.connection = None

    @property
    def _smtp(self) -> smtplib.SMTP:
        connection = self._backend.connection
        if not isinstance(connection, smtplib.SMTP):
            raise NotConnected("There is no connection to the mail server.")
        return connection

    def propose(self, envelope: Envelope) -> None:
        """Sends MAIL FROM and RCPT TO at once (RFC 2920) where the server takes that, ahead of `offer`."""
        if self._smtp.has_extn("pipelining"):
            try:
                self._smtp.send(f"MAIL FROM:<{envelope.sender}>\r\nRCPT TO:<{envelope.recipient}>\r\n")
            except (OSError, smtplib.SMTPException):
                # The offer will find the connection closed and say so.
                return
            self._proposed = True

    def offer(self, envelope: Envelope) -> None:
        """Says who writes to whom, unless that was proposed, and hears the answers. Nothing is accepted yet.

        Raises Refused, after which the connection is ready for another mail, and NotConnected.
        """
        proposed, self._proposed = self._proposed, False
        try:
            smtp = self._smtp
            if proposed:
                answers = [("MAIL", smtp.getreply()), ("RCPT", smtp.getreply())]
            else:
                answers = [("MAIL", smtp.mail(envelope.sender))]
                if answers[0][1][0] == _DONE:
                    answers.append(("RCPT", smtp.rcpt(envelope.recipient)))
        except (OSError, smtplib.SMTPException) as error:
            raise NotConnected(f"The connection was lost before the mail was given: {error}") from error
        for stage, (code, text) in answers:
            if code not in _ACCEPTED:
                self.withdraw()
                raise Refused(stage, code, text.decode(errors="replace"))

    def withdraw(self) -> None:
        """Takes an offer back, so that the connection is ready for another mail."""
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()

    def begin(self) -> None:
        """Announces the mail (DATA). Raises NotConnected."""
        try:
            self._smtp.putcmd("DATA")
        except (OSError, smtplib.SMTPException) as error:
            raise NotConnected(f"The connection was lost before the mail was given: {error}") from error

    def give(self, envelope: Envelope) -> None:
        """Sends the mail when the server is ready for it.

        Raises Refused (a definite no), NotConnected (lost before a byte of the mail was sent) and Unclear.
        """
        try:
            code, text = self._smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise NotConnected(f"The connection was lost before the mail was given: {error}") from error
        if code != _READY:
            raise Refused("DATA", code, text.decode(errors="replace"))
        try:
            self._smtp.send(envelope.content)
        except (OSError, smtplib.SMTPException) as error:
            raise Unclear(f"The connection was lost while the mail was given: {error}") from error

    def hear(self) -> None:
        """Hears that the mail is accepted. Raises Refused (a definite no) and Unclear."""
        try:
            code, text = self._smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Unclear(f"The connection was lost while the mail was given: {error}") from error
        words = text.decode(errors="replace")
        if code == -1:
            raise Unclear(f"The server's answer makes no sense: {words}")
        if code != _DONE:
            raise Refused("content", code, words)
