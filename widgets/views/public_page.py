"""A business as everybody sees it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from businesses.access import public_business
from businesses.models import Business
from reviews.queries import public_reviews
from trustscore.proofs import entry_proofs
from trustscore.queries import current_score, monthly_points, score_history
from widgets import words
from widgets.asking import behind_the_page
from widgets.queries import published_reviews, trend_begins

FRESH = "public, max-age=5"
LONGEST_SEARCH = 100
OTHER = {"en": ("sv", "Läs sidan på svenska"), "sv": ("en", "Read this page in English")}


@dataclass(frozen=True)
class Asked:
    """What the visitor narrowed the list to, and the language asked for. An unknown value narrows nothing."""

    stars: int | None
    search: str
    language: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Reads the address."""
        stars = request.GET.get("stars", "")
        return cls(
            stars=int(stars) if stars in {"1", "2", "3", "4", "5"} else None,
            search=request.GET.get("q", "").strip()[:LONGEST_SEARCH],
            language=request.GET.get("lang", "")[:10],
        )

    def address(self, **changes: str | int | None) -> str:
        """The query string of this page with something changed; "?" alone narrows nothing."""
        parts = {"stars": self.stars, "q": self.search, "lang": self.language} | changes
        return f"?{urlencode({name: value for name, value in parts.items() if value})}"


@require_safe
def business_page(request: HttpRequest, business: str) -> HttpResponse:
    """Score, trend, distribution and reviews, with a way to write one.

    It speaks the business's language, which is that of its reviews, unless the address asks for another (`?lang=`):
    one address, one page, so that caches between us and the visitor may keep it. Times are in the business's zone.
    """
    asked = Asked.of(request)
    with (
        public_business(business) as (shown, now),
        words.spoken(asked.language or shown.language) as language,
        timezone.override(shown.time_zone),
    ):
        context = _context(shown, asked, request, now=now) | {"other_language": OTHER.get(language)}
        response = render(request, "widgets/business_page.html", context)
    response.headers["Cache-Control"] = FRESH
    return response


def _context(business: Business, asked: Asked, request: HttpRequest, *, now: datetime) -> dict[str, object]:
    published = published_reviews(business)
    behind = behind_the_page(business, now=now)
    listed = public_reviews(
        business.pk,
        stars=asked.stars,
        search=asked.search,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    history = score_history(business, since=trend_begins(now.date()))
    return {
        "business": business,
        "now": now,
        "asked": asked,
        "score_now": current_score(business),
        "published": published,
        "uncounted": [words.uncounted_number_words(reason, count) for reason, count in published.uncounted.items()],
        "asking": behind,
        "absent": words.absent_words(behind.absent),
        "proofs": entry_proofs(business, [each.public_id for each in listed.reviews]),
        "bars": _bars(published.by_stars, asked),
        "points": monthly_points(history),
        "listed": listed,
        "newer": asked.address(before=listed.before) if listed.before else None,
        "older": asked.address(after=listed.after) if listed.after else None,
        "words": words,
        "canonical": reverse("business_page", kwargs={"business": business.slug}),
    }


def _bars(by_stars: dict[int, int], asked: Asked) -> list[dict[str, object]]:
    """Five stars first; the bar of the stars that are shown leads back to all."""
    return [
        {
            "label": words.stars_words(stars),
            "count": by_stars[stars],
            "current": stars == asked.stars,
            "href": f"{asked.address(stars=None if stars == asked.stars else stars)}#reviews",
        }
        for stars in (5, 4, 3, 2, 1)
    ]
