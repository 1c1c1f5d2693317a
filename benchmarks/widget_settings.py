"""Candor's settings with one more route: the empty view that the widget is measured against."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.widget_urls"
