"""No text in the database can have a NUL, so no address or cookie with one is looked up."""

import pytest
from django.test import Client

from businesses.enums import ApiScope
from businesses.models import Business, User
from tests.api.conftest import new_key

pytestmark = pytest.mark.django_db

OPEN = ("/b/acme/?q=%00", "/b/acme/?q=a&lang=%00", "/w/acme.json?lang=%00", "/a/%00/", "/static/%00.css", "/?%00=1")
SIGNED_IN = ("inbox/?q=%00", "inbox/?before=%00", "customers/?q=%00", "customers/?after=a%00", "invitations/?which=%00")


@pytest.mark.parametrize("path", [*OPEN, *(f"/app/acme/{each}" for each in SIGNED_IN)])
def test_an_address_with_a_nul_is_refused_in_words(as_bob: Client, acme: Business, path: str) -> None:
    answer = as_bob.get(path)
    if path.startswith("/static/"):
        assert answer.status_code in {400, 404}
        return
    assert answer.status_code == 400
    assert "cannot be read" in answer.content.decode()


def test_the_api_refuses_it_in_its_own_form(client: Client, acme: Business, alice: User) -> None:
    key = new_key(acme, alice, *ApiScope)
    for path in ("responses?survey=%00", "reviews?stars=%00", "reviews?cursor=%00", "reviews/%00"):
        answer = client.get(f"/api/v1/{path}", headers={"authorization": f"Bearer {key}"})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_readable"), path


def test_a_session_that_holds_a_nul_is_refused(acme: Business) -> None:
    # In quotation marks a cookie may write any byte by its octal number.
    answer = Client(headers={"cookie": 'sessionid="\\000aaaaaaaaaaaa"'}).get("/app/acme/")
    assert answer.status_code == 400


def test_per_cent_signs_are_no_nul(as_bob: Client, acme: Business) -> None:
    assert as_bob.get("/app/acme/customers/?q=%2500").status_code == 200
