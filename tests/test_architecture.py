"""Holds the house to its plan (docs/architecture.md). import-linter holds the directions of imports."""

import ast
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

HOUSE: Path = settings.BASE_DIR
APPS = sorted(config.name for config in apps.get_app_configs() if Path(config.path).parent == HOUSE)
MOST_LINES_OF_FILE = 400
# Whoever doubts us downloads one file and needs no other.
MAY_BE_LONGER = {"trustscore/verify.py": 620}
MOST_LINES_OF_FUNCTION = 40
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc"}
# Modules that import within functions, and why they may.
IMPORTS_LATER = {
    "manage.py": "it finds the virtual environment before anything of it can be imported",
    "tests/faults/postmen.py": "models can be imported only after django.setup, which it calls itself",
    "tests/faults/sequencers.py": "models can be imported only after django.setup, which it calls itself",
    "benchmarks/": "models can be imported only after the servers run and the settings know them",
}
# What a module imports that meets the world: requests, forms, tasks. Such a module asks queries and tells services.
FACES_THE_WORLD = ("django.http", "django.shortcuts", "django.forms", "django.urls", "rest_framework", "celery")
FACES_THE_WORLD_AND_READS = {
    "businesses/access.py": "the door itself: the way from a request to a business and a membership",
}


def sources() -> list[str]:
    """Every module that we wrote, but migrations, as a path from the top of the house."""
    folders = [HOUSE / name for name in (*APPS, "tests", "benchmarks")]
    found = [HOUSE / "manage.py", *(path for folder in folders for path in folder.rglob("*.py"))]
    return sorted(str(path.relative_to(HOUSE)) for path in found if "migrations" not in path.parts)


def sources_of_apps() -> list[str]:
    """Those of the product: neither tests nor benchmarks."""
    return [source for source in sources() if source.split("/")[0] in APPS]


@cache
def text_of(source: str) -> str:
    """The module as it is written."""
    return (HOUSE / source).read_text()


@cache
def tree_of(source: str) -> ast.Module:
    """The module as Python reads it."""
    return ast.parse(text_of(source))


def functions_of(source: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods of a module, those within others too."""
    return [each for each in ast.walk(tree_of(source)) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]


def imported_by(source: str) -> set[str]:
    """The full names of the modules that a module imports, and of the names that it takes from them."""
    found = set()
    for each in ast.walk(tree_of(source)):
        if isinstance(each, ast.Import):
            found |= {alias.name for alias in each.names}
        elif isinstance(each, ast.ImportFrom):
            found |= {each.module or ""} | {f"{each.module}.{alias.name}" for alias in each.names}
    return found


def touches_objects(source: str) -> bool:
    """Whether a module asks a model's manager."""
    return any(isinstance(each, ast.Attribute) and each.attr == "objects" for each in ast.walk(tree_of(source)))


def test_the_house_was_found() -> None:
    assert APPS == [
        "api", "billing", "businesses", "config", "dashboard", "integrations", "invitations", "lib", "links", "reviews",
        "surveys", "trustscore", "widgets",
    ]  # fmt: skip
    assert len(sources()) > 300


def test_no_file_is_too_long_to_be_read_in_one_sitting() -> None:
    lengths = {source: len(text_of(source).splitlines()) for source in sources()}
    longest = {source: MAY_BE_LONGER.get(source, MOST_LINES_OF_FILE) for source in lengths}
    assert {source: length for source, length in lengths.items() if length > longest[source]} == {}


def test_no_function_is_too_long_to_be_seen_at_once() -> None:
    lengths = {
        f"{source}: {each.name}": (each.end_lineno or 0) - each.lineno + 1
        for source in sources()
        for each in functions_of(source)
    }
    assert {name: length for name, length in lengths.items() if length > MOST_LINES_OF_FUNCTION} == {}


def test_imports_stand_at_the_top() -> None:
    later = {
        source
        for source in sources()
        for function in functions_of(source)
        for each in ast.walk(function)
        if isinstance(each, ast.Import | ast.ImportFrom)
    }
    assert {source for source in later if not source.startswith(tuple(IMPORTS_LATER))} == set()


def test_nothing_is_imported_for_types_only() -> None:
    # Put together, so that this line is not what it looks for.
    crutch = "TYPE_" + "CHECKING"
    assert [source for source in sources() if crutch in text_of(source)] == []


def test_every_module_is_named_after_what_it_holds() -> None:
    assert [source for source in sources() if NAMES_THAT_SAY_NOTHING & set(Path(source).with_suffix("").parts)] == []


def test_what_faces_the_world_asks_queries_and_tells_services() -> None:
    found = {
        source
        for source in sources_of_apps()
        if touches_objects(source) and any(name.startswith(FACES_THE_WORLD) for name in imported_by(source))
    }
    assert found == set(FACES_THE_WORLD_AND_READS)


@pytest.mark.parametrize("ending", ["html", "txt"])
def test_templates_ask_nothing_of_the_database(ending: str) -> None:
    templates = list((HOUSE / "templates").rglob(f"*.{ending}"))
    assert templates
    assert [str(path) for path in templates if ".objects" in path.read_text()] == []


def test_every_public_function_and_class_says_what_it_means() -> None:
    silent = [
        f"{source}: {each.name}"
        for source in sources_of_apps()
        for each in tree_of(source).body
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not each.name.startswith("_") and not ast.get_docstring(each)
    ]
    assert silent == []
