"""Many rows in one statement. The ORM's own way costs more for a row than everything else that the sequencer does."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def write_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    unique: Sequence[str] = (),
    replace: Sequence[str] = (),
) -> None:
    """Inserts rows of these columns; every column without a default in the database must be among them.

    Where a row with the same `unique` columns is there, its `replace` columns take the new values. No names come from
    outside.
    """
    if not rows:
        return
    table, fields = model._meta.db_table, [_field(model, name) for name in columns]
    arrays = ", ".join(f"%s::{each.db_type(connection)}[]" for each in fields)
    statement = f'INSERT INTO "{table}" ({_listed(columns)}) SELECT * FROM unnest({arrays})'  # noqa: S608 - Names of models.
    if unique:
        values = ", ".join(f'"{name}" = excluded."{name}"' for name in replace)
        statement += f" ON CONFLICT ({_listed(unique)}) DO " + (f"UPDATE SET {values}" if values else "NOTHING")
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(values) for values in zip(*rows, strict=True)])


def _field(model: type[models.Model], column: str) -> Any:
    return next(each for each in model._meta.concrete_fields if each.column == column)


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
