"""Appending 100,000 events to the log in one go, against bare SHA-256 and one INSERT an entry.

    .venv/bin/python -m benchmarks.ledger [--events 100000] [--businesses 2000]

Twice, in one log: new reviews of many businesses, then an import of one. Ours is all of it: the queue, tallies, scores,
canonical entries, tiles, a signed checkpoint a batch. The yardstick hashes the same entries and inserts each with a
statement of its own into a table with the same columns and indexes, by plain psycopg2, a thousand in a transaction,
and does nothing else. Goal: at least half of its speed, and no two checkpoints further apart than five seconds.
"""

import argparse
import hashlib
import json
import time
from dataclasses import dataclass

import psycopg2
from django.db import connection

from benchmarks.filling import vacuum, without_foreign_keys
from benchmarks.servers import candor

GOAL = 0.5
LONGEST_SECONDS = 5.0
FILLED = ("reviews_review", "reviews_reviewversion", "reviews_reviewevent", "reviews_untreatedevent")
# All events are of today, as a great import would be.
FILL = (
    """
    INSERT INTO businesses_business (slug, name, site, language, time_zone, colour, logo, sender_name, reply_to,
        postal_address, quiet_from, quiet_until, ask_again_after_days, shows_survey_results, shows_branding, created_at)
    SELECT %(story)s || n, 'Business ' || n, '', 'en', 'UTC', '#2F4BD8', '', '', '', '', 0, 0, 0, false, true, now()
    FROM generate_series(1, %(businesses)s) n
    """,
    """
    INSERT INTO reviews_review (business_id, public_id, source, subject, status, counted, uncount_reason, incentive,
        stars, title, body, display_name, language, status_reason, hidden_reason, version, submitted_at, published_at,
        token_generation, imported_from, external_id, reply_body, needs_reply)
    SELECT (SELECT min(id) FROM businesses_business WHERE slug LIKE %(story)s || '%%') + n %% %(businesses)s,
        %(story)s || n, %(source)s, 'service', 'published', %(reason)s = '', %(reason)s, '', 1 + n %% 5, '',
        'Answered within the hour.', 'Dora D.', 'en', '', '', 1, now(), now(), 0, '', '', '', false
    FROM generate_series(1, %(reviews)s) n
    """,
    """
    INSERT INTO reviews_reviewversion (business_id, review_id, number, stars, title, body, display_name, core_salt,
        text_salt, created_at)
    SELECT business_id, id, 1, stars, title, body, display_name, sha256(public_id::bytea), sha256(public_id::bytea),
        submitted_at FROM reviews_review WHERE source = %(source)s
    """,
    """
    INSERT INTO reviews_reviewevent (business_id, review_id, kind, actor, reason, core, text, reply, day, created_at)
    SELECT business_id, id, kind, 'service', why, hash, hash, '', extract(epoch FROM now())::bigint / 86400, now()
    FROM reviews_review review, LATERAL (VALUES
        ('submit', 1, '', encode(sha256(public_id::bytea), 'hex')),
        ('uncount', 2, uncount_reason, ''),
        ('publish', 3, '', '')
    ) AS step (kind, place, why, hash)
    WHERE source = %(source)s AND (kind <> 'uncount' OR NOT counted) ORDER BY id, place
    """,
    """
    INSERT INTO reviews_untreatedevent (business_id, event_id)
    SELECT event.business_id, event.id FROM reviews_reviewevent event
    JOIN reviews_review review ON review.id = event.review_id AND source = %(source)s ORDER BY event.id
    """,
)
BARE = """
    DROP TABLE IF EXISTS bare;
    CREATE TABLE bare (index bigint PRIMARY KEY CHECK (index >= 0), business varchar(60) NOT NULL, seq bigint,
        kind varchar(10) NOT NULL, review varchar(16) NOT NULL, event_id bigint UNIQUE, day integer NOT NULL,
        entry text NOT NULL, leaf bytea NOT NULL, UNIQUE (business, seq));
    CREATE INDEX ON bare (business, review);
    GRANT INSERT ON bare TO candor_app
"""
COLUMNS = ("index", "business", "seq", "kind", "review", "event_id", "day", "entry")


@dataclass(frozen=True)
class Story:
    """What is appended: reviews of so many businesses, and how many events each has."""

    name: str
    businesses: int
    events_of_a_review: int
    source: str
    reason: str


def fill(story: Story, events: int) -> None:
    """Makes the businesses, their reviews and the events that wait."""
    # Django's models can be imported only after the settings are known.
    from lib.tenancy import for_service  # noqa: PLC0415

    values: dict[str, str | int] = {
        "story": story.name[:1],
        "businesses": story.businesses,
        "reviews": events // story.events_of_a_review,
        "source": story.source,
        "reason": story.reason,
    }
    service = for_service("a benchmark's events")
    with without_foreign_keys(FILLED), service, connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, values)
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


def bare(since: int) -> tuple[float, int]:
    """Seconds for the yardstick, and how many entries it took: those from the index `since` on."""
    # Django's models can be imported only after the settings are known.
    from lib.tenancy import as_owner, for_service  # noqa: PLC0415
    from trustscore.models import LedgerEntry  # noqa: PLC0415

    with for_service("a benchmark's yardstick"):
        rows = list(LedgerEntry.objects.filter(index__gte=since).order_by("index").values_list(*COLUMNS))
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(BARE)
    login = connection.settings_dict
    link = psycopg2.connect(
        dbname=login["NAME"], user=login["USER"], password=login["PASSWORD"], host=login["HOST"], port=login["PORT"]
    )
    statement = "INSERT INTO bare VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
    began = time.perf_counter()
    with link.cursor() as cursor:
        for start in range(0, len(rows), 1000):
            for row in rows[start : start + 1000]:
                cursor.execute(statement, [*row, hashlib.sha256(b"\x00" + row[-1].encode()).digest()])
            link.commit()
    took = time.perf_counter() - began
    link.close()
    return took, len(rows)


def measure(story: Story, *, events: int, already: int) -> dict[str, object]:
    """One story, in a log that has `already` so many entries."""
    fill(story, events)
    ours, longest = append()
    theirs, entries = bare(already)
    return {
        "benchmark": "ledger",
        "story": story.name,
        "events": events,
        "businesses": story.businesses,
        "entries": entries,
        "append_seconds": round(ours, 2),
        "bare_seconds": round(theirs, 2),
        "ratio": round(theirs / ours, 3),
        "longest_between_checkpoints": round(longest, 2),
        "goal": GOAL,
    }


def main() -> None:
    """Prints a table and a line of JSON for each story."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--businesses", type=int, default=2000)
    given = parser.parse_args()
    already = 0
    for_many = Story("new reviews", given.businesses, 2, "order", "")
    with candor():
        for story in (for_many, Story("import", 1, 3, "imported", "imported")):
            found = measure(story, events=given.events, already=already)
            entries, ours, theirs = (float(str(found[name])) for name in ("entries", "append_seconds", "bare_seconds"))
            already += int(entries)
            print(f"{story.name + ': appended and published':<40}{entries / ours:>9.0f} /s")
            print(f"{'SHA-256 and one INSERT each':<40}{entries / theirs:>9.0f} /s")
            print(f"{'ratio':<40}{found['ratio']:>9}    goal at least {GOAL}")
            longest = found["longest_between_checkpoints"]
            print(f"{'longest between two checkpoints':<40}{longest:>9} s    goal at most {LONGEST_SECONDS}")
            print(json.dumps(found))


if __name__ == "__main__":
    main()
