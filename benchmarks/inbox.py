"""The inbox page, first and thousandth, with a million reviews, against the same page with ten thousand.

    .venv/bin/python -m benchmarks.inbox [--large 1000000] [--rounds 7] [--requests 20]

The whole page, sign-in, rendering and all, is asked of Django in this process. Each size has a database of its own on
one server; rounds alternate between them, and the ratio is that of the medians. Ten thousand reviews have 400 pages, so
the last of them stands for the thousandth. Goal: at most 1.5 times.
"""

import argparse
import json
import time
from statistics import median

from benchmarks.servers import candor

SMALL = 10_000
PAGE = 25
GOAL = 1.5


def measure(*, large: int, rounds: int, requests: int) -> dict[str, object]:
    """Fills both databases and times both pages of both in turns; times are milliseconds a page."""
    # Django's models can be imported only after the settings are known.
    from benchmarks import inbox_setting  # noqa: PLC0415

    stages = inbox_setting.prepare({"small": SMALL, "large": large})
    pages = {
        ("first", "small"): "",
        ("first", "large"): "",
        ("deep", "small"): stages["small"].place_before(SMALL // PAGE, PAGE),
        ("deep", "large"): stages["large"].place_before(1000, PAGE),
    }
    times: dict[tuple[str, str], list[float]] = {page: [] for page in pages}
    for turn in range(rounds + 1):
        for page, place in pages.items():
            with stages[page[1]].entered() as get:
                get(place)
                began = time.perf_counter()
                for _ in range(requests):
                    get(place)
                if turn:  # The first turn warms everything up.
                    times[page].append((time.perf_counter() - began) / requests * 1000)
    found = {page: median(taken) for page, taken in times.items()}
    return {
        "benchmark": "inbox",
        "first_page_small_ms": round(found["first", "small"], 2),
        "first_page_large_ms": round(found["first", "large"], 2),
        "last_page_small_ms": round(found["deep", "small"], 2),
        "thousandth_page_large_ms": round(found["deep", "large"], 2),
        "ratio_first": round(found["first", "large"] / found["first", "small"], 3),
        "ratio_thousandth": round(found["deep", "large"] / found["deep", "small"], 3),
        "goal": GOAL,
        "small": SMALL,
        "large": large,
        "rounds": rounds,
        "requests": requests,
    }


def main() -> None:
    """Prints a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=20)
    given = parser.parse_args()
    with candor():
        found = measure(large=given.large, rounds=given.rounds, requests=given.requests)
    print(f"{'inbox page, ms':<24}{SMALL:>12,}{given.large:>12,}{'ratio':>8}    goal {GOAL}")
    for name, small, large, ratio in (
        ("first", "first_page_small_ms", "first_page_large_ms", "ratio_first"),
        ("thousandth (or last)", "last_page_small_ms", "thousandth_page_large_ms", "ratio_thousandth"),
    ):
        print(f"{name:<24}{found[small]:>12}{found[large]:>12}{found[ratio]:>8}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
