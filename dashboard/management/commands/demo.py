"""`demo`: an invented shop with a year of believable history, and how to sign in to it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from dashboard.demo.business import OWNER, make_demo


class Command(BaseCommand):
    """Running it again makes nothing twice; it only gives the demo's owner a new password."""

    help = "Make a demo business with a year of history and print how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        password = make_demo()
        self.stdout.write(f"{settings.CANDOR_URL}/accounts/login/")
        self.stdout.write(f"{OWNER}")
        self.stdout.write(f"{password}")
