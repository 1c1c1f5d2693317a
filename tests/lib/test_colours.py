import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.colours import brand_rules, contrast, readable_on


@given(st.integers(0, 0xFFFFFF))
def test_words_on_any_colour_of_a_business_are_readable(value: int) -> None:
    colour = f"#{value:06x}"
    assert contrast(readable_on(colour), colour) >= 4.5


def test_black_and_white_are_as_far_apart_as_can_be() -> None:
    assert round(contrast("#000000", "#ffffff"), 6) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_the_rules_of_a_page_hold_its_colour_and_the_ink_on_it() -> None:
    assert brand_rules("#1F6F54") == ":root{--brand:#1F6F54;--on-brand:#ffffff}"
    assert brand_rules("#FFE14D") == ":root{--brand:#FFE14D;--on-brand:#000000}"


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#123456}*{display:none", "#123456\n", ""])
def test_nothing_but_a_colour_reaches_the_style_element(colour: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        brand_rules(colour)
