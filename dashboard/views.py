"""The way in, and the pages that show several apps at once."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from businesses.access import Access, business_page, memberships_of, page
from businesses.forms import NewBusinessForm
from businesses.models import User
from businesses.rules import is_member, is_owner
from dashboard import lives, queries
from dashboard.enums import Step
from dashboard.fairness import fair_asking
from dashboard.services import open_business, take_step
from invitations.fairness import EARLY, SIGNIFICANT
from lib.errors import NotFound
from lib.keyset import read_place, write_place
from lib.tenancy import for_service

PLACES_OF_STEPS = {Step.CONNECT: "connections", Step.INVITE: "team", Step.WIDGET: "widgets"}


@require_safe
@login_required
def app(request: HttpRequest) -> HttpResponse:
    """To the first business of whoever is signed in, or to making one."""
    assert isinstance(request.user, User)
    memberships = memberships_of(request.user)
    if not memberships:
        return redirect("new_business")
    return redirect("home", business=memberships[0].business.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_business(request: HttpRequest) -> HttpResponse:
    """The five things a business begins with."""
    assert isinstance(request.user, User)
    if request.method != "POST":
        return render(request, "dashboard/new_business.html", {"form": NewBusinessForm(initial={"time_zone": "UTC"})})
    form = NewBusinessForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "dashboard/new_business.html", {"form": form}, status=422)
    given = dict(form.cleaned_data)
    logo = given.pop("logo")
    with for_service("a new business has no scope yet") as now:
        business = open_business(owner=request.user, settings=given, logo=logo, now=now)
    return redirect("home", business=business.slug)


@require_safe
@business_page(may=is_member)
def home(request: HttpRequest, access: Access) -> HttpResponse:
    """What needs somebody, how it stands, and what customers say."""
    found = queries.overview(access.business, now=access.now)
    return page(request, access, "dashboard/home.html", {"overview": found, "steps": found.steps})


@require_POST
@business_page(may=is_owner)
def first_step(_request: HttpRequest, access: Access, step: str) -> HttpResponse:
    """Goes where one of the first steps leads, and remembers it where going there is all the step asks."""
    if step not in Step.values:
        raise NotFound
    if step in {Step.LOOK, Step.WIDGET}:
        take_step(business=access.business, step=Step(step), now=access.now)
    slug = access.business.slug
    if step in PLACES_OF_STEPS:
        return redirect(PLACES_OF_STEPS[Step(step)], business=slug)
    survey = queries.first_survey(access.business)
    if survey is None:
        return redirect("surveys", business=slug)
    return redirect("survey_words", business=slug, public_id=survey.public_id, language=access.business.language)


@require_safe
@business_page(may=is_member)
def customers(request: HttpRequest, access: Access) -> HttpResponse:
    """The customers, newest first, found by address or name."""
    search = request.GET.get("q", "").strip()[:100]
    lines, following = lives.customers_page(
        access.business, search=search, after=read_place(request.GET.get("after", ""))
    )
    context = {"lines": lines, "search": search, "next_place": write_place(*following) if following else ""}
    return page(request, access, "dashboard/customers.html", context)


@require_safe
@business_page(may=is_member)
def customer(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Every invitation, answer and review of one person in one line."""
    found = lives.customer_of(access.business, public_id)
    return page(request, access, "dashboard/customer.html", {"customer": found, "life": lives.life(found)})


@require_safe
@business_page(may=is_member)
def fair_asking_page(request: HttpRequest, access: Access) -> HttpResponse:
    """Whether everybody is asked alike, and how much of the customers the score speaks for."""
    context = {
        "here": "score",
        "found": fair_asking(access.business, now=access.now),
        "early": EARLY,
        "significant": SIGNIFICANT,
    }
    return page(request, access, "dashboard/fair_asking.html", context)
