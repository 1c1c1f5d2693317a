"""The style guide: each component once, its call beside it, and what its macro takes."""

import re
from dataclasses import dataclass
from pathlib import Path

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lib.charts import TrendPoint

TEMPLATES = Path(settings.BASE_DIR) / "templates"
EXAMPLES = (
    ("colours", "Colours and type"),
    ("buttons", "Buttons"),
    ("forms", "Forms"),
    ("scale", "Scales"),
    ("stars", "Stars"),
    ("score", "Score and figures"),
    ("charts", "Charts"),
    ("badges", "Badges and notices"),
    ("lists", "Lists and tables"),
    ("navigation", "Tabs, paging, disclosure, dialogs"),
    ("copying", "Things to copy"),
    ("reviews", "Reviews"),
    ("empty", "Empty pages and first steps"),
    ("icons", "Icons"),
)
MACRO = re.compile(r"(?:\{#\s*(?P<words>(?:(?!#\}).)*?)\s*#\}\s*)?\{% macro (?P<call>[a-z]\w*\(.*?\)) -?%\}", re.DOTALL)


@dataclass(frozen=True)
class Signature:
    """What a macro is called with, and what the comment above it says."""

    module: str
    call: str
    words: str


@dataclass(frozen=True)
class Example:
    """One part of the guide and the template that shows it."""

    key: str
    title: str
    template: str
    source: str


class SampleForm(forms.Form):
    """A form with one of each field, shown with something wrong."""

    name = forms.CharField(label="Name of the business", help_text="As your customers know it.")
    address = forms.EmailField(label="Your e-mail address")
    language = forms.ChoiceField(label="Language", choices=[("en", "English"), ("sv", "Swedish")])
    kind = forms.ChoiceField(
        label="What to ask first",
        widget=forms.RadioSelect,
        choices=[("csat", "How satisfied they are"), ("nps", "Whether they would recommend you")],
    )
    note = forms.CharField(label="Note to your team", widget=forms.Textarea, required=False)
    terms = forms.BooleanField(label="Send me the weekly digest", required=False)


def signatures() -> list[Signature]:
    """Every public macro in the order of the files, read from the files themselves."""
    return [
        Signature(path.name, " ".join(found["call"].split()), " ".join((found["words"] or "").split()))
        for path in sorted((TEMPLATES / "macros").glob("*.html"))
        for found in MACRO.finditer(path.read_text("utf-8"))
    ]


def examples() -> list[Example]:
    """The parts of the guide with the source that each is drawn from."""
    return [
        Example(
            key,
            title,
            f"styleguide/{key}.html",
            (TEMPLATES / "styleguide" / f"{key}.html").read_text("utf-8"),
        )
        for key, title in EXAMPLES
    ]


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Public documentation; every component works here as on any page."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov")
    means = (3.6, 3.7, 3.7, 3.9, None, 4.0, 4.1, 4.1, 4.0, 4.2, 4.3)
    points = [
        TrendPoint(
            label=f"{month} 2026",
            value=mean,
            low=mean and mean - 0.3,
            high=mean and mean + 0.25,
            n=40 + 12 * index if mean else 0,
        )
        for index, (month, mean) in enumerate(zip(months, means, strict=True))
    ]
    context = {
        "examples": examples(),
        "signatures": signatures(),
        "form": SampleForm({"name": "Acme Outdoor", "address": "alice at acme", "language": "en", "kind": "nps"}),
        "points": points,
        "now": timezone.now(),
    }
    return render(request, "styleguide.html", context)
