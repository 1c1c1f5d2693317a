"""Choices of questionnaires and answers."""

from django.db import models


class SurveyKind(models.TextChoices):
    """The three field-standard metrics."""

    NPS = "nps", "NPS"
    CSAT = "csat", "CSAT"
    CES = "ces", "CES"


class Direction(models.TextChoices):
    """Whether a high number is good news. CES 1.0 had it the other way round, so it is stored."""

    HIGHER_IS_BETTER = "higher", "Higher is better"
    LOWER_IS_BETTER = "lower", "Lower is better"


class Formula(models.TextChoices):
    """The rule that turns a survey's answers into its number; surveys.figures applies it."""

    NPS = "nps", "Promoters less detractors"
    TOP_1 = "top-1", "Share of the best answer"
    TOP_2 = "top-2", "Share of the two best answers"
    TOP_3 = "top-3", "Share of the three best answers"
    TOP_4 = "top-4", "Share of the four best answers"
    EASY = "easy", "Share of those who found it easy"


class SurveyStatus(models.TextChoices):
    """Only an active survey is sent; answers to mails already sent are taken in either state."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"


class Trigger(models.TextChoices):
    """What starts an invitation."""

    TICKET = "ticket", "After a solved ticket"
    RECURRING = "recurring", "Again and again, for existing customers"
    ORDER = "order", "After an order"
    EVENT = "event", "After a named event"


class Channel(models.TextChoices):
    """Where an answer came from."""

    EMAIL = "email", "E-mail"


class ScoreGroup(models.TextChoices):
    """How a score reads; which words follow depends on it."""

    GOOD = "good", "Good"
    MIDDLE = "middle", "Middle"
    POOR = "poor", "Poor"
