"""Settings, team, keys and history, as owners use them and agents do not."""

import pytest
from django.core import mail
from django.test import Client

from businesses.models import ApiKey, AuditEntry, Business, Membership, Notice, TeamInvitation, User
from businesses.services import join_token
from lib.tenancy import for_business
from tests.factories import make_user

pytestmark = pytest.mark.django_db

SETTINGS = {
    "name": "Acme",
    "site": "https://acme.example",
    "language": "sv",
    "time_zone": "Europe/Stockholm",
    "colour": "#123abc",
    "sender_name": "Acme support",
    "reply_to": "hello@acme.example",
    "postal_address": "Street 1, Town",
    "quiet_from": "22",
    "quiet_until": "7",
    "ask_again_after_days": "14",
    "shows_survey_results": "on",
}


def _history(business: Business) -> list[tuple[str, str, str]]:
    with for_business(business):
        rows = AuditEntry.objects.exclude(kind="business.created").order_by("id")
        return list(rows.values_list("kind", "actor", "subject"))


def test_alice_changes_settings_and_the_history_says_so(as_alice: Client, acme: Business) -> None:
    assert "Acme" in as_alice.get("/app/acme/settings/").content.decode()
    assert as_alice.post("/app/acme/settings/", SETTINGS)["Location"] == "/app/acme/settings/"
    with for_business(acme):
        acme.refresh_from_db()
    assert (acme.language, acme.quiet_from, acme.ask_again_after_days) == ("sv", 22, 14)
    assert (acme.shows_survey_results, acme.shows_branding) == (True, False)
    assert acme.slug == "acme"
    kind, actor, subject = _history(acme)[-1]
    assert (kind, actor) == ("business.changed", "Alice Ahlgren")
    assert "quiet from" in subject
    assert "Alice Ahlgren" in as_alice.get("/app/acme/settings/history/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "Acme\r\nBcc: all@example.com"),
        ("sender_name", "Acme\nBcc: all@example.com"),
        ("colour", "red; background: url(//evil)"),
        ("site", "javascript:alert(1)"),
        ("time_zone", "Mars/Olympus"),
        ("quiet_from", "24"),
        ("ask_again_after_days", "-1"),
        ("reply_to", "nobody"),
    ],
)
def test_a_setting_that_cannot_be_is_named_and_what_was_typed_is_kept(
    as_alice: Client, acme: Business, field: str, value: str
) -> None:
    answer = as_alice.post("/app/acme/settings/", SETTINGS | {"postal_address": "Typed 17", field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'aria-invalid="true"' in page
    assert "Typed 17" in page
    with for_business(acme):
        acme.refresh_from_db()
    assert acme.postal_address == ""


@pytest.mark.parametrize("path", ["", "team/", "keys/", "history/"])
def test_an_agent_gets_a_kind_no(as_bob: Client, acme: Business, path: str) -> None:
    for answer in (as_bob.get(f"/app/acme/settings/{path}"), as_bob.post(f"/app/acme/settings/{path}")):
        if answer.status_code != 405:
            assert answer.status_code == 403
            assert "Only an owner of this business can do this" in answer.content.decode()


def test_a_colleague_is_invited_by_mail_and_joins(as_alice: Client, acme: Business) -> None:
    answer = as_alice.post("/app/acme/settings/team/", {"email": "Erin@Shop.example", "role": "agent"})
    assert answer["Location"] == "/app/acme/settings/team/"
    with for_business(acme):
        notice = Notice.objects.get(kind="team_invitation")
        invitation = TeamInvitation.objects.get()
    assert notice.to == "erin@shop.example"
    assert "erin@shop.example" in as_alice.get("/app/acme/settings/team/").content.decode()
    link = f"/join/{join_token(public_id=invitation.public_id)}/"
    assert link not in str(notice.context)

    stranger = Client()
    assert "Create an account" in stranger.get(link).content.decode()
    assert "Create an account" in stranger.post(link).content.decode()
    stranger.force_login(make_user("erin@shop.example", "Erin Ek"))
    assert "Join the team" in stranger.get(link).content.decode()
    assert stranger.post(link)["Location"] == "/app/acme/"
    assert stranger.get("/app/acme/").status_code == 200
    assert stranger.get("/app/acme/settings/").status_code == 403

    late = Client()
    late.force_login(make_user("mallory@evil.example", "Mallory"))
    assert late.post(link).status_code == 410
    assert late.get("/app/acme/").status_code == 404
    assert [kind for kind, _, _ in _history(acme)] == ["member.invited", "member.joined"]


def test_an_invitation_taken_back_or_replaced_leads_nowhere(as_alice: Client, acme: Business) -> None:
    links = []
    for _ in range(2):
        as_alice.post("/app/acme/settings/team/", {"email": "erin@shop.example", "role": "owner"})
        with for_business(acme):
            invitation = TeamInvitation.objects.get()
        links.append(f"/join/{join_token(public_id=invitation.public_id)}/")
    assert Client().get(links[0]).status_code == 404
    assert Client().get(links[1]).status_code == 200
    as_alice.post(f"/app/acme/settings/team/invitations/{invitation.public_id}/withdraw/")
    assert Client().get(links[1]).status_code == 404
    assert _history(acme)[-1] == ("member.invitation_withdrawn", "Alice Ahlgren", "erin@shop.example")


def test_whoever_is_on_the_team_is_not_invited_again(as_alice: Client, acme: Business, bob: User) -> None:
    answer = as_alice.post("/app/acme/settings/team/", {"email": "BOB@acme.example", "role": "agent"})
    assert answer.status_code == 422
    assert "bob@acme.example is on the team already." in answer.content.decode()


def test_a_business_is_never_without_an_owner(as_alice: Client, acme: Business, alice: User, bob: User) -> None:
    with for_business(acme):
        members = {member.user_id: member.pk for member in Membership.objects.all()}
    team = "/app/acme/settings/team"
    for answer in (
        as_alice.post(f"{team}/{members[alice.pk]}/role/", {"role": "agent"}, follow=True),
        as_alice.post(f"{team}/{members[alice.pk]}/remove/", follow=True),
    ):
        assert "Alice Ahlgren is the only owner. Make somebody else an owner first." in answer.content.decode()
    as_alice.post(f"{team}/{members[bob.pk]}/role/", {"role": "owner"})
    assert as_alice.post(f"{team}/{members[alice.pk]}/remove/")["Location"] == "/app/"
    assert as_alice.get("/app/acme/").status_code == 404
    with for_business(acme):
        assert list(Membership.objects.values_list("user", "role")) == [(bob.pk, "owner")]


def test_another_tenants_member_is_not_there(as_alice: Client, acme: Business, globex: Business) -> None:
    with for_business(globex):
        charlie = Membership.objects.get()
    assert as_alice.post(f"/app/acme/settings/team/{charlie.pk}/remove/").status_code == 404
    with for_business(globex):
        assert Membership.objects.count() == 1


def test_a_key_is_shown_once_and_only_its_hash_is_kept(as_alice: Client, acme: Business) -> None:
    answer = as_alice.post(
        "/app/acme/settings/keys/", {"name": "Shop backend", "scopes": ["events:write", "score:read"], "life": "30"}
    )
    page = answer.content.decode()
    with for_business(acme):
        key = ApiKey.objects.get()
    plain = page.split(f"cnd_{key.key_id}_")[1].split("<")[0]
    assert len(plain) == 48
    assert plain not in key.secret_hash
    assert answer["Cache-Control"] == "private, no-store"
    assert plain not in as_alice.get("/app/acme/settings/keys/").content.decode()
    assert plain not in str(_history(acme))
    assert key.scopes == ["events:write", "score:read"]
    assert key.expires_at is not None
    assert (key.expires_at - key.created_at).days == 30

    as_alice.post(f"/app/acme/settings/keys/{key.key_id}/revoke/")
    with for_business(acme):
        key.refresh_from_db()
    assert key.revoked_at is not None
    assert [kind for kind, _, _ in _history(acme)] == ["key.created", "key.revoked"]


def test_a_key_needs_a_scope(as_alice: Client, acme: Business) -> None:
    assert as_alice.post("/app/acme/settings/keys/", {"name": "Shop", "life": ""}).status_code == 422


def test_nothing_about_settings_goes_out_by_mail(as_alice: Client, acme: Business) -> None:
    as_alice.post("/app/acme/settings/", SETTINGS)
    assert mail.outbox == []
