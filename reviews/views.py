"""The inbox: reviews at the left, the one being read and its public reply at the right."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from businesses import rules
from businesses.access import Access, business_page, page
from reviews import queries
from reviews.forms import ReplyForm, read_address
from reviews.models import Review
from reviews.queries import inbox_review, reply_history, waiting_count
from reviews.services import ReplyNotPossible, UnusableReply
from reviews.services import reply as publish_reply


@require_safe
@business_page(may=rules.is_member)
def inbox(request: HttpRequest, access: Access) -> HttpResponse:
    """The list, and beside it, where there is room, its first review."""
    return _page(request, access, chosen=None)


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=rules.is_member)
def one_review(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """One review with what led to it; a POST publishes, changes or withdraws the reply."""
    review = inbox_review(access.business, public_id)
    if request.method != "POST":
        return _page(request, access, chosen=review)
    form = ReplyForm(request.POST)
    body = "" if request.POST.get("action") == "withdraw" else form.data.get("body", "")
    stood_before = review.reply_body
    try:
        answered = publish_reply(review=review, body=body, author=access.user, now=access.now)
    except (UnusableReply, ReplyNotPossible) as refused:
        form.add_error("body", refused.message)
        return _page(request, access, chosen=review, form=form)
    messages.success(request, _what_happened(stood_before, answered))
    *_rest, address = read_address(request.GET)
    route = reverse("inbox_review", kwargs={"business": access.business.slug, "public_id": public_id})
    return redirect(route + address.here())


def _what_happened(stood_before: str, review: Review) -> str:
    if not review.reply_body:
        return "Your reply is withdrawn." if stood_before else "Nothing was written, so nothing was published."
    if stood_before:
        return "Your changed reply is public."
    return "Your reply is public, and the author gets a mail." if review.customer else "Your reply is public."


def _page(
    request: HttpRequest, access: Access, *, chosen: Review | None, form: ReplyForm | None = None
) -> HttpResponse:
    filter_form, filters, address = read_address(request.GET)
    found = queries.inbox(
        access.business, filters, before=address.place.get("before", ""), after=address.place.get("after", "")
    )
    review = chosen
    if review is None and found.reviews:
        review = inbox_review(access.business, found.reviews[0].public_id)
    context = {
        "here": "inbox",
        "filter_form": filter_form,
        "narrowed": bool(address.filters),
        "query": address,
        "found": found,
        "waiting": waiting_count(access.business),
        "most_counted": queries.MOST_COUNTED,
        "reading": chosen is not None,
        "review": review,
        "history": reply_history(review) if review else [],
        "form": form or ReplyForm(initial={"body": review.reply_body if review else ""}),
    }
    return page(request, access, "reviews/inbox.html", context, status=422 if form else 200)
