"""Every route, grouped by prefix. An app's own routes stand in its urls module."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # /accounts/ signing up and in
    path("accounts/", include("allauth.urls")),
]
