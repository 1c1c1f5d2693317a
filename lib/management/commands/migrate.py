"""`migrate` under the owner's login, with what the program's own login may do granted beforehand."""

from typing import Any

from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connection

from lib.tenancy import APP_ROLE, PUBLIC_ROLE, SCORE_ROLE, SERVICE_ROLE, as_owner

# Tables made from here on may be read and written by the program and its service scope. Strangers and the score get
# what a RowSecurity constraint names, table by table.
DEFAULT_PRIVILEGES = f"""
GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {SERVICE_ROLE}, {PUBLIC_ROLE}, {SCORE_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE}, {SERVICE_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE}, {SERVICE_ROLE};
"""


class Command(MigrateCommand):
    """Django's own command; only the login differs."""

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            with connection.cursor() as cursor:
                cursor.execute(DEFAULT_PRIVILEGES)
            super().handle(*args, **options)
        # The first connection under the program's own login says whether that login is safe, now that tables exist.
        connection.ensure_connection()
