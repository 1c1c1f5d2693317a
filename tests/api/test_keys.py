"""Who may call, and how often."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from api import authentication, views
from businesses.enums import ApiScope
from businesses.models import ApiKey, AuditEntry, Business, Membership, User
from businesses.services import revoke_api_key
from lib.tenancy import for_business
from tests.api.conftest import Call, new_key
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def test_nobody_calls_without_a_key() -> None:
    answer = Client().get("/api/v1/score")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["errors"][0]["code"] == "not_authenticated"


@pytest.mark.parametrize(
    "wrong", ["", "cnd_", "cnd_abc_def", "cnd_nobodyhasthisid2_" + "0" * 48, "x" * 5000, "cnd_é_ü"]
)
def test_a_key_that_is_none_opens_nothing(call: Call, wrong: str) -> None:
    assert call("get", "reviews", key=wrong.encode().decode("latin-1")).status_code == 401


def test_the_secret_must_fit_too(call: Call, key: str) -> None:
    assert call("get", "reviews").status_code == 200
    changed = key[:-1] + ("0" if key[-1] != "0" else "1")
    assert call("get", "reviews", key=changed).status_code == 401


def test_revoked_and_expired_keys_are_shut(acme: Business, call: Call, key: str) -> None:
    with for_business(acme) as now:
        ApiKey.objects.update(expires_at=now + timedelta(minutes=1))
    assert call("get", "reviews").status_code == 200
    with for_business(acme) as now:
        ApiKey.objects.update(expires_at=now)
    assert call("get", "reviews").status_code == 401
    with for_business(acme) as now:
        ApiKey.objects.update(expires_at=None)
        revoke_api_key(key=ApiKey.objects.select_related("business").get(), actor="Alice", now=now)
    assert call("get", "reviews").status_code == 401


def test_the_time_of_last_use_is_kept(acme: Business, call: Call) -> None:
    call("get", "reviews")
    with for_business(acme) as now:
        assert ApiKey.objects.get().last_used_at == now


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("post", "events", ApiScope.EVENTS_WRITE),
        ("get", "responses", ApiScope.RESPONSES_READ),
        ("get", "reviews", ApiScope.REVIEWS_READ),
        ("get", "reviews/nobodyhasthisid2", ApiScope.REVIEWS_READ),
        ("post", "reviews/nobodyhasthisid2/reply", ApiScope.REVIEWS_REPLY),
        ("get", "score", ApiScope.SCORE_READ),
    ],
)
def test_a_key_opens_what_its_scopes_say(
    acme: Business, alice: User, call: Call, method: str, path: str, scope: ApiScope
) -> None:
    others = new_key(acme, alice, *(set(ApiScope) - {scope}))
    refused = call(method, path, {} if method == "post" else None, key=others)
    assert refused.status_code == 403
    assert refused.json() == {
        "type": "client_error",
        "errors": [
            {"code": "not_allowed", "detail": f"This key does not have the scope {scope.value}.", "attr": None},
        ],
    }
    own = new_key(acme, alice, scope)
    assert call(method, path, {} if method == "post" else None, key=own).status_code in {200, 400, 404, 422}


def test_too_many_calls_wait_a_minute(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "CALLS", 2)
    assert [call("get", "reviews").status_code for _ in range(3)] == [200, 200, 429]


def test_guessing_keys_is_slowed_down(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "FAILED_ATTEMPTS", "3/hour")
    answers = [call("get", "reviews", key="cnd_x_y").status_code for _ in range(8)]
    assert answers[-1] == 429
    assert call("get", "reviews").status_code == 200


def test_the_schema_is_valid_and_open(settings: Settings) -> None:
    answer = Client().get("/api/schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert set(answer.json()["paths"]) == {
        "/api/v1/events",
        "/api/v1/responses",
        "/api/v1/reviews",
        "/api/v1/reviews/{public_id}",
        "/api/v1/reviews/{public_id}/reply",
        "/api/v1/score",
    }


def test_whoever_leaves_the_team_leaves_no_key_behind(
    acme: Business, globex: Business, bob: User, call: Call, key: str, as_alice: Client
) -> None:
    bobs = new_key(acme, bob, *ApiScope)
    make_member(globex, bob)
    elsewhere = new_key(globex, bob, *ApiScope)
    with for_business(acme):
        membership = Membership.objects.get(user=bob)
    assert call("get", "reviews", key=bobs).status_code == 200
    said = as_alice.post(f"/app/acme/settings/team/{membership.pk}/remove/", follow=True).content.decode()
    assert "Bob Berg is no longer on the team, and 1 API key of theirs no longer works." in said
    assert [call("get", "reviews", key=each).status_code for each in (bobs, key, elsewhere)] == [401, 200, 200]
    with for_business(acme):
        written = AuditEntry.objects.order_by("-id").values_list("kind", "actor", "subject")
        assert list(written[:2]) == [
            ("key.revoked", "Alice Ahlgren", "A program"),
            ("member.removed", "Alice Ahlgren", "bob@acme.example"),
        ]
