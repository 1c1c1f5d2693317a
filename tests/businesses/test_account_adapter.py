"""Signing in behind a proxy: everybody has limits of their own."""

import pytest
from django.test import Client

FROM_NGINX = "172.18.0.9"
ADDRESS = "/accounts/login/"


def _tries(client: Client, who: str, times: int) -> list[int]:
    return [
        client.post(
            ADDRESS,
            {"login": f"nobody{number}@example.com", "password": "wrong word"},
            REMOTE_ADDR=FROM_NGINX,
            HTTP_X_FORWARDED_FOR=who,
        ).status_code
        for number in range(times)
    ]


@pytest.mark.django_db
def test_one_who_tries_too_often_does_not_keep_others_out(client: Client) -> None:
    assert _tries(client, "198.51.100.7", 31)[-1] == 429
    assert _tries(client, "203.0.113.5", 1) == [200]
