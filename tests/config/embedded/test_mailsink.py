"""The local inbox keeps each mail that was accepted, as it came."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

from config.embedded.mailsink import MailFolder, MailSink


def _send(sink: MailSink, *subjects: str) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port) as client:
        for subject in subjects:
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = "acme@candor.example", "dora@example.com", subject
            message.set_content("How was it? – Acme\n")
            client.send_message(message)


def test_mails_are_kept_in_the_order_of_their_acceptance(tmp_path: Path) -> None:
    with MailSink(tmp_path / "mail") as sink:
        _send(sink, "First", "Second")
        kept = [path.name for path in sink.mails.paths()]
        assert kept == ["000001.eml", "000002.eml"]
        assert b"Subject: Second" in (tmp_path / "mail" / "000002.eml").read_bytes()


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    for subject in ("Before", "After"):
        with MailSink(tmp_path) as sink:
            _send(sink, subject)
    kept = [path.read_bytes() for path in MailFolder(tmp_path).paths()]
    assert [b"Subject: Before" in kept[0], b"Subject: After" in kept[1], len(kept)] == [True, True, 2]


def test_a_mail_is_kept_byte_for_byte(tmp_path: Path) -> None:
    content = b"Subject: dots\r\n\r\n.one\r\n..two\r\nl\xc3\xa4ngd\r\n"
    with MailSink(tmp_path) as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.sendmail("acme@candor.example", ["dora@example.com"], content)
        assert (tmp_path / "000001.eml").read_bytes() == content
