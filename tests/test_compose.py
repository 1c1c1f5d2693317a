"""docker-compose.yml, Dockerfile and nginx.conf name only what exists here; no container engine is needed to see it."""

import re
import shutil
import subprocess
import sys
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from benchmarks.nginx import in_front_of
from config.embedded.programs import free_port
from tests.config.test_operating import settings_variables
from trustscore.ledger.files import LogFiles

PROJECT = Path(__file__).resolve().parents[1]
OURS = {"migrate", "web", "worker", "beat"}
IMAGES = {"postgres": "postgres:18", "valkey": "valkey/valkey:9", "nginx": "nginx:stable"}


@pytest.fixture(scope="module")
def compose() -> Any:
    """The file as Compose reads it, before variables are filled in."""
    return yaml.safe_load((PROJECT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def nginx() -> str:
    """The configuration of the nginx in front."""
    return (PROJECT / "deploy" / "nginx.conf").read_text()


def test_every_service_is_ours_or_a_known_image(compose: Any) -> None:
    built = {name for name, service in compose["services"].items() if service.get("build") == "."}
    images = {name: service["image"] for name, service in compose["services"].items() if "image" in service}
    assert (built, images) == (OURS, IMAGES)


def test_our_variables_are_settings_and_only_migrate_may_change_tables(compose: Any) -> None:
    known = settings_variables()
    for name in OURS:
        given = set(compose["services"][name]["environment"])
        assert given <= known, name
        assert ("DATABASE_OWNER_URL" in given) == (name == "migrate")


def test_postgres_is_given_every_password_that_its_roles_read(compose: Any) -> None:
    given = set(compose["services"]["postgres"]["environment"])
    read = set(re.findall(r"^\\getenv \w+ (\w+)", (PROJECT / "config/embedded/cluster.sql").read_text(), re.MULTILINE))
    assert given - read == {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"}
    assert read - given == set()


def test_every_variable_to_fill_in_stands_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (PROJECT / "docker-compose.yml").read_text()))
    example = re.findall(r"^(\w+)=", (PROJECT / "deploy" / "env.example").read_text(), re.MULTILINE)
    assert sorted(asked) == sorted(example)


def test_every_command_exists(compose: Any) -> None:
    scripts = Path(sys.executable).parent
    for name in OURS:
        program, *words = compose["services"][name]["command"]
        assert (scripts / program).exists(), name
        if program == "python":
            assert words[0] == "manage.py"
            assert words[1] in get_commands()
        if program == "granian":
            module, _, attribute = words[-1].partition(":")
            assert callable(getattr(import_module(module), attribute))
        if program == "celery":
            assert words[0] == "--app=config"
            assert words[1] in {"worker", "beat"}


def test_options_of_the_programs_are_known_to_them(compose: Any) -> None:
    scripts = Path(sys.executable).parent
    for name, asking in {"web": ["--help"], "worker": ["worker", "--help"], "beat": ["beat", "--help"]}.items():
        program, *words = compose["services"][name]["command"]
        shown = subprocess.run([scripts / program, *asking], capture_output=True, text=True, check=True).stdout
        for word in words:
            option = word.partition("=")[0]
            assert not option.startswith("--") or option in {"--app"} or option in shown, (name, option)


def test_every_file_that_is_mounted_or_copied_exists(compose: Any) -> None:
    mounts = [mount for service in compose["services"].values() for mount in service.get("volumes", [])]
    files = {mount.split(":")[0] for mount in mounts if mount.startswith("./")}
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith("./")}
    assert [name for name in files if not (PROJECT / name).is_file()] == []
    assert named == set(compose["volumes"])
    copied = re.findall(r"^COPY (.+) \S+$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
    assert [name for line in copied for name in line.split() if not (PROJECT / name).exists()] == []


def test_every_command_of_the_dockerfile_exists() -> None:
    commands = re.findall(r"manage\.py (\w+)", (PROJECT / "Dockerfile").read_text())
    assert commands == ["install", "collectstatic"]
    assert "collectstatic" in get_commands()


def test_services_wait_for_services_that_exist(compose: Any) -> None:
    for name, service in compose["services"].items():
        for other, how in service.get("depends_on", {}).items():
            waited = compose["services"][other]
            assert how["condition"] in {"service_healthy", "service_completed_successfully"}, name
            assert ("healthcheck" in waited) == (how["condition"] == "service_healthy"), (name, other)


def test_the_health_check_asks_a_page_that_exists(compose: Any) -> None:
    words = compose["services"]["web"]["healthcheck"]["test"]
    assert words[:4] == ["CMD", "python", "-m", "config.probe"]
    assert resolve("/health/ready").url_name == "health_ready"
    assert words[4] == "http://localhost:8000/health/ready"


def test_nginx_passes_on_to_the_web_service(compose: Any, nginx: str) -> None:
    assert re.findall(r"^\s*server (\S+);", nginx, re.MULTILINE) == ["web:8000"]
    assert "--port=8000" in compose["services"]["web"]["command"]
    assert compose["services"]["nginx"]["ports"] == ["${CANDOR_PORT:-80}:80"]
    assert compose["services"]["nginx"]["volumes"][0] == "./deploy/nginx.conf:/etc/nginx/nginx.conf:ro"


def test_nginx_understands_its_configuration(nginx: str, tmp_path: Path) -> None:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed.")
    tried = tmp_path / "nginx.conf"
    here = nginx.replace("web:8000", "127.0.0.1:8000").replace("/tmp/", f"{tmp_path}/")  # noqa: S108
    tried.write_text(here)
    result = subprocess.run([program, "-t", "-c", str(tried)], capture_output=True, text=True, check=False)
    assert "syntax is ok" in result.stderr, result.stderr


def test_nginx_serves_the_log_without_the_program_and_never_its_key(compose: Any, nginx: str, tmp_path: Path) -> None:
    environment = compose["services"]["worker"]["environment"]
    assert f"ledger:{environment['LEDGER_DIR']}:ro" in compose["services"]["nginx"]["volumes"]
    for key in ("LEDGER_KEY_FILE", "LEDGER_WITNESS_KEY_FILE"):
        assert not environment[key].startswith(environment["LEDGER_DIR"])
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed.")
    write_log(tmp_path / "srv" / "ledger")
    with in_front_of(free_port(), static=b"", served=tmp_path / "srv") as (port, _):
        asked = ("checkpoint", "cosigned", "key", "tile/0/000.p/1", "ledger.key", ".lock")
        answers = {path: ask(port, path) for path in asked}
    assert answers == {
        "checkpoint": (200, "text/plain; charset=utf-8", "public, max-age=5"),
        "cosigned": (200, "text/plain; charset=utf-8", "public, max-age=5"),
        "key": (200, "text/plain; charset=utf-8", "public, max-age=300"),
        "tile/0/000.p/1": (200, "application/octet-stream", "public, max-age=31536000, immutable"),
        # The program is asked for everything else, and there is none here.
        "ledger.key": (502, "text/html", None),
        ".lock": (502, "text/html", None),
    }


def write_log(folder: Path) -> None:
    """A log of one entry."""
    files = LogFiles(folder)
    files.extend(old=0, new=1, entries=[b"{}"])
    files.publish_key("reviews.example/ledger+1+A")
    for name in ("checkpoint", "cosigned"):
        (folder / name).write_text("reviews.example/ledger\n")


def ask(port: int, path: str) -> tuple[int, str | None, str | None]:
    """Status, type and how long it may be kept."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", f"/ledger/{path}")
    answer = connection.getresponse()
    connection.close()
    return answer.status, answer.getheader("Content-Type"), answer.getheader("Cache-Control")
