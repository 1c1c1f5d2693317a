"""A data folder belongs to one program at a time, and keeps its secrets to itself."""

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.datafolder import DataFolder
from config.embedded.errors import CannotStart


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("Only root can mount the small disk this needs.")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    data.open()
    first = data.secrets()
    mode = stat.S_IMODE((data.path / "secrets.json").stat().st_mode)
    assert (DataFolder(data.path).secrets(), oct(mode)) == (first, "0o600")
    assert len({first.secret_key, *vars(first.passwords).values()}) == 5


def test_only_one_program_has_the_folder(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path), DataFolder(tmp_path)
    assert (first.lock(), second.lock()) == (True, False)
    first.unlock()
    assert second.lock()
    second.unlock()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotStart) as refusal:
        DataFolder(tmp_path / "file" / "data").open()
    assert str(refusal.value) == (
        f"The data folder {tmp_path}/file/data cannot be written to (Not a directory): "
        "choose another with --data, or change its permissions."
    )


def test_a_full_disk_is_one_sentence(full_disk: Path) -> None:
    with pytest.raises(CannotStart) as refusal:
        DataFolder(full_disk / "data").open()
    assert str(refusal.value) == (
        f"The disk that holds {full_disk}/data is full: it has 1 MB left and Candor needs 200 MB."
    )


def test_a_disk_without_a_byte_left_is_one_sentence(full_disk: Path) -> None:
    DataFolder(full_disk / "data").path.mkdir()
    with (full_disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space left"):
        while True:
            filler.write(os.urandom(4096))
    with pytest.raises(CannotStart, match=r"^The disk that holds \S+ is full\.$"):
        DataFolder(full_disk / "data").open()
