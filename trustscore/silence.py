"""How far a score could move if the customers who said nothing thought otherwise. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from trustscore.scoring import Tally, score, sums


@dataclass(frozen=True)
class Bounds:
    """Scores in tenths: if every silent customer had given one star, and if every one had given five."""

    silent: int
    lowest: int
    highest: int


def bounds(tallies: Sequence[Tally], silent: Mapping[date, int], as_of: date) -> Bounds | None:
    """The bounds as of a UTC day, each silent customer counted on the day of their ticket; None without any score."""
    ends = []
    for stars in (1, 5):
        of = score(sums([*tallies, *(Tally(day, stars, count) for day, count in silent.items() if count)], as_of))
        if of is None:
            return None
        ends.append(of.tenths)
    return Bounds(silent=sum(silent.values()), lowest=ends[0], highest=ends[1])
