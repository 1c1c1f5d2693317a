"""What an author hands in, and what must hold for it."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from lib.errors import DomainError

LONGEST_TITLE = 200
LONGEST_BODY = 10_000
LONGEST_NAME = 80
EARLIEST_EXPERIENCE = date(2000, 1, 1)


class UnusableReview(DomainError):
    """Something that the author wrote cannot be published as it is. `field` names which of ReviewContents."""

    code = "unusable_review"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class ReviewContents:
    """A review as its author writes it. `experienced_on` is the day of the experience, None when not told."""

    stars: int
    title: str
    body: str
    display_name: str
    experienced_on: date | None
    language: str


def checked(contents: ReviewContents, *, now: datetime) -> ReviewContents:
    """The contents as they are stored: trimmed, one kind of line break, no control characters.

    A day that has begun only where the author lives becomes today (UTC). Raises UnusableReview.
    """
    tidy = replace(
        contents,
        title=one_line(contents.title),
        body=plain_text(contents.body),
        display_name=one_line(contents.display_name),
        experienced_on=_experience(contents.experienced_on, today=now.astimezone(UTC).date()),
    )
    if not 1 <= tidy.stars <= 5:
        raise UnusableReview("stars", _("Choose one to five stars."))
    if not tidy.body:
        raise UnusableReview("body", _("Write a sentence or two about what happened."))
    if not tidy.display_name:
        raise UnusableReview("display_name", _("Write the name that stands beside your review."))
    for field, longest in (("title", LONGEST_TITLE), ("body", LONGEST_BODY), ("display_name", LONGEST_NAME)):
        length = len(getattr(tidy, field))
        if length > longest:
            too_long = _("This has %(length)s characters; %(longest)s is the most.")
            raise UnusableReview(field, too_long % {"length": length, "longest": longest})
    return tidy


def headline(title: str, body: str) -> str:
    """What a review is called in a mail: its title, or how it begins."""
    return title or Truncator(one_line(body)).chars(60)


def plain_text(text: str) -> str:
    """Text without control characters and half surrogates, with \\n as its only line break, trimmed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (each for each in lines if each in "\n\t" or unicodedata.category(each) not in {"Cc", "Cs"})
    return "".join(kept).strip()


def one_line(text: str) -> str:
    """The same on one line, runs of white space as one space."""
    return " ".join(plain_text(text).split())


def _experience(day: date | None, *, today: date) -> date | None:
    if day is None:
        return None
    if day > today + timedelta(days=1):
        raise UnusableReview("experienced_on", _("The experience lies in the future. Write the day it happened."))
    if day < EARLIEST_EXPERIENCE:
        raise UnusableReview("experienced_on", _("That is too long ago. Write the day it happened, or leave it empty."))
    return min(day, today)
