"""What benchmarks.mails measures, in a process whose settings lead to the benchmark's servers."""

import json
import os
import smtplib
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import median

import django

django.setup()

from django.conf import settings  # noqa: E402 - Models can be imported only after setup.

from businesses.delivery.kinds import Go, Judge, MailKind, Verdict  # noqa: E402
from businesses.delivery.sweep import send_due  # noqa: E402
from businesses.models import User  # noqa: E402
from businesses.services import create_business, customer_for  # noqa: E402
from invitations.models import Invitation  # noqa: E402
from invitations.sending import INVITATIONS  # noqa: E402
from invitations.services import Occasion, plan  # noqa: E402
from lib.mailing import Envelope  # noqa: E402
from lib.tenancy import for_business, for_service  # noqa: E402
from surveys.enums import Trigger  # noqa: E402
from surveys.models import Survey  # noqa: E402
from surveys.services import create_standard_surveys  # noqa: E402

GOAL = 0.5


def make_survey() -> Survey:
    """A business without quiet hours that asks after tickets."""
    owner = User.objects.create_user("owner@business.example")
    with for_service("a benchmark's business") as now:
        business = create_business(name="Acme", owner=owner, now=now, quiet_from=0, quiet_until=0)
        return create_standard_surveys(business=business, now=now)[0]


def plan_mails(survey: Survey, name: str, count: int) -> None:
    """So many invitations to new customers, due now."""
    business = survey.business
    with for_business(business) as now:
        for number in range(count):
            address = f"{name}-{number}@customer.example"
            customer = customer_for(business=business, email=address, name="Dora Dahl", now=now)
            customer.business = business
            occasion = Occasion(trigger=Trigger.TICKET, key=address, occurred_at=now)
            plan(occasion=occasion, survey=survey, customer=customer, language="", due_at=now, now=now)


def writers(name: str) -> list[Callable[[], Envelope]]:
    """How each of the planned mails is written, by the product's own judge."""
    with for_service("a benchmark's mails") as now:
        ids = list(Invitation.objects.filter(event_key__startswith=f"{name}-").values_list("pk", flat=True))
        judge = INVITATIONS.prepare(ids, now)
        verdicts = [judge(pk) for pk in ids]
    return [verdict.compose for verdict in verdicts if isinstance(verdict, Go)]


def ready_kind(envelope: Envelope) -> MailKind:
    """Invitations with everything but the writing: each is the same mail, written before."""

    def prepare(ids: Sequence[int], now: datetime) -> Judge:
        judge = INVITATIONS.prepare(ids, now)

        def judge_only(pk: int) -> Verdict:
            verdict = judge(pk)
            return Go(lambda: envelope) if isinstance(verdict, Go) else verdict

        return judge_only

    return MailKind(name="ready invitation", model=Invitation, prepare=prepare)


def bare_loop(letters: Sequence[Callable[[], Envelope]]) -> float:
    """Mails a second of smtplib alone."""
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as connection:
        connection.ehlo()
        begun = time.perf_counter()
        for write in letters:
            envelope = write()
            connection.sendmail(envelope.sender, [envelope.recipient], envelope.content.removesuffix(b".\r\n"))
        return len(letters) / (time.perf_counter() - begun)


def protocol(kind: MailKind, name: str, count: int) -> float:
    """Mails a second of the product, from the claim to the last commit."""
    begun = time.perf_counter()
    send_due(kind, seconds=600)
    spent = time.perf_counter() - begun
    with for_service("a benchmark's check"):
        sent = Invitation.objects.filter(event_key__startswith=f"{name}-", status="sent").count()
    if sent != count:
        raise SystemExit(f"{sent} of {count} mails were sent.")
    return count / spent


def disk_wait_microseconds() -> float:
    """The median time of one small write that waits for the disk."""
    times = []
    with tempfile.TemporaryFile() as file:
        for _ in range(100):
            file.write(b"x" * 8192)
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begun)
    return median(times) * 1e6


def main(mails: int, rounds: int) -> None:
    """Measures, prints a table and a JSON line."""
    survey = make_survey()
    plan_mails(survey, "first", 1)
    one = writers("first")[0]()
    send_due(INVITATIONS)
    rows: dict[str, list[tuple[float, float]]] = {"ready": [], "written": []}
    for number in range(rounds):
        for way, kind in (("ready", ready_kind(one)), ("written", INVITATIONS)):
            name = f"{way}{number}"
            plan_mails(survey, name, mails)
            letters = writers(name) if way == "written" else [lambda: one] * mails
            rows[way].append((bare_loop(letters), protocol(kind, name, mails)))
    wait = disk_wait_microseconds()
    result: dict[str, object] = {"benchmark": "mails", "goal": GOAL, "disk_wait_us": round(wait)}
    print(f"{'':10}{'bare/s':>10}{'protocol/s':>12}{'ratio':>8}")
    for way, pairs in rows.items():
        bare, ours = (median(column) for column in zip(*pairs, strict=True))
        ratio = median(ours / bare for bare, ours in pairs)
        print(f"{way:10}{bare:10.0f}{ours:12.0f}{ratio:8.2f}")
        result[way] = {"bare": round(bare), "protocol": round(ours), "ratio": round(ratio, 3)}
    print(f"One write that waits for the disk: {wait:.0f} µs.")
    print(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
