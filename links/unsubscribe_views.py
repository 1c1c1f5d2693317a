"""No more mails: a page that a person uses, and the one click of a mail program (RFC 8058)."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from businesses.models import Customer
from invitations.enums import SuppressionScope
from invitations.queries import customer_by_unsubscribe_token, unwanted_scopes
from invitations.services import unsubscribe as stop_mails
from lib.tenancy import for_business
from links.doors import mailed_page
from surveys.texts import known_language


class UnsubscribeForm(forms.Form):
    """Which mails a customer no longer wants."""

    scope = forms.ChoiceField(
        label=_("What should stop?"),
        choices=[
            (SuppressionScope.SURVEYS, _("Questions about how it went")),
            (SuppressionScope.REVIEWS, _("Requests to write a review")),
            (SuppressionScope.ALL, _("Everything, even word of a reply to my review")),
        ],
        initial=SuppressionScope.ALL,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what should stop."), "invalid_choice": _("Choose what should stop.")},
    )


@mailed_page
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the choices, POST acts. A mail program's single click stops everything and wants no redirect."""
    customer = customer_by_unsubscribe_token(token)
    language = known_language(customer.language, customer.business.language)
    with for_business(customer.business) as now, translation.override(language):
        if request.method != "POST":
            return _page(request, customer, UnsubscribeForm())
        if request.POST.get("List-Unsubscribe") == "One-Click":
            stop_mails(customer=customer, scope=SuppressionScope.ALL, now=now)
            return _page(request, customer, UnsubscribeForm())
        form = UnsubscribeForm(request.POST)
        if not form.is_valid():
            return _page(request, customer, form)
        stop_mails(customer=customer, scope=SuppressionScope(form.cleaned_data["scope"]), now=now)
    return redirect("unsubscribe", token=token)


def _page(request: HttpRequest, customer: Customer, form: UnsubscribeForm) -> HttpResponse:
    stopped = unwanted_scopes(customer)
    context = {
        "business": customer.business,
        "customer": customer,
        "form": form,
        "stopped": stopped,
        "all_stopped": SuppressionScope.ALL in stopped,
    }
    return render(request, "links/unsubscribe.html", context, status=422 if form.is_bound else 200)
