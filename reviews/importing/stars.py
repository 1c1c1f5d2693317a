"""Stars on any scale, brought to 1–5 by one rule that is told to whoever imports."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

KNOWN_TOPS = (5, 10, 100)

# One value in a hundred may be a slip of the pen; more of them mean a larger scale.
_SLIPS = Fraction(1, 100)

_NUMBER = r"(\d{1,4}(?:[.,]\d{1,4})?)"
_PLAIN = re.compile(rf"{_NUMBER}\s*(?:stars?|★|⭐️?)?", re.IGNORECASE)
_OF_TOP = re.compile(
    rf"{_NUMBER}\s*(?:stars?\s*)?(?:/|out of|of|av|von|sur|de)\s*{_NUMBER}(?:\s*stars?)?", re.IGNORECASE
)
_PERCENT = re.compile(rf"{_NUMBER}\s*%")
_DRAWN = re.compile(r"([★⭐])\ufe0f?(?:\1\ufe0f?)*[☆✩]*")
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating as written: its value, and the top of its scale where the cell itself says so."""

    value: Fraction
    top: Fraction | None = None


def read_rating(cell: str) -> Rating | None:
    """Read "4", "4.5", "4,5", "8/10", "4 out of 5", "80 %", "★★★★☆" or "FOUR"; None where it is no rating."""
    text = cell.strip()
    if text.lower() in _WORDS:
        return Rating(Fraction(_WORDS[text.lower()]), Fraction(5))
    if _DRAWN.fullmatch(text):
        return Rating(Fraction(text.count("★") + text.count("⭐")), Fraction(5))
    if found := _PERCENT.fullmatch(text):
        return Rating(_number(found[1]), Fraction(100))
    if found := _OF_TOP.fullmatch(text):
        return Rating(_number(found[1]), _number(found[2]))
    if found := _PLAIN.fullmatch(text):
        return Rating(_number(found[1]))
    return None


def _number(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))


def guess_top(cells: Iterable[str]) -> int | None:
    """Return the smallest of the known scales that holds the values of a column, but for slips of the pen.

    None where no known scale does, or where nothing in the column is a rating.
    """
    ratings = [rating for rating in map(read_rating, cells) if rating is not None]
    if not ratings:
        return None
    values = [rating.value for rating in ratings if rating.top is None]
    for top in KNOWN_TOPS:
        if sum(value > top for value in values) <= _SLIPS * len(values):
            return top
    return None


def to_stars(rating: Rating, *, top: int) -> int:
    """Return 1 to 5 stars: the value's share of five, half a star rounded up, at least one.

    On a scale to five, 0 is no answer but a missing one. Raises ValueError for it, and for what
    lies beyond the top of the scale.
    """
    end = top if rating.top is None else rating.top
    if end < 2:
        raise ValueError("a scale ends at 2 or above")
    if rating.value > end or (rating.value == 0 and end <= 5):
        raise ValueError(f"the rating is not on the scale to {float(end):g}")
    return max(math.floor(rating.value * 5 / end + Fraction(1, 2)), 1)


def rule(top: int) -> str:
    """Return in words what `to_stars` does on this scale."""
    if top == 5:
        return "stars as they are; half a star rounds up"
    return f"a scale to {top}: multiplied by 5 and divided by {top}; half a star rounds up, at least one star"
