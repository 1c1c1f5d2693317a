"""The environment that pages are rendered in."""

from typing import cast

from django.template import engines
from django.template.backends.jinja2 import Jinja2
from jinja2 import Environment


def environment() -> Environment:
    """The configured Jinja2 environment, as settings.TEMPLATES makes it."""
    return cast(Jinja2, engines["jinja2"]).env
