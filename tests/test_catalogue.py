"""Every table keeps the tenant border, or this test says which one forgets what."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from businesses.models import Business
from lib.tenant_constraints import RowSecurity

OWN_APPS = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
# Tables of the whole service: a person may belong to several businesses, the weights are the same for everybody, and
# the log is there for all to read. Witnessing is between installations.
WITHOUT_TENANT = {
    "businesses_user",
    "businesses_user_groups",
    "businesses_user_user_permissions",
    "trustscore_weight",
    "trustscore_ledgerentry",
    "trustscore_ledgerhead",
    "trustscore_witnessedlog",
    "trustscore_askedwitness",
}


def own_models() -> list[type[models.Model]]:
    """Every model of the house, the many-to-many tables included."""
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OWN_APPS]


def tenant_models() -> list[type[models.Model]]:
    """Those whose rows belong to a business."""
    return [model for model in own_models() if model._meta.db_table not in WITHOUT_TENANT]


def rows(sql: str, *parameters: str) -> list[tuple[Any, ...]]:
    """The rows of a catalogue query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@pytest.mark.django_db
@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.db_table)
def test_a_tenant_table_is_locked(model: type[models.Model]) -> None:
    table = model._meta.db_table
    assert rows("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", table) == [(True, True)]
    policies = dict(rows("SELECT policyname, roles::text FROM pg_policies WHERE tablename = %s", table))
    assert policies["tenant"] == "{candor_app}"
    assert policies["service"] == "{candor_service}"
    assert set(policies) <= {"tenant", "service", "public", "scores"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model",
    [model for model in tenant_models() if model is not Business],
    ids=lambda model: model._meta.db_table,
)
def test_a_tenant_row_belongs_to_a_business(model: type[models.Model]) -> None:
    table = model._meta.db_table
    nullable = rows(
        "SELECT is_nullable FROM information_schema.columns WHERE table_name = %s AND column_name = 'business_id'",
        table,
    )
    assert nullable == [("NO",)]
    indexes = [str(definition) for (definition,) in rows("SELECT indexdef FROM pg_indexes WHERE tablename = %s", table)]
    assert any("(business_id, id)" in definition and "UNIQUE" in definition for definition in indexes)


@pytest.mark.django_db
@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.db_table)
def test_keys_between_tenant_tables_hold_the_business_too(model: type[models.Model]) -> None:
    targets = {other._meta.db_table for other in tenant_models() if other is not Business}
    keys = {
        (str(column), str(target)): str(definition)
        for column, target, definition in rows(
            "SELECT a.attname, c.confrelid::regclass::text, pg_get_constraintdef(c.oid) FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[array_length(c.conkey, 1)]"
            " WHERE c.contype = 'f' AND c.conrelid = %s::regclass",
            model._meta.db_table,
        )
    }
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and field.related_model._meta.db_table in targets:
            target = field.related_model._meta.db_table
            assert f"FOREIGN KEY (business_id, {field.column})" in keys[(field.column, target)]


@pytest.mark.django_db
def test_append_only_tables_refuse_changes() -> None:
    for model in tenant_models():
        security = next(each for each in model._meta.constraints if isinstance(each, RowSecurity))
        granted = {
            str(privilege)
            for (privilege,) in rows(
                "SELECT DISTINCT privilege_type FROM information_schema.role_table_grants"
                " WHERE table_name = %s AND grantee IN ('candor_app', 'candor_service')",
                model._meta.db_table,
            )
        }
        expected = {"SELECT", "INSERT"} if security.append_only else {"SELECT", "INSERT", "UPDATE", "DELETE"}
        assert granted == expected, model._meta.db_table


@pytest.mark.django_db
def test_strangers_and_the_score_reach_what_is_named_and_nothing_else() -> None:
    def reach(role: str) -> set[tuple[Any, ...]]:
        return set(
            rows(
                "SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a"
                " WHERE a.grantee = %s::regrole AND c.relkind = 'r'",
                role,
            )
        )

    assert reach("candor_public") == {
        ("businesses_business", "SELECT"),
        ("reviews_policyversion", "SELECT"),
        ("reviews_review", "SELECT"),
        ("trustscore_ledgerentry", "SELECT"),
        ("trustscore_ledgerhead", "SELECT"),
        ("trustscore_scoreday", "SELECT"),
        ("trustscore_scoresnapshot", "SELECT"),
    }
    assert reach("candor_score") == {
        ("trustscore_tally", "SELECT"),
        ("trustscore_weight", "SELECT"),
    } | {
        (table, privilege)
        for table in ("trustscore_scoreday", "trustscore_scoresnapshot")
        for privilege in ("SELECT", "INSERT", "UPDATE")
    }
