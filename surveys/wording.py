"""A survey's settings in words, for the people of the business."""

from surveys.enums import SurveyKind, Trigger
from surveys.models import Survey

MINUTES = {"minutes": 1, "hours": 60, "days": 24 * 60}


def delay_parts(minutes: int) -> tuple[int, str]:
    """A delay as a number and the largest unit that holds it whole: 90 is (90, "minutes"), 120 is (2, "hours")."""
    unit = next((unit for unit in ("days", "hours") if minutes and minutes % MINUTES[unit] == 0), "minutes")
    return minutes // MINUTES[unit], unit


def delay_in_words(minutes: int) -> str:
    """`15 minutes`, `1 day`."""
    number, unit = delay_parts(minutes)
    return f"{number} {unit.removesuffix('s') if number == 1 else unit}"


def trigger_in_words(survey: Survey) -> str:
    """When a customer gets this survey: `15 minutes after a ticket is solved`."""
    if survey.trigger == Trigger.RECURRING:
        every = f"Every {survey.repeat_days} days" if survey.repeat_days != 1 else "Every day"
        if not survey.delay_minutes:
            return every
        return f"{every}, first {delay_in_words(survey.delay_minutes)} after somebody becomes a customer"
    event = {
        Trigger.TICKET: "a ticket is solved",
        Trigger.ORDER: "an order",
        Trigger.EVENT: f"“{survey.event_name}”",
    }[Trigger(survey.trigger)]
    if not survey.delay_minutes:
        return f"At once after {event}"
    return f"{delay_in_words(survey.delay_minutes)} after {event}"


def scale_in_words(survey: Survey) -> str:
    """The scale: `0 to 10`, `thumbs`, `5 points`."""
    if survey.kind == SurveyKind.NPS:
        return "0 to 10"
    return {2: "thumbs", 3: "three faces"}.get(survey.scale_points, f"1 to {survey.scale_points}")
