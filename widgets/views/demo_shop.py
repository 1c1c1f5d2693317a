"""A small shop that has nothing of Candor but its widgets. It exists in a local run only."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from lib.errors import NotFound
from lib.tenancy import for_public
from widgets.enums import WidgetType
from widgets.queries import business_on_show
from widgets.snippets import Choice, snippets


@require_safe
def demo_shop(request: HttpRequest) -> HttpResponse:
    """The shop of `?business=`, or of the first business here, with badge and card as the copied code says."""
    with for_public():
        business = business_on_show(request.GET.get("business", ""))
    if business is None:
        raise NotFound("There is no such business here. Open one first, and its shop will stand here.")
    context = {
        "business": business,
        # Made of our own HTML with every value escaped.
        "badge": mark_safe(snippets(business, Choice(type=WidgetType.BADGE)).script),  # noqa: S308
        "card": mark_safe(snippets(business, Choice(type=WidgetType.CARD)).script),  # noqa: S308
    }
    response = render(request, "widgets/demo_shop.html", context)
    # A strict shop's policy: it knows Candor by two words.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors 'none'; script-src {settings.CANDOR_URL}; connect-src {settings.CANDOR_URL}"
    )
    return response
