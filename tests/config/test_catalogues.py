"""Swedish is complete: every word of the source is in the catalogue, translated, with the same places to fill in."""

import re

import pytest
from babel.messages.catalog import Catalog, Message

from config import catalogues

PLACES = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def source() -> Catalog:
    """All words of the source."""
    return catalogues.template()


@pytest.mark.parametrize("language", catalogues.languages())
def test_a_catalogue_holds_exactly_the_words_of_the_source(source: Catalog, language: str) -> None:
    written = catalogues.catalogue(language)

    assert {_key(each) for each in written if each.id} == {_key(each) for each in source if each.id}, (
        "run `python3 manage.py messages` and translate what it names"
    )
    assert [each.id for each in catalogues.untranslated(written)] == []
    assert [each.id for each in written if each.fuzzy] == []


@pytest.mark.parametrize("language", catalogues.languages())
def test_what_the_program_reads_is_what_people_edit(source: Catalog, language: str) -> None:
    path = catalogues.po_path(language)

    assert path.with_suffix(".mo").read_bytes() == catalogues.as_mo(catalogues.catalogue(language))
    assert path.read_bytes() == catalogues.as_po(catalogues.up_to_date(language, source))


@pytest.mark.parametrize("language", catalogues.languages())
def test_a_translation_fills_in_the_same_places(language: str) -> None:
    wrong = []
    for message in catalogues.catalogue(language):
        if message.id:
            originals, translations = _forms(message.id), _forms(message.string)
            offered = {place for form in originals for place in PLACES.findall(form)}
            used = [set(PLACES.findall(form)) for form in translations]
            ends = {form[-1:] in ".?:…" for form in (originals[0], translations[0])}
            if (
                any(places - offered for places in used)
                or (len(originals) == 1 and used[0] != offered)
                or len(ends) > 1
            ):
                wrong.append(message.id)
    assert wrong == []


def _forms(words: object) -> list[str]:
    return [words] if isinstance(words, str) else list(words)  # type: ignore[call-overload]


def _key(message: Message) -> tuple[str | None, tuple[str, ...]]:
    return message.context, tuple(_forms(message.id))
