"""Every line of a file is a review, or a bad line with its number and the reason."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from reviews.importing.mapping import map_columns
from reviews.importing.reading import BadLine, read_table
from reviews.importing.rows import ImportedReview, read_reviews
from tests.shared import PROJECT, shared_file

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def read(data: bytes) -> list[ImportedReview | BadLine]:
    table = read_table(data)
    return list(read_reviews(table, map_columns(table), now=NOW))


def good(found: list[ImportedReview | BadLine]) -> list[ImportedReview]:
    return [each for each in found if isinstance(each, ImportedReview)]


def bad(found: list[ImportedReview | BadLine]) -> list[tuple[int, str, str]]:
    return [(each.line, each.where, each.what) for each in found if isinstance(each, BadLine)]


def test_a_whole_review() -> None:
    found = read(
        b"Review Id,Review Stars,Review Title,Review Content,Review Username,Date of experience,Review Created (UTC),"
        b"Company Response,Company Reply Date (UTC),Review Language,Verified\n"
        b'r1,4,"Fast,\nkind",  "First line.\r\nSecond\x07 line. ",Dora  D.,3 March 2024,2024-03-04T10:12:00+02:00,'
        b"Thank you!,2024-03-05,EN_us,Verified buyer\n"
    )

    assert found == [
        ImportedReview(
            line=2,
            external_id="r1",
            stars=4,
            title="Fast, kind",
            body="First line.\nSecond line.",
            display_name="Dora D.",
            experienced_on=date(2024, 3, 3),
            published_at=datetime(2024, 3, 4, 8, 12, tzinfo=UTC),
            replied_at=datetime(2024, 3, 5, tzinfo=UTC),
            reply="Thank you!",
            language="en-US",
            verified=True,
        )
    ]


def test_only_stars_are_needed() -> None:
    assert read(b"rating\n5\n4\n")[1] == ImportedReview(
        line=3,
        external_id=good(read(b"rating\n4\n"))[0].external_id,
        stars=4,
        title="",
        body="",
        display_name="",
        experienced_on=None,
        published_at=None,
        replied_at=None,
        reply="",
        language="",
        verified=None,
    )


def test_bad_lines_say_what_and_where_among_the_good_ones() -> None:
    lines = [
        "id,rating,text,date",
        "1,5,fine,2024-03-02",
        "2,,no stars,2024-03-02",
        "3,great,no rating,2024-03-02",
        "4,9,off the scale,2024-03-02",
        '5,4,"two\nlines",02 Foo 2024',
        "6,4,tomorrow's,2026-11-03",
        "7,4,before the web,1970-01-01",
        "1,4,again,2024-03-02",
        "8,4,too few",
        "9,4,fine,2024-03-02",
    ]
    # So many good ones follow that the nine is a slip and not a scale to ten.
    lines += [f"{number},4,fine,2024-03-02" for number in range(10, 130)]

    found = read("\n".join(lines).encode())

    assert bad(found) == [
        (3, "rating", "there are no stars"),
        (4, "rating", '"great" is not a rating'),
        (5, "rating", '"9": the rating is not on the scale to 5'),
        (6, "date", '"02 Foo 2024" is not a date'),
        (8, "date", '"2026-11-03" lies in the future'),
        (9, "date", '"1970-01-01" is before 1995 and cannot be right'),
        (10, "id", "the same id stands on line 2"),
        (11, "", "there are 3 cells where the header has 4"),
    ]
    assert [each.line for each in good(found)[:3]] == [2, 12, 13]
    assert [each.text for each in found if isinstance(each, BadLine)][3] == '5,4,"two\nlines",02 Foo 2024\n'


def test_bad_lines_mended_and_brought_again_are_read() -> None:
    header = "id,rating,text\n"
    broken = [each for each in read((header + '1,5,"a\n2,4,b\n3,x,c\n').encode()) if isinstance(each, BadLine)]
    mended = "".join(each.text for each in broken).replace('"a', "a").replace("x", "3")

    assert [(each.external_id, each.stars) for each in good(read((header + mended).encode()))] == [("1", 5), ("3", 3)]


def test_without_an_id_the_contents_tell_reviews_apart_in_any_order() -> None:
    header = "rating,text,name,reply\n"
    once = good(read((header + "5,Good,Dora,\n5,Good,Dora,\n4,Good,Dora,\n5,Good,,\n").encode()))
    again = good(read((header + "4,Good,Dora,Thanks\n5,Good,,\n5,Good,Dora,\n5,Good,Dora,\n").encode()))

    assert len({each.external_id for each in once}) == 4
    assert {each.external_id for each in once} == {each.external_id for each in again}
    assert max(len(each.external_id) for each in once) <= 100


def test_a_title_too_long_for_a_title_keeps_its_words() -> None:
    title = "word " * 60
    review = good(read(f"rating,title,text\n5,{title},Body\n".encode()))[0]

    assert len(review.title) == 200
    assert review.title.endswith("word…")
    assert review.body == f"{title.strip()}\n\nBody"


def test_an_address_is_not_shown_as_a_name_and_a_long_name_is_cut() -> None:
    found = good(read(f"rating,name\n5,dora@example.com\n5,{'x' * 90}\n".encode()))

    assert [each.display_name for each in found] == ["", "x" * 79 + "…"]


@pytest.mark.parametrize(
    ("cell", "language"),
    [("en", "en"), ("EN", "en"), ("sv_SE", "sv-SE"), ("zh-hant", "zh-Hant"), ("es-419", "es-419"), ("English", "")],
)
def test_languages(cell: str, language: str) -> None:
    assert good(read(f"rating,language\n5,{cell}\n".encode()))[0].language == language


@pytest.mark.parametrize(
    ("cell", "verified"),
    [("true", True), ("1", True), ("verified_buyer", True), ("No", False), ("not verified", False), ("", None)],
)
def test_verified_only_where_the_file_says_so(cell: str, verified: bool | None) -> None:
    assert good(read(f"rating,verified\n5,{cell}\n".encode()))[0].verified == verified


def test_the_lounges() -> None:
    found = read((PROJECT / "tests/data/reviews/skytrax_lounge.csv").read_bytes())

    assert len(good(found)) == 32
    assert [(where, what) for _, where, what in bad(found)] == [("overall_rating", "there are no stars")] * 2
    assert Counter(each.stars for each in good(found)) == {1: 4, 2: 12, 3: 6, 4: 5, 5: 5}


def test_one_set_in_two_files_is_known_again() -> None:
    folder = PROJECT / "tests/data/reviews"
    first = good(read((folder / "womens_clothing.csv").read_bytes()))
    second = good(read((folder / "womens_clothing_bom.csv").read_bytes()))

    assert len(first) == len(second) == 40
    assert [each.external_id for each in first] == [each.external_id for each in second]


@pytest.mark.parametrize(
    ("company", "reviews"),
    [
        ("akc", 838), ("aspca", 5556), ("embrace", 3495), ("fetch", 2049), ("figo", 1803), ("healthypaws", 2211),
        ("lemonade", 1302), ("petsbest", 4279), ("pumpkin", 998), ("spot", 4347),
    ],
)  # fmt: skip
def test_every_review_of_the_trustpilot_set(company: str, reviews: int) -> None:
    found = read(shared_file(f"data/trustpilot_pet_insurance/{company}_reviews.csv").read_bytes())

    assert bad(found) == []
    assert len({each.external_id for each in good(found)}) == reviews
    assert all(each.published_at and len(each.external_id) == 24 for each in good(found))


@pytest.mark.parametrize(
    ("path", "reviews", "lines"),
    [
        ("product_reviews/womens_clothing_first_1172_lines.csv", 1000, []),
        ("product_reviews/womens_clothing_bom_wcp.csv", 1499, []),
        ("skytrax_cc0/lounge.csv", 2259, [709, 1362, 1651, 2161, 2256]),
    ],
)
def test_the_freely_licensed_sets_in_full(path: str, reviews: int, lines: list[int]) -> None:
    found = read(shared_file(f"data/{path}").read_bytes())

    assert len(good(found)) == reviews
    assert [line for line, _, _ in bad(found)] == lines
