"""Promises about every page. docs/security.md names each of these, and this test reads it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from businesses.models import Business, Customer
from lib.tenancy import for_business
from tests.factories import make_customer
from tests.hostile import PAYLOADS, skeleton

PROJECT = Path(__file__).resolve().parents[1]


def test_the_settings_of_a_real_installation_pass_djangos_own_check() -> None:
    # Browser stories of the same worker allow what a deployment may not (DJANGO_ALLOW_ASYNC_UNSAFE).
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CANDOR", "DJANGO"))}
    environment |= {
        "CANDOR_URL": "https://candor.example",
        "SECRET_KEY": "a long and random word, 0123456789, for this story only",
        "LINK_KEY": "ab" * 32,
    }
    checked = subprocess.run(
        [sys.executable, "-W", "error", "-m", "django", "check", "--deploy", "--settings", "config.settings"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
    )


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/app/acme/", "/app/acme/settings/", "/no-such-page/"])
def test_every_page_comes_with_its_guards(as_alice: Client, acme: Business, path: str) -> None:
    answer = as_alice.get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PROPFIND"])
def test_methods_that_no_page_knows_are_refused(as_alice: Client, acme: Business, method: str) -> None:
    assert as_alice.generic(method, "/app/acme/settings/").status_code == 405


@pytest.mark.django_db
def test_a_page_of_somebodys_is_kept_by_no_cache_between(as_alice: Client, acme: Business) -> None:
    for path in ("/app/acme/", "/app/acme/customers/", "/app/acme/settings/team/"):
        assert "Cookie" in as_alice.get(path)["Vary"]
        assert "private" in as_alice.get(path)["Cache-Control"]


def _one_line(payload: str) -> str:
    return payload.replace("\0", "").replace("\n", " ").replace("\r", " ")[:90]


@pytest.mark.django_db
def test_what_strangers_write_stays_text_in_the_list_of_customers(as_alice: Client, acme: Business) -> None:
    shapes: list[object] = []
    for names in (["plain words"] * len(PAYLOADS), [_one_line(payload) for payload in PAYLOADS]):
        with for_business(acme):
            Customer.objects.filter(business=acme).delete()
            for number, name in enumerate(names):
                make_customer(acme, f"{number}@mail.example", name)
        shapes.append(skeleton(as_alice.get("/app/acme/customers/").content.decode()))
    assert shapes[0] == shapes[1]


@pytest.mark.django_db
def test_the_name_of_a_business_stays_text(as_alice: Client, acme: Business) -> None:
    plain = skeleton(as_alice.get("/app/acme/customers/").content.decode())
    for payload in PAYLOADS:
        with for_business(acme):
            acme.name = _one_line(payload)
            acme.save(update_fields=["name"])
        assert skeleton(as_alice.get("/app/acme/customers/").content.decode()) == plain, payload


def test_every_line_of_the_checklist_names_a_test_that_exists() -> None:
    text = (PROJECT / "docs" / "security.md").read_text()
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    assert len(named) > 40
    for path, name in named:
        source = PROJECT / path
        assert source.is_file(), f"docs/security.md names {path}, which is not there"
        assert not name or f"def {name}(" in source.read_text(), f"docs/security.md names {path}::{name}"
