"""docs/operating.md names every setting, and nothing that is none."""

import ast
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HELPERS = {"env_str", "env_int", "env_bool", "env_list"}


def settings_variables() -> set[str]:
    """The environment variables that config/settings.py reads."""
    tree = ast.parse((PROJECT / "config" / "settings.py").read_text())
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in HELPERS
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_the_table_of_settings_is_complete_and_true() -> None:
    table = (PROJECT / "docs" / "operating.md").read_text().partition("<!-- A test compares")[2]
    rows = re.findall(r"^\| `([A-Z_]+)` \|", table, flags=re.MULTILINE)
    assert sorted(rows) == sorted(settings_variables())
