"""The score as a stranger recomputes it: by its vectors, and by the command of the standard library."""

import hashlib
import json
import subprocess
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustscore import scoring
from trustscore.scoring import Label, Sums, Tally

ROOT_FOLDER = Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT_FOLDER / "tests/vectors/score_vectors.json").read_text())
TODAY = date(2026, 11, 1)


def tally_of(rows: list[tuple[str, int, int]]) -> list[Tally]:
    return [Tally(date.fromisoformat(day), stars, count) for day, stars, count in rows]


def command(text: str | bytes) -> tuple[list[Any], int]:
    """Ask the command as a stranger would: the system's Python, isolated from every package."""
    done = subprocess.run(
        ["python3", "-S", "-m", "trustscore.scoring"],
        input=text.encode() if isinstance(text, str) else text,
        cwd=ROOT_FOLDER,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.decode().splitlines()], done.returncode


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_vector(vector: dict[str, Any]) -> None:
    found = scoring.score(scoring.sums(tally_of(vector["tally"]), date.fromisoformat(vector["as_of"])))

    expected = vector["expect"]
    if expected is None:
        assert found is None
        return
    assert found == scoring.Score(
        count=expected["count"],
        numerator=int(expected["numerator"]),
        denominator=int(expected["denominator"]),
        tenths=expected["tenths"],
        half_stars=expected["half_stars"],
        label=Label(expected["label"]),
        low=Decimal(str(expected["low"])),
        high=Decimal(str(expected["high"])),
    )


def test_the_command_answers_every_vector() -> None:
    questions = [json.dumps({"as_of": each["as_of"], "tally": each["tally"]}) for each in VECTORS]

    answers, status = command("\n".join(questions))

    assert answers == [each["expect"] for each in VECTORS]
    assert status == 0


def test_the_roots_have_the_published_hash() -> None:
    assert hashlib.sha256("\n".join(map(str, scoring.ROOT)).encode()).hexdigest() == scoring.WEIGHTS_SHA256


def test_published_weights() -> None:
    ages = {0: 4294967296, 1: 4278685662, 182: 2151565666, 183: 2143409374, 365: 1073741824}
    ages |= {730: 268435456, 5839: 1, 5840: 1, 5841: 0, -1: 0, 10**9: 0}

    assert {age: scoring.weight(age) for age in ages} == ages
    assert scoring.weight(scoring.OLDEST_AGE) == 1
    assert scoring.weight(scoring.OLDEST_AGE + 1) == 0


def test_seven_fives_today_round_up_where_floats_do_not() -> None:
    found = scoring.score(scoring.sums([Tally(TODAY, 5, 7)], TODAY))

    assert found is not None
    assert Decimal(found.numerator) / Decimal(found.denominator) == Decimal("4.25")
    assert found.tenths == 43


@pytest.mark.parametrize(
    ("tenths", "word"),
    [
        (50, "Excellent"), (43, "Excellent"), (42, "Great"), (38, "Great"), (37, "Average"),
        (28, "Average"), (27, "Poor"), (18, "Poor"), (17, "Bad"), (10, "Bad"),
    ],
)  # fmt: skip
def test_labels_begin_where_they_are_published_to_begin(tenths: int, word: str) -> None:
    assert scoring.label(tenths) == word


def test_no_review_of_any_weight_is_no_score() -> None:
    assert scoring.score(Sums(count=0, weight=0, stars=0, squares=0)) is None
    assert scoring.sums([Tally(TODAY, 5, 0)], TODAY) == Sums(0, 0, 0, 0)


def test_sums_beyond_64_bits_stay_exact() -> None:
    one = scoring.sums([Tally(TODAY, 4, 1)], TODAY)
    many = scoring.sums([Tally(TODAY, 4, 10**15)], TODAY)

    assert many == Sums(*(10**15 * each for each in (one.count, one.weight, one.stars, one.squares)))
    assert many.stars > 2**63


@pytest.mark.parametrize("row", [(TODAY, 0, 1), (TODAY, 6, 1), (TODAY, 3, -1)])
def test_a_tally_refuses_what_cannot_be(row: tuple[date, int, int]) -> None:
    with pytest.raises(ValueError, match=r"stars are 1 to 5|never negative"):
        Tally(*row)


rows = st.builds(
    Tally,
    day=st.integers(-3, 6000).map(lambda age: TODAY - timedelta(days=age)),
    stars=st.integers(1, 5),
    count=st.integers(0, 10**6),
)


@given(st.lists(rows, max_size=30), st.randoms())
def test_order_and_division_of_a_tally_do_not_matter(tally: list[Tally], random: Random) -> None:
    whole = scoring.sums(tally, TODAY)
    split = [half for row in tally for half in (Tally(row.day, row.stars, row.count // 2),) * 2]
    split += [Tally(row.day, row.stars, row.count % 2) for row in tally]
    random.shuffle(split)

    assert scoring.sums(split, TODAY) == whole


@given(st.lists(rows, max_size=30))
def test_a_score_lies_in_its_interval_and_the_interval_in_the_scale(tally: list[Tally]) -> None:
    found = scoring.score(scoring.sums(tally, TODAY))

    if found is not None:
        # The score is rounded to a tenth, so it may stand half a tenth outside.
        assert 1 <= found.low <= Decimal(found.tenths) / 10 + Decimal("0.05")
        assert Decimal(found.tenths) / 10 - Decimal("0.05") <= found.high <= 5
        assert 2 <= found.half_stars <= 10


@given(st.lists(rows, max_size=30))
def test_one_more_five_never_lowers_a_score(tally: list[Tally]) -> None:
    before = scoring.score(scoring.sums(tally, TODAY))
    after = scoring.score(scoring.sums([*tally, Tally(TODAY, 5, 1)], TODAY))

    assert after is not None
    assert before is None or before.tenths <= after.tenths


BAD_LINES = {
    '{"as_of": "2026-11-01"}': 'the field "tally" is missing',
    '{"tally": []}': 'the field "as_of" is missing',
    '{"as_of": "2026-11-01", "tally": [], "plan": 1}': 'the field "plan" is unknown',
    '{"as_of": "2026-11-01", "as_of": "2026-11-02", "tally": []}': 'the field "as_of" stands there twice',
    '{"as_of": "2026-02-30", "tally": []}': "as_of is no day of the calendar: 2026-02-30",
    '{"as_of": "20261101", "tally": []}': 'as_of must be a date such as "2026-11-01", not "20261101"',
    '{"as_of": 20758, "tally": []}': 'as_of must be a date such as "2026-11-01", not 20758',
    '{"as_of": "2026-11-01", "tally": {}}': "tally must be a list, not {}",
    '{"as_of": "2026-11-01", "tally": [["2026-10-30", 5]]}':
        'tally[0] must be [day, stars, count], not ["2026-10-30", 5]',
    '{"as_of": "2026-11-01", "tally": [["2026-10-30", 5, 1], ["2026-10-31", 6, 1]]}':
        "tally[1][1] (stars) must be 1 to 5, not 6",
    '{"as_of": "2026-11-01", "tally": [["2026-10-30", 5.0, 1]]}':
        "tally[0][1] (stars) must be a whole number, not 5.0",
    '{"as_of": "2026-11-01", "tally": [["2026-10-30", 5, true]]}':
        "tally[0][2] (count) must be a whole number, not true",
    '{"as_of": "2026-11-01", "tally": [["2026-10-30", 5, -1]]}':
        f"tally[0][2] (count) must be 0 to {2**63 - 1}, not -1",
    '{"as_of": "2026-11-01", "tally": [["2026-10-30", 5, NaN]]}': "NaN is not JSON",
    "[]": 'not an object such as {"as_of": "2026-11-01", "tally": []}',
    "": "not JSON at column 1: Expecting value",
    "[" * 100_000: "nested too deep, or a number too long",
    "1" * 5000: "nested too deep, or a number too long",
}  # fmt: skip


def test_bad_lines_say_what_and_where_and_the_good_ones_are_answered_all_the_same() -> None:
    good = '{"as_of": "2026-11-01", "tally": [["2026-11-01", 5, 7]]}'

    answers, status = command("\n".join([good, *BAD_LINES, good]))

    assert answers[1:-1] == [
        {"error": f"line {number}: {message}"} for number, message in enumerate(BAD_LINES.values(), start=2)
    ]
    assert [answer["tenths"] for answer in (answers[0], answers[-1])] == [43, 43]
    assert status == 1


def test_a_line_that_is_not_utf8_is_named() -> None:
    assert command(b'{"as_of": "\xff"}\n') == ([{"error": "line 1: not UTF-8 at byte 11"}], 1)
