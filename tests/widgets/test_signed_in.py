"""Where an owner chooses a widget and copies its code."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from businesses.models import Business, User
from tests.factories import make_business
from tests.widgets.stage import HOSTILE

pytestmark = pytest.mark.django_db

PAGE = "/app/acme/widgets/"


def page(client: Client, query: str = "", address: str = PAGE) -> str:
    answer = client.get(address + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_owner_copies_script_frame_and_image(as_alice: Client, acme: Business) -> None:
    text = unescape(page(as_alice))
    assert '<script src="http://localhost:8000/w/candor.js" async></script>' in text
    assert '<candor-widget business="acme" type="badge">' in text
    assert '<div><a href="http://localhost:8000/b/acme/" aria-label="Customer reviews of Acme">' in text
    assert '<svg width="260" height="72">' in text
    assert '<iframe src="http://localhost:8000/w/acme/frame?type=badge" title="Customer reviews of Acme"' in text
    assert '<img src="http://localhost:8000/w/acme/badge.svg"\n  width="260" height="72"' in text


def test_a_choice_changes_the_code_without_scripts(as_alice: Client, acme: Business) -> None:
    text = unescape(page(as_alice, "?type=card&theme=dark&lang=sv"))
    assert '<candor-widget business="acme" type="card" theme="dark" lang="sv">' in text
    assert "/w/acme/frame?type=card&amp;theme=dark&amp;lang=sv" in text
    assert "/w/acme/badge.svg?theme=dark&amp;lang=sv" in text
    assert 'width="320" height="440"' in text
    assert "Kundomdömen om Acme" in text


def test_a_choice_that_does_not_exist_is_the_first_one(as_alice: Client, acme: Business) -> None:
    assert '<candor-widget business="acme" type="badge">' in unescape(page(as_alice, "?type=huge&theme=pink&lang=xx"))


def test_the_code_of_a_business_with_a_hostile_name_is_harmless(as_alice: Client, alice: User) -> None:
    business = make_business(HOSTILE[:100], alice)
    text = page(as_alice, address=reverse("widgets", kwargs={"business": business.slug}))
    assert "<script>alert" not in text
    (copied, *_others) = [unescape(each) for each in re.findall(r'data-copy="([^"]*)"', text)]
    assert copied.startswith("<script src=")
    assert "<script>alert" not in copied


def test_an_agent_does_not_choose_widgets(as_bob: Client, acme: Business) -> None:
    assert as_bob.get(PAGE).status_code == 403


def test_the_demo_shop_embeds_what_the_page_gives(client: Client, as_alice: Client, acme: Business) -> None:
    shop = client.get(reverse("dev_shop"))
    text = shop.content.decode()
    assert "<h1>Kit that comes home with you, year after year.</h1>" in text
    for query in ("?type=badge", "?type=card"):
        code = unescape(page(as_alice, query)).split('<candor-widget business="acme" type=')[-1]
        assert code.split("</candor-widget>")[0] in text
    assert "script-src http://localhost:8000; connect-src http://localhost:8000" in shop["Content-Security-Policy"]
    assert client.get(reverse("dev_shop"), {"business": "nobody"}).status_code == 404
