"""Scopes: who the database believes is asking.

A scope is a database role inside a transaction, so a forgotten filter meets a locked door. Without a scope every
tenant table is empty. See docs/architecture.md, "Tenancy".
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.db import connection, transaction

log = structlog.get_logger()

PUBLIC_ROLE = "candor_public"
SERVICE_ROLE = "candor_service"
SCORE_ROLE = "candor_score"
APP_ROLE = "candor_app"

# `none` gives back the login role, candor_app, whose policies compare with candor.business.
_LOGIN = "none"


class HasId(Protocol):
    """A business, as far as a scope needs to know it: `businesses` is above this module."""

    @property
    def pk(self) -> int: ...


@dataclass(frozen=True)
class Scope:
    """The role in force and, for a tenant's scope, the business."""

    role: str
    business_id: int | None


def current_scope() -> Scope | None:
    """The innermost scope of this thread's connection, or None outside of any."""
    scope: Scope | None = getattr(connection, "candor_scope", None)
    return scope


@contextmanager
def for_business(business: HasId) -> Iterator[datetime]:
    """One transaction that sees the rows of `business` only. Yields the database's time of its start (UTC)."""
    with _scope(Scope(_LOGIN, business.pk)) as now:
        yield now


def in_one_exchange(business_id: int, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Runs one statement in a tenant's scope and commits it, in a single exchange with the database; its rows.

    A scope costs four exchanges (begin, scope, statement, commit), which halves the speed of a view that does nothing
    else. PostgreSQL runs statements that come together as one transaction. Inside of a transaction that is open
    already it is the same as a nested `for_business`.
    """
    scope = Scope(_LOGIN, business_id)
    if connection.in_atomic_block:
        with _scope(scope), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    connection.candor_scope = scope  # type: ignore[attr-defined]
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT set_config('candor.business', %s, true); {statement}",
                [str(business_id), *values],
            )
            return list(cursor.fetchall())
    finally:
        connection.candor_scope = None  # type: ignore[attr-defined]


@contextmanager
def for_public() -> Iterator[datetime]:
    """One transaction that may read what is published, of every business. Yields the database's time (UTC)."""
    with _scope(Scope(PUBLIC_ROLE, None)) as now:
        yield now


@contextmanager
def for_service(reason: str) -> Iterator[datetime]:
    """One transaction that sees every business: sweeps, moderators, finding a business by a token or key.

    `reason` says why, for whoever reads the code or the debug log. Yields the database's time (UTC).
    """
    log.debug("service_scope", reason=reason)
    with _scope(Scope(SERVICE_ROLE, None)) as now:
        yield now


def change_for_service(reason: str, statements: Sequence[str], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What `for_service` would do with a few statements, in one exchange with the database, as `ask_for_business` does.

    Returns the rows that the last of them returns, if it does. Raises RuntimeError inside of a transaction, which
    would not end here.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a change in one exchange is a transaction of its own")
    log.debug("service_scope", reason=reason)
    enter = f"SELECT set_config('role', '{SERVICE_ROLE}', true)"
    connection.candor_scope = Scope(SERVICE_ROLE, None)  # type: ignore[attr-defined]
    try:
        with connection.cursor() as cursor:
            cursor.execute("; ".join([enter, *statements]), values)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.candor_scope = None  # type: ignore[attr-defined]


@contextmanager
def for_scores() -> Iterator[datetime]:
    """One transaction that can read tallies and weights and write score snapshots, and nothing else."""
    with _scope(Scope(SCORE_ROLE, None)) as now:
        yield now


@contextmanager
def _scope(scope: Scope) -> Iterator[datetime]:
    outer = current_scope()
    with transaction.atomic():
        nested = bool(connection.savepoint_ids)
        now = _enter(scope)
        try:
            yield now
        except BaseException:
            # Rolling back to the savepoint, or ending the transaction, restores the settings by itself.
            connection.candor_scope = outer  # type: ignore[attr-defined]
            raise
        if nested:
            _enter(outer or Scope(_LOGIN, None))
        connection.candor_scope = outer  # type: ignore[attr-defined]


def _enter(scope: Scope) -> datetime:
    business = "" if scope.business_id is None else str(scope.business_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('candor.business', %s, true), now()",
            [scope.role, business],
        )
        row = cursor.fetchone()
    connection.candor_scope = scope  # type: ignore[attr-defined]
    now: datetime = row[2]
    return now


@contextmanager
def as_owner() -> Iterator[None]:
    """The same database under the owner's login, for migrations and the making of test databases only."""
    login = connection.settings_dict
    owner = settings.DATABASE_OWNER
    saved = {key: login[key] for key in owner}
    connection.close()
    login.update(owner)
    connection.candor_owner = True  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.candor_owner = False  # type: ignore[attr-defined]
        connection.close()
        login.update(saved)
