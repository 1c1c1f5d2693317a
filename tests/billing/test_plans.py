"""Acme pays, pays late, cancels; its plan changes what it may do and deletes nothing."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client
from pytest_django import Settings

from billing.models import StripeEvent, Subscription
from billing.plans import Plan
from billing.services import begin, change_plan, end_grace
from businesses.enums import Role
from businesses.models import AuditEntry, Business, User
from businesses.services import NoSeatLeft, UnusableSettings, change_settings, invite_colleague
from lib.tenancy import for_business, for_service
from surveys.enums import SurveyStatus, Trigger
from surveys.models import Survey
from surveys.services import TooManyCampaigns, switch_survey
from tests.factories import NOW
from tests.links.stage import surveys_of

pytestmark = pytest.mark.django_db

SECRET = "whsec_test"


@pytest.fixture
def charging(settings: Settings, acme: Business) -> Business:
    """Acme on an installation that charges."""
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test", SECRET
    settings.STRIPE_PRICE_TEAM, settings.STRIPE_PRICE_BUSINESS = "price_team", "price_business"
    with for_business(acme):
        begin(business=acme)
    return acme


def event(kind: str = "updated", *, number: int = 1, at: datetime = NOW, price: str = "price_team", **of: Any) -> str:
    """A recorded event of Stripe about Acme's subscription, shortened to what is read."""
    subscription = {
        "id": "sub_1",
        "customer": "cus_1",
        "status": "active",
        "cancel_at_period_end": False,
        "metadata": {"business": "acme"},
        "items": {"data": [{"price": {"id": price}, "current_period_end": int(NOW.timestamp()) + 2_592_000}]},
        **of,
    }
    told = {"id": f"evt_{number}", "type": f"customer.subscription.{kind}", "created": int(at.timestamp())}
    return json.dumps({**told, "object": "event", "data": {"object": subscription}})


def post(payload: str, *, secret: str = SECRET, age: int = 0) -> tuple[int, str]:
    """What Stripe sends; the status and the outcome."""
    at = int(datetime.now(UTC).timestamp()) - age
    signature = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256).hexdigest()
    answer = Client().post(
        "/hooks/stripe/",
        payload,
        content_type="application/json",
        headers={"Stripe-Signature": f"t={at},v1={signature}"},
    )
    return answer.status_code, json.loads(answer.content).get("outcome", "")


def allowed(business: Business) -> tuple[int | None, int | None, bool]:
    """Invitations a month, seats, and whether the line about Candor can be hidden."""
    with for_business(business):
        business.refresh_from_db()
        return business.monthly_invitations, business.seats, business.may_hide_branding


def test_who_pays_gets_the_plan_and_who_stops_falls_back_and_keeps_everything(charging: Business) -> None:
    assert allowed(charging) == (100, 2, False)
    assert post(event("created")) == (200, "Active: team")
    assert allowed(charging) == (2000, 10, True)
    with for_business(charging):
        change_settings(business=charging, changes={"shows_branding": False}, actor="Alice", now=NOW)
    later = NOW + timedelta(days=30)
    assert post(event("deleted", number=2, at=later, status="canceled")) == (200, "Ended: free")
    assert allowed(charging) == (100, 2, False)
    with for_business(charging):
        assert (charging.shows_branding, charging.membership_set.count()) == (True, 2)
        lines = list(AuditEntry.objects.filter(kind="plan.changed").order_by("id").values_list("subject", "actor"))
    assert lines == [("free to team", "The payment service"), ("team to free", "The payment service")]


def test_an_event_counts_once_and_an_older_one_not_at_all(charging: Business) -> None:
    newer = NOW + timedelta(minutes=5)
    assert post(event(number=2, at=newer, price="price_business")) == (200, "Active: business")
    assert post(event(number=2, at=newer, price="price_business")) == (200, "Known already")
    assert post(event(number=1, at=NOW)) == (200, "Older than what is known")
    with for_business(charging):
        assert (Subscription.objects.get().plan, StripeEvent.objects.count()) == ("business", 2)


@pytest.mark.parametrize(("secret", "age"), [("whsec_other", 0), (SECRET, 301)])
def test_a_forged_or_a_replayed_event_changes_nothing(charging: Business, secret: str, age: int) -> None:
    assert post(event(), secret=secret, age=age)[0] == 400
    assert allowed(charging) == (100, 2, False)


def test_a_price_of_somebody_else_is_refused_and_nothing_is_stored(charging: Business) -> None:
    assert post(event(price="price_other"))[0] == 422
    with for_business(charging):
        assert StripeEvent.objects.count() == 0


def test_a_late_payment_costs_the_plan_after_a_fortnight(charging: Business) -> None:
    post(event())
    assert post(event(number=2, at=NOW + timedelta(days=30), status="past_due")) == (200, "Payment is late: team")
    with for_service("a test"):
        assert end_grace(now=NOW + timedelta(days=43)) == 0
        assert end_grace(now=NOW + timedelta(days=44)) == 1
    assert allowed(charging) == (100, 2, False)


def test_seats_are_members_and_open_invitations(charging: Business, alice: User) -> None:
    with for_business(charging):
        with pytest.raises(NoSeatLeft, match=r"All 2 seats of your plan are taken."):
            invite_colleague(business=charging, email="eve@acme.example", role=Role.AGENT, inviter=alice, now=NOW)
        change_plan(business=charging, plan=Plan.TEAM, actor="a test", now=NOW)
        invite_colleague(business=charging, email="eve@acme.example", role=Role.AGENT, inviter=alice, now=NOW)


def test_campaigns_are_recurring_surveys_that_run(charging: Business) -> None:
    surveys = list(surveys_of(charging).values())
    with for_business(charging):
        Survey.objects.update(trigger=Trigger.RECURRING, status=SurveyStatus.PAUSED)
        first, second = (Survey.objects.select_related("business").get(pk=each.pk) for each in surveys[:2])
        switch_survey(survey=first, status=SurveyStatus.ACTIVE, actor="Alice", now=NOW)
        with pytest.raises(TooManyCampaigns, match=r"Your plan has 1 recurring surveys."):
            switch_survey(survey=second, status=SurveyStatus.ACTIVE, actor="Alice", now=NOW)


def test_the_line_about_candor_cannot_be_hidden_on_the_free_plan(charging: Business) -> None:
    with (
        for_business(charging),
        pytest.raises(UnusableSettings, match=r"The line about Candor belongs to the free plan."),
    ):
        change_settings(business=charging, changes={"shows_branding": False}, actor="Alice", now=NOW)


class Stripe:
    """Plays Stripe's recorded answers on loopback, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.status = 200
        stripe = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                stripe.asked.append((self.path, parse_qs(body)))
                told = {"id": "cs_1", "object": "checkout.session", "url": "https://checkout.stripe.com/c/pay/cs_1"}
                if "portal" in self.path:
                    told = {"id": "bps_1", "object": "billing_portal.session", "url": "https://billing.stripe.com/p/1"}
                if stripe.status != 200:
                    told = {"error": {"type": "card_error", "message": "No such price."}}  # type: ignore[dict-item]
                raw = json.dumps(told).encode()
                self.send_response(stripe.status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def stripe(settings: Settings) -> Iterator[Stripe]:
    """Stripe as far as we are concerned."""
    played = Stripe()
    settings.STRIPE_API_ADDRESS = f"http://127.0.0.1:{played.server.server_port}"
    thread = threading.Thread(target=played.server.serve_forever, args=(0.01,))
    thread.start()
    yield played
    played.server.shutdown()
    thread.join()
    played.server.server_close()


def test_an_owner_is_led_to_stripes_own_page(charging: Business, as_alice: Client, stripe: Stripe) -> None:
    answer = as_alice.post("/app/acme/plan/pay/", {"plan": "team"})
    assert (answer.status_code, answer["Location"]) == (302, "https://checkout.stripe.com/c/pay/cs_1")
    ((path, asked),) = stripe.asked
    assert (path, asked["line_items[0][price]"], asked["client_reference_id"]) == (
        "/v1/checkout/sessions",
        ["price_team"],
        ["acme"],
    )
    assert asked["subscription_data[metadata][business]"] == ["acme"]


def test_the_portal_is_for_who_pays(charging: Business, as_alice: Client, stripe: Stripe) -> None:
    assert as_alice.post("/app/acme/plan/portal/").status_code == 404
    post(event())
    assert as_alice.post("/app/acme/plan/portal/")["Location"] == "https://billing.stripe.com/p/1"
    assert stripe.asked[0][1]["customer"] == ["cus_1"]


def test_a_no_of_stripe_is_a_sentence_and_changes_nothing(charging: Business, as_alice: Client, stripe: Stripe) -> None:
    stripe.status = 400
    answer = as_alice.post("/app/acme/plan/pay/", {"plan": "team"})
    assert (answer.status_code, "nothing was changed" in answer.content.decode()) == (422, True)


def test_an_agent_sees_nothing_of_it(charging: Business, as_bob: Client) -> None:
    for address in ("/app/acme/plan/", "/app/acme/plan/pay/"):
        assert as_bob.get(address).status_code in {403, 405}


def test_the_page_shows_the_plan_and_what_is_used(charging: Business, as_alice: Client) -> None:
    page = as_alice.get("/app/acme/plan/").content.decode()
    assert ("0 of 100" in page, "2 of 2" in page, "Choose Team" in page) == (True, True, True)


def test_a_self_hoster_has_everything_and_no_word_of_stripe(acme: Business, as_alice: Client) -> None:
    assert allowed(acme) == (None, None, True)
    page = as_alice.get("/app/acme/plan/").content.decode()
    assert "This installation does not charge anybody." in page
    assert "Choose" not in page
    assert Client().post("/hooks/stripe/", "{}", content_type="application/json").status_code == 404
    assert as_alice.post("/app/acme/plan/pay/", {"plan": "team"}).status_code == 404
