"""Making, changing and ending connections."""

import secrets
from datetime import datetime

from businesses.enums import AuditKind
from businesses.models import Business
from businesses.services import record
from integrations.enums import ConnectionKind, ConnectionStatus
from integrations.helpdesks import generic
from integrations.helpdesks.django_helpdesk import Account
from integrations.models import Connection
from lib.secrets import seal


def create_generic(*, business: Business, name: str, actor: str, now: datetime) -> Connection:
    """A signed webhook with a fresh secret; written down in the audit log."""
    return _create(
        business=business, kind=ConnectionKind.GENERIC, name=name, secret=generic.new_secret(), actor=actor, now=now
    )


def create_django_helpdesk(*, business: Business, name: str, account: Account, actor: str, now: datetime) -> Connection:
    """A helpdesk that pushes to an address with a secret in it, is polled from now on, and takes results back.

    Nothing is called here: the first look follows within seconds and says on the connection's page what is wrong.
    """
    return _create(
        business=business,
        kind=ConnectionKind.DJANGO_HELPDESK,
        name=name,
        secret=new_path_secret(),
        actor=actor,
        now=now,
        credentials=seal(account.sealed_form()),
        poll_due_at=now,
    )


def change_account(*, connection: Connection, name: str, account: Account, actor: str, now: datetime) -> None:
    """Another name here, or another address, user or password there; the next look follows at once."""
    connection.credentials = seal(account.sealed_form())
    connection.name = name
    connection.poll_due_at = now
    connection.save(update_fields=["name", "credentials", "poll_due_at"])
    _changed(connection, actor, now)


def _create(
    *,
    business: Business,
    kind: ConnectionKind,
    name: str,
    secret: str,
    actor: str,
    now: datetime,
    **more: object,
) -> Connection:
    connection = Connection.objects.create(
        business=business, kind=kind, name=name, secret=seal(secret), created_at=now, **more
    )
    record(business=business, kind=AuditKind.CONNECTION_CREATED, actor=actor, subject=name, now=now)
    return connection


def rotate_secret(*, connection: Connection, actor: str, now: datetime) -> None:
    """Replaces the secret; deliveries under the old one are refused from the next moment on."""
    fresh = generic.new_secret() if connection.kind == ConnectionKind.GENERIC else new_path_secret()
    connection.secret = seal(fresh)
    connection.save(update_fields=["secret"])
    _changed(connection, actor, now)


def pause(*, connection: Connection, actor: str, now: datetime) -> None:
    """While paused, deliveries are kept and shown, and nobody is asked because of them."""
    _set_status(connection, ConnectionStatus.PAUSED, actor, now)


def resume(*, connection: Connection, actor: str, now: datetime) -> None:
    """Acts on deliveries again, and clears what was wrong with the calls to the helpdesk."""
    connection.failures = 0
    connection.last_error = ""
    connection.save(update_fields=["failures", "last_error"])
    _set_status(connection, ConnectionStatus.ACTIVE, actor, now)


def delete_connection(*, connection: Connection, actor: str, now: datetime) -> None:
    """Ends the connection and forgets its deliveries. Tickets, invitations and answers stay."""
    _changed(connection, actor, now)
    connection.delete()


def new_path_secret() -> str:
    """What stands in the address of a helpdesk that cannot sign."""
    return secrets.token_urlsafe(24)


def _set_status(connection: Connection, status: ConnectionStatus, actor: str, now: datetime) -> None:
    connection.status = status
    connection.save(update_fields=["status"])
    _changed(connection, actor, now)


def _changed(connection: Connection, actor: str, now: datetime) -> None:
    record(
        business=connection.business,
        kind=AuditKind.CONNECTION_CHANGED,
        actor=actor,
        subject=connection.name,
        now=now,
    )
