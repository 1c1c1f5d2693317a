"""An impatient thumb: the same page sent many times at once is one answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from businesses.models import Business, Customer
from lib.tenancy import for_business
from surveys.models import Response, ResponseRevision
from tests.links.stage import invite, visitor

pytestmark = pytest.mark.django_db(transaction=True)

SENDERS = 8


def test_many_at_once_are_one_answer(acme: Business, dora: Customer) -> None:
    hers = visitor(invite(acme, dora))
    together = Barrier(SENDERS)

    def send(number: int) -> int:
        together.wait()
        try:
            return Client().post(hers.address, {"score": str(number % 5 + 1), "comment": "Fine"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(SENDERS) as pool:
        assert set(pool.map(send, range(SENDERS))) == {302}
    with for_business(acme):
        answer = Response.objects.get()
        kept = list(ResponseRevision.objects.order_by("number").values_list("number", flat=True))
    assert kept == list(range(1, answer.revision))
