"""Keys to Acme, and a program that holds one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from businesses.enums import ApiScope
from businesses.models import Business, User
from businesses.services import create_api_key
from lib.tenancy import for_business
from tests.factories import NOW

Call = Callable[..., Any]


def new_key(business: Business, creator: User, *scopes: ApiScope) -> str:
    """The plain text of a fresh key."""
    with for_business(business):
        _, key = create_api_key(business=business, name="A program", scopes=scopes, creator=creator, now=NOW)
        return key


@pytest.fixture
def key(acme: Business, alice: User) -> str:
    """A key to everything of Acme."""
    return new_key(acme, alice, *ApiScope)


@pytest.fixture
def call(key: str) -> Call:
    """One call as a program does it; the key can be given otherwise."""

    def go(method: str, path: str, body: Any = None, *, key: str = key) -> Any:
        ask = getattr(Client(), method)
        headers = {"Authorization": f"Bearer {key}"}
        if body is None:
            return ask(f"/api/v1/{path}", headers=headers)
        return ask(f"/api/v1/{path}", data=body, content_type="application/json", headers=headers)

    return go
