#!/usr/bin/env python3
"""Candor's one command.

    python3 manage.py up      start everything on this machine and say where to look
    python3 manage.py test    the checkers and the whole suite; further words go to pytest
    python3 manage.py help    every other command

Needs nothing but Python 3.11 and the network: what is missing is installed into .venv, pinned and hashed.
"""

import sys


def main() -> int:
    """Run the command on the command line; the exit code."""
    if sys.version_info < (3, 11):
        print("Candor needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2], file=sys.stderr)
        return 1
    from config.embedded import venv
    from config.embedded.errors import CannotStart

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        if command == "lock":
            venv.lock()
            return 0
        if command == "install":
            venv.install(venv.BASE)
            return 0
        venv.enter(venv.DEV if command == "test" else venv.BASE)
        from config.embedded.commands import run

        return run(sys.argv)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
