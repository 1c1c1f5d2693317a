"""Candor's routes, and among those of the widget an empty view behind the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config.urls import urlpatterns as candor
from widgets.urls import urlpatterns as widgets


def empty(_request: HttpRequest) -> HttpResponse:
    """Nothing but an answer."""
    return HttpResponse(b'{"ok":true}', content_type="application/json")


urlpatterns = [path("", include([path("w/empty", empty), *widgets])), *candor]
