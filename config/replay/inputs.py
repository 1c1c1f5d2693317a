"""Reading the real data that the replay is made of. Licences and traps are in each folder's SOURCE.md."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

BUSINESSES = 10
CSAT_COLUMN, NPS_COLUMN = "Q7ALL", "NETPRO"


class TicketChange(StrEnum):
    """What a row of the log means to a helpdesk's subscriber."""

    SOLVED = "ticket.solved"
    REOPENED = "ticket.reopened"
    CLOSED = "ticket.closed"


@dataclass(frozen=True)
class IncidentRow:
    """A row of the log that a helpdesk would have reported. `line` counts from 2, the first after the header."""

    line: int
    number: str
    business: int
    caller: str
    change: TicketChange
    at: datetime


@dataclass(frozen=True)
class PublishedReview:
    """One review of a company in the Trustpilot set."""

    stars: int
    title: str
    body: str
    experienced_on: date | None


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file by column name, without blanks around the names."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield {name.strip(): value for name, value in row.items()}


def incident_rows(shared: Path, *, part: int = 1) -> list[IncidentRow]:
    """The reported rows in file order; `part` keeps the first 1/part of the incidents.

    The incident with running number i belongs to business i mod 10. Entering Resolved is solved, also when a row
    repeats it; leaving it for anything but Closed is reopened; Closed is closed.
    """
    reported: list[IncidentRow] = []
    order: dict[str, int] = {}
    state: dict[str, str] = {}
    rows = list(rows_of(shared / "servicenow_incidents" / "incident_event_log.csv"))
    kept = len({row["number"] for row in rows}) // part
    for line, row in enumerate(rows, start=2):
        number, entered = row["number"], row["incident_state"]
        index = order.setdefault(number, len(order))
        left, state[number] = state.get(number, ""), entered
        if entered == "Resolved":
            change = TicketChange.SOLVED
        elif entered == "Closed":
            change = TicketChange.CLOSED
        elif left == "Resolved":
            change = TicketChange.REOPENED
        else:
            continue
        if index < kept:
            at = datetime.strptime(row["sys_updated_at"], "%d-%m-%Y %H:%M").replace(tzinfo=UTC)
            reported.append(IncidentRow(line, number, index % BUSINESSES, row["caller_id"], change, at))
    return reported


def caller_address(caller: str) -> str:
    """The customer's e-mail address: "Caller 2403" is caller.2403@customer.example."""
    return re.sub(r"\W+", ".", caller.strip().lower()) + "@customer.example"


def answers(shared: Path, business: int) -> list[int]:
    """The valid answers of the airport survey: odd businesses ask CSAT (2016), even ones NPS (2017)."""
    if business % 2:
        return _valid(shared / "sfo_airport_survey" / "2016.csv", CSAT_COLUMN, range(1, 6))
    return _valid(shared / "sfo_airport_survey" / "2017.csv", NPS_COLUMN, range(11))


def _valid(path: Path, column: str, scale: range) -> list[int]:
    # 6 and 0 in Q7ALL, 11 and an empty cell in NETPRO mean that nothing was answered.
    found = (row[column].strip() for row in rows_of(path))
    return [int(cell) for cell in found if cell.isdigit() and int(cell) in scale]


def comments(shared: Path) -> list[str]:
    """The comments of the NHS set, in order."""
    return [row["feedback"] for row in rows_of(shared / "nhs_fft_comments" / "text_data.csv")]


def published_reviews(shared: Path, business: int) -> list[PublishedReview]:
    """The reviews of the company that stands for this business: the companies by name, the first for business 0."""
    companies = sorted((shared / "trustpilot_pet_insurance").glob("*_reviews.csv"))
    return [
        PublishedReview(
            stars=int(row["rating"]),
            title=row["title"],
            body=row["text"],
            experienced_on=date.fromisoformat(row["experienced"][:10]) if row["experienced"] else None,
        )
        for row in rows_of(companies[business])
    ]
