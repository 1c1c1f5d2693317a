"""A customer's words never run in the owner's spreadsheet."""

import csv
import io

import pytest

from lib.spreadsheets import csv_lines, harmless


@pytest.mark.parametrize(
    "words", ["=1+1", "+46 70 123", "-2", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "＝1+1", "＠SUM(A1)"]
)
def test_what_looks_like_a_formula_becomes_words(words: str) -> None:
    assert harmless(words) == f"'{words}"


@pytest.mark.parametrize("value", ["", "Fine, thanks", "5 of 5", "a=b", -2, 3, None])
def test_everything_else_stays(value: object) -> None:
    assert harmless(value) == value


def test_a_file_reads_back_as_it_was_written() -> None:
    rows = [("name", "comment"), ("Dora, “D”", 'two\nlines, "quoted"'), ("Åsa", -3)]
    text = "".join(csv_lines(rows))

    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) == [
        [str(cell) for cell in row] for row in rows
    ]
