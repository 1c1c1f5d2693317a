"""What the score is computed from, and what came out. The formula itself is in trustscore.scoring."""

from django.db import models

from businesses.models import Business
from lib.tenant_constraints import RowSecurity, SameTenant
from reviews.models import Review


class Weight(models.Model):
    """The weight of a review `age` whole days old (score.md), filled by trustscore.services. The same for everybody."""

    age = models.PositiveSmallIntegerField(primary_key=True)
    weight = models.BigIntegerField()


class Tally(models.Model):
    """How many counted reviews of `stars` stars were submitted on `day` (UTC)."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    day = models.DateField()
    stars = models.PositiveSmallIntegerField()
    count = models.IntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="tally_rls", scores="read"),
            models.UniqueConstraint(fields=["business", "day", "stars"], name="tally_once"),
            # Below 2^26 its product with the squared stars and a weight of at most 2^32 stays inside 64 bits.
            models.CheckConstraint(
                condition=models.Q(count__gte=0, count__lt=2**26, stars__gte=1, stars__lte=5),
                name="tally_range",
            ),
        ]


class CountedReview(models.Model):
    """What one review contributes to the tallies at this moment. No row: it contributes nothing.

    Taking up an event compares this row with the review and moves the difference, so doing it twice changes nothing.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    review = models.OneToOneField(Review, on_delete=models.CASCADE, db_constraint=False)
    day = models.DateField()
    stars = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="counted_review_rls"),
            SameTenant(name="counted_review_review_key", field="review", on_delete="cascade"),
        ]


class ScoreOfDay(models.Model):
    """What every kept score has: the numbers of one business as of one UTC day.

    `numerator` and `denominator` are N and D of score.md; `tenths` is null without a counted review of any weight.
    """

    as_of = models.DateField()
    count = models.PositiveIntegerField()
    numerator = models.DecimalField(max_digits=40, decimal_places=0)
    denominator = models.DecimalField(max_digits=40, decimal_places=0)
    tenths = models.PositiveSmallIntegerField(null=True)
    half_stars = models.PositiveSmallIntegerField(null=True)
    label = models.CharField(max_length=10, blank=True)
    low = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    high = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    computed_at = models.DateTimeField()

    class Meta:
        abstract = True


class ScoreSnapshot(ScoreOfDay):
    """The score on show, one row a business. Written under the scope that knows tallies and weights, nothing else."""

    business = models.OneToOneField(Business, on_delete=models.CASCADE)

    class Meta:
        constraints = [RowSecurity(name="score_snapshot_rls", scores="write", public="true")]
        indexes = [
            # The daily roll-over: which scores are of an earlier day.
            models.Index(fields=["as_of"], name="score_snapshot_as_of"),
        ]


class ScoreDay(ScoreOfDay):
    """The last score that was on show on each day: the trend."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            RowSecurity(name="score_day_rls", scores="write", public="true"),
            models.UniqueConstraint(fields=["business", "as_of"], name="score_day_once"),
        ]
