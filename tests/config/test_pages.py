"""The pages that need no business: they open, for everybody, and say what they should."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.parametrize("name", ["landing", "help", "styleguide"])
def test_a_stranger_opens_the_public_pages(client: Client, name: str) -> None:
    answer = client.get(reverse(name), secure=True)
    assert answer.status_code == 200
    assert answer.content.count(b"<h1>") >= 1


def test_a_page_that_does_not_exist_says_so_in_words(client: Client) -> None:
    answer = client.get("/there/is/none", secure=True)
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()
