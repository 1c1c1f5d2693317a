"""Every read of reviews that is used twice or pages through many."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Q, QuerySet

from businesses.models import Business
from invitations.models import Invitation
from lib.errors import NotFound
from lib.tenancy import for_service
from lib.tokens import token_hash
from reviews.contents import one_line
from reviews.enums import EventKind, ReviewStatus, Source
from reviews.models import PendingReview, PolicyVersion, ReplyVersion, Review, ReviewEvent, ReviewVersion
from reviews.paging import NEWEST, WAITING_FIRST, ReviewPage, key_of, page_of

LOW_STARS = 2
MOST_COUNTED = 1000


def review_by_edit_token(token: str) -> Review:
    """The review of an author's link, with its business and customer. Such links never expire. Raises NotFound."""
    with for_service("a review by its author's link"):
        review = Review.objects.select_related("business", "customer").filter(edit_hash=token_hash(token)).first()
    if review is None:
        raise NotFound("This link leads nowhere. It may have been replaced by a newer one.")
    return review


def pending_by_confirm_token(token: str) -> PendingReview:
    """What a stranger wrote, by the mailed link that publishes it, with its business. Raises NotFound."""
    with for_service("a review by the link that confirms it"):
        found = PendingReview.objects.select_related("business", "review").filter(token_hash=token_hash(token))
        pending = found.first()
    if pending is None:
        raise NotFound("This link leads nowhere. If you wrote a review more than a week ago, please write it again.")
    return pending


def review_of_invitation(invitation: Invitation) -> Review | None:
    """The review that this invitation led to, unless its author withdrew it."""
    mine = Review.objects.filter(business_id=invitation.business_id, invitation=invitation)
    return mine.exclude(status__in=[ReviewStatus.WITHDRAWN, ReviewStatus.ERASED]).first()


@dataclass(frozen=True)
class InboxFilters:
    """What an inbox is narrowed to; None and "" narrow nothing.

    `waiting` True: only those that need a reply; False: only those that have one.
    """

    stars: int | None = None
    source: str = ""
    waiting: bool | None = None
    search: str = ""


def inbox(
    business: Business, filters: InboxFilters, *, before: str = "", after: str = "", size: int = 25
) -> ReviewPage:
    """The business's published reviews, those that need a reply first, then the newest.

    `after` and `before` are places that an earlier page gave; one that nobody gave begins at the top.
    """
    rows = _narrowed(Review.objects.filter(business=business, status=ReviewStatus.PUBLISHED), filters)
    return page_of(
        rows,
        WAITING_FIRST,
        before=key_of(business.pk, before, WAITING_FIRST),
        after=key_of(business.pk, after, WAITING_FIRST),
        size=size,
    )


def inbox_review(business: Business, public_id: str) -> Review:
    """One published review of the business with its customer and invitation. Raises NotFound."""
    rows = Review.objects.select_related("customer", "invitation__ticket", "invitation__response")
    found = rows.filter(business=business, public_id=public_id, status=ReviewStatus.PUBLISHED).first()
    if found is None:
        raise NotFound("There is no such review, or its author has taken it back.")
    return found


def reply_history(review: Review) -> list[ReplyVersion]:
    """Every version of the business's reply with who wrote it, the newest first."""
    mine = ReplyVersion.objects.filter(business_id=review.business_id, review=review).select_related("author")
    return list(mine.order_by("-number"))


def waiting_count(business: Business) -> int:
    """How many published reviews need a reply, up to MOST_COUNTED: beyond, counting would cost more than it tells."""
    waiting = Review.objects.filter(business=business, needs_reply=True, status=ReviewStatus.PUBLISHED)
    return waiting[:MOST_COUNTED].count()


def unanswered_low(business: Business, *, limit: int, older_than: datetime | None = None) -> list[Review]:
    """Published reviews of one or two stars that nobody has answered, the longest waiting first.

    With `older_than`, only those submitted before it.
    """
    rows = Review.objects.filter(
        business=business, status=ReviewStatus.PUBLISHED, needs_reply=True, stars__lte=LOW_STARS
    )
    if older_than is not None:
        rows = rows.filter(submitted_at__lt=older_than)
    return list(rows.order_by("submitted_at", "id")[:limit])


def public_reviews(
    business_id: int, *, stars: int | None = None, search: str = "", after: str = "", before: str = "", size: int = 20
) -> ReviewPage:
    """Published reviews, newest first; readable under for_public. `after` and `before` are places."""
    rows = _narrowed(
        Review.objects.filter(business_id=business_id, status=ReviewStatus.PUBLISHED),
        InboxFilters(stars=stars, search=search),
    )
    return page_of(
        rows, NEWEST, before=key_of(business_id, before, NEWEST), after=key_of(business_id, after, NEWEST), size=size
    )


def _narrowed(rows: QuerySet[Review], filters: InboxFilters) -> QuerySet[Review]:
    if filters.stars is not None:
        rows = rows.filter(stars=filters.stars)
    if filters.source:
        rows = rows.filter(source=filters.source)
    if filters.waiting is not None:
        rows = rows.filter(needs_reply=True) if filters.waiting else rows.exclude(reply_body="")
    search = one_line(filters.search)
    if search:
        words = SearchVector("title", "body", "display_name", config="simple")
        query = SearchQuery(search, config="simple", search_type="websearch")
        rows = rows.annotate(words=words).filter(words=query)
    return rows


@dataclass(frozen=True)
class Absent:
    """How many reviews of a business are not on its page, and why: what a stranger may know of them."""

    erased_by_authors: int
    erased_by_service: int
    withdrawn: int
    held: int
    removed: dict[str, int]


def absent_reviews(business: Business) -> Absent:
    """What is missing on the public page, in numbers. Rejected reviews are among the removed.

    Needs the business's scope, or the service's.
    """
    rows = Review.objects.filter(business=business).exclude(status=ReviewStatus.PUBLISHED)
    found = rows.values_list("status", "status_reason").annotate(Count("id")).order_by()
    counts = {(status, reason): count for status, reason, count in found}
    removed = Counter[str]()
    for (status, reason), count in counts.items():
        if status in {ReviewStatus.REMOVED, ReviewStatus.REJECTED}:
            removed[reason] += count
    erased = {reason: count for (status, reason), count in counts.items() if status == ReviewStatus.ERASED}
    return Absent(
        erased_by_authors=erased.get("", 0),
        erased_by_service=sum(count for reason, count in erased.items() if reason),
        withdrawn=sum(count for (status, _), count in counts.items() if status == ReviewStatus.WITHDRAWN),
        held=sum(count for (status, _), count in counts.items() if status == ReviewStatus.HELD),
        removed=dict(removed.most_common()),
    )


@dataclass(frozen=True)
class Moderated:
    """A review as its moderator needs it: the words of its last version, hidden or not, and all that happened."""

    review: Review
    version: ReviewVersion
    events: list[ReviewEvent]


def moderated_review(public_id: str) -> Moderated:
    """One review of any business. Needs the service scope. Raises NotFound."""
    review = Review.objects.select_related("business", "customer").filter(public_id=public_id).first()
    if review is None:
        raise NotFound("There is no such review.")
    version = ReviewVersion.objects.filter(business_id=review.business_id, review=review).order_by("-number")[0]
    events = ReviewEvent.objects.filter(business_id=review.business_id, review=review).order_by("-id")
    return Moderated(review=review, version=version, events=list(events))


def reviews_to_moderate(search: str, *, most: int = 50) -> list[Review]:
    """Held reviews first, the longest held at the top, then the newest; or those of an id or a business's address.

    Needs the service scope.
    """
    rows = Review.objects.select_related("business").exclude(status=ReviewStatus.ERASED)
    if search:
        rows = rows.filter(Q(public_id=search) | Q(business__slug=search))
    held = list(rows.filter(status=ReviewStatus.HELD).order_by("held_at")[:most])
    others = rows.exclude(status=ReviewStatus.HELD).order_by("-submitted_at", "-id")
    return [*held, *others[: most - len(held)]]


@dataclass(frozen=True)
class Treatment:
    """What moderators did to the reviews of one star value; `hours_held` are the hours of each hold that is over."""

    stars: int
    published: int
    held: int
    removed: int
    hours_held: tuple[float, ...]


def treatment_by_stars(business: Business) -> list[Treatment]:
    """Holds and removals by the stars that the reviews have, five first; of erased reviews nobody knows them."""
    rows = Review.objects.filter(business=business, stars__isnull=False)
    published: Counter[int] = Counter(dict(rows.values_list("stars").annotate(Count("id")).order_by()))
    steps = ReviewEvent.objects.filter(business=business, review__stars__isnull=False, review__events__kind="hold")
    hours: dict[int, list[float]] = {}
    held, begun = Counter[int](), dict[int, datetime]()
    told = steps.distinct().order_by("id").values_list("review_id", "review__stars", "kind", "created_at")
    for review, known, kind, at in told:
        stars = known or 0
        if kind == EventKind.HOLD:
            held[stars] += 1
            begun[review] = at
        elif kind in {EventKind.PUBLISH, EventKind.REJECT, EventKind.WITHDRAW} and review in begun:
            hours.setdefault(stars, []).append((at - begun.pop(review)).total_seconds() / 3600)
    gone = rows.filter(status__in=[ReviewStatus.REMOVED, ReviewStatus.REJECTED])
    removed: Counter[int] = Counter(dict(gone.values_list("stars").annotate(Count("id")).order_by()))
    return [
        Treatment(stars, published[stars], held[stars], removed[stars], tuple(hours.get(stars, ())))
        for stars in (5, 4, 3, 2, 1)
    ]


def reviewed_days(business: Business, *, since: date, source: Source) -> list[date]:
    """The UTC days, one a review, on which published reviews of one source were submitted since a day."""
    begins = datetime.combine(since, datetime.min.time(), tzinfo=UTC)
    rows = Review.objects.filter(
        business=business, status=ReviewStatus.PUBLISHED, source=source, submitted_at__gte=begins
    )
    return [at.astimezone(UTC).date() for at in rows.values_list("submitted_at", flat=True)]


def policy_versions(business: Business) -> list[PolicyVersion]:
    """Every version of the business's policy page, the newest first. Readable by the public."""
    return list(PolicyVersion.objects.filter(business=business).order_by("-number"))
