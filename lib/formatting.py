"""Numbers and dates as a reader of the active language writes them, by Unicode's locale data.

Times are shown in Django's active time zone; a naive datetime is refused.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language, gettext
from markupsafe import Markup

Number = int | float | Decimal

MINUS = "\N{MINUS SIGN}"
ENGLISH = Locale("en", "GB")


def active_locale() -> Locale:
    """The active language's locale; English is written the British way, day before month."""
    language = get_language() or "en"
    if language.split("-")[0] == "en":
        return ENGLISH
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return ENGLISH


def date(value: dt.date | dt.datetime) -> str:
    """``22 November 2026``, a datetime in the active time zone."""
    return format_date(_local_date(value), "long", locale=active_locale())


def short_date(value: dt.date | dt.datetime) -> str:
    """``22 Nov 2026``, for tables and axes."""
    return format_date(_local_date(value), "medium", locale=active_locale())


def month(value: dt.date) -> str:
    """``Nov 2026``, for the axis of a trend."""
    return format_date(value, "MMM y", locale=active_locale())


def exact(value: dt.datetime) -> str:
    """``22 November 2026 at 11:04``, in the active time zone."""
    local = _aware(value).astimezone(timezone.get_current_timezone())
    day = format_date(local.date(), "long", locale=active_locale())
    return f"{day}, {format_datetime(local, 'HH:mm', locale=active_locale())}"


def ago(value: dt.datetime, now: dt.datetime | None = None) -> Markup:
    """``3 days ago`` (or ``in 3 days``) as a time element, with the exact time on hover and aloud."""
    distance = _aware(value) - (now or timezone.now())
    if abs(distance) < dt.timedelta(minutes=1):
        words = gettext("just now")
    else:
        words = format_timedelta(distance, add_direction=True, threshold=0.99, locale=active_locale())
    return Markup('<time datetime="{}" title="{}">{}<span class="visually-hidden"> ({})</span></time>').format(
        value.isoformat(timespec="seconds"), exact(value), words, exact(value)
    )


def number(value: Number, digits: int = 0) -> str:
    """Grouped, with exactly ``digits`` decimals, rounded half away from zero: ``12,345`` or ``4.3``."""
    step = Decimal(1).scaleb(-digits)
    rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = format_decimal(abs(rounded), format=pattern, locale=active_locale())
    return f"{MINUS}{text}" if rounded < 0 else text


def signed(value: Number, digits: int = 0) -> str:
    """With its sign, a true minus: ``+12``, ``−3``, ``0``."""
    text = number(value, digits)
    return f"+{text}" if value > 0 and any(c not in "0.," for c in text) else text


def percent(value: Number, digits: int = 0) -> str:
    """A share of one as ``42 %``; the space does not break."""
    return f"{number(Decimal(str(value)) * 100, digits)}\N{NO-BREAK SPACE}%"


def initials(name: str) -> str:
    """One or two capitals for an avatar; ``?`` for a nameless person."""
    words = [word for word in name.split() if word[:1].isalnum()]
    chosen = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in chosen).upper() or "?"


def _local_date(value: dt.date | dt.datetime) -> dt.date:
    if isinstance(value, dt.datetime):
        return _aware(value).astimezone(timezone.get_current_timezone()).date()
    return value


def _aware(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown")
    return value
