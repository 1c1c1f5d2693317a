"""The project's own virtual environment, made and kept current before anything else runs.

Only the standard library is used here: this is what runs when nothing is installed yet.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from config.embedded.errors import CannotStart

PROJECT = Path(__file__).resolve().parents[2]
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "candor.stamp"
REQUIREMENTS = PROJECT / "requirements"
# What runs the program, and that plus what tests it.
BASE, DEV = "base", "dev"
COMPILE = ["pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11"]
COMPILE += ["--generate-hashes", "--no-emit-index-url", "--no-header"]


def enter(kind: str) -> None:
    """Go on in the project's environment, with everything of `kind` installed.

    Returns only when this process runs in it already; otherwise replaces this process. Raises CannotStart
    when the environment cannot be made.
    """
    changed = install(kind)
    if changed or Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])  # noqa: S606 - no shell is wanted.


def install(kind: str) -> bool:
    """Install what `kind` needs unless the stamp says that it is there; whether anything was done.

    Raises CannotStart when that fails.
    """
    if _is_current(kind):
        return False
    with _only_one():
        if _is_current(kind):
            return False
        _make(DEV if _stamp().startswith(DEV) else kind)
    return True


def lock() -> None:
    """Compile requirements/*.txt from pyproject.toml, with hashes. Raises CannotStart without uv."""
    uv = shutil.which("uv")
    if uv is None:
        raise CannotStart("Compiling the requirements needs uv, which is not installed.")
    _run([uv, *COMPILE, "-o", "requirements/base.txt"], "The requirements could not be compiled.")
    _run(
        [uv, *COMPILE, "--group", "dev", "-o", "requirements/dev.txt"],
        "The requirements could not be compiled.",
    )


def _is_current(kind: str) -> bool:
    if not PYTHON.exists():
        return False
    wanted = {_stamp_of(DEV)} if kind == DEV else {_stamp_of(BASE), _stamp_of(DEV)}
    return _stamp() in wanted


def _stamp() -> str:
    return STAMP.read_text().strip() if STAMP.exists() else ""


def _stamp_of(kind: str) -> str:
    digest = hashlib.sha256(_python_version().encode())
    for name in (BASE, DEV):
        digest.update((REQUIREMENTS / f"{name}.txt").read_bytes())
    return f"{kind} {digest.hexdigest()}"


def _python_version() -> str:
    """The version the environment was made with, as its own file says; ours where there is no environment."""
    settings = VENV / "pyvenv.cfg"
    if settings.exists():
        for line in settings.read_text().splitlines():
            name, _, value = line.partition("=")
            if name.strip() in {"version", "version_info"}:
                return ".".join(value.strip().split(".")[:2])
    return _our_version()


def _our_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _make(kind: str) -> None:
    uv = shutil.which("uv")
    sys.stderr.write("Installing what Candor needs into .venv: a moment, and only now.\n")
    if PYTHON.exists() and not _runs():
        shutil.rmtree(VENV)
    if not PYTHON.exists():
        _create(uv)
    requirements = ["--require-hashes", "-r", str(REQUIREMENTS / f"{kind}.txt")]
    failure = "The requirements could not be installed; the lines above say why."
    _run([*_installer(uv), "--quiet", *requirements], failure)
    STAMP.write_text(f"{_stamp_of(kind)}\n")


def _installer(uv: str | None) -> list[str]:
    """The command that installs into the environment. Raises CannotStart when there is none."""
    if uv:
        return [uv, "pip", "install", "--python", str(PYTHON)]
    if not _has_pip():
        if find_spec("pip"):
            # The option comes before the command: pip runs itself again with that interpreter.
            return [sys.executable, "-m", "pip", "--python", str(PYTHON), "install"]
        if not find_spec("ensurepip"):
            raise _needs_venv()
        _run([str(PYTHON), "-m", "ensurepip"], "pip could not be put into .venv; the lines above say why.")
    return [str(PYTHON), "-m", "pip", "install"]


def _has_pip() -> bool:
    return (VENV / "lib" / f"python{_python_version()}" / "site-packages" / "pip").is_dir()


def _create(uv: str | None) -> None:
    failure = f"No virtual environment could be made in {VENV}; the lines above say why."
    if uv:
        _run([uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(VENV)], failure)
    elif find_spec("ensurepip"):
        _run([sys.executable, "-m", "venv", str(VENV)], failure)
    elif find_spec("pip"):
        _run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], failure)
    else:
        raise _needs_venv()


def _runs() -> bool:
    """Whether the environment's Python still is the one its packages were installed for."""
    try:
        told = subprocess.run(
            [str(PYTHON), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return False
    return told.stdout.strip() == _python_version()


def _needs_venv() -> CannotStart:
    return CannotStart("Python comes without venv and pip here: install the package python3-venv and try again.")


def _run(command: Sequence[str], failure: str) -> None:
    try:
        # What the command itself will say must not begin with the words of an installer.
        result = subprocess.run(command, cwd=PROJECT, check=False, stdout=sys.stderr.fileno())
    except OSError as error:
        raise CannotStart(f"{failure} ({error.strerror})") from error
    if result.returncode != 0:
        raise CannotStart(failure)


@contextmanager
def _only_one() -> Iterator[None]:
    """Keep a second start from installing at the same time."""
    try:
        lock_file = (PROJECT / ".venv.lock").open("w")
    except OSError as error:
        raise CannotStart(
            f"The project's folder {PROJECT} cannot be written to ({error.strerror}), and .venv is to be made there."
        ) from error
    with lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        yield
