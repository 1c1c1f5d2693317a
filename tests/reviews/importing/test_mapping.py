"""The columns of well-known exports, guessed, told and overridden."""

import pytest

from reviews.importing.dates import DateOrder
from reviews.importing.mapping import Field, UnknownColumns, map_columns
from reviews.importing.reading import Table, read_table
from tests.shared import PROJECT, shared_file


def table_of(*lines: str) -> Table:
    return read_table("\n".join(lines).encode())


def columns_of(table: Table) -> dict[str, str]:
    return {field.value: column for field, column in map_columns(table).columns.items()}


def test_trustpilots_own_export() -> None:
    table = table_of(
        "Domain Url,Webshop Name,Business Unit Id,Review Id,Review Created (UTC),Review Consumer User Id,"
        "Review Username,Review User Email,Review Title,Review Content,Review Stars,Source Of Review,Reference Id,"
        "Company Response,Company Reply Date (UTC),Review Language",
        "acme.example,Acme,46d,r1,2024-03-02 10:12:00,u1,Dora D,dora@example.com,Fine,All fine,5,Organic,,Thank you,"
        "2024-03-03 08:00:00,en",
    )

    assert columns_of(table) == {
        "id": "Review Id",
        "stars": "Review Stars",
        "text": "Review Content",
        "title": "Review Title",
        "author": "Review Username",
        "published": "Review Created (UTC)",
        "reply": "Company Response",
        "reply date": "Company Reply Date (UTC)",
        "language": "Review Language",
    }


def test_judge_mes_export() -> None:
    table = table_of(
        "title,body,rating,review_date,source,curated,reviewer_name,reviewer_email,product_id,product_handle,reply,"
        "reply_date,picture_urls,ip_address,location",
        "Fine,All fine,5,2024-03-02 10:12:00 UTC,web,ok,Dora,dora@example.com,701,mug,Thanks,2024-03-03,,,SE",
    )

    assert columns_of(table) == {
        "stars": "rating",
        "text": "body",
        "title": "title",
        "author": "reviewer_name",
        "published": "review_date",
        "reply": "reply",
        "reply date": "reply_date",
    }


def test_yotpos_and_looxs_exports() -> None:
    yotpo = table_of(
        "Review Title;Review Content;Review Score;Date;Product ID;Display Name;Email;Verified Purchase",
        "Fine;All fine;5;15/03/2025;999;Dora D;dora@example.com;Yes",
    )
    loox = table_of(
        "id,status,rating,email,nickname,full_name,review,date,productId,handle,img,variant,verified_purchase",
        "1,Active,5,dora@example.com,Dora,Dora Dahl,All fine,2024-11-05T08:00:00.000Z,8123,mug,,M,true",
    )

    assert columns_of(yotpo) == {
        "stars": "Review Score",
        "text": "Review Content",
        "title": "Review Title",
        "author": "Display Name",
        "published": "Date",
        "verified": "Verified Purchase",
    }
    assert columns_of(loox) == {
        "id": "id",
        "stars": "rating",
        "text": "review",
        "author": "nickname",
        "published": "date",
        "verified": "verified_purchase",
    }


def test_swedish_columns() -> None:
    assert columns_of(table_of("Datum;Namn;Betyg;Rubrik;Omdöme;Svar", "2024-03-02;Dora;5;Bra;Bra;Tack")) == {
        "stars": "Betyg",
        "text": "Omdöme",
        "title": "Rubrik",
        "author": "Namn",
        "published": "Datum",
        "reply": "Svar",
    }


@pytest.mark.parametrize("name", ["womens_clothing.csv", "womens_clothing_bom.csv"])
def test_two_spellings_of_the_same_columns(name: str) -> None:
    columns = columns_of(read_table((PROJECT / "tests/data/reviews" / name).read_bytes()))

    assert [column.replace(" ", "") for column in columns.values()] == ["Rating", "ReviewText", "Title"]


def test_the_overall_rating_and_the_two_dates_of_a_lounge() -> None:
    mapping = map_columns(read_table((PROJECT / "tests/data/reviews/skytrax_lounge.csv").read_bytes()))

    assert mapping.explained() == (
        "id: no column",
        'stars: column "overall_rating", a scale to 10: multiplied by 5 and divided by 10; half a star rounds up,'
        " at least one star",
        'text: column "content"',
        'title: column "title"',
        'author: column "author"',
        'experienced: column "date_visit", day first',
        'published: column "date"',
        "reply date: no column",
        "reply: no column",
        "language: no column",
        "verified: no column",
    )


def test_trustpilots_pages_as_collected() -> None:
    columns = columns_of(read_table(shared_file("data/trustpilot_pet_insurance/akc_reviews.csv").read_bytes()))

    assert columns == {
        "id": "id",
        "stars": "rating",
        "text": "text",
        "title": "title",
        "experienced": "experienced",
        "published": "published",
    }


def test_a_column_is_what_its_cells_are() -> None:
    """An id that repeats is no id, a "score" in words holds no stars, a "date" without dates is none."""
    table = table_of("id,score,stars,date,created", "7,high,5,soon,2024-03-02", "7,low,4,later,2024-03-03")

    assert columns_of(table) == {"stars": "stars", "published": "created"}


def test_overrides_come_first_and_may_leave_a_field_out() -> None:
    table = table_of("id,rating,my words,text,name", "1,5,All fine,internal,Dora")
    mapping = map_columns(table, overrides={Field.BODY: "my words", Field.NAME: ""}, top=10)

    assert mapping.columns == {Field.EXTERNAL_ID: "id", Field.STARS: "rating", Field.BODY: "my words"}
    assert mapping.top == 10


def test_what_cannot_be_mapped_is_said() -> None:
    table = table_of("date,temperature,place", "2011-01-01,1,Galway")

    with pytest.raises(UnknownColumns, match=r"recognised as the stars\. The columns are: date, temperature, place\."):
        map_columns(table)
    with pytest.raises(UnknownColumns, match='There is no column "rating"'):
        map_columns(table, overrides={Field.STARS: "rating"})
    with pytest.raises(UnknownColumns, match='The scale of column "place" cannot be guessed'):
        map_columns(table, overrides={Field.STARS: "place"})


def test_a_column_of_dates_that_cannot_tell_follows_the_other() -> None:
    table = table_of("rating,created,experienced", "5,03/25/2024,03/04/2024")

    mapping = map_columns(table)

    assert mapping.orders == {Field.EXPERIENCED: DateOrder.MONTH_FIRST, Field.PUBLISHED: DateOrder.MONTH_FIRST}
    assert mapping.assumed == frozenset()


def test_where_no_date_tells_the_day_comes_first_and_that_is_said() -> None:
    table = table_of("rating,created", "5,03/04/2024")

    assert 'published: column "created", day first (assumed: no date tells)' in map_columns(table).explained()
    assert map_columns(table, order=DateOrder.MONTH_FIRST).orders == {Field.PUBLISHED: DateOrder.MONTH_FIRST}
    assert map_columns(table, order=DateOrder.MONTH_FIRST).assumed == frozenset()
