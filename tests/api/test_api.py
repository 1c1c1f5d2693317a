"""What programs do for Acme, and that they see nothing of Globex."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from businesses.enums import ApiScope
from businesses.models import Business, Customer, User
from invitations.models import Invitation, Ticket
from lib.tenancy import for_business
from reviews.contents import ReviewContents
from reviews.enums import Source
from reviews.models import Review
from reviews.services.authors import submit_review
from surveys.enums import Channel, SurveyKind
from surveys.models import Response, Survey
from surveys.services import create_standard_surveys, record_response
from tests.api.conftest import Call, new_key
from tests.factories import NOW, make_customer
from tests.integrations.conftest import solved
from trustscore.services import take_up_events

pytestmark = pytest.mark.django_db


def respond(business: Business, customer: Customer, score: int, **more: Any) -> Response:
    """The customer answers the business's CSAT survey."""
    with for_business(business):
        if not Survey.objects.exists():
            create_standard_surveys(business=business, now=NOW)
        survey = Survey.objects.select_related("business").get(kind=SurveyKind.CSAT)
        return record_response(
            survey=survey,
            customer=customer,
            score=score,
            comment=more.get("comment", ""),
            language="en",
            channel=Channel.EMAIL,
            now=more.get("now", NOW),
        )


def publish(business: Business, customer: Customer, stars: int, **more: Any) -> Review:
    """The customer publishes a review."""
    contents = ReviewContents(
        stars=stars,
        title=more.get("title", "Good"),
        body="It held through two storms.",
        display_name="Dora D.",
        experienced_on=None,
        language="en",
    )
    with for_business(business) as now:
        return submit_review(
            business=business, customer=customer, contents=contents, source=Source.ORGANIC, now=more.get("now", now)
        )


def test_an_event_is_acted_upon_at_once_and_once(acme: Business, call: Call) -> None:
    with for_business(acme):
        create_standard_surveys(business=acme, now=NOW)
    first = call("post", "events", solved(note="x"))
    assert first.status_code == 200
    assert first.json()["outcome"].startswith("Invitation scheduled for")
    assert first.json()["unknown_fields"] == ["note"]
    assert call("post", "events", solved()).status_code == 200
    with for_business(acme):
        assert (Invitation.objects.count(), Ticket.objects.get().source) == (1, "api")


def test_faults_of_an_event_are_named_one_by_one(acme: Business, call: Call) -> None:
    answer = call("post", "events", {"type": "ticket.solved", "occurred_at": "soon", "customer": {"email": "x"}})
    assert answer.status_code == 422
    assert answer.json()["type"] == "validation_error"
    assert {(error["attr"], error["detail"]) for error in answer.json()["errors"]} == {
        ("ticket.id", "ticket.id is missing."),
        (
            "occurred_at",
            "occurred_at is not a time in ISO 8601 with a zone, such as 2026-11-02T09:00:00Z.",
        ),
    }
    unusable = call("post", "events", solved() | {"customer": {"email": "dora at home"}})
    assert unusable.status_code == 422
    assert "is not an e-mail address" in unusable.json()["errors"][0]["detail"]
    assert call("post", "events", "no object").status_code == 422
    with for_business(acme):
        assert not Ticket.objects.exists()


def test_a_body_over_a_mebibyte_is_413(call: Call) -> None:
    assert call("post", "events", solved(padding="x" * 1024 * 1024)).status_code == 413


def test_answers_come_in_pages_newest_first(acme: Business, dora: Customer, call: Call) -> None:
    for minute in range(5):
        respond(acme, dora, 1 + minute, now=NOW + timedelta(minutes=minute), comment=f"number {minute}")
    first = call("get", "responses?page_size=2").json()
    second = call("get", first["next"].partition("/api/v1/")[2]).json()
    third = call("get", second["next"].partition("/api/v1/")[2]).json()
    scores = [each["score"] for page in (first, second, third) for each in page["results"]]
    assert scores == [5, 4, 3, 2, 1]
    assert third["next"] is None
    newest = first["results"][0]
    assert newest["customer"] == {"id": dora.public_id, "email": dora.email, "name": "Dora Dahl"}
    assert (newest["kind"], newest["scale_points"], newest["comment"]) == ("csat", 5, "number 4")


def test_answers_can_be_asked_for_since_a_time_and_by_survey(acme: Business, dora: Customer, call: Call) -> None:
    old = respond(acme, dora, 1)
    respond(acme, dora, 5, now=NOW + timedelta(days=1))
    since = call("get", f"responses?changed_since={(NOW + timedelta(hours=1)).isoformat().replace('+00:00', 'Z')}")
    assert [each["score"] for each in since.json()["results"]] == [5]
    with for_business(acme):
        survey = Survey.objects.get(pk=old.survey_id)
    assert len(call("get", f"responses?survey={survey.public_id}").json()["results"]) == 2
    assert call("get", "responses?survey=nobodyhasthisid2").json()["results"] == []
    wrong = call("get", "responses?changed_since=yesterday")
    assert (wrong.status_code, wrong.json()["errors"][0]["attr"]) == (400, "changed_since")


def test_reviews_are_listed_read_and_answered(acme: Business, dora: Customer, alice: User, call: Call) -> None:
    review = publish(acme, dora, 4)
    [listed] = call("get", "reviews?needs_reply=true&stars=4").json()["results"]
    assert call("get", f"reviews/{review.public_id}").json() == listed
    assert (listed["id"], listed["stars"], listed["source"], listed["reply_body"]) == (
        review.public_id,
        4,
        "organic",
        "",
    )
    answered = call("post", f"reviews/{review.public_id}/reply", {"body": "Thank you, Dora."})
    assert answered.status_code == 200
    assert (answered.json()["reply_body"], answered.json()["needs_reply"]) == ("Thank you, Dora.", False)
    assert call("get", "reviews?needs_reply=true").json()["results"] == []
    with for_business(acme):
        assert Review.objects.get().replies.get().author_id == alice.pk
    refused = call("post", f"reviews/{review.public_id}/reply", {"body": "Write to dora@customer.example"})
    assert refused.status_code == 422
    assert call("post", f"reviews/{review.public_id}/reply", {}).json()["errors"][0]["attr"] == "body"
    assert call("get", "reviews?stars=9").status_code == 400


def test_the_score_is_the_one_on_show(acme: Business, dora: Customer, call: Call) -> None:
    assert call("get", "score").status_code == 404
    publish(acme, dora, 5)
    take_up_events()
    score = call("get", "score").json()
    assert (score["count"], score["tenths"]) == (1, 37)
    assert int(score["denominator"]) > 0


def test_nothing_of_globex_is_there(
    acme: Business, dora: Customer, globex: Business, charlie: User, call: Call, key: str
) -> None:
    canary = make_customer(globex, "canary@customer.example", "CANARY")
    respond(globex, canary, 3, comment="CANARY")
    foreign = publish(globex, canary, 3, title="CANARY")
    for path in ("responses", "reviews", f"reviews/{foreign.public_id}", "score"):
        assert b"CANARY" not in call("get", path).content
    assert call("get", f"reviews/{foreign.public_id}").status_code == 404
    assert call("post", f"reviews/{foreign.public_id}/reply", {"body": "Hello"}).status_code == 404
    theirs = new_key(globex, charlie, *ApiScope)
    assert b"CANARY" in call("get", "responses", key=theirs).content


def test_lists_ask_as_many_queries_for_one_as_for_three(acme: Business, dora: Customer, call: Call) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(database) as asked:
            assert call("get", path).status_code == 200
        return len(asked)

    respond(acme, dora, 1)
    publish(acme, dora, 5)
    call("get", "reviews")
    before = [queries("responses"), queries("reviews")]
    for number in (1, 2):
        other = make_customer(acme, f"{number}@customer.example", "Another")
        respond(acme, other, 2)
        publish(acme, other, 4)
    assert [queries("responses"), queries("reviews")] == before
