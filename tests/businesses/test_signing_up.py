"""Signing up, signing in and everything around a sign-in, as a person meets it."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from businesses.models import Business, Membership, User
from lib.tenancy import for_business, for_service
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

ERIN = "erin@shop.example"


def _code() -> str:
    found = re.search(r"^    (\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found is not None
    return found[1]


def _sign_up(client: Client, password: str = PASSWORD) -> None:
    client.post("/accounts/signup/", {"name": "Erin Ek", "email": ERIN, "password1": password})
    client.post("/accounts/confirm-email/", {"code": _code()})


def test_erin_signs_up_confirms_by_code_and_opens_a_business(client: Client) -> None:
    page = client.get("/accounts/signup/")
    assert "Create your account" in page.content.decode()
    answer = client.post("/accounts/signup/", {"name": "Erin Ek", "email": ERIN, "password1": PASSWORD})
    assert answer["Location"] == "/accounts/confirm-email/"
    assert "It works for ten minutes" in client.get(answer["Location"]).content.decode()
    answer = client.post("/accounts/confirm-email/", {"code": _code()})
    assert answer["Location"] == "/app/"
    assert client.get("/app/")["Location"] == "/new/"

    answer = client.post(
        "/new/", {"name": "Shop & Söner", "site": "shop.example", "language": "sv", "time_zone": "Europe/Stockholm"}
    )

    assert answer["Location"] == "/app/shop-soner/"
    home = client.get("/app/shop-soner/").content.decode()
    assert "First steps" in home
    business = Business.objects.none()
    with for_service("the business that Erin made"):
        business = Business.objects.filter(slug="shop-soner")
        made = business.values("name", "site", "language", "time_zone").get()
        owner = Membership.objects.get(business__slug="shop-soner")
        assert str(owner.user) == "Erin Ek"
    assert made == {
        "name": "Shop & Söner",
        "site": "https://shop.example",
        "language": "sv",
        "time_zone": "Europe/Stockholm",
    }


def test_a_new_business_has_three_surveys(client: Client) -> None:
    _sign_up(client)
    client.post("/new/", {"name": "Shop", "language": "en", "time_zone": "UTC"})
    with for_service("the business that Erin made"):
        business = Business.objects.get(slug="shop")
    with for_business(business):
        assert sorted(business.survey_set.values_list("kind", "status")) == [
            ("ces", "paused"),
            ("csat", "active"),
            ("nps", "active"),
        ]


def test_without_a_password_a_code_signs_in(client: Client) -> None:
    _sign_up(client, password="")
    client.post("/accounts/logout/")
    answer = client.post("/accounts/login/code/", {"email": ERIN})
    assert answer["Location"] == "/accounts/login/code/confirm/"
    assert client.post("/accounts/login/code/confirm/", {"code": _code()})["Location"] == "/app/"
    assert not User.objects.get(email=ERIN).has_usable_password()


def test_a_mail_about_a_code_is_ours_in_both_forms(client: Client) -> None:
    client.post("/accounts/signup/", {"name": "Erin <b>Ek</b>", "email": ERIN, "password1": PASSWORD})
    message = mail.outbox[-1]
    assert isinstance(message, EmailMultiAlternatives)
    code = _code()
    assert message.subject == f"{code} is your code for Candor"
    assert message.extra_headers == {"Auto-Submitted": "auto-generated"}
    html = str(message.alternatives[0][0])
    assert f">{code}</p>" in html
    assert "Sent with Candor" not in html


def test_signing_up_twice_looks_the_same_and_tells_only_the_mailbox(client: Client) -> None:
    make_user(ERIN, "Erin Ek")
    answer = client.post("/accounts/signup/", {"name": "Mallory", "email": ERIN, "password1": PASSWORD})
    assert answer["Location"] == "/accounts/confirm-email/"
    assert mail.outbox[-1].subject == "You already have an account"
    assert EmailAddress.objects.filter(email=ERIN).count() == 1


def test_an_unknown_address_gets_the_same_answer(client: Client) -> None:
    _sign_up(client)
    known, unknown = Client(), Client()
    first = known.post("/accounts/login/", {"login": ERIN, "password": "wrong password here"})
    second = unknown.post("/accounts/login/", {"login": "nobody@shop.example", "password": "wrong password here"})
    said = [re.findall(r"<li>(.*?)</li>", answer.content.decode()) for answer in (first, second)]
    assert said[0] == said[1] == ["The email address and/or password you specified are not correct."]
    answers = [
        each.post("/accounts/password/reset/", {"email": address})["Location"]
        for each, address in ((known, ERIN), (unknown, "nobody@shop.example"))
    ]
    assert answers[0] == answers[1]


def test_a_password_is_chosen_anew_by_code_and_told_by_mail(client: Client) -> None:
    _sign_up(client)
    client.post("/accounts/logout/")
    client.post("/accounts/password/reset/", {"email": ERIN})
    client.post("/accounts/password/reset/confirm/", {"code": _code()})
    new = "another long password"
    client.post("/accounts/password/reset/complete/", {"password1": new, "password2": new})
    assert mail.outbox[-1].subject == "Your password was changed"
    assert client.post("/accounts/login/", {"login": ERIN, "password": new})["Location"] == "/app/"


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/login/code/",
        "/accounts/password/reset/",
    ],
)
def test_the_pages_outside_are_ours(client: Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert 'class="plain"' in page.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/logout/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/reauthenticate/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
    ],
)
def test_the_pages_inside_are_ours(client: Client, path: str) -> None:
    _sign_up(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get(path, follow=True)
    assert page.status_code == 200
    assert 'class="plain"' in page.content.decode()


def test_signing_up_on_the_way_to_a_team_leads_back_to_it(client: Client) -> None:
    target = "/join/" + "x" * 32 + "/"
    client.post("/accounts/signup/", {"name": "Erin Ek", "email": ERIN, "password1": PASSWORD, "next": target})
    assert client.post("/accounts/confirm-email/", {"code": _code()})["Location"] == target
