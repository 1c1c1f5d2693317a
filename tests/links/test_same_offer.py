"""Whatever a customer answers, the offer to write a public review is the same, byte for byte."""

import re

import pytest

from businesses.models import Business
from lib.tenancy import for_business
from surveys.scales import values
from tests.factories import make_customer
from tests.links.stage import invite, surveys_of, visitor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["nps", "csat", "ces"])
def test_the_offer_is_the_same_for_every_score(acme: Business, kind: str) -> None:
    offers = set()
    survey = surveys_of(acme)[kind]
    for score in values(survey.kind, survey.scale_points):
        with for_business(acme):
            customer = make_customer(acme, f"customer{score}@customer.example")
        browser = visitor(invite(acme, customer, kind=kind, key=f"s{score}"))
        page = browser.client.post(browser.address, {"score": str(score)}, follow=True).content.decode()
        (offer,) = re.findall(r'<section aria-labelledby="review".*?</section>', page, re.DOTALL)
        offers.add(offer.replace(browser.address, "/a/…/"))
    assert len(offers) == 1
