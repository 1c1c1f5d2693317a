"""The library as an app: it brings commands and, in a local run and in tests, a guard."""

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created

from lib.tenancy_guard import install_guard


class LibConfig(AppConfig):
    """Installs the guard where a developer will see it."""

    name = "lib"

    def ready(self) -> None:
        if settings.LOCAL:
            connection_created.connect(install_guard, dispatch_uid="tenancy guard")
