"""The folder of papers and real data beside the project, for the tests that measure against them."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


def shared_file(path: str) -> Path:
    """Return a file of the shared folder, or skip the test with the reason where it is missing."""
    folder = Path(os.environ.get("CANDOR_SHARED", PROJECT / "../shared"))
    if not (folder / path).exists():
        pytest.skip(f"{path} is not in {folder}; set CANDOR_SHARED to the folder of papers and data")
    return folder / path
