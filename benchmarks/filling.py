"""Filling tables with millions of rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from lib.tenancy import as_owner

FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
"""


@contextmanager
def without_foreign_keys(tables: Sequence[str]) -> Iterator[None]:
    """Checking ten million rows one by one would take longer than all the rest; new rows are checked again after."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS, [list(tables)])
        found = cursor.fetchall()
        for table, name, _ in found:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    with as_owner(), connection.cursor() as cursor:
        for table, name, definition in found:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID')


def vacuum(tables: Sequence[str]) -> None:
    """What autovacuum does in time; it tells the planner how large the tables are."""
    with as_owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")
