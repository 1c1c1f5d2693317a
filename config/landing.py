"""The front door: what Candor is, and help for those inside."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """One screen in the product's own words."""
    return render(request, "landing.html")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How things are done, and the keys of the keyboard."""
    return render(request, "help.html")
