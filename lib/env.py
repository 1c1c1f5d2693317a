"""Reading settings from environment variables: one call a setting, each with its default in sight."""

import os
from urllib.parse import parse_qs, unquote, urlsplit


class SettingError(ValueError):
    """An environment variable holds something its setting cannot use; the message names both."""


def env_str(name: str, default: str = "") -> str:
    """The variable's text, or `default` when it is not set."""
    return os.environ.get(name, default)


def env_int(name: str, default: int) -> int:
    """The variable as a whole number. Raises SettingError when it is something else."""
    raw = os.environ.get(name)
    if raw is None or raw == "":
        return default
    try:
        return int(raw)
    except ValueError as error:
        raise SettingError(f"{name} must be a whole number, not {raw!r}.") from error


def env_bool(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off. Raises SettingError for anything else."""
    raw = os.environ.get(name)
    if raw is None or raw == "":
        return default
    word = raw.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise SettingError(f"{name} must be yes or no, not {raw!r}.")


def env_list(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """The variable's comma-separated parts, without blanks around them."""
    raw = os.environ.get(name)
    if raw is None:
        return list(default)
    return [part.strip() for part in raw.split(",") if part.strip()]


def database_login(name: str, url: str) -> dict[str, str]:
    """Django's NAME, USER, PASSWORD, HOST and PORT from `postgresql://user:password@host:port/name`.

    A socket folder is given as `?host=/folder`. Raises SettingError when it is no PostgreSQL address.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SettingError(f"{name} must begin with postgresql://, the only database Candor runs on.")
    query = parse_qs(parts.query)
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [unquote(parts.hostname or "")])[0],
        "PORT": query.get("port", [str(parts.port or "")])[0],
    }
