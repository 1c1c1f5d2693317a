"""Every signed-in route × method with ids that are real, and belong to somebody else.

`tests/test_crawler.py` walks with ids that nobody has. Here Globex has a row of every kind, and people of Acme put its
ids into addresses: the answer is the one for an id that nobody has, and nothing of Globex changes.
"""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from businesses.enums import ApiScope, Role
from businesses.models import Business, Membership, User
from businesses.services import invite_colleague
from integrations.helpdesks.django_helpdesk import Account
from integrations.services.connections import create_django_helpdesk
from lib.secrets import open_sealed
from lib.tenancy import for_business
from reviews.importing.uploads import upload
from tests.api.conftest import new_key
from tests.api.test_api import respond
from tests.factories import NOW, make_customer
from tests.links.stage import invite, surveys_of
from tests.reviews.stories import published
from tests.test_catalogue import tenant_models
from tests.test_crawler import METHODS, SIGNED_IN, UNKNOWN, signed_in_routes

pytestmark = pytest.mark.django_db

# What makes a POST worth doing once the row is found.
SENT = {"role": "agent", "status": "active", "where": "up", "sent": "yes", "body": "Taken over", "action": "reply"}
# Parts of routes that name no row.
NO_IDS = {"business", "step", "language"}

Ids = dict[str, str]


def routes_with_ids() -> list[str]:
    """The signed-in routes that name a row."""
    return [route for route in signed_in_routes() if set(re.findall(r"(?:\w+:)?(\w+)>", route)) - NO_IDS]


def kind_of(route: str) -> str:
    """What a route's id is an id of: the words before it, such as `settings/team`."""
    return route.removeprefix(SIGNED_IN).partition("/<")[0]


def address(route: str, business: str, row: str) -> str:
    """The route's address for a business and the id of a row."""

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        return business if name == "business" else UNKNOWN[name] if name in NO_IDS else row

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", fill, route)


@pytest.fixture
def ids(globex: Business, charlie: User) -> Ids:
    """The ids of Globex's rows, by the kind that routes name."""
    customer = make_customer(globex, "canary@customer.example", "CANARY")
    invitation = invite(globex, customer)
    review = published(globex, customer, title="CANARY")
    new_key(globex, charlie, *ApiScope)
    with for_business(globex) as now:
        account = Account(address="https://help.example/", user="candor", password="secret")
        connection = create_django_helpdesk(business=globex, name="CANARY", account=account, actor="Charlie", now=now)
        uploaded = upload(
            business=globex,
            file_name="CANARY.csv",
            data=b"stars,text\n5,Good\n",
            imported_from="elsewhere",
            author=charlie,
            now=now,
        )
        uploaded.bad_lines = "stars,text\n"
        uploaded.save()
        colleague = invite_colleague(
            business=globex, email="canary@globex.example", role=Role.AGENT, inviter=charlie, now=now
        )
        return {
            "connections": connection.public_id,
            "customers": customer.public_id,
            "import": uploaded.public_id,
            "inbox": review.public_id,
            "invitations": invitation.public_id,
            "settings/keys": globex.apikey_set.get().key_id,
            "settings/team": str(Membership.objects.get(user=charlie).pk),
            "settings/team/invitations": colleague.public_id,
            "surveys": surveys_of(globex)["csat"].public_id,
        }


def rows_of(business: Business) -> dict[str, list[Any]]:
    """Everything that the business has, to compare."""
    with for_business(business):
        return {model._meta.db_table: list(model._base_manager.order_by("pk").values()) for model in tenant_models()}


def ask(client: Client, method: str, path: str) -> Any:
    """One request that would do what it asks for if the row were there."""
    return client.post(path, SENT) if method == "post" else client.generic(method.upper(), path)


def test_every_kind_of_id_is_known_here(ids: Ids) -> None:
    assert {kind_of(route) for route in routes_with_ids()} == set(ids)


def test_the_ids_are_right_since_they_open_for_their_owner(as_charlie: Client, ids: Ids) -> None:
    for route in routes_with_ids():
        path = address(route, "globex", ids[kind_of(route)])
        for method in ("get", "post"):
            with transaction.atomic():
                answer = ask(as_charlie, method, path)
                assert answer.status_code != 404, f"{method} {path}"
                transaction.set_rollback(True)


@pytest.mark.parametrize("method", METHODS)
def test_an_owner_of_acme_finds_nothing_of_globex(
    as_alice: Client, acme: Business, globex: Business, ids: Ids, method: str
) -> None:
    before = rows_of(globex)
    for route in routes_with_ids():
        for business in ("acme", "globex"):
            path = address(route, business, ids[kind_of(route)])
            answer = ask(as_alice, method, path)
            assert answer.status_code in {404, 405}, f"{method} {path}"
            assert b"CANARY" not in answer.content, f"{method} {path}"
    assert rows_of(globex) == before


@pytest.mark.parametrize("method", METHODS)
def test_an_agent_of_acme_finds_nothing_of_globex_either(
    as_bob: Client, acme: Business, globex: Business, ids: Ids, method: str
) -> None:
    before = rows_of(globex)
    for route in routes_with_ids():
        row, unknown = ids[kind_of(route)], "999999999" if "<int:" in route else UNKNOWN["public_id"]
        answer = ask(as_bob, method, address(route, "acme", row))
        # On an owner's page the role is refused before any row is looked for, so that 403 tells nothing of the id.
        assert answer.status_code in {403, 404, 405}, f"{method} {route}"
        assert answer.status_code == ask(as_bob, method, address(route, "acme", unknown)).status_code, route
        assert b"CANARY" not in answer.content, f"{method} {route}"
        assert ask(as_bob, method, address(route, "globex", row)).status_code in {404, 405}, f"{method} {route}"
    assert rows_of(globex) == before


def test_a_key_to_acme_opens_nothing_of_globex(
    client: Client, acme: Business, globex: Business, alice: User, ids: Ids
) -> None:
    respond(globex, make_customer(globex, "second@customer.example", "CANARY"), 3, comment="CANARY")
    headers = {"authorization": f"Bearer {new_key(acme, alice, *ApiScope)}"}
    before = rows_of(globex)
    for path in (f"reviews/{ids['inbox']}", f"reviews/{ids['inbox']}/reply"):
        for method in METHODS:
            sent = b'{"body": "Taken over"}' if method == "post" else b""
            answer = client.generic(method.upper(), f"/api/v1/{path}", sent, "application/json", headers=headers)
            assert answer.status_code in {404, 405}, f"{method} {path}"
            assert b"CANARY" not in answer.content
    listed = client.get(f"/api/v1/responses?survey={ids['surveys']}", headers=headers)
    assert (listed.status_code, listed.json()["results"]) == (200, [])
    assert rows_of(globex) == before


def test_the_secret_of_acmes_helpdesk_opens_no_door_of_globex(
    client: Client, acme: Business, globex: Business, ids: Ids
) -> None:
    with for_business(acme):
        account = Account(address="https://help.example/", user="candor", password="secret")
        own = create_django_helpdesk(business=acme, name="Ours", account=account, actor="Alice", now=NOW)
    path = f"/hooks/{ids['connections']}/{open_sealed(own.secret)}/"
    assert client.post(path, data={"ticket": {"id": 1}}, content_type="application/json").status_code == 401
