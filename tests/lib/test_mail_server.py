"""A real mail server, which wants to be greeted before it is offered anything."""

from datetime import UTC, datetime
from pathlib import Path

from pytest_django import Settings

from config.embedded.mailsink import MailSink
from lib.mailing import Letter, MailServer, seal


def test_two_mails_go_over_one_connection_to_a_server_that_insists_on_manners(
    tmp_path: Path, settings: Settings
) -> None:
    letter = Letter(
        to="dora@customer.example",
        to_name="Dora Dahl",
        sender_name="Acme",
        reply_to="",
        subject="How did we do?",
        html="<p>Hello</p>",
        text="Hello\n",
        message_id="<inv-1@candor.example>",
        feedback_id="inv:acme:candor",
        unsubscribe_url="",
        written_at=datetime(2026, 11, 2, tzinfo=UTC),
    )
    with MailSink(tmp_path) as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        with MailServer() as server:
            for _ in range(2):
                server.offer(seal(letter))
                server.begin()
                server.give(seal(letter))
                server.hear()
        assert len(sink.mails.paths()) == 2
