"""A warning for developers: a tenant table asked outside of every scope is empty, and silence would hide it."""

import re
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings

from lib.tenancy import current_scope
from lib.tenant_constraints import RowSecurity


class OutsideScope(UserWarning):
    """A query reached a tenant table without lib.tenancy.for_…; it sees no rows."""


@cache
def tenant_tables() -> re.Pattern[str]:
    """Matches the quoted name of any table under row-level security."""
    names = [
        model._meta.db_table
        for model in apps.get_models()
        if any(isinstance(constraint, RowSecurity) for constraint in model._meta.constraints)
    ]
    return re.compile('"(' + "|".join(map(re.escape, names)) + ')"')


def install_guard(*, connection: Any, **_: Any) -> None:
    """Wraps the queries of a new connection; a receiver of Django's connection_created."""
    connection.execute_wrappers.append(_warn_outside_scope)


def _warn_outside_scope(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    owner = context["connection"].settings_dict["USER"] == settings.DATABASE_OWNER["USER"]
    if not owner and current_scope() is None and isinstance(sql, str):
        table = tenant_tables().search(sql)
        if table:
            warnings.warn(f"{table[1]} was asked outside of a scope: {sql[:200]}", OutsideScope, stacklevel=2)
    return execute(sql, params, many, context)
