"""The project's own environment: kept while it is current, and one sentence when it cannot be made."""

import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import PROJECT, environment_without_servers

WITHOUT = """
    import importlib.util, runpy, sys
    find = importlib.util.find_spec
    importlib.util.find_spec = lambda name, *rest: None if name in ("ensurepip", "pip") else find(name, *rest)
    sys.argv = ["manage.py", "install"]
    sys.path.insert(0, ".")
    runpy.run_path("manage.py", run_name="__main__")
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A copy of the project whose environment is as good as ours."""
    copy = tmp_path / "project"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns(".*", "tests", "templates", "static"))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(copy / ".venv")], check=True)
    packages = next(path for path in map(Path, sys.path) if (path / "django").is_dir())
    site = next((copy / ".venv" / "lib").glob("python3*")) / "site-packages"
    (site / "packages.pth").write_text(f"{packages}\n")
    shutil.copy(PROJECT / ".venv" / "candor.stamp", copy / ".venv" / "candor.stamp")
    yield copy


def _run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # Neither uv nor an index: whoever tries to install something fails at once.
    alone = environment_without_servers() | {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    return subprocess.run(
        [sys.executable, *words], cwd=project, env=alone, capture_output=True, text=True, check=False, timeout=100
    )


def test_what_is_installed_for_the_tests_is_enough_to_run(project: Path) -> None:
    assert (project / ".venv" / "candor.stamp").read_text().startswith("dev ")
    shown = _run(project, "manage.py", "version")
    assert (shown.returncode, shown.stderr, shown.stdout[:2]) == (0, "", "5.")


def test_changed_requirements_are_installed_or_said_to_be_missing(project: Path) -> None:
    with (project / "requirements" / "dev.txt").open("a") as requirements:
        requirements.write("candor-has-no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n")
    refused = _run(project, "manage.py", "version")
    assert refused.returncode == 1
    said = refused.stderr.splitlines()
    assert said[0] == "Installing what Candor needs into .venv: a moment, and only now."
    assert said[-1] == "The requirements could not be installed; the lines above say why."
    again = _run(project, "manage.py", "version")
    assert again.returncode == 1


def test_a_python_without_venv_and_pip_is_one_sentence(project: Path) -> None:
    shutil.rmtree(project / ".venv")
    refused = _run(project, "-c", textwrap.dedent(WITHOUT))
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        1,
        "Python comes without venv and pip here: install the package python3-venv and try again.",
    )
    assert not (project / ".venv").exists()
