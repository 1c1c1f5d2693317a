"""What the numbers of a question's scale mean. Pure: no database, no words."""

from surveys.enums import Direction, Formula, ScoreGroup, SurveyKind
from surveys.statistics import CSAT_FORMULAS, Scale

NPS_POINTS = 11

# The least score that is middle and the least that is good, on a scale where more is better. For CSAT good is what
# the scale's first formula counts (surveys.statistics); for CES what lies above the middle.
_STEPS: dict[tuple[SurveyKind, int], tuple[int, int]] = {
    (SurveyKind.NPS, NPS_POINTS): (7, 9),
    (SurveyKind.CSAT, 2): (2, 2),
    (SurveyKind.CSAT, 3): (2, 3),
    (SurveyKind.CSAT, 5): (3, 4),
    (SurveyKind.CSAT, 7): (4, 6),
    (SurveyKind.CSAT, 10): (7, 9),
    (SurveyKind.CES, 5): (3, 4),
    (SurveyKind.CES, 7): (4, 5),
}


def values(kind: str, scale_points: int) -> range:
    """The answers that can be given: 0–10 for NPS, 1 to the number of points for the others."""
    first = 0 if kind == SurveyKind.NPS else 1
    return range(first, first + scale_points)


def group(kind: str, scale_points: int, direction: str, score: int) -> ScoreGroup:
    """How one score reads. Raises ValueError for a scale that does not exist or a score outside of it."""
    steps = _STEPS.get((SurveyKind(kind), scale_points))
    if steps is None:
        raise ValueError(f"there is no {kind} scale of {scale_points} points")
    possible = values(kind, scale_points)
    if score not in possible:
        raise ValueError(f"{score} is not an answer from {possible[0]} to {possible[-1]}")
    middle, good = steps
    upward = score if direction == Direction.HIGHER_IS_BETTER else possible[0] + possible[-1] - score
    if upward >= good:
        return ScoreGroup.GOOD
    return ScoreGroup.MIDDLE if upward >= middle else ScoreGroup.POOR


def grouped(kind: str, scale_points: int, direction: str) -> dict[ScoreGroup, list[int]]:
    """All answers of a scale by how they read, each list ascending."""
    found: dict[ScoreGroup, list[int]] = {each: [] for each in ScoreGroup}
    for score in values(kind, scale_points):
        found[group(kind, scale_points, direction, score)].append(score)
    return found


def standard_formula(kind: SurveyKind, scale_points: int) -> Formula:
    """The formula that most of the field uses for this kind and scale."""
    if kind == SurveyKind.NPS:
        return Formula.NPS
    if kind == SurveyKind.CES:
        return Formula.EASY
    return Formula(f"top-{CSAT_FORMULAS[Scale(scale_points)][0].value}")
