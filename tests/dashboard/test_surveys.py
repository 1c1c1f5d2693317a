"""Alice looks at her surveys, changes when and in which words customers are asked, and reads what came of it."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.models import Business, Customer, Notice
from businesses.notice_mails import notice_letter
from invitations.models import Invitation
from lib.tenancy import for_business
from surveys.enums import Channel, SurveyKind, Trigger
from surveys.models import Response, Survey, SurveyText
from surveys.services import NewSurvey, create_survey, record_response
from tests.links.stage import invite, surveys_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def csat(acme: Business) -> Survey:
    """Acme's survey after a ticket."""
    return surveys_of(acme)["csat"]


def answer(survey: Survey, customer: Customer, scores: list[int], **more: str) -> None:
    with for_business(survey.business) as now:
        for score in scores:
            record_response(
                survey=survey,
                customer=customer,
                score=score,
                comment=more.get("comment", ""),
                language=more.get("language", "en"),
                channel=Channel.EMAIL,
                now=now,
                assignee=more.get("assignee", ""),
                subject=more.get("subject", ""),
            )


def in_order(business: Business) -> list[tuple[str, str]]:
    with for_business(business):
        return list(Survey.objects.order_by("position").values_list("kind", "status"))


def test_surveys_in_the_order_they_are_tried(as_alice: Client, csat: Survey, dora: Customer) -> None:
    answer(csat, dora, [5, 5, 4, 2, 1])
    page = as_alice.get("/app/acme/surveys/").content.decode()

    names = re.findall(r"<h2><a[^>]*>([^<]+)</a>", page)
    assert names == ["Satisfaction after a ticket", "Recommendation every 90 days", "Effort after a ticket"]
    assert "15 minutes after a ticket is solved · CSAT, 1 to 5" in page
    assert "Every 90 days, first 7 days after somebody becomes a customer · NPS, 0 to 10" in page
    assert "60\N{NO-BREAK SPACE}%" in page
    assert "5 answers" in page
    assert "Nobody has answered yet." in page


def test_switching_and_moving(as_alice: Client, csat: Survey, acme: Business) -> None:
    ces = surveys_of(acme)["ces"]
    as_alice.post(f"/app/acme/surveys/{ces.public_id}/switch/", {"status": "active"})
    as_alice.post(f"/app/acme/surveys/{csat.public_id}/switch/", {"status": "paused"})
    as_alice.post(f"/app/acme/surveys/{ces.public_id}/move/", {"where": "up"})
    assert in_order(acme) == [("csat", "paused"), ("ces", "active"), ("nps", "active")]
    as_alice.post(f"/app/acme/surveys/{csat.public_id}/move/", {"where": "down"})
    page = as_alice.get("/app/acme/surveys/").content.decode()
    assert in_order(acme) == [("ces", "active"), ("csat", "paused"), ("nps", "active")]
    assert "Satisfaction after a ticket is paused." in page

    refused = [
        as_alice.post(f"/app/acme/surveys/{csat.public_id}/switch/", {"status": "gone"}).status_code,
        as_alice.post(f"/app/acme/surveys/{csat.public_id}/move/", {"where": "left"}).status_code,
        as_alice.get(f"/app/acme/surveys/{csat.public_id}/switch/").status_code,
    ]
    assert refused == [404, 404, 405]


def test_an_agent_sees_the_list_and_changes_nothing(as_bob: Client, csat: Survey, acme: Business) -> None:
    page = as_bob.get("/app/acme/surveys/")
    assert page.status_code == 200
    assert b"<form" not in page.content.split(b"<main")[1]
    address = f"/app/acme/surveys/{csat.public_id}/"
    for end in ("", "answers.csv", "settings/", "words/en/", "words/en/mail/", "words/en/page/"):
        assert as_bob.get(address + end).status_code == 403
    assert as_bob.post(f"{address}switch/", {"status": "paused"}).status_code == 403
    assert in_order(acme)[0] == ("csat", "active")


def test_another_survey_is_added_paused(as_alice: Client, csat: Survey, acme: Business) -> None:
    bad = as_alice.post("/app/acme/surveys/new/", {"name": "Tents", "scale": "csat-4", "trigger": "order"})
    assert bad.status_code == 422
    assert 'value="Tents"' in bad.content.decode()
    added = as_alice.post("/app/acme/surveys/new/", {"name": "Tents", "scale": "csat-3", "trigger": "order"})
    with for_business(acme):
        survey = Survey.objects.get(name="Tents")
    assert added["Location"] == f"/app/acme/surveys/{survey.public_id}/words/en/"
    assert (survey.kind, survey.scale_points, survey.formula, survey.status, survey.position) == (
        "csat", 3, "top-1", "paused", 3,
    )  # fmt: skip


def settings(**changes: object) -> dict[str, object]:
    return {
        "name": "Satisfaction after a ticket",
        "goal": "Fewer second tickets",
        "action_when_good": "Thank the team",
        "action_when_bad": "Call the customer",
        "trigger": "ticket",
        "event_name": "",
        "delay_number": 2,
        "delay_unit": "hours",
        "repeat_days": 90,
        "reminder_after_days": 0,
        "ignores_asking_limit": "on",
    } | changes


def test_when_and_why(as_alice: Client, csat: Survey) -> None:
    address = f"/app/acme/surveys/{csat.public_id}/settings/"
    before = as_alice.get(address).content.decode()
    assert re.findall(r'name="delay_number" value="(\d+)"', before) == ["15"]

    assert as_alice.post(address, settings())["Location"] == address
    with for_business(csat.business):
        changed = Survey.objects.get(pk=csat.pk)
    assert (changed.delay_minutes, changed.reminder_after_days, changed.ignores_asking_limit) == (120, 0, True)
    results = as_alice.get(f"/app/acme/surveys/{csat.public_id}/").content.decode()
    assert "2 hours after a ticket is solved." in results
    assert all(words in results for words in ("Fewer second tickets", "Thank the team", "Call the customer"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"trigger": "event"}, "Name the event that starts this survey."),
        ({"trigger": "event", "event_name": "Rental returned"}, "Use small letters, digits, dots"),
        ({"delay_number": 366, "delay_unit": "days"}, "A year is the longest wait."),
        ({"delay_number": "soon"}, "Enter a whole number."),
        ({"repeat_days": 0}, "greater than or equal to 1"),
        ({"name": ""}, "This field is required."),
        ({"trigger": "never"}, "Select a valid choice."),
    ],
)
def test_settings_that_cannot_be(as_alice: Client, csat: Survey, changes: dict[str, object], sentence: str) -> None:
    refused = as_alice.post(f"/app/acme/surveys/{csat.public_id}/settings/", settings(**changes))
    page = refused.content.decode()

    assert refused.status_code == 422
    assert sentence in page
    assert "Fewer second tickets" in page
    with for_business(csat.business):
        assert Survey.objects.get(pk=csat.pk).goal == ""


def test_words_in_each_language_beside_the_standard_ones(as_alice: Client, csat: Survey) -> None:
    english = as_alice.get(f"/app/acme/surveys/{csat.public_id}/words/en/").content.decode()
    swedish = as_alice.get(f"/app/acme/surveys/{csat.public_id}/words/sv/").content.decode()
    assert 'placeholder="How satisfied are you with the help you got from Acme?"' in english
    assert 'placeholder="Hur nöjd är du med hjälpen du fick av Acme?"' in swedish

    address = f"/app/acme/surveys/{csat.public_id}/words/sv/"
    assert as_alice.post(address, {"question": "Löste {business} det?"})["Location"] == address
    with for_business(csat.business):
        assert list(SurveyText.objects.values_list("language", "question", "subject")) == [
            ("sv", "Löste {business} det?", "")
        ]
    assert "Svenska · own words" in as_alice.get(address).content.decode()
    assert "Löste Acme det?" in as_alice.get(f"{address}mail/").content.decode()
    assert as_alice.get(f"/app/acme/surveys/{csat.public_id}/words/tlh/").status_code == 404
    too_long = as_alice.post(address, {"question": "a" * 301})
    assert (too_long.status_code, "a" * 301 in too_long.content.decode()) == (422, True)


def test_previews_show_what_is_not_saved_yet(as_alice: Client, csat: Survey) -> None:
    address = f"/app/acme/surveys/{csat.public_id}/words/en/"
    for end, fixed in (("mail/", "Hello Alice,"), ("page/", "What you answer is not stored.")):
        shown = as_alice.post(f"{address}{end}", {"question": "Did we <fix> it?", "subject": "x" * 500})
        page = shown.content.decode()
        assert shown.status_code == 200
        assert "Did we &lt;fix&gt; it?" in page
        assert fixed in page
        assert shown["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert 'value="4" required checked' in as_alice.get(f"{address}page/?score=4").content.decode()
    with for_business(csat.business):
        assert (SurveyText.objects.count(), Response.objects.count()) == (0, 0)


def test_a_test_mail_comes_to_whoever_asked(as_alice: Client, csat: Survey) -> None:
    sent = as_alice.post(f"/app/acme/surveys/{csat.public_id}/words/sv/test/", follow=True)
    assert "A test is on its way to alice@acme.example." in sent.content.decode()
    with for_business(csat.business) as now:
        letter = notice_letter(Notice.objects.select_related("business", "customer").get(), now=now)

    assert (letter.to, letter.subject) == ("alice@acme.example", "Test: Hur gick det?")
    assert f"/app/acme/surveys/{csat.public_id}/words/sv/page/?score=5" in letter.html
    assert "Hej Alice," in letter.html
    assert "Det här är ett test." in letter.text
    assert letter.unsubscribe_url == ""


def test_results_with_n_and_interval(as_alice: Client, csat: Survey, dora: Customer) -> None:
    answer(csat, dora, [5, 4, 4], assignee="Bob Berg", language="sv")
    answer(csat, dora, [1, 2], assignee="Ann Ek", comment="Still <broken>")
    page = as_alice.get(f"/app/acme/surveys/{csat.public_id}/").content.decode()

    assert "60\N{NO-BREAK SPACE}%" in page
    assert "23 to 88, 5 answers" in page
    assert "few answers" in page
    assert "Share of 4 and 5." in page
    assert "2 of 5" in page
    assert "Still &lt;broken&gt;" in page
    assert re.findall(r'<tr><th scope="row">(Bob Berg|Ann Ek|Swedish|English)</th>', page) == [
        "Bob Berg", "Ann Ek", "Swedish", "English",
    ]  # fmt: skip


def test_nobody_has_answered(as_alice: Client, csat: Survey) -> None:
    page = as_alice.get(f"/app/acme/surveys/{csat.public_id}/?days=rubbish").content.decode()
    assert "Nobody has answered in this time" in page
    assert "Nobody has written anything yet." in page


def test_response_rate_is_of_those_who_were_sent_in_that_month(
    as_alice: Client, acme: Business, csat: Survey, dora: Customer
) -> None:
    for key in range(10):
        invite(acme, dora, key=str(key))
    invite(acme, dora, kind="nps", key="another survey")
    now = timezone.now()
    with for_business(acme):
        Invitation.objects.update(status="sent", sent_at=now)
        some = Invitation.objects.filter(survey=csat).order_by("id")[:4].values("pk")
        Invitation.objects.filter(pk__in=some).update(answered_at=now + timedelta(minutes=1))
    page = as_alice.get(f"/app/acme/surveys/{csat.public_id}/").content.decode()
    assert re.search(r'<th scope="row">\w+ \d{4}</th><td class="number">40</td><td class="number">17 to 69</td>', page)


def test_answers_as_a_file_that_runs_nothing(as_alice: Client, csat: Survey, dora: Customer) -> None:
    answer(csat, dora, [2], comment='=HYPERLINK("http://evil.example")\nsecond line', subject="+46 70", language="sv")
    answer(csat, dora, [5], comment="Fine, “thanks”")
    response = as_alice.get(f"/app/acme/surveys/{csat.public_id}/answers.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="acme-satisfaction-after-a-ticket.csv"'
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    assert [(row["score"], row["comment"], row["subject"], row["email"], row["scale"]) for row in rows] == [
        ("2", '\'=HYPERLINK("http://evil.example")\nsecond line', "'+46 70", "dora@customer.example", "1 to 5"),
        ("5", "Fine, “thanks”", "", "dora@customer.example", "1 to 5"),
    ]


def test_globex_has_no_such_survey(as_charlie: Client, globex: Business, csat: Survey) -> None:
    for end in ("", "answers.csv", "settings/", "words/en/", "words/en/mail/", "words/en/page/"):
        assert as_charlie.get(f"/app/globex/surveys/{csat.public_id}/{end}").status_code == 404
        assert as_charlie.get(f"/app/acme/surveys/{csat.public_id}/{end}").status_code == 404


def test_pages_ask_the_database_no_more_for_more_rows(as_alice: Client, csat: Survey, acme: Business) -> None:
    def queries(address: str) -> int:
        as_alice.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert as_alice.get(address).status_code == 200
        return len(asked)

    one_of_each(csat, "one")
    addresses = ("/app/acme/surveys/", f"/app/acme/surveys/{csat.public_id}/")
    few = [queries(address) for address in addresses]
    for name in ("two", "three"):
        one_of_each(csat, name)
        with for_business(acme) as now:
            new = NewSurvey(name=name, kind=SurveyKind.NPS, scale_points=11, trigger=Trigger.ORDER)
            create_survey(business=acme, new=new, actor="Alice", now=now)
    assert [queries(address) for address in addresses] == few


def one_of_each(survey: Survey, name: str) -> None:
    from_there = Customer(business=survey.business, email=f"{name}@customer.example")
    with for_business(survey.business) as now:
        from_there.created_at = now
        from_there.unsubscribe_hash = name
        from_there.save()
    answer(survey, from_there, [4], assignee=name, language=name[:2], comment=name)
