"""The migration handbook says of the columns what the importers read."""

from tools import migration_columns


def test_handbook_is_up_to_date():
    text = migration_columns.TARGET.read_text(encoding="utf-8")
    assert text == migration_columns.written(text), "run: python tools/migration_columns.py"


def test_a_changed_column_is_seen():
    text = migration_columns.TARGET.read_text(encoding="utf-8")
    broken = text.replace("| Product code |", "| Product number |", 1)
    assert broken != text
    assert broken != migration_columns.written(broken)
