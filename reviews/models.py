"""Reviews, replies, and the immutable record of what happened to them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from businesses.models import Business, Customer, User
from invitations.models import Invitation
from lib.ids import new_public_id
from lib.tenant_constraints import RowSecurity, SameTenant
from reviews.contents import LONGEST_NAME, LONGEST_TITLE
from reviews.enums import Actor, EventKind, ImportStatus, ModerationReason, ReviewStatus, Source, UncountReason

STARS = [MinValueValidator(1), MaxValueValidator(5)]


class Review(models.Model):
    """One customer's review as it stands today; every version it had is in ReviewVersion.

    `subject` is "service" or "product:<id>". `counted` says whether it is in the score (score.md). `submitted_at` never
    changes: an edit changes the stars, not the day. An imported review keeps the day on which it was written elsewhere
    there, and the day of the import in `published_at`; `imported_verified` is what its file said of a check there, if
    anything. The standing reply is kept here so that a public page reads one
    table; its history is in ReplyVersion. The edit link is made from `public_id` and `token_generation`.
    State changes only through reviews.services. `status_reason` is why it is held, rejected or removed, `held_at` since
    when; `hidden_reason` why its words are hidden. An erased review has no stars, no words and no customer any more.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.SET_NULL, db_constraint=False)
    invitation = models.ForeignKey(Invitation, null=True, on_delete=models.SET_NULL, db_constraint=False)
    source = models.CharField(max_length=10, choices=Source.choices)
    subject = models.CharField(max_length=80, default="service")
    status = models.CharField(max_length=10, choices=ReviewStatus.choices)
    counted = models.BooleanField()
    uncount_reason = models.CharField(max_length=15, choices=UncountReason.choices, blank=True)
    incentive = models.CharField(max_length=200, blank=True)
    stars = models.PositiveSmallIntegerField(validators=STARS, null=True)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    body = models.TextField(blank=True)
    display_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    status_reason = models.CharField(max_length=25, choices=ModerationReason.choices, blank=True)
    hidden_reason = models.CharField(max_length=25, choices=ModerationReason.choices, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    experienced_on = models.DateField(null=True, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    submitted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    edit_hash = models.CharField(max_length=64, unique=True, null=True)
    token_generation = models.PositiveSmallIntegerField(default=0)
    imported_from = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=100, blank=True)
    imported_verified = models.BooleanField(null=True, blank=True)
    reply_body = models.TextField(blank=True)
    first_replied_at = models.DateTimeField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    needs_reply = models.BooleanField(default=True)

    class Meta:
        constraints = [
            RowSecurity(name="review_rls", public="status = 'published'"),
            SameTenant(name="review_customer_key", field="customer", on_delete="set null"),
            SameTenant(name="review_invitation_key", field="invitation", on_delete="set null"),
            models.CheckConstraint(condition=models.Q(stars__gte=1, stars__lte=5), name="review_stars"),
            models.CheckConstraint(
                condition=models.Q(stars__isnull=False) | models.Q(status="erased"), name="review_stars_until_erased"
            ),
            models.UniqueConstraint(
                fields=["business", "imported_from", "external_id"],
                condition=~models.Q(external_id=""),
                name="review_imported_once",
            ),
            # One invitation, one review; who withdrew it may write again.
            models.UniqueConstraint(
                fields=["business", "invitation"],
                condition=~models.Q(status__in=[ReviewStatus.WITHDRAWN, ReviewStatus.ERASED]),
                name="review_invited_once",
            ),
        ]
        indexes = [
            # The inbox: unanswered first, newest first, in keyset pages.
            models.Index(fields=["business", "-needs_reply", "-submitted_at", "-id"], name="review_inbox"),
            # The public page: newest first.
            models.Index(
                fields=["business", "-submitted_at", "-id"],
                condition=models.Q(status="published"),
                name="review_public",
            ),
            # Ending holds when their time is over.
            models.Index(fields=["held_at"], condition=models.Q(status="held"), name="review_holds"),
            # Which review of a customer is the newest that counts.
            models.Index(fields=["business", "customer", "-submitted_at"], name="review_by_customer"),
        ]

    def __str__(self) -> str:
        return self.title or self.public_id


class ReviewVersion(models.Model):
    """What a review said in one version, with the salts of its commitments. Erasing a person empties it.

    The commitments themselves are on the ReviewEvent; without salt and content they mean nothing.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, db_constraint=False, related_name="versions")
    number = models.PositiveSmallIntegerField()
    stars = models.PositiveSmallIntegerField(validators=STARS, null=True)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    body = models.TextField(blank=True)
    display_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    core_salt = models.BinaryField(max_length=32)
    text_salt = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="review_version_rls"),
            SameTenant(name="review_version_review_key", field="review", on_delete="cascade"),
            models.UniqueConstraint(fields=["business", "review", "number"], name="review_version_once"),
        ]


class ReplyVersion(models.Model):
    """What the business answered in one version, who wrote it, and the salt of its commitment."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, db_constraint=False, related_name="replies")
    number = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    salt = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="reply_version_rls"),
            SameTenant(name="reply_version_review_key", field="review", on_delete="cascade"),
            models.UniqueConstraint(fields=["business", "review", "number"], name="reply_version_once"),
        ]


class ReviewEvent(models.Model):
    """One change of one review: audit trail, and source of the ledger's leaves. Append-only.

    Holds ids, kind, actor, reason and commitments; never words or stars. `day` is days since 1970-01-01 UTC.
    """

    business = models.ForeignKey(Business, on_delete=models.DO_NOTHING)
    review = models.ForeignKey(Review, on_delete=models.DO_NOTHING, db_constraint=False, related_name="events")
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    actor = models.CharField(max_length=10, choices=Actor.choices)
    reason = models.CharField(max_length=25, blank=True)
    core = models.CharField(max_length=64, blank=True)
    text = models.CharField(max_length=64, blank=True)
    reply = models.CharField(max_length=64, blank=True)
    day = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="review_event_rls", append_only=True),
            SameTenant(name="review_event_review_key", field="review"),
        ]
        indexes = [
            # One review's history.
            models.Index(fields=["business", "review", "id"], name="review_event_history"),
        ]


class UntreatedEvent(models.Model):
    """A ReviewEvent that the score has not taken up yet, written in the same transaction.

    Events are append-only and cannot be marked; searching ten million for the one that is new would make publishing
    slower with every review. So the queue is a row beside the event, deleted when it is treated.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    event = models.OneToOneField(ReviewEvent, on_delete=models.DO_NOTHING, db_constraint=False)

    class Meta:
        constraints = [
            RowSecurity(name="untreated_event_rls"),
            SameTenant(name="untreated_event_event_key", field="event"),
        ]


class PendingReview(models.Model):
    """A review written on the public page whose author has not confirmed the e-mail address yet.

    Nobody sees it before; after `expires_at` it is deleted. `contents` is what was typed (reviews.contents), emptied
    when `review` was published from it: the row stays until then so that its link can say so.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    email = models.EmailField()
    language = models.CharField(max_length=10)
    contents = models.JSONField()
    review = models.ForeignKey(Review, null=True, on_delete=models.CASCADE, db_constraint=False)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="pending_review_rls"),
            SameTenant(name="pending_review_review_key", field="review", on_delete="cascade"),
        ]
        indexes = [
            # Deleting what nobody confirmed.
            models.Index(fields=["expires_at"], name="pending_review_expiry"),
        ]


class ReviewImport(models.Model):
    """A file of reviews that a member uploaded, how it is to be read, and what became of it.

    `columns` says which column a field is read from where the guess was overridden ("": none). `data` is emptied when
    the file is imported; `bad_lines` is a file of what was not taken, to be mended. Written by
    reviews.importing.uploads only.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    file_name = models.CharField(max_length=200)
    imported_from = models.CharField(max_length=60, blank=True)
    data = models.BinaryField()
    columns = models.JSONField(default=dict)
    scale = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=ImportStatus.choices, default=ImportStatus.UPLOADED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    stored = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    bad_lines = models.TextField(blank=True)
    told = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [RowSecurity(name="review_import_rls")]
        indexes = [
            # The business's imports, newest first.
            models.Index(fields=["business", "-created_at"], name="review_import_newest"),
            # Claiming what waits, oldest first.
            models.Index(fields=["id"], condition=models.Q(status="waiting"), name="review_import_waiting"),
        ]


class PolicyVersion(models.Model):
    """How a business collects reviews, as facts from its real settings; a new row whenever they change.

    `facts` are data, never words: the page says them in its reader's language. Written by dashboard.policies only.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    number = models.PositiveIntegerField()
    facts = models.JSONField()
    valid_from = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="policy_version_rls", public="true"),
            models.UniqueConstraint(fields=["business", "number"], name="policy_version_once"),
        ]
