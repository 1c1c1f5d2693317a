"""A file of reviews as it comes, read into a header and records that know their line.

Encoding, delimiter and header are found by looking, are told, and can be overridden. A record that
cannot be read is a `BadLine` among the others, with its text, to be mended and brought again.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

from lib.errors import DomainError

DELIMITERS = (",", ";", "\t", "|")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_LOOKED_AT_BYTES = 256 * 1024
_LOOKED_AT_RECORDS = 60
_HEADER_WITHIN = 20

_BROKEN_QUOTATION = "a quotation mark is opened and not closed, or stands in the middle of a cell"

# Where bytes alone do not tell one code page of Europe from another, the letters do that each is used for.
_WEST = "åäöæøéèàçâêôîûëïüßñóáíúùœÅÄÖÆØÉÈÀÇÊÔÎÜÑÓÁÍÚ¡¿ºª"
_CODE_PAGES = (
    ("cp1252", _WEST),
    ("cp1257", "āčēģīķļņšūžõäöüåøĀČĒĢĪĶĻŅŠŪŽÕÄÖÜ"),
    ("cp1250", "ąćęłńóśźżáčďéěíňřšťúůýžäöüßőűĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽÄÖÜŐŰ"),
    ("cp1254", "çğıöşüâÇĞİÖŞÜ"),
    ("mac_roman", _WEST),
)
# A script that is not Latin uses bytes beyond ASCII for most letters, a European language for one in ten.
_OTHER_SCRIPT = 0.15
_OTHER_SCRIPTS = ["cp1252", "cp1251", "big5", "gb18030", "shift_jis", "euc_kr"]
_PUNCTUATION = frozenset("‘’‚“”„–—…€£°·«»©®™•´\xa0")


class UnreadableFile(DomainError):
    """The file as a whole cannot be read; the message says why and what to do."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the file: the line it begins on, counting from 1, its cells, and its text as it stood."""

    line: int
    cells: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """A record that is not taken: the line it begins on, what is wrong, in which column, and its text.

    `where` is the column's name, or empty where the whole record is meant.
    """

    line: int
    what: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file read: how it was read, its header with every name once, and its records in order."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    records: tuple[Record | BadLine, ...]

    def column(self, name: str) -> list[str]:
        """Return the cells of one column, stripped, of all records that could be read."""
        index = self.header.index(name)
        return [record.cells[index].strip() for record in self.records if isinstance(record, Record)]


def read_table(data: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Read a file of delimited text. Raises UnreadableFile where there is nothing to read."""
    text, encoding = _decoded(data, encoding)
    lines = list(io.StringIO(text, newline=""))
    start = 0
    if lines and len(lines[0].strip("\r\n")) == 5 and lines[0].lower().startswith("sep="):
        # A line by which Excel is told the delimiter.
        delimiter, start = delimiter or lines[0][4], 1
    if delimiter is None:
        delimiter = _delimiter("".join(lines)[:_LOOKED_AT_BYTES])
    at, cells, after = _header(lines, start, delimiter)
    header = _unique_names(cells)
    records = tuple(_records(lines, after, delimiter, len(header)))
    if not records:
        raise UnreadableFile("The file has a header and nothing below it.")
    return Table(encoding=encoding, delimiter=delimiter, header=header, header_line=at + 1, records=records)


def _decoded(data: bytes, encoding: str | None) -> tuple[str, str]:
    """Return the text and the name of its encoding."""
    if encoding is None:
        if data.startswith(_SPREADSHEETS):
            raise UnreadableFile("This is a spreadsheet or an archive. Save it as CSV and bring that.")
        encoding = _encoding(data)
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise UnreadableFile(f"There is no encoding called {encoding}.") from None
    if encoding == "utf-8":
        # Bytes that are no UTF-8 spoil the records they stand in and no others.
        return data.decode(encoding, errors="surrogateescape"), encoding
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(f"Line {line} cannot be read as {encoding}. Choose another encoding.") from None


def _encoding(data: bytes) -> str:
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name
    sample = data[:_LOOKED_AT_BYTES]
    if b"\0" in sample:
        return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    text = data.decode(errors="surrogateescape")
    broken = sum("\udc80" <= character <= "\udcff" for character in text)
    whole = sum(character > "\x7f" for character in text) - broken
    if whole >= 4 * broken:
        return "utf-8"
    if sum(byte > 127 for byte in sample) > _OTHER_SCRIPT * len(sample):
        # Cut between lines, never inside a character.
        best = from_bytes(sample[: sample.rfind(b"\n") + 1] or sample, cp_isolation=_OTHER_SCRIPTS).best()
        if best is not None and best.encoding != "cp1252":
            return str(best.encoding)
    return max(_CODE_PAGES, key=lambda page: _expected(data, *page))[0]


def _expected(data: bytes, codec: str, letters: str) -> float:
    """Return how many of the characters beyond ASCII are letters that this code page is used for."""
    try:
        beyond = [character for character in data.decode(codec) if character > "\x7f"]
    except UnicodeDecodeError:
        return -1
    telling = [character for character in beyond if character not in _PUNCTUATION]
    return sum(character in letters for character in telling) / max(len(telling), 1)


def _delimiter(sample: str) -> str:
    """Return the delimiter that divides most records into equally many cells, and into many."""

    def quality(candidate: str) -> float:
        widths = Counter(len(cells) for cells in _first_rows(sample, candidate))
        if not widths:
            return 0
        width, times = widths.most_common(1)[0]
        return times / widths.total() * (1 - 1 / width)

    return max(DELIMITERS, key=quality)


def _first_rows(sample: str, delimiter: str) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        for _, cells in zip(range(_LOOKED_AT_RECORDS), rows, strict=False):
            if any(cells):
                yield cells
    except csv.Error:
        return


def _record(lines: list[str], start: int, delimiter: str) -> tuple[list[str] | None, int]:
    """Read the record that begins on a line; return its cells, None if they are broken, and the line after it."""
    rows = csv.reader(
        map(lines.__getitem__, range(start, len(lines))), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    try:
        return next(rows), start + rows.line_num
    except csv.Error:
        return None, start + 1


def _header(lines: list[str], start: int, delimiter: str) -> tuple[int, list[str], int]:
    """Find the header below any title: the first record with most of its cells filled, of the usual width."""
    found: list[tuple[int, list[str], int]] = []
    while start < len(lines) and len(found) < _HEADER_WITHIN:
        cells, after = _record(lines, start, delimiter)
        if cells and any(cell.strip() for cell in cells):
            found.append((start, cells, after))
        start = after
    if not found:
        raise UnreadableFile("The file is empty.")
    width = Counter(len(cells) for _, cells, _ in found).most_common(1)[0][0]
    for candidate in found:
        cells = candidate[1]
        if len(cells) >= width and sum(bool(cell.strip()) for cell in cells) * 2 > width:
            return candidate
    return found[0]


def _unique_names(cells: list[str]) -> tuple[str, ...]:
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column {number}"
        twin = 2
        unique = name
        while unique in names:
            unique = f"{name} ({twin})"
            twin += 1
        names.append(unique)
    return tuple(names)


def _records(lines: list[str], start: int, delimiter: str, width: int) -> Iterator[Record | BadLine]:
    """Yield each record. After a broken quotation go on with the very next line, so that no other is lost with it."""
    mending = False
    while start < len(lines):
        cells, after = _record(lines, start, delimiter)
        text = "".join(lines[start:after])
        what = _fault(cells, text, width, mending=mending)
        if what:
            yield BadLine(line=start + 1, what=what, where="", text=_presentable(text))
        elif cells and any(cell.strip() for cell in cells):
            yield Record(line=start + 1, cells=tuple(cells[:width]), text=text)
        mending = cells is None or (mending and bool(what))
        start = after


def _fault(cells: list[str] | None, text: str, width: int, *, mending: bool) -> str:
    """Say what is wrong with a record, or nothing. `mending` says that a broken quotation stands just above."""
    if cells is None:
        return _BROKEN_QUOTATION
    if not any(cell.strip() for cell in cells):
        return ""
    if mending and any('"' in cell for cell in cells) and '""' not in text:
        # The end of what was opened above, which only looks like a record.
        return _BROKEN_QUOTATION
    if any("\udc80" <= character <= "\udcff" for character in text):
        return "some bytes are not UTF-8, unlike the rest of the file"
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        return f"there are {len(cells)} cells where the header has {width}"
    return ""


def _presentable(line: str) -> str:
    return line.encode(errors="surrogateescape").decode(errors="replace")
