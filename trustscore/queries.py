"""Reading scores, and the sums they are made of."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from businesses.models import Business
from trustscore.models import ScoreDay, ScoreSnapshot
from trustscore.scoring import Sums

# Sums of bigint are numeric in PostgreSQL and cannot overflow; the check on Tally.count keeps each product in 64 bits.
_SUMS = """
    SELECT tally.business_id,
           sum(tally.count),
           sum(tally.count * weight.weight),
           sum(tally.stars * tally.count * weight.weight),
           sum(tally.stars * tally.stars * tally.count * weight.weight)
    FROM trustscore_tally tally
    JOIN trustscore_weight weight ON weight.age = %s::date - tally.day
    WHERE weight.weight > 0 AND tally.count > 0 {narrowed}
    GROUP BY tally.business_id
"""


def sums_of(businesses: Sequence[int] | None, *, as_of: date) -> dict[int, Sums]:
    """The exact sums of score.md by business as of a UTC day; None means all businesses, in one pass over the tallies.

    A business without a counted review of any weight is missing from the answer.
    """
    narrowed = "" if businesses is None else "AND tally.business_id = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(narrowed=narrowed), [as_of] if businesses is None else [as_of, list(businesses)])
        return {
            business: Sums(count=int(count), weight=int(weight), stars=int(stars), squares=int(squares))
            for business, count, weight, stars, squares in cursor.fetchall()
        }


def current_score(business: Business) -> ScoreSnapshot | None:
    """The score on show, or None when nothing was ever published. Readable by the public."""
    return ScoreSnapshot.objects.filter(business=business).first()


def score_history(business: Business, *, since: date) -> list[ScoreDay]:
    """The business's scores day by day from `since` (UTC), oldest first. Readable by the public."""
    return list(ScoreDay.objects.filter(business=business, as_of__gte=since).order_by("as_of"))
