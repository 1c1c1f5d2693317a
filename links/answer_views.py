"""Answering: a page with the tapped score chosen, and a thank-you that offers everybody the same."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from businesses.services import unsubscribe_token
from invitations.models import Invitation
from invitations.queries import LinkExpired, invitation_by_answer_token
from invitations.services import note_opening, record_answer
from lib.tenancy import for_business
from links.answer_forms import AnswerForm, beginning
from links.doors import mailed_page
from surveys.scales import grouped
from surveys.texts import texts_for


@mailed_page
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, POST answers. Mail scanners open every link, so a GET leaves no more than that it was opened."""
    try:
        invitation = invitation_by_answer_token(token)
    except LinkExpired as error:
        return expired(request, error.invitation)
    with for_business(invitation.business) as now, translation.override(invitation.language):
        if request.method != "POST":
            if request.method == "GET":
                note_opening(invitation=invitation, now=now)
            start = beginning(invitation.survey, request.GET.get("score", ""), invitation.response)
            return _page(request, token, invitation, AnswerForm(invitation.survey, initial=start))
        form = AnswerForm(invitation.survey, request.POST)
        if not form.is_valid():
            return _page(request, token, invitation, form)
        record_answer(
            invitation=invitation,
            score=form.cleaned_data["score"],
            comment=form.cleaned_data["comment"],
            language=invitation.language,
            now=now,
        )
    return redirect("answer_thanks", token=token)


@mailed_page
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """What was recorded, the way back to change it, and the offer to review, in the same words for everybody."""
    try:
        invitation = invitation_by_answer_token(token)
    except LinkExpired as error:
        return expired(request, error.invitation)
    if invitation.response is None:
        return redirect("answer", token=token)
    with for_business(invitation.business), translation.override(invitation.language):
        words = texts_for(invitation.survey, invitation.language, invitation.by_hand)
        return render(request, "links/thanks.html", _frame(token, invitation) | {"words": words})


def expired(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Kind words, in the customer's language, for whoever comes back to an answer link after its sixty days."""
    with translation.override(invitation.language):
        return render(request, "links/expired.html", {"business": invitation.business}, status=410)


def _page(request: HttpRequest, token: str, invitation: Invitation, form: AnswerForm) -> HttpResponse:
    survey = invitation.survey
    context = {
        "words": texts_for(survey, invitation.language, invitation.by_hand),
        "groups": grouped(survey.kind, survey.scale_points, survey.direction),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "links/answer.html", _frame(token, invitation) | context, status=status)


def _frame(token: str, invitation: Invitation) -> dict[str, object]:
    customer = invitation.customer
    return {
        "business": invitation.business,
        "survey": invitation.survey,
        "response": invitation.response,
        "token": token,
        "unsubscribe": unsubscribe_token(public_id=customer.public_id, generation=customer.token_generation),
    }
