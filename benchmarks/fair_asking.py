"""False alarms and finds of the test of fair asking, over invented businesses of all sizes.

    .venv/bin/python -m benchmarks.fair_asking [--businesses 1000]

Goal: under 1 % of honest businesses accused within a year though somebody looks every day; at least 95 % of those with
500 tickets a month that spare the customers they failed before found within a month.
"""

import argparse
import json
import random

from tests.invitations.asking import DAYS_OF_MONTH, Shop, first_alarm

SEED = 20261127


def main() -> None:
    """Prints a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--businesses", type=int, default=1000)
    given = parser.parse_args()
    chance = random.Random(SEED)
    alarms = sum(first_alarm(Shop.honest(chance), days=365) is not None for _ in range(given.businesses))
    shops = (Shop.selective(chance, tickets_a_month=500) for _ in range(given.businesses))
    days = [day for day in (first_alarm(shop, days=DAYS_OF_MONTH) for shop in shops) if day is not None]
    found = {
        "benchmark": "fair_asking",
        "businesses": given.businesses,
        "false_alarms_a_year": alarms / given.businesses,
        "found_within_a_month": len(days) / given.businesses,
        "median_day_of_finding": sorted(days)[len(days) // 2] + 1 if days else None,
    }
    print(f"{'honest, accused within a year':<36}{found['false_alarms_a_year']:>9.1%}    goal under 1 %")
    print(f"{'selective, found within a month':<36}{found['found_within_a_month']:>9.1%}    goal at least 95 %")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
