"""Every route × method × visitor: what belongs to Acme does not exist for anybody else.

A route that this test does not know fails it, so that a new page cannot forget the door.
"""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from businesses.models import Business

pytestmark = pytest.mark.django_db

METHODS = ("get", "head", "post", "put", "patch", "delete")
# What the libraries bring along and what is there for everybody, by the beginning of the route.
PUBLIC = (
    "",
    "accounts/",
    "help/",
    "styleguide/",
    "health/",
    "how-the-score-works/",
    "ledger/",
    "moderation/",
    "operator/",
    "verify.py",
    "dev/",
    "new/",
    "app/",
    "api/",
    "w/",
    "b/",
    "media/",
    "static/",
)
BY_TOKEN = ("a/", "r/", "c/", "u/", "join/", "hooks/")
SIGNED_IN = "app/<slug:business>/"
UNKNOWN = {
    "public_id": "nobodyhasthisid2",
    "token": "x" * 32,
    "secret": "x" * 24,
    "pk": "999999999",
    "key_id": "nobodyhasthisid2",
    "language": "en",
    "path": "0/000",
    "number": "999999999",
    "review": "nobodyhasthisid2",
    "membership_id": "999999999",
    "step": "no-such-step",
}


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """All routes of the installation as they are written in the urls modules."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def signed_in_routes() -> list[str]:
    """The routes of a business's own pages."""
    return [route for route in routes(get_resolver().url_patterns) if route.startswith(SIGNED_IN)]


def address(route: str, business: str) -> str:
    """The route's address for a business, with ids that nobody has."""

    def fill(match: re.Match[str]) -> str:
        name = match[2]
        return business if name == "business" else UNKNOWN[name]

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", fill, route)


def test_every_route_is_known_here() -> None:
    for route in routes(get_resolver().url_patterns):
        known = any(route == start or (start and route.startswith(start)) for start in (*PUBLIC, *BY_TOKEN))
        assert known, f"{route} is new: say here who may open it."


@pytest.mark.parametrize("method", METHODS)
def test_a_stranger_to_the_business_finds_nothing(as_charlie: Client, acme: Business, method: str) -> None:
    for route in signed_in_routes():
        answer = as_charlie.generic(method.upper(), address(route, "acme"))
        assert answer.status_code in {404, 405}, f"{method} {route}"
        assert b"Acme" not in answer.content, f"{method} {route}"
        none = as_charlie.generic(method.upper(), address(route, "no-such-business"))
        assert none.status_code == answer.status_code, f"{method} {route}"


def test_whoever_is_signed_out_is_asked_to_sign_in(client: Client, acme: Business) -> None:
    for route in signed_in_routes():
        answer = client.get(address(route, "acme"))
        if answer.status_code != 405:
            assert answer.status_code == 302, route
            assert answer["Location"].startswith("/accounts/login/"), route


@pytest.mark.parametrize("method", METHODS)
def test_an_own_page_with_an_unknown_id_is_not_there(as_alice: Client, acme: Business, method: str) -> None:
    for route in signed_in_routes():
        if "<" in route.removeprefix(SIGNED_IN):
            answer = as_alice.generic(method.upper(), address(route, "acme"))
            assert answer.status_code in {404, 405}, f"{method} {route}"


@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_token_opens_nothing(client: Client, method: str) -> None:
    for route in routes(get_resolver().url_patterns):
        if route.startswith(BY_TOKEN):
            answer = client.generic(method.upper(), address(route, "acme"))
            assert answer.status_code in {401, 404, 405}, f"{method} {route}"
