"""What shops embed: the script, the JSON behind it, the frame and the image.

No cookies, no sessions, and nothing in an address that would change what is said.
"""

from collections.abc import Callable, Mapping
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from lib.errors import NotFound
from widgets.enums import Theme, WidgetType
from widgets.script import script
from widgets.shelf import exhibit
from widgets.words import label_words, review_count_words, spoken

# A new review reaches a shop within seconds; that is also what a cache in front needs to bear any load.
FRESH = "public, max-age=5"
SCRIPT_FRESH = "public, max-age=3600, stale-while-revalidate=86400"
FRAMED = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
EVERY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
# For what a page may load without asking by CORS, in shops that isolate themselves.
LOADED_ANYWHERE = EVERY_ORIGIN | {"Cross-Origin-Resource-Policy": "cross-origin"}

OPEN = EVERY_ORIGIN | {"Cache-Control": FRESH}

Embed = Callable[[HttpRequest, str], HttpResponse]


def _embed(view: Embed) -> Embed:
    """For every origin; an unknown business is a short answer that may be kept as long as a known one."""

    @wraps(view)
    def open_to_all(request: HttpRequest, business: str) -> HttpResponse:
        try:
            response = view(request, business)
        except NotFound as error:
            response = JsonResponse({"error": error.code, "message": error.message}, status=404)
        _set(response, OPEN)
        return response

    return open_to_all


@require_safe
def widget_script(request: HttpRequest) -> HttpResponse:
    """The custom element, its style sheet included."""
    served = script()
    response = _compressed(request, served.etag, served.body, served.compressed, "text/javascript; charset=utf-8")
    _set(response, LOADED_ANYWHERE | {"Cache-Control": SCRIPT_FRESH})
    return response


@require_safe
@_embed
def widget_json(request: HttpRequest, business: str) -> HttpResponse:
    """The score on show and the newest three reviews that count, as the script reads them."""
    shown = exhibit(business)
    return _compressed(request, shown.etag, shown.body, shown.compressed, "application/json")


@require_safe
@xframe_options_exempt
@_embed
def widget_frame(request: HttpRequest, business: str) -> HttpResponse:
    """The same widget as a page of its own, for shops that allow no foreign script. It runs none either."""
    facts = exhibit(business).facts
    theme = _chosen(request, "theme", Theme.values, Theme.AUTO)
    with spoken(request.GET.get("lang") or facts.language):
        context = {
            "facts": facts,
            "type": _chosen(request, "type", WidgetType.values, WidgetType.BADGE),
            "theme": theme,
            "scheme": "light dark" if theme == Theme.AUTO else theme,
            "label": label_words(facts.label),
            "count_words": review_count_words(facts.count),
        }
        response = render(request, "widgets/frame.html", context)
    _set(response, LOADED_ANYWHERE | {"Content-Security-Policy": FRAMED})
    return response


@require_safe
@_embed
def widget_image(request: HttpRequest, business: str) -> HttpResponse:
    """The badge as a picture, for mails and pages that take nothing else."""
    facts = exhibit(business).facts
    with spoken(request.GET.get("lang") or facts.language) as language:
        context = {
            "facts": facts,
            "theme": _chosen(request, "theme", [Theme.LIGHT, Theme.DARK], Theme.LIGHT),
            "label": label_words(facts.label),
            "count_words": review_count_words(facts.count),
            "spoken": language,
        }
        response = render(request, "widgets/badge.svg", context, content_type="image/svg+xml")
    _set(response, LOADED_ANYWHERE)
    return response


def _chosen(request: HttpRequest, name: str, values: list[str], default: str) -> str:
    value = request.GET.get(name, "")
    return value if value in values else default


def _compressed(request: HttpRequest, etag: str, body: bytes, compressed: bytes, content_type: str) -> HttpResponse:
    """The body as the reader takes it, or 304; compressed once, not once a request.

    Reads request.META, since request.headers would first copy every header there is, for each of the most frequent
    requests of all.
    """
    headers = {"ETag": etag, "Vary": "Accept-Encoding"}
    if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return HttpResponseNotModified(headers=headers)
    if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        return HttpResponse(compressed, content_type=content_type, headers=headers | {"Content-Encoding": "gzip"})
    return HttpResponse(body, content_type=content_type, headers=headers)


def _set(response: HttpResponse, headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        response.headers[name] = value
