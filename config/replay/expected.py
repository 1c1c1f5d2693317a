"""What the replay must come to, computed from the input files by code that shares nothing with the product.

Deliberately simple: lists, loops and the formulas of the papers written out a second time.
"""

from collections import Counter
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path

from config.replay.inputs import BUSINESSES, IncidentRow, TicketChange, answers, incident_rows, published_reviews

LIMITED_BUSINESS = 9
ADJUSTED_WALD, WILSON = 3, 1.959964


@dataclass
class Plan:
    """One invitation that must go out: the k-th of its business by ticket number (k from 1), and what follows it."""

    business: int
    number: str
    resolution: int
    caller: str
    k: int = 0

    @property
    def changes_mind(self) -> bool:
        return self.k % 10 == 0

    @property
    def reviews(self) -> bool:
        return self.k % 3 == 0

    @property
    def withdraws(self) -> bool:
        return self.k % 30 == 0


@dataclass
class Figures:
    """A line of the table. `interval` is in points, rounded to one decimal as both sides show it."""

    tickets: int = 0
    invitations: int = 0
    skips: dict[str, int] = field(default_factory=dict)
    mails: int = 0
    answers: int = 0
    reviews: int = 0
    value: float | None = None
    interval: tuple[float, float] | None = None
    numerator: int = 49 * 2**31
    denominator: int = 7 * 2**32


def plans(rows: list[IncidentRow]) -> tuple[list[Plan], Counter[int]]:
    """The invitations that must go out, in the order of the log, and the number of skips by business.

    A ticket is asked about once each time it becomes solved. The tenth business asks a customer once in thirty days of
    the wall clock, which is longer than a replay: once.
    """
    solved: set[str] = set()
    resolutions: Counter[str] = Counter()
    asked: set[str] = set()
    planned: list[Plan] = []
    skips: Counter[int] = Counter()
    for row in rows:
        if row.change is TicketChange.REOPENED:
            solved.discard(row.number)
        elif row.change is TicketChange.SOLVED and row.number not in solved:
            solved.add(row.number)
            resolutions[row.number] += 1
            if row.business == LIMITED_BUSINESS and row.caller in asked:
                skips[row.business] += 1
                continue
            if row.business == LIMITED_BUSINESS:
                asked.add(row.caller)
            planned.append(Plan(row.business, row.number, resolutions[row.number], row.caller))
    for business in range(BUSINESSES):
        own = sorted((plan for plan in planned if plan.business == business), key=lambda p: (p.number, p.resolution))
        for k, plan in enumerate(own, start=1):
            plan.k = k
    return planned, skips


def figures(shared: Path, *, part: int, undelivered: set[tuple[int, int]] | None = None) -> list[Figures]:
    """One line a business. `undelivered` holds (business, k) of mails that visibly did not arrive."""
    rows = incident_rows(shared, part=part)
    planned, skips = plans(rows)
    table = []
    for business in range(BUSINESSES):
        own = [plan for plan in planned if plan.business == business]
        arrived = [plan for plan in own if (business, plan.k) not in (undelivered or set())]
        line = Figures(tickets=len({row.number for row in rows if row.business == business}), invitations=len(own))
        if skips[business]:
            line.skips = {"asked_recently": skips[business]}
        line.mails = line.answers = len(arrived)
        scores = [final_answer(shared, plan) for plan in arrived]
        line.value, line.interval = _csat(scores) if business % 2 else _nps(scores)
        _add_reviews(line, shared, business, arrived)
        table.append(line)
    return table


def final_answer(shared: Path, plan: Plan) -> int:
    """What stands in the end: the k-th valid answer, or where the customer changed their mind the one after it."""
    valid = answers(shared, plan.business)
    return valid[plan.k] if plan.changes_mind else valid[plan.k - 1]


def _add_reviews(line: Figures, shared: Path, business: int, arrived: list[Plan]) -> None:
    # Of one customer the newest review that is not withdrawn counts; a customer's rows are settled in the log's order.
    written = published_reviews(shared, business)
    counting: dict[str, int] = {}
    for plan in arrived:
        if plan.reviews:
            line.reviews += 1
            if not plan.withdraws:
                counting[plan.caller] = written[plan.k - 1].stars
    line.numerator += sum(counting.values()) * 2**32
    line.denominator += len(counting) * 2**32


def _nps(scores: list[int]) -> tuple[float | None, tuple[float, float] | None]:
    n, promoters, detractors = len(scores), sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
    if n < 5:
        return None, None
    point = 100 * (promoters - detractors) / n
    p, d = (promoters + 0.75) / (n + ADJUSTED_WALD), (detractors + 0.75) / (n + ADJUSTED_WALD)
    margin = 1.959964 * sqrt((p + d - (p - d) ** 2) / (n + ADJUSTED_WALD))
    low, high = max(-100.0, 100 * (p - d - margin)), min(100.0, 100 * (p - d + margin))
    return round(point, 2), (round(min(low, point), 1), round(max(high, point), 1))


def _csat(scores: list[int]) -> tuple[float | None, tuple[float, float] | None]:
    n, satisfied = len(scores), sum(s >= 4 for s in scores)
    if n < 5:
        return None, None
    p, z2 = satisfied / n, WILSON**2
    middle, margin = p + z2 / (2 * n), WILSON * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (middle - margin) / (1 + z2 / n), (middle + margin) / (1 + z2 / n)
    return round(100 * p, 2), (round(100 * low, 1), round(100 * high, 1))
