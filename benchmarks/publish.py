"""From publishing one review to its score, among ten thousand reviews and among ten million.

    .venv/bin/python -m benchmarks.publish [--few 10000] [--many 10000000] [--times 200]

Each time is one transaction that submits a review and one sweep that takes its event up and writes the score, as the
program does them. The reviews, their events and tallies are spread over a hundred businesses. Goal: at most 1.2 times
as long among the many.
"""

import argparse
import json
import time
from collections.abc import Callable
from statistics import quantiles

from benchmarks.filling import vacuum
from benchmarks.servers import candor

GOAL = 1.2
BUSINESSES = 100
WARM = 20
TABLES = ("reviews_review", "reviews_reviewevent", "trustscore_loggedreview", "trustscore_tally")


def seconds_of(publish: Callable[[], None], *, times: int) -> float:
    """The tenth percentile of many: whatever else runs on the machine only slows, and not always equally."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        publish()
        took.append(time.perf_counter() - began)
    return quantiles(took, n=10)[0]


def measure(*, few: int, many: int, times: int) -> dict[str, object]:
    """First among the few, then among the many, in the same database."""
    # Django's models can be imported only after the settings are known.
    from benchmarks import publish_setting  # noqa: PLC0415

    businesses = publish_setting.prepare(BUSINESSES)
    found = []
    for reviews, already in ((few, 0), (many, few)):
        publish_setting.add_reviews(reviews - already, businesses)
        vacuum(TABLES)
        publish = publish_setting.publisher(businesses[0], times=times + WARM)
        seconds_of(publish, times=WARM)
        found.append(seconds_of(publish, times=times))
    return {
        "benchmark": "publish",
        "few": few,
        "few_ms": round(found[0] * 1000, 2),
        "many": many,
        "many_ms": round(found[1] * 1000, 2),
        "ratio": round(found[1] / found[0], 3),
        "goal": GOAL,
        "times": times,
    }


def main() -> None:
    """Prints a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=200)
    given = parser.parse_args()
    with candor():
        found = measure(few=given.few, many=given.many, times=given.times)
    print(f"{'publish to score, ' + format(given.few, ',') + ' reviews':<40}{found['few_ms']:>9} ms")
    print(f"{'publish to score, ' + format(given.many, ',') + ' reviews':<40}{found['many_ms']:>9} ms")
    print(f"{'ratio':<40}{found['ratio']:>9}    goal at most {GOAL}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
