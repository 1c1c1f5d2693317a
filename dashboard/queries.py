"""What a business should know first."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Q
from django.db.models.functions import TruncMonth

from businesses.enums import MailStatus
from businesses.models import Business, Membership, TeamInvitation
from dashboard.attention import Attention, attention
from dashboard.enums import Step
from dashboard.lives import Answer
from dashboard.models import StepTaken
from integrations.models import Connection
from invitations.models import Invitation
from lib.charts import TrendPoint
from surveys.enums import SurveyStatus
from surveys.models import Survey
from surveys.queries import Month, SurveyResults, all_results, newest_comments, trend
from surveys.statistics import LEAST_TO_SHOW, Proportion, response_rate
from trustscore.models import ScoreSnapshot
from trustscore.queries import Point, current_score, monthly_points, score_history

FIGURES_OVER = timedelta(days=90)
TRENDS_OVER = timedelta(days=365)
COMMENTS = 6


@dataclass(frozen=True)
class FirstStep:
    """One of the first steps, whether it is done, why it matters, and the word on its button."""

    step: Step
    is_done: bool
    words: str
    action: str

    @property
    def title(self) -> str:
        return self.step.label


STEPS = (
    (Step.CONNECT, "A solved ticket then asks the customer by itself.", "Connect"),
    (Step.LOOK, "See what your customers get, and make it yours.", "Look"),
    (Step.TRY, "Answer it as a customer would.", "Send"),
    (Step.INVITE, "Replies come faster from two.", "Invite"),
    (Step.WIDGET, "One line of code on your pages.", "Choose"),
)


def first_steps(business: Business) -> list[FirstStep]:
    """The first steps of a business; each is done by what was done, not by a tick of its own."""
    taken = set(StepTaken.objects.filter(business=business).values_list("step", flat=True))
    own = {"business": business}
    connected, asked, invited, joined = (
        Business.objects.filter(pk=business.pk)
        .values_list(
            Exists(Connection.objects.filter(**own)),
            Exists(Invitation.objects.filter(**own)),
            Exists(TeamInvitation.objects.filter(**own)),
            Exists(Membership.objects.filter(**own).order_by("id")[1:]),
        )
        .get()
    )
    done = {
        Step.CONNECT: connected,
        Step.LOOK: Step.LOOK in taken,
        Step.TRY: Step.TRY in taken or asked,
        Step.INVITE: invited or joined,
        Step.WIDGET: Step.WIDGET in taken,
    }
    return [FirstStep(step=step, is_done=done[step], words=words, action=action) for step, words, action in STEPS]


@dataclass(frozen=True)
class SurveyLine:
    """One survey on the home page: its figure of the last 90 days with all answers of the scale, and twelve months."""

    results: SurveyResults
    months: list[Month]

    @property
    def points(self) -> list[TrendPoint]:
        """The months as a chart takes them; a month with too few answers breaks the line."""
        return [
            TrendPoint(
                label=f"{month.first_day:%b %Y}",
                value=None if month.figure.value is None else float(month.figure.value),
                low=None if month.figure.low is None else float(month.figure.low),
                high=None if month.figure.high is None else float(month.figure.high),
                n=month.figure.n,
            )
            for month in self.months
        ]


@dataclass(frozen=True)
class SendCohort:
    """The invitations sent in one calendar month of the business's time zone, and how many of them were answered."""

    first_day: date
    rate: Proportion

    @property
    def point(self) -> TrendPoint:
        """The month as a chart takes it, in percent."""
        shown = self.rate.percent is not None and self.rate.n >= LEAST_TO_SHOW
        interval = self.rate.interval if shown else None
        return TrendPoint(
            label=f"{self.first_day:%b %Y}",
            value=float(self.rate.percent) if shown and self.rate.percent is not None else None,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
            n=self.rate.n,
        )


@dataclass(frozen=True)
class Overview:
    """Everything on the home page."""

    attention: Attention
    score: ScoreSnapshot | None
    score_points: list[Point]
    surveys: list[SurveyLine]
    cohorts: list[SendCohort]
    comments: list[Answer]
    steps: list[FirstStep]
    preview: Survey | None

    @property
    def is_new(self) -> bool:
        """Whether nobody has answered or written anything yet."""
        return not self.surveys and not self.comments and (self.score is None or self.score.tenths is None)


def overview(business: Business, *, now: datetime) -> Overview:
    """Everything on the home page, by a number of queries that does not depend on how much there is."""
    since = now - TRENDS_OVER
    lines = [
        SurveyLine(results=each, months=trend(survey=each.survey, since=since, until=now))
        for each in all_results(business=business, since=now - FIGURES_OVER)
        if each.figure.n
    ]
    return Overview(
        attention=attention(business, now=now),
        score=current_score(business),
        score_points=monthly_points(score_history(business, since=since.date())),
        surveys=lines,
        cohorts=send_cohorts(business, since=since),
        comments=[Answer(each) for each in newest_comments(business, COMMENTS)],
        steps=first_steps(business),
        preview=None if lines else first_survey(business),
    )


def first_survey(business: Business) -> Survey | None:
    """The survey that a customer would get first: the first active one."""
    active = Survey.objects.filter(business=business, status=SurveyStatus.ACTIVE)
    return active.order_by("position", "id").first()


def send_cohorts(business: Business, *, since: datetime, survey: Survey | None = None) -> list[SendCohort]:
    """The response rate of each month's invitations, oldest first; months without a sent mail are left out.

    With `survey` only the invitations to that one.

    A mail in doubt counts once its link was used, which makes it sent.
    """
    sent = Invitation.objects.filter(business=business, status=MailStatus.SENT, sent_at__gte=since)
    if survey is not None:
        sent = sent.filter(survey=survey)
    rows = (
        sent.annotate(month=TruncMonth("sent_at", tzinfo=ZoneInfo(business.time_zone)))
        .values_list("month")
        .annotate(accepted=Count("id"), answered=Count("id", filter=Q(answered_at__isnull=False)))
        .order_by("month")
    )
    return [
        SendCohort(first_day=first.date(), rate=response_rate(accepted=accepted, bounced=0, answered=answered))
        for first, accepted, answered in rows
    ]
