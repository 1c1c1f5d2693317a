"""Routes of the inbox."""

from django.urls import path

from reviews import views

urlpatterns = [
    # /app/ signed in
    path("app/<slug:business>/inbox/", views.inbox, name="inbox"),
    path("app/<slug:business>/inbox/<slug:public_id>/", views.one_review, name="inbox_review"),
]
