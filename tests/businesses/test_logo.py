"""Uploading a logo, and every way to misuse it."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from businesses.models import Business
from lib.tenancy import for_business
from tests.businesses.test_settings_pages import SETTINGS
from tests.lib.test_images import JPEG, WEBP, png

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """A media folder of this story's own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def _upload(as_alice: Client, content: bytes, *, name: str = "logo.png", kind: str = "image/png") -> int:
    file = SimpleUploadedFile(name, content, content_type=kind)
    return as_alice.post("/app/acme/settings/", SETTINGS | {"logo": file}).status_code


def _address(acme: Business) -> str:
    with for_business(acme):
        acme.refresh_from_db()
    return str(acme.logo.url)


@pytest.mark.parametrize(
    ("content", "ending", "kind"),
    [(png(), "png", "image/png"), (JPEG, "jpg", "image/jpeg"), (WEBP, "webp", "image/webp")],
)
def test_a_picture_is_shown_as_what_it_is_whatever_it_was_called(
    as_alice: Client, acme: Business, content: bytes, ending: str, kind: str
) -> None:
    assert _upload(as_alice, content, name="../../evil.html", kind="text/html") == 302
    address = _address(acme)
    assert address.startswith("/media/logos/")
    assert address.endswith(f".{ending}")
    assert "evil" not in address
    shown = Client().get(address)
    assert shown.content == content
    assert shown["Content-Type"] == kind
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in shown


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)//",
        png() + b"<script>alert(1)</script>",
        png()[:30],
        JPEG[:-2] + b"PK\x05\x06",
        png(5000, 5000),
        b"\x89PNG\r\n\x1a\n" + b"\0" * (512 * 1024),
    ],
)
def test_anything_else_is_refused_and_nothing_is_stored(
    as_alice: Client, acme: Business, media: Path, content: bytes
) -> None:
    assert _upload(as_alice, content) == 422
    with for_business(acme):
        acme.refresh_from_db()
    assert not acme.logo
    assert not any(path.is_file() for path in media.rglob("*"))


def test_an_old_logo_stays_for_the_mails_that_show_it(as_alice: Client, acme: Business) -> None:
    _upload(as_alice, png())
    before = _address(acme)
    _upload(as_alice, JPEG)
    assert _address(acme) != before
    assert Client().get(before).status_code == 200
    as_alice.post("/app/acme/settings/", SETTINGS | {"remove_logo": "on"})
    with for_business(acme):
        acme.refresh_from_db()
    assert not acme.logo


@pytest.mark.parametrize(
    "path", ["../../settings.py", "..%2f..%2fsecret", "nothing.png", "abcdefghijkmnpqr.svg", "abcdefghijkmnpqr.png"]
)
def test_only_logos_are_served(client: Client, path: str) -> None:
    assert client.get(f"/media/logos/{path}").status_code == 404
