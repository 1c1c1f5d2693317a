"""The score's clock."""

from celery import shared_task

from trustscore import services
from trustscore.witnessing.rounds import ask_witnesses as ask_witnesses_now


@shared_task(name="trustscore.take_up_events")
def take_up_events() -> None:
    """Takes up what has happened to reviews since the last time, until nothing is left."""
    while services.take_up_events():
        pass


@shared_task(name="trustscore.roll_over")
def roll_over() -> None:
    """Brings the scores of yesterday to today, in steps."""
    while services.roll_over():
        pass


@shared_task(name="trustscore.ask_witnesses")
def ask_witnesses() -> None:
    """Has the newest checkpoint of the log cosigned."""
    ask_witnesses_now()
