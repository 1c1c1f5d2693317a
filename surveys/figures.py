"""A survey's figure as it is shown: the score of its formula, its interval, and how far it carries. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from surveys.enums import Direction, Formula, SurveyKind
from surveys.statistics import (
    CesScale,
    Evidence,
    Interval,
    NetScore,
    Proportion,
    Scale,
    TopBox,
    ces,
    csat,
    evidence,
    nps,
    rounded,
)

_CES_SCALES = {
    (7, Direction.HIGHER_IS_BETTER): CesScale.AGREE_7,
    (5, Direction.HIGHER_IS_BETTER): CesScale.AGREE_5,
    (5, Direction.LOWER_IS_BETTER): CesScale.EFFORT_5,
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """What has to be known of a question to make a figure of its answers; a survey and a response both have it."""

    kind: str
    scale_points: int
    direction: str
    formula: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with its 95 % interval and n. NPS is −100 … 100, CSAT and CES are percent.

    `exact` is there from the first answer; `value`, `low` and `high` are what may be shown: rounded once, and None
    under five answers.
    """

    name: str
    exact: NetScore | Proportion

    @property
    def n(self) -> int:
        return self.exact.n

    @property
    def evidence(self) -> Evidence:
        return evidence(self.n)

    @property
    def value(self) -> Decimal | None:
        score = self.exact.score if isinstance(self.exact, NetScore) else self.exact.percent
        return None if score is None or not self._shown else rounded(score)

    @property
    def low(self) -> Decimal | None:
        return None if self._interval is None else rounded(self._interval.low)

    @property
    def high(self) -> Decimal | None:
        return None if self._interval is None else rounded(self._interval.high)

    @property
    def unit(self) -> str:
        """What stands behind the number: nothing for a net score, a percent sign for a share."""
        return "" if self.signed else "\N{NO-BREAK SPACE}%"

    @property
    def signed(self) -> bool:
        """Whether the number goes below zero, so that a plus says something."""
        return isinstance(self.exact, NetScore)

    @property
    def _shown(self) -> bool:
        return self.evidence not in {Evidence.NONE, Evidence.TOO_FEW}

    @property
    def _interval(self) -> Interval | None:
        return self.exact.interval if self._shown else None


def figure(question: Question, counts: Mapping[int, int]) -> Figure:
    """The figure of so many answers of each value.

    Raises ValueError for an answer outside the scale or a formula that the scale does not have.
    """
    kind = SurveyKind(question.kind)
    return Figure(name=kind.label, exact=_exact(kind, question, counts))


def _exact(kind: SurveyKind, question: Question, counts: Mapping[int, int]) -> NetScore | Proportion:
    if kind == SurveyKind.NPS:
        return nps(counts)
    if kind == SurveyKind.CSAT:
        boxes = TopBox(int(Formula(question.formula).value.removeprefix("top-")))
        return csat(counts, scale=Scale(question.scale_points), formula=boxes)
    return ces(counts, scale=_CES_SCALES[question.scale_points, Direction(question.direction)]).easy


def formula_in_words(question: Question) -> str:
    """How the number is made, in one sentence for the person who reads it."""
    if question.formula == Formula.NPS:
        return "Share of 9 and 10, minus share of 0 to 6."
    if question.formula == Formula.EASY:
        if question.direction == Direction.LOWER_IS_BETTER:
            return "Share of answers below the middle of the scale."
        return "Share of answers above the middle of the scale."
    boxes = int(question.formula.removeprefix("top-"))
    best = [str(value) for value in range(question.scale_points - boxes + 1, question.scale_points + 1)]
    return f"Share of {' and '.join([', '.join(best[:-1]), best[-1]] if boxes > 1 else best)}."
