"""The catalogues of words in locale/: found in the source, kept up to date, compiled. English is the source itself."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
FOLDERS_WITHOUT_WORDS = {"tests", "benchmarks", "node_modules", "staticfiles", "migrations", "docs"}

_METHODS = [("**.py", "python"), *((f"templates/**.{kind}", "jinja2") for kind in ("html", "txt", "svg"))]
_AS_PAGES_ARE = {"extensions": "jinja2.ext.do", "trim_blocks": "true", "lstrip_blocks": "true"}
_OPTIONS = {f"templates/**.{kind}": _AS_PAGES_ARE for kind in ("html", "txt", "svg")}

# Catalogues carry a date because the format has one; a fixed one keeps differences to the words.
_DATE = datetime(2026, 11, 22, tzinfo=UTC)
_HEADER = """\
# Words of Candor. `manage.py messages` keeps this file up to date and compiles it.
#"""


def template() -> Catalog:
    """All words that the source wraps for translation, with where they stand."""
    found = Catalog(project="Candor", charset="utf-8", creation_date=_DATE)
    for path, line, message, comments, context in extract_from_dir(
        ROOT,
        _METHODS,
        _OPTIONS,
        comment_tags=("Translators:",),
        directory_filter=_may_have_words,
        strip_comment_tags=True,
    ):
        found.add(message, None, [(path, line)], auto_comments=comments, context=context)
    return found


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(folder.parent.name for folder in LOCALE.glob("*/LC_MESSAGES"))


def po_path(language: str) -> Path:
    """Where the words of a language are written."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is written, empty when there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(
            locale=language,
            project="Candor",
            version="1",
            msgid_bugs_address="",
            last_translator="Candor",
            language_team=language,
            creation_date=_DATE,
            revision_date=_DATE,
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def up_to_date(language: str, source: Catalog) -> Catalog:
    """A language's catalogue with exactly the words of the source; what has no translation yet has an empty one."""
    words = catalogue(language)
    source.creation_date = words.creation_date
    words.update(source, no_fuzzy_matching=True, update_header_comment=False)
    words.header_comment = _HEADER
    words.obsolete.clear()
    return words


def as_po(words: Catalog) -> bytes:
    """The file that people edit: sorted, with files but no line numbers, so that a change shows only itself."""
    file = io.BytesIO()
    write_po(file, words, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return file.getvalue()


def as_mo(words: Catalog) -> bytes:
    """The file that the program reads."""
    file = io.BytesIO()
    write_mo(file, words)
    return file.getvalue()


def untranslated(words: Catalog) -> Iterator[Message]:
    """Messages without a translation, or with one form of several missing."""
    for message in words:
        forms = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        if message.id and not all(forms):
            yield message


def _may_have_words(folder: str) -> bool:
    name = Path(folder).name
    return not name.startswith((".", "__")) and name not in FOLDERS_WITHOUT_WORDS
