"""How a business collects its reviews, in words made of its real settings, and how it was before."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from businesses.access import public_business
from lib.errors import NotFound
from reviews.queries import policy_versions
from widgets import words
from widgets.views.public_page import FRESH, OTHER


@require_safe
def policy_page(request: HttpRequest, business: str, number: int = 0) -> HttpResponse:
    """The newest version, or an older one by its number, with what has changed since the one before."""
    with (
        public_business(business) as (shown, now),
        words.spoken(request.GET.get("lang", "")[:10] or shown.language) as language,
        timezone.override(shown.time_zone),
    ):
        versions = policy_versions(shown)
        version = next((each for each in versions if number in {0, each.number}), None)
        if version is None:
            raise NotFound("There is no such version of this page.")
        before = next((each for each in versions if each.number == version.number - 1), None)
        context = {
            "business": shown,
            "now": now,
            "version": version,
            "facts": version.facts,
            "versions": versions,
            "changed": sorted(
                name for name in version.facts if before and before.facts.get(name) != version.facts[name]
            ),
            "is_newest": version == versions[0],
            "words": words,
            "other_language": OTHER.get(language),
        }
        response = render(request, "widgets/policy.html", context)
    response.headers["Cache-Control"] = FRESH
    return response
