"""What answers come to: by survey, month, assignee and language, with n and interval."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from businesses.models import Business, Customer
from lib.errors import NotFound
from lib.tenancy import for_business
from surveys.enums import Channel, ScoreGroup
from surveys.models import Survey
from surveys.queries import (
    all_results,
    answers_for_export,
    by_assignee,
    by_language,
    newest_comments,
    results,
    survey_of,
    trend,
)
from surveys.services import create_standard_surveys, record_response
from tests.factories import NOW, make_customer


def answers(survey: Survey, customer: Customer, scores: list[int], at: datetime = NOW, **more: str) -> None:
    for score in scores:
        record_response(
            survey=survey,
            customer=customer,
            score=score,
            comment=more.get("comment", ""),
            language=more.get("language", "en"),
            channel=Channel.EMAIL,
            now=at,
            assignee=more.get("assignee", ""),
        )


def test_nps_of_ten_answers(acme: Business, dora: Customer) -> None:
    with for_business(acme):
        nps = create_standard_surveys(business=acme, now=NOW)[1]
        answers(nps, dora, [10, 10, 9, 9, 9, 8, 7, 4, 2, 1])
        found = results(survey=nps)

        assert (found.figure.name, found.figure.n, found.figure.value) == ("NPS", 10, Decimal(20))
        assert (found.figure.low, found.figure.high) == (Decimal(-30), Decimal(61))
        assert [each.count for each in found.counts] == [0, 1, 1, 0, 1, 0, 0, 1, 1, 3, 2]
        assert (found.of(ScoreGroup.GOOD), found.of(ScoreGroup.MIDDLE), found.of(ScoreGroup.POOR)) == (5, 2, 3)


def test_under_five_answers_there_is_an_n_and_no_number(acme: Business, dora: Customer) -> None:
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        answers(csat, dora, [5, 5, 4, 1])
        few = results(survey=csat).figure
        answers(csat, dora, [5])
        enough = results(survey=csat).figure

        assert (few.n, few.value, few.low, few.high, few.evidence) == (4, None, None, None, "too few")
        assert (enough.n, enough.value, enough.unit, enough.evidence) == (5, Decimal(80), "\N{NO-BREAK SPACE}%", "few")


def test_a_span_of_time_ends_before_its_end(acme: Business, dora: Customer) -> None:
    day = timedelta(days=1)
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        for days in range(4):
            answers(csat, dora, [5], at=NOW + days * day)
        assert results(survey=csat, since=NOW + day, until=NOW + 3 * day).figure.n == 2


def test_all_surveys_by_two_queries_however_many(acme: Business, dora: Customer, globex: Business) -> None:
    with for_business(globex):
        create_standard_surveys(business=globex, now=NOW)
    with for_business(acme):
        assert all_results(business=acme) == []
        surveys = create_standard_surveys(business=acme, now=NOW)
        answers(surveys[1], dora, [10] * 6)
        answers(surveys[2], dora, [7, 5, 4, 1, 6])
        with CaptureQueriesContext(connection) as queries:
            found = all_results(business=acme)
        assert [(each.survey.pk, each.figure.n, each.figure.value) for each in found] == [
            (surveys[0].pk, 0, None), (surveys[1].pk, 6, Decimal(100)), (surveys[2].pk, 5, Decimal(60)),
        ]  # fmt: skip
        assert len(queries) == 2


def test_months_are_the_businesss_own(acme: Business, dora: Customer) -> None:
    acme.time_zone = "Europe/Stockholm"
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        midnight = datetime.fromisoformat("2026-10-31T23:30:00+00:00")
        answers(csat, dora, [5, 5, 5, 5, 1], at=midnight)
        answers(csat, dora, [1], at=midnight - timedelta(days=60))
        found = trend(survey=csat, since=midnight - timedelta(days=61), until=midnight + timedelta(hours=1))

        assert [(each.first_day, each.figure.n, each.figure.value) for each in found] == [
            (date(2026, 9, 1), 1, None),
            (date(2026, 10, 1), 0, None),
            (date(2026, 11, 1), 5, Decimal(80)),
        ]


def test_segments_have_the_largest_first(acme: Business, dora: Customer) -> None:
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        answers(csat, dora, [5, 4], assignee="Bob Berg", language="sv")
        answers(csat, dora, [1, 2, 5], assignee="Ann", language="en")
        answers(csat, dora, [3], language="en")

        assert [(each.label, each.figure.n) for each in by_assignee(survey=csat)] == [
            ("Ann", 3),
            ("Bob Berg", 2),
            ("", 1),
        ]
        assert [(each.label, each.figure.n) for each in by_language(survey=csat)] == [("en", 4), ("sv", 2)]


def test_newest_comments(acme: Business, dora: Customer) -> None:
    other = make_customer(acme, "erik@customer.example", "Erik Ek")
    with for_business(acme):
        csat, nps, _ces = create_standard_surveys(business=acme, now=NOW)
        answers(csat, dora, [5], comment="First")
        answers(csat, dora, [5])
        answers(nps, other, [9], at=NOW + timedelta(hours=1), comment="Second")
        answers(csat, dora, [2], at=NOW + timedelta(hours=2), comment="Third")

        newest = newest_comments(acme, 2)
        assert [(each.comment, str(each.customer), each.survey) for each in newest] == [
            ("Third", "Dora Dahl", csat), ("Second", "Erik Ek", nps),
        ]  # fmt: skip
        assert [each.comment for each in newest_comments(acme, 9, survey=csat)] == ["Third", "First"]
        assert [each.score for each in answers_for_export(csat)] == [5, 5, 2]


def test_another_business_has_no_such_survey(acme: Business, globex: Business) -> None:
    with for_business(globex):
        theirs = create_standard_surveys(business=globex, now=NOW)[0]
    with for_business(acme), pytest.raises(NotFound):
        survey_of(acme, theirs.public_id)
    with for_business(globex):
        assert survey_of(globex, theirs.public_id) == theirs
