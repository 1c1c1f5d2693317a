"""The list of surveys, and changing when, why and in which words customers are asked."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from businesses.access import Access, business_page, page
from businesses.rules import is_member, is_owner
from dashboard.enums import Step
from dashboard.services import take_step
from dashboard.surveys.forms import NewSurveyForm, SurveySettingsForm, settings_of
from dashboard.surveys.previews import words_in_form
from dashboard.surveys.services import queue_test_mail
from lib.errors import NotFound
from surveys import services
from surveys.enums import SurveyStatus
from surveys.queries import all_results, own_words, survey_of
from surveys.wording import scale_in_words, trigger_in_words

LANGUAGES = dict(settings.LANGUAGES)


@require_safe
@business_page(may=is_member)
def surveys(request: HttpRequest, access: Access) -> HttpResponse:
    """The surveys in the order they are tried."""
    lines = [
        {"results": each, "when": trigger_in_words(each.survey), "scale": scale_in_words(each.survey)}
        for each in all_results(business=access.business)
    ]
    may_change = is_owner(access.membership)
    return page(request, access, "dashboard/surveys/list.html", {"lines": lines, "may_change": may_change})


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=is_owner)
def new_survey(request: HttpRequest, access: Access) -> HttpResponse:
    """Another survey, paused until somebody switches it on."""
    form = NewSurveyForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        status = 422 if form.is_bound else 200
        return page(request, access, "dashboard/surveys/new.html", {"form": form}, status=status)
    survey = services.create_survey(business=access.business, new=form.new, actor=str(access.user), now=access.now)
    messages.success(request, "Added and paused. Look at its words, then switch it on.")
    return redirect("survey_words", access.business.slug, survey.public_id, access.business.language)


@require_POST
@business_page(may=is_owner)
def switch(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Switches a survey on or off."""
    survey = survey_of(access.business, public_id)
    if request.POST.get("status") not in SurveyStatus.values:
        raise NotFound("A survey is active or paused.")
    status = SurveyStatus(request.POST["status"])
    services.switch_survey(survey=survey, status=status, actor=str(access.user), now=access.now)
    messages.success(request, f"{survey.name} is {status.label.lower()}.")
    return redirect("surveys", business=access.business.slug)


@require_POST
@business_page(may=is_owner)
def move(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Moves a survey one place up or down."""
    survey = survey_of(access.business, public_id)
    steps = {"up": -1, "down": 1}.get(request.POST.get("where", ""))
    if steps is None:
        raise NotFound("A survey moves up or down.")
    services.move_survey(survey=survey, steps=steps, actor=str(access.user), now=access.now)
    return redirect("surveys", business=access.business.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=is_owner)
def survey_settings(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """When and why a survey is sent."""
    survey = survey_of(access.business, public_id)
    context: dict[str, object] = {"survey": survey, "when": trigger_in_words(survey), "scale": scale_in_words(survey)}
    if request.method != "POST":
        context["form"] = SurveySettingsForm(initial=settings_of(survey))
        return page(request, access, "dashboard/surveys/settings.html", context)
    form = SurveySettingsForm(request.POST)
    if not form.is_valid():
        return page(request, access, "dashboard/surveys/settings.html", context | {"form": form}, status=422)
    services.change_survey(survey=survey, settings=form.settings, actor=str(access.user), now=access.now)
    messages.success(request, "Saved.")
    return redirect("survey_settings", access.business.slug, public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=is_owner)
def words(request: HttpRequest, access: Access, public_id: str, language: str) -> HttpResponse:
    """A survey's words in one language, beside the mail and the page they make."""
    survey = survey_of(access.business, public_id)
    form = words_in_form(request, survey, language)
    if form.is_bound and form.is_valid():
        actor = str(access.user)
        try:
            services.change_words(survey=survey, language=language, words=form.own, actor=actor, now=access.now)
        except services.ReviewGating as refused:
            form.add_error(refused.field, refused.message)
        else:
            messages.success(request, f"Saved in {_english_name(language)}.")
            return redirect("survey_words", access.business.slug, public_id, language)
    context = {
        "survey": survey,
        "form": form,
        "shown_language": language,
        "language_name": _english_name(language),
        "languages": LANGUAGES,
        "written": set(own_words(survey)),
        "scale": scale_in_words(survey),
    }
    status = 422 if form.is_bound else 200
    return page(request, access, "dashboard/surveys/words.html", context, status=status)


def _english_name(language: str) -> str:
    return str(translation.get_language_info(language)["name"])


@require_POST
@business_page(may=is_owner)
def send_test(request: HttpRequest, access: Access, public_id: str, language: str) -> HttpResponse:
    """Sends the mail as it is saved to the person who asks for it."""
    survey = survey_of(access.business, public_id)
    if language not in LANGUAGES:
        raise NotFound("There is no such language.")
    queue_test_mail(survey=survey, language=language, reader=access.user, now=access.now)
    take_step(business=access.business, step=Step.TRY, now=access.now)
    messages.success(request, f"A test is on its way to {access.user.email}. What you answer to it is not stored.")
    return redirect("survey_words", access.business.slug, public_id, language)
