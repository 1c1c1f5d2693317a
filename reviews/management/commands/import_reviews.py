"""`import_reviews`: takes an export of reviews from elsewhere as it comes."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from businesses.models import Business
from lib.errors import DomainError
from lib.tenancy import for_business, for_service
from reviews.importing.dates import DateOrder
from reviews.importing.mapping import Field, map_columns
from reviews.importing.reading import Table, read_table
from reviews.importing.services import ImportReport, bad_lines_file, import_reviews
from reviews.importing.uploads import sentence

SHOWN = 20


class Command(BaseCommand):
    """Shows how the file is read, stores its good lines, and names the bad ones; running it again adds nothing."""

    help = "Import reviews from a CSV file. They are labelled imported, shown, and not counted."

    def add_arguments(self, parser: CommandParser) -> None:
        fields = ", ".join(field.value for field in Field)
        parser.add_argument("file", type=Path)
        parser.add_argument("--business", required=True, metavar="SLUG", help="the business, as in its page's address")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help=f"read a field from a column; the fields are {fields}; =FIELD reads it from none",
        )
        parser.add_argument("--scale", type=int, metavar="N", help="where the scale of the stars ends")
        parser.add_argument("--dates", choices=["day-first", "month-first"], help="how 03/04/2026 is read")
        parser.add_argument("--encoding", help="of the file, where the guess is wrong")
        parser.add_argument("--source", default="", metavar="NAME", help="where they come from, such as Trustpilot")
        parser.add_argument("--bad", type=Path, metavar="FILE", help="write the bad lines there, to be mended")
        parser.add_argument("--dry-run", action="store_true", help="show what would happen and store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        business = _business(options["business"])
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        try:
            table = read_table(data, encoding=options["encoding"])
            mapping = map_columns(
                table, overrides=_overrides(options["map"]), top=options["scale"], order=_order(options["dates"])
            )
            self.stdout.write(f"Read as {table.encoding}, cells divided by {table.delimiter!r}.")
            for sentence in mapping.explained():
                self.stdout.write(f"  {sentence}")
            with for_business(business) as now:
                report = import_reviews(
                    business=business,
                    table=table,
                    mapping=mapping,
                    imported_from=options["source"],
                    actor="import_reviews",
                    now=now,
                    dry_run=options["dry_run"],
                )
        except DomainError as refused:
            raise CommandError(refused.message) from refused
        self._tell(report, table, bad_file=options["bad"], dry_run=options["dry_run"])

    def _tell(self, report: ImportReport, table: Table, *, bad_file: Path | None, dry_run: bool) -> None:
        for line in report.bad[:SHOWN]:
            self.stdout.write(sentence(line))
        if len(report.bad) > SHOWN:
            self.stdout.write(f"… and {len(report.bad) - SHOWN} more bad lines.")
        if report.bad and bad_file:
            bad_file.write_text(bad_lines_file(table, report.bad), encoding="utf-8")
            self.stdout.write(f"The bad lines are in {bad_file}. Mend them there and import that file.")
        stored = "would be stored" if dry_run else "stored"
        self.stdout.write(f"{report.stored} {stored}, {report.known} here already, {len(report.bad)} bad lines.")


def _business(slug: str) -> Business:
    with for_service("the business to import into"):
        found = Business.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no business “{slug}”. Its code stands in the address of its page.")
    return found


def _overrides(given: list[str]) -> dict[Field, str]:
    overrides = {}
    for each in given:
        column, equals, name = each.rpartition("=")
        try:
            overrides[Field(name)] = column
        except ValueError as error:
            known = ", ".join(field.value for field in Field)
            raise CommandError(f"“{each}” is not COLUMN=FIELD with one of these fields: {known}.") from error
        if not equals:
            raise CommandError(f"“{each}” is not COLUMN=FIELD.")
    return overrides


def _order(words: str | None) -> DateOrder | None:
    return DateOrder(words.replace("-", " ")) if words else None
