"""The code that an owner copies into a shop. `static/widgets/candor.js` says why what stands inside has a size."""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from businesses.models import Business
from widgets.enums import Theme, WidgetType
from widgets.words import spoken

SIZES = {WidgetType.BADGE: (260, 72), WidgetType.CARD: (320, 440)}


@dataclass(frozen=True)
class Choice:
    """What an owner chose. `language` is "" where the widget speaks that of the page around it."""

    type: WidgetType = WidgetType.BADGE
    theme: Theme = Theme.AUTO
    language: str = ""


@dataclass(frozen=True)
class Snippets:
    """The three ways to embed one widget, as HTML. `image` is always the badge: a picture has no room for a card."""

    script: str
    frame: str
    image: str


def snippets(business: Business, choice: Choice) -> Snippets:
    """The code for this business and choice, with addresses of this installation."""
    with spoken(choice.language or business.language):
        about = escape(_("Customer reviews of %(name)s") % {"name": business.name})
    width, height = SIZES[choice.type]
    wide, tall = SIZES[WidgetType.BADGE]
    attributes = f'business="{business.slug}" type="{choice.type.value}"'
    theme = "" if choice.theme == Theme.AUTO else choice.theme.value
    attributes += _attribute("theme", theme) + _attribute("lang", choice.language)
    page = _address("business_page", business)
    frame = _address("widget_frame", business, type=choice.type.value, theme=theme, lang=choice.language)
    image = _address("widget_image", business, theme=theme, lang=choice.language)
    script = escape(urljoin(settings.CANDOR_URL, reverse("widget_script")))
    return Snippets(
        script=f"""<script src="{script}" async></script>
<candor-widget {attributes}>
  <div><a href="{page}" aria-label="{about}"><svg width="{width}" height="{height}"><text y="42"
    fill="currentColor">{about}</text></svg></a></div>
</candor-widget>""",
        frame=f"""<iframe src="{frame}" title="{about}"
  width="{width}" height="{height}" frameborder="0" loading="lazy"></iframe>""",
        image=f"""<a href="{page}"><img src="{image}"
  width="{wide}" height="{tall}" alt="{about}"></a>""",
    )


def _attribute(name: str, value: str) -> str:
    return f' {name}="{value}"' if value else ""


def _address(name: str, business: Business, **query: str) -> str:
    """The full address of a route of the business, ready to stand in an attribute."""
    path = reverse(name, kwargs={"business": business.slug})
    given = urlencode({key: value for key, value in query.items() if value})
    return escape(urljoin(settings.CANDOR_URL, f"{path}?{given}" if given else path))
