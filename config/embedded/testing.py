"""`manage.py test`: real servers that forget everything, the checkers, and pytest."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from config.embedded.servers import throwaway_servers

PROJECT = Path(__file__).resolve().parents[2]


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest with `arguments` against throwaway servers; its exit code. Raises CannotStart."""
    with throwaway_servers() as environment:
        command = [sys.executable, "-m", "pytest", *(arguments or ["-n", "auto"])]
        return subprocess.run(
            command,
            env={**os.environ, **environment, "EMAIL_URL": "smtp://127.0.0.1:1"},
            cwd=PROJECT,
            check=False,
        ).returncode
