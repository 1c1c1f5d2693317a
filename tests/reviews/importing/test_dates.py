"""Dates in any usual format; the whole column decides between day and month."""

from datetime import UTC, datetime

import pytest

from reviews.importing.dates import DateOrder, decide_order, read_moment

DAY, MONTH = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-04-03T23:37:30.000Z", at(2024, 4, 3, 23, 37, 30)),
        ("2024-04-03", at(2024, 4, 3)),
        ("2024/4/3", at(2024, 4, 3)),
        ("2024.04.03 9:05", at(2024, 4, 3, 9, 5)),
        ("2025-03-02 10:12:00 UTC", at(2025, 3, 2, 10, 12)),
        ("2023-06-01T22:00:00-04:00", at(2023, 6, 2, 2)),
        ("2023-06-01T01:00:00+0200", at(2023, 5, 31, 23)),
        ("31-Jul-18", at(2018, 7, 31)),
        ("24 October 2011", at(2011, 10, 24)),
        ("July 31, 2018", at(2018, 7, 31)),
        ("Sept. 3, 2021", at(2021, 9, 3)),
        ("1st of May 2020", at(2020, 5, 1)),
        ("Updated Apr 3, 2024", at(2024, 4, 3)),
        ("Wed, 03 Apr 2024 19:24:11 +0000", at(2024, 4, 3, 19, 24, 11)),
        ("Wed Apr 03 2024 19:24:11 GMT+0200 (Central European Summer Time)", at(2024, 4, 3, 17, 24, 11)),
        ("3. april 2024 kl. 14.30", at(2024, 4, 3, 14, 30)),
        ("3 maj 2024", at(2024, 5, 3)),
        ("3. märts 2024", at(2024, 3, 3)),
        ("3 iyul 2024", at(2024, 7, 3)),
        ("3 de abril de 2024", at(2024, 4, 3)),
        ("31.12.1999 23:59", at(1999, 12, 31, 23, 59)),
        ("20180731", at(2018, 7, 31)),
        ("1712187450", at(2024, 4, 3, 23, 37, 30)),
        ("1712187450000", at(2024, 4, 3, 23, 37, 30)),
        ("45385", at(2024, 4, 3)),
    ],
)
def test_usual_formats(cell: str, moment: datetime) -> None:
    assert read_moment(cell, order=DAY) == moment


@pytest.mark.parametrize(
    ("cell", "day_first", "month_first"),
    [
        ("03/04/2024", at(2024, 4, 3), at(2024, 3, 4)),
        ("3-4-24", at(2024, 4, 3), at(2024, 3, 4)),
        ("15/03/2025", at(2025, 3, 15), None),
        ("03/15/2025 4:05 PM", None, at(2025, 3, 15, 16, 5)),
        ("4/3/2024, 12:30:00 AM", at(2024, 3, 4, 0, 30), at(2024, 4, 3, 0, 30)),
    ],
)
def test_day_and_month_by_the_order(cell: str, day_first: datetime | None, month_first: datetime | None) -> None:
    assert read_moment(cell, order=DAY) == day_first
    assert read_moment(cell, order=MONTH) == month_first


@pytest.mark.parametrize(
    "cell",
    [
        "", "Blank", "yesterday", "2024", "3/4", "2024-02-30", "29 Feb 2023", "2024-13-01", "2024-04-03 25:00",
        "2024-04-03 12:00 EST", "2024-04-03 and more", "2024-04-03T12:00:00+99:99", "3 Foo 2024", "1/2-2024",
        "13:00 2024-04-03", "2024-04-03 13:00 PM", "123456", "5", "4.0", "٢٠٢٤-٠٤-٠٣ x",
    ],
)  # fmt: skip
def test_what_is_no_date(cell: str) -> None:
    assert read_moment(cell, order=DAY) is None


def test_the_column_decides() -> None:
    assert decide_order(["03/04/2024", "13/04/2024", "2024-05-06", ""]) == DAY
    assert decide_order(["03/04/2024", "04/13/2024"]) == MONTH
    assert decide_order(["13/04/2024", "14/04/2024", "04/13/2024"]) == DAY
    assert decide_order(["03/04/2024", "2024-05-16", "16 May 2024"]) is None
