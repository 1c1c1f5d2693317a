"""The program's routes, and stand-ins for those behind mailed links that do not exist yet."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from config.urls import urlpatterns as program


def _page(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse(token)


urlpatterns: list[URLPattern | URLResolver] = [
    *program,
    path("a/<str:token>/", _page, name="answer"),
    path("u/<str:token>/", _page, name="unsubscribe"),
    path("r/<str:token>/", _page, name="review_edit"),
    path("c/<str:token>/", _page, name="review_confirm"),
    path("join/<str:token>/", _page, name="join_team"),
]
