"""The login the program runs under must not be able to step over row-level security."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

OLDEST_POSTGRESQL = 17_00_06

_QUESTION = """
SELECT current_setting('server_version_num')::int,
       login.rolsuper,
       login.rolbypassrls,
       coalesce(bool_or(pg_has_role(login.oid, tables.relowner, 'MEMBER')), false),
       coalesce(bool_or(has_table_privilege(login.oid, tables.oid, 'TRUNCATE')), false)
FROM pg_roles login
LEFT JOIN pg_class tables ON tables.relnamespace = 'public'::regnamespace AND tables.relkind IN ('r', 'p')
WHERE login.rolname = session_user
GROUP BY login.oid, login.rolsuper, login.rolbypassrls
"""

_found_safe: set[tuple[str, ...]] = set()


class UnsafeLogin(ImproperlyConfigured):
    """DATABASE_URL logs in as somebody who sees every tenant's rows, or at a server that is too old."""


def refuse_unsafe_login(*, connection: Any, **_: Any) -> None:
    """Closes a new connection whose login is too powerful; a receiver of Django's connection_created.

    Asks once per login and process, and lets `lib.tenancy.as_owner` pass. Raises UnsafeLogin.
    """
    if getattr(connection, "candor_owner", False):
        return
    login = tuple(str(connection.settings_dict[key]) for key in ("HOST", "PORT", "NAME", "USER"))
    if login in _found_safe:
        return
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION)
        complaint = _complaint(*cursor.fetchone())
    if complaint:
        connection.close()
        raise UnsafeLogin(f"{complaint} See docs/operating.md, With your own servers.")
    _found_safe.add(login)


def _complaint(version: int, superuser: bool, bypasses: bool, owns: bool, truncates: bool) -> str | None:
    if version < OLDEST_POSTGRESQL:
        return f"Candor needs PostgreSQL 17.6 or newer, and this is {version // 10000}.{version % 10000}."
    for is_so, power in (
        (superuser, "as a superuser"),
        (bypasses, "as a role with BYPASSRLS"),
        (owns, "as the owner of the tables"),
        (truncates, "as a role that may TRUNCATE"),
    ):
        if is_so:
            return f"DATABASE_URL logs in {power}, which row-level security does not hold: use candor_app."
    return None
