"""All scores recomputed from ten million tallies, against the plain GROUP BY over the same tallies.

    .venv/bin/python -m benchmarks.scores [--tallies 10000000] [--rounds 3]

Ours are the exact sums of docs' formula by a join on the weights, read into Python, and the division of each; the
yardstick reads `sum(count * stars), sum(count)` of each business. Goal: at most twice its time.
"""

import argparse
import json
import time
from datetime import UTC, datetime
from statistics import median

from django.db import connection

from benchmarks.filling import vacuum, without_foreign_keys
from benchmarks.servers import candor
from lib.tenancy import for_scores, for_service
from trustscore.scoring import score

GOAL = 2.0
TALLIES_OF_A_BUSINESS = 1000
YARDSTICK = "SELECT business_id, sum(count * stars), sum(count) FROM trustscore_tally GROUP BY 1"
# Two hundred days of five star values for each business.
FILL = """
    INSERT INTO businesses_business (slug, name, site, language, time_zone, colour, logo, sender_name, reply_to,
        postal_address, quiet_from, quiet_until, ask_again_after_days, shows_survey_results, shows_branding, created_at)
    SELECT 'b' || n, 'Business ' || n, '', 'en', 'UTC', '#2F4BD8', '', '', '', '', 0, 0, 0, false, true, now()
    FROM generate_series(1, %(businesses)s) n;
    INSERT INTO trustscore_tally (business_id, day, stars, count)
    SELECT business.id, current_date - day, stars, 1 + (business.id * 7 + day * 3 + stars) %% 9
    FROM businesses_business business, generate_series(0, 199) day, generate_series(1, 5) stars;
"""


def fill(tallies: int) -> None:
    """Makes the businesses and their tallies, and tells the planner."""
    service = for_service("a benchmark's tallies")
    with without_foreign_keys(["trustscore_tally"]), service, connection.cursor() as cursor:
        cursor.execute(FILL, {"businesses": max(1, tallies // TALLIES_OF_A_BUSINESS)})
    vacuum(["trustscore_tally"])


def recompute() -> float:
    """Seconds for the sums of all businesses and the score of each."""
    # Django's models can be imported only after the settings are known.
    from trustscore.queries import sums_of  # noqa: PLC0415

    today = datetime.now(UTC).date()
    with for_scores():
        began = time.perf_counter()
        scores = [score(sums) for sums in sums_of(None, as_of=today).values()]
        took = time.perf_counter() - began
    if not all(scores):
        raise SystemExit("A business has no score.")
    return took


def group_by() -> float:
    """Seconds for the yardstick, under the same role."""
    with for_scores(), connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(YARDSTICK)
        cursor.fetchall()
        return time.perf_counter() - began


def measure(*, tallies: int, rounds: int) -> dict[str, object]:
    """Both in turns; the first turn warms up."""
    # Django's models can be imported only after the settings are known.
    from trustscore.services import ensure_weights  # noqa: PLC0415

    with for_service("a benchmark's weights"):
        ensure_weights()
    fill(tallies)
    pairs = [(recompute(), group_by()) for _ in range(rounds + 1)][1:]
    return {
        "benchmark": "scores",
        "tallies": tallies,
        "recompute_seconds": round(median(ours for ours, _ in pairs), 3),
        "group_by_seconds": round(median(theirs for _, theirs in pairs), 3),
        "ratio": round(median(ours / theirs for ours, theirs in pairs), 3),
        "goal": GOAL,
        "rounds": rounds,
    }


def main() -> None:
    """Prints a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tallies", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with candor():
        found = measure(tallies=given.tallies, rounds=given.rounds)
    print(f"{'all scores, ' + format(given.tallies, ',') + ' tallies':<36}{found['recompute_seconds']:>9} s")
    print(f"{'GROUP BY over the same':<36}{found['group_by_seconds']:>9} s")
    print(f"{'ratio':<36}{found['ratio']:>9}    goal at most {GOAL}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
