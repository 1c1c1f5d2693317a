"""Two sequencers at once, killed two hundred times at any point: the log never forks and loses nothing.

Every checkpoint that was ever on show is consistent with the next. The seed is FAULT_SEED.
"""

import os
import random
import threading
from collections import Counter
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings

from businesses.models import Business
from lib.tenancy import for_business, for_service
from reviews.models import ReviewEvent, UntreatedEvent
from tests.factories import make_customer
from tests.faults.test_sending_killed import Workers, nursery_of
from tests.reviews.stories import published as publish
from tests.trustscore.log_stories import assert_continues, published
from trustscore.ledger.files import LogFiles
from trustscore.models import LedgerEntry, LedgerHead, ScoreSnapshot
from trustscore.services import take_up_events
from trustscore.services.log import stored_size
from trustscore.tlog.note import Checkpoint, check_signature, parse_checkpoint, parse_note, parse_vkey

SEED = int(os.environ.get("FAULT_SEED", "20261127"))
KILLS, AT_ONCE = 200, 2

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults, pytest.mark.timeout(300)]


class Watcher:
    """Somebody who looks at the published checkpoint all the time and keeps every one."""

    def __init__(self) -> None:
        self.seen: dict[str, None] = {}
        self._end = Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        files = LogFiles(settings.LEDGER_DIR)
        while not self._end.wait(0.0005):
            note = files.note()
            if note is not None:
                self.seen[note] = None

    def checkpoints(self) -> list[Checkpoint]:
        """All of them in the order in which they were seen, their signatures checked."""
        vkey = parse_vkey((Path(settings.LEDGER_DIR) / "key").read_text())
        notes = [parse_note(each) for each in self.seen]
        for note in notes:
            check_signature(note, vkey)
        return [parse_checkpoint(note) for note in notes]


def where_the_log_stood() -> str:
    """Behind which of its steps the sequencers died."""
    with for_service("a test looks"):
        head = LedgerHead.objects.first()
        if head is not None and stored_size() > head.size:
            return "stored, not signed"
        shown = LogFiles(settings.LEDGER_DIR).checkpoint()
        if head is not None and head.size and (shown is None or shown.size < head.size):
            return "signed, not shown"
        return "waiting" if UntreatedEvent.objects.exists() else "done"


def kill_and_go_on(acme: Business, sequencers: Workers, chance: random.Random) -> Counter[str]:
    """Reviews come in and sequencers die, until enough have died."""
    died: Counter[str] = Counter()
    reviews = 0
    while sequencers.kills < KILLS:
        for _ in range(AT_ONCE):
            sequencers.start()
        for _ in range(chance.randint(1, 3)):
            with for_business(acme) as now:
                customer = make_customer(acme, f"customer{reviews}@customer.example")
            publish(acme, customer, now=now, stars=chance.randint(1, 5))
            reviews += 1
        Event().wait(chance.uniform(0.0, 0.12))
        sequencers.kill_all()
        died[where_the_log_stood()] += 1
    return died


def test_two_sequencers_killed_two_hundred_times_never_fork_the_log(acme: Business) -> None:
    chance = random.Random(SEED)
    environment = {"LEDGER_DIR": str(settings.LEDGER_DIR), "LEDGER_KEY_FILE": str(settings.LEDGER_KEY_FILE)}
    with Watcher() as watcher, nursery_of("tests.faults.sequencers", environment) as sequencers:
        died = kill_and_go_on(acme, sequencers, chance)
        while take_up_events():
            pass
        last, entries = published()
    story = f"seed {SEED}, {sequencers.kills} kills, {dict(died)}, {len(watcher.seen)} checkpoints seen"
    checkpoints = [*watcher.checkpoints(), last]
    assert [each.size for each in checkpoints] == sorted(each.size for each in checkpoints), story
    for old, new in pairwise(checkpoints):
        assert_continues(old, new)
    with for_service("a test looks"):
        events = sorted(ReviewEvent.objects.values_list("id", flat=True))
        logged = sorted(LedgerEntry.objects.exclude(event=None).values_list("event_id", flat=True))
        assert logged == events, story
        assert [each["seq"] for each in entries[1:]] == list(range(len(entries) - 1)), story
        assert (LedgerHead.objects.get().frozen, UntreatedEvent.objects.count()) == ("", 0), story
        scores = [each["tenths"] for each in entries if each["kind"] == "score"]
        assert ScoreSnapshot.objects.get().tenths == scores[-1], story
    assert died["stored, not signed"] > 0, story
    assert len(checkpoints) > KILLS / AT_ONCE / 3, story
