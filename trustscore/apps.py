"""The score and its log as an app: it checks the files that a person writes for them."""

from django.apps import AppConfig
from django.core.checks import register

from trustscore.witnessing.checks import check_witnessing


class TrustscoreConfig(AppConfig):
    """Has Django's check look at the files of witnessing."""

    name = "trustscore"

    def ready(self) -> None:
        register(check_witnessing)
