"""`manage.py test`: real servers that forget everything, the checkers, and pytest."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.embedded.servers import throwaway_servers
from config.embedded.venv import PROJECT

# A worker a core; stories that share one program stay on one worker.
IN_PARALLEL = ["-n", "auto", "--dist", "loadgroup"]
CHECKERS: Mapping[str, Sequence[str]] = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy --strict": ["mypy", "."],
    "import-linter": ["lint-imports"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
}


@dataclass(frozen=True)
class _Check:
    """A checker at work; what it says is shown only when it fails."""

    name: str
    process: subprocess.Popen[bytes]
    said: IO[bytes]


def run_tests(arguments: Sequence[str]) -> int:
    """Run the checkers and all of pytest, or pytest alone with `arguments`; 0 when everything passed.

    Raises CannotStart when the servers for the tests cannot be started.
    """
    browser = _browser_options()
    with throwaway_servers() as servers:
        environment = {**os.environ, **servers, "EMAIL_URL": "smtp://127.0.0.1:1"}
        if arguments:
            return _pytest([*browser, *arguments], environment)
        checks = [_start(name, command, environment) for name, command in CHECKERS.items()]
        tests = _pytest([*IN_PARALLEL, *browser], environment)
        failed = [check.name for check in checks if not _passed(check)]
    if tests:
        failed.append("pytest")
    print(f"Failed: {', '.join(failed)}." if failed else "Everything passed.", flush=True)
    return 1 if failed else 0


def _pytest(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], env=environment, cwd=PROJECT, check=False
    ).returncode


def _start(name: str, command: Sequence[str], environment: Mapping[str, str]) -> _Check:
    said = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the checker has ended.
    program = Path(sys.executable).with_name(command[0])
    process = subprocess.Popen(
        [str(program), *command[1:]], env=environment, cwd=PROJECT, stdout=said, stderr=subprocess.STDOUT
    )
    return _Check(name, process, said)


def _passed(check: _Check) -> bool:
    code = check.process.wait()
    with check.said:
        check.said.seek(0)
        words = check.said.read().decode(errors="replace")
    print(f"{check.name}: passed" if code == 0 else f"{check.name}: failed\n{words}", flush=True)
    return code == 0


def _browser_options() -> list[str]:
    """Nothing where Debian's chromium is there or can be installed, else the option that leaves its tests out."""
    if shutil.which("chromium") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing chromium for the browser tests.", flush=True)
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "-qq", "chromium"]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    if shutil.which("chromium"):
        return []
    print("The browser tests are left out: Debian's package chromium is not installed.", flush=True)
    return ["-m", "not browser"]
