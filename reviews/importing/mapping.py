"""Which column holds what: guessed from the header and the cells, told in words, overridable."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lib.errors import DomainError
from reviews.importing.dates import DateOrder, decide_order, read_moment
from reviews.importing.reading import Table
from reviews.importing.stars import guess_top, read_rating, rule


class Field(StrEnum):
    """What a review that comes from elsewhere can consist of. The order is that of guessing."""

    EXTERNAL_ID = "id"
    STARS = "stars"
    BODY = "text"
    TITLE = "title"
    NAME = "author"
    EXPERIENCED = "experienced"
    PUBLISHED = "published"
    REPLIED = "reply date"
    REPLY = "reply"
    LANGUAGE = "language"
    VERIFIED = "verified"


DATES = (Field.EXPERIENCED, Field.PUBLISHED, Field.REPLIED)

# What columns are called in the exports of the field, and in the languages around; the likeliest first.
_NAMES: Mapping[Field, tuple[str, ...]] = {
    Field.EXTERNAL_ID: ("review id", "id", "external id", "review uuid", "uuid"),
    Field.STARS: (
        "review stars", "stars", "star rating", "review rating", "review score", "overall rating", "overall score",
        "rating", "score", "rating value", "overall", "betyg", "karakter", "bedømmelse", "vērtējums", "hinne",
        "reytinq", "bewertung", "sterne", "note", "nota", "puntuación", "valutazione",
    ),
    Field.BODY: (
        "review content", "review text", "review body", "body", "content", "text", "review", "comment", "comments",
        "review comment", "review message", "message", "feedback", "description", "omdöme", "recension", "anmeldelse",
        "kommentar", "atsauksme", "arvustus", "rəy", "avis", "commentaire", "kommentare", "reseña", "recensione",
    ),
    Field.TITLE: (
        "review title", "title", "headline", "summary", "subject", "rubrik", "titel", "overskrift", "virsraksts",
        "pealkiri", "başlıq", "titre", "título", "titolo",
    ),
    Field.NAME: (
        "display name", "nickname", "review username", "reviewer name", "reviewer", "author", "author name",
        "username", "user name", "customer name", "consumer name", "full name", "name", "namn", "navn", "vārds",
        "nimi", "ad", "nom", "nombre", "nome",
    ),
    Field.EXPERIENCED: (
        "experienced", "date of experience", "experience date", "experienced at", "experienced on", "date visit",
        "date visited", "visit date", "date of visit", "order date", "purchase date",
    ),
    Field.PUBLISHED: (
        "review created", "published", "published at", "published date", "publication date", "review date",
        "date published", "date created", "created", "created at", "creation date", "submitted", "submitted at",
        "submission date", "review time", "date", "time", "timestamp", "datum", "dato", "datums", "kuupäev", "tarix",
        "fecha", "data",
    ),
    Field.REPLIED: (
        "company reply date", "business reply date", "company response date", "business response date", "reply date",
        "response date", "replied at", "reply created", "reply created at", "comment date",
    ),
    Field.REPLY: (
        "company response", "company reply", "business response", "business reply", "owner response", "owner reply",
        "reply", "reply content", "reply text", "response", "svar", "atbilde", "vastus", "cavab", "antwort",
    ),
    Field.LANGUAGE: ("review language", "language", "lang", "locale", "language code", "språk", "sprog", "sprache"),
    Field.VERIFIED: (
        "verified", "is verified", "verified purchase", "verified buyer", "is verified buyer", "verified order",
        "review verified", "verification",
    ),
}  # fmt: skip

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_WORD = re.compile(r"[\W_]+")
_ZONE = re.compile(r" (?:utc|gmt)$")


class UnknownColumns(DomainError):
    """The columns needed are not there, or not recognised; the message names those that are."""

    code = "unknown_columns"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column each field is read from, and how its values are read.

    `top` is where the scale of the stars ends. `orders` says for each column of dates whether the
    day or the month comes first; those in `assumed` could not tell.
    """

    columns: Mapping[Field, str]
    top: int
    orders: Mapping[Field, DateOrder]
    assumed: frozenset[Field]

    def explained(self) -> tuple[str, ...]:
        """Return one sentence for each field, to be shown before anything is stored."""
        return tuple(self._sentence(field) for field in Field)

    def _sentence(self, field: Field) -> str:
        if field not in self.columns:
            return f"{field.value}: no column"
        told = f'{field.value}: column "{self.columns[field]}"'
        if field == Field.STARS:
            return f"{told}, {rule(self.top)}"
        if field in self.assumed:
            return f"{told}, {self.orders[field].value} (assumed: no date tells)"
        return f"{told}, {self.orders[field].value}" if field in self.orders else told


def map_columns(
    table: Table,
    *,
    overrides: Mapping[Field, str] | None = None,
    top: int | None = None,
    order: DateOrder | None = None,
) -> ColumnMapping:
    """Guess the mapping of a table and put the overrides over it; an empty name means no column.

    Raises UnknownColumns for an override that the table does not have, where no column holds
    stars, and where their scale cannot be guessed.
    """
    overrides = overrides or {}
    for name in overrides.values():
        if name and name not in table.header:
            raise UnknownColumns(f'There is no column "{name}". {_columns_of(table)}')
    columns = {field: name for field, name in overrides.items() if name}
    for field in Field:
        if field not in overrides:
            guessed = _guess(table, field, taken=set(columns.values()))
            if guessed:
                columns[field] = guessed
    if Field.STARS not in columns:
        raise UnknownColumns(f"No column was recognised as the stars. {_columns_of(table)}")
    top = top or guess_top(table.column(columns[Field.STARS]))
    if top is None or top < 2:
        raise UnknownColumns(f'The scale of column "{columns[Field.STARS]}" cannot be guessed. Say where it ends.')
    orders, assumed = _orders(table, columns, order)
    return ColumnMapping(
        columns={f: columns[f] for f in Field if f in columns}, top=top, orders=orders, assumed=assumed
    )


def _columns_of(table: Table) -> str:
    return f"The columns are: {', '.join(table.header)}."


def _guess(table: Table, field: Field, *, taken: set[str]) -> str | None:
    called = {_plain(name): name for name in reversed(table.header) if name not in taken}
    for name in _NAMES[field]:
        column = called.get(name)
        if column and _plausible(table, field, column):
            return column
    return None


def _plain(name: str) -> str:
    """Write a column's name as lower-case words: "ReviewText", "review_text" and "Review Text (UTC)" are alike."""
    return _ZONE.sub("", _NOT_WORD.sub(" ", _HUMP.sub(" ", name)).strip().lower())


def _plausible(table: Table, field: Field, column: str) -> bool:
    """Tell whether the cells can be what the name says; an empty column can be anything."""
    cells = [cell for cell in table.column(column) if cell]
    if field == Field.EXTERNAL_ID:
        return len(cells) == len(table.column(column)) and len(set(cells)) * 100 >= 99 * len(cells)
    if field == Field.STARS:
        return 2 * sum(read_rating(cell) is not None for cell in cells) >= len(cells)
    if field in DATES:
        return 2 * sum(_is_date(cell) for cell in cells) >= len(cells)
    return True


def _is_date(cell: str) -> bool:
    return any(read_moment(cell, order=order) is not None for order in DateOrder)


def _orders(
    table: Table, columns: Mapping[Field, str], order: DateOrder | None
) -> tuple[dict[Field, DateOrder], frozenset[Field]]:
    """Decide each column of dates by itself; one that cannot tell follows another of the same file."""
    dated = [field for field in DATES if field in columns]
    if order:
        return dict.fromkeys(dated, order), frozenset()
    decided = {field: decide_order(table.column(columns[field])) for field in dated}
    known = [found for found in decided.values() if found]
    fallback = known[0] if known else DateOrder.DAY_FIRST
    numeric = {field for field in dated if _needs_order(table.column(columns[field]))}
    orders = {field: decided[field] or fallback for field in dated if field in numeric}
    return orders, frozenset(field for field in numeric if not known)


def _needs_order(cells: list[str]) -> bool:
    """Tell whether any date of the column reads differently, or only, in one of the orders."""
    first, second = DateOrder
    return any(read_moment(cell, order=first) != read_moment(cell, order=second) for cell in cells)
