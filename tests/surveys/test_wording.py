"""A survey's settings, read aloud."""

import pytest

from surveys.models import Survey
from surveys.wording import delay_in_words, delay_parts, scale_in_words, trigger_in_words


@pytest.mark.parametrize(
    ("minutes", "parts", "words"),
    [
        (0, (0, "minutes"), "0 minutes"),
        (1, (1, "minutes"), "1 minute"),
        (90, (90, "minutes"), "90 minutes"),
        (60, (1, "hours"), "1 hour"),
        (1440, (1, "days"), "1 day"),
        (10_080, (7, "days"), "7 days"),
        (1500, (25, "hours"), "25 hours"),
    ],
)
def test_a_delay_in_its_largest_whole_unit(minutes: int, parts: tuple[int, str], words: str) -> None:
    assert (delay_parts(minutes), delay_in_words(minutes)) == (parts, words)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"trigger": "ticket", "delay_minutes": 15}, "15 minutes after a ticket is solved"),
        ({"trigger": "ticket", "delay_minutes": 0}, "At once after a ticket is solved"),
        ({"trigger": "order", "delay_minutes": 2880}, "2 days after an order"),
        ({"trigger": "event", "event_name": "rental.returned"}, "1 day after “rental.returned”"),
        ({"trigger": "recurring", "delay_minutes": 0, "repeat_days": 1}, "Every day"),
        (
            {"trigger": "recurring", "delay_minutes": 1440, "repeat_days": 90},
            "Every 90 days, first 1 day after somebody becomes a customer",
        ),
    ],
)
def test_when_a_survey_is_sent(fields: dict[str, object], words: str) -> None:
    assert trigger_in_words(Survey(**fields)) == words


@pytest.mark.parametrize(
    ("kind", "points", "words"),
    [("nps", 11, "0 to 10"), ("csat", 2, "thumbs"), ("csat", 3, "three faces"), ("ces", 7, "1 to 7")],
)
def test_a_scale(kind: str, points: int, words: str) -> None:
    assert scale_in_words(Survey(kind=kind, scale_points=points)) == words
