"""The score's clock."""

from celery import shared_task

from trustscore import services
from trustscore.witnessing.rounds import ask_witnesses


@shared_task(name="trustscore.take_up_events")
def take_up_events() -> None:
    """Takes up what has happened to reviews since the last time, until nothing is left, and has the log cosigned.

    One after the other: in a sweep of its own that was woken at the same moment, the witnesses would often be asked
    about the checkpoint that is just being replaced.
    """
    while services.take_up_events():
        pass
    ask_witnesses()


@shared_task(name="trustscore.roll_over")
def roll_over() -> None:
    """Brings the scores of yesterday to today, in steps."""
    while services.roll_over():
        pass
