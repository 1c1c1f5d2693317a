"""The score's own pages: how it works, for everybody, and where it stands, for the business."""

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from businesses import rules
from businesses.access import Access, business_page, page, public_business
from trustscore import explanation, queries
from trustscore.explained import served_reviews, steps_of
from trustscore.forms import CalculatorForm, WhatIfForm
from trustscore.scoring import WEIGHTS_SHA256
from trustscore.service_effect import FEW, effects

TREND_DAYS = 365
MOVES_DAYS = 90
MOST_MOVES = 30
WHAT_IF = {"stars_5": 10, "stars_4": 0, "stars_3": 0, "stars_2": 0, "stars_1": 0, "target": 45}
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
    """The business's score: what it is made of, what moved it, what would, and where it goes by itself."""
    business, today = access.business, access.now.date()
    tallies = queries.tallies_of(business)
    history = queries.score_history(business, since=today - timedelta(days=TREND_DAYS))
    form = WhatIfForm(request.GET if "target" in request.GET else WHAT_IF)
    by_star, by_month = explanation.pulls(tallies, today)
    context = {
        "here": "score",
        "current": queries.current_score(business),
        "points": queries.monthly_points(history),
        "by_star": by_star,
        "by_month": by_month[:12],
        "moves": explanation.moves(steps_of(business), since=today - timedelta(days=MOVES_DAYS), until=today)[
            :MOST_MOVES
        ],
        "forecast": explanation.forecast(tallies, today, (30, 91, 182, 365)),
        "next_change": explanation.next_change(tallies, today),
        "form": form,
        "what_if": explanation.with_reviews(tallies, form.further, today) if form.is_valid() else None,
        "fives": explanation.fives_until(tallies, form.cleaned_data["target"], today) if form.is_valid() else None,
    }
    return page(request, access, "trustscore/score.html", context)


@require_safe
@business_page(may=rules.is_member)
def service_page(request: HttpRequest, access: Access) -> HttpResponse:
    """How service and stars went together, over the last year."""
    served = served_reviews(access.business, since=access.now.date() - timedelta(days=TREND_DAYS))
    context = {"here": "score", "effects": effects(served), "n": len(served), "few": FEW}
    return page(request, access, "trustscore/service.html", context)
