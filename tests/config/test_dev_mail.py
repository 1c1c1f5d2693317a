"""/dev/mail/: what a newcomer's own installation sent."""

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from config.embedded.mailsink import MailFolder

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def mails(tmp_path: Path, settings: Settings) -> MailFolder:
    """The inbox, empty."""
    settings.DATA_DIR = tmp_path
    return MailFolder(tmp_path / "mail")


def _mail(subject: str, *, html: str | None = None) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Acme <acme@candor.example>", "dora@example.com", subject
    message.set_content("How was it?\nhttp://localhost:8000/a/token\n")
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def test_the_newest_mail_stands_first(mails: MailFolder, client: Client) -> None:
    for subject in ("First", f"Second {HOSTILE}"):
        mails.keep(_mail(subject))
    page = client.get("/dev/mail/").content.decode()
    assert re.findall(r'row-title">(.*?)</span>', page) == ["Second &lt;script&gt;alert(1)&lt;/script&gt;", "First"]
    assert "To dora@example.com" in page


def test_an_empty_inbox_says_what_to_do(mails: MailFolder, client: Client) -> None:
    assert "No mail yet" in client.get("/dev/mail/").content.decode()


def test_older_mails_are_a_page_away(mails: MailFolder, client: Client) -> None:
    for number in range(51):
        mails.keep(_mail(f"Mail {number + 1}"))
    first = client.get("/dev/mail/").content.decode()
    assert (first.count('class="row"'), 'href="/dev/mail/?before=2"' in first) == (50, True)
    second = client.get("/dev/mail/?before=2").content.decode()
    assert re.findall(r'row-title">(.*?)</span>', second) == ["Mail 1"]


def test_a_mail_shows_its_page_its_text_with_links_and_its_headers(mails: MailFolder, client: Client) -> None:
    mails.keep(_mail("Question", html="<p>How was it?</p>"))
    page = client.get("/dev/mail/1/").content.decode()
    assert 'src="/dev/mail/1/page" sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert '<a href="http://localhost:8000/a/token" rel="noopener" target="_blank">' in page
    assert '<dd class="break">Acme &lt;acme@candor.example&gt;</dd>' in page


def test_the_mails_own_page_is_powerless_and_only_we_may_frame_it(mails: MailFolder, client: Client) -> None:
    mails.keep(_mail("Question", html=f"<p>Hello</p>{HOSTILE}"))
    page = client.get("/dev/mail/1/page")
    assert page["Content-Security-Policy"] == (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        "img-src http: https: data:; frame-ancestors 'self'"
    )
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert page.content.decode().startswith('<base target="_blank"><p>Hello</p>')


def test_the_source_is_what_came(mails: MailFolder, client: Client) -> None:
    mails.keep(_mail("Question"))
    source = client.get("/dev/mail/1/source")
    assert (source.content, source["Content-Type"]) == (_mail("Question"), "text/plain; charset=utf-8")


@pytest.mark.parametrize("path", ["/dev/mail/7/", "/dev/mail/7/page", "/dev/mail/7/source"])
def test_a_mail_that_never_came_is_not_found(mails: MailFolder, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
