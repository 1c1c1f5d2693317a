"""Nobody floods, nobody is held up by a counter that is away, and a proxy does not make everybody one person."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from pytest_django import Settings

from lib import limits
from lib.errors import TooManyRequests


def tried(who: str, times: int, what: str = "story") -> int:
    """How many of so many tries were let through."""
    passed = 0
    for _ in range(times):
        try:
            limits.take(what=what, who=who, at_most="3/hour", message="Later.")
            passed += 1
        except TooManyRequests as refused:
            assert refused.message == "Later."
    return passed


def test_each_may_do_each_thing_so_often() -> None:
    cache.clear()
    assert tried("eve", 5) == 3
    assert tried("mia", 2) == 2
    assert tried("eve", 1) == 0
    assert tried("eve", 1, what="another story") == 1


def test_when_valkey_is_away_nobody_is_held_up(settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nowhere/valkey.sock?db=0"
    limits._limiter.cache_clear()
    try:
        assert tried("eve", 5) == 5
    finally:
        limits._limiter.cache_clear()


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("10.0.0.2", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("8.8.8.8", "203.0.113.9", "8.8.8.8"),
        ("", "203.0.113.9", "203.0.113.9"),
    ],
)
def test_the_address_is_the_proxys_word_only_within_our_network(peer: str, forwarded: str, expected: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"x-forwarded-for": forwarded} if forwarded else {})
    assert limits.client_address(request) == expected
