"""What a survey's answers come to, and taking them along."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from businesses.access import Access, business_page, page
from businesses.models import Business
from businesses.rules import is_owner
from dashboard.queries import send_cohorts
from lib.charts import TrendPoint
from lib.spreadsheets import csv_lines
from lib.tenancy import for_business
from surveys import queries
from surveys.figures import formula_in_words
from surveys.models import Survey
from surveys.scales import group, values
from surveys.wording import scale_in_words, trigger_in_words

SPANS = {"30": "30 days", "90": "90 days", "365": "A year", "all": "All time"}
STANDARD_SPAN = "90"
TREND = timedelta(days=365)
MOST_SEGMENTS = 20
LANGUAGE_NAMES = {code: str(translation.get_language_info(code)["name"]) for code, _own_name in settings.LANGUAGES}
COMMENTS = 10
COLUMNS = (
    "answered_at",
    "changed_at",
    "customer",
    "email",
    "score",
    "scale",
    "comment",
    "language",
    "assignee",
    "subject",
)


@require_safe
@business_page(may=is_owner)
def survey(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """The number with its interval and n, how it came about, and the newest words."""
    shown = queries.survey_of(access.business, public_id)
    span = request.GET.get("days", STANDARD_SPAN)
    span = span if span in SPANS else STANDARD_SPAN
    since = None if span == "all" else access.now - timedelta(days=int(span))
    year_ago = access.now - TREND
    comments = queries.newest_comments(access.business, COMMENTS, survey=shown)
    context = {
        "survey": shown,
        "when": trigger_in_words(shown),
        "scale": scale_in_words(shown),
        "formula": formula_in_words(queries.question_of(shown)),
        "spans": SPANS,
        "span": span,
        "results": queries.results(survey=shown, since=since),
        "points": [_point(each) for each in queries.trend(survey=shown, since=year_ago, until=access.now)],
        "cohorts": [each.point for each in send_cohorts(access.business, since=year_ago, survey=shown)],
        "assignees": queries.by_assignee(survey=shown, since=since)[:MOST_SEGMENTS],
        "spoken": queries.by_language(survey=shown, since=since)[:MOST_SEGMENTS],
        "names": LANGUAGE_NAMES,
        "comments": comments,
        "most": values(shown.kind, shown.scale_points)[-1],
        "tones": {each.pk: group(each.kind, each.scale_points, each.direction, each.score).value for each in comments},
    }
    return page(request, access, "dashboard/surveys/results.html", context)


def _point(month: queries.Month) -> TrendPoint:
    shown = month.figure
    return TrendPoint(
        label=f"{month.first_day:%b %Y}",
        value=None if shown.value is None else float(shown.value),
        low=None if shown.low is None else float(shown.low),
        high=None if shown.high is None else float(shown.high),
        n=shown.n,
    )


@require_safe
@business_page(may=is_owner)
def export(_request: HttpRequest, access: Access, public_id: str) -> StreamingHttpResponse:
    """All answers as a file for a spreadsheet, oldest first."""
    shown = queries.survey_of(access.business, public_id)
    response = StreamingHttpResponse(csv_lines(_rows(access.business, shown)), content_type="text/csv; charset=utf-8")
    name = slugify(f"{access.business.name} {shown.name}") or "answers"
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _rows(business: Business, survey: Survey) -> Iterator[tuple[object, ...]]:
    yield COLUMNS
    # The answer is sent after the page's transaction has ended, so the file has its own.
    with for_business(business):
        for each in queries.answers_for_export(survey).iterator(chunk_size=1000):
            yield (
                each.answered_at.isoformat(timespec="seconds"),
                each.changed_at.isoformat(timespec="seconds"),
                each.customer.name,
                each.customer.email,
                each.score,
                scale_in_words(survey),
                each.comment,
                each.language,
                each.assignee,
                each.subject,
            )
