"""Every route, grouped by prefix. An app's own routes stand in its urls module."""

from django.urls import URLPattern, URLResolver, include, path

from config import health

urlpatterns: list[URLPattern | URLResolver] = [
    # /accounts/ signing up and in
    path("accounts/", include("allauth.urls")),
    # /health/ for whoever minds the servers
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
]
