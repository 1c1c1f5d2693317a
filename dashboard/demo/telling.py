"""Telling the demo's history to the product's own services, in the order in which it happened.

Nothing goes out: mails of the past are put into the state that they would have reached, in the same transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

from businesses.enums import MailStatus
from businesses.models import Business, Customer, Notice, User
from businesses.services import customer_for
from dashboard.demo.history import Row, WrittenReview, history
from invitations.enums import SkipReason, TicketEventKind
from invitations.models import Invitation
from invitations.services import Occasion, plan, record_answer
from invitations.tickets import TicketEvent, hear
from reviews.enums import Source
from reviews.models import Review
from reviews.services import ReviewContents, reply, submit_review
from reviews.sources import source_of
from surveys.enums import SurveyKind, Trigger
from surveys.models import Survey

HANDING_OVER = timedelta(seconds=2)
WRITING_A_REVIEW = timedelta(minutes=4)
JUST_NOW = timedelta(minutes=2)
SETTLED = ["status", "reason", "handed_over_at", "attempts", "sent_at", "last_error", "settled_at"]


@dataclass(order=True)
class Moment:
    """Something to do at its time; `number` keeps the order of the same moment."""

    at: datetime
    number: int
    do: Callable[[datetime], None]


class Telling:
    """Plays the history of one business up to `now`, in its open scope."""

    def __init__(self, *, business: Business, source: str, agents: list[User], now: datetime) -> None:
        self.business = business
        self.source = source
        self.agents = {str(agent): agent for agent in agents}
        self.someone = agents[0]
        self.now = now
        self.nps = Survey.objects.get(business=business, kind=SurveyKind.NPS)
        self.moments: list[Moment] = []
        self.number = 0
        self.customers: dict[str, Customer] = {}

    def tell(self) -> None:
        """Everything in its order, and then the mails that it would have sent are put away."""
        for row in history():
            self._then(row.at(self.now), self._doing(row))
        while self.moments:
            moment = heappop(self.moments)
            moment.do(moment.at)
        self._put_notices_away()

    def _then(self, at: datetime, do: Callable[[datetime], None]) -> None:
        self.number += 1
        heappush(self.moments, Moment(min(at, self.now - JUST_NOW), self.number, do))

    def _doing(self, row: Row) -> Callable[[datetime], None]:
        steps = {"ticket": self._solve, "nps": self._ask_again, "organic": self._write_unasked}
        step = steps[row.kind]
        return lambda at: step(row, at)

    def _solve(self, row: Row, at: datetime) -> None:
        hear(business=self.business, event=self._event(row, TicketEventKind.SOLVED, at), now=at)
        if row.fate == "reopened":
            again = at + timedelta(minutes=6)
            hear(business=self.business, event=self._event(row, TicketEventKind.REOPENED, again), now=again)
            return
        self._settle(f"ticket/{self.source}/{row.reference}/1", row)

    def _event(self, row: Row, kind: TicketEventKind, at: datetime) -> TicketEvent:
        opened = at - timedelta(hours=row.solve_hours)
        return TicketEvent(
            kind=kind,
            source=self.source,
            external_id=row.reference,
            occurred_at=at,
            email=row.address,
            name=row.customer,
            language="en",
            subject=row.subject,
            assignee=row.assignee,
            tags=(row.topic,),
            opened_at=opened,
            first_reply_at=min(opened + timedelta(minutes=row.first_reply_minutes), at),
        )

    def _ask_again(self, row: Row, at: datetime) -> None:
        customer = self._customer(row, at)
        key = f"recurring/{self.nps.public_id}/{customer.public_id}/{at:%Y-%m-%d}"
        occasion = Occasion(trigger=Trigger.RECURRING, key=key, occurred_at=at)
        plan(occasion=occasion, survey=self.nps, customer=customer, language="en", due_at=at, now=at)
        self._settle(key, row)

    def _customer(self, row: Row, at: datetime) -> Customer:
        if row.address not in self.customers:
            found = customer_for(business=self.business, email=row.address, name=row.customer, now=at)
            found.business = self.business
            self.customers[row.address] = found
        return self.customers[row.address]

    def _settle(self, key: str, row: Row) -> None:
        found = Invitation.objects.select_related("survey", "ticket")
        invitation = found.get(business=self.business, event_key=key)
        invitation.business = invitation.survey.business = self.business
        invitation.customer = self._customer(row, invitation.created_at)
        sent_at = min(invitation.due_at + HANDING_OVER, self.now - JUST_NOW)
        if row.fate == "asked_recently":
            invitation.status, invitation.reason = MailStatus.SKIPPED, SkipReason.ASKED_RECENTLY
        else:
            invitation.handed_over_at, invitation.attempts = sent_at, 1
            invitation.status = MailStatus.SENT
            invitation.sent_at = sent_at
        if row.fate == "uncertain":
            invitation.status, invitation.sent_at = MailStatus.UNCERTAIN, None
            invitation.last_error = "The connection was lost after the mail was given to the server."
        invitation.settled_at = sent_at
        invitation.save(update_fields=SETTLED)
        if row.score is not None:
            self._then(sent_at + timedelta(minutes=row.answer_minutes), lambda at: self._answer(invitation, row, at))

    def _answer(self, invitation: Invitation, row: Row, at: datetime) -> None:
        record_answer(invitation=invitation, score=row.score or 0, comment=row.comment, language="en", now=at)
        written = row.review
        if written is not None:
            self._then(at + WRITING_A_REVIEW, lambda then: self._publish(row, written, then, invitation=invitation))

    def _write_unasked(self, row: Row, at: datetime) -> None:
        if row.review is not None:
            self._publish(row, row.review, at, invitation=None)

    def _publish(self, row: Row, written: WrittenReview, at: datetime, *, invitation: Invitation | None) -> None:
        customer = self._customer(row, at)
        contents = ReviewContents(
            stars=written.stars,
            title=written.title,
            body=written.body,
            display_name=written.shown_name,
            experienced_on=at.date(),
            language="en",
        )
        source = source_of(invitation) if invitation else Source.ORGANIC
        review = submit_review(
            business=self.business, customer=customer, contents=contents, source=source, now=at, invitation=invitation
        )
        if written.reply:
            author = self.agents.get(row.assignee, self.someone)
            self._then(
                at + timedelta(hours=written.reply_hours), lambda then: self._reply(review, written.reply, author, then)
            )

    def _reply(self, review: Review, words: str, author: User, at: datetime) -> None:
        reply(review=review, body=words, author=author, now=at)

    def _put_notices_away(self) -> None:
        notices = list(Notice.objects.filter(business=self.business, status=MailStatus.SCHEDULED))
        for notice in notices:
            notice.status, notice.attempts = MailStatus.SENT, 1
            notice.handed_over_at = notice.sent_at = notice.settled_at = notice.due_at
        Notice.objects.bulk_update(
            notices, ["status", "attempts", "handed_over_at", "sent_at", "settled_at"], batch_size=200
        )
