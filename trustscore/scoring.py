"""The score, version `score-1`: one function of the counted reviews of a business and a date.

Pure integers in, pure integers out; nothing here knows a database, a clock or a setting, and
nothing can be configured. `python3 -m trustscore.scoring` computes it for anybody, with
Python's standard library alone: one JSON object a line in, one a line out.
"""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import isqrt
from typing import BinaryIO, TextIO

FORMULA = "score-1"
WEIGHTS_SHA256 = "126d3a8a3c42b8f07b6cdf76d964367cea8fdee884561e089fc59c23a5094801"

# A weight is a fixed-point number; this integer means 1.
ONE = 1 << 32
STARS = range(1, 6)

# The prior is seven reviews of 3.5 stars: its weight, and the weighted sums of its stars and of
# their squares when it is spread over the stars 1 to 5 as (1/2, 1, 2, 3/2, 2).
PRIOR_WEIGHT = 7 * ONE
PRIOR_STARS = 49 * ONE // 2
PRIOR_SQUARES = 193 * ONE // 2

# A weight halves every 182.5 days, so 365 roots of two cover every other day of a year.
PERIOD = 365
OLDEST_AGE = 5840

_LARGEST_COUNT = (1 << 63) - 1
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# One thousandth of a star is as fine as the interval is shown; the root is taken finer by this.
_ROOT_SCALE = 10**12


def _root(k: int) -> int:
    """Return 2^32 · 2^(-k/365), rounded half up, found without trusting a floating-point digit."""
    target = 1 << (33 * PERIOD - k)
    twice = int(2.0 ** (33 - k / PERIOD))
    while twice**PERIOD > target:
        twice -= 1
    while (twice + 1) ** PERIOD <= target:
        twice += 1
    return (twice + 1) // 2


ROOT: tuple[int, ...] = tuple(_root(k) for k in range(PERIOD))


class Label(StrEnum):
    """The word beside the score."""

    EXCELLENT = "Excellent"
    GREAT = "Great"
    AVERAGE = "Average"
    POOR = "Poor"
    BAD = "Bad"


_LOWEST_TENTHS = ((43, Label.EXCELLENT), (38, Label.GREAT), (28, Label.AVERAGE), (18, Label.POOR))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many counted reviews of one star value were submitted on one UTC day.

    A business is a sequence of these. Rows of the same day and stars add up, so that they may
    come from anywhere in any order. Raises ValueError for stars outside 1–5 or a negative count.
    """

    day: date
    stars: int
    count: int

    def __post_init__(self) -> None:
        if self.stars not in STARS:
            raise ValueError(f"stars are 1 to 5, not {self.stars}")
        if self.count < 0:
            raise ValueError(f"a count is never negative, as {self.count} is")


@dataclass(frozen=True, slots=True)
class Sums:
    """Everything the score needs of a business: four exact integers, without the prior.

    They have this shape because the database computes them too, for all businesses in one pass,
    as numeric (they outgrow 64 bits): `count`, the reviews of any weight; `weight`, Σ count·W;
    `stars`, Σ stars·count·W; `squares`, Σ stars²·count·W, with W the weight of their age.
    """

    count: int
    weight: int
    stars: int
    squares: int


@dataclass(frozen=True, slots=True)
class Score:
    """A score as it is shown and compared.

    `numerator` and `denominator` are N and D of the formula, prior included. `tenths` is 10–50,
    `half_stars` 2–10. `low` and `high`, in stars to three decimals, bound the 90 % interval; it
    is for reading, and no verification compares it.
    """

    count: int
    numerator: int
    denominator: int
    tenths: int
    half_stars: int
    label: Label
    low: Decimal
    high: Decimal


def weight(age_days: int) -> int:
    """Return what a review that old weighs, where 2^32 is a review of today.

    A review of the future (a negative age) and one older than `OLDEST_AGE` days weigh nothing.
    """
    if age_days < 0:
        return 0
    halvings, k = divmod(2 * age_days, PERIOD)
    return ROOT[k] >> halvings


def label(tenths: int) -> Label:
    """Return the word for a score in tenths."""
    return next((word for lowest, word in _LOWEST_TENTHS if tenths >= lowest), Label.BAD)


def sums(tally: Iterable[Tally], as_of: date) -> Sums:
    """Return the sums over a tally as it weighs on `as_of`, a UTC date."""
    count = total = stars = squares = 0
    for row in tally:
        each = weight((as_of - row.day).days)
        if not each:
            continue
        weighed = row.count * each
        count += row.count
        total += weighed
        stars += row.stars * weighed
        squares += row.stars**2 * weighed
    return Sums(count=count, weight=total, stars=stars, squares=squares)


def score(of: Sums) -> Score | None:
    """Return the score of these sums, or None where no counted review weighs anything."""
    if not of.count:
        return None
    numerator = PRIOR_STARS + of.stars
    denominator = PRIOR_WEIGHT + of.weight
    tenths = (20 * numerator + denominator) // (2 * denominator)
    low, high = _interval(numerator, denominator, PRIOR_SQUARES + of.squares)
    return Score(
        count=of.count,
        numerator=numerator,
        denominator=denominator,
        tenths=tenths,
        half_stars=(2 * tenths + 5) // 10,
        label=label(tenths),
        low=low,
        high=high,
    )


def _interval(numerator: int, denominator: int, squares: int) -> tuple[Decimal, Decimal]:
    """Return μ ± 1.645·√variance in stars, clamped to 1–5 and rounded half up to thousandths.

    The variance is (E[s²] − μ²) / (D/2^32 + 1); over one denominator it is the fraction below,
    so that every machine finds the same thousandths.
    """
    spread = (squares * denominator - numerator**2) * ONE
    below = denominator**2 * (denominator + ONE)
    half_width = isqrt(1645**2 * spread * _ROOT_SCALE**2 // below)
    middle = 1000 * _ROOT_SCALE * numerator // denominator
    low, high = (_thousandths(middle - half_width), _thousandths(middle + half_width))
    return max(low, Decimal("1.000")), min(high, Decimal("5.000"))


def _thousandths(scaled: int) -> Decimal:
    rounded = (2 * scaled + _ROOT_SCALE) // (2 * _ROOT_SCALE)
    return Decimal(rounded).scaleb(-3)


class BadLine(ValueError):
    """A line of the command that is not a question it can answer; the message says why."""


def _whole_number(value: object, what: str) -> int:
    if type(value) is not int:
        raise BadLine(f"{what} must be a whole number, not {json.dumps(value)}")
    return value


def _day(value: object, what: str) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise BadLine(f'{what} must be a date such as "2026-11-01", not {json.dumps(value)}')
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadLine(f"{what} is no day of the calendar: {value}") from None


def _tally_row(value: object, where: str) -> Tally:
    if not isinstance(value, list) or len(value) != 3:
        raise BadLine(f"{where} must be [day, stars, count], not {json.dumps(value)}")
    day = _day(value[0], f"{where}[0] (day)")
    stars = _whole_number(value[1], f"{where}[1] (stars)")
    count = _whole_number(value[2], f"{where}[2] (count)")
    if stars not in STARS:
        raise BadLine(f"{where}[1] (stars) must be 1 to 5, not {stars}")
    if not 0 <= count <= _LARGEST_COUNT:
        raise BadLine(f"{where}[2] (count) must be 0 to {_LARGEST_COUNT}, not {count}")
    return Tally(day=day, stars=stars, count=count)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        twice = next(key for index, (key, _) in enumerate(pairs) if key in dict(pairs[:index]))
        raise BadLine(f"the field {json.dumps(twice)} stands there twice")
    return fields


def _no_constant(name: str) -> object:
    raise BadLine(f"{name} is not JSON")


def _question(line: bytes) -> tuple[list[Tally], date]:
    """Read one line into a tally and its date; raise BadLine with what is wrong and where."""
    try:
        fields = json.loads(line.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise BadLine(f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise BadLine(f"not JSON at column {error.colno}: {error.msg}") from None
    except BadLine:
        raise
    except (RecursionError, ValueError):
        raise BadLine("nested too deep, or a number too long") from None
    if not isinstance(fields, dict):
        raise BadLine('not an object such as {"as_of": "2026-11-01", "tally": []}')
    for name in ("as_of", "tally"):
        if name not in fields:
            raise BadLine(f"the field {json.dumps(name)} is missing")
    unknown = sorted(fields.keys() - {"as_of", "tally"})
    if unknown:
        raise BadLine(f"the field {json.dumps(unknown[0])} is unknown")
    as_of = _day(fields["as_of"], "as_of")
    if not isinstance(fields["tally"], list):
        raise BadLine(f"tally must be a list, not {json.dumps(fields['tally'])}")
    return [_tally_row(row, f"tally[{index}]") for index, row in enumerate(fields["tally"])], as_of


def _answer(line: bytes) -> dict[str, object] | None:
    tally, as_of = _question(line)
    found = score(sums(tally, as_of))
    if found is None:
        return None
    return {
        "count": found.count,
        "numerator": str(found.numerator),
        "denominator": str(found.denominator),
        "tenths": found.tenths,
        "half_stars": found.half_stars,
        "label": found.label,
        "low": float(found.low),
        "high": float(found.high),
    }


def main(*, lines: BinaryIO, out: TextIO) -> int:
    """Answer every line with one line; return 1 if any was bad, 0 otherwise."""
    status = 0
    for number, line in enumerate(lines, start=1):
        answer: dict[str, object] | None
        try:
            answer = _answer(line)
        except BadLine as error:
            answer = {"error": f"line {number}: {error}"}
            status = 1
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main(lines=sys.stdin.buffer, out=sys.stdout))
