"""The roles that config/embedded/cluster.sql makes, as the servers of this test run have them."""

import os
from collections.abc import Sequence

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege


def _ask(variable: str, statement: str) -> Sequence[tuple[object, ...]]:
    link = psycopg2.connect(os.environ[variable])
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        link.close()


def test_each_role_may_do_what_it_is_for() -> None:
    rows = _ask(
        "DATABASE_URL",
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
        "WHERE rolname LIKE 'candor%' ORDER BY rolname",
    )
    assert rows == [
        ("candor_app", True, False, False, False, False),
        ("candor_backup", True, False, True, False, False),
        ("candor_owner", True, False, False, True, False),
        ("candor_public", False, False, False, False, False),
        ("candor_score", False, False, False, False, False),
        ("candor_service", False, False, False, False, False),
    ]


def test_the_program_steps_into_its_scopes_and_inherits_nothing() -> None:
    rows = _ask(
        "DATABASE_URL",
        "SELECT roleid::regrole::text, inherit_option, set_option, admin_option FROM pg_auth_members "
        "WHERE member = 'candor_app'::regrole ORDER BY 1",
    )
    assert rows == [
        ("candor_public", False, True, False),
        ("candor_score", False, True, False),
        ("candor_service", False, True, False),
    ]


def test_the_program_cannot_make_tables() -> None:
    with pytest.raises(InsufficientPrivilege):
        _ask("DATABASE_URL", "CREATE TABLE mine (id int)")
