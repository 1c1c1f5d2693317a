"""The mail and the page of a survey as a customer would see them, saved or not. They store nothing."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from businesses.access import Access, business_page
from businesses.models import Customer
from businesses.rules import is_owner
from dashboard.surveys.forms import WordsForm
from lib.errors import NotFound
from lib.mailing import absolute
from lib.mailing import render as render_mail
from links.answer_forms import AnswerForm, beginning
from surveys.models import Survey, SurveyText
from surveys.queries import own_words, survey_of
from surveys.scales import grouped
from surveys.services import OwnWords
from surveys.texts import SurveyWords, merged, standard_words

# A mail's rules stand in its elements; nothing in a preview runs or leaves it.
_in_a_frame = csp_replace({"style-src": [SELF, UNSAFE_INLINE], "frame-ancestors": [SELF]})


def words_in_form(request: HttpRequest, survey: Survey, language: str) -> WordsForm:
    """The words of one language as they were sent, or as they are saved. Raises NotFound for an unknown language."""
    if language not in dict(settings.LANGUAGES):
        raise NotFound("There is no such language.")
    standard = standard_words(survey, language)
    if request.method == "POST":
        return WordsForm(request.POST, standard=standard)
    saved = own_words(survey).get(language)
    initial = {name: getattr(saved, name) for name in WordsForm.base_fields} if saved else None
    return WordsForm(initial=initial, standard=standard)


def _words_to_show(form: WordsForm, survey: Survey, language: str) -> SurveyWords:
    if form.is_bound:
        form.is_valid()
        own = OwnWords(**form.cleaned_data)
    else:
        own = OwnWords(**(form.initial or {}))
    return merged(survey, SurveyText(**vars(own)), language)


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@_in_a_frame
@business_page(may=is_owner)
def mail(request: HttpRequest, access: Access, public_id: str, language: str) -> HttpResponse:
    """The mail; its scale leads to the page beside it."""
    survey = survey_of(access.business, public_id)
    form = words_in_form(request, survey, language)
    page = absolute("survey_page", business=access.business.slug, public_id=public_id, language=language)
    context = {
        "business": access.business,
        "customer": Customer(name=access.user.first_name),
        "survey": survey,
        "words": _words_to_show(form, survey, language),
        "about": "",
        "answer_url": page,
        "unsubscribe_url": "",
    }
    html, _text = render_mail("invitation", context, language=language)
    return HttpResponse(html)


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@_in_a_frame
@business_page(may=is_owner)
def answer_page(request: HttpRequest, access: Access, public_id: str, language: str) -> HttpResponse:
    """The page behind the mail's links. Its Send leads nowhere."""
    survey = survey_of(access.business, public_id)
    form = words_in_form(request, survey, language)
    with translation.override(language):
        context = {
            "business": access.business,
            "survey": survey,
            "response": None,
            "token": None,
            "unsubscribe": None,
            "words": _words_to_show(form, survey, language),
            "groups": grouped(survey.kind, survey.scale_points, survey.direction),
            "form": AnswerForm(survey, initial=beginning(survey, request.GET.get("score", ""), None)),
        }
        return render(request, "links/answer.html", context)
