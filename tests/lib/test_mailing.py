"""A letter on the wire: its headers, its two parts, and lines that no server takes for something else."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from lib.mailing import Letter, UndeliverableAddress, on_the_wire, seal, wire_address

LETTER = Letter(
    to="dora@customer.example",
    to_name="Dora Dahl",
    sender_name="Acme",
    reply_to="help@acme.example",
    subject="How did we do?",
    html="<p>Hello</p>\n",
    text="Hello\n",
    message_id="<inv-abc@candor.example>",
    feedback_id="invitation:acme:candor.example",
    unsubscribe_url="https://candor.example/u/token/",
    written_at=datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
)


def read(letter: Letter) -> EmailMessage:
    content = seal(letter).content
    assert content.endswith(b"\r\n.\r\n")
    message = content[:-3].replace(b"\r\n..", b"\r\n.")
    found = message_from_bytes(message, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert found.defects == []
    return found


def with_(**changes: str) -> Letter:
    return Letter(**(vars(LETTER) | changes))


def test_every_header_that_mailbox_providers_look_for() -> None:
    headers = {name: str(value) for name, value in read(LETTER).items() if name != "Content-Type"}
    assert headers == {
        "From": "Acme <surveys@localhost>",
        "To": "Dora Dahl <dora@customer.example>",
        "Subject": "How did we do?",
        "Date": "Mon, 02 Nov 2026 09:00:00 +0000",
        "Message-ID": "<inv-abc@candor.example>",
        "Reply-To": "help@acme.example",
        "Auto-Submitted": "auto-generated",
        "Feedback-ID": "invitation:acme:candor.example",
        "List-Unsubscribe": "<https://candor.example/u/token/>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
    }


def test_without_unsubscribing_and_reply_address_there_are_no_such_headers() -> None:
    message = read(with_(unsubscribe_url="", reply_to="", to_name=""))
    assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"], message["Reply-To"]) == (None, None, None)
    assert message["To"] == "dora@customer.example"


def test_the_plain_part_comes_first_and_both_survive_any_letters() -> None:
    text = "Hej Åsa, 100 % = nöjd?\n.\n..\nFrom us to you 🙂\n" + "long " * 300 + "\n"
    message = read(with_(text=text, html=f"<p>{text}</p>"))
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r\n", "\n") == text
    assert page.get_content().replace("\r\n", "\n") == f"<p>{text}</p>"


@pytest.mark.parametrize("name", ["Åsa Öberg", 'Say "Hi", Inc.', "Back\\slash", "x" * 180, "Ö" * 20, "日本語の会社"])
def test_names_and_subjects_of_any_letters_arrive_as_they_are(name: str) -> None:
    message = read(with_(sender_name=name, to_name=name, subject=name))
    assert message["From"].addresses[0].display_name == name
    assert message["To"].addresses[0].display_name == name
    assert message["Subject"] == name


def test_a_line_break_makes_no_header() -> None:
    evil = "Hello\r\nBcc: everybody@customer.example\n\nText"
    message = read(with_(sender_name=evil, to_name=evil, subject=evil))
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: everybody@customer.example Text"


def test_every_line_ends_as_the_standard_wants_and_is_short_enough() -> None:
    content = seal(with_(text="Å" * 5000, subject="Ö" * 300, html="<p>" + "x" * 5000)).content
    lines = content.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert max(map(len, lines)) <= 998
    assert content.isascii()


def test_dots_at_the_beginning_of_a_line_are_doubled() -> None:
    assert on_the_wire(b"a\n.b\r\n.\nc") == b"a\r\n..b\r\n..\r\nc\r\n.\r\n"


def test_an_international_domain_is_written_in_ascii() -> None:
    assert wire_address("dora@bücher.example") == "dora@xn--bcher-kva.example"
    with pytest.raises(UndeliverableAddress):
        wire_address("dörte@customer.example")
