"""Reading the demo's history: one row a ticket, a recurring question or a review from the public page."""

import csv
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Literal, cast

FILE = Path(__file__).with_name("history.csv")

Kind = Literal["ticket", "nps", "organic"]
Fate = Literal["sent", "asked_recently", "reopened", "uncertain"]


@dataclass(frozen=True)
class WrittenReview:
    """What a customer published, and what the business answered so many hours later, if it did."""

    stars: int
    title: str
    body: str
    shown_name: str
    reply: str
    reply_hours: float


@dataclass(frozen=True)
class Row:
    """One thing that happened `days_ago` days before the demo is made, at `minute` of its day (UTC).

    `score` is None where nobody answered; `answer_minutes` counts from the mail, `solve_hours` and
    `first_reply_minutes` belong to tickets.
    """

    kind: Kind
    days_ago: int
    minute: int
    customer: str
    reference: str
    subject: str
    topic: str
    assignee: str
    first_reply_minutes: int
    solve_hours: float
    fate: Fate
    answer_minutes: int
    score: int | None
    comment: str
    review: WrittenReview | None

    @property
    def address(self) -> str:
        """The customer's invented address, at a domain that nobody can own."""
        letters = self.customer.lower().translate(_PLAIN).replace(" ", ".")
        return f"{letters}@mail.example"

    def at(self, now: datetime) -> datetime:
        """When it happened, seen from `now`; never in the last ten minutes."""
        day = datetime.combine(now.date() - timedelta(days=self.days_ago), time(), tzinfo=now.tzinfo)
        return min(day + timedelta(minutes=self.minute), now - timedelta(minutes=10))


_PLAIN = str.maketrans("åäöÅÄÖéèüø", "aaoaaoeeuo")


def history() -> list[Row]:
    """All rows, oldest first."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [_row(fields) for fields in csv.DictReader(file)]


def _row(fields: dict[str, str]) -> Row:
    return Row(
        kind=cast(Kind, fields["kind"]),
        days_ago=int(fields["days_ago"]),
        minute=int(fields["minute"]),
        customer=fields["customer"],
        reference=fields["reference"],
        subject=fields["subject"],
        topic=fields["topic"],
        assignee=fields["assignee"],
        first_reply_minutes=int(fields["first_reply_minutes"] or 0),
        solve_hours=float(fields["solve_hours"] or 0),
        fate=cast(Fate, fields["fate"]),
        answer_minutes=int(fields["answer_minutes"] or 0),
        score=int(fields["score"]) if fields["score"] else None,
        comment=fields["comment"],
        review=_review(fields) if fields["stars"] else None,
    )


def _review(fields: dict[str, str]) -> WrittenReview:
    return WrittenReview(
        stars=int(fields["stars"]),
        title=fields["title"],
        body=fields["body"],
        shown_name=fields["shown_name"],
        reply=fields["reply"],
        reply_hours=float(fields["reply_hours"] or 0),
    )
