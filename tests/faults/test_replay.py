"""The replay on a tenth of the real log, with everything well and with processes killed meanwhile."""

from pathlib import Path

import pytest

from tests.program import manage
from tests.shared import shared_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(820), pytest.mark.xdist_group("program")]

AGREES = "Every figure agrees; no mail was lost and none came twice."


def test_a_tenth_of_the_real_log_comes_to_what_the_files_say(tmp_path: Path) -> None:
    shared = shared_file("data/servicenow_incidents").parent
    done = manage("replay", "--part", "10", "--data", str(tmp_path / "data"), "--shared", str(shared), patience=800)
    assert AGREES in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


@pytest.mark.faults
def test_it_does_so_while_processes_are_killed(tmp_path: Path) -> None:
    shared = shared_file("data/servicenow_incidents").parent
    words = ["--part", "40", "--kill", "--data", str(tmp_path / "data"), "--shared", str(shared)]
    done = manage("replay", *words, patience=800)
    assert AGREES in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
