"""Stars on any scale become one to five, by one rule."""

from fractions import Fraction

import pytest

from reviews.importing.stars import Rating, guess_top, read_rating, rule, to_stars


@pytest.mark.parametrize(
    ("cell", "value", "top"),
    [
        ("5", 5, None), (" 4.0 ", 4, None), ("4,5", Fraction(9, 2), None), ("3 stars", 3, None), ("1 star", 1, None),
        ("5★", 5, None), ("8/10", 8, 10), ("4 / 5", 4, 5), ("4 out of 5", 4, 5), ("4 of 5 stars", 4, 5),
        ("4 av 5", 4, 5), ("80%", 80, 100), ("80 %", 80, 100), ("★★★★☆", 4, 5), ("⭐⭐⭐", 3, 5), ("⭐️⭐️", 2, 5),
        ("FOUR", 4, 5), ("five", 5, 5), ("0", 0, None), ("100", 100, None),
    ],
)  # fmt: skip
def test_ratings_as_they_are_written(cell: str, value: Fraction, top: int | None) -> None:
    assert read_rating(cell) == Rating(Fraction(value), None if top is None else Fraction(top))


@pytest.mark.parametrize("cell", ["", "good", "-1", "5 5", "1e3", "☆☆☆☆☆", "5/", "nan", "12345678901"])
def test_what_is_no_rating(cell: str) -> None:
    assert read_rating(cell) is None


@pytest.mark.parametrize(
    ("top", "values"),
    [
        (5, {"1": 1, "2": 2, "2.4": 2, "2.5": 3, "3": 3, "4": 4, "4.5": 5, "5": 5, "8/10": 4, "90%": 5, "0/10": 1}),
        (10, {"0": 1, "1": 1, "2": 1, "3": 2, "4": 2, "5": 3, "6": 3, "7": 4, "8": 4, "9": 5, "10": 5, "4/5": 4}),
        (100, {"0": 1, "20": 1, "29": 1, "30": 2, "50": 3, "70": 4, "89": 4, "90": 5, "100": 5}),
        (7, {"1": 1, "4": 3, "7": 5}),
    ],
)
def test_every_scale_to_five(top: int, values: dict[str, int]) -> None:
    ratings = {cell: read_rating(cell) for cell in values}

    assert {cell: to_stars(rating, top=top) for cell, rating in ratings.items() if rating} == values


@pytest.mark.parametrize(("cell", "top"), [("6", 5), ("0", 5), ("11", 10), ("6/5", 10), ("0/5", 10), ("1/1", 5)])
def test_off_the_scale(cell: str, top: int) -> None:
    rating = read_rating(cell)

    assert rating is not None
    with pytest.raises(ValueError, match=r"scale"):
        to_stars(rating, top=top)


def test_the_scale_is_the_smallest_that_holds_the_values() -> None:
    assert guess_top(["1", "5", "", "n/a"]) == 5
    assert guess_top(["4.5", "5/10"]) == 5
    assert guess_top(["3", "6"]) == 10
    assert guess_top(["8", "85"]) == 100
    assert guess_top(["101", "900"]) is None
    assert guess_top(["", "Blank"]) is None


def test_one_slip_in_a_hundred_does_not_stretch_the_scale() -> None:
    assert guess_top(["4"] * 99 + ["55"]) == 5
    assert guess_top(["4"] * 98 + ["55"]) == 100


def test_the_rule_is_told() -> None:
    assert rule(5) == "stars as they are; half a star rounds up"
    assert rule(10) == "a scale to 10: multiplied by 5 and divided by 10; half a star rounds up, at least one star"
