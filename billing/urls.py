"""Routes of billing."""

from django.urls import path

from billing import views

urlpatterns = [
    # /app/ signed in
    path("app/<slug:business>/plan/", views.plan_page, name="plan"),
    path("app/<slug:business>/plan/pay/", views.pay, name="plan_pay"),
    path("app/<slug:business>/plan/portal/", views.portal, name="plan_portal"),
    # /hooks/ what Stripe calls
    path("hooks/stripe/", views.stripe_webhook, name="stripe_webhook"),
]
