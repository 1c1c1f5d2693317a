"""Keeps the catalogues of words up to date."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import catalogues


class Command(BaseCommand):
    """Finds the words that are translated, brings locale/*/LC_MESSAGES/django.po up to date and compiles it."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """A new language is added by naming it."""
        parser.add_argument("languages", nargs="*", help="languages to write; without any, those that exist")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the catalogues and says what is left to translate."""
        source = catalogues.template()
        for language in options["languages"] or catalogues.languages():
            words = catalogues.up_to_date(language, source)
            path = catalogues.po_path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(catalogues.as_po(words))
            path.with_suffix(".mo").write_bytes(catalogues.as_mo(words))
            left = list(catalogues.untranslated(words))
            self.stdout.write(f"{language}: {len(words)} messages, {len(left)} without a translation")
            for message in left:
                self.stdout.write(f"  {message.id!r}")
