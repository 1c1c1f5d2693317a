"""The signed-in pages in the order of the rail."""

from dataclasses import dataclass

from django.urls import reverse

from businesses.models import Membership
from businesses.rules import is_member, is_owner


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of the rail. ``key`` is what a page calls itself in ``here``; ``on_bar``: on a phone's bar too."""

    key: str
    word: str
    icon: str
    href: str
    on_bar: bool


PLACES = (
    ("home", "Home", "home", True, is_member),
    ("inbox", "Inbox", "inbox", True, is_member),
    ("surveys", "Surveys", "survey", True, is_member),
    ("invitations", "Invitations", "send", False, is_member),
    ("customers", "Customers", "people", False, is_member),
    ("score", "Score", "score", True, is_member),
    ("widgets", "Widgets", "widget", False, is_owner),
    ("connections", "Connections", "plug", False, is_owner),
    ("settings", "Settings", "sliders", False, is_owner),
    ("team", "People", "people", False, is_owner),
    ("plan", "Plan", "check", False, is_owner),
)


def rail(membership: Membership) -> list[Place]:
    """What this member may open of their business."""
    return [
        Place(
            key=key,
            word=word,
            icon=icon,
            href=reverse(key, kwargs={"business": membership.business.slug}),
            on_bar=on_bar,
        )
        for key, word, icon, on_bar, may in PLACES
        if may(membership)
    ]
