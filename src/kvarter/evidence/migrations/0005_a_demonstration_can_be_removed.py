from django.db import migrations

from kvarter.journal.locks import ChangeLocks, Lock, never_changed

OF_A_REAL_ONE = (
    "NOT EXISTS (SELECT 1 FROM agreements_partnership p WHERE p.is_demonstration AND p.id = OLD.partnership_id)"
)


class Migration(migrations.Migration):
    """What a demonstration published can be deleted, and nothing else that is published."""

    dependencies = [
        ("agreements", "0004_a_demonstration_can_be_removed"),
        ("evidence", "0004_wholes_and_peers"),
    ]
    operations = [
        ChangeLocks((never_changed("evidence_publication")[1], Lock("evidence_publication", "DELETE", OF_A_REAL_ONE)))
    ]
