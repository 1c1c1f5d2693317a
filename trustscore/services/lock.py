"""The one lock of the score and of the log: whoever holds it appends, counts or puts on show, and nobody else."""

from django.db import connection

_LOCK = 0x5C02E


def hold_lock() -> None:
    """Waits for the lock and keeps it to the end of the transaction: no score moves meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def take_lock() -> bool:
    """Takes the lock to the end of the transaction; False when another has it. The rows wait for the next wake-up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        (taken,) = cursor.fetchone()
    return bool(taken)
