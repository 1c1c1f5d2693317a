"""Pages of authors: write a review after answering or from the public page, confirm it, change it, take it back.

The same form for everybody, whatever they answered. Only a POST writes, since mail scanners open every link.
"""

from contextlib import suppress
from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from businesses.access import public_business
from businesses.models import Business
from invitations.models import Invitation
from invitations.queries import LinkExpired, invitation_by_answer_token
from lib.errors import TooManyRequests
from lib.limits import client_address, take
from lib.tenancy import for_business
from links.answer_views import expired
from links.doors import mailed_page
from links.receipts import mail_receipt
from links.review_forms import EditForm, ReviewForm, StrangerForm, public_name
from reviews.enums import Actor, ReviewStatus
from reviews.models import Review
from reviews.queries import pending_by_confirm_token, review_by_edit_token, review_of_invitation
from reviews.services import (
    AlreadyReviewed,
    IllegalTransition,
    ReviewClosed,
    confirm_review,
    contents_of,
    edit_review,
    edit_token,
    erase_review,
    request_review,
    submit_review,
    withdraw_review,
)
from reviews.sources import source_of
from surveys.texts import known_language

PER_WRITER = "5/day"
PER_ADDRESS = "30/hour"


@mailed_page
def after_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The form behind the thank-you page; who has written already sees that review instead."""
    try:
        invitation = invitation_by_answer_token(token)
    except LinkExpired as error:
        return expired(request, error.invitation)
    business = invitation.business
    language = known_language(invitation.language, business.language)
    with for_business(business) as now, translation.override(language):
        existing = review_of_invitation(invitation)
        if existing is not None:
            return redirect("review_edit", token=edit_token(existing))
        if request.method != "POST":
            form = ReviewForm(initial=_beginning(invitation), now=now, language=language)
            return _form_page(request, business, form)
        form = ReviewForm(request.POST, now=now, language=language)
        if not form.is_valid():
            return _form_page(request, business, form)
        try:
            review = submit_review(
                business=business,
                customer=invitation.customer,
                contents=form.contents(),
                source=source_of(invitation),
                invitation=invitation,
                now=now,
            )
        except AlreadyReviewed:
            return redirect("review_after_answer", token=token)
        mail_receipt(business, review)
    return _to_own_review(review)


@mailed_page
def own_review(request: HttpRequest, token: str) -> HttpResponse:
    """The author's own review: how it stands, changing it, taking it back."""
    review = review_by_edit_token(token)
    language = known_language(review.language, review.business.language)
    with for_business(review.business) as now, translation.override(language):
        if request.method != "POST":
            return _own_page(request, token, review, _edit_form(review, now=now, language=language))
        # Pressed twice, or from an old window: the page then says how the review stands, and that is answer enough.
        with suppress(ReviewClosed, IllegalTransition):
            if "withdraw" in request.POST:
                withdraw_review(review=review, now=now)
            elif "erase" in request.POST:
                if request.POST.get("sure") != "yes":
                    return _own_page(request, token, review, _edit_form(review, now=now, language=language))
                erase_review(review=review, actor=Actor.AUTHOR, now=now)
            else:
                form = _edit_form(review, now=now, language=language, typed=request.POST)
                if not form.is_valid():
                    return _own_page(request, token, review, form)
                edit_review(review=review, contents=form.contents(), now=now)
    return redirect("review_edit", token=token)


@csrf_exempt  # Nobody is signed in here: a forged request could do no more than its sender could do.
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, business: str) -> HttpResponse:
    """The same form for anybody; what is written waits until the address is confirmed."""
    with public_business(business) as (found, _now):
        pass
    wishes = [code for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())]
    language = known_language(*wishes, found.language)
    with for_business(found) as now, translation.override(language):
        if request.method != "POST":
            if "sent" in request.GET:
                return render(request, "links/review_sent.html", {"business": found})
            return _form_page(request, found, StrangerForm(now=now, language=language))
        form = StrangerForm(request.POST, now=now, language=language)
        if not form.is_valid():
            return _form_page(request, found, form)
        try:
            _count_stranger(request, found, form.cleaned_data["email"])
        except TooManyRequests as refused:
            form.add_error(None, refused.message)
            return _form_page(request, found, form, status=refused.status)
        request_review(
            business=found, email=form.cleaned_data["email"], contents=form.contents(), language=language, now=now
        )
    return redirect(f"{request.path}?sent")


@mailed_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what was written and one button; POST publishes it."""
    pending = pending_by_confirm_token(token)
    language = known_language(pending.language, pending.business.language)
    with for_business(pending.business) as now, translation.override(language):
        if pending.review is not None:
            return redirect("review_edit", token=edit_token(pending.review))
        if request.method != "POST":
            context = {"business": pending.business, "contents": contents_of(pending), "token": token, "now": now}
            return render(request, "links/review_confirm.html", context)
        review = confirm_review(pending=pending, now=now)
        mail_receipt(pending.business, review)
    return _to_own_review(review)


def _beginning(invitation: Invitation) -> dict[str, object]:
    ticket = invitation.ticket
    happened = ticket.solved_at if ticket is not None and ticket.solved_at else invitation.created_at
    return {"display_name": public_name(invitation.customer), "experienced_on": happened.date()}


def _form_page(
    request: HttpRequest, business: Business, form: ReviewForm, *, status: int | None = None
) -> HttpResponse:
    context = {"business": business, "form": form}
    return render(request, "links/review_form.html", context, status=status or (422 if form.is_bound else 200))


def _edit_form(review: Review, *, now: datetime, language: str, typed: QueryDict | None = None) -> EditForm:
    stands = {
        "stars": review.stars,
        "title": review.title,
        "body": review.body,
        "display_name": review.display_name,
    }
    return EditForm(typed, initial=stands, review=review, now=now, language=language)


def _own_page(request: HttpRequest, token: str, review: Review, form: EditForm) -> HttpResponse:
    context = {
        "business": review.business,
        "review": review,
        "earlier": list(review.versions.exclude(number=review.version).exclude(stars=None).order_by("-number")),
        "form": form,
        "token": token,
        "is_new": "new" in request.GET,
        "unsure": "erase" in request.POST,
        "open": review.status in {ReviewStatus.PUBLISHED, ReviewStatus.HELD},
    }
    return render(request, "links/review.html", context, status=422 if form.is_bound else 200)


def _to_own_review(review: Review) -> HttpResponse:
    response = redirect("review_edit", token=edit_token(review))
    response["Location"] += "?new"
    return response


def _count_stranger(request: HttpRequest, business: Business, email: str) -> None:
    message = translation.gettext(
        "Many reviews were sent from here in a short time, so this one was not taken. Nothing you wrote is lost: it "
        "stands below. Please send it again tomorrow."
    )
    take(what="write_review", who=client_address(request), at_most=PER_ADDRESS, message=message)
    take(what="write_review", who=f"{business.slug} {email}", at_most=PER_WRITER, message=message)
