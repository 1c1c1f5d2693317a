"""What the program says it did, beside what the input files say it must have done."""

from dataclasses import fields
from decimal import Decimal

from django.db.models import Count

from businesses.enums import MailStatus
from config.replay.expected import Figures
from config.replay.mailbox import Mailbox
from config.replay.stage import Actor
from invitations.models import Invitation, Ticket
from lib.tenancy import for_business
from reviews.models import Review
from surveys.enums import SurveyStatus
from surveys.models import Survey
from surveys.queries import results
from surveys.statistics import NetScore
from trustscore.queries import current_score

COLUMNS = (
    "tickets",
    "invitations",
    "skips",
    "mails",
    "answers",
    "reviews",
    "value",
    "interval",
    "numerator",
    "denominator",
)
TITLES = ("Tickets", "Invitations", "Skips", "Mails", "Answers", "Reviews", "NPS or CSAT", "Interval", "N", "D")


def measured(actor: Actor, mailbox: Mailbox) -> tuple[Figures, list[str]]:
    """A business's line from the product's own queries, and a sentence for each mail that came more than once."""
    with for_business(actor.business):
        invitations = list(Invitation.objects.values_list("status", "reason", "message_id", "answered_at"))
        skipped = [reason for status, reason, _, _ in invitations if status == MailStatus.SKIPPED]
        asked = [message_id for status, _, message_id, _ in invitations if status != MailStatus.SKIPPED]
        accepted, doubled = mailbox.count(set(asked))
        line = Figures(
            tickets=Ticket.objects.count(),
            invitations=len(asked),
            skips={reason: skipped.count(reason) for reason in set(skipped)},
            mails=accepted,
            answers=sum(answered_at is not None for _, _, _, answered_at in invitations),
            reviews=Review.objects.aggregate(n=Count("id"))["n"],
        )
        survey = Survey.objects.get(status=SurveyStatus.ACTIVE)
        figure = results(survey=survey).figure
        exact = figure.exact.score if isinstance(figure.exact, NetScore) else figure.exact.percent
        if figure.value is not None and exact is not None and figure.exact.interval is not None:
            line.value = round(float(exact), 2)
            line.interval = (round(figure.exact.interval.low, 1), round(figure.exact.interval.high, 1))
        score = current_score(actor.business)
        if score is not None:
            line.numerator, line.denominator = int(score.numerator), int(score.denominator)
    return line, [f"{doubled} mails of {actor.business.name} arrived more than once."] if doubled else []


def undelivered(actor: Actor, mailbox: Mailbox, ks: dict[tuple[str, int], int]) -> set[tuple[int, int]]:
    """(business, k) of the mails that are visibly in doubt or failed and did not reach the sink: the honest losses."""
    open_states = (MailStatus.UNCERTAIN, MailStatus.FAILED)
    with for_business(actor.business):
        doubted = Invitation.objects.filter(status__in=open_states).select_related("ticket")
        return {
            (actor.index, ks[(each.ticket.external_id, each.resolution)])
            for each in doubted
            if each.ticket is not None and mailbox.find(each.message_id) is None
        }


def disagreements(index: int, found: Figures, expected: Figures) -> list[str]:
    """A sentence for every figure of a business that differs from the input's."""
    pairs = ((field.name, getattr(found, field.name), getattr(expected, field.name)) for field in fields(Figures))
    return [f"Business {index}: {name} is {a}, the input files say {b}." for name, a, b in pairs if a != b]


def table(found: list[Figures], expected: list[Figures]) -> str:
    """The table in Markdown: each cell "measured = expected", or both with ≠ between them."""
    lines = ["| Business | " + " | ".join(TITLES) + " |", "|" + "---|" * (len(TITLES) + 1)]
    for index, (mine, theirs) in enumerate(zip(found, expected, strict=True)):
        cells = [_cell(getattr(mine, column), getattr(theirs, column)) for column in COLUMNS]
        lines.append(f"| {index} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(mine: object, theirs: object) -> str:
    return f"{_words(mine)} {'=' if mine == theirs else '≠'} {_words(theirs)}"


def _words(value: object) -> str:
    match value:
        case None:
            return "–"
        case dict():
            return ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in value.items()) or "0"
        case (low, high):
            return f"{low} to {high}"
        case float() | Decimal():
            return f"{value:.2f}"
        case _:
            return str(value)
