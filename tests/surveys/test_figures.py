"""Each kind and scale makes the figure that its formula says, and says how."""

from decimal import Decimal

import pytest

from surveys.enums import Formula, SurveyKind
from surveys.figures import Question, figure, formula_in_words
from surveys.scales import standard_formula, values


def question(kind: SurveyKind, points: int, direction: str = "higher", formula: str = "") -> Question:
    return Question(
        kind=kind, scale_points=points, direction=direction, formula=formula or standard_formula(kind, points)
    )


@pytest.mark.parametrize(
    ("asked", "counts", "shown", "words"),
    [
        (
            question(SurveyKind.NPS, 11),
            {10: 2, 9: 3, 8: 1, 7: 1, 4: 1, 2: 1, 1: 1},
            ("NPS", 20, -30, 61, ""),
            "Share of 9 and 10, minus share of 0 to 6.",
        ),
        (
            question(SurveyKind.CSAT, 5),
            {5: 4, 4: 3, 3: 1, 2: 1, 1: 1},
            ("CSAT", 70, 40, 89, "\N{NO-BREAK SPACE}%"),
            "Share of 4 and 5.",
        ),
        (question(SurveyKind.CSAT, 2), {2: 8, 1: 2}, ("CSAT", 80, 49, 94, "\N{NO-BREAK SPACE}%"), "Share of 2."),
        (
            question(SurveyKind.CSAT, 10, formula=Formula.TOP_4),
            {10: 2, 9: 2, 8: 2, 7: 1, 6: 1, 5: 1, 1: 1},
            ("CSAT", 70, 40, 89, "\N{NO-BREAK SPACE}%"),
            "Share of 7, 8, 9 and 10.",
        ),
        (
            question(SurveyKind.CES, 7),
            {7: 2, 6: 2, 5: 2, 4: 1, 3: 1, 2: 1, 1: 1},
            ("CES", 60, 31, 83, "\N{NO-BREAK SPACE}%"),
            "Share of answers above the middle of the scale.",
        ),
        (
            question(SurveyKind.CES, 5, direction="lower"),
            {1: 6, 2: 1, 3: 1, 4: 1, 5: 1},
            ("CES", 70, 40, 89, "\N{NO-BREAK SPACE}%"),
            "Share of answers below the middle of the scale.",
        ),
    ],
)
def test_figures(asked: Question, counts: dict[int, int], shown: tuple[object, ...], words: str) -> None:
    found = figure(asked, counts)

    assert (found.name, found.value, found.low, found.high, found.unit) == shown
    assert found.n == 10
    assert formula_in_words(asked) == words


@pytest.mark.parametrize("kind", SurveyKind)
def test_everybody_alike_and_nobody(kind: SurveyKind) -> None:
    points = {SurveyKind.NPS: 11, SurveyKind.CSAT: 5, SurveyKind.CES: 7}[kind]
    best = values(kind, points)[-1]

    assert figure(question(kind, points), {best: 9}).value == Decimal(100)
    assert figure(question(kind, points), {}).value is None
    assert figure(question(kind, points), {}).n == 0
