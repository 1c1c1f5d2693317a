"""What every template may rely on."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from jinja2 import Environment, UndefinedError
from pytest_django.fixtures import Settings

from tests.templates.rendering import environment

HOSTILE = """<script>alert("1")</script>'"""


@pytest.fixture
def jinja() -> Environment:
    return environment()


def test_text_is_text(jinja: Environment) -> None:
    shown = jinja.from_string("{{ words }}").render(words=HOSTILE)
    assert shown == "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;&#39;"


def test_a_missing_name_is_a_mistake_not_an_empty_page(jinja: Environment) -> None:
    with pytest.raises(UndefinedError):
        jinja.from_string("{{ nobody }}").render()


def test_translations_keep_what_they_are_given_apart_from_the_words(jinja: Environment) -> None:
    template = jinja.from_string(
        """{{ _("Hello %(name)s", name=name) }} {{ ngettext("%(num)s star", "%(num)s stars", 2) }}"""
    )
    assert template.render(name="<b>") == "Hello &lt;b&gt; 2 stars"


def test_mail_addresses_are_absolute(jinja: Environment, settings: Settings) -> None:
    settings.CANDOR_URL = "https://feedback.example"
    shown = jinja.from_string("""{{ absolute("/media/a.png") }} {{ absolute("https://cdn.example/a.png") }}""")
    assert shown.render() == "https://feedback.example/media/a.png https://cdn.example/a.png"


@pytest.mark.parametrize("status", [400, 403, 404, 410, 413, 422, 429, 500])
def test_each_error_has_a_page_that_says_what_happened(status: int) -> None:
    request = RequestFactory().get("/")
    page = render_to_string(f"errors/{status}.html", {"message": "The file has 3 MB; 1 MB fits."}, request)
    assert "<h1>" in page
    assert "The file has 3 MB; 1 MB fits." in page
    assert "<p>" in render_to_string(f"errors/{status}.html", {}, request)
