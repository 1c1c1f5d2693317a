"""Routes of the invitations page."""

from django.urls import URLPattern, path

from invitations import views

urlpatterns: list[URLPattern] = [
    # /app/ signed in
    path("app/<slug:business>/invitations/", views.invitations, name="invitations"),
    path("app/<slug:business>/invitations/send/", views.send_invitation, name="send_invitation"),
    path("app/<slug:business>/invitations/left-alone/", views.suppressions, name="suppressions"),
    path("app/<slug:business>/invitations/<slug:public_id>/settle/", views.settle_mail, name="settle_mail"),
]
