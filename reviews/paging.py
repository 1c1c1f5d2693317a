"""Keyset pages of reviews.

The place where a page ends stands in the next page's address, so the thousandth page costs what the first does, and
nothing that arrives in between doubles or hides a row. A place names its review by public id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from reviews.models import Review

Key = tuple[bool | datetime | int, ...]

NEWEST = ("submitted_at", "id")
WAITING_FIRST = ("needs_reply", "submitted_at", "id")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class ReviewPage:
    """Some reviews in order, and the places before the first and after the last where there are more."""

    reviews: list[Review]
    before: str | None
    after: str | None


def page_of(
    rows: QuerySet[Review], order: Sequence[str], *, before: Key | None, after: Key | None, size: int
) -> ReviewPage:
    """One page, descending by `order`; one row more than is shown tells whether there are more."""
    if before is not None:
        found = list(rows.filter(TupleGreaterThan(Tuple(*order), before)).order_by(*order)[: size + 1])
        shown = found[:size][::-1]
        return _bounded(shown, more_before=len(found) > size, more_after=True)
    if after is not None:
        rows = rows.filter(TupleLessThan(Tuple(*order), after))
    found = list(rows.order_by(*(f"-{name}" for name in order))[: size + 1])
    return _bounded(found[:size], more_before=after is not None, more_after=len(found) > size)


def key_of(business_id: int, place: str, order: Sequence[str]) -> Key | None:
    """What a place says; None for one that nobody gave, or whose review is no longer there.

    Replying moves a review in the inbox, so a place says where it stood when the page was shown.
    """
    moved, moment, public_id = [*place.split("-"), "", "", ""][:3]
    if not (moved in {"0", "1"} and moment.isdecimal() and len(moment) <= 17 and public_id.isalnum()):
        return None
    number = Review.objects.filter(business_id=business_id, public_id=public_id).values_list("id", flat=True).first()
    if number is None:
        return None
    submitted_at = _EPOCH + int(moment) * _MICROSECOND
    return (moved == "1", submitted_at, number) if order == WAITING_FIRST else (submitted_at, number)


def _bounded(shown: list[Review], *, more_before: bool, more_after: bool) -> ReviewPage:
    return ReviewPage(
        reviews=shown,
        before=place_of(shown[0]) if shown and more_before else None,
        after=place_of(shown[-1]) if shown and more_after else None,
    )


def place_of(review: Review) -> str:
    """The place of a review as it stands, behind or before which another page begins."""
    moment = (review.submitted_at - _EPOCH) // _MICROSECOND
    return f"{int(review.needs_reply)}-{moment}-{review.public_id}"
