"""Row-level security and same-tenant keys as model constraints, so that migrations pick them up by themselves.

Written once here; `tests/test_catalogue.py` walks every table and fails when one forgets.
"""

from abc import ABC, abstractmethod
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint

from lib.tenancy import APP_ROLE, PUBLIC_ROLE, SCORE_ROLE, SERVICE_ROLE

# The sub-select makes PostgreSQL evaluate the setting once a query instead of once a row.
CURRENT_BUSINESS = "(SELECT nullif(current_setting('candor.business', true), '')::bigint)"


class DeferredConstraint(BaseConstraint, ABC):
    """A constraint whose SQL runs after all tables of a migration stand."""

    @abstractmethod
    def create_statements(self, model: type[models.Model]) -> list[str]:
        """The SQL that makes the constraint on the model's table."""

    @abstractmethod
    def remove_statements(self, model: type[models.Model]) -> list[str]:
        """The SQL that takes it away again."""

    def defer(self, statements: list[str], editor: Any) -> None:
        """Puts the statements among those that run at the end of the migration."""
        editor.deferred_sql.extend(statements)

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        self.defer(self.create_statements(model), schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        self.defer(self.create_statements(model), schema_editor)
        return "SELECT 1"

    def remove_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return "; ".join(self.remove_statements(model))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Only the database can check this one."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class RowSecurity(DeferredConstraint):
    """FORCE row-level security with one policy a role, and a unique (business_id, id) for composite keys to point at.

    `append_only` takes UPDATE and DELETE away from everyone. `public` is the SQL condition of the rows that strangers
    may read. `scores` is "read" or "write" for the few tables of the score. `business_column` is `id` on the
    business's own table.
    """

    def __init__(
        self,
        *,
        name: str,
        append_only: bool = False,
        public: str = "",
        scores: str = "",
        business_column: str = "business_id",
    ) -> None:
        super().__init__(name=name)
        self.append_only = append_only
        self.public = public
        self.scores = scores
        self.business_column = business_column

    def defer(self, statements: list[str], editor: Any) -> None:
        # Composite keys of the same migration point at the unique constraint made here, so these come first.
        editor.deferred_sql[:0] = statements

    def create_statements(self, model: type[models.Model]) -> list[str]:
        table = model._meta.db_table
        mine = f"{self.business_column} = {CURRENT_BUSINESS}"
        statements = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} TO {APP_ROLE} USING ({mine}) WITH CHECK ({mine})",
            f"CREATE POLICY service ON {table} TO {SERVICE_ROLE} USING (true) WITH CHECK (true)",
        ]
        if self.business_column != "id":
            statements.insert(0, f"ALTER TABLE {table} ADD CONSTRAINT {self.name} UNIQUE (business_id, id)")
        if self.append_only:
            statements.append(f"REVOKE UPDATE, DELETE ON {table} FROM {APP_ROLE}, {SERVICE_ROLE}")
        if self.public:
            statements.append(f"CREATE POLICY public ON {table} FOR SELECT TO {PUBLIC_ROLE} USING ({self.public})")
            statements.append(f"GRANT SELECT ON {table} TO {PUBLIC_ROLE}")
        if self.scores:
            grant = "SELECT" if self.scores == "read" else "SELECT, INSERT, UPDATE"
            check = "" if self.scores == "read" else " WITH CHECK (true)"
            command = " FOR SELECT" if self.scores == "read" else ""
            statements.append(f"CREATE POLICY scores ON {table}{command} TO {SCORE_ROLE} USING (true){check}")
            statements.append(f"GRANT {grant} ON {table} TO {SCORE_ROLE}")
            if self.scores == "write":
                statements.append(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {SCORE_ROLE}")
        return statements

    def remove_statements(self, model: type[models.Model]) -> list[str]:
        table = model._meta.db_table
        statements = [
            f"DROP POLICY IF EXISTS {policy} ON {table}" for policy in ("tenant", "service", "public", "scores")
        ]
        statements += [f"REVOKE ALL ON {table} FROM {PUBLIC_ROLE}, {SCORE_ROLE}"]
        if self.business_column != "id":
            statements.append(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {self.name}")
        if self.append_only:
            statements.append(f"GRANT UPDATE, DELETE ON {table} TO {APP_ROLE}, {SERVICE_ROLE}")
        return statements

    def deconstruct(self) -> Any:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        options = {
            "name": self.name,
            "append_only": self.append_only,
            "public": self.public,
            "scores": self.scores,
            "business_column": self.business_column,
        }
        return path, (), options


class OpenToAll(DeferredConstraint):
    """A table of the whole service that holds nothing private: strangers may read every row.

    `append_only` takes UPDATE and DELETE away from everyone.
    """

    def __init__(self, *, name: str, append_only: bool = False) -> None:
        super().__init__(name=name)
        self.append_only = append_only

    def create_statements(self, model: type[models.Model]) -> list[str]:
        table = model._meta.db_table
        statements = [f"GRANT SELECT ON {table} TO {PUBLIC_ROLE}"]
        if self.append_only:
            statements.append(f"REVOKE UPDATE, DELETE ON {table} FROM {APP_ROLE}, {SERVICE_ROLE}")
        return statements

    def remove_statements(self, model: type[models.Model]) -> list[str]:
        table = model._meta.db_table
        statements = [f"REVOKE ALL ON {table} FROM {PUBLIC_ROLE}"]
        if self.append_only:
            statements.append(f"GRANT UPDATE, DELETE ON {table} TO {APP_ROLE}, {SERVICE_ROLE}")
        return statements

    def deconstruct(self) -> Any:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, (), {"name": self.name, "append_only": self.append_only}


class SameTenant(DeferredConstraint):
    """The key of a `ForeignKey(db_constraint=False)`: (business_id, x_id) → x(business_id, id).

    A single-column key would accept another tenant's row, since key checks ignore row-level security. `on_delete` is
    "no action", "cascade" or "set null" and is what the database does by itself.
    """

    def __init__(self, *, name: str, field: str, on_delete: str = "no action") -> None:
        super().__init__(name=name)
        self.field = field
        self.on_delete = on_delete

    def create_statements(self, model: type[models.Model]) -> list[str]:
        field = model._meta.get_field(self.field)
        target = field.related_model._meta.db_table  # type: ignore[union-attr]
        column = field.column  # type: ignore[union-attr]
        action = {
            "no action": "NO ACTION",
            "cascade": "CASCADE",
            "set null": f"SET NULL ({column})",
        }[self.on_delete]
        return [
            f"ALTER TABLE {model._meta.db_table} ADD CONSTRAINT {self.name} "
            f"FOREIGN KEY (business_id, {column}) REFERENCES {target} (business_id, id) "
            f"ON DELETE {action} DEFERRABLE INITIALLY DEFERRED"
        ]

    def remove_statements(self, model: type[models.Model]) -> list[str]:
        return [f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT IF EXISTS {self.name}"]

    def deconstruct(self) -> Any:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, (), {"name": self.name, "field": self.field, "on_delete": self.on_delete}
