"""`flush` under the owner's login: the program's own may not truncate. Tests use it between stories."""

from typing import Any

from django.core.management.commands.flush import Command as FlushCommand

from lib.tenancy import as_owner


class Command(FlushCommand):
    """Django's own command; only the login differs."""

    def handle(self, **options: Any) -> None:
        with as_owner():
            super().handle(**options)
