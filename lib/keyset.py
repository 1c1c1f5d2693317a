"""Pages that go on where the last one ended: a place in a list that is sorted by time and id.

A place costs the same on the first page and on the thousandth, and rows that arrive meanwhile repeat nothing.
"""

from datetime import datetime

Place = tuple[datetime, int]


def write_place(at: datetime, row_id: int) -> str:
    """The place of a row as it stands in an address."""
    return f"{at.isoformat()}~{row_id}"


def read_place(text: str) -> Place | None:
    """The place that `write_place` wrote; None for nothing and for what somebody made up."""
    at, sign, row_id = text.partition("~")
    if not (sign and row_id.isdecimal() and row_id.isascii() and len(row_id) < 19):
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return None if moment.tzinfo is None else (moment, int(row_id))
