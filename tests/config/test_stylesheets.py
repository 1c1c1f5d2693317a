from config.stylesheets import JOINED, joined


def test_the_linked_style_sheet_is_the_sum_of_its_parts() -> None:
    assert JOINED.read_text("utf-8") == joined(), "run python -m config.stylesheets"
