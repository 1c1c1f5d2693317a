"""What a customer reads: a survey's own words where it has some, the catalogue's standard ones elsewhere."""

from dataclasses import dataclass, fields

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from surveys.enums import SurveyKind, Trigger
from surveys.models import Survey, SurveyText


@dataclass(frozen=True, kw_only=True)
class SurveyWords:
    """All words of one survey in one language, ready to be shown."""

    subject: str
    intro: str
    question: str
    low_label: str
    high_label: str
    follow_up_good: str
    follow_up_middle: str
    follow_up_poor: str
    thanks: str


def known_language(*wishes: str) -> str:
    """The first wished language that has a catalogue ("sv-SE" counts as "sv"), or English."""
    known = {code for code, _name in settings.LANGUAGES}
    for wish in wishes:
        primary = wish.replace("_", "-").split("-")[0].lower()
        if primary in known:
            return primary
    return "en"


def texts_for(survey: Survey, language: str, by_hand: bool = False) -> SurveyWords:
    """The words of a survey in a language; one without a catalogue falls back to the business's language.

    Sent `by_hand` it does not claim that what else starts it has happened. Own words may say {business}, which becomes
    the business's name. Reads the survey's own words from the open scope.
    """
    own = SurveyText.objects.filter(business_id=survey.business_id, survey=survey, language=language).first()
    return merged(survey, own, known_language(language, survey.business.language), by_hand)


def merged(survey: Survey, own: SurveyText | None, language: str, by_hand: bool = False) -> SurveyWords:
    """The own words over the standard ones, whatever of them is not empty."""
    standard = standard_words(survey, language, by_hand)
    if own is None:
        return standard
    name = survey.business.name
    chosen = {
        each.name: getattr(own, each.name).replace("{business}", name) or getattr(standard, each.name)
        for each in fields(SurveyWords)
    }
    return SurveyWords(**chosen)


def standard_words(survey: Survey, language: str, by_hand: bool = False) -> SurveyWords:
    """The catalogue's words for this kind of survey and what starts it."""
    name = survey.business.name
    with translation.override(language):
        subject, question = _subject_and_question(SurveyKind(survey.kind), survey.trigger, name)
        low, high = _ends(SurveyKind(survey.kind), survey.scale_points)
        return SurveyWords(
            subject=subject,
            intro=_intro("" if by_hand else survey.trigger, name),
            question=question,
            low_label=low,
            high_label=high,
            follow_up_good=_("What did we do well?"),
            follow_up_middle=_("What would have made it better?"),
            follow_up_poor=_("What went wrong, and what should we do about it?"),
            thanks=_("Thank you. Somebody at %(business)s reads every answer.") % {"business": name},
        )


def _intro(trigger: str, name: str) -> str:
    if trigger == Trigger.TICKET:
        return _("You asked %(business)s for help, and your request has been solved.") % {"business": name}
    if trigger == Trigger.ORDER:
        return _("You ordered from %(business)s.") % {"business": name}
    return _("You are a customer of %(business)s.") % {"business": name}


def _subject_and_question(kind: SurveyKind, trigger: str, name: str) -> tuple[str, str]:
    business = {"business": name}
    if kind == SurveyKind.NPS:
        return (
            _("Would you recommend %(business)s?") % business,
            _("How likely are you to recommend %(business)s to a friend or colleague?") % business,
        )
    if kind == SurveyKind.CES:
        return _effort(trigger, business)
    if trigger == Trigger.TICKET:
        return (
            _("How did we do?"),
            _("How satisfied are you with the help you got from %(business)s?") % business,
        )
    if trigger == Trigger.ORDER:
        return (
            _("How was your order from %(business)s?") % business,
            _("How satisfied are you with your order from %(business)s?") % business,
        )
    return (
        _("How are we doing?"),
        _("How satisfied are you with %(business)s?") % business,
    )


def _effort(trigger: str, business: dict[str, str]) -> tuple[str, str]:
    if trigger == Trigger.ORDER:
        return (
            _("How easy was it to order from %(business)s?") % business,
            _("“%(business)s made it easy for me to order.” Do you agree?") % business,
        )
    return (
        _("How easy was it to get help?"),
        _("“%(business)s made it easy for me to solve my problem.” Do you agree?") % business,
    )


def _ends(kind: SurveyKind, scale_points: int) -> tuple[str, str]:
    if kind == SurveyKind.NPS:
        return _("Not at all likely"), _("Extremely likely")
    if kind == SurveyKind.CES:
        return _("Strongly disagree"), _("Strongly agree")
    if scale_points <= 3:
        return _("Bad"), _("Good")
    return _("Very dissatisfied"), _("Very satisfied")
