"""Which user the embedded servers run as: PostgreSQL refuses to run as root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import CannotStart

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class ServerUser:
    """A user that exists in the password file, since PostgreSQL looks its own name up."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Hand `path` to this user."""
        os.chown(path, self.uid, self.gid)


def server_user() -> ServerUser | None:
    """The user to become before starting a server; None where we are an ordinary user already.

    Raises CannotStart when we are root and the system has no unprivileged user.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise CannotStart(
            f"PostgreSQL does not run as root, and this system has no user {UNPRIVILEGED!r}: "
            "start Candor as an ordinary user."
        ) from None
    return ServerUser(uid=entry.pw_uid, gid=entry.pw_gid)


def others_can_reach(path: Path) -> bool:
    """Whether an unprivileged user can walk down to `path` and read what is there."""
    resolved = path.resolve()
    everything = [resolved, *resolved.parents]
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in everything)
