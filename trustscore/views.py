"""The score's own pages: how it works, for everybody, and where it stands, for the business."""

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from businesses import rules
from businesses.access import Access, business_page, page, public_business
from trustscore import queries
from trustscore.forms import CalculatorForm
from trustscore.scoring import WEIGHTS_SHA256

TREND_DAYS = 365
EXAMPLE = {"stars_5": 7, "stars_4": 0, "stars_3": 0, "stars_2": 0, "stars_1": 0, "age": 0}


@require_safe
def how_the_score_works(request: HttpRequest) -> HttpResponse:
    """The formula in words and numbers, with a calculator that runs it."""
    form = CalculatorForm(request.GET if "age" in request.GET else EXAMPLE)
    computed = form.score(today=datetime.now(UTC).date()) if form.is_valid() else None
    context = {"form": form, "computed": computed, "weights_sha256": WEIGHTS_SHA256}
    return render(request, "trustscore/how_the_score_works.html", context)


@require_safe
def check_page(request: HttpRequest, business: str) -> HttpResponse:
    """“Check this score”: the verification of one business, run in the reader's browser."""
    with public_business(business) as (shown, _now):
        return render(request, "trustscore/check.html", {"business": shown})


@require_safe
@business_page(may=rules.is_member)
def score_page(request: HttpRequest, access: Access) -> HttpResponse:
    """The business's score with its interval, its trend, and what each star and a further review weigh in it."""
    current = queries.current_score(access.business)
    history = queries.score_history(access.business, since=access.now.date() - timedelta(days=TREND_DAYS))
    tallies = queries.weight_by_stars(access.business, as_of=access.now.date())
    context = {
        "here": "score",
        "current": current,
        "points": queries.monthly_points(history),
        "shares": tallies,
        "what_if": queries.what_if(access.business, as_of=access.now.date()),
    }
    return page(request, access, "trustscore/score.html", context)
