"""Who may be asked now: facts in, verdict out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from businesses.delivery.kinds import Stop, Wait
from businesses.enums import MailStatus
from invitations.eligibility import Facts, QuietHours, objection
from invitations.enums import CancelReason, SkipReason
from tests.factories import NOW

FREE = Facts(
    due_at=NOW - timedelta(minutes=1),
    ticket_reopened=False,
    answered=False,
    suppressed=False,
    is_member=False,
    survey_active=True,
    quiet_hours=QuietHours(time_zone="UTC", start=0, end=0),
    ask_again_after=timedelta(days=30),
    last_asked_at=None,
    being_asked=False,
)


def test_nothing_speaks_against_it() -> None:
    assert objection(FREE, NOW) is None


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"ticket_reopened": True}, Stop(MailStatus.CANCELLED, CancelReason.REOPENED)),
        ({"answered": True}, Stop(MailStatus.SKIPPED, SkipReason.ALREADY_ANSWERED)),
        ({"suppressed": True}, Stop(MailStatus.SKIPPED, SkipReason.SUPPRESSED)),
        ({"is_member": True}, Stop(MailStatus.SKIPPED, SkipReason.IS_MEMBER)),
        ({"survey_active": False}, Stop(MailStatus.SKIPPED, SkipReason.SURVEY_PAUSED)),
        ({"due_at": NOW - timedelta(hours=72, seconds=1)}, Stop(MailStatus.EXPIRED, "")),
        ({"last_asked_at": NOW - timedelta(days=29)}, Stop(MailStatus.SKIPPED, SkipReason.ASKED_RECENTLY)),
        ({"being_asked": True}, Wait(NOW + timedelta(minutes=1), "")),
    ],
)
def test_what_speaks_against_it(change: dict[str, object], verdict: Stop | Wait) -> None:
    assert objection(replace(FREE, **change), NOW) == verdict  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"due_at": NOW - timedelta(hours=72)},
        {"last_asked_at": NOW - timedelta(days=30)},
        {"last_asked_at": NOW, "ask_again_after": timedelta(0)},
        {"being_asked": True, "ask_again_after": timedelta(0)},
    ],
)
def test_what_does_not(change: dict[str, object]) -> None:
    assert objection(replace(FREE, **change), NOW) is None  # type: ignore[arg-type]


def test_what_ends_it_for_good_is_not_delayed_by_quiet_hours() -> None:
    asleep = replace(FREE, quiet_hours=QuietHours(time_zone="UTC", start=8, end=20))
    assert objection(asleep, NOW) == Wait(datetime(2026, 11, 2, 20, tzinfo=UTC), "quiet_hours")
    assert objection(replace(asleep, is_member=True), NOW) == Stop(MailStatus.SKIPPED, SkipReason.IS_MEMBER)


@pytest.mark.parametrize(
    ("zone", "start", "end", "now", "over"),
    [
        ("UTC", 21, 8, "2026-11-02T20:59:59", None),
        ("UTC", 21, 8, "2026-11-02T21:00:00", "2026-11-03T08:00:00"),
        ("UTC", 21, 8, "2026-11-03T00:30:00", "2026-11-03T08:00:00"),
        ("UTC", 21, 8, "2026-11-03T08:00:00", None),
        ("UTC", 12, 14, "2026-11-03T13:59:00", "2026-11-03T14:00:00"),
        ("UTC", 12, 14, "2026-11-03T11:59:00", None),
        ("UTC", 22, 0, "2026-11-03T23:00:00", "2026-11-04T00:00:00"),
        ("Asia/Tokyo", 21, 8, "2026-11-02T12:30:00", "2026-11-02T23:00:00"),
        ("America/New_York", 21, 8, "2026-11-02T12:30:00", "2026-11-02T13:00:00"),
        # The night in which Stockholm's clocks go forward is an hour shorter, and the other one longer.
        ("Europe/Stockholm", 21, 8, "2026-03-28T21:00:00", "2026-03-29T06:00:00"),
        ("Europe/Stockholm", 21, 8, "2026-10-24T21:00:00", "2026-10-25T07:00:00"),
    ],
)
def test_quiet_hours_are_those_of_the_business(zone: str, start: int, end: int, now: str, over: str | None) -> None:
    hours = QuietHours(time_zone=zone, start=start, end=end)
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(over).replace(tzinfo=UTC) if over else None
    assert hours.over_at(moment) == expected
