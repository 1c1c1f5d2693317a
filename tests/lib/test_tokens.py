"""Tokens in links: the same again when asked again, another one for everything else."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from itertools import product

import pytest

from lib.tokens import Purpose, token_for, token_hash

KEY = b"k" * 32


def test_a_token_is_the_hmac_of_its_length_prefixed_parts() -> None:
    message = b"\x00\x00\x00\x0ecandor-token/1\x00\x00\x00\x06answer\x00\x00\x00\x02i7\x00\x00\x00\x010"
    expected = urlsafe_b64encode(hmac.new(KEY, message, hashlib.sha256).digest()[:24]).decode()

    assert token_for(key=KEY, purpose=Purpose.ANSWER, row="i7", generation=0) == expected


def test_a_reminder_writes_the_same_link_again() -> None:
    tokens = {token_for(key=KEY, purpose=Purpose.ANSWER, row="i7", generation=3) for _ in range(3)}

    assert len(tokens) == 1
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", tokens.pop())


def test_every_purpose_row_generation_and_key_has_its_own() -> None:
    rows = ["1", "11", "i", "answer", "é"]
    every = list(product([KEY, b"x" * 32], Purpose, rows, [0, 1, 11]))

    tokens = {
        token_for(key=key, purpose=purpose, row=row, generation=generation) for key, purpose, row, generation in every
    }

    assert len(tokens) == len(every)
    assert {len(token) for token in tokens} == {32}


def test_the_database_keeps_only_a_hash() -> None:
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(token_hash("\ud800")) == 64


def test_a_weak_key_an_empty_row_and_a_negative_generation_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes, not 5"):
        token_for(key=b"short", purpose=Purpose.ANSWER, row="i7", generation=0)
    with pytest.raises(ValueError, match="belongs to a row"):
        token_for(key=KEY, purpose=Purpose.ANSWER, row="", generation=0)
    with pytest.raises(ValueError, match="never negative"):
        token_for(key=KEY, purpose=Purpose.ANSWER, row="i7", generation=-1)
