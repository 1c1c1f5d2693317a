"""Where an owner chooses a widget and copies its code."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from businesses import rules
from businesses.access import Access, business_page, page
from widgets.enums import Theme, WidgetType
from widgets.forms import WidgetForm
from widgets.snippets import snippets

FIRST = {"type": WidgetType.BADGE.value, "theme": Theme.AUTO.value, "lang": ""}


@require_safe
@business_page(may=rules.is_owner)
def widgets(request: HttpRequest, access: Access) -> HttpResponse:
    """Shape, colours and language by a GET form; the widget as it will look; its code in three forms."""
    form = WidgetForm({name: request.GET.get(name, first) for name, first in FIRST.items()})
    choice = form.choice()
    origin = urlsplit(settings.CANDOR_URL)
    context = {
        "here": "widgets",
        "form": form,
        "choice": choice,
        "code": snippets(access.business, choice),
        "origin": f"{origin.scheme}://{origin.netloc}",
        "local": settings.LOCAL,
    }
    return page(request, access, "widgets/widgets.html", context)
