"""The plan of a business, the ways to Stripe's own pages, and what Stripe tells."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from billing.payments import checkout_address, portal_address, signed_event
from billing.plans import ENTITLEMENTS, Plan
from billing.queries import business_that_pays, charges, usage
from billing.services import take_in, told_by
from businesses.access import Access, business_action, business_page, page
from businesses.rules import is_owner
from lib.errors import NotFound
from lib.tenancy import for_business, for_service

LONGEST_EVENT = 256 * 1024


@require_safe
@business_page(may=is_owner)
def plan_page(request: HttpRequest, access: Access) -> HttpResponse:
    """The plan, what is used of it, and what each plan holds."""
    context = {
        "here": "plan",
        "usage": usage(access.business, now=access.now),
        "charges": charges(),
        "plans": [(plan, ENTITLEMENTS[plan]) for plan in Plan],
        "has_paid": "paid" in request.GET,
    }
    return page(request, access, "billing/plan.html", context)


@require_POST
@business_action(may=is_owner)
def pay(request: HttpRequest, access: Access) -> HttpResponse:
    """To Stripe's page for the chosen plan."""
    chosen = request.POST.get("plan", "")
    if not charges() or chosen not in {Plan.TEAM, Plan.BUSINESS}:
        raise NotFound("There is no such plan to pay for.")
    address = checkout_address(
        business=access.business.slug, plan=Plan(chosen), customer=_customer(access), back=_back(access)
    )
    return redirect(address)


@require_POST
@business_action(may=is_owner)
def portal(request: HttpRequest, access: Access) -> HttpResponse:
    """To Stripe's page for cards, bills, another plan and cancelling."""
    customer = _customer(access)
    if not charges() or not customer:
        raise NotFound("Nothing is paid for here yet.")
    return redirect(portal_address(customer=customer, back=_back(access)))


@csrf_exempt  # The signature says who it is from.
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """What Stripe tells about a subscription: taken in once, in order, and answered when it is safe."""
    if not charges() or int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_EVENT:
        raise NotFound("Nobody is charged here.")
    event = signed_event(request.body, request.headers.get("Stripe-Signature", ""))
    told = told_by(event)
    if told is None:
        return JsonResponse({"outcome": "Nothing to do"})
    named = event["data"]["object"].get("metadata", {}).get("business", "")
    with for_service("which business Stripe means") as now:
        business = business_that_pays(told.customer, named)
        if business is None:
            return JsonResponse({"outcome": "Unknown customer"})
        with for_business(business):
            outcome = take_in(business=business, told=told, now=now)
    return JsonResponse({"outcome": outcome})


def _customer(access: Access) -> str:
    with for_business(access.business):
        subscription = usage(access.business, now=access.now).subscription
    return subscription.stripe_customer if subscription else ""


def _back(access: Access) -> str:
    return settings.CANDOR_URL + reverse("plan", kwargs={"business": access.business.slug})
