"""What strangers may know about a business: all of it readable under for_public."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max

from businesses.models import Business
from reviews.enums import ReviewStatus
from reviews.models import Review
from trustscore.queries import current_score

SHORT = 140
NEWEST = 3


@dataclass(frozen=True)
class ShortReview:
    """A counted review as a card has room for it. `submitted_at` is UTC."""

    stars: int
    title: str
    text: str
    name: str
    submitted_at: datetime


@dataclass(frozen=True)
class WidgetFacts:
    """What every form of the widget shows, in one piece so that a web process can keep it for some seconds.

    `tenths` to `high` are None, and `label` "", while there is no score. `checkpoint` is the signed note under which
    the score was logged.
    """

    slug: str
    name: str
    language: str
    tenths: int | None
    half_stars: int | None
    label: str
    low: float | None
    high: float | None
    count: int
    as_of: date
    checkpoint: str
    reviews: tuple[ShortReview, ...]


def business_on_show(slug: str) -> Business | None:
    """The business of this address; without one, the oldest."""
    businesses = Business.objects.order_by("id")
    return businesses.filter(slug=slug).first() if slug else businesses.first()


def widget_facts(business: Business, *, now: datetime) -> WidgetFacts:
    """The score on show and the newest three reviews that count in it."""
    score = current_score(business)
    rows = Review.objects.filter(business=business, status=ReviewStatus.PUBLISHED, counted=True)
    return WidgetFacts(
        slug=business.slug,
        name=business.name,
        language=business.language,
        tenths=score.tenths if score else None,
        half_stars=score.half_stars if score else None,
        label=score.label if score else "",
        low=_float(score.low if score else None),
        high=_float(score.high if score else None),
        count=score.count if score else 0,
        as_of=score.as_of if score else now.date(),
        checkpoint=score.checkpoint if score else "",
        reviews=tuple(_short(each) for each in rows.order_by("-submitted_at", "-id")[:NEWEST]),
    )


def shortened(text: str, longest: int = SHORT) -> str:
    """The text on one line, cut between words where it is too long."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[:longest]
    # A language without spaces, or one very long word, is cut where it stands.
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[longest // 2 :] else cut}…"


@dataclass(frozen=True)
class Published:
    """How many published reviews there are, by stars and by why they do not count; when the newest came (UTC)."""

    by_stars: dict[int, int]
    uncounted: dict[str, int]
    by_source: dict[str, int]
    newest_at: datetime | None

    @property
    def total(self) -> int:
        """All published reviews, counted or not."""
        return sum(self.by_stars.values())


def published_reviews(business: Business) -> Published:
    """The published reviews of a business in figures, in one pass over them."""
    rows = (
        Review.objects.filter(business=business, status=ReviewStatus.PUBLISHED)
        .values_list("stars", "source", "counted", "uncount_reason")
        .annotate(Count("id"), Max("submitted_at"))
        .order_by()
    )
    by_stars, by_source, uncounted = Counter(dict.fromkeys(range(1, 6), 0)), Counter[str](), Counter[str]()
    newest: list[datetime] = []
    for stars, source, counted, reason, count, latest in rows:
        by_stars[stars] += count
        by_source[source] += count
        if not counted:
            uncounted[reason] += count
        newest.append(latest)
    return Published(
        by_stars=dict(by_stars),
        uncounted=dict(uncounted.most_common()),
        by_source=dict(by_source.most_common()),
        newest_at=max(newest, default=None),
    )


def trend_begins(today: date) -> date:
    """The first day of the public trend: a year back."""
    return today - timedelta(days=365)


def _short(review: Review) -> ShortReview:
    return ShortReview(
        stars=review.stars or 0,
        title=shortened(review.title, 60),
        text=shortened(review.body),
        name=review.display_name,
        submitted_at=review.submitted_at,
    )


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))
