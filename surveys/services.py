"""Every write to questionnaires and answers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from businesses.enums import AuditKind
from businesses.models import Business, Customer
from businesses.services import record
from lib.errors import DomainError
from surveys.enums import Channel, Direction, SurveyKind, SurveyStatus, Trigger
from surveys.gating import offers_a_review
from surveys.models import Response, ResponseRevision, Survey, SurveyText
from surveys.scales import NPS_POINTS, standard_formula, values

LONGEST_COMMENT = 5000


class ScoreOutOfScale(DomainError):
    """The score is not one of the scale's answers; the message names them."""


class CommentTooLong(DomainError):
    """The comment is longer than an answer may be."""


class ReviewGating(DomainError):
    """Words that only some customers read, by their score, would lead them to a review. `field` names which."""

    code = "review_gating"

    def __init__(self, field: str, found: str) -> None:
        super().__init__(
            f"“{found}” cannot stand here. This question is read by customers of one kind of score only, and the "
            "public review page must be offered to every customer alike, whatever they answered. Candor does that by "
            "itself, after each answer."
        )
        self.field = field


class TooManyCampaigns(DomainError):
    """The plan allows no further recurring survey that runs."""

    code = "too_many_campaigns"


class SurveyIncomplete(DomainError):
    """The survey lacks something that its trigger needs."""


@dataclass(frozen=True, kw_only=True)
class SurveySettings:
    """What an owner may change of a survey. Kind and scale stay: answers of two scales make no number together."""

    name: str
    trigger: str
    event_name: str
    delay_minutes: int
    repeat_days: int
    reminder_after_days: int
    ignores_asking_limit: bool
    goal: str
    action_when_good: str
    action_when_bad: str


@dataclass(frozen=True, kw_only=True)
class NewSurvey:
    """What a survey is when it begins."""

    name: str
    kind: SurveyKind
    scale_points: int
    trigger: Trigger
    delay_minutes: int = 24 * 60
    status: SurveyStatus = SurveyStatus.PAUSED


STANDARD_SURVEYS = (
    NewSurvey(
        name="Satisfaction after a ticket",
        kind=SurveyKind.CSAT,
        scale_points=5,
        trigger=Trigger.TICKET,
        delay_minutes=15,
        status=SurveyStatus.ACTIVE,
    ),
    NewSurvey(
        name="Recommendation every 90 days",
        kind=SurveyKind.NPS,
        scale_points=NPS_POINTS,
        trigger=Trigger.RECURRING,
        delay_minutes=7 * 24 * 60,
        status=SurveyStatus.ACTIVE,
    ),
    NewSurvey(
        name="Effort after a ticket",
        kind=SurveyKind.CES,
        scale_points=7,
        trigger=Trigger.TICKET,
    ),
)


def create_standard_surveys(*, business: Business, now: datetime) -> list[Survey]:
    """Gives a new business its three surveys in the order they are tried.

    CSAT on five points a quarter of an hour after a ticket and NPS every 90 days are active, CES on seven points a
    day after a ticket is ready to be switched on.
    """
    return Survey.objects.bulk_create(
        [_begun(business=business, new=new, position=at, now=now) for at, new in enumerate(STANDARD_SURVEYS)]
    )


def _begun(*, business: Business, new: NewSurvey, position: int, now: datetime) -> Survey:
    return Survey(
        business=business,
        name=new.name,
        kind=new.kind,
        scale_points=new.scale_points,
        direction=Direction.HIGHER_IS_BETTER,
        formula=standard_formula(new.kind, new.scale_points),
        status=new.status,
        position=position,
        trigger=new.trigger,
        delay_minutes=new.delay_minutes,
        created_at=now,
    )


def record_response(
    *,
    survey: Survey,
    customer: Customer,
    score: int,
    comment: str,
    language: str,
    channel: Channel,
    now: datetime,
    previous: Response | None = None,
    assignee: str = "",
    subject: str = "",
) -> Response:
    """Keeps what a customer answered, with everything needed to read the score later.

    With `previous` the customer changes their mind: what stood there moves to a ResponseRevision and the answer is
    replaced; the same answer again changes nothing. Raises ScoreOutOfScale or CommentTooLong before anything is
    written. Whoever calls makes sure that no two first answers to one question race (the invitation's row is locked).
    """
    words = _plain(comment)
    _refuse_unusable(survey, score, words)
    if previous is not None:
        return _replace(previous=previous, score=score, comment=words, language=language, now=now)
    return Response.objects.create(
        business_id=survey.business_id,
        survey=survey,
        customer=customer,
        kind=survey.kind,
        scale_points=survey.scale_points,
        direction=survey.direction,
        formula=survey.formula,
        score=score,
        comment=words,
        language=language,
        channel=channel,
        assignee=assignee[:200],
        subject=subject[:300],
        answered_at=now,
        changed_at=now,
    )


def _refuse_unusable(survey: Survey, score: int, words: str) -> None:
    possible = values(survey.kind, survey.scale_points)
    if score not in possible:
        raise ScoreOutOfScale(f"Choose a number from {possible[0]} to {possible[-1]}.")
    if len(words) > LONGEST_COMMENT:
        raise CommentTooLong(f"The comment has {len(words)} characters; {LONGEST_COMMENT} is the most.")


def _plain(comment: str) -> str:
    """The words as they are compared and stored: one kind of line end, nothing around, no NUL, which cannot be kept."""
    return comment.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def _replace(*, previous: Response, score: int, comment: str, language: str, now: datetime) -> Response:
    response = Response.objects.select_for_update().get(pk=previous.pk)
    if (response.score, response.comment) == (score, comment):
        return response
    ResponseRevision.objects.create(
        business_id=response.business_id,
        response=response,
        number=response.revision,
        score=response.score,
        comment=response.comment,
        at=response.changed_at,
    )
    response.score = score
    response.comment = comment
    response.language = language
    response.revision += 1
    response.changed_at = now
    response.save(update_fields=["score", "comment", "language", "revision", "changed_at"])
    return response


def change_survey(*, survey: Survey, settings: SurveySettings, actor: str, now: datetime) -> None:
    """Changes when and why a survey is sent, and writes it down.

    Raises SurveyIncomplete and TooManyCampaigns before anything is written.
    """
    if settings.trigger == Trigger.EVENT and not settings.event_name:
        raise SurveyIncomplete("Name the event that starts this survey.")
    for field, value in vars(settings).items():
        setattr(survey, field, value)
    _refuse_too_many_campaigns(survey)
    survey.save(update_fields=list(vars(settings)))
    record(business=survey.business, kind=AuditKind.SURVEY_CHANGED, actor=actor, subject=survey.name, now=now)


def _refuse_too_many_campaigns(survey: Survey) -> None:
    """A recurring survey that runs is a campaign, and a plan may limit how many there are."""
    most = survey.business.campaigns
    if most is None or survey.trigger != Trigger.RECURRING or survey.status != SurveyStatus.ACTIVE:
        return
    running = Survey.objects.filter(business=survey.business, trigger=Trigger.RECURRING, status=SurveyStatus.ACTIVE)
    if running.exclude(pk=survey.pk).count() >= most:
        raise TooManyCampaigns(f"Your plan has {most} recurring surveys. Pause another one first, or change plan.")


def switch_survey(*, survey: Survey, status: SurveyStatus, actor: str, now: datetime) -> None:
    """Starts or pauses a survey, and writes it down. Answers to mails already sent are taken in either state.

    Raises TooManyCampaigns.
    """
    survey.status = status
    _refuse_too_many_campaigns(survey)
    survey.save(update_fields=["status"])
    subject = f"{survey.name}: {status.label.lower()}"
    record(business=survey.business, kind=AuditKind.SURVEY_CHANGED, actor=actor, subject=subject, now=now)


def move_survey(*, survey: Survey, steps: int, actor: str, now: datetime) -> None:
    """Moves a survey so many places down (negative: up) in the order they are tried, and writes it down.

    Locks all surveys of the business, so that two moves at once leave one order. Past the end it stays there.
    """
    in_order = list(Survey.objects.select_for_update().filter(business=survey.business).order_by("position", "id"))
    here = in_order.index(survey)
    there = min(max(here + steps, 0), len(in_order) - 1)
    in_order.insert(there, in_order.pop(here))
    for position, each in enumerate(in_order):
        each.position = position
    Survey.objects.bulk_update(in_order, ["position"])
    survey.position = there
    subject = f"{survey.name}: place {there + 1}"
    record(business=survey.business, kind=AuditKind.SURVEY_CHANGED, actor=actor, subject=subject, now=now)


@dataclass(frozen=True, kw_only=True)
class OwnWords:
    """A survey's own words in one language, as the owner writes them; an empty one means the standard words."""

    subject: str = ""
    intro: str = ""
    question: str = ""
    low_label: str = ""
    high_label: str = ""
    follow_up_good: str = ""
    follow_up_middle: str = ""
    follow_up_poor: str = ""
    thanks: str = ""


def change_words(*, survey: Survey, language: str, words: OwnWords, actor: str, now: datetime) -> None:
    """Replaces a survey's own words in one language, and writes it down. All empty: the standard words again.

    Raises ReviewGating.
    """
    _refuse_gating(words)
    if any(vars(words).values()):
        SurveyText.objects.update_or_create(
            business=survey.business, survey=survey, language=language, defaults=vars(words)
        )
    else:
        SurveyText.objects.filter(business=survey.business, survey=survey, language=language).delete()
    subject = f"{survey.name}: words ({language})"
    record(business=survey.business, kind=AuditKind.SURVEY_CHANGED, actor=actor, subject=subject, now=now)


def _refuse_gating(words: OwnWords) -> None:
    """What depends on the score must not offer a review: the happy would be sent there, and the others not."""
    for field in ("follow_up_good", "follow_up_middle", "follow_up_poor"):
        found = offers_a_review(getattr(words, field))
        if found:
            raise ReviewGating(field, found)


def create_survey(*, business: Business, new: NewSurvey, actor: str, now: datetime) -> Survey:
    """Adds a survey at the end of the order, and writes it down."""
    last = Survey.objects.filter(business=business).aggregate(last=Max("position"))["last"]
    survey = _begun(business=business, new=new, position=0 if last is None else last + 1, now=now)
    _refuse_too_many_campaigns(survey)
    survey.save()
    subject = f"{new.name}: created"
    record(business=business, kind=AuditKind.SURVEY_CHANGED, actor=actor, subject=subject, now=now)
    return survey
