"""From tallies to the scores that are kept; nothing else can reach them.

The tallies and the weights of the day make the sums; `trustscore.scoring` makes the score.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from businesses.models import Business
from lib.rows import write_rows
from lib.tenancy import for_scores
from trustscore.ledger.entries import SCORE
from trustscore.models import LedgerEntry, ScoreDay, ScoreSnapshot, Weight
from trustscore.queries import sums_of
from trustscore.scoring import OLDEST_AGE, PRIOR_STARS, PRIOR_WEIGHT, Sums, score, weight

_SCORE_FIELDS = [
    "as_of",
    "count",
    "numerator",
    "denominator",
    "tenths",
    "half_stars",
    "label",
    "low",
    "high",
    "computed_at",
]


@dataclass(frozen=True)
class Logged:
    """What the ledger says of a business's score: the tenths (0: none) and the signed checkpoint above that entry."""

    tenths: int
    checkpoint: str


def write_scores(
    businesses: Sequence[int], *, as_of: date, now: datetime, logged: Mapping[int, Logged] | None = None
) -> None:
    """Computes and writes the scores of these businesses as of a UTC day. Works under for_scores.

    `logged` is what was logged of them since the last time, all of them or none.
    """
    fields = fields_of(businesses, as_of=as_of, now=now)
    logs = ["logged_tenths", "checkpoint"]
    nothing = Logged(0, "")
    said = {business: (logged or {}).get(business, nothing) for business in businesses}
    write_rows(
        ScoreSnapshot,
        ["business_id", *_SCORE_FIELDS, *logs],
        [(each, *_values(fields[each]), said[each].tenths, said[each].checkpoint) for each in businesses],
        unique=["business_id"],
        replace=_SCORE_FIELDS if logged is None else [*_SCORE_FIELDS, *logs],
    )
    write_score_days(fields)


def show_scores(old: int, new: int, note: str, *, now: datetime) -> None:
    """Puts the scores on show whose entries have an index from `old` to `new` − 1, under their signed checkpoint.

    Needs the service scope.
    """
    entries = LedgerEntry.objects.filter(index__gte=old, index__lt=new, kind=SCORE).order_by("index")
    tenths = {business: json.loads(entry)["tenths"] for business, entry in entries.values_list("business", "entry")}
    here = dict(Business.objects.filter(slug__in=tenths).values_list("id", "slug"))
    logged = {business: Logged(tenths[slug], note) for business, slug in here.items()}
    if logged:
        with for_scores():
            write_scores(sorted(logged), as_of=now.date(), now=now, logged=logged)


def fields_of(businesses: Sequence[int], *, as_of: date, now: datetime) -> dict[int, dict[str, Any]]:
    """What a kept score holds, by business, computed from the tallies as of a UTC day. Works under for_scores."""
    sums = sums_of(businesses, as_of=as_of)
    return {business: _fields(sums.get(business, Sums(0, 0, 0, 0)), as_of=as_of, now=now) for business in businesses}


def write_score_days(fields: dict[int, dict[str, Any]]) -> None:
    """Writes the last score of a day, replacing an earlier one of the same day."""
    write_rows(
        ScoreDay,
        ["business_id", *_SCORE_FIELDS],
        [(business, *_values(values)) for business, values in fields.items()],
        unique=["business_id", "as_of"],
        replace=[name for name in _SCORE_FIELDS if name != "as_of"],
    )


def write_history(business: int, *, days: Iterable[date], now: datetime) -> None:
    """Writes the scores that a business with today's tallies had on earlier UTC days. Works under for_scores.

    For histories that arrive at once, as the demo's does; a running installation writes each day when it is that day.
    """
    for day in days:
        sums = sums_of([business], as_of=day).get(business, Sums(0, 0, 0, 0))
        write_score_days({business: _fields(sums, as_of=day, now=now)})


def forget_exact_numbers(business: int, *, since: date) -> None:
    """Keeps only the tenths of this business's scores from a UTC day on, since a review of that day was erased.

    With the exact numbers its stars could be computed. Needs the service scope.
    """
    ScoreDay.objects.filter(business_id=business, as_of__gte=since).update(
        numerator=None, denominator=None, low=None, high=None
    )


def _values(fields: Mapping[str, Any]) -> list[Any]:
    """The columns of a score, in their order. Only `label` is never null."""
    return [fields.get(name, "" if name == "label" else None) for name in _SCORE_FIELDS]


def _fields(sums: Sums, *, as_of: date, now: datetime) -> dict[str, Any]:
    of = score(sums)
    if of is None:
        return {
            "as_of": as_of,
            "count": 0,
            "numerator": Decimal(PRIOR_STARS),
            "denominator": Decimal(PRIOR_WEIGHT),
            "computed_at": now,
        }
    return {
        "as_of": as_of,
        "count": of.count,
        "numerator": Decimal(of.numerator),
        "denominator": Decimal(of.denominator),
        "tenths": of.tenths,
        "half_stars": of.half_stars,
        "label": of.label,
        "low": of.low,
        "high": of.high,
        "computed_at": now,
    }


def ensure_weights() -> None:
    """Fills the table of weights where it is empty. Needs the service scope."""
    if not Weight.objects.exists():
        Weight.objects.bulk_create(
            [Weight(age=age, weight=weight(age)) for age in range(OLDEST_AGE + 1)], ignore_conflicts=True
        )
