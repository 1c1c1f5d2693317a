"""Dates in any usual format, read strictly, with the order of day and month decided by the whole column."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import cache

from babel.dates import get_month_names

EARLIEST = date(1995, 1, 1)

_LOCALES = ("en", "sv", "da", "nb", "fi", "lv", "lt", "et", "az", "de", "fr", "es", "nl", "it", "pt", "pl")
# Serial numbers of spreadsheets count days from here.
_SPREADSHEET_ZERO = date(1899, 12, 30)

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_LEADING_WORD = r"(?:[^\W\d_]+\.?,?\s+)?"
_DAY_NAME = re.compile(
    rf"{_LEADING_WORD}(\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]*(?:of\s+|de\s+)?([^\W\d_]+)\.?,?[\s-]*(?:de\s+)?'?(\d{{4}}|\d{{2}})(?!\d)"
)
_NAME_DAY = re.compile(rf"{_LEADING_WORD}([^\W\d_]+)\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
_TIME = re.compile(
    r"(?:\s*T|,?\s+(?:at\s+|kl\.?\s+)?)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?(?(4)m\.?)\s*"
    r"(Z|UTC|GMT)?\s*([+-]\d{2}:?\d{2})?(?:\s*\([^)]*\))?",
    re.IGNORECASE,
)


class DateOrder(StrEnum):
    """Which comes first where both the day and the month are numbers and the year comes last."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


# Year, month and day as they are written.
_Parts = tuple[str, str | int, str]


def decide_order(cells: Iterable[str]) -> DateOrder | None:
    """Decide a column by its days beyond twelve; where they contradict each other, by most of them.

    None where nothing in the column tells.
    """
    days, months = 0, 0
    for cell in cells:
        found = _NUMERIC.match(cell.strip())
        if found:
            days += int(found[1]) > 12
            months += int(found[3]) > 12
    if days == months:
        return None
    return DateOrder.DAY_FIRST if days > months else DateOrder.MONTH_FIRST


def read_moment(cell: str, *, order: DateOrder) -> datetime | None:
    """Read a date, with or without a time, as a moment in UTC; None where it is not one.

    Without a time zone the time is taken to be UTC, without a time it is midnight.
    """
    text = " ".join(cell.split())
    if text.isdecimal() and text.isascii() and len(text) in (5, 10, 13):
        return _counted(text)
    for pattern, parts in _FORMATS:
        found = pattern.match(text)
        moment = _moment(parts(found, order), text[found.end() :]) if found else None
        if moment:
            return moment
    return None


def _in_order(found: re.Match[str], order: DateOrder) -> _Parts:
    if order == DateOrder.DAY_FIRST:
        return found[4], found[3], found[1]
    return found[4], found[1], found[3]


def _counted(digits: str) -> datetime:
    """Read a spreadsheet's serial day, or seconds or milliseconds since 1970."""
    if len(digits) == 5:
        return datetime.combine(_SPREADSHEET_ZERO + timedelta(days=int(digits)), time(), UTC)
    return datetime.fromtimestamp(int(digits) // (1000 if len(digits) == 13 else 1), UTC)


def _moment(parts: _Parts, rest: str) -> datetime | None:
    year, month, day = parts
    clock = _TIME.fullmatch(rest)
    if rest and not clock:
        return None
    try:
        on = date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
        return datetime.combine(on, *_clock(clock)).astimezone(UTC) if clock else datetime.combine(on, time(), UTC)
    except (ValueError, OverflowError):
        return None


def _clock(found: re.Match[str]) -> tuple[time, timezone]:
    hour = int(found[1])
    if found[4]:
        if not 1 <= hour <= 12:
            raise ValueError("no hour of a half day")
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    zone = UTC
    if found[6]:
        sign = -1 if found[6][0] == "-" else 1
        zone = timezone(sign * timedelta(hours=int(found[6][1:3]), minutes=int(found[6][-2:])))
    return time(hour, int(found[2]), int(found[3] or 0)), zone


def _month(name: str) -> int:
    """Return a month's number by its name, 0 for no month."""
    return _months().get(name.lower(), 0)


@cache
def _months() -> dict[str, int]:
    """Names of months in the languages around, but for those that mean different months in two of them."""
    found: dict[str, set[int]] = {}
    for locale in _LOCALES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in get_month_names(width, context, locale).items():
                    found.setdefault(name.lower().rstrip("."), set()).add(number)
    found.setdefault("sept", set()).add(9)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


_FORMATS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], DateOrder], _Parts]], ...] = (
    (_YEAR_FIRST, lambda found, order: (found[1], found[2], found[3])),
    (_NUMERIC, _in_order),
    (_DAY_NAME, lambda found, order: (found[3], _month(found[2]), found[1])),
    (_NAME_DAY, lambda found, order: (found[3], _month(found[1]), found[2])),
    (_COMPACT, lambda found, order: (found[1], found[2], found[3])),
)
