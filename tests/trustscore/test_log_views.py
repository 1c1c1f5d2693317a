"""What everybody can download: the log's files, and what opens and proves a business's part of it."""

import base64
import json
from typing import Any

import pytest
from django.test import Client

from businesses.models import Business
from lib.commitments import CommitmentKind, commit, epoch_day
from lib.tenancy import for_business
from reviews.models import Review
from reviews.services import edit_review, reply, withdraw_review
from tests.reviews.stories import contents
from tests.trustscore.log_stories import published
from tests.trustscore.test_log import say
from trustscore import services
from trustscore.openings import ever_public
from trustscore.tlog.merkle import check_inclusion, leaf_hash
from trustscore.tlog.note import parse_checkpoint, parse_note

pytestmark = pytest.mark.django_db


def json_at(address: str) -> Any:
    """A document that is open to every origin."""
    response = Client().get(address)
    assert response["Access-Control-Allow-Origin"] == "*"
    return json.loads(response.content)


def openings(business: str = "acme") -> list[Any]:
    """The opened commitments of a business."""
    return [json.loads(line) for line in Client().get(f"/b/{business}/openings.jsonl").content.splitlines()]


def test_the_files_of_the_log_are_served_with_how_long_they_last(acme: Business) -> None:
    assert Client().get("/ledger/checkpoint").status_code == 404
    say(acme, 5)
    services.take_up_events()
    kept = {
        name: Client().get(f"/ledger/{name}")["Cache-Control"]
        for name in ("checkpoint", "key", "tile/0/000.p/4", "tile/entries/000.p/4")
    }
    assert kept == {
        "checkpoint": "public, max-age=5",
        "key": "public, max-age=300",
        "tile/0/000.p/4": "public, max-age=31536000, immutable",
        "tile/entries/000.p/4": "public, max-age=31536000, immutable",
    }


@pytest.mark.parametrize(
    "path", ["0/000", "0/../../ledger.key", "..%2f..%2fledger.key", "entries", "0/000.p/4/x", "999/1"]
)
def test_nothing_else_is_served(acme: Business, path: str) -> None:
    services.take_up_events()
    assert Client().get(f"/ledger/tile/{path}").status_code == 404


def test_openings_open_what_was_public_and_the_words_of_what_is(acme: Business) -> None:
    review = say(acme, 5)
    with for_business(acme) as now:
        edit_review(
            review=Review.objects.get(pk=review.pk), contents=contents(stars=2, body="Second thoughts."), now=now
        )
    services.take_up_events()
    _, entries = published()
    first, second = openings()
    assert [each["core"]["value"]["stars"] for each in (first, second)] == [5, 2]
    assert ("text" in first, second["text"]["value"]["body"]) == (False, "Second thoughts.")
    commitments = [
        commit(CommitmentKind.CORE, bytes.fromhex(each["core"]["salt"]), each["core"]["value"])
        for each in (first, second)
    ]
    assert commitments == [entry["core"] for entry in entries if entry["kind"] in {"submit", "edit"}]


def test_a_withdrawn_review_keeps_its_core_open_and_closes_its_words(acme: Business) -> None:
    review = say(acme, 5)
    with for_business(acme) as now:
        withdraw_review(review=Review.objects.get(pk=review.pk), now=now)
    services.take_up_events()
    assert [sorted(each) for each in openings()] == [["core", "review"]]


def test_a_standing_reply_is_open(acme: Business, alice: Any) -> None:
    review = say(acme, 5)
    with for_business(acme) as now:
        reply(review=Review.objects.get(pk=review.pk), body="Thank you, Dora.", author=alice, now=now)
    services.take_up_events()
    _, entries = published()
    opened = openings()[1]["reply"]
    assert opened["value"]["body"] == "Thank you, Dora."
    expected = commit(CommitmentKind.REPLY, bytes.fromhex(opened["salt"]), opened["value"])
    assert [entry["reply"] for entry in entries if entry["kind"] == "reply"] == [expected]


@pytest.mark.parametrize(
    ("history", "public"),
    [
        (["submit", "publish"], {1}),
        (["submit", "hold", "edit", "publish"], {2}),
        (["submit", "publish", "hold", "edit", "reject"], {1}),
        (["submit", "publish", "edit", "remove", "restore"], {1, 2}),
        (["submit", "hold", "reject"], set()),
    ],
)
def test_a_version_is_open_once_it_was_public(history: list[str], public: set[int]) -> None:
    assert ever_public(history) == public


def test_a_business_can_be_checked_alone(acme: Business, globex: Business) -> None:
    for number in range(5):
        say(acme, 5, f"customer{number}")
        say(globex, 1, f"other{number}")
    services.take_up_events()
    told = json_at("/b/globex/ledger.json")
    checkpoint = parse_checkpoint(parse_note(told["checkpoint"]))
    for each in told["entries"] + told["policies"]:
        check_inclusion(
            [base64.b64decode(hashed) for hashed in each["proof"]],
            index=each["index"],
            size=checkpoint.size,
            leaf=leaf_hash(each["entry"].encode()),
            root=checkpoint.root,
        )
    assert [json.loads(each["entry"])["seq"] for each in told["entries"]] == list(range(11))
    assert [each["index"] for each in told["policies"]] == [0]


def test_the_score_is_told_exactly_with_its_checkpoint(acme: Business) -> None:
    services.take_up_events()
    assert json_at("/b/acme/score.json")["tenths"] == 0
    review = say(acme, 5)
    services.take_up_events()
    told = json_at("/b/acme/score.json")
    checkpoint, _ = published()
    assert (told["as_of"], told["count"], told["tenths"]) == (epoch_day(review.submitted_at.date()), 1, 37)
    assert (int(told["n"]), int(told["d"])) == (49 * 2**31 + 5 * 2**32, 8 * 2**32)
    assert (told["size"], parse_checkpoint(parse_note(told["checkpoint"]))) == (checkpoint.size, checkpoint)


def test_the_proof_of_one_review_can_be_downloaded(acme: Business) -> None:
    review = say(acme, 5)
    assert Client().get(f"/b/acme/reviews/{review.public_id}/proof.json").status_code == 404
    services.take_up_events()
    told = json_at(f"/b/acme/reviews/{review.public_id}/proof.json")
    assert [json.loads(each["entry"])["kind"] for each in told["entries"]] == ["submit", "publish"]


def test_what_has_not_changed_is_not_sent_twice(acme: Business) -> None:
    services.take_up_events()
    first = Client().get("/b/acme/ledger.json")
    again = Client().get("/b/acme/ledger.json", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
