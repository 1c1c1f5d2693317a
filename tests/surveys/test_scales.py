"""How every answer of every scale reads."""

import pytest

from surveys.enums import Direction, Formula, ScoreGroup, SurveyKind
from surveys.scales import group, grouped, standard_formula, values
from surveys.statistics import CSAT_FORMULAS, CesScale, Scale, ces, csat, nps

HIGHER, LOWER = Direction.HIGHER_IS_BETTER, Direction.LOWER_IS_BETTER


@pytest.mark.parametrize(
    ("kind", "points", "direction", "read"),
    [
        ("nps", 11, HIGHER, "pppppppmmgg"),
        ("csat", 2, HIGHER, "pg"),
        ("csat", 3, HIGHER, "pmg"),
        ("csat", 5, HIGHER, "ppmgg"),
        ("csat", 7, HIGHER, "pppmmgg"),
        ("csat", 10, HIGHER, "ppppppmmgg"),
        ("ces", 7, HIGHER, "pppmggg"),
        ("ces", 5, HIGHER, "ppmgg"),
        ("ces", 5, LOWER, "ggmpp"),
    ],
)
def test_every_answer_of_every_scale(kind: str, points: int, direction: str, read: str) -> None:
    assert "".join(group(kind, points, direction, score)[0] for score in values(kind, points)) == read


def test_what_reads_as_good_is_what_the_standard_formula_counts() -> None:
    good = {scale: grouped("csat", scale.value, HIGHER)[ScoreGroup.GOOD] for scale in CSAT_FORMULAS}
    for scale, scores in good.items():
        counted = [s for s in values("csat", scale) if csat({s: 1}, scale=scale, formula=CSAT_FORMULAS[scale][0]).count]
        assert scores == counted
    assert grouped("ces", 7, HIGHER)[ScoreGroup.GOOD] == [
        s for s in range(1, 8) if ces({s: 1}, scale=CesScale.AGREE_7).easy.count
    ]
    assert grouped("nps", 11, HIGHER)[ScoreGroup.POOR] == [s for s in range(11) if nps({s: 1}).negative]


def test_standard_formulas() -> None:
    assert [standard_formula(SurveyKind.NPS, 11), standard_formula(SurveyKind.CES, 7)] == [Formula.NPS, Formula.EASY]
    assert [standard_formula(SurveyKind.CSAT, scale.value) for scale in Scale] == [
        Formula.TOP_1, Formula.TOP_1, Formula.TOP_2, Formula.TOP_2, Formula.TOP_2,
    ]  # fmt: skip


def test_a_score_outside_of_its_scale_reads_as_nothing() -> None:
    with pytest.raises(ValueError, match="0 is not an answer from 1 to 5"):
        group("csat", 5, HIGHER, 0)
    with pytest.raises(ValueError, match="there is no csat scale of 4 points"):
        group("csat", 4, HIGHER, 1)
