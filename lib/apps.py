"""The library as an app: it brings commands, refuses a login that is too powerful and, in a local run, guards."""

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created

from lib.login import refuse_unsafe_login
from lib.tenancy_guard import install_guard


class LibConfig(AppConfig):
    """Looks at new connections: whose login it is, always; what is asked, where a developer will see it."""

    name = "lib"

    def ready(self) -> None:
        connection_created.connect(refuse_unsafe_login, dispatch_uid="login")
        if settings.LOCAL:
            connection_created.connect(install_guard, dispatch_uid="tenancy guard")
