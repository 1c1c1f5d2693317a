"""What every page behind a mailed link has in common."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def mailed_page(view: View[P]) -> Callable[..., HttpResponse]:
    """Makes `view(request, token, …)` a page for whoever has the link, with or without cookies and JavaScript.

    It is never stored, indexed or named to other sites, because its address is the key to it. For the same reason it
    needs no CSRF token: a forged request works by what a browser adds by itself, and here nothing is added; whoever
    can name the address may act.
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return page
