"""Whether a business asks all its customers alike: a test that stays honest though it is looked at every day.

For each day the customers who could be asked are split by what the business could know before asking (was the ticket
reopened, did the same customer complain before, …). If that made no difference, the number asked among those with a
mark is hypergeometric, given the day's totals; nothing is assumed about how many were asked that day, so days on which
nobody was asked, or everybody, say nothing. Against this stands the suspicion that their odds of being asked are only
θ of the others' (Fisher's noncentral hypergeometric distribution). The ratio of both likelihoods, multiplied over the
days, is a test martingale: whoever looks at it daily, for ever, sees it pass 1/α with a probability of at most α (Ville
1939). It is averaged over several θ, over the levels of a mark and over the marks, which keeps this true.

Sources: J. Ville, Étude critique de la notion de collectif (1939); G. Shafer, Testing by betting (2021); P. Grünwald,
R. de Heide, W. Koolen, Safe testing (2024); A. Ramdas, P. Grünwald, V. Vovk, G. Shafer, Game-theoretic statistics and
safe anytime-valid inference (2023). Pure: values in, values out.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# How much lower the odds of being asked may be, each with a quarter of the starting capital.
ODDS = (0.6, 0.35, 0.15, 0.05)
# Evidence from which a business is told, and from which everybody is: false alarms, for ever, of at most a tenth and
# at most one in 250.
EARLY = 10.0
SIGNIFICANT = 250.0


class Mark(StrEnum):
    """What can be known of a solved ticket before its customer is asked."""

    REOPENED = "reopened"
    EARLIER = "earlier"
    WAITING = "waiting"
    LANGUAGE = "language"
    ASSIGNEE = "assignee"
    TAG = "tag"


@dataclass(frozen=True)
class Case:
    """One solved ticket whose customer could be asked: its levels by mark, and whether the customer was asked."""

    levels: Mapping[Mark, tuple[str, ...]]
    asked: bool


@dataclass
class LevelEvidence:
    """What is known about one level: its tickets and those asked, the same of all others, and the log of each bet."""

    eligible: int = 0
    asked: int = 0
    others: int = 0
    others_asked: int = 0
    logs: list[float] = field(default_factory=lambda: [0.0] * len(ODDS))

    @property
    def evidence(self) -> float:
        """The value of the bets on this level alone; 1 at the beginning."""
        return math.fsum(math.exp(min(each, 700.0)) for each in self.logs) / len(ODDS)


@dataclass
class Evidence:
    """The whole test of one business: the levels of each mark in the order in which they were first seen."""

    marks: dict[Mark, dict[str, LevelEvidence]] = field(default_factory=lambda: {mark: {} for mark in Mark})

    def add_day(self, cases: Iterable[Case]) -> None:
        """Takes in the decided tickets of one day."""
        day = list(cases)
        total, asked = len(day), sum(case.asked for case in day)
        for mark, levels in self.marks.items():
            counts: dict[str, list[int]] = {}
            for case in day:
                for level in case.levels.get(mark, ()):
                    of = counts.setdefault(level, [0, 0])
                    of[0] += 1
                    of[1] += case.asked
            for level in sorted(counts):
                mine, mine_asked = counts[level]
                self._add(levels.setdefault(level, LevelEvidence()), mine, mine_asked, total, asked)

    @staticmethod
    def _add(level: LevelEvidence, mine: int, mine_asked: int, total: int, asked: int) -> None:
        level.eligible += mine
        level.asked += mine_asked
        level.others += total - mine
        level.others_asked += asked - mine_asked
        for place, odds in enumerate(ODDS):
            level.logs[place] += log_likelihood_ratio(mine_asked, mine=mine, asked=asked, total=total, odds=odds)

    def value(self) -> float:
        """The evidence that something makes a difference; by Ville at least 1/α with a probability of at most α."""
        return math.fsum(self.weighted(mark, level) for mark in self.marks for level in self.marks[mark])

    def weighted(self, mark: Mark, level: str) -> float:
        """What one level contributes: a sixth for its mark, and 1/(k(k+1)) for the k-th level that was seen."""
        place = list(self.marks[mark]).index(level) + 1
        return self.marks[mark][level].evidence / (len(Mark) * place * (place + 1))


def log_likelihood_ratio(mine_asked: int, *, mine: int, asked: int, total: int, odds: float) -> float:
    """log of P(mine_asked | odds) / P(mine_asked | alike), both given how many of the day were marked and asked.

    The noncentral hypergeometric distribution over central: odds^x · Σ w / Σ w·odds^x, with w the central weights.
    """
    lowest, highest = max(0, asked - (total - mine)), min(mine, asked)
    if lowest == highest:
        return 0.0
    weight = central = shifted = 1.0
    power = 1.0
    for x in range(lowest, highest):
        weight *= (mine - x) * (asked - x) / ((x + 1) * (total - mine - asked + x + 1))
        power *= odds
        central += weight
        shifted += weight * power
        if central > 1e200:
            weight, central, shifted = weight / central, 1.0, shifted / central
    return (mine_asked - lowest) * math.log(odds) + math.log(central) - math.log(shifted)
