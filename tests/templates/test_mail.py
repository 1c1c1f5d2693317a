"""Mails as they leave: inlined HTML and its text twin."""

from types import SimpleNamespace
from typing import Any

import css_inline
import pytest

from tests.templates.rendering import environment

ACME = SimpleNamespace(
    name="Acme & Sons",
    colour="#FFE14D",
    logo=None,
    postal_address="Storgatan 1, Göteborg",
    shows_branding=True,
)
HTML = """{% extends "mail/base.html" %}{% from "mail/macros.html" import scale, button, quote %}
{% block content %}{{ scale("https://candor.example/a/t/", kind, points, "Bad", "Good") }}{{ quote("a\n<b>") }}
{% endblock %}
{% block reason %}You asked.{% endblock %}"""


def rendered(source: str, **context: object) -> str:
    return str(environment().from_string(source).render(business=ACME, **context))


@pytest.mark.parametrize(("kind", "points", "values"), [("nps", 11, range(11)), ("csat", 5, range(1, 6))])
def test_each_point_of_the_scale_is_a_link_of_its_own(kind: str, points: int, values: range) -> None:
    html = css_inline.inline(rendered(HTML, kind=kind, points=points), keep_at_rules=True)
    for value in values:
        assert html.count(f'href="https://candor.example/a/t/?score={value}"') == 1


def test_styles_are_inlined_and_the_dark_ones_stay() -> None:
    html = css_inline.inline(rendered(HTML, kind="csat", points=5), keep_at_rules=True)
    assert 'class="cell cell-5" ' in html
    assert "line-height: 42px" in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert "&lt;b&gt;" in html


def test_the_foot_says_why_and_how_to_end_it() -> None:
    html = rendered(HTML, kind="csat", points=5, unsubscribe_url="https://candor.example/u/t/")
    for words in ("You asked.", "Acme &amp; Sons, Storgatan 1, Göteborg", "https://candor.example/u/t/"):
        assert words in html
    assert "unsubscribe" not in rendered(HTML, kind="csat", points=5).lower()


def test_the_text_twin_reads_naturally() -> None:
    engine = environment()
    module: Any = engine.get_template("mail/macros.txt").make_module()
    assert str(module.scale("https://c.example/a/t/", "csat", 3, "Bad", "Good & proper")) == (
        " 1 (Bad): https://c.example/a/t/?score=1\n"
        " 2: https://c.example/a/t/?score=2\n"
        " 3 (Good & proper): https://c.example/a/t/?score=3\n"
    )
    twin = engine.get_template("mail/base.txt").render(business=ACME, unsubscribe_url="https://c.example/u/t/")
    assert twin.startswith("Acme & Sons\n")
    assert "No more mails like this: https://c.example/u/t/" in twin
