"""The stage for stories of mails: a mail server on loopback, and the routes that mails link to."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.smtp import MailServer


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    """A mail server that the program is told to use."""
    settings.ROOT_URLCONF = "tests.mail_routes"
    with MailServer() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running
