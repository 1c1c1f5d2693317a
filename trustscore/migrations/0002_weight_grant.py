"""The score may read the weights; they belong to no business, so no RowSecurity names them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("trustscore", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "GRANT SELECT ON trustscore_weight TO candor_score", "REVOKE SELECT ON trustscore_weight FROM candor_score"
        )
    ]
