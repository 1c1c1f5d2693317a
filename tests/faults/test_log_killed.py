"""Two sequencers are killed two hundred times while reviews come in: the log never forks, loses or doubles anything.

The seed is FAULT_SEED; it is in the failure's words.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest
from django.conf import settings

from businesses.models import Business
from lib.tenancy import for_business, for_service
from reviews.models import Review, UntreatedEvent
from reviews.services import edit_review, withdraw_review
from tests.factories import make_customer
from tests.faults.test_sending_killed import Workers, nursery_of
from tests.reviews.stories import contents, published
from tests.trustscore.log_stories import assert_continues, assert_log_is_whole
from trustscore.ledger.files import LogFiles
from trustscore.models import LedgerHead
from trustscore.services import take_up_events
from trustscore.services.log import stored_size
from trustscore.tlog.note import check_signature, parse_checkpoint, parse_note, parse_vkey
from trustscore.tlog.tiles import Tile

SEED = int(os.environ.get("FAULT_SEED", "20261127"))
KILLS = int(os.environ.get("FAULT_KILLS", "200"))
AT_ONCE = 2
CUSTOMERS = 12

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults, pytest.mark.timeout(240)]


class Stood(StrEnum):
    """Where the log stood when its sequencers were dead: what of the three steps was done."""

    WAITING = "events waited, nothing was begun or it was taken back"
    STORED = "entries were stored and had no tiles"
    WRITTEN = "tiles were written and nothing was signed"
    SIGNED = "the head was moved and its checkpoint not on show"
    DONE = "nothing was left to do"


def stood() -> Stood:
    """Looks at the log as it is."""
    files = LogFiles(settings.LEDGER_DIR)
    with for_service("a test"):
        head = LedgerHead.objects.first()
        size = stored_size()
        waiting = UntreatedEvent.objects.exists()
    if head is None or size == head.size:
        if head is not None and (files.note() or "") != head.note:
            return Stood.SIGNED
        return Stood.WAITING if waiting else Stood.DONE
    number, width = divmod(size, 256)
    tile = Tile(0, number, width) if width else Tile(0, number - 1)
    return Stood.WRITTEN if (files.folder / tile.path).exists() else Stood.STORED


@contextmanager
def collected() -> Iterator[list[str]]:
    """Every checkpoint that is on show meanwhile, as whoever asks all the time would see it."""
    folder: Path = settings.LEDGER_DIR
    seen: list[str] = []
    ended = Event()

    def watch() -> None:
        while not ended.wait(0.001):
            note = LogFiles(folder).note()
            if note and (not seen or seen[-1] != note):
                seen.append(note)

    watcher = Thread(target=watch)
    watcher.start()
    yield seen
    ended.set()
    watcher.join()


class Crowd:
    """Customers of two businesses who write, change and take back reviews, by chance from a seed."""

    def __init__(self, businesses: list[Business], chance: random.Random) -> None:
        self.businesses = businesses
        self.chance = chance
        self.standing: list[Review] = []
        self.customers = {
            business.pk: [make_customer(business, f"c{number}@customer.example") for number in range(CUSTOMERS)]
            for business in businesses
        }

    def act(self) -> None:
        """Does one thing, in a transaction of its own."""
        deed = self.chance.random()
        if deed < 0.6 or not self.standing:
            business = self.chance.choice(self.businesses)
            customer = self.chance.choice(self.customers[business.pk])
            with for_business(business) as now:
                pass
            self.standing.append(published(business, customer, now=now, stars=self.chance.randint(1, 5)))
            return
        review = self.chance.choice(self.standing)
        with for_business(review.business) as now:
            if deed < 0.85:
                edit_review(review=review, contents=contents(stars=self.chance.randint(1, 5)), now=now)
            else:
                withdraw_review(review=review, now=now)
        if deed >= 0.85:
            self.standing.remove(review)


def in_the_middle_of_things(chance: random.Random) -> None:
    """Waits for a random moment, or until the log stands between two of its steps."""
    aim = chance.choice([None, Stood.STORED, Stood.WRITTEN, Stood.SIGNED])
    if aim is None:
        Event().wait(chance.uniform(0, 0.08))
        return
    for _ in range(60):
        if stood() == aim:
            return


def kill_while_reviews_come_in(killed: Workers, crowd: Crowd, chance: random.Random) -> Counter[Stood]:
    """Rounds of two sequencers at work until the kills are done; where the log stood after each round."""
    found: Counter[Stood] = Counter()
    while killed.kills < KILLS:
        for _ in range(AT_ONCE):
            killed.start()
        for _ in range(chance.randint(1, 4)):
            crowd.act()
        in_the_middle_of_things(chance)
        killed.kill_all()
        found[stood()] += 1
    return found


def test_killed_sequencers_fork_lose_and_double_nothing(acme: Business, globex: Business) -> None:
    chance = random.Random(SEED)
    crowd = Crowd([acme, globex], chance)
    environment = {"LEDGER_DIR": str(settings.LEDGER_DIR), "LEDGER_KEY_FILE": str(settings.LEDGER_KEY_FILE)}
    with collected() as seen:
        with nursery_of("tests.faults.sequencers", environment) as killed:
            found = kill_while_reviews_come_in(killed, crowd, chance)
        while take_up_events():
            pass
        last = LogFiles(settings.LEDGER_DIR).note()
        while last not in seen:
            Event().wait(0.001)
    told = f"seed {SEED}: {killed.kills} kills, {len(seen)} checkpoints, {dict(found)}"
    verifier = parse_vkey((settings.LEDGER_DIR / "key").read_text())
    for note in seen:
        check_signature(parse_note(note), verifier)
    for old, new in pairwise([parse_checkpoint(parse_note(note)) for note in seen]):
        assert old.size < new.size, told
        assert_continues(old, new)
    assert_log_is_whole()
    assert set(found) == set(Stood), told
    print(told)  # noqa: T201 - Shown with -s, for docs and the curious.
