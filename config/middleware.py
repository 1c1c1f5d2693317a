"""What stands before every view: domain errors become answers, deliveries take a lane of their own, no NUL passes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from lib.errors import DomainError

API = "/api/"
HOOKS = "/hooks/"
PROGRAM_PREFIXES = (API, HOOKS, "/w/")


class HasNul(DomainError):
    """The address or a cookie has a NUL in it."""

    status = 400
    code = "not_readable"


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


class NulMiddleware:
    """Refuses a NUL in the address or a cookie: no text in the database can have one, so asking for it is an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        in_address = "\0" in request.path or "%00" in request.META.get("QUERY_STRING", "")
        if in_address or any("\0" in value for value in request.COOKIES.values()):
            return refusal(request, HasNul("There is a NUL in this address, so it cannot be read."))
        return self.get_response(request)


class DomainErrorMiddleware:
    """Translates lib.errors.DomainError, after the door has rolled its transaction back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to a domain error; any other exception is left alone."""
        return refusal(request, exception) if isinstance(exception, DomainError) else None


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A page for people, JSON for programs; for those of the API in its own form."""
    if request.path.startswith(API):
        errors = [{"code": error.code, "detail": error.message, "attr": None}]
        return JsonResponse({"type": "client_error", "errors": errors}, status=error.status)
    if request.path.startswith(PROGRAM_PREFIXES):
        return for_programs(error)
    return render(request, f"errors/{error.status}.html", {"message": error.message}, status=error.status)


def for_programs(error: DomainError) -> JsonResponse:
    """A domain error as JSON."""
    return JsonResponse({"error": error.code, "message": error.message}, status=error.status)
