"""The log as strangers find it: every event is in it, in order, under a signed checkpoint, and it never forks."""

import shutil
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection

from businesses.models import Business
from lib.commitments import epoch_day
from lib.tenancy import for_business, for_service
from reviews.enums import Source
from reviews.importing.mapping import map_columns
from reviews.importing.reading import read_table
from reviews.importing.services import import_reviews
from reviews.models import Review, ReviewEvent
from reviews.services import edit_review, withdraw_review
from tests.factories import make_customer
from tests.reviews.stories import contents
from tests.reviews.stories import published as publish
from tests.trustscore.log_stories import assert_continues, assert_log_is_whole, published
from trustscore import services
from trustscore.ledger.files import LogFiles
from trustscore.ledger.keys import signing_keys
from trustscore.models import LedgerEntry, LedgerHead, ScoreSnapshot
from trustscore.scoring import WEIGHTS_SHA256
from trustscore.tlog.note import check_signature, parse_checkpoint, parse_note, parse_vkey

pytestmark = pytest.mark.django_db


def say(business: Business, stars: int, who: str = "dora") -> Review:
    """A counted review of today."""
    with for_business(business) as now:
        customer = make_customer(business, f"{who}@customer.example")
    return publish(business, customer, now=now, stars=stars, source=Source.TICKET)


def frozen() -> str:
    """Why the log is frozen, if it is."""
    with for_service("a test"):
        return LedgerHead.objects.get().frozen


def test_a_review_is_in_the_log_with_its_score_and_nothing_else(acme: Business) -> None:
    review = say(acme, 5)
    services.take_up_events()
    checkpoint, entries = published()
    with for_business(acme):
        submit = ReviewEvent.objects.get(review=review, kind="submit")
    day = epoch_day(review.submitted_at.date())
    about = {"v": 1, "business": "acme", "day": day}
    assert entries == [
        {"v": 1, "kind": "policy", "day": day, "formula": "score-1", "weights": WEIGHTS_SHA256},
        about | {"kind": "submit", "seq": 0, "review": review.public_id, "core": submit.core, "text": submit.text},
        about | {"kind": "publish", "seq": 1, "review": review.public_id, "actor": "service", "reason": ""},
        about | {"kind": "score", "seq": 2, "tenths": 37, "policy": 0, "size": 3},
    ]
    assert (checkpoint.origin, checkpoint.size) == ("localhost:8000/ledger", 4)


def test_the_score_on_show_carries_the_checkpoint_that_logged_it(acme: Business, globex: Business) -> None:
    say(acme, 5)
    services.take_up_events()
    first = LogFiles(settings.LEDGER_DIR).note()
    say(globex, 1, "gus")
    services.take_up_events()
    with for_service("a test"):
        shown = list(ScoreSnapshot.objects.order_by("business__slug").values_list("logged_tenths", "checkpoint"))
    assert shown == [(37, first), (32, LogFiles(settings.LEDGER_DIR).note())]


def test_every_checkpoint_continues_the_one_before(acme: Business) -> None:
    checkpoints = []
    for number in range(12):
        say(acme, 1 + number % 5, f"customer{number}")
        services.take_up_events()
        checkpoints.append(published()[0])
    for old, new in pairwise(checkpoints):
        assert_continues(old, new)
    assert [each.size for each in checkpoints] == [1 + 3 * number for number in range(1, 13)]


def test_many_events_fill_bundles_and_leave_no_unfinished_tiles_behind(acme: Business) -> None:
    for number in range(300):
        say(acme, 4, f"customer{number}")
        if number % 10 == 0:
            services.take_up_events()
    services.take_up_events()
    _, entries = published()
    assert [each["seq"] for each in entries if each["kind"] != "policy"] == list(range(len(entries) - 1))
    folder = Path(settings.LEDGER_DIR) / "tile"
    unfinished = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.p"))
    assert unfinished == ["0/001.p", "0/002.p", "1/000.p", "entries/001.p", "entries/002.p"]


def test_more_events_than_one_batch_takes_are_told_in_order(acme: Business) -> None:
    lines = "".join(f"{1 + number % 5},Number {number},2025-01-02\n" for number in range(1500))
    table = read_table(f"stars,text,date\n{lines}".encode())
    with for_business(acme) as now:
        import_reviews(
            business=acme, table=table, mapping=map_columns(table), imported_from="elsewhere", actor="Alice", now=now
        )
    say(acme, 5)
    assert [services.take_up_events(), services.take_up_events(), services.take_up_events()] == [4000, 502, 0]
    entries = assert_log_is_whole()
    assert Counter(each["kind"] for each in entries) == Counter(
        policy=1, submit=1501, uncount=1500, publish=1501, score=2
    )


def test_at_midnight_a_review_stays_in_its_order_though_the_later_event_has_the_earlier_day(acme: Business) -> None:
    review = say(acme, 5)
    services.take_up_events()
    with for_business(acme) as now:
        edit_review(review=review, contents=contents(stars=1), now=now + timedelta(days=1))
    with for_business(acme):
        withdraw_review(review=Review.objects.get(pk=review.pk), now=now)
    say(acme, 4, "eva")
    while services.take_up_events():
        pass
    assert [(each["kind"], each["seq"]) for each in assert_log_is_whole()[4:] if each["kind"] != "score"] == [
        *[("submit", 3), ("publish", 4), ("edit", 6), ("withdraw", 7)]
    ]


def test_what_was_stored_but_not_published_is_published_next_time(acme: Business) -> None:
    say(acme, 5)
    services.take_up_events()
    with for_service("a test") as now:
        log = services.LogWriter(day=epoch_day(now.date()))
        log.number(["acme"])
        log.score("acme", 37)
        log.store()
    services.take_up_events()
    assert published()[0].size == 5


def test_lost_files_are_written_again_byte_for_byte_once_a_person_has_looked(acme: Business) -> None:
    for number in range(100):
        say(acme, 3, f"customer{number}")
    services.take_up_events()
    folder = Path(settings.LEDGER_DIR)
    before = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    shutil.rmtree(folder)
    services.take_up_events()
    assert frozen().startswith("202 entries were published and their files are gone.")
    assert not (folder / "checkpoint").exists()
    services.rebuild_log(by="a test")
    services.take_up_events()
    assert {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_log_whose_files_tell_another_story_is_frozen_and_nothing_is_signed(acme: Business) -> None:
    say(acme, 5)
    services.take_up_events()
    tile = Path(settings.LEDGER_DIR) / "tile" / "0" / "000.p" / "4"
    tile.write_bytes(bytes(128))
    note = LogFiles(settings.LEDGER_DIR).note()
    say(acme, 1, "eva")
    assert services.take_up_events() == 2
    assert frozen() == "The tiles of the first 4 entries do not lead to the root that was signed."
    assert LogFiles(settings.LEDGER_DIR).note() == note
    say(acme, 1, "fay")
    assert services.take_up_events() == 0


def test_without_its_key_the_log_is_frozen_and_no_new_key_is_made(acme: Business) -> None:
    say(acme, 5)
    services.take_up_events()
    Path(settings.LEDGER_KEY_FILE).unlink()
    say(acme, 1, "eva")
    services.take_up_events()
    assert frozen().startswith(f"The log's key is not at {settings.LEDGER_KEY_FILE}.")
    assert not Path(settings.LEDGER_KEY_FILE).exists()


def test_the_key_is_readable_by_its_owner_only_and_is_not_among_the_public_files(acme: Business) -> None:
    services.take_up_events()
    key = Path(settings.LEDGER_KEY_FILE)
    assert (key.stat().st_mode & 0o777, key.parent == Path(settings.LEDGER_DIR)) == (0o600, False)


def test_entries_can_be_neither_changed_nor_deleted(acme: Business) -> None:
    say(acme, 5)
    services.take_up_events()
    for statement in ("UPDATE trustscore_ledgerentry SET entry = ''", "DELETE FROM trustscore_ledgerentry"):
        refused, crime = pytest.raises(DatabaseError, match="permission denied"), for_service("a test's crime")
        with refused, crime, connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_withdrawn_review_is_followed_by_its_score(acme: Business) -> None:
    review = say(acme, 5)
    services.take_up_events()
    with for_business(acme) as now:
        withdraw_review(review=Review.objects.get(pk=review.pk), now=now)
    services.take_up_events()
    _, entries = published()
    assert [(each["kind"], each.get("tenths")) for each in entries[4:]] == [("withdraw", None), ("score", 0)]


def test_the_head_and_the_published_checkpoint_say_the_same(acme: Business) -> None:
    say(acme, 5)
    services.take_up_events()
    with for_service("a test"):
        head = LedgerHead.objects.get()
        assert list(LedgerEntry.objects.order_by("index").values_list("index", flat=True)) == list(range(head.size))
    assert parse_checkpoint(parse_note(head.note)) == published()[0]
    assert head.root == published()[0].root.hex()


def test_each_score_is_of_what_was_logged_before_it_though_the_review_went_on(acme: Business) -> None:
    """Dora's review of the first day was withdrawn on the second, before either was taken up."""
    review = say(acme, 5)
    with for_business(acme) as now:
        withdraw_review(review=Review.objects.get(pk=review.pk), now=now + timedelta(days=1))
    services.take_up_events()
    services.take_up_events()
    _, entries = published()
    assert [(each["kind"], each.get("tenths")) for each in entries[1:]] == [
        ("submit", None),
        ("publish", None),
        ("score", 37),
        ("withdraw", None),
        ("score", 0),
    ]


def test_a_new_key_signs_beside_the_old_one_until_that_is_taken_away(acme: Business, tmp_path: Path) -> None:
    services.take_up_events()
    path, folder = Path(settings.LEDGER_KEY_FILE), Path(settings.LEDGER_DIR)
    old = (folder / "key").read_text().strip()
    first = path.read_bytes()
    path.unlink()
    signing_keys(path, may_create=True)
    newer = path.read_bytes()
    path.write_bytes(newer + first)
    say(acme, 5)
    services.take_up_events()
    new, kept = (folder / "key").read_text().splitlines()
    note = parse_note((folder / "checkpoint").read_text())
    for vkey in (new, kept):
        check_signature(note, parse_vkey(vkey))
    assert (kept, new != old) == (old, True)
    path.write_bytes(newer)
    say(acme, 4, "eva")
    services.take_up_events()
    assert (folder / "key").read_text().splitlines() == [new]
    assert frozen() == ""
