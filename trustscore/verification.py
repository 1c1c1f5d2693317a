"""Holding every score against the reviews themselves, by another way than the one it was made."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import Count

from businesses.models import Business
from reviews.enums import ReviewStatus, Source, UncountReason
from reviews.models import Review, UntreatedEvent
from trustscore.models import ScoreSnapshot, Tally
from trustscore.queries import sums_of
from trustscore.scoring import PRIOR_STARS, PRIOR_WEIGHT, Sums, score, sums
from trustscore.scoring import Tally as PureTally

COUNTED_SOURCES = (Source.TICKET, Source.ORDER, Source.ORGANIC)
NEVER_COUNTED = (UncountReason.INCENTIVISED, UncountReason.INSIDER, UncountReason.PRODUCT, UncountReason.IMPORTED)


def disagreements(business: Business) -> list[str]:
    """One sentence for every number of this business that is not what its reviews make it. Writes nothing.

    The counted reviews are found by score.md's rule and not by the mark they carry; the sums are made by the pure
    module from them, and by the database from the kept tallies. Needs the service scope.
    """
    found, kept = tally_from_reviews(business), tally_kept(business)
    wrong = []
    if found != kept:
        wrong.append(f"{business.slug}: the reviews tally to {dict(found)}, the kept tallies are {dict(kept)}.")
    snapshot = ScoreSnapshot.objects.filter(business=business).first()
    if snapshot is not None:
        wrong += _compare(business, snapshot, found)
    elif found:
        wrong.append(f"{business.slug}: there are counted reviews and no score.")
    return wrong


def has_untreated_events(business: Business) -> bool:
    """Whether reviews of this business have changed since the score last looked. Needs the service scope."""
    return UntreatedEvent.objects.filter(business=business).exists()


def _compare(business: Business, snapshot: ScoreSnapshot, found: dict[tuple[date, int], int]) -> Iterator[str]:
    pure = sums((PureTally(day, stars, count) for (day, stars), count in found.items()), snapshot.as_of)
    by_database = sums_of([business.pk], as_of=snapshot.as_of).get(business.pk, Sums(0, 0, 0, 0))
    if pure != by_database:
        yield f"{business.slug}: from scratch {pure}, by the database {by_database}."
    of = score(pure)
    expected = (of.numerator, of.denominator, of.tenths) if of else (PRIOR_STARS, PRIOR_WEIGHT, None)
    shown = (int(snapshot.numerator), int(snapshot.denominator), snapshot.tenths)
    if shown != expected:
        yield f"{business.slug}: on show is N, D, tenths {shown}, from scratch they are {expected}."


def tally_from_reviews(business: Business) -> dict[tuple[date, int], int]:
    """Reviews that count by score.md, by UTC day of submission and stars: for each customer only the newest."""
    candidates = (
        Review.objects.filter(
            business=business,
            status=ReviewStatus.PUBLISHED,
            source__in=COUNTED_SOURCES,
            subject="service",
            incentive="",
        )
        .exclude(uncount_reason__in=NEVER_COUNTED)
        .order_by("submitted_at", "id")
        .values_list("id", "customer_id", "submitted_at", "stars")
    )
    newest = {customer or -pk: (submitted_at.date(), stars or 0) for pk, customer, submitted_at, stars in candidates}
    tally: dict[tuple[date, int], int] = defaultdict(int)
    for key in newest.values():
        tally[key] += 1
    return tally


def tally_kept(business: Business) -> dict[tuple[date, int], int]:
    """The kept tallies of a business, without the empty ones."""
    kept = Tally.objects.filter(business=business, count__gt=0)
    return {(each.day, each.stars): each.count for each in kept}


def count_of_counted_reviews() -> int:
    """How many reviews carry the mark of the score, in all businesses. Needs the service scope."""
    total: int = Review.objects.filter(counted=True, status=ReviewStatus.PUBLISHED).aggregate(n=Count("id"))["n"]
    return total
