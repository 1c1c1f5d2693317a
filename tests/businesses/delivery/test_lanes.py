"""Several connections to one mail server at a time, and several commands on one connection."""

import pytest

from businesses.delivery.sweep import LANES
from businesses.enums import MailStatus
from businesses.models import Business
from businesses.notice_mails import NOTICES
from tests.businesses.delivery.stage import GONE, fields, queue, rows, send_due
from tests.smtp import DROP, MailServer, Manners

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_mails_go_abreast_and_each_arrives_once(acme: Business, mail_server: MailServer) -> None:
    for number in range(11):
        queue(acme, number)
    send_due(NOTICES, lanes=LANES)
    sent = rows(acme)
    assert [fields(row, GONE) for row in sent] == [GONE] * 11
    assert sorted(mail_server.message_ids) == sorted(row.message_id for row in sent)
    assert mail_server.connections == LANES


@pytest.mark.parametrize(
    ("manners", "status"),
    [
        (Manners(mail=451), MailStatus.SCHEDULED),
        (Manners(mail=DROP), MailStatus.SENT),
        (Manners(mail=421), MailStatus.SENT),
        (Manners(rcpt=451), MailStatus.SCHEDULED),
        (Manners(rcpt=550), MailStatus.FAILED),
        (Manners(rcpt=DROP), MailStatus.SENT),
        (Manners(rcpt=421), MailStatus.SCHEDULED),
        (Manners(content=DROP), MailStatus.UNCERTAIN),
    ],
)
def test_a_server_that_takes_commands_in_one_go_is_understood(
    acme: Business, mail_server: MailServer, manners: Manners, status: MailStatus
) -> None:
    mail_server.pipelining = True
    queue(acme, 0)
    queue(acme, 1)
    mail_server.treats(manners)
    send_due(NOTICES)
    assert [row.status for row in rows(acme)] == [status, MailStatus.SENT]


def test_what_befalls_one_lane_is_no_matter_of_the_others(acme: Business, mail_server: MailServer) -> None:
    for number in range(8):
        queue(acme, number)
    mail_server.treats(Manners(content=DROP), Manners(rcpt=550), Manners(data=DROP), Manners(content=452))
    send_due(NOTICES, lanes=LANES)
    found = rows(acme)
    assert sorted(row.status for row in found) == ["failed", "scheduled", "scheduled", *["sent"] * 4, "uncertain"]
    sent = sorted(row.message_id for row in found if row.status == MailStatus.SENT)
    assert sorted(mail_server.message_ids) == sent


def test_a_server_that_allows_one_connection_gets_one(acme: Business, mail_server: MailServer) -> None:
    for number in range(5):
        queue(acme, number)
    mail_server.most_connections = 1
    send_due(NOTICES, lanes=LANES)
    assert [row.status for row in rows(acme)] == [MailStatus.SENT] * 5
