"""Files that members upload: looked at first, then imported by a sweep.

    uploaded → waiting → done | failed

Every arrow is a commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import structlog
from django.db.models import Q

from businesses.models import Business, User
from lib.errors import DomainError
from lib.tenancy import for_business, for_service
from reviews.contents import one_line
from reviews.enums import ImportStatus
from reviews.importing.mapping import ColumnMapping, Field, map_columns
from reviews.importing.reading import BadLine, Table, read_table
from reviews.importing.rows import ImportedReview, read_reviews
from reviews.importing.services import ImportReport, bad_lines_file, import_reviews
from reviews.models import ReviewImport

log = structlog.get_logger()

LARGEST_FILE = 20 * 1024 * 1024
MOST_ATTEMPTS = 3
LEASE = timedelta(minutes=15)
TOLD_LINES = 50
LOOKED_AT = 3


class FileTooLarge(DomainError):
    """The file is larger than what is taken at once."""

    status = 413
    code = "file_too_large"


class AlreadyImported(DomainError):
    """The file is being imported or has been."""

    code = "already_imported"


@dataclass(frozen=True)
class Look:
    """How a file reads, before anything is stored: the first reviews, and the bad lines among all."""

    table: Table
    mapping: ColumnMapping
    first: tuple[ImportedReview, ...]
    good: int
    bad: tuple[BadLine, ...]


def upload(
    *, business: Business, file_name: str, data: bytes, imported_from: str, author: User, now: datetime
) -> ReviewImport:
    """Keeps a file to be looked at. Raises FileTooLarge, and UnreadableFile where it is no table at all."""
    if len(data) > LARGEST_FILE:
        raise FileTooLarge("The file is larger than 20 MB. Divide it, keep the header in each part, and upload them.")
    read_table(data)
    return ReviewImport.objects.create(
        business=business,
        file_name=one_line(file_name)[:200],
        imported_from=one_line(imported_from)[:60],
        data=data,
        uploaded_by=author,
        created_at=now,
    )


def look(uploaded: ReviewImport, *, columns: Mapping[Field, str], scale: int | None, now: datetime) -> Look:
    """Reads the file with these columns instead of the guessed ones. Stores nothing. Raises UnknownColumns."""
    table, mapping = _read(bytes(uploaded.data), columns, scale)
    bad: list[BadLine] = []
    good: list[ImportedReview] = []
    for each in read_reviews(table, mapping, now=now):
        if isinstance(each, BadLine):
            bad.append(each)
        else:
            good.append(each)
    return Look(table=table, mapping=mapping, first=tuple(islice(good, LOOKED_AT)), good=len(good), bad=tuple(bad))


def start(*, uploaded: ReviewImport, columns: Mapping[Field, str], scale: int | None, now: datetime) -> None:
    """Lets the sweep import the file with these columns. Raises UnknownColumns and AlreadyImported."""
    _read(bytes(uploaded.data), columns, scale)
    changed = ReviewImport.objects.filter(
        business_id=uploaded.business_id, pk=uploaded.pk, status=ImportStatus.UPLOADED
    ).update(status=ImportStatus.WAITING, columns={field.value: name for field, name in columns.items()}, scale=scale)
    if not changed:
        raise AlreadyImported("This file is being imported already.")


def import_waiting() -> int:
    """Imports one waiting file, each in a transaction of its business; returns how many. A sweep.

    A claim counts an attempt and holds for fifteen minutes before the import begins, so that no other worker takes the
    file meanwhile, and one that ends its worker is given up after three.
    """
    with for_service("files of reviews that wait") as now:
        claimed = _claim(now)
        if claimed is None:
            return 0
    if claimed.attempts > MOST_ATTEMPTS:
        _give_up(claimed, "The import was interrupted three times. Divide the file and try its parts.")
        return 1
    try:
        _import(claimed)
    except DomainError as refused:
        _give_up(claimed, refused.message)
    return 1


def _claim(now: datetime) -> ReviewImport | None:
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = ReviewImport.objects.filter(free, status=ImportStatus.WAITING).select_related("business")
    claimed = waiting.select_for_update(of=("self",), skip_locked=True).order_by("id").first()
    if claimed is not None:
        claimed.attempts += 1
        claimed.lease_until = now + LEASE
        claimed.save(update_fields=["attempts", "lease_until"])
    return claimed


def _import(claimed: ReviewImport) -> None:
    with for_business(claimed.business) as now:
        row = ReviewImport.objects.select_for_update(of=("self",)).get(business=claimed.business, pk=claimed.pk)
        if row.status != ImportStatus.WAITING:
            return
        columns = {Field(field): name for field, name in row.columns.items()}
        table, mapping = _read(bytes(row.data), columns, row.scale)
        report = import_reviews(
            business=claimed.business,
            table=table,
            mapping=mapping,
            imported_from=row.imported_from,
            actor=str(row.uploaded_by or "a former colleague"),
            now=now,
        )
        _settle(row, table, report, now=now)
    log.info("reviews_imported", stored=report.stored, known=report.known, bad=len(report.bad))


def _settle(row: ReviewImport, table: Table, report: ImportReport, *, now: datetime) -> None:
    row.status = ImportStatus.DONE
    row.stored, row.known, row.bad = report.stored, report.known, len(report.bad)
    row.told = [sentence(each) for each in report.bad[:TOLD_LINES]]
    row.bad_lines = bad_lines_file(table, report.bad) if report.bad else ""
    row.data = b""
    row.settled_at = now
    row.save()


def _give_up(claimed: ReviewImport, why: str) -> None:
    with for_business(claimed.business) as now:
        waiting = ReviewImport.objects.filter(business=claimed.business, pk=claimed.pk, status=ImportStatus.WAITING)
        waiting.update(status=ImportStatus.FAILED, told=[why], data=b"", settled_at=now)


def sentence(bad: BadLine) -> str:
    """A bad line in words: its number, the column where one is meant, and what is wrong."""
    where = f", column “{bad.where}”" if bad.where else ""
    return f"Line {bad.line}{where}: {bad.what}"


def _read(data: bytes, columns: Mapping[Field, str], scale: int | None) -> tuple[Table, ColumnMapping]:
    table = read_table(data)
    return table, map_columns(table, overrides=columns, top=scale)
