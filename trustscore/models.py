"""What the score is computed from, and what came out. The formula itself is in trustscore.scoring."""

from django.db import models

from businesses.models import Business
from lib.tenant_constraints import OpenToAll, RowSecurity, SameTenant
from reviews.enums import ReviewStatus
from reviews.models import Review, ReviewEvent


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


class LoggedReview(models.Model):
    """One review as the log has it so far, event by event; the review's own row may be ahead of it.

    `version` counts its submit and edit events, `stars` are those of that version. It contributes to the tally of `day`
    (UTC, of its submission) while it is published and not uncounted.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    review = models.OneToOneField(Review, on_delete=models.CASCADE, db_constraint=False)
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=ReviewStatus.choices, blank=True)
    uncounted = models.BooleanField(default=False)
    day = models.DateField()
    stars = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            RowSecurity(name="logged_review_rls"),
            SameTenant(name="logged_review_review_key", field="review", on_delete="cascade"),
        ]


class ScoreOfDay(models.Model):
    """What every kept score has: the numbers of one business as of one UTC day.

    `tenths` is null without a counted review of any weight; `numerator` and `denominator`, which each kind of score
    has of its own, are N and D of score.md.
    """

    as_of = models.DateField()
    count = models.PositiveIntegerField()
    tenths = models.PositiveSmallIntegerField(null=True)
    half_stars = models.PositiveSmallIntegerField(null=True)
    label = models.CharField(max_length=10, blank=True)
    low = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    high = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    computed_at = models.DateTimeField()

    class Meta:
        abstract = True


class ScoreSnapshot(ScoreOfDay):
    """The score on show, one row a business. Written under the scope that knows tallies and weights, nothing else.

    `logged_tenths` is what the business's last score entry in the ledger says (0: no score), and `checkpoint` is the
    signed note under which that entry was published.
    """

    business = models.OneToOneField(Business, on_delete=models.CASCADE)
    numerator = models.DecimalField(max_digits=40, decimal_places=0)
    denominator = models.DecimalField(max_digits=40, decimal_places=0)
    logged_tenths = models.PositiveSmallIntegerField(default=0)
    checkpoint = models.TextField(blank=True)

    class Meta:
        constraints = [RowSecurity(name="score_snapshot_rls", scores="write", public="true")]
        indexes = [
            # The daily roll-over: which scores are of an earlier day.
            models.Index(fields=["as_of"], name="score_snapshot_as_of"),
        ]


class ScoreDay(ScoreOfDay):
    """The last score that was on show on each day: the trend.

    Of a day on which a review counted that was erased since, only the tenths are kept: from the exact numbers its stars
    could be computed.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    numerator = models.DecimalField(max_digits=40, decimal_places=0, null=True)
    denominator = models.DecimalField(max_digits=40, decimal_places=0, null=True)

    class Meta:
        constraints = [
            RowSecurity(name="score_day_rls", scores="write", public="true"),
            models.UniqueConstraint(fields=["business", "as_of"], name="score_day_once"),
        ]


class LedgerEntry(models.Model):
    """One leaf of the transparency log (ledger.md), as it was published or will be within seconds. Append-only.

    `entry` is the canonical JSON that is hashed. The other columns repeat parts of it, to be found by: `business` and
    `review` are their public names, and a policy has no business and no `seq`. `event` is the review event that it was
    made from, if any. `day` counts from 1970-01-01 UTC.
    """

    index = models.BigIntegerField(primary_key=True)
    business = models.CharField(max_length=60, blank=True)
    seq = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=10)
    review = models.CharField(max_length=16, blank=True)
    event = models.OneToOneField(ReviewEvent, null=True, on_delete=models.DO_NOTHING, db_constraint=False)
    day = models.PositiveIntegerField()
    entry = models.TextField()

    class Meta:
        constraints = [
            OpenToAll(name="ledger_entry_open", append_only=True),
            models.UniqueConstraint(fields=["business", "seq"], name="ledger_entry_gapless"),
            models.CheckConstraint(condition=models.Q(index__gte=0), name="ledger_entry_index"),
        ]
        indexes = [
            # The entries of one review, for its proof on the public page.
            models.Index(fields=["business", "review"], name="ledger_entry_review"),
        ]


class LedgerHead(models.Model):
    """How far the log is published: the one row holds the newest signed checkpoint.

    `origin` is the log's name, fixed when it began. `frozen` says, in a sentence, why nothing is signed any more.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    origin = models.CharField(max_length=255)
    size = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    frozen = models.TextField(blank=True)

    class Meta:
        constraints = [
            OpenToAll(name="ledger_head_open"),
            models.CheckConstraint(condition=models.Q(id=1), name="ledger_head_once"),
        ]


class WitnessedLog(models.Model):
    """What this installation, as a witness, has cosigned last of another one's log (C2SP tlog-witness).

    `note` is that checkpoint as the log signed it. `before_fork` and `fork` are two checkpoints of one size with
    different roots, both signed by the log: whoever has them can prove the fork to anybody.
    """

    origin = models.CharField(max_length=255, unique=True)
    size = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    cosigned_at = models.DateTimeField(null=True)
    before_fork = models.TextField(blank=True)
    fork = models.TextField(blank=True)
    forked_at = models.DateTimeField(null=True)


class AskedWitness(models.Model):
    """How asking a witness of this log goes: one row a key that the policy file names or has named.

    `size` is what the witness has cosigned last, as far as we know. `problem` is why it has not cosigned, in a
    sentence, and empty when all is well. With `refused_at` the witness says that the log does not continue what it
    has seen; it is not asked again until the operator wants it (`manage.py witnesses --ask-again`).
    """

    vkey = models.CharField(max_length=500, unique=True)
    name = models.CharField(max_length=60)
    size = models.BigIntegerField(default=0)
    cosigned_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    refused_at = models.DateTimeField(null=True)
