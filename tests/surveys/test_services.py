"""A business gets its surveys, a customer answers and changes their mind, an owner changes when a survey is sent."""

from datetime import timedelta

import pytest

from businesses.models import AuditEntry, Business, Customer
from lib.tenancy import for_business
from surveys.enums import Channel, SurveyStatus, Trigger
from surveys.models import Response, ResponseRevision, Survey, SurveyText
from surveys.services import (
    LONGEST_COMMENT,
    CommentTooLong,
    OwnWords,
    ScoreOutOfScale,
    SurveyIncomplete,
    SurveySettings,
    change_survey,
    change_words,
    create_standard_surveys,
    move_survey,
    record_response,
    switch_survey,
)
from tests.factories import NOW


def answer(survey: Survey, customer: Customer, score: int, comment: str = "", **more: object) -> Response:
    given = {"language": "en", "channel": Channel.EMAIL, "now": NOW} | more
    return record_response(survey=survey, customer=customer, score=score, comment=comment, **given)  # type: ignore[arg-type]


def test_a_new_business_has_three_surveys_in_order(acme: Business) -> None:
    with for_business(acme):
        create_standard_surveys(business=acme, now=NOW)
        found = Survey.objects.order_by("position").values_list(
            "kind", "scale_points", "formula", "trigger", "delay_minutes", "repeat_days", "status"
        )
        assert list(found) == [
            ("csat", 5, "top-2", "ticket", 15, 90, "active"),
            ("nps", 11, "nps", "recurring", 10_080, 90, "active"),
            ("ces", 7, "easy", "ticket", 1_440, 90, "paused"),
        ]


def test_an_answer_keeps_what_is_needed_to_read_it_later(acme: Business, dora: Customer) -> None:
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        response = answer(csat, dora, 4, "  Quick\r\nand kind \0", assignee="Bob Berg", subject="Tent pole broken")
        response.refresh_from_db()
        found = (
            response.kind, response.scale_points, response.direction, response.formula, response.score,
            response.comment, response.assignee, response.subject, response.revision, response.answered_at,
        )  # fmt: skip
        assert found == (
            "csat", 5, "higher", "top-2", 4, "Quick\nand kind", "Bob Berg", "Tent pole broken", 1, NOW,
        )  # fmt: skip


@pytest.mark.parametrize("score", [-1, 0, 6, 11])
def test_a_score_that_the_scale_does_not_have_is_refused(acme: Business, dora: Customer, score: int) -> None:
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        with pytest.raises(ScoreOutOfScale, match="Choose a number from 1 to 5"):
            answer(csat, dora, score)
        assert Response.objects.count() == 0


def test_a_comment_has_an_end(acme: Business, dora: Customer) -> None:
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        with pytest.raises(CommentTooLong, match="5001 characters; 5000 is the most"):
            answer(csat, dora, 4, "a" * (LONGEST_COMMENT + 1))


def test_a_changed_mind_replaces_the_answer_and_keeps_what_stood_there(acme: Business, dora: Customer) -> None:
    later = NOW + timedelta(hours=2)
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        first = answer(csat, dora, 2, "Slow")
        changed = answer(csat, dora, 5, "Solved after all", previous=first, now=later, language="sv")
        same = answer(csat, dora, 5, "Solved after all ", previous=changed, now=later + timedelta(hours=1))

        assert [Response.objects.count(), same.pk, same.revision, same.changed_at] == [1, first.pk, 2, later]
        stored = Response.objects.get()
        assert (stored.score, stored.comment, stored.language) == (5, "Solved after all", "sv")
        assert (stored.revision, stored.answered_at, stored.changed_at) == (2, NOW, later)
        revisions = ResponseRevision.objects.values_list("number", "score", "comment", "at")
        assert list(revisions) == [(1, 2, "Slow", NOW)]


def test_an_owner_changes_when_a_survey_is_sent(acme: Business) -> None:
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        settings = SurveySettings(
            name="After an order", trigger=Trigger.EVENT, event_name="", delay_minutes=60, repeat_days=90,
            reminder_after_days=3, ignores_asking_limit=True, goal="Fewer broken poles", action_when_good="Thank",
            action_when_bad="Call",
        )  # fmt: skip
        with pytest.raises(SurveyIncomplete, match="Name the event"):
            change_survey(survey=csat, settings=settings, actor="Alice Ahlgren", now=NOW)
        named = SurveySettings(**(vars(settings) | {"event_name": "rental.returned"}))
        change_survey(survey=csat, settings=named, actor="Alice Ahlgren", now=NOW)
        stored = Survey.objects.get(pk=csat.pk)
        assert {field: getattr(stored, field) for field in vars(named)} == vars(named)
        assert _audit() == [("survey.changed", "Alice Ahlgren", "After an order")]


def test_an_owner_pauses_a_survey(acme: Business) -> None:
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        switch_survey(survey=csat, status=SurveyStatus.PAUSED, actor="Alice Ahlgren", now=NOW)
        assert Survey.objects.get(pk=csat.pk).status == "paused"
        assert _audit() == [("survey.changed", "Alice Ahlgren", "Satisfaction after a ticket: paused")]


def test_an_owner_moves_surveys(acme: Business) -> None:
    with for_business(acme):
        csat, nps, ces = create_standard_surveys(business=acme, now=NOW)
        move_survey(survey=ces, steps=-1, actor="Alice", now=NOW)
        assert list(Survey.objects.order_by("position")) == [csat, ces, nps]
        move_survey(survey=csat, steps=9, actor="Alice", now=NOW)
        move_survey(survey=ces, steps=-9, actor="Alice", now=NOW)
        assert list(Survey.objects.order_by("position").values_list("kind", "position")) == [
            ("ces", 0), ("nps", 1), ("csat", 2),
        ]  # fmt: skip


def test_own_words_come_and_go(acme: Business) -> None:
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        change_words(survey=csat, language="sv", words=OwnWords(thanks="Tack!"), actor="Alice", now=NOW)
        change_words(survey=csat, language="sv", words=OwnWords(question="Nå?"), actor="Alice", now=NOW)
        assert list(SurveyText.objects.values_list("language", "question", "thanks")) == [("sv", "Nå?", "")]
        change_words(survey=csat, language="sv", words=OwnWords(), actor="Alice", now=NOW)
        assert SurveyText.objects.count() == 0


def _audit() -> list[tuple[str, str, str]]:
    entries = AuditEntry.objects.filter(kind="survey.changed").order_by("id")
    return list(entries.values_list("kind", "actor", "subject"))
