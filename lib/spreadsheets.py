"""Files for spreadsheets that carry other people's words."""

import csv
import io
from collections.abc import Iterable, Iterator

_STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Without it some spreadsheets read UTF-8 as something else.
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def harmless(value: object) -> object:
    """A cell that no spreadsheet runs: words that look like a formula get an apostrophe before them, numbers stay."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_STARTS_OF_FORMULAS):
        return f"'{value}"
    return value


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The lines of a CSV file, as they are asked for."""
    yield _BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([harmless(cell) for cell in row])
        yield line.getvalue()
