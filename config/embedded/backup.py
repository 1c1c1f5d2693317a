"""`manage.py backup` and `manage.py restore`: the database of a data folder as one file, and back."""

import argparse
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.embedded.binaries import find_binaries
from config.embedded.datafolder import DataFolder
from config.embedded.errors import CannotStart
from config.embedded.servers import Servers, servers_of
from config.embedded.users import server_user


def backup(arguments: Sequence[str], data: DataFolder) -> int:
    """Dump the database into a file that only its owner reads; the exit code.

    Works beside a running program. Raises CannotStart.
    """
    target = _file("backup", arguments)
    if "DATABASE_URL" in os.environ:
        raise CannotStart("DATABASE_URL names a server of your own: run its own pg_dump (docs/operating.md, Backups).")
    if target.exists():
        raise CannotStart(f"{target} is there already: name a new file.")
    data.open()
    if data.is_new:
        raise CannotStart(f"There is nothing to back up in {data.path}.")
    if data.lock():
        with servers_of(data) as servers:
            return _dump(target, data, sockets=servers.postgres.sockets)
    running = data.running()
    if running is None:
        raise CannotStart(f"Another command uses {data.path}: wait for it.")
    return _dump(target, data, sockets=Path(running.sockets))


def restore(arguments: Sequence[str], data: DataFolder) -> int:
    """Fill a new data folder from a dump; the exit code. Raises CannotStart when the folder is not new."""
    source = _file("restore", arguments)
    if not source.is_file():
        raise CannotStart(f"There is no file {source}.")
    data.open()
    if not data.is_new or not data.lock():
        raise CannotStart(f"{data.path} is in use already: name a new folder with --data.")
    with servers_of(data) as servers:
        return _fill(source, servers)


def _file(command: str, arguments: Sequence[str]) -> Path:
    parser = argparse.ArgumentParser(prog=f"manage.py {command}")
    parser.add_argument("file", type=Path)
    return Path(parser.parse_args(arguments).file).absolute()


def _dump(target: Path, data: DataFolder, *, sockets: Path) -> int:
    # The owner of the tables sees no row of any tenant; this role sees all and changes none.
    login = {"PGUSER": "candor_backup", "PGPASSWORD": data.secrets().passwords.backup}
    os.umask(0o077)
    code = _run("pg_dump", ["--format=custom", f"--file={target}"], sockets=sockets, login=login)
    if code == 0:
        print(f"The database is in {target}. Keep {data.path / 'secrets.json'} and {data.media} with it.")
        print(f"Keep {data.path / 'ledger'} and {data.path / 'ledger.key'} too, the key in another place.")
    return code


def _fill(source: Path, servers: Servers) -> int:
    login = {"PGUSER": "postgres", "PGPASSWORD": servers.postgres.passwords.superuser}
    options = ["--dbname=candor", "--clean", "--if-exists", "--single-transaction", "--exit-on-error", str(source)]
    return _run("pg_restore", options, sockets=servers.postgres.sockets, login=login)


def _run(program: str, options: Sequence[str], *, sockets: Path, login: Mapping[str, str]) -> int:
    environment = {"PGHOST": str(sockets), "PGDATABASE": "candor", "PATH": os.environ.get("PATH", ""), **login}
    binary = find_binaries(user=server_user()).postgres / program
    return subprocess.run([str(binary), *options], env=environment, check=False).returncode
