"""Playing the log: helpdesk and customers, through the program's public doors only.

The database is only looked at, to know when the program has settled what it was told.
"""

import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.db import OperationalError, close_old_connections, connection
from standardwebhooks.webhooks import Webhook

from businesses.enums import MailStatus, NoticeKind
from businesses.models import Notice
from config.replay.browser import Browser, Page, PageError
from config.replay.expected import Plan, final_answer
from config.replay.inputs import IncidentRow, TicketChange, answers, caller_address, comments, published_reviews
from config.replay.mailbox import Mail, Mailbox
from config.replay.stage import Actor
from integrations.enums import DeliveryStatus
from integrations.models import Delivery
from invitations.models import Invitation
from lib.tenancy import for_business
from reviews.models import Review

# A mail that a killed worker had claimed waits until its lease of five minutes is over.
PATIENCE_SECONDS = 420.0
LOOK_SECONDS = 0.15
CUSTOMERS_AT_ONCE = 24
FINAL = {MailStatus.SENT, MailStatus.SKIPPED, MailStatus.UNCERTAIN, MailStatus.FAILED, MailStatus.CANCELLED}

Found = TypeVar("Found")


class Unsettled(Exception):
    """The program did not settle something in time; the message says what."""


@dataclass
class Progress:
    """Which rows are settled, kept in a file so that a stopped replay goes on. Safe between threads."""

    path: Path
    total: int
    say: Callable[[str], None]
    lines: set[int] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.path.exists():
            self.lines = {int(line) for line in self.path.read_text().split()}

    def settle(self, line: int) -> None:
        """Writes a row down as settled and says so now and then."""
        with self.lock:
            self.lines.add(line)
            with self.path.open("a") as file:
                file.write(f"{line}\n")
            if len(self.lines) % 50 == 0 or len(self.lines) == self.total:
                self.say(f"{len(self.lines)} of {self.total} rows settled")


class Driver:
    """Plays rows; every customer's rows one after the other, different customers side by side."""

    def __init__(
        self,
        *,
        url: str,
        actors: Sequence[Actor],
        plans: Sequence[Plan],
        mailbox: Mailbox,
        progress: Progress,
        shared: Path,
    ) -> None:
        self._url = url
        self._actors = actors
        self._plans = {(plan.number, plan.resolution): plan for plan in plans}
        self._mailbox = mailbox
        self._progress = progress
        self._shared = shared
        self._stop = threading.Event()
        self._comments = comments(shared)
        self._answers = [answers(shared, actor.index) for actor in actors]
        self._reviews = [published_reviews(shared, actor.index) for actor in actors]

    def play(self, rows: Sequence[IncidentRow]) -> None:
        """Plays all rows. Raises the first error of any customer; the others then end after their present row."""
        chains: dict[str, list[IncidentRow]] = {}
        for row in rows:
            chains.setdefault(row.caller, []).append(row)
        pool = ThreadPoolExecutor(CUSTOMERS_AT_ONCE, thread_name_prefix="customer")
        try:
            for finished in as_completed([pool.submit(self._play_customer, chain) for chain in chains.values()]):
                finished.result()
        finally:
            self._stop.set()
            pool.shutdown(cancel_futures=True)

    def _play_customer(self, chain: Sequence[IncidentRow]) -> None:
        try:
            solved: dict[str, int] = {}
            is_solved: set[str] = set()
            for row in chain:
                begins = row.change is TicketChange.SOLVED and row.number not in is_solved
                if begins:
                    solved[row.number] = solved.get(row.number, 0) + 1
                    is_solved.add(row.number)
                elif row.change is TicketChange.REOPENED:
                    is_solved.discard(row.number)
                if self._stop.is_set():
                    return
                if row.line not in self._progress.lines:
                    self._settle(row, resolution=solved.get(row.number, 0), begins=begins)
                    self._progress.settle(row.line)
        finally:
            connection.close()

    def _settle(self, row: IncidentRow, *, resolution: int, begins: bool) -> None:
        actor = self._actors[row.business]
        webhook_id = f"replay-{row.line}"
        self._report(actor, row, webhook_id)
        wait_for(lambda: _treated(actor, webhook_id), f"row {row.line} to be treated")
        if not begins:
            return
        invitation = wait_for(
            lambda: _final_invitation(actor, row.number, resolution), f"the invitation of row {row.line}"
        )
        plan = self._plans.get((row.number, resolution))
        mail = self._mailbox.find(invitation.message_id)
        if plan is not None and mail is not None:
            self._customer_acts(actor, plan, mail)

    def _report(self, actor: Actor, row: IncidentRow, webhook_id: str) -> None:
        """Sends the signed webhook until it is acknowledged, as a helpdesk does."""
        body = json.dumps(
            {
                "type": row.change.value,
                "occurred_at": row.at.isoformat(),
                "ticket": {"id": row.number, "subject": f"Incident {row.number}"},
                "customer": {"email": caller_address(row.caller), "name": row.caller},
            }
        )

        def send() -> bool:
            sent_at = datetime.now(UTC)
            headers = {
                "Content-Type": "application/json",
                "webhook-id": webhook_id,
                "webhook-timestamp": str(int(sent_at.timestamp())),
                "webhook-signature": Webhook(actor.secret).sign(webhook_id, sent_at, body),
            }
            address = f"{self._url}/hooks/{actor.connection.public_id}/"
            request = Request(address, data=body.encode(), headers=headers)  # noqa: S310 - Our own program.
            try:
                with urlopen(request, timeout=30) as answer:  # noqa: S310 - As above.
                    return int(answer.status) < 300
            except HTTPError as error:
                if error.code < 500:
                    raise PageError(f"Row {row.line} was refused: {error.code} {error.read()[:300]!r}") from error
            except OSError:
                pass
            return False

        wait_for(send, f"row {row.line} to be taken in")

    def _customer_acts(self, actor: Actor, plan: Plan, mail: Mail) -> None:
        browser = Browser()
        scale = self._answers[actor.index]
        first, last = scale[plan.k - 1], final_answer(self._shared, plan)
        link = mail.html.link_to("/a/").split("?")[0]
        thanks = _answer(browser, f"{link}?score={first}", first, self._comments[plan.k - 1])
        if plan.changes_mind:
            thanks = _answer(browser, f"{link}?score={last}", last, self._comments[plan.k - 1])
        if plan.reviews:
            self._publish(actor, plan, browser, thanks)

    def _publish(self, actor: Actor, plan: Plan, browser: Browser, thanks: Page) -> None:
        written = self._reviews[actor.index][plan.k - 1]
        page = browser.get(thanks.link_to("/review/"))
        if not any("consent" in form.names for form in page.forms):
            return  # A replay that was stopped here had published it already.
        form = page.form_with("stars")
        typed = {"stars": str(written.stars), "title": written.title, "body": written.body, "display_name": plan.caller}
        if written.experienced_on:
            typed["experienced_on"] = written.experienced_on.isoformat()
        browser.submit(page, form, **typed, consent="on")
        review = wait_for(lambda: _review_of(actor, plan), f"the review of {plan.number}")
        if plan.withdraws:
            mail = wait_for(lambda: _edit_mail(actor, review, self._mailbox), f"the edit link of {plan.number}")
            edit = browser.get(mail.html.link_to("/r/"))
            browser.submit(edit, edit.form_with("withdraw"), withdraw="yes")


def _edit_mail(actor: Actor, review: Review, mailbox: Mailbox) -> Mail | None:
    with for_business(actor.business):
        notice = Notice.objects.filter(kind=NoticeKind.REVIEW_PUBLISHED, key__contains=review.public_id).first()
    return mailbox.find(notice.message_id) if notice else None


def _answer(browser: Browser, address: str, score: int, comment: str) -> Page:
    page = browser.get(address)
    form = page.form_with("score")
    thanks = browser.submit(page, form, score=str(score), comment=comment)
    if thanks.status != 200:
        raise PageError(f"Answering at {address} gave {thanks.status}.")
    return thanks


def _treated(actor: Actor, webhook_id: str) -> bool:
    with for_business(actor.business):
        delivery = Delivery.objects.filter(connection=actor.connection, dedupe_key=webhook_id).first()
    if delivery is not None and delivery.status == DeliveryStatus.FAILED:
        raise Unsettled(f"{webhook_id} failed: {delivery.outcome}")
    return delivery is not None and delivery.status != DeliveryStatus.RECEIVED


def _final_invitation(actor: Actor, number: str, resolution: int) -> Invitation | None:
    with for_business(actor.business):
        return Invitation.objects.filter(ticket__external_id=number, resolution=resolution, status__in=FINAL).first()


def _review_of(actor: Actor, plan: Plan) -> Review | None:
    with for_business(actor.business):
        return Review.objects.filter(
            invitation__ticket__external_id=plan.number, invitation__resolution=plan.resolution
        ).first()


def wait_for(look: Callable[[], Found | None], what: str) -> Found:
    """Looks until there is something to see, though the database may be away meanwhile. Raises Unsettled."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            found = look()
        except OperationalError:
            close_old_connections()
            found = None
        if found:
            return found
        time.sleep(LOOK_SECONDS)
    raise Unsettled(f"Waited {PATIENCE_SECONDS:.0f} seconds for {what}.")
