"""Where a domain error becomes an answer: a page for people, JSON for programs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from lib.errors import DomainError

PROGRAM_PREFIXES = ("/api/", "/hooks/", "/w/")
HOOKS = "/hooks/"


class HookLane:
    """Leads deliveries past what is for browsers: sessions, cookies, forms, content policy and compression.

    None of it means anything to them, and it took more time than taking a delivery in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(HOOKS):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Resolver404:
            return self.get_response(request)
        except DomainError as error:
            response = for_programs(error)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def for_programs(error: DomainError) -> JsonResponse:
    """A domain error as JSON."""
    return JsonResponse({"error": error.code, "message": error.message}, status=error.status)


class DomainErrorMiddleware:
    """Translates lib.errors.DomainError, after the door has rolled its transaction back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        if request.path.startswith(PROGRAM_PREFIXES):
            return for_programs(exception)
        template = f"errors/{exception.status}.html"
        return render(request, template, {"message": exception.message}, status=exception.status)
