"""Choices of the pages that show several apps at once."""

from django.db import models


class Step(models.TextChoices):
    """The first steps of a new business, in their order."""

    CONNECT = "connect", "Connect your helpdesk"
    LOOK = "look", "Look at the survey mail"
    TRY = "try", "Send yourself a survey"
    INVITE = "invite", "Invite a colleague"
    WIDGET = "widget", "Put the score on your site"
