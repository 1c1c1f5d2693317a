"""What the dashboard itself remembers."""

from django.db import models

from businesses.models import Business
from dashboard.enums import Step
from lib.tenant_constraints import RowSecurity


class StepTaken(models.Model):
    """That somebody of the business went where one of the first steps leads; other steps tick by what they leave."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE)
    step = models.CharField(max_length=10, choices=Step.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="step_taken_rls"),
            models.UniqueConstraint(fields=["business", "step"], name="step_taken_once"),
        ]
