"""Talking to Stripe: pages of theirs on which a business pays or changes how it pays. Never inside a transaction."""

import json
from functools import cache
from typing import Any

import stripe
from django.conf import settings

from billing.plans import Plan
from lib.errors import DomainError

SECONDS = 15
TOLERANCE = 300


class PaymentServiceUnreachable(DomainError):
    """Stripe did not answer, or said no. Nothing was changed."""

    code = "payment_service"


class ForgedEvent(DomainError):
    """What came to the webhook was not signed by Stripe, or long ago."""

    code = "forged_event"
    status = 400


@cache
def _client(key: str, address: str) -> stripe.StripeClient:
    http = stripe.RequestsClient(timeout=SECONDS)
    if address:
        return stripe.StripeClient(key, http_client=http, base_addresses={"api": address}, max_network_retries=1)
    return stripe.StripeClient(key, http_client=http, max_network_retries=1)


def checkout_address(*, business: str, plan: Plan, customer: str, back: str) -> str:
    """The address of Stripe's page on which `business` (its public name) subscribes to a plan.

    `customer` is what Stripe knows it by, if it does; `back` is our page. Raises PaymentServiceUnreachable.
    """
    price = {Plan.TEAM: settings.STRIPE_PRICE_TEAM, Plan.BUSINESS: settings.STRIPE_PRICE_BUSINESS}[plan]
    params: stripe.params.checkout.SessionCreateParams = {
        "mode": "subscription",
        "line_items": [{"price": price, "quantity": 1}],
        "client_reference_id": business,
        "subscription_data": {"metadata": {"business": business}},
        "success_url": f"{back}?paid",
        "cancel_url": back,
    }
    if customer:
        params["customer"] = customer
    try:
        session = _this_client().v1.checkout.sessions.create(params)
    except stripe.StripeError as error:
        raise PaymentServiceUnreachable(_sorry(error)) from error
    return session.url or back


def portal_address(*, customer: str, back: str) -> str:
    """The address of Stripe's page for cards, bills and cancelling. Raises PaymentServiceUnreachable."""
    try:
        session = _this_client().v1.billing_portal.sessions.create({"customer": customer, "return_url": back})
    except stripe.StripeError as error:
        raise PaymentServiceUnreachable(_sorry(error)) from error
    return session.url


def signed_event(payload: bytes, signature: str) -> dict[str, Any]:
    """The event in a webhook's body, if Stripe signed it within the last five minutes. Raises ForgedEvent."""
    try:
        stripe.WebhookSignature.verify_header(
            payload.decode(), signature, settings.STRIPE_WEBHOOK_SECRET, tolerance=TOLERANCE
        )
        event: dict[str, Any] = json.loads(payload)
    except (ValueError, stripe.SignatureVerificationError) as error:
        raise ForgedEvent("This event is not signed by the payment service.") from error
    return event


def _this_client() -> stripe.StripeClient:
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_ADDRESS)


def _sorry(error: stripe.StripeError) -> str:
    reason = error.user_message or "It did not answer."
    return f"The payment service could not be used, and nothing was changed: {reason} Please try again."
