"""The invitations page: who was asked, what became of it, what needs a person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from businesses import rules
from businesses.access import Access, business_page, page
from businesses.services import UnusableAddress
from invitations import queries
from invitations.doubts import doubts, one_mail
from invitations.enums import SuppressionReason, SuppressionScope, Which
from invitations.forms import InviteForm, SuppressForm
from invitations.services import SurveyNotActive, invite_by_hand, settle_by_hand, suppress
from invitations.words import state_of
from lib.keyset import read_place, write_place


@require_safe
@business_page(may=rules.is_member)
def invitations(request: HttpRequest, access: Access) -> HttpResponse:
    """Who was asked, newest first; what is in doubt stands on top."""
    chosen = request.GET.get("which", "")
    which = Which(chosen) if chosen in Which.values else Which.ALL
    found, following = queries.invitations_page(
        access.business, which=which, after=read_place(request.GET.get("after", ""))
    )
    opened = queries.opened(access.business, found)
    context = {
        "here": "invitations",
        "which": which,
        "tabs_of_page": list(Which),
        "rows": [(each, state_of(each, opened=each.public_id in opened)) for each in found],
        "doubts": doubts(access.business),
        "next_place": write_place(*following) if following else "",
        "may_send": rules.is_owner(access.membership),
    }
    return page(request, access, "invitations/invitations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=rules.is_owner)
def send_invitation(request: HttpRequest, access: Access) -> HttpResponse:
    """Asks one person by hand."""
    form = InviteForm(request.POST or None, surveys=queries.sendable_surveys(access.business))
    if request.method == "POST" and form.is_valid():
        try:
            outcome = invite_by_hand(
                business=access.business,
                survey=form.chosen,
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                once=form.cleaned_data["once"],
                actor=access.user,
                now=access.now,
            )
        except UnusableAddress as error:
            form.add_error("email", error.message)
        except SurveyNotActive as error:
            form.add_error("survey", error.message)
        else:
            messages.success(request, f"{outcome}.")
            return redirect("invitations", business=access.business.slug)
    status = 422 if form.errors else 200
    return page(request, access, "invitations/send.html", {"here": "invitations", "form": form}, status=status)


@require_POST
@business_page(may=rules.is_owner)
def settle_mail(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Says of a mail in doubt, of whatever kind, whether it was sent."""
    mail = one_mail(access.business, public_id)
    sent = request.POST.get("sent") == "yes"
    settle_by_hand(business=access.business, mail=mail, sent=sent, actor=access.user, now=access.now)
    messages.success(request, "Noted: it was sent." if sent else "Noted: it was not sent.")
    return redirect("invitations", business=access.business.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=rules.is_owner)
def suppressions(request: HttpRequest, access: Access) -> HttpResponse:
    """The addresses that are not written to; a POST adds one."""
    form = SuppressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            suppress(
                business=access.business,
                address=form.cleaned_data["address"],
                scope=SuppressionScope(form.cleaned_data["scope"]),
                reason=SuppressionReason.BY_HAND,
                actor=access.user,
                now=access.now,
            )
        except UnusableAddress as error:
            form.add_error("address", error.message)
        else:
            messages.success(request, "This address is left alone from now on.")
            return redirect("suppressions", business=access.business.slug)
    found, following = queries.suppressions_page(access.business, after=read_place(request.GET.get("after", "")))
    context = {
        "here": "invitations",
        "form": form,
        "rows": found,
        "next_place": write_place(*following) if following else "",
    }
    status = 422 if form.errors else 200
    return page(request, access, "invitations/suppressions.html", context, status=status)
