"""Where a domain error becomes an answer: a page for people, JSON for programs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from lib.errors import DomainError

PROGRAM_PREFIXES = ("/api/", "/hooks/", "/w/")


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
            return JsonResponse({"error": exception.code, "message": exception.message}, status=exception.status)
        template = f"errors/{exception.status}.html"
        return render(request, template, {"message": exception.message}, status=exception.status)
