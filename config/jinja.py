"""The Jinja2 environment of every page and mail."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext, npgettext, pgettext
from jinja2 import BaseLoader, Environment, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from config import navigation
from lib import charts, colours, formatting

FILTERS = {
    "ago": formatting.ago,
    "date": formatting.date,
    "short_date": formatting.short_date,
    "exact": formatting.exact,
    "number": formatting.number,
    "signed": formatting.signed,
    "percent": formatting.percent,
    "initials": formatting.initials,
}


def environment(*, loader: BaseLoader, auto_reload: bool, **_: Any) -> Environment:
    """Strict about unknown names, escaping everywhere but in text twins; with our words, filters and globals."""
    env = Environment(
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        loader=loader,
        auto_reload=auto_reload,
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals |= _globals()
    env.filters |= FILTERS
    return env


def _globals() -> dict[str, Any]:
    return {
        "url": url,
        "static": static,
        "language": lambda: get_language() or "en",
        "direction": lambda: "rtl" if get_language_bidi() else "ltr",
        "absolute": absolute,
        "csp_nonce": csp_nonce,
        "notices": notices,
        "rail": navigation.rail,
        "brand_rules": colours.brand_rules,
        "readable_on": colours.readable_on,
        "trend_geometry": charts.trend,
        "spark_geometry": charts.spark,
        "share_geometry": charts.shares,
        "arc_geometry": charts.arc,
    }


def url(name: str, **parts: Any) -> str:
    """The path of a named route; raises NoReverseMatch for one that does not exist."""
    return reverse(name, kwargs=parts)


def absolute(path: str) -> str:
    """A path of this installation as an address that works in a mail; a full address stays as it is."""
    return urljoin(f"{settings.CANDOR_URL}/", path)


@pass_context
def csp_nonce(context: Context) -> str:
    """This response's nonce for its own style or script element."""
    return str(getattr(context["request"], "csp_nonce", ""))


@pass_context
def notices(context: Context) -> list[Any]:
    """Messages left for this reader by the previous request, shown once."""
    request: HttpRequest | None = context.get("request")
    return list(get_messages(request)) if request is not None else []
