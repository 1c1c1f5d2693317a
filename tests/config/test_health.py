"""Whoever minds the servers asks two addresses."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import Settings


def test_it_lives(client: Client) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"live": True})


@pytest.mark.django_db
def test_it_is_ready_when_both_servers_answer(client: Client) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "problems": []})


@pytest.mark.django_db
def test_it_names_the_valkey_that_does_not_answer(client: Client, settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nonexistent/valkey.sock?db=0",
        }
    }
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        503,
        {"ready": False, "problems": ["Valkey does not answer at the address in REDIS_URL."]},
    )


@pytest.mark.django_db(transaction=True)
def test_it_names_the_database_that_does_not_answer(client: Client) -> None:
    connection.close()
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nonexistent"
    try:
        answer = client.get("/health/ready")
    finally:
        connection.settings_dict["HOST"] = host
        connection.close()
    assert (answer.status_code, answer.json()["problems"]) == (
        503,
        ["PostgreSQL does not answer at the address in DATABASE_URL."],
    )
    cache.close()
