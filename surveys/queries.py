"""Every read of questionnaires and answers."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from businesses.models import Business
from lib.errors import NotFound
from surveys.enums import ScoreGroup
from surveys.figures import Figure, Question, figure
from surveys.models import Response, Survey, SurveyText
from surveys.scales import group, values


@dataclass(frozen=True, kw_only=True)
class AnswerCount:
    """How many gave one answer of the scale, and how that answer reads."""

    score: int
    count: int
    group: ScoreGroup


@dataclass(frozen=True, kw_only=True)
class SurveyResults:
    """What a survey's answers of some span of time come to. `counts` has every answer of the scale, ascending."""

    survey: Survey
    figure: Figure
    counts: tuple[AnswerCount, ...]

    def of(self, group: ScoreGroup) -> int:
        """How many answers read so."""
        return sum(each.count for each in self.counts if each.group == group)


@dataclass(frozen=True, kw_only=True)
class Segment:
    """The figure of the answers that share something; `label` is its value, empty where none was known."""

    label: str
    figure: Figure


@dataclass(frozen=True, kw_only=True)
class Month:
    """The figure of the answers of one calendar month in the business's time zone, by its first day."""

    first_day: date
    figure: Figure


def surveys_in_order(business: Business) -> list[Survey]:
    """The business's surveys in the order they are tried."""
    found = list(Survey.objects.filter(business=business).order_by("position", "id"))
    for survey in found:
        survey.business = business
    return found


def survey_of(business: Business, public_id: str) -> Survey:
    """One survey of the business. Raises NotFound."""
    survey = Survey.objects.filter(business=business, public_id=public_id).first()
    if survey is None:
        raise NotFound("There is no such survey.")
    survey.business = business
    return survey


def own_words(survey: Survey) -> dict[str, SurveyText]:
    """The survey's own words by language."""
    found = SurveyText.objects.filter(business_id=survey.business_id, survey=survey)
    return {text.language: text for text in found}


def results(*, survey: Survey, since: datetime | None = None, until: datetime | None = None) -> SurveyResults:
    """What a survey's answers from `since` to before `until` (UTC; None: without bound) come to."""
    counted = _answers([survey], since, until).values_list("score").annotate(number=Count("id")).order_by()
    return _results(survey, dict(counted))


def all_results(
    *, business: Business, since: datetime | None = None, until: datetime | None = None
) -> list[SurveyResults]:
    """The same of every survey of the business, in the order they are tried, by two queries."""
    surveys = surveys_in_order(business)
    counts: dict[int, dict[int, int]] = {survey.pk: {} for survey in surveys}
    answers = _answers(surveys, since, until)
    for survey_id, score, number in answers.values_list("survey_id", "score").annotate(number=Count("id")).order_by():
        counts[survey_id][score] = number
    return [_results(survey, counts[survey.pk]) for survey in surveys]


def trend(*, survey: Survey, since: datetime, until: datetime) -> list[Month]:
    """The figure of each calendar month from `since` to `until`, empty months included, in the business's time zone."""
    zone = ZoneInfo(survey.business.time_zone)
    months = _answers([survey], since, until).annotate(month=TruncMonth("answered_at", tzinfo=zone))
    counts: dict[date, Counter[int]] = {first: Counter() for first in _months(since, until, zone)}
    for month, score, number in months.values_list("month", "score").annotate(number=Count("id")).order_by():
        counts[month.date()][score] += number
    return [Month(first_day=first, figure=figure(question_of(survey), counts[first])) for first in sorted(counts)]


def by_assignee(*, survey: Survey, since: datetime | None = None, until: datetime | None = None) -> list[Segment]:
    """The figure of each person whom tickets were assigned to, most answers first."""
    return _segments(survey, "assignee", since, until)


def by_language(*, survey: Survey, since: datetime | None = None, until: datetime | None = None) -> list[Segment]:
    """The figure of each language answered in, most answers first."""
    return _segments(survey, "language", since, until)


def newest_comments(business: Business, limit: int, survey: Survey | None = None) -> list[Response]:
    """The newest answers that say something in words, with survey and customer."""
    found = Response.objects.filter(business=business).exclude(comment="").select_related("survey", "customer")
    if survey is not None:
        found = found.filter(survey=survey)
    return list(found.order_by("-answered_at", "-id")[:limit])


def answers_for_export(survey: Survey) -> QuerySet[Response]:
    """All answers of a survey, oldest first, with their customers."""
    found = Response.objects.filter(business_id=survey.business_id, survey=survey)
    return found.select_related("customer").order_by("answered_at", "id")


def _answers(surveys: list[Survey], since: datetime | None, until: datetime | None) -> QuerySet[Response]:
    found = Response.objects.filter(survey__in=surveys)
    if surveys:
        found = found.filter(business_id=surveys[0].business_id)
    if since is not None:
        found = found.filter(answered_at__gte=since)
    if until is not None:
        found = found.filter(answered_at__lt=until)
    return found


def question_of(survey: Survey) -> Question:
    """What has to be known of a survey to make a figure of its answers."""
    return Question(
        kind=survey.kind, scale_points=survey.scale_points, direction=survey.direction, formula=survey.formula
    )


def _results(survey: Survey, counts: dict[int, int]) -> SurveyResults:
    return SurveyResults(
        survey=survey,
        figure=figure(question_of(survey), counts),
        counts=tuple(
            AnswerCount(
                score=score,
                count=counts.get(score, 0),
                group=group(survey.kind, survey.scale_points, survey.direction, score),
            )
            for score in values(survey.kind, survey.scale_points)
        ),
    )


def _segments(survey: Survey, column: str, since: datetime | None, until: datetime | None) -> list[Segment]:
    counts: dict[str, Counter[int]] = {}
    answers = _answers([survey], since, until)
    for label, score, number in answers.values_list(column, "score").annotate(number=Count("id")).order_by():
        counts.setdefault(label, Counter())[score] = number
    found = [Segment(label=label, figure=figure(question_of(survey), each)) for label, each in counts.items()]
    return sorted(found, key=lambda segment: (-segment.figure.n, segment.label))


def _months(since: datetime, until: datetime, zone: ZoneInfo) -> list[date]:
    month, last = (moment.astimezone(zone).date().replace(day=1) for moment in (since, until))
    found = []
    while month <= last:
        found.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return found
