"""How the service a customer got and the stars they gave went together. Pure; counts and means, and no cause."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from surveys.statistics import Interval, Proportion

# Below this many reviews a mean says nothing and is not shown (statistics.md).
LEAST = 5
FEW = 30
_BUCKETS = (
    (timedelta(hours=1), "Up to 1 hour"),
    (timedelta(hours=4), "1 to 4 hours"),
    (timedelta(hours=24), "4 to 24 hours"),
    (timedelta(days=3), "1 to 3 days"),
)
_LONGEST = "More than 3 days"


@dataclass(frozen=True)
class Served:
    """One review of a ticket: its stars, the month it came in, and three durations, None where they are not known.

    To the first reply and to the solution from the opening of the ticket; to the business's reply from the review.
    """

    stars: int
    month: date
    first_reply: timedelta | None
    resolution: timedelta | None
    answer: timedelta | None


@dataclass(frozen=True)
class Row:
    """Reviews with something in common: how many, their mean, and the share of one and two stars with its interval.

    Mean, share and interval are None under five reviews.
    """

    name: str
    n: int
    mean: float | None
    low_share: float | None
    low_interval: Interval | None


@dataclass(frozen=True)
class Effect:
    """One duration: its buckets, and by month the reviews with the median duration in hours (None under five)."""

    title: str
    buckets: list[Row]
    months: list[tuple[Row, float | None]]


def effects(served: Sequence[Served]) -> list[Effect]:
    """First reply, resolution and reply to the review against the stars, by bucket and by month."""
    durations: tuple[tuple[str, Callable[[Served], timedelta | None]], ...] = (
        ("First reply", lambda each: each.first_reply),
        ("Solution", lambda each: each.resolution),
        ("Reply to the review", lambda each: each.answer),
    )
    return [_effect(title, served, duration) for title, duration in durations]


def _effect(title: str, served: Sequence[Served], duration: Callable[[Served], timedelta | None]) -> Effect:
    known = [(took, each) for each in served if (took := duration(each)) is not None and took >= timedelta(0)]
    names = [name for _, name in _BUCKETS] + [_LONGEST]
    buckets = [_row(name, [each.stars for took, each in known if _bucket(took) == name]) for name in names]
    months = []
    for month in sorted({each.month for _, each in known}):
        mine = [(took, each.stars) for took, each in known if each.month == month]
        hours = sorted(took.total_seconds() / 3600 for took, _ in mine)
        median = hours[len(hours) // 2] if len(hours) >= LEAST else None
        months.append((_row(f"{month:%Y-%m}", [stars for _, stars in mine]), median))
    return Effect(title, buckets, months)


def _bucket(took: timedelta) -> str:
    return next((name for most, name in _BUCKETS if took <= most), _LONGEST)


def _row(name: str, stars: Sequence[int]) -> Row:
    n = len(stars)
    if n < LEAST:
        return Row(name, n, None, None, None)
    low = Proportion(count=sum(each <= 2 for each in stars), n=n)
    return Row(name, n, sum(stars) / n, float(low.percent or 0), low.interval)
