"""Secrets at rest: sealed, opened, rotated."""

import pytest
from pytest_django import Settings

from lib.secrets import SealBroken, open_sealed, reseal, seal

OLD, NEW = "an old key, long enough to be one.", "a new key, just as long as the old"


@pytest.mark.parametrize("text", ["", "whsec_geheim", "Grüße 😀", "x" * 100_000])
def test_what_was_sealed_opens_again(text: str) -> None:
    sealed = seal(text, keys=[OLD])

    assert open_sealed(sealed, keys=[OLD]) == text
    assert open_sealed(memoryview(sealed), keys=[OLD]) == text


def test_a_secret_is_not_to_be_seen_and_never_sealed_alike() -> None:
    first, second = seal("whsec_geheim", keys=[OLD]), seal("whsec_geheim", keys=[OLD])

    assert b"geheim" not in first
    assert first != second


def test_rotation_lets_the_old_key_go() -> None:
    sealed = seal("whsec_geheim", keys=[OLD])
    again = reseal(sealed, keys=[NEW, OLD])

    assert open_sealed(sealed, keys=[NEW, OLD]) == "whsec_geheim"
    assert open_sealed(again, keys=[NEW]) == "whsec_geheim"
    with pytest.raises(SealBroken, match="no listed key opens"):
        open_sealed(sealed, keys=[NEW])
    with pytest.raises(SealBroken, match="no listed key opens"):
        reseal(sealed, keys=[NEW])


def test_damage_is_noticed() -> None:
    sealed = bytearray(seal("whsec_geheim", keys=[OLD]))
    sealed[40] ^= 1

    with pytest.raises(SealBroken):
        open_sealed(bytes(sealed), keys=[OLD])
    with pytest.raises(SealBroken):
        open_sealed(b"plain", keys=[OLD])


def test_keys_must_be_there_and_long() -> None:
    with pytest.raises(ValueError, match="SEALING_KEYS is empty"):
        seal("x", keys=[])
    with pytest.raises(ValueError, match="at least 32 characters"):
        seal("x", keys=["short"])


def test_without_keys_those_of_the_settings_are_taken(settings: Settings) -> None:
    settings.SEALING_KEYS = [NEW, OLD]

    assert open_sealed(seal("whsec_geheim"), keys=[NEW]) == "whsec_geheim"
    assert open_sealed(seal("whsec_geheim", keys=[OLD])) == "whsec_geheim"
    assert open_sealed(reseal(seal("whsec_geheim", keys=[OLD])), keys=[NEW]) == "whsec_geheim"
