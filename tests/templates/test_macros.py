"""The components, as a page calls them."""

import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.utils import translation

from config.styleguide import EXAMPLES, TEMPLATES, signatures
from lib.charts import TrendPoint
from tests.templates.rendering import environment

HOSTILE = """"><img src=x onerror=alert(1)>"""


class Tags(HTMLParser):
    """Collects the tags of a piece of HTML with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def drawn(module: str, call: str, **context: object) -> str:
    name = call.split("(")[0]
    source = f'{{% from "macros/{module}.html" import {name} %}}{{{{ {call} }}}}'
    return str(environment().from_string(source).render(**context))


class Newcomer(forms.Form):
    address = forms.EmailField(label="Address", help_text="Where we write to.")
    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect, choices=[("owner", "Owner"), ("agent", "Agent")])
    digest = forms.BooleanField(label="Digest", required=False)


def test_a_field_keeps_what_was_typed_and_names_its_help_and_error() -> None:
    form = Newcomer({"address": HOSTILE, "role": "agent"})
    tags = Tags(drawn("forms", "fields(form)", form=form))
    box = next(each for each in tags.all("input") if each["name"] == "address")
    assert box["value"] == HOSTILE
    assert box["aria-invalid"] == "true"
    ids = {attributes.get("id") for _, attributes in tags.found}
    assert set((box["aria-describedby"] or "").split()) <= ids
    assert {label.get("for") for label in tags.all("label")} <= ids
    assert tags.all("img") == []


def test_a_group_of_choices_is_a_fieldset_with_a_legend() -> None:
    tags = Tags(drawn("forms", "field(form['role'])", form=Newcomer()))
    assert [tag for tag, _ in tags.found][:2] == ["fieldset", "legend"]
    assert [each["value"] for each in tags.all("input")] == ["owner", "agent"]


def test_a_form_without_mistakes_shows_no_summary() -> None:
    assert "error-summary" not in drawn("forms", "fields(form)", form=Newcomer())


@pytest.mark.parametrize(
    ("kind", "points", "values"),
    [
        ("nps", 11, [str(n) for n in range(11)]),
        ("nps", 10, [str(n) for n in range(11)]),
        ("csat", 2, ["1", "2"]),
        ("csat", 5, ["1", "2", "3", "4", "5"]),
        ("csat", 10, [str(n) for n in range(1, 11)]),
        ("ces", 7, ["1", "2", "3", "4", "5", "6", "7"]),
    ],
)
def test_a_scale_offers_each_of_its_points_once(kind: str, points: int, values: list[str]) -> None:
    tags = Tags(drawn("scale", f"scale_input('score', '{kind}', {points}, 'How was it?', selected=2)"))
    inputs = tags.all("input")
    assert [each["value"] for each in inputs] == values
    assert [each["value"] for each in inputs if "checked" in each] == ["2"]
    assert all("required" in each for each in inputs)


def test_zero_can_be_preselected_on_an_nps_scale() -> None:
    tags = Tags(drawn("scale", "scale_input('score', 'nps', 11, 'How likely?', selected=0)"))
    assert [each["value"] for each in tags.all("input") if "checked" in each] == ["0"]


@pytest.mark.parametrize(
    ("half_stars", "full", "words"), [(10, 5, "5 of 5 stars"), (7, 4, "3.5 of 5 stars"), (0, 0, "0 of 5 stars")]
)
def test_stars_fill_by_half_and_say_their_number(half_stars: int, full: int, words: str) -> None:
    html = drawn("stars", f"stars({half_stars})")
    assert html.count("star-full") == full
    assert Tags(html).all("svg")[0]["aria-label"] == words


def test_a_score_is_read_with_its_interval_and_its_count() -> None:
    html = drawn("charts", "score(43, 9, 'Excellent', '4.112', '4.431', 1284)")
    for words in ("4.3", "Excellent", "Based on 1,284 reviews", "between 4.1 and 4.4"):
        assert words in html
    assert "No score yet" in drawn("charts", "score(none, 0, '', '0', '0', 0)")


def test_a_figure_under_five_answers_is_no_figure() -> None:
    assert "3 answers, too few for a score" in drawn("charts", "figure('NPS', none, 0, 0, 3)")
    html = drawn("charts", "figure('NPS', 34, 24, 43, 212)")
    assert "34" in html
    assert "24 to 43" in html
    assert "212 answers" in html
    assert "few answers" not in html
    assert "few answers" in drawn("charts", "figure('NPS', -100, -100, 7, 29)")


def test_a_distribution_is_a_table_whose_rows_filter() -> None:
    rows = [{"label": "5 stars", "count": 3, "href": "?stars=5"}, {"label": HOSTILE, "count": 1}]
    tags = Tags(drawn("charts", "distribution(rows, 'Reviews')", rows=rows))
    assert [each["href"] for each in tags.all("a")] == ["?stars=5"]
    assert [each["width"] for each in tags.all("rect")] == ["100%", "75.0%", "100%", "25.0%"]
    assert tags.all("img") == []


def test_an_empty_distribution_divides_by_nothing() -> None:
    assert "0\N{NO-BREAK SPACE}%" in drawn("charts", "distribution([{'label': '5', 'count': 0}], 'Reviews')")


def test_a_trend_is_a_picture_with_its_table() -> None:
    points = [TrendPoint(label="Oct", value=4.2, low=4, high=4.4, n=40), TrendPoint(label="Nov", value=None, n=3)]
    html = drawn("charts", "trend(points, 'Score', digits=1)", points=points)
    assert Tags(html).all("svg")[1]["aria-label"] == "Score. From 4.2 (Oct) to 4.2 (Oct)."
    cells = " ".join(re.sub(r"<[^>]+>", " ", html.split("<tbody>")[1]).split())
    assert cells == "Oct 4.2 4.0 to 4.4 40 Nov – – 3"


def test_a_trend_without_a_score_draws_no_invented_axis() -> None:
    html = drawn("charts", "trend(points, 'Score')", points=[TrendPoint(label="Nov", value=None, n=3)])
    assert "<svg" not in html
    assert "No scores yet." in html


def test_paging_without_pages_is_not_there() -> None:
    assert drawn("ui", "pagination()").strip() == ""
    assert [each["rel"] for each in Tags(drawn("ui", "pagination('?a', '?b')")).all("a")] == ["prev", "next"]


def test_customers_read_the_components_in_their_language() -> None:
    with translation.override("sv"):
        html = drawn("charts", "score(43, 9, 'Utmärkt', '4.112', '4.431', 1284)")
    assert "4,3" in html


def test_the_style_guide_shows_every_public_macro() -> None:
    shown = "".join((TEMPLATES / "styleguide" / f"{key}.html").read_text("utf-8") for key, _ in EXAMPLES)
    pages = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html") if path.parent.name != "styleguide")
    for macro in signatures():
        name = macro.call.split("(")[0]
        assert f"{name}(" in shown or pages.count(f"{name}(") > 1, f"{macro.module}: {macro.call} is shown nowhere"
