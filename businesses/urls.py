"""Settings, team and keys of a business, joining a team, and logos."""

from django.urls import path, register_converter

from businesses import views


class LogoName:
    """A logo's file name: sixteen characters of chance and an ending, never a path."""

    regex = r"[a-z0-9]{16}\.(?:png|jpg|webp)"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LogoName, "logo")

urlpatterns = [
    # /app/<business>/settings/
    path("app/<slug:business>/settings/", views.settings_page, name="settings"),
    path("app/<slug:business>/settings/team/", views.team, name="team"),
    path("app/<slug:business>/settings/team/<int:membership_id>/role/", views.change_role, name="change_role"),
    path("app/<slug:business>/settings/team/<int:membership_id>/remove/", views.remove_member, name="remove_member"),
    path(
        "app/<slug:business>/settings/team/invitations/<slug:public_id>/withdraw/",
        views.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("app/<slug:business>/settings/keys/", views.api_keys, name="api_keys"),
    path("app/<slug:business>/settings/keys/<slug:key_id>/revoke/", views.revoke_key, name="revoke_key"),
    path("app/<slug:business>/settings/history/", views.audit_log, name="audit_log"),
    # /join/ a team
    path("join/<str:token>/", views.join_team, name="join_team"),
    # /media/ what businesses show
    path("media/logos/<logo:name>", views.logo, name="logo"),
]
