"""The settings of a local run, as the environment variables that config/settings.py reads."""

import os
from collections.abc import Mapping
from pathlib import Path

from config.embedded.datafolder import DataFolder, RunningInstance
from config.embedded.venv import PROJECT

DEFAULT_DATA = PROJECT / ".data"
LOCAL_HOSTS = "localhost,127.0.0.1,[::1]"
NO_SERVER = "/nonexistent"


def chosen_data_folder(given: str | None) -> DataFolder:
    """The data folder named on the command line, else by CANDOR_DATA, else the project's own."""
    return DataFolder(Path(given or os.environ.get("CANDOR_DATA") or DEFAULT_DATA))


def local_environment(data: DataFolder, *, addresses: Mapping[str, str], url: str, mail_port: int) -> dict[str, str]:
    """Everything a local run needs; a variable that is set already keeps its value."""
    made = {
        **addresses,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "SECRET_KEY": data.secrets().secret_key,
        "CANDOR_URL": url,
        "CANDOR_LOCAL": "1",
        "CANDOR_DATA": str(data.path),
        "ALLOWED_HOSTS": LOCAL_HOSTS,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return {name: os.environ.get(name, value) for name, value in made.items()}


def addresses_of(data: DataFolder, running: RunningInstance) -> dict[str, str]:
    """Where the servers of a program that runs in another process listen."""
    passwords = data.secrets().passwords
    socket_folder = running.sockets
    return {
        "DATABASE_URL": f"postgresql://candor_app:{passwords.app}@/candor?host={socket_folder}",
        "DATABASE_OWNER_URL": f"postgresql://candor_owner:{passwords.owner}@/candor?host={socket_folder}",
        "REDIS_URL": f"unix://{socket_folder}/valkey.sock?db=0",
    }


def serverless_environment() -> dict[str, str]:
    """Addresses that lead nowhere, for commands that look at code and not at rows."""
    made = {
        "DATABASE_URL": f"postgresql://candor_app@/candor?host={NO_SERVER}",
        "DATABASE_OWNER_URL": f"postgresql://candor_owner@/candor?host={NO_SERVER}",
        "REDIS_URL": f"unix://{NO_SERVER}/valkey.sock?db=0",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "SECRET_KEY": "only-for-commands-that-serve-nobody",
        "CANDOR_URL": "http://localhost:8000",
        "CANDOR_LOCAL": "1",
        "CANDOR_DATA": str(DEFAULT_DATA),
        "ALLOWED_HOSTS": LOCAL_HOSTS,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return {name: os.environ.get(name, value) for name, value in made.items()}
