"""Each record of a file as a review, or as a bad line that says what is wrong and where."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reviews.importing.dates import EARLIEST, DateOrder, read_moment
from reviews.importing.mapping import ColumnMapping, Field
from reviews.importing.reading import BadLine, Record, Table
from reviews.importing.stars import read_rating, to_stars

TITLE_LENGTH = 200
NAME_LENGTH = 80
ID_LENGTH = 100

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}|[A-Za-z]{4}|\d{3}))?")
_YES = frozenset({"true", "yes", "y", "1", "ja", "oui", "sí", "verified", "buyer", "owner", "purchase"})
_NO = frozenset({"false", "no", "n", "0", "nej", "nein", "non", "not", "none", "unverified"})
# What the same review keeps from one export to the next, so that it is known again where no id is given.
_LASTING = (Field.STARS, Field.TITLE, Field.BODY, Field.NAME, Field.EXPERIENCED, Field.PUBLISHED)


@dataclass(frozen=True, slots=True)
class ImportedReview:
    """A review from elsewhere, ready to be stored; `line` is where it stands in the file, counting from 1.

    `external_id` tells it from all others of its source and is the same whenever the file is read
    again: the id given, or a hash of what was written. Moments are in UTC; None or an empty
    string means that the file does not say.
    """

    line: int
    external_id: str
    stars: int
    title: str
    body: str
    display_name: str
    experienced_on: date | None
    published_at: datetime | None
    replied_at: datetime | None
    reply: str
    language: str
    verified: bool | None


class _Refused(Exception):
    def __init__(self, what: str, field: Field) -> None:
        super().__init__(what)
        self.what = what
        self.field = field


def read_reviews(table: Table, mapping: ColumnMapping, *, now: datetime) -> Iterator[ImportedReview | BadLine]:
    """Yield every record of the table, in order, as a review or as a bad line.

    A date later than a day after `now`, an id that stood on an earlier line, and a cell that holds
    something else than its column make a bad line; nothing of it is guessed.
    """
    seen: dict[str, int] = {}
    alike: Counter[str] = Counter()
    for record in table.records:
        if isinstance(record, BadLine):
            yield record
            continue
        cells = {field: _cell(table, record, column) for field, column in mapping.columns.items()}
        try:
            review = _review(record, cells, mapping, now, alike)
            first = seen.setdefault(review.external_id, record.line)
            if first != record.line:
                raise _Refused(f"the same id stands on line {first}", Field.EXTERNAL_ID)
        except _Refused as refused:
            where = mapping.columns[refused.field]
            yield BadLine(line=record.line, what=refused.what, where=where, text=record.text)
        else:
            yield review


def _cell(table: Table, record: Record, column: str) -> str:
    text = record.cells[table.header.index(column)].replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()


def _review(
    record: Record, cells: dict[Field, str], mapping: ColumnMapping, now: datetime, alike: Counter[str]
) -> ImportedReview:
    experienced = _moment(Field.EXPERIENCED, cells, mapping, now)
    title, body = _title_and_body(" ".join(cells.get(Field.TITLE, "").split()), cells.get(Field.BODY, ""))
    return ImportedReview(
        line=record.line,
        stars=_stars(cells, mapping),
        title=title,
        body=body,
        display_name=_name(cells.get(Field.NAME, "")),
        experienced_on=experienced.date() if experienced else None,
        published_at=_moment(Field.PUBLISHED, cells, mapping, now),
        replied_at=_moment(Field.REPLIED, cells, mapping, now),
        reply=cells.get(Field.REPLY, ""),
        language=_language(cells.get(Field.LANGUAGE, "")),
        verified=_verified(cells.get(Field.VERIFIED, "")),
        external_id=_external_id(cells, alike),
    )


def _stars(cells: dict[Field, str], mapping: ColumnMapping) -> int:
    cell = cells[Field.STARS]
    if not cell:
        raise _Refused("there are no stars", Field.STARS)
    rating = read_rating(cell)
    if rating is None:
        raise _Refused(f'"{_short(cell)}" is not a rating', Field.STARS)
    try:
        return to_stars(rating, top=mapping.top)
    except ValueError as error:
        raise _Refused(f'"{_short(cell)}": {error}', Field.STARS) from None


def _moment(field: Field, cells: dict[Field, str], mapping: ColumnMapping, now: datetime) -> datetime | None:
    cell = cells.get(field, "")
    if not cell:
        return None
    moment = read_moment(cell, order=mapping.orders.get(field, DateOrder.DAY_FIRST))
    if moment is None:
        raise _Refused(f'"{_short(cell)}" is not a date', field)
    if moment > now + timedelta(days=1):
        raise _Refused(f'"{_short(cell)}" lies in the future', field)
    if moment.date() < EARLIEST:
        raise _Refused(f'"{_short(cell)}" is before {EARLIEST.year} and cannot be right', field)
    return moment


def _title_and_body(title: str, body: str) -> tuple[str, str]:
    """Shorten a title that is too long and keep all its words by putting it above the text."""
    if len(title) <= TITLE_LENGTH:
        return title, body
    return _short(title, TITLE_LENGTH), f"{title}\n\n{body}".rstrip()


def _name(cell: str) -> str:
    """Return the name to show. An e-mail address is nobody's name and is not shown."""
    return "" if "@" in cell else _short(" ".join(cell.split()), NAME_LENGTH)


def _language(cell: str) -> str:
    found = _LANGUAGE.fullmatch(cell)
    if not found:
        return ""
    language, region = found[1].lower(), found[2]
    if region is None:
        return language
    return f"{language}-{region.title() if len(region) == 4 else region.upper()}"


def _verified(cell: str) -> bool | None:
    words = set(cell.lower().replace("_", " ").replace("-", " ").split())
    if words & _NO:
        return False
    return True if words & _YES else None


def _external_id(cells: dict[Field, str], alike: Counter[str]) -> str:
    given = cells.get(Field.EXTERNAL_ID, "")
    if given:
        return given if len(given) <= ID_LENGTH else _hash([given])
    contents = _hash([cells.get(field, "") for field in _LASTING])
    alike[contents] += 1
    # Two customers may write the very same; the second of them is the second in every export.
    return contents if alike[contents] == 1 else f"{contents}-{alike[contents]}"


def _hash(parts: list[str]) -> str:
    digest = hashlib.sha256(b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts))
    return f"sha256-{digest.hexdigest()}"


def _short(text: str, length: int = 60) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
