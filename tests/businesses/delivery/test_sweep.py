"""Every arrow of the protocol of sending, with real rows and a mail server that misbehaves."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from pytest_django import Settings

from businesses.delivery import steps
from businesses.delivery.sweep import BATCH, Postman
from businesses.enums import MailStatus
from businesses.models import Business, Notice
from businesses.notice_mails import NOTICES
from lib.tenancy import for_business, for_service
from tests.businesses.delivery.stage import GONE, fields, let_leases_run_out, make_due, only, queue, rows, send_due
from tests.smtp import ACCEPT_AND_DROP, DROP, SILENCE, MailServer, Manners

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_due_is_sent_in_order_over_one_connection(acme: Business, mail_server: MailServer) -> None:
    for number in range(3):
        queue(acme, number)
    send_due(NOTICES)
    sent = rows(acme)
    assert mail_server.connections == 1
    assert mail_server.message_ids == [row.message_id for row in sent]
    for row in sent:
        assert fields(row, GONE) == GONE
        assert row.handed_over_at is not None
        assert row.sent_at is not None
        assert row.handed_over_at <= row.sent_at


def test_what_is_not_due_yet_stays_and_no_connection_is_made(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    with for_business(acme) as now:
        Notice.objects.update(due_at=now + timedelta(hours=1))
    send_due(NOTICES)
    assert (only(acme).status, mail_server.connections) == (MailStatus.SCHEDULED, 0)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "content"])
def test_not_now_is_tried_again_later_with_the_same_message(
    acme: Business, mail_server: MailServer, stage: str
) -> None:
    queue(acme, 0)
    queue(acme, 1)
    mail_server.treats(Manners(**{stage: 451}))
    send_due(NOTICES)
    first, second = rows(acme)
    assert (first.status, first.attempts, first.lease_until) == (MailStatus.SCHEDULED, 1, None)
    assert "451 as the story wants" in first.last_error
    assert first.due_at > first.created_at + timedelta(seconds=59)
    assert second.status == MailStatus.SENT
    make_due(acme)
    send_due(NOTICES)
    assert rows(acme)[0].status == MailStatus.SENT
    assert mail_server.message_ids == [second.message_id, first.message_id]


@pytest.mark.parametrize("stage", ["rcpt", "data", "content"])
def test_a_lasting_no_is_the_end(acme: Business, mail_server: MailServer, stage: str) -> None:
    queue(acme, 0)
    queue(acme, 1)
    mail_server.treats(Manners(**{stage: 550}))
    send_due(NOTICES)
    first, second = rows(acme)
    assert (first.status, first.attempts, first.sent_at) == (MailStatus.FAILED, 1, None)
    assert first.settled_at is not None
    assert second.status == MailStatus.SENT


def test_a_lasting_no_to_the_sender_is_not_blamed_on_the_mail(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    mail_server.treats(Manners(mail=530))
    send_due(NOTICES)
    assert only(acme).status == MailStatus.SCHEDULED


@pytest.mark.parametrize("stage", ["mail", "rcpt"])
def test_a_connection_lost_before_the_mail_is_made_anew(acme: Business, mail_server: MailServer, stage: str) -> None:
    queue(acme, 0)
    mail_server.treats(Manners(**{stage: DROP}))
    send_due(NOTICES)
    assert (only(acme).status, mail_server.connections) == (MailStatus.SENT, 2)


def test_a_mail_at_which_the_server_always_hangs_up_delays_nobody(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    queue(acme, 1)
    mail_server.treats(Manners(rcpt=DROP), Manners(rcpt=DROP))
    send_due(NOTICES)
    first, second = rows(acme)
    assert (first.status, first.attempts) == (MailStatus.SCHEDULED, 1)
    assert second.status == MailStatus.SENT


def test_a_connection_lost_before_a_byte_of_the_mail_is_no_doubt(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    mail_server.treats(Manners(data=DROP))
    send_due(NOTICES)
    assert (only(acme).status, only(acme).attempts) == (MailStatus.SCHEDULED, 1)


@pytest.mark.parametrize("manners", [DROP, ACCEPT_AND_DROP, SILENCE])
def test_a_connection_lost_in_the_mail_is_a_doubt_and_never_sent_again(
    acme: Business, mail_server: MailServer, settings: Settings, manners: int
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    queue(acme, 0)
    queue(acme, 1)
    mail_server.treats(Manners(content=manners))
    send_due(NOTICES)
    make_due(acme)
    send_due(NOTICES)
    first, second = rows(acme)
    assert (first.status, first.attempts, first.sent_at) == (MailStatus.UNCERTAIN, 1, None)
    assert second.status == MailStatus.SENT
    accepted = [first.message_id] if manners == ACCEPT_AND_DROP else []
    assert mail_server.message_ids == [*accepted, second.message_id]


def test_a_server_that_takes_its_leave_is_greeted_again(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    queue(acme, 1)
    mail_server.treats(Manners(rcpt=421))
    send_due(NOTICES)
    assert [row.status for row in rows(acme)] == [MailStatus.SCHEDULED, MailStatus.SENT]
    assert mail_server.connections == 2


def test_without_a_server_no_row_is_touched(acme: Business, settings: Settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    queue(acme, 0)
    send_due(NOTICES)
    assert (only(acme).status, only(acme).attempts, only(acme).last_error) == (MailStatus.SCHEDULED, 0, "")


def test_after_the_fifth_refusal_it_is_put_aside_and_shown(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    mail_server.treats(*[Manners(rcpt=450)] * 5)
    for _ in range(6):
        make_due(acme)
        send_due(NOTICES)
    assert (only(acme).status, only(acme).attempts) == (MailStatus.QUARANTINED, 5)
    assert mail_server.accepted == []


def test_a_mail_that_cannot_be_written_delays_nobody_and_is_put_aside(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    queue(acme, 1)
    with for_business(acme):
        Notice.objects.filter(key="mail-000").update(context={"words": {}, "links": {}})
    send_due(NOTICES)
    poison, other = rows(acme)
    assert (poison.status, poison.attempts, other.status) == (MailStatus.SCHEDULED, 1, MailStatus.SENT)
    assert poison.last_error.startswith("The mail could not be written: UndefinedError")
    for _ in range(4):
        with for_business(acme) as now:
            Notice.objects.filter(pk=poison.pk).update(due_at=now)
        send_due(NOTICES)
    assert rows(acme)[0].status == MailStatus.QUARANTINED


def test_what_a_dead_worker_had_claimed_is_claimed_again_but_alone(acme: Business, mail_server: MailServer) -> None:
    for number in range(3):
        queue(acme, number)
    with for_service("a worker that dies") as now:
        steps.claim(NOTICES, limit=2, suspects=False, now=now)
    send_due(NOTICES)
    assert [row.status for row in rows(acme)] == [MailStatus.CLAIMED, MailStatus.CLAIMED, MailStatus.SENT]
    let_leases_run_out(acme)
    steps.recover(NOTICES)
    assert [row.reason for row in rows(acme)] == [steps.WORKER_DIED, steps.WORKER_DIED, ""]
    with for_service("the next worker") as now:
        assert steps.claim(NOTICES, limit=BATCH, suspects=False, now=now) == []
        alone = steps.claim(NOTICES, limit=1, suspects=True, now=now)
    assert [claim.attempts for claim in alone] == [2]
    steps.release(NOTICES, alone)
    send_due(NOTICES)
    assert [row.status for row in rows(acme)] == [MailStatus.SENT] * 3


def test_what_a_dead_worker_had_claimed_does_not_wait_for_the_backlog(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    queue(acme, 1)
    with for_service("a worker that dies") as now:
        steps.release(NOTICES, steps.claim(NOTICES, limit=2, suspects=False, now=now)[:1])
    let_leases_run_out(acme)
    send_due(NOTICES)
    assert mail_server.message_ids == [each.message_id for each in reversed(rows(acme))]


def test_a_mail_that_kills_five_workers_is_put_aside(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    for attempt in range(5):
        with for_service("a worker that dies") as now:
            assert len(steps.claim(NOTICES, limit=1, suspects=attempt > 0, now=now)) == 1
        let_leases_run_out(acme)
        steps.recover(NOTICES)
    send_due(NOTICES)
    assert (only(acme).status, only(acme).reason) == (MailStatus.QUARANTINED, steps.WORKER_DIED)
    assert mail_server.accepted == []


def test_what_a_dead_worker_had_handed_over_is_a_doubt(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    with for_service("a worker that dies") as now:
        (claim,) = steps.claim(NOTICES, limit=1, suspects=False, now=now)
    assert steps.advance(NOTICES, sent=[], following=[claim])
    send_due(NOTICES)
    assert only(acme).status == MailStatus.HANDED_OVER
    let_leases_run_out(acme)
    send_due(NOTICES)
    assert only(acme).status == MailStatus.UNCERTAIN
    assert mail_server.accepted == []


def test_a_worker_that_was_only_slow_says_in_the_end_that_it_was_sent(acme: Business) -> None:
    queue(acme, 0)
    with for_service("a slow worker") as now:
        (claim,) = steps.claim(NOTICES, limit=1, suspects=False, now=now)
    steps.advance(NOTICES, sent=[], following=[claim])
    let_leases_run_out(acme)
    steps.recover(NOTICES)
    steps.advance(NOTICES, sent=[claim], following=[])
    assert fields(only(acme), GONE) == GONE


def test_a_worker_whose_row_was_taken_away_does_not_send_it(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    with for_service("a worker that falls asleep") as now:
        (lost,) = steps.claim(NOTICES, limit=1, suspects=False, now=now)
    let_leases_run_out(acme)
    steps.recover(NOTICES)
    assert not steps.advance(NOTICES, sent=[], following=[lost])
    with for_service("its successor") as now:
        (ours,) = steps.claim(NOTICES, limit=1, suspects=True, now=now)
    assert not steps.advance(NOTICES, sent=[], following=[lost])
    steps.put_back(NOTICES, lost, error="too late")
    steps.fail(NOTICES, lost, error="too late")
    steps.release(NOTICES, [lost])
    assert (only(acme).status, only(acme).attempts) == (MailStatus.CLAIMED, 2)
    assert steps.advance(NOTICES, sent=[], following=[ours])


def test_when_its_time_is_over_a_batch_gives_back_what_is_left_but_not_everything(
    acme: Business, mail_server: MailServer
) -> None:
    for number in range(3):
        queue(acme, number)
    with ExitStack() as stack:
        assert Postman(NOTICES, stack, lanes=1, batch_seconds=0).batch(limit=BATCH, suspects=False)
    assert [(row.status, row.attempts) for row in rows(acme)] == [
        (MailStatus.SENT, 1),
        (MailStatus.SCHEDULED, 0),
        (MailStatus.SCHEDULED, 0),
    ]


def test_when_the_server_goes_away_in_the_middle_the_rest_goes_back(
    acme: Business, mail_server: MailServer, settings: Settings
) -> None:
    for number in range(3):
        queue(acme, number)
    mail_server.treats(Manners(), Manners(content=DROP))
    mail_server.most_connections = 1
    send_due(NOTICES)
    assert [(row.status, row.attempts) for row in rows(acme)] == [
        (MailStatus.SENT, 1),
        (MailStatus.UNCERTAIN, 1),
        (MailStatus.SCHEDULED, 0),
    ]


def test_two_workers_never_claim_the_same_row(acme: Business, mail_server: MailServer) -> None:
    for number in range(2):
        queue(acme, number)
    with for_service("one worker") as now:
        first = steps.claim(NOTICES, limit=1, suspects=False, now=now)
        second = steps.claim(NOTICES, limit=5, suspects=False, now=now)
    assert len({claim.pk for claim in [*first, *second]}) == 2
    assert (len(first), len(second)) == (1, 1)


def test_a_mail_to_an_address_that_cannot_be_written_fails_for_good(acme: Business, mail_server: MailServer) -> None:
    queue(acme, 0)
    queue(acme, 1)
    with for_business(acme):
        Notice.objects.filter(key="mail-000").update(to="dörte@customer.example")
        Notice.objects.filter(key="mail-001").update(to="dora@bücher.example")
    send_due(NOTICES)
    assert [row.status for row in rows(acme)] == [MailStatus.FAILED, MailStatus.SENT]
    assert mail_server.mails[0]["To"] == "dora@xn--bcher-kva.example"
