"""What a score is made of, what moved it, and where it goes by itself. Pure, and exact wherever it is a number.

The words are those of score.md: N and D are the weighted sums with the prior, W the weight of a review of some age.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from reviews.enums import EventKind, ReviewStatus
from reviews.transitions import leads_to
from trustscore.scoring import (
    ONE,
    PRIOR_STARS,
    PRIOR_WEIGHT,
    STARS,
    Score,
    Tally,
    score,
    sums,
)

# Every score drifts towards the stars of the prior.
NEUTRAL = Fraction(PRIOR_STARS, PRIOR_WEIGHT)
LONGEST_FORECAST = 730
MOST_REVIEWS = 1_000_000


@dataclass(frozen=True)
class Pull:
    """What some reviews do to the score: how many, their weight in reviews of today, and how far they pull, in stars.

    All pulls of a business together are exactly the distance of its score N ÷ D from 3.5.
    """

    name: str
    count: int
    weight: Fraction
    stars: Fraction


@dataclass(frozen=True)
class Change:
    """One review that came, changed or went on a day: its public id, what happened, and stars before and after.

    Stars are None where the review did not count.
    """

    review: str
    kind: str
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Move:
    """A day on which the score in tenths moved: from `before` by age alone to `aged`, by reviews to `after`.

    None is no score.
    """

    day: date
    before: int | None
    aged: int | None
    after: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Step:
    """One event of one review, in the order of the log; `stars` are those of the version that it brings, else 0."""

    day: date
    review: str
    kind: str
    stars: int


def pulls(tallies: Iterable[Tally], as_of: date) -> tuple[list[Pull], list[Pull]]:
    """How far each star value (five first) and each month of submission (newest first) pulls, as of a UTC day."""
    known = [tally for tally in tallies if tally.count]
    whole = sums(known, as_of)
    total = PRIOR_WEIGHT + whole.weight
    by_star = [_pull(str(stars), [t for t in known if t.stars == stars], total, as_of) for stars in reversed(STARS)]
    months = sorted({(tally.day.year, tally.day.month) for tally in known}, reverse=True)
    by_month = [
        _pull(f"{year}-{month:02d}", [t for t in known if (t.day.year, t.day.month) == (year, month)], total, as_of)
        for year, month in months
    ]
    return by_star, [each for each in by_month if each.count]


def _pull(name: str, tallies: Sequence[Tally], total: int, as_of: date) -> Pull:
    of = sums(tallies, as_of)
    return Pull(
        name=name,
        count=of.count,
        weight=Fraction(of.weight, ONE),
        stars=Fraction(of.stars) / total - NEUTRAL * of.weight / total,
    )


def forecast(tallies: Sequence[Tally], as_of: date, days: Iterable[int]) -> list[tuple[date, Score | None]]:
    """The scores of later UTC days if no review came, changed or went."""
    later = (as_of + timedelta(days=each) for each in days)
    return [(day, score(sums(tallies, day))) for day in later]


def next_change(tallies: Sequence[Tally], as_of: date) -> tuple[date, int] | None:
    """The first day within two years on which the tenths are others without any review, and those tenths.

    Age moves a score only towards 3.5, so that halving finds the day.
    """
    now = score(sums(tallies, as_of))
    last = score(sums(tallies, as_of + timedelta(days=LONGEST_FORECAST)))
    if now is None or last is None or now.tenths == last.tenths:
        return None
    same, other = 0, LONGEST_FORECAST
    while other - same > 1:
        middle = (same + other) // 2
        of = score(sums(tallies, as_of + timedelta(days=middle)))
        same, other = (middle, other) if of is not None and of.tenths == now.tenths else (same, middle)
    found = score(sums(tallies, as_of + timedelta(days=other)))
    return None if found is None else (as_of + timedelta(days=other), found.tenths)


def with_reviews(tallies: Sequence[Tally], further: Mapping[int, int], as_of: date) -> Score | None:
    """The score with so many further reviews of each star value, submitted today: exact."""
    return score(sums([*tallies, *(Tally(as_of, stars, count) for stars, count in further.items() if count)], as_of))


def fives_until(tallies: Sequence[Tally], tenths: int, as_of: date) -> int | None:
    """The smallest number of five-star reviews submitted today that makes the score at least `tenths`.

    None where a million is not enough.
    """

    def reaches(count: int) -> bool:
        of = with_reviews(tallies, {5: count}, as_of)
        return of is not None and of.tenths >= tenths

    if not reaches(MOST_REVIEWS):
        return None
    too_few, enough = -1, MOST_REVIEWS
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if reaches(middle) else (middle, enough)
    return enough


@dataclass
class _Known:
    day: date
    stars: int
    public: bool = False
    uncounted: bool = False

    @property
    def counts(self) -> int | None:
        return self.stars if self.public and not self.uncounted and self.stars else None


def moves(steps: Iterable[Step], *, since: date, until: date) -> list[Move]:
    """The days from `since` to `until` (UTC, both included) on which the score moved, the newest first.

    Steps are all of the business from its beginning, in the order of the log. Of an erased review the stars are not
    known (0), so it counts nothing on any day: a history that is told today tells nothing of it.
    """
    reviews: dict[str, _Known] = {}
    tally: dict[tuple[date, int], int] = {}
    by_day: dict[date, list[Step]] = {}
    for step in steps:
        by_day.setdefault(max(step.day, since - timedelta(days=1)), []).append(step)
    _play(by_day.pop(since - timedelta(days=1), []), reviews, tally)
    found = []
    day, before = since, _tenths(tally, since - timedelta(days=1))
    while day <= until:
        aged = _tenths(tally, day)
        changes = _play(by_day.get(day, []), reviews, tally)
        after = _tenths(tally, day) if changes else aged
        if changes or after != before:
            found.append(Move(day, before, aged, after, changes))
        day, before = day + timedelta(days=1), after
    return found[::-1]


def _play(steps: Sequence[Step], reviews: dict[str, _Known], tally: dict[tuple[date, int], int]) -> tuple[Change, ...]:
    """Follows the steps of a day, and returns what they changed in the score, a line a review."""
    before: dict[str, int | None] = {}
    kinds: dict[str, str] = {}
    for step in steps:
        review = reviews.setdefault(step.review, _Known(step.day, step.stars))
        before.setdefault(step.review, review.counts)
        had = review.counts
        if step.kind in {"submit", "edit"}:
            review.stars = step.stars
        status = leads_to(EventKind(step.kind))
        if status:
            review.public = status == ReviewStatus.PUBLISHED
        if step.kind in {"uncount", "count"}:
            review.uncounted = step.kind == "uncount"
        for stars, by in ((had, -1), (review.counts, +1)):
            if stars:
                tally[review.day, stars] = tally.get((review.day, stars), 0) + by
        if had != review.counts:
            kinds[step.review] = step.kind
    return tuple(
        Change(review, kinds[review], stars, reviews[review].counts)
        for review, stars in before.items()
        if review in kinds and stars != reviews[review].counts
    )


def _tenths(tally: Mapping[tuple[date, int], int], as_of: date) -> int | None:
    of = score(sums((Tally(day, stars, count) for (day, stars), count in tally.items() if count), as_of))
    return None if of is None else of.tenths
