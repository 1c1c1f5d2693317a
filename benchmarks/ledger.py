"""Appending 100,000 events to the log in one go, against bare SHA-256 and one INSERT an entry.

    .venv/bin/python -m benchmarks.ledger [--events 100000] [--businesses 2000]

Ours is all of it: the queue, tallies, scores, canonical entries, tiles, a signed checkpoint a batch. The yardstick
hashes the same entries and inserts each with a statement of its own, a thousand in a transaction, and does nothing
else. Goal: at least half of its speed, and no two checkpoints further apart than five seconds.
"""

import argparse
import hashlib
import json
import time

from django.db import connection

from benchmarks.filling import vacuum, without_foreign_keys
from benchmarks.servers import candor

GOAL = 0.5
LONGEST_SECONDS = 5.0
FILLED = ("reviews_review", "reviews_reviewversion", "reviews_reviewevent", "reviews_untreatedevent")
# Each review has its submit and its publish event; all are of today, as a great import would be.
FILL = (
    """
    INSERT INTO businesses_business (slug, name, site, language, time_zone, colour, logo, sender_name, reply_to,
        postal_address, quiet_from, quiet_until, ask_again_after_days, shows_survey_results, shows_branding, created_at)
    SELECT 'b' || n, 'Business ' || n, '', 'en', 'UTC', '#2F4BD8', '', '', '', '', 0, 0, 0, false, true, now()
    FROM generate_series(1, %(businesses)s) n
    """,
    """
    INSERT INTO reviews_review (business_id, public_id, source, subject, status, counted, uncount_reason, incentive,
        stars, title, body, display_name, language, status_reason, hidden_reason, version, submitted_at, published_at,
        token_generation, imported_from, external_id, reply_body, needs_reply)
    SELECT (SELECT min(id) FROM businesses_business) + n %% %(businesses)s, 'r' || n, 'order', 'service', 'published',
        true, '', '', 1 + n %% 5, '', 'Answered within the hour.', 'Dora D.', 'en', '', '', 1, now(), now(), 0, '', '',
        '', false
    FROM generate_series(1, %(reviews)s) n
    """,
    """
    INSERT INTO reviews_reviewversion (business_id, review_id, number, stars, title, body, display_name, core_salt,
        text_salt, created_at)
    SELECT business_id, id, 1, stars, title, body, display_name, sha256(public_id::bytea), sha256(public_id::bytea),
        submitted_at FROM reviews_review
    """,
    """
    INSERT INTO reviews_reviewevent (business_id, review_id, kind, actor, reason, core, text, reply, day, created_at)
    SELECT business_id, id, kind, 'service', '', hash, hash, '', extract(epoch FROM now())::bigint / 86400, now()
    FROM (SELECT *, encode(sha256(public_id::bytea), 'hex') AS hash FROM reviews_review) review,
        (VALUES ('submit', 1), ('publish', 2)) AS step (kind, place) ORDER BY id, place
    """,
    "INSERT INTO reviews_untreatedevent (business_id, event_id) SELECT business_id, id FROM reviews_reviewevent",
)


def fill(events: int, businesses: int) -> None:
    """Makes the businesses, their reviews and the events that wait."""
    # Django's models can be imported only after the settings are known.
    from lib.tenancy import for_service  # noqa: PLC0415

    service = for_service("a benchmark's events")
    with without_foreign_keys(FILLED), service, connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {"businesses": businesses, "reviews": events // 2})
    vacuum(FILLED)


def append() -> tuple[float, float]:
    """Seconds for everything, and the longest between two checkpoints."""
    # Django's models can be imported only after the settings are known.
    from trustscore.services import take_up_events  # noqa: PLC0415

    began = before = time.perf_counter()
    longest = 0.0
    while take_up_events():
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    return time.perf_counter() - began, longest


def bare() -> tuple[float, int]:
    """Seconds for the yardstick, and how many entries there are."""
    # Django's models can be imported only after the settings are known.
    from lib.tenancy import as_owner, for_service  # noqa: PLC0415
    from trustscore.models import LedgerEntry  # noqa: PLC0415

    with for_service("a benchmark's yardstick"):
        rows = list(
            LedgerEntry.objects.order_by("index").values_list("index", "business", "seq", "kind", "day", "entry")
        )
    statement = "INSERT INTO bare (index, business, seq, kind, day, entry, leaf) VALUES (%s, %s, %s, %s, %s, %s, %s)"
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bare (index bigint PRIMARY KEY, business text, seq bigint, kind text, day integer,"
            " entry text, leaf bytea)"
        )
    began = time.perf_counter()
    for start in range(0, len(rows), 1000):
        with for_service("a benchmark's yardstick"), connection.cursor() as cursor:
            for row in rows[start : start + 1000]:
                cursor.execute(statement, [*row, hashlib.sha256(b"\x00" + row[-1].encode()).digest()])
    return time.perf_counter() - began, len(rows)


def main() -> None:
    """Prints a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--businesses", type=int, default=2000)
    given = parser.parse_args()
    with candor():
        fill(given.events, given.businesses)
        ours, longest = append()
        theirs, entries = bare()
    found = {
        "benchmark": "ledger",
        "events": given.events,
        "businesses": given.businesses,
        "entries": entries,
        "append_seconds": round(ours, 2),
        "bare_seconds": round(theirs, 2),
        "ratio": round(theirs / ours, 3),
        "longest_between_checkpoints": round(longest, 2),
        "goal": GOAL,
    }
    print(f"{'entries appended and published':<36}{entries / ours:>9.0f} /s")
    print(f"{'SHA-256 and one INSERT each':<36}{entries / theirs:>9.0f} /s")
    print(f"{'ratio':<36}{found['ratio']:>9}    goal at least {GOAL}")
    print(f"{'longest between two checkpoints':<36}{longest:>9.2f} s    goal at most {LONGEST_SECONDS}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
