"""The plain pages of the service's moderators: what is held and what is new, and what can be done to one review."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from businesses import rules
from businesses.access import ServiceAccess, service_page
from reviews.forms import ModerationForm
from reviews.queries import moderated_review, reviews_to_moderate
from reviews.services import IllegalTransition
from reviews.services.deciding import decide


@require_safe
@service_page(may=rules.is_moderator)
def moderation(request: HttpRequest, access: ServiceAccess) -> HttpResponse:
    """Held reviews first, those whose time runs out at the top; then the newest, or what was searched for."""
    search = request.GET.get("q", "").strip()[:100]
    context = {"now": access.now, "search": search, "found": reviews_to_moderate(search)}
    return render(request, "reviews/moderation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@service_page(may=rules.is_moderator)
def moderate(request: HttpRequest, access: ServiceAccess, public_id: str) -> HttpResponse:
    """One review with what happened to it, and the steps that it may take from where it stands."""
    found = moderated_review(public_id)
    form = ModerationForm(request.POST or None, status=found.review.status)
    if request.method == "POST" and form.is_valid():
        try:
            decide(
                review=found.review,
                kind=form.cleaned_data["kind"],
                reason=form.cleaned_data["reason"],
                by_court=form.cleaned_data["by_court"],
                moderator=access.user,
                note=form.cleaned_data["note"],
                now=access.now,
            )
        except IllegalTransition as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("moderate", public_id=public_id)
    context = {"now": access.now, "found": found, "form": form}
    return render(request, "reviews/moderate.html", context, status=422 if form.is_bound else 200)
