"""Workers are killed while mails go out to a server that misbehaves: nothing is sent twice, nothing is lost silently.

The short form runs with the suite. The long one (10,000 invitations, at least 500 kills): CANDOR_FAULTS=long. The
seed is FAULT_SEED; it is in the failure's words.
"""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

import pytest
from django.db.models import Q

from businesses.delivery.sweep import LANES, send_due
from businesses.enums import MailStatus
from businesses.models import Business
from businesses.services import customer_for
from invitations.models import Invitation
from invitations.sending import INVITATIONS
from invitations.services import Occasion, plan
from lib.tenancy import for_business
from surveys.enums import Trigger
from surveys.services import create_standard_surveys
from tests.smtp import ACCEPT_AND_DROP, DROP, GOOD, MailServer, Manners

LONG = os.environ.get("CANDOR_FAULTS") == "long"
SEED = int(os.environ.get("FAULT_SEED", "20261122"))
MAILS, LEAST_KILLS, WORKERS = (10_000, 500, 3) if LONG else (250, 16, 2)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.faults,
    pytest.mark.timeout(7200 if LONG else 240),
]


@dataclass
class Mood:
    """A server's changing mood, by chance from a seed. Counts what may leave a doubt behind."""

    chance: random.Random
    offers: int = 0
    lost_in_content: int = 0
    lasting_noes: int = 0

    def __call__(self) -> Manners:
        manners = self.chance.choices(
            [
                GOOD,
                Manners(seconds_in_content=0.03),
                Manners(rcpt=450),
                Manners(content=452),
                Manners(rcpt=550),
                Manners(content=554),
                Manners(rcpt=DROP),
                Manners(data=DROP),
                Manners(content=DROP),
                Manners(content=ACCEPT_AND_DROP),
            ],
            [50, 32, 3, 3, 2, 2, 2, 2, 2, 2],
        )[0]
        self.offers += 1
        self.lost_in_content += manners.content < 0
        self.lasting_noes += manners.rcpt == 550 or manners.content == 554
        return manners


@dataclass
class Workers:
    """Real processes that send, and their killing."""

    nursery: subprocess.Popen[str]
    alive: list[int] = field(default_factory=list)
    kills: int = 0

    def start(self) -> None:
        """Brings one more into the world."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write("\n")
        self.nursery.stdin.flush()
        self.alive.append(int(self.nursery.stdout.readline()))

    def kill_all(self) -> None:
        """SIGKILL, and waits until the system has forgotten them."""
        for pid in self.alive:
            os.kill(pid, signal.SIGKILL)
            self.kills += 1
        for pid in self.alive:
            while _exists(pid):
                Event().wait(0.005)
        self.alive.clear()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def nursery_of(module: str, environment: dict[str, str]) -> Iterator[Workers]:
    """The place that the workers of a module come from, told more of their environment."""
    nursery = subprocess.Popen(
        [sys.executable, "-m", module],
        env={**os.environ, **environment, "LOG_LEVEL": "CRITICAL"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        assert nursery.stdout.readline() == "ready\n"
        yield Workers(nursery)
        nursery.stdin.close()


def plan_mails(business: Business, count: int) -> None:
    with for_business(business) as now:
        survey = create_standard_surveys(business=business, now=now)[0]
        for number in range(count):
            customer = customer_for(business=business, email=f"c{number}@customer.example", now=now)
            customer.business = business
            occasion = Occasion(trigger=Trigger.TICKET, key=f"mail-{number}", occurred_at=now)
            plan(occasion=occasion, survey=survey, customer=customer, language="", due_at=now, now=now)


def time_passes(business: Business) -> bool:
    """Turns the clock: leases run out, what waits is due. Returns whether anything is left to do."""
    open_states = [MailStatus.SCHEDULED, MailStatus.CLAIMED, MailStatus.HANDED_OVER]
    with for_business(business) as now:
        earlier = now - timedelta(seconds=1)
        Invitation.objects.filter(~Q(lease_until=None)).update(lease_until=earlier)
        Invitation.objects.filter(status=MailStatus.SCHEDULED, due_at__gt=now).update(due_at=earlier)
        return Invitation.objects.filter(status__in=open_states).exists()


def in_the_middle_of_things(mood: Mood) -> None:
    """Waits until the workers have offered some mails, and then for a few thousandths of a second."""
    enough = mood.offers + mood.chance.randint(1, 30)
    for _ in range(400):
        if mood.offers >= enough:
            break
        Event().wait(0.005)
    Event().wait(mood.chance.uniform(0, 0.03))


def test_killed_workers_send_nothing_twice_and_lose_nothing_silently(acme: Business, mail_server: MailServer) -> None:
    mood = Mood(random.Random(SEED))
    mail_server.mood = mood
    plan_mails(acme, MAILS)
    with nursery_of("tests.faults.postmen", {"EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}"}) as crowd:
        while time_passes(acme):
            for _ in range(WORKERS):
                crowd.start()
            in_the_middle_of_things(mood)
            crowd.kill_all()
    send_due(INVITATIONS)
    with for_business(acme):
        became = dict(Invitation.objects.values_list("message_id", "status"))
    accepted = Counter(mail_server.message_ids)
    told = f"seed {SEED}: {crowd.kills} kills, {Counter(became.values())}"
    assert len(became) == MAILS
    assert [message_id for message_id, times in accepted.items() if times > 1] == [], told
    assert {became[message_id] for message_id in accepted} <= {MailStatus.SENT, MailStatus.UNCERTAIN}, told
    sent = {message_id for message_id, status in became.items() if status == MailStatus.SENT}
    assert sent <= set(accepted), told
    ends = {MailStatus.SENT, MailStatus.UNCERTAIN, MailStatus.FAILED, MailStatus.QUARANTINED}
    assert set(became.values()) <= ends, told
    counts = Counter(became.values())
    assert counts[MailStatus.UNCERTAIN] <= crowd.kills * LANES + mood.lost_in_content, told
    assert counts[MailStatus.FAILED] <= mood.lasting_noes, told
    assert crowd.kills >= LEAST_KILLS, told
    print(told)  # noqa: T201 - Shown with -s, for docs and the curious.
