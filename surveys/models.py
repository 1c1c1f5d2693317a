"""Questionnaires and the answers to them."""

from django.db import models

from businesses.models import Business, Customer
from lib.ids import new_public_id
from lib.tenant_constraints import RowSecurity, SameTenant
from surveys.enums import Channel, Direction, SurveyKind, SurveyStatus, Trigger


class Survey(models.Model):
    """One main question of one kind on one scale, with an open question after it.

    `formula` names the rule that turns answers into a score (surveys.statistics). The first active survey by
    `position` whose trigger and conditions hold is the one that is sent. `delay_minutes` counts from the event;
    `repeat_days` is for recurring ones.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=SurveyKind.choices)
    scale_points = models.PositiveSmallIntegerField()
    direction = models.CharField(max_length=10, choices=Direction.choices, default=Direction.HIGHER_IS_BETTER)
    formula = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=SurveyStatus.choices, default=SurveyStatus.PAUSED)
    position = models.PositiveSmallIntegerField(default=0)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    event_name = models.CharField(max_length=60, blank=True)
    delay_minutes = models.PositiveIntegerField(default=1440)
    repeat_days = models.PositiveSmallIntegerField(default=90)
    ignores_asking_limit = models.BooleanField(default=False)
    reminder_after_days = models.PositiveSmallIntegerField(default=4)
    goal = models.CharField(max_length=300, blank=True)
    action_when_good = models.CharField(max_length=300, blank=True)
    action_when_bad = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="survey_rls")]
        indexes = [
            # The business's surveys in the order they are tried.
            models.Index(fields=["business", "position"], name="survey_order"),
        ]

    def __str__(self) -> str:
        return self.name


class SurveyText(models.Model):
    """A survey's own words in one language. An empty text means the catalogue's standard one (surveys.texts)."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, db_constraint=False, related_name="texts")
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=150, blank=True)
    intro = models.TextField(max_length=600, blank=True)
    question = models.CharField(max_length=300, blank=True)
    low_label = models.CharField(max_length=60, blank=True)
    high_label = models.CharField(max_length=60, blank=True)
    follow_up_good = models.CharField(max_length=300, blank=True)
    follow_up_middle = models.CharField(max_length=300, blank=True)
    follow_up_poor = models.CharField(max_length=300, blank=True)
    thanks = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="survey_text_rls"),
            SameTenant(name="survey_text_survey_key", field="survey", on_delete="cascade"),
            models.UniqueConstraint(fields=["business", "survey", "language"], name="survey_text_once"),
        ]


class Response(models.Model):
    """What one customer answered to one survey: the raw score and everything needed to read it.

    A changed mind raises `revision` and keeps what stood before in ResponseRevision. `assignee` is the person the
    ticket was assigned to, `subject` what it was about. Written by surveys.services.record_response only.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, db_constraint=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_constraint=False)
    kind = models.CharField(max_length=10, choices=SurveyKind.choices)
    scale_points = models.PositiveSmallIntegerField()
    direction = models.CharField(max_length=10, choices=Direction.choices)
    formula = models.CharField(max_length=20)
    score = models.SmallIntegerField()
    comment = models.TextField(blank=True)
    language = models.CharField(max_length=10)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    assignee = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    revision = models.PositiveSmallIntegerField(default=1)
    answered_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="response_rls"),
            SameTenant(name="response_survey_key", field="survey"),
            SameTenant(name="response_customer_key", field="customer", on_delete="cascade"),
        ]
        indexes = [
            # Newest answers, and the counts of a period.
            models.Index(fields=["business", "-answered_at", "-id"], name="response_newest"),
            # A survey's answers over time.
            models.Index(fields=["business", "survey", "-answered_at"], name="response_by_survey"),
            # One customer's life.
            models.Index(fields=["business", "customer", "-answered_at"], name="response_by_customer"),
        ]


class ResponseRevision(models.Model):
    """What an answer said before it was changed. `number` counts from 1."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    response = models.ForeignKey(Response, on_delete=models.CASCADE, db_constraint=False, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    score = models.SmallIntegerField()
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="response_revision_rls"),
            SameTenant(name="response_revision_response_key", field="response", on_delete="cascade"),
            models.UniqueConstraint(fields=["business", "response", "number"], name="response_revision_once"),
        ]
