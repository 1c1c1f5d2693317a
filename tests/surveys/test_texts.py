"""What customers read: standard words in their language, a business's own words where it wrote some."""

import pytest

from businesses.models import Business
from lib.tenancy import for_business
from surveys.enums import SurveyKind, Trigger
from surveys.models import Survey
from surveys.services import OwnWords, change_words, create_standard_surveys
from surveys.texts import SurveyWords, known_language, standard_words, texts_for
from tests.factories import NOW


def test_standard_words_in_english(acme: Business) -> None:
    with for_business(acme):
        csat, nps, ces = create_standard_surveys(business=acme, now=NOW)
        assert texts_for(csat, "en") == SurveyWords(
            subject="How did we do?",
            intro="You asked Acme for help, and your request has been solved.",
            question="How satisfied are you with the help you got from Acme?",
            low_label="Very dissatisfied",
            high_label="Very satisfied",
            follow_up_good="What did we do well?",
            follow_up_middle="What would have made it better?",
            follow_up_poor="What went wrong, and what should we do about it?",
            thanks="Thank you. Somebody at Acme reads every answer.",
        )
        assert texts_for(nps, "en").question == "How likely are you to recommend Acme to a friend or colleague?"
        assert texts_for(ces, "en").question == "“Acme made it easy for me to solve my problem.” Do you agree?"


def test_own_words_stand_over_the_standard_ones(acme: Business) -> None:
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        own = OwnWords(question="Did {business} fix your tent? {name}", thanks="Cheers.")
        change_words(survey=csat, language="en", words=own, actor="Alice", now=NOW)

        assert texts_for(csat, "en").question == "Did Acme fix your tent? {name}"
        assert texts_for(csat, "en").thanks == "Cheers."
        assert texts_for(csat, "en").subject == "How did we do?"
        assert texts_for(csat, "sv").thanks != "Cheers."


def test_a_language_without_a_catalogue_becomes_the_businesss(acme: Business) -> None:
    acme.language = "sv"
    with for_business(acme):
        csat = create_standard_surveys(business=acme, now=NOW)[0]
        assert texts_for(csat, "fi") == texts_for(csat, "sv")


@pytest.mark.parametrize(
    ("wishes", "known"),
    [(["sv-SE"], "sv"), (["SV_se"], "sv"), (["", "sv"], "sv"), (["xx", "en-GB"], "en"), (["xx"], "en"), ([], "en")],
)
def test_the_first_wish_with_a_catalogue(wishes: list[str], known: str) -> None:
    assert known_language(*wishes) == known


@pytest.mark.parametrize("trigger", Trigger.values)
@pytest.mark.parametrize(("kind", "points"), [(SurveyKind.NPS, 11), (SurveyKind.CSAT, 3), (SurveyKind.CES, 5)])
def test_every_kind_has_words_for_every_trigger(kind: SurveyKind, points: int, trigger: str) -> None:
    survey = Survey(business=Business(name="100 % Acme"), kind=kind, scale_points=points, trigger=trigger)
    words = standard_words(survey, "en")
    assert all(vars(words).values())
    assert "100 % Acme" in words.question
