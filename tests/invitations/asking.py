"""Invented businesses that ask their customers, honestly or not, for the test of fair asking and its benchmark."""

import random
from dataclasses import dataclass

from invitations.fairness import SIGNIFICANT, Case, Evidence, Mark

DAYS_OF_MONTH = 30


@dataclass
class Shop:
    """A business. `rates` are the daily shares that it asks, whoever it is; `spared` the share of those it failed.

    A negative `spared` means that nobody is spared.
    """

    chance: random.Random
    tickets_a_day: float
    agents: int
    failed_share: float
    rates: tuple[float, ...]
    spared: float = -1.0

    @classmethod
    def honest(cls, chance: random.Random) -> "Shop":
        """Of any size, from a ticket every other day to two hundred a day, asking as it likes but alike.

        Some ask everybody, some a sample, some forget whole days, some change from day to day.
        """
        size = 0.5 * (400 ** chance.random())
        rates = chance.choice([(1.0,), (0.5,), (0.2,), (0.0, 1.0), (0.0, 0.3, 0.9), (0.05, 0.95, 0.6), (0.97,)])
        return cls(chance, size, chance.randint(1, 12), chance.uniform(0.02, 0.4), rates)

    @classmethod
    def selective(cls, chance: random.Random, *, tickets_a_month: int) -> "Shop":
        """Asks most of its customers, and few of those whom it failed before."""
        failed = chance.uniform(0.15, 0.25)
        rates = (chance.uniform(0.75, 1.0),)
        return cls(
            chance, tickets_a_month / DAYS_OF_MONTH, chance.randint(1, 12), failed, rates, chance.uniform(0.0, 0.3)
        )

    def day(self) -> list[Case]:
        """The tickets of a day that could be asked."""
        rate = self.chance.choice(self.rates)
        count = max(0, round(self.chance.gauss(self.tickets_a_day, self.tickets_a_day**0.5)))
        return [self._ticket(rate) for _ in range(count)]

    def _ticket(self, rate: float) -> Case:
        failed = self.chance.random() < self.failed_share
        share = self.spared if failed and self.spared >= 0 else rate
        levels = {
            Mark.REOPENED: ("yes" if self.chance.random() < (0.3 if failed else 0.06) else "no",),
            Mark.EARLIER: ("unhappy" if failed else self.chance.choice(("happy", "none", "none")),),
            Mark.WAITING: (self.chance.choice(("under 1 h", "1 to 4 h", "4 to 24 h", "1 to 3 days", "longer")),),
            Mark.LANGUAGE: (self.chance.choice(("en", "en", "sv", "de")),),
            Mark.ASSIGNEE: (f"agent {self.chance.randrange(self.agents)}",),
            Mark.TAG: tuple(tag for tag in ("billing", "delivery", "bug") if self.chance.random() < 0.2),
        }
        return Case(levels, self.chance.random() < share)


def first_alarm(shop: Shop, *, days: int) -> int | None:
    """The first day on which the evidence is significant, looked at every day; None if it never is."""
    evidence = Evidence()
    for day in range(days):
        evidence.add_day(shop.day())
        if evidence.value() >= SIGNIFICANT:
            return day
    return None
