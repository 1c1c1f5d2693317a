"""Logs tell what went wrong and never what opens a door."""

import logging
import sys
from io import StringIO

import pytest
from django.test import Client

from lib.logs import WithoutSecrets, without_secrets


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Not Found: /a/J7uO2A-qDMjCKnIwyy3Q09LNGA5wHgVR/thanks/", "Not Found: /a/…"),
        ("/hooks/abcdefgh2345jkmn/verysecret/ refused", "/hooks/… refused"),
        ("https://candor.example/join/xyz?next=1", "https://candor.example/join/…?next=1"),
        ("/app/acme/inbox/ and /b/acme/ stay", "/app/acme/inbox/ and /b/acme/ stay"),
    ],
)
def test_what_opens_a_door_is_cut(said: str, written: str) -> None:
    assert without_secrets(said) == written


def test_a_record_loses_its_secrets_and_so_does_its_traceback() -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(WithoutSecrets())
    try:
        raise ValueError("/r/verysecret/ broke")
    except ValueError:
        record = logging.LogRecord("django.request", 40, __file__, 1, "Error: %s", ("/u/alsosecret/",), sys.exc_info())
    handler.handle(record)
    assert "Error: /u/…" in stream.getvalue()
    assert "ValueError: /r/… broke" in stream.getvalue()
    assert "verysecret" not in stream.getvalue()
    assert "alsosecret" not in stream.getvalue()


@pytest.mark.django_db
def test_the_installations_own_handler_writes_no_token(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = StringIO()
    (console,) = [each for each in logging.getLogger().handlers if each.name == "console"]
    monkeypatch.setattr(console, "stream", stream)
    assert client.get("/a/averysecrettokenaverysecrettoken/").status_code == 404
    assert stream.getvalue().endswith("WARNING django.request Not Found: /a/…\n")
