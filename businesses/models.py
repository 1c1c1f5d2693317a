"""The tenant: a business, its people, its customers and what opens its door."""

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils import timezone

from businesses.enums import AuditKind, ConsentBasis, Role
from businesses.managers import UserManager
from businesses.queued_mail import QueuedMail
from lib.ids import new_public_id
from lib.tenant_constraints import RowSecurity, SameTenant

COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", "Write the colour as # and six digits, for example #2F4BD8.")


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a sign-in. Belongs to businesses through memberships; not a tenant's row."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    is_staff = models.BooleanField(default=False)
    is_moderator = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def first_name(self) -> str:
        """The word a greeting uses."""
        return (self.name or self.email.split("@")[0]).split(" ")[0]


class Business(models.Model):
    """A tenant. Every column may be read by strangers; secrets stand elsewhere.

    `quiet_from` and `quiet_until` are hours of the day in `time_zone` (equal: no quiet hours);
    `ask_again_after_days` is the least distance between two surveys to one customer (0: no limit). The five columns
    from `monthly_invitations` on are what billing allows, None without a limit.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    site = models.URLField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    colour = models.CharField(max_length=7, default="#2F4BD8", validators=[COLOUR])
    logo = models.FileField(upload_to="logos/", blank=True)
    sender_name = models.CharField(max_length=100, blank=True)
    reply_to = models.EmailField(blank=True)
    postal_address = models.CharField(max_length=300, blank=True)
    quiet_from = models.PositiveSmallIntegerField(default=21, validators=[MaxValueValidator(23)])
    quiet_until = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(23)])
    ask_again_after_days = models.PositiveSmallIntegerField(default=30, validators=[MaxValueValidator(365)])
    shows_survey_results = models.BooleanField(default=False)
    shows_asked = models.BooleanField(default=False, db_default=False)
    shows_branding = models.BooleanField(default=True)
    monthly_invitations = models.PositiveIntegerField(null=True, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    campaigns = models.PositiveIntegerField(null=True, blank=True)
    api_calls_a_minute = models.PositiveIntegerField(null=True, blank=True)
    may_hide_branding = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="business_rls", business_column="id", public="true")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in a business."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    role = models.CharField(max_length=10, choices=Role.choices)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="membership_rls"),
            models.UniqueConstraint(fields=["business", "user"], name="membership_once"),
        ]


class TeamInvitation(models.Model):
    """An e-mailed offer to join a business; its link is used once and lives fourteen days."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [RowSecurity(name="team_invitation_rls")]


class Customer(models.Model):
    """A person who bought or asked for help. `email` is normalised (businesses.services.normal_address).

    The unsubscribe link is made from `public_id` and `token_generation`.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    email = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, blank=True)
    consent_basis = models.CharField(
        max_length=20, choices=ConsentBasis.choices, default=ConsentBasis.EXISTING_CUSTOMER
    )
    consent_source = models.CharField(max_length=100, blank=True)
    unsubscribe_hash = models.CharField(max_length=64, unique=True)
    token_generation = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="customer_rls"),
            models.UniqueConstraint(fields=["business", "email"], name="customer_once"),
        ]
        indexes = [
            # The customers page, newest first.
            models.Index(fields=["business", "-created_at", "-id"], name="customer_newest"),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class ApiKey(models.Model):
    """A key to the REST API, `cnd_<key_id>_<secret>`. Only the secret's SHA-256 is kept."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    key_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    secret_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    scopes = ArrayField(models.CharField(max_length=30))
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [RowSecurity(name="api_key_rls")]


class AuditEntry(models.Model):
    """What a person or the service did in a business. Append-only; holds no content and no secret."""

    business = models.ForeignKey(Business, on_delete=models.DO_NOTHING)
    kind = models.CharField(max_length=40, choices=AuditKind.choices)
    actor = models.CharField(max_length=200)
    subject = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="audit_entry_rls", append_only=True)]
        indexes = [
            # The audit page, newest first.
            models.Index(fields=["business", "-at", "-id"], name="audit_newest"),
        ]


class Notice(QueuedMail):
    """A mail about one thing that happened, to one person: a link to edit a review, a reply, an invitation to a team.

    `key` makes it happen once per business. `context` feeds the template named `kind` under templates/mail/notices/.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.CASCADE, db_constraint=False)
    key = models.CharField(max_length=150)
    kind = models.CharField(max_length=40)
    to = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    context = models.JSONField(default=dict)

    class Meta:
        constraints = [
            RowSecurity(name="notice_rls"),
            SameTenant(name="notice_customer_key", field="customer", on_delete="cascade"),
            models.UniqueConstraint(fields=["business", "key"], name="notice_once"),
        ]
        indexes = [
            # Claiming due notices, oldest first.
            models.Index(fields=["due_at"], condition=models.Q(status="scheduled"), name="notice_due"),
            # Leases that ran out and hand-overs that were never settled.
            models.Index(
                fields=["lease_until"],
                condition=models.Q(status__in=["claimed", "handed_over"]),
                name="notice_leases",
            ),
            # What a person has to look at.
            models.Index(
                fields=["business", "-created_at"],
                condition=models.Q(status__in=["uncertain", "quarantined"]),
                name="notice_doubts",
            ),
        ]
