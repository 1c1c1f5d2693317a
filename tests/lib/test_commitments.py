"""The ledger's commitments, by the published ledger of fifteen entries."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from lib.commitments import CommitmentKind, canonical, commit, epoch_day, new_salt

VECTORS = json.loads((Path(__file__).resolve().parents[1] / "vectors/ledger_vectors.json").read_text())
ENTRIES: list[dict[str, Any]] = [json.loads(entry) for entry in VECTORS["ledger"]["entries"]]
OPENINGS = [
    (CommitmentKind(kind), opening[kind])
    for opening in VECTORS["ledger"]["openings"]
    for kind in ("core", "text", "reply", "asked")
    if kind in opening
]


def logged(kind: CommitmentKind, value: dict[str, Any]) -> list[str]:
    """Find what the ledger says was committed to for the review, or the day, of this opening."""
    owner = "day" if kind == CommitmentKind.ASKED else "review"
    return [entry[kind] for entry in ENTRIES if kind in entry and entry[owner] == value[owner]]


@pytest.mark.parametrize(("kind", "opening"), OPENINGS)
def test_every_opening_matches_its_entry(kind: CommitmentKind, opening: dict[str, Any]) -> None:
    assert [commit(kind, bytes.fromhex(opening["salt"]), opening["value"])] == logged(kind, opening["value"])


def test_the_vectors_open_something_of_every_kind() -> None:
    assert {kind for kind, _ in OPENINGS} == set(CommitmentKind)


def test_every_entry_without_nesting_is_canonical_already() -> None:
    assert [canonical(entry).decode() for entry in ENTRIES] == VECTORS["ledger"]["entries"]


def test_json_is_sorted_unspaced_and_unescaped() -> None:
    value: dict[str, str | int] = {"b": 'Grüße\n"\\\x01\x7f/\u2028😀', "a": -7}

    assert canonical(value).decode() == '{"a":-7,"b":"Grüße\\n\\"\\\\\\u0001\x7f/\u2028😀"}'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1.0, "stars must be a string or a whole number, not float"),
        (True, "stars must be a string or a whole number, not bool"),
        (None, "stars must be a string or a whole number, not NoneType"),
        ([1], "stars must be a string or a whole number, not list"),
        ({"a": 1}, "stars must be a string or a whole number, not dict"),
        (2**53, "stars is beyond 2\\^53"),
        ("\ud800", "surrogates not allowed"),
    ],
)
def test_what_two_machines_might_write_differently_is_refused(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        canonical({"stars": value})


@pytest.mark.parametrize("key", ["", "Stars", "étoiles", "a b", 1])
def test_keys_are_lower_case_words(key: Any) -> None:
    with pytest.raises(ValueError, match="cannot be a key"):
        canonical({key: 1})


def test_kind_salt_and_value_each_change_the_commitment() -> None:
    salt = bytes(32)
    commitments = {
        commit(CommitmentKind.CORE, salt, {"a": 1}),
        commit(CommitmentKind.TEXT, salt, {"a": 1}),
        commit(CommitmentKind.CORE, bytes(31) + b"\x01", {"a": 1}),
        commit(CommitmentKind.CORE, salt, {"a": "1"}),
    }

    assert len(commitments) == 4
    assert {len(each) for each in commitments} == {64}


def test_salts_are_32_fresh_bytes() -> None:
    first, second = new_salt(), new_salt()

    assert len(first) == 32
    assert first != second
    with pytest.raises(ValueError, match="a salt has 32 bytes, not 16"):
        commit(CommitmentKind.CORE, bytes(16), {})


def test_days_since_1970() -> None:
    assert [epoch_day(date(1970, 1, 1)), epoch_day(date(2026, 10, 1)), epoch_day(date(1969, 12, 31))] == [
        0,
        20727,
        -1,
    ]
    with pytest.raises(TypeError, match="give the UTC date"):
        epoch_day(datetime(2026, 10, 1, tzinfo=UTC))
