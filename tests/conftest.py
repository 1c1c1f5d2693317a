"""The cast and the stage: Acme with Alice (owner) and Bob (agent), Globex with Charlie, and Dora, a customer.

Databases: migrated once into a template, then one copy a worker; everything but the making of them runs under the
program's own login, as in production.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import psycopg2.errors
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker, Settings

from businesses.models import Business, Customer, User
from lib.ids import new_public_id
from tests.factories import make_business, make_customer, make_member, make_user
from tests.smtp import MailServer
from widgets import shelf

CHROMIUM = Path("/usr/bin/chromium")


def _maintenance(statement: str, name: str = "postgres") -> list[tuple[object, ...]]:
    owner = settings.DATABASE_OWNER
    link = psycopg2.connect(
        dbname=name,
        user=owner["USER"],
        password=owner["PASSWORD"],
        host=owner["HOST"],
        port=owner["PORT"] or None,
    )
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        link.close()


def _exists(name: str) -> str:
    return f"SELECT 1 FROM pg_database WHERE datname = '{name}'"  # noqa: S608 - Our own name.


def _use_database(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name
    login: dict[str, Any] = settings.DATABASES["default"]
    owner = settings.DATABASE_OWNER
    for variable, user, password in (
        ("DATABASE_URL", login["USER"], login["PASSWORD"]),
        ("DATABASE_OWNER_URL", owner["USER"], owner["PASSWORD"]),
    ):
        # Programs that a story starts find the same database.
        os.environ[variable] = (
            f"postgresql://{user}:{quote(password)}@/{name}?host={quote(login['HOST'], safe='')}&port={login['PORT']}"
        )


@pytest.fixture(scope="session")
def django_db_setup(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Migrates a template once for all workers of this run, and copies it for this one."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    shared = tmp_path_factory.getbasetemp().parent if worker != "alone" else tmp_path_factory.getbasetemp()
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    template, name = f"candor_template_{run}", f"candor_test_{run}_{worker}"
    with django_db_blocker.unblock():
        with Path(shared / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _maintenance(_exists(template)):
                _maintenance(f"CREATE DATABASE {template}")
                _use_database(template)
                call_command("migrate", verbosity=0)
                connection.close()
            _maintenance(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
        _use_database(name)
        yield
        connection.close()
        try:
            _maintenance(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        except psycopg2.errors.InsufficientPrivilege:
            # Autovacuum was there, whom only a superuser may end by force; without force PostgreSQL asks it to leave.
            _maintenance(f"DROP DATABASE IF EXISTS {name}")


@pytest.fixture(autouse=True)
def _own_corner_of_the_cache() -> None:
    """No story finds the limits that another has used up, though all share one Valkey."""
    cache.key_prefix = new_public_id()


@pytest.fixture(autouse=True)
def fresh_shelf() -> None:
    """What a web process keeps of widgets for some seconds must not reach the next story."""
    shelf.clear()


@pytest.fixture(autouse=True)
def own_log(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every story begins with an empty log, in files as in the database, and a key of its own."""
    folder = Path(tempfile.mkdtemp(prefix="log-", dir=tmp_path_factory.getbasetemp()))
    settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = folder / "ledger", folder / "ledger.key"
    settings.LEDGER_POLICY_FILE, settings.LEDGER_WITNESSED_FILE = folder / "ledger.policy", folder / "ledger.witnessed"
    settings.LEDGER_WITNESS_KEY_FILE = folder / "witness.key"
    yield
    shutil.rmtree(folder)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can walk to, which pytest's own are not: root's PostgreSQL keeps its data elsewhere
    when it cannot walk to the data folder, and nobody would remove that after the test."""
    folder = Path(tempfile.mkdtemp(prefix="candor-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the session; skipped with a sentence where there is none."""
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium on this machine")
    # Playwright's event loop makes Django believe that it is called from asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def alice(db: None) -> User:
    """Owner of Acme."""
    return make_user("alice@acme.example", "Alice Ahlgren")


@pytest.fixture
def bob(db: None) -> User:
    """Agent of Acme."""
    return make_user("bob@acme.example", "Bob Berg")


@pytest.fixture
def charlie(db: None) -> User:
    """Owner of Globex, who must see nothing of Acme."""
    return make_user("charlie@globex.example", "Charlie Carr")


@pytest.fixture
def acme(alice: User, bob: User) -> Business:
    """The business most stories are about."""
    business = make_business("Acme", alice)
    make_member(business, bob)
    return business


@pytest.fixture
def globex(charlie: User) -> Business:
    """The other tenant."""
    return make_business("Globex", charlie)


@pytest.fixture
def dora(acme: Business) -> Customer:
    """A customer of Acme."""
    return make_customer(acme)


@pytest.fixture
def as_alice(alice: User) -> Client:
    """A browser in which Alice is signed in."""
    return _signed_in(alice)


@pytest.fixture
def as_bob(bob: User) -> Client:
    """A browser in which Bob is signed in."""
    return _signed_in(bob)


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    """A browser in which Charlie is signed in."""
    return _signed_in(charlie)


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """A mail server on loopback that the program is told to use, and that misbehaves as a story wants."""
    with MailServer() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running
