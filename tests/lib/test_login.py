"""The program refuses to run under a login that row-level security does not hold."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client

from lib.login import UnsafeLogin, _complaint
from lib.tenancy import as_owner

USE = "use candor_app. See docs/operating.md, With your own servers."


@pytest.fixture
def as_the_owner(transactional_db: None) -> Iterator[None]:
    """DATABASE_URL names the owner, by mistake."""
    login = connection.settings_dict
    saved = {key: login[key] for key in ("USER", "PASSWORD")}
    owner = urlsplit(os.environ["DATABASE_OWNER_URL"])
    connection.close()
    login.update(USER=owner.username, PASSWORD=owner.password)
    yield
    connection.close()
    login.update(saved)


def test_the_owner_of_the_tables_is_refused_each_time(as_the_owner: None) -> None:
    for _ in range(2):
        with pytest.raises(UnsafeLogin) as refusal:
            connection.ensure_connection()
        assert str(refusal.value) == (
            f"DATABASE_URL logs in as the owner of the tables, which row-level security does not hold: {USE}"
        )


def test_health_says_so(as_the_owner: None, client: Client) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["problems"]) == (
        503,
        [f"DATABASE_URL logs in as the owner of the tables, which row-level security does not hold: {USE}"],
    )


@pytest.mark.django_db(transaction=True)
def test_migrations_pass_as_the_owner() -> None:
    with as_owner():
        connection.ensure_connection()
        assert connection.is_usable()


@pytest.mark.parametrize(
    ("powers", "words"),
    [
        ((170006, False, False, False, False), None),
        ((170005, False, False, False, False), "Candor needs PostgreSQL 17.6 or newer, and this is 17.5."),
        ((180004, True, True, True, True), "as a superuser"),
        ((180004, False, True, False, False), "as a role with BYPASSRLS"),
        ((180004, False, False, False, True), "as a role that may TRUNCATE"),
    ],
)
def test_every_power_too_many_is_named(powers: tuple[int, bool, bool, bool, bool], words: str | None) -> None:
    assert (words or "") in (_complaint(*powers) or "")
    assert (_complaint(*powers) is None) == (words is None)
