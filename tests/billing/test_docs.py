"""docs/billing.md says what billing/plans.py holds."""

import re
from pathlib import Path

from billing.plans import ENTITLEMENTS, Plan

DOCS = Path(__file__).resolve().parents[2] / "docs" / "billing.md"


def test_the_table_of_plans_is_true() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", DOCS.read_text(), re.MULTILINE)
    numbers = [[_number(cell) for cell in row] for row in rows[:4]]
    held = [ENTITLEMENTS[plan] for plan in Plan]
    assert numbers == [
        [each.invitations_a_month for each in held],
        [each.seats for each in held],
        [each.campaigns for each in held],
        [each.api_calls_a_minute for each in held],
    ]
    assert [cell.strip() == "can be hidden" for cell in rows[4]] == [each.may_hide_branding for each in held]


def _number(cell: str) -> int | None:
    return None if cell.strip() == "no limit" else int(cell.replace(",", ""))
