"""The signed-in pages in the order of the rail."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of the rail. ``key`` is what a page calls itself in ``here``; ``on_bar``: on a phone's bar too."""

    key: str
    word: str
    icon: str
    href: str
    on_bar: bool


PLACES = (
    ("home", "Home", "home", True),
    ("inbox", "Inbox", "inbox", True),
    ("surveys", "Surveys", "survey", True),
    ("invitations", "Invitations", "send", False),
    ("customers", "Customers", "people", False),
    ("score", "Score", "score", True),
    ("widgets", "Widgets", "widget", False),
    ("connections", "Connections", "plug", False),
    ("settings", "Settings", "sliders", False),
)


def rail(business: Any) -> list[Place]:
    """The places of one business, addressed by its slug; a place without a route is left out."""
    return [
        Place(key=key, word=word, icon=icon, href=href, on_bar=on_bar)
        for key, word, icon, on_bar in PLACES
        if (href := address(key, business=business.slug))
    ]


def address(name: str, **parts: Any) -> str | None:
    """The path of a named route, or None in an installation without it."""
    try:
        return reverse(name, kwargs=parts)
    except NoReverseMatch:
        return None
