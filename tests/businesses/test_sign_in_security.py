"""What keeps a stranger out of somebody's sign-in. docs/security.md names each of these."""

import base64
import hmac
import re
import struct
import time
from collections.abc import Callable
from hashlib import sha1
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from pytest_django import Settings

from businesses.models import Business, User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

ERIN = "erin@shop.example"


@pytest.fixture
def erin() -> User:
    """Somebody with a password."""
    user = make_user(ERIN, "Erin Ek")
    user.set_password(PASSWORD)
    user.save()
    return user


def _sign_in(client: Client, password: str = PASSWORD) -> str:
    answer = client.post("/accounts/login/", {"login": ERIN, "password": password})
    return str(answer.get("Location", ""))


def _code() -> str:
    found = re.search(r"^    (\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found is not None
    return found[1]


def test_a_cookie_of_a_session_is_out_of_scripts_reach_and_travels_encrypted(
    client: Client, erin: User, settings: Settings
) -> None:
    settings.SESSION_COOKIE_SECURE = True
    _sign_in(client)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"] is True
    assert cookie["secure"] is True
    assert cookie["samesite"] == "Lax"


def test_signing_in_begins_a_new_session_and_signing_out_ends_it(client: Client, erin: User) -> None:
    client.get("/accounts/login/")
    before = client.session.session_key
    _sign_in(client)
    signed_in = client.session.session_key
    assert signed_in != before
    client.post("/accounts/logout/")
    assert not Session.objects.filter(session_key=signed_in).exists()
    assert client.get("/app/")["Location"].startswith("/accounts/login/")


def test_opening_the_page_to_sign_out_signs_nobody_out(client: Client, erin: User) -> None:
    _sign_in(client)
    client.get("/accounts/logout/")
    assert client.get("/app/")["Location"] == "/new/"


def test_a_new_password_ends_the_sessions_elsewhere(client: Client, erin: User) -> None:
    elsewhere = Client()
    _sign_in(client)
    _sign_in(elsewhere)
    new = "another long password"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post("/accounts/password/change/", fields)
    assert client.get("/app/")["Location"] == "/new/"
    assert elsewhere.get("/app/")["Location"].startswith("/accounts/login/")
    assert [message.subject for message in mail.outbox] == ["Your password was changed"]


@pytest.mark.parametrize("password", ["short", "password12", "erin@shop.example", "1234567890"])
def test_a_weak_password_is_refused_in_words(client: Client, password: str) -> None:
    answer = client.post("/accounts/signup/", {"name": "Erin", "email": ERIN, "password1": password})
    assert answer.status_code == 200
    assert "field-error" in answer.content.decode()
    assert not User.objects.filter(email=ERIN).exists()


def test_a_long_password_with_any_characters_is_taken_and_kept_as_argon2(client: Client) -> None:
    password = "  long 🔐 words, with spaces at the ends and " + "x" * 60 + "  "
    client.post("/accounts/signup/", {"name": "Erin", "email": ERIN, "password1": password})
    user = User.objects.get(email=ERIN)
    assert user.check_password(password)
    assert user.password.startswith("argon2$argon2id$")


def test_guessing_a_password_is_stopped_for_that_account(client: Client, erin: User) -> None:
    for _ in range(5):
        _sign_in(client, "wrong password here")
    # The right one does not open it either, until the limit has passed.
    assert _sign_in(client) == ""
    assert "Too many failed" in client.post("/accounts/login/", {"login": ERIN, "password": PASSWORD}).content.decode()


def test_a_code_works_once_and_three_wrong_ones_end_it(client: Client, erin: User) -> None:
    client.post("/accounts/login/code/", {"email": ERIN})
    code = _code()
    for _ in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "wrong-code"})
    answer = client.post("/accounts/login/code/confirm/", {"code": code})
    assert answer.get("Location") != "/app/"

    once, twice = Client(), Client()
    once.post("/accounts/login/code/", {"email": ERIN})
    code = _code()
    assert once.post("/accounts/login/code/confirm/", {"code": code})["Location"] == "/app/"
    twice.post("/accounts/login/code/", {"email": ERIN})
    assert twice.post("/accounts/login/code/confirm/", {"code": code}).get("Location") != "/app/"


def test_a_code_for_nobody_looks_the_same(client: Client, erin: User) -> None:
    answers = [
        Client().post("/accounts/login/code/", {"email": address}, follow=True).content.decode().replace(address, "")
        for address in (ERIN, "none@shop.example")
    ]
    shapes = [re.sub(r'value="[^"]+"|nonce="[^"]+"', "", answer) for answer in answers]
    assert shapes[0] == shapes[1]


def test_an_address_is_confirmed_before_anything_opens(client: Client) -> None:
    client.post("/accounts/signup/", {"name": "Erin", "email": ERIN, "password1": PASSWORD})
    assert client.get("/app/")["Location"].startswith("/accounts/login/")
    assert not EmailAddress.objects.get(email=ERIN).verified
    assert _sign_in(client) == "/accounts/confirm-email/"


def _totp(secret: str) -> str:
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, sha1)
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def test_a_second_factor_is_asked_for_once_it_is_set_up(
    client: Client, erin: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    _sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    assert found is not None
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/accounts/2fa/totp/activate/", {"code": _totp(found[1])})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    told = {message.subject for message in mail.outbox}
    assert "An authenticator app was set up" in told
    assert found[1] not in str(list(Authenticator.objects.values_list("data", flat=True)))
    assert "Each works once" in client.get("/accounts/2fa/recovery-codes/").content.decode()

    elsewhere = Client()
    assert _sign_in(elsewhere) == "/accounts/2fa/authenticate/"
    assert elsewhere.get("/app/")["Location"].startswith("/accounts/login/")
    assert "Your second factor" in elsewhere.get("/accounts/2fa/authenticate/").content.decode()
    elsewhere.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert elsewhere.get("/app/")["Location"].startswith("/accounts/login/")


def test_changing_the_second_factor_asks_who_it_is(client: Client, erin: User) -> None:
    client.force_login(erin)
    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert "Is it you?" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_else(client: Client, erin: User, target: str) -> None:
    answer = client.post("/accounts/login/", {"login": ERIN, "password": PASSWORD, "next": target})
    assert answer["Location"] == "/app/"


def test_a_form_from_elsewhere_changes_nothing(acme: Business, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    for path in (
        "/new/",
        "/app/acme/settings/",
        "/app/acme/settings/team/",
        "/app/acme/settings/keys/",
        "/app/acme/first-steps/widget/",
        "/accounts/logout/",
    ):
        assert client.post(path, {"name": "Evil"}).status_code == 403, path
    assert client.get("/app/acme/").status_code == 200
