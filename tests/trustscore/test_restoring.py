"""The drill: the database comes back from a backup, and the log goes on from what was published, never from less.

A savepoint is the backup: rolling back to it is what a restore does to the rows, while the published files stay.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from businesses.models import Business, User
from lib.tenancy import for_business, for_service
from reviews.enums import Actor, ModerationReason, ReviewStatus
from reviews.models import Review, UntreatedEvent
from reviews.services import edit_review, hold_review, release_review, remove_review, reply, withdraw_review
from tests.reviews.stories import contents
from tests.trustscore.log_stories import assert_continues, published
from tests.trustscore.test_log import frozen, say
from tests.trustscore.test_log_views import json_at, openings
from trustscore import verify
from trustscore.ledger.files import LogFiles
from trustscore.ledger.keys import signing_keys
from trustscore.models import LedgerEntry, LedgerHead, ScoreSnapshot
from trustscore.services import take_up_events
from trustscore.tlog.note import parse_checkpoint, parse_note

pytestmark = pytest.mark.django_db


@contextmanager
def lost() -> Iterator[None]:
    """What happens inside is published, and forgotten by the database afterwards."""
    with transaction.atomic():
        backup = transaction.savepoint()
        yield
        transaction.savepoint_rollback(backup)


def fresh(review: Review) -> Review:
    """The review as it stands."""
    return Review.objects.select_related("business", "customer").get(pk=review.pk)


def settle() -> None:
    """What the sweeps do in a few seconds."""
    for _ in range(3):
        take_up_events()


def assert_verifies(business: str = "acme") -> None:
    """Replays the business from what is public, as the verifier does."""
    told, shown = json_at(f"/b/{business}/ledger.json"), json_at(f"/b/{business}/score.json")
    opened = {
        verify.commitment(kind, each[kind]): (kind, each[kind]["value"])
        for each in openings(business)
        for kind in ("core", "text", "reply")
        if kind in each
    }
    entries = [(each["index"], json.loads(each["entry"])) for each in told["entries"]]
    numbers = {name: int(shown[name]) for name in ("as_of", "count", "n", "d", "tenths", "size")}
    policies = [each["index"] for each in told["policies"]]
    verify.Replay(business, opened, policies, numbers["as_of"]).run(entries, numbers)


def test_what_was_published_after_the_backup_is_taken_back_and_the_log_goes_on(acme: Business) -> None:
    say(acme, 5, "dora")
    settle()
    with lost():
        say(acme, 1, "eva")
        settle()
        later, before = published()
    settle()
    now, entries = published()
    assert_continues(later, now)
    assert entries[: len(before)] == before
    # Eva's review is gone with the database, and the log says so.
    assert [each["kind"] for each in entries[len(before) :]] == ["erase", "score"]
    assert (entries[-2]["reason"], entries[-2]["review"]) == ("lost", before[4]["review"])
    with for_service("a test"):
        head = LedgerHead.objects.get()
        assert (head.size, head.frozen, ScoreSnapshot.objects.get().tenths) == (now.size, "", 37)
    assert_verifies()


def test_an_event_that_waited_in_the_backup_is_not_logged_twice(acme: Business) -> None:
    say(acme, 5, "dora")
    settle()
    say(acme, 4, "eva")
    with lost():
        settle()
        _, before = published()
    with for_service("a test"):
        assert UntreatedEvent.objects.count() == 2
    settle()
    assert published()[1] == before
    with for_service("a test"):
        assert UntreatedEvent.objects.count() == 0
        assert LedgerEntry.objects.filter(event=None).exclude(kind__in=["policy", "score"]).count() == 0
        assert ScoreSnapshot.objects.get().count == 2
    assert_verifies()


def test_a_lost_withdrawal_is_followed(acme: Business) -> None:
    review = say(acme, 5, "dora")
    settle()
    with lost():
        with for_business(acme) as now:
            withdraw_review(review=fresh(review), now=now)
        settle()
    settle()
    with for_business(acme):
        assert (fresh(review).status, fresh(review).counted) == (ReviewStatus.WITHDRAWN, False)
    assert_verifies()


def test_a_lost_removal_is_followed(acme: Business) -> None:
    review = say(acme, 5, "dora")
    settle()
    with lost():
        with for_business(acme) as now:
            remove_review(review=fresh(review), reason=ModerationReason.HARMFUL, actor=Actor.SERVICE, now=now)
        settle()
    settle()
    with for_business(acme):
        assert (fresh(review).status, fresh(review).status_reason) == (ReviewStatus.REMOVED, "harmful")
    assert_verifies()


def test_a_lost_edit_makes_the_review_a_lost_one(acme: Business) -> None:
    review = say(acme, 5, "dora")
    settle()
    with lost():
        with for_business(acme) as now:
            edit_review(review=fresh(review), contents=contents(stars=1), now=now)
        settle()
    settle()
    with for_business(acme):
        assert (fresh(review).status, fresh(review).stars) == (ReviewStatus.ERASED, None)
    assert [each["kind"] for each in published()[1][-2:]] == ["erase", "score"]
    assert_verifies()


def test_a_lost_reply_is_said_anew_as_far_as_it_is_known(acme: Business, alice: User) -> None:
    review = say(acme, 5, "dora")
    settle()
    with lost():
        with for_business(acme) as now:
            reply(review=fresh(review), body="Thank you, Dora.", author=alice, now=now)
        settle()
    settle()
    assert published()[1][-1]["kind"] == "reply"
    assert openings()[-1]["reply"]["value"]["body"] == ""
    assert_verifies()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("tile/entries/000.p/7", "The published entries from 0 on are not those of their tile."),
        ("tile/0/000.p/7", "The published tiles do not lead to the root of the published checkpoint."),
    ],
)
def test_files_that_do_not_fit_freeze_the_log(acme: Business, path: str, why: str) -> None:
    say(acme, 5, "dora")
    settle()
    with lost():
        say(acme, 1, "eva")
        settle()
    file = Path(settings.LEDGER_DIR) / path
    data = bytearray(file.read_bytes())
    data[-3] ^= 1
    file.write_bytes(bytes(data))
    note = LogFiles(settings.LEDGER_DIR).note()
    settle()
    assert (frozen(), LogFiles(settings.LEDGER_DIR).note()) == (why, note)


def test_a_checkpoint_of_another_key_freezes_the_log(acme: Business) -> None:
    say(acme, 5, "dora")
    settle()
    with lost():
        say(acme, 1, "eva")
        settle()
    Path(settings.LEDGER_KEY_FILE).unlink()
    signing_keys(Path(settings.LEDGER_KEY_FILE), may_create=True)
    note = LogFiles(settings.LEDGER_DIR).note()
    settle()
    assert (frozen(), LogFiles(settings.LEDGER_DIR).note()) == ("the note is not signed by localhost:8000/ledger", note)


def test_two_trees_of_one_size_freeze_the_log(acme: Business, globex: Business) -> None:
    say(acme, 5, "dora")
    settle()
    with lost():
        say(acme, 1, "eva")
        settle()
        folder = Path(settings.LEDGER_DIR)
        elsewhere = folder.rename(folder.with_name("elsewhere"))
    shutil.copytree(elsewhere, folder)
    (folder / "checkpoint").write_text((elsewhere / "checkpoint").read_text())
    settle()
    assert frozen() == ""
    shutil.rmtree(folder)
    elsewhere.rename(folder)
    with for_service("a test's crime"):
        LedgerHead.objects.update(root="00" * 32, size=parse_checkpoint(parse_note(LogFiles(folder).note() or "")).size)
    say(globex, 1, "gus")
    note = LogFiles(folder).note()
    assert take_up_events() == 0
    assert (frozen()[:26], LogFiles(folder).note()) == ("There are two trees of 7 e", note)


def test_what_was_published_after_the_backup_stays_open(acme: Business) -> None:
    """Held before the backup and released after it: the database has no event of that, and the log has."""
    review = say(acme, 5, "dora")
    with for_business(acme) as now:
        hold_review(review=fresh(review), reason=ModerationReason.HARMFUL, actor=Actor.SERVICE, now=now)
    settle()
    with lost():
        with for_business(acme) as now:
            release_review(review=fresh(review), now=now)
        settle()
    settle()
    with for_business(acme):
        assert fresh(review).status == ReviewStatus.PUBLISHED
    assert_verifies()
