"""Two hands at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from businesses.models import Business, User
from businesses.services import create_business
from lib.tenancy import for_service

pytestmark = pytest.mark.django_db(transaction=True)

HANDS = 3


def test_businesses_of_one_name_that_open_at_once_get_an_address_each(alice: User) -> None:
    ready = Barrier(HANDS, timeout=30)

    def open_one(_: int) -> str:
        try:
            with for_service("a test's business") as now:
                # Everybody has begun before anybody commits.
                Business.objects.count()
                ready.wait()
                return create_business(name="Tent & Pole", owner=alice, now=now).slug
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        assert sorted(pool.map(open_one, range(HANDS))) == ["tent-pole", "tent-pole-2", "tent-pole-3"]
