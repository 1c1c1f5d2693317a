"""Everything that happened to reviews before there was a log waits for its entry; the tallies follow it anew."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REQUEUE = """
    INSERT INTO reviews_untreatedevent (business_id, event_id)
    SELECT event.business_id, event.id FROM reviews_reviewevent event
    WHERE NOT EXISTS (SELECT FROM reviews_untreatedevent queued WHERE queued.event_id = event.id)
    ORDER BY event.id
"""


def queue_old_events(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """The owner, who migrates, sees no tenant's rows while row-level security is forced, so it is lifted meanwhile."""
    tables = ("reviews_reviewevent", "reviews_untreatedevent", "trustscore_tally")
    for table in tables:
        editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    editor.execute(REQUEUE)
    editor.execute("DELETE FROM trustscore_tally")
    # What the deferred keys of these rows have still to check must be checked before the tables are altered again.
    editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0005_imported_verified"),
        ("trustscore", "0002_ledger"),
    ]

    operations = [migrations.RunPython(queue_old_events, migrations.RunPython.noop)]
