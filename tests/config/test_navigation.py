"""The rail offers each member what they may open, and nothing else."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business


def offered(client: Client, business: Business) -> list[str]:
    """The addresses in the rail of the business's home page, in order."""
    page = client.get(reverse("home", kwargs={"business": business.slug})).content.decode()
    rail = page.split('class="rail-nav"')[1].split("</header>")[0]
    return re.findall(r'href="(/app/[^"]+)"', rail)


@pytest.mark.parametrize("who", ["as_alice", "as_bob"])
def test_everything_in_the_rail_opens_for_who_sees_it(acme: Business, who: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(who)
    addresses = offered(client, acme)
    assert addresses[0] == reverse("home", kwargs={"business": acme.slug})
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


def test_an_agent_is_not_offered_what_an_owner_decides(acme: Business, as_alice: Client, as_bob: Client) -> None:
    kept_back = set(offered(as_alice, acme)) - set(offered(as_bob, acme))
    for name in ("connections", "settings", "team"):
        assert reverse(name, kwargs={"business": acme.slug}) in kept_back
