"""Files as they come: any encoding, any delimiter, titles above the header, broken lines."""

import pytest

from reviews.importing.reading import BadLine, Record, UnreadableFile, read_table
from tests.shared import shared_file

HEADER = "id;betyg;omdöme\n"


def cells_of(data: bytes) -> list[tuple[str, ...]]:
    return [record.cells for record in read_table(data).records if isinstance(record, Record)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "iso8859-1"]
)
def test_swedish_reviews_in_every_encoding_that_is_in_use(encoding: str) -> None:
    data = (HEADER + "1;5;Väldigt nöjd, köper gärna på nytt\n").encode(encoding)

    assert read_table(data).header == ("id", "betyg", "omdöme")
    assert cells_of(data) == [("1", "5", "Väldigt nöjd, köper gärna på nytt")]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1257", "Ļoti laba apkalpošana; pasūtījums atnāca ātri"),
        ("cp1257", "Väga hea teenindus; õhtul jõudis šokolaad kohale"),
        ("cp1250", "Bardzo dobra obsługa; dziękuję; paczka przyszła"),
        ("cp1254", "Çok iyi hizmet; teşekkür ederim; kargo hızlı geldi"),
        ("cp1251", "Очень хорошее обслуживание; спасибо большое за всё; что вы сделали"),
        ("big5", "服務非常好；下次還會再來；非常感謝大家的幫忙；東西也很好吃"),
    ],
)
def test_old_code_pages_are_told_apart_by_their_letters(encoding: str, text: str) -> None:
    table = read_table(f"id,rating,text\n1,5,{text}\n".encode(encoding))

    assert table.encoding == encoding
    assert table.column("text") == [text]


def test_an_encoding_can_be_said() -> None:
    table = read_table("id,rating,text\n1,5,Större\n".encode("mac_roman"), encoding="mac_roman")

    assert table.column("text") == ["Större"]
    with pytest.raises(UnreadableFile, match="There is no encoding called klingon"):
        read_table(b"a,b\n1,2\n", encoding="klingon")
    with pytest.raises(UnreadableFile, match="Line 2 cannot be read as utf-16"):
        read_table(b"\xff\xfea\0\n\0\x00\xd8", encoding="utf-16")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    lines = [["id", "rating", "text"], ["1", "5", '"Good, quick; polite"'], ["2", "4", '"So, so"'], ["3", "1", "No"]]
    table = read_table("\r\n".join(delimiter.join(line) for line in lines).encode())

    assert table.delimiter == delimiter
    assert table.column("text") == ["Good, quick; polite", "So, so", "No"]


def test_excels_own_line_about_the_delimiter() -> None:
    table = read_table(b"sep=;\nid;rating\n1;5\n")

    assert (table.delimiter, table.header, table.header_line) == (";", ("id", "rating"), 2)
    assert [record.line for record in table.records] == [3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_and_every_line_number(end: str) -> None:
    data = end.join(["id,rating,text", '1,5,"two', 'lines"', "", "2,4,one", ""]).encode()

    assert read_table(data).records == (
        Record(line=2, cells=("1", "5", f"two{end}lines"), text=f'1,5,"two{end}lines"{end}'),
        Record(line=5, cells=("2", "4", "one"), text=f"2,4,one{end}"),
    )


def test_a_title_above_the_header_is_passed_over() -> None:
    table = read_table(b"Our reviews of 2024,,\n,,\nid,rating,text\n1,5,Good\n")

    assert (table.header, table.header_line) == (("id", "rating", "text"), 3)


def test_columns_without_a_name_or_with_the_same_get_their_own() -> None:
    table = read_table(b",Rating,Rating,Text\n1,5,4,Good\n")

    assert table.header == ("column 1", "Rating", "Rating (2)", "Text")


def test_a_quotation_mark_that_nothing_closes_costs_one_line() -> None:
    table = read_table(b'id,rating,text\n1,5,"never closed\n2,4,fine\n3,3,"also fine"\n')

    what = "a quotation mark is opened and not closed, or stands in the middle of a cell"
    assert table.records == (
        BadLine(line=2, what=what, where="", text='1,5,"never closed\n'),
        Record(line=3, cells=("2", "4", "fine"), text="2,4,fine\n"),
        Record(line=4, cells=("3", "3", "also fine"), text='3,3,"also fine"\n'),
    )


def test_the_end_of_a_broken_quotation_is_not_taken_for_a_review() -> None:
    table = read_table(b'id,rating,text\n1,5,"first\nsecond "bold" word,4,x\n2,4,fine\n3,4,"so ""so"""\n')

    assert [(type(record), record.line) for record in table.records] == [
        (BadLine, 2), (BadLine, 3), (Record, 4), (Record, 5),
    ]  # fmt: skip
    assert table.column("text") == ["fine", 'so "so"']


def test_a_record_of_several_lines_with_a_cell_too_many_is_bad_as_a_whole() -> None:
    table = read_table(b'id,rating,text\n1,5,"two\nlines",more\n2,4,fine\n')

    assert [(type(record), record.line, record.text) for record in table.records] == [
        (BadLine, 2, '1,5,"two\nlines",more\n'),
        (Record, 4, "2,4,fine\n"),
    ]


def test_a_line_with_too_few_or_too_many_cells_is_bad_and_empty_cells_at_the_end_are_not() -> None:
    table = read_table(b"id,rating,text\n1,5\n2,4,fine,,\n3,3,two,many\n4,2,fine\n")

    assert [(type(record), record.line) for record in table.records] == [
        (BadLine, 2), (Record, 3), (BadLine, 4), (Record, 5),
    ]  # fmt: skip
    assert [record.what for record in table.records if isinstance(record, BadLine)] == [
        "there are 2 cells where the header has 3",
        "there are 4 cells where the header has 3",
    ]


def test_a_few_bytes_that_are_not_utf8_spoil_only_their_line() -> None:
    table = read_table("id,rating,text\n1,5,Größe schön über süß\n2,4,".encode() + b"b\xf6se\n" + b"3,3,fine\n")

    assert table.encoding == "utf-8"
    assert [type(record) for record in table.records] == [Record, BadLine, Record]
    bad = table.records[1]
    assert isinstance(bad, BadLine)
    assert (bad.line, bad.what) == (3, "some bytes are not UTF-8, unlike the rest of the file")
    assert bad.text == "2,4,b\N{REPLACEMENT CHARACTER}se\n"


def test_ten_thousand_opened_quotation_marks_are_ten_thousand_bad_lines() -> None:
    table = read_table(b"id,rating,text\n" + b'1,5,"open\n' * 10_001)

    assert len(table.records) == 10_001
    assert {type(record) for record in table.records} == {BadLine}


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b",,\n,,\n"])
def test_an_empty_file(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="The file is empty"):
        read_table(data)


def test_a_header_and_nothing_below() -> None:
    with pytest.raises(UnreadableFile, match="The file has a header and nothing below it"):
        read_table(b"id,rating,text\n")


def test_a_spreadsheet_is_named() -> None:
    with pytest.raises(UnreadableFile, match="Save it as CSV"):
        read_table(b"PK\x03\x04...")


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter", "header_line", "columns", "records"),
    [
        ("211.csv", "mac_roman", ",", 1, 96, 2132),
        ("begrotingsanalyse-2011.csv", "utf-8", ",", 4, 20, 39),
        ("characters.csv", "big5", ",", 1, 18, 382),
        ("complex.csv", "utf-8", ",", 1, 4, 3),
        ("example.tsv", "utf-8", "\t", 1, 17, 140),
        ("excel_pasting.csv", "utf-8", ",", 4, 9, 16),
        ("long.csv", "utf-8", ",", 1, 1, 3999),
        ("mixedGLB.csv", "utf-8", ",", 4, 19, 133),
        ("simple.psv", "utf-8", "|", 1, 6, 28),
        ("simple.ssv", "utf-8", ";", 1, 3, 6),
        ("skip_initials.csv", "utf-8", ",", 1, 2, 2),
        ("spanish_chars.csv", "cp1252", ",", 1, 8, 115),
        ("sparse_with_column_errors.csv", "cp1252", ",", 1, 4, 2200),
        ("utf-16le_encoded.csv", "utf-16", ",", 1, 19, 327),
    ],
)
def test_the_ugly_files(name: str, encoding: str, delimiter: str, header_line: int, columns: int, records: int) -> None:
    table = read_table(shared_file(f"data/csv_ugly/messytables_horror/{name}").read_bytes())

    assert (table.encoding, table.delimiter, table.header_line) == (encoding, delimiter, header_line)
    assert (len(table.header), len(table.records)) == (columns, records)
    assert not any(isinstance(record, BadLine) for record in table.records)
