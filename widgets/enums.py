"""What a shop may choose about a widget: how it looks, never what it counts."""

from django.db import models


class WidgetType(models.TextChoices):
    """The shapes of the one widget."""

    BADGE = "badge", "Badge"
    CARD = "card", "Card"


class Theme(models.TextChoices):
    """Its colours; `auto` follows the page around it."""

    AUTO = "auto", "As the page around it"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"
